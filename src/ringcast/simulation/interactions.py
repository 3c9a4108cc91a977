"""What can happen to a photon on its way besides absorption: constants and switches for the photon kernel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import Optics, read_table

__all__ = ["NONE", "Interactions", "load_interactions"]

RAYLEIGH_FACTOR = 0.75
"""WCSim's default tuning factor on the tabulated Rayleigh scattering length (RAYFF)."""
WALL_FACTOR = 2.50
"""WCSim's default tuning factor on the tabulated reflectivity of the black sheet (BSRFF)."""
FACE_REFLECTIVITY = 0.32
"""WCSim's default reflectivity between glass and photocathode (RGCFF)."""
FACE_LOSS_IN_EFFICIENCY = 0.25
"""Share of light that WCSim takes a tube's face to have reflected when its quantum efficiency was measured
(`src/WCSimStackingAction.cc`: ratio = 1 / (1 - 0.25))."""
WALL_SHARES = (0.3, 0.2, 0.2)
"""Specular lobe, specular spike and backscatter of light reflected by the black sheet; the rest is diffuse. WCSim's
values (`src/WCSimConstructMaterials.cc`)."""
WALL_SLOPE_RAD = 0.1
"""Spread of the angle of the black sheet's facets (WCSim's sigma alpha)."""
ACCEPTANCE = (1.0, 1.0, 0.99, 0.95, 0.90, 0.85, 0.80, 0.69, 0.35, 0.13)
"""Collection efficiency of a 20-inch tube at 0, 10 ... 90 degrees to its axis: an older curve of WCSim, relative to the
collection efficiency in front."""
MOST_TURNS = 100
"""A photon that would scatter or be reflected more often is dropped and counted as cut."""


class Interactions(NamedTuple):
    """Switches and tables of the photon kernel; an empty table or a zero means that the process is off."""

    rayleigh_cm: NDArray[np.float64]
    """Rayleigh scattering length on the grid of `Optics`."""
    wall_reflectivity: NDArray[np.float64]
    """Share of light that the black sheet between sensors reflects, on the grid of `Optics`."""
    face_reflectivity: float
    """Share of light that a sensor's face reflects."""
    lobes: NDArray[np.float64]
    """Cumulative shares of specular lobe, spike and backscatter; the rest is diffuse."""
    slope_rad: float
    """Spread of the facets' angle in the specular lobe."""
    acceptance: NDArray[np.float64]
    """Chance of detection at even steps of the angle to the sensor's axis from 0 to 90 degrees."""
    most_turns: int
    """Turns after which a photon is cut."""


_OFF = np.zeros(0)
NONE = Interactions(_OFF, _OFF, 0.0, np.cumsum(WALL_SHARES), WALL_SLOPE_RAD, _OFF, MOST_TURNS)
"""Photons fly straight until they are absorbed, seen or lost on the wall."""


def load_interactions(
    optics: Optics, *, scattering: bool = False, reflection: bool = False, angular_acceptance: bool = False
) -> tuple[Optics, Interactions]:
    """Tables of the processes that are on, and the optics to make photons with.

    Photons are thinned at birth by the efficiency of a sensor, which stays exact with reflection: whether a photon will
    be seen by the photocathode that takes it is independent of how it gets there, and it is taken only once. At a face
    a share R is reflected and 1 - R goes on to the photocathode. A tabulated efficiency counts all light that falls on
    the tube, so light that reaches the photocathode is seen with a larger one; as WCSim does, photons at birth are made
    more numerous by 1 / (1 - 0.25) when reflection is on. With R = 0.32 at the first face, 0.68 / 0.75 = 0.907 of the
    tabulated efficiency is left, and the reflected light has another chance.

    Example:
        >>> from ringcast.simulation.optics import load_optics
        >>> optics, interactions = load_interactions(load_optics("PMT20inch"), scattering=True)
        >>> round(float(interactions.rayleigh_cm[120]) / 100)
        132
    """
    chosen = NONE
    if scattering:
        chosen = chosen._replace(rayleigh_cm=_on_grid("rayleigh_length_cm", optics) * RAYLEIGH_FACTOR)
    if reflection:
        wall = _on_grid("blacksheet_reflectivity", optics) * WALL_FACTOR
        chosen = chosen._replace(wall_reflectivity=wall, face_reflectivity=FACE_REFLECTIVITY)
        optics = optics._replace(yield_per_cm=optics.yield_per_cm / (1 - FACE_LOSS_IN_EFFICIENCY))
    if angular_acceptance:
        chosen = chosen._replace(acceptance=np.array(ACCEPTANCE))
    return optics, chosen


def _on_grid(column: str, optics: Optics) -> NDArray[np.float64]:
    rows = sorted(read_table("water_optics_wcsim.csv"), key=lambda row: float(row["wavelength_nm"]))
    grid = optics.first_nm + np.arange(len(optics.phase_index))
    return np.interp(grid, [float(row["wavelength_nm"]) for row in rows], [float(row[column]) for row in rows])
