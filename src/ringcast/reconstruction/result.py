"""`Fit`: what the reconstruction says of each event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Track
from ringcast.reconstruction.status import USABLE, Status

__all__ = ["Fit", "fit_from_arrays", "fit_to_arrays"]

_TRACK_FIELDS = ("pdg", "energy_mev", "position_cm", "direction", "time_ns")
_GRID_FIELDS = ("nll", "covariance", "covariance_ok", "code", "evaluations")


@dataclass(frozen=True)
class Fit:
    """Fits of a batch of events under one or more hypotheses.

    `track` and `seed` are flat: the fit of event i under hypothesis j is their row i * len(hypotheses) + j. All other
    fields have the axes (event, hypothesis). The time of a track is that of the start that led to it, because the
    predictions fitted so far know charges only.

    Raises:
        ArgumentError: The fields disagree in size.
    """

    hypotheses: tuple[str, ...]
    """The particles tried, or ("best",) where the rows differ."""
    track: Track
    """The fitted tracks; a placeholder where `code` says that nothing was fitted."""
    seed: Track
    """What the hits say before any likelihood: vertex from the times, direction from the charges, energy from the total
    charge. Light comes from along the track, so the vertex lies ahead of the true one; the fit starts behind it too."""
    nll: Float[Tensor, "event hypothesis"]
    """Negative log-likelihood at the track; NaN where nothing was fitted."""
    covariance: Float[Tensor, "event hypothesis 6 6"]
    """Covariance of x, y, z in cm, two transverse angles in rad and the kinetic energy in MeV (see `PARAMETERS`); NaN
    where `covariance_ok` is False."""
    covariance_ok: Bool[Tensor, "event hypothesis"]
    """Whether the Hessian was positive definite at a minimum."""
    code: Int[Tensor, "event hypothesis"]
    """How it ended: a `Status` as a number."""
    evaluations: Int[Tensor, "event hypothesis"]
    """Evaluations of value and gradient by the start that won."""

    def __post_init__(self) -> None:
        shape = (len(self.nll), len(self.hypotheses))
        if len(self.track) != shape[0] * shape[1] or len(self.seed) != len(self.track):
            raise ArgumentError(
                f"Fit has {len(self.track)} tracks and {len(self.seed)} seeds; expected {shape} of each"
            )
        for name in _GRID_FIELDS:
            if tuple(getattr(self, name).shape[:2]) != shape:
                raise ArgumentError(f"Fit {name} has shape {tuple(getattr(self, name).shape)}; expected {shape} first")

    def __len__(self) -> int:
        return len(self.nll)

    def __getitem__(self, events: Int[Tensor, " picked"]) -> "Fit":
        n = len(self.hypotheses)
        flat = (events.unsqueeze(-1) * n + torch.arange(n)).reshape(-1)
        grids = {name: getattr(self, name)[events] for name in _GRID_FIELDS}
        return Fit(self.hypotheses, self.track[flat], self.seed[flat], **grids)

    @property
    def converged(self) -> Bool[Tensor, "event hypothesis"]:
        """Fits that ended in a minimum."""
        return torch.isin(self.code, torch.tensor([int(s) for s in USABLE]))

    @property
    def status(self) -> list[list[str]]:
        """A sentence for every event and hypothesis."""
        rows = zip(self.code.tolist(), self.covariance_ok.tolist(), strict=True)
        return [[_sentence(Status(c), valid=v) for c, v in zip(*row, strict=True)] for row in rows]

    @property
    def best(self) -> "Fit":
        """For every event the hypothesis of lowest nll, as a fit with the single column "best"."""
        column = self.nll.nan_to_num(nan=torch.inf).argmin(-1)
        return self._columns(column, "best")

    def under(self, particle: str) -> "Fit":
        """The fits under one hypothesis.

        Raises:
            ArgumentError: It was not tried.
        """
        if particle not in self.hypotheses:
            raise ArgumentError(f"the fit has no hypothesis {particle!r}; it has {', '.join(self.hypotheses)}")
        column = torch.full((len(self),), self.hypotheses.index(particle))
        return self._columns(column, particle)

    @property
    def pid_score(self) -> Float[Tensor, " event"]:
        """The nll of the second hypothesis minus that of the first: positive favours the first.

        Raises:
            ArgumentError: Fewer than two hypotheses were tried.
        """
        if len(self.hypotheses) < 2:
            tried = ", ".join(self.hypotheses)
            raise ArgumentError(f"pid_score needs two hypotheses; the fit has {tried}, so fit with two particles")
        return self.nll[:, 1] - self.nll[:, 0]

    @staticmethod
    def concatenate(fits: "list[Fit]") -> "Fit":
        """Join fits of the same hypotheses in order."""
        joined = {name: torch.cat([getattr(f, name) for f in fits]) for name in _GRID_FIELDS}
        track, seed = (Track.concatenate([getattr(f, name) for f in fits]) for name in ("track", "seed"))
        return Fit(fits[0].hypotheses, track, seed, **joined)

    def _columns(self, column: Tensor, name: str) -> "Fit":
        event = torch.arange(len(self))
        flat = event * len(self.hypotheses) + column
        picked = {field: getattr(self, field)[event, column].unsqueeze(1) for field in _GRID_FIELDS}
        return Fit((name,), self.track[flat], self.seed[flat], **picked)


def _sentence(status: Status, *, valid: bool) -> str:
    if valid or status not in USABLE:
        return status.sentence
    return f"{status.sentence}; no covariance: the curvature at the minimum is not positive definite"


def fit_to_arrays(fit: Fit) -> dict[str, np.ndarray]:
    """Plain arrays of a fit, for a file; names carry the part before a slash.

    Arrays have the axes (event, hypothesis, ...); `fit_from_arrays` is the way back.
    """
    shape = (len(fit), len(fit.hypotheses))
    arrays = {name: getattr(fit, name).numpy() for name in _GRID_FIELDS}
    for part in ("track", "seed"):
        for name in _TRACK_FIELDS:
            column = getattr(getattr(fit, part), name).detach()
            arrays[f"{part}/{name}"] = column.reshape(*shape, *column.shape[1:]).numpy()
    return arrays


def fit_from_arrays(arrays: Mapping[str, np.ndarray], hypotheses: tuple[str, ...]) -> Fit:
    """The fit that `fit_to_arrays` took apart.

    Raises:
        ArgumentError: An array is missing or of the wrong size.
    """
    wanted = [*_GRID_FIELDS, *(f"{part}/{name}" for part in ("track", "seed") for name in _TRACK_FIELDS)]
    missing = [name for name in wanted if name not in arrays]
    if missing:
        raise ArgumentError(f"the fit lacks {', '.join(missing)}; was the file written by ringcast reconstruct?")
    track, seed = (Track(*(_flat(arrays[f"{part}/{name}"]) for name in _TRACK_FIELDS)) for part in ("track", "seed"))
    grids: dict[str, Any] = {name: torch.from_numpy(np.ascontiguousarray(arrays[name])) for name in _GRID_FIELDS}
    return Fit(hypotheses, track, seed, **grids)


def _flat(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array.reshape(-1, *array.shape[2:])))
