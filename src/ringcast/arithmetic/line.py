"""One layer along one axis as a sparse matrix: which input places an output place takes, and how much of each.

Every layer of a chain treats height and width apart, so that two lines say all about where its numbers come from: the
rows never read, the overlap map, the receptive and the projective field, and the numbers in a picture all follow.
Places count from 0; weights are exact (whole numbers or fractions). A convolution has weight 1 for each of its taps:
its line counts taps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

__all__ = ["Border", "Line", "Number", "Source", "identity"]

Number = int | Fraction
Source = tuple[int, Number]
"""(input place, weight)"""
Border = Literal["zeros", "reflect", "replicate", "circular"]


@dataclass(frozen=True)
class Line:
    """What one layer does along one axis.

    >>> from ringcast.arithmetic.layers import ConvTranspose2d
    >>> transposed = ConvTranspose2d(1, 1, 3, 2).line(axis=0, size=3)
    >>> transposed.length, transposed.sources(2), transposed.sources(3)
    (7, ((1, 1), (0, 1)), ((1, 1),))
    >>> [sum(weight for _, weight in row) for row in transposed.rows]
    [1, 1, 2, 1, 2, 1, 1]
    """

    size: int
    """Input places."""
    length: int
    """Output places."""
    unbounded: Callable[[int], tuple[Source, ...]]
    """Sources of an output place on an axis without ends, where input places may be negative or beyond ``size``."""
    advance: tuple[int, int] = (1, 1)
    """(inputs, outputs): on an axis without ends, ``outputs`` places further the sources lie ``inputs`` further."""
    border: Border = "zeros"
    """What stands beyond the input: nothing, or a copy of input places."""
    blend: Literal["sum", "largest", "one"] = "sum"
    """Whether sources are added, the largest is taken (max pooling), or data choose one (max unpooling)."""
    bounded: Callable[[int], tuple[Source, ...]] | None = None
    """Sources of an output place of the real axis, for layers whose weights change at its ends."""

    def sources(self, place: int) -> tuple[Source, ...]:
        """Input places in 0 ... size - 1 that output ``place`` takes, each once, with their weights."""
        if self.bounded is not None:
            return self.bounded(place)
        found: dict[int, Number] = {}
        for source, weight in self.unbounded(place):
            inside = _inside(source, self.size, self.border)
            if inside is not None:
                found[inside] = found[inside] + weight if inside in found else weight
        return tuple((source, weight) for source, weight in found.items() if weight)

    @cached_property
    def rows(self) -> tuple[tuple[Source, ...], ...]:
        """The sources of every output place."""
        return tuple(self.sources(place) for place in range(self.length))

    @property
    def unread(self) -> int:
        """Input places that no output place takes."""
        return self.size - len({source for place in range(self.length) for source, _ in self.sources(place)})


def identity(size: int) -> Line:
    """The line of a layer that takes every number for itself.

    >>> identity(3).rows
    (((0, 1),), ((1, 1),), ((2, 1),))
    """
    return Line(size, size, lambda place: ((place, 1),))


def _inside(place: int, size: int, border: Border) -> int | None:
    """Input place whose value stands at ``place`` of the axis with borders; None where nothing stands."""
    if 0 <= place < size:
        return place
    match border:
        case "reflect":
            turned = -place if place < 0 else 2 * (size - 1) - place
            return turned if 0 <= turned < size else None
        case "replicate":
            return 0 if place < 0 else size - 1
        case "circular":
            return place % size
        case _:
            return None
