"""A set of places along one axis, as a bit mask."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["NOWHERE", "Places", "places_of", "union"]


@dataclass(frozen=True)
class Places:
    """Whole numbers, of which ``first`` is the smallest; equal sets are equal.

    >>> found = places_of([3, -1, 1])
    >>> found.first, found.last, found.size, found.count, found.gaps, tuple(found)
    (-1, 3, 5, 3, True, (-1, 1, 3))
    """

    mask: int
    """Bit b stands for place first + b; bit 0 is set, or the set is empty and the mask 0."""
    first: int

    @property
    def last(self) -> int:
        """The largest place; first - 1 for an empty set."""
        return self.first + self.mask.bit_length() - 1

    @property
    def size(self) -> int:
        """Places from the first to the last, gaps included; 0 for an empty set."""
        return self.mask.bit_length()

    @property
    def count(self) -> int:
        """Places in the set."""
        return self.mask.bit_count()

    @property
    def gaps(self) -> bool:
        """Whether places between the first and the last are missing."""
        return self.count < self.size

    @property
    def box(self) -> tuple[int, int] | None:
        """First and last place; None for an empty set."""
        return (self.first, self.last) if self.mask else None

    def __iter__(self) -> Iterator[int]:
        return (self.first + bit for bit in range(self.size) if self.mask >> bit & 1)

    def __contains__(self, place: int) -> bool:
        return place >= self.first and bool(self.mask >> (place - self.first) & 1)

    def shifted(self, by: int) -> "Places":
        """All places moved by the same number."""
        return Places(self.mask, self.first + by) if self.mask else self


NOWHERE = Places(0, 0)
"""The empty set."""


def places_of(places: Iterable[int]) -> Places:
    """The set of some places.

    >>> places_of([]) == NOWHERE
    True
    """
    return union(Places(1, place) for place in places)


def union(sets: Iterable[Places]) -> Places:
    """The places that are in any of the sets.

    >>> tuple(union([Places(1, 4), Places(3, 1)]))
    (1, 2, 4)
    """
    filled = [one for one in sets if one.mask]
    if not filled:
        return NOWHERE
    first = min(one.first for one in filled)
    mask = 0
    for one in filled:
        mask |= one.mask << (one.first - first)
    return Places(mask, first)
