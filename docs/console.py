"""Runs the commands of a page and prints them with their real output; the pages call it through cog.

``make docs`` renews every page and picture; ``cog --check`` in the tests runs the same commands and compares the text.
Commands run in an empty folder; with ``RINGCAST_RENEW_PICTURES`` set, the pictures they write go to ``docs/images``.
"""

import inspect
import io
import json
import os
import re
import shlex
import shutil
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path

from ringcast.cli.main import main

IMAGES = Path(__file__).parent / "images"
SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)


def console(*commands: str, lines: int | None = None) -> None:
    """Print commands and what they answer as one block; ``lines`` cuts each answer short."""
    print("```console")
    with tempfile.TemporaryDirectory() as place, chdir(place):
        for command in commands:
            print(f"$ {command}")
            print(_shortened(_answer(command), lines))
    print("```")


def keys(module: str) -> None:
    """Print what the docstring of a command's module says of its JSON document."""
    print(inspect.cleandoc(import_module(f"ringcast.cli.conv.{module}").__doc__ or "").partition("\n\n")[2])


def pretty(command: str) -> None:
    """Print a command and the JSON document it prints, indented, with lists of numbers on one line."""
    print("```console", f"$ {command} | python -m json.tool", sep="\n")
    text = json.dumps(json.loads(_answer(command)), indent=2, ensure_ascii=False)
    print(re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found.group().split()), text), "```", sep="\n")


def picture(command: str, about: str, path: str, *, said: bool = True) -> None:
    """Print a command that draws and the picture it has written, as seen from the page; ``about`` describes it."""
    name = Path(path).name
    with tempfile.TemporaryDirectory() as place, chdir(place):
        answer = _answer(command)
        drawn = Path(place) / name
        if not drawn.is_file():
            raise SystemExit(f"{command} has not written {name}; it says: {answer}")
        if os.environ.get("RINGCAST_RENEW_PICTURES"):
            target = IMAGES / path.partition("images/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(drawn, target)
    print("```console", f"$ {command}", *([answer] if said and answer else []), "```", "", sep="\n")
    print(f"![{about}]({path})")


def _answer(command: str) -> str:
    words = shlex.split(command)
    if words[0] != "ringcast":
        raise SystemExit(f"pages run ringcast only, not {words[0]}")
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            main(words[1:])
        except SystemExit as end:
            code = end.code
    if code not in (0, 2, None):
        raise SystemExit(f"{command} ended with {code}: {printed.getvalue()}")
    return "\n".join(line.rstrip() for line in printed.getvalue().rstrip().splitlines())


def _shortened(text: str, lines: int | None) -> str:
    rows = text.splitlines()
    return text if lines is None or len(rows) <= lines else "\n".join([*rows[:lines], "..."])
