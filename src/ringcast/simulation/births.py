"""Light at its birth: what particles shine in endless water, before water, wall and sensors have changed it."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.events import Track, particle_type
from ringcast.simulation.cherenkov import mean_photons, select_steps, trial_photons
from ringcast.simulation.emission import Births, emit
from ringcast.simulation.engine_data import engine_data_folder
from ringcast.simulation.geant4 import Engine, require_engine
from ringcast.simulation.optics import window_optics
from ringcast.simulation.workers import batch_name, batches_of, work_through

__all__ = ["BirthPlan", "follow_births", "look_at_births"]

_BATCH = 50

Seen = TypeVar("Seen")
Look = Callable[[Births, NDArray[np.int64], int], Seen]
"""Turns the births of a batch, the event row of each and the number of events into what is kept of them."""


@dataclass(frozen=True)
class BirthPlan:
    """Events that start at the origin along z; all photons of a window of wavelengths, or one in some.

    Decay products of the primary do not count.

    Raises:
        ArgumentError: The particle is unknown, or a number is not positive.

    Example:
        >>> BirthPlan("mu-", 500.0, 10).configuration["window_nm"]
        (300.0, 600.0)
    """

    particle: str
    energy_mev: float
    """Kinetic energy."""
    n_events: int
    window_nm: tuple[float, float] = (300.0, 600.0)
    index: float | None = None
    """Refractive index at all wavelengths; None takes WCSim's."""
    one_in: int = 1
    """One photon in so many is made."""
    seed: int = 1

    def __post_init__(self) -> None:
        particle_type(self.particle)
        for name in ("energy_mev", "n_events", "one_in"):
            if not getattr(self, name) > 0:
                raise ArgumentError(f"{name} is {getattr(self, name)}; expected a positive number")

    @property
    def configuration(self) -> dict[str, Any]:
        """All fields by name."""
        return dict(vars(self))


def look_at_births(plan: BirthPlan, look: Look[Seen], *, workers: int = 1) -> Iterator[Seen]:
    """Make the light of a plan in worker processes, and yield what `look` keeps of each batch, in any order.

    Args:
        plan: Which events; they depend on the plan alone.
        look: It must be possible to pickle.
        workers: Worker processes.

    Raises:
        EngineError: Geant4 is missing, or a batch ended its worker process three times.
    """
    require_engine()
    pieces = batches_of([range(plan.n_events)], _BATCH)
    with tempfile.TemporaryDirectory(prefix="ringcast-geant4-") as scratch:
        start = partial(_start, plan, engine_data_folder(Path(scratch)), look)
        yield from work_through(pieces, start, workers=min(workers, len(pieces)), name=batch_name)


def _start(plan: BirthPlan, data_folder: Path, look: Look[Seen]) -> Callable[[range], Seen]:
    torch.set_num_threads(1)
    return partial(follow_births, Engine(data_folder, seed=plan.seed), plan, look)


def follow_births(engine: Engine, plan: BirthPlan, look: Look[Seen], numbers: range) -> Seen:
    """What `look` keeps of the births of some events of a plan.

    Args:
        engine: Geant4, with the plan's seed.
        plan: Which events.
        look: What becomes of the births.
        numbers: Numbers of the events, at most 200.
    """
    events = np.array(numbers, dtype=np.int64)
    tracks = Track([plan.particle] * len(events), plan.energy_mev, (0, 0, 0), (0, 0, 1))
    steps, emitter, emitters = engine.run(tracks, events)
    row = emitters.start[steps.event].numpy() + emitter - 1
    steps = select_steps(steps, emitters.parent.numpy()[row] == 0)
    optics = window_optics(*plan.window_nm, index=plan.index)
    optics = optics._replace(yield_per_cm=optics.yield_per_cm / plan.one_in)
    trials = trial_photons(mean_photons(steps, optics), steps.event, events, seed=plan.seed)
    births = emit(steps, trials, events, optics, seed=plan.seed)
    return look(births, steps.event[births.step], len(events))
