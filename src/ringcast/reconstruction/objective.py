"""The negative log-likelihood of many tracks, a few at a time, with its gradient."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.events import Hits, Track
from ringcast.likelihood import Predictor

__all__ = ["EventLikelihood", "TrackMap"]

TrackMap = Callable[[Tensor, Tensor], Track]
"""From row numbers (row,) and parameters (row, 6) to one track for each row, differentiably."""


@dataclass(frozen=True)
class EventLikelihood:
    """Hits of several events under a predictor, asked in pieces so that memory stays bounded."""

    hits: Hits
    predictor: Predictor
    predicted: Int[Tensor, " predicted"]
    """Sensors that the predictor speaks of."""
    rows_per_call: int
    """Tracks given to the predictor at once."""
    dtype: torch.dtype
    """Numbers handed to the predictor."""

    def __getitem__(self, events: Int[Tensor, " picked"]) -> "EventLikelihood":
        return replace(self, hits=self.hits[events])

    @property
    def seen(self) -> Hits:
        """The hits on the sensors that the predictor speaks of."""
        return self.hits.select(self.predicted)

    def nll(self, track: Track, event: Int[Tensor, " row"]) -> Float[Tensor, " row"]:
        """Negative log-likelihood of each track for the event it is paired with; float64, no derivative."""
        with torch.no_grad():
            parts = [
                -self.predictor(track[rows].to(self.dtype)).log_prob(self.hits[event[rows]])
                for rows in self._pieces(len(track))
            ]
        return torch.cat([torch.zeros(0, dtype=torch.float64), *(part.double() for part in parts)])

    def nll_and_gradient(
        self, to_track: TrackMap, event: Int[Tensor, " row"], parameters: Float[Tensor, "row 6"]
    ) -> tuple[Float[Tensor, " row"], Float[Tensor, "row 6"]]:
        """Value and gradient in the parameters, row by row; float64."""
        values, gradients = [], []
        for rows in self._pieces(len(parameters)):
            free = parameters[rows].detach().requires_grad_()
            track = to_track(rows, free).to(self.dtype)
            value = -self.predictor(track).log_prob(self.hits[event[rows]])
            gradients.append(torch.autograd.grad(value.sum(), free)[0])
            values.append(value.detach().double())
        return torch.cat(values), torch.cat(gradients)

    def mean_charge_pe(self, track: Track) -> Float[Tensor, "row predicted"]:
        """Expected charge of every predicted sensor in photoelectrons."""
        with torch.no_grad():
            parts = [
                self.predictor(track[rows].to(self.dtype)).mean_charge_pe.double() for rows in self._pieces(len(track))
            ]
        return torch.cat(parts)

    def total_charge_pe(self, track: Track) -> Float[Tensor, " row"]:
        """Expected charge summed over the predicted sensors in photoelectrons."""
        return torch.cat([self.mean_charge_pe(track[rows]).sum(-1) for rows in self._pieces(len(track))])

    def fisher(
        self, to_track: TrackMap, parameters: Float[Tensor, "row 6"], step: Float[Tensor, " 6"]
    ) -> Float[Tensor, "row 6 6"]:
        """Information that Poisson-like charges hold on the parameters.

        With m_i the mean charge of sensor i and forward differences D_k for the derivative in parameter k,
        F_kl = sum_i D_k m_i D_l m_i / (m_i + 0.01 pe). It is an estimate of the Hessian of the nll that is never
        negative and needs no gradient: a metric to start a minimiser with, not an error of a fit. The 0.01 pe keeps
        sensors that expect nothing from being divided by zero.
        """
        return torch.cat([self._fisher(to_track, rows, parameters, step) for rows in self._pieces(len(parameters))])

    def _fisher(self, to_track: TrackMap, rows: Tensor, parameters: Tensor, step: Tensor) -> Tensor:
        here = parameters[rows]
        base = self.mean_charge_pe(to_track(rows, here))
        moved = [self.mean_charge_pe(to_track(rows, here + step.diag()[k])) for k in range(len(step))]
        slope = (torch.stack(moved, 1) - base.unsqueeze(1)) / step.reshape(1, -1, 1)
        return torch.einsum("rkp,rlp,rp->rkl", slope, slope, 1 / (base.clamp_min(0) + 0.01))

    def _pieces(self, n: int) -> Iterator[Tensor]:
        for first in range(0, n, self.rows_per_call):
            yield torch.arange(first, min(first + self.rows_per_call, n))
