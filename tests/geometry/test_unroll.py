import pytest
import torch

from ringcast.geometry import (
    SURFACES,
    load_detector,
    surface_image,
    surface_mask,
    unrolled_position_cm,
)


@pytest.fixture(params=["hyper-k", "iwcd-grid", "mini", "super-k"])  # those with pictures
def tank(request):
    return load_detector(request.param)


def test_every_sensor_has_its_own_pixel(tank):
    number = torch.arange(1.0, len(tank) + 1)[None]
    found = torch.cat([surface_image(number, tank, surface).flatten() for surface in SURFACES])
    assert torch.equal(found[found > 0].sort().values, number[0])


def test_a_picture_gives_its_numbers_back(tank):
    values = torch.rand(2, len(tank), generator=torch.Generator().manual_seed(0))
    for surface in SURFACES:
        on = tank.on(surface)
        image = surface_image(values, tank, surface, fill=-1.0)
        assert torch.equal(image[:, tank.row[on], tank.column[on]], values[:, on])
        assert torch.equal(image[0] >= 0, surface_mask(tank, surface))
        assert int(surface_mask(tank, surface).sum()) == len(on)


def test_gradients_reach_every_sensor(tank):
    values = torch.ones(1, len(tank), requires_grad=True)
    sum(surface_image(values, tank, surface).sum() for surface in SURFACES).backward()
    assert torch.equal(values.grad, torch.ones_like(values))


def test_no_two_sensors_lie_on_one_place_of_the_paper(tank):
    flat = unrolled_position_cm(tank)
    assert len(torch.unique((flat * 10).round().long(), dim=0)) == len(tank)
    assert flat[:, 0].abs().max() <= torch.pi * tank.radius_cm * 1.02
    on = {surface: flat[tank.on(surface), 1] for surface in SURFACES}
    assert on["top"].min() > on["barrel"].max()
    assert on["bottom"].max() < on["barrel"].min()


def test_unrolling_keeps_lengths_on_each_surface(tank):
    flat = unrolled_position_cm(tank)
    for surface in ("top", "bottom"):
        cap = tank.on(surface)[:60]
        torch.testing.assert_close(
            torch.cdist(flat[cap], flat[cap]),
            torch.cdist(tank.position_cm[cap], tank.position_cm[cap]),
            rtol=0.01,
            atol=2.0,
        )
