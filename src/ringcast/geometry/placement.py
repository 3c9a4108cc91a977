"""Place sensors on a cylinder: rows and columns on the barrel, a square grid on each cap."""

import math

import torch
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.geometry.detector import Detector

__all__ = ["MOST_SENSORS", "cylinder"]

MOST_SENSORS = 1_000_000
"""Sensors of a tank; twenty times those of the largest preset."""


def cylinder(
    *,
    name: str,
    radius_cm: float,
    half_height_cm: float,
    pmt_type: str,
    pmt_radius_cm: float,
    barrel_rows: int,
    barrel_columns: int,
    cap_spacing_cm: float | None,
    barrel_half_height_cm: float | None = None,
    cap_reach_cm: float | None = None,
    description: str = "",
) -> Detector:
    """A tank with an even grid of sensors on the barrel and, unless `cap_spacing_cm` is None, on both caps.

    The first column starts at azimuth -pi plus half a step, the first row half a step above the bottom, as WCSim's
    generic cylinders have them; rows end at `barrel_half_height_cm`, else at the caps. A cap holds every point of a
    square grid, centred between four sensors, whose sensor fits inside the radius, or whose centre is within
    `cap_reach_cm` of the axis.

    Raises:
        ArgumentError: A size is not positive, sensors overlap, or there are more than `MOST_SENSORS`.

    Example:
        >>> tank = cylinder(name="bucket", radius_cm=50, half_height_cm=50, pmt_type="PMT3inchR12199_02",
        ...                 pmt_radius_cm=4, barrel_rows=8, barrel_columns=24, cap_spacing_cm=12)
        >>> len(tank), tank.image_shape("barrel")
        (296, (8, 24))
    """
    barrel_half = half_height_cm if barrel_half_height_cm is None else barrel_half_height_cm
    pitch = (2 * math.pi * radius_cm / barrel_columns, 2 * barrel_half / barrel_rows)
    _require_room(name, pmt_radius_cm, (*pitch, cap_spacing_cm or math.inf))
    _require_few(name, barrel_rows * barrel_columns + 2 * math.pi * (radius_cm / (cap_spacing_cm or math.inf)) ** 2)
    _require_inside(name, (barrel_half, half_height_cm), (cap_reach_cm or 0.0, radius_cm))
    barrel = _barrel(radius_cm, barrel_half, barrel_rows, barrel_columns)
    parts = [barrel]
    if cap_spacing_cm is not None:
        reach = radius_cm - pmt_radius_cm if cap_reach_cm is None else cap_reach_cm
        top, bottom = (_cap(reach, half_height_cm, cap_spacing_cm, surface) for surface in (0, 2))
        parts = [top, barrel, bottom]
    position, normal, surface, row, column = (torch.cat(column) for column in zip(*parts, strict=True))
    return Detector(
        name=name,
        description=description,
        radius_cm=radius_cm,
        half_height_cm=half_height_cm,
        pmt_type=pmt_type,
        position_cm=position,
        normal=normal,
        pmt_radius_cm=torch.full((len(position),), pmt_radius_cm, dtype=torch.float64),
        surface=surface,
        row=row,
        column=column,
    )


def _require_room(name: str, pmt_radius_cm: float, pitches: tuple[float, ...]) -> None:
    if pmt_radius_cm <= 0 or min(pitches) < 2 * pmt_radius_cm:
        raise ArgumentError(
            f"detector {name}: sensors of radius {pmt_radius_cm:g} cm overlap at a pitch of {min(pitches):.2f} cm;"
            " take fewer rows or columns, or a larger cap spacing"
        )


def _require_few(name: str, n_sensors: float) -> None:
    if n_sensors > MOST_SENSORS:
        raise ArgumentError(
            f"detector {name}: some {n_sensors:.3g} sensors, expected at most {MOST_SENSORS:,}; check the sizes"
        )


def _require_inside(name: str, barrel: tuple[float, float], cap: tuple[float, float]) -> None:
    """Grids end within the tank; each pair is a grid's end and the wall's."""
    for key, (grid, wall) in {"barrel_half_height_cm": barrel, "cap_reach_cm": cap}.items():
        if grid > wall:
            raise ArgumentError(f"detector {name}: {key} is {grid:g}, beyond the wall at {wall:g} cm; make it smaller")


def _barrel(radius: float, half_height: float, rows: int, columns: int) -> tuple[Tensor, ...]:
    azimuth = -math.pi + (torch.arange(columns, dtype=torch.float64) + 0.5) * (2 * math.pi / columns)
    height = -half_height + (torch.arange(rows, dtype=torch.float64) + 0.5) * (2 * half_height / rows)
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    row, column = row.reshape(-1), column.reshape(-1)
    outward = torch.stack([azimuth.cos(), azimuth.sin(), torch.zeros_like(azimuth)], -1)[column]
    position = outward * radius
    position[:, 2] = height[row]
    return position, -outward, torch.ones_like(row), row, column


def _cap(reach: float, half_height: float, spacing: float, surface: int) -> tuple[Tensor, ...]:
    """Grid points within `reach` of the axis, on the top (surface 0) or bottom (surface 2) cap."""
    per_side = math.ceil(reach / spacing)
    line = (torch.arange(-per_side, per_side, dtype=torch.float64) + 0.5) * spacing
    x, y = torch.meshgrid(line, line, indexing="ij")
    inside = x.square() + y.square() <= reach**2
    row, column = inside.nonzero(as_tuple=True)
    side = 1.0 if surface == 0 else -1.0
    z = torch.full_like(x[inside], side * half_height)
    normal = torch.zeros(len(z), 3, dtype=torch.float64)
    normal[:, 2] = -side
    position = torch.stack([x[inside], y[inside], z], -1)
    return position, normal, torch.full_like(row, surface), row - row.min(), column - column.min()
