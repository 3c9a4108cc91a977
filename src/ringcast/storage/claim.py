"""One process at a time works on a file."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ringcast.errors import FileError

try:
    import fcntl
except ImportError:  # a system without such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["claimed"]


@contextmanager
def claimed(target: Path | str) -> Iterator[None]:
    """Hold a file that is to be written, so that no other process works on it meanwhile.

    The claim is a lock of the operating system on a hidden file beside the target. It ends with the process, also with
    one that is killed; the hidden file may then stay, and is used and removed by the next process. Where the file
    system knows no locks, nothing is held.

    Args:
        target: The file; it need not exist.

    Raises:
        FileError: Another process holds the target, its folder cannot be written to, or it is no ordinary file itself.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, claimed(f"{folder}/events.h5"):
        ...     [path.name for path in Path(folder).iterdir()]
        ['.events.h5.lock']
    """
    target = Path(target)
    if target.is_dir():
        raise FileError(f"{target}: is a folder; name a file to write")
    if target.exists() and not target.is_file():  # such as /dev/null, which is not to be replaced
        raise FileError(f"{target}: is no ordinary file; name another to write")
    path = target.with_name(f".{target.name}.lock")
    lock = _locked(path, target)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # before it is given free, so that it is nobody else's
        os.close(lock)


def _locked(path: Path, target: Path) -> int:
    """An open, locked file at a path."""
    while True:
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as reason:
            why = f"cannot be written ({reason.strerror}); check that its folder exists and that you may write there"
            raise FileError(f"{target}: {why}") from None
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 200).decode(errors="replace") or "unknown"
            os.close(lock)
            raise FileError(
                f"{target}: another process is writing it ({holder}); wait until it is done, or name another file"
            ) from None
        except OSError:  # no locks here
            return lock
        if _is_at(lock, path):
            with suppress(OSError):  # a full disk
                os.truncate(lock, 0)
                os.write(lock, f"process {os.getpid()} on {socket.gethostname()}".encode())
            return lock
        os.close(lock)  # its last holder has removed it in between


def _is_at(lock: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False
