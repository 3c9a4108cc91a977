"""Long steps in pieces, along which energy, time and direction go as they do in nature."""

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.tracks import event_generator
from ringcast.simulation.walk import LIGHT_MEV, MOST_PIECES, fill_pieces, scratch, turn_all

__all__ = ["divide", "turning"]

_DIVISION = 12  # purpose of the random numbers, beside those of the other modules
_TURN, _HEAVY_TURN, _LOSS, _MOST = 0.2, 0.01, 0.08, 8
"""Turning of electrons and of others by scattering (rad), and share of the energy that others lose, in a piece; most
pieces of a step."""
_FIRST_TURN, _SHARP_MEV = 0.005, 20.0
"""The same of the first step of a track of more than so many MeV, whose ring is sharp because nothing scattered before;
such a step has up to `MOST_PIECES`."""
_LARGEST_INDEX = 1.40
"""Particles slower than c / 1.40 make no light in water at any wavelength that sensors see."""


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
    columns = np.broadcast_arrays(energy_mev, length_cm, mass_mev)
    out = np.empty(columns[0].size)
    turn_all(*(np.ascontiguousarray(column, dtype=float).reshape(-1) for column in columns), out)
    return out.reshape(columns[0].shape)


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
    <B M> / <M M> with M the mean of B over the path (so that B - b M is independent of M), and k = `walk.known`: 1
    would make walks of just the mean that leads there. k = 0 for other particles, which Geant4 does not move aside.
    |c|, which is less than 1 where a step turns far, makes of lengths angles: across an arc of the angle a the variance
    of a bridge on the sphere is sin(a s) sin(a (1 - s)) / (a sin a), which is s (1 - s) / |c|^(2/3) to second order
    in a.
    In the step in which an electron stops Geant4 does not scatter it, so that its walk there is free.

    Args:
        steps: Steps of all events of a batch, in their order.
        events: Event number of each batch row; with the seed it keys the random numbers.
        seed: The plan's seed.
    """
    pieces = _counts(steps)
    normal = _normals(steps.event, pieces, events, seed)
    source = np.repeat(np.arange(len(pieces)), pieces)
    event = steps.event[source]
    number = np.arange(len(source)) - np.searchsorted(event, event)
    shapes = {name: (len(source), *column.shape[1:]) for name, column in steps._asdict().items()}
    empty = {name: np.empty(shape) for name, shape in shapes.items() if name not in ("event", "number")}
    out = Steps(event=event, number=number, **empty)
    fill_pieces(steps, pieces, normal, out, scratch())
    return out, source


def _turning_of(steps: Steps) -> NDArray[np.float64]:
    return turning(0.5 * (steps.start_energy_mev + steps.end_energy_mev), steps.length_cm, steps.mass_mev)


def _counts(steps: Steps) -> NDArray[np.int64]:
    """How many pieces each step is divided into, a power of two, so that few sorts of steps are divided at once."""
    electron = steps.mass_mev < LIGHT_MEV
    turn = _turning_of(steps)
    lost = 1 - np.maximum(steps.end_energy_mev, 0) / steps.start_energy_mev
    goes_on = (steps.start_cm[1:] == steps.end_cm[:-1]).all(axis=1) & (steps.event[1:] == steps.event[:-1])
    begins = np.concatenate([[True], ~goes_on])[: len(turn)]
    sharp = begins & (steps.start_energy_mev > _SHARP_MEV)
    wanted = turn / np.where(sharp, _FIRST_TURN, np.where(electron, _TURN, _HEAVY_TURN))
    wanted = np.maximum(wanted, np.where(electron, 1.0, lost / _LOSS))
    total = steps.start_energy_mev + steps.mass_mev
    shines = steps.mass_mev < total * np.sqrt(1 - 1 / _LARGEST_INDEX**2)
    most = np.where(shines, np.where(sharp, MOST_PIECES, _MOST), 1)
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
