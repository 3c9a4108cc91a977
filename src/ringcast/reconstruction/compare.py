"""How far fits are from the truth: pure numbers, no file and no figure."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Track
from ringcast.reconstruction.result import Fit
from ringcast.reconstruction.status import Status

__all__ = ["Comparison", "Errors", "compare", "errors_of"]


@dataclass(frozen=True)
class Errors:
    """Distances of tracks from true tracks."""

    position_cm: Float[Tensor, " event"]
    """Distance of the vertex."""
    along_cm: Float[Tensor, " event"]
    """Its part along the true direction; positive is ahead of the true vertex."""
    angle_rad: Float[Tensor, " event"]
    """Angle between the directions."""
    energy_fraction: Float[Tensor, " event"]
    """(energy - true energy) / true energy, of kinetic energies."""

    def medians(self, events: Bool[Tensor, " event"]) -> tuple[float, float, float]:
        """Median distance in cm, angle in rad and size of the energy fraction over chosen events; NaN if none."""
        columns = (self.position_cm, self.angle_rad, self.energy_fraction.abs())
        return tuple(float(torch.quantile(c[events], 0.5)) if bool(events.any()) else torch.nan for c in columns)  # type: ignore[return-value]


@dataclass(frozen=True)
class Comparison:
    """Seeds and fits of one hypothesis for each event, against the truth."""

    seed: Errors
    fit: Errors
    fitted: Bool[Tensor, " event"]
    """Whether there is a fit at all: others are placeholders and must not be counted."""
    right_particle: Bool[Tensor, " event"]
    """Whether the fit is of the true particle."""


def compare(fit: Fit, truth: Track) -> Comparison:
    """Compare the best hypothesis of every event, or the only one, with the true tracks.

    Raises:
        ArgumentError: There is not one true track for each event.

    Example:
        >>> truth = Track("e-", 100.0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
        >>> near = Track("e-", 110.0, (3.0, 4.0, 0.0), (0.0, 0.6, 0.8))
        >>> errors = errors_of(near, truth)
        >>> errors.position_cm, errors.energy_fraction
        (tensor([5.], dtype=torch.float64), tensor([0.1000], dtype=torch.float64))
    """
    if len(fit) != len(truth):
        raise ArgumentError(f"compare got fits of {len(fit)} events and {len(truth)} true tracks; expected one each")
    chosen = fit.best if len(fit.hypotheses) > 1 else fit
    code = chosen.code[:, 0]
    fitted = (code != int(Status.TOO_FEW_HITS)) & (code != int(Status.NOT_FINITE))
    return Comparison(
        seed=errors_of(chosen.seed, truth),
        fit=errors_of(chosen.track, truth),
        fitted=fitted,
        right_particle=fitted & (chosen.track.pdg == truth.pdg),
    )


def errors_of(track: Track, truth: Track) -> Errors:
    """Distances of tracks from as many true tracks.

    The angle is 2 arctan2(|a - b|, |a + b|) of the unit vectors a and b, which keeps its digits near zero.
    """
    apart = track.position_cm.double() - truth.position_cm.double()
    a, b = (torch.nn.functional.normalize(t.direction.double(), dim=-1) for t in (track, truth))
    true_energy = truth.energy_mev.double()
    return Errors(
        position_cm=apart.norm(dim=-1),
        along_cm=(apart * b).sum(-1),
        angle_rad=2 * torch.atan2((a - b).norm(dim=-1), (a + b).norm(dim=-1)),
        energy_fraction=(track.energy_mev.double() - true_energy) / true_energy,
    )
