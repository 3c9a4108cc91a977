"""`Shards`: the events of a long simulation, stored piece by piece as they are done, joined at the end."""

import json
import logging
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from ringcast import __version__
from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Track
from ringcast.geometry import Detector
from ringcast.storage.merge import gaps, merge_events
from ringcast.storage.parts import difference, kind_of
from ringcast.storage.write import as_json, replacing, write_events

__all__ = ["Shards"]

_LOG = logging.getLogger(__name__)
_PLAN = "plan.json"
_NAME = re.compile(r"(\d{9})-(\d{9})\.([0-9a-f]{16})\.h5")


@dataclass(frozen=True)
class Shards:
    """A folder `<target>.partial` with an event file for each piece that is done.

    Pieces may be of any size and written in any order. Stopping loses only what is in hand: open the same target with
    the same configuration to go on. A shard is there whole or not at all; its name has its events and a checksum.

    Example:
        >>> import tempfile
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.storage import read_events
        >>> tank, track = load_detector("mini"), Track("e-", 50, (0, 0, 0), (0, 0, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     shards = Shards.open(f"{folder}/events.h5", {"seed": 7, "n": 2}, tank, range(2))
        ...     for piece in shards.missing():
        ...         for event in piece:
        ...             shards.write(event, track, Hits.of([event], [1.0], [20.0], [0, 1], len(tank)))
        ...     shards.merge()
        ...     read_events(f"{folder}/events.h5").hits.pmt
        tensor([0, 1])
    """

    target: Path
    """The event file to be."""
    configuration: Mapping[str, Any]
    """What the events depend on; it becomes the file's metadata."""
    detector: Detector
    """The tank of all events."""
    events: range
    """Numbers of the events that the file is to hold."""

    @staticmethod
    def open(
        target: Path | str,
        configuration: Mapping[str, Any],
        detector: Detector,
        events: range,
        *,
        overwrite: bool = False,
    ) -> "Shards":
        """Start a new folder of shards or resume the one that is there.

        Args:
            target: The event file to be.
            configuration: What the events depend on; anything JSON can hold.
            detector: The tank whose rows the hits count.
            events: Numbers of the events that the file is to hold.
            overwrite: Replace the target if it exists.

        Raises:
            FileError: The target exists, or the folder was begun with another configuration or version.
            ArgumentError: The configuration is not JSON.
        """
        shards = Shards(Path(target), json.loads(as_json(configuration)), detector, events)
        plan = {
            "ringcast_version": __version__,
            "configuration": shards.configuration,
            "events": [events.start, events.stop],
        }
        shutil.rmtree(shards._done_with, ignore_errors=True)
        begun = (shards.folder / _PLAN).exists() and bool(shards._names())
        if shards.target.exists() and not overwrite and not (begun and shards.merged()):
            raise FileError(f"{target}: exists already; name another file, or ask to overwrite it (--overwrite)")
        if begun:
            shards._require_same(plan)
            for rest in shards.folder.glob(".*.writing"):  # of a process that was killed
                rest.unlink(missing_ok=True)
        elif shards._names():  # else nothing is lost if it was begun with another plan
            raise FileError(f"{shards.folder}: holds shards but no {_PLAN}; remove the folder to start anew")
        else:
            shards._begin(plan)
        return shards

    @property
    def folder(self) -> Path:
        """Where the shards lie."""
        return self.target.with_name(f"{self.target.name}.partial")

    @property
    def _done_with(self) -> Path:
        return self.target.with_name(f".{self.target.name}.merged")

    def merged(self) -> bool:
        """Whether the target is already there, written from these shards by a process that ended right after."""
        try:
            kind = kind_of(self.target)
        except FileError:
            return False
        return kind.plan == self.configuration and kind.attributes["ringcast_version"] == __version__

    def missing(self) -> list[range]:
        """Events that are not done; a damaged shard is removed, so that its events are made again."""
        for name, (_, digest) in self._names().items():
            path = self.folder / name
            with path.open("rb") as file:
                sound = file_digest(file, "sha256").hexdigest().startswith(digest)
            if not sound:
                _LOG.warning("%s is damaged; removed, to be made again", path)
                path.unlink(missing_ok=True)
        return gaps([events for events, _ in self._names().values()], self.events)

    def write(self, first_event: int, tracks: Track, hits: Hits, **further: Any) -> None:
        """Store successive events.

        Args:
            first_event: Number of the first one.
            tracks: One for each event.
            hits: Of the same events.
            further: What else `write_events` takes of these events, such as trigger times.

        Raises:
            ArgumentError: These are not events of the file, or tracks and hits do not belong together.
            FileError: The disk refuses.
        """
        last = first_event + len(tracks) - 1
        if not len(tracks) or first_event not in self.events or last not in self.events:
            found, expected = f"events {first_event} to {last}", f"{self.events.start} to {self.events.stop - 1}"
            raise ArgumentError(f"Shards.write got {found}; expected some of {expected}")
        whole = self.folder / f".{first_event}.whole.writing"
        write_events(
            whole, tracks, hits, self.detector, metadata=self.configuration, first_event=first_event, **further
        )
        with whole.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()[:16]
        whole.replace(self.folder / f"{first_event:09d}-{last:09d}.{digest}.h5")

    def merge(self) -> None:
        """Join all events into the target and remove the folder.

        Raises:
            FileError: Events are missing, a shard is damaged or holds events that another has, or the disk refuses.
        """
        shards = sorted(self.folder / name for name in self._names())
        if not shards:
            raise FileError(f"{self.folder}: holds no shards; expected events {self.events.start} and following")
        need, free = sum(shard.stat().st_size for shard in shards), shutil.disk_usage(self.folder).free
        if need > free:
            raise FileError(f"{self.target}: needs {need / 1e6:.1f} MB, the disk has {free / 1e6:.1f} MB; make room")
        joined = self.folder / ".joined.writing"
        merge_events(shards, joined, events=self.events)
        joined.replace(self.target)
        self.discard()

    def discard(self) -> None:
        """Remove the folder, in a way that leaves no half of it when it is interrupted."""
        self.folder.replace(self._done_with)
        shutil.rmtree(self._done_with, ignore_errors=True)

    def discard_if_empty(self) -> bool:
        """Remove the folder if it holds no shard yet; whether it did."""
        if self._names():
            return False
        self.discard()
        return True

    def _names(self) -> dict[str, tuple[range, str]]:
        """Events and checksum by name of the shards that are there."""
        found = {path.name: _NAME.fullmatch(path.name) for path in self.folder.glob("*.h5")}
        return {
            name: (range(int(match[1]), int(match[2]) + 1), match[3])
            for name, match in sorted(found.items())
            if match is not None
        }

    def _begin(self, plan: dict[str, Any]) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as reason:
            raise FileError(f"{self.folder}: cannot be made ({reason}); check that its folder exists") from None
        try:
            with replacing(self.folder / _PLAN) as beside:
                beside.write_text(json.dumps(plan, indent=1, sort_keys=True), encoding="utf-8")
        except FileError:
            self.folder.rmdir()
            raise

    def _require_same(self, plan: dict[str, Any]) -> None:
        remedy = f"use what it was begun with to go on, or remove {self.folder} to start anew"
        try:
            begun = json.loads((self.folder / _PLAN).read_text(encoding="utf-8"))
        except (OSError, ValueError) as reason:
            raise FileError(f"{self.folder / _PLAN}: not readable ({reason}); {remedy}") from None
        differs = difference(begun, plan)
        if differs is not None:
            key, before, now = differs
            key = key.removeprefix("configuration.")
            raise FileError(f"{self.folder}: begun with {key} = {before!r}, now {key} is {now!r}; {remedy}")
