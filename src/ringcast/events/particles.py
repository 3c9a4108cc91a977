"""The particles Ringcast knows, with their PDG code, mass and the class label of the field's event files."""

from dataclasses import dataclass
from functools import lru_cache

from ringcast.errors import ArgumentError

__all__ = ["PARTICLES", "ParticleType", "particle_type"]


@dataclass(frozen=True)
class ParticleType:
    """One kind of particle; `label` is 0 gamma, 1 electron, 2 muon, -1 other (sign of charge ignored)."""

    name: str
    pdg: int
    label: int
    mass_mev: float
    charge: int


_LABELS = {22: 0, 11: 1, -11: 1, 13: 2, -13: 2}
PARTICLES: dict[str, int] = {
    "gamma": 22,
    "e-": 11,
    "e+": -11,
    "mu-": 13,
    "mu+": -13,
    "pi+": 211,
    "pi-": -211,
    "pi0": 111,
    "K+": 321,
    "K-": -321,
    "proton": 2212,
}
"""Name to PDG code."""


@lru_cache(maxsize=64)
def particle_type(which: str | int) -> ParticleType:
    """Look a particle up by name or PDG code; masses come from the Particle Data Group's table.

    Args:
        which: A name of `PARTICLES`, or a PDG code in it, as a number or its text.

    Raises:
        ArgumentError: The particle is not one Ringcast knows.

    Example:
        >>> particle_type("mu-").pdg, round(particle_type(13).mass_mev, 3), particle_type("-13").name
        (13, 105.658, 'mu+')
    """
    from particle import Particle  # reads its table on import: not before it is needed

    by_code = {code: name for name, code in PARTICLES.items()}
    code = PARTICLES.get(which) if isinstance(which, str) and not _is_number(which) else int(which)
    if code not in by_code:
        known = ", ".join(PARTICLES)
        raise ArgumentError(f"particle is {which!r}; expected one of {known}, or its PDG code")
    entry = Particle.from_pdgid(code)
    charge = int(entry.charge or 0)
    return ParticleType(by_code[code], code, _LABELS.get(code, -1), float(entry.mass or 0.0), charge)


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdecimal()
