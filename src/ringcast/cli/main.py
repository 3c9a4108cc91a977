"""The ``ringcast`` program: parses, calls one public function, prints; every refusal is one line and exit code 2."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper

from cyclopts import App, CycloptsError

import ringcast
from ringcast.errors import RingcastError

__all__ = ["app", "main"]

app = App(
    name="ringcast",
    help=(
        "A Cherenkov ring generator that you can see through: decoder arithmetic, simulation, training, reconstruction."
    ),
    version=ringcast.__version__,
)
app.command("ringcast.cli.conv:app", name="conv")
app.command("ringcast.cli.train:train", name="train")
app.command("ringcast.cli.simulate:simulate", name="simulate")
app.command("ringcast.cli.show:show", name="show")
app.command("ringcast.cli.reconstruct:reconstruct", name="reconstruct")
app.command("ringcast.cli.detector:app", name="detector")
app.command("ringcast.cli.demo:demo", name="demo")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program; exits 0 on success, 2 on anything the user can mend, 130 on Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without the floor sign shows "?" for it
    try:
        app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _refuse(f"{str(error).strip()} (add --help to see what it takes)")
    except RingcastError as error:
        _refuse(str(error))
    except FileNotFoundError as error:
        _refuse(f"no such file: {error.filename}; check the path")
    except KeyboardInterrupt:
        print("ringcast: stopped", file=sys.stderr)
        sys.exit(130)


def _refuse(sentence: str) -> None:
    print(f"ringcast: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(2)
