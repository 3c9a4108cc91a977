"""Several primaries in one event: each as it would be alone, all in one event."""

import numpy as np
import pytest
import torch
from scipy import stats

from ringcast.events import Hits, Primaries, Track, particle_type
from ringcast.geometry import load_detector
from ringcast.simulation import Chain, make_plan, plan_fields, simulate
from ringcast.simulation.capture import CAPTURED_SHARE
from ringcast.simulation.geant4 import Engine, stream_starts
from tests.simulation.yields import MUON_MEV, Yield, per_event, shoot, step_photons

PI0_MEV = particle_type("pi0").mass_mev


@pytest.fixture
def run(data_folder):
    pytest.importorskip("calzone")

    def simulate_all(primaries, batch=100, **fields):
        plan = make_plan(**({"detector": "mini"} | plan_fields(primaries) | fields))
        chain = Chain.start(plan, data_folder, primaries)
        starts = range(0, plan.n_events, batch)
        return [chain.run(range(first, min(first + batch, plan.n_events))) for first in starts]

    return simulate_all


def hits_of(batches):
    return Hits.concatenate([batch.hits for batch in batches])


def joined(*parts):
    """Events that each hold the tracks of the same place in every part."""
    n = len(parts[0])
    order = [part * n + event for event in range(n) for part in range(len(parts))]
    return Primaries(Track.concatenate(parts)[order], torch.arange(0, n * len(parts) + 1, len(parts)))


def photons_of_pi0(kinetic_mev, n, seed):
    """The two photons of neutral pions that fly along z, isotropic where the pion is at rest: in the pion's frame both
    have m / 2; along the flight E = gamma m / 2 (1 + beta c) and cos = (c + beta) / (1 + beta c)."""
    draw = np.random.default_rng(seed)
    total = kinetic_mev + PI0_MEV
    gamma, beta = total / PI0_MEV, np.sqrt(1 - (PI0_MEV / total) ** 2)
    c, azimuth = draw.uniform(-1, 1, n), draw.uniform(-np.pi, np.pi, n)
    photons = []
    for cosine, turn in ((c, azimuth), (-c, azimuth + np.pi)):
        energy = gamma * PI0_MEV / 2 * (1 + beta * cosine)
        along = (cosine + beta) / (1 + beta * cosine)
        across = np.sqrt(1 - along**2)
        direction = np.stack([across * np.cos(turn), across * np.sin(turn), along], -1)
        photons.append(Track(["gamma"] * n, torch.tensor(energy), (0, 0, 0), torch.tensor(direction)))
    momentum = sum(photon.energy_mev[:, None] * photon.direction for photon in photons)
    torch.testing.assert_close(momentum[:, 2], torch.full((n,), np.sqrt(total**2 - PI0_MEV**2), dtype=torch.float64))
    return joined(*photons)


@pytest.mark.slow
def test_a_neutral_pion_shines_as_its_two_photons(run):
    n = 60
    pion = hits_of(run(Primaries.of(Track(["pi0"] * n, 300.0, (0, 0, 0), (0, 0, 1))), detector="iwcd-grid"))
    photons = hits_of(run(photons_of_pi0(300.0, n, seed=4), detector="iwcd-grid", seed=2))
    for name in ("total_charge_pe", "counts"):
        one, other = (Yield.of(getattr(hits, name).double().numpy()) for hits in (pion, photons))
        assert abs(one.mean - other.mean) < 4 * np.hypot(one.error, other.error)
        assert one.error < 0.03 * one.mean


def test_light_of_two_primaries_is_the_sum(run):
    n = 60
    muon = Track(["mu-"] * n, 250.0, (0, 0, -50), (0, 0, 1))
    gamma = Track(["gamma"] * n, 200.0, (20, 0, 0), (0, 1, 0), 30.0)
    both, first, second = (
        hits_of(run(part, window_ns=1000.0)).total_charge_pe.double().numpy()
        for part in (joined(muon, gamma), Primaries.of(muon), Primaries.of(gamma))
    )
    left = Yield.of(both - first)  # the muon is the same in both, up to the charge of its photoelectrons
    alone = Yield.of(second)
    assert abs(left.mean - alone.mean) < 0.01 * both.mean() + 4 * np.hypot(left.error, alone.error)  # threshold 0.25 pe


def test_the_first_primary_is_what_it_would_be_alone(engine):
    events = np.arange(10, 15)
    muon, gamma = Track(["mu-"] * 5, 200.0, (0, 0, 0), (0, 0, 1)), Track(["gamma"] * 5, 50.0, (1e4, 0, 0), (0, 0, 1))
    pair = joined(muon, gamma)
    of = pair.event.numpy()
    both, alone = engine.steps(pair.particles, events[of], of), engine.steps(muon, events)
    near = both.start_cm[:, 0] < 5e3
    for name in ("event", "number", "start_cm", "end_energy_mev", "start_time_ns"):
        np.testing.assert_array_equal(getattr(both, name)[near], getattr(alone, name))
    assert (np.diff(both.number)[np.diff(both.event) == 0] > 0).all()
    assert (np.diff(both.event) >= 0).all()


