import hashlib
import json

import numpy as np
import pytest

from ringcast.errors import ArgumentError, FileError
from ringcast.geometry import load_detector
from ringcast.storage import Shards, read_events, write_events

CONFIGURATION = {"seed": 3, "source": {"particle": "mu-", "energy_mev": (100, 500)}}
CUTS = (slice(0, 3), slice(3, 4), slice(4, 7))


@pytest.fixture
def half_done(tmp_path, events):
    """Two of three batches of a simulation, written out of order."""
    shards = Shards.open(tmp_path / "events.h5", CONFIGURATION)
    for index in (2, 0):
        shards.write(index, events[0][CUTS[index]], events[1][CUTS[index]])
    return shards


def test_a_stopped_simulation_goes_on(half_done, tank, events, tmp_path):
    resumed = Shards.open(tmp_path / "events.h5", CONFIGURATION)
    assert resumed.done() == {0, 2}
    resumed.write(1, events[0][CUTS[1]], events[1][CUTS[1]])
    resumed.merge(3, tank)
    assert [path.name for path in tmp_path.iterdir()] == ["events.h5"]
    write_events(tmp_path / "at_once.h5", *events, tank, metadata=CONFIGURATION)
    same = [hashlib.sha256((tmp_path / name).read_bytes()).digest() for name in ("events.h5", "at_once.h5")]
    assert same[0] == same[1]
    assert read_events(tmp_path / "events.h5").metadata["source"]["energy_mev"] == [100, 500]


def test_another_configuration_is_refused_by_its_key(half_done, tmp_path):
    other = {"seed": 3, "source": {"particle": "e-", "energy_mev": (100, 500)}}
    with pytest.raises(FileError, match=r"begun with source\.particle = 'mu-', now .* 'e-'; .*remove .*to start anew"):
        Shards.open(tmp_path / "events.h5", other)
    with pytest.raises(FileError, match=r"begun with extra = None, now extra is 1"):
        Shards.open(tmp_path / "events.h5", CONFIGURATION | {"extra": 1})


def test_another_version_is_refused(half_done, tmp_path):
    plan = half_done.folder / "plan.json"
    plan.write_text(json.dumps(json.loads(plan.read_text()) | {"ringcast_version": "0.0.1"}))
    with pytest.raises(FileError, match=r"begun with ringcast_version = '0\.0\.1'"):
        Shards.open(tmp_path / "events.h5", CONFIGURATION)


@pytest.mark.parametrize("text", ["", "{", "[1]"])
def test_a_damaged_plan_is_refused(half_done, tmp_path, text):
    (half_done.folder / "plan.json").write_text(text)
    with pytest.raises(FileError, match=r"remove .*events\.h5\.partial to start anew"):
        Shards.open(tmp_path / "events.h5", CONFIGURATION)


def test_shards_without_a_plan_are_refused(half_done, tmp_path):
    (half_done.folder / "plan.json").unlink()
    with pytest.raises(FileError, match=r"holds shards but no plan\.json"):
        Shards.open(tmp_path / "events.h5", CONFIGURATION)


def test_an_existing_target_is_kept_unless_asked(tmp_path):
    (tmp_path / "events.h5").write_text("precious")
    with pytest.raises(FileError, match="exists already"):
        Shards.open(tmp_path / "events.h5", CONFIGURATION)
    assert Shards.open(tmp_path / "events.h5", CONFIGURATION, overwrite=True).done() == set()
    assert (tmp_path / "events.h5").read_text() == "precious"


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_damaged_shard_is_noticed_and_made_again(half_done, caplog, damage):
    path = half_done.folder / "00000002.npz"
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flip":
        content[content.index(b"NUMPY") + 128] ^= 0xFF  # the header has 128 bytes, the mark begins at the second
        path.write_bytes(content)
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        np.savez(path, other=np.zeros(3))
    assert half_done.done() == {0}
    assert "00000002.npz is damaged" in caplog.text
    assert not path.exists()


def test_missing_and_surplus_batches_are_named(half_done, tank):
    with pytest.raises(FileError, match="lacks batches 1, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more of 20"):
        half_done.merge(20, tank)
    with pytest.raises(FileError, match="holds batches 2 beyond the 1 to merge"):
        half_done.merge(1, tank)
    assert half_done.done() == {0, 2}


def test_a_merge_that_fails_keeps_the_shards(half_done, events):
    half_done.write(1, events[0][CUTS[1]], events[1][CUTS[1]])
    with pytest.raises(ArgumentError, match="hits are of 1024 sensors"):
        half_done.merge(3, load_detector("iwcd-grid"))
    assert half_done.done() == {0, 1, 2}
    assert not half_done.target.exists()


def test_writing_refuses_what_does_not_belong_together(half_done, events):
    with pytest.raises(ArgumentError, match="index -1"):
        half_done.write(-1, events[0][:1], events[1][:1])
    with pytest.raises(ArgumentError, match="2 tracks and hits of 1 events"):
        half_done.write(1, events[0][:2], events[1][:1])
    assert sorted(path.name for path in half_done.folder.iterdir()) == ["00000000.npz", "00000002.npz", "plan.json"]


def test_a_target_in_no_folder(tmp_path):
    with pytest.raises(FileError, match="cannot be made"):
        Shards.open(tmp_path / "nowhere" / "events.h5", CONFIGURATION)
