"""What to simulate."""

from typing import Any

from pydantic import Field, NonNegativeInt, ValidationError, model_validator

from ringcast.errors import ArgumentError, fault_sentence
from ringcast.simulation.switches import LightSwitches, MatterSwitches, PrimaryChoices, SensorSwitches

__all__ = ["MOST_EVENTS", "SimulationPlan", "make_plan"]

MOST_EVENTS = 1_000_000_000
"""Events of a plan; names of shards have room for nine digits of the last one's number."""


class SimulationPlan(PrimaryChoices, MatterSwitches, LightSwitches, SensorSwitches):
    """All that decides the content of an event file, and nothing that does not (such as the number of workers)."""

    detector: str
    """Preset name or TOML file."""
    dead: tuple[NonNegativeInt, ...] = ()
    """Numbers of sensors that never report a hit, besides those that the TOML file names."""
    n_events: int = Field(gt=0, le=MOST_EVENTS)
    """How many events."""
    primaries: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """SHA-256 of primaries that the user gave in place of drawn ones; see `ringcast.simulation.primaries`.
    Particles and energies are then those that stand for their events."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """Any number; the same plan and seed give the same file."""

    @model_validator(mode="after")
    def _something_to_draw(self) -> "SimulationPlan":
        cut = self.leaves_through is not None or self.to_wall_cm > 0
        if cut and self.direction is not None and self.position_cm is not None:
            raise ValueError("leaves_through and to_wall_cm choose among drawn tracks; vertex and direction are fixed")
        if self.vertex_within_cm is not None and self.position_cm is not None:
            raise ValueError("vertex_within_cm chooses among drawn vertices; position_cm fixes the vertex")
        return self

    @model_validator(mode="after")
    def _shines(self) -> "SimulationPlan":
        from ringcast.events import particle_type
        from ringcast.simulation.threshold import (  # not above: help shall not wait for torch
            dark_particle,
            threshold_mev,
        )

        dark = None if self.primaries is not None else dark_particle(self.particles, self.energy_mev[1])
        if dark is not None:
            raise ValueError(
                f"energy_mev ends at {self.energy_mev[1]:g}, where {dark} makes no light; expected to reach more than"
                f" {threshold_mev(particle_type(dark)):.4g} MeV, or other particles"
            )
        return self

    @model_validator(mode="after")
    def _has_digits_to_trigger(self) -> "SimulationPlan":
        if self.trigger and self.digitiser == "simple":
            raise ValueError("trigger counts digits, of which the simple digitiser has none; choose digitiser auto")
        if self.trigger_hits != SensorSwitches.model_fields["trigger_hits"].default and not self.trigger:
            raise ValueError("trigger_hits is given, but the trigger is off; switch it on (trigger)")
        if self.first_hit_only and not self.trigger:
            raise ValueError("first_hit_only is given, but the trigger is off; switch it on (trigger)")
        return self

    @model_validator(mode="after")
    def _has_dark_noise_of_that_rate(self) -> "SimulationPlan":
        if self.dark_rate_khz is not None and not self.dark_noise:
            raise ValueError("dark_rate_khz is the rate of dark noise, which is off; switch dark_noise on")
        return self

    @property
    def configuration(self) -> dict[str, Any]:
        """The plan as plain values, for the file's metadata."""
        return self.model_dump(mode="json")


def make_plan(**fields: Any) -> SimulationPlan:
    """A plan from keyword arguments, with one clear sentence if a value will not do.

    A digitiser "auto" becomes that of the detector's sensors.

    Raises:
        ArgumentError: A value is out of range, or a key is unknown.
        ConfigError: The digitiser is "auto" and there is no such detector.

    Example:
        >>> make_plan(detector="mini", n_events=250, particles=("e-",)).energy_mev
        (100.0, 1000.0)
    """
    try:
        plan = SimulationPlan(**fields)
    except ValidationError as reason:
        raise ArgumentError(fault_sentence(reason.errors())) from None
    return plan if plan.digitiser != "auto" else plan.model_copy(update={"digitiser": _electronics_of(plan.detector)})


def _electronics_of(detector: str) -> str:
    """The digitiser of a detector's sensors."""
    from ringcast.geometry import load_detector  # not above: help shall not wait for torch
    from ringcast.simulation.optics import load_sensor

    return load_sensor(load_detector(detector).pmt_type).digitiser
