"""Carry Cherenkov photons from where they are born to the sensor they strike.

A photon is born on a step, flies straight, and is absorbed or reaches the wall. Scattering and reflection have their
place in `_fly`: each photon owns as many blocks of random numbers as it needs.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.optics import Optics
from ringcast.simulation.philox import uniform4
from ringcast.simulation.wall import Wall, sensor_at, wall_crossing
from ringcast.units import C_CM_PER_NS

__all__ = ["transport"]


def transport(
    steps: Steps, photons: NDArray[np.int64], events: NDArray[np.int64], optics: Optics, wall: Wall, *, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Photoelectrons of a batch of steps.

    Args:
        steps: Steps of all events of a batch.
        photons: Trial photons of each step, drawn from the mean of `mean_photons`.
        events: Event number of each batch row; with the seed it keys the random numbers.
        optics: Water and sensor efficiency.
        wall: Where the sensors are.
        seed: Any 64-bit number.

    Returns:
        Batch row, sensor number and time in ns of every photoelectron, in the order of emission.
    """
    offset = np.concatenate([[0], np.cumsum(photons)]).astype(np.int64)
    sensor = np.full(offset[-1], -1, dtype=np.int64)
    time = np.zeros(offset[-1])
    _emit_all(steps, offset, events[steps.event], optics, wall, np.uint64(seed), sensor, time)
    seen = sensor >= 0
    row = np.repeat(steps.event, photons)
    return row[seen], sensor[seen], time[seen]


@njit(cache=True, nogil=True)
def _emit_all(steps, offset, event, optics, wall, seed, sensor, time):  # type: ignore[no-untyped-def]
    """Fill sensor and time for every trial photon; photons that nobody sees keep -1."""
    for s in range(len(offset) - 1):
        ratio = steps.mass_mev[s] / (steps.start_energy_mev[s] + steps.mass_mev[s])
        bound = 1.0 - 1.0 / ((1.0 - ratio * ratio) * optics.index_max**2)
        for p in range(offset[s + 1] - offset[s]):
            found, when = _fly(steps, s, event[s], p, bound, optics, wall, seed)
            sensor[offset[s] + p] = found
            time[offset[s] + p] = when


@njit(cache=True, nogil=True)
def _fly(steps, s, event, photon, bound, optics, wall, seed):  # type: ignore[no-untyped-def]
    """One photon from birth to a sensor number and a time in ns, or -1 if nobody sees it."""
    u0, u1, u2, u3 = uniform4(event, steps.number[s], photon, 0, seed)
    place = u1 * (len(optics.wavelength_nm) - 1)
    wavelength = _interpolate(optics.wavelength_nm, place)
    on_grid = wavelength - optics.first_nm
    index = _interpolate(optics.phase_index, on_grid)
    energy = steps.start_energy_mev[s] + u0 * (steps.end_energy_mev[s] - steps.start_energy_mev[s])
    ratio = steps.mass_mev[s] / (energy + steps.mass_mev[s])
    cos2 = 1.0 / ((1.0 - ratio * ratio) * index * index)
    if 1.0 - cos2 <= u2 * bound:
        return -1, 0.0
    x, y, z = _between(steps.start_cm[s], steps.end_cm[s], u0)
    if x * x + y * y >= wall.radius_cm**2 or abs(z) >= wall.half_height_cm:
        return -1, 0.0
    a, b, c = _between(steps.start_direction[s], steps.end_direction[s], u0)
    u, v, w = _on_cone(a, b, c, np.sqrt(cos2), 2.0 * np.pi * u3)
    path, surface = wall_crossing(x, y, z, u, v, w, wall.radius_cm, wall.half_height_cm)
    v0, _, _, _ = uniform4(event, steps.number[s], photon, 1, seed)
    if path > -np.log(v0) * _interpolate(optics.absorption_cm, on_grid):
        return -1, 0.0
    found = sensor_at(x + path * u, y + path * v, z + path * w, surface, wall)
    birth = steps.start_time_ns[s] + u0 * (steps.end_time_ns[s] - steps.start_time_ns[s])
    return found, birth + path * _interpolate(optics.group_index, on_grid) / C_CM_PER_NS


@njit(cache=True, inline="always")
def _interpolate(table, place):  # type: ignore[no-untyped-def]
    i = min(int(place), len(table) - 2)
    return table[i] + (place - i) * (table[i + 1] - table[i])


@njit(cache=True, inline="always")
def _between(first, last, share):  # type: ignore[no-untyped-def]
    return (
        first[0] + share * (last[0] - first[0]),
        first[1] + share * (last[1] - first[1]),
        first[2] + share * (last[2] - first[2]),
    )


@njit(cache=True, inline="always")
def _on_cone(a, b, c, cosine, azimuth):  # type: ignore[no-untyped-def]
    """A unit vector at a given angle about the axis (a, b, c), which need not be of length one."""
    norm = 1.0 / np.sqrt(a * a + b * b + c * c)
    a, b, c = a * norm, b * norm, c * norm
    sine = np.sqrt(1.0 - cosine * cosine)
    p, q = sine * np.cos(azimuth), sine * np.sin(azimuth)
    across = np.sqrt(a * a + b * b)
    if across < 1e-9:
        return p, q * np.sign(c), cosine * np.sign(c)
    return (
        cosine * a + (p * a * c - q * b) / across,
        cosine * b + (p * b * c + q * a) / across,
        cosine * c - p * across,
    )
