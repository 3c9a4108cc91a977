import hashlib
import json

import pytest

from ringcast.errors import ArgumentError, FileError
from ringcast.geometry import load_detector
from ringcast.storage import Shards, read_events, write_events

CONFIGURATION = {"seed": 3, "source": {"particle": "mu-", "energy_mev": (100, 500)}}
CUTS = (slice(0, 3), slice(3, 4), slice(4, 7))


@pytest.fixture
def begin(tmp_path, tank):
    """Open the shards of a file of seven events."""

    def opened(configuration=CONFIGURATION, events=range(7), **options):
        return Shards.open(tmp_path / "events.h5", configuration, tank, events, **options)

    return opened


@pytest.fixture
def half_done(begin, events):
    """Two of three pieces of a simulation, written out of order."""
    shards = begin()
    for cut in (CUTS[2], CUTS[0]):
        shards.write(cut.start, events[0][cut], events[1][cut])
    return shards


def test_a_stopped_simulation_goes_on(half_done, begin, tank, events, tmp_path):
    (half_done.folder / ".3.whole.writing").write_text("of a process that was killed")
    resumed = begin()
    assert resumed.missing() == [range(3, 4)]
    resumed.write(3, events[0][CUTS[1]], events[1][CUTS[1]])
    assert len(list(resumed.folder.iterdir())) == 4
    resumed.merge()
    assert [path.name for path in tmp_path.iterdir()] == ["events.h5"]
    write_events(tmp_path / "at_once.h5", *events, tank, metadata=CONFIGURATION)
    same = [hashlib.sha256((tmp_path / name).read_bytes()).digest() for name in ("events.h5", "at_once.h5")]
    assert same[0] == same[1]
    assert read_events(tmp_path / "events.h5").metadata["source"]["energy_mev"] == [100, 500]


def test_another_configuration_is_refused_by_its_key(half_done, begin):
    other = {"seed": 3, "source": {"particle": "e-", "energy_mev": (100, 500)}}
    with pytest.raises(FileError, match=r"begun with source\.particle = 'mu-', now .* 'e-'; .*remove .*to start anew"):
        begin(other)
    with pytest.raises(FileError, match=r"begun with extra = None, now extra is 1"):
        begin(CONFIGURATION | {"extra": 1})
    with pytest.raises(FileError, match=r"begun with events = \[0, 7\], now events is \[0, 3\]"):
        begin(events=range(3))


def test_a_folder_without_shards_is_begun_anew(begin):
    begin()
    assert begin(CONFIGURATION | {"seed": 4}).missing() == [range(7)]
    assert json.loads((begin(events=range(3)).folder / "plan.json").read_text())["events"] == [0, 3]


def test_another_version_is_refused(half_done, begin):
    plan = half_done.folder / "plan.json"
    plan.write_text(json.dumps(json.loads(plan.read_text()) | {"ringcast_version": "0.0.1"}))
    with pytest.raises(FileError, match=r"begun with ringcast_version = '0\.0\.1'"):
        begin()


@pytest.mark.parametrize("text", ["", "{", "[1]"])
def test_a_damaged_plan_is_refused(half_done, begin, text):
    (half_done.folder / "plan.json").write_text(text)
    with pytest.raises(FileError, match=r"remove .*events\.h5\.partial to start anew"):
        begin()


def test_shards_without_a_plan_are_refused(half_done, begin):
    (half_done.folder / "plan.json").unlink()
    with pytest.raises(FileError, match=r"holds shards but no plan\.json"):
        begin()


def test_an_existing_target_is_kept_unless_asked(begin, tmp_path):
    (tmp_path / "events.h5").write_text("precious")
    with pytest.raises(FileError, match="exists already"):
        begin()
    assert begin(overwrite=True).missing() == [range(7)]
    assert (tmp_path / "events.h5").read_text() == "precious"


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_shard_is_noticed_and_made_again(half_done, caplog, damage):
    (path,) = half_done.folder.glob("000000004-000000006.*.h5")
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 0xFF
    path.write_bytes({"cut": content[:-1], "flip": content, "empty": b""}[damage])
    assert half_done.missing() == [range(3, 7)]
    assert f"{path.name} is damaged" in caplog.text
    assert not path.exists()


def test_missing_events_are_named_and_shards_kept(half_done):
    with pytest.raises(FileError, match="no file has event 3; simulate these too"):
        half_done.merge()
    assert half_done.missing() == [range(3, 4)]
    assert not half_done.target.exists()


def test_a_process_that_ended_right_after_the_file_was_whole(half_done, begin, events, monkeypatch, tmp_path):
    half_done.write(3, events[0][CUTS[1]], events[1][CUTS[1]])
    monkeypatch.setattr(Shards, "discard", lambda shards: None)
    half_done.merge()
    monkeypatch.undo()
    begin().discard()
    assert [path.name for path in tmp_path.iterdir()] == ["events.h5"]
    with pytest.raises(FileError, match="exists already"):
        begin()


def test_writing_refuses_what_does_not_belong_together(half_done, events):
    for first in (-1, 7):
        with pytest.raises(ArgumentError, match=f"events {first} to {first}; expected some of 0 to 6"):
            half_done.write(first, events[0][:1], events[1][:1])
    with pytest.raises(ArgumentError, match="2 tracks and hits of 1 events"):
        half_done.write(1, events[0][:2], events[1][:1])
    wrong = load_detector("iwcd-grid")
    with pytest.raises(ArgumentError, match="hits are of 1024 sensors"):
        Shards(half_done.target, CONFIGURATION, wrong, range(7)).write(3, events[0][:1], events[1][:1])
    assert len(list(half_done.folder.iterdir())) == 3


def test_a_target_in_no_folder(tank, tmp_path):
    with pytest.raises(FileError, match="cannot be made"):
        Shards.open(tmp_path / "nowhere" / "events.h5", CONFIGURATION, tank, range(7))
