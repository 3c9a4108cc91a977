"""`Photoelectrons`: what the sensors saw before any electronics, each with the particle that its light came from."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events.track import Track

__all__ = ["DARK", "Emitters", "Photoelectrons"]

DARK = -1
"""`Photoelectrons.parent` of those that no light made."""


@dataclass(frozen=True)
class Emitters:
    """The particles that the light of each event is put down to, events one after another.

    Within an event they count from 1: each primary, followed by its decay products that shine or whose secondaries do
    (the electron of a muon, the muon of a pion, the photons of a neutral pion). Everything else that a particle sets
    free, such as its shower and knock-on electrons, counts as its own. So a muon's own light has number 1 and that of
    its decay electron, the second sub-event, number 2.

    Raises:
        ArgumentError: Lengths disagree.
    """

    number: Int[Tensor, " emitter"]
    """Number within its event, from 1."""
    parent: Int[Tensor, " emitter"]
    """Number of the emitter that it came from; 0 for a primary."""
    tracks: Track
    """Kind, kinetic energy, place, direction and time of birth."""
    start: Int[Tensor, " event_plus_one"]
    """First row of every event, and the number of rows at the end."""

    def __post_init__(self) -> None:
        lengths = (len(self.number), len(self.parent), len(self.tracks), int(self.start[-1]))
        if len(set(lengths)) != 1:
            found = "{} numbers, {} parents, {} tracks, {} rows by start".format(*lengths)
            raise ArgumentError(f"Emitters have {found}; expected the same number of each")


@dataclass(frozen=True)
class Photoelectrons:
    """Sensor, time and origin of every photoelectron, events one after another.

    Event i owns the rows `start[i]` to `start[i + 1]`.

    Raises:
        ArgumentError: Lengths disagree, or a sensor number is outside the detector.

    Example:
        >>> track = Track(["mu-", "e-"], [200, 40], (0, 0, 0), (0, 0, 1), [0, 2100])
        >>> emitters = Emitters(torch.tensor([1, 2]), torch.tensor([0, 1]), track, torch.tensor([0, 2]))
        >>> light = Photoelectrons.of([4, 7, 4], [20, 21, 2130], [1, -1, 2], [0, 3], n_pmt=10, emitters=emitters)
        >>> light.time_ns[light.parent == 2].tolist()
        [2130.0]
    """

    pmt: Int[Tensor, " photoelectron"]
    """Sensor number, 0-based row of the detector's table."""
    time_ns: Float[Tensor, " photoelectron"]
    """Time when the photoelectron arose, on the clock of the primary's birth time: no spread, step or trigger."""
    parent: Int[Tensor, " photoelectron"]
    """Number of the emitter within its event, or `DARK`."""
    start: Int[Tensor, " event_plus_one"]
    """First row of every event, and the number of rows at the end."""
    n_pmt: int
    """Sensors of the detector."""
    emitters: Emitters | None = None
    """Whom the numbers of `parent` name; None in files that do not say it."""

    def __post_init__(self) -> None:
        lengths = (len(self.pmt), len(self.time_ns), len(self.parent), int(self.start[-1]))
        if len(set(lengths)) != 1:
            found = "{} pmt, {} time_ns, {} parent, {} rows by start".format(*lengths)
            raise ArgumentError(f"Photoelectrons have {found}; expected the same number of each")
        if len(self.pmt) and not (int(self.pmt.min()) >= 0 and int(self.pmt.max()) < self.n_pmt):
            found = f"{int(self.pmt.min())} to {int(self.pmt.max())}"
            raise ArgumentError(f"Photoelectrons pmt runs from {found}; expected 0 to {self.n_pmt - 1}")
        if self.emitters is not None and len(self.emitters.start) != len(self.start):
            found = f"{len(self)} events, emitters of {len(self.emitters.start) - 1}"
            raise ArgumentError(f"Photoelectrons are of {found}; expected the same events")

    @staticmethod
    def of(
        pmt: object, time_ns: object, parent: object, start: object, n_pmt: int, emitters: Emitters | None = None
    ) -> "Photoelectrons":
        """Build from sequences or NumPy arrays; times become float64, integers int64."""
        whole = (torch.as_tensor(column).to(torch.int64) for column in (pmt, parent, start))
        sensor, origin, edges = whole
        return Photoelectrons(
            sensor, torch.as_tensor(time_ns).to(torch.float64), origin, edges, int(n_pmt), emitters=emitters
        )

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def counts(self) -> Int[Tensor, " event"]:
        """Photoelectrons of each event."""
        return self.start.diff()

    @property
    def event(self) -> Int[Tensor, " photoelectron"]:
        """Event number of every photoelectron."""
        return torch.arange(len(self)).repeat_interleave(self.counts)

    def renumbered(self, number: Int[Tensor, " pmt"], n_pmt: int) -> "Photoelectrons":
        """The same by other sensor numbers, which are given for each of the present ones; -1 leaves a sensor out."""
        pmt = number[self.pmt]
        kept = pmt >= 0
        counts = torch.bincount(self.event[kept], minlength=len(self))
        start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        return replace(
            self, pmt=pmt[kept], time_ns=self.time_ns[kept], parent=self.parent[kept], start=start, n_pmt=n_pmt
        )
