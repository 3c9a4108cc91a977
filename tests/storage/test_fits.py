import h5py
import numpy as np
import pytest

from ringcast.errors import ArgumentError, FileError
from ringcast.storage.fits import read_fits, write_fits

ARRAYS = {"nll": np.arange(6.0).reshape(3, 2), "track/pdg": np.full((3, 2), 13), "event": np.arange(3)}


@pytest.fixture
def path(tmp_path, tank):
    path = tmp_path / "fits.h5"
    write_fits(path, ARRAYS, hypotheses=("e-", "mu-"), detector=tank, metadata={"model": "some"})
    return path


def test_there_and_back(path, tank):
    found = read_fits(path)
    assert found.hypotheses == ("e-", "mu-")
    assert (found.detector_name, found.detector_fingerprint) == (tank.name, tank.fingerprint)
    assert found.metadata == {"model": "some"}
    assert found.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], array)


def test_an_unfinished_file_leaves_the_old_one(path, tank):
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_fits(path, {"nll": np.array([object()])}, hypotheses=("e-",), detector=tank, metadata={})
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["fits.h5"]


def test_arrays_of_other_lengths_are_refused(tmp_path, tank):
    arrays = {"nll": np.zeros(3), "event": np.zeros(2)}
    with pytest.raises(ArgumentError, match=r"first axes nll \(3,\), event \(2,\); expected one number of events"):
        write_fits(tmp_path / "fits.h5", arrays, hypotheses=("e-",), detector=tank, metadata={})


def test_other_files_are_refused(path, tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_fits(tmp_path / "none.h5")
    cut = tmp_path / "cut.h5"
    cut.write_bytes(path.read_bytes()[:700])
    with pytest.raises(FileError, match="cannot be read"):
        read_fits(cut)
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file.attrs["format"] = "ringcast-events"
    with pytest.raises(FileError, match="found format ringcast-events 0, expected ringcast-fits 1"):
        read_fits(other)
    with h5py.File(path, "r+") as file:
        del file.attrs["hypotheses"]
    with pytest.raises(FileError, match="cannot be read"):
        read_fits(path)
