"""Carry Cherenkov photons from where they are born to the sensor they strike.

A photon is born on a step and flies until it is absorbed in the water, scatters (`scatter`), or meets the wall or a
sensor (`surface`, `domes`); `flight` follows one photon, this module all photons of a batch.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.flight import FATES, fly
from ringcast.simulation.interactions import NONE, Interactions
from ringcast.simulation.optics import Optics
from ringcast.simulation.wall import Wall

__all__ = ["Journeys", "follow", "transport"]

_SEEN = FATES.index("seen")


class Journeys(NamedTuple):
    """How every trial photon of a batch ended, in the order of emission."""

    sensor: NDArray[np.int64]
    """Sensor that saw the photon, or -1."""
    time_ns: NDArray[np.float64]
    """When the photon ended; 0 if it was never in the water."""
    fate: NDArray[np.int8]
    """Index into `FATES`."""
    turns: NDArray[np.int16]
    """Scatterings and reflections on the way."""

    def count(self, fate: str) -> int:
        """Photons that ended in one way, named as in `FATES`."""
        return int((self.fate == FATES.index(fate)).sum())


def transport(
    steps: Steps,
    photons: NDArray[np.int64],
    events: NDArray[np.int64],
    optics: Optics,
    wall: Wall,
    *,
    seed: int,
    interactions: Interactions = NONE,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Photoelectrons of a batch of steps.

    Args:
        steps: Steps of all events of a batch.
        photons: Trial photons of each step, drawn from the mean of `mean_photons`.
        events: Event number of each batch row; with the seed it keys the random numbers.
        optics: Water and sensor efficiency.
        wall: Where the sensors are.
        seed: Any 64-bit number.
        interactions: Scattering and reflection; neither by default.

    Returns:
        Batch row, sensor number and time in ns of every photoelectron, in the order of emission.
    """
    journeys = follow(steps, photons, events, optics, wall, seed=seed, interactions=interactions)
    seen = journeys.fate == _SEEN
    row = np.repeat(steps.event, photons)
    return row[seen], journeys.sensor[seen], journeys.time_ns[seen]


def follow(
    steps: Steps,
    photons: NDArray[np.int64],
    events: NDArray[np.int64],
    optics: Optics,
    wall: Wall,
    *,
    seed: int,
    interactions: Interactions = NONE,
) -> Journeys:
    """How every trial photon ends, for checks and counts; arguments as those of `transport`."""
    offset = np.concatenate([[0], np.cumsum(photons)]).astype(np.int64)
    n = int(offset[-1])
    journeys = Journeys(
        np.full(n, -1, dtype=np.int64), np.zeros(n), np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int16)
    )
    _emit_all(steps, offset, events[steps.event], optics, wall, interactions, np.uint64(seed), journeys)
    return journeys


@njit(cache=True, nogil=True)
def _emit_all(steps, offset, event, optics, wall, interactions, seed, journeys):  # type: ignore[no-untyped-def]
    """Fill in the journey of every trial photon."""
    for s in range(len(offset) - 1):
        ratio = steps.mass_mev[s] / (steps.start_energy_mev[s] + steps.mass_mev[s])
        bound = 1.0 - 1.0 / ((1.0 - ratio * ratio) * optics.index_max**2)
        for p in range(offset[s + 1] - offset[s]):
            i = offset[s] + p
            found, when, fate, turns = fly(steps, s, event[s], p, bound, optics, wall, interactions, seed)
            journeys.sensor[i] = found
            journeys.time_ns[i] = when
            journeys.fate[i] = fate
            journeys.turns[i] = turns
