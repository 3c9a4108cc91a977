"""Fit tracks to hits: seeds from the data, a batched minimiser, errors from the curvature."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import Detector
from ringcast.likelihood import Predictor
from ringcast.reconstruction.config import FitConfig
from ringcast.reconstruction.coordinates import Bounds, Chart
from ringcast.reconstruction.covariance import covariance_at
from ringcast.reconstruction.minimise import Minimum, minimise
from ringcast.reconstruction.objective import EventLikelihood
from ringcast.reconstruction.result import Fit
from ringcast.reconstruction.seed import Starts, best_starts, seed_events
from ringcast.reconstruction.status import USABLE, Status

__all__ = ["reconstruct"]

_METRIC_STEP = 0.02  # of a free number: about 2 % of the radius, 0.02 rad, 2 % of the log of the energy range
_METRIC_FLOOR = 1.0  # information of a free number known to 1, which spans the tank: keeps empty directions finite
_ANY_ENERGY_MEV = (50.0, 2000.0)  # where neither the settings nor the predictor name a range
_SAME_NLL = 0.01  # ends closer than this are one minimum, reached from several starts


def reconstruct(
    hits: Hits,
    predictor: Predictor,
    detector: Detector | None = None,
    config: FitConfig | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Fit:
    """Fit every event under every hypothesis by maximum likelihood, starting from the hits alone.

    Args:
        hits: The measured events.
        predictor: Turns tracks into predictions; a module should be in evaluation mode.
        detector: The tank; the predictor's own `detector` when left out.
        config: Settings; the defaults when left out.
        progress: Called with the number of events done and of all events after every block.

    Returns:
        One fit for every event and hypothesis. Failures do not raise: `Fit.status` tells of them.

    Raises:
        ArgumentError: There is no detector, or hits or predictor belong to another one.
    """
    config = config or FitConfig()
    tank = _tank(hits, predictor, detector)
    energies = config.energy_range_mev or getattr(predictor, "energy_range_mev", None) or _ANY_ENERGY_MEV
    bounds = Bounds.of(tank, config.wall_margin_cm, energies)
    predicted = _predicted_sensors(predictor, tank, bounds, config)
    likelihood = EventLikelihood(hits, predictor, predicted, config.rows_per_call, config.dtype)
    fits = [_nothing(0, config)]
    for first in range(0, len(hits), config.events_per_block):
        block = torch.arange(first, min(first + config.events_per_block, len(hits)))
        fits.append(_fit_block(likelihood[block], tank, bounds, config))
        if progress is not None:
            progress(first + len(block), len(hits))
    return Fit.concatenate(fits)


def _fit_block(likelihood: EventLikelihood, tank: Detector, bounds: Bounds, config: FitConfig) -> Fit:
    """Fit the events that have hits enough; the others are told apart by their status."""
    counts = likelihood.seen.counts
    chosen = (counts >= config.seed.min_hits).nonzero().squeeze(-1)
    empty = _nothing(len(counts), config)
    if len(chosen) == 0:
        return empty
    fitted = _fit_events(likelihood[chosen], tank, bounds, config)
    place = torch.arange(len(counts))
    place[chosen] = len(counts) + torch.arange(len(chosen))
    return Fit.concatenate([empty, fitted])[place]


def _fit_events(likelihood: EventLikelihood, tank: Detector, bounds: Bounds, config: FitConfig) -> Fit:
    seed = seed_events(likelihood.hits, tank, bounds, config.seed)
    starts = best_starts(seed, likelihood, tank, bounds, config)
    chart = Chart.about(starts.track, bounds)
    minimum = _minimum(starts, chart, likelihood, config)
    at_bound = torch.isin(minimum.code, torch.tensor([int(s) for s in USABLE])) & chart.at_bound(minimum.point)
    code = torch.where(at_bound, int(Status.AT_BOUND), minimum.code)
    value = minimum.value.where(minimum.code != int(Status.NOT_FINITE), torch.nan)
    winner = _winners(value, starts)
    track = chart[winner].track(minimum.point[winner])
    covariance, valid = _covariance(track, starts.event[winner], code[winner], likelihood, config)
    shape = starts.nll.shape[:2]
    return Fit(
        hypotheses=config.hypotheses,
        track=track,
        seed=starts.seed,
        nll=value[winner].reshape(shape),
        covariance=covariance.reshape(*shape, 6, 6),
        covariance_ok=valid.reshape(shape),
        code=code[winner].reshape(shape),
        evaluations=minimum.evaluations[winner].reshape(shape),
    )


def _minimum(starts: Starts, chart: Chart, likelihood: EventLikelihood, config: FitConfig) -> Minimum:
    """Walk down from every start, with the information of the expected charges as first metric."""

    def objective(row: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
        here = chart[row]
        return likelihood.nll_and_gradient(lambda piece, u: here[piece].track(u), starts.event[row], free)

    begin = chart.free(starts.track)
    step = torch.full((6,), _METRIC_STEP, dtype=torch.float64)
    information = likelihood.fisher(lambda row, u: chart[row].track(u), begin, step)
    finite = torch.isfinite(information).all(-1).all(-1).reshape(-1, 1, 1)
    floor = _METRIC_FLOOR * torch.eye(6, dtype=torch.float64)
    metric = torch.linalg.inv(torch.where(finite, information, torch.zeros_like(information)) + floor)
    noise = max(config.minimise.noise, 2 * torch.finfo(config.dtype).eps)
    return minimise(objective, begin, metric, replace(config.minimise, noise=noise))


def _winners(value: Tensor, starts: Starts) -> Tensor:
    """Row of the lowest end of every event and hypothesis; of equal ends, that of the likeliest start."""
    ends = value.nan_to_num(nan=torch.inf).reshape(-1, starts.nll.shape[-1])
    first = (ends <= ends.amin(-1, keepdim=True) + _SAME_NLL).to(torch.int8).argmax(-1)
    return torch.arange(len(ends)) * ends.shape[-1] + first


def _covariance(
    track: Track, event: Tensor, code: Tensor, likelihood: EventLikelihood, config: FitConfig
) -> tuple[Tensor, Tensor]:
    """Covariance of the fits that ended in a minimum; NaN and invalid for the others."""
    covariance = torch.full((len(track), 6, 6), torch.nan, dtype=torch.float64)
    valid = torch.zeros(len(track), dtype=torch.bool)
    rows = torch.isin(code, torch.tensor([int(s) for s in USABLE])).nonzero().squeeze(-1)
    if len(rows):
        covariance[rows], valid[rows] = covariance_at(track[rows], event[rows], likelihood, config.covariance_step)
    return covariance, valid


def _tank(hits: Hits, predictor: Predictor, detector: Detector | None) -> Detector:
    own = getattr(predictor, "detector", None)
    tank = detector if detector is not None else own
    if not isinstance(tank, Detector):
        raise ArgumentError("reconstruct has no detector: the predictor names none, so give one")
    if isinstance(own, Detector) and own.fingerprint != tank.fingerprint:
        raise ArgumentError(
            f"the predictor is for detector {own.name} ({own.fingerprint}), the events are of {tank.name}"
            f" ({tank.fingerprint}); take a model of that detector"
        )
    if hits.n_pmt != len(tank):
        raise ArgumentError(
            f"hits are of {hits.n_pmt} sensors, detector {tank.name} has {len(tank)}: is it the right one?"
        )
    return tank


def _predicted_sensors(predictor: Predictor, tank: Detector, bounds: Bounds, config: FitConfig) -> Tensor:
    """Sensors that the predictor speaks of, asked with a track at the centre."""
    with torch.no_grad():
        prediction = predictor(_placeholders(1, bounds.energy_mev[0], config.hypotheses[:1]).to(config.dtype))
    if prediction.n_pmt != len(tank):
        raise ArgumentError(f"the predictor is for {prediction.n_pmt} sensors, detector {tank.name} has {len(tank)}")
    return prediction.pmt


def _placeholders(n_event: int, energy_mev: float, hypotheses: tuple[str, ...]) -> Track:
    n = n_event * len(hypotheses)
    up = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).expand(n, 3)
    energy = torch.full((n,), energy_mev, dtype=torch.float64)
    return Track(
        list(hypotheses) * n_event, energy, torch.zeros(n, 3, dtype=torch.float64), up, torch.zeros(n).double()
    )


def _nothing(n_event: int, config: FitConfig) -> Fit:
    """Events with too few hits."""
    shape = (n_event, len(config.hypotheses))
    track = _placeholders(n_event, _ANY_ENERGY_MEV[0], config.hypotheses)
    return Fit(
        hypotheses=config.hypotheses,
        track=track,
        seed=track,
        nll=torch.full(shape, torch.nan, dtype=torch.float64),
        covariance=torch.full((*shape, 6, 6), torch.nan, dtype=torch.float64),
        covariance_ok=torch.zeros(shape, dtype=torch.bool),
        code=torch.full(shape, int(Status.TOO_FEW_HITS)),
        evaluations=torch.zeros(shape, dtype=torch.int64),
    )
