"""Files of primaries: a path comes in, events of particles as the file lists them go out.

Use `read_listed`, which knows the formats apart: a comma-separated table of your own (`table`), text of a neutrino
generator as Super-Kamiokande's programs read it (`kin`), and the event record HepMC (`hepmc`).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from ringcast.errors import FileError
from ringcast.simulation.primary_files.hepmc import read_hepmc
from ringcast.simulation.primary_files.kin import TAGS, read_kin
from ringcast.simulation.primary_files.listed import Listed, ListedEvent
from ringcast.simulation.primary_files.table import COLUMNS, read_table

__all__ = ["COLUMNS", "FileFormat", "Listed", "ListedEvent", "read_listed", "recognise"]

FileFormat = Literal["csv", "kin", "hepmc"]
_READERS: dict[FileFormat, Callable[[Path], Iterator[ListedEvent]]] = {
    "csv": read_table,
    "kin": read_kin,
    "hepmc": read_hepmc,
}
_SUFFIXES: dict[str, FileFormat] = {
    ".csv": "csv",
    ".kin": "kin",
    ".nuance": "kin",
    ".hepmc": "hepmc",
    ".hepmc2": "hepmc",
    ".hepmc3": "hepmc",
}
_HEAD_BYTES = 200


def read_listed(path: Path, file_format: FileFormat | None = None) -> Iterator[ListedEvent]:
    """The events of a file of primaries.

    Args:
        path: The file.
        file_format: How it is written; None asks `recognise`.

    Raises:
        FileError: The file cannot be read; the sentence names the line or event.
    """
    yield from _READERS[file_format or recognise(path)](path)


def recognise(path: Path) -> FileFormat:
    """The format of a file of primaries: by its name, or else by how it begins.

    Raises:
        FileError: The file cannot be read.

    Example:
        >>> recognise(Path("events.kin")), recognise(Path("events.hepmc3"))
        ('kin', 'hepmc')
    """
    if path.suffix.lower() in _SUFFIXES:
        return _SUFFIXES[path.suffix.lower()]
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).decode("utf-8-sig", "replace").split()
    except OSError as reason:
        raise FileError(f"{path}: cannot be read ({reason}); expected a file of primaries") from None
    if head and head[0].startswith("HepMC::"):
        return "hepmc"
    return "kin" if head and head[0].lstrip("$") in {"", *TAGS} else "csv"
