"""Two summaries of the same kind of events against each other: ratios of means, and whether curves have one shape."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.validation.summary import Profile, Summary

__all__ = ["Comparison", "Curves", "Mean", "NumberRow", "ShapeRow", "compare", "mean_of", "shape_test"]

SHUFFLES = 2000
_FEWEST_EVENTS = 5
_DIFFERENCES = ("residual_ns",)
"""Numbers whose zero is arbitrary, so that their difference is compared and not their ratio."""


class Mean(NamedTuple):
    """A mean over events."""

    value: float
    error: float
    """Standard error of the mean, from the spread of the events."""
    events: int


@dataclass(frozen=True)
class NumberRow:
    """One number of both samples."""

    name: str
    theirs: Mean
    ours: Mean
    ratio: float | None
    """Ours over theirs; None for a number whose zero is arbitrary."""
    ratio_error: float | None

    @property
    def difference(self) -> Mean:
        """Ours less theirs, as if the samples were independent."""
        error = float(np.hypot(self.ours.error, self.theirs.error))
        return Mean(self.ours.value - self.theirs.value, error, min(self.ours.events, self.theirs.events))

    def within(self, percent: float) -> str:
        """Whether the ratio is within so many per cent of one: "yes", "no", or "undecided" if its error is larger.

        Without a ratio the answer is empty.
        """
        if self.ratio is None or self.ratio_error is None:
            return ""
        if not self.ratio_error <= percent / 100:
            return "undecided"
        return "yes" if abs(self.ratio - 1) <= percent / 100 else "no"


@dataclass(frozen=True)
class ShapeRow:
    """Whether one curve, scaled to the same sum, has the same shape in both samples."""

    name: str
    chi2: float
    bins: int
    p_value: float | None
    """Share of shuffles of the events between both samples that differ as much; None where events are too few."""


class Curves(NamedTuple):
    """The mean curve of both samples with its standard errors."""

    edges: NDArray[np.float64]
    theirs: NDArray[np.float64]
    theirs_error: NDArray[np.float64]
    ours: NDArray[np.float64]
    ours_error: NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """All that is said of one pair of samples."""

    numbers: tuple[NumberRow, ...]
    shapes: tuple[ShapeRow, ...]
    curves: dict[str, Curves]


def compare(theirs: Summary, ours: Summary, *, paired: bool = False) -> Comparison:
    """Compare whatever numbers and curves both samples have.

    Args:
        theirs: The reference.
        ours: Our simulation.
        paired: Event by event the same primaries; errors then are those of the differences.

    Raises:
        ArgumentError: Paired samples differ in their number of events, or curves in their bins.
    """
    if paired and len(theirs) != len(ours):
        raise ArgumentError(f"{len(theirs)} and {len(ours)} events cannot be paired; expected as many of each")
    numbers = [
        _number(name, theirs.numbers[name], ours.numbers[name], paired=paired)
        for name in theirs.numbers
        if name in ours.numbers
    ]
    shapes, curves = [], {}
    for name in (name for name in theirs.profiles if name in ours.profiles):
        one, other = theirs.profiles[name], ours.profiles[name]
        if not np.array_equal(one.edges, other.edges):
            raise ArgumentError(f"curves {name!r} have different bins; make both with the same version of summarise")
        shapes.append(shape_test(name, one.values, other.values, paired=paired))
        curves[name] = Curves(one.edges, *_mean_curve(one), *_mean_curve(other))
    return Comparison(tuple(numbers), tuple(shapes), curves)


def mean_of(values: NDArray[np.float64]) -> Mean:
    """Mean and its standard error over the events that have a number.

    Example:
        >>> mean_of(np.array([1.0, 3.0, np.nan]))
        Mean(value=2.0, error=1.0, events=2)
    """
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return Mean(np.nan, np.nan, 0)
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
    return Mean(float(known.mean()), error, len(known))


def _number(name: str, theirs: NDArray[np.float64], ours: NDArray[np.float64], *, paired: bool) -> NumberRow:
    """Ratio r = a / b of two means with error r sqrt((da / a)^2 + (db / b)^2); of pairs, that of a_i - r b_i over b."""
    a, b = mean_of(ours), mean_of(theirs)
    if name in _DIFFERENCES or not b.value or not a.value:
        return NumberRow(name, b, a, None, None)
    ratio = a.value / b.value
    if paired:
        return NumberRow(name, b, a, ratio, mean_of(ours - ratio * theirs).error / abs(b.value))
    return NumberRow(name, b, a, ratio, abs(ratio) * float(np.hypot(a.error / a.value, b.error / b.value)))


def _mean_curve(profile: Profile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    means = [mean_of(column) for column in profile.values.T]
    return np.array([mean.value for mean in means]), np.array([mean.error for mean in means])


def shape_test(
    name: str, theirs: NDArray[np.float64], ours: NDArray[np.float64], *, paired: bool = False, seed: int = 1
) -> ShapeRow:
    """Compare the shape of a curve in two samples of events (event by bin).

    Each event's curve is divided by its sum. chi2 is the sum over bins of (difference of the means)^2 / (s^2 (1/n +
    1/m)), with s the spread of both samples together. Bins of one event go up and down together, so chi2 has no
    tabulated distribution: the p-value is the share of 2,000 shuffles of the events between the two samples whose chi2
    is as large (a permutation test, exact for any correlation). In pairs, the two events of a pair are swapped.

    Example:
        >>> draw = np.random.default_rng(3).poisson(50.0, (30, 4)).astype(float)
        >>> shape_test("flat", draw[:10], draw[10:]).p_value > 0.01
        True
        >>> shape_test("tilted", draw[:10], draw[10:] * [1, 1, 1, 2]).p_value < 0.01
        True
    """
    both = np.concatenate([theirs, ours])
    shape = _fractions(both)
    spread = shape.std(axis=0, ddof=1) if len(both) > 1 else np.zeros(shape.shape[1])
    used = spread > 0
    n, m = len(theirs), len(ours)
    if not used.any():
        return ShapeRow(name, 0.0, 0, None)
    scaled = shape[:, used] / (spread[used] * np.sqrt(1 / n + 1 / m))
    weight = np.concatenate([np.full(n, -1 / n), np.full(m, 1 / m)])
    chi2 = float(((weight @ scaled) ** 2).sum())
    if min(n, m) < _FEWEST_EVENTS:
        return ShapeRow(name, chi2, int(used.sum()), None)
    shuffled = _shuffled(weight, paired=paired, generator=np.random.default_rng(seed))
    as_large = int((((shuffled @ scaled) ** 2).sum(axis=1) >= chi2).sum())
    return ShapeRow(name, chi2, int(used.sum()), (as_large + 1) / (SHUFFLES + 1))


def _fractions(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each event's share of its sum in the bins that all events have."""
    known = values[:, np.isfinite(values).all(axis=0)]
    total = known.sum(axis=1, keepdims=True)
    return np.divide(known, total, out=np.zeros_like(known), where=total > 0)


def _shuffled(weight: NDArray[np.float64], *, paired: bool, generator: np.random.Generator) -> NDArray[np.float64]:
    many = np.tile(weight, (SHUFFLES, 1))
    if not paired:
        return generator.permuted(many, axis=1)
    signs = generator.choice((-1.0, 1.0), (SHUFFLES, len(weight) // 2))
    return many * np.tile(signs, (1, 2))
