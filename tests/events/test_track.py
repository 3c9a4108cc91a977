import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.events import Track

FIELDS = ("pdg", "energy_mev", "position_cm", "direction", "time_ns")


@pytest.fixture
def batch() -> Track:
    draw = torch.Generator().manual_seed(3)
    direction = torch.nn.functional.normalize(torch.randn(5, 3, generator=draw), dim=-1)
    energy = 100 + torch.rand(5, generator=draw)
    return Track(
        ["e-", "mu-", "gamma", "pi+", "e+"], energy, torch.randn(5, 3, generator=draw), direction, torch.arange(5.0)
    )


def same(a: Track, b: Track) -> bool:
    return all(torch.equal(getattr(a, name), getattr(b, name)) for name in FIELDS)


@pytest.mark.parametrize("index", [slice(1, 4), slice(None, None, 2), [4, 0, 0], torch.tensor([2, 1]), []])
def test_picking_picks_every_field(batch, index):
    picked = batch[index]
    for name in FIELDS:
        assert torch.equal(getattr(picked, name), getattr(batch, name)[index])


def test_picking_by_mask(batch):
    assert batch[batch.pdg == 13].names == ["mu-"]


@pytest.mark.parametrize("index", [0, 4, -1, -5])
def test_one_track_is_a_batch_of_one(batch, index):
    assert len(batch[index]) == 1
    assert batch[index].pdg.item() == batch.pdg[index].item()


def test_iteration_ends(batch):
    assert [track.names[0] for track in batch] == ["e-", "mu-", "gamma", "pi+", "e+"]
    for index in (5, -6):
        with pytest.raises(IndexError, match=f"track {index} of a batch of 5"):
            batch[index]


def test_concatenating_undoes_splitting(batch):
    assert same(Track.concatenate([batch[:2], batch[2:2], batch[2:]]), batch)


def test_one_value_serves_all():
    track = Track("mu-", [100, 200, 300], (0, 0, 1), (0, 0, 1))
    assert len(track) == 3
    assert track.position_cm.shape == track.direction.shape == (3, 3)
    assert track.pdg.tolist() == [13, 13, 13]


def test_total_energy_adds_the_mass(batch):
    total = batch.total_energy_mev - batch.energy_mev
    expected = torch.tensor([0.511, 105.6584, 0.0, 139.5704, 0.511])
    torch.testing.assert_close(total, expected, rtol=0, atol=1e-4)


def test_particles_by_name_code_or_tensor():
    codes = [11, -13]
    for given in (["e-", "mu+"], codes, torch.tensor(codes), np.array(codes)):
        assert Track(given, 10, (0, 0, 0), (1, 0, 0)).pdg.tolist() == codes


def test_another_hypothesis_keeps_the_kinetic_energy(batch):
    other = batch.as_particle("mu-")
    assert set(other.names) == {"mu-"}
    assert torch.equal(other.energy_mev, batch.energy_mev)


def test_casting_leaves_the_codes(batch):
    double = batch.to(torch.float64)
    assert {getattr(double, name).dtype for name in FIELDS[1:]} == {torch.float64}
    assert double.pdg.dtype == torch.int64


def test_gradients_reach_every_field():
    energy = torch.tensor([100.0, 200.0], requires_grad=True)
    position = torch.zeros(2, 3, requires_grad=True)
    angle = torch.tensor([0.3, 0.4], requires_grad=True)
    time = torch.tensor(1.0, requires_grad=True)
    direction = torch.stack([angle.cos(), angle.sin(), torch.zeros(2)], -1)
    track = Track("e-", energy, position, direction, time).to(torch.float64)[[1, 0, 0]].as_particle("mu-")
    value = track.total_energy_mev.sum() + track.position_cm.sum() + track.direction.sum() + track.time_ns.sum()
    value.backward()
    assert energy.grad.tolist() == [2.0, 1.0]
    assert position.grad[:, 0].tolist() == [2.0, 1.0]
    assert time.grad.item() == 3.0
    torch.testing.assert_close(angle.grad, torch.tensor([2.0, 1.0]) * (angle.cos() - angle.sin()).detach())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"energy_mev": 0.0}, r"energy_mev is 0; expected a positive kinetic energy"),
        ({"energy_mev": -3.0}, r"energy_mev is -3"),
        ({"energy_mev": float("nan")}, r"energy_mev holds a number that is not finite"),
        ({"position_cm": (0, float("inf"), 0)}, r"position_cm holds a number that is not finite"),
        ({"position_cm": (0, 0)}, r"vector has shape \(2,\); expected \(3,\)"),
        ({"direction": (1, 1, 0)}, r"direction has length 1\.41421; expected unit vectors"),
        ({"direction": (0, 0, 0)}, r"direction has length 0"),
        ({"time_ns": float("nan")}, r"time_ns holds a number"),
        ({"energy_mev": [1, 2], "time_ns": [1, 2, 3]}, r"energy_mev has 2 entries where others have 3; give 1 or 3"),
        ({"particle": "neutron"}, r"particle is 'neutron'; expected one of"),
        ({"particle": torch.tensor([2112])}, r"particle is 2112"),
    ],
)
def test_refusals(change, message):
    good = {"particle": "e-", "energy_mev": 5.0, "position_cm": (0, 0, 0), "direction": (0, 0, 1)}
    with pytest.raises(ArgumentError, match=message):
        Track(**(good | change))
