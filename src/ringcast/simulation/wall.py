"""A grid over the wall that finds the sensor under a point in constant time."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.geometry import Detector
from ringcast.geometry.detector import on_wall_cm
from ringcast.simulation.device import device

__all__ = ["Wall", "build_wall", "cell_at", "sensor_at", "wall_crossing"]

_NO_DOMES = np.zeros((0, 8))


class Wall(NamedTuple):
    """Sensors sorted into cells of the unrolled barrel and of both caps."""

    radius_cm: float
    half_height_cm: float
    position_cm: NDArray[np.float64]
    reach_cm: NDArray[np.float64]
    """Radius of each sensor's face."""
    cells: NDArray[np.int64]
    """(surface, 2): cells along the first and second coordinate of each surface; around the barrel they are even in
    `_around`, not in azimuth."""
    first_cell: NDArray[np.int64]
    """(surface,): number of each surface's first cell."""
    start: NDArray[np.int32]
    """(cell + 1,): first entry of each cell in `sensor`."""
    sensor: NDArray[np.int32]
    """Sensors that reach into each cell."""
    height_cm: float = 0.0
    """How far the tallest sensor stands out of the wall; 0 where sensors are flat discs on it."""
    stride_cm: float = 0.0
    """A dome is listed in every cell within half of this."""
    dome: NDArray[np.float64] = _NO_DOMES
    """(sensor, 8): a dome in the 64 bytes that a processor fetches at once: centre of its sphere, behind the wall (3),
    radius of the sphere, unit vector into the tank (3), and height along it, from the centre, at which the dome ends:
    that of the face for tubes of modules, which have water behind them; minus infinity for domes whose back is behind
    the wall. Lengths in cm."""


def build_wall(detector: Detector, expose_cm: float = 0.0) -> Wall:
    """Sort a detector's sensors into cells about as wide as a sensor.

    Args:
        detector: The tank.
        expose_cm: How far a sensor stands out of the wall: a spherical cap whose rim is its face, on a sphere of radius
            (r^2 + h^2) / (2 h) for a face of radius r and a height h; 0 makes flat discs, modules' tubes among them.

    Raises:
        ArgumentError: A sensor would stand out by more than the radius of its face.
    """
    position = detector.position_cm.double().numpy()
    reach = detector.pmt_radius_cm.double().numpy()
    if expose_cm == 0.0:
        return _sorted_into_cells(detector, on_wall_cm(detector).double().numpy(), reach, reach)
    if expose_cm > reach.min():
        raise ArgumentError(
            f"sensors of {detector.name} have a face of radius {reach.min():g} cm and would stand out of the wall by"
            f" {expose_cm:g} cm; expected at most the radius, so take flat sensors"
        )
    axis = detector.normal.double().numpy()
    sphere = (reach**2 + expose_cm**2) / (2 * expose_cm)
    centre = position + (expose_cm - sphere)[:, None] * axis
    from_axis, barrel = np.hypot(centre[:, 0], centre[:, 1]), detector.surface.numpy() == 1
    behind = np.where(barrel, from_axis - detector.radius_cm, np.abs(centre[:, 2]) - detector.half_height_cm)
    height, stride = float((sphere - behind).max()), float(reach.max())
    across = (sphere + 0.5 * stride) / (detector.radius_cm - height)
    span = np.where(barrel, detector.radius_cm * np.arcsin(np.minimum(across, 1.0)), sphere + 0.5 * stride)
    wall = _sorted_into_cells(detector, centre, reach, span)
    modules = bool((on_wall_cm(detector) != detector.position_cm).any())
    rim = sphere - expose_cm if modules else np.full(len(sphere), -np.inf)
    return wall._replace(
        position_cm=position,
        height_cm=height,
        stride_cm=stride,
        dome=np.column_stack([centre, sphere, axis, rim]),
    )


def _sorted_into_cells(
    detector: Detector, middle: NDArray[np.float64], reach: NDArray[np.float64], span: NDArray[np.float64]
) -> Wall:
    """Cells about as wide as a sensor, each with the sensors whose square of half side `span` overlaps it."""
    radius, half_height = detector.radius_cm, detector.half_height_cm
    width = 1.5 * float(reach.max())
    per_cap = max(1, int(2 * radius / width))
    barrel = (max(1, int(2 * np.pi * radius / width)), max(1, int(2 * half_height / width)))
    cells = np.array([(per_cap, per_cap), barrel, (per_cap, per_cap)], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(cells.prod(axis=1))]).astype(np.int64)
    surface = detector.surface.numpy()
    entries = [
        _touched(middle[i], span[i], int(surface[i]), cells[surface[i]], (radius, half_height)) + first[surface[i]]
        for i in range(len(middle))
    ]
    owner = np.repeat(np.arange(len(entries)), [len(entry) for entry in entries])
    cell = np.concatenate(entries)
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(first[-1] + 1)).astype(np.int32)
    return Wall(radius, half_height, middle, reach, cells, first[:3], start, owner[order].astype(np.int32))


