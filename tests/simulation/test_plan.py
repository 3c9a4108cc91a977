"""What a plan refuses, and how primaries are drawn."""

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.geometry import SURFACES, distance_to_wall_cm, load_detector, path_to_wall_cm
from ringcast.geometry.distances import surface_ahead
from ringcast.simulation import make_plan
from ringcast.simulation.tracks import draw_tracks

GOOD = {"detector": "mini", "n_events": 10, "particles": ("e-",), "energy_mev": (100, 200)}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"particles": ("tau-",)}, "particles: .*'tau-'; expected one of gamma, e-"),
        ({"particles": ()}, "particles: "),
        ({"energy_mev": (200, 100)}, "energy_mev: .*expected low:high with"),
        ({"energy_mev": (0.01, 100)}, "energy_mev: "),
        ({"energy_mev": (100, 1e6)}, "energy_mev: "),
        ({"energy_spectrum": "steep"}, "energy_spectrum: expected flat, or power:p with p from -10 to 10"),
        ({"energy_spectrum": "power:"}, "energy_spectrum: .*such as power:-2; found 'power:'"),
        ({"energy_spectrum": "power:nan"}, "energy_spectrum: "),
        ({"energy_spectrum": "power:-40"}, "energy_spectrum: "),
        (
            {"particles": ("e-", "mu+"), "energy_mev": (10, 50)},
            r"energy_mev ends at 50, where mu\+ makes no light; expected to reach more than 53.07 MeV",
        ),
        ({"n_events": 0}, "n_events: .*found 0"),
        ({"direction": (0, 0, 0)}, "direction: .*not the zero vector"),
        ({"leaves_through": "lid"}, "leaves_through: .*found 'lid'"),
        (
            {"leaves_through": "top", "direction": (0, 0, 1), "position_cm": (0, 0, 0)},
            "vertex and direction are fixed",
        ),
        ({"vertex_within_cm": (9, -1, 1), "position_cm": (0, 0, 0)}, "vertex_within_cm chooses among drawn vertices"),
        ({"colour": "blue"}, "colour: unknown key, check its spelling; found 'blue'"),
        ({"first_hit_only": True}, "first_hit_only is given, but the trigger is off"),
    ],
)
def test_bad_plans_are_refused_in_one_sentence(change, sentence):
    with pytest.raises(ArgumentError, match=sentence) as refusal:
        make_plan(**(GOOD | change))
    assert "\n" not in str(refusal.value)


def test_a_vertex_outside_the_tank_is_refused():
    with pytest.raises(ArgumentError, match=r"outside mini \(radius 100, half height 100 cm\); move it inside"):
        draw_tracks(make_plan(**GOOD, position_cm=(0, 0, 150)), load_detector("mini"), np.arange(2))
    with pytest.raises(ArgumentError, match="wall_distance_cm is 100"):
        draw_tracks(make_plan(**GOOD, wall_distance_cm=100), load_detector("mini"), np.arange(2))


def test_tracks_depend_on_their_own_number_only():
    tank, plan = load_detector("mini"), make_plan(**GOOD)
    many, one = draw_tracks(plan, tank, np.arange(10)), draw_tracks(plan, tank, np.array([7]))
    assert torch.equal(many.position_cm[7:8], one.position_cm)
    assert torch.equal(many.energy_mev[7:8], one.energy_mev)
    other = draw_tracks(make_plan(**GOOD, seed=2), tank, np.array([7]))
    assert not torch.equal(other.position_cm, one.position_cm)


def test_primaries_fill_the_tank_evenly():
    n, tank = 4000, load_detector("mini")
    plan = make_plan(**(GOOD | {"n_events": n, "particles": ("e-", "mu-"), "wall_distance_cm": 20}))
    tracks = draw_tracks(plan, tank, np.arange(n))
    assert float(distance_to_wall_cm(tracks.position_cm, tank).min()) >= 20
    assert tracks.names[:4] == ["e-", "mu-", "e-", "mu-"]
    uniform = [
        (tracks.position_cm[:, :2].norm(dim=-1) / 80) ** 2,
        (tracks.position_cm[:, 2] / 80 + 1) / 2,
        (tracks.direction[:, 2] + 1) / 2,
        (tracks.energy_mev - 100) / 100,
        torch.atan2(tracks.direction[:, 1], tracks.direction[:, 0]) / (2 * torch.pi) + 0.5,
    ]
    for values in uniform:
        counts = np.histogram(values.numpy(), bins=20, range=(0, 1))[0]
        assert counts.sum() == n
        assert ((counts - n / 20) ** 2 / (n / 20)).sum() < 19 + 4 * np.sqrt(2 * 19)


