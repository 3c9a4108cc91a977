"""The photon kernel against closed forms."""

from hashlib import sha256

import numpy as np
import pytest

from ringcast.geometry import PRESETS, load_detector
from ringcast.geometry.detector import on_wall_cm
from ringcast.simulation.cherenkov import mean_photons
from ringcast.simulation.interactions import load_interactions
from ringcast.simulation.optics import expose_cm, load_optics
from ringcast.simulation.transport import follow, transport
from ringcast.simulation.wall import build_wall, sensor_at, wall_crossing
from ringcast.units import C_CM_PER_NS
from tests.simulation.closed_forms import INDEX, all_seeing_wall, batch_of_steps, flat_optics, straight_step

N = 200_000
EVENTS = np.zeros(1, dtype=np.int64)


def fly(optics, wall, steps=None, n=N, seed=5):
    return transport(steps or straight_step(), np.array([n]), EVENTS, optics, wall, seed=seed)


def test_every_photon_is_found_when_nothing_absorbs():
    _, sensor, _ = fly(flat_optics(), all_seeing_wall(100.0, 1000.0))
    assert len(sensor) == N  # at constant energy and index the acceptance is one


def test_time_is_path_over_group_velocity():
    beta = np.sqrt(1 - (0.511 / 10_000.511) ** 2)
    sine = np.sqrt(1 - 1 / (beta * INDEX) ** 2)
    _, sensor, time = fly(flat_optics(), all_seeing_wall(100.0, 1000.0))
    assert (sensor == 1).all()
    np.testing.assert_allclose(time, 100.0 / sine * INDEX / C_CM_PER_NS, rtol=1e-6)


def test_light_of_a_short_tank_reaches_the_top():
    beta_index = INDEX * np.sqrt(1 - (0.511 / 10_000.511) ** 2)
    _, sensor, time = fly(flat_optics(), all_seeing_wall(1000.0, 50.0))
    assert (sensor == 0).all()
    np.testing.assert_allclose(time, 50.0 * beta_index * INDEX / C_CM_PER_NS, rtol=1e-6)


@pytest.mark.parametrize("paths", [0.1, 1.0, 3.0])
def test_absorption_is_exponential(paths):
    sine = np.sqrt(1 - 1 / INDEX**2)
    path = 100.0 / sine
    _, sensor, _ = fly(flat_optics(absorption_cm=path / paths), all_seeing_wall(100.0, 1000.0))
    expected = np.exp(-paths)
    assert abs(len(sensor) / N - expected) < 4 * np.sqrt(expected * (1 - expected) / N)


def test_photons_born_outside_the_tank_are_dropped():
    steps = straight_step()._replace(start_cm=np.array([[0.0, 0.0, 60.0]]), end_cm=np.array([[0.0, 0.0, 61.0]]))
    _, sensor, _ = fly(flat_optics(), all_seeing_wall(100.0, 50.0), steps)
    assert len(sensor) == 0


def test_yield_is_that_of_frank_and_tamm_over_a_slowing_step():
    """A muon that slows through the threshold: accepted share of the bound against the integral over the step."""
    mass, first, last = 105.6583755, 120.0, 20.0
    steps = straight_step(first, mass, 1.0)._replace(end_energy_mev=np.array([last]))
    _, sensor, _ = fly(flat_optics(), all_seeing_wall(1000.0, 1000.0), steps)
    energy = np.linspace(first, last, 200_001)
    sin2 = np.maximum(1 - 1 / ((1 - (mass / (energy + mass)) ** 2) * INDEX**2), 0)
    share = np.trapezoid(sin2, dx=1 / 200_000) / sin2[0]
    assert abs(len(sensor) / N - share) < 4 * np.sqrt(share * (1 - share) / N)
    bound = mean_photons(steps, flat_optics())[0]
    assert bound == pytest.approx(2 * np.pi / 137.036 * sin2[0] * (1 / 300 - 1 / 600) * 1e7, rel=1e-5)


