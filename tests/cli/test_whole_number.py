"""Options of type int take whole numbers, in every command: 2.5 is neither 2 nor 3."""

import pytest

CHAIN = "5x5 conv(1,1,3)"
SIMULATED = ("simulate", "-d", "mini", "-o", "x.h5")
DESIGN = ("conv", "design", "11x21", "88x168")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (SIMULATED, "-n"),
        (SIMULATED, "--n-events"),
        (SIMULATED, "--seed"),
        (SIMULATED, "--workers"),
        (SIMULATED, "--trigger-hits"),
        (("validate", "simulation"), "-n"),
        (("validate", "simulation"), "--trigger-hits"),
        (("show", "x.h5"), "--event"),
        (("show", "x.h5"), "-e"),
        (("demo",), "--events"),
        (("conv", "draw", CHAIN), "--layer"),
        (("conv", "draw", CHAIN), "--width"),
        (("conv", "ladder", CHAIN), "--width"),
        (("conv", "cost", CHAIN), "--batch"),
        (("conv", "compare", "11x21", "88x168"), "--draws"),
        (DESIGN, "--max-layers"),
        (DESIGN, "--limit"),
    ],
)
@pytest.mark.parametrize("text", ["2.5", "2.0", "2e3", "many"])
def test_no_option_is_rounded(run, command, option, text):
    sentence = f"ringcast: Invalid value for {option}: '{text}' is no whole number"
    code, out, error = run(*command, option, text)
    assert (code, out) == (2, "")
    assert error.startswith(sentence)
    assert error.count("\n") == 1


def test_whole_numbers_pass(run):
    assert run("conv", "cost", CHAIN, "--batch", "2")[0] == 0
