import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ringcast.geometry import distance_to_wall_cm, inside, load_detector, path_to_wall_cm

TANK = load_detector("mini")
STEP_CM = 0.05
unit = st.floats(-1, 1, allow_subnormal=False)


@st.composite
def rays(draw):
    """A point inside and a direction, axis-aligned ones included."""
    radius, azimuth = 99 * math.sqrt(draw(st.floats(0, 1))), math.pi * draw(unit)
    position = (radius * math.cos(azimuth), radius * math.sin(azimuth), 99 * draw(unit))
    polar = math.acos(draw(st.one_of(st.sampled_from([-1.0, 0.0, 1.0]), unit)))
    turn = math.pi * draw(st.one_of(st.sampled_from([-1.0, -0.5, 0.0, 0.5]), unit))
    direction = (math.sin(polar) * math.cos(turn), math.sin(polar) * math.sin(turn), math.cos(polar))
    return torch.tensor([position], dtype=torch.float64), torch.tensor([direction], dtype=torch.float64)


@settings(max_examples=150, deadline=None)
@given(rays())
def test_path_to_wall_agrees_with_walking(ray):
    position, direction = ray
    path = torch.arange(0, 350, STEP_CM, dtype=torch.float64)
    walk = position + path[:, None] * direction
    steps_inside = int((~inside(walk, TANK)).nonzero()[0])
    assert float(path_to_wall_cm(position, direction, TANK)) == pytest.approx(
        path[steps_inside].item(), abs=1.1 * STEP_CM
    )


@settings(max_examples=100, deadline=None)
@given(rays())
def test_path_ends_on_the_wall_and_is_no_shorter_than_the_distance(ray):
    position, direction = ray
    path = path_to_wall_cm(position, direction, TANK)
    end = position + path[:, None] * direction
    assert float(distance_to_wall_cm(end, TANK)) == pytest.approx(0, abs=1e-6)
    assert float(path) >= float(distance_to_wall_cm(position, TANK)) - 1e-9


def test_distances_by_hand():
    points = torch.tensor([[0.0, 0, 0], [0, 90, 0], [0, 0, -97], [60, 80, 0], [0, 0, 130], [120, 0, 0]])
    assert distance_to_wall_cm(points, TANK).tolist() == pytest.approx([100, 10, 3, 0, -30, -20], abs=1e-4)
    assert inside(points, TANK).tolist() == [True, True, True, False, False, False]


def test_path_has_the_gradient_of_finite_differences():
    position = torch.tensor([[20.0, -30, 10]], dtype=torch.float64, requires_grad=True)
    direction = torch.tensor([[0.6, 0, 0.8]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p, d: path_to_wall_cm(p, d, TANK), (position, direction))
