"""Time delays of the sensors against the laws they follow."""

import numpy as np
import pytest
from scipy import stats

from ringcast.simulation.optics import load_sensor
from ringcast.simulation.time_spread import draw_delay_ns, time_spread_ns

N = 40_000
NORMAL = ("PMT20inch", "PMT8inch", "PMT3inchR12199_02", "PMT3inchR14374", "PMT3inchR14374_WCTE")


def p_value(values, law):
    """Chi-square of values in 40 bins of equal probability."""
    counts = np.bincount((law.cdf(values) * 40).astype(int).clip(0, 39), minlength=40)
    return stats.chisquare(counts).pvalue


@pytest.mark.parametrize("charge", [0.1, 1.0, 7.0])
@pytest.mark.parametrize("pmt_type", NORMAL)
def test_delays_are_normal_with_the_spread_of_their_charge(pmt_type, charge):
    response, generator = load_sensor(pmt_type), np.random.default_rng(3)
    sigma = float(time_spread_ns(np.array([charge]), response)[0])
    assert p_value(draw_delay_ns(np.full(N, charge), response, generator), stats.norm(0, sigma)) > 1e-4


@pytest.mark.parametrize("charge", [1.0, 10.0, 40.0])
def test_box_and_line_delays_are_normal_plus_exponential(charge):
    # table pmt_summary of WCSim: mean -0.2 ns, exponential tail of rate 0.4113 + 0.07827 Q per ns
    response, generator = load_sensor("BoxandLine20inchHQE"), np.random.default_rng(4)
    sigma = float(time_spread_ns(np.array([charge]), response)[0])
    law = stats.exponnorm(1 / ((0.4113 + 0.07827 * charge) * sigma), loc=-0.2, scale=sigma)
    assert p_value(draw_delay_ns(np.full(N, charge), response, generator), law) > 1e-4


def test_spreads_by_hand():
    def at(pmt_type, charge):
        return float(time_spread_ns(np.array([charge]), load_sensor(pmt_type))[0])

    assert at("PMT20inch", 1000) == 0.58
    assert at("PMT20inch", 0.1) == at("PMT20inch", 0.5) == pytest.approx(0.33 + np.sqrt(20))
    assert at("PMT3inchR14374", 1) == 0.6
    # 0.6314 (exp(-0.626) + 0.5711)
    assert at("BoxandLine20inchHQE", 10) == pytest.approx(0.6982, abs=1e-4)
    # full widths 1.5 and 0.26484 ns at 1 pe; 0.13229 ns from 4 pe on
    assert at("PMT3inchR14374_WCTE", 1) == pytest.approx(np.sqrt(1.5**2 + 0.26484**2) / 2.355)
    assert at("PMT3inchR14374_WCTE", 50) == pytest.approx(np.sqrt(1.5**2 + 0.13229**2) / 2.355)


def test_box_and_line_spread_is_smooth_at_the_knee():
    charge = 23.96 + np.array([-2e-3, -1e-3, 1e-3, 2e-3])
    spread = time_spread_ns(charge, load_sensor("BoxandLine20inchHQE"))
    assert spread[2] - spread[1] == pytest.approx(2 * (spread[1] - spread[0]), rel=1e-2)
    assert spread[3] - spread[2] == pytest.approx(spread[1] - spread[0], rel=1e-2)
