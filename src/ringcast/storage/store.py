"""`EventStore`: batches of a large event file, drawn at random while training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Primaries, Track
from ringcast.geometry import Detector
from ringcast.storage.read import EventTable, read_table
from ringcast.storage.schema import HIT_COLUMNS, Source, open_source

__all__ = ["EventStore"]


class EventStore:
    """The tracks of an event file in memory, its hits on disk until they are asked for.

    Hits are mapped from the contiguous arrays of the file, so that a batch costs what its own hits cost. Open one
    with `EventStore.open`; it keeps no HDF5 handle, and the file must not be replaced while it is in use.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.storage import write_events
        >>> tank, track = load_detector("mini"), Track(["e-", "mu-"], 300, (0, 0, 0), (0, 0, 1))
        >>> hits = Hits.of([4, 7, 1], charge_pe=[1, 2, 3], time_ns=[20, 21, 35], start=[0, 2, 3], n_pmt=len(tank))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_events(f"{folder}/two.h5", track, hits, tank, metadata={})
        ...     store = EventStore.open(f"{folder}/two.h5")
        ...     len(store), store.hits([1, 0]).charge_pe
        (2, tensor([3., 1., 2.]))
    """

    def __init__(self, path: Path, table: EventTable, columns: dict[str, np.ndarray]) -> None:
        self.path = path
        self._table = table
        self._columns = columns

    @staticmethod
    def open(path: Path | str, *, detector: Detector | None = None, geometry: Path | str | None = None) -> "EventStore":
        """Open an event file; the arguments are those of `read_events`.

        Raises:
            FileError: As `read_events`, but for the hits, which are checked as they are read; or the hit arrays are
                stored in pieces or compressed.
            ArgumentError: As `read_events`.
        """
        with open_source(path) as source:
            table = read_table(source, detector=detector, geometry=geometry, axis="y")
            columns = {name: _mapped(source, name, kinds) for name, kinds in HIT_COLUMNS.items()}
        return EventStore(Path(path), table, columns)

    def __len__(self) -> int:
        return len(self._table.start) - 1

    @property
    def tracks(self) -> Track:
        """The truth of every event."""
        return self._table.tracks

    @property
    def primaries(self) -> Primaries | None:
        """All particles that the events started with, if any event has more than its track."""
        return self._table.primaries

    @property
    def metadata(self) -> dict[str, Any]:
        """Configuration and seed of our files, the root attributes of others'."""
        return self._table.metadata

    @property
    def detector(self) -> Detector:
        """The tank."""
        return self._table.tank.detector

    def hits(self, indices: Sequence[int] | Int[Tensor, " batch"]) -> Hits:
        """The hits of the named events, in their order.

        Raises:
            ArgumentError: An event is not in the file.
            FileError: A hit is on no sensor of the detector, or not finite.
        """
        events = torch.as_tensor(indices, dtype=torch.int64)
        if len(events) and not (int(events.min()) >= 0 and int(events.max()) < len(self)):
            found = f"{int(events.min())} to {int(events.max())}"
            raise ArgumentError(f"events are {found}; expected 0 to {len(self) - 1} of {self.path}")
        first = self._table.start[events].tolist()
        last = self._table.start[events + 1].tolist()
        start = np.concatenate([[0], np.cumsum(np.subtract(last, first))]).astype(np.int64)
        pmt, time, charge = (self._gather(name, first, last) for name in HIT_COLUMNS)
        try:
            hits = Hits.of(pmt, charge, time, start, self._table.tank.n_table)
        except ArgumentError as reason:
            raise FileError(f"{self.path}: hits of events {events.tolist()[:10]}: {reason}") from None
        return self._table.tank.renumber(hits)

    def _gather(self, name: str, first: list[int], last: list[int]) -> np.ndarray:
        column = self._columns[name]
        return np.concatenate([column[:0], *(column[a:b] for a, b in zip(first, last, strict=True))])


def _mapped(source: Source, name: str, kinds: str) -> np.ndarray:
    dataset = source.dataset(name, kinds)
    offset = dataset.id.get_offset()
    if len(dataset) == 0:
        return np.zeros(0, dataset.dtype)
    if offset is None:
        found = f"chunks of {dataset.chunks}, compression {dataset.compression}"
        raise source.fail(name, found, "one contiguous array", "read the file with read_events and write it again")
    # a plain view: slicing np.memmap itself costs several times more
    return np.memmap(source.path, dataset.dtype, "r", offset, dataset.shape).view(np.ndarray)
