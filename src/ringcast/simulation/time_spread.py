"""How far a sensor's time lies from the arrival of its first photoelectron."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import SensorResponse

__all__ = ["draw_delay_ns", "time_spread_ns"]

_LEAST_PE = 0.5
_FWHM_OF_SIGMA = 2.355
# Box-and-line tube: WCSim src/WCSimPMTObject.cc, class BoxandLine20inchHQE
_BOX_SCALE_NS, _BOX_DECAY, _BOX_FLOOR, _BOX_KNEE_PE = 0.6314, 0.0626, 0.5711, 23.96
_BOX_MEAN_NS, _BOX_RATE, _BOX_RATE_SLOPE = -0.2, 0.4113, 0.07827
# WCTE's tube: the part of its width that does not depend on charge, and where the table ends
_TABLE_FWHM_NS, _TABLE_LARGEST_PE = 1.5, 4.0


def time_spread_ns(charge_pe: NDArray[np.float64], response: SensorResponse) -> NDArray[np.float64]:
    """Gaussian spread sigma of the first photoelectron's time at a total charge Q of at least 0.5 pe, in ns.

    Law "root": max(floor, f (0.33 + sqrt(s / Q))). Law "box-and-line": 0.6314 (exp(-0.0626 Q) + 0.5711) up to
    Q = 23.96 and a / sqrt(Q) + b above, with a and b such that value and slope are continuous. Law "table":
    sqrt(1.5^2 + g(Q)^2) / 2.355 with the tabulated width g, constant beyond 4 pe. All are WCSim's
    (src/WCSimPMTObject.cc; the least charge of 0.5 pe is its digitiser's).

    Example:
        >>> from ringcast.simulation.optics import load_sensor
        >>> time_spread_ns(np.array([1.0, 10.0]), load_sensor("PMT20inch")).round(2).tolist()
        [3.49, 1.33]
    """
    charge = np.maximum(charge_pe, _LEAST_PE)
    if response.time_law == "box-and-line":
        return _box_and_line_ns(charge)
    if response.time_law == "table":
        width = np.interp(np.minimum(charge, _TABLE_LARGEST_PE), response.width_charge_pe, response.width_fwhm_ns)
        return np.hypot(_TABLE_FWHM_NS, width) / _FWHM_OF_SIGMA
    spread = response.time_factor * (0.33 + np.sqrt(response.time_scale_pe / charge))
    return np.maximum(spread, response.time_floor_ns)


def _box_and_line_ns(charge_pe: NDArray[np.float64]) -> NDArray[np.float64]:
    at_knee = np.exp(-_BOX_DECAY * _BOX_KNEE_PE)
    a = 2 * _BOX_SCALE_NS * _BOX_DECAY * at_knee * _BOX_KNEE_PE**1.5
    b = _BOX_SCALE_NS * (at_knee + _BOX_FLOOR) - a / np.sqrt(_BOX_KNEE_PE)
    below = _BOX_SCALE_NS * (np.exp(-_BOX_DECAY * charge_pe) + _BOX_FLOOR)
    return np.where(charge_pe < _BOX_KNEE_PE, below, a / np.sqrt(charge_pe) + b)


def draw_delay_ns(
    charge_pe: NDArray[np.float64], response: SensorResponse, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Random delays of the recorded times behind the first photoelectrons, one for each total charge, in ns.

    A Gaussian of `time_spread_ns`; for the law "box-and-line" its mean is -0.2 ns and an exponential delay of rate
    0.4113 + 0.07827 Q per ns is added.
    """
    delay: NDArray[np.float64] = generator.standard_normal(len(charge_pe)) * time_spread_ns(charge_pe, response)
    if response.time_law == "box-and-line":
        rate = _BOX_RATE + _BOX_RATE_SLOPE * np.maximum(charge_pe, _LEAST_PE)
        delay += _BOX_MEAN_NS + generator.standard_exponential(len(charge_pe)) / rate
    return delay
