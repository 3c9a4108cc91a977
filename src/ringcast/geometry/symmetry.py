"""Symmetries of an upright barrel with an even grid of sensors: turns by whole columns, a mirror, and upside down.

A symmetry moves every sensor of the barrel onto another one, so an event and its moved image are equally likely. With C
columns there are 4 C of them; number k stands for ((turn * 2 + mirror) * 2 + flip) with, in this order of action,

* mirror: azimuth changes sign, y -> -y, column c -> C - 1 - c;
* flip: z -> -z, row r -> R - 1 - r;
* turn by t columns: azimuth grows by 2 pi t / C, column c -> (c + t) mod C.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.geometry.detector import Detector

__all__ = ["BarrelSymmetry", "barrel_symmetry"]


@dataclass(frozen=True)
class BarrelSymmetry:
    """The symmetries of one barrel; build it with `barrel_symmetry`.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> symmetry = barrel_symmetry(load_detector("iwcd-grid"))
        >>> symmetry.count, symmetry.matrix(torch.tensor([2]))[0].diagonal()
        (672, tensor([ 1., -1.,  1.]))
    """

    number: Int[Tensor, "row col"]
    """Sensor number at each pixel of the barrel's picture."""
    row: Int[Tensor, " pmt"]
    """Row of each sensor of the detector; -1 off the barrel."""
    column: Int[Tensor, " pmt"]
    """Column of each sensor of the detector; -1 off the barrel."""

    @property
    def count(self) -> int:
        """How many symmetries there are; number 0 leaves everything where it is."""
        return 4 * self.number.shape[1]

    def draw(self, n: int, *, generator: torch.Generator | None = None) -> Int[Tensor, " n"]:
        """Numbers of n random symmetries, all equally likely."""
        return torch.randint(self.count, (n,), generator=generator)

    def matrix(self, symmetry: Int[Tensor, " batch"]) -> Float[Tensor, "batch 3 3"]:
        """Matrices that move positions and directions as columns, ``moved = matrix @ vector``."""
        turn, mirror, flip = _parts(symmetry)
        angle = turn * (2 * math.pi / self.number.shape[1])
        cos, sin, side = angle.cos(), angle.sin(), (1 - 2 * mirror).to(angle)
        matrix = angle.new_zeros(*symmetry.shape, 3, 3)
        matrix[..., 0, 0], matrix[..., 0, 1] = cos, -sin * side
        matrix[..., 1, 0], matrix[..., 1, 1] = sin, cos * side
        matrix[..., 2, 2] = (1 - 2 * flip).to(angle)
        return matrix

    def renumber(self, symmetry: Int[Tensor, " hit"], pmt: Int[Tensor, " hit"]) -> Int[Tensor, " hit"]:
        """Sensor onto which each sensor moves; one symmetry for each.

        Raises:
            ArgumentError: A sensor is not on the barrel; the square grid of a cap has no such symmetries.
        """
        turn, mirror, flip = _parts(symmetry)
        rows, columns = self.number.shape
        row, column = self.row[pmt], self.column[pmt]
        if len(pmt) and int(row.min()) < 0:
            off = int(pmt[row.argmin()])
            raise ArgumentError(f"sensor {off} is not on the barrel; take only barrel hits, those of Detector.on")
        row = torch.where(flip == 1, rows - 1 - row, row)
        column = torch.where(mirror == 1, columns - 1 - column, column) + turn
        return self.number[row, torch.where(column >= columns, column - columns, column)]


def barrel_symmetry(detector: Detector) -> BarrelSymmetry:
    """The symmetries of a detector's barrel.

    Raises:
        ArgumentError: The barrel has a pixel without a sensor, or a sensor off the even grid by over a tenth of its
            radius: azimuth -pi + (column + 1/2) 2 pi / C, and heights symmetric about the middle plane.
    """
    rows, columns = detector.image_shape("barrel")
    on = detector.on("barrel")
    number = torch.full((rows, columns), -1, dtype=torch.int64)
    number[detector.row[on], detector.column[on]] = on
    if len(on) != rows * columns or int(number.min()) < 0:
        raise ArgumentError(
            f"detector {detector.name} has {len(on)} barrel sensors on a picture of {rows} x {columns};"
            " symmetries need exactly one for each pixel, so train without them"
        )
    _require_even(detector, number)
    row, column = torch.full((2, len(detector)), -1, dtype=torch.int64)
    row[on], column[on] = detector.row[on], detector.column[on]
    return BarrelSymmetry(number, row, column)


def _require_even(detector: Detector, number: Tensor) -> None:
    position = detector.position_cm[number].double()
    columns = number.shape[1]
    azimuth = -math.pi + (torch.arange(columns, dtype=torch.float64) + 0.5) * (2 * math.pi / columns)
    even = torch.stack([azimuth.cos(), azimuth.sin()], -1) * detector.radius_cm
    off = (position[..., :2] - even).norm(dim=-1) + (position[..., 2] + position.flip(0)[..., 2]).abs()
    worst = float((off / detector.pmt_radius_cm[number]).max())
    if worst > 0.1:
        raise ArgumentError(
            f"detector {detector.name}: a barrel sensor is {worst:.2f} of its radius off the even grid;"
            " symmetries need an even grid, so train without them"
        )


def _parts(symmetry: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turn in columns, mirror and flip as 0 or 1."""
    return symmetry // 4, symmetry // 2 % 2, symmetry % 2
