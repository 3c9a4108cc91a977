"""Ratios with their errors, and shapes, on drawn samples."""

import numpy as np
import pytest
from scipy import stats

from ringcast.errors import ArgumentError
from ringcast.validation import Summary, compare
from ringcast.validation.compare import mean_of, shape_test
from ringcast.validation.summary import Profile

EDGES = np.arange(7.0)


def summary(generator, n, scale=1.0):
    charge = scale * generator.normal(100, 10, n)
    return Summary({"charge_pe": charge, "residual_ns": charge - 100}, {"flat": Profile(EDGES, np.ones((n, 6)))})


def test_the_ratio_of_known_means():
    theirs = Summary({"charge_pe": np.array([9.0, 11.0])}, {})
    ours = Summary({"charge_pe": np.array([10.0, 11.0, 12.0])}, {})
    (row,) = compare(theirs, ours).numbers
    assert (row.theirs.value, row.theirs.error, row.theirs.events) == (10.0, 1.0, 2)
    assert row.ours.error == pytest.approx(1 / np.sqrt(3))
    assert row.ratio == pytest.approx(1.1)
    assert row.ratio_error == pytest.approx(1.1 * np.hypot(1 / 10, 1 / np.sqrt(3) / 11))
    assert [row.within(percent) for percent in (3, 12, 20)] == ["undecided", "undecided", "yes"]


def test_errors_cover_the_truth():
    """Of 400 pairs of samples with a true ratio of 1.05, 68 % are within one error."""
    generator, inside, n = np.random.default_rng(5), 0, 400
    for _ in range(n):
        row = compare(summary(generator, 30), summary(generator, 60, 1.05)).numbers[0]
        inside += abs(row.ratio - 1.05) < row.ratio_error
    assert abs(inside - 0.683 * n) < 4 * np.sqrt(n * 0.683 * 0.317)


def test_pairs_know_better():
    """The spread that both have in common cancels."""
    generator = np.random.default_rng(6)
    common = generator.uniform(50, 500, 40)
    one, other = (Summary({"charge_pe": common * generator.normal(f, 0.01, 40)}, {}) for f in (1.0, 1.1))
    paired, apart = (compare(one, other, paired=choice).numbers[0] for choice in (True, False))
    assert paired.ratio == apart.ratio == pytest.approx(1.1, abs=0.02)
    assert paired.ratio_error < apart.ratio_error / 10
    assert abs(paired.ratio - 1.1) < 4 * paired.ratio_error


def test_a_time_has_a_difference_and_no_ratio():
    generator = np.random.default_rng(7)
    row = compare(summary(generator, 20), summary(generator, 20)).numbers[1]
    assert row.ratio is None
    assert row.within(3) == ""
    assert row.difference.value == pytest.approx(row.ours.value - row.theirs.value)


@pytest.mark.parametrize("paired", [False, True])
def test_p_values_are_uniform_though_bins_are_correlated(paired):
    """Samples of one kind: Kolmogorov's test of 120 p-values."""
    generator = np.random.default_rng(8)
    found = []
    for _ in range(120):
        tilt = generator.normal(0, 0.3, (40, 1)) * np.linspace(-1, 1, 6)
        events = generator.poisson(30 * np.exp(tilt)).astype(float)
        half = 20 if paired else 10
        found.append(shape_test("tilted", events[:half], events[half:], paired=paired).p_value)
    assert stats.kstest(found, "uniform").pvalue > 1e-3


def test_another_shape_is_found_and_another_size_is_not():
    generator = np.random.default_rng(9)
    events = generator.poisson(50, (50, 6)).astype(float)
    assert shape_test("same", events[:10], 3 * events[10:]).p_value > 0.01
    assert shape_test("other", events[:10], events[10:] * [1, 1, 1.4, 1, 1, 1]).p_value < 0.01


def test_bins_without_tubes_and_few_events():
    values = np.random.default_rng(10).poisson(9, (12, 6)).astype(float)
    values[:, 2] = np.nan
    values[:, 3] = 0
    row = shape_test("holes", values[:3], values[3:])
    assert (row.bins, row.p_value) == (4, None)
    assert shape_test("empty", np.zeros((6, 3)), np.zeros((6, 3))).bins == 0
    assert mean_of(np.array([np.nan])).events == 0


def test_refusals():
    one, other = Summary({"hits": np.ones(2)}, {}), Summary({"hits": np.ones(3)}, {})
    with pytest.raises(ArgumentError, match="2 and 3 events cannot be paired"):
        compare(one, other, paired=True)
    curves = [Summary({}, {"time": Profile(edges, np.ones((2, 2)))}) for edges in (np.arange(3.0), np.arange(1.0, 4))]
    with pytest.raises(ArgumentError, match="curves 'time' have different bins"):
        compare(*curves)
