"""Laws of the Gaussian head: it integrates to one, samples follow it, and its gradients are those of its values."""

import math

import pytest
import torch
from scipy import integrate, stats

from ringcast.errors import ArgumentError
from ringcast.events import Hits
from ringcast.likelihood import GaussianPrediction, Prediction
from ringcast.likelihood.normal import LOG_VARIANCE_FLOOR, normal_log_prob, normal_mean

SUPPORTS = ("positive", "real")
PARAMETERS = [(-1.0, 0.5), (0.3, -2.0), (2.0, 1.0), (-4.0, 2.0)]
"""Log mean and log variance."""


def prediction(unhit=0.0, log_mean=0.0, log_variance=0.0, *, batch=1, predicted=1, support="positive", n_pmt=None):
    like = torch.ones(batch, predicted, dtype=torch.float64)
    return GaussianPrediction(
        unhit_logit=unhit * like,
        log_variance=log_variance * like,
        log_mean=log_mean * like,
        pmt=torch.arange(predicted),
        n_pmt=n_pmt or predicted,
        support=support,
    )


def one_hit(charge_pe, n_pmt=1):
    return Hits(torch.tensor([0]), torch.tensor([charge_pe]).double(), torch.zeros(1), torch.tensor([0, 1]), n_pmt)


def nothing(n_events, n_pmt):
    return Hits.of([], charge_pe=[], time_ns=[], start=[0] * (n_events + 1), n_pmt=n_pmt)


def test_is_a_prediction():
    assert isinstance(prediction(), Prediction)


@pytest.mark.parametrize("support", SUPPORTS)
@pytest.mark.parametrize(("log_mean", "log_variance"), PARAMETERS)
def test_integrates_to_one(support, log_mean, log_variance):
    model = prediction(0.7, log_mean, log_variance, support=support)
    mu, s = math.exp(log_mean), math.exp(log_variance / 2)
    low = 1e-12 if support == "positive" else mu - 12 * s
    density = lambda q: float(model.log_prob(one_hit(q)).exp())  # noqa: E731
    hit, _ = integrate.quad(density, low, mu + 12 * s, points=[max(mu, low)], epsabs=1e-9)
    dark = float(model.log_prob(nothing(1, 1)).exp())
    assert dark == pytest.approx(1 / (1 + math.exp(-0.7)))
    assert dark + hit == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("support", SUPPORTS)
@pytest.mark.parametrize(("log_mean", "log_variance"), PARAMETERS)
def test_mean_is_the_integral(support, log_mean, log_variance):
    model = prediction(-0.4, log_mean, log_variance, support=support)
    mu, s = math.exp(log_mean), math.exp(log_variance / 2)
    low = 0.0 if support == "positive" else mu - 12 * s
    log_density = lambda q: normal_log_prob(*(torch.tensor(x) for x in (q, log_mean, log_variance)), support)  # noqa: E731
    integral, _ = integrate.quad(lambda q: q * float(log_density(q).exp()), low, mu + 12 * s, points=[mu], limit=200)
    assert float(normal_mean(torch.tensor(log_mean), torch.tensor(log_variance), support)) == pytest.approx(
        integral, rel=1e-5
    )
    assert float(model.mean_charge_pe) == pytest.approx(integral / (1 + math.exp(-0.4)), rel=1e-5)


@pytest.mark.parametrize("support", SUPPORTS)
@pytest.mark.parametrize(("log_mean", "log_variance"), PARAMETERS)
def test_samples_follow_the_density(support, log_mean, log_variance):
    n = 40_000
    model = prediction(0.2, log_mean, log_variance, batch=n, support=support)
    hits = model.sample(generator=torch.Generator().manual_seed(5))
    mu, s = math.exp(log_mean), math.exp(log_variance / 2)
    law = stats.truncnorm(-mu / s if support == "positive" else -math.inf, math.inf, mu, s)
    edges = law.ppf([k / 20 for k in range(21)])
    found, _ = torch.histogram(hits.charge_pe, torch.tensor(edges).clamp(-1e9, 1e9))
    p_hit = float(model.hit_probability[0, 0])
    observed = [n - len(hits.pmt), *found.int().tolist()]
    expected = [n * (1 - p_hit), *[n * p_hit / 20] * 20]
    assert sum(observed) == n
    assert stats.chisquare(observed, expected).pvalue > 1e-4


