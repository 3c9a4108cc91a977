"""The photon kernel against the same kernel in C, which was written apart from it: `benchmarks/photon_kernel.c`."""

import shutil
import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from ringcast.simulation.transport import transport
from tests.simulation.scene import scene

SOURCE = Path(__file__).parents[2] / "benchmarks" / "photon_kernel.c"


@pytest.fixture(scope="module")
def benchmark():
    spec = spec_from_file_location("photon_kernel", SOURCE.with_suffix(".py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is missing")
    path = tmp_path_factory.mktemp("c") / "photon_kernel"
    subprocess.run(["gcc", "-O1", "-ffp-contract=off", "-fopenmp", SOURCE, "-o", path, "-lm"], check=True)
    return path


@pytest.mark.parametrize("shape", ["cap", "flat"])
@pytest.mark.parametrize("reflection", ["off", "wcsim", "constant"])
@pytest.mark.parametrize("scattering", [True, False])
def test_c_finds_the_same_photoelectrons_to_the_last_digit(benchmark, program, tmp_path, shape, reflection, scattering):
    case = scene(2000, shape=shape, reflection=reflection, scattering=scattering)
    benchmark.write_case(tmp_path / "case", case)
    ours, (_, theirs) = transport(**case), benchmark.run_c(program, tmp_path / "case", 2, 1)
    assert len(ours.step) > 5000
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
