"""Faces of sensors on flat paper: tilted ones, and those that the cut of the barrel divides."""

import math

import numpy as np
import pytest
import torch

from ringcast.geometry import PRESETS, load_detector, unrolled_position_cm
from ringcast.views.faces import outline, unrolled_faces


@pytest.mark.parametrize("name", PRESETS)
def test_every_sensor_has_a_face_in_its_place(name):
    tank = load_detector(name)
    faces = unrolled_faces(tank)
    n = len(tank)
    assert faces.row[:n].tolist() == list(range(n))
    np.testing.assert_allclose(faces.centre_cm[:n], unrolled_position_cm(tank), atol=1e-3)
    assert set(faces.height_cm.tolist()) == {2 * float(tank.pmt_radius_cm[0])}
    edge = outline(tank.radius_cm, tank.half_height_cm).get_extents()
    assert (edge.x1, edge.y1) == pytest.approx((math.pi * tank.radius_cm, tank.half_height_cm + 2 * tank.radius_cm))
    copies = faces.centre_cm[n:]
    original = faces.centre_cm[faces.row[n:]]
    np.testing.assert_allclose(np.abs(copies - original)[:, 0], 2 * math.pi * tank.radius_cm)
    np.testing.assert_allclose(copies[:, 1], original[:, 1])
    assert (np.abs(copies[:, 0]) < math.pi * tank.radius_cm + faces.height_cm[n:] / 2).all()


@pytest.mark.parametrize("name", ["super-k", "hyper-k", "mini", "iwcd-grid"])
def test_tubes_on_a_wall_are_circles(name):
    faces = unrolled_faces(load_detector(name))
    np.testing.assert_array_equal(faces.width_cm, faces.height_cm)


@pytest.mark.parametrize("name", ["iwcd", "wcte"])
def test_faces_of_a_dome_lie_around_its_middle(name):
    """Tubes at 0, 18 and 36 degrees to the axis of a module on a cap: narrower along the line to its middle."""
    tank = load_detector(name)
    faces, top = unrolled_faces(tank), tank.on("top").numpy()
    module = top[:19]
    middle = faces.centre_cm[module].mean(axis=0)
    away = faces.centre_cm[module] - middle
    narrow = np.sort(faces.width_cm[module] / faces.height_cm[module])
    expected = np.cos(np.radians([36] * 12 + [18] * 6 + [0]))
    np.testing.assert_allclose(narrow, expected, atol=0.012)
    outer = np.hypot(*away.T) > 3
    towards = np.degrees(np.arctan2(away[outer, 1], away[outer, 0])) - faces.angle_deg[module][outer]
    assert np.abs(np.sin(np.radians(towards))).max() < 0.05


def test_ellipses_of_a_module_do_not_overlap():
    tank = load_detector("wcte")
    faces = unrolled_faces(tank)
    place = torch.from_numpy(faces.centre_cm[:1843])
    for module in place.split(19):
        apart = torch.cdist(module, module) + 100 * torch.eye(19)
        assert float(apart.min()) > 0.8 * 8.0  # they shrink with the distance between them
