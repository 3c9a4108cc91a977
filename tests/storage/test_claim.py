import errno
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from ringcast.cli.replacing import replacing as cli_replacing
from ringcast.errors import FileError
from ringcast.storage.claim import claimed
from ringcast.storage.write import replacing as storage_replacing


def hold(target, pipe):
    with claimed(target):
        pipe.send("held")
        pipe.recv()


@pytest.fixture
def holder(tmp_path):
    """Another process that holds a target."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path / "x.h5", theirs))
    process.start()
    assert ours.recv() == "held"
    yield process, ours
    process.kill()
    process.join()


@pytest.mark.parametrize("end", ["done", "killed"])
def test_one_process_at_a_time(holder, tmp_path, end):
    process, pipe = holder
    with (
        pytest.raises(FileError, match=rf"another process is writing it \(process {process.pid} on "),
        claimed(tmp_path / "x.h5"),
    ):
        pass
    if end == "done":
        pipe.send("let go")
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert [path.name for path in tmp_path.iterdir()] == ([] if end == "done" else [".x.h5.lock"])
    with claimed(tmp_path / "x.h5"), claimed(tmp_path / "y.h5"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_claim_that_its_holder_removed_is_made_anew(tmp_path, monkeypatch):
    """As if another process had let go between our opening of its file and our lock on it."""
    real, opened = os.open, []

    def open_and_remove(path, *options):
        file = real(path, *options)
        if not opened:
            os.unlink(path)
        opened.append(file)
        return file

    monkeypatch.setattr(os, "open", open_and_remove)
    with claimed(tmp_path / "x.h5"):
        assert len(opened) == 2
        assert (tmp_path / ".x.h5.lock").read_text().startswith(f"process {os.getpid()} on ")


def test_where_nothing_can_be_written(tmp_path):
    with pytest.raises(FileError, match=r"cannot be written \(No such file"), claimed(tmp_path / "a" / "b"):
        pass
    for folder in (tmp_path, "", "/"):
        with pytest.raises(FileError, match="is a folder; name a file to write"), claimed(folder):
            pass
    with pytest.raises(FileError, match="/dev/null: is no ordinary file"), claimed("/dev/null"):
        pass


@pytest.mark.parametrize("writer", [storage_replacing, cli_replacing])
def test_a_file_system_that_is_read_only(tmp_path, monkeypatch, writer):
    """It refuses to remove a file that is not there with another error than that of its absence."""

    def refuse(path, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    with (
        pytest.raises(FileError, match=r"cannot be written \(Read-only file system\)"),
        writer(tmp_path / "x") as beside,
    ):
        refuse(beside)
