"""The state of a run, changed by the loop, and the file from which it goes on exactly."""

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ringcast.errors import ConfigError, FileError
from ringcast.generator import RingNetwork
from ringcast.training.config import TrainingConfig

__all__ = ["RunState", "new_state", "restore", "store"]

_MAY_CHANGE = frozenset({"budget", "device", "interval_steps", "output"})
"""Parts of a recipe that a resumed run may have otherwise."""


@dataclass(kw_only=True)
class RunState:
    """What a step changes."""

    network: RingNetwork
    optimiser: torch.optim.Optimizer
    step: int = 0
    """Batches seen; the place in the order of events and of symmetries follows from it."""
    elapsed_s: float = 0.0
    best_nll: float = float("inf")
    """Best validation so far."""
    interval_nll: float = 0.0
    """Sum of the losses since the last row of the record."""
    interval_count: int = 0
    """Steps since then."""
    interval_s: float = 0.0
    """Time of those steps."""


_NUMBERS = ("step", "elapsed_s", "best_nll", "interval_nll", "interval_count", "interval_s")


def new_state(config: TrainingConfig, network: RingNetwork) -> RunState:
    """A run at its beginning."""
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=config.optimiser.learning_rate,
        weight_decay=config.optimiser.weight_decay,
        fused=True,
    )
    return RunState(network=network, optimiser=optimiser)


def store(state: RunState, path: Path, config: TrainingConfig) -> None:
    """Write the state in one step; it holds tensors, numbers and texts only."""
    values = {
        "recipe": _fixed(config),
        "network": state.network.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        **{name: getattr(state, name) for name in _NUMBERS},
    }
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with _one_sentence(path):
        torch.save(values, partial)
        os.replace(partial, path)


def restore(state: RunState, path: Path, config: TrainingConfig) -> None:
    """Put a stored state into a run at its beginning.

    Raises:
        FileError: There is no state, or it is damaged.
        ConfigError: It is of another recipe; the budget, the interval and the place may differ.
    """
    if not path.is_file():
        raise FileError(f"there is no {path} to resume; train without --resume")
    values = _read(path)
    now, then = _fixed(config), values["recipe"]
    changed = sorted(key for key in now.keys() | then.keys() if now.get(key) != then.get(key))
    if changed:
        raise ConfigError(
            f"{path} was trained with another {' and '.join(changed)}; take its recipe to resume, or another output"
        )
    state.network.load_state_dict(values["network"])
    state.optimiser.load_state_dict(values["optimiser"])
    for name in _NUMBERS:
        setattr(state, name, values[name])


def _fixed(config: TrainingConfig) -> dict[str, Any]:
    return config.model_dump(mode="json", exclude=set(_MAY_CHANGE))


def _read(path: Path) -> dict[str, Any]:
    try:
        values = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError) as reason:
        raise FileError(f"{path} is damaged ({type(reason).__name__}); remove it and train again") from None
    if not isinstance(values, dict) or not {"recipe", "network", "optimiser", *_NUMBERS} <= values.keys():
        raise FileError(f"{path} is no state of a training run; remove it and train again")
    return values


@contextmanager
def _one_sentence(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as reason:
        raise FileError(f"{path} cannot be written: {reason}; check the folder and the space") from None
