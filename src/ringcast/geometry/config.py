"""Detectors by name or from a TOML file."""

import tomllib
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from ringcast.errors import ConfigError, RingcastError, fault_sentence
from ringcast.geometry.dead import read_dead, with_dead
from ringcast.geometry.detector import Detector
from ringcast.geometry.placement import cylinder
from ringcast.geometry.spacing import require_apart
from ringcast.geometry.table import detector_from_table

__all__ = ["PRESETS", "DetectorConfig", "load_detector", "preset_source"]

PRESETS = ("hyper-k", "hyper-k-20", "hyper-k-40", "hyper-k-60m", "iwcd", "iwcd-grid", "mini", "super-k", "wcte")
"""Names that `load_detector` knows."""

PmtType = Literal[
    "PMT20inch", "BoxandLine20inchHQE", "PMT8inch", "PMT3inchR12199_02", "PMT3inchR14374", "PMT3inchR14374_WCTE"
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CylinderConfig(_Part):
    """A tank with sensors on an even grid."""

    radius_cm: PositiveFloat
    """Distance of the barrel sensors from the axis."""
    half_height_cm: PositiveFloat
    """Distance of the cap sensors from the middle plane."""
    barrel_rows: PositiveInt
    """Rows of sensors, bottom to top."""
    barrel_columns: PositiveInt
    """Columns of sensors around the barrel."""
    cap_spacing_cm: PositiveFloat | None = None
    """Pitch of the square grid on the caps; leave out for bare caps."""
    barrel_half_height_cm: PositiveFloat | None = None
    """Distance of the end of the barrel's rows from the middle plane; leave out for rows that end at the caps."""
    cap_reach_cm: PositiveFloat | None = None
    """Largest distance of a cap's sensor from the axis; leave out for all that fit inside the radius."""


class TableConfig(_Part):
    """A tank from a table of sensors."""

    file: str
    """npz with `position` and `orientation` (n, 3) in cm, beside the TOML file."""
    radius_cm: PositiveFloat | None = None
    """Distance of the wall from the axis; leave out for the median of the barrel sensors."""
    half_height_cm: PositiveFloat | None = None
    """Distance of the caps from the middle plane; leave out for the median of the cap sensors."""
    behind_face_cm: NonNegativeFloat = 0.0
    """How far the table's positions lie behind the faces. WCSim's tables give the centre of the sphere that a face
    is a cap of: (r^2 - h^2) / (2 h) behind the rim for a face of radius r and height h, 8.92 cm for 20 inches and 3 cm
    for 3. The positions are moved into the tank by this, along the orientations."""

    @property
    def wall_cm(self) -> tuple[float | None, float | None]:
        """Radius and half height of the wall as far as they are given."""
        return self.radius_cm, self.half_height_cm


class DetectorConfig(_Part):
    """What a detector's TOML file may say: exactly one of `cylinder` and `table`."""

    name: str = Field(min_length=1)
    description: str = ""
    source: str = ""
    """Where the numbers come from, in few words."""
    pmt_type: PmtType
    """Key of the sensor tables."""
    pmt_radius_cm: PositiveFloat
    """Radius of a sensor's face."""
    cylinder: CylinderConfig | None = None
    table: TableConfig | None = None
    dead: tuple[NonNegativeInt, ...] | str = ()
    """Numbers of dead sensors, or the name of a text file of them beside the TOML file."""

    @model_validator(mode="after")
    def _one_layout(self) -> "DetectorConfig":
        if (self.cylinder is None) == (self.table is None):
            raise ValueError("expected exactly one of the tables [cylinder] and [table]")
        return self


def load_detector(which: str | Path, *, dead: Sequence[int] | Path | str = ()) -> Detector:
    """A preset by name, or a detector of your own from a TOML file.

    Args:
        which: One of `PRESETS`, or the path of a TOML file with the keys of `DetectorConfig`.
        dead: Numbers of dead sensors, or a text file of them, in addition to those that the TOML file names.

    Raises:
        ConfigError: There is no such preset or file, the file has a wrong key or value, or sensors overlap.
        FileError: The list of dead sensors is not readable.
        ArgumentError: A dead sensor is not in the detector.

    Example:
        >>> load_detector("super-k").image_shape("barrel")
        (51, 150)
    """
    numbers = read_dead(dead) if isinstance(dead, (str, Path)) else dead
    return with_dead(_load(which), numbers)


def preset_source(name: str) -> str:
    """Where the numbers of a preset come from, in few words; its folder has a README with the whole of it.

    Example:
        >>> preset_source("mini")
        'ours, for tests and trials'
    """
    with as_file(files("ringcast.geometry") / "presets") as folder:
        return _config(folder / f"{name}.toml").source


def _load(which: str | Path) -> Detector:
    if str(which) in PRESETS:
        with as_file(files("ringcast.geometry") / "presets") as folder:
            return _read(folder / f"{which}.toml")
    path = Path(which)
    if path.suffix != ".toml" or not path.is_file():
        raise ConfigError(f"no detector {str(which)!r}: expected {', '.join(PRESETS)}, or the path of a TOML file")
    return _read(path)


def _config(path: Path) -> DetectorConfig:
    try:
        return DetectorConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise ConfigError(f"{path}: not valid TOML: {reason}") from None
    except ValidationError as reason:
        raise ConfigError(f"{path}: {fault_sentence(reason.errors())}") from None


def _read(path: Path) -> Detector:
    config = _config(path)
    try:
        numbers = read_dead(path.parent / config.dead) if isinstance(config.dead, str) else config.dead
        return with_dead(_build(config, path.parent), numbers)
    except ConfigError:
        raise
    except RingcastError as reason:
        raise ConfigError(f"{path}: {reason}") from None


def _build(config: DetectorConfig, folder: Path) -> Detector:
    common = {"name": config.name, "pmt_type": config.pmt_type, "pmt_radius_cm": config.pmt_radius_cm}
    if config.table is not None:
        table = folder / config.table.file
        given = {"wall_cm": config.table.wall_cm, "behind_face_cm": config.table.behind_face_cm}
        given |= {"misplaced_allowed": False, "description": config.description}
        tank = detector_from_table(table, **common, **given)[0]  # type: ignore[arg-type]
        require_apart(tank)
        return tank
    assert config.cylinder is not None
    return cylinder(**common, **config.cylinder.model_dump(), description=config.description)  # type: ignore[arg-type]
