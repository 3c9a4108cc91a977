"""Sample events that come with the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from ringcast.errors import FileError

__all__ = ["SAMPLES", "sample_path"]

SAMPLES = ("iwcd-grid",)
"""Names of the samples."""


@contextmanager
def sample_path(name: str) -> Iterator[Path]:
    """The file of a sample, on disk for as long as the context lasts.

    Raises:
        FileError: There is no such sample.

    Example:
        >>> from ringcast.storage import read_events
        >>> with sample_path("iwcd-grid") as path:
        ...     events = read_events(path)
        >>> len(events.tracks), events.detector.name
        (24, 'iwcd-grid')
    """
    if name not in SAMPLES:
        raise FileError(f"no sample {name!r}; expected one of {', '.join(SAMPLES)}")
    with as_file(files("ringcast.storage") / "samples" / f"{name}.h5") as path:
        yield path
