"""How many taps every pixel of a map takes: along one axis, and as the outer product of two."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby

from ringcast.arithmetic.line import Number
from ringcast.arithmetic.tap_maps.spectrum import amplitudes, outer_variation, variation_squared

__all__ = ["AxisTaps", "TapMap"]


@dataclass(frozen=True)
class AxisTaps:
    """Taps along one axis: of the real places, and the pattern that would repeat on an axis without ends.

    >>> taps = AxisTaps((1, 1, 2, 1, 2, 1, 1), (2, 1))
    >>> taps.period, taps.ratio, taps.border, taps.profile
    (2, Fraction(2, 1), (1, 1), ((1,), (1,)))
    """

    values: tuple[Number, ...]
    """Whole numbers or fractions, place 0 first."""
    pattern: tuple[Number, ...] | None
    """The interior pattern, place 0 first; None if it takes too long to repeat."""

    @property
    def period(self) -> int | None:
        """Places after which the pattern repeats; 1 is even."""
        return None if self.pattern is None else len(self.pattern)

    @property
    def ratio(self) -> Fraction | None:
        """Largest over smallest number of the pattern; None without a pattern, or where the smallest is 0 or less."""
        if self.pattern is None or min(self.pattern) <= 0:
            return None
        return Fraction(max(self.pattern)) / Fraction(min(self.pattern))

    @property
    def variation(self) -> float | None:
        """Coefficient of variation of the pattern."""
        squared = None if self.pattern is None else variation_squared(self.pattern)
        return None if squared is None else float(squared) ** 0.5

    @property
    def amplitudes(self) -> tuple[float, ...]:
        """Amplitudes of the pattern relative to its mean, at 1 / period, 2 / period ... up to one half."""
        return () if self.pattern is None else amplitudes(self.pattern)

    @property
    def holes(self) -> bool:
        """Whether some places of the pattern take nothing."""
        return self.pattern is not None and 0 in self.pattern

    @property
    def even(self) -> bool:
        """Whether all places far from the ends take the same, and not nothing."""
        return self.period == 1 and not self.holes

    @cached_property
    def free(self) -> range:
        """The places free of border effect: the longest stretch that agrees with the pattern."""
        if self.pattern is None:
            return range(0)
        period = len(self.pattern)
        agrees = (value == self.pattern[place % period] for place, value in enumerate(self.values))
        best, place = range(0), 0
        for same, group in groupby(agrees):
            stretch = range(place, place := place + len(list(group)))
            if same and len(stretch) > len(best):
                best = stretch
        return best

    @property
    def border(self) -> tuple[int, int]:
        """Places at the start and at the end that the ends have an effect on; all from both if none is free."""
        if not self.free:
            return len(self.values), len(self.values)
        return self.free.start, len(self.values) - self.free.stop

    @property
    def profile(self) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
        """The numbers of both borders, each from its end inwards."""
        before, after = self.border
        return self.values[:before], self.values[::-1][:after]

    @property
    def bare(self) -> int:
        """Places that take nothing because of the ends, and not because the pattern has a hole there."""
        pattern = self.pattern or (1,)
        return sum(1 for place, value in enumerate(self.values) if not value and pattern[place % len(pattern)])


@dataclass(frozen=True)
class TapMap:
    """The taps of every pixel of a map, the outer product of two axes.

    >>> edge = AxisTaps((1, 2, 2, 1), (2,))
    >>> found = TapMap(edge, edge)
    >>> found.even, found.total, found.free_pixels, found.pixels
    (True, 36, 4, 16)
    """

    height: AxisTaps
    width: AxisTaps

    @property
    def axes(self) -> tuple[AxisTaps, AxisTaps]:
        """Height and width."""
        return self.height, self.width

    @property
    def even(self) -> bool:
        """Whether all pixels far from the borders take the same."""
        return self.height.even and self.width.even

    @property
    def holes(self) -> bool:
        """Whether some pixels far from the borders take nothing."""
        return self.height.holes or self.width.holes

    @property
    def ratio(self) -> Fraction | None:
        """Largest over smallest number far from the borders: the ratios of the axes multiply."""
        rows, columns = self.height.ratio, self.width.ratio
        return None if rows is None or columns is None else rows * columns

    @property
    def variation(self) -> float | None:
        """Coefficient of variation of the interior pattern in two dimensions."""
        if self.height.pattern is None or self.width.pattern is None:
            return None
        return outer_variation(self.height.pattern, self.width.pattern)

    @property
    def whole_variation(self) -> float | None:
        """Coefficient of variation of the whole map, borders included."""
        return outer_variation(self.height.values, self.width.values)

    @property
    def pixels(self) -> int:
        """Pixels of the map."""
        return len(self.height.values) * len(self.width.values)

    @property
    def free_pixels(self) -> int:
        """Pixels free of border effect."""
        return len(self.height.free) * len(self.width.free)

    @property
    def total(self) -> Number:
        """Sum of the map."""
        return sum(self.height.values) * sum(self.width.values)

    @property
    def range(self) -> tuple[Number, Number]:
        """Smallest and largest number of the map."""
        corners = [row * column for row in _ends(self.height.values) for column in _ends(self.width.values)]
        return min(corners), max(corners)

    @property
    def rows(self) -> tuple[tuple[Number, ...], ...]:
        """The whole map."""
        return tuple(tuple(row * column for column in self.width.values) for row in self.height.values)


def _ends(values: Sequence[Number]) -> tuple[Number, Number]:
    return min(values), max(values)
