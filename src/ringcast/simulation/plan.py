"""What to simulate."""

import math
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from ringcast.errors import ArgumentError, RingcastError, fault_sentence
from ringcast.events import particle_type

__all__ = ["LARGEST_MEV", "LEAST_MEV", "SimulationPlan", "make_plan"]

LARGEST_MEV = 100_000.0
LEAST_MEV = 1.0
_FIRST_FIELDS = frozenset(
    {"detector", "n_events", "particles", "energy_mev", "position_cm", "direction", "leaves_through"}
    | {"wall_distance_cm", "to_wall_cm", "window_ns", "batch", "seed"}
)
"""Fields of the first version, always written to files."""
_STEEPEST = 10.0


class SimulationPlan(BaseModel):
    """All that decides the content of an event file, and nothing that does not (such as the number of workers)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str
    """Preset name or TOML file."""
    dead: tuple[NonNegativeInt, ...] = ()
    """Numbers of sensors that never report a hit, besides those that the TOML file names."""
    n_events: PositiveInt
    """How many events."""
    particles: tuple[str, ...] = Field(min_length=1)
    """Names; events take them in turn."""
    energy_mev: tuple[float, float]
    """Lowest and highest kinetic energy."""
    primaries: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """SHA-256 of primaries that the user gave, one for each event, in place of drawn ones; see
    `ringcast.simulation.primaries`. Particles and energies then say what they range over."""
    energy_spectrum: str = "flat"
    """How kinetic energies spread between the two: "flat", or "power:p" for a density that goes as energy ** p."""
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
    dark_noise: bool = False
    """Add photoelectrons that no light made, at the rate of the sensor's type."""
    digitiser: Literal["simple", "ski"] = "simple"
    """How charges become hits: "simple" adds up the whole window and cuts at 0.25 pe; "ski" integrates 200 ns at a
    time behind Super-Kamiokande's soft threshold, so that a sensor can have several hits."""
    digit_time_step_ns: PositiveFloat = 0.4
    """The "ski" digitiser rounds times down to this step: 0.4 in Super-Kamiokande's electronics, 0.1 in later ones."""
    trigger: bool = False
    """Keep the hits from 400 ns before to 950 ns after the first trigger, in time since the trigger + 950 ns; an event
    that does not trigger has no hits. Needs the "ski" digitiser. Light of any time up to 0.1 ms can trigger, unless
    `window_ns` is given."""
    trigger_hits: PositiveInt = 25
    """More hits than this within 200 ns trigger."""
    trigger_noise_correction: bool = True
    """With dark noise, raise `trigger_hits` by the mean number of dark hits in 200 ns."""
    scattering: bool = False
    """Scatter light on water molecules (Rayleigh) with WCSim's length, 132 m at 400 nm; see
    `ringcast.simulation.interactions`."""
    reflection: Literal["off", "wcsim", "constant"] = "off"
    """Reflect light at the black sheet (0.11 to 0.15 of it) and at the sensors' faces (up to 0.32): "wcsim" as Geant4
    does with WCSim's surfaces, a diffuse sheet and faces that reflect at large angles; "constant" with a partly
    specular sheet and faces that mirror 0.32 at any angle."""
    pmt_shape: Literal["disc", "cap"] = "disc"
    """Sensors as flat discs on the wall, or as spherical caps that stand out of it by the height of their type."""
    angular_acceptance: bool = False
    """Let the chance of detection fall with the angle to the sensor's axis as in an older curve of WCSim (0.69 at 70
    degrees, 0.13 at 90); flat otherwise."""
    muon_capture: bool = False
    """Let oxygen capture 18.4 % of the negative muons that stop, which then give no decay electron, and let the others
    decay with a mean life of 1795 ns in place of 2197 ns; see `ringcast.simulation.capture`."""
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
        if not LEAST_MEV <= low <= high <= LARGEST_MEV:
            raise ValueError(f"expected low:high with {LEAST_MEV:g} <= low <= high <= {LARGEST_MEV:g} MeV")
        return value

    @field_validator("energy_spectrum")
    @classmethod
    def _known_spectrum(cls, value: str) -> str:
        if value != "flat":
            _power(value)
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

    @model_validator(mode="after")
    def _has_digits_to_trigger(self) -> "SimulationPlan":
        if self.trigger and self.digitiser != "ski":
            raise ValueError("trigger counts digits, of which the simple digitiser has none; choose digitiser ski")
        return self

    @property
    def energy_power(self) -> float:
        """Exponent p of the density energy ** p of kinetic energies; 0 for a flat one."""
        return 0.0 if self.energy_spectrum == "flat" else _power(self.energy_spectrum)

    @property
    def configuration(self) -> dict[str, Any]:
        """The plan as plain values, for the file's metadata.

        Switches that came after the first version are named only where they are not at their default, so that a plan
        without them gives the same bytes as ever.
        """
        values: dict[str, Any] = self.model_dump(mode="json")
        defaults = {name: field.default for name, field in type(self).model_fields.items()}
        return {
            name: value
            for name, value in values.items()
            if name in _FIRST_FIELDS or getattr(self, name) != defaults[name]
        }

    @property
    def n_batches(self) -> int:
        """Batches the events are done in."""
        return -(-self.n_events // self.batch)


def _power(spectrum: str) -> float:
    kind, _, exponent = spectrum.partition(":")
    try:
        power = float(exponent)
    except ValueError:
        power = math.nan
    if kind != "power" or not abs(power) <= _STEEPEST:
        raise ValueError(f"expected flat, or power:p with p from {-_STEEPEST:g} to {_STEEPEST:g}, such as power:-2")
    return power


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
