"""Long steps in pieces, along which energy, time and direction go as they do in nature."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.cherenkov import Steps, select_steps
from ringcast.simulation.path_length import mean_free_cm
from ringcast.simulation.tracks import event_generator

__all__ = ["divide", "known", "turning"]

_DIVISION = 12  # purpose of the random numbers, beside those of the other modules
_TURN, _HEAVY_TURN, _LOSS, _MOST = 0.2, 0.01, 0.08, 8
"""Turning of electrons and of others by scattering (rad), and share of the energy that others lose, in a piece; most
pieces of a step."""
_FIRST_TURN, _SHARP_MEV, _MOST_FIRST = 0.005, 20.0, 32
"""The same of the first step of a track of more than so many MeV, whose ring is sharp because nothing scattered before;
most pieces of such a step."""
_KNOWN, _KNOWN_TURN = 0.3, 0.5
"""How far Geant4's place at the end of an electron's step tells the mean direction within, k = 0.3 exp(-0.5 (turning /
0.5)^2): both numbers fitted to the angles of light of Geant4's own Cherenkov process in fine steps."""
_LIGHT_MEV = 1.0
"""Lighter particles are electrons."""
_RANGE_POWER = 1.5
"""Power of the energy that the range left of heavier particles goes with: Geant4's ranges of muons from 30 to 150 MeV
go as E^1.50."""
_EVEN_LOSS_MEV = 0.30
"""The range left of electrons goes as E^2 / (E + 0.30 MeV): within 2 % those in water from 0.2 to 2 MeV by ESTAR (NIST
Standard Reference Database 124). Fast ones lose energy evenly."""
_LARGEST_INDEX = 1.40
"""Particles slower than c / 1.40 make no light in water at any wavelength that sensors see."""
_HIGHLAND_MEV, _RADIATION_CM = 13.6, 36.08


