"""Event files as references."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.storage import write_events
from ringcast.validation import load_reference, plan_of, reference_from_file, summarise_file

SAMPLE = Path(__file__).parent.parent / "samples" / "superk-e500" / "digihits.h5"


@pytest.fixture
def written(tmp_path):
    """Writes a file of as many events as there are energies, all with the same hits."""

    def write(*energy, time_ns=0.0):
        tank = load_detector("mini")
        tracks = Track("mu-", list(map(float, energy)), (0, 0, 10), (1, 0, 0), time_ns)
        pmt = torch.arange(20).repeat(len(energy))
        time = torch.linspace(4, 9, 20).repeat(len(energy)) + time_ns
        hits = Hits.of(pmt, torch.ones(len(pmt)), time, torch.arange(len(energy) + 1) * 20, len(tank))
        write_events(tmp_path / "events.h5", tracks, hits, tank, metadata={})
        return tmp_path / "events.h5"

    return write


def test_one_kind_of_events(written, tmp_path):
    reference = reference_from_file(written(300, 300, 300), folder=tmp_path)
    plan, primaries = plan_of(reference, 50)
    assert not reference.paired
    assert primaries is None
    assert (plan.detector, plan.n_events, plan.energy_mev, plan.trigger) == ("mini", 50, (300.0, 300.0), False)
    assert plan.position_cm == (0, 0, 10)


def test_events_of_many_kinds_are_simulated_one_by_one(written, tmp_path):
    reference = reference_from_file(written(300, 400, 500), folder=tmp_path)
    plan, primaries = plan_of(reference, 50)
    assert reference.paired
    assert (plan.n_events, plan.energy_mev) == (3, (300.0, 500.0))
    assert primaries.leading.energy_mev.tolist() == [300, 400, 500]


def test_the_time_of_birth_is_taken_off(written):
    early, late = (summarise_file(written(300, time_ns=t), window_ns=(0.0, 100.0)) for t in (0.0, 5000.0))
    np.testing.assert_allclose(early.numbers["residual_ns"], late.numbers["residual_ns"], atol=1e-3)
    assert late.numbers["hits"].tolist() == [20]


def test_events_of_wcsim_in_a_tank_of_their_own(tmp_path):
    reference = reference_from_file(SAMPLE, folder=tmp_path)
    tank = load_detector(plan_of(reference, 2)[0].detector)
    assert (len(tank), tank.pmt_type, reference.own_time_zero) == (11140, "PMT20inch", True)
    np.testing.assert_allclose(
        reference.summary.numbers["charge_pe"], load_reference("super-k-e500").summary.numbers["charge_pe"][:2]
    )


def test_refusals(tmp_path):
    empty, tank = tmp_path / "empty.h5", load_detector("mini")
    write_events(
        empty, Track("e-", 50, (0, 0, 0), (0, 0, 1))[:0], Hits.of([], [], [], [0], len(tank)), tank, metadata={}
    )
    with pytest.raises(FileError, match="no such file"):
        reference_from_file(tmp_path / "nothing.h5", folder=tmp_path)
    with pytest.raises(FileError, match="holds no events; expected at least one to compare with"):
        reference_from_file(empty, folder=tmp_path)


def test_a_window_needs_a_known_time(tmp_path):
    import h5py

    path = tmp_path / "digihits.h5"
    path.write_bytes(SAMPLE.read_bytes())
    with h5py.File(path, "r+") as file:
        del file["trigger_time"]
    geometry = SAMPLE.with_name("geometry.npz")
    assert not reference_from_file(path, folder=tmp_path, geometry=geometry).own_time_zero
    with pytest.raises(ArgumentError, match="so that a window in time since the birth cannot be taken"):
        reference_from_file(path, folder=tmp_path, geometry=geometry, window_ns=(0, 100))
