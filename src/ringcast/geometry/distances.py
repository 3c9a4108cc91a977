"""Distances inside a cylinder."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.geometry.detector import Detector

__all__ = ["distance_to_wall_cm", "inside", "path_to_barrel_cm", "path_to_wall_cm", "surface_ahead"]


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

    A cap is at (H - s z) / (s d_z) with s the sign of d_z; the nearer of cap and barrel is the wall.
    """
    return torch.minimum(
        path_to_barrel_cm(position_cm, direction, detector.radius_cm), _path_to_cap_cm(position_cm, direction, detector)
    )


def path_to_barrel_cm(
    position_cm: Float[Tensor, "batch 3"], direction: Float[Tensor, "batch 3"], radius_cm: float
) -> Float[Tensor, " batch"]:
    """Distance along a direction to an endless barrel: the larger root of |p + t d|^2 = R^2 in the plane, in cm."""
    across, heading = position_cm[..., :2], direction[..., :2]
    a = heading.square().sum(-1)
    b = (across * heading).sum(-1)
    c = across.square().sum(-1) - radius_cm**2
    root = (b.square() - a * c).clamp_min(0).sqrt()
    return torch.where(a > 1e-12, (root - b) / a.clamp_min(1e-12), torch.full_like(a, torch.inf))


def surface_ahead(
    position_cm: Float[Tensor, "batch 3"], direction: Float[Tensor, "batch 3"], detector: Detector
) -> Int[Tensor, " batch"]:
    """The surface through which a line leaves the tank: 0 top, 1 barrel, 2 bottom, as in `Detector.surface`.

    Example:
        >>> import torch
        >>> from ringcast.geometry import load_detector
        >>> middle = torch.zeros(3, 3)
        >>> surface_ahead(middle, torch.eye(3)[[0, 2, 2]] * torch.tensor([[1.0], [1.0], [-1.0]]), load_detector("mini"))
        tensor([1, 0, 2])
    """
    to_barrel = path_to_barrel_cm(position_cm, direction, detector.radius_cm)
    to_cap = _path_to_cap_cm(position_cm, direction, detector)
    cap = torch.where(direction[..., 2] > 0, 0, 2)
    return torch.where(to_barrel <= to_cap, 1, cap)


def _path_to_cap_cm(position_cm: Tensor, direction: Tensor, detector: Detector) -> Tensor:
    along = direction[..., 2]
    gap = detector.half_height_cm - along.sign() * position_cm[..., 2]
    far = torch.full_like(along, torch.inf)
    return torch.where(along.abs() > 1e-12, gap / along.abs().clamp_min(1e-12), far)
