"""What the fit asks of a model, and nothing more."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.events import Hits, Track

__all__ = ["Prediction", "Predictor"]


@runtime_checkable
class Prediction(Protocol):
    """A distribution over the hits of a batch of tracks."""

    pmt: Int[Tensor, " predicted"]
    """Numbers of the detector's sensors it speaks of; hits on other sensors are ignored."""
    n_pmt: int
    """Sensors of the whole detector."""

    def log_prob(self, hits: Hits) -> Float[Tensor, " batch"]:
        """Log density of one event's hits under each track of the batch, summed over the predicted sensors."""
        ...

    def sample(self, *, generator: torch.Generator | None = None) -> Hits:
        """Draw one event for each track of the batch."""
        ...

    @property
    def hit_probability(self) -> Float[Tensor, "batch predicted"]:
        """Chance that a sensor is hit."""
        ...

    @property
    def mean_charge_pe(self) -> Float[Tensor, "batch predicted"]:
        """Expected charge of a sensor in photoelectrons, unhit counted as zero."""
        ...


@runtime_checkable
class Predictor(Protocol):
    """Anything that turns tracks into a prediction: a trained network, or a formula in a test."""

    def __call__(self, track: Track) -> Prediction:
        """Predict the hits of a batch of tracks; differentiable in the fields of the track."""
        ...
