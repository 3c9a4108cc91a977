"""The light of Geant4's own Cherenkov process, which tests and `ringcast validate simulation` compare with ours.

Run ``python benchmarks/geant4_reference.py`` (``pip install 'ringcast[reference]'`` first; about half an hour on two
cores): electrons and muons from the origin along z in endless water, light from 300 to 600 nm, once with the index
1.34 and once with WCSim's. Every photon is counted and killed at birth, one in some is looked at. It writes
src/ringcast/validation/references/geant4-light.json.

Each event gives its number of photons, the shares of them in bins of angle to z and of depth (z at birth), and moments.
The photons of one event share its shower, so what is stored is the mean over events and the covariance between events
divided by their number; every event counts alike. Muons are followed to their decay and no further.

Geant4's Cherenkov process sends light around the chord of each step and takes the mean speed of its ends, so the answer
depends on the longest step that the process allows: with Geant4's defaults (100 photons, 10 % of the speed) slow
electrons shine too much forwards, and 0.4 % of an electron's light is lost. Here a step makes 20 photons and loses 1 %
of its speed at most.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from geant4_world import EV_NM, LIGHT_BELOW_MEV, World, flat_index, wcsim_water

RESULTS = Path(__file__).parents[1] / "src" / "ringcast" / "validation" / "references" / "geant4-light.json"
INDICES = {"1.34": flat_index(), "wcsim": wcsim_water(300.0, 600.0)}
SETTINGS = {
    ("e-", 100): (400, 4, 120.0),
    ("e-", 500): (120, 20, 240.0),
    ("e-", 1000): (70, 40, 320.0),
    ("mu-", 100): (600, 1, 20.0),
    ("mu-", 500): (120, 20, 220.0),
    ("mu-", 1000): (60, 40, 460.0),
}
"""Events, photons for each one that is looked at, and depth in cm up to which it is binned."""
LONGEST_STEP = {"setMaxPhotons": 20, "setMaxBetaChange": 1}
ANGLE_DEG = (0, 10, 20, 25, 30, 33, 36, 38, 40, 41, 42, 43, 44, 46, 48, 51, 55, 60, 70, 80, 90, 110, 180)
DEPTH_BINS = 16
SEED = 20_000
C_CM_PER_NS = 29.9792458


class Counter:
    """Counts photons as they are born, and kills them."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.clear()

    def clear(self) -> None:
        """Before an event."""
        self.photons = 0
        self.seen: list[tuple[float, float, float, float]] = []

    def __call__(self, track: Any) -> bool:
        """Whether to kill: photons, once counted, and what a muon's decay leaves."""
        energy = track.GetKineticEnergy()
        if energy > LIGHT_BELOW_MEV:
            return track.GetParentID() > 0 and track.GetCreatorProcess().GetProcessName() == "Decay"
        self.photons += 1
        if self.photons % self.every == 0:
            assert track.GetDefinition().GetPDGEncoding() == -22
            self.seen.append(
                (track.GetMomentumDirection().z, track.GetPosition().z / 10, track.GetGlobalTime(), 1e6 * energy)
            )
        return True


def measure(index: str, name: str, energy_mev: int, share: float) -> dict[str, Any]:
    """One setting, in a process of its own."""
    n, every, deepest_cm = SETTINGS[name, energy_mev]
    n = max(int(n * share), 30)
    seed = SEED + 100 * list(INDICES).index(index) + list(SETTINGS).index((name, energy_mev))
    counter = Counter(every)
    world = World(INDICES[index], seed=seed, classify=counter)
    for option, most in LONGEST_STEP.items():
        world.command(f"/process/optical/cerenkov/{option} {most}")
    depth_cm = np.linspace(0, deepest_cm, DEPTH_BINS + 1)
    rows: list[dict[str, Any]] = []
    for _ in range(n):
        counter.clear()
        world.shoot(name, energy_mev, 1)
        rows.append(summary(counter, depth_cm))
    table = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    version = f"{world.geant4.G4Version}".strip("$ ").removeprefix("Name: ")
    return {
        "index": index,
        "particle": name,
        "energy_mev": energy_mev,
        "events": n,
        "seed": seed,
        "one_photon_looked_at_in": every,
        "geant4": version,
        "depth_edges_cm": depth_cm.tolist(),
        **{key: moments(values) for key, values in table.items()},
    }


def summary(counter: Counter, depth_cm: np.ndarray) -> dict[str, Any]:
    """What one event gives."""
    cosine, depth, time, energy_ev = np.array(counter.seen).T
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return {
        "photons": counter.photons,
        "depth_cm": depth.mean(),
        "depth_rms_cm": depth.std(),
        "delay_ns": (time - depth / C_CM_PER_NS).mean(),
        "wavelength_nm": (EV_NM / energy_ev).mean(),
        "angle_share": np.histogram(angle, ANGLE_DEG)[0] / len(angle),
        "depth_share": np.histogram(depth, depth_cm)[0] / len(depth),
    }


def moments(values: np.ndarray) -> dict[str, Any]:
    """Mean over events, spread between events and error of the mean; the covariance of the mean for shares."""
    if values.ndim == 1:
        spread = float(values.std(ddof=1))
        return {
            "mean": rounded(values.mean()),
            "spread": rounded(spread),
            "error": rounded(spread / len(values) ** 0.5),
        }
    covariance = np.cov(values.T) / len(values)
    return {
        "mean": [rounded(x) for x in values.mean(0)],
        "covariance_of_mean": [[rounded(x, 4) for x in row[: i + 1]] for i, row in enumerate(covariance)],
    }


def rounded(value: float, digits: int = 6) -> float:
    """Few digits, for a small file."""
    return float(f"{value:.{digits}g}")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="share of the events, for a trial")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    jobs = [(index, *setting, options.share) for setting in SETTINGS for index in INDICES]
    found = []
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for row in pool.map(measure, *zip(*jobs, strict=True)):
            found.append(row)
            photons = row["photons"]
            print(
                f"n {row['index']:5} {row['particle']:3} {row['energy_mev']:4} MeV: "
                f"{photons['mean'] / row['energy_mev']:.2f} +- {photons['error'] / row['energy_mev']:.2f} photons/MeV, "
                f"depth {row['depth_cm']['mean']:.2f} +- {row['depth_cm']['error']:.2f} cm",
                flush=True,
            )
    text = json.dumps({"origin": origin(found), "settings": found}, separators=(",", ":")).replace(
        '{"index"', '\n{"index"'
    )
    options.out.parent.mkdir(exist_ok=True)
    partial = options.out.with_suffix(".partial")
    partial.write_text(text.replace('{"index"', '\n{"index"') + "\n", encoding="utf-8")
    os.replace(partial, options.out)
    print(f"wrote {options.out}")


def origin(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Where the numbers come from."""
    return {
        "program": "benchmarks/geant4_reference.py",
        "geant4": sorted({row.pop("geant4") for row in found}),
        "bindings": "geant4-pybind 0.1.3",
        "physics": "G4EmStandardPhysics, G4DecayPhysics, G4OpticalPhysics; defaults, cut 0.7 mm, but for longest_step",
        "longest_step": LONGEST_STEP,
        "data": "the package's Geant4 folder for water",
        "water": "G4_WATER; RINDEX 1.34 at 300 and 600 nm, or WCSim's table from 300 to 600 nm",
        "angle_edges_deg": ANGLE_DEG,
    }


if __name__ == "__main__":
    main()
