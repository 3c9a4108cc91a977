"""Carry Cherenkov photons from where they are born to the sensor they strike.

A photon is born on a step (`emission`) and flies until it is absorbed in the water, scatters (`scatter`), or meets the
wall or a sensor (`surface`, `domes`); `flight` follows one photon, this module all photons of a batch: block by block,
so that memory does not grow with the light, and on several threads if asked for. What a photon does depends on its own
number, so neither changes the outcome.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.device import over_photons
from ringcast.simulation.emission import largest_sin2
from ringcast.simulation.flight import FATES, fly
from ringcast.simulation.interactions import NONE, Interactions
from ringcast.simulation.optics import Optics
from ringcast.simulation.wall import Wall

__all__ = ["Journeys", "Photoelectrons", "follow", "joined", "offsets", "transport"]

_SEEN = FATES.index("seen")
_BLOCK = 1 << 16
"""Trial photons followed at a time by a thread: some 1 MB, and enough blocks for threads to end together."""


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


class Photoelectrons(NamedTuple):
    """Photons that were seen, in the order of emission."""

    step: NDArray[np.int64]
    """Row of the step that made it."""
    sensor: NDArray[np.int64]
    """Sensor that saw it."""
    time_ns: NDArray[np.float64]
    """When."""


def transport(
    steps: Steps,
    photons: NDArray[np.int64],
    events: NDArray[np.int64],
    optics: Optics,
    wall: Wall,
    *,
    seed: int,
    interactions: Interactions = NONE,
    threads: int = 1,
) -> Photoelectrons:
    """Photoelectrons of a batch of steps.

    Args:
        steps: Steps of all events of a batch.
        photons: Trial photons of each step, drawn from the mean of `mean_photons`.
        events: Event number of each batch row; with the seed it keys the random numbers.
        optics: Water and sensor efficiency.
        wall: Where the sensors are.
        seed: Any 64-bit number.
        interactions: Scattering and reflection; neither by default.
        threads: How many threads follow photons; the outcome is the same for any number.
    """
    offset = offsets(photons)
    numbers = events[steps.event]

    def run(first: int) -> Photoelectrons:
        last = min(first + _BLOCK, int(offset[-1]))
        journeys = _journeys(last - first)
        _follow(first, last, steps, offset, numbers, optics, wall, interactions, np.uint64(seed), journeys)
        seen = np.flatnonzero(journeys.fate == _SEEN)
        step = np.searchsorted(offset, first + seen, side="right") - 1
        return Photoelectrons(step, journeys.sensor[seen], journeys.time_ns[seen])

    return joined(list(_in_order(run, range(0, int(offset[-1]), _BLOCK), threads)))


def joined(parts: Sequence[Photoelectrons]) -> Photoelectrons:
    """Photoelectrons of blocks one after another."""
    if not parts:
        return Photoelectrons(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return Photoelectrons(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _in_order(run: Callable[[int], Photoelectrons], firsts: range, threads: int) -> Iterator[Photoelectrons]:
    """Results of the blocks that begin at the given photons."""
    if threads == 1 or len(firsts) < 2:
        yield from map(run, firsts)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(run, firsts)


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
    offset = offsets(photons)
    journeys = _journeys(int(offset[-1]))
    _follow(
        0, int(offset[-1]), steps, offset, events[steps.event], optics, wall, interactions, np.uint64(seed), journeys
    )
    return journeys


def offsets(photons: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the first trial photon of each step, and of all of them."""
    return np.concatenate([[0], np.cumsum(photons)]).astype(np.int64)


def _journeys(n: int) -> Journeys:
    return Journeys(np.empty(n, np.int64), np.empty(n), np.empty(n, np.int8), np.empty(n, np.int16))


@over_photons
def _follow(first, last, steps, offset, event, optics, wall, interactions, seed, journeys):  # type: ignore[no-untyped-def]
    """Fill in the journeys of the trial photons from `first` to before `last`."""
    s = np.searchsorted(offset, first, side="right") - 1
    while first < last:
        bound = largest_sin2(steps, s, optics)
        end = min(last, offset[s + 1])
        for i in range(first, end):
            place = i - (last - len(journeys.fate))
            found, when, fate, turns = fly(steps, s, event[s], i - offset[s], bound, optics, wall, interactions, seed)
            journeys.sensor[place] = found
            journeys.time_ns[place] = when
            journeys.fate[place] = fate
            journeys.turns[place] = turns
        first = end
        s += 1
