import math

import pytest
import torch
from scipy.spatial import cKDTree

from ringcast.errors import ArgumentError
from ringcast.geometry import PRESETS, SURFACES, load_detector, unrolled_position_cm
from ringcast.geometry.detector import in_front_cm
from ringcast.geometry.spacing import require_apart

# tubes and modules as the READMEs of the source tables count them: geometry/presets/README.md
COUNTS = {
    "hyper-k": (3176, 65 * 203, 3176),
    "hyper-k-20": (3764, 54 * 221, 3764),  # not counted anywhere: the rule of the two below with WCSim's numbers
    "hyper-k-40": (7524, 75 * 312, 7524),
    "hyper-k-60m": (8280, 84 * 327, 8280),
    "iwcd": (88 * 19, 40 * 9 * 19, 88 * 19),
    "iwcd-grid": (2188, 88 * 168, 2188),
    "mini": (112, 800, 112),
    "super-k": (1748, 7650, 1748),
    "wcte": (18 * 19, 58 * 19, 21 * 19),
}
IMAGES = {
    "hyper-k": ((64, 64), (65, 203), (64, 64)),
    "hyper-k-20": ((70, 70), (54, 221), (70, 70)),
    "hyper-k-40": ((98, 98), (75, 312), (98, 98)),
    "hyper-k-60m": ((102, 102), (84, 327), (102, 102)),
    "super-k": ((48, 48), (51, 150), (48, 48)),
    "iwcd-grid": ((52, 52), (88, 168), (52, 52)),
    "mini": ((12, 12), (20, 40), (12, 12)),
}
# WCSim: 20.215 % (hyper-k), 20 and 40 % (others of Hyper-K), 40 % (super-k, iwcd-grid); else area over area
COVERAGES = {
    "hyper-k": (0.19, 0.205),
    "hyper-k-20": (0.19, 0.2),
    "hyper-k-40": (0.38, 0.4),
    "hyper-k-60m": (0.38, 0.4),
    "iwcd": (0.2, 0.22),
    "iwcd-grid": (0.38, 0.41),
    "mini": (0.2, 0.3),
    "super-k": (0.38, 0.41),
    "wcte": (0.2, 0.22),
}
MODULES = {"iwcd": 536, "wcte": 97}
# radius and half height (cm) of the tank in WCSim's configurations; the walls behind modules are up to 4 % wider
TANKS = {"hyper-k": (3240, 3287.6), "iwcd": (400, 300), "super-k": (1684.1, 1810), "wcte": (153.8, 135.7)}


def test_every_preset_is_tested():
    assert set(COUNTS) == set(PRESETS)


@pytest.fixture(params=PRESETS)
def tank(request):
    return load_detector(request.param)


@pytest.fixture(params=sorted(IMAGES))
def grid(request):
    return load_detector(request.param)


@pytest.fixture(params=sorted(MODULES))
def modules(request):
    return load_detector(request.param)


def test_counts(tank):
    assert tuple(len(tank.on(surface)) for surface in SURFACES) == COUNTS[tank.name]
    assert len(tank) == sum(COUNTS[tank.name])


def test_pictures_hold_one_sensor_a_pixel(grid):
    assert tuple(grid.image_shape(surface) for surface in SURFACES) == IMAGES[grid.name]
    assert len(torch.unique(torch.stack([grid.surface, grid.row, grid.column]), dim=1).T) == len(grid)


@pytest.mark.parametrize("name", sorted(TANKS))
def test_sizes_are_those_of_the_configuration(name):
    tank, (radius, half_height) = load_detector(name), TANKS[name]
    assert tank.radius_cm == pytest.approx(radius, rel=0.042)
    assert tank.half_height_cm == pytest.approx(half_height, rel=0.042)


def test_modules_are_domes_of_nineteen(modules):
    """One tube along the axis, six at 18 and twelve at 36 degrees: WCSim's mPMT vessel."""
    assert len(modules) == 19 * MODULES[modules.name]
    with pytest.raises(ArgumentError, match="has no picture of its barrel: its sensors are on no grid"):
        modules.image_shape("barrel")
    surface = modules.surface.reshape(-1, 19)
    assert bool((surface == surface[:, :1]).all())
    normal = modules.normal.reshape(-1, 19, 3)
    axis = torch.nn.functional.normalize(normal.sum(1), dim=-1)
    angle = torch.rad2deg((normal * axis[:, None]).sum(-1).clamp(-1, 1).acos()).sort(dim=1).values
    shape = torch.tensor([0.0] + [18.0] * 6 + [36.0] * 12, dtype=torch.float64)
    torch.testing.assert_close(angle, shape.expand_as(angle), rtol=0, atol=0.8)
    place = modules.position_cm.reshape(-1, 19, 3)
    assert float((place - place.mean(1, keepdim=True)).norm(dim=-1).max()) < 18.5


def test_normals_of_modules_point_inwards(modules):
    barrel = modules.surface == 1
    outwards = torch.where(barrel[:, None], modules.position_cm * torch.tensor([1.0, 1.0, 0.0]), 0.0)
    outwards[:, 2] = torch.where(barrel, 0.0, modules.position_cm[:, 2])
    cosine = -(torch.nn.functional.normalize(outwards, dim=-1) * modules.normal).sum(-1)
    assert float(cosine.min()) > 0.72  # 36 degrees on the axis of a module, a little more off it on the round wall


