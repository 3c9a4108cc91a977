"""The kernel on a GPU: in CUDA's simulator, compiled for a GPU without one, and on one where there is one."""

import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.simulation import require_device
from ringcast.simulation.flight import FATES
from ringcast.simulation.transport import follow, transport
from tests.simulation.scene import scene, simulated

pytest.importorskip("numba_cuda")
from numba import cuda, typeof, types

from ringcast.simulation import gpu

HOPPER = (9, 0)
needs_gpu = pytest.mark.skipif(not cuda.is_available(), reason="no CUDA device")


def test_the_scene_has_every_fate_and_turns():
    journeys = follow(**scene(15))
    assert {FATES[fate] for fate in journeys.fate} >= {"unborn", "outside", "wall", "face", "seen"}
    assert (journeys.turns > 0).mean() > 0.1


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "reflection", "scattering"), [("cap", "wcsim", True), ("flat", "constant", False)])
def test_the_simulator_finds_the_photoelectrons_of_the_processor(tmp_path, shape, reflection, scattering):
    """585 photons in three blocks, as plain Python; all operations are the same, so all digits are."""
    expected = transport(**scene(15, shape=shape, reflection=reflection, scattering=scattering))
    found = simulated(tmp_path / "found.npz", shape, reflection, "scattering" if scattering else "")
    assert len(expected.step) > 50
    for name, column in expected._asdict().items():
        np.testing.assert_array_equal(found[name], column, strict=True)


@pytest.fixture
def signature(monkeypatch):
    """Types of the kernel's arguments; functions that it calls are compiled for the same GPU, which need not exist."""
    hopper = type("Hopper", (), {"compute_capability": HOPPER})
    monkeypatch.setattr("numba.cuda.dispatcher.get_current_device", hopper)
    given = scene(1)
    row, time = given["photons"], np.zeros(1)
    tables = (given["optics"], given["wall"], given["interactions"], np.uint64(3), row.astype(np.int32), time)
    return (types.int64, types.int64, *(typeof(value) for value in (given["steps"], row, row, *tables)))


@pytest.mark.slow
def test_the_kernel_is_lowered_for_a_gpu(signature):
    """To LLVM's language: all that CUDA lacks would be refused here, without any part of CUDA's toolkit."""
    from numba.cuda.compiler import compile_cuda

    compiled = compile_cuda(gpu._follow.py_func, types.void, signature, cc=HOPPER)
    assert compiled.signature.return_type == types.void


@pytest.mark.slow
def test_the_kernel_compiles_to_machine_language_of_a_gpu(signature):
    from cuda.pathfinder import DynamicLibNotFoundError, load_nvidia_dynamic_lib

    try:
        for library in ("nvvm", "nvrtc"):
            load_nvidia_dynamic_lib(library)
    except DynamicLibNotFoundError:
        pytest.skip("CUDA's compiler is not installed")
    text, _ = cuda.compile(gpu._follow.py_func, signature, device=False, abi="numba", cc=HOPPER)
    assert ".target sm_90" in text
    assert ".visible .entry" in text


@pytest.mark.gpu
@needs_gpu
def test_a_gpu_finds_the_photoelectrons_of_the_processor():
    """Rounding may send some ten photons in a million elsewhere; times of the rest agree to a thousandth of a ns."""
    given = scene(25_000)
    here, there = transport(**given), gpu.transport_on_gpu(**given)
    a, b = (set(zip(found.step, found.sensor, found.time_ns.round(3), strict=True)) for found in (here, there))
    assert len(a ^ b) < 1e-4 * given["photons"].sum()


@pytest.mark.skipif(cuda.is_available(), reason="there is a GPU")
def test_no_gpu_is_refused():
    with pytest.raises(ArgumentError, match="no NVIDIA GPU with its driver and CUDA libraries is found"):
        require_device("cuda")


def test_numba_cuda_missing_is_refused(monkeypatch):
    monkeypatch.setattr("ringcast.simulation.gpu.find_spec", lambda name: None)
    with pytest.raises(ArgumentError, match=r"numba-cuda is not installed; pip install 'ringcast\[cuda\]'"):
        require_device("cuda")
