"""From which energy a primary makes light in water."""

import math

from ringcast.events import ParticleType, particle_type
from ringcast.simulation.switches import LEAST_MEV

__all__ = ["dark_particle", "dark_share", "threshold_mev"]

_INDEX = 1.34
_NO_POWER = 1e-9


def threshold_mev(particle: ParticleType) -> float:
    """Least kinetic energy in MeV of a primary that is alone in its event.

    A charged one starts to shine at m (1 / sqrt(1 - 1 / n^2) - 1) with n = 1.34; a plan's least energy holds as well.

    Example:
        >>> [round(threshold_mev(particle_type(name)), 1) for name in ("e-", "mu+", "pi-", "pi0", "proton")]
        [1.0, 53.1, 70.1, 1.0, 471.3]
    """
    if particle.charge == 0:
        return LEAST_MEV
    return max(particle.mass_mev * (1 / math.sqrt(1 - 1 / _INDEX**2) - 1), LEAST_MEV)


def dark_particle(names: tuple[str, ...], highest_mev: float) -> str | None:
    """The first of some particles that does not shine at any energy up to the highest; None if all do.

    Example:
        >>> dark_particle(("e-", "mu-"), 50.0)
        'mu-'
    """
    return next((name for name in names if threshold_mev(particle_type(name)) > highest_mev), None)


def dark_share(name: str, energy_mev: tuple[float, float], power: float) -> float:
    """Share of a particle's energies, drawn from low to high as energy ** power, that lie below its threshold.

    The cumulative distribution (E^q - L^q) / (H^q - L^q), q = power + 1, between L and H; its limit at q = 0 is
    ln(E / L) / ln(H / L).

    Example:
        >>> [round(dark_share("mu-", (10.0, 1000.0), power), 3) for power in (0, -1, -2)]
        [0.044, 0.362, 0.82]
        >>> dark_share("mu-", (100.0, 1000.0), 0)
        0.0
    """
    low, high = energy_mev
    threshold = min(threshold_mev(particle_type(name)), high)
    if threshold <= low:
        return 0.0
    q, below, span = power + 1, math.log(threshold / low), math.log(high / low)
    return below / span if abs(q) < _NO_POWER else math.expm1(q * below) / math.expm1(q * span)
