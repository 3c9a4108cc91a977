"""What a generator network is: every choice that its weights depend on."""

import typing
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt, ValidationError, field_validator

from ringcast.arithmetic import ConvChain, parse
from ringcast.errors import ConfigError, RingcastError, fault_sentence
from ringcast.events import particle_type
from ringcast.geometry import Detector
from ringcast.likelihood import Support

__all__ = [
    "PRESETS",
    "Activation",
    "EnergyKind",
    "Frame",
    "GeneratorConfig",
    "Mirror",
    "TrainedDomain",
    "generator_config",
]

EnergyKind = Literal["total", "kinetic"]
"""Which energy of the particle the network is told."""
Activation = Literal["relu", "silu", "gelu"]
"""Functions between the linear layers; the decoder's own are written in its chain."""
Frame = Literal["tank", "ring"]
"""Coordinates of the network. tank: as they are. ring: turned about the axis so that the track's line meets the barrel
in the middle of the picture, with the height of that point in place of the vertex's."""
Mirror = Literal["azimuth", "height"]
"""Mirror images of the barrel: left and right exchanged, or top and bottom."""
HEADS = {"gaussian": 3}
"""Output channels of each head. Gaussian: log variance, log mean, unhit logit, in this order, as in CRinGe."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainedDomain(_Part):
    """Where the training events were: outside of it a network guesses."""

    energy_mev: tuple[PositiveFloat, PositiveFloat]
    """Smallest and largest kinetic energy."""
    position_cm: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    """Smallest and largest vertex coordinate along x, y and z."""
    events: dict[str, PositiveInt]
    """Training events of each particle, by name."""


class GeneratorConfig(_Part):
    """One network.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> config = generator_config("slide", load_detector("iwcd-grid"))
        >>> config.seed_numbers, str(config.decoder.shapes[-1])
        (14784, '3 x 88 x 168')
    """

    detector: str
    """Name of the tank."""
    fingerprint: str
    """`Detector.fingerprint` of the tank."""
    chain: str
    """The decoder, from seed map to picture, in the text form of `ringcast.arithmetic`."""
    surface: Literal["top", "barrel", "bottom"] = "barrel"
    """Surface whose picture the decoder paints."""
    frame: Frame = "tank"
    """Coordinates that the network is told the track in; "ring" needs the barrel."""
    mirrors: tuple[Mirror, ...] = ()
    """Symmetries of the barrel over which a prediction is averaged: each doubles its work and removes some of what the
    network has learnt unevenly. Training paints single pictures."""
    particles: tuple[str, ...] = ("gamma", "e-", "mu-")
    """Order of the one-hot input; an antiparticle uses the place of its particle."""
    energy: EnergyKind = "total"
    """Energy that the network is told."""
    position_scale_cm: PositiveFloat = 1.0
    """Positions are divided by this."""
    energy_scale_mev: PositiveFloat = 1.0
    """Energies are divided by this."""
    branch_width: PositiveInt = 512
    """Width of the two linear layers of each of the four input branches."""
    trunk_widths: tuple[PositiveInt, ...] = (1024, 1024)
    """Widths of the layers between the joined branches and the seed map."""
    activation: Activation = "relu"
    """Function after every linear layer."""
    head: Literal["gaussian"] = "gaussian"
    """Law of a sensor's signal."""
    support: Support = "positive"
    """Charges a hit may have."""
    domain: TrainedDomain | None = None
    """What it was trained on."""

    @field_validator("chain")
    @classmethod
    def _readable(cls, text: str) -> str:
        return str(parse(text))

    @field_validator("particles")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        codes = [abs(particle_type(name).pdg) for name in names]
        if not codes or len(set(codes)) != len(codes):
            raise ValueError("expected one or more different particles; an antiparticle shares its particle's place")
        return names

    @property
    def decoder(self) -> ConvChain:
        """The chain of the decoder."""
        return parse(self.chain)

    @property
    def seed_numbers(self) -> int:
        """Numbers in the seed map, the width of the last linear layer."""
        return self.decoder.seed.numbers

    def require(self, detector: Detector) -> None:
        """Check that the network belongs to a tank and that its decoder paints the tank's picture.

        Raises:
            ConfigError: The tank is another one, or the decoder does not end at the head's channels and the picture.
        """
        if detector.fingerprint != self.fingerprint:
            raise ConfigError(
                f"the network is for detector {self.detector} with fingerprint {self.fingerprint}, found"
                f" {detector.name} with {detector.fingerprint}; give the detector that it was trained for"
            )
        if self.frame == "ring" and self.surface != "barrel":
            raise ConfigError(f'frame is "ring" on the {self.surface}; only the barrel closes on itself, take "tank"')
        expected = (HEADS[self.head], *detector.image_shape(self.surface))
        found = tuple(self.decoder.shapes[-1])
        if found != expected:
            raise ConfigError(
                f"chain ends at {_text(found)}; head {self.head!r} on the {self.surface} of {self.detector} needs"
                f" {_text(expected)}: try `ringcast conv design`"
            )


_SLIDE = "64x11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu convT(32,32,4,2) relu conv(32,3,3)"  # fmt: skip # noqa: E501
_NARROW = "16x11x21 convT(16,16,4,2) relu conv(16,16,3) relu convT(16,16,4,2) relu conv(16,16,3) relu convT(16,16,4,2) relu conv(16,3,3)"  # fmt: skip # noqa: E501

PRESETS: dict[str, dict[str, Any]] = {
    "slide": {"chain": _SLIDE},
    "slide-narrow": {
        "chain": _NARROW,
        "branch_width": 128,
        "trunk_widths": (384, 384),
        "frame": "ring",
        "activation": "silu",
    },
}
"""Networks by name. slide: CRinGe's IWCD network as it is, but for the support. slide-narrow: its six layers with 16
channels and a thinner trunk, told the track in the ring's frame, with smooth functions before the decoder."""


def generator_config(preset: str, detector: Detector, **changes: Any) -> GeneratorConfig:
    """A preset for a tank, with single choices changed.

    Raises:
        ConfigError: There is no such preset, or a choice is unknown or impossible for the tank.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> generator_config("slide-narrow", load_detector("iwcd-grid"), energy="kinetic").trunk_widths
        (384, 384)
    """
    if preset not in PRESETS:
        raise ConfigError(f"preset is {preset!r}; expected one of {', '.join(PRESETS)}")
    tank = {"detector": detector.name, "fingerprint": detector.fingerprint}
    config = checked(GeneratorConfig, PRESETS[preset] | changes | tank, where="network")
    config.require(detector)
    return config


Model = typing.TypeVar("Model", bound=BaseModel)


def checked(kind: type[Model], values: dict[str, Any], *, where: str) -> Model:
    """Validate values, with a refusal of one sentence that names the place and the key.

    Raises:
        ConfigError: The first thing that is wrong.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as reason:
        raise ConfigError(f"{where}: {fault_sentence(reason.errors())}") from None
    except RingcastError as reason:
        raise ConfigError(f"{where}: {reason}") from None


def _text(shape: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in shape)
