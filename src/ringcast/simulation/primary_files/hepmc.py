"""Primaries in HepMC text, the event record of particle physics, read with pyhepmc.

Particles of status 1 (final state) are moved, from their production vertex. The file says whether energies are GeV or
MeV and lengths mm or cm; the fourth coordinate of a vertex is c t. Neutrino generators that follow NuHepMC put the
place of the event in the attribute "lab_pos" ("LabPos" before version 1.0), with a time in seconds if it has four
numbers; it is used where all vertices of the event lie at the origin. Sources: M. Dobbs and J. B. Hansen, Comput. Phys.
Commun. 134 (2001) 41; S. Gardiner et al., arXiv:2310.13211 and its specification, E.R.5 and E.C.5.
"""

import math
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ringcast.errors import ArgumentError, FileError
from ringcast.events import particle_type
from ringcast.simulation.primary_files.listed import Listed, ListedEvent, Vector, three
from ringcast.units import C_CM_PER_NS, second

__all__ = ["read_hepmc"]

_FINAL = 1
_CM_PER_MM, _MEV_PER_GEV = 0.1, 1000.0
_LAB = ("lab_pos", "LabPos")
_OFF_SHELL = 0.01


def read_hepmc(path: Path) -> Iterator[ListedEvent]:
    """The events of a HepMC text file, with their particles of status 1; events count from 0 in a refusal.

    Raises:
        FileError: pyhepmc is missing, or the file cannot be read.
    """
    if find_spec("pyhepmc") is None:
        raise FileError(f"{path}: HepMC files need pyhepmc: install it with: pip install 'ringcast[hepmc]'")
    import pyhepmc

    announced, read = _announced(path), 0
    with pyhepmc.open(str(path)) as file:
        for record in file:
            if not record.particles:
                break  # what pyhepmc makes of an event that it cannot read
            where = f"event {read}"
            try:
                yield ListedEvent(where, _final(where, record))
            except ArgumentError as reason:
                raise FileError(f"{path}, {where}: {reason}") from None
            read += 1
    if read < announced:
        raise FileError(f"{path}, event {read}: cannot be read; expected a whole HepMC record, is the file cut short?")


def _announced(path: Path) -> int:
    """Events that the text begins, as pyhepmc stops without a word at one that it cannot read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise FileError(f"{path}: cannot be read ({reason}); expected a HepMC text file of primaries") from None
    if not text.lstrip().startswith("HepMC::"):
        raise FileError(f"{path}, line 1: found {text[:20]!r}; expected a HepMC text file, which begins with HepMC::")
    return sum(line.startswith("E ") for line in text.splitlines())


def _final(where: str, record: Any) -> list[Listed]:
    """Final-state particles of a record."""
    length_cm = _CM_PER_MM if record.length_unit.name == "MM" else 1.0
    energy_mev = _MEV_PER_GEV if record.momentum_unit.name == "GEV" else 1.0
    lab = _lab_place(record, length_cm)
    listed = []
    for particle in record.particles:
        if particle.status == _FINAL:
            at = particle.production_vertex.position
            born = (at.x * length_cm, at.y * length_cm, at.z * length_cm), at.t * length_cm / C_CM_PER_NS
            listed.append(_listed(where, particle, energy_mev, *(lab or born)))
    return listed


def _listed(where: str, particle: Any, energy_mev: float, position: Vector, time_ns: float) -> Listed:
    px, py, pz, total = (getattr(particle.momentum, name) * energy_mev for name in ("px", "py", "pz", "e"))
    momentum = math.hypot(px, py, pz)
    _require_mass(particle, momentum, total)
    direction = (px / momentum, py / momentum, pz / momentum) if momentum else (0.0, 0.0, 0.0)
    return Listed(f"{where}, particle {particle.id}", particle.pid, total, True, position, direction, time_ns)


def _require_mass(particle: Any, momentum: float, total: float) -> None:
    """Check that energy and momentum are those of a particle that Ringcast knows; others may be left out later."""
    try:
        kind = particle_type(particle.pid)
    except ArgumentError:
        return
    expected = math.hypot(momentum, kind.mass_mev)
    if not abs(total - expected) <= _OFF_SHELL * expected < math.inf:
        raise ArgumentError(
            f"particle {particle.id} has energy {total:g} MeV; expected {expected:g} from its momentum as {kind.name}"
        )


def _lab_place(record: Any, length_cm: float) -> tuple[Vector, float] | None:
    """Place in cm and time in ns of an event by NuHepMC's attribute, if the vertices say nothing."""
    names = [name for name in _LAB if name in record.attributes]
    if not names or any((at.x, at.y, at.z) != (0, 0, 0) for at in (vertex.position for vertex in record.vertices)):
        return None
    value = record.attributes[names[0]]
    numbers = value.astype(list[float]) if hasattr(value, "astype") else list(value)
    if len(numbers) not in (3, 4):
        raise ArgumentError(f"{names[0]} has {len(numbers)} numbers; expected x, y, z, or x, y, z and a time")
    return three([x * length_cm for x in numbers[:3]]), sum(numbers[3:]) * second
