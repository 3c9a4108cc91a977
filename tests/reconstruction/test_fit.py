"""Fits of events drawn from a predictor whose likelihood is known."""

import math
from dataclasses import dataclass, replace

import pytest
import torch

import ringcast.reconstruction
from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.reconstruction import Fit, FitConfig, SeedConfig, Status, compare, reconstruct
from ringcast.reconstruction.coordinates import Bounds, Chart, transverse_basis
from ringcast.reconstruction.objective import EventLikelihood
from ringcast.units import C_CM_PER_NS
from tests.reconstruction.analytic import RingPrediction, RingPredictor, random_tracks

FIRST_THREE = torch.arange(3)


def nll_of(predictor, track, hits):
    return -predictor(track).log_prob(hits)


def chi_square_interval(n, z):
    """Wilson and Hilferty's approximation of the quantiles at plus and minus z, divided by n."""
    return tuple((1 - 2 / (9 * n) + sign * z * math.sqrt(2 / (9 * n))) ** 3 for sign in (-1, 1))


def offsets(own, truth):
    """Fit minus truth in the parameters of the covariance."""
    first, second = transverse_basis(own.track.direction)
    sideways = [-(truth.direction * e).sum(-1, keepdim=True) for e in (first, second)]
    energy = (own.track.energy_mev - truth.energy_mev).unsqueeze(-1)
    return torch.cat([own.track.position_cm - truth.position_cm, *sideways, energy], -1)


def test_the_public_names_are_few():
    assert len(ringcast.reconstruction.__all__) <= 12
    assert all(hasattr(ringcast.reconstruction, name) for name in ringcast.reconstruction.__all__)


def test_fits_converge_from_the_data_alone(sample):
    assert float(sample.own.converged.double().mean()) >= 0.95
    assert float(sample.fit.converged.double().mean()) >= 0.95
    assert bool((sample.fit.covariance_ok == sample.fit.converged).all())
    assert int(sample.fit.evaluations.max()) <= sample.config.minimise.max_evaluations
    assert float(sample.fit.evaluations.double().mean()) < 25


def test_fits_are_at_least_as_likely_as_the_truth(sample):
    """And twice the difference is distributed as chi-square with six degrees of freedom (Wilks)."""
    gain = nll_of(sample.predictor, sample.truth, sample.hits) - sample.own.nll[:, 0]
    assert float((gain > -0.01).double().mean()) >= 0.95
    assert abs(float(2 * gain.mean()) - 6) < 4 * math.sqrt(12 / len(gain))


def test_pulls_have_width_one(sample):
    own = sample.own
    kept = own.covariance_ok[:, 0]
    sigma = own.covariance[:, 0].diagonal(dim1=-2, dim2=-1).sqrt()
    pulls = (offsets(own, sample.truth) / sigma)[kept]
    low, high = chi_square_interval(len(pulls), z=3.3)
    for width in pulls.square().mean(0).tolist():
        assert low < width < high
    assert float(pulls.mean(0).abs().max()) < 3.3 / math.sqrt(len(pulls))


def test_errors_are_correlated_as_the_covariance_says(sample):
    own = sample.own
    kept = own.covariance_ok[:, 0]
    offset, covariance = offsets(own, sample.truth)[kept], own.covariance[:, 0][kept]
    distance = torch.einsum("ri,rij,rj->r", offset, torch.linalg.inv(covariance), offset)
    low, high = chi_square_interval(6 * len(offset), z=3.3)
    assert low < float(distance.mean()) / 6 < high


def test_particles_are_told_apart(sample):
    assert float(compare(sample.fit, sample.truth).right_particle.double().mean()) >= 0.95
    electron = sample.truth.pdg == 11
    assert float(sample.fit.pid_score[electron].median()) > 0 > float(sample.fit.pid_score[~electron].median())


def test_nll_is_that_of_the_track(sample):
    for name in sample.fit.hypotheses:
        part = sample.fit.under(name)
        torch.testing.assert_close(nll_of(sample.predictor, part.track, sample.hits), part.nll[:, 0])


def test_gradients_are_those_of_finite_differences(sample):
    some = torch.arange(4)
    likelihood = EventLikelihood(sample.hits[some], sample.predictor, sample.predictor.pmt, 3, torch.float64)
    track = sample.truth[some]
    chart = Chart.about(track, Bounds(99.0, 99.0, (50.0, 2000.0)))
    free = chart.free(track) + 0.02
    _, gradient = likelihood.nll_and_gradient(lambda row, u: chart[row].track(u), some, free)
    for k in range(6):
        step = 1e-5 * torch.eye(6, dtype=torch.float64)[k]
        above, below = (likelihood.nll(chart.track(free + sign * step), some) for sign in (1, -1))
        torch.testing.assert_close(gradient[:, k], (above - below) / 2e-5, rtol=1e-5, atol=1e-4)


