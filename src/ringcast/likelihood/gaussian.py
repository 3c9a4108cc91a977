"""The slide's head: for every sensor a chance to stay dark, and a normal law for the charge of a hit."""

from dataclasses import dataclass
from typing import get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import logsigmoid

from ringcast.errors import ArgumentError
from ringcast.events import Hits
from ringcast.likelihood.hit import locate
from ringcast.likelihood.normal import Support, normal_draw, normal_log_prob, normal_mean

__all__ = ["GaussianPrediction"]


@dataclass(frozen=True, kw_only=True)
class GaussianPrediction:
    """Independent sensors, each dark with probability sigmoid(unhit_logit), else with a normally distributed charge.

    For a hit the charge q has the parameters mu = exp(log_mean), s^2 = exp(log_variance). With ``support="positive"``
    the law is cut at q > 0 and renormalised by Phi(mu / s), so that P(dark) + integral over q > 0 is 1, and mu is its
    peak rather than its mean; a hit row without charge above zero counts as dark. With ``support="real"`` it is the
    slide's plain normal law over the whole line, which gives charges below zero a chance; it is kept for weights that
    were trained with it, and there every hit row counts. `normal.py` states the bounds of log_variance and log_mean.

    The head knows charges only: `log_prob` ignores times and `sample` gives the time 0.

    Raises:
        ArgumentError: The fields disagree in shape, or the support is neither word.

    Example:
        >>> zero = torch.zeros(1, 2)
        >>> fields = {"unhit_logit": zero, "log_variance": zero, "log_mean": zero}
        >>> dark = GaussianPrediction(**fields, pmt=torch.tensor([0, 1]), n_pmt=2)
        >>> nothing = Hits.of([], charge_pe=[], time_ns=[], start=[0, 0], n_pmt=2)
        >>> dark.log_prob(nothing).exp()
        tensor([0.2500])
    """

    unhit_logit: Float[Tensor, "batch predicted"]
    """Logit of the chance that a sensor sees nothing."""
    log_variance: Float[Tensor, "batch predicted"]
    """Log of the variance parameter in pe squared."""
    log_mean: Float[Tensor, "batch predicted"]
    """Log of the mean parameter in pe."""
    pmt: Int[Tensor, " predicted"]
    """Numbers of the detector's sensors it speaks of."""
    n_pmt: int
    """Sensors of the whole detector."""
    support: Support = "positive"
    """Charges a hit may have."""

    def __post_init__(self) -> None:
        shape = tuple(self.unhit_logit.shape)
        for name in ("log_variance", "log_mean"):
            if tuple(getattr(self, name).shape) != shape:
                found = tuple(getattr(self, name).shape)
                raise ArgumentError(f"GaussianPrediction {name} has shape {found}; expected {shape} as unhit_logit has")
        if shape[1:] != (len(self.pmt),):
            raise ArgumentError(f"GaussianPrediction fields have shape {shape}; expected (batch, {len(self.pmt)} pmt)")
        if self.support not in get_args(Support):
            raise ArgumentError(f"support is {self.support!r}; expected one of {', '.join(get_args(Support))}")

    def __len__(self) -> int:
        return len(self.unhit_logit)

    def log_prob(self, hits: Hits) -> Float[Tensor, " batch"]:
        """Log density of each event's hits, summed over the predicted sensors; hits on other sensors are ignored.

        The sum over all sensors of log P(dark), plus for each hit log P(hit) - log P(dark) = -unhit_logit and the log
        density of its charge.

        Raises:
            ArgumentError: The hits are from another detector, or their number is neither 1 nor the batch's.
        """
        index, charge_pe = locate(hits, self.pmt, self.n_pmt, len(self))
        if self.support == "positive" and bool((charge_pe <= 0).any()):
            index, charge_pe = index[charge_pe > 0], charge_pe[charge_pe > 0]
        logit, log_mean, log_variance = (
            field.reshape(-1).index_select(0, index) for field in (self.unhit_logit, self.log_mean, self.log_variance)
        )
        of_hits = normal_log_prob(charge_pe.to(logit), log_mean, log_variance, self.support) - logit
        return logsigmoid(self.unhit_logit).sum(-1).index_add(0, index // len(self.pmt), of_hits)

    @torch.no_grad()
    def sample(self, *, generator: torch.Generator | None = None) -> Hits:
        """Draw one event for each track; times are 0."""
        logit = self.unhit_logit
        draw = torch.rand(logit.shape, dtype=logit.dtype, device=logit.device, generator=generator)
        event, place = (draw < self.hit_probability).nonzero(as_tuple=True)
        parameters = self.log_mean[event, place], self.log_variance[event, place]
        charge_pe = normal_draw(*parameters, self.support, generator)
        start = torch.zeros(len(self) + 1, dtype=torch.int64)
        start[1:] = torch.bincount(event, minlength=len(self)).cumsum(0)
        return Hits(self.pmt[place].cpu(), charge_pe.cpu(), torch.zeros_like(charge_pe).cpu(), start, self.n_pmt)

    @property
    def hit_probability(self) -> Float[Tensor, "batch predicted"]:
        """Chance that a sensor is hit."""
        return torch.sigmoid(-self.unhit_logit)

    @property
    def mean_charge_pe(self) -> Float[Tensor, "batch predicted"]:
        """Expected charge of a sensor in photoelectrons, unhit counted as zero."""
        return self.hit_probability * normal_mean(self.log_mean, self.log_variance, self.support)
