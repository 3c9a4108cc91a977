import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from ringcast.errors import ArgumentError
from ringcast.geometry import load_detector
from ringcast.geometry.matching import match_sensors
from ringcast.geometry.spacing import nearest


@pytest.fixture(scope="module", params=["super-k", "iwcd"])
def tank(request):
    return load_detector(request.param)


def test_rows_in_any_order_and_a_little_off_find_their_sensors(tank):
    generator = torch.Generator().manual_seed(5)
    order = torch.randperm(len(tank), generator=generator)[: len(tank) - 6]
    off = 0.4 * (torch.rand(len(order), 3, generator=generator) - 0.5) * tank.pmt_radius_cm[0]
    assert torch.equal(match_sensors(tank.position_cm[order] + off, tank), order)


def test_another_tank_is_refused(tank):
    shifted = tank.position_cm + torch.tensor([0.0, 0.0, 1.4 * float(tank.pmt_radius_cm[0])])
    with pytest.raises(ArgumentError, match=r"\d+ of \d+ sensors are not within .* cm of one of detector"):
        match_sensors(shifted, tank)
    with pytest.raises(ArgumentError, match=r"1 of 1 sensors are not within 4 cm .* row 0, at \(0\.0, 0\.0, 0\.0\) cm"):
        match_sensors(torch.zeros(1, 3), tank, tolerance_cm=4)


def test_two_rows_of_one_sensor_are_refused(tank):
    place = tank.position_cm[[8, 2, 8]]
    place[2] += 1.0
    with pytest.raises(
        ArgumentError, match=r"rows 0 and 2 are both nearest to sensor 8 of detector .*, at 0\.0 and 1\.7 cm"
    ):
        match_sensors(place, tank)


def test_nearest_points_are_those_of_a_tree():
    generator = np.random.default_rng(6)
    one, other = generator.uniform(-5, 5, (300, 3)), generator.uniform(-5, 5, (200, 3))
    expected, number = cKDTree(other).query(one, distance_upper_bound=1.0)
    found, apart = nearest(one, other, 1.0)[::-1]
    np.testing.assert_allclose(found, expected)
    assert np.array_equal(apart, np.where(np.isinf(expected), -1, number))