def test_azimuth_is_flat():
    """Photons of an upright step on a ring of sensors: as many on each, by chi-square."""
    tank = load_detector("iwcd-grid")
    _, sensor, _ = fly(flat_optics(), build_wall(tank))
    columns = np.bincount(tank.column[tank.surface == 1][sensor - int(tank.on("barrel")[0])].numpy(), minlength=168)
    mean = columns.mean()
    assert mean > 100
    assert ((columns - mean) ** 2 / mean).sum() < 167 + 4 * np.sqrt(2 * 167)


@pytest.mark.parametrize("name", ["mini", "super-k"])
def test_blocks_and_threads_change_nothing(name, monkeypatch):
    """One block on one thread, and blocks of 1000 photons on 1, 2 and 3 threads, with everything on."""
    tank = load_detector(name)
    optics, interactions = load_interactions(load_optics(tank.pmt_type), scattering=True, reflection="wcsim")
    wall, steps = build_wall(tank, expose_cm(tank.pmt_type)), batch_of_steps(tank, np.random.default_rng(12), 40)

    def digest(threads):
        found = transport(
            steps,
            np.full(40, 500),
            np.array([5, 6, 9]),
            optics,
            wall,
            seed=3,
            interactions=interactions,
            threads=threads,
        )
        assert len(found.step) > 1000
        return sha256(b"".join(column.tobytes() for column in found)).hexdigest()

    whole = digest(1)
    monkeypatch.setattr("ringcast.simulation.transport._BLOCK", 1000)
    assert {digest(threads) for threads in (1, 2, 3)} == {whole}


def test_photoelectrons_name_the_step_that_made_them():
    tank = load_detector("mini")
    steps = batch_of_steps(tank, np.random.default_rng(12), 40)
    photons = np.arange(40) * 20
    arguments = (np.array([5, 6, 9]), load_optics(tank.pmt_type), build_wall(tank))
    found, journeys = transport(steps, photons, *arguments, seed=3), follow(steps, photons, *arguments, seed=3)
    seen = journeys.sensor >= 0
    np.testing.assert_array_equal(found.step, np.repeat(np.arange(40), photons)[seen])
    np.testing.assert_array_equal(found.time_ns, journeys.time_ns[seen])


def test_no_light_gives_no_photoelectrons():
    found = transport(straight_step(), np.array([0]), EVENTS, flat_optics(), all_seeing_wall(1.0, 1.0), seed=1)
    assert [len(column) for column in found] == [0, 0, 0]


LARGE = {"hyper-k-40", "hyper-k-60m"}  # grids as hyper-k-20, only with more tubes


@pytest.mark.parametrize("name", sorted(set(PRESETS) - LARGE))
def test_the_grid_finds_what_brute_force_finds(name):
    tank = load_detector(name)
    wall, position, reach = build_wall(tank), on_wall_cm(tank).numpy(), tank.pmt_radius_cm.numpy()
    generator = np.random.default_rng(3)
    for _ in range(300):
        direction = generator.standard_normal(3)
        direction /= np.linalg.norm(direction)
        distance, surface = wall_crossing(0.0, 0.0, 0.0, *direction, tank.radius_cm, tank.half_height_cm)
        point = direction * distance
        on = (tank.surface == surface).numpy()
        apart = np.where(on, np.linalg.norm(position - point, axis=1), np.inf)
        expected = apart.argmin() if apart.min() <= reach[apart.argmin()] else -1
        assert sensor_at(*point, surface, wall) == expected


def test_covered_share_is_the_coverage():
    """Isotropic points on the wall of the sphere-like mini tank hit sensors as often as faces cover the wall."""
    tank = load_detector("mini")
    wall, generator, n = build_wall(tank), np.random.default_rng(4), 20_000
    azimuth, height = generator.uniform(-np.pi, np.pi, n), generator.uniform(-100, 100, n)
    found = [sensor_at(100 * np.cos(a), 100 * np.sin(a), z, 1, wall) >= 0 for a, z in zip(azimuth, height, strict=True)]
    covered = 800 * np.pi * 4.0**2 / (2 * np.pi * 100 * 200)
    assert abs(np.mean(found) - covered) < 4 * np.sqrt(covered / n) + 0.002  # faces are flat, the wall is curved
