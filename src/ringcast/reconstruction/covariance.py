"""Errors of a fit from the curvature of its likelihood."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.events import Track
from ringcast.reconstruction.coordinates import displaced
from ringcast.reconstruction.objective import EventLikelihood

__all__ = ["PARAMETERS", "covariance_at", "inverted"]

PARAMETERS = ("x_cm", "y_cm", "z_cm", "transverse_1_rad", "transverse_2_rad", "energy_mev")
"""Rows and columns of a covariance: the vertex; the angles by which `displaced` turns the fitted direction along the
two vectors of its `transverse_basis`; the kinetic energy."""

_PROBE = torch.tensor([1.0, 1.0, 1.0, 0.01, 0.01, 0.01], dtype=torch.float64)
_LONGEST = torch.tensor([50.0, 50.0, 50.0, 0.3, 0.3, 0.3], dtype=torch.float64)


def covariance_at(
    track: Track, event: Int[Tensor, " row"], likelihood: EventLikelihood, step: float
) -> tuple[Float[Tensor, "row 6 6"], Bool[Tensor, " row"]]:
    """Covariance of `PARAMETERS` at minima of the nll.

    The Hessian is taken from central differences of the gradient and made symmetric. The difference in parameter k
    spans `step` / F_kk^(1/2) to both sides, with F from `EventLikelihood.fisher`: about the standard deviation that
    parameter would have alone, so that kinks of the likelihood average out. Steps end at 50 cm, 0.3 rad and 30 % of the
    energy. The last two entries of a step in energy are relative to the fitted energy.

    Args:
        track: Fitted tracks.
        event: The event that each belongs to.
        likelihood: The hits and the predictor.
        step: Steps in standard deviations.

    Returns:
        The covariance, NaN where it is not valid; and whether it is valid.
    """
    track = track.to(torch.float64)
    scale = torch.ones(len(track), 6, dtype=torch.float64)
    scale[:, 5] = track.energy_mev

    def moved(rows: Tensor, offset: Tensor) -> Track:
        return displaced(track[rows], offset * scale[rows])

    origin = torch.zeros_like(scale)
    information = likelihood.fisher(moved, origin, _PROBE).diagonal(dim1=-2, dim2=-1)
    width = torch.minimum(step / information.clamp_min(1e-12).sqrt(), _LONGEST)
    columns = []
    for k in range(6):
        offset = torch.zeros_like(scale)
        offset[:, k] = width[:, k]
        _, above = likelihood.nll_and_gradient(moved, event, offset)
        _, below = likelihood.nll_and_gradient(moved, event, -offset)
        columns.append((above - below) / (2 * width[:, k : k + 1]))
    covariance, valid = inverted(torch.stack(columns, -1), width)
    return covariance * scale.unsqueeze(-1) * scale.unsqueeze(-2), valid


def inverted(
    hessian: Float[Tensor, "row 6 6"], unit: Float[Tensor, "row 6"]
) -> tuple[Float[Tensor, "row 6 6"], Bool[Tensor, " row"]]:
    """Inverse of the symmetric part of Hessians, where they are finite and positive definite.

    Args:
        hessian: Second derivatives.
        unit: A natural size of each parameter, in which positive definiteness is judged.

    Returns:
        The inverse, filled with NaN where it does not exist; and where it does.
    """
    scaled = (hessian + hessian.transpose(-1, -2)) / 2 * unit.unsqueeze(-1) * unit.unsqueeze(-2)
    finite = torch.isfinite(scaled).all(-1).all(-1)
    identity = torch.eye(hessian.shape[-1], dtype=hessian.dtype)
    safe = torch.where(finite.reshape(-1, 1, 1), scaled, identity)
    valid = finite & (torch.linalg.eigvalsh(safe)[:, 0] > 1e-6)
    inverse = torch.linalg.inv(torch.where(valid.reshape(-1, 1, 1), safe, identity))
    inverse = (inverse + inverse.transpose(-1, -2)) / 2 * unit.unsqueeze(-1) * unit.unsqueeze(-2)
    return torch.where(valid.reshape(-1, 1, 1), inverse, torch.nan), valid
