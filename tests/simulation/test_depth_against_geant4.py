"""How much light electrons make and how deep, of so many events that their showers' chance does not hide 3 %."""

import json
from pathlib import Path

import numpy as np
import pytest

from ringcast.validation.births import like_the_reference
from tests.simulation.closed_forms import flat_optics
from tests.simulation.yields import per_event, shoot, step_photons

pytestmark = pytest.mark.slow

REFERENCE = Path(__file__).parents[1] / "reference" / "geant4_depth.json"
EVENTS = {100: 4000, 500: 600}
SYSTEMATIC = {"light_cm": 0.005, "depth_cm": 0.005, "depth_rms_cm": 0.01}
_BATCH = 50


@pytest.fixture(scope="module", params=EVENTS)
def both(request, engine):
    stored = json.loads(REFERENCE.read_text(encoding="utf-8"))["settings"]
    (chosen,) = (setting for setting in stored if setting["energy_mev"] == request.param)
    sums = np.concatenate([batch(engine, request.param, i) for i in range(0, EVENTS[request.param], _BATCH)], axis=1)
    light, first, second = sums[:, like_the_reference(sums[0], "e-", request.param)]
    depth = first / light
    return {"light_cm": light, "depth_cm": depth, "depth_rms_cm": np.sqrt(second / light - depth**2)}, chosen


def batch(engine, energy_mev, first):
    """(3, event): light of the steps of each event, and what it is times z and z^2."""
    steps = shoot(engine, "e-", float(energy_mev), _BATCH, first=first)
    light = step_photons(steps) / flat_optics().yield_per_cm
    z_cm = (steps.start_cm[:, 2] + steps.end_cm[:, 2]) / 2
    return np.array([per_event(steps, light * z_cm**power, _BATCH) for power in range(3)])


@pytest.mark.parametrize("name", SYSTEMATIC)
def test_mean_is_that_of_geant4(both, name):
    """Within 0.5 % (the spread of depths 1 %) and four standard errors of both."""
    ours, stored = both
    values, theirs = ours[name], stored[name]
    found = values.mean() / theirs["mean"]
    error = np.hypot(values.std(ddof=1) / np.sqrt(len(values)) / values.mean(), theirs["error"] / theirs["mean"])
    assert error < 0.02
    assert abs(found - 1) < SYSTEMATIC[name] + 4 * error
