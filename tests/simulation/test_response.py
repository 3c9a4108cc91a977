"""Charge and time of the sensors against the tables they come from."""

import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.simulation.digitiser import digitise, draw_charge_pe, load_digitiser
from ringcast.simulation.optics import load_optics, load_sensor
from ringcast.simulation.time_spread import time_spread_ns

TYPES = (
    *("PMT20inch", "BoxandLine20inchHQE", "PMT8inch"),
    *("PMT3inchR12199_02", "PMT3inchR14374", "PMT3inchR14374_WCTE"),
)
N = 50_000


def respond(sensor, time_ns, response, *, seed=1, threshold_pe=0.25):
    """Digits of the electronics that only add up."""
    electronics = load_digitiser("simple")._replace(threshold_pe=threshold_pe)
    return digitise(sensor, time_ns, response, electronics, generator=np.random.default_rng(seed))


def single(pmt_type, n=N, seed=2):
    """One photoelectron on each of n sensors, without threshold."""
    return respond(np.arange(n), np.full(n, 50.0), load_sensor(pmt_type), seed=seed, threshold_pe=-np.inf)


@pytest.mark.parametrize("pmt_type", TYPES)
def test_one_photoelectron_charge_follows_its_table(pmt_type):
    response = load_sensor(pmt_type)
    charge = draw_charge_pe(N, response, np.random.default_rng(2))
    edges = np.interp(np.linspace(0.02, 0.98, 25), response.charge_cdf, response.charge_pe)
    expected = np.diff(np.interp(edges, response.charge_pe, response.charge_cdf)) * N
    counts = np.histogram(charge, bins=edges)[0]
    kept = expected > 5
    chi2 = ((counts - expected)[kept] ** 2 / expected[kept]).sum()
    assert chi2 < kept.sum() + 4 * np.sqrt(2 * kept.sum())


@pytest.mark.parametrize("pmt_type", TYPES)
def test_mean_charge_of_one_photoelectron_is_about_one(pmt_type):
    # SIMULATION tables of WCSim: mean 1.00 for the 20-inch tube, 1.02 to 1.06 for the 3-inch ones
    assert 0.97 < single(pmt_type)[1].mean() < 1.08


@pytest.mark.parametrize("pmt_type", [name for name in TYPES if name != "BoxandLine20inchHQE"])
def test_time_spread(pmt_type):
    _, charge, time = single(pmt_type)
    pull = (time - 50.0) / time_spread_ns(charge, load_sensor(pmt_type))
    assert abs(pull.mean()) < 4 / np.sqrt(N)
    assert abs(pull.std() - 1) < 4 / np.sqrt(2 * N)


def test_charges_add_and_the_first_time_counts():
    response = load_sensor("PMT3inchR14374")._replace(time_floor_ns=0.0)
    sensor, time = np.array([3, 3, 1, 3]), np.array([12.0, 10.0, 5.0, 4000.0])
    hit, charge, when = respond(sensor, time, response, seed=8)
    own = np.interp(np.random.default_rng(8).random(4), response.charge_cdf, response.charge_pe)
    assert hit.tolist() == [1, 3]
    assert when.tolist() == [5.0, 10.0]
    np.testing.assert_allclose(charge, [own[0], own[1:].sum()])


def test_sums_below_threshold_are_not_hits():
    response = load_sensor("PMT20inch")
    charge = respond(np.arange(N), np.zeros(N), response).charge_pe
    assert charge.min() >= 0.25
    expected = 1 - np.interp(0.25, response.charge_pe, response.charge_cdf)
    assert abs(len(charge) / N - expected) < 4 * np.sqrt(expected * (1 - expected) / N)


def test_water_has_the_published_constants():
    # WCSim with its default tuning: absorption 554 m at 400 nm, 63 m at 500 nm; both indices from the same table
    optics = load_optics("PMT20inch")
    grid = optics.first_nm + np.arange(len(optics.phase_index))

    def at(table, wavelength):
        return float(np.interp(wavelength, grid, table))

    assert at(optics.absorption_cm, 400) == pytest.approx(55400, rel=0.01)
    assert at(optics.absorption_cm, 500) == pytest.approx(6300, rel=0.02)
    assert [round(at(optics.phase_index, w), 3) for w in (300, 400, 600)] == [1.359, 1.344, 1.334]
    group = [at(optics.group_index, wavelength) for wavelength in (300, 350, 400, 500, 600)]
    assert group == pytest.approx([1.435, 1.400, 1.381, 1.362, 1.353], abs=0.003)


def test_unknown_sensor_type_is_refused():
    with pytest.raises(ArgumentError, match=r"'PMT99'; expected one of PMT20inch"):
        load_sensor("PMT99")
