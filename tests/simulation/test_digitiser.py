"""The electronics: gates, thresholds, charges and times, and the numbers they come from."""

import numpy as np
import pytest
from scipy import stats

from ringcast.errors import ArgumentError
from ringcast.simulation.digitiser import acceptance, digitise, load_digitiser
from ringcast.simulation.optics import load_sensor
from ringcast.simulation.saturation import saturated_pe
from ringcast.simulation.time_spread import time_spread_ns

AUTO = {
    "PMT20inch": "ski",
    "BoxandLine20inchHQE": "hk",
    "PMT8inch": "ski",
    "PMT3inchR12199_02": "hk",
    "PMT3inchR14374": "hk",
    "PMT3inchR14374_WCTE": "wcte",
}
N = 60_000
SKI = load_digitiser("ski")
SHARP = load_sensor("PMT3inchR14374")._replace(time_floor_ns=0.0)


def fixed(charge_pe):
    """A sensor whose photoelectrons all have one charge, and whose times do not spread."""
    return SHARP._replace(charge_pe=np.array([charge_pe, charge_pe]), charge_cdf=np.array([0.0, 1.0]))


def run(sensor, time, response, *, digitiser=SKI, seed=1, **changes):
    generator = np.random.default_rng(seed)
    electronics = digitiser._replace(**changes)
    return digitise(np.asarray(sensor), np.asarray(time, dtype=float), response, electronics, generator=generator)


def test_numbers_of_the_sources():
    # WCSim include/WCSimWCDigitizer.hh (200 ns, 0.4 ns), macros/daq.mac (0.1 ns), src/WCSimWCDigitizer.cc (0.985);
    # MDT parameter/MDTParamenter_IWCD.txt (200 ns, 0.1 ns) and _WCTE.txt (144 ns, 0.1 ns, self-trigger 683 of 2048)
    gates = {name: load_digitiser(name).gate_ns for name in ("simple", "ski", "hk", "wcte")}
    assert gates == {"simple": np.inf, "ski": 200, "hk": 200, "wcte": 144}
    assert load_digitiser("hk") == SKI._replace(time_step_ns=0.1)
    assert load_digitiser("wcte").threshold_pe == pytest.approx(683 / 2048, rel=1e-3)
    assert {load_digitiser(name).charge_factor for name in ("ski", "hk", "wcte")} == {0.985}
    with pytest.raises(ArgumentError, match="digitiser is 'qbee'; expected one of simple, ski, hk, wcte"):
        load_digitiser("qbee")


def test_ski_stays_as_it_was():
    # sums of an earlier version, whose electronics were no table
    generator = np.random.default_rng(9)
    found = run(generator.integers(0, 300, 2000), generator.uniform(0, 900, 2000), load_sensor("PMT20inch"))
    assert len(found.sensor) == 765
    assert found.charge_pe.sum() == pytest.approx(1958.175162311778, rel=1e-12)
    assert found.time_ns.sum() == pytest.approx(316335.2, rel=1e-12)


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


@pytest.mark.parametrize(
    ("name", "apart", "digits"),
    [
        *(("ski", 150.0, 1), ("ski", 200.0, 1), ("ski", 200.1, 2), ("ski", 250.0, 2), ("hk", 200.0, 1)),
        *(("hk", 200.1, 2), ("wcte", 144.0, 1), ("wcte", 144.1, 2)),
    ],
)
def test_a_gate_runs_from_its_first_photoelectron(name, apart, digits):
    found = run([7, 7], [apart + 30.0, 30.0], fixed(2.0), digitiser=load_digitiser(name), time_step_ns=0.1)
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
    found = run(np.arange(5000), time, fixed(2.0), time_step_ns=step).time_ns
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


def test_wcte_cuts_at_a_third_of_a_photoelectron():
    response = load_sensor("PMT3inchR14374_WCTE")
    found = run(np.arange(N), np.zeros(N), response, digitiser=load_digitiser("wcte"))
    assert found.charge_pe.min() >= 0.985 / 3
    expected = 1 - np.interp(1 / 3, response.charge_pe, response.charge_cdf)
    assert abs(len(found.sensor) / N - expected) < 4 * np.sqrt(expected * (1 - expected) / N)


