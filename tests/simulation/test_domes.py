"""Spherical caps: exact intersections against brute force, solid angles against closed forms."""

import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.geometry import load_detector
from ringcast.geometry.placement import cylinder
from ringcast.simulation import make_plan
from ringcast.simulation.domes import first_dome, in_dome
from ringcast.simulation.flight import FATES
from ringcast.simulation.interactions import NONE
from ringcast.simulation.optics import expose_cm
from ringcast.simulation.transport import follow
from ringcast.simulation.wall import build_wall, sensor_at, wall_crossing
from tests.simulation.closed_forms import flat_optics, straight_step


def nearest_dome(point, way, limit, wall):
    """All spheres at once."""
    away = point - wall.dome[:, :3]
    along = away @ way
    root2 = along**2 - ((away**2).sum(1) - wall.dome[:, 3] ** 2)
    distance = np.where(root2 > 0, -along - np.sqrt(np.maximum(root2, 0)), np.inf)
    distance[(distance <= 0) | (distance >= limit)] = np.inf
    best = int(distance.argmin())
    return (distance[best], best) if np.isfinite(distance[best]) else (limit, -1)


def lines(tank, wall, n, seed):
    """Points anywhere in the water, half of them close to the wall, with any direction, half of them along the wall."""
    generator = np.random.default_rng(seed)
    size = np.array([tank.radius_cm, tank.radius_cm, tank.half_height_cm])
    while n:
        point = generator.uniform(-1, 1, 3) * size
        if generator.random() < 0.5:
            point[:2] *= (tank.radius_cm - generator.uniform(0, 2 * wall.height_cm)) / np.hypot(*point[:2])
        if np.hypot(*point[:2]) >= tank.radius_cm or in_dome(*point, wall):
            continue
        way = generator.standard_normal(3)
        if generator.random() < 0.5:
            outward = np.array([*point[:2], 0]) / np.hypot(*point[:2])
            way -= generator.uniform(0.9, 1.0) * (way @ outward) * outward
        n -= 1
        yield point, way / np.linalg.norm(way)


@pytest.mark.parametrize(("name", "n"), [("mini", 3000), ("iwcd-grid", 1000), ("super-k", 1000)])
def test_the_grid_finds_the_dome_that_brute_force_finds(name, n):
    tank = load_detector(name)
    wall = build_wall(tank, expose_cm(tank.pmt_type))
    hits = 0
    for point, way in lines(tank, wall, n, seed=3):
        limit, _ = wall_crossing(*point, *way, tank.radius_cm, tank.half_height_cm)
        distance, sensor = first_dome(*point, *way, limit, wall, -1)
        expected, which = nearest_dome(point, way, limit, wall)
        assert sensor == which
        assert distance == pytest.approx(expected)
        hits += sensor >= 0
    assert hits > n / 5


def test_points_in_a_dome_are_those_in_its_sphere():
    tank = load_detector("mini")
    wall, generator = build_wall(tank, 2.0), np.random.default_rng(5)
    found = 0
    for _ in range(2000):
        azimuth, depth, z = generator.uniform(-np.pi, np.pi), generator.uniform(0, 3), generator.uniform(-100, 100)
        point = np.array([(100 - depth) * np.cos(azimuth), (100 - depth) * np.sin(azimuth), z])
        inside = bool((np.linalg.norm(wall.dome[:, :3] - point, axis=1) < wall.dome[:, 3]).any())
        assert in_dome(*point, wall) == inside
        found += inside
    assert found > 100


def test_the_rim_of_a_dome_is_the_face():
    """At the height of the wall a dome is as wide as the disc; its top stands out by the exposed height."""
    tank = load_detector("mini")
    wall = build_wall(tank, 2.0)
    axis = tank.normal.double().numpy()
    position = tank.position_cm.double().numpy()
    top = position + 2.0 * axis
    np.testing.assert_allclose(np.linalg.norm(top - wall.dome[:, :3], axis=1), wall.dome[:, 3])
    side = np.cross(axis, [0.3, 0.4, 0.5])
    rim = position + 4.0 * side / np.linalg.norm(side, axis=1)[:, None]
    np.testing.assert_allclose(np.linalg.norm(rim - wall.dome[:, :3], axis=1), wall.dome[:, 3])


