"""The ring's frame: there and back, turns of the tank, and fixed input statistics."""

import math

import pytest
import torch

from ringcast.errors import ConfigError
from ringcast.events import Track
from ringcast.generator import RingNetwork, generator_config
from ringcast.generator.frame import from_ring, to_ring, turned
from tests.generator.conftest import SMALL

RADIUS_CM = 100.0


def random_tracks(n=200, seed=1):
    generator = torch.Generator().manual_seed(seed)
    direction = torch.nn.functional.normalize(torch.randn(n, 3, generator=generator, dtype=torch.float64), dim=-1)
    position = 50 * (2 * torch.rand(n, 3, generator=generator, dtype=torch.float64) - 1)
    return position, direction


def spun(vector, angle):
    cos, sin = math.cos(angle), math.sin(angle)
    return vector @ torch.tensor([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], dtype=vector.dtype)


def test_the_ring_lies_at_azimuth_zero_and_its_height_is_told():
    position, direction = random_tracks()
    here, ahead, azimuth = to_ring(position, direction, RADIUS_CM)
    vertex = from_ring(here, ahead, RADIUS_CM)
    torch.testing.assert_close(vertex[:, 2], position[:, 2])
    torch.testing.assert_close(vertex[:, :2].norm(dim=-1), position[:, :2].norm(dim=-1))
    again = to_ring(vertex, ahead, RADIUS_CM)
    torch.testing.assert_close(again[2], torch.zeros_like(azimuth), atol=1e-9, rtol=0)
    torch.testing.assert_close(again[0], here)


def test_turning_the_tank_changes_the_azimuth_only():
    position, direction = random_tracks()
    one = to_ring(position, direction, RADIUS_CM)
    other = to_ring(spun(position, 0.7), spun(direction, 0.7), RADIUS_CM)
    torch.testing.assert_close(one[0], other[0])
    torch.testing.assert_close(one[1], other[1])
    turn = (other[2] - one[2] - 0.7 + math.pi) % (2 * math.pi) - math.pi
    torch.testing.assert_close(turn, torch.zeros_like(turn), atol=1e-9, rtol=0)


def test_a_track_along_the_axis_stays_finite():
    for height in (1.0, -1.0):
        here, ahead, azimuth = to_ring(torch.zeros(1, 3), torch.tensor([[0.0, 0.0, height]]), RADIUS_CM)
        assert torch.isfinite(torch.cat([here, ahead, azimuth[None]], -1)).all()


def test_pictures_turn_by_whole_columns_exactly_and_between_them_linearly():
    picture = torch.arange(24.0, dtype=torch.float64).reshape(1, 1, 2, 12)
    step = 2 * math.pi / 12
    for columns in (-13, -1, 0, 5, 12):
        # the middle of a column's step, so that rounding cannot fall to either side
        angle = torch.tensor([columns * step], dtype=torch.float64)
        torch.testing.assert_close(turned(picture, angle), picture.roll(columns, -1))
    half = turned(picture, torch.tensor([2.25 * step], dtype=torch.float64))
    torch.testing.assert_close(half, 0.75 * picture.roll(2, -1) + 0.25 * picture.roll(3, -1))


def test_a_network_in_the_rings_frame_has_the_symmetry_of_the_barrel(network, tracks, mini):
    """Turned by whole columns, a track has the turned picture."""
    angle = 7 * 2 * math.pi / 40
    moved = Track(tracks.pdg, tracks.energy_mev, spun(tracks.position_cm, angle), spun(tracks.direction, angle))
    with torch.no_grad():
        one, other = network.picture(tracks), network.picture(moved)
    assert network.config.frame == "ring"
    torch.testing.assert_close(other, one.roll(7, -1), atol=1e-4, rtol=1e-4)


def test_the_prediction_is_continuous_and_its_slope_right_in_the_azimuth(network):
    track = Track("e-", 500.0, (10.0, 5.0, 0.0), (1.0, 0.0, 0.0))
    angle = torch.linspace(0, 2 * math.pi / 40, 41, dtype=torch.float64)
    position = torch.stack([spun(track.position_cm.double(), float(a))[0] for a in angle])
    direction = torch.stack([spun(track.direction.double(), float(a))[0] for a in angle])
    with torch.no_grad():
        pictures = network.double().picture(Track("e-", 500.0, position, direction))
    steps = pictures.diff(dim=0).abs().flatten(1).amax(-1)
    assert float(steps.max()) < 3 * float(steps.median())


def test_the_rings_frame_needs_the_barrel(mini):
    with pytest.raises(ConfigError, match=r'frame is "ring" on the top'):
        generator_config("slide-narrow", mini, **(SMALL | {"surface": "top"}))


def test_input_statistics_are_those_of_the_training_tracks(network, tracks):
    features = network.units.features(tracks)
    network.encoder.calibrate(features)
    norm = network.encoder.branches["position"][0]
    torch.testing.assert_close(norm.running_mean, features.position.mean(0))
    network.train()
    with torch.no_grad():
        whole = network.picture(tracks)
        one = network.picture(tracks[2])
    network.eval()
    torch.testing.assert_close(whole[2:3], one, atol=1e-5, rtol=1e-4)  # no event sees the others of its batch
    torch.testing.assert_close(norm.running_mean, features.position.mean(0))


@pytest.mark.parametrize("mirrors", [(), ("azimuth",), ("azimuth", "height")])
def test_a_mean_of_mirror_images_has_their_symmetry(mini, tracks, mirrors):
    config = generator_config("slide-narrow", mini, **SMALL, mirrors=mirrors)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = RingNetwork(config, mini).eval()
    upside_down = torch.tensor([1.0, 1.0, -1.0])
    below = Track(tracks.pdg, tracks.energy_mev, tracks.position_cm * upside_down, tracks.direction * upside_down)
    with torch.no_grad():
        same = torch.allclose(network.picture(below), network.picture(tracks).flip(-2), atol=1e-4, rtol=1e-4)
        training = network.train().picture(tracks)
        single = network.eval()._paint(network.units.features(tracks))
    assert same == ("height" in mirrors)
    assert training.shape == single.shape
