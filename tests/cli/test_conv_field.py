"""``ringcast conv field`` in-process: table, phases, chosen pixels and JSON, and exit code 2 for what can be mended."""

import json

import pytest

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)


def lines_of(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_table_and_phases(run):
    code, out, err = run("conv", "field", SLIDES)
    assert (code, err) == (0, "")
    lines = lines_of(out)
    assert lines[1] == "seed 11 x 21 1 x 1"
    assert lines[6] == "5 convT(64,32,4,2) 46 x 86 3|4 x 3|4"
    assert lines[-5:] == [
        "rows and columns: 8 phases, 8 further in the output is 1 further in the seed",
        "size by phase 4 4 5 5 5 5 4 4",
        "output 0 to 1: seed −2 to 1",
        "output 2 to 5: seed −2 to 2",
        "output 6 to 7: seed −1 to 2",
    ]


def test_chosen_pixels(run):
    lines = lines_of(run("conv", "field", SLIDES, "--pixel", "44,84", "--seed", "5,10")[1])
    assert lines[1] == "seed 11 x 21 1 x 1 rows 3-7, cols 8-12"
    assert lines[12] == "11 conv(32,3,3) 88 x 168 4|5 x 4|5 row 44, col 84"
    assert lines[-2] == "output pixel 44,84 depends on rows 3-7, cols 8-12 of the seed"
    assert lines[-1] == "seed pixel 5,10 paints rows 26-61, cols 66-101 of the output: 36 x 36 pixels"


def test_axes_that_differ(run):
    lines = lines_of(run("conv", "field", "7x7 convT(1,1,2x3,3x2)")[1])
    assert "rows: 3 phases, 3 further in the output is 1 further in the seed" in lines
    assert "output 2: seed nothing" in lines
    assert "columns: 2 phases, 2 further in the output is 1 further in the seed" in lines


def test_gaps_are_told(run):
    assert "size by phase 5; some pixels between are skipped" in lines_of(
        run("conv", "field", "9x9 conv(1,1,3,1,0,2)")[1]
    )


def test_document(run):
    code, out, err = run("conv", "field", SLIDES, "--pixel", "44,84", "--seed", "5,10", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    found = document["field"]
    assert found["sizes"] == {"H": [4, 4, 5, 5, 5, 5, 4, 4], "W": [4, 4, 5, 5, 5, 5, 4, 4]}
    assert found["advance"] == {"H": [1, 8], "W": [1, 8]}
    assert found["gaps"] == {"H": False, "W": False}
    assert len(found["by_phase"]) == 16
    assert found["by_phase"][2] == {"axis": "H", "phase": 2, "first": -2, "last": 2, "size": 5, "count": 5}
    assert document["layers"][4]["sizes"]["H"] == [4, 4, 3, 3]
    assert document["pixel"]["at"] == [44, 84]
    assert document["pixel"]["boxes"][0]["rows"] == {"first": 3, "last": 7, "size": 5, "count": 5}
    assert len(document["pixel"]["boxes"]) == 12
    assert document["seed"]["painted"]["columns"] == {"first": 66, "last": 101, "size": 36, "count": 36}


def test_no_phases(run):
    chain = "1x80x80 bilinear(1.2345678912)"
    assert lines_of(run("conv", "field", chain)[1])[-1] == "rows and columns: no phases, they take too long to repeat"
    found = json.loads(run("conv", "field", chain, "--json")[1])["field"]
    assert found == {
        "sizes": {"H": None, "W": None},
        "advance": {"H": None, "W": None},
        "gaps": {"H": None, "W": None},
        "by_phase": [],
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pixel", "88,0"], "output pixel 88,0: row 88 does not exist; the output has 88 rows, expected 0 to 87"),
        (["--seed", "0,21"], "seed pixel 0,21: column 21 does not exist; the seed has 21 columns"),
        (["--pixel", "4"], "--pixel is '4'; expected row,column counted from 0, for example --pixel 5,10"),
        (["--seed", "a,b"], "--seed is 'a,b'; expected row,column"),
    ],
)
def test_faults(run, arguments, message):
    code, out, err = run("conv", "field", SLIDES, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
