"""A detector as a TOML file of its own with its table of sensors beside it, which `load_detector` reads back."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from ringcast.errors import ArgumentError, FileError
from ringcast.geometry.detector import Detector

__all__ = ["save_detector"]


def save_detector(detector: Detector, folder: Path | str) -> Path:
    """Write a detector; files of the same sensors are replaced, others never, as the name tells them apart.

    Args:
        detector: Any with sensors of one size.
        folder: It is made if it is missing.

    Returns:
        The TOML file.

    Raises:
        ArgumentError: The sensors' faces differ in size.
        FileError: The disk refuses.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("wcte")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     again = load_detector(save_detector(tank, folder))
        >>> again.fingerprint == tank.fingerprint, again.radius_cm == tank.radius_cm
        (True, True)
    """
    radius = sorted(set(detector.pmt_radius_cm.tolist()))
    if len(radius) != 1:
        raise ArgumentError(f"detector {detector.name} has faces of {len(radius)} sizes; a TOML file takes one")
    folder, stem = Path(folder), f"tank-{detector.fingerprint}"
    columns = {
        "position": detector.position_cm,
        "orientation": detector.normal,
        "cyl_location": detector.surface,
        "row": detector.row,
        "column": detector.column,
    }
    dead = [] if detector.alive is None else (~detector.alive).nonzero().flatten().tolist()
    text = (
        f"name = {_quoted(detector.name)}\ndescription = {_quoted(detector.description)}\n"
        f"pmt_type = {_quoted(detector.pmt_type)}\npmt_radius_cm = {radius[0]!r}\ndead = {dead}\n\n"
        f'[table]\nfile = "{stem}.npz"\n'
        f"radius_cm = {detector.radius_cm!r}\nhalf_height_cm = {detector.half_height_cm!r}\n"
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{os.getpid()}.{stem}.npz"
        arrays: dict[str, Any] = {name: column.numpy() for name, column in columns.items()}
        np.savez_compressed(beside, **arrays)
        os.replace(beside, folder / f"{stem}.npz")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, folder / f"{stem}.toml")
    except OSError as reason:
        raise FileError(f"{folder}: the tank cannot be written ({reason}); check the folder and the disk") from None
    return folder / f"{stem}.toml"


def _quoted(text: str) -> str:
    """A TOML string of one line."""
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
