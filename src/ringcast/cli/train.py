"""``ringcast train``: fit a ring generator to simulated events."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from ringcast.training import RecordRow, TrainingRecord

__all__ = ["train"]


def train(
    recipe: Path,
    /,
    *,
    resume: Annotated[bool, Parameter(negative="")] = False,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Train the network of a recipe on its event files.

    The output folder of the recipe gets model.safetensors (the weights with the best validation), record.jsonl (one
    line an interval) and resume.pt (the state). Ctrl-C saves the state; the same command with --resume goes on from it.

    Try:

    * ringcast train recipes/iwcd-grid.toml
    * ringcast train recipes/iwcd-grid.toml --resume

    Args:
        recipe: TOML file; recipes/ has examples.
        resume: Go on with the run in the output folder.
        json_output: Print the record as one JSON document at the end.
    """
    from ringcast.training import read_recipe, read_training_events, stop_requested
    from ringcast.training import train as run

    config = read_recipe(recipe)
    events = read_training_events(config.data, surface=config.network.get("surface", "barrel"))
    with stop_requested() as stop, _progress(f"training {config.output.name}") as watch:
        record = run(config, events, resume=resume, watch=watch, stop=stop)
    if record.status == "interrupted":
        print(f"ringcast: stopped; the state is saved, go on with: ringcast train {recipe} --resume", file=sys.stderr)
        sys.exit(130)
    _summarise(record, json_output=json_output)


def _summarise(record: "TrainingRecord", *, json_output: bool) -> None:
    best = record.best
    if json_output:
        rows = [asdict(row) for row in record.rows]
        best_row = None if best is None else asdict(best)
        print(json.dumps({"weights": str(record.weights), "status": record.status, "best": best_row, "rows": rows}))
        return
    print(f"wrote {record.weights}")
    if best is not None:
        print(f"  best validation: {best.validation_nll:.5f} per sensor at step {best.step}, epoch {best.epoch:.2f}")


@contextmanager
def _progress(what: str) -> "Iterator[Callable[[float, RecordRow | None], None]]":
    """A bar of the budget on a terminal, one line an interval elsewhere; on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.1f} %"))
    notes = TextColumn("{task.fields[note]}")
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), notes, console=console) as bar:
        task = bar.add_task(what, total=1.0, note="")

        def watch(fraction: float, row: "RecordRow | None") -> None:
            bar.update(task, completed=fraction)
            if row is not None:
                bar.update(task, note=f"nll {row.train_nll:.5f}, held out {row.validation_nll:.5f}")

        yield watch


def _line(fraction: float, row: "RecordRow | None") -> None:
    if row is not None:
        print(
            f"step {row.step}, epoch {row.epoch:.2f}, {100 * fraction:.1f} % of the budget: nll {row.train_nll:.5f},"
            f" held out {row.validation_nll:.5f}, {row.events_per_s:.0f} events/s, rate {row.learning_rate:.2e}",
            file=sys.stderr,
            flush=True,
        )
