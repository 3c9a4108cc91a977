"""Whose light it is: primaries with their showers, and decay products."""

import numpy as np
import pytest
import torch

from ringcast.events import DARK, Track
from ringcast.simulation.ancestry import family_of, list_emitters

TRACK = [("event", "u8"), ("tid", "i4"), ("parent", "i4"), ("pid", "i4"), ("creator", "S16")]
VERTEX = [("event", "u8"), ("tid", "i4"), ("energy", "f8"), ("position", "f8", 3), ("direction", "f8", 3)]


def test_a_family_by_hand():
    """A pion whose muon decays; the electron has a brems photon with a Compton electron; a neutrino makes no steps."""
    rows = [
        *[(0, 9, 7, 22, "Bremsstrahlung"), (0, 1, 0, 211, "Primary"), (0, 4, 1, -13, "Decay"), (0, 3, 1, 11, "Ioni")],
        *[(0, 7, 4, -11, "Decay"), (0, 8, 4, 12, "Decay"), (0, 12, 9, 11, "Compton"), (1, 1, 0, 11, "Primary")],
    ]
    family = family_of(np.array(rows, dtype=TRACK))
    charged = [(0, 1), (0, 3), (0, 4), (0, 7), (0, 12), (1, 1)]
    vertices = np.zeros(2 * len(charged), dtype=VERTEX)
    vertices["event"], vertices["tid"] = np.repeat(np.array(charged).T, 2, axis=1)
    vertices["energy"], vertices["direction"] = 5.0, (0, 0, 1)
    first = np.arange(0, len(vertices), 2)
    emitters, number = list_emitters(family, vertices, first, np.arange(len(vertices)) * 10.0, np.arange(3))
    assert number.tolist() == [1, 1, 2, 3, 3, 1]
    assert emitters.number.tolist() == [1, 2, 3, 1]
    assert emitters.parent.tolist() == [0, 1, 2, 0]
    assert emitters.tracks.names == ["pi+", "mu+", "e+", "e-"]
    assert emitters.tracks.time_ns.tolist() == [0.0, 40.0, 60.0, 100.0]
    assert emitters.start.tolist() == [0, 3, 4, 4]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("e-", [["e-"]]), ("mu+", [["mu+", "e+"]]), ("gamma", [["gamma"]]), ("pi0", [["pi0", "gamma", "gamma"]])],
)
def test_particles_and_their_decays(engine, name, kinds):
    n = 5
    steps, number, emitters = engine.run(Track([name] * n, 200.0, (0, 0, 0), (0, 0, 1)), np.arange(n))
    assert len(number) == len(steps.event)
    for event in range(n):
        listed = emitters.tracks[int(emitters.start[event]) : int(emitters.start[event + 1])]
        assert listed.names in kinds
        used = set(number[steps.event == event].tolist())
        assert used <= set(range(1, len(listed) + 1))
        begin = listed.time_ns.numpy()[number[steps.event == event] - 1]
        assert (steps.start_time_ns[steps.event == event] >= begin - 1e-9).all()
    assert float(emitters.tracks.energy_mev[emitters.number == 1].max()) == pytest.approx(200.0)


def test_decay_electrons_are_a_second_sub_event(start_chain):
    fields = {"particles": ("mu+",), "energy_mev": (200.0, 200.0), "window_ns": 20_000.0, "dark_noise": True}
    batch = start_chain(photoelectrons=True, muon_capture=True, **fields).run(range(20))
    light = batch.photoelectrons
    assert set(light.parent.unique().tolist()) == {DARK, 1, 2}
    event, emitters = light.event, light.emitters
    for number in (1, 2):
        own = light.parent == number
        born = emitters.tracks.time_ns[emitters.number == number][event[own]]
        after = light.time_ns[own] - born
        assert float(after.min()) > 0
        assert float(after.max()) < 50.0  # light needs some 10 ns across the tank
    decay = emitters.tracks.time_ns[emitters.number == 2]
    assert float(decay.median()) > 300
    assert not (light.time_ns[event == 0].diff() < 0).any()
    assert torch.equal(start_chain(**fields, muon_capture=True).run(range(20)).hits.charge_pe, batch.hits.charge_pe)


def test_photoelectrons_are_those_of_the_hits(start_chain):
    """Every hit has its photoelectrons, and the earliest of them gives its time but for the spread."""
    batch = start_chain(photoelectrons=True).run(range(20))
    hits, light = batch.hits, batch.photoelectrons
    key = light.event * light.n_pmt + light.pmt
    seen, where = torch.unique(key, return_inverse=True)
    first = torch.full((len(seen),), torch.inf, dtype=torch.float64).scatter_reduce(0, where, light.time_ns, "amin")
    hit = torch.searchsorted(seen, hits.event * hits.n_pmt + hits.pmt)
    assert torch.equal(seen[hit], hits.event * hits.n_pmt + hits.pmt)
    late = hits.time_ns - first[hit]
    assert float(late.abs().median()) < 2.0
    assert float(hits.charge_pe.sum()) == pytest.approx(1.02 * len(light.pmt), rel=0.05)


def test_photoelectrons_do_not_depend_on_the_batches(start_chain):
    fields = {"particles": ("mu+", "pi0"), "photoelectrons": True, "dark_noise": True, "window_ns": 5000.0}
    chain = start_chain(**fields)
    whole = chain.run(range(10)).photoelectrons
    parts = [chain.run(events).photoelectrons for events in (range(3), range(3, 10))]
    for name in ("pmt", "time_ns", "parent"):
        assert torch.equal(torch.cat([getattr(part, name) for part in parts]), getattr(whole, name))
    for name in ("number", "parent"):
        assert torch.equal(torch.cat([getattr(part.emitters, name) for part in parts]), getattr(whole.emitters, name))
    times = torch.cat([part.emitters.tracks.time_ns for part in parts])
    assert torch.equal(times, whole.emitters.tracks.time_ns)
