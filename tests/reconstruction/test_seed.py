"""Seeds from the hits alone."""

import torch

from ringcast.events import Hits
from ringcast.reconstruction import FitConfig, SeedConfig
from ringcast.reconstruction.coordinates import Bounds
from ringcast.reconstruction.objective import EventLikelihood
from ringcast.reconstruction.seed import _at_energy, _looked_up, best_starts, seed_events
from ringcast.reconstruction.vertex import hit_table, time_vertex
from ringcast.units import C_CM_PER_NS

BOUNDS = Bounds(99.0, 99.0, (50.0, 2000.0))


def flashes(tank, vertex, jitter_ns=0.0, late=0.0):
    """Every sensor is hit by light of a point; a share of the hits is late by up to 100 ns."""
    draw = torch.Generator().manual_seed(8)
    n, pmts = len(vertex), len(tank)
    flight = torch.cdist(vertex, tank.position_cm) * 1.37 / C_CM_PER_NS
    time = flight + 10 + jitter_ns * torch.randn(n, pmts, generator=draw)
    delayed = torch.rand(n, pmts, generator=draw) < late
    time = time + delayed * 100 * torch.rand(n, pmts, generator=draw)
    pmt = torch.arange(pmts).repeat(n)
    return Hits.of(pmt, torch.ones(n * pmts), time.reshape(-1), pmts * torch.arange(n + 1), pmts)


def vertices(n):
    return 120 * torch.rand(n, 3, generator=torch.Generator().manual_seed(9), dtype=torch.float64) - 60


def test_a_point_of_light_is_found(tank):
    config = SeedConfig(max_hits=2000)
    source = time_vertex(hit_table(flashes(tank, vertices(10)), tank, 2000), BOUNDS, config)
    torch.testing.assert_close(source.position_cm, vertices(10), atol=0.05, rtol=0)
    torch.testing.assert_close(source.time_ns, torch.full((10,), 10.0).double(), atol=0.01, rtol=0)


def test_late_light_does_not_pull_the_vertex(tank):
    hits = flashes(tank, vertices(10), jitter_ns=1.0, late=0.3)
    source = time_vertex(hit_table(hits, tank, 2000), BOUNDS, SeedConfig(max_hits=2000))
    assert float((source.position_cm - vertices(10)).norm(dim=-1).max()) < 8.0


def test_hits_of_largest_charge_are_kept_in_order(tank):
    hits = Hits.of([1, 2, 3, 4], [1.0, 5.0, 3.0, -2.0], [0, 1, 2, 3], [0, 3, 3, 4], len(tank))
    table = hit_table(hits, tank, 2)
    assert table.charge_pe.tolist() == [[5.0, 3.0], [0.0, 0.0], [0.0, 0.0]]
    assert table.present.tolist() == [[True, True], [False, False], [True, False]]
    torch.testing.assert_close(table.position_cm[0, 0], tank.position_cm[2].double())


def test_directions_and_vertices_of_rings(sample, tank):
    """Medians are an order below what a guess at the centre of the tank would have."""
    seed = seed_events(sample.hits, tank, BOUNDS, SeedConfig())
    apart = (seed.position_cm - sample.truth.position_cm).norm(dim=-1)
    angle = (seed.direction * sample.truth.direction).sum(-1).clamp(-1, 1).acos()
    assert float(apart.median()) < 10
    assert float(angle.median()) < 0.2


def test_energies_come_from_the_predictor(sample, tank, config):
    """With the true vertex and direction the energy is right to the fluctuation of the total charge."""
    truth = sample.truth
    likelihood = EventLikelihood(sample.hits, sample.predictor, sample.predictor.pmt, 128, torch.float64)
    ladder = torch.logspace(1.7, 3.3, 12, dtype=torch.float64)
    expected = torch.stack([likelihood.total_charge_pe(_at_energy(truth, e.expand(len(truth)))) for e in ladder], -1)
    energy = _looked_up(expected, sample.hits.total_charge_pe.double(), ladder)
    fluctuation = (1.5 / sample.hits.total_charge_pe).sqrt()
    pull = (energy / truth.energy_mev - 1) / fluctuation
    assert float(pull.abs().max()) < 4.5


def test_charge_beyond_the_ladder_gives_its_ends():
    expected = torch.tensor([[1.0, 10.0, 9.0, 100.0]] * 3, dtype=torch.float64)
    energy = torch.tensor([10.0, 20.0, 40.0, 80.0], dtype=torch.float64)
    found = _looked_up(expected, torch.tensor([0.0, 1e6, 10.0**1.5], dtype=torch.float64), energy)
    torch.testing.assert_close(found, torch.tensor([10.0, 80.0, 40 * 2**0.5], dtype=torch.float64))


def test_starts_are_sorted_and_inside(sample, tank):
    config = FitConfig(precision="float64", rows_per_call=128)
    some = sample.hits[torch.arange(5)]
    likelihood = EventLikelihood(some, sample.predictor, sample.predictor.pmt, 128, torch.float64)
    seed = seed_events(some, tank, BOUNDS, config.seed)
    starts = best_starts(seed, likelihood, tank, BOUNDS, config)
    assert starts.nll.shape == (5, 2, 3)
    assert bool((starts.nll.diff(dim=-1) >= 0).all())
    assert starts.track.names[:4] == ["e-", "e-", "e-", "mu-"]
    assert float(starts.track.position_cm[:, :2].norm(dim=-1).max()) < 99
    nll = likelihood.nll(starts.track, starts.event)
    torch.testing.assert_close(nll, starts.nll.reshape(-1))
