"""Charged steps and the light they can emit."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import Optics
from ringcast.simulation.tracks import event_generator

__all__ = ["Steps", "mean_photons", "select_steps", "trial_photons"]

_COUNT = 1  # purpose of the random numbers, beside those of the other modules


class Steps(NamedTuple):
    """Straight pieces of charged tracks; start and end, one row a step, in the order of emission."""

    event: NDArray[np.int64]
    """Row of the primary in the batch."""
    number: NDArray[np.int64]
    """Number of the step within its event."""
    start_cm: NDArray[np.float64]
    end_cm: NDArray[np.float64]
    start_direction: NDArray[np.float64]
    """(step, 3): the light is emitted about directions that go evenly from this one to `end_direction`."""
    end_direction: NDArray[np.float64]
    start_energy_mev: NDArray[np.float64]
    end_energy_mev: NDArray[np.float64]
    start_time_ns: NDArray[np.float64]
    end_time_ns: NDArray[np.float64]
    length_cm: NDArray[np.float64]
    """True path length; the chord is shorter where the particle scatters."""
    mass_mev: NDArray[np.float64]


def select_steps(steps: Steps, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Steps:
    """Only the steps where `keep` is true, or those of these rows, with their numbers."""
    return Steps(**{name: column[keep] for name, column in steps._asdict().items()})


def mean_photons(steps: Steps, optics: Optics) -> NDArray[np.float64]:
    """Upper bound of the mean number of detectable photons of each step.

    Frank-Tamm at the step's first energy and the largest index; the kernel then accepts each photon with the ratio
    of its own sin^2 theta to that bound, so the accepted number follows the exact mean.

    Example:
        >>> import numpy as np
        >>> from ringcast.simulation.optics import load_optics
        >>> one, zero = np.ones((1, 3)), np.zeros(1)
        >>> steps = Steps(zero, zero, one, one, one, one, np.array([100.0]), zero, zero, zero, np.ones(1), zero + 0.511)
        >>> bool(20 < mean_photons(steps, load_optics("PMT20inch"))[0] < 60)
        True
    """
    ratio = steps.mass_mev / (steps.start_energy_mev + steps.mass_mev)
    beta2 = np.maximum(1.0 - ratio**2, 1e-12)
    sin2 = np.maximum(1.0 - 1.0 / (beta2 * optics.index_max**2), 0.0)
    return optics.yield_per_cm * steps.length_cm * sin2


def trial_photons(
    mean: NDArray[np.float64], row: NDArray[np.int64], events: NDArray[np.int64], *, seed: int
) -> NDArray[np.int64]:
    """Poisson numbers of trial photons, those of each event from its own generator.

    Args:
        mean: Of each step, from `mean_photons`.
        row: Row in the batch of the event of each step, which rises.
        events: Event number of each row; with the seed it keys the random numbers.
        seed: The plan's seed.

    Example:
        >>> trial_photons(np.array([0.0, 1e6]), np.array([0, 1]), np.array([7, 8]), seed=1).round(-4).tolist()
        [0, 1000000]
    """
    edges = np.searchsorted(row, np.arange(len(events) + 1))
    drawn = [
        event_generator(seed, int(event), _COUNT).poisson(mean[a:b])
        for event, a, b in zip(events, edges[:-1], edges[1:], strict=True)
    ]
    return np.concatenate(drawn)
