"""Photoelectrons in event files."""

import hashlib

import h5py
import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Emitters, Hits, Photoelectrons, Track
from ringcast.storage import Shards, read_events, read_photoelectrons, write_events

TRACK = Track("mu-", 200, (0, 0, 0), (0, 0, 1))


def light_of(events, n_pmt):
    """Events with a muon's light and noise, every second one with a decay electron."""
    draw = torch.Generator().manual_seed(sum(events))
    columns, rows, counts = [], [], []
    for event in events:
        kinds = ["mu-", "e-"] if event % 2 else ["mu-"]
        n = 5 + event
        parent = torch.tensor([-1, 1, 2 if event % 2 else 1])[torch.randint(3, (n,), generator=draw)]
        columns.append((torch.randint(n_pmt, (n,), generator=draw), 3000 * torch.rand(n, generator=draw), parent))
        rows.append(Track(kinds, torch.tensor([200.0, 35.0])[: len(kinds)], (1, 2, 3), (0, 0, 1), 10.0 * event))
        counts.append((n, len(kinds)))
    start, first = (
        torch.cat([torch.zeros(1, dtype=torch.int64), torch.tensor(c).cumsum(0)]) for c in zip(*counts, strict=True)
    )
    number = torch.cat([torch.arange(1, n + 1) for _, n in counts])
    emitters = Emitters(number, number - 1, Track.concatenate(rows), first)
    pmt, time, parent = (torch.cat(column) for column in zip(*columns, strict=True))
    return Photoelectrons(pmt, time.double(), parent, start, n_pmt, emitters)


@pytest.fixture
def lit(tmp_path, tank):
    path, n = tmp_path / "lit.h5", 6
    hits = Hits.of([], [], [], [0] * (n + 1), len(tank))
    light = light_of(range(n), len(tank))
    write_events(path, Track.concatenate([TRACK] * n), hits, tank, metadata={}, photoelectrons=light)
    return path, light


def test_what_is_written_is_read(lit):
    path, light = lit
    found = read_photoelectrons(path)
    for name in ("pmt", "parent", "start"):
        assert torch.equal(getattr(found, name), getattr(light, name))
    torch.testing.assert_close(found.time_ns, light.time_ns, rtol=1e-6, atol=0)  # stored in float32
    for name in ("number", "parent", "start"):
        assert torch.equal(getattr(found.emitters, name), getattr(light.emitters, name))
    assert found.emitters.tracks.names == light.emitters.tracks.names
    torch.testing.assert_close(found.emitters.tracks.energy_mev, light.emitters.tracks.energy_mev.double())
    assert torch.equal(found.emitters.tracks.time_ns, light.emitters.tracks.time_ns.double())
    assert len(read_events(path).hits) == 6


def test_the_layout_is_that_of_the_field(lit):
    with h5py.File(lit[0]) as file:
        group = file["true_hits"]
        assert set(group) == {"event_hits_index", "hit_pmt", "hit_time", "hit_parent"}
        kinds = {name: group[name].dtype for name in group}
        assert kinds == {"event_hits_index": "i8", "hit_pmt": "i4", "hit_time": "f4", "hit_parent": "i4"}
        assert all(group[name].id.get_offset() is not None for name in group)  # contiguous: can be mapped
        assert file["tracks/energy"][0] == pytest.approx(200 + 105.658, abs=1e-3)


def test_shards_give_the_same_bytes_however_they_are_split(tmp_path, tank):
    digests = set()
    for batches in (1, 3):
        path = tmp_path / f"{batches}.h5"
        hits = Hits.of([], [], [], [0] * 7, len(tank))
        whole = light_of(range(6), len(tank))
        shards = Shards.open(path, {"n": 6}, tank, range(6))
        for part in np.array_split(np.arange(6), batches):
            light = _cut(whole, int(part[0]), int(part[-1]) + 1)
            tracks = Track.concatenate([TRACK] * len(part))
            shards.write(int(part[0]), tracks, hits[part.tolist()], photoelectrons=light)
        shards.merge()
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def _cut(light, a, b):
    rows, listed = slice(*light.start[[a, b]].tolist()), slice(*light.emitters.start[[a, b]].tolist())
    first = light.emitters.start
    emitters = Emitters(
        light.emitters.number[listed],
        light.emitters.parent[listed],
        light.emitters.tracks[listed],
        first[a : b + 1] - first[a],
    )
    start = light.start[a : b + 1] - light.start[a]
    return Photoelectrons(light.pmt[rows], light.time_ns[rows], light.parent[rows], start, light.n_pmt, emitters)


def test_files_without_are_refused(file):
    with pytest.raises(FileError, match=r"true_hits: found no such group.* --photoelectrons"):
        read_photoelectrons(file)


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("true_hits/hit_pmt", 1024, "runs from .* expected 0 to 1023"),
        ("true_hits/hit_parent", -2, "hit_parent: found -2"),
        ("true_hits/hit_time", np.nan, "hit_time: found nan"),
        ("true_hits/event_hits_index", 1, "starts that rise from 0"),
        ("tracks/pid", 17, "particle is 17"),
        ("tracks/energy", 0.0, "expected a positive kinetic energy"),
    ],
)
def test_what_cannot_be_is_refused(lit, name, values, sentence):
    with h5py.File(lit[0], "r+") as file:
        file[name][:] = values
    with pytest.raises(FileError, match=sentence):
        read_photoelectrons(lit[0])


def test_files_of_wcsim_do_not_name_their_tracks(lit):
    with h5py.File(lit[0], "r+") as file:
        del file["tracks/id"]
    assert read_photoelectrons(lit[0]).emitters is None


def test_writing_needs_emitters(tmp_path, tank, lit):
    light = Photoelectrons.of([1], [2.0], [1], [0, 1], len(tank))
    hits = Hits.of([], [], [], [0, 0], len(tank))
    with pytest.raises(ArgumentError, match="do not say who their emitters are"):
        write_events(tmp_path / "x.h5", TRACK, hits, tank, metadata={}, photoelectrons=light)
    shards = Shards.open(tmp_path / "x.h5", {}, tank, range(1))
    with pytest.raises(ArgumentError, match="do not say who their emitters are"):
        shards.write(0, TRACK, hits, photoelectrons=light)
    with pytest.raises(ArgumentError, match="photoelectrons are of 6 events; expected 1"):
        write_events(tmp_path / "x.h5", TRACK, hits, tank, metadata={}, photoelectrons=lit[1])
