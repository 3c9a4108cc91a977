"""Primaries that a user lists in a file, one for each event."""

import csv
import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import ParticleType, Track, particle_type
from ringcast.geometry import Detector, distance_to_wall_cm
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.switches import LARGEST_MEV, LEAST_MEV

__all__ = ["COLUMNS", "plan_fields", "read_primaries", "require_primaries", "threshold_mev"]

COLUMNS = ("event", "particle", "energy_mev", "x_cm", "y_cm", "z_cm", "ux", "uy", "uz", "time_ns")
"""Columns of a file of primaries: event number from 0, name or PDG code, kinetic energy, vertex, unit vector along the
momentum, and birth time."""
_INDEX = 1.34
_UNIT_WITHIN = 1e-3


class _Row(NamedTuple):
    line: int
    particle: ParticleType
    numbers: list[float]
    """The columns from energy_mev to time_ns."""


def threshold_mev(particle: ParticleType) -> float:
    """Least kinetic energy of a listed primary in MeV.

    A charged one starts to shine at m (1 / sqrt(1 - 1 / n^2) - 1) with n = 1.34; a plan's least energy holds as well.

    Example:
        >>> [round(threshold_mev(particle_type(name)), 1) for name in ("e-", "mu+", "pi-", "pi0")]
        [1.0, 53.1, 70.1, 1.0]
    """
    if particle.charge == 0:
        return LEAST_MEV
    return max(particle.mass_mev * (1 / math.sqrt(1 - 1 / _INDEX**2) - 1), LEAST_MEV)


def read_primaries(path: Path | str, detector: Detector) -> Track:
    r"""Read a comma-separated file with the columns `COLUMNS`, named in its first line, in any order.

    The line of event 0 comes first, then event 1 and so on: one primary for each event.

    Args:
        path: The file.
        detector: The tank; its axis is z, its centre the origin.

    Raises:
        FileError: The file cannot be read, or the line it names has something that cannot be simulated: an unknown
            particle or column, an energy below `threshold_mev` or above 100 GeV, a vertex outside the tank, a
            direction that is not of length one, an event out of turn, or no number where one belongs.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "primaries.csv"
        ...     _ = path.write_text(",".join(COLUMNS) + "\n0,mu-,500,0,0,-50,0,0,1,0\n1,e-,100,0,0,0,1,0,0,0\n")
        ...     read_primaries(path, load_detector("mini")).names
        ['mu-', 'e-']
    """
    rows = []
    for event, (line, values) in enumerate(_lines(Path(path))):
        try:
            rows.append(_row(line, values, event))
        except ArgumentError as reason:
            raise FileError(f"{path}, line {line}: {reason}") from None
    if not rows:
        raise FileError(f"{path}: no primaries; expected a line for each event below the names of the columns")
    numbers = torch.tensor([row.numbers for row in rows], dtype=torch.float64)
    position, direction = numbers[:, 1:4], numbers[:, 4:7]
    outside = torch.nonzero(distance_to_wall_cm(position, detector) <= 0).flatten().tolist()
    if outside:
        row, size = rows[outside[0]], f"radius {detector.radius_cm:g}, half height {detector.half_height_cm:g} cm"
        vertex = ", ".join(f"{value:g}" for value in row.numbers[1:4])
        raise FileError(f"{path}, line {row.line}: vertex ({vertex}) cm is outside {detector.name} ({size})")
    unit = direction / direction.norm(dim=-1, keepdim=True)
    return Track([row.particle.pdg for row in rows], numbers[:, 0], position, unit, numbers[:, 7])


def require_primaries(plan: SimulationPlan, tracks: Track | None) -> None:
    """Check that these are the primaries a plan was made for.

    Raises:
        ArgumentError: They are others, or there are none where the plan names some.
    """
    if plan.primaries != (None if tracks is None else _digest(tracks)):
        raise ArgumentError("the plan was made for other primaries; make it with plan_fields of those you give")


def _digest(tracks: Track) -> str:
    """SHA-256 of primaries, however their file was written."""
    columns = (tracks.pdg, tracks.energy_mev, tracks.position_cm, tracks.direction, tracks.time_ns)
    return hashlib.sha256(b"".join(column.contiguous().numpy().tobytes() for column in columns)).hexdigest()


def plan_fields(tracks: Track) -> dict[str, Any]:
    """The fields of a plan that primaries decide."""
    return {
        "n_events": len(tracks),
        "particles": tuple(sorted(set(tracks.names))),
        "energy_mev": (float(tracks.energy_mev.min()), float(tracks.energy_mev.max())),
        "primaries": _digest(tracks),
    }


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and values by column of each line that is not blank."""
    try:
        reader = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as reason:
        raise FileError(f"{path}: cannot be read ({reason}); expected a comma-separated file of primaries") from None
    names = [name.strip() for name in next(reader, [])]
    wrong = [name for name in names if name not in COLUMNS or names.count(name) > 1]
    wrong += [f"no {name}" for name in COLUMNS if name not in names]
    if wrong:
        raise FileError(f"{path}, line 1: found column {wrong[0] or 'without name'}; expected {','.join(COLUMNS)}")
    for values in reader:
        if len(values) not in (0, len(names)):
            raise FileError(f"{path}, line {reader.line_num}: found {len(values)} values; expected {len(names)}")
        if values:
            yield reader.line_num, {name: value.strip() for name, value in zip(names, values, strict=True)}


def _row(line: int, values: dict[str, str], event: int) -> _Row:
    """One primary.

    Raises:
        ArgumentError: A value cannot be used.
    """
    if values["event"] != str(event):
        raise ArgumentError(
            f"event is {values['event']!r}, expected {event}; events count from 0, with one primary each"
        )
    code = values["particle"]
    particle = particle_type(int(code) if code.removeprefix("-").isdecimal() else code)
    numbers = [_number(name, values[name]) for name in COLUMNS[2:]]
    least = threshold_mev(particle)
    if not least <= numbers[0] <= LARGEST_MEV:
        raise ArgumentError(
            f"energy_mev is {numbers[0]:g}; expected {least:.4g} to {LARGEST_MEV:g} for {particle.name}"
        )
    length = math.hypot(*numbers[4:7])
    if abs(length - 1) > _UNIT_WITHIN:
        raise ArgumentError(f"ux, uy, uz have length {length:g}; expected a unit vector, so divide by the length")
    return _Row(line, particle, numbers)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentError(f"{name} is {text!r}; expected a number")
    return value
