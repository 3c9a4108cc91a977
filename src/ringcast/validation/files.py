"""Event files as samples to compare: ours, and a user's own reference."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ringcast.errors import ArgumentError, FileError
from ringcast.events import DARK, Hits, Track
from ringcast.geometry import PRESETS, Detector, load_detector
from ringcast.geometry.save import save_detector
from ringcast.storage import EventFile, read_events, read_photoelectrons
from ringcast.validation.reference import Reference
from ringcast.validation.summary import ANYTIME, Summary, summarise
from ringcast.validation.whole_ns import LostFraction, without_fraction

__all__ = ["reference_from_file", "summarise_file"]

_TRIGGER_OFFSET_NS = 950.0
_SAME = {"energy_mev": 0.01, "position_cm": 0.01, "direction": 1e-4}
"""Events whose truth differs by less are events of one kind."""


def summarise_file(
    path: Path | str,
    *,
    window_ns: tuple[float, float] = ANYTIME,
    own_time_zero: bool = True,
    lost_fraction: LostFraction | None = None,
) -> Summary:
    """Numbers and curves of the events of a file that Ringcast wrote.

    Args:
        path: The file.
        window_ns: Only reports between these times since the birth.
        own_time_zero: Whether residuals count from the birth, if the file says when that was.
        lost_fraction: What loses the fraction of its ns first, as in the events that these are compared with.

    Raises:
        FileError: It cannot be read.
    """
    events = read_events(path)
    hits, known = _since_birth(events)
    if lost_fraction is not None:
        hits = without_fraction(hits, lost_fraction)
    return summarise(
        events.tracks,
        hits,
        events.detector,
        window_ns=window_ns,
        photoelectrons=_light(events, None, None, window_ns),
        own_time_zero=known and own_time_zero,
    )


def _light(
    events: EventFile, detector: Detector | None, geometry: Path | None, window_ns: tuple[float, float]
) -> NDArray[np.int64] | None:
    """Photoelectrons of light within the window in each event, if the file holds them."""
    try:
        light = read_photoelectrons(events.path, detector=detector, geometry=geometry)
    except FileError:
        return None
    time = light.time_ns - events.tracks.time_ns.double()[light.event]
    seen = (light.parent != DARK) & (time >= window_ns[0]) & (time < window_ns[1])
    counts: NDArray[np.int64] = torch.bincount(light.event[seen], minlength=len(events.tracks)).numpy()
    return counts


def _since_birth(events: EventFile) -> tuple[Hits, bool]:
    """Hits in time since each primary's birth, and whether the file allows to know it."""
    if events.time_zero == "primary birth":
        zero = events.tracks.time_ns.double()
    elif events.time_zero == "trigger + 950 ns" and events.trigger_ns is not None:
        missed = events.trigger_ns.isnan()  # such an event has no hits
        zero = _TRIGGER_OFFSET_NS - events.trigger_ns.masked_fill(missed, 0.0) + events.tracks.time_ns.double()
    else:
        return events.hits, False
    hits = events.hits
    return Hits(hits.pmt, hits.charge_pe, hits.time_ns.double() - zero[hits.event], hits.start, hits.n_pmt), True


def reference_from_file(
    path: Path | str,
    *,
    folder: Path,
    detector: Detector | None = None,
    geometry: Path | None = None,
    window_ns: tuple[float, float] = ANYTIME,
) -> Reference:
    """Events of a user's own as a reference.

    If all events have the same particle, energy, vertex and direction they are compared as one kind; if not, ours are
    simulated event by event with the same primaries.

    Args:
        path: Event file that `read_events` takes.
        folder: Where to write the tank, if it is no preset.
        detector: The tank, in place of the one in the file or of the table; with a table, the table's sensors are found
            in it by position.
        geometry: Its sensor table, if it lies neither in the file nor beside it.
        window_ns: Only reports between these times since the birth.

    Raises:
        FileError: The file cannot be read, or holds no events.
        ArgumentError: A window is asked for, but times in the file are not since anything known.
    """
    events = read_events(path, detector=detector, geometry=geometry)
    if len(events.tracks) == 0:
        raise FileError(f"{path}: holds no events; expected at least one to compare with")
    hits, known = _since_birth(events)
    if not known and window_ns != ANYTIME:
        raise ArgumentError(
            f"{path}: its hit times are since {events.time_zero}, so that a window in time since the birth cannot be"
            " taken; leave the window out"
        )
    one_kind = events.primaries is None and _is_one_kind(events.tracks)
    name = Path(path).stem
    return Reference(
        name=name,
        title=f"{name} in {events.detector.name}",
        source=str(path),
        program=name,
        detector=_named(events.detector, folder),
        tracks=events.tracks[:1] if one_kind else events.tracks,
        primaries=events.primaries,
        window_ns=window_ns,
        plan={} if events.time_zero == "trigger + 950 ns" else {"trigger": False},
        notes=(_NOTE_ONE_KIND if one_kind else _NOTE_PAIRS, *(() if known else (_NOTE_TIME,))),
        own_time_zero=known,
        summary=summarise(
            events.tracks,
            hits,
            events.detector,
            window_ns=window_ns,
            photoelectrons=_light(events, detector, geometry, window_ns) if known else None,
            own_time_zero=known,
        ),
    )


_NOTE_ONE_KIND = "All events have the same primary."
_NOTE_PAIRS = "Each event has a primary of its own; ours have the same, event by event."
_NOTE_TIME = (
    "Times in the file are not since the primary's birth or a trigger time that it names; residuals of both are counted"
    " from each event's median."
)


def _is_one_kind(tracks: Track) -> bool:
    same = [
        float((getattr(tracks, name) - getattr(tracks, name)[:1]).abs().max()) <= most for name, most in _SAME.items()
    ]
    return all(same) and bool((tracks.pdg == tracks.pdg[0]).all())


def _named(detector: Detector, folder: Path) -> str:
    """A name that `load_detector` takes: the preset's, or a file written for it."""
    if detector.name in PRESETS and load_detector(detector.name).fingerprint == detector.fingerprint:
        return detector.name
    return str(save_detector(detector, folder))
