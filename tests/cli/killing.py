"""Runs ``ringcast simulate`` again and again and kills it; started by a test as a program of its own.

The runs are forked from one process that has all modules loaded, and so are their workers, as most of a start is the
loading of modules. The group of all processes of a run is killed with SIGKILL, at a random time or just before or after
a file is renamed; then the same command runs on to its end.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from multiprocessing import get_context
from pathlib import Path

from ringcast.cli.main import main
from ringcast.simulation import Chain, memory, simulate, workers  # noqa: F401  loaded before the forks
from ringcast.storage import Shards  # noqa: F401


def run(words, *, kill_after_s=None, kill_at_rename=None):
    """Run the command in a group of its own; whether it came to its end, and how long that took."""
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if kill_at_rename is not None:
            die_at_rename(kill_at_rename)
        main(words)
    if kill_after_s is not None:
        ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
        while time.monotonic() - begin < kill_after_s and os.waitid(os.P_PID, child, ended) is None:
            time.sleep(0.005)
        os.killpg(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    whole = Path(words[-1]).exists()  # a run that was killed after it had written the file is refused the next time
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0 and not whole:
        sys.exit(f"the command refused to go on: exit code {os.WEXITSTATUS(status)}")
    return os.WIFEXITED(status), time.monotonic() - begin


def die_at_rename(place):
    """Kill this process group just before (even places) or after (odd ones) a file is renamed."""
    real, count = Path.replace, 0

    def replace(self, target):
        nonlocal count
        if count == place:
            os.killpg(0, signal.SIGKILL)
        result = real(self, target)
        count += 1
        if count == place:
            os.killpg(0, signal.SIGKILL)
        count += 1
        return result

    Path.replace = replace


def play(folder, kills, seed):
    """Kill so many runs, and go on until the file is whole; what the files are and what else is left."""
    workers.get_context = lambda method: get_context("fork")
    memory._BATCH = 2
    words = ["simulate", "-d", "mini", "-n", "24", "--energy", "60:100", "--workers", "2", "--seed", "5", "-o"]
    took_s = run([*words, f"{folder}/whole.h5"])[1]
    target, draw, killed, files = Path(folder) / "killed.h5", random.Random(seed), 0, []
    while not files or killed < kills or Path(f"{target}.partial").exists():
        after_s, place = draw.uniform(0.1, 0.9) * took_s, draw.randrange(12)
        if killed == kills:
            how = {}
        elif draw.random() < 0.5:
            how = {"kill_after_s": after_s}
        else:
            how = {"kill_at_rename": place}
        if run([*words, str(target)], **how)[0]:
            files.append(hashlib.sha256(target.read_bytes()).hexdigest())
            target.unlink()
        else:
            killed += 1
    left = sorted(path.name for path in Path(folder).iterdir())
    print(json.dumps({"killed": killed, "files": files, "left": left}))


if __name__ == "__main__":
    play(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
