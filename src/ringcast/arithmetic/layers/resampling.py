"""Interpolation to another size with the arguments of ``torch.nn.Upsample``, and ``antialias``.

The modes are nearest, nearest-exact, bilinear and bicubic. Refused as in PyTorch: both or none of size and scale,
``align_corners`` with the nearest modes, ``antialias`` with them too, ``recompute_scale_factor`` with a size, and a
result without pixels. Source of the rules: the behaviour of PyTorch 2.13, which the tests use as oracle; one fault of
its CPU kernels is not followed: with ``antialias`` they repeat the first row where the result is 1 pixel wide.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from ringcast.arithmetic.arguments import Pair, at, flag, number, pair, settle, store, value_text
from ringcast.arithmetic.layers.interpolation import Resampling, nearest_line, smooth_line
from ringcast.arithmetic.layers.weightless import no_macs
from ringcast.arithmetic.line import Line
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["UPSAMPLE_MODES", "Upsample"]

UPSAMPLE_MODES = ("nearest", "nearest-exact", "bilinear", "bicubic")
_SMOOTH = UPSAMPLE_MODES[2:]
_LARGEST = 1_000_000
_SIMPLE = 10_000
"""Denominator up to which a scale such as 0.29 is taken for the fraction that it was rounded from."""


@dataclass(frozen=True)
class Upsample:
    """Interpolation; arguments, order and meaning are those of ``torch.nn.Upsample``, and ``antialias``.

    ``size`` and ``scale_factor`` are one number or (height, width), stored as pairs. ``align_corners`` is stored as
    False where PyTorch takes None for it, and ``recompute_scale_factor`` likewise.

    Raises:
        LayerError: an argument that PyTorch would refuse, or its modes area and lanczos.

    >>> print(Upsample(scale_factor=2).output(Shape(8, 11, 21)), Upsample(scale_factor=2, mode="bilinear"))
    8 x 22 x 42 bilinear(2)
    """

    size: int | Pair | None = None
    scale_factor: float | tuple[float, float] | None = None
    mode: str = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None
    antialias: bool = False
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        if self.mode not in UPSAMPLE_MODES:
            raise LayerError(f"mode is {self.mode!r}; expected one of {', '.join(UPSAMPLE_MODES)}")
        if (self.size is None) == (self.scale_factor is None):
            raise LayerError("give either scale_factor or size, as in bilinear(2) or bilinear(size=22x42)")
        if self.size is not None:
            store(self, "size", pair("size", self.size, least=1))
        else:
            store(self, "scale_factor", _scales(self.scale_factor))
        self._check_flags()

    def _check_flags(self) -> None:
        smooth = self.mode in _SMOOTH
        if self.align_corners is not None and not smooth:
            raise LayerError(f"align_corners goes with {' and '.join(_SMOOTH)}, not with {self.mode}; leave it out")
        if smooth:
            store(self, "align_corners", flag("align_corners", self.align_corners or False))
        recompute = flag("recompute_scale_factor", self.recompute_scale_factor or False)
        store(self, "recompute_scale_factor", recompute)
        if recompute and self.size is not None:
            raise LayerError("recompute_scale_factor goes with scale_factor, not with size; leave it out")
        if flag("antialias", self.antialias) and not smooth:
            raise LayerError(f"antialias goes with {' and '.join(_SMOOTH)}, not with {self.mode}; leave it out")

    def __str__(self) -> str:
        chosen = [] if self.scale_factor is None else [value_text(self.scale_factor).removesuffix(".0")]
        chosen += [] if self.size is None else [f"size={value_text(self.size)}"]
        names = ("align_corners", "recompute_scale_factor", "antialias")
        chosen += [f"{name}={value_text(value)}" for name in names if (value := getattr(self, name))]
        return f"{str(self.mode).replace('-', '_')}({','.join(chosen)})"

    def output(self, shape: Shape) -> Shape:
        """Shape of the result: ``size``, or floor(n scale) as floating point gives it (100 by 0.29 gives 28).

        Raises:
            LayerError: no pixel is left.
        """
        height, width = (self._length(axis, shape.axis(axis)) for axis in (0, 1))
        if min(height, width) < 1:
            raise LayerError(
                f"{self}: makes {height} x {width} of an input of {shape.height} x {shape.width}; "
                f"expected at least 1 x 1, use a larger scale"
            )
        return Shape(shape.channels, height, width)

    def line(self, axis: int, size: int) -> Line:
        """Input places and weights of every output place; the weights of one place add up to 1.

        With ``align_corners`` places lie (n - 1) / (out - 1) apart, so that the line on an axis without ends depends on
        the sizes too; all places lie at 0 if either size is 1.
        """
        length = self._length(axis, size)
        scale = self._scale(axis)
        if self.align_corners:
            step = Fraction(size - 1, length - 1) if length > 1 else Fraction(0)
        elif scale is None:
            step = Fraction(size, length)
        else:
            step = 1 / _fraction(scale)
        if self.mode in _SMOOTH:
            return smooth_line(
                Resampling(size, length, step, centred=not self.align_corners),
                cubic=self.mode == "bicubic",
                antialias=self.antialias,
            )
        return nearest_line(Resampling(size, length, step, centred=self.mode == "nearest-exact"), scale)

    def _length(self, axis: int, size: int) -> int:
        if self.size is not None:
            return at(self.size, axis)
        return int(size * _at(self.scale_factor, axis))

    def _scale(self, axis: int) -> float | None:
        """The scale that places are computed from; None if they are computed from the sizes."""
        return None if self.size is not None or self.recompute_scale_factor else _at(self.scale_factor, axis)


def _scales(value: object) -> tuple[float, float]:
    scales = [number("scale_factor", scale) for scale in (value if isinstance(value, tuple | list) else [value] * 2)]
    if len(scales) != 2 or not 0 < min(scales) <= max(scales) <= _LARGEST:
        raise LayerError(
            f"scale_factor is {value!r}; expected one number above 0 and at most {_LARGEST:,}, or two: (height, width)"
        )
    return scales[0], scales[1]


def _at(scales: float | tuple[float, float] | None, axis: int) -> float:
    assert isinstance(scales, tuple)  # settled when the layer was made
    return scales[axis]


def _fraction(scale: float) -> Fraction:
    simple = Fraction(scale).limit_denominator(_SIMPLE)
    return simple if float(simple) == scale else Fraction(scale)
