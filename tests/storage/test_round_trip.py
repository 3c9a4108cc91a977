import hashlib
import json
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from ringcast import __version__
from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Track
from ringcast.geometry import Detector, load_detector
from ringcast.storage import read_events, write_events


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_written_is_read(file, tank, events):
    tracks, hits = events
    found = read_events(file)
    assert found.tracks.names == tracks.names
    for name in ("position_cm", "direction", "time_ns"):
        torch.testing.assert_close(getattr(found.tracks, name), getattr(tracks, name), rtol=0, atol=0)
    # total energies are stored in float32: half a step of 600 MeV is 3e-5
    torch.testing.assert_close(found.tracks.energy_mev, tracks.energy_mev, rtol=0, atol=4e-5)
    for name in ("pmt", "charge_pe", "time_ns", "start"):
        assert torch.equal(getattr(found.hits, name), getattr(hits, name))
    assert found.hits.n_pmt == len(tank)
    assert (found.metadata, found.path, found.time_zero) == ({"seed": 5}, file, "primary birth")


@pytest.mark.parametrize(("preset", "dead"), [("mini", ()), ("super-k", ()), ("iwcd", ()), ("mini", (4, 700))])
def test_the_detector_is_inside_and_equal(tmp_path, preset, dead):
    tank = load_detector(preset, dead=dead)
    track = Track("e-", 10, (0, 0, 0), (0, 0, 1))
    write_events(tmp_path / "one.h5", track, Hits.of([3], [1.0], [2.0], [0, 1], len(tank)), tank, metadata={})
    found = read_events(tmp_path / "one.h5").detector
    assert found.fingerprint == tank.fingerprint
    for name in Detector.__dataclass_fields__:
        before, after = getattr(tank, name), getattr(found, name)
        same = torch.equal(before, after) and before.dtype == after.dtype if isinstance(before, torch.Tensor) else None
        assert before == after if same is None else same, name


def test_the_layout_is_that_of_the_field(file, events):
    tracks, hits = events
    n = len(tracks)
    shapes = {"event_ids": (n,), "labels": (n,), "pids": (n,), "root_files": (n,), "energies": (n, 1)}
    shapes |= {"positions": (n, 1, 3), "directions": (n, 1, 3), "angles": (n, 2), "event_hits_index": (n,)}
    with h5py.File(file) as stored:
        assert {name: stored[name].shape for name in shapes} == shapes
        for name, dtype in (("hit_pmt", np.int32), ("hit_time", np.float32), ("hit_charge", np.float32)):
            assert stored[name].dtype == dtype
            assert stored[name].chunks is None
            assert stored[name].id.get_offset() is not None
        assert stored["labels"][:].tolist() == [0, 1, 1, 2, 2, -1, -1]
        assert stored["event_hits_index"][:].tolist() == hits.start[:-1].tolist()
        x, y, z = tracks.direction.double().numpy().T
        np.testing.assert_allclose(stored["angles"], np.stack([np.arccos(y), np.arctan2(z, x)], -1), atol=1e-6)
        np.testing.assert_allclose(stored["energies"][:, 0], tracks.total_energy_mev.numpy(), rtol=1e-6)


def test_attributes_say_where_the_file_is_from(file, tank):
    with h5py.File(file) as stored:
        attributes = dict(stored.attrs)
    assert json.loads(attributes.pop("configuration")) == {"seed": 5}
    assert attributes == {
        "format": "ringcast-events",
        "format_version": 1,
        "ringcast_version": __version__,
        "detector_name": "mini",
        "detector_fingerprint": tank.fingerprint,
        "time_zero": "primary birth",
    }


def test_the_same_content_gives_the_same_bytes(tmp_path, tank, events):
    metadata = {"seed": 1, "energy": [1, 2]}
    write_events(tmp_path / "a.h5", *events, tank, metadata=metadata)
    time.sleep(1.1)  # HDF5 would store times in whole seconds
    write_events(tmp_path / "b.h5", *events, tank, metadata=dict(reversed(metadata.items())))
    assert digest(tmp_path / "a.h5") == digest(tmp_path / "b.h5")


def test_a_file_of_no_events_and_one_of_no_hits(tmp_path, tank, events):
    tracks, _ = events
    write_events(tmp_path / "none.h5", tracks[:0], Hits.of([], [], [], [0], len(tank)), tank, metadata={})
    assert len(read_events(tmp_path / "none.h5").tracks) == 0
    write_events(tmp_path / "dark.h5", tracks[:2], Hits.of([], [], [], [0, 0, 0], len(tank)), tank, metadata={})
    assert read_events(tmp_path / "dark.h5").hits.counts.tolist() == [0, 0]


def test_files_of_others_may_lack_what_we_add(file, tank, events):
    tracks, _ = events
    with h5py.File(file, "r+") as stored:
        del stored["directions"], stored["pids"], stored["birth_times"], stored["detector"]
        stored["labels"][:] = [0, 1, 1, 2, 2, 2, 2]
        for name in list(stored.attrs):
            del stored.attrs[name]
    found = read_events(file, detector=tank)
    assert found.tracks.names == ["gamma", "e-", "e-", "mu-", "mu-", "mu-", "mu-"]
    torch.testing.assert_close(found.tracks.direction, tracks.direction, rtol=0, atol=1e-6)
    assert (found.tracks.time_ns.tolist(), found.metadata, found.time_zero) == ([0.0] * 7, {}, "unknown")
    about_z = read_events(file, detector=tank, axis="z").tracks.direction
    torch.testing.assert_close(about_z, tracks.direction[:, [0, 2, 1]], rtol=0, atol=1e-6)


@pytest.mark.parametrize(("shift", "zero"), [(0.0, "first hit"), (950.0, "trigger + 950 ns")])
def test_time_zero_of_files_of_others_is_judged(file, tank, shift, zero):
    with h5py.File(file, "r+") as stored:
        del stored.attrs["time_zero"]
        stored["hit_time"][:] = shift
    assert read_events(file).time_zero == zero


def test_sensors_counted_from_one(file, tank, events):
    with h5py.File(file, "r+") as stored:
        stored["hit_pmt"][:2] = [1, len(tank)]
        stored["hit_pmt"][2:] = 7
    with pytest.raises(FileError, match="one_indexed=True"):
        read_events(file)
    assert read_events(file, one_indexed=True).hits.pmt[:3].tolist() == [0, len(tank) - 1, 6]


def test_writing_refuses_what_does_not_belong_together(tmp_path, tank, events):
    tracks, hits = events
    with pytest.raises(ArgumentError, match="6 tracks and hits of 7 events"):
        write_events(tmp_path / "x.h5", tracks[:6], hits, tank, metadata={})
    with pytest.raises(ArgumentError, match="hits are of 1024 sensors, detector iwcd-grid has 19160"):
        write_events(tmp_path / "x.h5", tracks, hits, load_detector("iwcd-grid"), metadata={})
    with pytest.raises(ArgumentError, match="metadata cannot be stored as JSON"):
        write_events(tmp_path / "x.h5", tracks, hits, tank, metadata={"seed": object()})
    with pytest.raises(FileError, match=r"nowhere/x\.h5: cannot be written"):
        write_events(tmp_path / "nowhere" / "x.h5", tracks, hits, tank, metadata={})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(file, tank, events):
    before = digest(file)
    with pytest.raises(ArgumentError, match="tracks"):
        write_events(file, events[0][:2], events[1], tank, metadata={})
    assert digest(file) == before
    assert [path.name for path in file.parent.iterdir()] == ["events.h5"]
