"""`Hits`: what the sensors of a detector saw, ragged over events."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from torch import Tensor

from ringcast.errors import ArgumentError

__all__ = ["Hits"]


@dataclass(frozen=True)
class Hits:
    """Charge and time of every hit sensor, events one after another.

    Event i owns the rows `start[i]` to `start[i + 1]`. A sensor without a row saw nothing.

    Raises:
        ArgumentError: Lengths disagree, a sensor number is outside the detector, or a number is not finite.

    Example:
        >>> hits = Hits.of([4, 7, 1], charge_pe=[1.0, 2.5, 0.9], time_ns=[20, 21, 35], start=[0, 2, 3], n_pmt=10)
        >>> len(hits), hits[0].pmt.tolist(), hits.charge_image()[0, 7].item()
        (2, [4, 7], 2.5)
    """

    pmt: Int[Tensor, " hit"]
    """Sensor number, 0-based row of the detector's table."""
    charge_pe: Float[Tensor, " hit"]
    """Charge in photoelectrons."""
    time_ns: Float[Tensor, " hit"]
    """Time of the first photoelectron in ns."""
    start: Int[Tensor, " event_plus_one"]
    """First row of every event, and the number of rows at the end."""
    n_pmt: int
    """Sensors of the detector."""

    def __post_init__(self) -> None:
        n = len(self.pmt)
        if not len(self.charge_pe) == len(self.time_ns) == n:
            lengths = f"{n} pmt, {len(self.charge_pe)} charge_pe, {len(self.time_ns)} time_ns"
            raise ArgumentError(f"Hits columns have {lengths}; expected the same number of each")
        edges = self.start
        if len(edges) < 1 or int(edges[0]) != 0 or int(edges[-1]) != n or bool((edges.diff() < 0).any()):
            raise ArgumentError(f"Hits start must rise from 0 to the number of hits {n}; found {_ends(edges)}")
        if n and (int(self.pmt.min()) < 0 or int(self.pmt.max()) >= self.n_pmt):
            raise ArgumentError(
                f"Hits pmt runs from {int(self.pmt.min())} to {int(self.pmt.max())};"
                f" expected 0 to {self.n_pmt - 1}: is this the right detector?"
            )
        for name in ("charge_pe", "time_ns"):
            bad = ~torch.isfinite(getattr(self, name))
            if bool(bad.any()):
                row = int(bad.nonzero()[0])
                raise ArgumentError(f"Hits {name} of hit {row} is {float(getattr(self, name)[row])}; expected a number")

    @staticmethod
    def of(
        pmt: ArrayLike,
        charge_pe: ArrayLike,
        time_ns: ArrayLike,
        start: ArrayLike,
        n_pmt: int,
    ) -> "Hits":
        """Build from sequences or NumPy arrays; floats become float32, integers int64."""
        ints, floats = torch.int64, torch.float32
        return Hits(
            torch.as_tensor(pmt).to(ints),
            torch.as_tensor(charge_pe).to(floats),
            torch.as_tensor(time_ns).to(floats),
            torch.as_tensor(start).to(ints),
            int(n_pmt),
        )

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, index: int | slice | Sequence[int] | Tensor) -> "Hits":
        """Pick events; an integer gives a batch of one."""
        events = torch.arange(len(self), device=self.start.device)[[index] if isinstance(index, int) else index]
        counts = self.counts[events]
        start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        within = torch.arange(int(start[-1]), device=start.device) - start[:-1].repeat_interleave(counts)
        rows = self.start[events].repeat_interleave(counts) + within
        return Hits(self.pmt[rows], self.charge_pe[rows], self.time_ns[rows], start, self.n_pmt)

    @property
    def counts(self) -> Int[Tensor, " event"]:
        """Hit sensors of each event."""
        return self.start.diff()

    @property
    def event(self) -> Int[Tensor, " hit"]:
        """Event number of every hit."""
        return torch.arange(len(self), device=self.start.device).repeat_interleave(self.counts)

    @property
    def total_charge_pe(self) -> Float[Tensor, " event"]:
        """Sum of the charges of each event in photoelectrons."""
        return self.charge_pe.new_zeros(len(self)).index_add(0, self.event, self.charge_pe)

    def charge_image(self) -> Float[Tensor, "event pmt"]:
        """Charge of every sensor, 0 where it saw nothing; a sensor with several hits has their sum."""
        image = self.charge_pe.new_zeros(len(self) * self.n_pmt)
        image.index_add_(0, self.event * self.n_pmt + self.pmt, self.charge_pe)
        return image.reshape(len(self), self.n_pmt)

    def select(self, pmt: Int[Tensor, " kept"]) -> "Hits":
        """Only the hits on the named sensors, renumbered in their order."""
        place = self.pmt.new_full((self.n_pmt,), -1, dtype=torch.int64)
        place[pmt] = torch.arange(len(pmt), device=place.device)
        number = place[self.pmt]
        kept = number >= 0
        counts = torch.bincount(self.event[kept], minlength=len(self))
        start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        return Hits(number[kept], self.charge_pe[kept], self.time_ns[kept], start, len(pmt))

    @staticmethod
    def concatenate(batches: Sequence["Hits"]) -> "Hits":
        """Join batches of one detector in order."""
        if len({b.n_pmt for b in batches}) != 1:
            raise ArgumentError(f"Hits to join come from detectors of {sorted({b.n_pmt for b in batches})} sensors")
        counts = torch.cat([b.counts for b in batches])
        return Hits(
            torch.cat([b.pmt for b in batches]),
            torch.cat([b.charge_pe for b in batches]),
            torch.cat([b.time_ns for b in batches]),
            torch.cat([counts.new_zeros(1), counts.cumsum(0)]),
            batches[0].n_pmt,
        )


def _ends(edges: Tensor) -> str:
    return f"{int(edges[0])} to {int(edges[-1])}" if len(edges) else "nothing"
