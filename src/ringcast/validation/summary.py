"""`Summary`: what is compared of events, whoever simulated them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import Detector
from ringcast.units import C_CM_PER_NS

__all__ = ["ANYTIME", "EDGES", "GROUP_INDEX", "Profile", "Summary", "join", "spectrum", "summarise", "totals"]

GROUP_INDEX = 1.37
"""Group index that times of flight are taken with: about that of the light which 20-inch tubes see."""
ANYTIME = (-np.inf, np.inf)
_LATE_FROM_NS, _LATE_TO_NS, _CORE_NS = 20.0, 200.0, 20.0


def _steps(*pieces: tuple[float, float, float]) -> NDArray[np.float64]:
    """Edges from start to stop in steps, piece after piece."""
    parts = [np.linspace(start, stop, round((stop - start) / step) + 1) for start, stop, step in pieces]
    return np.unique(np.concatenate(parts).round(6))


EDGES: Mapping[str, NDArray[np.float64]] = {
    "charge_by_angle": _steps((0, 60, 3), (60, 180, 6)),
    "hits_by_angle": _steps((0, 60, 3), (60, 180, 6)),
    "residual": _steps((-20, 20, 1), (20, 50, 2.5), (50, 100, 10), (100, 200, 20)),
    "time": _steps((0, 300, 5), (300, 500, 20)),
    "charge": _steps((0, 1, 0.1), (1, 2, 0.2), (2, 4, 0.5), (4, 8, 1), (8, 16, 2), (16, 32, 4), (32, 80, 16)),
}
"""Edges of the bins of each profile: angle to the track's axis (degrees), digit time less the time of flight from the
vertex (ns), digit time since the primary's birth (ns), charge of a tube (pe)."""


class Profile(NamedTuple):
    """One curve of every event."""

    edges: NDArray[np.float64]
    """Edges of the bins, rising."""
    values: NDArray[np.float64]
    """Event by bin; NaN where the event has no tube in the bin."""


@dataclass(frozen=True)
class Summary:
    """Numbers and curves of each event, small enough to keep.

    Raises:
        ArgumentError: Numbers and curves are not of the same events.
    """

    numbers: Mapping[str, NDArray[np.float64]]
    """One number an event: `charge_pe`, `hits` (tubes hit), `charge_per_hit_pe`, and as far as they are known
    `photoelectrons`, `ring_share`, `backward_share` (charge within 36 to 48 degrees, and beyond 90 degrees, of the
    track's axis over all charge), `late_share` (charge with a time residual of 20 to 200 ns over all from -20 ns) and
    `residual_ns` (median time residual of digits within 20 ns)."""
    profiles: Mapping[str, Profile]
    """Curves by the names of `EDGES`: charge (pe) and hits per tube by angle, digits per ns by time residual and by
    time, tubes per pe by charge."""

    def __post_init__(self) -> None:
        lengths = {len(values) for values in self.numbers.values()}
        lengths |= {len(profile.values) for profile in self.profiles.values()}
        if len(lengths) != 1:
            raise ArgumentError(f"Summary holds entries of {sorted(lengths)} events; expected the same events in each")

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values())))


def summarise(
    tracks: Track,
    hits: Hits,
    detector: Detector,
    *,
    window_ns: tuple[float, float] = ANYTIME,
    photoelectrons: NDArray[np.int64] | None = None,
    own_time_zero: bool = True,
) -> Summary:
    """Numbers and curves of events with one track each.

    A tube that reports more than once counts as one hit with the sum of its charges; times are those of all its
    reports.

    Args:
        tracks: The truth.
        hits: With times since each primary's birth.
        detector: The tank whose sensors the hits count.
        window_ns: Only reports between these times after the birth.
        photoelectrons: How many each event has, if known.
        own_time_zero: Whether times are since the birth; if not, residuals are counted from each event's median.

    Raises:
        ArgumentError: Tracks and hits are not of the same events.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank, track = load_detector("mini"), Track("e-", 50, (0, 0, 0), (0, 0, 1))
        >>> twice = Hits.of([4, 4, 9], [1.0, 0.5, 2.0], [5.0, 40.0, 6.0], [0, 3], len(tank))
        >>> found = summarise(track, twice, tank)
        >>> {name: found.numbers[name].item() for name in ("charge_pe", "hits")}
        {'charge_pe': 3.5, 'hits': 2.0}
    """
    if len(tracks) != len(hits):
        raise ArgumentError(f"{len(tracks)} tracks and hits of {len(hits)} events; expected one track for each event")
    events = [
        _event(_View.of(tracks, hits, detector, i, window_ns), own_time_zero=own_time_zero) for i in range(len(hits))
    ]
    numbers = {name: np.array([event[0][name] for event in events], float) for name in _numbers_of(events)}
    if photoelectrons is not None:
        numbers["photoelectrons"] = photoelectrons.astype(float)
    profiles = {
        name: Profile(edges, np.stack([event[1][name] for event in events]))
        for name, edges in EDGES.items()
        if name in events[0][1]
    }
    return Summary(numbers, profiles)