@pytest.mark.parametrize("support", SUPPORTS)
def test_gradients_against_finite_differences(support):
    generator = torch.Generator().manual_seed(3)
    fields = [torch.randn(2, 5, generator=generator, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    charge = torch.tensor([0.3, 2.0, 1.1, 4.0], dtype=torch.float64)
    hits = Hits(torch.tensor([0, 3, 4, 1]), charge, torch.zeros(4), torch.tensor([0, 3, 4]), 5)

    def log_prob(unhit, log_variance, log_mean):
        return GaussianPrediction(
            unhit_logit=unhit,
            log_variance=log_variance,
            log_mean=log_mean,
            pmt=torch.arange(5),
            n_pmt=5,
            support=support,
        ).log_prob(hits)

    assert torch.autograd.gradcheck(log_prob, fields)


def test_sums_over_predicted_sensors_only():
    model = GaussianPrediction(
        unhit_logit=torch.tensor([[0.5, -0.5]]),
        log_variance=torch.zeros(1, 2),
        log_mean=torch.zeros(1, 2),
        pmt=torch.tensor([7, 2]),
        n_pmt=9,
    )
    hits = Hits.of([2, 4], charge_pe=[1.5, 9.0], time_ns=[0, 0], start=[0, 2], n_pmt=9)
    by_hand = -math.log1p(math.exp(-0.5)) - math.log1p(math.exp(-0.5))
    by_hand += stats.truncnorm(-1, math.inf, 1, 1).logpdf(1.5)
    assert float(model.log_prob(hits)) == pytest.approx(by_hand, rel=1e-6)


def test_one_event_is_compared_with_every_track():
    model = prediction(torch.tensor([[0.1], [0.9]]).double(), batch=2, predicted=3)
    hits = Hits.of([1], charge_pe=[2.0], time_ns=[0], start=[0, 1], n_pmt=3)
    both = model.log_prob(hits)
    assert both.shape == (2,)
    assert both[0] != both[1]


def test_several_hits_of_a_sensor_count_once():
    model = prediction(predicted=3)
    twice = Hits.of([1, 1], charge_pe=[2.0, 1.0], time_ns=[0, 4], start=[0, 2], n_pmt=3)
    once = Hits.of([1], charge_pe=[3.0], time_ns=[0], start=[0, 1], n_pmt=3)
    assert torch.equal(model.log_prob(twice), model.log_prob(once))


def test_a_charge_of_zero_is_dark_on_positive_charges_only():
    zero = Hits.of([0], charge_pe=[0.0], time_ns=[0], start=[0, 1], n_pmt=1)
    assert torch.equal(prediction(0.3).log_prob(zero), prediction(0.3).log_prob(nothing(1, 1)))
    real = prediction(0.3, support="real")
    assert not torch.equal(real.log_prob(zero), real.log_prob(nothing(1, 1)))


def test_width_cannot_collapse():
    exact = prediction(log_variance=-1e4).log_prob(one_hit(1.0))
    at_floor = prediction(log_variance=LOG_VARIANCE_FLOOR).log_prob(one_hit(1.0))
    assert torch.equal(exact, at_floor)


def test_extreme_outputs_stay_finite():
    for value in (-1e4, 1e4):
        model = prediction(value, value, value)
        assert torch.isfinite(model.log_prob(one_hit(1e-3))).all()
        assert torch.isfinite(model.mean_charge_pe).all()


def test_samples_have_the_detectors_numbers():
    model = GaussianPrediction(
        unhit_logit=torch.full((3, 2), -50.0),
        log_variance=torch.zeros(3, 2),
        log_mean=torch.zeros(3, 2),
        pmt=torch.tensor([7, 2]),
        n_pmt=9,
    )
    hits = model.sample(generator=torch.Generator().manual_seed(0))
    assert hits.pmt.tolist() == [7, 2] * 3
    assert hits.start.tolist() == [0, 2, 4, 6]
    assert hits.n_pmt == 9
    assert bool((hits.charge_pe > 0).all())


def test_refuses_hits_of_another_detector():
    with pytest.raises(ArgumentError, match=r"detector of 4 sensors, the prediction is for 3; use the model"):
        prediction(predicted=3).log_prob(nothing(1, 4))


def test_refuses_another_number_of_events():
    with pytest.raises(ArgumentError, match=r"hits has 2 events for a batch of 3 tracks; expected 3, or 1"):
        prediction(batch=3).log_prob(nothing(2, 1))


def test_refuses_fields_that_disagree():
    zero = torch.zeros(2, 3)
    common = {"unhit_logit": zero, "log_mean": zero, "n_pmt": 5}
    with pytest.raises(ArgumentError, match=r"log_variance has shape \(2, 4\); expected \(2, 3\)"):
        GaussianPrediction(**common, log_variance=torch.zeros(2, 4), pmt=torch.arange(3))
    with pytest.raises(ArgumentError, match=r"expected \(batch, 4 pmt\)"):
        GaussianPrediction(**common, log_variance=zero, pmt=torch.arange(4))
    with pytest.raises(ArgumentError, match="support is 'both'; expected one of positive, real"):
        GaussianPrediction(**common, log_variance=zero, pmt=torch.arange(3), support="both")
