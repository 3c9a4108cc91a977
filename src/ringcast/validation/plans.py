"""How to simulate the like of a reference."""

from collections.abc import Mapping
from typing import Any

from ringcast.events import Primaries, Track
from ringcast.simulation import SimulationPlan, make_plan, plan_fields
from ringcast.validation.reference import Reference

__all__ = ["EVERYTHING", "plan_of"]

EVERYTHING: Mapping[str, Any] = {
    "dark_noise": True,
    "digitiser": "auto",
    "trigger": True,
    "photoelectrons": True,
    "energy_loss": "wcsim",
}
"""What WCSim has by default and a plan has not; what light and particles do is WCSim's by a plan's own defaults."""


def plan_of(
    reference: Reference, n_events: int, *, seed: int = 1, changes: Mapping[str, Any] | None = None
) -> tuple[SimulationPlan, Primaries | None]:
    """The plan that simulates events of a reference's kind, and its primaries where each event has its own.

    Args:
        reference: What to compare with.
        n_events: How many; a reference whose events have primaries of their own decides it itself.
        seed: Any number.
        changes: Fields of the plan in place of the reference's and of `EVERYTHING`.

    Raises:
        ArgumentError: The changes do not make a plan.

    Example:
        >>> from ringcast.validation import load_reference
        >>> plan, primaries = plan_of(load_reference("super-k-e500"), 100)
        >>> plan.detector, plan.energy_mev, plan.dark_rate_khz, primaries
        ('super-k', (500.0, 500.0), 2.7, None)
    """
    fields = {**EVERYTHING, **reference.plan, **(changes or {})}
    given = changes or {}
    if not fields["dark_noise"] and "dark_rate_khz" not in given:
        fields.pop("dark_rate_khz", None)
    if fields["digitiser"] == "simple" and "trigger" not in given:
        fields["trigger"] = False  # it counts digits, of which that digitiser has none
    if not fields["trigger"] and "first_hit_only" not in given:
        fields.pop("first_hit_only", None)
    common = {"detector": reference.detector, "seed": seed, **fields}
    if reference.paired:
        primaries = _born_at_zero(reference.primaries or Primaries.of(reference.tracks))
        return make_plan(**common, **plan_fields(primaries)), primaries
    energy = round(float(reference.tracks.energy_mev[0]), 3)
    return make_plan(
        **common,
        n_events=n_events,
        particles=tuple(reference.tracks.names),
        energy_mev=(energy, energy),
        position_cm=tuple(reference.tracks.position_cm[0].double().tolist()),
        direction=tuple(reference.tracks.direction[0].double().tolist()),
    ), None


def _born_at_zero(primaries: Primaries) -> Primaries:
    """Primaries as a file of them would give them: in double precision, with unit vectors, the first born at 0."""
    particles = primaries.particles
    direction = particles.direction.double()
    unit = direction / direction.norm(dim=-1, keepdim=True)
    time = particles.time_ns.double() - primaries.leading.time_ns.double()[primaries.event]
    tracks = Track(particles.pdg, particles.energy_mev.double(), particles.position_cm.double(), unit, time)
    return Primaries(tracks, primaries.start)
