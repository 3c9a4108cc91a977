"""Join event files of one plan into one file, in order of events, with little memory."""

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import h5py

from ringcast.errors import ArgumentError, FileError
from ringcast.storage.columns import Columns, indexed_table, lay_out, room_of, table_of
from ringcast.storage.parts import Kind, Run, kind_of, name_events, runs_of
from ringcast.storage.room import file_with_room
from ringcast.storage.schema import open_source
from ringcast.storage.write import replacing

__all__ = ["gaps", "merge_events"]

_BLOCK = 1 << 20
_SHOWN = 10


def merge_events(
    paths: Sequence[Path | str], target: Path | str, *, events: range | None = None, gaps_allowed: bool = False
) -> list[range]:
    """Join event files that hold different events of one plan: into the file that a single run makes of them.

    Rows are copied block by block, so that memory does not grow with the files.

    Args:
        paths: The files, in any order.
        target: The file to write; an existing one is replaced once the new one is whole.
        events: Numbers of the events to expect; by default all of the plan.
        gaps_allowed: Write the file even if some of these are in none of the files.

    Returns:
        The missing events.

    Raises:
        FileError: A file is damaged or not of Ringcast, two hold the same event, they are of different plans,
            detectors or versions, or events are missing or were not to be expected.
        ArgumentError: There is nothing to join.

    Example:
        >>> import tempfile
        >>> from ringcast.events import Hits, Track
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.storage import read_events, write_events
        >>> tank, track = load_detector("mini"), Track("e-", 50, (0, 0, 0), (0, 0, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for event in (1, 0):
        ...         hits = Hits.of([event], [1.0], [20.0], [0, 1], len(tank))
        ...         write_events(f"{folder}/{event}.h5", track, hits, tank, metadata={}, first_event=event)
        ...     missing = merge_events([f"{folder}/1.h5", f"{folder}/0.h5"], f"{folder}/both.h5")
        ...     read_events(f"{folder}/both.h5").hits.pmt, missing
        (tensor([0, 1]), [])
    """
    if not paths:
        raise ArgumentError("there are no event files to merge; name some")
    parts = [Path(path) for path in paths]
    kind = kind_of(parts[0])
    runs = [run for path in parts for run in runs_of(path, kind, parts[0])]
    runs.sort(key=lambda run: run.events.start)
    missing = _check(runs, kind, events, parts[0])
    if missing and not gaps_allowed:
        named = ", ".join(name_events(gap) for gap in missing[:_SHOWN])
        more = f" and {len(missing) - _SHOWN} more gaps" if len(missing) > _SHOWN else ""
        raise FileError(f"{target}: no file has {named}{more}; simulate these too, or allow gaps (--allow-gaps)")
    columns = _columns(runs, kind)
    room = sum(math.prod(shape) * dtype.itemsize for shape, dtype in columns.values())
    room += room_of(kind.attributes, kind.detector)
    with replacing(Path(target)) as beside, file_with_room(beside, room) as file:
        lay_out(file, kind.attributes, kind.detector, columns)
        _join(file, runs, kind)
    return missing


def gaps(done: Sequence[range], wanted: range) -> list[range]:
    """Events of a range that are in none of others.

    Example:
        >>> gaps([range(5, 7), range(2, 4)], range(10))
        [range(0, 2), range(4, 5), range(7, 10)]
    """
    found, following = [], wanted.start
    for part in sorted(done, key=lambda part: part.start):
        if following < min(part.start, wanted.stop):
            found.append(range(following, min(part.start, wanted.stop)))
        following = max(following, part.stop)
    return found + ([range(following, wanted.stop)] if following < wanted.stop else [])


def _check(runs: list[Run], kind: Kind, events: range | None, first: Path) -> list[range]:
    """Refuse events that are there twice or are not of the plan, and return those that are missing."""
    if not runs:
        raise FileError(f"{first}: has no events; expected some in the files to merge")
    for before, after in pairwise(runs):
        if after.events.start < before.events.stop:
            both = range(after.events.start, min(before.events.stop, after.events.stop))
            raise FileError(f"{after.path}: has {name_events(both)}, and so has {before.path}; leave one of them out")
    wanted = range(int(kind.plan.get("n_events", runs[-1].events.stop))) if events is None else events
    for run in runs:
        if run.events.start < wanted.start or run.events.stop > wanted.stop:
            raise FileError(f"{run.path}: has {name_events(run.events)}; expected some of {name_events(wanted)}")
    return gaps([run.events for run in runs], wanted)


def _columns(runs: list[Run], kind: Kind) -> Columns:
    """Shape and type of each dataset of all runs together."""
    size = {table: sum(len(run.rows[table]) for run in runs) for table in runs[0].rows}
    return {name: ((size[table_of(name)], *shape), dtype) for name, (shape, dtype) in kind.columns.items()}


def _join(file: h5py.File, runs: list[Run], kind: Kind) -> None:
    """Copy all runs, one after another, into a file that is laid out for them."""
    written = dict.fromkeys(runs[0].rows, 0)
    for run in runs:
        with open_source(run.path) as source:
            for name in kind.columns:
                rows, to = run.rows[table_of(name)], written[table_of(name)]
                counted = indexed_table(name)
                shift = 0 if counted is None else written[counted] - run.rows[counted].start
                for a in range(rows.start, rows.stop, _BLOCK):
                    b = min(a + _BLOCK, rows.stop)
                    block = source.read(name, source.file[name], slice(a, b))
                    file[name][to + a - rows.start : to + b - rows.start] = block if counted is None else block + shift
        for table, rows in run.rows.items():
            written[table] += len(rows)