def _touched(
    position: NDArray[np.float64], reach: float, surface: int, cells: NDArray[np.int64], size: tuple[float, float]
) -> NDArray[np.int64]:
    """Cells of one surface that the square around a sensor's face overlaps."""
    radius, half_height = size
    if surface == 1:
        middle, half = np.arctan2(position[1], position[0]), min(reach / radius, np.pi)
        ends = [_around(np.cos(angle), np.sin(angle)) for angle in (middle - half, middle + half)]
        if half == np.pi:
            ends = [0.0, 1.0]
        spans = ((ends[0], ends[1] + (ends[1] < ends[0])), _shares(position[2], reach, half_height))
    else:
        spans = (_shares(position[0], reach, radius), _shares(position[1], reach, radius))
    axes = []
    for axis, span in enumerate(spans):
        line = np.arange(int(np.floor(span[0] * cells[axis])), int(np.floor(span[1] * cells[axis])) + 1)
        wraps = surface == 1 and axis == 0
        axes.append(np.unique(line % cells[axis] if wraps else line.clip(0, cells[axis] - 1)))
    return (axes[0][:, None] * cells[1] + axes[1][None, :]).reshape(-1)


def _shares(middle: float, reach: float, limit: float) -> tuple[float, float]:
    """Where middle - reach and middle + reach lie between -limit (0) and limit (1)."""
    return (middle - reach + limit) / (2 * limit), (middle + reach + limit) / (2 * limit)


@device
def _around(x, y):  # type: ignore[no-untyped-def]
    """How far round the axis a point lies, from 0 to 1: grows with the azimuth, but needs no arctangent."""
    share = y / (abs(x) + abs(y))
    return 0.25 * (2.0 - share if x < 0.0 else (share if y >= 0.0 else 4.0 + share))


@device
def wall_crossing(x, y, z, u, v, w, radius, half_height):  # type: ignore[no-untyped-def]
    """Distance in cm from a point inside to the wall along (u, v, w), and the surface: 0 top, 1 barrel, 2 bottom."""
    a = u * u + v * v
    b = x * u + y * v
    c = x * x + y * y - radius * radius
    distance, surface = np.inf, 1
    if a > 1e-14:
        distance = (math.sqrt(max(b * b - a * c, 0.0)) - b) / a
    if w > 1e-14 and (half_height - z) / w < distance:
        distance, surface = (half_height - z) / w, 0
    elif w < -1e-14 and (half_height + z) / -w < distance:
        distance, surface = (half_height + z) / -w, 2
    return distance, surface


@device
def cell_at(x, y, z, surface, wall):  # type: ignore[no-untyped-def]
    """Number of the cell of one surface that is over a point of the wall, or above or below it."""
    rows, columns = wall.cells[surface, 0], wall.cells[surface, 1]
    if surface == 1:
        first = _around(x, y)
        second = (z / wall.half_height_cm + 1.0) * 0.5
    else:
        first = (x / wall.radius_cm + 1.0) * 0.5
        second = (y / wall.radius_cm + 1.0) * 0.5
    i = min(max(int(first * rows), 0), rows - 1)
    j = min(max(int(second * columns), 0), columns - 1)
    return wall.first_cell[surface] + i * columns + j


@device
def sensor_at(x, y, z, surface, wall):  # type: ignore[no-untyped-def]
    """Number of the sensor whose face holds a point of the wall, the nearest if two do, or -1 between sensors."""
    cell = cell_at(x, y, z, surface, wall)
    best, found = np.inf, -1
    for entry in range(wall.start[cell], wall.start[cell + 1]):
        sensor = wall.sensor[entry]
        dx = x - wall.position_cm[sensor, 0]
        dy = y - wall.position_cm[sensor, 1]
        dz = z - wall.position_cm[sensor, 2]
        apart = dx * dx + dy * dy + dz * dz
        if apart <= wall.reach_cm[sensor] * wall.reach_cm[sensor] and apart < best:
            best, found = apart, sensor
    return found
