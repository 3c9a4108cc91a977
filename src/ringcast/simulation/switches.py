"""The parts of a plan that have a default: what is drawn, and which effects are simulated.

Each field is also an option of ``ringcast simulate``, under its own name with dashes; the text below it is its help.
"""

import math
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    field_validator,
)

from ringcast.errors import RingcastError

__all__ = ["LARGEST_MEV", "LEAST_MEV", "LightSwitches", "MatterSwitches", "PrimaryChoices", "SensorSwitches"]

LARGEST_MEV = 100_000.0
LEAST_MEV = 1.0
_STEEPEST = 10.0
_Window = Annotated[float, Field(gt=0, le=1e9)]
"""Up to a second."""
_DarkRate = Annotated[float, Field(ge=0, le=1e4)]
"""Ten million a second would be a hit in every gate of a digitiser."""
_CONFIGURATION = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class PrimaryChoices(BaseModel):
    """How primaries are drawn."""

    model_config = _CONFIGURATION

    particles: tuple[str, ...] = Field(default=("e-", "mu-"), min_length=1)
    """Names or PDG codes; events take them in turn. Of e-, e+, mu-, mu+, gamma, pi+, pi-, pi0, K+, K-, proton; hadrons
    lose energy and decay, but meet no nuclei."""
    energy_mev: tuple[float, float] = (100.0, 1000.0)
    """Lowest and highest kinetic energy in MeV."""
    energy_spectrum: str = "flat"
    """How kinetic energies spread between the two: flat, or power:p for a density that goes as energy ** p, such as
    power:-2."""
    position_cm: tuple[float, float, float] | None = None
    """Fixed vertex in cm; uniform in the tank if not given."""
    direction: tuple[float, float, float] | None = None
    """Fixed direction, of any length; isotropic if not given."""
    leaves_through: Literal["top", "barrel", "bottom"] | None = None
    """Keep only tracks whose line leaves the tank through this surface; vertex and direction are drawn again."""
    wall_distance_cm: NonNegativeFloat = 50.0
    """Least distance of drawn vertices from the wall, in cm."""
    vertex_within_cm: tuple[float, float, float] | None = None
    """Draw vertices in this part of the tank only: its radius, lowest and highest z in cm."""
    to_wall_cm: NonNegativeFloat = 0.0
    """Least distance from the vertex to the wall along the direction, in cm; vertex and direction are drawn again if
    it is less."""

    @field_validator("particles")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from ringcast.events import particle_type  # not above: help shall not wait for torch

        try:
            return tuple(particle_type(name).name for name in value)
        except RingcastError as reason:
            raise ValueError(str(reason)) from None

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

    @property
    def energy_power(self) -> float:
        """Exponent p of the density energy ** p of kinetic energies; 0 for a flat one."""
        return 0.0 if self.energy_spectrum == "flat" else _power(self.energy_spectrum)


class MatterSwitches(BaseModel):
    """What particles do in water; see `ringcast.simulation.capture` and `ringcast.simulation.geant4`."""

    model_config = _CONFIGURATION

    muon_capture: bool = True
    """Let oxygen capture 18.4 % of the negative muons that stop, which then give no decay electron, and let the others
    decay with a mean life of 1795 ns in place of 2197 ns."""
    energy_loss: Literal["water", "wcsim"] = "water"
    """Energy loss of charged particles: water as Geant4 has it for liquid water, with a mean excitation energy of
    78 eV; wcsim as Geant4 has it for water put together from hydrogen and oxygen, which WCSim's is (69 eV): 0.7 % less
    light of electrons, 1.6 % less of muons of 1 GeV."""


class LightSwitches(BaseModel):
    """What light does on its way; see `ringcast.simulation.interactions` and `ringcast.simulation.wall`."""

    model_config = _CONFIGURATION

    water: Literal["wcsim", "super-k"] = "wcsim"
    """Lengths of absorption and scattering: wcsim as WCSim's tables with its default factors (553 and 132 m at 400 nm);
    super-k as Super-Kamiokande's model of its calibration light (400 and 176 m), which scatters forward on particles
    (Mie) as well."""
    scattering: bool = True
    """Scatter light on its way."""
    reflection: Literal["off", "wcsim", "constant"] = "wcsim"
    """Reflect light at the black sheet (0.11 to 0.15 of it) and at the sensors' faces: wcsim as Geant4 does with
    WCSim's surfaces, a diffuse sheet and faces of glass, photocathode and empty tube that reflect 0.03 in front and
    0.33 or more beyond 60 degrees; constant with a partly specular sheet and faces that mirror 0.32 at any angle."""
    pmt_shape: Literal["disc", "cap"] = "cap"
    """Sensors as flat discs on the wall, or as spherical caps that stand out of it by the height of their type."""
    angular_acceptance: bool = False
    """Let the chance of detection fall with the angle to the sensor's axis as in an older curve of WCSim (0.69 at 70
    degrees, 0.13 at 90); flat otherwise."""


class SensorSwitches(BaseModel):
    """Sensors, digitiser and trigger; see `ringcast.simulation.readout`."""

    model_config = _CONFIGURATION

    window_ns: _Window | None = None
    """Photoelectrons later than this after the birth of the first primary are not counted; by default the time light
    needs across the tank and 100 ns more, which keeps most decay electrons out."""
    dark_noise: bool = False
    """Add photoelectrons that no light made, at the rate of the sensor's type."""
    dark_rate_khz: _DarkRate | None = None
    """Dark hits of one sensor per ms, in place of the rate of its type."""
    saturation_pe: PositiveFloat | None = None
    """Charge above which sensors report less than they get, by WCSim's law for 20-inch tubes (6.5 % less at 750 pe
    more); no value is public for any type, so sensors do not saturate unless it is given."""
    digitiser: Literal["auto", "simple", "ski", "hk", "wcte"] = "simple"
    """How charges become hits: simple adds up the whole window and cuts at 0.25 pe; ski integrates 200 ns at a time
    behind Super-Kamiokande's soft threshold, so that a sensor can have several hits; hk is the same with times in steps
    of 0.1 ns in place of 0.4, for Hyper-Kamiokande and IWCD; wcte integrates 144 ns, cuts at a third of a photoelectron
    and has steps of 0.1 ns; auto takes the one of the detector's sensors."""
    digit_time_step_ns: PositiveFloat | None = None
    """Round times down to this step, in place of the digitiser's own."""
    trigger: bool = False
    """Keep the hits from 400 ns before to 950 ns after the first trigger, in time since the trigger + 950 ns; an event
    that does not trigger has no hits. Needs a digitiser other than simple. Light of any time up to 0.1 ms can trigger,
    unless a window is given."""
    trigger_hits: PositiveInt = 25
    """More hits than this within 200 ns trigger."""
    trigger_noise_correction: bool = True
    """With dark noise, raise the number of hits that trigger by the mean number of dark hits in 200 ns."""
    first_hit_only: bool = False
    """Of the hits that a trigger keeps, drop all but the first of each sensor, as WCSim does unless told otherwise."""
    photoelectrons: bool = False
    """Store every photoelectron too, as it was before the electronics, with the particle that its light came from."""


def _power(spectrum: str) -> float:
    kind, _, exponent = spectrum.partition(":")
    try:
        power = float(exponent)
    except ValueError:
        power = math.nan
    if kind != "power" or not abs(power) <= _STEEPEST:
        raise ValueError(f"expected flat, or power:p with p from {-_STEEPEST:g} to {_STEEPEST:g}, such as power:-2")
    return power
