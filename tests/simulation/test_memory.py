"""Batches and workers that fit into memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringcast.errors import ArgumentError
from ringcast.simulation import make_plan, memory
from ringcast.simulation.memory import fit_memory, largest_event_mev, read_size_mb

GEV_MB, PROCESS_MB = memory._MB_PER_GEV, memory._PROCESS_MB


@given(st.floats(1, 1e5), st.integers(1, 64), st.floats(1300, 1e6))
def test_the_bound_is_kept_and_used(energy_mev, wanted, bound_mb):
    staff = fit_memory(energy_mev, wanted, bound_mb)
    assert 1 <= staff.workers <= wanted
    assert 1 <= staff.batch <= 100
    event_mb = GEV_MB * energy_mev / 1000
    assert PROCESS_MB * (1 + staff.workers) + staff.workers * staff.batch * event_mb <= bound_mb * (1 + 1e-9)
    if staff.batch < 100:  # one more event would be too many
        assert PROCESS_MB * (1 + staff.workers) + staff.workers * (staff.batch + 1) * event_mb > bound_mb * (1 - 1e-9)


def test_batches_are_small_at_high_energies_without_a_bound():
    assert [fit_memory(mev, 4) for mev in (100, 1000, 1e4, 1e5)] == [(4, 100), (4, 100), (4, 16), (4, 1)]


def test_too_little_memory_is_refused_with_what_it_takes():
    with pytest.raises(
        ArgumentError, match=r"memory is 900 MB, but one worker with one event of 100000 MeV .* 1200 MB"
    ):
        fit_memory(1e5, 2, 900)
    assert fit_memory(1e5, 2, 1200) == (1, 1)


@pytest.mark.parametrize("text", ["lots", "-4GB", "4 apples", ""])
def test_sizes_that_are_none(text):
    with pytest.raises(ArgumentError, match="expected a number with a unit, such as 4GB"):
        read_size_mb(text)


def test_the_largest_event_is_the_sum_of_its_primaries():
    import torch

    from ringcast.events import Primaries, Track

    plan = make_plan(detector="mini", n_events=2, energy_mev=(100, 800))
    assert largest_event_mev(plan) == 800
    gammas = Track("gamma", [200.0, 100, 250], (0, 0, 0), (0, 0, 1))
    assert largest_event_mev(plan, Primaries(gammas, torch.tensor([0, 2, 3]))) == 300
