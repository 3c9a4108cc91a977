"""Event files as parts of one: which events each has, where their rows lie, and whether they belong together."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from ringcast.errors import FileError
from ringcast.geometry import Detector
from ringcast.storage.columns import EVENTS, column_names, indexed_table, table_of
from ringcast.storage.schema import FORMAT, Source, open_source
from ringcast.storage.tank import read_detector

__all__ = ["Kind", "Run", "difference", "kind_of", "name_events", "runs_of"]

_SHARED = ("format", "format_version", "ringcast_version", "time_zero", "detector_name", "detector_fingerprint")
_PLAN = "configuration"


@dataclass(frozen=True)
class Run:
    """Events with successive numbers in one file."""

    path: Path
    events: range
    """Their numbers."""
    rows: dict[str, range]
    """Their rows in each table."""


class Kind(NamedTuple):
    """What files to be joined share."""

    attributes: dict[str, Any]
    plan: dict[str, Any]
    columns: dict[str, tuple[tuple[int, ...], np.dtype]]
    """Shape of a row and type of each dataset."""
    detector: Detector


def name_events(events: range) -> str:
    """Events in words.

    Example:
        >>> name_events(range(4, 5)), name_events(range(4, 9))
        ('event 4', 'events 4 to 8')
    """
    return f"event {events.start}" if len(events) == 1 else f"events {events.start} to {events.stop - 1}"


def kind_of(path: Path) -> Kind:
    """What a file is of.

    Raises:
        FileError: It is damaged or not of Ringcast.
    """
    with open_source(path) as source:
        return _kind(source)


def runs_of(path: Path, kind: Kind, first: Path) -> list[Run]:
    """Runs of successive events of a file.

    Raises:
        FileError: The file is damaged, or is not of the kind of the first one.
    """
    with open_source(path) as source:
        found = _kind(source)
        _require_same(found, kind, source, first)
        number = source.read("event_ids", source.dataset("event_ids", "iu")).astype(np.int64)
        edges = {EVENTS: np.arange(len(number) + 1)} | dict(_edges(source, found, len(number)))
        for name in found.columns:
            rows, table = len(source.file[name]), table_of(name)
            if table not in edges or rows != edges[table][-1]:
                expected = f"{edges[table][-1]}" if table in edges else "an event_*_index beside it"
                raise source.fail(name, f"{rows} rows", expected, "write the file again")
    cuts = [0, *(np.flatnonzero(np.diff(number) != 1) + 1).tolist(), len(number)]
    return [
        Run(
            path,
            range(int(number[a]), int(number[a]) + b - a),
            {table: range(int(edge[a]), int(edge[b])) for table, edge in edges.items()},
        )
        for a, b in pairwise(cuts)
        if a < b
    ]


def difference(before: Any, now: Any, key: str = "") -> tuple[str, Any, Any] | None:
    """The first key, dotted, whose values differ, with both values; None in place of one that is absent."""
    if not (isinstance(before, dict) and isinstance(now, dict)):
        return None if before == now else (key or "the plan", before, now)
    for part in sorted({*before, *now}):
        found = difference(before.get(part), now.get(part), f"{key}.{part}" if key else part)
        if found is not None:
            return found
    return None


def _kind(source: Source) -> Kind:
    if source.text("format", "") != FORMAT:
        remedy = "merge only files that Ringcast wrote"
        raise source.fail("format", source.text("format", "no such attribute"), FORMAT, remedy)
    attributes = {name: source.file.attrs[name] for name in (*_SHARED, _PLAN) if name in source.file.attrs}
    try:
        plan = json.loads(source.text(_PLAN, "{}"))
    except json.JSONDecodeError as reason:
        raise source.fail(_PLAN, f"{reason}", "JSON", "write the file again") from None
    datasets = {name: source.file[name] for name in column_names(source.file)}
    columns = {name: (dataset.shape[1:], dataset.dtype) for name, dataset in datasets.items()}
    return Kind(attributes, plan, columns, read_detector(source))


def _edges(source: Source, kind: Kind, n_events: int) -> Iterator[tuple[str, np.ndarray]]:
    """For each table beside that of events the first row of every event, and the number of rows at the end."""
    for name in kind.columns:
        table = indexed_table(name)
        if table is None:
            continue
        rows = next((len(source.file[other]) for other in kind.columns if table_of(other) == table), 0)
        start = source.read(name, source.dataset(name, "iu")).astype(np.int64)
        edges = np.append(start, rows)
        if len(start) != n_events or edges[0] != 0 or bool((np.diff(edges) < 0).any()):
            expected = f"starts of {n_events} events that rise from 0 to at most the {rows} rows"
            raise source.fail(name, f"{len(start)} starts up to {edges.max()}", expected, "write the file again")
        yield table, edges


def _require_same(found: Kind, kind: Kind, source: Source, first: Path) -> None:
    differs = difference(found.plan, kind.plan) or difference(_named(found), _named(kind))
    if differs is None and not _same_sensors(found.detector, kind.detector):
        differs = ("detector", "one table of sensors", "another")
    if differs is not None:
        key, here, there = differs
        raise FileError(f"{source.path}: {key} is {here!r}, in {first} it is {there!r}; merge files of one plan only")


def _named(kind: Kind) -> dict[str, Any]:
    """Attributes but the plan, and datasets, to be compared by name."""
    columns = {name: f"{dtype} {shape}" for name, (shape, dtype) in kind.columns.items()}
    return {name: str(value) for name, value in kind.attributes.items() if name != _PLAN} | columns


def _same_sensors(one: Detector, other: Detector) -> bool:
    alive = [torch.ones(len(tank), dtype=torch.bool) if tank.alive is None else tank.alive for tank in (one, other)]
    return (one.fingerprint, one.pmt_type) == (other.fingerprint, other.pmt_type) and torch.equal(*alive)