def turning(
    energy_mev: NDArray[np.float64], length_cm: NDArray[np.float64], mass_mev: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far scattering turns a particle on a path in water: standard deviation about one axis, in rad.

    Electrons: sqrt(L / l), l the transport mean free path of `path_length`. Heavier particles: Highland's formula,
    13.6 MeV / (p beta) sqrt(L / X0) (1 + 0.038 ln(L / X0)), X0 = 36.08 cm of water.

    Reference:
        Particle Data Group, Review of Particle Physics (2024), section 34.3.

    Example:
        >>> turning(np.full(2, 49.0), np.ones(2), np.array([0.511, 105.7])).round(3).tolist()
        [0.044, 0.024]
    """
    p_beta = energy_mev * (energy_mev + 2 * mass_mev) / (energy_mev + mass_mev)
    paths = length_cm / _RADIATION_CM
    highland = _HIGHLAND_MEV / np.maximum(p_beta, 1e-9) * np.sqrt(paths)
    highland *= np.maximum(1 + 0.038 * np.log(np.maximum(paths, 1e-12)), 0.1)
    return np.where(mass_mev < _LIGHT_MEV, np.sqrt(length_cm / np.maximum(mean_free_cm(energy_mev), 1e-9)), highland)


def divide(steps: Steps, events: NDArray[np.int64], *, seed: int) -> tuple[Steps, NDArray[np.int64]]:
    """Steps in pieces, and the row of the step that each piece is of; steps that need no division stay whole.

    Geant4 says where a step begins and ends, not what is between. In pieces of equal path length the energy falls so
    that the range left goes as E^2 / (E + 0.30 MeV) for electrons and as E^1.5 for others; time, with 1 / (beta c).
    Directions at the ends of pieces are a walk by multiple scattering from the step's first to its last direction,
    drawn among all such walks; those of electrons, which Geant4 also moves aside, lean towards walks whose mean
    direction leads from the step's start to its end: with t the share of the path, and s that of the scattering, which
    grows faster as the particle slows,

        d(t) = c(s) + |c(s)|^(2/3) B(s) + k b(t) m,  c(s) = (1 - s) d0 + s d1,

    B a Brownian bridge of variance s (1 - s) times that of `turning`, m what the mean of d then lacks, b(t) =
    <B M> / <M M> with M the mean of B over the path (so that B - b M is independent of M), and k = `known`: 1 would
    make walks of just the mean that leads there. k = 0 for other particles, which Geant4 does not move aside. |c|,
    which is less than 1 where a step turns far, makes of lengths angles: across an arc of the angle a the variance of
    a bridge on the sphere is sin(a s) sin(a (1 - s)) / (a sin a), which is s (1 - s) / |c|^(2/3) to second order in a.
    In the step in which an electron stops Geant4 does not scatter it, so that its walk there is free.

    Args:
        steps: Steps of all events of a batch, in their order.
        events: Event number of each batch row; with the seed it keys the random numbers.
        seed: The plan's seed.
    """
    pieces = _counts(steps)
    normal = _normals(steps.event, pieces, events, seed)
    source = np.repeat(np.arange(len(pieces)), pieces)
    first = np.cumsum(pieces) - pieces
    out = {name: column[source] for name, column in steps._asdict().items()}
    for count in np.unique(pieces[pieces > 1]):
        rows = np.flatnonzero(pieces == count)
        places = first[rows][:, None] + np.arange(count)
        for name, values in _pieces(select_steps(steps, rows), normal[places]).items():
            out[name][places] = values
    out["number"] = np.arange(len(source)) - np.searchsorted(out["event"], out["event"])
    return Steps(**out), source


def _turning_of(steps: Steps) -> NDArray[np.float64]:
    return turning(0.5 * (steps.start_energy_mev + steps.end_energy_mev), steps.length_cm, steps.mass_mev)


def known(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the ends of an electron's step tell the mean direction within, from how far it turns in rad.

    Example:
        >>> known(np.array([0.0, 1.0])).round(2).tolist()
        [0.3, 0.04]
    """
    return _KNOWN * np.exp(-0.5 * (turn / _KNOWN_TURN) ** 2)


def _counts(steps: Steps) -> NDArray[np.int64]:
    """How many pieces each step is divided into, a power of two, so that few sorts of steps are divided at once."""
    electron = steps.mass_mev < _LIGHT_MEV
    turn = _turning_of(steps)
    lost = 1 - np.maximum(steps.end_energy_mev, 0) / steps.start_energy_mev
    goes_on = (steps.start_cm[1:] == steps.end_cm[:-1]).all(axis=1) & (steps.event[1:] == steps.event[:-1])
    begins = np.concatenate([[True], ~goes_on])[: len(turn)]
    sharp = begins & (steps.start_energy_mev > _SHARP_MEV)
    wanted = turn / np.where(sharp, _FIRST_TURN, np.where(electron, _TURN, _HEAVY_TURN))
    wanted = np.maximum(wanted, np.where(electron, 1.0, lost / _LOSS))
    total = steps.start_energy_mev + steps.mass_mev
    shines = steps.mass_mev < total * np.sqrt(1 - 1 / _LARGEST_INDEX**2)
    most = np.where(shines, np.where(sharp, _MOST_FIRST, _MOST), 1)
    return 1 << np.ceil(np.log2(wanted.clip(1, most))).astype(np.int64)


def _normals(
    row: NDArray[np.int64], pieces: NDArray[np.int64], events: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """(piece, 3): standard normal numbers, of each event from its own generator."""
    edges = np.concatenate([[0], np.cumsum(pieces)])[np.searchsorted(row, np.arange(len(events) + 1))]
    counts = np.diff(edges)
    drawn = [
        event_generator(seed, int(event), _DIVISION).standard_normal((n, 3))
        for event, n in zip(events, counts, strict=True)
    ]
    return np.concatenate([np.zeros((0, 3)), *drawn])


def _pieces(steps: Steps, normal: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Columns of the pieces of steps that are divided alike, each of shape (step, piece) or (step, piece, 3)."""
    count = normal.shape[1]
    at = np.arange(count + 1) / count
    energy = _energies(steps, at)
    start, end = steps.start_cm[:, None], steps.end_cm[:, None]
    middle = 0.5 * (energy[:, 1:] + energy[:, :-1])
    whole, mass = (np.repeat(column[:, None], count, axis=1) for column in (steps.length_cm, steps.mass_mev))
    turn = turning(middle, whole, mass) / np.sqrt(count)  # variances add up, which Highland's logarithm would spoil
    nodes = {
        "cm": start + (end - start) * at[:, None],
        "direction": _directions(steps, turn, normal),
        "energy_mev": energy,
        "time_ns": _times(steps, middle),
    }
    columns = {f"{side}_{name}": values[:, cut] for name, values in nodes.items() for side, cut in _SIDES}
    return columns | {"length_cm": whole / count}


_SIDES = (("start", slice(None, -1)), ("end", slice(1, None)))


def _energies(steps: Steps, at: NDArray[np.float64]) -> NDArray[np.float64]:
    electron = steps.mass_mev < _LIGHT_MEV
    start, end = np.maximum(steps.start_energy_mev, 0.0), np.maximum(steps.end_energy_mev, 0.0)
    left = [np.where(electron, e**2 / (e + _EVEN_LOSS_MEV), e**_RANGE_POWER)[:, None] for e in (start, end)]
    range_left = left[0] + (left[1] - left[0]) * at
    slow = 0.5 * (range_left + np.sqrt(range_left**2 + 4 * _EVEN_LOSS_MEV * range_left))
    energy: NDArray[np.float64] = np.where(electron[:, None], slow, range_left ** (1 / _RANGE_POWER))
    return energy


def _times(steps: Steps, middle_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times at the ends of pieces, between those of the step's ends as the particle's slowness has it."""
    ratio = steps.mass_mev[:, None] / (middle_mev + steps.mass_mev[:, None])
    slow = np.cumsum(1 / np.sqrt(1 - ratio**2), axis=1)
    share = np.concatenate([np.zeros((len(slow), 1)), slow / slow[:, -1:]], axis=1)
    start, end = steps.start_time_ns[:, None], steps.end_time_ns[:, None]
    return start + (end - start) * share


def _directions(steps: Steps, turn: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """(step, end of piece, 3): unit vectors along the walk that `divide` describes; `turn` is that of each piece."""
    walk = _sums(turn[:, :, None] * normal)
    share = _sums(turn**2)
    share = share / share[:, -1:]
    at = share[:, :, None]
    first, last = steps.start_direction[:, None], steps.end_direction[:, None]
    chord = first + at * (last - first)
    bridge = (walk - at * walk[:, -1:]) * np.cbrt((chord**2).sum(axis=-1, keepdims=True))
    way = (steps.end_cm - steps.start_cm) / steps.length_cm[:, None]
    bound = chord + bridge
    missing = way - _mean(bound)
    electron = steps.mass_mev < _LIGHT_MEV
    weight = np.where(electron, known(_turning_of(steps)), 0.0)[:, None] * _pull(share)
    bound += weight[:, :, None] * missing[:, None]
    stops = (steps.end_energy_mev <= 0) & electron
    direction = np.where(stops[:, None, None], first + walk, bound)
    return direction / np.linalg.norm(direction, axis=-1, keepdims=True)


def _pull(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """(step, end of piece): covariance of a bridge with its mean over the path, over the variance of that mean.

    The bridge is a walk of the variance `share`, from 0 to 1, at places evenly along the path, whose end is known: its
    covariance at two places is min(s, s') - s s'.
    """
    count = share.shape[1] - 1
    ahead = np.arange(count, -1, -1) / count
    before = _sums(0.5 * (share[:, 1:] + share[:, :-1])) / count
    covariance = before + (ahead - before[:, -1:]) * share
    return covariance / _mean(covariance)[:, None]


def _sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of pieces at their ends, along the second axis."""
    return np.concatenate([np.zeros_like(values[:, :1]), np.cumsum(values, axis=1)], axis=1)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the path of what goes evenly between the ends of pieces, along the second axis."""
    mean: NDArray[np.float64] = (values.sum(axis=1) - 0.5 * (values[:, 0] + values[:, -1])) / (values.shape[1] - 1)
    return mean
