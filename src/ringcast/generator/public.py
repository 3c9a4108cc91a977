"""Weights of CRinGe's public IWCD network (`CRinGe_Gaus`), by their own names."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from ringcast.errors import FileError
from ringcast.generator.checkpoint import require_fit
from ringcast.generator.config import generator_config
from ringcast.generator.network import RingNetwork
from ringcast.geometry import Detector, load_detector

__all__ = ["load_public", "public_state"]

_PREFIXES = {
    "_mlp_pid.": "encoder.branches.particle.",
    "_mlp_pos.": "encoder.branches.position.",
    "_mlp_dir.": "encoder.branches.direction.",
    "_mlp_E.": "encoder.branches.energy.",
    "_mlp.": "encoder.trunk.",
    "_upconvs.": "decoder.",
}
"""CRinGe's names, from its public code (cvilelahep/CRinGe), and ours; the numbers behind them are the same."""


def load_public(source: Path | str | Mapping[str, Tensor], *, detector: Detector | None = None) -> RingNetwork:
    """CRinGe's IWCD network with weights from a ``.cnn`` file or a state dict; charges on the whole real line.

    A file is read without running code from it.

    Args:
        source: The file, or the state dict.
        detector: A tank with a barrel of 88 x 168; `iwcd-grid` unless given.

    Raises:
        FileError: The file is missing, holds more than tensors, or lacks or has other weights than the network.
    """
    state = dict(source) if isinstance(source, Mapping) else _read(Path(source))
    where = "the state dict" if isinstance(source, Mapping) else str(source)
    if any(key.startswith("_upconvs_barrel.") for key in state):
        raise FileError(f"{where} is of CRinGe's three-surface Super-K network; only its IWCD network can be read")
    detector = detector or load_detector("iwcd-grid")
    network = RingNetwork(generator_config("slide", detector, support="real"), detector)
    require_fit(public_state(network), state, where=where)
    network.load_state_dict({_ours(key): value for key, value in state.items()})
    return network.eval().requires_grad_(False)


def public_state(network: RingNetwork) -> dict[str, Tensor]:
    """The weights of a network under CRinGe's names, which its code can load if the layers are the slide's."""
    own = network.state_dict()
    return {
        theirs + key[len(ours) :]: own[key] for theirs, ours in _PREFIXES.items() for key in own if key.startswith(ours)
    }


def _ours(key: str) -> str:
    return next(ours + key[len(theirs) :] for theirs, ours in _PREFIXES.items() if key.startswith(theirs))


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise FileError(f"no file {path}; expected CRinGe weights (.cnn)")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as reason:
        first = str(reason).strip().splitlines()[0] if str(reason).strip() else type(reason).__name__
        raise FileError(f"{path} cannot be read as plain weights: {first:.120}; save its state_dict alone") from None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise FileError(f"{path} holds {type(state).__name__}, expected a state dict of tensors")
    return state
