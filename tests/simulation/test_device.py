"""A change of one kernel module is seen by the compiled code of those that call it, kept from an earlier run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ringcast

CALL = (
    "from ringcast.simulation.philox import uniform4; import numpy as np;"
    " print(uniform4(*(np.uint64(0),) * 5)[0], uniform4.stats.cache_hits[uniform4.signatures[0]])"
)


@pytest.mark.slow
def test_compiled_code_is_kept_until_any_source_changes(tmp_path):
    copy = tmp_path / "ringcast"
    shutil.copytree(Path(ringcast.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))

    def ask():
        done = subprocess.run([sys.executable, "-c", CALL], capture_output=True, text=True, check=True, cwd=tmp_path)
        value, hits = done.stdout.split()
        return float(value), int(hits)

    first = ask()
    assert first[1] == 0
    assert ask() == (first[0], 1)
    (copy / "simulation" / "another.py").write_text("# new\n", encoding="utf-8")
    assert ask() == first
