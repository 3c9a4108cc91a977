"""``ringcast conv compare`` in-process: the table, its JSON, and one line for whatever the user can mend."""

import json
import re
import sys

import pytest

from ringcast.cli.main import main


@pytest.fixture
def run(capsys):
    def run_program(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["conv", "compare", *arguments])
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_program


def test_the_table(run):
    code, out, err = run("11x21", "88x168", "--no-measure")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    heads = ["block", "output", "learnt", "params", "MACs", "period", "ratio", "CV", "border", "one", "block"]
    assert lines[0].split() == heads
    assert lines[1].split()[-9:] == ["88x168", "114,816", "161,859", "186,869,760", "1", "1", "0", "14", "0.75"]
    assert max(len(line) for line in lines[:13]) <= 120
    assert "Not 88x168: C; E; convT 3/2 alone." in out
    assert "C: convT 3/2, conv 3: pattern 105 82 99 80 102 80 99 82" in out


def test_measured_json(run):
    code, out, _ = run("3x3", "6x6", "--channels", "4,4", "--draws", "4", "--json")
    document = json.loads(out)
    assert code == 0
    assert list(document) == ["seed", "target", "rows"]
    assert list(document["rows"][0]) == [
        "name", "chain", "out", "fits", "learnt", "params", "macs", "overlap", "one_block", "measured",
    ]  # fmt: skip
    overlap_keys = ["even", "period", "pattern", "ratio_1d", "ratio_2d", "cv_2d", "border", "unaffected"]
    assert list(document["rows"][0]["overlap"]) == overlap_keys
    rows = {row["name"]: row for row in document["rows"]}
    assert rows["nearest + conv 3, conv 3 p1"]["measured"]["mean"] < 1e-20
    assert 0.3 < rows["F: convT 2/2, conv 3 p1"]["measured"]["mean"] < 1  # the expectation is 0.75
    assert rows["F: convT 2/2, conv 3 p1"]["measured"]["draws"] == 4


def test_measured_table(run):
    code, out, _ = run("3x3", "6x6", "--channels", "4,4", "--draws", "2")
    assert code == 0
    assert out.splitlines()[0].split()[-1] == "measured"
    assert out.splitlines()[1].split()[-2] == "±"


def test_two_tables_where_one_is_too_wide(run, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    _, out, _ = run("11x21", "88x168", "--no-measure")
    out = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert [line.split()[1:] for line in out.splitlines() if line.startswith("block")] == [
        ["output", "learnt", "params", "MACs"],
        ["period", "ratio", "CV", "border", "one", "block"],
    ]
    assert "…" not in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_sizes_that_no_block_makes(run):
    _, out, _ = run("11x21", "12x22", "--no-measure")
    assert "None of them makes 12x22." in out
    _, out, _ = run("1x1", "8x8", "--no-measure")
    assert "A layer does not fit this seed: E." in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["11x21"], "TARGET requires an argument"),
        (["11x21", "88"], "the target is '88'; expected height x width"),
        (["11x21", "11x21"], "target 11x21 is not larger than the seed 11x21"),
        (["11x21", "88x168", "--channels", "0"], "--channels is '0'; expected numbers of at least 1"),
        (["11x21", "88x168", "--out-channels", "0"], "--out-channels is 0"),
        (["11x21", "88x168", "--draws", "1"], "--draws is 1; expected a whole number of at least 2"),
        (["11x21", "88x168", "--draws", "1001"], "--draws is 1001; expected at most 1000"),
        (["11x21", "88x168", "--channels", "9999"], "weights; expected at most 20,000,000 to draw them at random"),
        (["1x1", "1024x1024"], "cannot be measured: the response to a constant repeats only after 1024 pixels"),
    ],
)
def test_refusals_are_one_line_and_exit_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
