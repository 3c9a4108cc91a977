"""Chord and true length of some of Geant4's electron steps, which the test of `true_length_cm` takes for reference.

Run ``python benchmarks/geant4_steps.py`` (``pip install 'ringcast[reference]'`` first; some seconds); it writes
tests/reference/geant4_electron_steps.csv.
"""

import os
from pathlib import Path
from typing import Any

from geant4_world import World

RESULTS = Path(__file__).parents[1] / "tests" / "reference" / "geant4_electron_steps.csv"
SHOTS = (("e-", 100.0, 12), ("mu-", 500.0, 8))
SEED = 31
SLOWEST_MEV = 0.25
"""Electrons with less make no light in water."""
ONE_IN = 3
HEADER = """\
# Electron and positron steps in G4_WATER with G4EmStandardPhysics (Geant4 11.4 patch 1 through geant4-pybind 0.1.3),
# one in {one_in}, of 12 electrons of 100 MeV and of the delta electrons of 8 muons of 500 MeV, by
# benchmarks/geant4_steps.py, seed {seed}. Chord: distance between the ends of the step.
"""


def main() -> None:
    """Shoot, write."""
    rows: list[str] = []
    counter = 0

    def look(step: Any) -> None:
        nonlocal counter
        before, after = step.GetPreStepPoint(), step.GetPostStepPoint()
        start = before.GetKineticEnergy()
        if start < SLOWEST_MEV or abs(step.GetTrack().GetDefinition().GetPDGEncoding()) != 11:
            return
        chord = (after.GetPosition() - before.GetPosition()).mag()
        counter += 1
        if counter % ONE_IN == 0 and chord > 0:
            values = (start, after.GetKineticEnergy(), chord / 10, step.GetStepLength() / 10)
            rows.append(",".join(f"{value:.5g}" for value in values))

    world = World({}, seed=SEED, step=look)
    for name, energy_mev, n in SHOTS:
        world.shoot(name, energy_mev, n)
    text = HEADER.format(one_in=ONE_IN, seed=SEED) + "start_mev,end_mev,chord_cm,length_cm\n" + "\n".join(rows) + "\n"
    RESULTS.parent.mkdir(exist_ok=True)
    partial = RESULTS.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, RESULTS)
    print(f"wrote {len(rows)} steps to {RESULTS}")


if __name__ == "__main__":
    main()
