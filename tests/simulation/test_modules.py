"""Tubes of multi-PMT modules: at their places and angles as caps, set flat onto the wall as discs."""

import numpy as np
import pytest

from ringcast.geometry import load_detector
from ringcast.geometry.detector import on_wall_cm
from ringcast.simulation.domes import first_dome
from ringcast.simulation.wall import build_wall, sensor_at, wall_crossing

EXPOSE_CM = 2.0


@pytest.fixture(scope="module")
def tank():
    return load_detector("wcte")


@pytest.fixture(scope="module")
def caps(tank):
    return build_wall(tank, EXPOSE_CM)


def look(tank, caps, point, way):
    limit, _ = wall_crossing(*point, *way, tank.radius_cm, tank.half_height_cm)
    return first_dome(*point, *way, limit, caps, -1)


def test_light_along_its_axis_meets_every_tube(tank, caps):
    position, normal = tank.position_cm.numpy(), tank.normal.numpy()
    for number in range(len(tank)):
        distance, sensor = look(tank, caps, position[number] + 12.0 * normal[number], -normal[number])
        assert sensor == number
        assert distance == pytest.approx(12.0 - EXPOSE_CM)


def test_light_from_behind_meets_none(tank, caps):
    barrel = tank.on("barrel")[::19]
    for number in barrel.tolist():
        place, normal = tank.position_cm[number].numpy(), tank.normal[number].numpy()
        assert look(tank, caps, place - 0.5 * normal, normal)[1] != number


def test_caps_are_those_of_brute_force(tank, caps):
    """All spheres at once, and of each only the part in front of its rim."""
    generator, hits, n = np.random.default_rng(8), 0, 1500
    for _ in range(n):
        point, way = generator.uniform(-80, 80, 3), generator.standard_normal(3)
        way /= np.linalg.norm(way)
        limit, _ = wall_crossing(*point, *way, tank.radius_cm, tank.half_height_cm)
        away = point - caps.dome[:, :3]
        along = away @ way
        root2 = along**2 - ((away**2).sum(1) - caps.dome[:, 3] ** 2)
        distance = np.where(root2 > 0, -along - np.sqrt(np.maximum(root2, 0)), np.inf)
        with np.errstate(invalid="ignore"):
            height = ((away + distance[:, None] * way) * caps.dome[:, 4:7]).sum(1)
        distance[~(height >= caps.dome[:, 7]) | (distance <= 0) | (distance >= limit)] = np.inf
        expected = int(distance.argmin()) if np.isfinite(distance.min()) else -1
        found, sensor = look(tank, caps, point, way)
        assert sensor == expected
        assert found == pytest.approx(min(distance.min(), limit))
        hits += sensor >= 0
    assert 0.2 < hits / n < 0.3


def test_discs_lie_flat_on_the_wall_behind_the_tubes(tank):
    wall, place = build_wall(tank), on_wall_cm(tank).numpy()
    found = [sensor_at(*place[i], int(tank.surface[i]), wall) for i in range(len(tank))]
    assert found == list(range(len(tank)))
    np.testing.assert_allclose(np.hypot(*place[tank.on("barrel").numpy(), :2].T), tank.radius_cm)
    beside = np.linalg.norm(place - tank.position_cm.numpy(), axis=1)
    assert beside.max() < 8.5
