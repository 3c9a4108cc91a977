"""The whole chain from a plan to hits, batch by batch, over worker processes."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ringcast.events import Emitters, Hits, Photoelectrons, Primaries, Track
from ringcast.geometry import Detector, load_detector
from ringcast.simulation.cherenkov import Steps, mean_photons, select_steps, trial_photons
from ringcast.simulation.cluster import work_on_cluster
from ringcast.simulation.engine_data import engine_data_folder
from ringcast.simulation.geant4 import Engine, require_engine
from ringcast.simulation.interactions import Interactions, load_interactions
from ringcast.simulation.memory import fit_memory, largest_event_mev
from ringcast.simulation.optics import Optics, SensorResponse, expose_cm, load_optics, load_sensor
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.primaries import require_primaries
from ringcast.simulation.readout import Light, Reading, read_out
from ringcast.simulation.tracks import draw_tracks, require_room
from ringcast.simulation.transport import Photoelectrons as Seen
from ringcast.simulation.transport import transport
from ringcast.simulation.wall import Wall, build_wall
from ringcast.simulation.workers import batch_name, batches_of, work_through
from ringcast.units import C_CM_PER_NS

__all__ = ["Batch", "Chain", "require_device", "simulate"]

_SLOWEST_INDEX, _MARGIN_NS = 1.45, 100.0

Device = Literal["cpu", "cuda"]


class Batch(NamedTuple):
    """Simulated events of one batch."""

    first_event: int
    """Number of the first event; the others follow."""
    tracks: Track
    hits: Hits
    trigger_ns: NDArray[np.float64] | None = None
    """Trigger time of each event, NaN where nothing triggered; None if the plan has no trigger."""
    photoelectrons: Photoelectrons | None = None
    """What the electronics were given, by time within an event; None unless the plan asks for it."""
    primaries: Primaries | None = None
    """All particles that the events start with; None if it is one each, which `tracks` then holds."""


@dataclass(frozen=True)
class Chain:
    """Everything one process needs to simulate batches of a plan."""

    plan: SimulationPlan
    detector: Detector
    engine: Engine
    optics: Optics
    wall: Wall
    response: SensorResponse
    interactions: Interactions
    primaries: Primaries | None = None
    """What the user gave in place of drawn primaries, all events of the plan."""
    device: Device = "cpu"
    """What follows photons."""

    @staticmethod
    def start(
        plan: SimulationPlan, data_folder: Path, primaries: Primaries | None = None, *, device: Device = "cpu"
    ) -> "Chain":
        """Load the detector and tables and start Geant4."""
        detector = load_detector(plan.detector, dead=plan.dead)
        optics, interactions = load_interactions(
            load_optics(detector.pmt_type, plan.water),
            water=plan.water,
            scattering=plan.scattering,
            reflection=plan.reflection,
            angular_acceptance=plan.angular_acceptance,
        )
        return Chain(
            plan,
            detector,
            Engine(data_folder, seed=plan.seed, muon_capture=plan.muon_capture, energy_loss=plan.energy_loss),
            optics,
            build_wall(detector, expose_cm(detector.pmt_type) if plan.pmt_shape == "cap" else 0.0),
            load_sensor(detector.pmt_type),
            interactions,
            primaries,
            device,
        )

    @cached_property
    def _carry(self) -> Callable[[Steps, NDArray[np.int64], NDArray[np.int64]], Seen]:
        """Photoelectrons from steps, their trial photons and event numbers; a GPU is given the tables once."""
        optics, wall, interactions, seed = self.optics, self.wall, self.interactions, self.plan.seed
        if self.device == "cpu":
            return partial(transport, optics=optics, wall=wall, interactions=interactions, seed=seed)
        from ringcast.simulation.gpu import to_gpu, transport_on_gpu

        optics, wall, interactions = to_gpu(optics), to_gpu(wall), to_gpu(interactions)
        return partial(transport_on_gpu, optics=optics, wall=wall, interactions=interactions, seed=seed)

    def run(self, numbers: range) -> Batch:
        """Simulate successive events; each depends on the plan and its own number alone."""
        plan, events = self.plan, np.array(numbers, dtype=np.int64)
        if self.primaries is None:
            primaries = Primaries.of(draw_tracks(plan, self.detector, events))
        else:
            primaries = self.primaries[numbers.start : numbers.stop]
        of = primaries.event.numpy()
        steps, emitter, emitters = self.engine.run(primaries.particles, events[of], of)
        mean = mean_photons(steps, self.optics)
        bright = mean > 0
        steps, mean, emitter = select_steps(steps, bright), mean[bright], emitter[bright]
        photons = trial_photons(mean, steps.event, events, seed=plan.seed)
        seen = self._carry(steps, photons, events)
        row, birth = steps.event[seen.step], _first_births_ns(primaries)
        readings = self._respond(events, row, Light(seen.sensor, seen.time_ns - birth[row], emitter[seen.step]))
        return self._collect(numbers.start, primaries, readings, emitters)

    def _respond(self, events: np.ndarray, row: np.ndarray, light: Light) -> list[Reading]:
        """Hits of each event from photoelectrons at times since the birth of its first primary."""
        edges = np.searchsorted(row, np.arange(len(events) + 1))
        alive = np.ones(len(self.detector), bool) if self.detector.alive is None else self.detector.alive.numpy()
        return [
            read_out(
                light.pick(slice(a, b)),
                self.response,
                self.plan,
                alive=alive,
                event=int(event),
                window_ns=_crossing_ns(self.detector) + _MARGIN_NS,
            )
            for event, a, b in zip(events, edges[:-1], edges[1:], strict=True)
        ]

    def _collect(self, number: int, primaries: Primaries, readings: list[Reading], emitters: Emitters) -> Batch:
        """One batch of all events; times since birth or trigger become times on the clock of the birth times."""
        birth, n_pmt = _first_births_ns(primaries), len(self.detector)
        pmt, charge, when = _joined([reading.digits for reading in readings])
        counts = [len(reading.digits.sensor) for reading in readings]
        trigger = None
        if self.plan.trigger:  # times are since the trigger
            trigger = np.array([reading.trigger_ns for reading in readings]) + birth
        else:
            when = when + np.repeat(birth, counts)
        hits = Hits.of(pmt, charge, when, _start(counts), n_pmt)
        listed = primaries if self.primaries is not None and self.primaries.several else None
        if not self.plan.photoelectrons:
            return Batch(number, primaries.leading, hits, trigger, primaries=listed)
        lights = [reading.light.pick(np.argsort(reading.light.time_ns, kind="stable")) for reading in readings]
        counts = [len(light.sensor) for light in lights]
        sensor, time, emitter = _joined(lights)
        time = time + np.repeat(birth, counts)
        light = Photoelectrons.of(sensor, time, emitter, _start(counts), n_pmt, emitters)
        return Batch(number, primaries.leading, hits, trigger, light, listed)


def _first_births_ns(primaries: Primaries) -> NDArray[np.float64]:
    """When the first primary of each event is born."""
    return np.minimum.reduceat(primaries.particles.time_ns.double().numpy(), primaries.start[:-1].numpy())


def _joined(rows: Sequence[tuple[np.ndarray, ...]]) -> list[np.ndarray]:
    """Columns of all events one after another."""
    return [np.concatenate(column) for column in zip(*rows, strict=True)]


def _start(counts: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(counts)])


def _crossing_ns(detector: Detector) -> float:
    diagonal = 2 * float(np.hypot(detector.radius_cm, detector.half_height_cm))
    return diagonal * _SLOWEST_INDEX / C_CM_PER_NS


def simulate(
    plan: SimulationPlan,
    *,
    todo: Sequence[range] | None = None,
    batch: int | None = None,
    workers: int = 0,
    scheduler: str | None = None,
    primaries: Primaries | None = None,
    device: Device = "cpu",
) -> Iterator[Batch]:
    """Simulate events of a plan in worker processes and yield each batch as it is done, in any order.

    A worker that dies is replaced and its batch done again, to the same events.

    Args:
        plan: What to simulate.
        todo: Numbers of the events to do; all if not given.
        batch: Events simulated at once; it changes memory and progress, not the events. By default as `fit_memory`
            says, or fewer if some workers had nothing to do otherwise.
        workers: Worker processes; 0 takes one for each core.
        scheduler: Address of a Dask scheduler whose workers do the work, or `local` for a Dask cluster on this machine,
            in place of processes of our own.
        primaries: Those of each event in place of drawn ones, if the plan names them by their digest.
        device: What follows photons in each worker; on a GPU times may differ in their last digits.

    Raises:
        ArgumentError: The plan does not fit the detector or the primaries, or there is no such device.
        EngineError: Geant4 is missing, or a batch ended its worker process three times.
    """
    todo = [range(plan.n_events)] if todo is None else todo
    n, n_events = workers or os.cpu_count() or 1, sum(map(len, todo))
    most = batch or fit_memory(largest_event_mev(plan, primaries), n).batch
    pieces = batches_of(todo, max(1, min(most, -(-n_events // n))))
    if not pieces:
        return
    require_engine()
    if scheduler is None:
        require_device(device)
    require_primaries(plan, primaries)
    require_room(plan, load_detector(plan.detector, dead=plan.dead))  # refuse a bad plan before any worker starts
    start: Callable[[], Callable[[range], Batch]]
    if scheduler is not None:
        start = partial(_start_on_cluster, plan, primaries, device)
        yield from work_on_cluster(pieces, start, address=scheduler, workers=min(n, len(pieces)), name=batch_name)
        return
    with tempfile.TemporaryDirectory(prefix="ringcast-geant4-") as scratch:
        start = partial(_start_chain, plan, engine_data_folder(Path(scratch)), primaries, device)
        yield from work_through(pieces, start, workers=min(n, len(pieces)), name=batch_name)


def require_device(device: Device) -> None:
    """Refuse a device that photons cannot be followed on here.

    Raises:
        ArgumentError: The device is "cuda", and numba-cuda, a GPU, its driver or the CUDA libraries are missing.
    """
    if device == "cuda":
        from ringcast.simulation.gpu import require_gpu

        require_gpu()


def _start_chain(
    plan: SimulationPlan, data_folder: Path, primaries: Primaries | None, device: Device
) -> Callable[[range], Batch]:
    """Set a worker process up, which has one core for itself."""
    torch.set_num_threads(1)
    return Chain.start(plan, data_folder, primaries, device=device).run


def _start_on_cluster(plan: SimulationPlan, primaries: Primaries | None, device: Device) -> Callable[[range], Batch]:
    """Set a process of a cluster up, with a data folder of its own, which goes when the process ends."""
    torch.set_num_threads(1)
    scratch = tempfile.mkdtemp(prefix="ringcast-geant4-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return Chain.start(plan, engine_data_folder(Path(scratch)), primaries, device=device).run