def test_equal_primaries_of_an_event_go_their_own_ways(engine):
    places = stream_starts(np.repeat(np.arange(300), 3), 5)
    assert len(np.unique(places[:, 0])) == 900
    places = torch.tensor([[0, 0, 0], [1e3, 0, 0]] * 2)
    tracks = Track(["e-"] * 4, 100.0, places, (0, 0, 1))
    steps = engine.steps(tracks, np.array([7, 7, 8, 8]), np.array([0, 0, 1, 1]))
    lengths = [
        steps.length_cm[(steps.event == event) & ((steps.start_cm[:, 0] > 500) == far)].sum()
        for event in (0, 1)
        for far in (False, True)
    ]
    assert len(set(lengths)) == 4
    assert min(lengths) > 20


def test_events_do_not_depend_on_the_batch_size(run):
    primaries = photons_of_pi0(100.0, 12, seed=5)
    few, many = (run(primaries, batch=size, dark_noise=True) for size in (5, 12))
    for name in ("pmt", "charge_pe", "time_ns", "start"):
        assert torch.equal(getattr(hits_of(few), name), getattr(hits_of(many), name))
    kept = Primaries.concatenate([batch.primaries for batch in few])
    assert torch.equal(kept.start, primaries.start)
    assert torch.equal(kept.particles.direction, primaries.particles.direction)


@pytest.mark.slow
def test_events_do_not_depend_on_the_number_of_workers(run):
    primaries = photons_of_pi0(100.0, 12, seed=5)
    plan = make_plan(detector="mini", **plan_fields(primaries))
    done = simulate(plan, batch=5, workers=2, primaries=primaries)
    batches = sorted(done, key=lambda batch: batch.first_event)
    alone = hits_of(run(primaries, batch=5))
    for name in ("pmt", "charge_pe", "time_ns", "start"):
        assert torch.equal(getattr(hits_of(batches), name), getattr(alone, name))


def test_vertices_and_births_may_differ(run):
    n = 10
    early = Track(["e-"] * n, 100.0, (0, 0, 0), (0, 0, 1), 5.0)
    late = Track(["e-"] * n, 100.0, (0, 0, 0), (0, 0, -1), 300.0)
    for order in ((early, late), (late, early)):  # the window opens at the first birth, whoever leads
        hits = hits_of(run(joined(*order), window_ns=500.0))
        height = torch.tensor([1.0, -1.0])[(hits.time_ns > 300).long()]
        z = load_detector("mini").position_cm[hits.pmt, 2]
        for half in (hits.time_ns < 100, hits.time_ns > 300):
            assert half.sum() > 20 * n
            assert float((z[half] * height[half]).mean()) > 0
        assert float(hits.time_ns[hits.time_ns > 100].min()) > 290
    cut = hits_of(run(joined(early, late)))  # the default window ends before the second birth
    assert float(cut.time_ns.max()) < 200


def test_light_knows_its_primary(run):
    n = 5
    muons = Track(["mu-"] * n, 150.0, (0, 0, 0), (0, 0, 1))
    electrons = Track(["e-"] * n, 50.0, (0, 0, 0), (0, 0, 1), 400.0)
    light = run(joined(muons, electrons), photoelectrons=True, window_ns=1e5)[0].photoelectrons
    emitters = light.emitters
    for event in range(n):
        own = slice(int(emitters.start[event]), int(emitters.start[event + 1]))
        primary = emitters.parent[own] == 0
        assert np.array(emitters.tracks.names[own])[primary.numpy()].tolist() == ["mu-", "e-"]
        assert emitters.number[own].tolist() == list(range(1, len(primary) + 1))
        last = light.time_ns[(light.event == event) & (light.parent == int(emitters.number[own][primary][1]))]
        assert len(last) > 100
        assert 400 < float(last.min()) < float(last.max()) < 450


def test_each_muon_of_an_event_is_captured_by_its_own_chance(data_folder):
    pytest.importorskip("calzone")
    n, muons, apart_cm = 700, 3, 1e3
    tracks = [Track(["mu-"] * n, 20.0, (apart_cm * i, 0, 0), (0, 0, 1)) for i in range(muons)]
    primaries = joined(*tracks)
    of = primaries.event.numpy()
    steps = Engine(data_folder, seed=3, muon_capture=True).steps(primaries.particles, of, of)
    electron = ~np.isclose(steps.mass_mev, MUON_MEV) & (steps.start_time_ns > 3)  # stops within 2 cm
    which = np.rint(steps.start_cm[electron, 0] / apart_cm).astype(int)
    seen = np.zeros((n, muons), dtype=bool)
    seen[steps.event[electron], which] = True
    share = (1 - CAPTURED_SHARE) * np.exp(-3 / 1795)
    assert abs(seen.mean() - share) < 4 * np.sqrt(share * (1 - share) / seen.size)
    counts = np.bincount(seen.sum(1), minlength=muons + 1)
    expected = n * stats.binom(muons, share).pmf(np.arange(muons + 1))
    assert expected[0] > 3
    assert stats.chi2(muons).sf(((counts - expected) ** 2 / expected).sum()) > 1e-4


@pytest.mark.parametrize(("energy", "shines"), [(450.0, False), (800.0, True)])
def test_protons_shine_above_their_threshold(engine, energy, shines):
    """m (1 / sqrt(1 - 1 / n^2) - 1) = 471 MeV at n = 1.34; their electrons shine in any case."""
    steps = shoot(engine, "proton", energy, 20)
    light = per_event(steps, step_photons(steps) * (steps.mass_mev > 900), 20)
    assert ((light > 1000) if shines else (light == 0)).all()
