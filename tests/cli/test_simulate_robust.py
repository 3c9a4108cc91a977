"""``ringcast simulate`` under adversity: killed, stopped, without room on the disk, in parts, on a cluster."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from ringcast.simulation import memory

pytestmark = pytest.mark.skipif(find_spec("calzone") is None, reason="needs Geant4")
SMALL = ("simulate", "-d", "mini", "-n", "24", "--energy", "60:100", "--seed", "5")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def simulated(run, tmp_path, monkeypatch):
    """Run the small simulation with further options; the file."""
    monkeypatch.setenv("GEANT4_DATA_DIR", "")  # calzone sets it when another test imports it, unseen by os.environ:
    monkeypatch.delenv("GEANT4_DATA_DIR")  # only so is it gone for processes to come

    def simulate(name, *options):
        code, _, err = run(*SMALL, "-o", tmp_path / name, *options)
        assert code == 0, err
        return tmp_path / name

    return simulate


@pytest.mark.slow
def test_a_run_killed_ten_times_gives_the_same_file(tmp_path):
    """At random times, and just before and after files are renamed."""
    root = Path(__file__).parents[2]
    words = [sys.executable, "-m", "tests.cli.killing", str(tmp_path), "10", "3"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    done = subprocess.run(words, capture_output=True, text=True, cwd=root, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["killed"] == 10
    assert set(found["files"]) == {digest(tmp_path / "whole.h5")}
    assert found["left"] == ["whole.h5"]


@pytest.mark.slow
def test_workers_shards_memory_and_cluster_leave_the_bytes_alone(simulated, run, tmp_path):
    whole = digest(simulated("one.h5", "--workers", 1))
    assert digest(simulated("two.h5", "--workers", 2, "--memory", "1.36GB")) == whole
    parts = [simulated(f"{number}.h5", "--workers", 1, "--shard", f"{number}/4") for number in (3, 1, 4, 2)]
    code, out, err = run("merge", *parts, "-o", tmp_path / "merged.h5")
    assert code == 0, err
    assert "24 events of 4 files" in out
    assert digest(tmp_path / "merged.h5") == whole
    pytest.importorskip("distributed")
    assert digest(simulated("dask.h5", "--workers", 2, "--scheduler", "local")) == whole


@pytest.mark.slow
def test_a_full_disk_keeps_what_is_done_and_leaves_no_half_file(simulated, run, tmp_path, monkeypatch):
    """First no file of more than some bytes can be written, then there is no room to join the shards."""
    monkeypatch.setattr(memory, "_BATCH", 4)
    whole = simulated("whole.h5", "--workers", 1)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def stopped_at(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
        try:
            code, _, err = run(*SMALL, "-o", tmp_path / "full.h5", "--workers", 1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert code == 2
        assert "cannot be written (File too large); " in err
        return err

    assert "plan.json: cannot be written" in stopped_at(100)
    assert "a table of Geant4" in stopped_at(8_000)
    assert [path.name for path in tmp_path.iterdir()] == ["whole.h5"]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=20_000))
    code, _, err = run(*SMALL, "-o", tmp_path / "full.h5", "--workers", 1)
    assert code == 2
    assert "the disk has 0.0 MB; make room" in err
    assert "what is done is kept" in err
    monkeypatch.undo()
    kept = sorted(path.name for path in (tmp_path / "full.h5.partial").iterdir())
    assert kept[-1] == "plan.json"
    assert [name[:19] for name in kept[:-1]] == [f"{first:09d}-{first + 3:09d}" for first in range(0, 24, 4)]
    assert digest(simulated("full.h5", "--workers", 1)) == digest(whole)
