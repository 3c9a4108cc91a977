"""Water and sensor tables, sampled evenly in wavelength so that the kernel only interpolates."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.simulation.table_file import read_table
from ringcast.simulation.water import Water, water_lengths, wcsim_column

__all__ = [
    "Optics",
    "SensorResponse",
    "detection_efficiency",
    "expose_cm",
    "load_optics",
    "load_sensor",
    "window_optics",
]

_STEP_NM = 1.0
_INVERSE_POINTS = 4096
_CHARGE_BIN_PE = 1 / 22.83
_FINE_STRUCTURE = 7.2973525693e-3  # CODATA 2018
_CM_PER_NM = 1e-7


class Optics(NamedTuple):
    """What the photon kernel needs, on a grid of wavelengths 1 nm apart."""

    first_nm: float
    """Wavelength of the first grid point."""
    phase_index: NDArray[np.float64]
    """Phase refractive index on the grid."""
    group_index: NDArray[np.float64]
    """Group refractive index n - lambda dn/dlambda on the grid."""
    absorption_cm: NDArray[np.float64]
    """Absorption length on the grid."""
    wavelength_nm: NDArray[np.float64]
    """Wavelength at even steps of the cumulative distribution of efficiency / wavelength^2."""
    yield_per_cm: float
    """Detectable photons per cm and unit sin^2 theta: 2 pi alpha times the integral of efficiency / wavelength^2."""
    index_max: float
    """Largest index where the sensor is sensitive."""


class SensorResponse(NamedTuple):
    """How a sensor turns photoelectrons into charge and time."""

    charge_pe: NDArray[np.float64]
    """Edges of the bins of the charge of one photoelectron."""
    charge_cdf: NDArray[np.float64]
    """Cumulative distribution of that charge at the edges."""
    time_floor_ns: float
    time_factor: float
    time_scale_pe: float
    digitiser: str
    """Name of the electronics that read the type."""
    time_law: str = "root"
    """How the time spreads: "root", "box-and-line" or "table", as `sensors.toml` says."""
    dark_rate_khz: float = 0.0
    """Dark digits of one sensor per ms."""
    dark_conversion: float = 1.0
    """Dark photoelectrons for each dark digit."""
    width_charge_pe: NDArray[np.float64] = np.zeros(0)
    """Charges at which the law "table" is given."""
    width_fwhm_ns: NDArray[np.float64] = np.zeros(0)
    """Charge-dependent part of the full width at half maximum at these charges."""


@lru_cache
def _constants(pmt_type: str) -> dict[str, Any]:
    text = (files("ringcast.simulation") / "tables" / "sensors.toml").read_text(encoding="utf-8")
    sensors = tomllib.loads(text)
    if pmt_type not in sensors:
        known = ", ".join(sensors)
        raise ArgumentError(f"no response is known for sensors of type {pmt_type!r}; expected one of {known}")
    return dict(sensors[pmt_type])


def detection_efficiency(pmt_type: str, grid_nm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantum times collection efficiency of a sensor type at some wavelengths; 0 outside its table."""
    rows = [row for row in read_table("pmt_quantum_efficiency_wcsim.csv") if row["pmt"] == pmt_type]
    wavelength = [float(row["wavelength_nm"]) for row in rows]
    quantum = [float(row["qe_used"]) for row in rows]
    return np.interp(grid_nm, wavelength, quantum, left=0.0, right=0.0) * _constants(pmt_type)["collection_efficiency"]


@lru_cache
def load_optics(pmt_type: str, water: Water = "wcsim") -> Optics:
    """Tables of water for the light that sensors of one type can see.

    The refractive index is WCSim's in any water.

    Photons are thinned by the sensor's efficiency when they are born, which is exact because they are independent: the
    wavelength is drawn from efficiency / wavelength^2, the Frank-Tamm spectrum without its sin^2 theta.

    Raises:
        ArgumentError: The sensor type is not known.

    Example:
        >>> optics = load_optics("PMT20inch")
        >>> round(float(np.interp(400, optics.first_nm + np.arange(len(optics.phase_index)), optics.phase_index)), 4)
        1.3442
    """
    grid = np.arange(280.0, 701.0, _STEP_NM)
    efficiency = detection_efficiency(pmt_type, grid)
    seen = efficiency > 0
    index = wcsim_column("refractive_index", grid)
    spectrum = efficiency / grid**2
    steps = 0.5 * (spectrum[1:] + spectrum[:-1]) * _STEP_NM
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    within = np.concatenate([[True], steps > 0])
    inverse = np.interp(np.linspace(0, cumulative[-1], _INVERSE_POINTS), cumulative[within], grid[within])
    return Optics(
        first_nm=float(grid[0]),
        phase_index=index,
        group_index=index - grid * _smooth_slope(grid),
        absorption_cm=water_lengths(water, grid).absorption_cm,
        wavelength_nm=inverse,
        yield_per_cm=float(2 * np.pi * _FINE_STRUCTURE * cumulative[-1] / _CM_PER_NM),
        index_max=float(index[seen].max()),
    )


