"""Primaries that a user lists in a file, one or more for each event."""

import hashlib
import logging
import math
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import PARTICLES, ParticleType, Primaries, Track, particle_type
from ringcast.geometry import Detector, distance_to_wall_cm
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.primary_files import FileFormat, Listed, ListedEvent, read_listed
from ringcast.simulation.switches import LARGEST_MEV, LEAST_MEV
from ringcast.simulation.threshold import threshold_mev

__all__ = ["plan_fields", "read_primaries", "require_primaries"]

_LOG = logging.getLogger(__name__)
_UNIT_WITHIN = 1e-3
_LATEST_NS = 1e6
_NUCLEI = 1_000_000_000
"""Nuclei have PDG codes above this: 10LZZZAAAI, and 2009900000 for NuHepMC's remnant of a nucleus."""
_OTHERS = {"neutron": 2112, "nuclei": _NUCLEI}
"""What can be left out by name besides the particles that can be moved."""
_NEUTRINOS = frozenset({12, -12, 14, -14, 16, -16})


class _Moved(NamedTuple):
    """A particle that Geant4 can move."""

    where: str
    particle: ParticleType
    energy_mev: float
    position_cm: tuple[float, float, float]
    direction: tuple[float, float, float]
    time_ns: float

    @property
    def shines(self) -> bool:
        return self.energy_mev >= threshold_mev(self.particle)


def read_primaries(
    path: Path | str,
    detector: Detector,
    *,
    file_format: FileFormat | None = None,
    axis: Literal["y", "z"] = "z",
    centre_cm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    leave_out: Collection[int | str] = (),
) -> Primaries:
    r"""Read a file of primaries: a comma-separated table, a kin file or HepMC; see `ringcast.simulation.primary_files`.

    Neutrinos are left out, as they make no light. The first particle of an event that is fast enough to make light
    comes first in its event, or else the first listed: it stands for the event where there is a single track. An event
    may hold particles below their threshold beside others, but not alone.

    Args:
        path: The file.
        detector: The tank; its axis is z, its centre the origin.
        file_format: How the file is written, if neither its name nor its first line tell.
        axis: The tank's axis in the file's coordinates. A file with axis y is turned by (x, y, z) -> (z, x, y), the
            rotation that turns WCSim's IWCD and WCTE into this package's presets.
        centre_cm: The tank's centre in the file's coordinates.
        leave_out: Names or PDG codes of further particles to leave out, which Geant4 cannot move here; "nuclei" names
            all nuclei and what is left of them.

    Raises:
        FileError: The file cannot be read, or the line or event it names has something that cannot be simulated: an
            unknown particle, an energy that cannot be or above 100 GeV, a lone particle below `threshold_mev`, a vertex
            outside the tank, a direction that is not of length one, a time beyond 1 ms, or no number where one belongs.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.simulation.primary_files import COLUMNS
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "primaries.csv"
        ...     lines = "0,mu-,500,0,0,-50,0,0,1,0\n0,proton,800,0,0,-50,0,1,0,0\n1,e-,100,0,0,0,1,0,0,0\n"
        ...     _ = path.write_text(",".join(COLUMNS) + "\n" + lines)
        ...     primaries = read_primaries(path, load_detector("mini"))
        >>> primaries.particles.names, primaries.start.tolist()
        (['mu-', 'proton', 'e-'], [0, 2, 3])
    """
    path, skipped, codes = Path(path), Counter[str](), {_code(which) for which in leave_out}
    events = [_event(path, listed, codes, skipped) for listed in read_listed(path, file_format)]
    if not events:
        raise FileError(f"{path}: no primaries; expected a line for each primary, or an event of a generator")
    moved = [particle for event in events for particle in event]
    for what, n in sorted(skipped.items()):
        _LOG.warning("%s: left out %d %s", path, n, what)
    dark = sum(not event[0].shines for event in events)
    if dark:
        _LOG.warning("%s: %d of %d events start without a particle fast enough to shine", path, dark, len(events))
    counts = torch.tensor([len(event) for event in events])
    start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    return Primaries(_placed(path, moved, detector, axis, centre_cm), start)


def require_primaries(plan: SimulationPlan, primaries: Primaries | None) -> None:
    """Check that these are the primaries a plan was made for.

    Raises:
        ArgumentError: They are others, or there are none where the plan names some.
    """
    if plan.primaries != (None if primaries is None else _digest(primaries)):
        raise ArgumentError("the plan was made for other primaries; make it with plan_fields of those you give")


def plan_fields(primaries: Primaries) -> dict[str, Any]:
    """The fields of a plan that primaries decide; particles and energies are those that stand for their events."""
    leading = primaries.leading
    return {
        "n_events": len(primaries),
        "particles": tuple(sorted(set(leading.names))),
        "energy_mev": tuple(max(float(energy), LEAST_MEV) for energy in leading.energy_mev.aminmax()),
        "primaries": _digest(primaries),
    }


