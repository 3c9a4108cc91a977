import h5py
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.storage import EventStore


@pytest.mark.parametrize("indices", [[0], [6, 2, 0, 6], [], torch.tensor([5, 1])])
def test_any_events_in_any_order(file, events, indices):
    store = EventStore.open(file)
    found, expected = store.hits(indices), events[1][torch.as_tensor(indices, dtype=torch.int64)]
    for name in ("pmt", "charge_pe", "time_ns", "start"):
        assert torch.equal(getattr(found, name), getattr(expected, name))


def test_it_knows_tracks_and_detector(file, events, tank):
    store = EventStore.open(file)
    assert len(store) == len(store.tracks) == 7
    assert store.tracks.names == events[0].names
    assert store.detector.fingerprint == tank.fingerprint


def test_hits_do_not_alias_the_file(file):
    store = EventStore.open(file)
    store.hits([0]).charge_pe.zero_()
    assert float(store.hits([0]).charge_pe.sum()) > 0


@pytest.mark.parametrize("indices", [[7], [-1], [0, 8]])
def test_events_that_are_not_there(file, indices):
    with pytest.raises(ArgumentError, match="expected 0 to 6"):
        EventStore.open(file).hits(indices)


def test_compressed_hits_are_refused(file):
    with h5py.File(file, "r+") as stored:
        charge = stored["hit_charge"][:]
        del stored["hit_charge"]
        stored.create_dataset("hit_charge", data=charge, compression="gzip")
    with pytest.raises(FileError, match=r"hit_charge: found chunks of .*compression gzip, expected one contiguous"):
        EventStore.open(file)
