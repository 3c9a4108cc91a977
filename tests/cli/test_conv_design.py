"""``ringcast conv design`` in-process: what it prints, its JSON, and one line for whatever the user can mend."""

import json
import subprocess
import sys

import pytest

from ringcast.arithmetic import parse
from ringcast.cli.main import main

SOLUTION_KEYS = ["chain", "scale", "offset", "crop", "even", "unaffected", "sees", "params", "macs"]


@pytest.fixture
def run(capsys):
    def run_program(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["conv", "design", *arguments])
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_program


def test_a_table_of_the_best(run):
    code, out, err = run("11x21", "88x168", "--upsampler", "transposed", "--limit", "2")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["chain", "even", "free", "sees", "params", "MACs"]
    assert "1  64x11x21 convT(64,64,2,2) relu convT(64,3,4,4)" in out
    assert "70 stacks found, 2 shown." in out
    assert "Blocks: transposed by 2, 3 or 4, each with a convolution of 3 or 5 (transposed also without)" in out


def test_json(run):
    code, out, _ = run("11x21", "88x168", "--json", "--limit", "3", "--channels", "64,64,32,32", "--out-channels", "1")
    document = json.loads(out)
    assert code == 0
    assert list(document) == ["seed", "target", "alphabet", "found", "solutions", "reason", "nearest", "crop"]
    assert (document["found"], len(document["solutions"])) == (94, 3)
    assert list(document["solutions"][0]) == SOLUTION_KEYS
    assert parse(document["solutions"][0]["chain"]).shapes[-1] == (1, 88, 168)
    assert (document["reason"], document["nearest"], document["crop"]) == (None, [], None)


def test_super_kamiokande_has_a_reason_and_a_crop(run):
    _, out, _ = run("7x19", "51x150", "--json")
    document = json.loads(out)
    assert document["reason"].endswith("(150 - 51) / (19 - 7) = 8.25, which is no whole number")
    assert (document["crop"]["size"], document["crop"]["crop"]) == ([54, 150], [3, 0])
    _, out, _ = run("7x19", "51x150")
    assert out.startswith("Equal parameters on both axes need the scale")
    assert "24 stacks with parameters for each axis found, 10 shown." in out
    assert "54x150, crop 3x0" in out


def test_a_crop_and_even_layers_only(run):
    _, out, _ = run("7x19", "51x150", "--crop", "--even-only", "--json")
    solutions = json.loads(out)["solutions"]
    assert all(one["even"] and "crop(" in one["chain"] for one in solutions)


def test_no_stack_at_all(run):
    code, out, _ = run("10x20", "50x100", "--max-layers", "1")
    assert code == 0
    assert "= 5, which is no product of blocks that enlarge by 2, 3 or 4." in out
    assert "No stack with parameters for each axis found." in out
    assert "at most 1 layer." in out


def test_seeds(run):
    code, out, _ = run("51x150", "--limit", "3")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines() if "64x" in line] == [
        ["6x17", "9"],
        ["5x16", "9"],
        ["17x50", "3"],
    ]
    document = json.loads(run("51x150", "--json")[1])
    assert list(document) == ["target", "alphabet", "seeds"]
    assert list(document["seeds"][0]) == ["seed", *SOLUTION_KEYS]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["11x21", "88"], "the target is '88'; expected height x width, both at least 1, for example 11x21"),
        (["0x21", "88x168"], "the seed is '0x21'; expected height x width"),
        (["88x168", "11x21"], "target 11x21 is not larger than the seed 88x168"),
        (["11x21", "88x168", "--upsampler", "up"], "upsampler is 'up'; expected one or more of transposed, unpool"),
        (["11x21", "88x168", "--max-layers", "0"], "--max-layers is 0; expected a whole number of at least 1"),
        (["11x21", "88x168", "--limit", "0"], "--limit is 0; expected a whole number of at least 1"),
        (["11x21", "88x168", "--channels", "64,0"], "--channels is '64,0'; expected numbers of at least 1"),
        (["11x21", "88x168", "--out-channels", "0"], "--out-channels is 0"),
        (["3x30"], "target is (3, 30); expected (height, width), both at least 6"),
        ([], "SEED requires an argument"),
    ],
)
def test_refusals_are_one_line_and_exit_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err


def test_no_torch_is_needed():
    code = (
        "import atexit, sys; atexit.register(lambda: print('torch' in sys.modules, file=sys.stderr));"
        "from ringcast.cli.main import main; main(['conv', 'design', '11x21', '88x168', '--limit', '1'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"
