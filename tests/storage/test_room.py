import resource

import h5py
import numpy as np
import pytest

from ringcast.errors import FileError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.storage import merge_events, read_events, write_events
from ringcast.storage.room import file_with_room


@pytest.fixture
def limited():
    """A bound on the size of files, as a full disk is one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_room_is_taken_before_and_given_back(tmp_path):
    with file_with_room(tmp_path / "x.h5", 3_000_000) as file:
        assert (tmp_path / "x.h5").stat().st_size >= 3_000_000
        file["x"] = np.arange(1000)
    assert (tmp_path / "x.h5").stat().st_size < 20_000
    with h5py.File(tmp_path / "x.h5") as file:
        assert file["x"][-1] == 999


@pytest.mark.parametrize("kilobytes", [0.1, 3, 50, 1500])
def test_a_file_without_room_is_refused_and_none_is_left(tmp_path, limited, kilobytes):
    """At any size: HDF5 itself would end the process where it closes the file."""
    n, tank = 150_000, load_detector("mini")
    hits = Hits.of(np.arange(n) % len(tank), np.ones(n), np.ones(n), [0, n], len(tank))
    track = Track("e-", 300.0, (0, 0, 0), (0, 0, 1))
    write_events(tmp_path / "whole.h5", track, hits, tank, metadata={})
    limited(int(1000 * kilobytes))
    with pytest.raises(FileError, match=r"cannot be written \(File too large\); check the folder and the room"):
        write_events(tmp_path / "x.h5", track, hits, tank, metadata={})
    with pytest.raises(FileError, match=r"cannot be written \(File too large\); check the folder and the room"):
        merge_events([tmp_path / "whole.h5"], tmp_path / "x.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["whole.h5"]


def test_a_plan_of_more_than_64_kb_is_stored(tmp_path):
    tank, metadata = load_detector("mini"), {"dead": list(range(20_000))}
    track, hits = Track("e-", 300.0, (0, 0, 0), (0, 0, 1)), Hits.of([], [], [], [0, 0], len(tank))
    write_events(tmp_path / "x.h5", track, hits, tank, metadata=metadata)
    merge_events([tmp_path / "x.h5"], tmp_path / "y.h5")
    assert read_events(tmp_path / "y.h5").metadata == metadata
