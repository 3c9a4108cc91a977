"""Photoelectrons in event files: groups `true_hits` and `tracks` beside the hits, in the layout of the field.

`true_hits` holds `event_hits_index` and, contiguous, one row a photoelectron: `hit_pmt` (0-based), `hit_time` in ns on
the clock of `birth_times`, `hit_parent` (number of the particle within its event, -1 for dark noise). `tracks` says who
they are: `event_track_index`, and one row a particle: `id`, `parent` (0 for a primary), `pid`, `energy` (total, MeV),
`start` (cm), `direction` and `time` (ns) of its birth.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import DARK, Emitters, Photoelectrons, Track, particle_type
from ringcast.geometry import Detector
from ringcast.storage.schema import Source, open_source
from ringcast.storage.tank import find_tank

__all__ = ["light_columns", "read_photoelectrons"]

_HITS, _TRACKS = "true_hits", "tracks"
_PER_PHOTOELECTRON = {"hit_pmt": "i4", "hit_time": "f4", "hit_parent": "i4"}
_PER_EMITTER: dict[str, tuple[str, tuple[int, ...]]] = {
    "id": ("i4", ()),
    "parent": ("i4", ()),
    "pid": ("i4", ()),
    "energy": ("f8", ()),
    "start": ("f4", (3,)),
    "direction": ("f4", (3,)),
    "time": ("f8", ()),
}


def light_columns(light: Photoelectrons, n_events: int) -> dict[str, np.ndarray]:
    """The datasets of the two groups, by name.

    Raises:
        ArgumentError: The photoelectrons are of other events, or do not say who the emitters are.
    """
    if light.emitters is None:
        raise ArgumentError("photoelectrons to write do not say who their emitters are; give emitters")
    if len(light) != n_events:
        raise ArgumentError(f"photoelectrons are of {len(light)} events; expected {n_events} as there are tracks")
    hits = {"hit_pmt": light.pmt, "hit_time": light.time_ns, "hit_parent": light.parent}
    columns = {f"{_HITS}/{name}": hits[name].numpy().astype(kind) for name, kind in _PER_PHOTOELECTRON.items()}
    for name, values in _emitter_columns(light.emitters).items():
        columns[f"{_TRACKS}/{name}"] = values.astype(_PER_EMITTER[name][0])
    columns[f"{_HITS}/event_hits_index"] = light.start[:-1].numpy().astype("i8")
    columns[f"{_TRACKS}/event_track_index"] = light.emitters.start[:-1].numpy().astype("i8")
    return columns


def _emitter_columns(emitters: Emitters) -> dict[str, np.ndarray]:
    track = emitters.tracks
    total = track.energy_mev.double() + track.mass_mev.double()
    columns = (emitters.number, emitters.parent, track.pdg, total, track.position_cm, track.direction, track.time_ns)
    return {name: column.numpy() for name, column in zip(_PER_EMITTER, columns, strict=True)}


def read_photoelectrons(
    path: Path | str,
    *,
    detector: Detector | None = None,
    geometry: Path | str | None = None,
    one_indexed: bool = False,
) -> Photoelectrons:
    """The photoelectrons of an event file that stores them, ours or of WCSim.

    Args:
        path: The event file.
        detector: The tank; see `read_events`, as for the next two.
        geometry: Sensor table (npz) whose rows the file counts.
        one_indexed: The file counts sensors from 1.

    Raises:
        FileError: The file stores none, or something in it is missing or cannot be.
    """
    with open_source(path) as source:
        if _HITS not in source:
            remedy = "simulate with --photoelectrons to store them"
            raise source.fail(_HITS, "no such group", "photoelectrons before the electronics", remedy)
        tank = find_tank(source, detector, geometry)
        n_events = len(source.dataset(f"{_HITS}/event_hits_index", "iu"))
        n = len(source.dataset(f"{_HITS}/hit_pmt", "iu"))
        kinds = {"hit_pmt": "iu", "hit_time": "f", "hit_parent": "i"}
        columns = {name: source.column(f"{_HITS}/{name}", (n,), kind) for name, kind in kinds.items()}
        start = _edges(source, f"{_HITS}/event_hits_index", n_events, n)
        emitters = _read_emitters(source, n_events) if f"{_TRACKS}/id" in source else None
        parent = torch.from_numpy(columns["hit_parent"].astype(np.int64))
        if len(parent) and int(parent.min()) < DARK:
            raise source.fail(f"{_HITS}/hit_parent", f"{int(parent.min())}", "-1 or more", "write the file again")
        pmt = columns["hit_pmt"].astype(np.int64) - int(one_indexed)
        try:
            light = Photoelectrons.of(pmt, columns["hit_time"], parent, start, tank.n_table, emitters)
        except ArgumentError as reason:
            raise FileError(f"{source.path}: {_HITS}: {reason}") from None
    if tank.kept is None:
        return light
    number = torch.full((tank.n_table,), -1, dtype=torch.int64)
    number[tank.kept] = torch.arange(len(tank.kept)) if tank.place is None else tank.place
    return light.renumbered(number, len(tank.detector))


def _read_emitters(source: Source, n_events: int) -> Emitters:
    n = len(source.dataset(f"{_TRACKS}/id", "iu"))
    kinds = {"i": "iu", "f": "f"}
    columns: dict[str, Any] = {
        name: source.column(f"{_TRACKS}/{name}", (n, *tail), kinds[dtype[0]])
        for name, (dtype, tail) in _PER_EMITTER.items()
    }
    start = _edges(source, f"{_TRACKS}/event_track_index", n_events, n)
    try:
        pdg = torch.from_numpy(columns["pid"].astype(np.int64))
        mass = np.array([particle_type(int(code)).mass_mev for code in columns["pid"]])
        floats = (columns["energy"] - mass, columns["start"], columns["direction"], columns["time"])
        track = Track(pdg, *(torch.from_numpy(column.astype(np.float64)) for column in floats))
    except ArgumentError as reason:
        raise FileError(f"{source.path}: {_TRACKS}: {reason}") from None
    number, parent = (torch.from_numpy(columns[name].astype(np.int64)) for name in ("id", "parent"))
    return Emitters(number, parent, track, torch.from_numpy(start))


def _edges(source: Source, name: str, n_events: int, n_rows: int) -> np.ndarray:
    """First row of every event and the number of rows at the end."""
    edges = np.append(source.column(name, (n_events,), "iu").astype(np.int64), n_rows)
    if edges[0] != 0 or bool((np.diff(edges) < 0).any()):
        expected = f"starts that rise from 0 to at most the {n_rows} rows"
        raise source.fail(name, f"starts from {edges[0]} to {edges[:-1].max(initial=0)}", expected, "write it again")
    return edges
