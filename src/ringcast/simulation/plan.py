"""What to simulate."""

from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from ringcast.errors import ArgumentError, RingcastError, fault_sentence
from ringcast.events import particle_type

__all__ = ["SimulationPlan", "make_plan"]

_LARGEST_MEV = 100_000.0
_LEAST_MEV = 1.0


class SimulationPlan(BaseModel):
    """All that decides the content of an event file, and nothing that does not (such as the number of workers)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str
    """Preset name or TOML file."""
    n_events: PositiveInt
    """How many events."""
    particles: tuple[str, ...] = Field(min_length=1)
    """Names; events take them in turn."""
    energy_mev: tuple[float, float]
    """Lowest and highest kinetic energy; flat between."""
    position_cm: tuple[float, float, float] | None = None
    """Fixed vertex; None draws it uniformly in the tank."""
    direction: tuple[float, float, float] | None = None
    """Fixed direction of any length; None draws it isotropically."""
    leaves_through: Literal["top", "barrel", "bottom"] | None = None
    """Draw vertex and direction again until the track's line leaves the tank through this surface."""
    wall_distance_cm: NonNegativeFloat = 50.0
    """Least distance of drawn vertices from the wall."""
    to_wall_cm: NonNegativeFloat = 0.0
    """Least distance from the vertex to the wall along the direction; vertex and direction are drawn again if less."""
    window_ns: PositiveFloat | None = None
    """Photoelectrons later than this after the primary's birth are not counted; None takes the time light needs
    across the tank and 100 ns more, which keeps most decay electrons out."""
    batch: int = Field(default=100, ge=1, le=500)
    """Events simulated at once; it changes memory and progress, not the events."""
    seed: int = Field(default=1, ge=0, lt=2**63)
    """Any number; the same plan and seed give the same file."""

    @field_validator("particles")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            try:
                particle_type(name)
            except RingcastError as reason:
                raise ValueError(str(reason)) from None
        return value

    @field_validator("energy_mev")
    @classmethod
    def _in_range(cls, value: tuple[float, float]) -> tuple[float, float]:
        low, high = value
        if not _LEAST_MEV <= low <= high <= _LARGEST_MEV:
            raise ValueError(f"expected low:high with {_LEAST_MEV:g} <= low <= high <= {_LARGEST_MEV:g} MeV")
        return value

    @field_validator("direction")
    @classmethod
    def _has_length(cls, value: tuple[float, float, float] | None) -> tuple[float, float, float] | None:
        if value is not None and not any(value):
            raise ValueError("expected a direction that is not the zero vector")
        return value

    @model_validator(mode="after")
    def _something_to_draw(self) -> "SimulationPlan":
        cut = self.leaves_through is not None or self.to_wall_cm > 0
        if cut and self.direction is not None and self.position_cm is not None:
            raise ValueError("leaves_through and to_wall_cm choose among drawn tracks; vertex and direction are fixed")
        return self

    @property
    def n_batches(self) -> int:
        """Batches the events are done in."""
        return -(-self.n_events // self.batch)


def make_plan(**fields: Any) -> SimulationPlan:
    """A plan from keyword arguments, with one clear sentence if a value will not do.

    Raises:
        ArgumentError: A value is out of range, or a key is unknown.

    Example:
        >>> make_plan(detector="mini", n_events=250, particles=("e-",), energy_mev=(100, 500)).n_batches
        3
    """
    try:
        return SimulationPlan(**fields)
    except ValidationError as reason:
        raise ArgumentError(fault_sentence(reason.errors())) from None
