"""Six free numbers for a track: smooth, well scaled, and unable to leave the tank or the energy range."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Track
from ringcast.geometry import Detector

__all__ = ["Bounds", "Chart", "displaced", "transverse_basis"]

_REACH = 0.98  # a start sits at most here, as a fraction of a bound, since the slope of the sine vanishes on it
_ON_BOUND = 0.999


@dataclass(frozen=True)
class Bounds:
    """Where a fitted track may be: a cylinder and a range of kinetic energy."""

    radius_cm: float
    half_height_cm: float
    energy_mev: tuple[float, float]

    @staticmethod
    def of(detector: Detector, margin_cm: float, energy_mev: tuple[float, float]) -> "Bounds":
        """The inside of a tank.

        Raises:
            ArgumentError: The margin leaves no inside.
        """
        radius, half_height = detector.radius_cm - margin_cm, detector.half_height_cm - margin_cm
        if min(radius, half_height) <= 0:
            raise ArgumentError(f"wall_margin_cm is {margin_cm:g}; {detector.name} has no inside left, take less")
        return Bounds(radius, half_height, energy_mev)

    @property
    def log_energy(self) -> tuple[float, float]:
        """Middle and half width of the range in the logarithm of the energy."""
        low, high = (math.log(e) for e in self.energy_mev)
        return (low + high) / 2, (high - low) / 2

    def drawn_in(self, position_cm: Float[Tensor, "batch 3"]) -> Float[Tensor, "batch 3"]:
        """Move points that are outside, or all but outside, to 98 % of the bound."""
        across, z = position_cm[..., :2], position_cm[..., 2:]
        reach, height = _REACH * self.radius_cm, _REACH * self.half_height_cm
        shrink = (reach / across.norm(dim=-1, keepdim=True).clamp_min(1e-9)).clamp_max(1.0)
        return torch.cat([across * shrink, z.clamp(-height, height)], -1)


@dataclass(frozen=True)
class Chart:
    """A map from free numbers u (row, 6) to tracks, about a reference direction for each row.

    With R, H the bounds of the cylinder, m and w the middle and half width of log energy, d the reference
    direction and e1, e2 its `transverse_basis`::

        (x, y)  = R sin(|u01|) u01 / |u01|          z = H sin(u2)
        direction = cos(|u34|) d + sin(|u34|) (u3 e1 + u4 e2) / |u34|
        energy  = exp(m + w sin(u5))

    A bound is where a sine turns: the map stays smooth there, so a minimum beyond it becomes a minimum on it.

    Example:
        >>> track = Track("e-", 300.0, (10.0, 0.0, -20.0), (0.0, 0.0, 1.0))
        >>> chart = Chart.about(track, Bounds(100.0, 100.0, (50.0, 1000.0)))
        >>> chart.track(chart.free(track)).position_cm.round().tolist()
        [[10.0, 0.0, -20.0]]
    """

    pdg: Int[Tensor, " row"]
    direction: Float[Tensor, "row 3"]
    time_ns: Float[Tensor, " row"]
    bounds: Bounds

    @staticmethod
    def about(track: Track, bounds: Bounds) -> "Chart":
        """A chart whose reference directions are those of the tracks."""
        return Chart(track.pdg, track.direction.double(), track.time_ns.double(), bounds)

    def __getitem__(self, rows: Int[Tensor, " picked"]) -> "Chart":
        return Chart(self.pdg[rows], self.direction[rows], self.time_ns[rows], self.bounds)

    def track(self, free: Float[Tensor, "row 6"]) -> Track:
        """The tracks of free numbers; differentiable."""
        across, bounds = free[:, :2], self.bounds
        x_y = bounds.radius_cm * _sine_ratio(across.square().sum(-1, keepdim=True)) * across
        z = bounds.half_height_cm * free[:, 2:3].sin()
        middle, half = bounds.log_energy
        energy = (middle + half * free[:, 5].sin()).exp()
        return Track(self.pdg, energy, torch.cat([x_y, z], -1), _turned(self.direction, free[:, 3:5]), self.time_ns)

    def free(self, track: Track) -> Float[Tensor, "row 6"]:
        """The free numbers of tracks along the reference directions; what is outside is drawn in."""
        bounds = self.bounds
        position = bounds.drawn_in(track.position_cm.double())
        fraction = position[:, :2] / bounds.radius_cm
        size = fraction.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        across = fraction / size * size.asin()
        middle, half = bounds.log_energy
        level = ((track.energy_mev.double().log() - middle) / half).clamp(-_REACH, _REACH)
        z = (position[:, 2:] / bounds.half_height_cm).asin()
        return torch.cat([across, z, torch.zeros_like(across), level.asin().unsqueeze(-1)], -1)

    def at_bound(self, free: Float[Tensor, "row 6"]) -> Bool[Tensor, " row"]:
        """Rows on the wall or at an end of the energy range (closer than 0.1 % of its half width)."""
        fractions = torch.stack([free[:, :2].norm(dim=-1).sin(), free[:, 2].sin(), free[:, 5].sin()], -1)
        return (fractions.abs() > _ON_BOUND).any(-1)


def transverse_basis(direction: Float[Tensor, "batch 3"]) -> tuple[Float[Tensor, "batch 3"], Float[Tensor, "batch 3"]]:
    """Two unit vectors e1, e2 that make a right-handed frame (e1, e2, direction).

    e1 is along a x d, where a is the coordinate axis with the smallest |a . d| (the first of them on a tie);
    e2 = d x e1.

    Example:
        >>> e1, e2 = transverse_basis(torch.tensor([[0.6, 0.0, 0.8]]))
        >>> (5 * e1).round().tolist(), (e2 + 0).tolist()
        ([[4.0, 0.0, -3.0]], [[0.0, 1.0, 0.0]])
    """
    axis = torch.nn.functional.one_hot(direction.abs().argmin(-1), 3).to(direction)
    first = torch.nn.functional.normalize(torch.linalg.cross(axis, direction), dim=-1)
    return first, torch.linalg.cross(direction, first)


def displaced(track: Track, offset: Float[Tensor, "row 6"]) -> Track:
    """Tracks moved by (x, y, z in cm; two transverse angles in rad; energy in MeV): the parameters of a covariance.

    The angles turn the direction d along its `transverse_basis`: to cos(a) d + sin(a) (a1 e1 + a2 e2) / a with
    a = |(a1, a2)|.
    """
    position = track.position_cm + offset[:, :3]
    direction = _turned(track.direction, offset[:, 3:5])
    return Track(track.pdg, track.energy_mev + offset[:, 5], position, direction, track.time_ns)


def _turned(direction: Tensor, angles: Tensor) -> Tensor:
    first, second = transverse_basis(direction)
    square = angles.square().sum(-1, keepdim=True)
    sideways = angles[:, :1] * first + angles[:, 1:] * second
    turned = _cosine(square) * direction + _sine_ratio(square) * sideways
    return torch.nn.functional.normalize(turned, dim=-1)


def _sine_ratio(square: Tensor) -> Tensor:
    """sin(a) / a from a^2, with derivatives at zero too."""
    small = square < 1e-6
    a = torch.where(small, torch.ones_like(square), square).sqrt()
    return torch.where(small, 1 - square / 6, a.sin() / a)


def _cosine(square: Tensor) -> Tensor:
    """cos(a) from a^2, with derivatives at zero too."""
    small = square < 1e-6
    a = torch.where(small, torch.ones_like(square), square).sqrt()
    return torch.where(small, 1 - square / 2 + square.square() / 24, a.cos())
