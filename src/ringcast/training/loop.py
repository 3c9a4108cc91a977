"""The training loop: minimise the mean negative log-likelihood over the weights."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from ringcast.errors import ConfigError, FileError
from ringcast.generator import RingNetwork, generator_config, save
from ringcast.geometry.symmetry import BarrelSymmetry, barrel_symmetry
from ringcast.training.config import TrainingConfig
from ringcast.training.events import Split, TrainingEvents, batches, moved, split, trained_domain
from ringcast.training.record import RecordRow, TrainingRecord, append_row, read_rows, write_rows
from ringcast.training.schedule import fraction_done, learning_rate
from ringcast.training.state import RunState, new_state, restore, store

__all__ = ["RECORD", "STATE", "WEIGHTS", "Watch", "mean_nll", "train"]

RECORD, STATE, WEIGHTS = "record.jsonl", "resume.pt", "model.safetensors"
"""Files in the output folder: one line an interval, the state to go on from, the weights with the best validation."""
_SYMMETRY_STREAM = 1 << 62
"""Keeps the random numbers of symmetries apart from those of the order of events."""
_log = logging.getLogger(__name__)


class Watch(Protocol):
    """Something that is told how a run goes."""

    def __call__(self, fraction: float, row: RecordRow | None, /) -> None:
        """Called after every step with the share of the budget used, and with a row at the end of an interval."""
        ...


def train(
    config: TrainingConfig,
    events: TrainingEvents,
    *,
    resume: bool = False,
    watch: Watch | None = None,
    stop: Callable[[], bool] | None = None,
) -> TrainingRecord:
    """Train a network and leave weights, record and resumable state in the recipe's output folder.

    Every random choice follows from the seed and the number of the step, so an interrupted and resumed run is the same
    as an uninterrupted one; with a limit in minutes the learning rate follows the clock, and only then it is not.

    Args:
        config: The recipe.
        events: What to learn from; see `read_training_events`.
        resume: Go on with the run in the output folder, or else refuse to overwrite one.
        watch: Told of every step.
        stop: Asked before every step whether to save the state and return.

    Raises:
        ConfigError: The network does not fit the detector, or the output folder holds a run of another recipe.
        FileError: A file of the run cannot be read or written.
    """
    setup = _setup(config, events)
    state = new_state(config, _new_network(setup))
    _open_folder(setup, state, resume=resume)
    status = _run(setup, state, watch or _ignore, stop or _never)
    return TrainingRecord(rows=read_rows(config.output / RECORD), status=status, output=config.output)


def mean_nll(network: RingNetwork, events: TrainingEvents, numbers: Tensor, *, batch_size: int = 100) -> float:
    """Mean negative log-likelihood per sensor of some events, in float32 and with the network in prediction mode."""
    training = network.training
    network.eval()
    total = 0.0
    with torch.no_grad():
        for part in torch.split(numbers, batch_size):
            prediction = network(events.tracks[part])
            total -= float(prediction.log_prob(events.hits[part]).double().sum()) / len(prediction.pmt)
    network.train(training)
    return total / len(numbers)


@dataclass(frozen=True, kw_only=True)
class _Setup:
    """What stays the same during a run."""

    config: TrainingConfig
    events: TrainingEvents
    split: Split
    symmetry: BarrelSymmetry | None
    device: torch.device

    @property
    def steps_per_epoch(self) -> int:
        return max(1, len(self.split.train) // self.config.optimiser.batch_size)

    def fraction(self, state: RunState) -> float:
        return fraction_done(
            self.config.budget, step=state.step, elapsed_s=state.elapsed_s, steps_per_epoch=self.steps_per_epoch
        )


def _setup(config: TrainingConfig, events: TrainingEvents) -> _Setup:
    data = config.data
    if data.symmetries and config.network.get("surface", "barrel") != "barrel":
        raise ConfigError("data.symmetries is true, but only the barrel has symmetries; set it to false")
    wanted = config.device
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    return _Setup(
        config=config,
        events=events,
        split=split(len(events), fraction=data.validation_fraction, most=data.max_validation_events, seed=config.seed),
        symmetry=barrel_symmetry(events.detector) if data.symmetries else None,
        device=torch.device(wanted),
    )


def _new_network(setup: _Setup) -> RingNetwork:
    """A network whose first weights follow from the seed; the global generator is left as it was."""
    choices = {key: value for key, value in setup.config.network.items() if key != "preset"}
    tracks = setup.events.tracks[setup.split.train]
    domain = trained_domain(tracks)
    detector = setup.events.detector
    config = generator_config(setup.config.network["preset"], detector, **choices, domain=domain)
    with torch.random.fork_rng():
        torch.manual_seed(setup.config.seed)
        network = RingNetwork(config, detector)
    network.encoder.calibrate(network.units.features(tracks))
    return network.to(setup.device)


def _open_folder(setup: _Setup, state: RunState, *, resume: bool) -> None:
    """Make the output folder, or take up the run in it."""
    output = setup.config.output
    if resume:
        restore(state, output / STATE, setup.config)
        write_rows(output / RECORD, [row for row in read_rows(output / RECORD) if row.step <= state.step])
        return
    if (output / STATE).exists():
        raise ConfigError(f"{output} already holds a run; resume it with --resume, or choose another output")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise FileError(f"output {output} cannot be made: {reason.strerror}; choose another folder") from None
    write_rows(output / RECORD, [])


def _run(setup: _Setup, state: RunState, watch: Watch, stop: Callable[[], bool]) -> Literal["finished", "interrupted"]:
    config = setup.config
    feed = batches(setup.split.train, config.optimiser.batch_size, seed=config.seed, first=state.step)
    clock = time.monotonic()
    while (fraction := setup.fraction(state)) < 1:
        if stop():
            store(state, config.output / STATE, config)
            return "interrupted"
        _step(setup, state, next(feed), learning_rate(config.optimiser, step=state.step, fraction=fraction))
        clock = _tick(state, clock, in_steps=True)
        row = None
        if state.step % config.interval_steps == 0 or setup.fraction(state) >= 1:
            row = _close_interval(setup, state, clock)
            clock = _tick(state, clock, in_steps=False)
        watch(setup.fraction(state), row)
    return "finished"


def _tick(state: RunState, clock: float, *, in_steps: bool) -> float:
    """Book the time since `clock`, and give the present."""
    now = time.monotonic()
    state.elapsed_s += now - clock
    if in_steps:
        state.interval_s += now - clock
    return now


def _step(setup: _Setup, state: RunState, numbers: Tensor, rate: float) -> None:
    """One batch: forward, backward, and a change of the weights unless the gradient is not finite."""
    config = setup.config
    track, hits = setup.events.tracks[numbers], setup.events.hits[numbers]
    if setup.symmetry is not None:
        generator = torch.Generator().manual_seed(_SYMMETRY_STREAM + (config.seed << 32) + state.step)
        track, hits = moved(track, hits, setup.symmetry, generator=generator)
    narrow = config.optimiser.precision == "bfloat16"
    with torch.autocast(setup.device.type, torch.bfloat16, enabled=narrow):
        prediction = state.network(track)
    loss = -prediction.log_prob(hits).mean() / len(prediction.pmt)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(state.network.parameters(), config.optimiser.clip_norm)
    if bool(torch.isfinite(norm)):
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        state.optimiser.step()
        state.interval_nll += float(loss.detach())
        state.interval_count += 1
    else:
        _log.warning("step %d left out: its gradient is not finite", state.step)
    state.optimiser.zero_grad()
    state.step += 1


def _close_interval(setup: _Setup, state: RunState, clock: float) -> RecordRow:
    """Validate, record, keep the weights if they are the best, and save the state."""
    config = setup.config
    if state.interval_count == 0:
        raise ConfigError(
            f"training diverged before step {state.step}: no gradient was finite; lower optimiser.learning_rate"
        )
    events = state.interval_count * min(config.optimiser.batch_size, len(setup.split.train))
    row = RecordRow(
        step=state.step,
        epoch=state.step / setup.steps_per_epoch,
        learning_rate=state.optimiser.param_groups[0]["lr"],
        train_nll=state.interval_nll / state.interval_count,
        validation_nll=mean_nll(state.network, setup.events, setup.split.validation),
        events_per_s=events / max(state.interval_s, 1e-9),
        elapsed_s=state.elapsed_s + time.monotonic() - clock,
    )
    append_row(config.output / RECORD, row)
    state.interval_nll, state.interval_count, state.interval_s = 0.0, 0, 0.0
    if row.validation_nll < state.best_nll:
        state.best_nll = row.validation_nll
        rows = [asdict(kept) for kept in read_rows(config.output / RECORD)]
        summary = {"recipe": config.model_dump(mode="json"), "row": asdict(row), "rows": rows}
        save(state.network, config.output / WEIGHTS, training=summary)
    store(state, config.output / STATE, config)
    return row


def _ignore(fraction: float, row: RecordRow | None) -> None:
    pass


def _never() -> bool:
    return False
