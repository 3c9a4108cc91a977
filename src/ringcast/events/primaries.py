"""`Primaries`: the particles that events start with, one or more in each event."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events.track import Track

__all__ = ["Primaries"]


@dataclass(frozen=True)
class Primaries:
    """Primaries of events, ragged: event i has `particles[start[i]:start[i + 1]]`.

    The first particle of an event is the one that stands for it where an event has a single track, as in the columns of
    an event file.

    Example:
        >>> gammas = Track("gamma", [200, 100, 50], (0, 0, 0), (0, 0, 1))
        >>> primaries = Primaries(gammas, torch.tensor([0, 2, 3]))
        >>> len(primaries), primaries.leading.energy_mev.tolist(), primaries.event.tolist()
        (2, [200.0, 50.0], [0, 0, 1])
    """

    particles: Track
    """All particles, event after event."""
    start: Int[Tensor, " event_plus_one"]
    """First particle of every event, and the number of particles at the end."""

    def __post_init__(self) -> None:
        rises = self.start.ndim == 1 and len(self.start) > 0 and bool((self.start.diff() > 0).all())
        if not (rises and int(self.start[0]) == 0 and int(self.start[-1]) == len(self.particles)):
            raise ArgumentError(
                f"Primaries start is {self.start.tolist()[:10]}; expected numbers that rise from 0 to the"
                f" {len(self.particles)} particles, as each event has at least one"
            )

    @staticmethod
    def of(tracks: Track) -> "Primaries":
        """One primary for each event."""
        return Primaries(tracks, torch.arange(len(tracks) + 1))

    @staticmethod
    def concatenate(parts: Sequence["Primaries"]) -> "Primaries":
        """Join events in order."""
        counts = torch.cat([part.counts for part in parts])
        start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        return Primaries(Track.concatenate([part.particles for part in parts]), start)

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, events: int | slice | Sequence[int] | Tensor) -> "Primaries":
        """Pick events; an integer gives one event."""
        if isinstance(events, int) and not -len(self) <= events < len(self):
            raise IndexError(f"event {events} of {len(self)}")
        pick = slice(events, events + 1 or None) if isinstance(events, int) else events
        picked = torch.arange(len(self))[pick]
        counts = self.counts[picked]
        start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        rows = torch.arange(int(start[-1])) + torch.repeat_interleave(self.start[picked] - start[:-1], counts)
        return Primaries(self.particles[rows], start)

    @property
    def counts(self) -> Int[Tensor, " event"]:
        """Particles of each event."""
        return self.start.diff()

    @property
    def event(self) -> Int[Tensor, " particle"]:
        """Event of each particle."""
        return torch.repeat_interleave(torch.arange(len(self)), self.counts)

    @property
    def leading(self) -> Track:
        """The first particle of each event."""
        return self.particles[self.start[:-1]]

    @property
    def several(self) -> bool:
        """Whether any event has more than one particle."""
        return len(self.particles) > len(self)
