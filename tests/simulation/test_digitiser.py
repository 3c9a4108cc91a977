"""The digitiser of Super-Kamiokande: gates, threshold, charges and times."""

import numpy as np
import pytest
from scipy import stats

from ringcast.simulation.digitiser import acceptance, digitise
from ringcast.simulation.optics import load_sensor

N = 60_000
SHARP = load_sensor("PMT3inchR14374")._replace(time_floor_ns=0.0)


def fixed(charge_pe):
    """A sensor whose photoelectrons all have one charge, and whose times do not spread."""
    return SHARP._replace(charge_pe=np.array([charge_pe, charge_pe]), charge_cdf=np.array([0.0, 1.0]))


def run(sensor, time, response, *, step=0.4, seed=1):
    generator = np.random.default_rng(seed)
    return digitise(np.asarray(sensor), np.asarray(time, dtype=float), response, time_step_ns=step, generator=generator)


def test_acceptance_follows_its_formula_in_bins_of_charge():
    # coefficients of WCSimWCDigitizerSKI::Threshold, WCSim include/WCSimWCDigitizer.hh, highest power first
    powers = [2.370, 51.34, -452.2, 1472.0, -2529.0, 2513.0, -1449.0, 452.0, -63.23, 3.748, -0.06374]
    charges = np.linspace(0.05, 1.05, 21)
    chi2 = 0.0
    for i, charge in enumerate(charges):
        expected = min(1.0, float(np.polyval(powers, charge + 0.1))) if charge < 1 else 1.0
        passed = len(run(np.arange(N), np.zeros(N), fixed(charge + 1e-9), seed=i).sensor) / N
        # noise of 0.03 pe takes a twentieth of the smallest charges below zero, where there is no digit
        expected *= stats.norm.cdf(charge / 0.03)
        chi2 += (passed - expected) ** 2 / max(expected * (1 - expected) / N, 1e-10)
    assert stats.chi2(len(charges)).sf(chi2) > 1e-4


def test_acceptance_by_hand():
    assert acceptance(np.array([-2.0, -0.1, 1.0, 1.5])).tolist() == [0.0, 0.0, 1.0, 1.0]
    # x = 0.5: the eleven terms add up to 0.792
    assert acceptance(np.array([0.4])) == pytest.approx(0.792, abs=5e-4)


def test_one_photoelectron_charges_follow_table_threshold_and_noise():
    response = load_sensor("PMT20inch")
    digits = run(np.arange(N), np.zeros(N), response)
    width = float(np.diff(response.charge_pe)[0])
    offsets = (np.arange(10) + 0.5) / 10 * width
    charge = (response.charge_pe[:-1, None] + offsets).ravel()
    weight = (np.diff(response.charge_cdf)[:, None] / 10 * np.ones(10)).ravel() * acceptance(charge)
    edges = np.concatenate([np.linspace(0, 3, 61), [50]])
    share = np.diff(stats.norm.cdf((edges[:, None] / 0.985 - charge) / 0.03), axis=0) @ weight
    counts = np.histogram(digits.charge_pe, bins=edges)[0]
    expected = share * N
    kept = expected > 5
    chi2 = ((counts - expected)[kept] ** 2 / expected[kept]).sum()
    assert counts.sum() == len(digits.sensor)
    assert stats.chi2(kept.sum()).sf(chi2) > 1e-4


@pytest.mark.parametrize(("apart", "digits"), [(150.0, 1), (200.0, 1), (200.1, 2), (250.0, 2)])
def test_a_gate_is_200_ns_from_its_first_photoelectron(apart, digits):
    found = run([7, 7], [apart + 30.0, 30.0], fixed(2.0), step=0.1)
    assert found.sensor.tolist() == [7] * digits
    assert found.time_ns == pytest.approx([30.0, 30.0 + apart][:digits], abs=0.1)
    assert found.charge_pe == pytest.approx(np.full(digits, 0.985 * 4 / digits), abs=5 * 0.03)


def test_the_gate_is_not_prolonged_by_what_falls_into_it():
    found = run([7, 7, 7], [0.0, 150.0, 300.0], fixed(2.0))
    assert found.charge_pe.round().tolist() == [4.0, 2.0]


def test_charges_are_scaled_and_noisy():
    charge = run(np.arange(N), np.zeros(N), fixed(3.0)).charge_pe
    assert abs(charge.mean() - 0.985 * 3) < 4 * 0.985 * 0.03 / np.sqrt(N)
    assert charge.std() == pytest.approx(0.985 * 0.03, rel=4 / np.sqrt(2 * N))


@pytest.mark.parametrize("step", [0.4, 0.1])
def test_times_are_rounded_down_to_the_step(step):
    time = np.random.default_rng(2).uniform(-500, 1000, 5000)
    found = run(np.arange(5000), time, fixed(2.0), step=step).time_ns
    assert np.abs(found / step - np.round(found / step)).max() < 1e-6
    assert ((time - found >= -1e-9) & (time - found < step + 1e-9)).all()


def test_the_order_of_photoelectrons_does_not_matter():
    generator = np.random.default_rng(9)
    sensor, time = generator.integers(0, 300, 2000), generator.uniform(0, 900, 2000)
    shuffled = generator.permutation(2000)
    one = run(sensor, time, load_sensor("PMT20inch"))
    other = run(sensor[shuffled], time[shuffled], load_sensor("PMT20inch"))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert (np.diff(one.sensor) >= 0).all()


def test_no_photoelectrons_give_no_digits():
    assert [len(column) for column in run(np.zeros(0, dtype=int), [], load_sensor("PMT20inch"))] == [0, 0, 0]
