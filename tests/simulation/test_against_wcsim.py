"""The photoelectrons of two WCSim events through our digitiser, against WCSim's own digits of them.

The version of WCSim that made the sample (2015) triggered on photoelectrons and did not round times.
"""

from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy import stats

from ringcast.simulation.digitiser import Digits, digitise, load_digitiser
from ringcast.simulation.optics import load_sensor
from ringcast.simulation.trigger import trigger_time_ns

SAMPLE = Path(__file__).parent.parent / "samples" / "superk-e500"
LIGHT_NS = (60.0, 300.0)
DARK_PER_NS = 8.9 / 300  # inner digits of the sample before the light, all 10 of its events
SEEDS, EVENTS = 20, 2


@pytest.fixture(scope="module")
def photoelectrons():
    with np.load(SAMPLE / "photoelectrons.npz") as file:
        tube, time = file["hit_pmt"].astype(np.int64), file["hit_time"].astype(np.float64)
        return [(tube[part], time[part]) for part in np.split(np.arange(len(tube)), file["event_hits_index"][1:])]


@pytest.fixture(scope="module")
def theirs():
    with np.load(SAMPLE / "geometry.npz") as table, h5py.File(SAMPLE / "digihits.h5") as file:
        time = file["hit_time"][:] + 75.0 - 950.0
        keep = (table["cyl_location"][file["hit_pmt"][:]] != 3) & (time >= LIGHT_NS[0]) & (time < LIGHT_NS[1])
        return Digits(file["hit_pmt"][:][keep], file["hit_charge"][:][keep], time[keep])


@pytest.fixture(scope="module")
def ours(photoelectrons):
    response, generator = load_sensor("PMT20inch"), np.random.default_rng(11)
    all_digits = [
        digitise(*event, response, load_digitiser("ski")._replace(time_step_ns=0.0), generator=generator)
        for _ in range(SEEDS)
        for event in photoelectrons
    ]
    joined = Digits(*(np.concatenate(column) for column in zip(*all_digits, strict=True)))
    return joined.only((joined.time_ns >= LIGHT_NS[0]) & (joined.time_ns < LIGHT_NS[1]))


def chi2_p_value(column, edges, ours, theirs, dark):
    expected = np.histogram(getattr(ours, column), bins=edges)[0] / SEEDS + dark
    counts = np.histogram(getattr(theirs, column), bins=edges)[0]
    assert expected.min() > 5
    return stats.chi2(len(counts)).sf(((counts - expected) ** 2 / (expected * (1 + 1 / SEEDS))).sum())


def test_hits_and_charge(ours, theirs):
    dark = DARK_PER_NS * (LIGHT_NS[1] - LIGHT_NS[0]) * EVENTS
    n, expected = len(theirs.sensor), len(ours.sensor) / SEEDS + dark
    assert abs(n - expected) < 4 * np.sqrt(expected)
    charge, mean = theirs.charge_pe.sum(), ours.charge_pe.sum() / SEEDS + 1.25 * dark
    assert abs(charge - mean) < 4 * np.sqrt((theirs.charge_pe**2).sum())


def test_charges_of_digits(ours, theirs):
    edges = [0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 40]
    dark_shape = np.diff(np.interp(edges, *_table()))
    dark = DARK_PER_NS * (LIGHT_NS[1] - LIGHT_NS[0]) * EVENTS * dark_shape
    assert chi2_p_value("charge_pe", edges, ours, theirs, dark) > 1e-4


def test_times_of_digits(ours, theirs):
    edges = [60, 72, 76, 79, 82, 85, 88, 91, 94, 97, 100, 105, 110, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300]
    dark = DARK_PER_NS * np.diff(edges) * EVENTS
    assert chi2_p_value("time_ns", edges, ours, theirs, dark) > 1e-4


def test_trigger_time(photoelectrons):
    for _, time in photoelectrons:
        assert trigger_time_ns(time, 25) == 75.0


def _table():
    response = load_sensor("PMT20inch")
    return response.charge_pe, response.charge_cdf
