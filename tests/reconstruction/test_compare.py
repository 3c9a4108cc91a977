"""Distances from the truth, and fits as plain arrays."""

import math

import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.events import Track
from ringcast.reconstruction import compare, fit_from_arrays, fit_to_arrays
from ringcast.reconstruction.compare import errors_of


def test_distances_by_hand():
    truth = Track("e-", [100.0, 200.0], [(0.0, 0.0, 0.0)] * 2, [(0.0, 0.0, 1.0)] * 2)
    found = Track("e-", [90.0, 300.0], [(3.0, 0.0, 4.0), (0.0, 0.0, -2.0)], [(1.0, 0.0, 0.0), (0.0, 0.0, -1.0)])
    errors = errors_of(found, truth)
    assert errors.position_cm.tolist() == pytest.approx([5, 2])
    assert errors.along_cm.tolist() == pytest.approx([4, -2])
    assert errors.angle_rad.tolist() == pytest.approx([math.pi / 2, math.pi])
    assert errors.energy_fraction.tolist() == pytest.approx([-0.1, 0.5])
    assert errors.medians(torch.tensor([True, True])) == pytest.approx((3.5, 0.75 * math.pi, 0.3))
    assert errors.medians(torch.tensor([False, True])) == pytest.approx((2, math.pi, 0.5))
    assert all(math.isnan(x) for x in errors.medians(torch.tensor([False, False])))


def test_small_angles_keep_their_digits():
    angle = 1e-6
    truth = Track("e-", 100.0, (0.0, 0.0, 0.0), torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64))
    tilted = torch.tensor([math.sin(angle), 0.0, math.cos(angle)], dtype=torch.float64)
    found = Track("e-", 100.0, (0.0, 0.0, 0.0), tilted)
    assert float(errors_of(found, truth).angle_rad) == pytest.approx(angle, rel=1e-6)


def test_fits_beat_their_seeds(sample):
    comparison = compare(sample.fit, sample.truth)
    assert bool(comparison.fitted.all())
    for fit, seed in zip(*(e.medians(comparison.fitted) for e in (comparison.fit, comparison.seed)), strict=True):
        assert fit < seed


def test_one_truth_an_event(sample):
    with pytest.raises(ArgumentError, match="fits of 60 events and 59 true tracks"):
        compare(sample.fit, sample.truth[1:])


def test_arrays_there_and_back(sample):
    arrays = fit_to_arrays(sample.fit)
    again = fit_from_arrays(arrays, sample.fit.hypotheses)
    assert arrays["track/position_cm"].shape == (60, 2, 3)
    assert torch.equal(again.track.position_cm, sample.fit.track.position_cm)
    assert torch.equal(again.seed.pdg, sample.fit.seed.pdg)
    assert again.status == sample.fit.status
    del arrays["seed/pdg"]
    with pytest.raises(ArgumentError, match="lacks seed/pdg; was the file written by ringcast reconstruct"):
        fit_from_arrays(arrays, sample.fit.hypotheses)
