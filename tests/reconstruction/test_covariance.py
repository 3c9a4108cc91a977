"""Covariances against closed forms."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from ringcast.events import Hits, Track
from ringcast.reconstruction.coordinates import displaced
from ringcast.reconstruction.covariance import covariance_at, inverted
from ringcast.reconstruction.objective import EventLikelihood
from tests.reconstruction.analytic import RingPredictor, random_tracks


@dataclass(frozen=True)
class ParabolaPrediction:
    """nll = (theta - centre)^T A (theta - centre) / 2 in position, small angles about +z, and energy."""

    theta: Tensor
    centre: Tensor
    information: Tensor
    pmt: Tensor
    n_pmt: int
    mean_charge_pe: Tensor

    def log_prob(self, hits: Hits) -> Tensor:
        apart = self.theta - self.centre
        return -torch.einsum("ri,ij,rj->r", apart, self.information, apart) / 2


class ParabolaPredictor:
    """Mean charges are sqrt-linear in theta, so that their Fisher matrix sets sensible steps."""

    def __init__(self, information: Tensor, centre: Tensor) -> None:
        self.information, self.centre = information, centre

    def __call__(self, track: Track) -> ParabolaPrediction:
        x, y, z = track.direction.unbind(-1)
        angles = torch.stack([-torch.atan2(y, z), torch.atan2(x, torch.hypot(y, z))], -1)
        theta = torch.cat([track.position_cm, angles, track.energy_mev.unsqueeze(-1)], -1)
        width = self.information.diagonal().rsqrt()
        charge = 100 + 10 * (theta - self.centre) / width
        return ParabolaPrediction(theta, self.centre, self.information, torch.arange(6), 6, charge)


def test_a_parabola_gives_its_inverse():
    draw = torch.Generator().manual_seed(6)
    mix = torch.eye(6).double() + 0.3 * torch.randn(6, 6, generator=draw, dtype=torch.float64)
    scale = torch.tensor([3.0, 4.0, 5.0, 0.01, 0.01, 6.0], dtype=torch.float64)
    expected = mix @ mix.T * scale * scale.unsqueeze(-1)
    centre = torch.tensor([1.0, 2.0, 3.0, 0.0, 0.0, 300.0], dtype=torch.float64)
    predictor = ParabolaPredictor(torch.linalg.inv(expected), centre)
    track = Track("e-", 300.0, (1.0, 2.0, 3.0), (0.0, 0.0, 1.0)).to(torch.float64)
    likelihood = EventLikelihood(Hits.of([], [], [], [0, 0], 6), predictor, torch.arange(6), 4, torch.float64)
    found, valid = covariance_at(track, torch.tensor([0]), likelihood, 1.0)
    assert valid.tolist() == [True]
    torch.testing.assert_close(found[0], expected, rtol=2e-3, atol=1e-6)


def test_the_expected_curvature_is_the_fisher_matrix(tank):
    """Averaged over events drawn at the truth, the Hessian is the analytic information of the ring model."""
    predictor = RingPredictor(tank)
    track = random_tracks(1, tank, seed=5)
    n = 300
    many = track[torch.zeros(n, dtype=torch.int64)]
    hits = predictor(many).sample(generator=torch.Generator().manual_seed(6))
    likelihood = EventLikelihood(hits, predictor, predictor.pmt, 128, torch.float64)
    covariance, valid = covariance_at(many, torch.arange(n), likelihood, 0.2)
    curvature = torch.linalg.inv(covariance[valid])
    assert int(valid.sum()) > 0.9 * n
    analytic = fisher(predictor, track)
    found, spread = curvature.mean(0), curvature.std(0) / int(valid.sum()) ** 0.5
    diagonal = found.diagonal() / analytic.diagonal() - 1
    error = spread.diagonal() / analytic.diagonal()
    assert float((diagonal.abs() / (error + 0.02)).max()) < 4


def fisher(predictor: RingPredictor, track: Track) -> Tensor:
    """Information of one ring: a Bernoulli hit, and a normal charge with mean c and variance c / 2 of every hit."""
    steps = 1e-5 * torch.eye(6, dtype=torch.float64)
    track = track[torch.zeros(6, dtype=torch.int64)]
    slope = (predictor(displaced(track, steps)).mean - predictor(displaced(track, -steps)).mean).T / 2e-5
    m = predictor(track).mean[0]
    p = -torch.expm1(-m)
    centre = m / p
    centre_slope = (p - m * (1 - p)) / p**2
    of_hit = (1 - p) / p
    of_charge = p * centre_slope**2 * (2 / centre + 1 / (2 * centre**2))
    return torch.einsum("pk,pl,p->kl", slope, slope, of_hit + of_charge)


def test_information_of_charges_has_the_size_of_the_curvature(sample):
    """The metric is a guess, but within a factor of ten of the truth in every direction."""
    truth = sample.truth[torch.arange(10)]
    likelihood = EventLikelihood(
        sample.hits[torch.arange(10)], sample.predictor, sample.predictor.pmt, 128, torch.float64
    )
    step = torch.tensor([0.1, 0.1, 0.1, 0.001, 0.001, 0.1], dtype=torch.float64)
    guess = likelihood.fisher(lambda row, u: displaced(truth[row], u), torch.zeros(10, 6).double(), step)
    for row in range(10):
        ratio = torch.linalg.eigvals(torch.linalg.solve(guess[row], fisher(sample.predictor, truth[row : row + 1])))
        assert float(ratio.real.min()) > 0.1
        assert float(ratio.real.max()) < 10


@pytest.mark.parametrize("bad", [-1.0, 0.0, torch.nan])
def test_a_saddle_has_no_covariance(bad):
    hessian = torch.eye(6, dtype=torch.float64).repeat(2, 1, 1)
    hessian[1, 2, 2] = bad
    covariance, valid = inverted(hessian, torch.ones(2, 6, dtype=torch.float64))
    assert valid.tolist() == [True, False]
    assert bool(covariance[1].isnan().all())
    torch.testing.assert_close(covariance[0], torch.eye(6, dtype=torch.float64))
