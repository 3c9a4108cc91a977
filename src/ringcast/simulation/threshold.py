"""From which energy a primary makes light in water."""

import math

from ringcast.events import ParticleType, particle_type
from ringcast.simulation.switches import LEAST_MEV

__all__ = ["dark_particle", "threshold_mev"]

_INDEX = 1.34


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
