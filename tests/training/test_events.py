"""Events in memory: what is loaded, how it is split and dealt out, and how it is moved."""

from itertools import islice

import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.events import Primaries, Track
from ringcast.geometry import SURFACES
from ringcast.geometry.distances import surface_ahead
from ringcast.geometry.symmetry import barrel_symmetry
from ringcast.storage import write_events
from ringcast.training import read_training_events
from ringcast.training.config import DataConfig
from ringcast.training.events import batches, moved, split, trained_domain


def test_loads_the_barrel_of_several_files(all_events, events, tmp_path):
    files = [tmp_path / "a.h5", tmp_path / "b.h5"]
    for file in files:
        write_events(file, all_events.tracks, all_events.hits, all_events.detector, metadata={})
    loaded = read_training_events(DataConfig(files=files))
    assert len(loaded) == 2 * len(events)
    assert loaded.hits.pmt.dtype == torch.int32
    second = loaded.hits[torch.arange(len(events), 2 * len(events))]
    assert torch.equal(second.pmt.long(), events.hits.pmt)
    assert torch.equal(second.charge_pe, events.hits.charge_pe)
    assert torch.equal(second.start, events.hits.start)
    assert torch.allclose(loaded.tracks.energy_mev[: len(events)], events.tracks.energy_mev, atol=1e-3)


def test_loads_only_tracks_that_leave_through_a_surface(all_events, tmp_path):
    file = tmp_path / "a.h5"
    write_events(file, all_events.tracks, all_events.hits, all_events.detector, metadata={})
    sizes = {}
    for surface in ("top", "barrel", "bottom"):
        loaded = read_training_events(DataConfig(files=(file,), leaves_through=surface))
        ahead = surface_ahead(loaded.tracks.position_cm, loaded.tracks.direction, loaded.detector)
        assert {SURFACES[int(code)] for code in ahead} == {surface}
        sizes[surface] = len(loaded)
    assert sum(sizes.values()) == len(all_events)
    up = all_events.tracks[[i for i in range(len(all_events)) if all_events.tracks.direction[i, 2] > 0.99][:1]]
    write_events(file, up, all_events.hits[[0]], all_events.detector, metadata={})
    with pytest.raises(ArgumentError, match=r"no track in .* leaves through the bottom"):
        read_training_events(DataConfig(files=(file,), leaves_through="bottom"))


def test_events_of_several_particles_are_refused(all_events, tmp_path):
    file, n = tmp_path / "a.h5", len(all_events)
    both = Track.concatenate([all_events.tracks, all_events.tracks])[[i % 2 * n + i // 2 for i in range(2 * n)]]
    primaries = Primaries(both, torch.arange(0, 2 * n + 1, 2))
    write_events(file, all_events.tracks, all_events.hits, all_events.detector, metadata={}, primaries=primaries)
    with pytest.raises(ArgumentError, match=r"a\.h5 has events of several primaries, but the network predicts"):
        read_training_events(DataConfig(files=(file,)))


def test_split_is_a_partition_that_follows_the_seed():
    parts = split(100, fraction=0.2, most=1000, seed=4)
    assert sorted([*parts.train.tolist(), *parts.validation.tolist()]) == list(range(100))
    assert len(parts.validation) == 20
    assert torch.equal(parts.train, split(100, fraction=0.2, most=1000, seed=4).train)
    assert not torch.equal(parts.train, split(100, fraction=0.2, most=1000, seed=5).train)
    assert len(split(100, fraction=0.2, most=7, seed=4).validation) == 7


def test_split_refuses_a_single_event():
    with pytest.raises(ArgumentError, match="found 1 events; expected at least 2"):
        split(1, fraction=0.5, most=5, seed=0)


def test_an_epoch_deals_every_event_once():
    numbers = torch.arange(50, 150)
    epoch = list(islice(batches(numbers, 20, seed=1, first=0), 5))
    assert sorted(torch.cat(epoch).tolist()) == numbers.tolist()


def test_batches_can_be_taken_up_anywhere():
    numbers = torch.arange(100)
    whole = list(islice(batches(numbers, 30, seed=1, first=0), 10))
    for first in (0, 2, 3, 7):
        again = list(islice(batches(numbers, 30, seed=1, first=first), 10 - first))
        assert all(torch.equal(*pair) for pair in zip(whole[first:], again, strict=True))
    assert not torch.equal(whole[0], whole[3])


def test_moved_events_keep_their_angles_and_charges(events):
    symmetry = barrel_symmetry(events.detector)
    numbers = torch.arange(50)
    track, hits = events.tracks[numbers], events.hits[numbers]
    new_track, new_hits = moved(track, hits, symmetry, generator=torch.Generator().manual_seed(2))

    def cosines(track, hits):
        position = events.detector.position_cm.float()[hits.pmt]
        sight = torch.nn.functional.normalize(position - track.position_cm[hits.event], dim=-1)
        return (sight * track.direction[hits.event]).sum(-1)

    assert torch.allclose(cosines(track, hits), cosines(new_track, new_hits), atol=1e-4)
    assert torch.equal(hits.charge_pe, new_hits.charge_pe)
    assert torch.equal(track.energy_mev, new_track.energy_mev)
    assert not torch.allclose(track.direction, new_track.direction)


def test_domain_covers_the_tracks(events):
    domain = trained_domain(events.tracks)
    assert domain.events == {"e-": 200, "mu-": 200}
    assert domain.energy_mev == (float(events.tracks.energy_mev.min()), float(events.tracks.energy_mev.max()))
    assert domain.position_cm[2][0] == float(events.tracks.position_cm[:, 2].min())
