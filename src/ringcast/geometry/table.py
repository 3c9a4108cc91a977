"""A detector from a table of sensors, as WCSim and DataTools write them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from ringcast.errors import FileError
from ringcast.geometry.detector import Detector, in_front_cm, stands_on_wall

__all__ = ["detector_from_table", "read_table"]

_OUTER = 3  # WCSim location code of outer-detector tubes; newer files have 4 too
_INTEGER_COLUMNS = ("cyl_location", "row", "column")
_MISPLACED_SHARE = 0.01  # six of 11,146 inner tubes in the one known file that has such; more is another tank shape


def read_table(path: Path) -> dict[str, np.ndarray]:
    """Read a sensor table in DataTools' npz form: positions, orientations and, where given, locations and pixels.

    Raises:
        FileError: The file is no npz archive, lacks positions or orientations, or a column is of another length.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            columns = {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        raise FileError(f"{path}: no such file; expected a sensor table (npz)") from None
    except OSError as reason:
        raise FileError(
            f"{path}: cannot be read ({reason.strerror or reason}); expected a sensor table (npz)"
        ) from None
    except (TypeError, AttributeError, ValueError, EOFError, BadZipFile):  # not npz, such as npy; or cut short
        raise FileError(
            f"{path}: not a whole npz file; expected a sensor table, so write it with numpy.savez"
        ) from None
    for key in ("position", "orientation"):
        plural = f"{key}s"
        if key not in columns and plural in columns:
            columns[key] = columns[plural]
        shape = columns[key].shape if key in columns else None
        if shape is None or len(shape) != 2 or shape[1] != 3:
            raise FileError(f"{path}: {key} has shape {shape}; expected (sensors, 3) in cm")
        if columns[key].dtype.kind not in "iuf" or not bool(np.isfinite(columns[key]).all()):
            raise FileError(f"{path}: {key} holds entries that are not finite numbers; expected lengths in cm")
    _require_same_lengths(path, columns)
    return columns


def _require_same_lengths(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    n = len(columns["position"])
    for key in ("orientation", *_INTEGER_COLUMNS):
        if key in columns and len(columns[key]) != n:
            raise FileError(f"{path}: {key} has {len(columns[key])} rows; expected {n}, as position has")
        if key in _INTEGER_COLUMNS and key in columns and columns[key].dtype.kind not in "iu":
            raise FileError(f"{path}: {key} has dtype {columns[key].dtype}; expected integers")


def detector_from_table(
    path: Path | str,
    *,
    name: str,
    pmt_type: str,
    pmt_radius_cm: float,
    description: str = "",
    wall_cm: tuple[float | None, float | None] = (None, None),
    behind_face_cm: float = 0.0,
    misplaced_allowed: bool = True,
) -> tuple[Detector, Tensor]:
    """Build a detector of a table's inner sensors, and say which row of the table each of them is.

    Args:
        path: npz with `position` and `orientation` (n, 3) in cm, axis along z; optional `cyl_location` (0 top,
            1 barrel, 2 bottom, 3 and more outer), `row` and `column` of each sensor's pixel.
        name: Name of the detector.
        pmt_type: Key of the sensor tables.
        pmt_radius_cm: Radius of a sensor's face.
        description: What it is and where it comes from.
        wall_cm: Radius and half height of the wall; None takes the median of the sensors there, which suits single
            tubes but not modules, whose tubes stand at several depths.
        behind_face_cm: How far the table's positions lie behind the faces; the detector has those of the faces.
        misplaced_allowed: Leave out inner sensors that are not on the wall, if they are no more than one in a hundred,
            as some tables of others have; none may be otherwise.

    Returns:
        The detector, and the table rows it keeps (outer sensors, and tubes whose location disagrees with their
        place, are left out).

    Raises:
        FileError: The table cannot be read, holds no inner sensors, or is of no cylinder along z.
    """
    columns = read_table(Path(path))
    position = torch.as_tensor(columns["position"], dtype=torch.float64)
    normal = torch.nn.functional.normalize(torch.as_tensor(columns["orientation"], dtype=torch.float64), dim=-1)
    surface = _surface(columns, position, normal)
    position = position + behind_face_cm * normal
    distance, height = position[:, :2].norm(dim=-1), position[:, 2].abs()
    inner = surface < _OUTER
    if not bool(inner.any()):
        raise FileError(f"{path}: all {len(position)} sensors are outer ones; expected some with location 0, 1 or 2")
    radius = wall_cm[0] or _median(distance[inner & (surface == 1)], distance[inner])
    half_height = wall_cm[1] or _median(height[inner & (surface != 1)], height[inner])
    face_cm = torch.full_like(distance, pmt_radius_cm)
    in_place = stands_on_wall(in_front_cm(position, surface, (radius, half_height)), face_cm)
    kept = (inner & in_place).nonzero().squeeze(-1)
    _require_cylinder(path, inner, in_place, misplaced_allowed=misplaced_allowed)
    pixel = _pixels(columns, len(position))
    detector = Detector(
        name=name,
        description=description,
        radius_cm=radius,
        half_height_cm=half_height,
        pmt_type=pmt_type,
        position_cm=position[kept],
        normal=normal[kept],
        pmt_radius_cm=face_cm[kept],
        surface=surface[kept],
        row=pixel[0][kept],
        column=pixel[1][kept],
    )
    return detector, kept


def _require_cylinder(path: Path | str, inner: Tensor, in_place: Tensor, *, misplaced_allowed: bool) -> None:
    off, n_inner = (inner & ~in_place).nonzero().flatten().tolist(), int(inner.sum())
    if len(off) > (max(1, _MISPLACED_SHARE * n_inner) if misplaced_allowed else 0):
        raise FileError(
            f"{path}: {len(off)} of {n_inner} sensors lie off a cylinder along z about the origin, row {off[0]} first;"
            " correct them, or if the tank's axis is y, or its centre elsewhere, turn and shift the table"
        )


def _surface(columns: Mapping[str, Any], position: Tensor, normal: Tensor) -> Tensor:
    if "cyl_location" in columns:
        return torch.as_tensor(columns["cyl_location"]).to(torch.int64)
    on_cap = normal[:, 2].abs() > 0.7  # tubes of modules look up to 36 degrees aside: 0.59 on the barrel, 0.81 on caps
    return torch.where(on_cap, torch.where(position[:, 2] > 0, 0, 2), 1)


def _pixels(columns: Mapping[str, Any], n: int) -> tuple[Tensor, Tensor]:
    if "row" in columns and "column" in columns:
        return tuple(torch.as_tensor(columns[key]).to(torch.int64) for key in ("row", "column"))  # type: ignore[return-value]
    return torch.full((n,), -1), torch.full((n,), -1)


def _median(values: Tensor, otherwise: Tensor) -> float:
    return float(values.median() if len(values) else otherwise.max())
