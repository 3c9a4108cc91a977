"""Trigger times in event files, and files without them as they ever were."""

import h5py
import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.storage import EventStore, Shards, read_events, write_events

TANK = load_detector("mini")
TRACK = Track("e-", 50, (0, 0, 0), (0, 0, 1))


def fill(path, triggers):
    shards = Shards.open(path, {"n": len(triggers)}, TANK, range(len(triggers)))
    for batch, trigger in enumerate(triggers):
        empty = trigger is not None and np.isnan(trigger)
        hits = Hits.of([], [], [], [0, 0], len(TANK)) if empty else Hits.of([3], [1], [950], [0, 1], len(TANK))
        shards.write(batch, TRACK, hits, trigger_ns=None if trigger is None else np.array([trigger]))
    shards.merge()


def test_events_without_trigger_are_kept_and_marked(tmp_path):
    fill(tmp_path / "events.h5", [75.0, np.nan, 2105.0])
    with h5py.File(tmp_path / "events.h5") as file:
        assert file["trigger_index"][:].tolist() == [0, -1, 0]
        assert file["trigger_time"][:].tolist() == [75.0, 0.0, 2105.0]
    events = read_events(tmp_path / "events.h5")
    assert events.time_zero == "trigger + 950 ns"
    np.testing.assert_array_equal(events.trigger_ns, [75.0, np.nan, 2105.0])
    assert events.hits.counts.tolist() == [1, 0, 1]
    assert len(EventStore.open(tmp_path / "events.h5")) == 3


def test_files_without_trigger_have_no_such_columns(tmp_path):
    fill(tmp_path / "events.h5", [None, None])
    with h5py.File(tmp_path / "events.h5") as file:
        assert not {"trigger_index", "trigger_time"} & set(file)
    events = read_events(tmp_path / "events.h5")
    assert events.time_zero == "primary birth"
    assert events.trigger_ns is None


def test_trigger_times_of_wcsim_are_read(superk):
    # README of the sample: all events trigger at 75 ns
    assert read_events(superk).trigger_ns.tolist() == [75.0, 75.0]


def test_there_is_one_trigger_time_for_each_event(tmp_path):
    hits = Hits.of([3], [1], [950], [0, 1], len(TANK))
    with pytest.raises(ArgumentError, match=r"shape \(2,\); expected one time for each of 1 events"):
        write_events(tmp_path / "x.h5", TRACK, hits, TANK, metadata={}, trigger_ns=np.array([1.0, 2.0]))
    assert not list(tmp_path.iterdir())
