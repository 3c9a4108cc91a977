"""From photoelectrons to what a sensor reports: charge and the time of the first photoelectron."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import SensorResponse

__all__ = ["respond", "time_spread_ns"]


def time_spread_ns(charge_pe: NDArray[np.float64], response: SensorResponse) -> NDArray[np.float64]:
    """Gaussian spread of the first photoelectron's time at a total charge: max(floor, f (0.33 + sqrt(s / Q))) ns.

    Example:
        >>> from ringcast.simulation.optics import load_sensor
        >>> time_spread_ns(np.array([1.0, 10.0]), load_sensor("PMT20inch")).round(2).tolist()
        [3.49, 1.33]
    """
    charge = np.maximum(charge_pe, 0.5)
    spread = response.time_factor * (0.33 + np.sqrt(response.time_scale_pe / charge))
    return np.maximum(spread, response.time_floor_ns)


def respond(
    sensor: NDArray[np.int64],
    time_ns: NDArray[np.float64],
    response: SensorResponse,
    *,
    window_ns: float,
    generator: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Charge and time of every sensor that fires in one event.

    Each photoelectron gets a charge from the sensor's one-photoelectron distribution; charges within the window add
    up; sums under the threshold are dropped; the first photoelectron's time is smeared.

    Args:
        sensor: Sensor number of each photoelectron.
        time_ns: Time of each photoelectron after the primary's birth.
        response: The sensor's tables.
        window_ns: Later photoelectrons are not counted.
        generator: Source of random numbers.

    Returns:
        Sensor, charge in pe and time in ns of each hit, by rising sensor number.
    """
    charge = np.interp(generator.random(len(sensor)), response.charge_cdf, response.charge_pe)
    inside = time_ns < window_ns
    sensor, time_ns, charge = sensor[inside], time_ns[inside], charge[inside]
    hit, place = np.unique(sensor, return_inverse=True)
    total = np.bincount(place, weights=charge, minlength=len(hit)).astype(np.float64)
    first = np.full(len(hit), np.inf)
    np.minimum.at(first, place, time_ns)
    smeared: NDArray[np.float64] = first + generator.standard_normal(len(hit)) * time_spread_ns(total, response)
    fires = total >= response.threshold_pe
    return hit[fires], total[fires], smeared[fires]
