"""Every particle that Geant4 moves: its light, its path, and events that depend on nothing but their number."""

import numpy as np
import pytest

from ringcast.events import PARTICLES, Track, particle_type
from ringcast.simulation.geant4 import Engine, stream_starts
from ringcast.units import C_CM_PER_NS
from tests.simulation.yields import MUON_MEV, Yield, before_decay, per_event, shoot, step_photons

REFERENCE_ERROR = 0.01  # of the reference values, see each


def light(steps, n, keep=True):
    return Yield.of(per_event(steps, step_photons(steps) * keep, n))


def agree(found, expected, relative=REFERENCE_ERROR):
    return abs(found.mean - expected) < relative * expected + 4 * found.error


# Photons per MeV from 300 to 600 nm at n = 1.34 by Geant4's own Cherenkov process (G4Cerenkov through geant4-pybind
# 0.1.3, Geant4 11.4), good to 1 %.
@pytest.mark.parametrize(("energy", "per_mev"), [(100, 168.1), (500, 166.2), (1000, 167.0)])
@pytest.mark.parametrize("name", ["e-", "e+"])
def test_light_of_electrons_is_that_of_geant4(engine, name, energy, per_mev):
    n = 50
    assert agree(light(shoot(engine, name, energy, n), n), per_mev * energy)


# The same source, with and without the light of the decay electron; paths from the same runs.
@pytest.mark.parametrize(
    ("energy", "with_decay", "without", "path_cm"),
    [(100, 86.5, 24.3, 31.3), (500, 144.1, 131.7, 228.7), (1000, 163.6, 157.1, 472.6)],
)
@pytest.mark.parametrize("name", ["mu-", "mu+"])
def test_light_and_path_of_muons_are_those_of_geant4(engine, name, energy, with_decay, without, path_cm):
    n = 300
    steps = shoot(engine, name, energy, n)
    assert agree(light(steps, n), with_decay * energy)
    assert agree(light(steps, n, before_decay(steps, n)), without * energy)
    path = Yield.of(per_event(steps, steps.length_cm * np.isclose(steps.mass_mev, MUON_MEV), n))
    assert agree(path, path_cm)


@pytest.mark.parametrize("energy", [100, 500])
def test_light_of_gammas_is_that_of_electrons(engine, energy):
    """A gamma spends what an electron spends, less a few MeV of pair and Compton recoil below threshold; above 130 MeV
    one in about a hundred meets a nucleus and gives less."""
    n = 100
    gamma, electron = (light(shoot(engine, name, energy, n), n) for name in ("gamma", "e-"))
    assert abs(gamma.mean / electron.mean - 1) < 0.04 + 4 * np.hypot(gamma.error, electron.error) / electron.mean


@pytest.mark.parametrize("energy", [1, 100, 500])
def test_light_of_a_neutral_pion_is_that_of_two_gammas(engine, energy):
    n = 100
    pion = light(shoot(engine, "pi0", energy, n), n)
    total = energy + particle_type("pi0").mass_mev
    gammas = light(shoot(engine, "gamma", total / 2, n), n)
    assert abs(pion.mean - 2 * gammas.mean) < 0.01 * pion.mean + 4 * np.hypot(pion.error, 2 * gammas.error)


@pytest.mark.parametrize("energy", [100.0, 1000.0])
def test_neutral_pions_decay_where_they_are_born(engine, energy):
    """Mean path beta gamma c tau with tau = 8.43e-17 s (+- 1.5 %, Particle Data Group 2024): 0.2 um at 1 GeV."""
    n, mass = 500, particle_type("pi0").mass_mev
    _, _, emitters = engine.run(Track(["pi0"] * n, energy, (0, 0, 0), (0, 0, 1)), np.arange(n))
    assert (emitters.parent == 1).sum() >= 2 * n
    path = emitters.tracks.position_cm[emitters.start[:-1] + 1, 2].numpy()  # of the first decay product
    expected = np.sqrt((1 + energy / mass) ** 2 - 1) * C_CM_PER_NS * 8.43e-8
    assert abs(path.mean() / expected - 1) < 0.015 + 4 / np.sqrt(n)
    assert float(emitters.tracks.time_ns[emitters.parent == 1].max()) < 1e-4


