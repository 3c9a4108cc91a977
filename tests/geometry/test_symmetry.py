"""A moved sensor's position is the position of its new number; symmetries form a group of the right size."""

import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.geometry import load_detector
from ringcast.geometry.symmetry import barrel_symmetry


@pytest.mark.parametrize("name", ["iwcd-grid", "mini"])
def test_moved_positions_are_those_of_the_new_numbers(name):
    tank = load_detector(name)
    symmetry = barrel_symmetry(tank)
    pmt = tank.on("barrel")[torch.randperm(800, generator=torch.Generator().manual_seed(1))]
    number = torch.arange(800) % symmetry.count
    new = symmetry.renumber(number, pmt)
    matrix = symmetry.matrix(number).double()
    moved = (matrix @ tank.position_cm[pmt].unsqueeze(-1)).squeeze(-1)
    facing = (matrix @ tank.normal[pmt].unsqueeze(-1)).squeeze(-1)
    assert torch.allclose(moved, tank.position_cm[new], atol=1e-3)
    assert torch.allclose(facing, tank.normal[new], atol=1e-5)


def test_every_symmetry_is_another_permutation_of_the_barrel():
    tank = load_detector("mini")
    symmetry = barrel_symmetry(tank)
    on = tank.on("barrel")
    images = {tuple(symmetry.renumber(torch.full_like(on, k), on).tolist()) for k in range(symmetry.count)}
    assert symmetry.count == 4 * 40 == len(images)
    assert all(sorted(image) == on.tolist() for image in images)


def test_number_zero_changes_nothing():
    tank = load_detector("mini")
    symmetry = barrel_symmetry(tank)
    on = tank.on("barrel")
    assert torch.equal(symmetry.renumber(torch.zeros_like(on), on), on)
    assert torch.equal(symmetry.matrix(torch.tensor([0]))[0], torch.eye(3))


def test_matrices_keep_lengths():
    symmetry = barrel_symmetry(load_detector("mini"))
    matrix = symmetry.matrix(torch.arange(symmetry.count))
    assert torch.allclose(matrix @ matrix.mT, torch.eye(3).expand_as(matrix), atol=1e-6)


def test_draw_is_reproducible_and_within_range():
    symmetry = barrel_symmetry(load_detector("mini"))
    draws = [symmetry.draw(1000, generator=torch.Generator().manual_seed(4)) for _ in range(2)]
    assert torch.equal(*draws)
    assert 0 <= int(draws[0].min()) <= int(draws[0].max()) < symmetry.count


def test_refuses_caps():
    tank = load_detector("mini")
    cap = tank.on("top")[:1]
    with pytest.raises(ArgumentError, match=r"sensor 0 is not on the barrel; take only barrel hits"):
        barrel_symmetry(tank).renumber(torch.tensor([0]), cap)


def test_refuses_an_uneven_grid():
    with pytest.raises(ArgumentError, match=r"detector super-k.*train without them"):
        barrel_symmetry(load_detector("super-k"))
