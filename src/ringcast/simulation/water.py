"""How far light of each wavelength flies in water before it is absorbed or scattered.

Two models: WCSim's tables, and what Super-Kamiokande fits to its calibration light.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.table_file import read_table

__all__ = ["WATERS", "Lengths", "Water", "water_lengths", "wcsim_column"]

Water = Literal["wcsim", "super-k"]
WATERS: tuple[Water, ...] = ("wcsim", "super-k")

ABSORPTION_FACTOR = 1.30
"""WCSim's default tuning factor on the tabulated absorption length (ABWFF)."""
RAYLEIGH_FACTOR = 0.75
"""WCSim's default tuning factor on the tabulated Rayleigh scattering length (RAYFF)."""
_KNEE_NM = 464.0
_CM = 100.0


class Lengths(NamedTuple):
    """Mean lengths in cm of light's way to each process, on a grid of wavelengths."""

    absorption_cm: NDArray[np.float64]
    rayleigh_cm: NDArray[np.float64]
    """Symmetric scattering, on molecules."""
    forward_cm: NDArray[np.float64]
    """Forward scattering, on particles (Mie); infinite where the model has none."""


def water_lengths(water: Water, wavelength_nm: NDArray[np.float64]) -> Lengths:
    """Lengths of a model of water.

    "wcsim": WCSim's tables times its default factors; no forward scattering.

    "super-k": with the wavelength l in nm and coefficients in 1 / m, absorption P0 P1 / l^4 + C, where C is
    P0 P2 (l / 500)^P3 below 464 nm and pure water's absorption (Pope and Fry) above; symmetric scattering
    P4 / l^4 (1 + P5 / l^2); forward scattering P6 (1 + P7 / l^4 (l - P8)^2). Beyond the table, 700 nm, its last value.

    Args:
        water: The model.
        wavelength_nm: Grid of wavelengths.

    Reference:
        K. Abe et al. (Super-Kamiokande), Nucl. Instrum. Meth. A 737, 253 (2014), https://arxiv.org/abs/1307.0162

    Example:
        >>> at = np.array([400.0])
        >>> [round(float(water_lengths(water, at).absorption_cm[0]) / 100) for water in WATERS]
        [553, 400]
        >>> [round(float(water_lengths(water, at).rayleigh_cm[0]) / 100) for water in WATERS]
        [132, 176]
    """
    if water == "super-k":
        return _super_k(wavelength_nm)
    return Lengths(
        wcsim_column("absorption_length_cm", wavelength_nm) * ABSORPTION_FACTOR,
        wcsim_column("rayleigh_length_cm", wavelength_nm) * RAYLEIGH_FACTOR,
        np.full(len(wavelength_nm), np.inf),
    )


def wcsim_column(column: str, wavelength_nm: NDArray[np.float64]) -> NDArray[np.float64]:
    """A column of WCSim's table of water, between its wavelengths in straight lines."""
    rows = sorted(read_table("water_optics_wcsim.csv"), key=lambda row: float(row["wavelength_nm"]))
    return np.interp(wavelength_nm, [float(row["wavelength_nm"]) for row in rows], [float(row[column]) for row in rows])


def _super_k(wavelength_nm: NDArray[np.float64]) -> Lengths:
    p = {row["name"]: float(row["value"]) for row in read_table("sk_water_model_parameters.csv")}
    pure = read_table("pure_water_absorption_pope_fry.csv")
    at, per_m = ([float(row[column]) for row in pure] for column in ("wavelength_nm", "absorption_per_m"))
    below = p["P0"] * p["P2"] * (wavelength_nm / 500) ** p["P3"]
    continuum = np.where(wavelength_nm < _KNEE_NM, below, np.interp(wavelength_nm, at, per_m))
    fourth = wavelength_nm**4
    absorption = p["P0"] * p["P1"] / fourth + continuum
    symmetric = p["P4"] / fourth * (1 + p["P5"] / wavelength_nm**2)
    forward = p["P6"] * (1 + p["P7"] / fourth * (wavelength_nm - p["P8"]) ** 2)
    return Lengths(_CM / absorption, _CM / symmetric, _CM / forward)
