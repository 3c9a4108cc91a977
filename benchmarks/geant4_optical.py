"""How many events a core simulates in an hour: our whole chain beside Geant4 that tracks every photon itself.

Run ``python benchmarks/geant4_optical.py`` (``pip install 'ringcast[reference,simulation]'`` first; about four minutes,
``--quick`` for half a minute); it prints a table and writes benchmarks/results/geant4_optical.json.

Geant4: particles from the centre of Super-Kamiokande's tank along its axis, Cherenkov light from 280 to 700 nm with
WCSim's index, absorption and Rayleigh tables, each photon tracked until it is absorbed or reaches the wall, where it
ends: no sensors, no reflections, no readout. There is no callback to Python, so this is Geant4's own speed.

Ours: the same particles through `Chain.run`: Geant4's steps, photons thinned by the sensors' efficiency at birth,
scattering, tubes as domes, reflection, digitisation; and the shares of Geant4, photons and readout in it.

Both run on one core of their own process, after a warm-up, in turns; times are those of the core (process time), so
other work on the machine counts little.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from geant4_world import World, wcsim_water

from arithmetic import machine
from ringcast.simulation import Chain, chain, make_plan
from ringcast.simulation.engine_data import build_data_folder
from ringcast.simulation.water import ABSORPTION_FACTOR, RAYLEIGH_FACTOR

RESULTS = Path(__file__).parent / "results" / "geant4_optical.json"
DETECTOR = "super-k"
PARTICLES = ("e-", "mu-")
ENERGY_MEV = 500.0
WINDOW_NM = (280.0, 700.0)
BATCH = 50
SEED = 5
TURNS = 2
PARTS = {"transport": "photons", "read_out": "readout"}
"""Functions that a chain calls, and what their time counts as."""


def one_core() -> None:
    """Stay on one core, with one thread."""
    import torch

    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def until(seconds: float, job: Callable[[], int]) -> dict[str, float]:
    """Run a job again and again for some seconds of the core; events done, and what they took."""
    start, wall, events = process_time(), perf_counter(), 0
    while process_time() - start < seconds:
        events += job()
    return {"events": events, "core_s": process_time() - start, "wall_s": perf_counter() - wall}


def geant4_turn(name: str, seconds: float, seed: int) -> dict[str, float]:
    """Geant4 with its own photons."""
    one_core()
    detector = chain.load_detector(DETECTOR)
    lengths = {"ABSLENGTH": ABSORPTION_FACTOR, "RAYLEIGH": RAYLEIGH_FACTOR}
    size = {"radius_cm": detector.radius_cm, "half_height_cm": detector.half_height_cm}
    world = World(wcsim_water(*WINDOW_NM, lengths=lengths), seed=seed, **size)
    world.shoot(name, ENERGY_MEV, 2)

    def job() -> int:
        world.shoot(name, ENERGY_MEV, 5)
        return 5

    return until(seconds, job)


def our_turn(name: str, seconds: float, seed: int) -> dict[str, float]:
    """Our chain with everything on, and the core's time in its parts."""
    one_core()
    plan = make_plan(
        detector=DETECTOR,
        n_events=1_000_000,
        particles=(name,),
        energy_mev=(ENERGY_MEV, ENERGY_MEV),
        position_cm=(0, 0, 0),
        direction=(0, 0, 1),
        scattering=True,
        reflection="wcsim",
        pmt_shape="cap",
        seed=seed,
    )
    spent = dict.fromkeys(("geant4", *PARTS.values()), 0.0)
    with tempfile.TemporaryDirectory(prefix="ringcast-geant4-") as scratch:
        ours = Chain.start(plan, build_data_folder(Path(scratch)))
        type(ours.engine).run = timed(type(ours.engine).run, spent, "geant4")
        for function, part in PARTS.items():
            setattr(chain, function, timed(getattr(chain, function), spent, part))
        first = iter(range(0, plan.n_events, BATCH))

        def job() -> int:
            start = next(first)
            ours.run(range(start, start + BATCH))
            return BATCH

        job()
        spent.update(dict.fromkeys(spent, 0.0))
        found = until(seconds, job)
    return found | {f"{part}_s": seconds for part, seconds in spent.items()}


def timed(function: Callable[..., Any], spent: dict[str, float], part: str) -> Callable[..., Any]:
    """The function, adding the core's time it takes to a part."""

    def run(*args: Any, **kwargs: Any) -> Any:
        start = process_time()
        result = function(*args, **kwargs)
        spent[part] += process_time() - start
        return result

    return run


def measure(seconds: float) -> dict[str, dict[str, Any]]:
    """Events per second of both, their ratio, and our shares, for each particle."""
    found: dict[str, dict[str, Any]] = {}
    for name in PARTICLES:
        theirs: dict[str, float] = {}
        ours: dict[str, float] = {}
        for turn in range(TURNS):
            for turn_of, total in ((geant4_turn, theirs), (our_turn, ours)):
                for key, value in alone(turn_of, name, seconds / TURNS, SEED + turn).items():
                    total[key] = total.get(key, 0.0) + value
        rates = {"geant4_per_s": theirs["events"] / theirs["core_s"], "ours_per_s": ours["events"] / ours["core_s"]}
        shares = {part: ours[f"{part}_s"] / ours["core_s"] for part in ("geant4", *PARTS.values())}
        shares["rest"] = 1 - sum(shares.values())
        found[name] = {
            **rates,
            "ratio": rates["ours_per_s"] / rates["geant4_per_s"],
            "shares": shares,
            "geant4": theirs,
            "ours": ours,
        }
    return found


def alone(turn: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """Run in a process of its own: one can hold one Geant4."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(turn, *arguments).result()


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the time, and no file")
    quick = parser.parse_args().quick
    results = measure(5.0 if quick else 50.0)
    for name, row in results.items():
        shares = ", ".join(f"{part} {share:.0%}" for part, share in row["shares"].items())
        print(
            f"{name:4}{ENERGY_MEV:4g} MeV: Geant4 {row['geant4_per_s']:.2f} events/s, ours {row['ours_per_s']:.1f}"
            f" ({shares}), {row['ratio']:.1f} times as many"
        )
    if quick:
        return
    versions = {name: version(name) for name in ("calzone", "geant4-pybind", "numba", "numpy")}
    setting = {"detector": DETECTOR, "energy_mev": ENERGY_MEV, "window_nm": WINDOW_NM, "batch": BATCH, "seed": SEED}
    found = {"machine": machine() | versions, "setting": setting, "results": results}
    RESULTS.parent.mkdir(exist_ok=True)
    partial = RESULTS.with_suffix(".partial")
    partial.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, RESULTS)
    print(f"wrote {RESULTS}")


if __name__ == "__main__":
    main()
