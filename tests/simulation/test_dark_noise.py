"""Dark photoelectrons: how many, when, where."""

import numpy as np
import pytest
from scipy import stats

from ringcast.simulation.dark_noise import dark_photoelectrons, mean_dark_photoelectrons
from ringcast.simulation.digitiser import acceptance, digitise, load_digitiser
from ringcast.simulation.optics import load_sensor

N_PMT, WINDOW_NS, EVENTS = 11146, 1350.0, 400


@pytest.fixture(scope="module")
def events():
    generator = np.random.default_rng(5)
    return [dark_photoelectrons(N_PMT, (-400.0, 950.0), load_sensor("PMT20inch"), generator) for _ in range(EVENTS)]


def test_numbers_are_poisson(events):
    counts = np.array([len(sensor) for sensor, _ in events])
    mean = N_PMT * 4.2e-6 * 1.367 * WINDOW_NS  # 4.2 kHz times the conversion factor of the 20-inch tube
    assert mean == mean_dark_photoelectrons(N_PMT, WINDOW_NS, load_sensor("PMT20inch"))
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / EVENTS)
    dispersion = ((counts - counts.mean()) ** 2).sum() / counts.mean()
    assert 1e-4 < stats.chi2(EVENTS - 1).cdf(dispersion) < 1 - 1e-4


def test_times_and_sensors_are_uniform(events):
    sensor, time = (np.concatenate(column) for column in zip(*events, strict=True))
    assert sensor.min() >= 0
    assert sensor.max() < N_PMT
    for values, edges in ((time, np.linspace(-400, 950, 51)), (sensor, np.linspace(0, N_PMT, 51))):
        counts = np.histogram(values, bins=edges)[0]
        assert counts.sum() == len(values)
        assert stats.chisquare(counts).pvalue > 1e-4


def test_a_window_of_super_kamiokande_holds_63_dark_digits(events):
    # 11,146 tubes of 4.2 kHz give 63.2 digits in 1,350 ns if the conversion factor 1.367 makes up for the threshold;
    # the charge table and the acceptance polynomial make it 1 / 0.739 = 1.353, hence 63.8
    response, generator = load_sensor("PMT20inch"), np.random.default_rng(6)
    digits = [len(digitise(*event, response, load_digitiser("ski"), generator=generator).sensor) for event in events]
    assert abs(np.mean(digits) - 63.8) < 4 * np.sqrt(63.8 / EVENTS)
    assert abs(np.mean(digits) - 63.2) < 0.02 * 63.2 + 4 * np.sqrt(63.2 / EVENTS)


@pytest.mark.parametrize(
    ("pmt_type", "share"),
    [
        *(("PMT20inch", 1.01), ("BoxandLine20inchHQE", 1.0), ("PMT8inch", 1.01), ("PMT3inchR12199_02", 1.016)),
        *(("PMT3inchR14374", 1.0), ("PMT3inchR14374_WCTE", 1.075)),
    ],
)
def test_conversion_makes_up_for_the_threshold(pmt_type, share):
    """Dark digits over dark rate, behind the electronics of each tube; WCTE's conversion is that of another tube."""
    response = load_sensor(pmt_type)
    digitiser = load_digitiser(response.digitiser)
    middle = 0.5 * (response.charge_pe[1:] + response.charge_pe[:-1])
    passes = acceptance(middle) if digitiser.threshold == "soft" else middle >= digitiser.threshold_pe
    passing = float((np.diff(response.charge_cdf) * passes).sum())
    assert response.dark_conversion * passing == pytest.approx(share, abs=0.003)


def test_other_tubes_are_quieter():
    # 1 kHz for 8-inch and 3-inch tubes
    for pmt_type in ("PMT8inch", "PMT3inchR12199_02", "PMT3inchR14374", "PMT3inchR14374_WCTE"):
        assert load_sensor(pmt_type).dark_rate_khz == 1.0
    assert load_sensor("BoxandLine20inchHQE").dark_rate_khz == 4.2
