"""The Cherenkov ring on the wall: where a track's light cone meets it, and how well measured light agrees."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track, particle_type
from ringcast.geometry import Detector, inside, path_to_wall_cm
from ringcast.geometry.unroll import unroll_cm

__all__ = ["Ring", "cherenkov_angle_rad", "cone_on_wall_cm", "has_cone", "light_angle_rad", "ring_of"]
__all__ += ["unrolled_line_cm"]

WATER_INDEX = 1.343
"""Refractive index of water at 410 nm, where sensors see best (table of WCSim's `WCSimConstructMaterials.cc`)."""

_POINTS = 3600


@dataclass(frozen=True)
class Ring:
    """A track's ring on the unrolled tank."""

    line_cm: Float[Tensor, "point 2"]
    """The ring; a row of NaN lifts the pen between pieces, no rows where the track makes no light."""
    exit_cm: Float[Tensor, " 2"]
    """Where the track's direction meets the wall."""
    angle_rad: float
    """Opening angle of the cone."""


def cherenkov_angle_rad(track: Track, index: float = WATER_INDEX) -> Float[Tensor, " track"]:
    """Opening angle of the light at the start of each track: cos(angle) = 1 / (n beta), and 0 below threshold.

    A photon shines through the electrons it makes along its way, so it counts as beta = 1; a neutral pion, whose two
    photons part, has no cone.

    Example:
        >>> muon = Track("mu-", [20.0, 500.0], (0, 0, 0), (1, 0, 0))
        >>> [round(math.degrees(angle), 1) for angle in cherenkov_angle_rad(muon).tolist()]
        [0.0, 40.9]
    """
    beta = (1 - (track.mass_mev / track.total_energy_mev).square()).clamp_min(0).sqrt()
    angle = (1 / (index * beta.clamp_min(1e-6))).clamp_max(1).arccos()
    return angle.where(has_cone(track), 0)


def has_cone(track: Track) -> Bool[Tensor, " track"]:
    """Whether light of each track, if it is fast enough, lies on one cone: of charged particles and photons.

    Example:
        >>> has_cone(Track(["e-", "gamma", "pi0"], 500.0, (0, 0, 0), (1, 0, 0))).tolist()
        [True, True, False]
    """
    kinds = [particle_type(code) for code in track.pdg.tolist()]
    cone = [kind.charge != 0 or kind.name == "gamma" for kind in kinds]
    return torch.tensor(cone, dtype=torch.bool, device=track.energy_mev.device)


def ring_of(track: Track, detector: Detector) -> Ring | None:
    """The ring of one track that starts at its vertex, or None where the vertex is outside the tank.

    Raises:
        ArgumentError: The batch does not hold exactly one track.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> ring = ring_of(Track("e-", 500.0, (0, 0, 0), (1, 0, 0)), load_detector("mini"))
        >>> ring.exit_cm.tolist(), round(math.degrees(ring.angle_rad), 1)
        ([0.0, 0.0], 41.9)
    """
    if len(track) != 1:
        raise ArgumentError(f"track holds {len(track)} tracks; expected one, so pick it with track[i]")
    position, direction = track.position_cm.detach().double(), track.direction.detach().double()
    if not bool(inside(position, detector)[0]):
        return None
    angle = float(cherenkov_angle_rad(track.to(torch.float64))[0])
    wall = cone_on_wall_cm(position[0], direction[0], angle, detector)
    line = unrolled_line_cm(wall, detector) if angle > 0 else wall.new_zeros(0, 2)
    tip = cone_on_wall_cm(position[0], direction[0], 0.0, detector, points=1)
    return Ring(line, unroll_cm(tip, _surface(tip, detector), detector)[0], angle)


def cone_on_wall_cm(
    position_cm: Float[Tensor, " 3"],
    direction: Float[Tensor, " 3"],
    angle_rad: float,
    detector: Detector,
    points: int = _POINTS,
) -> Float[Tensor, "point 3"]:
    """Where a cone with its tip inside the tank meets the wall, once around; the last point is the first again.

    With u and v at right angles to the direction d, the cone is cos(a) d + sin(a) (cos(t) u + sin(t) v).
    """
    d = direction / direction.norm()
    helper = torch.zeros_like(d)
    helper[d.abs().argmin()] = 1
    u = torch.linalg.cross(d, helper)
    u = u / u.norm()
    v = torch.linalg.cross(d, u)
    t = torch.linspace(0, 2 * math.pi, points, dtype=d.dtype).unsqueeze(-1)
    rays = math.cos(angle_rad) * d + math.sin(angle_rad) * (t.cos() * u + t.sin() * v)
    start = position_cm.expand_as(rays)
    return start + path_to_wall_cm(start, rays, detector).unsqueeze(-1) * rays


def unrolled_line_cm(wall_cm: Float[Tensor, "point 3"], detector: Detector) -> Float[Tensor, "row 2"]:
    """A line on the wall laid flat; rows of NaN part it at the cut behind the tank and where it changes surface."""
    surface = _surface(wall_cm, detector)
    flat = unroll_cm(wall_cm, surface, detector)
    half_turn = math.pi * detector.radius_cm
    parted = (surface.diff() != 0) | (flat[:, 0].diff().abs() > half_turn)
    pieces = torch.tensor_split(flat, (parted.nonzero().squeeze(-1) + 1).tolist())
    lift = flat.new_full((1, 2), torch.nan)
    return torch.cat([row for piece in pieces for row in (piece, lift)][:-1])


def light_angle_rad(hits: Hits, track: Track, detector: Detector) -> float:
    """Charge-weighted median angle between a track and one event's hit sensors, seen from the track's vertex.

    For a clean ring it is the Cherenkov angle; scattered light and secondary particles pull it up a little.

    Raises:
        ArgumentError: There is not exactly one event with light and one track, or the detector is another one.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("mini")
        >>> seen = Hits.of([500], charge_pe=[2.0], time_ns=[0.0], start=[0, 1], n_pmt=len(tank))
        >>> there = tank.position_cm[500] / tank.position_cm[500].norm()
        >>> abs(light_angle_rad(seen, Track("e-", 500.0, (0, 0, 0), there), tank)) < 1e-6
        True
    """
    if len(hits) != 1 or len(track) != 1 or float(hits.charge_pe.clamp_min(0).sum()) <= 0:
        raise ArgumentError(
            f"found {len(hits)} events and {len(track)} tracks; expected one event with light, one track"
        )
    if hits.n_pmt != len(detector):
        raise ArgumentError(
            f"hits come from {hits.n_pmt} sensors, the detector has {len(detector)}; take its own detector"
        )
    seen = detector.position_cm[hits.pmt].double() - track.position_cm.double()
    along = (seen * track.direction.double()).sum(-1)
    across = torch.linalg.cross(seen, track.direction.double().expand_as(seen)).norm(dim=-1)
    angle, order = torch.atan2(across, along).sort()
    weight = hits.charge_pe.double().clamp_min(0)[order].cumsum(0)
    return float(angle[torch.searchsorted(weight, weight[-1] / 2)])


def _surface(wall_cm: Tensor, detector: Detector) -> Tensor:
    """Which surface points of the wall lie on; the rim belongs to the cap."""
    at_rim = detector.half_height_cm * (1 - 1e-9)
    on_cap = wall_cm[:, 2].abs() >= at_rim
    return torch.where(on_cap, torch.where(wall_cm[:, 2] > 0, 0, 2), 1)
