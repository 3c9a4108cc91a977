"""The learning rate rises, then falls along a cosine to its last share."""

import pytest

from ringcast.training.config import BudgetConfig, OptimiserConfig
from ringcast.training.schedule import fraction_done, learning_rate

CONFIG = OptimiserConfig(learning_rate=0.1, warm_up_steps=10, final_fraction=0.01)


def test_rises_in_equal_steps():
    rates = [learning_rate(CONFIG, step=step, fraction=0.0) for step in range(12)]
    assert rates == pytest.approx([0.1 * min(1, (step + 1) / 10) for step in range(12)])


def test_falls_to_the_last_share():
    rates = [learning_rate(CONFIG, step=100, fraction=x / 10) for x in range(11)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0.001)
    assert rates[5] == pytest.approx(0.1 * 0.505)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ({"max_steps": 40}, 0.5),
        ({"max_epochs": 4}, 0.5),
        ({"max_minutes": 2}, 0.25),
        ({"max_steps": 40, "max_minutes": 0.6}, 30 / 36),
        ({"max_steps": 10}, 1.0),
    ],
)
def test_nearest_limit_counts(budget, expected):
    done = fraction_done(BudgetConfig(**budget), step=20, elapsed_s=30.0, steps_per_epoch=10)
    assert done == pytest.approx(expected)
