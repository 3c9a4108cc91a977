"""The public face of the arithmetic: its names, and its independence of torch and numpy."""

import subprocess
import sys

import ringcast
from ringcast import arithmetic


def test_public_names_are_pinned():
    expected = ["Activation", "Conv2d", "ConvChain", "ConvTranspose2d", "derive", "parse", "sizes"]
    assert sorted(arithmetic.__all__) == expected
    assert all(hasattr(arithmetic, name) for name in expected)


def test_reached_as_conv():
    assert ringcast.conv is arithmetic


def test_imports_neither_torch_nor_numpy():
    code = "import sys, ringcast.arithmetic; print([m for m in ('torch', 'numpy', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
