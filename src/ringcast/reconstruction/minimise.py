"""A batched quasi-Newton minimiser: every row walks on its own, all of them are evaluated together."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.reconstruction.config import MinimiseConfig
from ringcast.reconstruction.status import Status

__all__ = ["Minimum", "Objective", "minimise"]

Objective = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From row numbers (row,) and points (row, free) to values (row,) and gradients (row, free)."""

_RUNNING = -1


@dataclass(frozen=True)
class Minimum:
    """Where each row ended."""

    point: Float[Tensor, "row free"]
    value: Float[Tensor, " row"]
    gradient: Float[Tensor, "row free"]
    code: Int[Tensor, " row"]
    """`Status` as a number."""
    evaluations: Int[Tensor, " row"]


@dataclass(frozen=True)
class _Walk:
    """Rows still under way; every field has one entry a row."""

    row: Tensor
    point: Tensor
    value: Tensor
    gradient: Tensor
    inverse: Tensor
    """Estimate of the inverse Hessian."""
    first_inverse: Tensor
    fresh: Tensor
    """Whether `inverse` is still, or again, the first one."""
    step: Tensor
    shrink: Tensor
    """What the step is of the full quasi-Newton step."""
    length: Tensor
    """What the trial is of the step."""
    backtracks: Tensor
    small_changes: Tensor
    evaluations: Tensor
    code: Tensor

    def pick(self, rows: Tensor) -> "_Walk":
        return _Walk(*(getattr(self, f.name)[rows] for f in fields(self)))


def minimise(
    objective: Objective,
    start: Float[Tensor, "row free"],
    inverse_hessian: Float[Tensor, "row free free"],
    config: MinimiseConfig,
) -> Minimum:
    """Minimise many smooth functions at once by BFGS with damped updates and backtracking.

    Every evaluation serves all rows that are under way, each at its own stage: a row whose trial point is low enough
    updates its metric and takes a new direction, any other shortens its step. Rows that finish leave the batch.
    Updates are damped as Powell does (Nocedal and Wright, Numerical Optimization, procedure 18.2), so the metric
    stays positive definite where the curvature along a step is not, as on a kink. A direction that leads uphill, or
    a step that cannot be shortened into a fall, puts the first metric back once.

    Args:
        objective: Value and gradient; a value that is not finite is a point to step back from.
        start: Starting points.
        inverse_hessian: First metric of every row, positive definite.
        config: Tolerances and limits.

    Example:
        >>> def bowl(row, x):
        ...     return (x**2).sum(-1) / 2, x
        >>> minimise(bowl, torch.ones(4, 3), torch.eye(3).expand(4, 3, 3), MinimiseConfig()).code.tolist()
        [0, 0, 0, 0]
    """
    value, gradient = objective(torch.arange(len(start)), start)
    walk = _begin(start, value, gradient, inverse_hessian, config)
    result = Minimum(start.clone(), value.clone(), gradient.clone(), walk.code.clone(), walk.evaluations.clone())
    while True:
        _store(result, walk)
        walk = walk.pick((walk.code == _RUNNING).nonzero().squeeze(-1))
        if len(walk.row) == 0:
            return result
        trial = walk.point + walk.length.unsqueeze(-1) * walk.step
        value, gradient = objective(walk.row, trial)
        walk = _advance(walk, trial, value, gradient, config)


def _begin(point: Tensor, value: Tensor, gradient: Tensor, inverse: Tensor, config: MinimiseConfig) -> _Walk:
    n = len(point)
    zero, no = torch.zeros(n, dtype=torch.int64), torch.zeros(n, dtype=torch.bool)
    finite = _finite(value, gradient)
    walk = _Walk(
        row=torch.arange(n),
        point=point,
        value=value,
        gradient=torch.where(finite.unsqueeze(-1), gradient, torch.zeros_like(gradient)),
        inverse=inverse,
        first_inverse=inverse,
        fresh=~no,
        step=torch.zeros_like(point),
        shrink=torch.ones_like(value),
        length=torch.ones_like(value),
        backtracks=zero,
        small_changes=zero,
        evaluations=zero + 1,
        code=torch.where(finite, _RUNNING, int(Status.NOT_FINITE)),
    )
    return _judged(_directed(walk, config), config)


def _store(result: Minimum, walk: _Walk) -> None:
    for name in ("point", "value", "gradient", "code", "evaluations"):
        getattr(result, name)[walk.row] = getattr(walk, name)


def _advance(walk: _Walk, trial: Tensor, value: Tensor, gradient: Tensor, config: MinimiseConfig) -> _Walk:
    """One evaluation later: rows that fell go on from the trial point, the others shorten their step."""
    slope = (walk.gradient * walk.step).sum(-1)
    noise = config.noise * walk.value.abs()
    fell = value <= walk.value + config.sufficient * walk.length * slope + noise
    fell = fell & _finite(value, gradient)
    walk = replace(walk, evaluations=walk.evaluations + 1)
    yes, no = fell.nonzero().squeeze(-1), (~fell).nonzero().squeeze(-1)
    ahead = _stepped(walk.pick(yes), trial[yes], value[yes], gradient[yes], config)
    back = _shortened(walk.pick(no), value[no], slope[no], config)
    joined = _Walk(*(torch.cat([getattr(ahead, f.name), getattr(back, f.name)]) for f in fields(_Walk)))
    spent = (joined.code == _RUNNING) & (joined.evaluations >= config.max_evaluations)
    return replace(joined, code=torch.where(spent, int(Status.EVALUATION_LIMIT), joined.code))


