"""Where to start a fit, from the hits alone: nothing here knows the truth or a fitted constant."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ringcast.events import Hits, Track
from ringcast.geometry import Detector, path_to_wall_cm
from ringcast.reconstruction.config import FitConfig, SeedConfig
from ringcast.reconstruction.coordinates import Bounds, displaced
from ringcast.reconstruction.objective import EventLikelihood
from ringcast.reconstruction.vertex import hit_table, time_vertex
from ringcast.units import C_CM_PER_NS

__all__ = ["Seed", "Starts", "best_starts", "seed_events"]


@dataclass(frozen=True)
class Seed:
    """A vertex, direction and time for each event."""

    position_cm: Float[Tensor, "event 3"]
    direction: Float[Tensor, "event 3"]
    time_ns: Float[Tensor, " event"]


@dataclass(frozen=True)
class Starts:
    """Starts of a minimisation: `kept` of them for every event and hypothesis, best first."""

    seed: Track
    """What they were made from, before any likelihood: vertex and direction of `Seed`, and the energy that the total
    charge asks for there. Row-major in (event, hypothesis)."""

    track: Track
    """Row-major in (event, hypothesis, kept)."""
    event: Int[Tensor, " start"]
    nll: Float[Tensor, "event hypothesis kept"]


def seed_events(hits: Hits, detector: Detector, bounds: Bounds, config: SeedConfig) -> Seed:
    """Vertex and time from hit times, direction from charges, using every sensor.

    The direction is the charge-weighted mean of the unit vectors from the vertex to the prompt hits (those within
    `prompt_ns` of the time expected from the vertex; all hits if those point nowhere).

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("mini")
        >>> top = tank.on("top")
        >>> flight = (tank.position_cm[top] - torch.tensor([0.0, 0, 50])).norm(dim=-1) * 1.37 / C_CM_PER_NS
        >>> hits = Hits.of(top, torch.ones(len(top)), flight + 5, [0, len(top)], len(tank))
        >>> seed = seed_events(hits, tank, Bounds(99.0, 99.0, (50.0, 1000.0)), SeedConfig())
        >>> seed.position_cm.round().abs().tolist(), seed.time_ns.round().tolist()
        ([[0.0, 0.0, 50.0]], [5.0])
    """
    source = time_vertex(hit_table(hits, detector, config.max_hits), bounds, config)
    event = hits.event
    away = detector.position_cm[hits.pmt].double() - source.position_cm[event]
    distance = away.norm(dim=-1, keepdim=True).clamp_min(1.0)
    flight = distance.squeeze(-1) * config.group_index / C_CM_PER_NS
    prompt = (hits.time_ns.double() - source.time_ns[event] - flight).abs() < config.prompt_ns
    charge = hits.charge_pe.double().clamp_min(0)
    pulls = (away / distance * charge.unsqueeze(-1), event, len(hits))
    return Seed(source.position_cm, _mean_direction(*pulls, prompt), source.time_ns)


def _mean_direction(pull: Tensor, event: Tensor, n_event: int, prompt: Bool[Tensor, " hit"]) -> Tensor:
    """Direction of the sum over prompt hits, else over all hits, else up."""
    zero = pull.new_zeros(n_event, 3)
    some, all_hits = zero.index_add(0, event[prompt], pull[prompt]), zero.index_add(0, event, pull)
    up = pull.new_tensor([0.0, 0.0, 1.0]).expand(n_event, 3)
    chosen = up
    for candidate in (all_hits, some):
        chosen = torch.where(candidate.norm(dim=-1, keepdim=True) > 1e-6, candidate, chosen)
    return torch.nn.functional.normalize(chosen, dim=-1)


def best_starts(
    seed: Seed, likelihood: EventLikelihood, detector: Detector, bounds: Bounds, config: FitConfig
) -> Starts:
    """Try shifted vertices and tilted directions under every hypothesis and keep the likeliest.

    Energies come from the predictor: at each vertex it says the mean total charge over a ladder of energies, and the
    charge seen on the sensors it speaks of is looked up on that ladder. Of each vertex only its likeliest direction
    goes on, so that the kept starts are at different places.
    """
    vertices, times = _shifted(seed, detector, bounds, config.seed)
    n_event, n_vertex = vertices.shape[:2]
    n_hypothesis = len(config.hypotheses)
    shape = (n_event, n_hypothesis, n_vertex)
    event = torch.arange(n_event).reshape(-1, 1, 1).expand(shape).reshape(-1)
    track = Track(
        [name for _ in range(n_event) for name in config.hypotheses for _ in range(n_vertex)],
        energy_mev=torch.full((len(event),), bounds.energy_mev[0], dtype=torch.float64),
        position_cm=vertices.unsqueeze(1).expand(*shape, 3).reshape(-1, 3),
        direction=seed.direction[event],
        time_ns=times.unsqueeze(1).expand(shape).reshape(-1),
    )
    track = _with_energy(track, event, likelihood, bounds, config.seed.ladder)
    unmoved = track[torch.arange(0, len(track), n_vertex)]
    track, nll = _best_tilt(track, event, likelihood, config.seed.tilt_rad)
    order = nll.nan_to_num(nan=torch.inf).reshape(shape).argsort(dim=-1, stable=True)[..., : config.seed.starts]
    first = torch.arange(n_event * n_hypothesis).reshape(n_event, n_hypothesis, 1) * n_vertex
    kept = (first + order).reshape(-1)
    return Starts(unmoved, track[kept], event[kept], nll[kept].reshape(order.shape))


def _shifted(
    seed: Seed, detector: Detector, bounds: Bounds, config: SeedConfig
) -> tuple[Float[Tensor, "event vertex 3"], Float[Tensor, "event vertex"]]:
    """The vertex moved against the direction by each of `back_cm`, at most to the wall, and the time there.

    The time is that of a particle on its way to the seed at the speed of light. The first vertex is the seed's own.
    """
    moved, times = [], []
    for back in (0.0, *config.back_cm):
        heading = -seed.direction if back >= 0 else seed.direction
        length = path_to_wall_cm(seed.position_cm, heading, detector).clamp_max(abs(back))
        moved.append(bounds.drawn_in(seed.position_cm + length.unsqueeze(-1) * heading))
        times.append(seed.time_ns - (length if back >= 0 else -length) / C_CM_PER_NS)
    return torch.stack(moved, 1), torch.stack(times, 1)


def _with_energy(track: Track, event: Tensor, likelihood: EventLikelihood, bounds: Bounds, rungs: int) -> Track:
    """The tracks with the energy at which the predictor expects the charge that was seen."""
    low, high = bounds.energy_mev
    ladder = torch.linspace(0, 1, rungs, dtype=torch.float64) * torch.tensor(high / low).log().double()
    energy = low * ladder.exp()
    expected = torch.stack([likelihood.total_charge_pe(_at_energy(track, e.expand(len(track)))) for e in energy], -1)
    seen = likelihood.seen.total_charge_pe.double()[event]
    return _at_energy(track, _looked_up(expected, seen, energy))


def _at_energy(track: Track, energy_mev: Tensor) -> Track:
    return Track(track.pdg, energy_mev, track.position_cm, track.direction, track.time_ns)


def _looked_up(
    expected: Float[Tensor, "row rung"], seen: Float[Tensor, " row"], energy: Float[Tensor, " rung"]
) -> Tensor:
    """Energy at which a rising curve of charge reaches what was seen, linear in the logarithms, within the ladder."""
    rising = expected.clamp_min(1e-3).cummax(dim=-1).values.log().contiguous()
    target = seen.clamp_min(1e-3).log().unsqueeze(-1)
    upper = torch.searchsorted(rising, target).clamp(1, len(energy) - 1)
    below, above = rising.gather(-1, upper - 1), rising.gather(-1, upper)
    part = ((target - below) / (above - below).clamp_min(1e-9)).clamp(0, 1)
    log_energy = energy.log()
    return (log_energy[upper - 1] + part * (log_energy[upper] - log_energy[upper - 1])).exp().squeeze(-1)


def _best_tilt(track: Track, event: Tensor, likelihood: EventLikelihood, tilt_rad: float) -> tuple[Track, Tensor]:
    """Each track as it is or tilted to one of four sides, whichever is likeliest."""
    sides = [(0.0, 0.0)]
    if tilt_rad > 0:
        sides += [(tilt_rad, 0.0), (-tilt_rad, 0.0), (0.0, tilt_rad), (0.0, -tilt_rad)]
    offsets = torch.tensor([(0, 0, 0, a, b, 0) for a, b in sides], dtype=torch.float64)
    tilted = [displaced(track, offset.expand(len(track), 6)) for offset in offsets]
    nll = torch.stack([likelihood.nll(t, event) for t in tilted])
    best = nll.nan_to_num(nan=torch.inf).argmin(0)
    everything = Track.concatenate(tilted)
    row = torch.arange(len(track))
    return everything[best * len(track) + row], nll[best, row]