def test_vertices_fill_a_part_of_the_tank_evenly():
    n, tank = 2000, load_detector("mini")
    plan = make_plan(**(GOOD | {"n_events": n, "vertex_within_cm": (30, -95, 60), "wall_distance_cm": 20}))
    position = draw_tracks(plan, tank, np.arange(n)).position_cm
    for values in ((position[:, :2].norm(dim=-1) / 30) ** 2, (position[:, 2] + 80) / 140):
        counts = np.histogram(values.numpy(), bins=20, range=(0, 1))[0]
        assert counts.sum() == n
        assert ((counts - n / 20) ** 2 / (n / 20)).sum() < 19 + 4 * np.sqrt(2 * 19)
    for empty in ((0, -10, 10), (10, 10, -10), (10, 85, 95)):
        with pytest.raises(ArgumentError, match="has no place 20 cm from the wall of mini"):
            draw_tracks(make_plan(**(GOOD | {"vertex_within_cm": empty, "wall_distance_cm": 20})), tank, np.arange(1))


def test_tracks_leave_through_the_surface_that_the_plan_names():
    tank = load_detector("mini")
    for code, surface in enumerate(SURFACES):
        tracks = draw_tracks(make_plan(**GOOD, leaves_through=surface), tank, np.arange(20))
        assert (surface_ahead(tracks.position_cm, tracks.direction, tank) == code).all()
    far = draw_tracks(make_plan(**GOOD, to_wall_cm=120), tank, np.arange(20))
    assert float(path_to_wall_cm(far.position_cm, far.direction, tank).min()) >= 120
    impossible = make_plan(**GOOD, leaves_through="top", direction=(0, 0, -1))
    with pytest.raises(ArgumentError, match="none of 1000 drawn tracks leaves mini through the top"):
        draw_tracks(impossible, tank, np.arange(1))


def test_a_fixed_vertex_and_direction_are_kept():
    plan = make_plan(**GOOD, position_cm=(1, 2, 3), direction=(0, 0, -2))
    tracks = draw_tracks(plan, load_detector("mini"), np.arange(3))
    assert tracks.position_cm.tolist() == [[1, 2, 3]] * 3
    assert tracks.direction.tolist() == [[0, 0, -1]] * 3


@pytest.mark.parametrize("power", [-2.0, -1.0, 0.0, 1.5])
def test_energies_follow_their_spectrum(power):
    n, (low, high) = 4000, (100.0, 1000.0)
    plan = make_plan(**(GOOD | {"energy_mev": (low, high), "energy_spectrum": f"power:{power}"}))
    energy = draw_tracks(plan, load_detector("mini"), np.arange(n)).energy_mev.numpy()
    fine = np.linspace(low, high, 90_001)
    cumulative = np.concatenate([[0], np.cumsum((fine[1:] ** power + fine[:-1] ** power) / 2)])
    share = np.interp(energy, fine, cumulative / cumulative[-1])  # uniform if the density is energy ** power
    counts = np.histogram(share, bins=20, range=(0, 1))[0]
    assert counts.sum() == n
    assert ((counts - n / 20) ** 2 / (n / 20)).sum() < 19 + 4 * np.sqrt(2 * 19)


def test_a_power_of_zero_is_flat_and_one_energy_stays_one():
    tank, events = load_detector("mini"), np.arange(5)
    flat, zero = (make_plan(**GOOD, energy_spectrum=name) for name in ("flat", "power:0"))
    assert torch.equal(draw_tracks(flat, tank, events).energy_mev, draw_tracks(zero, tank, events).energy_mev)
    single = make_plan(**(GOOD | {"energy_mev": (300, 300), "energy_spectrum": "power:-2"}))
    assert draw_tracks(single, tank, events).energy_mev.tolist() == pytest.approx([300.0] * 5)
