"""From photoelectrons to what a sensor reports: charge and the time of the first photoelectron."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import SensorResponse
from ringcast.simulation.time_spread import draw_delay_ns

__all__ = ["draw_charge_pe", "respond"]


def draw_charge_pe(n: int, response: SensorResponse, generator: np.random.Generator) -> NDArray[np.float64]:
    """Charges of n single photoelectrons, from the sensor's table."""
    return np.interp(generator.random(n), response.charge_cdf, response.charge_pe)


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
    charge = draw_charge_pe(len(sensor), response, generator)
    inside = time_ns < window_ns
    sensor, time_ns, charge = sensor[inside], time_ns[inside], charge[inside]
    hit, place = np.unique(sensor, return_inverse=True)
    total = np.bincount(place, weights=charge, minlength=len(hit)).astype(np.float64)
    first = np.full(len(hit), np.inf)
    np.minimum.at(first, place, time_ns)
    smeared = first + draw_delay_ns(total, response, generator)
    fires = total >= response.threshold_pe
    return hit[fires], total[fires], smeared[fires]
