"""How many photons the compiled kernel follows in a second, beside the same kernel in C with OpenMP in the same run.

Run ``python benchmarks/photon_kernel.py`` (needs gcc; two minutes); it prints a table and writes
benchmarks/results/photon_kernel.json. Light: the steps of 60 electrons and 60 muons of 500 MeV in the middle of
Super-Kamiokande, from our Geant4. "plain" is absorption and flat sensors, "all" has scattering, tubes as caps and
reflection too. Both programs count the whole way from steps to a list of photoelectrons. A photon is a trial photon:
the kernel makes some and drops the others at once.

``photon_kernel.c`` is written as one would write it in C, from the same formulas and random numbers, and is given the
same tables. It must find the same photoelectrons, down to the last digit of their times; so it checks the kernel too.
It is built twice: with the arithmetic of the kernel, operation for operation, and as gcc builds by itself, with
multiplications and additions fused; the latter also says how many photons end elsewhere for their last digits, as they
may on a GPU.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numba
import numpy as np

from ringcast.simulation import Chain, make_plan
from ringcast.simulation.cherenkov import mean_photons, select_steps
from ringcast.simulation.engine_data import engine_data_folder
from ringcast.simulation.tracks import draw_tracks
from ringcast.simulation.transport import Photoelectrons, offsets, transport

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "photon_kernel.json"
BUILDS = {"c": ["-ffp-contract=off", "-fno-tree-slp-vectorize"], "c_fused": ["-ffp-contract=fast"]}
"""gcc 12 fuses multiplications with additions where it packs two sums into one vector, whatever else it is told."""
FLAGS = ["-O3", "-march=native", "-fopenmp"]
LIGHT: dict[str, dict[str, Any]] = {
    "plain": {"scattering": False, "reflection": "off", "pmt_shape": "disc"},
    "all": {"scattering": True, "reflection": "wcsim", "pmt_shape": "cap"},
}
EVENTS = np.arange(60)
ROUNDS, RUNS = 5, 2
"""Programs take turns, so that other work on the machine meets them alike."""
SEED = 1

Case = dict[str, Any]
"""Light to follow: the arguments of `transport` by name."""


def cases(folder: Path) -> Iterator[tuple[str, str, Case]]:
    """Particle, what is on, and the light."""
    for particle, light in product(("e-", "mu-"), LIGHT):
        plan = make_plan(
            detector="super-k",
            n_events=len(EVENTS),
            particles=(particle,),
            energy_mev=(500, 500),
            position_cm=(0, 0, 0),
            **LIGHT[light],
        )
        chain = Chain.start(plan, folder)
        steps = chain.engine.steps(draw_tracks(plan, chain.detector, EVENTS), EVENTS)
        mean = mean_photons(steps, chain.optics)
        photons = np.random.default_rng(SEED).poisson(mean[mean > 0])
        case: Case = {"steps": select_steps(steps, mean > 0), "photons": photons, "events": EVENTS, "seed": SEED}
        yield particle, light, case | {name: getattr(chain, name) for name in ("optics", "wall", "interactions")}


def write_case(path: Path, case: Case) -> None:
    """Steps and tables in the order in which ``photon_tables.h`` reads them."""
    steps, optics, wall, light = (case[name] for name in ("steps", "optics", "wall", "interactions"))
    columns: list[Any] = [offsets(case["photons"]), case["events"][steps.event], steps.number]
    columns += [steps.start_cm, steps.end_cm, steps.start_direction, steps.end_direction]
    columns += [steps.start_energy_mev, steps.end_energy_mev, steps.start_time_ns, steps.end_time_ns, steps.mass_mev]
    columns += [optics.first_nm, optics.phase_index, optics.group_index, optics.absorption_cm, optics.wavelength_nm]
    columns += [optics.index_max, *wall, light.scattering_cm, light.wall_reflectivity, light.face_reflectivity]
    columns += [light.glass_index, light.lobes, light.slope_rad, light.acceptance, light.most_turns]
    columns += [light.forward_share, light.forward_cosine, np.uint64(case["seed"])]
    with path.open("wb") as file:
        for column in map(np.ascontiguousarray, columns):
            file.write(np.int64(column.nbytes).tobytes() + column.tobytes())


def build(folder: Path) -> dict[str, Path]:
    """The C program in each of its builds."""
    if shutil.which("gcc") is None:
        sys.exit("gcc is missing: this benchmark compiles photon_kernel.c with it; install gcc")
    programs = {name: folder / name for name in BUILDS}
    for name, flags in BUILDS.items():
        source = str(HERE / "photon_kernel.c")
        subprocess.run(["gcc", *FLAGS, *flags, source, "-o", str(programs[name]), "-lm"], check=True)
    return programs


def run_c(program: Path, case: Path, threads: int, runs: int) -> tuple[list[float], Photoelectrons]:
    """Seconds of each run, and the photoelectrons."""
    output = case.with_suffix(".out")
    command = [str(program), str(case), str(output), str(threads), str(runs)]
    seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    words = np.fromfile(output, dtype=np.int64)[1:].reshape(3, -1)
    return [float(text) for text in seconds], Photoelectrons(words[0], words[1], words[2].view(np.float64))


def run_ours(case: Case, threads: int, runs: int) -> list[float]:
    """Seconds of each run."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        transport(**case, threads=threads)
        times.append(perf_counter() - start)
    return times


