"""A recipe: everything a training run depends on, from one TOML file."""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    field_validator,
    model_validator,
)

from ringcast.errors import ConfigError
from ringcast.generator import PRESETS, GeneratorConfig, checked

__all__ = ["BudgetConfig", "DataConfig", "OptimiserConfig", "TrainingConfig", "read_recipe"]

_GIVEN_BY_DATA = ("detector", "fingerprint", "domain")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataConfig(_Part):
    """Which events, and how they are used."""

    files: tuple[Path, ...] = Field(min_length=1)
    """Event files of one detector; relative paths start at the working directory."""
    detector: str | None = None
    """Preset name or TOML file, for event files without a detector inside."""
    leaves_through: Literal["barrel", "top", "bottom"] | None = None
    """Use only events whose track's line leaves the tank through this surface."""
    validation_fraction: float = Field(default=0.05, gt=0, lt=1)
    """Share of the events that is held out."""
    max_validation_events: PositiveInt = 2000
    """Most events held out, so that validation stays short."""
    symmetries: bool = True
    """Move every event by a random symmetry of the barrel each time it is used."""


class OptimiserConfig(_Part):
    """How weights are changed."""

    batch_size: PositiveInt = 64
    """Events of a step."""
    learning_rate: PositiveFloat = 2e-3
    """Highest learning rate of Adam."""
    warm_up_steps: NonNegativeInt = 200
    """Steps over which the learning rate rises from zero."""
    final_fraction: float = Field(default=0.005, ge=0, le=1)
    """Share of the learning rate left at the end of the cosine."""
    weight_decay: NonNegativeFloat = 0.0
    """Decoupled weight decay (AdamW)."""
    clip_norm: PositiveFloat = 1.0
    """Largest norm of the gradient; a longer one is shortened to it."""
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    """Number format inside the decoder while training; weights, losses and validation are always float32."""


class BudgetConfig(_Part):
    """When training ends: at the first limit reached. The learning rate falls along the nearest one."""

    max_minutes: PositiveFloat | None = None
    """Wall time over all resumed parts."""
    max_steps: PositiveInt | None = None
    max_epochs: PositiveFloat | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "BudgetConfig":
        if self.max_minutes is None and self.max_steps is None and self.max_epochs is None:
            raise ValueError("expected at least one of max_minutes, max_steps and max_epochs")
        return self


class TrainingConfig(_Part):
    """A recipe.

    Example:
        >>> TrainingConfig(output="runs/trial", data={"files": ["events.h5"]}, network={"preset": "slide-narrow"},
        ...                budget={"max_steps": 100}).optimiser.batch_size
        64
    """

    output: Path
    """Folder of the run: weights, record, resumable state."""
    data: DataConfig
    network: dict[str, Any]
    """`preset`, and any other choice of `GeneratorConfig`."""
    optimiser: OptimiserConfig = OptimiserConfig()
    budget: BudgetConfig
    interval_steps: PositiveInt = 200
    """Steps between two lines of the record, each with a validation and a save."""
    seed: NonNegativeInt = 0
    """First weights, held-out events, order of events and symmetries."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes a GPU if there is one."""

    @field_validator("network")
    @classmethod
    def _known_choices(cls, network: dict[str, Any]) -> dict[str, Any]:
        if network.get("preset") not in PRESETS:
            raise ValueError(f"preset is {network.get('preset')!r}; expected one of {', '.join(PRESETS)}")
        allowed = [key for key in GeneratorConfig.model_fields if key not in _GIVEN_BY_DATA]
        strange = [key for key in network if key not in ("preset", *allowed)]
        if strange:
            raise ValueError(f"unknown key {strange[0]!r}; expected preset, {', '.join(allowed)}")
        return network


def read_recipe(path: Path | str) -> TrainingConfig:
    """Read a recipe.

    Raises:
        ConfigError: The file is missing or no TOML, or a key is unknown, missing or has an impossible value.
    """
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as reason:
        raise ConfigError(f"recipe {path} cannot be read: {reason.strerror}; check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise ConfigError(f"{path}: not valid TOML: {reason}") from None
    return checked(TrainingConfig, values, where=str(path))
