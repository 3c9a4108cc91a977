"""Padding and cropping, at each of the four sides apart.

``Pad`` is PyTorch's ZeroPad2d, ReflectionPad2d, ReplicationPad2d and CircularPad2d by mode; ``Crop`` is what ZeroPad2d
does with negative numbers. Source of the rules: the behaviour of PyTorch 2.13, which the tests use as oracle. Refused
by us alone are results without pixels, and negative padding in the modes other than zeros.
"""

from dataclasses import dataclass
from typing import ClassVar, cast

from ringcast.arithmetic.arguments import Pair, settle, store, whole
from ringcast.arithmetic.layers.convolution import PADDING_MODES
from ringcast.arithmetic.layers.weightless import no_macs
from ringcast.arithmetic.line import Border, Line
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["Crop", "Pad", "Sides"]

Sides = tuple[int, int, int, int]
"""(left, right, top, bottom) in pixels, PyTorch's order"""
_FAR = 10**9


@dataclass(frozen=True)
class Pad:
    """Pixels added at the sides: zeros, or copies of the input's.

    ``padding`` is one number for all sides or (left, right, top, bottom); it is stored as four. With zeros it may be
    negative and takes pixels away.

    Raises:
        LayerError: an argument that PyTorch would refuse.

    >>> print(Pad((1, 1, 0, 2)).output(Shape(3, 5, 6)), Pad((1, 1, 0, 2)))
    3 x 7 x 8 pad(1,1,0,2)
    """

    padding: int | Sides
    mode: str = "zeros"
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, self._check)

    def _check(self) -> None:
        if self.mode not in PADDING_MODES:
            raise LayerError(f"mode is {self.mode!r}; expected one of {', '.join(PADDING_MODES)}")
        store(self, "padding", _sides(self.padding, least=-_FAR if self.mode == "zeros" else 0))

    def __str__(self) -> str:
        return _text("pad", self.padding, *([] if self.mode == "zeros" else [self.mode]))

    def ends(self, axis: int) -> Pair:
        """Pixels added before and after, 0 for the height and 1 for the width."""
        return _ends(self.padding, axis)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: nothing is left, or the padding is too wide for the mode.
        """
        for axis, name in enumerate(("height", "width")):
            size, ends = shape.axis(axis), self.ends(axis)
            widest = {"reflect": size - 1, "circular": size}.get(self.mode, max(ends))
            if max(ends) > widest:
                raise LayerError(
                    f"{self}: padding {max(ends)} is too wide for mode {self.mode!r} on an input {name} of {size}; "
                    f"expected at most {widest}"
                )
            if size + sum(ends) < 1 or size + sum(min(end, 0) for end in ends) < 0:
                raise LayerError(f"{self}: takes all of an input {name} of {size} away; expected less")
        return Shape(shape.channels, shape.height + sum(self.ends(0)), shape.width + sum(self.ends(1)))

    def line(self, axis: int, size: int) -> Line:
        """Output place o is input place o - before, in the border what the mode puts there."""
        before, after = self.ends(axis)
        return Line(size, size + before + after, lambda place: ((place - before, 1),), border=cast("Border", self.mode))


@dataclass(frozen=True)
class Crop:
    """Pixels taken away at the sides; ``padding`` as for :class:`Pad`, one number or (left, right, top, bottom).

    Raises:
        LayerError: a negative number.

    >>> print(Crop((1, 1, 0, 2)).output(Shape(3, 5, 6)))
    3 x 3 x 4
    """

    padding: int | Sides
    in_channels: ClassVar[None] = None
    params: ClassVar[int] = 0
    macs = no_macs

    def __post_init__(self) -> None:
        settle(self, lambda: store(self, "padding", _sides(self.padding, least=0)))

    def __str__(self) -> str:
        return _text("crop", self.padding)

    def ends(self, axis: int) -> Pair:
        """Pixels taken away before and after, 0 for the height and 1 for the width."""
        return _ends(self.padding, axis)

    def output(self, shape: Shape) -> Shape:
        """Shape of the result for an input of ``shape``.

        Raises:
            LayerError: nothing is left.
        """
        for axis, name in enumerate(("height", "width")):
            if sum(self.ends(axis)) >= shape.axis(axis):
                raise LayerError(
                    f"{self}: takes {sum(self.ends(axis))} pixels of an input {name} of {shape.axis(axis)}; "
                    f"expected less"
                )
        return Shape(shape.channels, shape.height - sum(self.ends(0)), shape.width - sum(self.ends(1)))

    def line(self, axis: int, size: int) -> Line:
        """Output place o is input place o + before."""
        before, after = self.ends(axis)
        return Line(size, size - before - after, lambda place: ((place + before, 1),))


def _sides(padding: object, least: int) -> Sides:
    if not isinstance(padding, tuple | list):
        side = whole("padding", padding, least)
        return side, side, side, side
    if len(padding) != 4:
        raise LayerError(f"padding is {padding!r}; expected one whole number, or four: (left, right, top, bottom)")
    left, right, top, bottom = (whole("padding", side, least) for side in padding)
    return left, right, top, bottom


def _ends(padding: int | Sides, axis: int) -> Pair:
    left, right, top, bottom = (padding,) * 4 if isinstance(padding, int) else padding
    return (left, right) if axis else (top, bottom)


def _text(word: str, padding: object, *more: str) -> str:
    sides = [str(side) for side in padding] if isinstance(padding, tuple | list) else [str(padding)]
    return f"{word}({','.join([*(sides[:1] if len(set(sides)) == 1 else sides), *more])})"
