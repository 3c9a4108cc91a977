"""Fit files: plain named arrays, one entry an event, with what made them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ringcast import __version__
from ringcast.errors import ArgumentError, FileError
from ringcast.geometry import Detector
from ringcast.storage.room import file_with_room
from ringcast.storage.write import as_json, replacing

__all__ = ["FitFile", "read_fits", "write_fits"]

_FORMAT = "ringcast-fits"
_VERSION = 1


@dataclass(frozen=True)
class FitFile:
    """All that a fit file holds."""

    arrays: dict[str, np.ndarray]
    """By name; a slash in the name is a group in the file. The first axis is the event."""
    hypotheses: tuple[str, ...]
    """Particles of the second axis of fitted arrays."""
    detector_name: str
    detector_fingerprint: str
    metadata: dict[str, Any]
    """What was fitted with what."""
    path: Path
    """Where it was read from."""


def write_fits(
    path: Path | str,
    arrays: Mapping[str, np.ndarray],
    *,
    hypotheses: Sequence[str],
    detector: Detector,
    metadata: Mapping[str, Any],
) -> None:
    """Write a fit file, whole or not at all.

    Args:
        path: The file; an existing one is replaced once the new one is whole.
        arrays: Numbers by name, the event on the first axis; units belong in the names.
        hypotheses: Particles of the second axis of fitted arrays.
        detector: The tank the events are of.
        metadata: Configuration; anything JSON can hold.

    Raises:
        ArgumentError: Arrays are of different numbers of events, or the metadata is not JSON.
        FileError: The folder does not exist or cannot be written to.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_fits(f"{folder}/fits.h5", {"track/energy_mev": np.ones((3, 1))}, hypotheses=["e-"],
        ...                detector=load_detector("mini"), metadata={})
        ...     read_fits(f"{folder}/fits.h5").arrays["track/energy_mev"].shape
        (3, 1)
    """
    lengths = {name: array.shape[:1] for name, array in arrays.items()}
    if len(set(lengths.values())) != 1 or () in lengths.values():
        found = ", ".join(f"{name} {length}" for name, length in lengths.items()) or "nothing"
        raise ArgumentError(f"arrays of a fit file have first axes {found}; expected one number of events")
    configuration = as_json(metadata)
    room = len(configuration.encode()) + sum(array.nbytes for array in arrays.values())
    with replacing(Path(path)) as beside, file_with_room(beside, room) as file:
        file.attrs["format"] = _FORMAT
        file.attrs["format_version"] = _VERSION
        file.attrs["ringcast_version"] = __version__
        file.attrs["configuration"] = configuration
        file.attrs["hypotheses"] = json.dumps(list(hypotheses))
        file.attrs["detector_name"] = detector.name
        file.attrs["detector_fingerprint"] = detector.fingerprint
        for name, array in sorted(arrays.items()):
            file.create_dataset(name, data=array)


def read_fits(path: Path | str) -> FitFile:
    """Read a fit file.

    Raises:
        FileError: There is no such file, or it is none that `write_fits` wrote, or it is damaged.
    """
    path = Path(path)
    if not path.is_file():
        raise FileError(f"{path}: no such file; expected one that ringcast reconstruct wrote")
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except (OSError, KeyError, RuntimeError, json.JSONDecodeError) as reason:
        raise FileError(f"{path}: cannot be read ({reason}); expected a whole file of ringcast reconstruct") from None


def _read(file: h5py.File, path: Path) -> FitFile:
    found = file.attrs.get("format", "none"), int(file.attrs.get("format_version", 0))
    if found != (_FORMAT, _VERSION):
        raise FileError(
            f"{path}: found format {found[0]} {found[1]}, expected {_FORMAT} {_VERSION};"
            " give the file that ringcast reconstruct wrote"
        )
    arrays: dict[str, np.ndarray] = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = np.asarray(item[()])

    file.visititems(keep)
    return FitFile(
        arrays=arrays,
        hypotheses=tuple(json.loads(file.attrs["hypotheses"])),
        detector_name=str(file.attrs["detector_name"]),
        detector_fingerprint=str(file.attrs["detector_fingerprint"]),
        metadata=json.loads(file.attrs["configuration"]),
        path=path,
    )
