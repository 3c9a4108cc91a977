"""How deep the light of Geant4's electrons is born, of many events, which a test compares with ours.

Run ``python benchmarks/geant4_depth.py`` (``pip install 'ringcast[reference]'`` first; some ten minutes): electrons
from the origin along z in endless water. It writes tests/reference/geant4_depth.json.

From one shower to the next the mean depth varies by two thirds at 100 MeV, so that only thousands of events tell it
to 1 %. No photon is made here: Geant4's Cherenkov process limits the steps as in `geant4_reference.py`, and each step
counts with its path length times the mean sin^2 of the Cherenkov angle at n = 1.34, which its light is proportional to,
at the middle between its ends. Each event gives the sum, in cm, and mean and standard deviation of z; every event
counts alike.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from geant4_reference import LONGEST_STEP, moments
from geant4_world import World, flat_index
from numpy.typing import NDArray

RESULTS = Path(__file__).parents[1] / "tests" / "reference" / "geant4_depth.json"
EVENTS = {100: 16_000, 500: 2_400}
"""Of each kinetic energy in MeV."""
SEED = 40_000
INDEX = 1.34
_ELECTRON_MEV = 0.51099895069  # CODATA 2022
_THRESHOLD_MEV = _ELECTRON_MEV * (1 / np.sqrt(1 - 1 / INDEX**2) - 1)


class Light:
    """Adds up the light of an event's steps, and what it is times z and z^2."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Before an event."""
        self.sums = [0.0, 0.0, 0.0]

    def __call__(self, step: Any) -> None:
        """Count a step."""
        before = step.GetPreStepPoint()
        start = before.GetKineticEnergy()
        if start < _THRESHOLD_MEV or before.GetCharge() == 0:
            return
        after = step.GetPostStepPoint()
        end = after.GetKineticEnergy()
        sin2 = (_sin2(start) + 4 * _sin2((start + end) / 2) + _sin2(end)) / 6
        light_cm = step.GetStepLength() / 10 * sin2
        z_cm = (before.GetPosition().z + after.GetPosition().z) / 20
        for power in range(3):
            self.sums[power] += light_cm * z_cm**power


def _sin2(energy_mev: float) -> float:
    """Of the Cherenkov angle of an electron."""
    if energy_mev <= _THRESHOLD_MEV:
        return 0.0
    ratio = _ELECTRON_MEV / (energy_mev + _ELECTRON_MEV)
    return 1 - 1 / ((1 - ratio**2) * INDEX**2)


def measure(world: World, light: Light, energy_mev: int, events: int) -> dict[str, Any]:
    """One energy."""
    sums: NDArray[np.float64] = np.zeros((events, 3))
    for row in sums:
        light.clear()
        world.shoot("e-", energy_mev, 1)
        row[:] = light.sums
    depth_cm = sums[:, 1] / sums[:, 0]
    return {
        "particle": "e-",
        "energy_mev": energy_mev,
        "events": events,
        "light_cm": moments(sums[:, 0]),
        "depth_cm": moments(depth_cm),
        "depth_rms_cm": moments(np.sqrt(sums[:, 2] / sums[:, 0] - depth_cm**2)),
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="share of the events, for a trial")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    light = Light()
    world = World(flat_index(INDEX), seed=SEED, step=light)
    for option, most in (*LONGEST_STEP.items(), ("setStackPhotons", "false")):
        world.command(f"/process/optical/cerenkov/{option} {most}")
    found = []
    for energy_mev, events in EVENTS.items():
        found.append(measure(world, light, energy_mev, max(int(events * options.share), 30)))
        depth = found[-1]["depth_cm"]
        print(f"e- {energy_mev} MeV: depth {depth['mean']:.2f} +- {depth['error']:.2f} cm", flush=True)
    version = f"{world.geant4.G4Version}".strip("$ ").removeprefix("Name: ")
    origin = {
        "program": "benchmarks/geant4_depth.py",
        "geant4": version,
        "bindings": "geant4-pybind 0.1.3",
        "physics": "G4EmStandardPhysics, G4DecayPhysics, G4OpticalPhysics; cut 0.7 mm; longest_step",
        "longest_step": LONGEST_STEP,
        "index": INDEX,
        "seed": SEED,
    }
    partial = options.out.with_suffix(".partial")
    partial.write_text(json.dumps({"origin": origin, "settings": found}, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, options.out)
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
