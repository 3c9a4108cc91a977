"""Which digits make an event: enough of them at once, and what comes before and after."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.digitiser import Digits
from ringcast.simulation.optics import SensorResponse

__all__ = [
    "AFTER_NS",
    "BEFORE_NS",
    "OFFSET_NS",
    "TRIGGER_WINDOW_NS",
    "cut_window",
    "dark_digits_in_trigger",
    "first_of_each",
    "trigger_time_ns",
]

TRIGGER_WINDOW_NS = 200.0
"""Digits are counted in windows of this length."""
BEFORE_NS = 400.0
"""Digits from so long before the trigger time are kept."""
AFTER_NS = 950.0
"""Digits until so long after the trigger time are kept."""
OFFSET_NS = 950.0
"""Stored times are digit time - trigger time + this, as in WCSim's files."""
_STEP_NS = 5.0


def dark_digits_in_trigger(n_pmt: int, response: SensorResponse) -> int:
    """Mean number of dark digits in one trigger window, rounded: what WCSim adds to the threshold against noise.

    Example:
        >>> from ringcast.simulation.optics import load_sensor
        >>> dark_digits_in_trigger(11146, load_sensor("PMT20inch"))
        9
    """
    return round(n_pmt * response.dark_rate_khz * 1e-6 * TRIGGER_WINDOW_NS)


def trigger_time_ns(time_ns: NDArray[np.float64], more_than: int) -> float:
    """Time of the first trigger, or NaN if there is none.

    The window [s, s + 200] ns moves in steps of 5 ns; the first with more than N digits triggers, at the time of the
    (N + 1)-th of them, rounded down to 5 ns (WCSim, src/WCSimWCTrigger.cc, NDigits; its first window starts at 0,
    ours early enough to hold the first digit alone).

    Args:
        time_ns: Digit times in any order.
        more_than: N: digits that do not yet trigger.

    Example:
        >>> trigger_time_ns(np.arange(100.0, 130.0), more_than=25), trigger_time_ns(np.arange(25.0), more_than=25)
        (125.0, nan)
    """
    if len(time_ns) <= more_than:
        return float("nan")
    time = np.sort(time_ns)
    begin = np.floor((time[0] - TRIGGER_WINDOW_NS) / _STEP_NS) * _STEP_NS
    starts = np.arange(begin, time[-1] + _STEP_NS, _STEP_NS)
    first = np.searchsorted(time, starts, side="left")
    inside = np.searchsorted(time, starts + TRIGGER_WINDOW_NS, side="right") - first
    over = np.flatnonzero(inside > more_than)
    if len(over) == 0:
        return float("nan")
    return float(np.floor(time[first[over[0]] + more_than] / _STEP_NS) * _STEP_NS)


def cut_window(digits: Digits, trigger_ns: float) -> Digits:
    """The digits from 400 ns before to 950 ns after a trigger, in time since the trigger + 950 ns; none for NaN."""
    since = digits.time_ns - trigger_ns
    moved = digits._replace(time_ns=since + OFFSET_NS)
    return moved.only((since >= -BEFORE_NS) & (since <= AFTER_NS))


def first_of_each(digits: Digits) -> Digits:
    """The first digit of each sensor, of digits by rising sensor number and gate.

    WCSim keeps one digit of a tube in a trigger's window unless told otherwise (`/DAQ/MultiDigitsPerTrigger`, false by
    default for its NDigits triggers in include/WCSimWCTrigger.hh): a dark hit before the light hides the light.

    Example:
        >>> first_of_each(Digits(np.array([4, 4, 9]), np.ones(3), np.array([700.0, 950.0, 940.0]))).time_ns.tolist()
        [700.0, 940.0]
    """
    first = np.ones(len(digits.sensor), dtype=np.bool_)
    first[1:] = digits.sensor[1:] != digits.sensor[:-1]
    return digits.only(first)
