"""Super-Kamiokande's electronics as WCSim models them: integrated charge, a soft threshold, times in steps."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ringcast.simulation.optics import SensorResponse
from ringcast.simulation.response import draw_charge_pe
from ringcast.simulation.time_spread import draw_delay_ns

__all__ = ["GATE_NS", "Digits", "acceptance", "digitise"]

GATE_NS = 200.0
"""Integration time from the first photoelectron; there is no dead time after it."""
_NOISE_PE = 0.03
_EFFICIENCY = 0.985
_SHIFT_PE, _ALL_FROM = 0.1, 1.1
# WCSim, include/WCSimWCDigitizer.hh, WCSimWCDigitizerSKI: from the constant to the tenth power of charge + 0.1 pe
_POLYNOMIAL = (-0.06374, 3.748, -63.23, 452.0, -1449.0, 2513.0, -2529.0, 1472.0, -452.2, 51.34, 2.370)


class Digits(NamedTuple):
    """What the sensors report, by rising sensor number and gate; a sensor can report more than once."""

    sensor: NDArray[np.int64]
    charge_pe: NDArray[np.float64]
    time_ns: NDArray[np.float64]

    def only(self, keep: NDArray[np.bool_]) -> "Digits":
        """The digits for which `keep` is true."""
        return Digits(self.sensor[keep], self.charge_pe[keep], self.time_ns[keep])


def acceptance(charge_pe: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability that an integrated charge q passes the threshold: min(1, P(q + 0.1)) below q = 1 pe, 1 above.

    P is WCSim's polynomial of tenth degree (WCSimWCDigitizerSKI in include/WCSimWCDigitizer.hh); where it is negative
    nothing passes.

    Example:
        >>> acceptance(np.array([-1.0, 0.1, 0.25, 0.5, 2.0])).round(3).tolist()
        [0.0, 0.114, 0.537, 0.825, 1.0]
    """
    x = np.minimum(charge_pe + _SHIFT_PE, _ALL_FROM)
    value = np.polynomial.polynomial.polyval(x, np.array(_POLYNOMIAL))
    return np.where(x < _ALL_FROM, np.clip(value, 0.0, 1.0), 1.0)


def digitise(
    sensor: NDArray[np.int64],
    time_ns: NDArray[np.float64],
    response: SensorResponse,
    *,
    time_step_ns: float,
    generator: np.random.Generator,
) -> Digits:
    """Digits of one event's photoelectrons, whatever order they come in.

    A sensor's first photoelectron opens a gate of 200 ns (its end included); the first one after that opens the next.
    The charges in a gate add up, pass or fail the soft threshold, and get Gaussian noise of 0.03 pe and a factor
    0.985. The time is that of the photoelectron that opened the gate, with the spread of the charge in the gate,
    rounded down to a step. Digits without charge are dropped. (WCSim, src/WCSimWCDigitizer.cc.)

    Args:
        sensor: Sensor number of each photoelectron.
        time_ns: Time of each photoelectron.
        response: The sensor's tables.
        time_step_ns: Step of the times: 0.4 ns in Super-Kamiokande's electronics.
        generator: Source of random numbers.
    """
    order = np.lexsort((time_ns, sensor))
    sensor, time_ns = sensor[order], time_ns[order]
    charge = draw_charge_pe(len(sensor), response, generator)
    opens = _open_gates(sensor, time_ns, GATE_NS)
    total = np.add.reduceat(charge, np.flatnonzero(opens)) if len(sensor) else charge
    passes = generator.random(len(total)) < acceptance(total)
    total = total + _NOISE_PE * generator.standard_normal(len(total))
    time = time_ns[opens] + draw_delay_ns(total, response, generator)
    digits = Digits(sensor[opens], total * _EFFICIENCY, np.floor(time / time_step_ns) * time_step_ns)
    return digits.only(passes & (digits.charge_pe > 0))


@njit(cache=True, nogil=True)
def _open_gates(sensor, time, gate):  # type: ignore[no-untyped-def]
    """Which photoelectrons, sorted by sensor and time, open a gate."""
    opens = np.zeros(len(sensor), dtype=np.bool_)
    last = 0.0
    for i in range(len(sensor)):
        if i == 0 or sensor[i] != sensor[i - 1] or time[i] > last:
            opens[i] = True
            last = time[i] + gate
    return opens
