"""The derivation of the slides' decoder as text, against a file written out from the slides."""

from pathlib import Path

from ringcast.arithmetic import derive, parse

GOLDEN = Path(__file__).parent / "golden" / "derive_slides.txt"
SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)


def test_the_slides_derivation():
    assert f"{derive(parse(SLIDES))}\n" == GOLDEN.read_text(encoding="utf-8")


def test_numbers_of_a_step():
    step = derive(parse("5x7 conv(1,2,2,2)")).steps[0]
    assert [(formula.axis, formula.result) for formula in step.formulas] == [("H", 2), ("W", 3)]
    assert step.formulas[0].text == "⌊(5 + 2·0 − 1·(2−1) − 1)/2⌋ + 1"
    assert step.unread == (1, 1)


def test_every_parameter_stands_in_the_formula():
    derivation = derive(parse("5x6 convT(1,1,3x2,stride=2x3,padding=1x0,output_padding=1x2,dilation=2x1)"))
    assert [formula.text for formula in derivation.steps[0].formulas] == [
        "(5−1)·2 − 2·1 + 2·(3−1) + 1 + 1",
        "(6−1)·3 − 2·0 + 1·(2−1) + 2 + 1",
    ]


def test_padding_that_differs_at_the_two_ends_is_a_sum():
    formula = derive(parse("5x6 conv(1,1,4,padding=same)")).steps[0].formulas[0]
    assert (formula.text, formula.result) == ("⌊(5 + (1+2) − 1·(4−1) − 1)/1⌋ + 1", 5)


def test_unread_rows_and_the_closing_remark():
    lines = str(derive(parse("5x6 conv(1,1,2,2)"))).splitlines()
    assert "   never read: 1 of 5 rows" in lines
    assert lines[-2:] == ["output pixels and numbers in the seed differ:", "2 x 3 = 6, 1 x 5 x 6 = 30"]


def test_formulas_give_their_results():
    chain = parse("2x30x41 conv(2,4,3x5,2x3,1,2x1) elu convT(4,4,4x3,3x2,1,1,dilation=2) conv(4,1,4,padding=same)")
    for step in derive(chain).steps:
        for formula in step.formulas:
            plain = (
                formula.text.replace("⌊", "(").replace("⌋", "").replace("·", "*").replace("−", "-").replace(")/", ")//")
            )
            assert eval(plain.replace(" + 1", ") + 1") if "//" in plain else plain) == formula.result
