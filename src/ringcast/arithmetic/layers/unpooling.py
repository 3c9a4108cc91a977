"""Unpooling: numbers are put into a larger map of zeros, where a max pooling found them or at the corner of each cell.

Source of the rules: the behaviour of PyTorch 2.13, which the tests use as oracle. Negative padding and a kernel or
stride of 0, of which PyTorch only computes the size, are refused: no pooling could have left such a map.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from ringcast.arithmetic.arguments import Pair, at, call_text, pair, settle, store
from ringcast.arithmetic.layers.weightless import no_macs
from ringcast.arithmetic.layers.window import Window, transposed_line, transposed_size
from ringcast.arithmetic.line import Line, Source
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["BedOfNails", "MaxUnpool2d"]


@dataclass(frozen=True)
class MaxUnpool2d:
    """Numbers put back where a max pooling with the same arguments found them; 0 everywhere else.

    Arguments, order and meaning are those of ``torch.nn.MaxUnpool2d``, with the ``output_size`` that PyTorch takes at
    the call. In PyTorch it needs the indices of a max pooling; its size needs only these numbers.

    Raises:
        LayerError: an argument that PyTorch would refuse or that no max pooling has.

    >>> print(MaxUnpool2d(2).output(Shape(8, 2, 3)), MaxUnpool2d(2, output_size=(5, 6)).output(Shape(8, 2, 3)))
    8 x 4 x 6 8 x 5 x 6
    """

    kernel_size: int | Pair
    stride: int | Pair | None = None
    padding: int | Pair = 0
    output_size: int | Pair | None = None
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        store(self, "kernel_size", pair("kernel_size", self.kernel_size, least=1))
        stride = self.kernel_size if self.stride is None else self.stride
        store(self, "stride", pair("stride", stride, least=1))
        store(self, "padding", pair("padding", self.padding, least=0))
        if self.output_size is not None:
            store(self, "output_size", pair("output_size", self.output_size, least=1))

    def __str__(self) -> str:
        return call_text("maxunpool", self, positional=3, usual={"stride": self.kernel_size})

    def window(self, axis: int) -> Window:
        """The numbers of one axis, 0 for the height and 1 for the width."""
        stride = self.kernel_size if self.stride is None else self.stride
        crop = at(self.padding, axis)
        return Window(at(self.kernel_size, axis), at(stride, axis), crop, crop, 1)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result: (n - 1) s - 2 p + k, or ``output_size``.

        Raises:
            LayerError: nothing is left, or ``output_size`` is a stride or more away from that size.
        """
        for axis, name in enumerate(("height", "width")):
            window, length = self.window(axis), self._length(axis, shape.axis(axis))
            usual = transposed_size(shape.axis(axis), window)
            if abs(length - usual) >= window.stride:
                raise LayerError(
                    f"{self}: output_size is {length} for the {name}; valid sizes range from "
                    f"{max(usual - window.stride + 1, 1)} to {usual + window.stride - 1}"
                )
            if length < 1:
                raise LayerError(
                    f"{self}: padding {window.before} leaves {length} of an input {name} of {shape.axis(axis)}; "
                    f"expected at least 1, use less padding"
                )
        return Shape(shape.channels, self._length(0, shape.height), self._length(1, shape.width))

    def _length(self, axis: int, size: int) -> int:
        if self.output_size is not None:
            return at(self.output_size, axis)
        return transposed_size(size, self.window(axis))

    def line(self, axis: int, size: int) -> Line:
        """Each number is put on one place of the window it was pooled from; which one, the data choose."""
        return replace(transposed_line(size, self.window(axis)), length=self._length(axis, size), blend="one")


@dataclass(frozen=True)
class BedOfNails:
    """Every number stands at the top left of a cell of ``stride`` pixels, or (height, width); the rest is 0.

    Raises:
        LayerError: a stride below 1.

    >>> print(BedOfNails(2).output(Shape(8, 2, 3)), BedOfNails(2).line(axis=0, size=2).rows)
    8 x 4 x 6 (((0, 1),), (), ((1, 1),), ())
    """

    stride: int | Pair
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, lambda: store(self, "stride", pair("stride", self.stride, least=1)))

    def __str__(self) -> str:
        return call_text("nails", self)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result: the stride times as high and wide."""
        return Shape(shape.channels, shape.height * at(self.stride, 0), shape.width * at(self.stride, 1))

    def line(self, axis: int, size: int) -> Line:
        """Places that are multiples of the stride take one number, the others none."""
        stride = at(self.stride, axis)

        def sources(place: int) -> tuple[Source, ...]:
            return () if place % stride else ((place // stride, 1),)

        return Line(size, size * stride, sources, advance=(1, stride))