@pytest.mark.parametrize("name", ["pi+", "pi-"])
def test_charged_pions_shine_above_their_own_threshold(engine, name):
    """70.1 MeV at n = 1.34; a muon's is 53.1 MeV. A pion's light is that of a muon of equal speed, over a path longer
    by the ratio of masses; 2 to 4 % of the pions decay on the way."""
    n, mass = 200, particle_type(name).mass_mev
    dark, bright = shoot(engine, name, 69.0, n), shoot(engine, name, 100.0, n)
    assert step_photons(dark)[np.isclose(dark.mass_mev, mass)].sum() == 0
    pion = light(bright, n, np.isclose(bright.mass_mev, mass))
    ratio = mass / MUON_MEV
    alike = shoot(engine, "mu-", 100.0 / ratio, n)
    muon = light(alike, n, np.isclose(alike.mass_mev, MUON_MEV))
    assert abs(pion.mean / (ratio * muon.mean) - 0.98) < 0.03 + 4 * pion.error / pion.mean


def test_stopped_positive_kaons_decay_as_free_ones(engine):
    """Particle Data Group 2024: mean life 12.38 ns, 63.56 % to a muon of 152.5 MeV and a neutrino."""
    n, muon_mev = 400, (493.677**2 + MUON_MEV**2) / (2 * 493.677) - MUON_MEV
    _, _, emitters = engine.run(Track(["K+"] * n, 60.0, (0, 0, 0), (0, 0, 1)), np.arange(n))
    kaon, product = emitters.start[:-1], emitters.start[:-1] + 1
    time = (emitters.tracks.time_ns[product] - emitters.tracks.time_ns[kaon]).numpy()
    assert abs(time.mean() - 12.38) < 0.3 + 4 * 12.38 / np.sqrt(n)  # it moves for 0.3 ns
    muons = (emitters.tracks.pdg == -13) & (emitters.parent == 1)
    two_body = np.isclose(emitters.tracks.energy_mev[muons].numpy(), muon_mev, atol=0.1).sum() / n
    assert abs(two_body - 0.6356) < 4 * np.sqrt(0.6356 * 0.3644 / n)


def test_stopped_positive_pions_end_in_a_decay_electron(engine):
    n = 200
    steps = shoot(engine, "pi+", 60.0, n)
    late = light(steps, n, steps.start_time_ns > 30)
    muons = shoot(engine, "mu+", 60.0, n)
    assert agree(late, light(muons, n, ~before_decay(muons, n)).mean, 0.05)


def test_only_slow_protons_are_left_out(engine):
    """Gammas of 1 GeV free some protons from nuclei: none is fast enough to shine, so none has steps."""
    steps = shoot(engine, "gamma", 1000.0, 50)
    heavy = steps.mass_mev > 400
    beta = np.sqrt(1 - (steps.mass_mev / (steps.mass_mev + steps.start_energy_mev)) ** 2)
    assert (beta[heavy] * 1.40 >= 1).all()


@pytest.mark.parametrize("switch", [False, True])
def test_steps_depend_on_the_event_number_alone(data_folder, switch):
    pytest.importorskip("calzone")
    names = [name for name in PARTICLES for _ in range(3)]
    tracks, events = Track(names, 250.0, (0, 0, 0), (0, 0, 1)), np.arange(len(names)) + 40
    first = Engine(data_folder, seed=8, muon_capture=switch).steps(tracks, events)
    turned = np.arange(len(names))[::-1].copy()
    again = Engine(data_folder, seed=8, muon_capture=switch).steps(tracks[turned.tolist()], events[turned])
    back = np.argsort(turned[again.event], kind="stable")
    for name in ("number", "start_cm", "end_energy_mev", "end_time_ns"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name)[back])


# NIST, X-ray mass attenuation coefficients of liquid water, table 4: 0.02219 cm2/g at 10 MeV, 0.01813 at 20 MeV.
@pytest.mark.parametrize(("energy", "attenuation"), [(10, 0.02219), (20, 0.01813)])
def test_gammas_reach_as_deep_as_nist_says(engine, energy, attenuation):
    """The first random numbers of an event decide the depth, so this sees whether events are independent."""
    n = 3000
    steps = shoot(engine, "gamma", energy, n)
    first_ns = np.full(n, np.inf)
    np.minimum.at(first_ns, steps.event, steps.start_time_ns)
    depth = first_ns * C_CM_PER_NS
    assert agree(Yield.of(depth), 1 / attenuation)
    counts = np.histogram(np.exp(-depth / depth.mean()), bins=20, range=(0, 1))[0]
    assert counts.sum() == n
    assert ((counts - n / 20) ** 2 / (n / 20)).sum() < 19 + 4 * np.sqrt(2 * 19)


def test_events_start_at_places_of_their_own():
    places = stream_starts(np.arange(1000), 5)
    assert len(np.unique(places[:, 0])) == len(np.unique(places[:, 1])) == 1000
    assert (places[7] == stream_starts(np.array([7]), 5)[0]).all()
    assert (places[7] != stream_starts(np.array([7]), 6)[0]).all()
