"""The derivation as text: the slides' decoder against a file written out from the slides, and every layer's formula."""

import math

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ringcast.arithmetic import ConvChain, derive, parse
from ringcast.arithmetic.derivation.formula import (
    LATEX,
    TEXT,
    ceil,
    floor,
    minus,
    power,
    product,
    ratio,
    total,
    write,
)
from ringcast.errors import LayerError

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
SLIDES_LINES = [  # section 3, "Derivations, line by line", with every argument written out
    ("convT(64,64,4,2)", "(11−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 24", "(21−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 44"),
    ("conv(64,64,3)", "⌊(24 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 22", "⌊(44 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 42"),
    ("convT(64,32,4,2)", "(22−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 46", "(42−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 86"),
    ("conv(32,32,3)", "⌊(46 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 44", "⌊(86 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 84"),
    ("convT(32,32,4,2)", "(44−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 90", "(84−1)·2 − 2·0 + 1·(4−1) + 0 + 1 = 170"),
    ("conv(32,3,3)", "⌊(90 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 88", "⌊(170 + 2·0 − 1·(3−1) − 1)/1⌋ + 1 = 168"),
]


def formulas(text, step=0):
    """The formulas of one step, with their results."""
    found = derive(parse(text)).steps[step].formulas
    return [f"{formula.axis} = {formula.text} = {formula.result}" for formula in found]


def worth(text):
    """The value of a formula's text, by Python."""
    plain = text.replace("⌊", "math.floor(").replace("⌋", ")").replace("⌈", "math.ceil(").replace("⌉", ")")
    return eval(plain.replace("·", "*").replace("−", "-").replace("²", "**2"), {"math": math})


def test_the_slides_derivation(golden):
    golden("derive_slides.txt", f"{derive(parse(SLIDES))}\n")


@pytest.mark.parametrize("number", range(6))
def test_section_3_line_by_line(number):
    name, height, width = SLIDES_LINES[number]
    step = derive(parse(SLIDES)).steps[2 * number]
    assert step.name == name
    assert formulas(SLIDES, 2 * number) == [f"H = {height}", f"W = {width}"]


def test_section_3_closing_remark():
    assert str(derive(parse(SLIDES))).splitlines()[-1] == "88 x 168 = 64 x 11 x 21 = 14784"


def test_section_3_the_third_transposed_layer_takes_the_32_channels_that_arrive():
    """The slides' formula line says (64,32,4,2), their code (32,32,4,2); only the code can run."""
    assert [step.name for step in derive(parse(SLIDES)).steps][8] == "convT(32,32,4,2)"
    with pytest.raises(LayerError, match=r"layer 9, convT\(64,32,4,2\): takes 64 channels, but 32 arrive"):
        parse(SLIDES.replace("convT(32,32,4,2)", "convT(64,32,4,2)"))


def test_section_3_the_last_layer_with_one_channel():
    """The slides' code ends in Conv2d(32,3,3), their derivation in Conv2d(32,1,3): the sizes are the same."""
    one, three = derive(parse(SLIDES.replace("conv(32,3,3)", "conv(32,1,3)"))), derive(parse(SLIDES))
    assert (one.params, one.macs) == (161_281, 178_354_176)
    assert (three.params, three.macs) == (161_859, 186_869_760)
    assert (one.output, three.output) == ((1, 88, 168), (3, 88, 168))
    assert one.steps[-1].formulas == three.steps[-1].formulas
    assert "161,281 parameters, 178,354,176 MACs" in str(one).splitlines()


