"""Where and when the light came from, by hit times alone: a robust point-source fit, batched over events."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ringcast.events import Hits
from ringcast.geometry import Detector
from ringcast.reconstruction.config import SeedConfig
from ringcast.reconstruction.coordinates import Bounds
from ringcast.units import C_CM_PER_NS

__all__ = ["HitTable", "PointSource", "hit_table", "time_vertex"]

_ROUNDS = 25
_COARSE = 3.0  # the first rounds use this many times the final time scale, so that no hit is lost at once
_LONGEST_STEP = 0.25  # of the tank's radius, for one round of refining
_DAMPING = 1e-3


@dataclass(frozen=True)
class HitTable:
    """Hits of largest charge of each event, in rows of equal length; float64."""

    position_cm: Float[Tensor, "event kept 3"]
    time_ns: Float[Tensor, "event kept"]
    charge_pe: Float[Tensor, "event kept"]
    """Zero where there is no hit, and where a hit has no positive charge."""
    present: Bool[Tensor, "event kept"]


@dataclass(frozen=True)
class PointSource:
    """The point and time that explain the hit times best."""

    position_cm: Float[Tensor, "event 3"]
    time_ns: Float[Tensor, " event"]


def hit_table(hits: Hits, detector: Detector, most: int) -> HitTable:
    """Lay ragged hits out in rows, the `most` of largest charge of each event, largest first.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("mini")
        >>> hits = Hits.of([3, 5, 9], [1.0, 4.0, 2.0], [0, 1, 2], [0, 2, 3], len(tank))
        >>> hit_table(hits, tank, 10).charge_pe.tolist()
        [[4.0, 1.0], [2.0, 0.0]]
    """
    order = hits.charge_pe.argsort(descending=True, stable=True)
    order = order[hits.event[order].argsort(stable=True)]
    width = min(most, max(1, int(hits.counts.max()) if len(hits) else 1))
    place = torch.arange(width).expand(len(hits), width)
    present = place < hits.counts.unsqueeze(-1)
    index = order[(hits.start[:-1].unsqueeze(-1) + place)[present]]
    rows = torch.zeros(len(hits), width, 5, dtype=torch.float64)
    position = detector.position_cm.double()[hits.pmt[index]]
    columns = torch.stack([hits.time_ns[index].double(), hits.charge_pe[index].double().clamp_min(0)], -1)
    rows[present] = torch.cat([position, columns], -1)
    return HitTable(rows[..., :3], rows[..., 3], rows[..., 4], present)


def time_vertex(table: HitTable, bounds: Bounds, config: SeedConfig) -> PointSource:
    """Fit a point source of light to hit times.

    Hit i of an event should come at t0 + |x_i - v| n / c with n the group index. The vertex v starts at the best
    point of a grid over the tank, with t0 the median of what remains, and is refined together with t0 by weighted
    least squares repeated with Cauchy weights w_i = min(q_i, 10 pe)^(1/2) / (1 + (r_i / s)^2), which is a fit with
    the loss sum log(1 + (r_i / s)^2); s shrinks to `time_scale_ns`. A hit without a positive charge counts as 0.1 pe.
    """
    weight = table.charge_pe.clamp(0.1, 10.0).sqrt() * table.present
    start = _best_of_grid(table, weight, _grid(bounds, config.grid_points), config)
    position, time = start.position_cm, start.time_ns
    for k in range(_ROUNDS):
        scale = config.time_scale_ns * max(1.0, _COARSE ** (1 - 2 * k / _ROUNDS))
        position, time = _refined(table, weight, position, time, scale, bounds, config)
    return PointSource(position, time)


def _grid(bounds: Bounds, per_axis: int) -> Tensor:
    """Points inside the cylinder, (vertex, 3); the centre among them when `per_axis` is odd."""
    line = torch.linspace(-0.9, 0.9, per_axis, dtype=torch.float64)
    x, y, z = (axis.reshape(-1) for axis in torch.meshgrid(line, line, line, indexing="ij"))
    kept = x.square() + y.square() <= 0.9**2
    return torch.stack([x * bounds.radius_cm, y * bounds.radius_cm, z * bounds.half_height_cm], -1)[kept]


def _best_of_grid(table: HitTable, weight: Tensor, grid: Tensor, config: SeedConfig) -> PointSource:
    """The grid point of least robust loss for each event, with its median time."""
    best, place, time = [], [], []
    scale = _COARSE * config.time_scale_ns
    for event in range(len(table.time_ns)):
        kept = table.present[event]
        remaining = table.time_ns[event, kept] - _flight_ns(table.position_cm[event, kept], grid, config)
        middle = remaining.median(dim=-1).values if bool(kept.any()) else remaining.new_zeros(len(grid))
        loss = (weight[event, kept] * ((remaining - middle.unsqueeze(-1)) / scale).square().log1p()).sum(-1)
        best.append(int(loss.argmin()))
        place.append(grid[best[-1]])
        time.append(middle[best[-1]])
    return PointSource(torch.stack(place), torch.stack(time))


def _flight_ns(sensor: Tensor, vertex: Tensor, config: SeedConfig) -> Tensor:
    return torch.cdist(vertex, sensor) * config.group_index / C_CM_PER_NS


def _refined(
    table: HitTable, weight: Tensor, position: Tensor, time: Tensor, scale: float, bounds: Bounds, config: SeedConfig
) -> tuple[Tensor, Tensor]:
    """One damped least-squares step of (v, t0), kept inside the tank."""
    slowness = config.group_index / C_CM_PER_NS
    away = table.position_cm - position.unsqueeze(1)
    distance = away.norm(dim=-1).clamp_min(1.0)
    residual = table.time_ns - time.unsqueeze(-1) - distance * slowness
    w = weight / (1 + (residual / scale).square())
    slope = torch.cat([away / distance.unsqueeze(-1) * slowness, -torch.ones_like(residual).unsqueeze(-1)], -1)
    normal = torch.einsum("ehi,ehj,eh->eij", slope, slope, w)
    ridge = _DAMPING * normal.diagonal(dim1=-2, dim2=-1) + 1e-9
    pull = torch.einsum("ehi,eh,eh->ei", slope, residual, w)
    step = -torch.linalg.solve(normal + ridge.diag_embed(), pull)
    longest = _LONGEST_STEP * bounds.radius_cm
    shrink = (longest / step[:, :3].norm(dim=-1, keepdim=True).clamp_min(1e-9)).clamp_max(1.0)
    step = step * shrink
    return bounds.drawn_in(position + step[:, :3]), time + step[:, 3]
