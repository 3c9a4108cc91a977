"""Write tracks and hits as an event file, whole or not at all, the same bytes for the same content."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ringcast import __version__
from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Photoelectrons, Primaries, Track, particle_type
from ringcast.geometry import Detector
from ringcast.storage.columns import lay_out, room_of
from ringcast.storage.light import light_columns
from ringcast.storage.room import file_with_room
from ringcast.storage.schema import FORMAT, FORMAT_VERSION, TIME_ZERO, TRIGGER_ZERO
from ringcast.storage.several import primary_columns

__all__ = ["as_json", "replacing", "write_events"]

_ORIGIN = b"ringcast"
_PER_EVENT: dict[str, tuple[str, tuple[int, ...]]] = {
    "event_ids": ("i4", ()),
    "labels": ("i4", ()),
    "pids": ("i4", ()),
    "energies": ("f4", (1,)),
    "positions": ("f4", (1, 3)),
    "directions": ("f4", (1, 3)),
    "angles": ("f4", (2,)),
    "birth_times": ("f4", ()),
    "event_hits_index": ("i8", ()),
}
_PER_HIT = {"hit_pmt": "i4", "hit_time": "f4", "hit_charge": "f4"}


def write_events(
    path: Path | str,
    tracks: Track,
    hits: Hits,
    detector: Detector,
    *,
    metadata: Mapping[str, Any],
    first_event: int = 0,
    trigger_ns: np.ndarray | None = None,
    photoelectrons: Photoelectrons | None = None,
    primaries: Primaries | None = None,
) -> None:
    """Write an event file in the digi-hits layout of the field, with the detector inside.

    Datasets with one row an event: `event_ids`, `labels`, `pids`, `root_files`, `energies` (N, 1) total energy in MeV,
    `positions` (N, 1, 3) in cm, `directions` (N, 1, 3), `angles` (N, 2) as arccos(d_y) and atan2(d_z, d_x),
    `birth_times` in ns and `event_hits_index`. With one row a hit, contiguous: `hit_pmt` (0-based), `hit_time` in ns
    from the birth of the primary's clock and `hit_charge` in photoelectrons. The flags `fully_contained`, `veto` and
    `veto2` of the layout need every secondary's end point, which a track does not hold: they are left out.

    With trigger times two more datasets have one row an event: `trigger_index` (0, or -1 where nothing triggered) and
    `trigger_time` in ns from the birth of the primary's clock (0 where nothing triggered).

    Args:
        path: The file; an existing one is replaced once the new one is whole.
        tracks: One for each event.
        hits: Of the same events.
        detector: The tank whose rows `hits.pmt` counts.
        metadata: Configuration and seed; anything JSON can hold.
        first_event: Number of the first event, from which `event_ids` count.
        trigger_ns: Trigger time of every event, NaN where nothing triggered, if hit times are time since the
            trigger + 950 ns; None if they count from the birth of the primary's clock.
        photoelectrons: Of the same events, with their emitters; stored as `ringcast.storage.light` says.
        primaries: All particles that the events start with, if some in the whole simulation start with more than one;
            the first of each event is its track. They are stored as `ringcast.storage.several` says.

    Raises:
        ArgumentError: Tracks, hits, detector and what else is given disagree, or the metadata is not JSON.
        FileError: The folder does not exist or cannot be written to.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.storage import read_events
        >>> tank = load_detector("mini")
        >>> hits = Hits.of([4, 7], charge_pe=[1.0, 2.5], time_ns=[20, 21], start=[0, 2], n_pmt=len(tank))
        >>> track = Track("mu-", energy_mev=300, position_cm=(0, 0, 0), direction=(0, 0, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_events(f"{folder}/one.h5", track, hits, tank, metadata={"seed": 1})
        ...     read_events(f"{folder}/one.h5").hits.charge_pe
        tensor([1.0000, 2.5000])
    """
    if len(tracks) != len(hits):
        raise ArgumentError(f"write_events got {len(tracks)} tracks and hits of {len(hits)} events; expected one each")
    if hits.n_pmt != len(detector):
        raise ArgumentError(f"hits are of {hits.n_pmt} sensors, detector {detector.name} has {len(detector)}")
    columns = _event_columns(tracks, hits, first_event) | _hit_columns(hits)
    attributes = _attributes(detector, as_json(metadata))
    if trigger_ns is not None:
        columns |= _trigger_columns(trigger_ns, len(hits))
        attributes["time_zero"] = TRIGGER_ZERO
    if photoelectrons is not None:
        columns |= light_columns(photoelectrons, len(hits))
    if primaries is not None:
        columns |= primary_columns(primaries, len(hits))
    room = sum(values.nbytes for values in columns.values()) + room_of(attributes, detector)
    with replacing(Path(path)) as beside, file_with_room(beside, room) as file:
        lay_out(file, attributes, detector, {name: (values.shape, values.dtype) for name, values in columns.items()})
        for name, values in columns.items():
            file[name][...] = values


def _attributes(detector: Detector, configuration: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "ringcast_version": __version__,
        "configuration": configuration,
        "detector_name": detector.name,
        "detector_fingerprint": detector.fingerprint,
        "time_zero": TIME_ZERO,
    }


def _trigger_columns(trigger_ns: np.ndarray, n_events: int) -> dict[str, np.ndarray]:
    if trigger_ns.shape != (n_events,):
        raise ArgumentError(f"trigger_ns has shape {trigger_ns.shape}; expected one time for each of {n_events} events")
    missed = np.isnan(trigger_ns)
    return {
        "trigger_index": np.where(missed, -1, 0).astype("i4"),
        "trigger_time": np.where(missed, 0.0, trigger_ns).astype("f4"),
    }


def _event_columns(tracks: Track, hits: Hits, first_event: int) -> dict[str, np.ndarray]:
    x, y, z = tracks.direction.detach().double().unbind(-1)
    # float32 keeps a total energy to one part in 10^7, so the sum is taken in float64 before it is rounded
    total = tracks.energy_mev.detach().double() + tracks.mass_mev.double()
    columns = {
        "event_ids": torch.arange(first_event, first_event + len(hits)),
        "labels": torch.tensor([particle_type(code).label for code in tracks.pdg.tolist()], dtype=torch.int32),
        "pids": tracks.pdg,
        "energies": total,
        "positions": tracks.position_cm,
        "directions": tracks.direction,
        "angles": torch.stack([torch.arccos(y.clamp(-1, 1)), torch.atan2(z, x)], -1),
        "birth_times": tracks.time_ns,
        "event_hits_index": hits.start[:-1],
    }
    arrays = {name: _array(column, _PER_EVENT[name][0]) for name, column in columns.items()}
    shaped = {name: values.reshape(len(hits), *_PER_EVENT[name][1]) for name, values in arrays.items()}
    return shaped | {"root_files": np.full(len(hits), _ORIGIN)}


def _hit_columns(hits: Hits) -> dict[str, np.ndarray]:
    columns = {"hit_pmt": hits.pmt, "hit_time": hits.time_ns, "hit_charge": hits.charge_pe}
    return {name: _array(column, _PER_HIT[name]) for name, column in columns.items()}


def _array(column: Tensor, dtype: str) -> np.ndarray:
    return column.detach().cpu().numpy().astype(dtype, copy=False)


def as_json(metadata: Mapping[str, Any]) -> str:
    """Configuration as JSON text with sorted keys.

    Raises:
        ArgumentError: JSON cannot hold it.
    """
    try:
        return json.dumps(dict(metadata), sort_keys=True, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as reason:
        raise ArgumentError(
            f"metadata cannot be stored as JSON ({reason}); give numbers, texts, lists, tables"
        ) from None


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` when all went well and is removed if not.

    Raises:
        FileError: The folder does not exist, or the disk refuses.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except (OSError, RuntimeError) as reason:  # HDF5 raises either, with addresses and the time in the text
        number = getattr(reason, "errno", None)
        why = os.strerror(number) if number else str(reason)
        raise FileError(f"{path}: cannot be written ({why}); check the folder and the room on the disk") from None
    finally:
        with suppress(OSError):  # a file system that is read only says so even of a file that is not there
            beside.unlink()
