"""Artificial optics, walls and steps whose outcome is known exactly."""

import numpy as np

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.optics import Optics
from ringcast.simulation.wall import Wall

FINE_STRUCTURE = 1 / 137.035999
INDEX = 1.34


def flat_optics(*, absorption_cm: float = 1e12, low_nm: float = 300.0, high_nm: float = 600.0) -> Optics:
    """Constant index, efficiency one between two wavelengths."""
    grid = np.arange(280.0, 701.0)
    share = np.linspace(0, 1, 4096)
    return Optics(
        first_nm=280.0,
        phase_index=np.full(len(grid), INDEX),
        group_index=np.full(len(grid), INDEX),
        absorption_cm=np.full(len(grid), absorption_cm),
        wavelength_nm=1 / (1 / low_nm + share * (1 / high_nm - 1 / low_nm)),
        yield_per_cm=2 * np.pi * FINE_STRUCTURE * (1 / low_nm - 1 / high_nm) * 1e7,
        index_max=INDEX,
    )


def all_seeing_wall(radius_cm: float, half_height_cm: float) -> Wall:
    """Three sensors, each as large as its surface: top 0, barrel 1, bottom 2."""
    return Wall(
        radius_cm=radius_cm,
        half_height_cm=half_height_cm,
        position_cm=np.zeros((3, 3)),
        reach_cm=np.full(3, 1e12),
        cells=np.ones((3, 2), dtype=np.int64),
        first_cell=np.arange(3),
        start=np.arange(4),
        sensor=np.arange(3),
    )


def no_sensors(radius_cm: float, half_height_cm: float, *, sees: tuple[int, ...] = ()) -> Wall:
    """A wall on which only some whole surfaces see: 0 top, 1 barrel, 2 bottom."""
    whole = all_seeing_wall(radius_cm, half_height_cm)
    return whole._replace(start=np.cumsum([0, *(surface in sees for surface in range(3))]), sensor=np.array(sees))


def straight_step(energy_mev: float = 10_000.0, mass_mev: float = 0.511, length_cm: float = 1e-6) -> Steps:
    """One step at the origin along +z that loses no energy."""
    up = np.array([[0.0, 0.0, 1.0]])
    one, zero = np.ones(1), np.zeros(1)
    return Steps(
        event=np.zeros(1, dtype=np.int64),
        number=np.zeros(1, dtype=np.int64),
        start_cm=np.zeros((1, 3)),
        end_cm=up * length_cm,
        start_direction=up,
        end_direction=up,
        start_energy_mev=one * energy_mev,
        end_energy_mev=one * energy_mev,
        start_time_ns=zero,
        end_time_ns=zero,
        length_cm=one * length_cm,
        mass_mev=one * mass_mev,
    )


def batch_of_steps(tank, generator, n):
    """Steps of electrons and muons of 1 to 500 MeV in three events, some of them outside the tank."""
    way = generator.standard_normal((n, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    size = np.array([tank.radius_cm * 0.7, tank.radius_cm * 0.7, tank.half_height_cm])
    start = generator.uniform(-1.05, 1.05, (n, 3)) * size
    length, energy = generator.uniform(0.1, 3, n), generator.uniform(1, 500, n)
    return Steps(
        event=np.sort(generator.integers(0, 3, n)),
        number=np.arange(n),
        start_cm=start,
        end_cm=start + way * length[:, None],
        start_direction=way,
        end_direction=way + 0.05,
        start_energy_mev=energy,
        end_energy_mev=energy * 0.95,
        start_time_ns=np.zeros(n),
        end_time_ns=length / 30,
        length_cm=length,
        mass_mev=np.where(np.arange(n) % 5 == 0, 105.66, 0.511),
    )
