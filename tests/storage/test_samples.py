"""A file that WCSim made: tests/samples/README.md has its origin and the counts."""

import shutil

import pytest
import torch

from ringcast.errors import FileError
from ringcast.geometry import load_detector
from ringcast.storage import EventStore, read_events


def test_only_hits_of_inner_tubes_are_kept(superk):
    found = read_events(superk)
    assert found.hits.counts.tolist() == [2075, 2097]
    assert len(found.detector) == found.hits.n_pmt == 11_140
    assert found.detector.pmt_type == "PMT20inch"
    assert bool(((found.hits.total_charge_pe > 4000) & (found.hits.total_charge_pe < 4600)).all())
    assert found.time_zero == "trigger + 950 ns"
    assert "WCSim" in found.metadata["origin"]


def test_the_truth_is_that_of_the_macro(superk):
    tracks = read_events(superk).tracks
    assert tracks.names == ["e-", "e-"]
    torch.testing.assert_close(tracks.energy_mev, torch.full((2,), 500.0), rtol=0, atol=1e-3)
    torch.testing.assert_close(tracks.position_cm, torch.zeros(2, 3))
    torch.testing.assert_close(tracks.direction, torch.tensor([[1.0, 0, 0]]).expand(2, 3))


def test_light_goes_where_the_particle_went(superk):
    found = read_events(superk)
    for track, hits in ((found.tracks[i], found.hits[i]) for i in range(2)):
        away = torch.nn.functional.normalize(found.detector.position_cm[hits.pmt] - track.position_cm.double(), dim=-1)
        mean = torch.nn.functional.normalize((hits.charge_pe[:, None] * away).sum(0), dim=0)
        assert float(mean @ track.direction[0].double()) > 0.9


def test_the_sensor_table_may_lie_elsewhere(superk, tmp_path):
    alone = tmp_path / "alone.h5"
    shutil.copy(superk, alone)
    with pytest.raises(FileError, match=r"found neither .*name a sensor table"):
        read_events(alone)
    with pytest.raises(
        FileError, match=r"hit_pmt: found sensor numbers \d+ to \d+, expected 0 to 11145 for detector super"
    ):
        read_events(alone, detector=load_detector("super-k"))
    found = read_events(alone, geometry=superk.with_name("geometry.npz"))
    assert found.hits.counts.tolist() == [2075, 2097]


def test_the_store_reads_it_too(superk):
    whole, store = read_events(superk), EventStore.open(superk)
    one = store.hits([1])
    assert torch.equal(one.pmt, whole.hits[1].pmt)
    assert torch.equal(one.time_ns, whole.hits[1].time_ns)
    assert one.n_pmt == len(store.detector)


def test_its_sensors_are_those_of_the_preset_by_position(superk):
    """11,140 tubes are well placed; the preset's table has 11,146, so that six are dead. Charges stay in place."""
    tank, table = load_detector("super-k"), superk.with_name("geometry.npz")
    own, found = read_events(superk), read_events(superk, detector=tank, geometry=table)
    assert found.detector.fingerprint == tank.fingerprint
    assert found.detector.n_dead == 6
    assert found.hits.n_pmt == 11_146
    assert torch.equal(found.hits.charge_pe, own.hits.charge_pe)
    apart = found.detector.position_cm[found.hits.pmt] - own.detector.position_cm[own.hits.pmt]
    assert float(apart.norm(dim=-1).max()) < 13.5
    assert bool(found.detector.alive[found.hits.pmt].all())
    store = EventStore.open(superk, detector=tank, geometry=table)
    assert torch.equal(store.hits([1]).pmt, found.hits[1].pmt)


def test_a_table_of_another_tank_is_refused(superk):
    with pytest.raises(
        FileError, match=r"geometry\.npz: \d+ of \d+ sensors (lie off a cylinder|are not within 25\.4 cm)"
    ):
        read_events(superk, detector=load_detector("hyper-k"), geometry=superk.with_name("geometry.npz"))