def test_faces_of_modules_stand_whole_in_front_of_the_wall(modules):
    """The wall touches the rims of the farthest faces; the nearest face is the middle one of a module."""
    front = in_front_cm(modules.position_cm, modules.surface, (modules.radius_cm, modules.half_height_cm))
    barrel = modules.surface == 1
    outwards = torch.where(barrel[:, None], modules.position_cm * torch.tensor([1.0, 1.0, 0.0]), 0.0)
    outwards[:, 2] = torch.where(barrel, 0.0, modules.position_cm[:, 2])
    cosine = (torch.nn.functional.normalize(outwards, dim=-1) * modules.normal).sum(-1)
    rim = front - modules.pmt_radius_cm * (1 - cosine.square()).clamp_min(0).sqrt()
    for part in (barrel, ~barrel):
        assert -0.5 < float(rim[part].min()) < 0.5
        assert 7 < float(front[part].max()) < 10.5


def test_unrolling_loses_nothing(tank):
    flat = unrolled_position_cm(tank)
    barrel, beyond = tank.surface == 1, tank.half_height_cm + tank.radius_cm
    x, y, z = tank.position_cm.unbind(-1)
    torch.testing.assert_close(flat[barrel, 0] / tank.radius_cm, torch.atan2(y, x)[barrel])
    torch.testing.assert_close(flat[barrel, 1], z[barrel])
    side = torch.where(tank.surface == 0, 1.0, -1.0).double()
    torch.testing.assert_close(flat[~barrel], torch.stack([y, side * (beyond - x)], -1)[~barrel])
    assert len(torch.unique((flat * 10).round(), dim=0)) == len(tank)


def test_coverage(tank):
    low, high = COVERAGES[tank.name]
    assert low < tank.coverage < high


def test_normals_point_inwards_at_right_angles_to_the_wall(grid):
    tank = grid
    torch.testing.assert_close(tank.normal.norm(dim=-1), torch.ones(len(tank), dtype=torch.float64), rtol=0, atol=1e-5)
    barrel = tank.surface == 1
    inwards = torch.where(barrel[:, None], -tank.position_cm * torch.tensor([1.0, 1.0, 0.0]), torch.zeros(3).double())
    inwards[:, 2] = torch.where(barrel, inwards[:, 2], -tank.position_cm[:, 2])
    cosine = (torch.nn.functional.normalize(inwards, dim=-1) * tank.normal).sum(-1)
    assert float(cosine.min()) > 0.997  # WCSim's Super-K barrel is made of flat pieces: up to 3.6 degrees


def test_sensors_are_on_the_wall(grid):
    """Faces of Super-K's barrel are on the flats of a polygon, up to 2.9 cm off the circle of the same area."""
    front = in_front_cm(grid.position_cm, grid.surface, (grid.radius_cm, grid.half_height_cm))
    assert float(front.abs().max()) < (2.9 if grid.name == "super-k" else 0.01)
    assert abs(float(front.mean())) < 0.1


def test_faces_of_the_large_tanks_are_where_wcsim_puts_its_black_sheet():
    """WCSim's configurations: diameters of 33.6815 m between the flats of a polygon of 37.5 sides, and 64.8 m."""
    side = torch.pi / 37.5
    tank = load_detector("super-k")
    assert tank.radius_cm == pytest.approx(1684.075 * (math.tan(side) / side) ** 0.5, abs=0.01)
    assert tank.half_height_cm == pytest.approx(1810, abs=0.01)
    distance = -(tank.position_cm[:, :2] * tank.normal[:, :2]).sum(-1)[tank.on("barrel")]
    assert float(distance.median()) == pytest.approx(1684.075, abs=0.3)
    assert load_detector("hyper-k").radius_cm == pytest.approx(3240, abs=0.01)
    assert load_detector("hyper-k").half_height_cm == pytest.approx(3287.55, abs=0.01)


def test_sensors_are_apart(tank):
    require_apart(tank)
    for surface in SURFACES:  # those of a cap and the barrel are at right angles and may be nearer
        place = tank.position_cm[tank.on(surface)].numpy()
        nearest = cKDTree(place).query(place, k=2)[0][:, 1].min() / float(2 * tank.pmt_radius_cm[0])
        assert nearest > 0.998  # WCTE's 4.0 cm tubes are 7.99 cm apart


def test_pixels_grow_with_height_and_azimuth(grid):
    tank = grid
    on = tank.on("barrel")
    row, column = tank.row[on].double(), tank.column[on].double()
    azimuth = torch.atan2(tank.position_cm[on, 1], tank.position_cm[on, 0])
    for pixel, place in ((row, tank.position_cm[on, 2]), (column, azimuth)):
        assert float(torch.corrcoef(torch.stack([pixel, place]))[0, 1]) > 0.999
    for surface in ("top", "bottom"):
        cap = tank.on(surface)
        for pixel, axis in ((tank.row, 0), (tank.column, 1)):
            pair = torch.stack([pixel[cap].double(), tank.position_cm[cap, axis]])
            assert float(torch.corrcoef(pair)[0, 1]) > 0.999


# stored so that files written today are known tomorrow: change one only with the preset it belongs to
FINGERPRINTS = {
    "hyper-k": "667ebd16dea172f4",
    "hyper-k-20": "6c8d55b7fa22baa0",
    "hyper-k-40": "2f0f71aff3d3d270",
    "hyper-k-60m": "845cc1af6700b7c0",
    "iwcd": "c27147a2c7b65265",
    "iwcd-grid": "bad7f891f3267c65",
    "mini": "9b191398409de505",
    "super-k": "2271c05a4cc53a90",
    "wcte": "6e241a209d3910a6",
}


def test_fingerprints_are_stable(tank):
    assert tank.fingerprint == FINGERPRINTS[tank.name]
    assert load_detector(tank.name).fingerprint == tank.fingerprint
