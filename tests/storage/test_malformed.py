"""One file of each kind of damage; the message names the file, the dataset, what was found and what was expected."""

from collections.abc import Callable

import h5py
import numpy as np
import pytest

from ringcast.errors import FileError
from ringcast.geometry import load_detector
from ringcast.storage import EventStore, read_events


def replaced(name: str, values: object) -> Callable[[h5py.File], None]:
    def damage(stored: h5py.File) -> None:
        del stored[name]
        stored[name] = values

    return damage


def entry(name: str, index: object, value: object) -> Callable[[h5py.File], None]:
    def damage(stored: h5py.File) -> None:
        stored[name][index] = value

    return damage


def removed(*names: str) -> Callable[[h5py.File], None]:
    def damage(stored: h5py.File) -> None:
        for name in names:
            del stored[name]

    return damage


def attribute(name: str, value: object) -> Callable[[h5py.File], None]:
    def damage(stored: h5py.File) -> None:
        stored.attrs[name] = value

    return damage


def unknown_label(stored: h5py.File) -> None:
    del stored["pids"]
    stored["labels"][3] = 5


CASES = {
    "missing hits": (removed("hit_charge"), r"hit_charge: found no such dataset .*expected floating-point"),
    "missing truth": (removed("energies"), r"energies: found no such dataset"),
    "missing index": (removed("event_hits_index"), r"event_hits_index: found no such dataset"),
    "group for dataset": (lambda f: (removed("labels", "pids")(f), f.create_group("labels")), r"labels: found a group"),
    "wrong kind": (replaced("hit_pmt", np.zeros(25)), r"hit_pmt: found dtype float64, expected integers"),
    "texts": (replaced("energies", np.full((7, 1), b"x")), r"energies: found dtype .*expected floating-point numbers"),
    "short truth": (
        replaced("positions", np.zeros((6, 1, 3))),
        r"positions: found shape \(6, 1, 3\), expected \(7, 3\)",
    ),
    "flat truth": (replaced("directions", np.zeros(7)), r"directions: found shape \(7,\), expected \(7, 3\)"),
    "hit lengths": (
        replaced("hit_time", np.zeros(9)),
        r"hit arrays: found shapes .*hit_time \(9,\).*expected one length",
    ),
    "index falls": (
        entry("event_hits_index", 2, 3),
        r"event_hits_index: found starts from 0 .*expected starts that rise",
    ),
    "index beyond": (entry("event_hits_index", 6, 99), r"event_hits_index: found starts from 0 to 99"),
    "index not from 0": (entry("event_hits_index", 0, 1), r"event_hits_index: found starts from 1"),
    "sensor beyond": (entry("hit_pmt", 4, 1024), r"hit_pmt: found sensor numbers \d+ to 1024, expected 0 to 1023"),
    "sensor negative": (entry("hit_pmt", 4, -1), r"hit_pmt: found sensor numbers -1 to"),
    "charge NaN": (entry("hit_charge", 4, np.nan), r"hit_charge: found nan at entry 4, expected finite"),
    "time infinite": (entry("hit_time", 5, np.inf), r"hit_time: found inf at entry 5"),
    "vertex NaN": (entry("positions", (2, 0, 1), np.nan), r"positions: found nan at entry 2"),
    "energy below mass": (
        entry("energies", 3, 100.0),
        r"energies: found total energy 100 MeV of event 3, expected more than the mass 105\.658 MeV of its mu-",
    ),
    "unknown particle": (entry("pids", 6, 2112), r"pids: found particle is 2112; .*in event 6"),
    "unknown label": (unknown_label, r"labels: found label 5 of event 3"),
    "direction length": (entry("directions", 1, (0, 0, 2)), r"directions: found a vector of length 2 in event 1"),
    "newer format": (attribute("format_version", 9), r"format_version: found 9, expected 1; read it with a newer"),
    "configuration": (attribute("configuration", "{"), r"configuration: found .*expected JSON"),
    "fingerprint": (attribute("detector_fingerprint", "0" * 16), r"detector: found a sensor table of fingerprint"),
    "detector column": (removed("detector/normal"), r"detector/normal: found no such dataset"),
    "detector outside": (
        entry("detector/position_cm", (0, 2), 5.0),
        r"detector: found a damaged sensor table .*off its",
    ),
    "no detector": (removed("detector"), r"detector: found neither an embedded sensor table nor geometry\.npz"),
}


