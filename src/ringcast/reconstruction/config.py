"""Settings of the fit; each part has its own frozen group."""

from dataclasses import dataclass, field
from typing import Literal

import torch

from ringcast.errors import ArgumentError
from ringcast.events import particle_type

__all__ = ["FitConfig", "MinimiseConfig", "SeedConfig"]


@dataclass(frozen=True, kw_only=True)
class SeedConfig:
    """How seeds are made from the data."""

    min_hits: int = 8
    """Fewest hits, on the sensors the predictor speaks of, that are worth a fit of six numbers."""
    max_hits: int = 600
    """Hits of largest charge used for the vertex from times."""
    grid_points: int = 9
    """Vertices tried along each axis of the tank before refining."""
    group_index: float = 1.37
    """Group index of water: light in a tank travels at c / 1.37 (pure water has 1.36 at 500 nm and 1.39 at 380 nm,
    from the dispersion of Quan and Fry, Appl. Opt. 34 (1995) 3477)."""
    time_scale_ns: float = 2.0
    """Time residual at which a hit starts to lose its say; of the order of a sensor's time spread."""
    prompt_ns: float = 10.0
    """Hits with a larger time residual are left out of the direction."""
    back_cm: tuple[float, ...] = (40.0, 80.0, 130.0)
    """Starts beside the seed itself: shifts of its vertex against the direction. Light along a track pulls that vertex
    forwards, by 50 to 170 cm for most simulated electrons and muons of 200 to 1000 MeV in iwcd-grid."""
    tilt_rad: float = 0.1
    """Each shifted vertex is also tried with the direction tilted by this to four sides; 0 for no tilts."""
    ladder: int = 6
    """Energies at which the predictor is asked for its total charge."""
    starts: int = 3
    """Best starts kept for every event and hypothesis."""

    def __post_init__(self) -> None:
        for name, least in (("min_hits", 4), ("max_hits", 4), ("grid_points", 2), ("ladder", 2), ("starts", 1)):
            if getattr(self, name) < least:
                raise ArgumentError(f"SeedConfig {name} is {getattr(self, name)}; expected at least {least}")
        for name in ("group_index", "time_scale_ns", "prompt_ns"):
            if not getattr(self, name) > 0:
                raise ArgumentError(f"SeedConfig {name} is {getattr(self, name)}; expected a positive number")


@dataclass(frozen=True, kw_only=True)
class MinimiseConfig:
    """When the minimiser steps, stops and gives up."""

    max_evaluations: int = 60
    """Evaluations of value and gradient allowed for each row."""
    distance_tolerance: float = 1e-3
    """Converged when the expected fall of the nll to the minimum, g^T H g / 2, is below this (0.5 is one sigma)."""
    change_tolerance: float = 2e-3
    """Converged when two steps in a row each change the nll by less than this."""
    rough_tolerance: float = 0.05
    """A line search that finds nothing counts as converged on a kinked likelihood below this expected fall."""
    step_limit: float = 0.5
    """Largest change of one free number in one step."""
    sufficient: float = 1e-4
    """Share of the linear prediction by which the nll must fall for a step to be taken (Armijo)."""
    noise: float = 0.0
    """Rounding error of the value, relative to it; rises below it are accepted."""
    max_backtracks: int = 8
    """Shortenings of one step before the metric is reset, and after that before giving up."""

    def __post_init__(self) -> None:
        for name in ("max_evaluations", "distance_tolerance", "change_tolerance", "step_limit", "max_backtracks"):
            if not getattr(self, name) > 0:
                raise ArgumentError(f"MinimiseConfig {name} is {getattr(self, name)}; expected a positive number")


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """Settings of `reconstruct`.

    Raises:
        ArgumentError: A setting cannot be used.

    Example:
        >>> FitConfig(hypotheses=("mu-",), energy_range_mev=(100, 1000)).hypotheses
        ('mu-',)
    """

    hypotheses: tuple[str, ...] = ("e-", "mu-")
    """Particles tried for every event."""
    energy_range_mev: tuple[float, float] | None = None
    """Kinetic energies allowed; if left out, those the predictor was trained on if it says so, else 50 to 2000 MeV."""
    wall_margin_cm: float = 1.0
    """Vertices stay this far inside the wall."""
    rows_per_call: int = 32
    """Tracks given to the predictor at once; the memory of the fit grows with it."""
    events_per_block: int = 8
    """Events fitted side by side."""
    precision: Literal["float32", "float64"] = "float32"
    """Numbers handed to the predictor; the fit itself computes in float64."""
    covariance_step: float = 1.0
    """Step of the derivatives behind the covariance, in standard deviations; long enough to average over kinks."""
    seed: SeedConfig = field(default_factory=SeedConfig)
    minimise: MinimiseConfig = field(default_factory=MinimiseConfig)

    def __post_init__(self) -> None:
        if not self.hypotheses or len(set(self.hypotheses)) < len(self.hypotheses):
            raise ArgumentError(f"FitConfig hypotheses are {self.hypotheses}; expected different particles")
        for name in self.hypotheses:
            particle_type(name)
        low, high = self.energy_range_mev or (1.0, 2.0)
        if not 0 < low < high:
            raise ArgumentError(f"FitConfig energy_range_mev is ({low:g}, {high:g}); expected 0 < low < high in MeV")
        if self.rows_per_call < 1 or self.events_per_block < 1:
            raise ArgumentError(
                f"FitConfig rows_per_call and events_per_block are {self.rows_per_call} and {self.events_per_block};"
                " expected at least 1"
            )

    @property
    def dtype(self) -> torch.dtype:
        """The tensor type of `precision`."""
        return torch.float64 if self.precision == "float64" else torch.float32
