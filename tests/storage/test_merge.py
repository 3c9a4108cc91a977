"""Parts of a simulation, joined: the same bytes as at once, and nothing joined that does not belong together."""

import hashlib
import itertools

import h5py
import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.geometry.dead import with_dead
from ringcast.storage import merge, merge_events, read_events, write_events

PLAN = {"seed": 5, "n_events": 7}
TRIGGER_NS = np.array([1.0, 2.0, np.nan, 4.0, 5.0, np.nan, 7.0])


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def part(tmp_path, tank, events):
    """Write some of the seven events to a file of its own."""

    def write(first, last, name=None, plan=PLAN, detector=tank, **options):
        path = tmp_path / (name or f"{first}-{last}.h5")
        cut = slice(first, last)
        write_events(path, events[0][cut], events[1][cut], detector, metadata=plan, first_event=first, **options)
        return path

    return write


@pytest.mark.parametrize("cuts", [(0, 3, 7), (0, 2, 3, 7), (0, 1, 2, 3, 4, 5, 6, 7), (0, 7)])
@pytest.mark.parametrize("trigger", [False, True])
def test_parts_make_the_file_of_one_run(part, tmp_path, cuts, trigger, monkeypatch):
    """Among the parts are some without hits, in front and within; rows are copied two at a time."""
    monkeypatch.setattr(merge, "_BLOCK", 2)

    def options(a, b):
        return {"trigger_ns": TRIGGER_NS[a:b]} if trigger else {}

    whole = part(0, 7, "whole.h5", **options(0, 7))
    parts = [part(a, b, **options(a, b)) for a, b in itertools.pairwise(cuts)]
    assert merge_events(parts[::-1], tmp_path / "all.h5") == []
    assert digest(tmp_path / "all.h5") == digest(whole)


def test_the_first_part_may_have_no_hits(part, tmp_path):
    parts = [part(2, 3), part(3, 7)]
    assert merge_events(parts, tmp_path / "all.h5", events=range(2, 7)) == []
    assert digest(tmp_path / "all.h5") == digest(part(2, 7))


def test_groups_with_an_index_of_their_own_are_joined_too(part, tmp_path):
    counts = [2, 0, 1, 3, 0, 0, 2]

    def grown(first, last):
        path = part(first, last)
        with h5py.File(path, "a") as file:
            own = counts[first:last]
            file["more/event_more_index"] = np.cumsum([0, *own[:-1]])
            file["more/value"] = np.arange(sum(counts[:first]), sum(counts[:last]))
        return path

    merge_events([grown(0, 3), grown(5, 7), grown(3, 5)], tmp_path / "all.h5")
    with h5py.File(tmp_path / "all.h5") as file:
        assert file["more/event_more_index"][:].tolist() == np.cumsum([0, *counts[:-1]]).tolist()
        assert file["more/value"][:].tolist() == list(range(8))


def test_gaps_are_named(part, tmp_path, events):
    parts = [part(1, 3), part(5, 6)]
    with pytest.raises(FileError, match="no file has event 0, events 3 to 4, event 6; simulate these too"):
        merge_events(parts, tmp_path / "some.h5")
    assert not (tmp_path / "some.h5").exists()
    assert merge_events(parts, tmp_path / "some.h5", gaps_allowed=True) == [range(1), range(3, 5), range(6, 7)]
    assert torch.equal(read_events(tmp_path / "some.h5").tracks.pdg, events[0].pdg[[1, 2, 5]])
    # what was left out can be put in later, between the others
    merge_events([tmp_path / "some.h5", part(0, 1), part(3, 5), part(6, 7)], tmp_path / "all.h5")
    assert digest(tmp_path / "all.h5") == digest(part(0, 7))


def test_events_that_two_files_have_are_refused(part, tmp_path):
    with pytest.raises(FileError, match=r"3-7\.h5: has event 3, and so has .*0-4\.h5; leave one of them out"):
        merge_events([part(0, 4), part(3, 7)], tmp_path / "all.h5")
    with pytest.raises(FileError, match=r"has events 0 to 3, and so has"):
        merge_events([part(0, 4), part(0, 4), part(4, 7)], tmp_path / "all.h5")
    with pytest.raises(FileError, match=r"0-7\.h5: has events 0 to 6; expected some of events 0 to 4"):
        merge_events([part(0, 7)], tmp_path / "all.h5", events=range(5))


def test_files_of_other_plans_detectors_and_versions_are_refused(part, tmp_path, tank):
    first = part(0, 4)
    for name, found, options in (
        ("seed", "6", {"plan": PLAN | {"seed": 6}}),
        ("detector", "'one table of sensors'", {"detector": with_dead(tank, [3])}),
        ("time_zero", "'trigger", {"trigger_ns": TRIGGER_NS[4:]}),
    ):
        with pytest.raises(FileError, match=rf"4-7\.h5: {name} is {found}.* in .*0-4\.h5 it is .*; merge files of one"):
            merge_events([first, part(4, 7, **options)], tmp_path / "all.h5")
    other = part(4, 7)
    with h5py.File(other, "a") as file:
        file.attrs["ringcast_version"] = "0.0.1"
    with pytest.raises(FileError, match=r"ringcast_version is '0\.0\.1', in .* merge files of one plan only"):
        merge_events([first, other], tmp_path / "all.h5")


def test_what_is_no_whole_file_of_ringcast_is_refused(part, tmp_path, superk):
    with pytest.raises(FileError, match=r"format: found no such attribute, expected ringcast-events"):
        merge_events([superk], tmp_path / "all.h5")
    with pytest.raises(FileError, match="no such file"):
        merge_events([tmp_path / "none.h5"], tmp_path / "all.h5")
    with pytest.raises(ArgumentError, match="no event files to merge"):
        merge_events([], tmp_path / "all.h5")
    path = part(0, 7)
    with h5py.File(path, "a") as file:
        file["event_hits_index"][3] = 1000
    with pytest.raises(FileError, match="event_hits_index: found 7 starts up to 1000, expected starts of 7 events"):
        merge_events([path], tmp_path / "all.h5")
