"""The ``ringcast`` program: parses, calls one public function, prints; every refusal is one line and exit code 2."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from cyclopts import App, CycloptsError

import ringcast
from ringcast.cli.whole_number import require_whole_numbers
from ringcast.errors import RingcastError

__all__ = ["main", "program"]

_COMMANDS = {
    "demo": ("ringcast.cli.demo:demo", "Reconstruct sample events with the shipped weights; writes a report."),
    "conv": ("ringcast.cli.conv:app", "Explain, measure, draw and design stacks of convolutions."),
    "detector": ("ringcast.cli.detector:app", "List detectors, say how large one is, and draw its sensors."),
    "simulate": ("ringcast.cli.simulate:simulate", "Simulate events with Geant4 and a photon kernel."),
    "merge": ("ringcast.cli.merge:merge", "Join event files that were simulated in parts."),
    "validate": ("ringcast.cli.validate:app", "Compare simulated events with events of others."),
    "train": ("ringcast.cli.train:train", "Train the generator by a recipe; resumable."),
    "reconstruct": (
        "ringcast.cli.reconstruct:reconstruct",
        "Fit vertex, direction, energy and particle of every event.",
    ),
    "show": ("ringcast.cli.show:show", "Draw an event, and the prediction beside it."),
}
"""Name: (where it is, what the list of commands says of it)."""


def program(*, listing: bool) -> App:
    """The commands, each imported when it is called; ``listing`` gives them their line in the list of commands.

    A line given here would take the place of the command's own help, so it is given for the list alone.
    """
    app = App(
        name="ringcast",
        help=(
            "A Cherenkov ring generator that you can see through: decoder arithmetic, simulation, training, "
            "reconstruction."
        ),
        version=ringcast.__version__,
        config=require_whole_numbers,
    )
    for name, (place, line) in _COMMANDS.items():
        app.command(place, name=name, help=line if listing else None, sort_key=list(_COMMANDS).index(name))
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program; exits 0 on success, 2 on what the user can mend, 130 on Ctrl-C, 141 if its reader stops."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without the floor sign shows "?" for it
    try:
        _run(arguments)
    except CycloptsError as error:
        _refuse(f"{str(error).strip()} (add --help to see what it takes)")
    except RingcastError as error:
        _refuse(str(error))
    except FileNotFoundError as error:
        _refuse(f"no such file: {error.filename}; check the path")
    except PermissionError as error:
        _refuse(f"{error.filename}: {error.strerror}; check who may read and write there")
    except KeyboardInterrupt:
        print("ringcast: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it does not fail as well
        sys.exit(141)


def _run(arguments: Sequence[str] | None) -> None:
    words = sys.argv[1:] if arguments is None else arguments
    app = program(listing=not words or words[0] in ("--help", "-h"))
    try:
        app(arguments, exit_on_error=False, print_error=False)
    finally:
        sys.stdout.flush()


def _refuse(sentence: str) -> None:
    print(f"ringcast: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(2)