@pytest.mark.parametrize("case", CASES)
def test_damage_is_named(file, case):
    damage, message = CASES[case]
    with h5py.File(file, "r+") as stored:
        damage(stored)
    with pytest.raises(FileError, match=message) as caught:
        read_events(file)
    assert str(caught.value).startswith(f"{file}: ")


@pytest.mark.parametrize("share", [0.9, 0.5, 0.001])
def test_truncated_file(file, share):
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(FileError, match=r"no whole HDF5 file .*copy or write it again"):
        read_events(file)


def test_missing_file_and_other_files(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_events(tmp_path / "no.h5")
    (tmp_path / "text.h5").write_text("event,charge\n")
    with pytest.raises(FileError, match="no whole HDF5 file"):
        read_events(tmp_path / "text.h5")
    with pytest.raises(FileError, match=r"no whole HDF5 file|cannot"):
        read_events(tmp_path)


def test_a_folder_in_place_of_a_file(tmp_path):
    with pytest.raises(FileError, match=r"cannot be read \(Is a directory\); expected an event file$"):
        read_events(tmp_path)


def test_damaged_compressed_bytes(file):
    with h5py.File(file) as stored:
        chunk = stored["detector/normal"].id.get_chunk_info(0)
    bytes_ = bytearray(file.read_bytes())
    bytes_[chunk.byte_offset : chunk.byte_offset + chunk.size] = b"\x00" * chunk.size
    file.write_bytes(bytes_)
    with pytest.raises(FileError, match="found bytes that HDF5 cannot read"):
        read_events(file)


def test_the_wrong_detector(file, tmp_path):
    with pytest.raises(FileError, match=r"found detector mini .*expected iwcd-grid"):
        read_events(file, detector=load_detector("iwcd-grid"))
    with pytest.raises(FileError, match="found detector mini, expected none, as a sensor table was named"):
        read_events(file, geometry=tmp_path / "geometry.npz")
    with pytest.raises(FileError, match="found detector mini, expected none, as a sensor table was named"):
        read_events(file, detector=load_detector("mini"), geometry=tmp_path / "geometry.npz")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"position": np.zeros((3, 3))}, "expected position, orientation and pmt_radius"),
        ({"position": np.zeros((3, 3)), "pmt_radius": 12.7}, r"pmt_radius: found 12\.7 cm, expected one of 25\.4 cm"),
        ({"position": np.zeros((3, 2)), "pmt_radius": 25.4}, r"position has shape \(3, 2\)"),
        ({"position": np.zeros((3, 3)), "pmt_radius": np.zeros(2)}, "found no readable sensor table"),
        (b"text", "found no readable sensor table"),
    ],
)
def test_sensor_tables_that_cannot_be_used(file, columns, message):
    with h5py.File(file, "r+") as stored:
        del stored["detector"]
    table = file.with_name("geometry.npz")
    if isinstance(columns, bytes):
        table.write_bytes(columns)
    else:
        np.savez(table, **columns)
    with pytest.raises(FileError, match=message) as caught:
        read_events(file)
    assert str(caught.value).startswith(f"{table}: ")


def test_the_store_checks_hits_when_it_reads_them(file):
    with h5py.File(file, "r+") as stored:
        stored["hit_charge"][5] = np.nan
    store = EventStore.open(file)
    assert store.hits([0]).counts.tolist() == [4]
    with pytest.raises(FileError, match=r"events\.h5: hits of events \[1\]: Hits charge_pe of hit 1 is nan"):
        store.hits([1])
