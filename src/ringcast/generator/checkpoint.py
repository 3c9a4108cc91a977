"""One file per trained network: weights as safetensors, configuration and history as JSON in its metadata."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

import ringcast
from ringcast.errors import ConfigError, FileError
from ringcast.generator.config import GeneratorConfig, checked
from ringcast.generator.network import RingNetwork
from ringcast.geometry import Detector, load_detector

__all__ = ["load", "read_card", "read_training", "require_fit", "save", "shipped"]

FORMAT = 1
"""Layout of the metadata; a reader refuses a newer one."""
_KEY = "ringcast"


def save(network: RingNetwork, path: Path | str, *, training: dict[str, Any] | None = None) -> None:
    """Write a network to one safetensors file, in one step: a reader sees the old file or the whole new one.

    Args:
        network: Its weights, configuration and detector's fingerprint are stored.
        path: Ends in ``.safetensors``.
        training: A summary of how it was trained, of values that JSON knows.

    Raises:
        FileError: The file cannot be written.
    """
    path = Path(path)
    about = {
        "format": FORMAT,
        "version": ringcast.__version__,
        "config": network.config.model_dump(mode="json"),
        "training": training or {},
    }
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(weights, partial, metadata={_KEY: json.dumps(about)})
        os.replace(partial, path)
    except OSError as reason:
        partial.unlink(missing_ok=True)
        raise FileError(
            f"{path} cannot be written: {reason.strerror or reason}; check the folder and the space"
        ) from None


def load(which: str | Path, *, detector: Detector | None = None) -> RingNetwork:
    """A trained network, ready to predict: shipped weights by name, or a file that `save` wrote.

    Args:
        which: A name of `shipped`, or a path.
        detector: Needed only for a tank that is no preset.

    Raises:
        FileError: There is no such name or file, or the file is damaged or something else.
        ConfigError: The weights are for another detector.
    """
    with _file(which) as path:
        return _load(path, detector)


@contextmanager
def _file(which: str | Path) -> Iterator[Path]:
    """The file of shipped weights, or the one that was named."""
    if str(which) in shipped():
        with as_file(files("ringcast.generator") / "weights" / f"{which}.safetensors") as path:
            yield path
        return
    if not Path(which).is_file():
        names = ", ".join(shipped()) or "none yet"
        raise FileError(f"no network {str(which)!r}: expected a file, or the name of shipped weights ({names})")
    yield Path(which)


def shipped() -> tuple[str, ...]:
    """Names of the weights that come with the package."""
    folder = files("ringcast.generator") / "weights"
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(item.name.removesuffix(".safetensors") for item in found if item.name.endswith(".safetensors")))


def read_card(name: str) -> str:
    """The model card of shipped weights: what they are, how they were trained, what they can and cannot do.

    Raises:
        FileError: There are no weights of that name.
    """
    card = files("ringcast.generator") / "weights" / f"{name}.md"
    if not card.is_file():
        raise FileError(f"no model card of {name!r}: expected one of the shipped weights ({', '.join(shipped())})")
    return card.read_text(encoding="utf-8")


def read_training(which: str | Path) -> dict[str, Any]:
    """The training summary that `save` stored: the recipe, the row of the best validation, and all rows before it.

    Args:
        which: A name of `shipped`, or a path.

    Raises:
        FileError: There is no such name or file, or the file is damaged or something else.
    """
    with _file(which) as path:
        training: dict[str, Any] = _about(path).get("training", {})
    return training


def require_fit(own: Mapping[str, Tensor], weights: Mapping[str, Tensor], *, where: str) -> None:
    """Check that weights are those that a network has, every one of them and without surplus.

    Raises:
        FileError: Names the first keys that are missing, unexpected or of another shape.
    """
    problems = {
        "missing": sorted(own.keys() - weights.keys()),
        "unexpected": sorted(weights.keys() - own.keys()),
        "of another shape": [
            f"{key} {tuple(weights[key].shape)} instead of {tuple(own[key].shape)}"
            for key in own.keys() & weights.keys()
            if weights[key].shape != own[key].shape
        ],
    }
    found = [f"{kind}: {_few(keys)}" for kind, keys in problems.items() if keys]
    if found:
        raise FileError(f"{where} does not fit the network; {'; '.join(found)}")


def _load(path: Path, detector: Detector | None) -> RingNetwork:
    about = _about(path)
    config = checked(GeneratorConfig, about.get("config", {}), where=str(path))
    network = RingNetwork(config, detector or _preset(config, path))
    try:
        with safe_open(path, framework="pt") as file:
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as reason:
        raise FileError(f"{path} is damaged: {reason}; fetch or train it again") from None
    require_fit(network.state_dict(), weights, where=str(path))
    network.load_state_dict(weights)
    return network.eval().requires_grad_(False)


def _preset(config: GeneratorConfig, path: Path) -> Detector:
    try:
        return load_detector(config.detector)
    except ConfigError:
        raise FileError(f"{path} is for detector {config.detector!r}, which is no preset; give its detector") from None


def _about(path: Path) -> dict[str, Any]:
    try:
        path.open("rb").close()  # safetensors calls a file that may not be read one that is not there
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_KEY)
    except (SafetensorError, OSError) as reason:
        raise FileError(f"{path} is no safetensors file or is damaged: {reason}; fetch or train it again") from None
    if text is None:
        raise FileError(f"{path} holds weights that are not Ringcast's; CRinGe's weights are read by load_public")
    try:
        about: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as reason:
        raise FileError(f"{path} has damaged metadata: {reason}; fetch or train it again") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise FileError(f"{path} has another format than {FORMAT}, which this version reads; update Ringcast")
    return about


def _few(keys: list[str]) -> str:
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return ", ".join(keys[:3]) + more