def _digest(primaries: Primaries) -> str:
    """SHA-256 of primaries, however their file was written."""
    tracks = primaries.particles
    columns = [tracks.pdg, tracks.energy_mev, tracks.position_cm, tracks.direction, tracks.time_ns]
    columns += [primaries.start] if primaries.several else []
    return hashlib.sha256(b"".join(column.contiguous().numpy().tobytes() for column in columns)).hexdigest()


def _code(which: int | str) -> int:
    """PDG code of a name or of the text of a code; that of no particle for nuclei.

    Raises:
        ArgumentError: It is neither.
    """
    if isinstance(which, int) or which.removeprefix("-").isdecimal():
        return int(which)
    code = (_OTHERS | PARTICLES).get(which)
    if code is None:
        raise ArgumentError(f"found {which!r} to leave out; expected {', '.join(_OTHERS | PARTICLES)}, or PDG codes")
    return code


def _event(path: Path, event: ListedEvent, leave_out: set[int], skipped: Counter[str]) -> list[_Moved]:
    """The particles of an event that are moved, the one that stands for it first.

    Raises:
        FileError: One cannot be simulated, or none is left.
    """
    moved = []
    for listed in event.particles:
        code = PARTICLES.get(listed.particle) if isinstance(listed.particle, str) else listed.particle
        if code in _NEUTRINOS or code in leave_out or (_NUCLEI in leave_out and code is not None and code > _NUCLEI):
            skipped["neutrinos" if code in _NEUTRINOS else f"particles {listed.particle} as asked"] += 1
            continue
        try:
            moved.append(_judged(listed, alone=len(event.particles) == 1))
        except ArgumentError as reason:
            raise FileError(f"{path}, {listed.where}: {reason}") from None
    if not moved:
        raise FileError(f"{path}, {event.where}: no particle to move; take the event out of the file")
    leader = next((place for place, particle in enumerate(moved) if particle.shines), 0)
    return [moved[leader], *moved[:leader], *moved[leader + 1 :]]


def _judged(listed: Listed, *, alone: bool) -> _Moved:
    """One particle.

    Raises:
        ArgumentError: It cannot be simulated.
    """
    try:
        particle = particle_type(listed.particle)
    except ArgumentError as reason:
        remedy = "Geant4 moves no others here: leave it out (--primaries-leave-out), or take its line out of the file"
        raise ArgumentError(f"{reason}; {remedy}") from None
    energy = listed.energy_mev - (particle.mass_mev if listed.is_total else 0.0)
    least = threshold_mev(particle) if alone else 0.0
    if not (least <= energy <= LARGEST_MEV and energy > 0):
        kinetic = "energy_mev" if not listed.is_total else f"total energy is {listed.energy_mev:g} MeV: kinetic energy"
        expected = f"{least:.4g} to {LARGEST_MEV:g}" if alone else f"above 0, to {LARGEST_MEV:g}"
        raise ArgumentError(f"{kinetic} is {energy:g}; expected {expected} for {particle.name}")
    length = math.hypot(*listed.direction)
    if abs(length - 1) > _UNIT_WITHIN:
        raise ArgumentError(f"ux, uy, uz have length {length:g}; expected a unit vector, so divide by the length")
    if abs(listed.time_ns) > _LATEST_NS:
        raise ArgumentError(f"time_ns is {listed.time_ns:g}; expected at most {_LATEST_NS:g} either way of 0")
    return _Moved(listed.where, particle, energy, listed.position_cm, listed.direction, listed.time_ns)


def _placed(
    path: Path, moved: list[_Moved], detector: Detector, axis: str, centre_cm: tuple[float, float, float]
) -> Track:
    """Particles in the coordinates of the tank.

    Raises:
        FileError: A vertex is outside.
    """
    position = torch.tensor([particle.position_cm for particle in moved], dtype=torch.float64)
    position = position - torch.tensor(centre_cm, dtype=torch.float64)
    direction = torch.tensor([particle.direction for particle in moved], dtype=torch.float64)
    if axis == "y":
        position, direction = position.roll(1, -1), direction.roll(1, -1)
    outside = torch.nonzero(distance_to_wall_cm(position, detector) <= 0).flatten().tolist()
    if outside:
        size = f"radius {detector.radius_cm:g}, half height {detector.half_height_cm:g} cm"
        vertex = ", ".join(f"{value:g}" for value in position[outside[0]].tolist())
        where = moved[outside[0]].where
        raise FileError(f"{path}, {where}: vertex ({vertex}) cm is outside {detector.name} ({size})")
    energy, time = (
        torch.tensor([getattr(particle, name) for particle in moved], dtype=torch.float64)
        for name in ("energy_mev", "time_ns")
    )
    unit = direction / direction.norm(dim=-1, keepdim=True)
    return Track([particle.particle.pdg for particle in moved], energy, position, unit, time)