def test_one_by_one_is_the_same_as_together(sample, tank):
    config = replace(sample.config, rows_per_call=1, events_per_block=1)
    alone = [reconstruct(sample.hits[i], sample.predictor, tank, config) for i in range(2)]
    for i, fit in enumerate(alone):
        together = sample.fit[torch.tensor([i])]
        torch.testing.assert_close(fit.nll, together.nll, atol=1e-6, rtol=0)
        torch.testing.assert_close(fit.track.position_cm, together.track.position_cm, atol=1e-3, rtol=0)
        torch.testing.assert_close(fit.covariance, together.covariance, rtol=1e-3, atol=1e-6)


def test_single_precision_finds_the_same_minimum(sample):
    config = replace(sample.config, precision="float32")
    single = reconstruct(sample.hits[FIRST_THREE], sample.predictor, None, config)
    double = sample.fit[FIRST_THREE]
    assert bool(single.converged.all())
    torch.testing.assert_close(single.nll, double.nll, atol=0.02, rtol=0)
    sigma = double.covariance.diagonal(dim1=-2, dim2=-1).sqrt()
    apart = (single.track.position_cm - double.track.position_cm).reshape(3, 2, 3) / sigma[..., :3]
    assert float(apart.abs().max()) < 0.2


def test_hits_that_no_prediction_covers_do_not_count(sample, tank):
    predictor = RingPredictor(tank, tank.on("barrel"))
    all_hits = sample.hits[FIRST_THREE]
    barrel = all_hits.select(predictor.pmt)
    covered = Hits(predictor.pmt[barrel.pmt], barrel.charge_pe, barrel.time_ns, barrel.start, len(tank))
    assert len(covered.pmt) < len(all_hits.pmt)
    whole, part = (reconstruct(hits, predictor, tank, sample.config) for hits in (all_hits, covered))
    torch.testing.assert_close(whole.nll, part.nll, atol=0.01, rtol=0)
    torch.testing.assert_close(whole.best.track.energy_mev, part.best.track.energy_mev, rtol=5e-3, atol=0)


def test_events_without_light_have_a_status(sample, tank):
    one = sample.hits[0]
    few = Hits(one.pmt[:5], one.charge_pe[:5], one.time_ns[:5], torch.tensor([0, 5]), len(tank))
    none = Hits(one.pmt[:0], one.charge_pe[:0], one.time_ns[:0], torch.tensor([0, 0]), len(tank))
    fit = reconstruct(Hits.concatenate([none, one, few]), sample.predictor, tank, sample.config)
    assert fit.code[:, 0].tolist() == [int(Status.TOO_FEW_HITS), int(Status.CONVERGED), int(Status.TOO_FEW_HITS)]
    assert "too few hits" in fit.status[0][0]
    assert fit.nll.isnan()[:, 0].tolist() == [True, False, True]
    assert fit.best.covariance_ok[:, 0].tolist() == [False, True, False]
    torch.testing.assert_close(fit.nll[1], sample.fit.nll[0])


def test_no_events_give_an_empty_fit(sample, tank):
    fit = reconstruct(sample.hits[[]], sample.predictor, tank, sample.config)
    assert len(fit) == 0
    assert fit.status == []
    assert len(fit.best.track) == 0


def test_an_energy_beyond_the_range_ends_at_the_bound(sample, tank):
    bright = int(sample.truth.energy_mev.argmax())
    config = replace(sample.config, energy_range_mev=(50.0, 250.0), hypotheses=(sample.truth.names[bright],))
    fit = reconstruct(sample.hits[bright], sample.predictor, tank, config)
    assert fit.code.tolist() == [[int(Status.AT_BOUND)]]
    assert float(fit.track.energy_mev) == pytest.approx(250, rel=1e-3)
    assert not bool(fit.covariance_ok)
    assert bool(fit.covariance.isnan().all())


@dataclass(frozen=True)
class _Broken(RingPrediction):
    def log_prob(self, hits):
        return super().log_prob(hits) * torch.nan


def test_a_predictor_without_numbers_is_a_status(sample, tank):
    class BrokenPredictor(RingPredictor):
        def __call__(self, track):
            return _Broken(**vars(super().__call__(track)))

    fit = reconstruct(sample.hits[FIRST_THREE], BrokenPredictor(tank), tank, sample.config)
    assert (fit.code == int(Status.NOT_FINITE)).all()
    assert bool(fit.nll.isnan().all())
    assert bool(fit.track.position_cm.isfinite().all())


class KinkedPredictor(RingPredictor):
    """Mean charges times sums of triangle waves in vertex and direction: kinks everywhere, as rectifiers make them."""

    def __init__(self, detector):
        super().__init__(detector)
        draw = torch.Generator().manual_seed(0)
        self.ray = torch.randn(len(self.pmt), 8, 6, generator=draw)
        self.phase = torch.rand(len(self.pmt), 8, generator=draw)

    def __call__(self, track):
        prediction = super().__call__(track)
        place = torch.cat([track.position_cm / 40, 2 * track.direction], -1)
        wave = torch.einsum("rk,pwk->rpw", place, self.ray.to(place)) + self.phase.to(place)
        triangle = 4 * (wave - wave.floor() - 0.5).abs() - 1
        return replace(prediction, mean=prediction.mean * (1 + 0.2 * triangle.mean(-1)))


