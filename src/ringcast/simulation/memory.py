"""How many events at once and how many workers fit into memory.

Light does not pile up: photons are followed block by block. What grows is the steps of all particles of the events that
Geant4 moves in one call, in proportion to their energy.
"""

from typing import NamedTuple

import numpy as np
from pydantic import ByteSize, TypeAdapter, ValidationError

from ringcast.errors import ArgumentError
from ringcast.events import Primaries
from ringcast.simulation.plan import SimulationPlan

__all__ = ["Staff", "fit_memory", "largest_event_mev", "read_size_mb"]

_PROCESS_MB = 450.0
"""Memory of a process with Geant4, the compiled kernels and any of the detectors: 435 to 441 MB resident, measured with
`super-k`, `hyper-k` and `iwcd`. The process that writes the file takes no more."""
_MB_PER_GEV = 3.0
"""What an event adds while it is simulated: 2.7 MB for each GeV of an electron, measured from 0.1 to 100 GeV in
`super-k` (muons of 1 and 10 GeV 0.6 to 0.7)."""
_BATCH = 100
_USUAL_MB = 500.0
"""Memory for the events of a batch where nothing is asked: 100 events of 1.7 GeV."""
_FEW = 10
"""Batches smaller than this cost time, so that fewer workers are better."""


class Staff(NamedTuple):
    """How the work is shared out."""

    workers: int
    batch: int
    """Events simulated at once."""


def fit_memory(energy_mev: float, workers: int, memory_mb: float | None = None) -> Staff:
    """Events at once and workers that keep to a bound.

    Args:
        energy_mev: Most that an event starts with.
        workers: As many as are wanted.
        memory_mb: Bound for all processes together; without one a batch takes half a gigabyte at most, if it is of more
            than one event.

    Raises:
        ArgumentError: One worker with one event at a time takes more.

    Example:
        >>> fit_memory(1000.0, 2), fit_memory(1000.0, 2, 1500.0), fit_memory(1000.0, 8, 1500.0), fit_memory(1e5, 2)
        (Staff(workers=2, batch=100), Staff(workers=2, batch=25), Staff(workers=2, batch=25), Staff(workers=2, batch=1))
    """
    event_mb = _MB_PER_GEV * energy_mev / 1000
    if memory_mb is None:
        return Staff(workers, max(1, min(_BATCH, int(_USUAL_MB / event_mb))))
    for n in range(workers, 0, -1):
        batch = min(_BATCH, int(((memory_mb - _PROCESS_MB) / n - _PROCESS_MB) / event_mb))
        if batch >= (_FEW if n > 1 else 1):
            return Staff(n, batch)
    least_mb = int(np.ceil(2 * _PROCESS_MB + event_mb))
    raise ArgumentError(
        f"memory is {memory_mb:.0f} MB, but one worker with one event of {energy_mev:g} MeV at a time and the process"
        f" that writes the file take {least_mb} MB; give that much, or simulate lower energies"
    )


def largest_event_mev(plan: SimulationPlan, primaries: Primaries | None = None) -> float:
    """Most kinetic energy that the primaries of an event have together."""
    if primaries is None:
        return plan.energy_mev[1]
    sums = np.add.reduceat(primaries.particles.energy_mev.double().numpy(), primaries.start[:-1].numpy())
    return float(sums.max())


def read_size_mb(text: str) -> float:
    """Megabytes of a size such as 4GB.

    Raises:
        ArgumentError: It is no size.

    Example:
        >>> read_size_mb("4GB"), read_size_mb("512 MiB")
        (4000.0, 536.870912)
    """
    try:
        return TypeAdapter(ByteSize).validate_python(text) / 1e6
    except ValidationError:
        raise ArgumentError(f"memory is {text!r}; expected a number with a unit, such as 4GB or 800MB") from None
