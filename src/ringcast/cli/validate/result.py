"""One reference with our events and what differs; as a table for a terminal, and as JSON."""

import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringcast.cli.validate.words import NUMBERS
from ringcast.errors import FileError

if TYPE_CHECKING:
    from ringcast.cli.validate.options import Run
    from ringcast.simulation import SimulationPlan
    from ringcast.validation import Comparison, Reference
    from ringcast.validation.compare import Mean, NumberRow
    from ringcast.validation.light import LightReference

__all__ = [
    "GATED",
    "Compared",
    "compared",
    "compared_light",
    "document",
    "mean_text",
    "misses",
    "print_numbers",
    "ratio_text",
]

GATED = ("charge_pe", "hits", "photons_per_mev")
"""Means that have to agree."""
_PIPE_WIDTH = 150
CLOSE_PERCENT = 3.0
"""Ratios within this are called close."""


@dataclass(frozen=True)
class Compared:
    """A reference and our events of the same primaries."""

    reference: "Reference | LightReference"
    settings: Mapping[str, Any]
    """What ours were simulated with."""
    events: Path | None
    """File of our events, if they are kept."""
    comparison: "Comparison"


def compared(
    reference: "Reference", n_events: int, folder: Path, *, changes: Mapping[str, Any], run: "Run"
) -> Compared:
    """Simulate the like of a reference, unless it is there already, and compare."""
    from ringcast.cli.simulate.command import run_plan
    from ringcast.cli.simulate.options import Run as SimulationRun
    from ringcast.validation import compare, plan_of, summarise_file

    plan, primaries = plan_of(reference, n_events, seed=run.seed, changes=changes)
    path = folder / f"{reference.name}.h5"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise FileError(f"{folder}: cannot be made ({reason.strerror}); name another output folder") from None
    if run.overwrite or not _holds(path, plan):
        run_plan(plan, path, SimulationRun(workers=run.workers, overwrite=True), primaries=primaries)
    ours = summarise_file(
        path,
        window_ns=reference.window_ns,
        own_time_zero=reference.own_time_zero,
        lost_fraction=reference.lost_fraction,
    )
    return Compared(reference, plan.configuration, path, compare(reference.summary, ours, paired=reference.paired))


def compared_light(reference: "LightReference", n_events: int, *, run: "Run") -> Compared:
    """Make the light of a reference's particles, and compare it at its birth."""
    from ringcast.cli.progress import progress
    from ringcast.validation.births import compare_light, simulate_light
    from ringcast.validation.light import birth_plan_of

    plan = birth_plan_of(reference, n_events, seed=run.seed)
    parts = []
    with progress(f"simulating light of {reference.name}", n_events) as advance:
        for part in simulate_light(reference, plan, workers=run.workers or os.cpu_count() or 1):
            parts.append(part)
            advance(len(part["photons"]))
    return Compared(reference, plan.configuration, None, compare_light(reference, parts))


def _holds(path: Path, plan: "SimulationPlan") -> bool:
    """Whether a file holds the events of a plan."""
    from ringcast.storage import EventStore

    return path.exists() and EventStore.open(path).metadata == plan.configuration


def misses(results: Sequence[Compared], percent: float) -> list[str]:
    """Means of charge and tubes hit that do not agree within so many per cent, in words; undecided ones are no miss."""
    return [
        f"{NUMBERS[row.name].words} of {result.reference.name} ({ratio_text(row)})"
        for result in results
        for row in result.comparison.numbers
        if row.name in GATED and row.within(percent) == "no"
    ]


def document(results: Sequence[Compared], report: Path, require: float | None, missed: Sequence[str]) -> dict[str, Any]:
    """All numbers as plain values."""
    return {
        "references": [_reference(result) for result in results],
        "report": str(report),
        "require_percent": require,
        "passed": None if require is None else not missed,
    }


def _reference(result: Compared) -> dict[str, Any]:
    reference, comparison = result.reference, result.comparison
    return {
        "name": reference.name,
        "title": reference.title,
        "program": reference.program,
        "source": reference.source,
        "detector": result.settings.get("detector"),
        "events": None if result.events is None else str(result.events),
        "numbers": [_number(row) for row in comparison.numbers],
        "shapes": [
            {"name": row.name, "chi2": row.chi2, "bins": row.bins, "p_value": row.p_value} for row in comparison.shapes
        ],
        "plan": dict(result.settings),
    }


def _number(row: "NumberRow") -> dict[str, Any]:
    return {
        "name": row.name,
        "theirs": _mean(row.theirs),
        "ours": _mean(row.ours),
        "ratio": row.ratio,
        "ratio_error": None if row.ratio_error is None or math.isnan(row.ratio_error) else row.ratio_error,
        "within_3_percent": row.within(CLOSE_PERCENT) or None,
    }


def _mean(mean: "Mean") -> dict[str, float | int | None]:
    value, error = (None if math.isnan(x) else x for x in (mean.value, mean.error))
    return {"value": value, "error": error, "events": mean.events}


def mean_text(row: "NumberRow", mean: "Mean") -> str:
    """A mean and its error with as many digits as the number has."""
    form = NUMBERS[row.name].form
    return f"{mean.value:{form}} ± {mean.error:{form}}"


def ratio_text(row: "NumberRow") -> str:
    """Ours over theirs with its error, or the difference where a ratio means nothing."""
    if row.ratio is None or row.ratio_error is None:
        form, difference = NUMBERS[row.name].form, row.difference
        return f"{difference.value:+{form}} ± {difference.error:{form}}".replace("-", "−")
    return f"{row.ratio:.3f} ± {row.ratio_error:.3f}"


def print_numbers(results: Sequence[Compared]) -> None:
    """Print one line for each number of each reference."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for heading in ("reference", "mean of an event"):
        table.add_column(heading, overflow="fold")
    for heading in ("reference's", "ours", "ours / reference's"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("within 3 %")
    for result in results:
        for place, row in enumerate(result.comparison.numbers):
            name = f"{result.reference.name} ({_counts(result)} events)" if place == 0 else ""
            cells = (mean_text(row, row.theirs), mean_text(row, row.ours), ratio_text(row))
            table.add_row(name, NUMBERS[row.name].words, *cells, row.within(CLOSE_PERCENT))
        table.add_section()
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)


def _counts(result: Compared) -> str:
    first = result.comparison.numbers[0]
    return f"{first.theirs.events} and {first.ours.events}"
