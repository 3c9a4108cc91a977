"""Files of the commands: written beside, then renamed into place, so that nobody ever sees half of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ringcast.errors import FileError

__all__ = ["replacing"]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes the place of ``path`` when all went well and is removed if not.

    The name keeps its ending, from which drawing libraries know the format.

    Raises:
        FileError: the folder does not exist, or the disk refuses.
    """
    beside = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield beside
        os.replace(beside, path)
    except OSError as reason:
        raise FileError(f"{path} cannot be written ({reason.strerror}); check the folder and the disk") from None
    finally:
        with suppress(OSError):  # a file system that is read only says so even of a file that is not there
            beside.unlink()
