"""The ring on the wall: angles, the wall itself, and the pieces of the unrolled line."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.geometry.unroll import unroll_cm
from ringcast.views import cherenkov_angle_rad, light_angle_rad
from ringcast.views.ring import cone_on_wall_cm, ring_of, unrolled_line_cm

TANK = load_detector("mini")
UNIT = st.floats(-1, 1)


def unit_vector(x, y, z):
    vector = torch.tensor([x, y, z], dtype=torch.float64)
    return vector / vector.norm()


def pieces(line):
    """The parts of a line between rows of NaN."""
    breaks = line.isnan().any(-1).nonzero().squeeze(-1).tolist()
    ends = [-1, *breaks, len(line)]
    return [line[a + 1 : b] for a, b in itertools.pairwise(ends)]


@settings(max_examples=60, deadline=None)
@given(st.tuples(UNIT, UNIT, UNIT), st.tuples(UNIT, UNIT, UNIT), st.floats(0.05, 1.5))
def test_every_cone_point_is_at_the_angle_and_on_the_wall(place, heading, angle):
    if math.hypot(*heading) < 0.05:
        heading = (0.0, 0.0, 1.0)
    position = 0.65 * 100 * torch.tensor(place, dtype=torch.float64)
    direction = unit_vector(*heading)
    wall = cone_on_wall_cm(position, direction, angle, TANK, points=50)
    ray = wall - position
    measured = torch.atan2(torch.linalg.cross(ray, direction.expand_as(ray)).norm(dim=-1), ray @ direction)
    torch.testing.assert_close(measured, torch.full_like(measured, angle), atol=1e-7, rtol=0)
    off_barrel = wall[:, :2].norm(dim=-1) - TANK.radius_cm
    off_cap = wall[:, 2].abs() - TANK.half_height_cm
    assert torch.maximum(off_barrel, off_cap).abs().max() < 1e-6


def test_unrolled_points_fold_back_onto_the_ring():
    position, direction = torch.tensor([20.0, -30.0, 20.0]).double(), unit_vector(0.5, 0.5, 0.7)
    wall = cone_on_wall_cm(position, direction, 0.73, TANK, points=400)
    line = unrolled_line_cm(wall, TANK)
    flat = line[~line.isnan().any(-1)]
    radius, height = TANK.radius_cm, TANK.half_height_cm
    azimuth = flat[:, 0] / radius
    barrel = torch.stack([radius * azimuth.cos(), radius * azimuth.sin(), flat[:, 1]], -1)
    cap = torch.stack([height + radius - flat[:, 1], flat[:, 0], torch.full_like(azimuth, height)], -1)
    folded = torch.where((flat[:, 1:] > height), cap, barrel)
    torch.testing.assert_close(folded, wall, atol=1e-6, rtol=0)


def test_a_ring_behind_the_tank_is_parted_at_the_cut_and_leaves_no_long_stroke():
    wall = cone_on_wall_cm(torch.zeros(3).double(), unit_vector(-1.0, 0.02, 0.0), 0.5, TANK)
    line = unrolled_line_cm(wall, TANK)
    parts = pieces(line)
    assert len(parts) >= 2
    assert all(part.diff(dim=0).norm(dim=-1).max() < 2.0 for part in parts if len(part) > 1)
    assert sum(len(part) for part in parts) == len(wall)
    edges = torch.cat([part[[0, -1], 0].abs() for part in parts])
    assert (edges > 0.99 * math.pi * TANK.radius_cm).sum() >= 4


def test_a_ring_over_the_rim_ends_where_the_surfaces_touch():
    ring = ring_of(Track("e-", 300.0, (20.0, -30.0, 20.0), unit_vector(0.5, 0.5, 0.7)), TANK)
    parts = [part for part in pieces(ring.line_cm) if len(part)]
    on_cap = [bool((part[:, 1] > TANK.half_height_cm).all()) for part in parts]
    assert sorted(set(on_cap)) == [False, True]
    rim = torch.cat([part[[0, -1]] for part, cap in zip(parts, on_cap, strict=True) if not cap])
    assert (TANK.half_height_cm - rim[:, 1]).abs().min() < 1.0


def test_rim_points_of_both_surfaces_meet_at_azimuth_zero_only():
    rim = torch.tensor([[100.0, 0.0, -100.0], [100.0, 0.0, -100.0], [0.0, 100.0, 100.0], [0.0, 100.0, 100.0]])
    flat = unroll_cm(rim.double(), torch.tensor([1, 2, 1, 0]), TANK)
    torch.testing.assert_close(flat[0], flat[1])
    assert (flat[2] - flat[3]).norm() > 50


@pytest.mark.parametrize(("name", "kinetic_mev"), [("mu-", 54.0), ("pi+", 71.0), ("e-", 0.26)])
def test_light_begins_at_the_threshold(name, kinetic_mev):
    """Threshold total energy is m n / sqrt(n^2 - 1): 158.3 MeV for muons at n = 1.343."""
    below, above = cherenkov_angle_rad(Track(name, [kinetic_mev * 0.96, kinetic_mev * 1.06], (0, 0, 0), (0, 0, 1)))
    assert float(below) == 0
    assert 0 < float(above) < 0.3


def test_a_photon_and_a_fast_electron_shine_alike():
    angles = cherenkov_angle_rad(Track(["gamma", "e-"], 800.0, (0, 0, 0), (0, 0, 1)))
    assert math.degrees(float(angles[0])) == pytest.approx(math.degrees(math.acos(1 / 1.343)), abs=1e-3)
    assert float(angles[1]) == pytest.approx(float(angles[0]), abs=1e-4)


def test_a_neutral_pion_has_no_cone():
    """Its two photons part by 2 arcsin(m / E) or more: 16 degrees at 800 MeV."""
    pion = Track("pi0", 800.0, (0, 0, 0), (1, 0, 0))
    assert cherenkov_angle_rad(pion).tolist() == [0.0]
    ring = ring_of(pion, TANK)
    assert (len(ring.line_cm), ring.exit_cm.tolist()) == (0, [0.0, 0.0])


def test_no_ring_from_outside_or_below_threshold():
    assert ring_of(Track("e-", 300.0, (200.0, 0, 0), (1, 0, 0)), TANK) is None
    dark = ring_of(Track("mu-", 20.0, (0, 0, 0), (1, 0, 0)), TANK)
    assert len(dark.line_cm) == 0
    assert dark.exit_cm.tolist() == [0.0, 0.0]
    with pytest.raises(ArgumentError, match="holds 2 tracks; expected one"):
        ring_of(Track("e-", [300.0, 400.0], (0, 0, 0), (1, 0, 0)), TANK)


def test_light_angle_is_the_charge_weighted_median():
    track = Track("e-", 300.0, (0, 0, 0), (1, 0, 0))
    angle = torch.atan2(TANK.position_cm[:, 1:].norm(dim=-1), TANK.position_cm[:, 0])
    three = angle.argsort()[[100, 400, 700]]
    hits = Hits.of(three.tolist(), charge_pe=[1.0, 1.0, 5.0], time_ns=[0.0] * 3, start=[0, 3], n_pmt=len(TANK))
    assert light_angle_rad(hits, track, TANK) == pytest.approx(float(angle[three[2]]))
    with pytest.raises(ArgumentError, match="expected one event with light"):
        light_angle_rad(Hits.of([], [], [], [0, 0], len(TANK)), track, TANK)
    with pytest.raises(ArgumentError, match="the detector has 19160"):
        light_angle_rad(hits, track, load_detector("iwcd-grid"))


def test_real_electrons_agree_with_their_truth(electrons):
    """500 MeV electrons of WCSim: scattered light adds a degree or two to 41.9 degrees."""
    events = [(electrons.hits[i], electrons.tracks[i]) for i in range(len(electrons.hits))]
    degrees = [math.degrees(light_angle_rad(hits, track, electrons.detector)) for hits, track in events]
    assert min(degrees) > 41.5
    assert max(degrees) < 45.5
