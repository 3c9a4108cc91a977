"""The minimiser on functions whose minima are known."""

import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.reconstruction import MinimiseConfig, Status, minimise

STRICT = MinimiseConfig(max_evaluations=300, distance_tolerance=1e-12, change_tolerance=1e-14, rough_tolerance=1e-10)
EYE = torch.eye(6, dtype=torch.float64)


def quadratics(n: int, spread: float):
    """Convex parabolas with a condition number of spread^2, values, and minima."""
    draw = torch.Generator().manual_seed(3)
    rotation = torch.linalg.qr(torch.randn(n, 6, 6, generator=draw, dtype=torch.float64)).Q
    curvature = spread ** (2 * torch.rand(n, 6, generator=draw, dtype=torch.float64) - 1)
    hessian = rotation @ curvature.diag_embed() @ rotation.transpose(-1, -2)
    minimum = torch.randn(n, 6, generator=draw, dtype=torch.float64)

    def objective(row, x):
        apart = x - minimum[row]
        gradient = torch.einsum("rij,rj->ri", hessian[row], apart)
        return (apart * gradient).sum(-1) / 2 + 7, gradient

    return objective, minimum, hessian


def rosenbrock(row, x):
    """(1 - a)^2 + (10 + row) (b - a^2)^2, minimum 0 at (1, 1)."""
    a, b = x.unbind(-1)
    steep = 10.0 + row
    gradient = torch.stack([-2 * (1 - a) - 4 * steep * a * (b - a**2), 2 * steep * (b - a**2)], -1)
    return (1 - a) ** 2 + steep * (b - a**2) ** 2, gradient


def test_quadratics_in_a_batch():
    objective, minimum, _ = quadratics(40, 10.0)
    found = minimise(objective, torch.zeros(40, 6, dtype=torch.float64), EYE.expand(40, 6, 6), STRICT)
    assert (found.code == int(Status.CONVERGED)).all()
    torch.testing.assert_close(found.point, minimum, atol=1e-4, rtol=0)
    torch.testing.assert_close(found.value, torch.full((40,), 7.0).double(), atol=1e-9, rtol=0)


def test_the_exact_metric_needs_two_evaluations():
    objective, minimum, hessian = quadratics(8, 4.0)
    start = minimum + 0.2
    found = minimise(objective, start, torch.linalg.inv(hessian), STRICT)
    assert found.evaluations.tolist() == [2] * 8
    torch.testing.assert_close(found.point, minimum)


def test_rosenbrock_in_a_batch():
    start = torch.tensor([[-1.2, 1.0]], dtype=torch.float64).repeat(30, 1)
    found = minimise(rosenbrock, start, torch.eye(2).double().expand(30, 2, 2), STRICT)
    assert (found.code == int(Status.CONVERGED)).all()
    torch.testing.assert_close(found.point, torch.ones_like(start), atol=1e-4, rtol=0)
    assert int(found.evaluations.max()) < 150


def test_rows_do_not_see_each_other():
    start = torch.linspace(-2, 2, 24, dtype=torch.float64).reshape(12, 2)
    metric = torch.eye(2).double().expand(12, 2, 2)
    together = minimise(rosenbrock, start, metric, STRICT)
    for row in range(12):

        def alone(_, x, row=row):
            return rosenbrock(torch.tensor([row]), x)

        single = minimise(alone, start[row : row + 1], metric[:1], STRICT)
        torch.testing.assert_close(single.point[0], together.point[row])
        assert int(single.evaluations) == int(together.evaluations[row])


def test_finished_rows_are_not_evaluated_again():
    asked = torch.zeros(12, dtype=torch.int64)

    def counting(row, x):
        asked.index_add_(0, row, torch.ones_like(row))
        return rosenbrock(row, x)

    start = torch.linspace(-2, 2, 24, dtype=torch.float64).reshape(12, 2)
    found = minimise(counting, start, torch.eye(2).double().expand(12, 2, 2), STRICT)
    assert torch.equal(asked, found.evaluations)
    assert len(set(asked.tolist())) > 3


def test_a_kinked_valley_is_walked_to_its_floor():
    """|x| + 2 |y - x| + smooth: no derivative at the minimum, like a network of rectifiers."""

    def kinked(row, x):
        a, b = x.unbind(-1)
        gradient = torch.stack([a.sign() - 2 * (b - a).sign() + 0.1 * a, 2 * (b - a).sign()], -1)
        return a.abs() + 2 * (b - a).abs() + 0.05 * a**2, gradient

    start = torch.randn(20, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = minimise(kinked, start, torch.eye(2).double().expand(20, 2, 2), MinimiseConfig(max_evaluations=200))
    assert float(found.value.max()) < 0.1
    assert float(found.value.max()) < float(kinked(None, start)[0].max())


def test_a_wrong_metric_is_put_back():
    """Concave along the way: the curvature of the first steps is negative, and still the walk ends in a minimum."""

    def wave(row, x):
        return -x.cos().sum(-1), x.sin()

    start = torch.full((1, 2), 2.6, dtype=torch.float64)
    found = minimise(wave, start, 0.1 * torch.eye(2).double().unsqueeze(0), STRICT)
    assert found.code.tolist() == [int(Status.CONVERGED)]
    torch.testing.assert_close(found.value, torch.tensor([-2.0], dtype=torch.float64))


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        (lambda row, x: (x.sum(-1) * torch.nan, x), Status.NOT_FINITE),
        (lambda row, x: (x.square().sum(-1), -2 * x), Status.LINE_SEARCH_FAILED),
        (lambda row, x: (x.sum(-1), torch.ones_like(x)), Status.EVALUATION_LIMIT),
        (lambda row, x: (x.square().sum(-1) + x.square().sum(-1).ceil(), -0.1 * x), Status.ROUGH),
    ],
)
def test_every_end_has_its_code(objective, expected):
    start = torch.full((1, 6), 0.3, dtype=torch.float64)
    found = minimise(objective, start, EYE.unsqueeze(0), MinimiseConfig())
    assert found.code.tolist() == [int(expected)]
    assert int(found.evaluations) <= MinimiseConfig().max_evaluations


def test_a_trap_without_numbers_is_stepped_back_from():
    def walled(row, x):
        value = (x - 1).square().sum(-1)
        return torch.where(x.amax(-1) > 1.2, torch.nan, value), 2 * (x - 1)

    start = torch.full((1, 6), -3.0, dtype=torch.float64)
    found = minimise(walled, start, 4 * EYE.unsqueeze(0), STRICT)
    torch.testing.assert_close(found.point, torch.ones_like(start), atol=1e-5, rtol=0)


def test_tolerances_must_be_positive():
    with pytest.raises(ArgumentError, match=r"step_limit is 0\.0; expected a positive number"):
        MinimiseConfig(step_limit=0.0)
