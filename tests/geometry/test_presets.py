import pytest
import torch

from ringcast.geometry import PRESETS, SURFACES, load_detector

COUNTS = {"super-k": (1748, 7650, 1748), "iwcd-grid": (2188, 88 * 168, 2188), "mini": (112, 800, 112)}
IMAGES = {
    "super-k": ((48, 48), (51, 150), (48, 48)),
    "iwcd-grid": ((52, 52), (88, 168), (52, 52)),
    "mini": ((12, 12), (20, 40), (12, 12)),
}
COVERAGES = {"super-k": (0.38, 0.41), "iwcd-grid": (0.38, 0.41), "mini": (0.2, 0.3)}


def test_every_preset_is_tested():
    assert set(COUNTS) == set(PRESETS)


@pytest.fixture(params=PRESETS)
def tank(request):
    return load_detector(request.param)


def test_counts_and_pictures(tank):
    assert tuple(len(tank.on(surface)) for surface in SURFACES) == COUNTS[tank.name]
    assert tuple(tank.image_shape(surface) for surface in SURFACES) == IMAGES[tank.name]
    assert len(tank) == sum(COUNTS[tank.name])


def test_coverage(tank):
    low, high = COVERAGES[tank.name]
    assert low < tank.coverage < high


def test_normals_point_inwards_at_right_angles_to_the_wall(tank):
    torch.testing.assert_close(tank.normal.norm(dim=-1), torch.ones(len(tank), dtype=torch.float64), rtol=0, atol=1e-5)
    barrel = tank.surface == 1
    inwards = torch.where(barrel[:, None], -tank.position_cm * torch.tensor([1.0, 1.0, 0.0]), torch.zeros(3).double())
    inwards[:, 2] = torch.where(barrel, inwards[:, 2], -tank.position_cm[:, 2])
    cosine = (torch.nn.functional.normalize(inwards, dim=-1) * tank.normal).sum(-1)
    assert float(cosine.min()) > 0.997  # WCSim's Super-K barrel is made of flat pieces: up to 3.6 degrees


def test_sensors_are_on_the_wall_and_apart(tank):
    torch.testing.assert_close(
        tank.position_cm[tank.on("barrel"), :2].norm(dim=-1).median().item(), tank.radius_cm, rtol=0, atol=0.01
    )
    near = torch.cdist(tank.position_cm[:500], tank.position_cm)
    near.fill_diagonal_(torch.inf)
    assert float(near.min()) >= 2 * float(tank.pmt_radius_cm.min()) * 0.99


def test_pixels_grow_with_height_and_azimuth(tank):
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
FINGERPRINTS = {"super-k": "f16e571c91d01410", "iwcd-grid": "bad7f891f3267c65", "mini": "9b191398409de505"}


def test_fingerprints_are_stable(tank):
    assert tank.fingerprint == FINGERPRINTS[tank.name]
    assert load_detector(tank.name).fingerprint == tank.fingerprint
