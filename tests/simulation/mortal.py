"""Work that ends its own process, for tests of what becomes of it; imported by worker processes."""

import os
import signal
from functools import partial
from pathlib import Path

from ringcast.errors import EngineError
from ringcast.simulation import Chain


def die_unless(marker):
    """End this process at once, the first time."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def start_squares(folder):
    """Squares; 3 ends its process once, 7 always, -1 is an error, and so is a start in a folder that says so."""
    if (folder / "no start").exists():
        os.abort()
    return partial(_square, folder)


def start_undisturbed_squares(folder):
    """The same in a process that Ctrl-C does not reach, as it is its parent's business."""
    assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    return start_squares(folder)


def _square(folder, number):
    if number == 3:
        die_unless(folder / "three")
    if number == 7:
        os.abort()
    if number == -1:
        raise EngineError("no number")
    with (folder / "done").open("a") as file:
        file.write(f"{number}\n")
    return number * number


def start_mortal_chain(folder, plan, data_folder, primaries, device):
    """The real chain, which dies in the middle of events 20 and following the first time."""
    chain = Chain.start(plan, data_folder, primaries, device=device)

    def run(events):
        batch = chain.run(events)
        if events.start == 20:
            die_unless(Path(folder) / "died")
        return batch

    return run
