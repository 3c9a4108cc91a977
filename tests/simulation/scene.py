"""Light in a small tank, with everything on, for tests of the kernel; run as a program it takes it to CUDA's simulator.

The simulator is chosen by the environment before CUDA is imported, and runs a kernel as plain Python, so it gets a
process of its own.
"""

import os
import subprocess
import sys

import numpy as np

from ringcast.geometry import load_detector
from ringcast.simulation.interactions import load_interactions
from ringcast.simulation.optics import expose_cm, load_optics
from ringcast.simulation.wall import build_wall
from tests.simulation.closed_forms import batch_of_steps

CLEAR = 0.02
"""Scattering lengths are shortened so much, for light to scatter within a small tank."""


def scene(per_step, *, shape="cap", reflection="wcsim", scattering=True):
    """Arguments of `transport`, by name: steps in three events of `mini`, some of them without light."""
    tank = load_detector("mini")
    optics, interactions = load_interactions(
        load_optics(tank.pmt_type, "super-k"),
        water="super-k",
        scattering=scattering,
        reflection=reflection,
        angular_acceptance=scattering,
    )
    return {
        "steps": batch_of_steps(tank, np.random.default_rng(12), 40),
        "photons": np.arange(40) % 3 * per_step,
        "events": np.array([5, 6, 9]),
        "optics": optics,
        "wall": build_wall(tank, expose_cm(tank.pmt_type) if shape == "cap" else 0.0),
        "seed": 3,
        "interactions": interactions._replace(scattering_cm=interactions.scattering_cm * CLEAR),
    }


def simulated(output, *arguments):
    """Photoelectrons of a scene, whose arguments are given, from CUDA's simulator."""
    variables = {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "tests.simulation.scene", str(output), *arguments]
    subprocess.run(command, check=True, env=os.environ | variables)
    return dict(np.load(output))


def _main(output, shape, reflection, scattering):
    from ringcast.simulation import gpu

    gpu._BLOCK, gpu._THREADS = 256, 32
    found = gpu.transport_on_gpu(**scene(15, shape=shape, reflection=reflection, scattering=scattering == "scattering"))
    np.savez(output, **found._asdict())


if __name__ == "__main__":
    _main(*sys.argv[1:])