@pytest.mark.parametrize("expose", [0.0, 4.0, 10.0])
def test_solid_angle_of_a_face_on_its_axis(expose):
    """Isotropic rays from a point on the axis of an end cap's sensor, d from the wall.

    Disc of radius r: half angle atan(r / d). Dome on a sphere of radius R whose centre is c = d + R - h away: the
    sphere's own half angle asin(R / c) if the tangent points are on the dome (R - R^2 / c <= h), else that of the rim.
    """
    tank = cylinder(
        name="few", radius_cm=60, half_height_cm=40, pmt_type="PMT3inchR12199_02", pmt_radius_cm=10,
        barrel_rows=1, barrel_columns=3, cap_spacing_cm=40,
    )  # fmt: skip
    wall, distance, n, generator = build_wall(tank, expose), 30.0, 20_000, np.random.default_rng(11)
    sensor = int(tank.on("top")[0])
    point = tank.position_cm[sensor].double().numpy() - [0, 0, distance]
    half_angle = np.arctan(10 / distance)
    if expose:
        size = (100 + expose**2) / (2 * expose)
        centre = distance + size - expose
        half_angle = np.arcsin(size / centre) if size - size**2 / centre <= expose else half_angle
    expected = (1 - np.cos(half_angle)) / 0.2  # rays fill a cone of cosine 0.8
    hits = 0
    for cosine, azimuth in zip(generator.uniform(0.8, 1, n), generator.uniform(0, 2 * np.pi, n), strict=True):
        sine = np.sqrt(1 - cosine**2)
        way = np.array([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])
        limit, surface = wall_crossing(*point, *way, 60.0, 40.0)
        if expose:
            hits += first_dome(*point, *way, limit, wall, -1)[1] == sensor
        else:
            hits += sensor_at(*(point + limit * way), surface, wall) == sensor
    assert abs(hits / n - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


def test_light_along_the_wall_meets_domes_but_no_discs():
    """Rays parallel to the axis 1 cm from the barrel: discs on the barrel are never met, domes are."""
    tank = load_detector("mini")
    domes = build_wall(tank, 2.0)
    met = [
        first_dome(99 * np.cos(a), 99 * np.sin(a), -90.0, 0.0, 0.0, 1.0, 190.0, domes, -1)[1]
        for a in np.linspace(-3, 3, 500)
    ]
    on_barrel = [sensor for sensor in met if sensor >= 0 and int(tank.surface[sensor]) == 1]
    # a dome is 2 sqrt(R^2 - (R - h + 1)^2) wide 1 cm over the wall: R = 5, h = 2, hence 6 cm of the pitch of 15.7 cm
    assert abs(len(on_barrel) / 500 - 6 / (2 * np.pi * 99 / 40)) < 4 * np.sqrt(0.38 * 0.62 / 500)


def test_reflections_between_domes_lose_no_photon():
    """A tank of lossless walls and faces that reflect half: every photon is seen in the end, and none twice at once."""
    tank = load_detector("mini")
    mirrors = NONE._replace(
        wall_reflectivity=np.ones(len(flat_optics().phase_index)), face_reflectivity=0.5, most_turns=10_000
    )
    journeys = follow(
        straight_step(), np.array([20_000]), np.zeros(1, dtype=np.int64), flat_optics(), build_wall(tank, 2.0),
        seed=4, interactions=mirrors,
    )  # fmt: skip
    assert journeys.count("seen") == 20_000
    assert journeys.fate.max() == journeys.fate.min() == FATES.index("seen")


def test_a_dome_higher_than_a_hemisphere_is_refused():
    with pytest.raises(ArgumentError, match="stand out of the wall by 5 cm; expected at most the radius"):
        build_wall(load_detector("mini"), 5.0)
    with pytest.raises(ArgumentError, match=r"no shape is known for sensors of type 'PMT99'; expected one of PMT20"):
        expose_cm("PMT99")


def test_a_plan_with_all_light_gives_the_same_events_in_any_batch(start_chain):
    everything = {"scattering": True, "reflection": "wcsim", "pmt_shape": "cap", "angular_acceptance": True}
    chain = start_chain(**everything)
    first, second, both = (chain.run(events).hits for events in (range(5), range(5, 10), range(10)))
    joined = type(first).concatenate([first, second])
    assert joined.pmt.tolist() == both.pmt.tolist()
    assert joined.time_ns.tolist() == both.time_ns.tolist()
    assert joined.charge_pe.tolist() == both.charge_pe.tolist()


def test_light_does_by_default_what_wcsims_does_and_nothing_if_switched_off(start_chain):
    plan = make_plan(detector="mini", n_events=1, particles=("e-",), energy_mev=(100, 100))
    assert (plan.scattering, plan.reflection, plan.pmt_shape, plan.angular_acceptance) == (True, "wcsim", "cap", False)
    chain = start_chain(scattering=False, reflection="off", pmt_shape="disc")
    assert chain.interactions is NONE
    assert chain.wall.height_cm == 0.0
