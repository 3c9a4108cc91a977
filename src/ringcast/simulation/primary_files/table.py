"""Primaries as a comma-separated table, a line for each particle."""

import csv
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from ringcast.errors import ArgumentError, FileError
from ringcast.simulation.primary_files.listed import Listed, ListedEvent, number, three

__all__ = ["COLUMNS", "read_table"]

COLUMNS = ("event", "particle", "energy_mev", "x_cm", "y_cm", "z_cm", "ux", "uy", "uz", "time_ns")
"""Columns of a table of primaries: event number from 0, name or PDG code, kinetic energy, vertex, unit vector along the
momentum, and birth time."""


def read_table(path: Path) -> Iterator[ListedEvent]:
    """The events of a table, whose first line names the columns; lines of one event follow each other.

    Raises:
        FileError: The file cannot be read as such a table.
    """
    for event, numbered in groupby(_numbered(path), key=itemgetter(0)):
        particles = [listed for _, listed in numbered]
        yield ListedEvent(f"event {event}, {particles[0].where}", particles)


def _numbered(path: Path) -> Iterator[tuple[int, Listed]]:
    event = -1
    for line, values in _lines(path):
        try:
            event = _event(values["event"], event)
            yield event, _listed(f"line {line}", values)
        except ArgumentError as reason:
            raise FileError(f"{path}, line {line}: {reason}") from None


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and values by column of each line that is not blank."""
    try:
        reader = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as reason:
        raise FileError(f"{path}: cannot be read ({reason}); expected a comma-separated file of primaries") from None
    names = [name.strip() for name in next(reader, [])]
    wrong = [f"column {name!r}" for name in names if name not in COLUMNS]
    wrong += [f"column {name!r} twice" for name in COLUMNS if names.count(name) > 1]
    wrong += [f"no column {name!r}" for name in COLUMNS if name not in names]
    if wrong:
        raise FileError(f"{path}, line 1: found {wrong[0] if names else 'nothing'}; expected {','.join(COLUMNS)}")
    for values in reader:
        if len(values) not in (0, len(names)):
            raise FileError(f"{path}, line {reader.line_num}: found {len(values)} values; expected {len(names)}")
        if values:
            yield reader.line_num, {name: value.strip() for name, value in zip(names, values, strict=True)}


def _event(text: str, before: int) -> int:
    """The event number of a line: that of the line before, or one more."""
    if text not in {str(before), str(before + 1)} or text == "-1":
        expected = "0" if before < 0 else f"{before} or {before + 1}"
        raise ArgumentError(f"event is {text!r}, expected {expected}; events count from 0, one after the other")
    return int(text)


def _listed(where: str, values: dict[str, str]) -> Listed:
    code = values["particle"]
    numbers = [number(name, values[name]) for name in COLUMNS[2:]]
    return Listed(
        where,
        int(code) if code.removeprefix("-").isdecimal() else code,
        numbers[0],
        False,
        three(numbers[1:4]),
        three(numbers[4:7]),
        numbers[7],
    )