def strangers(ours: Photoelectrons, theirs: Photoelectrons) -> int:
    """Photoelectrons of one program that the other lacks, by step, sensor and time to a thousandth of a ns."""

    def named(found: Photoelectrons) -> set[tuple[int, int, float]]:
        return set(zip(found.step.tolist(), found.sensor.tolist(), found.time_ns.round(3).tolist(), strict=True))

    return len(named(ours) - named(theirs))


def compare(programs: dict[str, Path], case: Case, path: Path) -> dict[str, Any]:
    """How far the outcomes agree."""
    ours = transport(**case)
    theirs = {name: run_c(program, path, 1, 1)[1] for name, program in programs.items()}
    same = len(ours.step) == len(theirs["c"].step) and all(map(np.array_equal, ours, theirs["c"]))
    return {
        "photons": int(case["photons"].sum()),
        "photoelectrons": len(ours.step),
        "identical_to_c": same,
        "lacking_in_c": strangers(ours, theirs["c"]),
        "lacking_in_c_fused": strangers(ours, theirs["c_fused"]),
    }


def speeds(programs: dict[str, Path], case: Case, path: Path, threads: int) -> dict[str, Any]:
    """Millions of photons in a second: the best of all runs, and their median."""
    seconds: dict[str, list[float]] = {"ringcast": [], **{name: [] for name in programs}}
    for _ in range(ROUNDS):
        seconds["ringcast"] += run_ours(case, threads, RUNS)
        for name, program in programs.items():
            seconds[name] += run_c(program, path, threads, RUNS)[0]
    millions = case["photons"].sum() / 1e6
    best = {name: millions / min(times) for name, times in seconds.items()}
    return {
        "best": best,
        "median": {name: millions / median(times) for name, times in seconds.items()},
        "ratio": {name: best["ringcast"] / best[name] for name in programs},
    }


def machine() -> dict[str, Any]:
    """What the times depend on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    gcc = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "numba": numba.__version__,
        "gcc": gcc,
        "flags": FLAGS,
    }


def main() -> None:
    """Measure, print, write."""
    found: dict[str, Any] = {"machine": machine(), "unit": "million photons per second", "results": {}}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        programs = build(folder)
        for particle, light, case in cases(engine_data_folder(folder)):
            path = folder / "case"
            write_case(path, case)
            row = found["results"][f"{particle} {light}"] = compare(programs, case, path)
            print(f"{particle} {light}: {row}")
            for threads in (1, 2):
                row[f"threads_{threads}"] = speed = speeds(programs, case, path, threads)
                best = "  ".join(f"{name} {value:6.2f}" for name, value in speed["best"].items())
                print(f"  {threads} threads, M/s: {best}   ratio {speed['ratio']['c']:.2f}", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    partial = RESULTS.with_suffix(".partial")
    partial.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, RESULTS)
    print(f"wrote {RESULTS}")


if __name__ == "__main__":
    main()
