"""From one event's photoelectrons to its hits: the sensors, electronics and trigger that a plan asks for."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.events import DARK
from ringcast.simulation.dark_noise import dark_photoelectrons
from ringcast.simulation.digitiser import Digitiser, Digits, digitise, load_digitiser
from ringcast.simulation.optics import SensorResponse
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.tracks import event_generator
from ringcast.simulation.trigger import (
    AFTER_NS,
    BEFORE_NS,
    cut_window,
    dark_digits_in_trigger,
    first_of_each,
    trigger_time_ns,
)

__all__ = ["Light", "Reading", "read_out"]

_RESPONSE, _DARK = 2, 20
_LONGEST_NS = 100_000.0


class Light(NamedTuple):
    """Photoelectrons of one event, one row each."""

    sensor: NDArray[np.int64]
    """Sensor number."""
    time_ns: NDArray[np.float64]
    """Time after the primary's birth."""
    emitter: NDArray[np.int64]
    """Number of the particle that the light came from, or `DARK`."""

    def pick(self, rows: NDArray[Any] | slice) -> "Light":
        """Some of the photoelectrons: a slice, a mask or their numbers."""
        return Light(self.sensor[rows], self.time_ns[rows], self.emitter[rows])


class Reading(NamedTuple):
    """The hits of one event."""

    digits: Digits
    trigger_ns: float
    """Trigger time; NaN if nothing triggered or the plan has no trigger."""
    light: Light
    """The photoelectrons that the electronics were given: within the window, dark ones too, none of dead sensors."""


def read_out(
    light: Light,
    response: SensorResponse,
    plan: SimulationPlan,
    *,
    alive: NDArray[np.bool_],
    event: int,
    window_ns: float,
) -> Reading:
    """Hits of one event; they depend on its photoelectrons, the plan and the event number alone.

    Args:
        light: What the sensors saw.
        response: The sensor's tables.
        plan: Dark noise, digitiser and trigger.
        alive: False for each dead sensor of the detector, whose photoelectrons are dropped.
        event: Event number; with the plan's seed it keys the random numbers.
        window_ns: Later photoelectrons are not counted if the plan has no window of its own and no trigger.
    """
    digitiser = _electronics(plan)
    if plan.dark_rate_khz is not None:
        response = response._replace(dark_rate_khz=plan.dark_rate_khz)
    window = plan.window_ns or (_LONGEST_NS if plan.trigger else window_ns)
    light = light.pick(light.time_ns < window)
    if plan.dark_noise:
        span = _dark_span_ns(light.time_ns, digitiser) if plan.trigger else (0.0, window)
        sensor, time = dark_photoelectrons(len(alive), span, response, event_generator(plan.seed, event, _DARK))
        dark = Light(sensor, time, np.full(len(sensor), DARK))
        light = Light(*(np.append(ours, theirs) for ours, theirs in zip(light, dark, strict=True)))
    light = light.pick(alive[light.sensor])
    generator = event_generator(plan.seed, event, _RESPONSE)
    digits = digitise(light.sensor, light.time_ns, response, digitiser, generator=generator)
    if not plan.trigger:
        return Reading(digits, np.nan, light)
    trigger = trigger_time_ns(digits.time_ns, _most_without_trigger(plan, int(alive.sum()), response))
    kept = cut_window(digits, trigger)
    return Reading(first_of_each(kept) if plan.first_hit_only else kept, trigger, light)


def _electronics(plan: SimulationPlan) -> Digitiser:
    """The plan's digitiser with what the plan changes of it."""
    digitiser = load_digitiser(plan.digitiser)
    if plan.digit_time_step_ns is not None:
        digitiser = digitiser._replace(time_step_ns=plan.digit_time_step_ns)
    return digitiser if plan.saturation_pe is None else digitiser._replace(saturation_pe=plan.saturation_pe)


def _dark_span_ns(time_ns: NDArray[np.float64], digitiser: Digitiser) -> tuple[float, float]:
    """Dark noise from before any window that the light can trigger, by a gate, to as long after its end."""
    last = float(time_ns.max()) if len(time_ns) else 0.0
    return -BEFORE_NS - digitiser.gate_ns, last + AFTER_NS + digitiser.gate_ns


def _most_without_trigger(plan: SimulationPlan, n_pmt: int, response: SensorResponse) -> int:
    """Digits within a trigger window that do not yet trigger."""
    correct = plan.dark_noise and plan.trigger_noise_correction
    return plan.trigger_hits + (dark_digits_in_trigger(n_pmt, response) if correct else 0)