def _stepped(walk: _Walk, point: Tensor, value: Tensor, gradient: Tensor, config: MinimiseConfig) -> _Walk:
    move, change = point - walk.point, gradient - walk.gradient
    pull = -(walk.length * walk.shrink).unsqueeze(-1) * walk.gradient  # B s, since s is that fraction of -H g
    inverse = _updated(walk.inverse, move, change, pull)
    small = (value - walk.value).abs() < config.change_tolerance + config.noise * value.abs()
    walk = replace(
        walk,
        point=point,
        value=value,
        gradient=gradient,
        inverse=inverse,
        fresh=torch.zeros_like(walk.fresh),
        length=torch.ones_like(walk.length),
        backtracks=torch.zeros_like(walk.backtracks),
        small_changes=torch.where(small, walk.small_changes + 1, 0),
    )
    return _judged(_directed(walk, config), config)


def _newton(walk: _Walk) -> Tensor:
    return -torch.einsum("rij,rj->ri", walk.inverse, walk.gradient)


def _directed(walk: _Walk, config: MinimiseConfig) -> _Walk:
    """Choose the next step: quasi-Newton where that leads downhill, else by the first metric."""
    uphill = (walk.gradient * _newton(walk)).sum(-1) >= 0
    moving = (walk.gradient != 0).any(-1)
    walk = _reset(walk, uphill & moving)
    step = _newton(walk)
    shrink = (config.step_limit / step.abs().amax(-1).clamp_min(1e-300)).clamp_max(1.0)
    return replace(walk, step=step * shrink.unsqueeze(-1), shrink=shrink)


def _reset(walk: _Walk, rows: Tensor) -> _Walk:
    inverse = torch.where(rows.reshape(-1, 1, 1), walk.first_inverse, walk.inverse)
    return replace(walk, inverse=inverse, fresh=walk.fresh | rows)


def _judged(walk: _Walk, config: MinimiseConfig) -> _Walk:
    small = (_distance(walk) < config.distance_tolerance) | (walk.small_changes >= 2)
    done = (walk.code == _RUNNING) & small
    return replace(walk, code=torch.where(done, int(Status.CONVERGED), walk.code))


def _distance(walk: _Walk) -> Tensor:
    """Expected fall to the minimum: g^T H g / 2."""
    return -(walk.gradient * _newton(walk)).sum(-1) / 2


def _shortened(walk: _Walk, value: Tensor, slope: Tensor, config: MinimiseConfig) -> _Walk:
    """Shorten by the parabola through the two values and the slope, to between a tenth and a half."""
    length = walk.length
    curve = value - walk.value - slope * length
    parabola = -slope * length.square() / (2 * curve)
    best = torch.where(torch.isfinite(parabola) & (curve > 0), parabola, length / 10)
    tries = walk.backtracks + 1
    stuck = tries > config.max_backtracks
    rough = _distance(walk) < config.rough_tolerance
    end = torch.where(rough, int(Status.ROUGH), int(Status.LINE_SEARCH_FAILED))
    walk = replace(
        walk,
        length=torch.where(stuck, 1.0, torch.minimum(torch.maximum(best, length / 10), length / 2)),
        backtracks=torch.where(stuck, 0, tries),
        code=torch.where(stuck & (walk.fresh | rough), end, walk.code),
    )
    return _directed(_reset(walk, stuck), config)


def _updated(inverse: Tensor, s: Tensor, y: Tensor, pull: Tensor) -> Tensor:
    """Damped BFGS update of the inverse Hessian H for a step s with gradient change y; `pull` is B s, B = 1/H.

    y is mixed with B s until s.y is at least 0.2 s.B.s; then, with r = 1 / s.y,
    H' = (1 - r s y^T) H (1 - r y s^T) + r s s^T.
    """
    curvature, expected = (s * y).sum(-1, keepdim=True), (s * pull).sum(-1, keepdim=True)
    mix = torch.where(curvature < 0.2 * expected, 0.8 * expected / (expected - curvature), 1.0)
    y = mix * y + (1 - mix) * pull
    product = (s * y).sum(-1)
    r = torch.where(product > 0, 1 / product, 0.0).reshape(-1, 1, 1)
    left = torch.eye(s.shape[-1], dtype=s.dtype) - r * s.unsqueeze(-1) * y.unsqueeze(-2)
    return left @ inverse @ left.transpose(-1, -2) + r * s.unsqueeze(-1) * s.unsqueeze(-2)


def _finite(value: Tensor, gradient: Tensor) -> Tensor:
    return torch.isfinite(value) & torch.isfinite(gradient).all(-1)
