"""`Shards`: the batches of a long simulation, each stored as it is done, joined at the end."""

import json
import logging
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ringcast import __version__
from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Photoelectrons, Primaries, Track
from ringcast.geometry import Detector
from ringcast.storage.light import LightBatches, light_arrays, light_of_arrays
from ringcast.storage.write import as_json, replacing, write_batches

__all__ = ["Shards"]

_LOG = logging.getLogger(__name__)
_PLAN = "plan.json"
_TRACK_FIELDS = ("pdg", "energy_mev", "position_cm", "direction", "time_ns")
_HIT_FIELDS = ("pmt", "charge_pe", "time_ns", "start")
_TRIGGER, _PRIMARY_START = "trigger_ns", "primary_start"


@dataclass(frozen=True)
class Shards:
    """A folder `<target>.partial` with one file for each batch that is done.

    Batches may be written in any order and by several processes. Stopping loses only the batch in hand: open the same
    target with the same configuration to go on. A shard is there whole or not at all, and carries checksums.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.storage import read_events
        >>> tank, track = load_detector("mini"), Track("e-", 50, (0, 0, 0), (0, 0, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     shards = Shards.open(f"{folder}/events.h5", {"seed": 7, "n": 2})
        ...     for batch in set(range(2)) - shards.done():
        ...         shards.write(batch, track, Hits.of([batch], [1.0], [20.0], [0, 1], len(tank)))
        ...     shards.merge(2, tank)
        ...     read_events(f"{folder}/events.h5").hits.pmt
        tensor([0, 1])
    """

    target: Path
    """The event file to be."""
    configuration: Mapping[str, Any]
    """What the events depend on; it becomes the file's metadata."""

    @staticmethod
    def open(target: Path | str, configuration: Mapping[str, Any], *, overwrite: bool = False) -> "Shards":
        """Start a new folder of shards or resume the one that is there.

        Args:
            target: The event file to be.
            configuration: What the events depend on; anything JSON can hold.
            overwrite: Replace the target if it exists.

        Raises:
            FileError: The target exists, or the folder was begun with another configuration or version.
            ArgumentError: The configuration is not JSON.
        """
        shards = Shards(Path(target), json.loads(as_json(configuration)))
        if shards.target.exists() and not overwrite:
            raise FileError(f"{target}: exists already; name another file, or ask to overwrite it (--overwrite)")
        plan = {"ringcast_version": __version__, "configuration": shards.configuration}
        if (shards.folder / _PLAN).exists():
            shards._require_same(plan)
        elif shards._numbers():
            raise FileError(f"{shards.folder}: holds shards but no {_PLAN}; remove the folder to start anew")
        else:
            shards._begin(plan)
        return shards

    @property
    def folder(self) -> Path:
        """Where the shards lie."""
        return self.target.with_name(f"{self.target.name}.partial")

    def done(self) -> set[int]:
        """Numbers of the batches that are there and sound; a damaged shard is removed, so that it is made again."""
        sound = set()
        for index in self._numbers():
            if _is_sound(self._path(index)):
                sound.add(index)
            else:
                _LOG.warning("%s is damaged; removed, to be made again", self._path(index))
                self._path(index).unlink(missing_ok=True)
        return sound

    def write(
        self,
        index: int,
        tracks: Track,
        hits: Hits,
        *,
        trigger_ns: np.ndarray | None = None,
        photoelectrons: Photoelectrons | None = None,
        primaries: Primaries | None = None,
    ) -> None:
        """Store one batch.

        Args:
            index: Number of the batch, from 0: its place in the file.
            tracks: One for each event.
            hits: Of the same events.
            trigger_ns: Their trigger times, if the batches have a trigger; see `write_batches`.
            photoelectrons: Of the same events, if they are to be stored.
            primaries: All particles the events start with, if any event of the file has more than one.

        Raises:
            ArgumentError: The number is negative, or tracks and hits are not of the same events.
            FileError: The disk refuses.
        """
        if index < 0 or len(tracks) != len(hits):
            found = f"index {index}, {len(tracks)} tracks and hits of {len(hits)} events"
            raise ArgumentError(f"Shards.write got {found}; expected an index from 0 and one track for each event")
        arrays = {f"track_{name}": getattr(tracks, name).detach().cpu().numpy() for name in _TRACK_FIELDS}
        arrays |= {f"hit_{name}": getattr(hits, name).detach().cpu().numpy() for name in _HIT_FIELDS}
        arrays["hit_pmt"] = arrays["hit_pmt"].astype(np.int32)
        if trigger_ns is not None:
            arrays[_TRIGGER] = trigger_ns
        if photoelectrons is not None:
            arrays |= light_arrays(photoelectrons)
        if primaries is not None:
            arrays |= {f"primary_{name}": getattr(primaries.particles, name).cpu().numpy() for name in _TRACK_FIELDS}
            arrays[_PRIMARY_START] = primaries.start.cpu().numpy()
        with replacing(self._path(index)) as beside, beside.open("wb") as file:
            np.savez(file, n_pmt=np.array(hits.n_pmt), **arrays)

    def merge(self, n_batches: int, detector: Detector) -> None:
        """Join batches 0 to `n_batches - 1` into the target, one at a time, and remove the folder.

        Raises:
            FileError: Batches are missing or left over, a shard is damaged, or the disk refuses.
            ArgumentError: The shards' hits are of another detector.
        """
        found = self.done()
        missing, extra = sorted(set(range(n_batches)) - found), sorted(found - set(range(n_batches)))
        if missing:
            raise FileError(f"{self.folder}: lacks batches {_few(missing)} of {n_batches}; make them, then merge")
        if extra:
            raise FileError(f"{self.folder}: holds batches {_few(extra)} beyond the {n_batches} to merge; remove them")
        starts = [_start(self._path(index)) for index in range(n_batches)]
        size = (sum(len(start) - 1 for start in starts), sum(int(start[-1]) for start in starts))
        times = [_triggers(self._path(index)) for index in range(n_batches)]
        trigger = np.concatenate([time for time in times if time is not None]) if times[0] is not None else None
        write_batches(
            self.target,
            self._batches(n_batches),
            detector,
            metadata=self.configuration,
            size=size,
            trigger_ns=trigger,
            light=self._light(n_batches),
            primaries=_joined([_primaries(self._path(index)) for index in range(n_batches)]),
        )
        shutil.rmtree(self.folder)

    def _batches(self, n_batches: int) -> Iterator[tuple[Track, Hits]]:
        for index in range(n_batches):
            yield _load(self._path(index))

    def _light(self, n_batches: int) -> LightBatches | None:
        """The photoelectrons of all batches, if they have any."""
        sizes = [_light_size(self._path(index)) for index in range(n_batches)]
        if not sizes or sizes[0] is None:
            return None
        rows = np.array(sizes).sum(axis=0)
        batches = (_load_light(self._path(index)) for index in range(n_batches))
        return LightBatches(batches, int(rows[0]), int(rows[1]))

    def _path(self, index: int) -> Path:
        return self.folder / f"{index:08d}.npz"

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self.folder.glob("*.npz") if path.stem.isdigit())

    def _begin(self, plan: dict[str, Any]) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as reason:
            raise FileError(f"{self.folder}: cannot be made ({reason}); check that its folder exists") from None
        with replacing(self.folder / _PLAN) as beside:
            beside.write_text(json.dumps(plan, indent=1, sort_keys=True), encoding="utf-8")

    def _require_same(self, plan: dict[str, Any]) -> None:
        remedy = f"use what it was begun with to go on, or remove {self.folder} to start anew"
        try:
            begun = json.loads((self.folder / _PLAN).read_text(encoding="utf-8"))
        except (OSError, ValueError) as reason:
            raise FileError(f"{self.folder / _PLAN}: not readable ({reason}); {remedy}") from None
        difference = _difference(begun, plan)
        if difference is not None:
            key, before, now = difference
            key = key.removeprefix("configuration.")
            raise FileError(f"{self.folder}: begun with {key} = {before!r}, now {key} is {now!r}; {remedy}")


