"""Read event files: ours, and digi-hits files that others wrote."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Primaries, Track, particle_type
from ringcast.geometry import Detector
from ringcast.storage.schema import (
    FORMAT,
    FORMAT_VERSION,
    HIT_COLUMNS,
    PDG_OF_LABEL,
    TIME_ZERO,
    TRIGGER_ZERO,
    Source,
    open_source,
)
from ringcast.storage.several import read_primaries
from ringcast.storage.tank import Tank, find_tank

__all__ = ["EventFile", "EventTable", "check_sensors", "read_events", "read_table"]

TimeZero = Literal["primary birth", "first hit", "trigger + 950 ns", "unknown"]
_WCSIM_EARLIEST_NS = 400.0


@dataclass(frozen=True)
class EventFile:
    """All that an event file holds."""

    tracks: Track
    """The truth, one track for each event."""
    hits: Hits
    """What the detector's sensors saw."""
    detector: Detector
    """The tank; `hits.pmt` counts its rows."""
    metadata: dict[str, Any]
    """Configuration and seed of our files, the root attributes of others'."""
    path: Path
    """Where it was read from."""
    time_zero: TimeZero
    """What hit times are counted from; in files of others it is judged by the earliest hits of the first events."""
    trigger_ns: Float[Tensor, " event"] | None = None
    """Trigger time of each event, NaN where nothing triggered; None if the file has no `trigger_time`. A hit in time
    since the trigger + 950 ns comes at hit time + trigger time - 950 ns after the primary's birth."""
    primaries: Primaries | None = None
    """All particles that the events started with, the first of each being its track; None if that is all there is."""


@dataclass(frozen=True)
class EventTable:
    """What an event file says of each event, without the hits."""

    tracks: Track
    start: Int[Tensor, " event_plus_one"]
    tank: Tank
    metadata: dict[str, Any]
    time_zero: TimeZero
    primaries: Primaries | None


def read_events(
    path: Path | str,
    *,
    detector: Detector | None = None,
    geometry: Path | str | None = None,
    axis: Literal["y", "z"] = "y",
    one_indexed: bool = False,
) -> EventFile:
    """Read a whole event file, trusting nothing in it.

    The detector is the one embedded in the file, else `detector`, else the sensor table `geometry`, else a
    `geometry.npz` beside the file. Of a sensor table only inner sensors are kept, and only their hits. The kinetic
    energy is the stored total energy minus the mass. Without `pids` the particle is the label's (0 gamma, 1 e-,
    2 mu-), without `directions` the direction is that of `angles`, without `birth_times` the track is born at 0.

    Args:
        path: The event file.
        detector: The tank whose rows the file's `hit_pmt` counts.
        geometry: Sensor table (npz) whose rows the file's `hit_pmt` counts. With `detector` too, its sensors are found
            in that tank by position (`ringcast.geometry.matching`); those that the table lacks are dead.
        axis: Axis that the polar angle of `angles` is measured from; the layout says y, whatever the tank's axis is.
        one_indexed: The file counts sensors from 1, as some Super-K files do.

    Raises:
        FileError: A dataset is missing, of wrong shape or kind, or holds values that cannot be; or the file is
            damaged, or names no detector; or the table's sensors are not those of the detector.
    """
    with open_source(path) as source:
        table = read_table(source, detector=detector, geometry=geometry, axis=axis)
        columns = {
            name: source.finite(name, source.read(name, source.dataset(name, kinds)))
            for name, kinds in HIT_COLUMNS.items()
        }
        pmt = check_sensors(source, columns["hit_pmt"], table.tank, one_indexed=one_indexed)
        trigger = _triggers(source, len(table.start) - 1)
    hits = Hits.of(pmt, columns["hit_charge"], columns["hit_time"], table.start, table.tank.n_table)
    hits = table.tank.renumber(hits)
    tank, metadata = table.tank.detector, table.metadata
    return EventFile(table.tracks, hits, tank, metadata, Path(path), table.time_zero, trigger, table.primaries)


def read_table(
    source: Source, *, detector: Detector | None, geometry: Path | str | None, axis: Literal["y", "z"]
) -> EventTable:
    """Read and check all but the hits.

    Raises:
        FileError: As `read_events`.
    """
    metadata = _metadata(source)
    start = _start(source)
    tracks = _tracks(source, len(start) - 1, axis)
    tank = find_tank(source, detector, geometry)
    primaries = read_primaries(source, tracks)
    return EventTable(tracks, torch.from_numpy(start), tank, metadata, _time_zero(source, start), primaries)


def check_sensors(source: Source, pmt: np.ndarray, tank: Tank, *, one_indexed: bool) -> np.ndarray:
    """Sensor numbers from 0, all of them within the table.

    Raises:
        FileError: One is outside.
    """
    pmt = pmt.astype(np.int64) - int(one_indexed)
    if len(pmt) and not (int(pmt.min()) >= 0 and int(pmt.max()) < tank.n_table):
        found = f"sensor numbers {int(pmt.min())} to {int(pmt.max())}"
        expected = f"0 to {tank.n_table - 1} for detector {tank.detector.name}"
        once = int(pmt.min()) == 1 and int(pmt.max()) == tank.n_table
        remedy = "read it with one_indexed=True" if once else "name the sensor table (geometry) that the file counts by"
        raise source.fail("hit_pmt", found, expected, remedy)
    return pmt


