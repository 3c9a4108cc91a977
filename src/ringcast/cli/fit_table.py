"""The table of fits that the program prints, and the same numbers for machines."""

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringcast.events import Hits, Track
    from ringcast.reconstruction import Comparison, Fit

__all__ = ["fit_medians", "fit_rows", "print_fit_table"]

_PIPE_WIDTH = 140
"""Columns of a table that no terminal shows."""


def fit_rows(
    fit: "Fit", comparison: "Comparison", numbers: Sequence[int], truth: "Track", hits: "Hits"
) -> list[dict[str, Any]]:
    """One mapping of plain numbers for each event; None where there is no number."""
    best, rows = fit.best, []
    score = fit.pid_score.tolist() if len(fit.hypotheses) > 1 else [math.nan] * len(fit)
    for i, number in enumerate(numbers):
        row: dict[str, Any] = {
            "event": number,
            "true_particle": truth.names[i],
            "true_energy_mev": float(truth.energy_mev[i]),
            "hits": int(hits.counts[i]),
        }
        fitted = bool(comparison.fitted[i])
        row["particle"] = best.track.names[i] if fitted else None
        row["energy_mev"] = float(best.track.energy_mev[i]) if fitted else None
        for name, errors in (("seed", comparison.seed), ("fit", comparison.fit)):
            row[f"{name}_position_cm"] = float(errors.position_cm[i]) if fitted else None
            row[f"{name}_angle_degrees"] = math.degrees(float(errors.angle_rad[i])) if fitted else None
            row[f"{name}_energy_percent"] = 100 * float(errors.energy_fraction[i]) if fitted else None
        row["nll"] = _number(float(best.nll[i, 0]))
        row["dnll"] = _number(score[i])
        row["status"] = best.status[i][0]
        rows.append(row)
    return rows


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def fit_medians(comparison: "Comparison") -> dict[str, Any]:
    """Medians over the fitted events, with their number; of the size of the energy error."""
    document: dict[str, Any] = {
        "events": int(comparison.fitted.sum()),
        "right_particle": int(comparison.right_particle.sum()),
    }
    for name, errors in (("seed", comparison.seed), ("fit", comparison.fit)):
        position, angle, energy = errors.medians(comparison.fitted)
        document[f"{name}_position_cm"] = _number(position)
        document[f"{name}_angle_degrees"] = _number(math.degrees(angle))
        document[f"{name}_energy_percent"] = _number(100 * energy)
    return document


_COLUMNS = {
    "seed_position_cm": ("seed cm", ".1f"),
    "seed_angle_degrees": ("seed °", ".2f"),
    "seed_energy_percent": ("seed E %", "+.1f"),
    "fit_position_cm": ("fit cm", ".1f"),
    "fit_angle_degrees": ("fit °", ".2f"),
    "fit_energy_percent": ("fit E %", "+.1f"),
    "nll": ("nll", ".1f"),
    "dnll": ("dNLL", "+.1f"),
}


def print_fit_table(rows: list[dict[str, Any]], medians: dict[str, Any]) -> None:
    """Print one line an event and the medians under them."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for heading in ("event", "true", "MeV", "fit", *(heading for heading, _ in _COLUMNS.values())):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", overflow="fold")
    for row in rows:
        cells = [str(row["event"]), row["true_particle"], f"{row['true_energy_mev']:.0f}", row["particle"] or "-"]
        table.add_row(*cells, *(_cell(row[key], form) for key, (_, form) in _COLUMNS.items()), row["status"])
    table.add_section()
    values = [_cell(medians.get(key), form.lstrip("+")) for key, (_, form) in _COLUMNS.items()]
    summary = f"{medians['right_particle']} of {medians['events']} with the true particle"
    table.add_row("median", "", "", "", *values, summary, style="bold")
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    console.print(table)
    print(
        f"medians over {medians['events']} fitted events of {len(rows)}, of |E error| for the energy; all distances"
        " are from the true tracks, seeds and fits use the hits alone"
    )


def _cell(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
