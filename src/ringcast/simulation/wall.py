"""A grid over the wall that finds the sensor under a point in constant time."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ringcast.geometry import Detector

__all__ = ["Wall", "build_wall", "sensor_at", "wall_crossing"]


class Wall(NamedTuple):
    """Sensors sorted into cells of the unrolled barrel and of both caps."""

    radius_cm: float
    half_height_cm: float
    position_cm: NDArray[np.float64]
    reach_cm: NDArray[np.float64]
    """Radius of each sensor's face."""
    cells: NDArray[np.int64]
    """(surface, 2): cells along the first and second coordinate of each surface."""
    first_cell: NDArray[np.int64]
    """(surface,): number of each surface's first cell."""
    start: NDArray[np.int64]
    """(cell + 1,): first entry of each cell in `sensor`."""
    sensor: NDArray[np.int64]
    """Sensors that reach into each cell."""


def build_wall(detector: Detector) -> Wall:
    """Sort a detector's sensors into cells about as wide as a sensor."""
    position = detector.position_cm.double().numpy()
    reach = detector.pmt_radius_cm.double().numpy()
    radius, half_height = detector.radius_cm, detector.half_height_cm
    width = 1.5 * float(reach.max())
    per_cap = max(1, int(2 * radius / width))
    barrel = (max(1, int(2 * np.pi * radius / width)), max(1, int(2 * half_height / width)))
    cells = np.array([(per_cap, per_cap), barrel, (per_cap, per_cap)], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(cells.prod(axis=1))]).astype(np.int64)
    surface = detector.surface.numpy()
    entries = [
        _touched(position[i], reach[i], int(surface[i]), cells[surface[i]], (radius, half_height)) + first[surface[i]]
        for i in range(len(position))
    ]
    owner = np.repeat(np.arange(len(entries)), [len(entry) for entry in entries])
    cell = np.concatenate(entries)
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(first[-1] + 1)).astype(np.int64)
    return Wall(radius, half_height, position, reach, cells, first[:3], start, owner[order].astype(np.int64))


def _touched(
    position: NDArray[np.float64], reach: float, surface: int, cells: NDArray[np.int64], size: tuple[float, float]
) -> NDArray[np.int64]:
    """Cells of one surface that the square around a sensor's face overlaps."""
    radius, half_height = size
    if surface == 1:
        across = np.arctan2(position[1], position[0]) * radius
        spans = ((across, np.pi * radius), (position[2], half_height))
    else:
        spans = ((position[0], radius), (position[1], radius))
    axes = []
    for axis, (middle, limit) in enumerate(spans):
        low, high = ((middle + side * reach + limit) / (2 * limit) * cells[axis] for side in (-1.0, 1.0))
        line = np.arange(int(np.floor(low)), int(np.floor(high)) + 1)
        wraps = surface == 1 and axis == 0
        axes.append(np.unique(line % cells[axis] if wraps else line.clip(0, cells[axis] - 1)))
    return (axes[0][:, None] * cells[1] + axes[1][None, :]).reshape(-1)


@njit(cache=True, inline="always")
def wall_crossing(x, y, z, u, v, w, radius, half_height):  # type: ignore[no-untyped-def]
    """Distance in cm from a point inside to the wall along (u, v, w), and the surface: 0 top, 1 barrel, 2 bottom."""
    a = u * u + v * v
    b = x * u + y * v
    c = x * x + y * y - radius * radius
    distance, surface = np.inf, 1
    if a > 1e-14:
        distance = (np.sqrt(max(b * b - a * c, 0.0)) - b) / a
    if w > 1e-14 and (half_height - z) / w < distance:
        distance, surface = (half_height - z) / w, 0
    elif w < -1e-14 and (half_height + z) / -w < distance:
        distance, surface = (half_height + z) / -w, 2
    return distance, surface


@njit(cache=True, inline="always")
def sensor_at(x, y, z, surface, wall):  # type: ignore[no-untyped-def]
    """Number of the sensor whose face holds a point of the wall, or -1 between sensors."""
    rows, columns = wall.cells[surface, 0], wall.cells[surface, 1]
    if surface == 1:
        first = (np.arctan2(y, x) / np.pi + 1.0) * 0.5
        second = (z / wall.half_height_cm + 1.0) * 0.5
    else:
        first = (x / wall.radius_cm + 1.0) * 0.5
        second = (y / wall.radius_cm + 1.0) * 0.5
    i = min(max(int(first * rows), 0), rows - 1)
    j = min(max(int(second * columns), 0), columns - 1)
    cell = wall.first_cell[surface] + i * columns + j
    for entry in range(wall.start[cell], wall.start[cell + 1]):
        sensor = wall.sensor[entry]
        dx = x - wall.position_cm[sensor, 0]
        dy = y - wall.position_cm[sensor, 1]
        dz = z - wall.position_cm[sensor, 2]
        if dx * dx + dy * dy + dz * dz <= wall.reach_cm[sensor] * wall.reach_cm[sensor]:
            return sensor
    return -1
