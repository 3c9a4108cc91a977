"""What can happen to a photon on its way besides absorption: constants and switches for the photon kernel."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.optics import Optics
from ringcast.simulation.water import Lengths, Water, water_lengths, wcsim_column

__all__ = ["NONE", "Interactions", "load_interactions"]

WALL_FACTOR = 2.50
"""WCSim's default tuning factor on the tabulated reflectivity of the black sheet (BSRFF)."""
FACE_REFLECTIVITY = 0.32
"""Share of light that WCSim's photocathode does not take (RGCFF)."""
FACE_LOSS_IN_EFFICIENCY = 0.25
"""Share of light that WCSim takes a tube's face to have reflected when its quantum efficiency was measured
(`src/WCSimStackingAction.cc`: ratio = 1 / (1 - 0.25))."""
GLASS_INDEX = 1.600
"""Refractive index of WCSim's glass until version 1.10 (`src/WCSimConstructMaterials.cc`). In later ones it is 1.52 to
1.56 from 600 to 300 nm, with which tubes of 20 inches see 0.3 % more light."""
SPECULAR_SHARES = (0.3, 0.2, 0.2)
"""Specular lobe, specular spike and backscatter in WCSim's table of the black sheet; the rest is diffuse."""
DIFFUSE_SHARES = (0.0, 0.0, 0.0)
"""What Geant4 makes of that table: WCSim's surface is "ground front painted", a finish that only reflects diffusely."""
WALL_SLOPE_RAD = 0.1
"""Spread of the angle of the black sheet's facets (WCSim's sigma alpha)."""
ACCEPTANCE = (1.0, 1.0, 0.99, 0.95, 0.90, 0.85, 0.80, 0.69, 0.35, 0.13)
"""Collection efficiency of a 20-inch tube at 0, 10 ... 90 degrees to its axis: an older curve of WCSim, relative to the
collection efficiency in front."""
FORWARD_COSINE = 0.95
"""Mean cosine of forward scattering, as of particles larger than the wavelength: Super-Kamiokande's paper gives the
amount of this light and says that it goes forward."""
MOST_TURNS = 100
"""A photon that would scatter or be reflected more often is dropped and counted as cut."""


class Interactions(NamedTuple):
    """Switches and tables of the photon kernel; an empty table or a zero means that the process is off."""

    scattering_cm: NDArray[np.float64]
    """Scattering length, of all kinds together, on the grid of `Optics`."""
    wall_reflectivity: NDArray[np.float64]
    """Share of light that the black sheet between sensors reflects, on the grid of `Optics`."""
    face_reflectivity: float
    """Share of light at a sensor's face that the photocathode does not take."""
    glass_index: float
    """Index of the glass of a sensor's face, which reflects by Fresnel's law on the water's side, and behind the
    photocathode against the empty tube: what passes there is lost. 0 has no glass and reflects the whole share that
    the photocathode does not take at any angle."""
    lobes: NDArray[np.float64]
    """Cumulative shares of specular lobe, spike and backscatter; the rest is diffuse."""
    slope_rad: float
    """Spread of the facets' angle in the specular lobe."""
    acceptance: NDArray[np.float64]
    """Chance of detection at even steps of the angle to the sensor's axis from 0 to 90 degrees."""
    most_turns: int
    """Turns after which a photon is cut."""
    forward_share: NDArray[np.float64]
    """Share of scatterings that are forward, on particles (Mie), on the grid of `Optics`."""
    forward_cosine: float
    """Mean cosine of the angle of forward scattering."""


_OFF = np.zeros(0)
NONE = Interactions(
    _OFF, _OFF, 0.0, 0.0, np.cumsum(SPECULAR_SHARES), WALL_SLOPE_RAD, _OFF, MOST_TURNS, _OFF, FORWARD_COSINE
)
"""Photons fly straight until they are absorbed, seen or lost on the wall."""


def load_interactions(
    optics: Optics,
    *,
    water: Water = "wcsim",
    scattering: bool = False,
    reflection: Literal["off", "wcsim", "constant"] = "off",
    angular_acceptance: bool = False,
) -> tuple[Optics, Interactions]:
    """Tables of the processes that are on, and the optics to make photons with.

    Photons are thinned at birth by the efficiency of a sensor, which stays exact with reflection: whether a photon will
    be seen by the photocathode that takes it is independent of how it gets there, and it is taken only once. At a face
    the photocathode takes a share 1 - R. A tabulated efficiency counts all light that falls on the tube, so light that
    reaches the photocathode is seen with a larger one: as WCSim does, photons at birth are made more numerous by
    1 / (1 - 0.25) when reflection is on. With R = 0.32, 0.68 / 0.75 = 0.907 of the tabulated efficiency is left at the
    first photocathode, and reflected light has another chance.

    Reflection "wcsim" does what Geant4 makes of WCSim's surfaces: the sheet is diffuse; the glass of a face reflects on
    the water's side (0.8 % in front, 3 % at 60 degrees), and of the share R at the photocathode only what glass against
    an empty tube reflects comes back (5 % in front, all beyond 48 degrees); see `ringcast.simulation.surface`.
    Reflection "constant" mirrors the whole share R at any angle, and the sheet has lobe, spike and backscatter.

    Example:
        >>> from ringcast.simulation.optics import load_optics
        >>> optics, interactions = load_interactions(load_optics("PMT20inch"), scattering=True)
        >>> round(float(interactions.scattering_cm[120]) / 100)
        132
    """
    chosen = NONE
    grid = np.asarray(optics.first_nm + np.arange(len(optics.phase_index)), dtype=np.float64)
    if scattering:
        chosen = _scattering(chosen, water_lengths(water, grid))
    if reflection != "off":
        wcsim = reflection == "wcsim"
        chosen = chosen._replace(
            wall_reflectivity=wcsim_column("blacksheet_reflectivity", grid) * WALL_FACTOR,
            face_reflectivity=FACE_REFLECTIVITY,
            glass_index=GLASS_INDEX if wcsim else 0.0,
            lobes=np.cumsum(DIFFUSE_SHARES if wcsim else SPECULAR_SHARES),
        )
        optics = optics._replace(yield_per_cm=optics.yield_per_cm / (1 - FACE_LOSS_IN_EFFICIENCY))
    return optics, chosen._replace(acceptance=np.array(ACCEPTANCE)) if angular_acceptance else chosen


def _scattering(chosen: Interactions, lengths: Lengths) -> Interactions:
    per_cm = 1 / lengths.rayleigh_cm + 1 / lengths.forward_cm
    share = 1 / (lengths.forward_cm * per_cm)
    return chosen._replace(scattering_cm=1 / per_cm, forward_share=share if share.any() else _OFF)
