"""The size of a map between two layers."""

from typing import NamedTuple

from ringcast.arithmetic.arguments import whole
from ringcast.errors import LayerError

__all__ = ["Shape", "shape_of"]


class Shape(NamedTuple):
    """Channels, and height and width in pixels.

    >>> print(Shape(64, 11, 21), Shape(64, 11, 21).numbers)
    64 x 11 x 21 14784
    """

    channels: int
    height: int
    width: int

    def __str__(self) -> str:
        return " x ".join(str(size) for size in self)

    def axis(self, axis: int) -> int:
        """Size along one axis, 0 for the height and 1 for the width."""
        return self.width if axis else self.height

    @property
    def pixels(self) -> int:
        """Height times width."""
        return self.height * self.width

    @property
    def numbers(self) -> int:
        """Channels times height times width."""
        return self.channels * self.pixels


def shape_of(size: tuple[int, ...], channels: int | None) -> Shape:
    """Shape from (height, width), to which ``channels`` is added, or from (channels, height, width).

    Raises:
        LayerError: other than 2 or 3 numbers, a number below 1, or channels that nothing tells.

    >>> shape_of((11, 21), channels=64)
    Shape(channels=64, height=11, width=21)
    """
    if len(size) not in (2, 3):
        raise LayerError(f"the input size is {size!r}; expected (height, width) or (channels, height, width)")
    if len(size) == 2 and channels is None:
        raise LayerError(
            f"the input size {size[0]}x{size[1]} has no channels and no layer tells them; write 1x{size[0]}x{size[1]}"
        )
    sizes = size if len(size) == 3 else (channels, *size)
    names = ("the input channels", "the input height", "the input width")
    return Shape(*(whole(name, number, least=1) for name, number in zip(names, sizes, strict=True)))
