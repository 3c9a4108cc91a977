"""Events with several primaries: the group of an event file that holds them all.

The columns of the file have one particle for each event, the first of its primaries. The group `primaries` is there
only if an event of the simulation has more than one: `event_primaries_index` (N,) is the first of each event, and with
one row for each primary there are `pids`, `kinetic_energies` (MeV), `positions` (cm), `directions` and `birth_times`
(ns).
"""

import numpy as np
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Primaries, Track
from ringcast.storage.schema import Source

__all__ = ["GROUP", "primary_columns", "read_primaries"]

GROUP = "primaries"
"""Group that holds all primaries."""
_START = "event_primaries_index"
_COLUMNS = {
    "pdg": ("pids", "i4", ()),
    "energy_mev": ("kinetic_energies", "f4", ()),
    "position_cm": ("positions", "f4", (3,)),
    "direction": ("directions", "f4", (3,)),
    "time_ns": ("birth_times", "f4", ()),
}
"""Field of a track to dataset, kind and shape of a row."""


def primary_columns(primaries: Primaries, n_events: int) -> dict[str, np.ndarray]:
    """The datasets of the group, by name.

    Raises:
        ArgumentError: The primaries are not those of so many events.
    """
    if len(primaries) != n_events:
        raise ArgumentError(f"primaries are of {len(primaries)} events; expected {n_events} as there are tracks")
    columns = {f"{GROUP}/{_START}": primaries.start[:-1].cpu().numpy().astype("i8")}
    for field, (name, dtype, _) in _COLUMNS.items():
        columns[f"{GROUP}/{name}"] = getattr(primaries.particles, field).detach().cpu().numpy().astype(dtype)
    return columns


def read_primaries(source: Source, tracks: Track) -> Primaries | None:
    """All primaries of a file's events; None if it has the tracks only.

    Raises:
        FileError: A dataset is missing, of wrong shape or kind, or holds what cannot be; or the first primaries are not
            the tracks.
    """
    if GROUP not in source:
        return None
    start = source.column(f"{GROUP}/{_START}", (len(tracks),), "iu").astype(np.int64)
    n = len(source.dataset(f"{GROUP}/pids", "iu"))
    pdg = source.column(f"{GROUP}/pids", (n,), "iu").astype(np.int64)
    others = [
        torch.from_numpy(source.column(f"{GROUP}/{name}", (n, *tail), "f").astype(np.float32))
        for name, _, tail in list(_COLUMNS.values())[1:]
    ]
    try:
        primaries = Primaries(Track(torch.from_numpy(pdg), *others), torch.from_numpy(np.append(start, n)))
    except ArgumentError as reason:
        raise FileError(f"{source.path}: the group {GROUP} is not usable: {reason}") from None
    if primaries.leading.pdg.tolist() != tracks.pdg.tolist():
        found = "first primaries that are other particles than the events' own"
        raise source.fail(GROUP, found, "the particles of pids", "write the file again")
    return primaries
