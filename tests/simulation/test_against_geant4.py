"""Our light at its birth beside that of Geant4's own Cherenkov process; see tests/reference/README.md."""

import numpy as np
import pytest

from tests.simulation.geant4_light import compare_shares, our_light, ratio, reference

pytestmark = pytest.mark.slow

SYSTEMATIC = 0.01
EVENTS = {("e-", 100): 240, ("e-", 500): 72, ("e-", 1000): 54, ("mu-", 100): 300, ("mu-", 500): 120, ("mu-", 1000): 60}
THINNED = {("e-", 100): 4, ("e-", 500): 20, ("e-", 1000): 40, ("mu-", 100): 1, ("mu-", 500): 20, ("mu-", 1000): 40}
SETTINGS = [(index, *key) for index in ("1.34", "wcsim") for key in EVENTS]
MOMENTS = ("photons", "depth_cm", "depth_rms_cm", "wavelength_nm")
LEAST_P = 1e-4


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda setting: "-".join(map(str, setting)))
def both(request, engine):
    index, name, energy = request.param
    origin, stored = reference()
    (chosen,) = (s for s in stored if (s["index"], s["particle"], s["energy_mev"]) == (index, name, energy))
    key = (name, energy)
    ours = our_light(engine, chosen, origin, EVENTS[key], thinned=THINNED[key])
    assert len(ours["photons"]) > 0.9 * EVENTS[key]
    return ours, chosen


@pytest.mark.parametrize("name", MOMENTS)
def test_means_are_those_of_geant4(both, name):
    """Within 1 % and four standard errors of both."""
    ours, stored = both
    found, error = ratio(ours[name], stored[name])
    assert abs(found - 1) < SYSTEMATIC + 4 * error
    if name == "photons":
        assert error < 0.005


def test_depths_spread_as_in_geant4(both):
    ours, stored = both
    found = compare_shares(ours["depth_share"], stored["depth_share"], stored["events"], systematic=SYSTEMATIC)
    assert found.p_value > LEAST_P


def test_directions_spread_as_in_geant4(both):
    ours, stored = both
    found = compare_shares(ours["angle_share"], stored["angle_share"], stored["events"], systematic=SYSTEMATIC)
    assert found.bins > 10
    assert found.p_value > LEAST_P


def test_light_leaves_no_later_than_in_geant4(both):
    """Birth time less depth over c, which is the particle's slowness and wandering: within 0.03 ns and the errors."""
    ours, stored = both
    found, theirs = ours["delay_ns"], stored["delay_ns"]
    error = np.hypot(found.std(ddof=1) / np.sqrt(len(found)), theirs["error"])
    assert abs(found.mean() - theirs["mean"]) < 0.03 + 4 * error
