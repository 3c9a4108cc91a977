"""Distances inside a cylinder."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ringcast.geometry.detector import Detector

__all__ = ["distance_to_wall_cm", "inside", "path_to_wall_cm"]


def distance_to_wall_cm(position_cm: Float[Tensor, "batch 3"], detector: Detector) -> Float[Tensor, " batch"]:
    """Shortest distance to the wall in cm; negative outside.

    Example:
        >>> import torch
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("iwcd-grid")
        >>> distance_to_wall_cm(torch.tensor([[0.0, 0.0, 450.0]]), tank)
        tensor([50.])
    """
    to_barrel = detector.radius_cm - position_cm[..., :2].norm(dim=-1)
    to_cap = detector.half_height_cm - position_cm[..., 2].abs()
    return torch.minimum(to_barrel, to_cap)


def inside(position_cm: Float[Tensor, "batch 3"], detector: Detector) -> Bool[Tensor, " batch"]:
    """Whether points lie inside the tank."""
    return distance_to_wall_cm(position_cm, detector) > 0


def path_to_wall_cm(
    position_cm: Float[Tensor, "batch 3"], direction: Float[Tensor, "batch 3"], detector: Detector
) -> Float[Tensor, " batch"]:
    """Distance from points inside to the wall along a direction, in cm (the field's "to-wall").

    The barrel is at the larger root of |p + t d|^2 = R^2 in the plane, a cap at (H - s z) / (s d_z) with s the sign
    of d_z; the nearer of the two is the wall.
    """
    across, heading = position_cm[..., :2], direction[..., :2]
    a = heading.square().sum(-1)
    b = (across * heading).sum(-1)
    c = across.square().sum(-1) - detector.radius_cm**2
    root = (b.square() - a * c).clamp_min(0).sqrt()
    far = torch.full_like(a, torch.inf)
    to_barrel = torch.where(a > 1e-12, (root - b) / a.clamp_min(1e-12), far)
    along = direction[..., 2]
    gap = detector.half_height_cm - along.sign() * position_cm[..., 2]
    to_cap = torch.where(along.abs() > 1e-12, gap / along.abs().clamp_min(1e-12), far)
    return torch.minimum(to_barrel, to_cap)
