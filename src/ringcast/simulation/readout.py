"""From one event's photoelectrons to its hits: the sensors, electronics and trigger that a plan asks for."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.dark_noise import dark_photoelectrons
from ringcast.simulation.digitiser import GATE_NS, Digits, digitise
from ringcast.simulation.optics import SensorResponse
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.response import respond
from ringcast.simulation.tracks import event_generator
from ringcast.simulation.trigger import AFTER_NS, BEFORE_NS, cut_window, dark_digits_in_trigger, trigger_time_ns

__all__ = ["Reading", "read_out"]

_RESPONSE, _DARK = 2, 20
_LONGEST_NS = 100_000.0


class Reading(NamedTuple):
    """The hits of one event."""

    digits: Digits
    trigger_ns: float
    """Trigger time; NaN if nothing triggered or the plan has no trigger."""


def read_out(
    sensor: NDArray[np.int64],
    time_ns: NDArray[np.float64],
    response: SensorResponse,
    plan: SimulationPlan,
    *,
    alive: NDArray[np.bool_],
    event: int,
    window_ns: float,
) -> Reading:
    """Hits of one event; they depend on its photoelectrons, the plan and the event number alone.

    Args:
        sensor: Sensor number of each photoelectron.
        time_ns: Time of each photoelectron after the primary's birth.
        response: The sensor's tables.
        plan: Dark noise, digitiser and trigger.
        alive: False for each dead sensor of the detector, whose photoelectrons are dropped.
        event: Event number; with the plan's seed it keys the random numbers.
        window_ns: Later photoelectrons are not counted if the plan has no window of its own and no trigger.
    """
    window = plan.window_ns or (_LONGEST_NS if plan.trigger else window_ns)
    if plan.dark_noise:
        span = _dark_span_ns(time_ns[time_ns < window]) if plan.trigger else (0.0, window)
        dark = dark_photoelectrons(len(alive), span, response, event_generator(plan.seed, event, _DARK))
        bright = time_ns < window
        sensor, time_ns = np.append(sensor[bright], dark[0]), np.append(time_ns[bright], dark[1])
        window = max(window, span[1])
    sensor, time_ns = sensor[alive[sensor]], time_ns[alive[sensor]]
    generator = event_generator(plan.seed, event, _RESPONSE)
    if plan.digitiser == "simple":
        return Reading(Digits(*respond(sensor, time_ns, response, window_ns=window, generator=generator)), np.nan)
    inside = time_ns < window
    step = plan.digit_time_step_ns
    digits = digitise(sensor[inside], time_ns[inside], response, time_step_ns=step, generator=generator)
    if not plan.trigger:
        return Reading(digits, np.nan)
    trigger = trigger_time_ns(digits.time_ns, _most_without_trigger(plan, int(alive.sum()), response))
    return Reading(cut_window(digits, trigger), trigger)


def _dark_span_ns(time_ns: NDArray[np.float64]) -> tuple[float, float]:
    """Dark noise from before any window that the light can trigger, by more than a gate, to after its end."""
    last = float(time_ns.max()) if len(time_ns) else 0.0
    return -BEFORE_NS - GATE_NS, last + AFTER_NS + GATE_NS


def _most_without_trigger(plan: SimulationPlan, n_pmt: int, response: SensorResponse) -> int:
    """Digits within a trigger window that do not yet trigger."""
    correct = plan.dark_noise and plan.trigger_noise_correction
    return plan.trigger_hits + (dark_digits_in_trigger(n_pmt, response) if correct else 0)
