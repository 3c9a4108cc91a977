"""Photoelectrons that no light made."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import SensorResponse

__all__ = ["dark_photoelectrons", "mean_dark_photoelectrons"]

_PER_NS_OF_KHZ = 1e-6


def mean_dark_photoelectrons(n_pmt: int, length_ns: float, response: SensorResponse) -> float:
    """Mean number of dark photoelectrons of all sensors in a stretch of time: sensors times rate times conversion.

    The rate is that of dark digits; the conversion makes up for photoelectrons under the digitiser's threshold
    (both from WCSim, src/WCSimPMTObject.cc).

    Example:
        >>> from ringcast.simulation.optics import load_sensor
        >>> round(mean_dark_photoelectrons(11146, 1350.0, load_sensor("PMT20inch")), 1)
        86.4
    """
    return n_pmt * response.dark_rate_khz * _PER_NS_OF_KHZ * response.dark_conversion * length_ns


def dark_photoelectrons(
    n_pmt: int, between_ns: tuple[float, float], response: SensorResponse, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Dark photoelectrons of one event: a Poisson number, each on any sensor, at any time between two.

    Args:
        n_pmt: Sensors of the detector.
        between_ns: First and last time.
        response: The sensor's dark rate.
        generator: Source of random numbers.

    Returns:
        Sensor and time in ns of each.
    """
    first, last = between_ns
    n = int(generator.poisson(mean_dark_photoelectrons(n_pmt, last - first, response)))
    return generator.integers(0, n_pmt, n), generator.uniform(first, last, n)