def _metadata(source: Source) -> dict[str, Any]:
    if source.text("format", "") != FORMAT:
        return {key: source.text(key, "") for key in source.file.attrs}
    version = source.file.attrs.get("format_version", 0)
    if version != FORMAT_VERSION:
        raise source.fail("format_version", f"{version}", f"{FORMAT_VERSION}", "read it with a newer Ringcast")
    try:
        configuration = json.loads(source.text("configuration", "{}"))
    except json.JSONDecodeError as reason:
        raise source.fail("configuration", f"{reason}", "JSON", "write the file again") from None
    return dict(configuration)


def _start(source: Source) -> np.ndarray:
    """First hit of every event and the number of hits at the end, int64."""
    lengths = {name: source.dataset(name, kinds).shape for name, kinds in HIT_COLUMNS.items()}
    if len(set(lengths.values())) != 1 or len(lengths["hit_pmt"]) != 1:
        found = ", ".join(f"{name} {shape}" for name, shape in lengths.items())
        raise source.fail("hit arrays", f"shapes {found}", "one length for all", "write the file again")
    index = source.dataset("event_hits_index", "iu")
    start = source.read("event_hits_index", index).astype(np.int64)
    n_hits = lengths["hit_pmt"][0]
    if start.ndim != 1:
        raise source.fail("event_hits_index", f"shape {start.shape}", "(events,)", "write the file again")
    edges = np.append(start, n_hits)
    if edges[0] != 0 or bool((np.diff(edges) < 0).any()):
        found = f"starts from {edges[0]} to {edges[:-1].max(initial=0)}"
        expected = f"starts that rise from 0 to at most the {n_hits} hits"
        raise source.fail("event_hits_index", found, expected, "write the file again")
    return edges


def _tracks(source: Source, n: int, axis: Literal["y", "z"]) -> Track:
    pdg = _particles(source, n)
    position = source.column("positions", (n, 3), "f").astype(np.float32)
    direction = _directions(source, n, axis)
    time = source.column("birth_times", (n,), "f") if "birth_times" in source else np.zeros(n)
    energy = _kinetic_energy(source, pdg)
    try:
        return Track(
            torch.from_numpy(pdg),
            *(torch.from_numpy(x.astype(np.float32)) for x in (energy, position, direction, time)),
        )
    except ArgumentError as reason:
        raise FileError(f"{source.path}: the truth is not usable: {reason}") from None


def _particles(source: Source, n: int) -> np.ndarray:
    if "pids" in source:
        name, codes = "pids", source.column("pids", (n,), "iuf")
        remedy = "keep only events of known particles"
    else:
        name, labels = "labels", source.column("labels", (n,), "iuf")
        codes = np.array([PDG_OF_LABEL.get(label, 0) for label in labels.tolist()], dtype=np.int64)
        remedy = "keep only events with label 0 (gamma), 1 (electron) or 2 (muon), or add a dataset pids of PDG codes"
    for code in np.unique(codes):
        try:
            particle_type(code.item())
        except ArgumentError as reason:
            event = int(np.flatnonzero(codes == code)[0])
            found = f"{reason}, in event {event}" if name == "pids" else f"label {labels[event]} of event {event}"
            raise source.fail(name, found, "a particle Ringcast knows", remedy) from None
    return codes.astype(np.int64)


def _kinetic_energy(source: Source, pdg: np.ndarray) -> np.ndarray:
    total = source.column("energies", (len(pdg),), "f").astype(np.float64)
    mass = np.array([particle_type(int(code)).mass_mev for code in pdg])
    low = np.flatnonzero(total <= mass)
    if len(low):
        event = int(low[0])
        found = f"total energy {total[event]:g} MeV of event {event}"
        expected = f"more than the mass {mass[event]:g} MeV of its {particle_type(int(pdg[event])).name}"
        raise source.fail("energies", found, expected, "store total energies in MeV, not kinetic ones or GeV")
    return total - mass


def _directions(source: Source, n: int, axis: Literal["y", "z"]) -> np.ndarray:
    if "directions" in source:
        direction = source.column("directions", (n, 3), "f").astype(np.float64)
        length = np.linalg.norm(direction, axis=-1)
        off = np.flatnonzero(np.abs(length - 1) > 1e-3)
        if len(off):
            found = f"a vector of length {length[off[0]]:g} in event {int(off[0])}"
            raise source.fail("directions", found, "unit vectors", "divide by the length")
        return direction
    polar, azimuth = source.column("angles", (n, 2), "f").astype(np.float64).T
    along, first, second = np.cos(polar), np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth)
    return np.stack([first, along, second] if axis == "y" else [first, second, along], -1)


def _triggers(source: Source, n: int) -> Tensor | None:
    """Trigger times; `trigger_index`, if there is one, is negative where nothing triggered."""
    if "trigger_time" not in source:
        return None
    time = torch.from_numpy(source.column("trigger_time", (n,), "f").astype(np.float64))
    if "trigger_index" not in source:
        return time
    missed = torch.from_numpy(source.column("trigger_index", (n,), "iu").astype(np.int64) < 0)
    return time.masked_fill(missed, torch.nan)


def _time_zero(source: Source, start: np.ndarray) -> TimeZero:
    named = source.text("time_zero", "")
    if named == TIME_ZERO:
        return TIME_ZERO
    if named == TRIGGER_ZERO:
        return TRIGGER_ZERO
    last = start[:101]
    times = source.read("hit_time", source.dataset("hit_time", "f"), slice(0, int(last[-1])))
    filled = last[:-1][np.diff(last) > 0]
    if len(filled) == 0:
        return "unknown"
    first = np.minimum.reduceat(times, filled)
    if bool((first == 0).all()):
        return "first hit"
    return TRIGGER_ZERO if float(np.median(first)) > _WCSIM_EARLIEST_NS else "unknown"