@pytest.mark.parametrize("pmt_type", list(AUTO))
def test_charges_of_every_sensor_follow_table_threshold_and_noise(pmt_type):
    """One, two and three photoelectrons on a sensor, read by its own electronics."""
    response, digitiser = load_sensor(pmt_type), load_digitiser(AUTO[pmt_type])
    assert response.digitiser == AUTO[pmt_type]
    n = 20_000
    width = float(np.diff(response.charge_pe)[0])
    one = np.diff(response.charge_cdf)
    edges = np.concatenate([np.linspace(0, 6, 41), [100]])
    share, low = one, float(response.charge_pe[0])
    for several in (1, 2, 3):
        sensor = np.tile(np.arange(n), several)
        found = run(sensor, np.zeros(len(sensor)), response, digitiser=digitiser, seed=several).charge_pe
        charge = several * low + width * (np.arange(len(share)) + several / 2)
        passes = acceptance(charge) if digitiser.threshold == "soft" else charge >= digitiser.threshold_pe
        # sums of k uniform charges spread by sqrt(k / 12) bins about the middle of theirs
        spread = np.hypot(digitiser.noise_pe, width * np.sqrt(several / 12))
        law = np.diff(stats.norm.cdf((edges[:, None] / 0.985 - charge) / spread), axis=0) @ (share * passes) * n
        counts = np.histogram(found, bins=edges)[0]
        kept = (law > 25) & (edges[:-1] > (0.5 if digitiser.threshold == "hard" else -1))  # sharp edge: see below
        chi2 = ((counts - law)[kept] ** 2 / law[kept]).sum()
        assert stats.chi2(kept.sum()).sf(chi2) > 1e-4
        share = np.convolve(share, one)


@pytest.mark.parametrize("pmt_type", list(AUTO))
def test_times_of_every_sensor_follow_their_spread(pmt_type):
    """Five photoelectrons at one time on a sensor whose charges are all alike."""
    response = load_sensor(pmt_type)._replace(charge_pe=np.array([1.0, 1.0]), charge_cdf=np.array([0.0, 1.0]))
    digitiser = load_digitiser(AUTO[pmt_type])._replace(noise_pe=0.0)
    sensor = np.tile(np.arange(N), 5)
    found = run(sensor, np.full(len(sensor), 40.0), response, digitiser=digitiser).time_ns
    sigma = float(time_spread_ns(np.array([5.0]), response)[0])
    law = stats.norm(40.0, sigma)
    if pmt_type == "BoxandLine20inchHQE":
        law = stats.exponnorm(1 / ((0.4113 + 0.07827 * 5) * sigma), loc=39.8, scale=sigma)
    step = digitiser.time_step_ns
    edges = np.round(np.arange(30.0, 70.0, 2 * step) / step) * step - step / 1000
    expected = np.diff(law.cdf(edges)) * N
    kept = expected > 10
    chi2 = ((np.histogram(found, bins=edges)[0] - expected)[kept] ** 2 / expected[kept]).sum()
    assert stats.chi2(kept.sum()).sf(chi2) > 1e-4


def test_saturation_is_that_of_wcsim():
    """SaturFactor of src/WCSimPMTObject.cc: (100 + 0.008632 (threshold - Q)) / 100 above the threshold."""
    charge = np.array([10.0, 299.0, 301.0, 1000.0, 3000.0])
    factor = np.where(charge < 300, 1, (100 + 0.008632 * (300 - charge)) / 100)
    np.testing.assert_allclose(saturated_pe(charge, 300.0), charge * factor, rtol=1e-12)
    np.testing.assert_array_equal(saturated_pe(charge, np.inf), charge)
    many = saturated_pe(np.linspace(0, 3e4, 3001), 300.0)
    assert (np.diff(many) >= 0).all()  # WCSim's falls beyond 5,900 pe


def test_a_saturating_sensor_reports_less():
    light = np.zeros(800, dtype=int), np.zeros(800)
    full, less = run(*light, fixed(1.0)), run(*light, fixed(1.0), saturation_pe=200.0)
    assert full.charge_pe == pytest.approx([0.985 * 800], abs=0.15)
    assert less.charge_pe == pytest.approx(saturated_pe(full.charge_pe, 200.0))
    assert less.charge_pe[0] / full.charge_pe[0] == pytest.approx(1 - 8.632e-5 * 588, abs=1e-4)
    np.testing.assert_array_equal(full.time_ns, less.time_ns)


def test_charges_are_rounded_down_to_a_step():
    found = run(np.arange(500), np.zeros(500), load_sensor("PMT20inch"), charge_step_pe=0.25).charge_pe
    assert np.abs(found / 0.25 - np.round(found / 0.25)).max() < 1e-9