def _difference(before: Any, now: Any, key: str = "") -> tuple[str, Any, Any] | None:
    """The first key, dotted, whose values differ, with both values; None in place of one that is absent."""
    if not (isinstance(before, dict) and isinstance(now, dict)):
        return None if before == now else (key or "the plan", before, now)
    for part in sorted({*before, *now}):
        found = _difference(before.get(part), now.get(part), f"{key}.{part}" if key else part)
        if found is not None:
            return found
    return None


def _is_sound(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {f"track_{name}.npy" for name in _TRACK_FIELDS} | {f"hit_{name}.npy" for name in _HIT_FIELDS}
            return names <= set(archive.namelist()) and archive.testzip() is None
    except (OSError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile):
        return False


def _start(path: Path) -> np.ndarray:
    with np.load(path, allow_pickle=False) as archive:
        return np.asarray(archive["hit_start"])


def _triggers(path: Path) -> np.ndarray | None:
    """Trigger times of a shard, if it has any."""
    with np.load(path, allow_pickle=False) as archive:
        return np.asarray(archive[_TRIGGER]) if _TRIGGER in archive.files else None


def _primaries(path: Path) -> Primaries | None:
    """All primaries of a shard's events, if it has them beside the tracks."""
    with np.load(path, allow_pickle=False) as archive:
        if _PRIMARY_START not in archive.files:
            return None
        return Primaries(_tracks(archive, "primary"), torch.from_numpy(archive[_PRIMARY_START]))


def _joined(parts: list[Primaries | None]) -> Primaries | None:
    several = [part for part in parts if part is not None]
    return Primaries.concatenate(several) if several else None


def _tracks(archive: Mapping[str, np.ndarray], prefix: str) -> Track:
    return Track(*(torch.from_numpy(archive[f"{prefix}_{name}"]) for name in _TRACK_FIELDS))


def _load(path: Path) -> tuple[Track, Hits]:
    with np.load(path, allow_pickle=False) as archive:
        pmt, charge, time, start = (torch.from_numpy(archive[f"hit_{name}"]) for name in _HIT_FIELDS)
        return _tracks(archive, "track"), Hits(pmt, charge, time, start, int(archive["n_pmt"]))


def _light_size(path: Path) -> tuple[int, int] | None:
    """Photoelectrons and emitters of a shard, if it has any."""
    with np.load(path, allow_pickle=False) as archive:
        if "light_start" not in archive.files:
            return None
        return int(archive["light_start"][-1]), int(archive["emitter_start"][-1])


def _load_light(path: Path) -> Photoelectrons:
    with np.load(path, allow_pickle=False) as archive:
        return light_of_arrays(archive, int(archive["n_pmt"]))


def _few(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:10])
    return shown if len(numbers) <= 10 else f"{shown} and {len(numbers) - 10} more"
