"""`TrainingRecord`: how a run went, line by line, as it is written while it runs."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from ringcast.errors import FileError

__all__ = ["RecordRow", "TrainingRecord", "append_row", "read_rows", "write_rows"]


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """State of a run after an interval; likelihoods are means per sensor and event."""

    step: int
    """Batches seen."""
    epoch: float
    """Times that every training event was seen."""
    learning_rate: float
    train_nll: float
    """Mean over the interval, with the weights as they changed."""
    validation_nll: float
    """On the held-out events, not moved by symmetries."""
    events_per_s: float
    """Training speed in the interval, validation and saving left out."""
    elapsed_s: float
    """Wall time of all parts of the run."""


@dataclass(frozen=True, kw_only=True)
class TrainingRecord:
    """A run: its rows, how it ended, and where its best weights are."""

    rows: tuple[RecordRow, ...]
    status: Literal["finished", "interrupted"]
    """Interrupted: the state is saved, and the run can be resumed."""
    output: Path
    """Folder of the run."""

    @property
    def weights(self) -> Path:
        """The weights with the best validation so far; there after the first interval."""
        return self.output / "model.safetensors"

    @property
    def best(self) -> RecordRow | None:
        """The row with the best validation."""
        return min(self.rows, key=lambda row: row.validation_nll, default=None)


def append_row(path: Path, row: RecordRow) -> None:
    """Add one line of JSON to the record."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def read_rows(path: Path) -> tuple[RecordRow, ...]:
    """Read the lines of a record; a last line that a crash cut short is left out.

    Raises:
        FileError: Another line is damaged.
    """
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    names = {field.name for field in fields(RecordRow)}
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            values = json.loads(line)
            if set(values) != names:
                raise ValueError(f"found the keys {', '.join(values)}")
        except ValueError as reason:
            if number == len(lines):
                break
            raise FileError(f"{path}: line {number} is no row of a training record: {reason}") from None
        rows.append(RecordRow(**values))
    return tuple(rows)


def write_rows(path: Path, rows: Sequence[RecordRow]) -> None:
    """Replace the record by these rows, in one step."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), encoding="utf-8")
    os.replace(partial, path)
