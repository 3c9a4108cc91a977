"""The map between six free numbers and tracks."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ringcast.errors import ArgumentError
from ringcast.events import Track
from ringcast.geometry import load_detector
from ringcast.reconstruction.coordinates import Bounds, Chart, displaced, transverse_basis
from tests.reconstruction.analytic import random_tracks

BOUNDS = Bounds(90.0, 80.0, (50.0, 1000.0))


def test_there_and_back(tank):
    track = random_tracks(50, tank, seed=4)
    chart = Chart.about(track, BOUNDS)
    again = chart.track(chart.free(track))
    for name in ("position_cm", "direction", "energy_mev", "time_ns"):
        torch.testing.assert_close(getattr(again, name), getattr(track, name))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=6, max_size=6))
def test_no_free_numbers_leave_the_bounds(numbers):
    chart = Chart.about(Track("e-", 100.0, (0.0, 0.0, 0.0), (0.6, 0.0, 0.8)), BOUNDS)
    track = chart.track(torch.tensor([numbers], dtype=torch.float64))
    assert float(track.position_cm[:, :2].norm()) <= 90 * (1 + 1e-12)
    assert abs(float(track.position_cm[:, 2])) <= 80
    assert 50 * (1 - 1e-12) <= float(track.energy_mev) <= 1000 * (1 + 1e-12)
    assert float(track.direction.norm()) == pytest.approx(1)


def test_starts_outside_are_drawn_in():
    track = Track("e-", 5000.0, (300.0, 400.0, -999.0), (0.0, 0.0, 1.0)).to(torch.float64)
    chart = Chart.about(track, BOUNDS)
    inside = chart.track(chart.free(track))
    expected = torch.tensor([[0.6 * 88.2, 0.8 * 88.2, -78.4]], dtype=torch.float64)
    torch.testing.assert_close(inside.position_cm, expected)
    assert not bool(chart.at_bound(chart.free(track)))


def test_bounds_are_seen():
    chart = Chart.about(Track(["e-"] * 4, 100.0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)), BOUNDS)
    free = torch.zeros(4, 6, dtype=torch.float64)
    free[1, :2] = math.pi / 2 / math.sqrt(2)
    free[2, 2] = -math.pi / 2
    free[3, 5] = 1.57
    assert chart.at_bound(free).tolist() == [False, True, True, True]


def test_derivatives_exist_everywhere():
    chart = Chart.about(Track("e-", 100.0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)), BOUNDS)

    def numbers(free):
        track = chart.track(free)
        return torch.cat([track.position_cm, track.direction, track.energy_mev.unsqueeze(-1)], -1)

    for size in (0.0, 1e-5, 1e-3, 0.4, 1.5):
        free = torch.full((1, 6), size, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(numbers, free)


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_basis_is_right_handed_on_every_axis(axis, sign):
    direction = torch.zeros(1, 3, dtype=torch.float64)
    direction[0, axis] = sign
    first, second = transverse_basis(direction)
    frame = torch.stack([first, second, direction], -1)
    torch.testing.assert_close(frame.transpose(-1, -2) @ frame, torch.eye(3).double().unsqueeze(0))
    assert float(torch.linalg.det(frame)) == pytest.approx(1)


def test_displaced_by_an_angle_turns_by_that_angle():
    track = Track("mu-", 200.0, (1.0, 2.0, 3.0), (0.6, 0.0, 0.8)).to(torch.float64)
    offset = torch.tensor([[1.0, -1.0, 0.5, 0.3, 0.4, 20.0]], dtype=torch.float64)
    moved = displaced(track, offset)
    assert float((moved.direction * track.direction).sum().acos()) == pytest.approx(0.5)
    assert moved.position_cm.tolist() == [[2.0, 1.0, 3.5]]
    assert float(moved.energy_mev) == 220


def test_a_margin_that_leaves_nothing_is_refused():
    with pytest.raises(ArgumentError, match="wall_margin_cm is 100; mini has no inside left"):
        Bounds.of(load_detector("mini"), 100.0, (50.0, 1000.0))
