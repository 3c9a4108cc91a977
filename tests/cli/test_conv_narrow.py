"""Tables on narrow terminals: names fold and columns may be left out, but no number loses a digit."""

import json
import re
import sys
from io import BytesIO, TextIOWrapper

import pytest

from ringcast.cli.main import main

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
COMMANDS = {
    "compare": (("compare", "11x21", "88x168", "--no-measure"), ("319,334,400", "258,560", "88x168", "1.7227")),
    "design": (("design", "7x19", "51x150", "--crop"), ("92,443,392", "95.4 %")),
    "seeds": (("design", "51x150"), ("108,354,240", "59.1 %")),
    "overlap": (("overlap", SLIDES), ("90 x 170", "216 [1]", "1 / 1")),
    "list": (
        ("draw", "--list"),
        (
            "example7",
            "padding-strides-odd-transposed",
        ),
    ),
}


@pytest.fixture
def terminal(capsys, monkeypatch):
    def run(columns, *arguments):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        with pytest.raises(SystemExit) as end:
            main(["conv", *arguments])
        assert end.value.code in (None, 0)
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().out)

    return run


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_number_is_cut(terminal, name, columns):
    arguments, numbers = COMMANDS[name]
    out = terminal(columns, *arguments)
    assert "…" not in out
    assert [number for number in numbers if number not in out] == []


def test_the_slides_fit_into_80_columns(terminal):
    rows = terminal(80, "overlap", SLIDES).splitlines()
    assert "  1  convT(64,64,4,2)   24 x 44  even   2 [1] " in rows[2]


def test_json_keeps_its_signs_without_unicode(monkeypatch):
    written = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(written, encoding="ascii"))
    with pytest.raises(SystemExit):
        main(["conv", "derive", "5x5 conv(1,1,2,2)", "--json"])
    assert json.loads(written.getvalue())["layers"][0]["formulas"]["H"]["text"].startswith("⌊(5 + 2·0 − ")