class _View(NamedTuple):
    """One event as plain arrays."""

    pmt: NDArray[np.int64]
    charge_pe: NDArray[np.float64]
    time_ns: NDArray[np.float64]
    distance_cm: NDArray[np.float64]
    """Of every live tube from the vertex."""
    angle: NDArray[np.float64]
    """Of every live tube to the track's axis, in degrees."""
    alive: NDArray[np.bool_]

    @staticmethod
    def of(tracks: Track, hits: Hits, detector: Detector, event: int, window_ns: tuple[float, float]) -> "_View":
        rows = slice(int(hits.start[event]), int(hits.start[event + 1]))
        columns = (hits.pmt[rows], hits.charge_pe[rows].double(), hits.time_ns[rows].double())
        pmt, charge, time = (column.detach().cpu().numpy() for column in columns)
        inside = (time >= window_ns[0]) & (time < window_ns[1])
        way = detector.position_cm.double().numpy() - tracks.position_cm[event].double().numpy()
        distance = np.maximum(np.linalg.norm(way, axis=1), 1e-9)
        cosine = way @ tracks.direction[event].double().numpy() / distance
        alive = np.ones(len(detector), bool) if detector.alive is None else detector.alive.numpy()
        angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        return _View(pmt[inside], charge[inside], time[inside], distance, angle, alive)


def _event(view: _View, *, own_time_zero: bool) -> tuple[dict[str, float], dict[str, NDArray[np.float64]]]:
    """Numbers and curves of one event."""
    charge: NDArray[np.float64] = np.bincount(view.pmt, view.charge_pe, minlength=len(view.alive)).astype(float)
    hit = np.bincount(view.pmt, minlength=len(view.alive)) > 0
    residual = view.time_ns - view.distance_cm[view.pmt] * GROUP_INDEX / C_CM_PER_NS
    middle = float(np.median(residual)) if len(residual) else np.nan
    if not own_time_zero:
        residual = residual - middle
    total = float(charge.sum())
    prompt = (residual >= -_CORE_NS) & (residual < _LATE_TO_NS)
    late = prompt & (residual >= _LATE_FROM_NS)
    core = np.abs(residual) < _CORE_NS
    ring = (view.angle >= 36) & (view.angle < 48)
    numbers = totals(charge[hit]) | {
        "ring_share": _share(charge[ring].sum(), total),
        "backward_share": _share(charge[view.angle > 90].sum(), total),
        "late_share": _share(view.charge_pe[late].sum(), view.charge_pe[prompt].sum()),
    }
    if own_time_zero:
        numbers["residual_ns"] = float(np.median(residual[core])) if core.any() else np.nan
    profiles = {
        "charge_by_angle": _per_tube("charge_by_angle", view, charge),
        "hits_by_angle": _per_tube("hits_by_angle", view, hit),
        "residual": spectrum("residual", residual),
        "charge": spectrum("charge", charge[hit]),
    }
    if own_time_zero:
        profiles["time"] = spectrum("time", view.time_ns)
    return numbers, profiles


def totals(charge_pe: NDArray[np.float64]) -> dict[str, float]:
    """Numbers of one event from the charges of its hit tubes."""
    total, hits = float(charge_pe.sum()), len(charge_pe)
    return {"charge_pe": total, "hits": float(hits), "charge_per_hit_pe": _share(total, hits)}


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else np.nan


def _per_tube(name: str, view: _View, values: NDArray[np.generic]) -> NDArray[np.float64]:
    angle = view.angle[view.alive]
    tubes = np.histogram(angle, EDGES[name])[0]
    sums = np.histogram(angle, EDGES[name], weights=values[view.alive].astype(float))[0]
    return np.divide(sums, tubes, out=np.full(len(tubes), np.nan), where=tubes > 0)


def spectrum(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entries per unit in the bins of `EDGES`; those beyond the last edge are left out.

    Example:
        >>> spectrum("charge", np.array([0.25, 0.27, 0.31]))[2:4].round(3).tolist()
        [20.0, 10.0]
    """
    counts = np.histogram(values, EDGES[name])[0]
    return counts / np.diff(EDGES[name])


def _numbers_of(events: list[tuple[dict[str, float], dict[str, NDArray[np.float64]]]]) -> list[str]:
    return list(events[0][0])


def join(parts: list[Summary]) -> Summary:
    """The events of several summaries as one.

    Raises:
        ArgumentError: They do not hold the same numbers and curves.
    """
    names = {(*part.numbers, *part.profiles) for part in parts}
    if len(names) != 1:
        raise ArgumentError(f"{len(parts)} summaries with {len(names)} sets of entries; expected the same in each")
    first = parts[0]
    return Summary(
        {name: np.concatenate([part.numbers[name] for part in parts]) for name in first.numbers},
        {
            name: Profile(profile.edges, np.concatenate([part.profiles[name].values for part in parts]))
            for name, profile in first.profiles.items()
        },
    )