def test_kinks_do_not_stop_the_fit(tank):
    predictor = KinkedPredictor(tank)
    truth = random_tracks(8, tank, seed=1)
    hits = predictor(truth).sample(generator=torch.Generator().manual_seed(2))
    fit = reconstruct(hits, predictor, tank, FitConfig(rows_per_call=16))
    assert bool(fit.converged.all())
    assert float((fit.best.nll[:, 0] - nll_of(predictor, truth, hits)).max()) < 0.01


def test_progress_counts_events(sample, tank):
    seen = []
    config = replace(sample.config, events_per_block=2, hypotheses=("mu-",), seed=SeedConfig(starts=1))
    reconstruct(sample.hits[FIRST_THREE], sample.predictor, tank, config, progress=lambda *n: seen.append(n))
    assert seen == [(2, 3), (3, 3)]


def test_a_model_of_another_tank_is_refused(sample, tank):
    other = load_detector("iwcd-grid")
    with pytest.raises(ArgumentError, match=r"predictor is for detector mini \(\w+\), the events are of iwcd-grid"):
        reconstruct(sample.hits, sample.predictor, other)

    def anonymous(track):
        return sample.predictor(track)

    with pytest.raises(ArgumentError, match="has no detector: the predictor names none"):
        reconstruct(sample.hits, anonymous)
    with pytest.raises(ArgumentError, match=f"hits are of {len(tank)} sensors, detector iwcd-grid has"):
        reconstruct(sample.hits, anonymous, other)
    with pytest.raises(ArgumentError, match=f"the predictor is for {len(tank)} sensors, detector iwcd-grid has"):
        reconstruct(Hits.of([], [], [], [0], len(other)), anonymous, other)


def test_pid_needs_two_hypotheses(sample):
    with pytest.raises(ArgumentError, match="pid_score needs two hypotheses; the fit has mu-"):
        _ = sample.fit.under("mu-").pid_score
    with pytest.raises(ArgumentError, match="no hypothesis 'gamma'; it has e-, mu-"):
        sample.fit.under("gamma")


def test_a_fit_checks_its_sizes(sample):
    with pytest.raises(ArgumentError, match="Fit has 119 tracks"):
        replace(sample.fit, track=sample.fit.track[1:])
    with pytest.raises((ArgumentError, TypeError), match="code"):  # the shape hook of the tests may be the first
        replace(sample.fit, code=sample.fit.code[:, :1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hypotheses": ()}, "expected different particles"),
        ({"hypotheses": ("e-", "e-")}, "expected different particles"),
        ({"hypotheses": ("neutron",)}, "particle is 'neutron'"),
        ({"energy_range_mev": (100.0, 50.0)}, "expected 0 < low < high in MeV"),
        ({"rows_per_call": 0}, "expected at least 1"),
    ],
)
def test_settings_are_checked(changes, message):
    with pytest.raises(ArgumentError, match=message):
        FitConfig(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"min_hits": 2}, "min_hits is 2; expected at least 4"),
        ({"time_scale_ns": 0.0}, "time_scale_ns is 0.0; expected a positive number"),
    ],
)
def test_seed_settings_are_checked(changes, message):
    with pytest.raises(ArgumentError, match=message):
        SeedConfig(**changes)


def test_times_follow_the_seed(sample):
    earlier = sample.fit.seed.time_ns - sample.fit.track.time_ns  # a start behind the seed is reached before it
    assert float(earlier.min()) >= 0
    assert float(earlier.max()) <= max(SeedConfig().back_cm) / C_CM_PER_NS + 1e-9
    own = sample.own.track.time_ns
    assert float((own - sample.truth.time_ns).abs().median()) < 0.5


def test_fits_of_one_hypothesis_have_a_best(tank):
    predictor = RingPredictor(tank)
    truth = random_tracks(1, tank, seed=12, particles=("mu-",))
    hits = predictor(truth).sample(generator=torch.Generator().manual_seed(1))
    fit = reconstruct(hits, predictor, config=FitConfig(hypotheses=("mu-",), precision="float64"))
    assert isinstance(fit, Fit)
    assert fit.best.track.names == ["mu-"]
    assert isinstance(fit.best.track, Track)


def test_energies_stay_where_the_predictor_was_trained(sample):
    """Unless the settings say otherwise, a predictor's own range bounds the fit."""
    bright = int(sample.truth.energy_mev.argmax())
    predictor = RingPredictor(sample.predictor.detector)
    predictor.energy_range_mev = (50.0, 200.0)
    config = replace(sample.config, energy_range_mev=None, hypotheses=(sample.truth.names[bright],))
    fit = reconstruct(sample.hits[[bright]], predictor, config=config)
    assert float(sample.truth.energy_mev[bright]) > 250
    assert float(fit.track.energy_mev[0]) <= 200