@pytest.mark.parametrize(
    ("text", "height"),
    [  # section 3, examples 1 to 7, and the article's variant of the last
        ("6x6 conv(1,1,2)", "⌊(6 + 2·0 − 1·(2−1) − 1)/1⌋ + 1 = 5"),
        ("6x6 conv(1,1,2,2)", "⌊(6 + 2·0 − 1·(2−1) − 1)/2⌋ + 1 = 3"),
        ("6x6 conv(1,1,2,2,1)", "⌊(6 + 2·1 − 1·(2−1) − 1)/2⌋ + 1 = 4"),
        ("5x5 conv(1,1,2,2)", "⌊(5 + 2·0 − 1·(2−1) − 1)/2⌋ + 1 = 2"),
        ("3x3 convT(1,1,2,2)", "(3−1)·2 − 2·0 + 1·(2−1) + 0 + 1 = 6"),
        ("3x3 convT(1,1,2,1)", "(3−1)·1 − 2·0 + 1·(2−1) + 0 + 1 = 4"),
        ("3x3 convT(1,1,2,2,1)", "(3−1)·2 − 2·1 + 1·(2−1) + 0 + 1 = 4"),
        ("3x3 convT(1,1,2,1,1)", "(3−1)·1 − 2·1 + 1·(2−1) + 0 + 1 = 2"),
    ],
)
def test_section_3_examples(text, height):
    assert formulas(text) == [f"H = {height}", f"W = {height}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1x5x7 maxpool(2)", ["H = ⌊(5 + 2·0 − 1·(2−1) − 1)/2⌋ + 1 = 2", "W = ⌊(7 + 2·0 − 1·(2−1) − 1)/2⌋ + 1 = 3"]),
        (
            "1x5x7 maxpool(3,2,1,dilation=2,ceil_mode=true)",
            ["H = ⌈(5 + 2·1 − 2·(3−1) − 1)/2⌉ + 1 = 2", "W = ⌈(7 + 2·1 − 2·(3−1) − 1)/2⌉ + 1 = 3"],
        ),
        (
            "1x4x5 avgpool(2,3,1,ceil_mode=true)",
            ["H = ⌈(4 + 2·1 − 2)/3⌉ + 1 − 1 = 2", "W = ⌈(5 + 2·1 − 2)/3⌉ + 1 − 1 = 2"],
        ),
        ("1x5x7 avgpool(3x2,1)", ["H = ⌊(5 + 2·0 − 3)/1⌋ + 1 = 3", "W = ⌊(7 + 2·0 − 2)/1⌋ + 1 = 6"]),
        ("1x3x4 maxunpool(3,2,1)", ["H = (3−1)·2 − 2·1 + 3 = 5", "W = (4−1)·2 − 2·1 + 3 = 7"]),
        ("1x2x3 maxunpool(2,output_size=5x7)", ["H = output_size = 5", "W = output_size = 7"]),
        ("1x2x3 nails(2x3)", ["H = 2·2 = 4", "W = 3·3 = 9"]),
        ("12x5x6 shuffle(2)", ["C = 12/2² = 3", "H = 5·2 = 10", "W = 6·2 = 12"]),
        ("3x10x12 unshuffle(2)", ["C = 3·2² = 12", "H = 10/2 = 5", "W = 12/2 = 6"]),
        ("1x11x21 nearest(2)", ["H = ⌊11·2⌋ = 22", "W = ⌊21·2⌋ = 42"]),
        ("1x11x21 bilinear(1.5)", ["H = ⌊11·1.5⌋ = 16", "W = ⌊21·1.5⌋ = 31"]),
        ("1x11x21 upsample(size=88x168,mode=bicubic)", ["H = size = 88", "W = size = 168"]),
        ("1x11x21 pad(1,2,3,4)", ["H = 11 + 3 + 4 = 18", "W = 21 + 1 + 2 = 24"]),
        ("1x11x21 pad(-1,2,0,-4)", ["H = 11 + 0 − 4 = 7", "W = 21 − 1 + 2 = 22"]),
        ("1x11x21 crop(1,2,3,4)", ["H = 11 − 3 − 4 = 4", "W = 21 − 1 − 2 = 18"]),
        ("8x11x21 batchnorm2d(8)", []),
        ("8x11x21 instancenorm2d(8)", []),
        ("8x11x21 groupnorm(2,8)", []),
        ("8x11x21 dropout2d(0.1)", []),
        (
            "5x6 conv(1,1,4,padding=same)",
            ["H = ⌊(5 + (1+2) − 1·(4−1) − 1)/1⌋ + 1 = 5", "W = ⌊(6 + (1+2) − 1·(4−1) − 1)/1⌋ + 1 = 6"],
        ),
        (
            "5x6 convT(1,1,3x2,stride=2x3,padding=1x0,output_padding=1x2,dilation=2x1)",
            ["H = (5−1)·2 − 2·1 + 2·(3−1) + 1 + 1 = 12", "W = (6−1)·3 − 2·0 + 1·(2−1) + 2 + 1 = 19"],
        ),
    ],
)
def test_every_layer(text, expected):
    assert formulas(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1x4x6 avgpool(2,3,1,ceil_mode=true)",
            (
                "height: the last window would start beyond the input, and is dropped",
                "never read: 1 of 4 rows and 2 of 6 columns",
            ),
        ),
        ("1x5x6 maxpool(2)", ("never read: 1 of 5 rows",)),
        ("1x5x7 conv(1,1,2,2)", ("never read: 1 of 5 rows and 1 of 7 columns",)),
        ("1x5x6 maxpool(2,ceil_mode=true)", ()),
        ("1x5x6 crop(1,0,0,0)", ("never read: 1 of 6 columns",)),
        ("8x11x21 relu", ()),
    ],
)
def test_remarks(text, expected):
    assert derive(parse(text)).steps[0].remarks == expected


