"""The birth of Cherenkov photons on charged steps."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.device import device, over_photons
from ringcast.simulation.optics import Optics
from ringcast.simulation.philox import uniform4
from ringcast.simulation.scatter import on_cone

__all__ = ["Births", "born", "emit", "interpolate", "largest_sin2"]


class Births(NamedTuple):
    """Photons at their birth, in the order of emission; trials that made none are left out."""

    step: NDArray[np.int64]
    """Row of the step that made it."""
    point_cm: NDArray[np.float64]
    """(photon, 3): where."""
    direction: NDArray[np.float64]
    """(photon, 3): unit vector."""
    wavelength_nm: NDArray[np.float64]
    time_ns: NDArray[np.float64]


def emit(steps: Steps, photons: NDArray[np.int64], events: NDArray[np.int64], optics: Optics, *, seed: int) -> Births:
    """The photons that the kernel makes of a batch of steps, wherever they are born.

    Args:
        steps: Steps of all events of a batch.
        photons: Trial photons of each step, drawn from the mean of `mean_photons`.
        events: Event number of each batch row; with the seed it keys the random numbers.
        optics: Water and sensor efficiency, which photons are thinned by.
        seed: Any 64-bit number.

    Example:
        >>> from ringcast.simulation.optics import load_optics
        >>> up, one, zero = np.array([[0.0, 0.0, 1.0]]), np.ones(1), np.zeros(1)
        >>> row = np.zeros(1, dtype=np.int64)
        >>> step = Steps(row, row, 0 * up, up, up, up, 500 * one, 498 * one, zero, one, one, 0.511 * one)
        >>> births = emit(step, np.array([1000]), row, load_optics("PMT20inch"), seed=1)
        >>> round(float(births.direction[:, 2].mean()), 2)  # 1 / n
        0.74
    """
    offset = np.concatenate([[0], np.cumsum(photons)]).astype(np.int64)
    n = int(offset[-1])
    point, direction, place, time = np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n), np.zeros(n)
    made = np.zeros(n, dtype=np.bool_)
    _emit_all(steps, offset, events[steps.event], optics, np.uint64(seed), (made, point, direction, place, time))
    step = np.repeat(np.arange(len(photons)), photons)
    return Births(step[made], point[made], direction[made], optics.first_nm + place[made], time[made])


@over_photons
def _emit_all(steps, offset, event, optics, seed, out):  # type: ignore[no-untyped-def]
    made, point, direction, place, time = out
    for s in range(len(offset) - 1):
        bound = largest_sin2(steps, s, optics)
        for i in range(offset[s], offset[s + 1]):
            made[i], at, way, _, place[i], time[i] = born(steps, s, event[s], i - offset[s], bound, optics, seed)
            for axis in range(3):
                point[i, axis], direction[i, axis] = at[axis], way[axis]


@device
def largest_sin2(steps, s, optics):  # type: ignore[no-untyped-def]
    """Largest sin^2 of the Cherenkov angle on a step: at its first energy and the largest index."""
    ratio = steps.mass_mev[s] / (steps.start_energy_mev[s] + steps.mass_mev[s])
    return 1.0 - 1.0 / ((1.0 - ratio * ratio) * optics.index_max**2)


@device
def born(steps, s, event, photon, bound, optics, seed):  # type: ignore[no-untyped-def]
    """One trial photon of step `s`.

    The wavelength is drawn from efficiency / wavelength^2 and the place evenly along the step; the trial makes a photon
    with the ratio of its own sin^2 theta, at the energy and direction there, to the bound.

    Returns:
        Whether it makes a photon; then its point in cm, its direction, the direction of the particle (not of length
        one), its place on the grid of wavelengths, and its time in ns.
    """
    u0, u1, u2, u3 = uniform4(event, steps.number[s], photon, 0, seed)
    wavelength = interpolate(optics.wavelength_nm, u1 * (len(optics.wavelength_nm) - 1))
    place = wavelength - optics.first_nm
    index = interpolate(optics.phase_index, place)
    energy = steps.start_energy_mev[s] + u0 * (steps.end_energy_mev[s] - steps.start_energy_mev[s])
    ratio = steps.mass_mev[s] / (energy + steps.mass_mev[s])
    cos2 = 1.0 / ((1.0 - ratio * ratio) * index * index)
    nothing = (0.0, 0.0, 0.0)
    if 1.0 - cos2 <= u2 * bound:
        return False, nothing, nothing, nothing, place, 0.0
    point = _between(steps.start_cm, steps.end_cm, s, u0)
    axis = _between(steps.start_direction, steps.end_direction, s, u0)
    direction = on_cone(axis[0], axis[1], axis[2], math.sqrt(cos2), u3)
    time = steps.start_time_ns[s] + u0 * (steps.end_time_ns[s] - steps.start_time_ns[s])
    return True, point, direction, axis, place, time


@device
def interpolate(table, place):  # type: ignore[no-untyped-def]
    """Value of a table of unit steps at a place on it."""
    i = min(int(place), len(table) - 2)
    return table[i] + (place - i) * (table[i + 1] - table[i])


@device
def _between(first, last, s, share):  # type: ignore[no-untyped-def]
    return (
        first[s, 0] + share * (last[s, 0] - first[s, 0]),
        first[s, 1] + share * (last[s, 1] - first[s, 1]),
        first[s, 2] + share * (last[s, 2] - first[s, 2]),
    )
