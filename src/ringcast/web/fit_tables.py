"""Tables of a reconstruction: every event's truth, seed and fit, and the medians over all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from ringcast.errors import ArgumentError
from ringcast.web.report import Table

__all__ = ["EventRow", "Miss", "State", "events_table", "medians_table"]

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class State:
    """A particle's state as plain numbers."""

    energy_mev: float
    """Kinetic energy."""
    position_cm: Vector
    """Vertex."""
    direction: Vector
    """Unit vector."""


@dataclass(frozen=True)
class Miss:
    """How far a track is from the truth."""

    distance_cm: float
    """Distance between the vertices."""
    angle_degrees: float
    """Angle between the directions."""
    energy_percent: float
    """Error of the kinetic energy, with its sign."""


@dataclass(frozen=True)
class EventRow:
    """One event of the report."""

    event: int
    """Number of the event in its file."""
    particle: str
    """True particle."""
    truth: State
    seed_miss: Miss
    fit: State | None
    """None where the fit failed."""
    fit_miss: Miss | None
    fit_particle: str = ""
    """Particle of the best fit."""
    status: str = ""
    """How the fit ended, in words."""


def events_table(rows: Sequence[EventRow]) -> Table:
    """One line an event: the truth, how far the seed is from it, the fit, and how far the fit is from it.

    Example:
        >>> true, off = State(500, (0, 0, 0), (1, 0, 0)), Miss(5.0, 36.87, 2.0)
        >>> events_table([EventRow(0, "e-", true, off, true, Miss(0, 0, 0), "e-", "converged")]).rows[0][:7]
        ('0', 'e-', '500', '(0, 0, 0)', '5.0', '36.87', '+2.0')
    """
    state, misses = ("MeV", "vertex (cm)"), ("cm", "degrees", "% energy")
    head = ("event", "particle", *state, *misses, "particle", *state, *misses, "status")
    groups = (("", 2), ("truth", 2), ("seed off by", 3), ("fit", 3), ("fit off by", 3), ("", 1))
    return Table(head, [_event_cells(row) for row in rows], groups=groups)


def medians_table(rows: Sequence[EventRow]) -> Table:
    """The median distance of seeds and fits from the truth, over the events that were fitted.

    Raises:
        ArgumentError: No event was fitted.

    Example:
        >>> true, off = State(500, (0, 0, 0), (1, 0, 0)), Miss(5.0, 36.87, 2.0)
        >>> for row in medians_table([EventRow(0, "e-", true, off, true, Miss(0, 0, 0))]).rows:
        ...     print(*row)
        vertex distance 5.0 cm 0.0 cm
        angle 36.87° 0.00°
        energy, with sign +2.0% 0.0%
        energy, size 2.0% 0.0%
    """
    fitted = [(row.seed_miss, row.fit_miss) for row in rows if row.fit_miss is not None]
    if not fitted:
        raise ArgumentError(f"none of {len(rows)} events was fitted; expected at least one")
    lines: tuple[tuple[str, Callable[[Miss], float], Callable[[float], str]], ...] = (
        ("vertex distance", lambda miss: miss.distance_cm, lambda x: f"{x:,.1f} cm"),
        ("angle", lambda miss: miss.angle_degrees, lambda x: f"{x:.2f}°"),
        ("energy, with sign", lambda miss: miss.energy_percent, lambda x: f"{_signed(x)}%"),
        ("energy, size", lambda miss: abs(miss.energy_percent), lambda x: f"{x:.1f}%"),
    )
    cells = [
        (name, *(show(median(measure(pair[k]) for pair in fitted)) for k in (0, 1))) for name, measure, show in lines
    ]
    left_out = len(rows) - len(fitted)
    caption = f"Medians over {len(fitted)} events" + (f"; {left_out} without a fit left out." if left_out else ".")
    return Table(("distance from the truth", "seed", "fit"), cells, caption)


def _event_cells(row: EventRow) -> tuple[str, ...]:
    fit = (
        ("—",) * 6
        if row.fit is None or row.fit_miss is None
        else (row.fit_particle, *_state_cells(row.fit), *_miss_cells(row.fit_miss))
    )
    return (str(row.event), row.particle, *_state_cells(row.truth), *_miss_cells(row.seed_miss), *fit, row.status)


def _state_cells(state: State) -> tuple[str, str]:
    vertex = ", ".join(f"{x:.0f}" for x in (round(x) + 0 for x in state.position_cm))
    return f"{state.energy_mev:,.0f}", f"({vertex})".replace("-", "−")


def _miss_cells(miss: Miss) -> tuple[str, str, str]:
    return f"{miss.distance_cm:,.1f}", f"{miss.angle_degrees:.2f}", _signed(miss.energy_percent)


def _signed(percent: float) -> str:
    """A percentage with its sign, none at zero.

    >>> _signed(-1.25), _signed(0.04), _signed(3)
    ('−1.2', '0.0', '+3.0')
    """
    text = f"{percent:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")
