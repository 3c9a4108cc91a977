"""Water as Geant4 knows it, and water put together from elements as WCSim's is: ranges of muons after Bethe."""

import numpy as np
import pytest

from ringcast.simulation.geant4 import Engine
from tests.simulation.yields import MUON_MEV, shoot

N = 300
PLASMA_EV = 21.47
ELECTRON_MEV, K_MEV_CM2, Z_OVER_A = 0.510999, 0.307075, 0.55508
TABLE = {"ev": 78.0, "c": 3.5017, "x0": 0.24, "x1": 2.8004, "a": 0.09116, "m": 3.4773}
"""Water, liquid: Sternheimer, Berger, Seltzer, Atomic Data and Nuclear Data Tables 30 (1984) 261."""
BRAGG_EV = np.exp((2 * np.log(19.2) + 8 * np.log(95.0)) / 10)
"""Mean excitation energies of hydrogen and oxygen, weighted by electrons: 69 eV."""


def general():
    """Sternheimer and Peierls, Phys. Rev. B 3 (1971) 3681, for a dense material below 100 eV and with C below 3.681."""
    c, x0, x1 = 1 + 2 * np.log(BRAGG_EV / PLASMA_EV), 0.2, 2.0
    return {"ev": BRAGG_EV, "c": c, "x0": x0, "x1": x1, "a": (c - 2 * np.log(10) * x0) / (x1 - x0) ** 3, "m": 3.0}


def range_cm(energy_mev, water):
    """Integral of 1 / (dE/dx) after Bethe with the density effect (Particle Data Group 2024, 34.5), from 1 MeV on."""
    energy = np.geomspace(1.0, energy_mev, 20001)
    gamma = 1 + energy / MUON_MEV
    momentum2 = gamma**2 - 1
    beta2, x = momentum2 / gamma**2, np.log10(momentum2) / 2
    ratio = ELECTRON_MEV / MUON_MEV
    most = 2 * ELECTRON_MEV * momentum2 / (1 + 2 * gamma * ratio + ratio**2)
    below = water["a"] * np.maximum(water["x1"] - x, 0) ** water["m"]
    delta = np.where(x < water["x0"], 0.0, 2 * np.log(10) * x - water["c"] + below)
    inside = np.log(2 * ELECTRON_MEV * momentum2 * most / (water["ev"] * 1e-6) ** 2) / 2 - beta2 - delta / 2
    return np.trapezoid(beta2 / (K_MEV_CM2 * Z_OVER_A * inside), energy)


def lengths_cm(engine, energy_mev):
    """Path of each muon until it stops."""
    steps = shoot(engine, "mu-", energy_mev, N)
    own = np.isclose(steps.mass_mev, MUON_MEV)
    return np.bincount(steps.event[own], weights=steps.length_cm[own], minlength=N)


@pytest.mark.parametrize("energy_mev", [200.0, 700.0])
def test_muons_are_shorter_by_what_bethe_says(engine, data_folder, energy_mev):
    """By 1.3 and 1.5 %, which the test can tell from none."""
    expected = range_cm(energy_mev, general()) / range_cm(energy_mev, TABLE)
    theirs, ours = (
        lengths_cm(Engine(data_folder, seed=3, energy_loss="wcsim"), energy_mev),
        lengths_cm(engine, energy_mev),
    )
    ratio = theirs.mean() / ours.mean()
    error = ratio * np.hypot(theirs.std() / theirs.mean(), ours.std() / ours.mean()) / np.sqrt(N)
    assert abs(ratio - expected) < 4 * error + 0.001
    assert 1 - ratio > 4 * error
