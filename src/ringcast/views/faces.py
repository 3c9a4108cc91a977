"""Sensors' faces as ellipses on the flat paper of the unrolled tank."""

from typing import NamedTuple

import numpy as np
import torch
from matplotlib.path import Path
from numpy.typing import NDArray

from ringcast.geometry import Detector, unrolled_position_cm

__all__ = ["Faces", "outline", "unrolled_faces"]

_UPRIGHT = 0.99
"""A face whose normal is closer to the wall's than this cosine is drawn as a circle."""


class Faces(NamedTuple):
    """What to draw, one row an ellipse; sensors across the barrel's cut have two."""

    row: NDArray[np.int64]
    """Sensor number."""
    centre_cm: NDArray[np.float64]
    width_cm: NDArray[np.float64]
    height_cm: NDArray[np.float64]
    angle_deg: NDArray[np.float64]
    """Of the width's axis to the horizontal."""


def unrolled_faces(detector: Detector) -> Faces:
    """The faces of all sensors as they look at right angles to the wall, in true size.

    A face that is tilted to its wall, as on the dome of a module, is narrower by the cosine of the tilt along it. A
    face that the cut of the barrel at azimuth 180 degrees divides is listed at both ends of the picture.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> faces = unrolled_faces(load_detector("wcte"))
        >>> len(faces.row) - 1843, round(float(faces.width_cm.min() / faces.height_cm.max()), 2)
        (6, 0.75)
    """
    flat = unrolled_position_cm(detector).double().numpy()
    along, across, inward = _normal_on_paper(detector)
    size = 2 * detector.pmt_radius_cm.double().numpy()
    tilted = inward < _UPRIGHT
    width = np.where(tilted, size * inward.clip(0, 1), size)
    angle = np.where(tilted, np.degrees(np.arctan2(across, along)), 0.0)
    half = np.pi * detector.radius_cm
    cut = np.flatnonzero((detector.surface.numpy() == 1) & (np.abs(flat[:, 0]) > half - size / 2))
    row = np.concatenate([np.arange(len(flat)), cut])
    centre = np.concatenate([flat, flat[cut] - np.array([2 * half, 0]) * np.sign(flat[cut, :1])])
    return Faces(row, centre, width[row], size[row], angle[row])


def _normal_on_paper(detector: Detector) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Components of the sensors' normals: to the right and up on paper, and into the tank."""
    normal, place = detector.normal.double(), detector.position_cm.double()
    x, y = torch.nn.functional.normalize(place[:, :2], dim=-1).unbind(-1)
    nx, ny, nz = normal.unbind(-1)
    barrel = detector.surface == 1
    side = torch.where(detector.surface == 0, 1.0, -1.0).double()
    right = torch.where(barrel, x * ny - y * nx, ny)
    up = torch.where(barrel, nz, -side * nx)
    inward = torch.where(barrel, -x * nx - y * ny, -side * nz)
    return right.numpy(), up.numpy(), inward.numpy()


def outline(radius_cm: float, half_height_cm: float) -> Path:
    """The edge of the barrel and of both caps on paper."""
    half, beyond = np.pi * radius_cm, half_height_cm + radius_cm
    corners = [(-half, -half_height_cm), (half, -half_height_cm), (half, half_height_cm), (-half, half_height_cm)]
    barrel = Path([*corners, corners[0]], closed=True)
    return Path.make_compound_path(barrel, *(Path.circle((0, side * beyond), radius_cm) for side in (1, -1)))
