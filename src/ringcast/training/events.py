"""Training events in memory, split and dealt out in batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.generator import TrainedDomain
from ringcast.geometry import SURFACES, Detector, load_detector
from ringcast.geometry.distances import surface_ahead
from ringcast.geometry.symmetry import BarrelSymmetry
from ringcast.storage import EventStore
from ringcast.training.config import DataConfig

__all__ = ["Split", "TrainingEvents", "batches", "moved", "read_training_events", "split", "trained_domain"]

_CHUNK = 500


@dataclass(frozen=True)
class TrainingEvents:
    """Tracks and hits of one detector; the hits are those of the surface to be learnt."""

    tracks: Track
    hits: Hits
    detector: Detector

    def __post_init__(self) -> None:
        if len(self.tracks) != len(self.hits):
            raise ArgumentError(f"there are {len(self.tracks)} tracks and {len(self.hits)} events of hits")

    def __len__(self) -> int:
        return len(self.tracks)


@dataclass(frozen=True)
class Split:
    """Numbers of the events to learn from and of those held out."""

    train: Int[Tensor, " train"]
    validation: Int[Tensor, " validation"]


def read_training_events(data: DataConfig, *, surface: str = "barrel") -> TrainingEvents:
    """Load event files of one detector, without the times and the hits on other surfaces.

    Raises:
        FileError: A file is missing, damaged, or no event file.
        ArgumentError: The files are of different detectors, or hold no event that is wanted.
    """
    tank = None if data.detector is None else load_detector(data.detector)
    stores = [EventStore.open(file, detector=tank) for file in data.files]
    first = stores[0].detector
    for store in stores:
        if store.detector.fingerprint != first.fingerprint:
            raise ArgumentError(
                f"{store.path} is of {store.detector.name}, {stores[0].path} of {first.name}; train one"
            )
        if store.primaries is not None and store.primaries.several:
            raise ArgumentError(
                f"{store.path} has events of several primaries, but the network predicts the light of one particle;"
                " train on events of single particles"
            )
    wanted = torch.zeros(len(first), dtype=torch.bool)
    wanted[first.on(surface)] = True
    chosen = [_leaving(store.tracks, first, data.leaves_through) for store in stores]
    if not any(len(numbers) for numbers in chosen):
        files = ", ".join(str(file) for file in data.files)
        raise ArgumentError(f"no track in {files} leaves through the {data.leaves_through}; choose another surface")
    parts = [part for store, own in zip(stores, chosen, strict=True) for part in _parts(store, own, wanted)]
    tracks = Track.concatenate([store.tracks[own] for store, own in zip(stores, chosen, strict=True)])
    return TrainingEvents(tracks.to(torch.float32), Hits.concatenate(parts), first)


def _leaving(tracks: Track, detector: Detector, surface: str | None) -> Int[Tensor, " chosen"]:
    """Numbers of the tracks whose line leaves the tank through a surface; all without one."""
    if surface is None:
        return torch.arange(len(tracks))
    ahead = surface_ahead(tracks.position_cm, tracks.direction, detector)
    return (ahead == SURFACES.index(surface)).nonzero().squeeze(-1)


def split(n: int, *, fraction: float, most: int, seed: int) -> Split:
    """Hold out a random share of n events, at least one and at most `most`.

    Raises:
        ArgumentError: Fewer than two events.
    """
    if n < 2:
        raise ArgumentError(f"found {n} events; expected at least 2, one to learn from and one to hold out")
    held = min(most, max(1, round(n * fraction)), n - 1)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return Split(train=order[held:], validation=order[:held].sort().values)


def batches(events: Int[Tensor, " train"], size: int, *, seed: int, first: int) -> Iterator[Int[Tensor, " batch"]]:
    """Batches of event numbers without end, from batch number `first` on, in a new order each epoch.

    The order of epoch e depends on the seed and e alone, so any place in it can be taken up again. A rest shorter than
    a batch is left out of its epoch.
    """
    size = min(size, len(events))
    per_epoch = len(events) // size
    epoch, place = divmod(first, per_epoch)
    while True:
        order = torch.randperm(len(events), generator=torch.Generator().manual_seed((seed << 32) + epoch))
        for number in range(place, per_epoch):
            yield events[order[number * size : (number + 1) * size]]
        epoch, place = epoch + 1, 0


def moved(track: Track, hits: Hits, symmetry: BarrelSymmetry, *, generator: torch.Generator) -> tuple[Track, Hits]:
    """Move every event of a batch by a random symmetry of the barrel."""
    number = symmetry.draw(len(track), generator=generator)
    matrix = symmetry.matrix(number).to(track.position_cm)
    position = (matrix @ track.position_cm.unsqueeze(-1)).squeeze(-1)
    direction = (matrix @ track.direction.unsqueeze(-1)).squeeze(-1)
    pmt = symmetry.renumber(number.repeat_interleave(hits.counts), hits.pmt)
    return (
        Track(track.pdg, track.energy_mev, position, direction, track.time_ns),
        Hits(pmt, hits.charge_pe, hits.time_ns, hits.start, hits.n_pmt),
    )


def trained_domain(track: Track) -> TrainedDomain:
    """The region that tracks cover, and how many there are of each particle."""
    energy, position, names = track.energy_mev, track.position_cm, track.names
    low, high = position.amin(0).tolist(), position.amax(0).tolist()
    return TrainedDomain(
        energy_mev=(float(energy.min()), float(energy.max())),
        position_cm=((low[0], high[0]), (low[1], high[1]), (low[2], high[2])),
        events={name: names.count(name) for name in sorted(set(names))},
    )


def _parts(store: EventStore, numbers: Tensor, wanted: Tensor) -> Iterator[Hits]:
    """Pieces of a file with 8 bytes a hit, so that a big file fits in memory."""
    for chunk in torch.split(numbers, _CHUNK):
        hits = store.hits(chunk)
        kept = wanted[hits.pmt]
        counts = torch.bincount(hits.event[kept], minlength=len(hits))
        start = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        pmt = hits.pmt[kept].to(torch.int32)
        yield Hits(pmt, hits.charge_pe[kept], torch.zeros(1).expand(len(pmt)), start, hits.n_pmt)
