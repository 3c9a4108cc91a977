"""Write tracks and hits as an event file, whole or not at all, the same bytes for the same content."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from torch import Tensor

from ringcast import __version__
from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Photoelectrons, Primaries, Track, particle_type
from ringcast.geometry import Detector
from ringcast.storage.light import LightBatches, write_light
from ringcast.storage.schema import FORMAT, FORMAT_VERSION, TIME_ZERO, TRIGGER_ZERO
from ringcast.storage.several import write_primaries
from ringcast.storage.tank import write_detector

__all__ = ["as_json", "replacing", "write_batches", "write_events"]

_ORIGIN = "ringcast"
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
    photoelectrons: Photoelectrons | None = None,
    primaries: Primaries | None = None,
) -> None:
    """Write an event file in the digi-hits layout of the field, with the detector inside.

    Datasets with one row an event: `event_ids`, `labels`, `pids`, `root_files`, `energies` (N, 1) total energy in MeV,
    `positions` (N, 1, 3) in cm, `directions` (N, 1, 3), `angles` (N, 2) as arccos(d_y) and atan2(d_z, d_x),
    `birth_times` in ns and `event_hits_index`. With one row a hit, contiguous: `hit_pmt` (0-based), `hit_time` in ns
    from the birth of the primary's clock and `hit_charge` in photoelectrons. The flags `fully_contained`, `veto` and
    `veto2` of the layout need every secondary's end point, which a track does not hold: they are left out.

    Args:
        path: The file; an existing one is replaced once the new one is whole.
        tracks: One for each event.
        hits: Of the same events.
        detector: The tank whose rows `hits.pmt` counts.
        metadata: Configuration and seed; anything JSON can hold.
        photoelectrons: Of the same events, with their emitters; stored as `ringcast.storage.light` says.
        primaries: All particles that the events start with, if an event has more than one; the first of each event is
            its track.

    Raises:
        ArgumentError: Tracks, hits, detector and primaries disagree, or the metadata is not JSON.
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
    light = None if photoelectrons is None else LightBatches.of(photoelectrons)
    size = (len(hits), len(hits.pmt))
    write_batches(path, [(tracks, hits)], detector, metadata=metadata, size=size, light=light, primaries=primaries)


def write_batches(
    path: Path | str,
    batches: Iterable[tuple[Track, Hits]],
    detector: Detector,
    *,
    metadata: Mapping[str, Any],
    size: tuple[int, int],
    trigger_ns: np.ndarray | None = None,
    light: LightBatches | None = None,
    primaries: Primaries | None = None,
) -> None:
    """Write an event file batch by batch: the bytes do not depend on how the events are split.

    With trigger times two more datasets have one row an event: `trigger_index` (0, or -1 where nothing triggered) and
    `trigger_time` in ns from the birth of the primary's clock (0 where nothing triggered). Where an event has several
    primaries, the group `primaries` has them all; see `ringcast.storage.several`.

    Args:
        path: The file; an existing one is replaced once the new one is whole.
        batches: Tracks and hits in order of events.
        detector: The tank whose rows the hits count.
        metadata: Configuration and seed; anything JSON can hold.
        size: Number of events and of hits in all batches together.
        trigger_ns: Trigger time of every event, NaN where nothing triggered, if hit times are time since the
            trigger + 950 ns; None if they count from the birth of the primary's clock.
        light: Photoelectrons of the same events, if they are to be stored.
        primaries: All particles of all events; they are written if an event has more than one.

    Raises:
        ArgumentError: A batch does not fit the detector or the size, or the metadata is not JSON.
        FileError: The folder does not exist or cannot be written to.
    """
    configuration = as_json(metadata)
    with replacing(Path(path)) as beside, h5py.File(beside, "w") as file:
        _write_attributes(file, detector, configuration)
        if trigger_ns is not None:
            _write_triggers(file, trigger_ns, size[0])
        if primaries is not None and primaries.several:
            write_primaries(file, primaries, size[0])
        write_detector(file, detector)
        for name, (dtype, tail) in _PER_EVENT.items():
            file.create_dataset(name, (size[0], *tail), dtype)
        for name, dtype in _PER_HIT.items():
            file.create_dataset(name, (size[1],), dtype)
        origin = np.full(size[0], _ORIGIN, dtype=object)
        file.create_dataset("root_files", data=origin, dtype=h5py.string_dtype())
        written = (0, 0)
        for tracks, hits in batches:
            written = _write_batch(file, tracks, hits, detector, written)
        if written != size:
            raise ArgumentError(f"batches hold {written} events and hits; expected {size} as size says")
        if light is not None:
            write_light(file, size[0], light)


def _write_attributes(file: h5py.File, detector: Detector, configuration: str) -> None:
    file.attrs["format"] = FORMAT
    file.attrs["format_version"] = FORMAT_VERSION
    file.attrs["ringcast_version"] = __version__
    file.attrs["configuration"] = configuration
    file.attrs["detector_name"] = detector.name
    file.attrs["detector_fingerprint"] = detector.fingerprint
    file.attrs["time_zero"] = TIME_ZERO


def _write_triggers(file: h5py.File, trigger_ns: np.ndarray, n_events: int) -> None:
    if trigger_ns.shape != (n_events,):
        raise ArgumentError(f"trigger_ns has shape {trigger_ns.shape}; expected one time for each of {n_events} events")
    missed = np.isnan(trigger_ns)
    file.attrs["time_zero"] = TRIGGER_ZERO
    file.create_dataset("trigger_index", data=np.where(missed, -1, 0).astype("i4"))
    file.create_dataset("trigger_time", data=np.where(missed, 0.0, trigger_ns).astype("f4"))


def _write_batch(
    file: h5py.File, tracks: Track, hits: Hits, detector: Detector, written: tuple[int, int]
) -> tuple[int, int]:
    """Append one batch behind the events and hits written; return the new numbers of both."""
    if len(tracks) != len(hits):
        raise ArgumentError(f"write_events got {len(tracks)} tracks and hits of {len(hits)} events; expected one each")
    if hits.n_pmt != len(detector):
        raise ArgumentError(f"hits are of {hits.n_pmt} sensors, detector {detector.name} has {len(detector)}")
    event, hit = written
    events, rows = (slice(event, event + len(hits)), slice(hit, hit + len(hits.pmt)))
    if events.stop > len(file["event_ids"]) or rows.stop > len(file["hit_pmt"]):
        raise ArgumentError("batches hold more events or hits than size says")
    for name, values in _event_columns(tracks, hits, first_event=event, first_hit=hit).items():
        file[name][events] = values.reshape(-1, *_PER_EVENT[name][1])
    for name, column in (("hit_pmt", hits.pmt), ("hit_time", hits.time_ns), ("hit_charge", hits.charge_pe)):
        file[name][rows] = _array(column, _PER_HIT[name])
    return events.stop, rows.stop


def _event_columns(tracks: Track, hits: Hits, *, first_event: int, first_hit: int) -> dict[str, np.ndarray]:
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
        "event_hits_index": hits.start[:-1] + first_hit,
    }
    return {name: _array(column, _PER_EVENT[name][0]) for name, column in columns.items()}


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
    except OSError as reason:
        raise FileError(f"{path}: cannot be written ({reason}); check the folder and the room on the disk") from None
    finally:
        beside.unlink(missing_ok=True)
