"""Capture of stopped negative muons: how many, how long they live, and what stays as it was."""

import numpy as np
import pytest

from ringcast.simulation.capture import CAPTURED_SHARE, LIFETIME_NS
from ringcast.simulation.geant4 import Engine
from tests.simulation.yields import MUON_MEV, before_decay, shoot

N = 2500
SLOW_MEV = 20.0  # stops within 2 cm


@pytest.fixture(scope="module")
def capturing(data_folder):
    pytest.importorskip("calzone")
    return Engine(data_folder, seed=3, muon_capture=True)


def decay_times(steps, n):
    """Time from stop to decay electron of each event; NaN without one."""
    late = ~before_decay(steps, n)
    when, stop = np.full(n, np.inf), np.zeros(n)
    np.minimum.at(when, steps.event[late], steps.start_time_ns[late])
    muon = np.isclose(steps.mass_mev, MUON_MEV)
    np.maximum.at(stop, steps.event[muon], steps.end_time_ns[muon])
    return np.where(np.isfinite(when), when - stop, np.nan)


def chi2_of_exponential(times, mean, first):
    """Chi-square of times beyond `first` against an exponential, in 20 bins of equal expectation, and its limit."""
    share = np.exp(-(times[times > first] - first) / mean)
    counts = np.histogram(share, bins=20, range=(0, 1))[0]
    expected = counts.sum() / 20
    return ((counts - expected) ** 2 / expected).sum(), 19 + 4 * np.sqrt(2 * 19)


def test_share_and_lifetime_of_bound_muons(capturing):
    times = decay_times(shoot(capturing, "mu-", SLOW_MEV, N), N)
    seen = np.isfinite(times)
    early = 1 - np.exp(-1.0 / LIFETIME_NS)  # electrons within 1 ns of the stop count as none
    expected = (1 - CAPTURED_SHARE) * (1 - early)
    assert abs(seen.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / N)
    found = times[seen].mean() - 1.0
    assert abs(found - 1795) < 4 * 1795 / np.sqrt(seen.sum())
    chi2, limit = chi2_of_exponential(times[seen], 1795.0, 1.0)
    assert chi2 < limit
    assert chi2_of_exponential(times[seen], 2197.0, 1.0)[0] > limit  # the sample can tell them apart


@pytest.mark.parametrize("name", ["mu-", "mu+"])
def test_free_muons_all_decay_at_their_own_time(engine, name):
    times = decay_times(shoot(engine, name, SLOW_MEV, N), N)
    assert np.isfinite(times).mean() > 1 - 1 / 2197 - 4 * np.sqrt(1 / 2197 / N)
    chi2, limit = chi2_of_exponential(times[np.isfinite(times)], 2197.0, 1.0)
    assert chi2 < limit


def test_capture_share_is_that_of_the_lifetimes():
    assert pytest.approx(1 - 0.998 * LIFETIME_NS / 2196.98, abs=1e-3) == CAPTURED_SHARE


@pytest.mark.parametrize("name", ["mu+", "e-", "pi+"])
def test_other_particles_stay_as_they_were(engine, capturing, name):
    for before, after in zip(shoot(engine, name, 200.0, 50), shoot(capturing, name, 200.0, 50), strict=True):
        np.testing.assert_array_equal(before, after)


def test_only_what_the_decay_electron_did_is_changed(engine, capturing):
    n = 100
    free, bound = shoot(engine, "mu-", 200.0, n), shoot(capturing, "mu-", 200.0, n)
    early, still = before_decay(free, n), before_decay(bound, n)
    assert abs(early.sum() - still.sum()) < 1000  # but for a decay within 1 ns, the same steps
    free_key = free.event * 10**6 + free.number
    bound_key = bound.event * 10**6 + bound.number
    assert np.isin(bound_key, free_key).all()  # numbers stay, so photons keep their random numbers
    at = np.searchsorted(free_key, bound_key)
    np.testing.assert_array_equal(free.start_cm[at], bound.start_cm)
    gone = np.setdiff1d(free.event[~early], bound.event[~still])
    assert abs(len(gone) / n - CAPTURED_SHARE) < 4 * np.sqrt(CAPTURED_SHARE * (1 - CAPTURED_SHARE) / n)
    lag = decay_times(bound, n) - decay_times(free, n)
    assert np.isfinite(lag).sum() == n - len(gone)