@pytest.mark.parametrize(
    ("size", "scale", "result", "bites"),
    [  # section 2, float traps
        (100, 0.29, 28, True),
        (50, 1.14, 56, True),
        (30, 4.1, 122, True),
        (49, 2 / 49, 1, True),
        (11, 88 / 11, 88, False),
        (11, 1.5, 16, False),
    ],
)
def test_section_2_floor_in_floating_point(size, scale, result, bites):
    step = derive(ConvChain.of((1, size, 1000), [f"nearest(({scale}, 1.0))"])).steps[0]
    assert step.formulas[0].result == result
    said = f"height: in floating point {size}·{scale} is {size * scale}, so that the floor gives {result}, not "
    assert any(remark.startswith(f"{said}{result + 1}; size={result + 1} would") for remark in step.remarks) == bites


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1x5x5 relu", []),
        ("1x9x9 maxpool(2) maxpool(3)", ["maxpool  ⌊(in + 2·padding − dilation·(kernel−1) − 1)/stride⌋ + 1"]),
        (
            "4x5x5 shuffle(2) bilinear(2)",
            [
                "bilinear  ⌊in·scale_factor⌋  (computed in floating point)",
                "shuffle   in·upscale_factor",
                "shuffle   in/upscale_factor²  (channels)",
            ],
        ),
        ("1x5x5 crop(1) pad(1)", ["crop  in − before − after", "pad   in + before + after"]),
    ],
)
def test_general_formulas_of_the_layers_used(text, expected):
    lines = str(derive(parse(text))).splitlines()
    assert lines[: lines.index(f"seed  {parse(text).seed}")] == [*expected, *([""] if expected else [])]


def test_unread_rows_and_the_closing_remark():
    lines = str(derive(parse("5x6 conv(1,1,2,2)"))).splitlines()
    assert "   never read: 1 of 5 rows" in lines
    assert lines[-2:] == ["output pixels and numbers in the seed differ:", "2 x 3 = 6, 1 x 5 x 6 = 30"]


def test_a_layer_that_changes_channels_alone_is_no_layer_that_keeps():
    assert "1  unshuffle(1)  4 x 5 x 6 → 4 x 5 x 6" in str(derive(parse("4x5x6 unshuffle(1)")))


def window_words(name, channels=""):
    """Texts of a layer with a window: kernel, stride and padding."""
    numbers = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2))
    return numbers.map(lambda given: f"{name}({channels}{given[0]},{given[1]},{given[2]}")


LAYERS = st.one_of(
    window_words("conv", "4,4,").map(lambda text: f"{text},2)"),
    window_words("conv", "4,4,").map(lambda text: f"{text})"),
    st.integers(1, 5).map(lambda kernel: f"conv(4,4,{kernel},padding=same)"),
    window_words("convT", "4,4,").map(lambda text: f"{text},dilation=2)"),
    window_words("maxpool").map(lambda text: f"{text},2,ceil_mode=true)"),
    window_words("maxpool").map(lambda text: f"{text})"),
    window_words("avgpool").map(lambda text: f"{text},ceil_mode=true)"),
    window_words("maxunpool").map(lambda text: f"{text})"),
    st.integers(1, 3).map(lambda factor: f"nails({factor})"),
    st.sampled_from(["shuffle(2)", "unshuffle(2)", "unshuffle(3)"]),
    st.floats(0.1, 4).map(lambda scale: f"bilinear({scale})"),
    st.lists(st.integers(-3, 4), min_size=4, max_size=4).map(lambda ends: f"pad({','.join(map(str, ends))})"),
    st.lists(st.integers(0, 3), min_size=4, max_size=4).map(lambda ends: f"crop({','.join(map(str, ends))})"),
)


@settings(max_examples=400, deadline=None)
@given(LAYERS, st.integers(1, 40), st.integers(1, 40))
def test_formulas_are_worth_their_results(layer, height, width):
    try:
        step = derive(ConvChain.of((4, height, width), [layer])).steps[0]
    except LayerError:
        event("refused")
        return
    assert [formula.axis for formula in step.formulas][-2:] == ["H", "W"]
    for formula in step.formulas:
        assert worth(formula.text) == formula.result
        assert formula.result == getattr(step.output, {"C": "channels", "H": "height", "W": "width"}[formula.axis])


@pytest.mark.parametrize(
    ("term", "text", "latex"),
    [
        (total(1, minus(total(2, 3))), "1 − (2+3)", "1 - (2+3)"),
        (product(total("a", minus(1)), 2), "(a−1)·2", r"(\mathrm{a}-1) \cdot 2"),
        (
            floor(ratio(total(5, product(2, 1)), 3)),
            "⌊(5 + 2·1)/3⌋",
            r"\left\lfloor \frac{5 + 2 \cdot 1}{3} \right\rfloor",
        ),
        (ceil(ratio(1, 2)), "⌈1/2⌉", r"\left\lceil \frac{1}{2} \right\rceil"),
        (power(total("in", 1), 2), "(in+1)²", r"(\mathrm{in}+1)^{2}"),
        (power(3, 12), "3¹²", "3^{12}"),
        ("output_size", "output_size", r"\mathrm{output\ size}"),
        (0.29, "0.29", "0.29"),
        (1e-5, "0.00001", "0.00001"),
    ],
)
def test_notations(term, text, latex):
    assert write(term, TEXT) == text
    assert write(term, LATEX) == latex
