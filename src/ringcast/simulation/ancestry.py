"""Which particle the light of a step belongs to: the primary with its shower, or a decay product with its own."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.events import Emitters, Track, particle_type

__all__ = ["Family", "family_of", "list_emitters", "nearest", "track_key"]

_TRACK_BITS = 32


class Family(NamedTuple):
    """Geant4's tracks of a batch, ordered by event and track, with their places in the order."""

    tracks: Any
    key: NDArray[np.int64]
    """`track_key` of each, rising."""
    parent: NDArray[np.int64]
    """Row of each one's parent; its own for a primary."""


def track_key(event: Any, track: Any) -> NDArray[np.int64]:
    """One number for each (event, track)."""
    return np.asarray((event.astype(np.int64) << _TRACK_BITS) | track.astype(np.int64))


def family_of(tracks: Any) -> Family:
    """Who is whose parent among Geant4's tracks (event, tid, parent, pid, creator)."""
    key = track_key(tracks["event"], tracks["tid"])
    order = np.argsort(key)
    tracks, key = tracks[order], key[order]
    above = np.searchsorted(key, track_key(tracks["event"], tracks["parent"]))
    return Family(tracks, key, np.where(tracks["parent"] > 0, above, np.arange(len(key))))


def nearest(marked: NDArray[np.bool_], parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each track the nearest marked one among itself and its ancestors, or else its first ancestor.

    Example:
        >>> nearest(np.array([False, True, False, False]), np.array([0, 0, 1, 0])).tolist()
        [0, 1, 1, 0]
    """
    above = np.where(marked, np.arange(len(parent)), parent)
    while True:
        further = above[above]
        if np.array_equal(further, above):
            return above
        above = further


def list_emitters(
    family: Family, vertices: Any, vertex: NDArray[np.int64], time_ns: NDArray[np.float64], row: NDArray[np.int64]
) -> tuple[Emitters, NDArray[np.int64]]:
    """The particles that the light of a batch's steps is put down to, and the number of that of each step.

    A decay product with all that it sets free stands for itself; everything else belongs to the one above, and so to
    the primary in the end. Primaries are always listed, decay products if they or what they set free make steps; the
    products come in Geant4's order of tracks.

    Args:
        family: Geant4's tracks.
        vertices: Geant4's vertices, ordered by event and track.
        vertex: First vertex of each step.
        time_ns: Time of each vertex.
        row: Row in the batch of the event of each primary, which rises.
    """
    own = track_key(vertices["event"], vertices["tid"])
    source = nearest(_stands_alone(family), family.parent)
    track = np.searchsorted(family.key, own[vertex])
    shines = np.zeros(len(family.key), dtype=bool)
    shines[source[track]] = True
    shines |= family.tracks["parent"] == 0
    listed = np.flatnonzero(shines)
    event = row[family.tracks["event"][listed].astype(np.int64)]
    number = np.zeros(len(family.key), dtype=np.int64)
    number[listed] = np.arange(len(listed)) - np.searchsorted(event, event) + 1
    begin = np.searchsorted(own, family.key[listed])
    first = vertices[begin]
    above = nearest(shines, family.parent)[family.parent[listed]]
    columns = (first["energy"], first["position"], first["direction"], time_ns[begin])
    pdg = torch.from_numpy(family.tracks["pid"][listed].astype(np.int64))
    tracks = Track(pdg, *(torch.from_numpy(np.ascontiguousarray(column)) for column in columns))
    emitters = Emitters(
        torch.from_numpy(number[listed]),
        torch.from_numpy(np.where(family.tracks["parent"][listed] > 0, number[above], 0)),
        tracks,
        torch.from_numpy(np.searchsorted(event, np.arange(int(row.max(initial=-1)) + 2))),
    )
    return emitters, number[source[track]]


def _stands_alone(family: Family) -> NDArray[np.bool_]:
    """Decay products of kinds that events know."""
    known = np.zeros(len(family.key), dtype=bool)
    for code in np.unique(family.tracks["pid"]):
        try:
            particle_type(int(code))
        except ArgumentError:
            continue
        known |= family.tracks["pid"] == code
    return known & (family.tracks["creator"] == b"Decay")
