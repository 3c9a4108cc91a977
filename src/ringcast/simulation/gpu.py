"""The photon kernel on a GPU: one thread follows one trial photon by the same functions as a processor does.

A GPU fuses multiplications with additions and has sines and logarithms of its own, so times may differ from a
processor's in their last digits, and some ten photons in a million meet another fate where both reflection and domes
are on: each reflection at a dome spreads a difference a hundredfold. (As counted on a processor that fuses too, by
``benchmarks/photon_kernel.py``.)
"""

import math
from importlib.util import find_spec
from typing import NamedTuple, TypeVar

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.device import device, named
from ringcast.simulation.emission import largest_sin2
from ringcast.simulation.flight import fly
from ringcast.simulation.interactions import NONE, Interactions
from ringcast.simulation.optics import Optics
from ringcast.simulation.transport import Photoelectrons, joined, offsets
from ringcast.simulation.wall import Wall

__all__ = ["require_gpu", "to_gpu", "transport_on_gpu"]

_BLOCK = 1 << 22
"""Trial photons followed by one call: some 50 MB of the GPU's memory."""
_THREADS = 128

Tables = TypeVar("Tables", bound=NamedTuple)


def require_gpu() -> None:
    """Refuse if no photon can be followed on a GPU here.

    Raises:
        ArgumentError: numba-cuda, a GPU, its driver or the CUDA libraries are missing.
    """
    if find_spec("numba_cuda") is None:
        raise ArgumentError(
            "device is 'cuda', but numba-cuda is not installed; pip install 'ringcast[cuda]', or take the device 'cpu'"
        )
    if not cuda.is_available():
        raise ArgumentError(
            "device is 'cuda', but no NVIDIA GPU with its driver and CUDA libraries is found; take the device 'cpu'"
        )


def to_gpu(tables: Tables) -> Tables:
    """The same tuple with its arrays in the memory of the GPU."""
    moved = (
        cuda.to_device(np.ascontiguousarray(column)) if isinstance(column, np.ndarray) else column for column in tables
    )
    return type(tables)(*moved)


def transport_on_gpu(
    steps: Steps,
    photons: NDArray[np.int64],
    events: NDArray[np.int64],
    optics: Optics,
    wall: Wall,
    *,
    seed: int,
    interactions: Interactions = NONE,
) -> Photoelectrons:
    """Photoelectrons of a batch of steps, in the same order as those of `transport`, whose arguments these are.

    Tables that have been moved by `to_gpu` are not moved again.
    """
    offset = offsets(photons)
    rows = (to_gpu(steps), cuda.to_device(offset), cuda.to_device(events[steps.event]))
    tables = (to_gpu(optics), to_gpu(wall), to_gpu(interactions), np.uint64(seed))
    sensor, time = cuda.device_array(_BLOCK, np.int32), cuda.device_array(_BLOCK, np.float64)
    parts = []
    for first in range(0, int(offset[-1]), _BLOCK):
        last = min(first + _BLOCK, int(offset[-1]))
        _follow[math.ceil(_BLOCK / _THREADS), _THREADS](first, last, *rows, *tables, sensor, time)
        found, when = sensor[: last - first].copy_to_host(), time[: last - first].copy_to_host()
        seen = np.flatnonzero(found >= 0)
        step = np.searchsorted(offset, first + seen, side="right") - 1
        parts.append(Photoelectrons(step, found[seen].astype(np.int64), when[seen]))
    return joined(parts)


@cuda.jit(cache=True)
@named
def _follow(first, last, steps, offset, event, optics, wall, interactions, seed, sensor, time):  # type: ignore[no-untyped-def]
    """The trial photon of this thread: which sensor sees it, or -1, and when it ends."""
    place = cuda.grid(1)
    photon = first + place
    if photon >= last:
        return
    s = _step_of(photon, offset)
    bound = largest_sin2(steps, s, optics)
    found, when, _fate, _turns = fly(steps, s, event[s], photon - offset[s], bound, optics, wall, interactions, seed)
    sensor[place] = found
    time[place] = when


@device
def _step_of(photon, offset):  # type: ignore[no-untyped-def]
    """Row of the step that makes a photon: the last that begins at or before it."""
    low, high = 0, len(offset) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if offset[middle] <= photon:
            low = middle
        else:
            high = middle
    return low
