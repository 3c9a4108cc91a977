"""Light and paths of Geant4's steps, integrated rather than sampled, so that only the showers fluctuate."""

from typing import NamedTuple

import numpy as np

from ringcast.events import Track
from tests.simulation.closed_forms import INDEX, flat_optics

MUON_MEV = 105.6583755  # Particle Data Group 2024
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


class Yield(NamedTuple):
    """Mean over events and its standard error."""

    mean: float
    error: float

    @staticmethod
    def of(values):
        return Yield(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))))


def step_photons(steps, optics=None):
    """Photons of each step between 300 and 600 nm at n = 1.34: Frank and Tamm averaged over the energy loss."""
    shares = (_NODES + 1) / 2
    energy = steps.start_energy_mev[:, None] + shares * (steps.end_energy_mev - steps.start_energy_mev)[:, None]
    mass = steps.mass_mev[:, None]
    beta2 = np.maximum(1 - (mass / (energy + mass)) ** 2, 1e-12)
    sin2 = np.maximum(1 - 1 / (beta2 * INDEX**2), 0) @ _WEIGHTS / 2
    return (optics or flat_optics()).yield_per_cm * steps.length_cm * sin2


def shoot(engine, name, energy_mev, n, *, first=0):
    """Steps of n events from the origin along z."""
    return engine.steps(Track([name] * n, energy_mev, (0, 0, 0), (0, 0, 1)), np.arange(first, first + n))


def per_event(steps, values, n):
    return np.bincount(steps.event, weights=values, minlength=n)


def before_decay(steps, n):
    """Steps no later than 1 ns after each event's muon stopped; 1 / 2197 of the decay electrons are among them."""
    stop = np.zeros(n)
    muon = np.isclose(steps.mass_mev, MUON_MEV)
    np.maximum.at(stop, steps.event[muon], steps.end_time_ns[muon])
    return steps.start_time_ns < stop[steps.event] + 1.0
