"""Sizes, weights and multiply-accumulates against figures obtained by running PyTorch 2.13 and against the slides.

Sections are those of the reference figures: 2 edge cases, 3 the slides, 9 the decoder of the slides and its
alternatives, 10 further values.
"""

import pytest

from ringcast.arithmetic import parse, sizes
from ringcast.errors import LayerError

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
SLIDES_TABLE = [  # section 9
    ((24, 44), 65_600, 15_138_816),
    ((22, 42), 36_928, 34_062_336),
    ((46, 86), 32_800, 30_277_632),
    ((44, 84), 9_248, 34_062_336),
    ((90, 170), 16_416, 60_555_264),
    ((88, 168), 867, 12_773_376),
]
BLOCKS = {  # up-sampler, convolution, output, params, MACs; channels 64-64-32-32-32-3 as in the slides
    "A": ("4,2", "3", (88, 168), 161_859, 186_869_760),
    "B": ("4,2,1", "3,1,1", (88, 168), 161_859, 186_869_760),
    "C": ("3,2", "3", (81, 161), 111_683, 128_605_536),
    "D": ("3,2,1,1", "3,1,1", (88, 168), 111_683, 140_507_136),
    "E": ("2,2", "3", (74, 154), 75_843, 89_132_416),
    "F": ("2,2", "3,1,1", (88, 168), 75_843, 107_390_976),
    "6/2": ("6,2,2", "3,1,1", (88, 168), 305_219, 319_334_400),
}


def test_section_9_the_slides_decoder():
    table = sizes(parse(SLIDES))
    convolutions = [row for row in table.layers if row.name != "relu"]
    assert [(row.output[1:], row.params, row.macs) for row in convolutions] == SLIDES_TABLE
    assert (table.params, table.macs) == (161_859, 186_869_760)


def test_section_3_the_slides_decoder_with_one_output_channel():
    table = sizes(parse(SLIDES.replace("32,3,3", "32,1,3")))
    assert (table.params, table.macs) == (161_281, 178_354_176)


@pytest.mark.parametrize("block", BLOCKS)
def test_section_9_alternative_blocks(block):
    up, conv, output, params, macs = BLOCKS[block]
    layers = [f"convT({a},{b},{up}) conv({b},{c},{conv})" for a, b, c in ((64, 64, 64), (64, 32, 32), (32, 32, 3))]
    table = sizes(parse(" ".join(["11x21", *layers])))
    assert (table.layers[-1].output[1:], table.params, table.macs) == (output, params, macs)


def in_three_blocks(block):
    """Channels 64-64-32-32-32-3 as in the slides."""
    return " ".join(
        block.format(a=a, b=b, c=c, quadruple=4 * b) for a, b, c in ((64, 64, 64), (64, 32, 32), (32, 32, 3))
    )


@pytest.mark.parametrize(
    ("block", "params", "macs"),
    [
        ("nearest(2) conv({a},{b},3,1,1) conv({b},{c},3,1,1)", 111_683, 319_334_400),
        ("bilinear(2) conv({a},{b},3,1,1) conv({b},{c},3,1,1)", 111_683, 319_334_400),
        ("nails(2) conv({a},{b},3,1,1) conv({b},{c},3,1,1)", 111_683, 319_334_400),
        ("conv({a},{quadruple},3,1,1) shuffle(2) conv({b},{c},3,1,1)", 305_603, 319_334_400),
    ],
)
def test_section_9_alternatives_without_transposed_layers(block, params, macs):
    table = sizes(parse(f"11x21 {in_three_blocks(block)}"))
    assert (table.layers[-1].output, table.params, table.macs) == ((3, 88, 168), params, macs)


def test_section_9_transposed_layers_alone():
    assert parse("11x21 convT(1,1,3,2) convT(1,1,3,2) convT(1,1,3,2)").shapes[-1] == (1, 95, 175)


@pytest.mark.parametrize(
    ("size", "scale", "expected"),
    [(100, 0.29, 28), (50, 1.14, 56), (30, 4.1, 122), (49, 2 / 49, 1), (11, 88 / 11, 88)],
)
def test_section_2_floats_that_fall_short(size, scale, expected):
    assert parse(f"1x{size}x{size} nearest({scale!r})").shapes[-1] == (1, expected, expected)


def test_section_2_a_float_that_leaves_nothing():
    with pytest.raises(LayerError, match=r"layer 1, .* makes 0 x 0 of an input of 49 x 49"):
        parse(f"1x49x49 nearest({1 / 49!r})")


@pytest.mark.parametrize(("output_padding", "expected"), [(0, 9), (1, 10)])
def test_section_10_sizes_that_one_transposed_layer_can_give(output_padding, expected):
    layer = f"convT(1,1,3,2,1,output_padding={output_padding})"
    assert parse(f"5x5 {layer}").shapes[-1] == (1, expected, expected)
    with pytest.raises(LayerError, match="expected less than 2"):
        parse("5x5 convT(1,1,3,2,1,output_padding=2)")


@pytest.mark.parametrize(
    ("size", "layer", "expected"),
    [
        (6, "conv(1,1,2)", 5),
        (6, "conv(1,1,2,2)", 3),
        (6, "conv(1,1,2,2,1)", 4),
        (5, "conv(1,1,2,2)", 2),
        (3, "convT(1,1,2,2)", 6),
        (3, "convT(1,1,2)", 4),
        (3, "convT(1,1,2,1,1)", 2),
        (3, "convT(1,1,2,2,1)", 4),
    ],
)
def test_section_3_examples_of_the_slides(size, layer, expected):
    assert parse(f"{size}x{size} {layer}").shapes[-1] == (1, expected, expected)


def test_section_10_dcgan():
    text = (
        "1x1 convT(100,512,4) relu convT(512,256,4,2,1) relu convT(256,128,4,2,1) relu convT(128,64,4,2,1) relu "
        "convT(64,3,4,2,1) tanh"
    )
    shapes = parse(text).shapes
    assert [shape.height for shape in shapes[1::2]] == [4, 8, 16, 32, 64]
    assert shapes[-1] == (3, 64, 64)


def test_section_10_every_parameter_per_axis():
    layer = "convT(1,1,3x2,stride=2x3,padding=1x0,output_padding=1x2,dilation=2x1)"
    assert parse(f"5x6 {layer}").shapes[-1] == (1, 12, 19)


@pytest.mark.parametrize(
    ("layer", "macs"),  # of one image
    [
        ("convT(4,4,3,2,1,1,groups=4)", 2_304),
        ("convT(4,6,4,2,1)", 24_576),
        ("convT(6,6,2,2,groups=3)", 3_072),
    ],
)
def test_section_10_macs_of_transposed_layers(layer, macs):
    assert sizes(parse(f"8x8 {layer}")).macs == macs


@pytest.mark.parametrize(
    ("size", "layer", "unread"),
    [
        (5, "conv(1,1,2,2)", 1),
        (6, "conv(1,1,2,1)", 0),
        (7, "conv(1,1,3,2)", 0),
        (6, "conv(1,1,3,2,1)", 0),
        (5, "conv(1,1,2,3)", 1),
        (4, "conv(1,1,1,2)", 2),
        (5, "conv(1,1,2,2,1,padding_mode=reflect)", 0),
        (3, "convT(1,1,2,2,2)", 2),
    ],
)
def test_section_10_unread_rows(size, layer, unread):
    assert sizes(parse(f"{size}x{size} {layer}")).layers[0].unread == (unread, unread)


def test_unread_of_each_axis():
    assert sizes(parse("5x6 conv(1,1,2,2)")).layers[0].unread == (1, 0)
