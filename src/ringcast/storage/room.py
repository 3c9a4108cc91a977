"""HDF5 files whose room on the disk is taken before HDF5 writes to them.

HDF5 writes the last of a file when it closes it, and ends the whole process (SIGSEGV) if the disk is full by then.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import h5py

__all__ = ["file_with_room"]

_OVERHEAD = 1 << 16
"""Bytes of headers and attributes, and then some."""


@contextmanager
def file_with_room(path: Path, n_bytes: int) -> Iterator[h5py.File]:
    """A new HDF5 file to write to.

    Args:
        path: The file; one that is there is overwritten.
        n_bytes: What datasets and long attributes take at most. What is not used is given back.

    Raises:
        OSError: The disk has no room, or refuses otherwise.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with file_with_room(Path(folder) / "x.h5", 8_000_000) as file:
        ...         file["x"] = range(3)
        ...     (Path(folder) / "x.h5").stat().st_size < 10_000
        True
    """
    with path.open("wb") as plain:
        plain.write(_empty())
        plain.flush()
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(plain.fileno(), 0, n_bytes + _OVERHEAD)
    with h5py.File(path, "r+") as file:
        yield file


@cache
def _empty() -> bytes:
    """The bytes of an empty HDF5 file."""
    with h5py.File("empty", "w", driver="core", backing_store=False) as file:
        file.flush()
        return bytes(file.id.get_file_image())
