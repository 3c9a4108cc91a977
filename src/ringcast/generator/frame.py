"""The ring's frame: coordinates in which every ring lies in the middle of the barrel's picture.

An upright barrel looks the same from every azimuth, so a network need not learn where around it a ring lies. The tank
is turned about its axis until the track's line meets the barrel at azimuth 0, and the painted picture is turned back by
as many columns. The height of that point takes the place of the vertex's height: it is where the ring lies.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from ringcast.geometry.distances import path_to_barrel_cm

__all__ = ["from_ring", "to_ring", "turned"]

_STEEPEST = 1e-3
"""Directions closer to the axis than this are treated as if they leaned by it: their line meets the barrel far away."""


def to_ring(
    position_cm: Float[Tensor, "batch 3"], direction: Float[Tensor, "batch 3"], radius_cm: float
) -> tuple[Float[Tensor, "batch 3"], Float[Tensor, "batch 3"], Float[Tensor, " batch"]]:
    """Position and direction in the ring's frame, and the azimuth in rad of the point ahead on the barrel.

    Example:
        >>> here, ahead, azimuth = to_ring(torch.tensor([[-9.0, 50.0, 10.0]]), torch.tensor([[0.0, 0.8, 0.6]]), 41.0)
        >>> here[0, 2], azimuth.rad2deg()
        (tensor(2.5000), tensor([102.6804]))
    """
    path = path_to_barrel_cm(position_cm, _leaning(direction), radius_cm)
    ahead = position_cm + path.unsqueeze(-1) * direction
    azimuth = torch.atan2(ahead[:, 1], ahead[:, 0])
    cos, sin = azimuth.cos(), azimuth.sin()
    height = ahead[:, 2]
    return _turn(position_cm, cos, sin, height), _turn(direction, cos, sin, direction[:, 2]), azimuth


def from_ring(
    position_cm: Float[Tensor, "batch 3"], direction: Float[Tensor, "batch 3"], radius_cm: float
) -> Float[Tensor, "batch 3"]:
    """Vertices of tracks that meet the barrel at azimuth 0, from their position in the ring's frame."""
    path = path_to_barrel_cm(position_cm, _leaning(direction), radius_cm)
    height = position_cm[:, 2] - path * direction[:, 2]
    return torch.stack([position_cm[:, 0], position_cm[:, 1], height], -1)


def turned(
    picture: Float[Tensor, "batch channel row col"], azimuth_rad: Float[Tensor, " batch"]
) -> Float[Tensor, "batch channel row col"]:
    """Turn pictures of the whole barrel about the axis, by any angle; between columns they are blended linearly.

    Example:
        >>> turned(torch.tensor([[[[1.0, 0.0, 0.0, 0.0]]]]), torch.tensor([torch.pi * 0.75])).round(decimals=3)
        tensor([[[[0.0000, 0.5000, 0.5000, 0.0000]]]])
    """
    columns = picture.shape[-1]
    shift = azimuth_rad * (columns / (2 * torch.pi))
    whole = shift.detach().floor()
    part = (shift - whole).reshape(-1, 1, 1, 1).to(picture.dtype)
    blended = picture + part * (picture.roll(1, -1) - picture)
    place = (torch.arange(columns, device=picture.device) - whole.to(torch.int64).unsqueeze(-1)) % columns
    return blended.gather(-1, place[:, None, None, :].expand(picture.shape))


def _leaning(direction: Tensor) -> Tensor:
    """Directions with at least a little lean, so that their line meets the barrel."""
    across = direction[:, :2].norm(dim=-1, keepdim=True)
    least = torch.tensor([_STEEPEST, 0.0], dtype=direction.dtype, device=direction.device)
    heading = torch.where(across > _STEEPEST, direction[:, :2], least)
    return torch.cat([heading, direction[:, 2:]], -1)


def _turn(vector: Tensor, cos: Tensor, sin: Tensor, height: Tensor) -> Tensor:
    x, y = vector[:, 0], vector[:, 1]
    return torch.stack([cos * x + sin * y, cos * y - sin * x, height], -1)
