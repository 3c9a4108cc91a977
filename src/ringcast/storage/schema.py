"""The layout of an event file: names, kinds and shapes of its datasets, and how they are read with distrust."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from ringcast.errors import FileError

__all__ = [
    "DETECTOR_GROUP",
    "FORMAT",
    "FORMAT_VERSION",
    "HIT_COLUMNS",
    "PDG_OF_LABEL",
    "TIME_ZERO",
    "TRIGGER_ZERO",
    "Source",
    "open_source",
]

FORMAT = "ringcast-events"
"""Root attribute `format` of files that Ringcast wrote."""
FORMAT_VERSION = 1
"""Root attribute `format_version`; it grows when an older reader would misread a file."""
TIME_ZERO: Final = "primary birth"
"""Root attribute `time_zero` of files that Ringcast wrote: what hit and birth times are counted from."""
TRIGGER_ZERO: Final = "trigger + 950 ns"
"""The same of files with a trigger: hit times are time since the trigger + 950 ns, birth times as ever."""
DETECTOR_GROUP = "detector"
"""Group that holds the table of the tank's sensors."""
PDG_OF_LABEL = {0: 22, 1: 11, 2: 13}
"""Particle that a class label stands for in files without PDG codes; the sign of the charge is lost in them."""
HIT_COLUMNS = {"hit_pmt": "iu", "hit_time": "f", "hit_charge": "f"}
"""Datasets with one entry a hit, and the NumPy kinds they may have."""
_KINDS = {"iu": "integers", "f": "floating-point numbers", "iuf": "numbers"}


class Source:
    """An open event file whose datasets are checked as they are read."""

    def __init__(self, file: h5py.File, path: Path) -> None:
        self.file = file
        self.path = path

    def __contains__(self, name: str) -> bool:
        return name in self.file

    def fail(self, name: str, found: str, expected: str, remedy: str) -> FileError:
        """The error for a dataset or attribute that is not as it should be."""
        return FileError(f"{self.path}: {name}: found {found}, expected {expected}; {remedy}")

    def dataset(self, name: str, kinds: str) -> Any:
        """A dataset by name, present and of one of the NumPy kinds.

        Raises:
            FileError: It is missing, no dataset, or of another kind.
        """
        if name not in self.file:
            held = ", ".join(sorted(self.file)) or "nothing"
            raise self.fail(name, f"no such dataset (the file holds {held})", _KINDS[kinds], "is it an event file?")
        dataset = self.file[name]
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in kinds:
            found = f"dtype {dataset.dtype}" if isinstance(dataset, h5py.Dataset) else "a group"
            raise self.fail(name, found, _KINDS[kinds], "write the dataset again with that kind")
        return dataset

    def column(self, name: str, shape: tuple[int, ...], kinds: str) -> np.ndarray:
        """Read a dataset of a given shape; axes of length one may be left out or added.

        Raises:
            FileError: It is missing, of another kind or shape, unreadable, or not finite.
        """
        dataset = self.dataset(name, kinds)
        if not _same_shape(dataset.shape, shape):
            remedy = "all datasets of one file must speak of the same events"
            raise self.fail(name, f"shape {dataset.shape}", f"{shape}", remedy)
        return self.finite(name, self.read(name, dataset).reshape(shape))

    def read(self, name: str, dataset: Any, rows: slice = slice(None)) -> np.ndarray:
        """Read rows of a dataset, with a clear error where its bytes are damaged.

        Raises:
            FileError: HDF5 cannot read it.
        """
        try:
            return np.asarray(dataset[rows])
        except (OSError, RuntimeError) as reason:
            found = f"bytes that HDF5 cannot read ({reason})"
            raise self.fail(name, found, "a whole dataset", "copy or write the file again") from None

    def finite(self, name: str, values: np.ndarray, first: int = 0) -> np.ndarray:
        """Return the values if all are finite; `first` is the number of the first of them in the file.

        Raises:
            FileError: One is NaN or infinite.
        """
        if values.dtype.kind == "f" and not bool(np.isfinite(values).all()):
            entry = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
            place = f"entry {entry[0] + first}"
            raise self.fail(name, f"{values[entry]} at {place}", "finite numbers", "leave that event out of the file")
        return values

    def text(self, name: str, otherwise: str) -> str:
        """A root attribute as text."""
        value = self.file.attrs.get(name, otherwise)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _same_shape(found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    if len(found) == 0 or found[0] != expected[0]:
        return False
    return [n for n in found[1:] if n != 1] == [n for n in expected[1:] if n != 1]


@contextmanager
def open_source(path: Path | str) -> Iterator[Source]:
    """Open an event file for reading.

    Raises:
        FileError: There is no such file, or it cannot be read, or is not a whole HDF5 file.
    """
    path = Path(path)
    try:
        file = h5py.File(path, "r")
    except FileNotFoundError:
        raise FileError(f"{path}: no such file; expected an event file (HDF5)") from None
    except OSError as reason:
        if reason.errno:
            raise FileError(f"{path}: cannot be read ({os.strerror(reason.errno)}); expected an event file") from None
        detail = str(reason).rsplit("(", maxsplit=1)[-1].rstrip(")")
        raise FileError(
            f"{path}: found bytes that are no whole HDF5 file ({detail}), expected an event file;"
            " it may be cut short: copy or write it again"
        ) from None
    with file:
        yield Source(file, path)
