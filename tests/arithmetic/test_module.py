"""The public face of the arithmetic: its names, and its independence of torch and numpy."""

import subprocess
import sys

import ringcast
from ringcast import arithmetic


def test_public_names_are_pinned():
    expected = """Conv2d ConvChain ConvTranspose2d compare cost derive design field overlap parse sizes upsampler"""
    assert arithmetic.__all__ == expected.split()
    assert all(callable(getattr(arithmetic, name)) for name in arithmetic.__all__)


def test_names_stay_functions_whatever_is_imported():
    code = (
        "import pkgutil, importlib, ringcast.arithmetic as a\n"
        "for found in pkgutil.walk_packages(a.__path__, 'ringcast.arithmetic.'): importlib.import_module(found.name)\n"
        "print([name for name in a.__all__ if not callable(getattr(a, name))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reached_as_conv():
    assert ringcast.conv is arithmetic


def test_imports_neither_torch_nor_numpy():
    code = "import sys, ringcast.arithmetic; print([m for m in ('torch', 'numpy', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
