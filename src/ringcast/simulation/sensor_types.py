"""The types of sensors that detectors can have, in numbers for people."""

from typing import NamedTuple

import numpy as np

from ringcast.simulation.optics import detection_efficiency, expose_cm, load_sensor
from ringcast.simulation.table_file import read_table
from ringcast.simulation.time_spread import draw_delay_ns

__all__ = ["SensorType", "sensor_types"]

_DRAWS = 20_000


class SensorType(NamedTuple):
    """One type; the sources of the numbers are in the README of the tables."""

    name: str
    radius_cm: float
    expose_cm: float
    """How far it stands out of the wall, as a cap."""
    peak_efficiency: float
    """Largest product of quantum and collection efficiency."""
    peak_nm: float
    """Wavelength of it."""
    charge_pe: float
    """Mean charge of one photoelectron."""
    time_spread_ns: float
    """Standard deviation of the time of one photoelectron of 1 pe."""
    dark_rate_khz: float
    digitiser: str
    """Electronics that read it."""


def sensor_types() -> list[SensorType]:
    """All types that the tables hold.

    Example:
        >>> [(kind.name, kind.dark_rate_khz, kind.digitiser) for kind in sensor_types()][:2]
        [('PMT20inch', 4.2, 'ski'), ('BoxandLine20inchHQE', 4.2, 'hk')]
    """
    return [
        _describe(row["pmt"], round(100 * float(row["radius_m"]), 6)) for row in read_table("pmt_summary_wcsim.csv")
    ]


def _describe(name: str, radius_cm: float) -> SensorType:
    response, grid_nm = load_sensor(name), np.arange(280.0, 701.0)
    efficiency = detection_efficiency(name, grid_nm)
    middle = 0.5 * (response.charge_pe[1:] + response.charge_pe[:-1])
    spread = draw_delay_ns(np.ones(_DRAWS), response, np.random.default_rng(1)).std()
    return SensorType(
        name,
        radius_cm,
        expose_cm(name),
        float(efficiency.max()),
        float(grid_nm[efficiency.argmax()]),
        float((np.diff(response.charge_cdf) * middle).sum()),
        float(spread),
        response.dark_rate_khz,
        response.digitiser,
    )
