"""How long electrons' steps are, of which Geant4 gives only the ends."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["mean_free_cm", "true_length_cm"]

_MEAN_FREE_CM, _MEAN_FREE_POWER = 0.3646, 1.858
"""Transport mean free path of electrons in water at p beta = 1 MeV, and the power of p beta it goes with. Fitted to
34,000 steps of 250 electrons of 100 MeV and of 100 muons of 500 MeV, of which Geant4 11.4 told chord and length."""
_ELECTRON_MEV = 0.51099895069  # CODATA 2022
_LEAST_LOSS = 1e-6
_ITERATIONS = 3
_LONGEST = 4.0
"""No step in the sample is longer than 1.9 times its chord; a chord that no length explains ends here."""


def true_length_cm(
    chord_cm: NDArray[np.float64],
    start_energy_mev: NDArray[np.float64],
    end_energy_mev: NDArray[np.float64],
    mass_mev: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Path length L of electron steps from their chord d, the distance between their ends.

    Multiple scattering turns an electron away from its first direction by exp(-path / l) on average, l being the
    transport mean free path. With l falling linearly over the step, from l0 at its start to l0 - D at its end,

        d = l0 L / (L + D) (1 - r^(1 + L / D)),  r = 1 - D / l0,

    which Newton's method solves for L; l = 3.65 mm (p beta / MeV)^1.858. Mean lengths come out right to 0.2 % above
    0.4 MeV and to 1.5 % below; other particles keep their chord, which in muons is right to 0.02 %.

    Args:
        chord_cm: Distance between the ends of each step.
        start_energy_mev: Kinetic energies.
        end_energy_mev: Kinetic energies, 0 for an electron that stops.
        mass_mev: Masses; only particles lighter than 1 MeV are taken for electrons.

    Reference:
        L. Urban, A multiple scattering model in Geant4, CERN-OPEN-2006-077: the mean path of a step that loses energy.

    Example:
        >>> import numpy as np
        >>> mass = np.array([0.511, 105.7])
        >>> true_length_cm(np.full(2, 0.25), np.full(2, 2.0), np.full(2, 1.5), mass).round(3).tolist()
        [0.271, 0.25]
    """
    length = chord_cm.copy()
    bent = np.flatnonzero((mass_mev < 1.0) & (chord_cm > 0) & (start_energy_mev > 0))
    chord, first = chord_cm[bent], mean_free_cm(start_energy_mev[bent])
    loss = np.clip(first - mean_free_cm(end_energy_mev[bent]), _LEAST_LOSS * first, (1 - 1e-12) * first)
    log_ratio = np.log1p(-loss / first)
    path = chord
    for _ in range(_ITERATIONS):
        kept = np.exp((1 + path / loss) * log_ratio)
        share = path / (path + loss)
        reached = first * share * (1 - kept)
        slope = first * (1 - kept) * loss / (path + loss) ** 2 - first * share * kept * log_ratio / loss
        path = np.clip(path + (chord - reached) / slope, chord, _LONGEST * chord)
    length[bent] = path
    return length


def mean_free_cm(energy_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Transport mean free path of electrons; p beta = E (E + 2 m) / (E + m) at the kinetic energy E."""
    energy = np.maximum(energy_mev, 0.0)
    p_beta = energy * (energy + 2 * _ELECTRON_MEV) / (energy + _ELECTRON_MEV)
    mean_free: NDArray[np.float64] = _MEAN_FREE_CM * p_beta**_MEAN_FREE_POWER
    return mean_free
