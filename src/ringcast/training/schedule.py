"""How far a training run is, and the learning rate there."""

import math

from ringcast.training.config import BudgetConfig, OptimiserConfig

__all__ = ["fraction_done", "learning_rate"]


def fraction_done(budget: BudgetConfig, *, step: int, elapsed_s: float, steps_per_epoch: int) -> float:
    """Share of the budget that is used up, by the limit that is nearest; 1 is the end.

    Example:
        >>> fraction_done(BudgetConfig(max_steps=100, max_minutes=1), step=20, elapsed_s=30, steps_per_epoch=10)
        0.5
    """
    used = [0.0]
    if budget.max_minutes is not None:
        used.append(elapsed_s / (60 * budget.max_minutes))
    if budget.max_steps is not None:
        used.append(step / budget.max_steps)
    if budget.max_epochs is not None:
        used.append(step / (budget.max_epochs * steps_per_epoch))
    return min(1.0, max(used))


def learning_rate(optimiser: OptimiserConfig, *, step: int, fraction: float) -> float:
    """Linear warm-up times a cosine: r min(1, (n + 1) / w) (f + (1 - f) (1 + cos(pi x)) / 2).

    Symbols: r highest rate, n step from 0, w warm-up steps, f final fraction, x share of the budget used.

    Example:
        >>> learning_rate(OptimiserConfig(learning_rate=1e-3, final_fraction=0), step=1000, fraction=0.5)
        0.0005
    """
    rise = min(1.0, (step + 1) / max(1, optimiser.warm_up_steps))
    fall = optimiser.final_fraction + (1 - optimiser.final_fraction) * 0.5 * (1 + math.cos(math.pi * fraction))
    return optimiser.learning_rate * rise * fall
