"""Event files as named columns: which table a dataset belongs to, and how an empty file is laid out.

A dataset of an event file has one row an event, or one row of what events have any number of. The names say which:
`event_*_index` is the first row of each event in the other datasets of its group (in those that begin with `hit_` where
there is no group); datasets beside an index in a group have the rows that it counts; all others have a row an event. So
files can be joined without knowing what their columns mean.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import h5py
import numpy as np

from ringcast.geometry import Detector
from ringcast.storage.schema import DETECTOR_GROUP
from ringcast.storage.tank import write_detector

__all__ = ["EVENTS", "UNITS", "Columns", "column_names", "indexed_table", "lay_out", "room_of", "table_of"]

Columns = Mapping[str, tuple[tuple[int, ...], np.dtype]]
"""Shape and type of each dataset by name."""

EVENTS = "events"
"""The table with one row an event."""
UNITS = {
    "energies": "MeV, total",
    "positions": "cm",
    "angles": "rad",
    "birth_times": "ns",
    "trigger_time": "ns",
    "hit_time": "ns",
    "hit_charge": "pe",
    "kinetic_energies": "MeV, kinetic",
    "energy": "MeV, total",
    "start": "cm",
    "time": "ns",
}
"""Attribute `units` of datasets by their name, in any group; other datasets are numbers or unit vectors."""
_HITS = "hits"
_SENSOR_BYTES = 200
"""Of the columns of the detector's table, before they are compressed."""


def table_of(name: str) -> str:
    """The table whose rows a dataset has.

    Example:
        >>> [table_of(name) for name in ("pids", "hit_pmt", "event_hits_index", "true_hits/hit_pmt")]
        ['events', 'hits', 'events', 'true_hits']
    """
    group, _, column = name.rpartition("/")
    if _is_index(column):
        return EVENTS
    return group or (_HITS if column.startswith("hit_") else EVENTS)


def indexed_table(name: str) -> str | None:
    """The table in which a dataset says where events begin; None if it is no index."""
    group, _, column = name.rpartition("/")
    return (group or _HITS) if _is_index(column) else None


def _is_index(column: str) -> bool:
    return fnmatchcase(column, "event_*_index")


def column_names(file: h5py.File) -> list[str]:
    """Names of all datasets but those of the detector, sorted."""
    found: list[str] = []

    def note(name: str, entry: object) -> None:
        if isinstance(entry, h5py.Dataset) and not name.startswith(f"{DETECTOR_GROUP}/"):
            found.append(name)

    file.visititems(note)
    return sorted(found)


def lay_out(
    file: h5py.File,
    attributes: Mapping[str, Any],
    detector: Detector,
    columns: Columns,
) -> None:
    """Make the attributes, the detector and all datasets (shape, type) of an event file, to be filled in any order.

    The room of each dataset is taken at once, so that the bytes of a file do not depend on how it is filled.
    """
    for name in sorted(attributes):
        file.attrs[name] = attributes[name]
    write_detector(file, detector)
    room = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    room.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    room.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    for name in sorted(columns):
        shape, kind = columns[name]
        dataset = file.create_dataset(name, shape, kind, dcpl=room.copy())
        units = UNITS.get(name.rpartition("/")[2])
        if units is not None:
            dataset.attrs["units"] = units


def room_of(attributes: Mapping[str, Any], detector: Detector) -> int:
    """Most bytes that attributes and detector of an event file take."""
    return sum(len(str(value).encode()) for value in attributes.values()) + _SENSOR_BYTES * len(detector)
