"""Shuffling: channels become pixels, or pixels channels; no number is changed or lost.

Source of the rules: the behaviour of PyTorch 2.13, which the tests use as oracle. Input channel c r^2 + r dy + dx goes
to row dy and column dx of each r x r cell of output channel c.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from ringcast.arithmetic.arguments import call_text, settle, store, whole
from ringcast.arithmetic.layers.weightless import no_macs
from ringcast.arithmetic.line import Line, Source
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["PixelShuffle", "PixelUnshuffle"]


@dataclass(frozen=True)
class PixelShuffle:
    """r^2 channels become r x r pixels, as ``torch.nn.PixelShuffle(upscale_factor)`` does with r = ``upscale_factor``.

    Raises:
        LayerError: a factor below 1.

    >>> print(PixelShuffle(2).output(Shape(12, 5, 6)))
    3 x 10 x 12
    """

    upscale_factor: int
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, lambda: store(self, "upscale_factor", whole("upscale_factor", self.upscale_factor, least=1)))

    def __str__(self) -> str:
        return call_text("shuffle", self)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: the channels are no multiple of r^2.
        """
        factor = self.upscale_factor
        if shape.channels % factor**2:
            raise LayerError(
                f"{self}: takes a multiple of {factor**2} channels, but {shape.channels} arrive; "
                f"change the layer before"
            )
        return Shape(shape.channels // factor**2, shape.height * factor, shape.width * factor)

    def line(self, axis: int, size: int) -> Line:
        """Output place o takes input place o // r, whichever of the channels it is."""
        factor = self.upscale_factor
        return Line(size, size * factor, lambda place: ((place // factor, 1),), advance=(1, factor))


@dataclass(frozen=True)
class PixelUnshuffle:
    """r x r pixels become r^2 channels, as ``torch.nn.PixelUnshuffle(downscale_factor)`` does.

    Raises:
        LayerError: a factor below 1.

    >>> print(PixelUnshuffle(2).output(Shape(3, 10, 12)))
    12 x 5 x 6
    """

    downscale_factor: int
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, lambda: store(self, "downscale_factor", whole("downscale_factor", self.downscale_factor, least=1)))

    def __str__(self) -> str:
        return call_text("unshuffle", self)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: height or width is no multiple of r.
        """
        factor = self.downscale_factor
        for axis, name in enumerate(("height", "width")):
            if shape.axis(axis) % factor:
                raise LayerError(
                    f"{self}: the input {name} is {shape.axis(axis)}; expected a multiple of {factor}, so pad it"
                )
        return Shape(shape.channels * factor**2, shape.height // factor, shape.width // factor)

    def line(self, axis: int, size: int) -> Line:
        """Output place o takes input places r o ... r o + r - 1: the mean over the r channels they go to."""
        factor = self.downscale_factor

        def sources(place: int) -> tuple[Source, ...]:
            return tuple((factor * place + phase, Fraction(1, factor)) for phase in range(factor))

        return Line(size, size // factor, sources, advance=(factor, 1))