@lru_cache
def window_optics(low_nm: float, high_nm: float, *, index: float | None = None) -> Optics:
    """Tables of water for all light between two wavelengths, as a sensor of efficiency one would see it.

    Args:
        low_nm: Shortest wavelength, from 280.
        high_nm: Longest, up to 700.
        index: Refractive index at all wavelengths; None takes WCSim's.

    Raises:
        ArgumentError: The window is empty or reaches beyond the tables.

    Example:
        >>> flat = window_optics(300.0, 600.0, index=1.34)
        >>> round(flat.yield_per_cm * (1 - 1 / 1.34**2), 1)
        338.6
    """
    water = load_optics("PMT20inch")
    last_nm = water.first_nm + _STEP_NM * (len(water.phase_index) - 1)
    if not water.first_nm <= low_nm < high_nm <= last_nm:
        raise ArgumentError(
            f"window of wavelengths is {low_nm:g} to {high_nm:g} nm; expected one within {water.first_nm:g} to"
            f" {last_nm:g} nm"
        )
    if index is not None:
        flat = np.full(len(water.phase_index), index)
        water = water._replace(phase_index=flat, group_index=flat)
    inverse = np.linspace(1 / low_nm, 1 / high_nm, _INVERSE_POINTS)
    grid = water.first_nm + _STEP_NM * np.arange(len(water.phase_index))
    return water._replace(
        wavelength_nm=1 / inverse,
        yield_per_cm=2 * np.pi * _FINE_STRUCTURE * (1 / low_nm - 1 / high_nm) / _CM_PER_NM,
        index_max=float(water.phase_index[(grid >= low_nm) & (grid <= high_nm)].max()),
    )


def _smooth_slope(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slope dn/dlambda per nm at the table's points, interpolated, so that group times have no steps."""
    at = np.sort([float(row["wavelength_nm"]) for row in read_table("water_optics_wcsim.csv")])
    return np.interp(grid, at, np.gradient(wcsim_column("refractive_index", at), at))


def expose_cm(pmt_type: str) -> float:
    """How far a sensor of one type stands out of the wall.

    Raises:
        ArgumentError: The sensor type is not known.

    Example:
        >>> expose_cm("PMT20inch")
        18.0
    """
    rows = {row["pmt"]: float(row["expose_height_m"]) for row in read_table("pmt_summary_wcsim.csv")}
    if pmt_type not in rows:
        raise ArgumentError(f"no shape is known for sensors of type {pmt_type!r}; expected one of {', '.join(rows)}")
    return round(100 * rows[pmt_type], 6)


@lru_cache
def load_sensor(pmt_type: str) -> SensorResponse:
    """Charge and time response of a sensor type.

    WCSim's table of the one-photoelectron charge has bins of 1/22.83 pe; the charge is uniform within a bin.

    Raises:
        ArgumentError: The sensor type is not known.
    """
    constants = _constants(pmt_type)
    rows = read_table("spe_charge_cdf_wcsim.csv")[:-1]  # the last row is a sentinel
    lower = np.array([float(row["charge_low_pe"]) for row in rows])
    widths = read_table("wcte_timing_fwhm_wcsim.csv")
    return SensorResponse(
        charge_pe=np.append(lower, lower[-1] + _CHARGE_BIN_PE),
        charge_cdf=np.append(0.0, [float(row[pmt_type]) for row in rows]),
        time_floor_ns=constants.get("time_floor_ns", 0.0),
        time_factor=constants.get("time_factor", 0.0),
        time_scale_pe=constants.get("time_scale_pe", 0.0),
        digitiser=constants["digitiser"],
        time_law=constants.get("time_law", "root"),
        dark_rate_khz=constants["dark_rate_khz"],
        dark_conversion=constants["dark_conversion"],
        width_charge_pe=np.array([float(row["charge_pe"]) for row in widths]),
        width_fwhm_ns=np.array([float(row["fwhm_ns"]) for row in widths]),
    )
