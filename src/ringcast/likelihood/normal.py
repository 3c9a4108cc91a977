"""The normal law of the charge of a hit sensor, on all numbers or on positive charges only.

Symbols: q charge, mu = exp(log_mean) and s^2 = exp(log_variance) the parameters, a = mu / s, phi and Phi the density
and the distribution function of the standard normal law. On positive charges the density is N(q; mu, s^2) / Phi(a) and
the mean mu + s phi(a) / Phi(a) (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1, 2nd
edition, chapter 13).
"""

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["LOG_MEAN_CEILING", "LOG_VARIANCE_CEILING", "LOG_VARIANCE_FLOOR", "Support", "normal_draw",
           "normal_log_prob", "normal_mean"]  # fmt: skip

Support = Literal["positive", "real"]
"""Charges the law knows: above zero only, or the whole real line."""

LOG_VARIANCE_FLOOR = 2 * math.log(0.01)
"""Smallest log variance: a width of 0.01 pe, far below the spread of one photoelectron in any tube. Without it a
network can buy likelihood without limit by shrinking the width around a single charge."""
LOG_VARIANCE_CEILING = 2 * math.log(1e6)
"""Largest log variance, a width of a million pe: keeps the first steps of training finite."""
LOG_MEAN_CEILING = math.log(1e6)
"""Largest log mean, a million pe, for the same reason."""

_LOG_ROOT_TWO_PI = 0.5 * math.log(2 * math.pi)


def normal_log_prob(
    charge_pe: Float[Tensor, "*any"],
    log_mean: Float[Tensor, "*any"],
    log_variance: Float[Tensor, "*any"],
    support: Support,
) -> Float[Tensor, "*any"]:
    """Log density in 1/pe: log N(q; mu, s^2), minus log Phi(a) on positive charges.

    Example:
        >>> zero = torch.zeros(())
        >>> round(float(normal_log_prob(torch.tensor(1.0), zero, zero, "real")), 4)
        -0.9189
    """
    mu, log_s = _mean_and_log_width(log_mean, log_variance)
    inverse = (-log_s).exp()
    density = -0.5 * ((charge_pe - mu) * inverse).square() - log_s - _LOG_ROOT_TWO_PI
    return density if support == "real" else density - torch.special.log_ndtr(mu * inverse)


def normal_mean(
    log_mean: Float[Tensor, "*any"], log_variance: Float[Tensor, "*any"], support: Support
) -> Float[Tensor, "*any"]:
    """Mean charge of a hit in pe: mu, plus s phi(a) / Phi(a) on positive charges."""
    mu, log_s = _mean_and_log_width(log_mean, log_variance)
    if support == "real":
        return mu
    a = mu * (-log_s).exp()
    return mu + (log_s - 0.5 * a.square() - _LOG_ROOT_TWO_PI - torch.special.log_ndtr(a)).exp()


def normal_draw(
    log_mean: Float[Tensor, "*any"],
    log_variance: Float[Tensor, "*any"],
    support: Support,
    generator: torch.Generator | None,
) -> Float[Tensor, "*any"]:
    """Draw charges in pe by inverting the distribution function, in float64 so that the tails are right.

    With v uniform on (0, Phi(a)], q = mu - s Phi^-1(v) is above 0; with v uniform on (0, 1) it is the whole law.
    """
    mu, log_s = (x.double() for x in _mean_and_log_width(log_mean, log_variance))
    s = log_s.exp()
    tiny = torch.finfo(torch.float64).tiny
    v = torch.rand(mu.shape, dtype=torch.float64, device=mu.device, generator=generator).clamp_min(tiny)
    if support == "real":
        return (mu - s * torch.special.ndtri(v)).to(log_mean)
    charge = mu - s * torch.special.ndtri(v * torch.special.ndtr(mu / s))
    return charge.to(log_mean).clamp_min(torch.finfo(log_mean.dtype).tiny)


def _mean_and_log_width(log_mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
    bounded = log_variance.clamp(LOG_VARIANCE_FLOOR, LOG_VARIANCE_CEILING)
    return log_mean.clamp(max=LOG_MEAN_CEILING).exp(), 0.5 * bounded
