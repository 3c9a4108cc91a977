"""Unrolled pictures: one pixel a sensor for networks, true positions on paper for people."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.geometry.detector import Detector

__all__ = ["surface_image", "surface_mask", "unroll_cm", "unrolled_position_cm"]


def surface_image(
    values: Float[Tensor, "batch pmt"], detector: Detector, surface: str, fill: float = 0.0
) -> Float[Tensor, "batch row col"]:
    """Spread one number per sensor over the picture of a surface; pixels without a sensor get `fill`.

    Example:
        >>> import torch
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("mini")
        >>> surface_image(torch.ones(2, len(tank)), tank, "barrel").shape
        torch.Size([2, 20, 40])
    """
    rows, columns = detector.image_shape(surface)
    on = detector.on(surface)
    image = values.new_full((len(values), rows, columns), fill)
    image[:, detector.row[on], detector.column[on]] = values[:, on]
    return image


def surface_mask(detector: Detector, surface: str) -> Bool[Tensor, "row col"]:
    """True where a pixel of the surface's picture has a sensor."""
    return surface_image(torch.ones(1, len(detector)), detector, surface)[0] > 0


def unrolled_position_cm(detector: Detector) -> Float[Tensor, "pmt 2"]:
    """Where each sensor lies when the tank is cut open and laid flat, in cm; see `unroll_cm` for the layout."""
    return unroll_cm(detector.position_cm, detector.surface, detector)


def unroll_cm(
    position_cm: Float[Tensor, "point 3"], surface: Int[Tensor, " point"], detector: Detector
) -> Float[Tensor, "point 2"]:
    """Where points of the wall lie when the tank is cut open and laid flat, in cm.

    The barrel is a rectangle, seen from outside, with azimuth running from -pi at the left to +pi at the right; the top
    cap touches its upper edge and the bottom cap its lower edge, both at azimuth 0, the middle of the picture. A cap
    point at azimuth 0 lies next to the barrel, so a ring that crosses the edge stays in one piece there.

    Args:
        position_cm: Points on the wall.
        surface: 0 top cap, 1 barrel, 2 bottom cap: a point of the rim belongs to both of its surfaces.
        detector: The tank.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> rim = torch.tensor([[100.0, 0.0, 100.0]]).expand(2, 3)
        >>> unroll_cm(rim, torch.tensor([0, 1]), load_detector("mini")).tolist()
        [[0.0, 100.0], [0.0, 100.0]]
    """
    x, y, z = position_cm.unbind(-1)
    flat = torch.stack([detector.radius_cm * torch.atan2(y, x), z], -1)
    beyond = detector.half_height_cm + detector.radius_cm
    for code, side in ((0, 1.0), (2, -1.0)):
        on = surface == code
        flat[on] = torch.stack([y[on], side * (beyond - x[on])], -1)
    return flat
