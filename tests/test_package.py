"""The package as a whole: what each part exports, and what importing it costs."""

import json
import subprocess
import sys
from importlib import import_module

import pytest

import ringcast

PARTS = (
    "arithmetic",
    "blocks",
    "events",
    "generator",
    "geometry",
    "likelihood",
    "reconstruction",
    "simulation",
    "storage",
    "training",
    "validation",
    "views",
    "web",
)


def modules_after(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter holds after running some code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_exports_a_dozen_names_at_most_and_explains_itself(part):
    module = import_module(f"ringcast.{part}")
    assert 1 <= len(module.__all__) <= 12
    assert len(set(module.__all__)) == len(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(module.__doc__.split()) > 20


def test_public_names_of_the_package():
    assert sorted(ringcast.__all__) == [
        "ConvChain",
        "Detector",
        "Fit",
        "Hits",
        "Track",
        "conv",
        "load",
        "load_detector",
        "read_events",
        "reconstruct",
    ]
    for name in ringcast.__all__:
        assert getattr(ringcast, name) is not None
    assert set(ringcast.__all__) <= set(dir(ringcast))
    with pytest.raises(AttributeError, match="no attribute 'recontsruct'; it has"):
        _ = ringcast.recontsruct


def test_importing_the_package_imports_no_heavy_library():
    heavy = {"torch", "numpy", "matplotlib", "h5py", "numba"}
    assert not heavy & modules_after("import ringcast")
    assert not heavy & modules_after("import ringcast.arithmetic")


@pytest.mark.parametrize("words", [["--help"], ["simulate", "--help"], ["validate", "simulation", "--help"]])
def test_help_needs_no_heavy_library(words):
    code = f"import ringcast.cli.main as m\ntry:\n    m.main({words})\nexcept SystemExit:\n    pass"
    assert not {"torch", "matplotlib", "h5py", "numba"} & modules_after(code)


def test_the_design_example_runs():
    derivation = ringcast.conv.derive(ringcast.conv.parse("11x21 convT(64,64,4,2) relu conv(64,64,3)"))
    assert "H = (11−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 24" in str(derivation)
