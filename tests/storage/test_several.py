"""All primaries of events in a file, and files without them as they ever were."""

import h5py
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Primaries, Track
from ringcast.storage import EventStore, Shards, read_events, write_events

DIRECTION = torch.nn.functional.normalize(torch.tensor([[0, 0, 1.0], [1, 2, 3], [0, 1, 0], [-1, 0, 0]]), dim=-1)
TRACKS = Track(["mu-", "proton", "e-", "gamma"], [300.0, 80.5, 20, 7], torch.arange(12.0).reshape(4, 3), DIRECTION)
PRIMARIES = Primaries(TRACKS, torch.tensor([0, 2, 4]))
FIELDS = ("pdg", "energy_mev", "position_cm", "direction", "time_ns")


@pytest.fixture
def hits(tank):
    return Hits.of([3, 4], [1, 2], [20, 30], [0, 1, 2], len(tank))


def same(found, expected):
    assert torch.equal(found.start, expected.start)
    for name in FIELDS:
        assert torch.equal(getattr(found.particles, name), getattr(expected.particles, name))


def test_all_primaries_come_back(tmp_path, tank, hits):
    write_events(tmp_path / "events.h5", PRIMARIES.leading, hits, tank, metadata={}, primaries=PRIMARIES)
    events = read_events(tmp_path / "events.h5")
    same(events.primaries, PRIMARIES)
    assert events.tracks.names == ["mu-", "e-"]
    same(EventStore.open(tmp_path / "events.h5").primaries, PRIMARIES)


def test_files_of_single_primaries_have_no_such_group(tmp_path, tank, hits):
    write_events(tmp_path / "events.h5", TRACKS[:2], hits, tank, metadata={})
    with h5py.File(tmp_path / "events.h5") as file:
        assert "primaries" not in file
    assert read_events(tmp_path / "events.h5").primaries is None


def test_merging_shards_keeps_them(tmp_path, tank, hits):
    whole = tmp_path / "whole.h5"
    write_events(whole, PRIMARIES.leading, hits, tank, metadata={"n": 2}, primaries=PRIMARIES)
    shards = Shards.open(tmp_path / "events.h5", {"n": 2}, tank, range(2))
    for batch in (1, 0):
        shards.write(batch, PRIMARIES[batch].leading, hits[batch], primaries=PRIMARIES[batch])
    shards.merge()
    assert (tmp_path / "events.h5").read_bytes() == whole.read_bytes()


def spoil(name, values):
    def change(file):
        del file[f"primaries/{name}"]
        if values is not None:
            file[f"primaries/{name}"] = values

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (spoil("event_primaries_index", [0, 5]), "group primaries is not usable: Primaries start"),
        (spoil("event_primaries_index", [0]), r"primaries/event_primaries_index: found shape \(1,\), expected \(2,\)"),
        (spoil("kinetic_energies", None), "primaries/kinetic_energies: found no such dataset"),
        (spoil("kinetic_energies", [1.0, 2.0, -3.0, 4.0]), "group primaries is not usable: Track energy"),
        (spoil("pids", [11, 2212, 11, 22]), "found first primaries that are other particles than the events' own"),
        (spoil("pids", [13, 2112, 11, 22]), "not usable: particle is 2112"),
    ],
)
def test_damaged_groups_are_refused(tmp_path, tank, hits, change, sentence):
    write_events(tmp_path / "events.h5", PRIMARIES.leading, hits, tank, metadata={}, primaries=PRIMARIES)
    with h5py.File(tmp_path / "events.h5", "r+") as file:
        change(file)
    with pytest.raises(FileError, match=sentence):
        read_events(tmp_path / "events.h5")


def test_primaries_are_of_the_same_events(tmp_path, tank, hits):
    with pytest.raises(ArgumentError, match="primaries are of 1 events; expected 2"):
        write_events(tmp_path / "x.h5", PRIMARIES.leading, hits, tank, metadata={}, primaries=PRIMARIES[:1])
    assert not list(tmp_path.iterdir())
