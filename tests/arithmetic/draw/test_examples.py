"""The named pictures: exact parameters and results of section 3 (slides) and section 4 (guide, arXiv 1603.07285)."""

from fractions import Fraction

import pytest

from ringcast.arithmetic import parse
from ringcast.arithmetic.draw import EXAMPLES
from ringcast.arithmetic.draw.blend import blend
from ringcast.arithmetic.draw.blend_scene import whole
from ringcast.arithmetic.draw.coverage_scene import coverage
from ringcast.arithmetic.draw.examples import example
from ringcast.arithmetic.draw.gather import conv_gather
from ringcast.arithmetic.draw.matrix import counted, small_kernel
from ringcast.errors import ArgumentError

SLIDES = {
    "example1": ("6x6 conv(1,1,2)", 5),
    "example2": ("6x6 conv(1,1,2,2)", 3),
    "example3": ("6x6 conv(1,1,2,2,1)", 4),
    "example4": ("5x5 conv(1,1,2,2)", 2),
    "example5": ("3x3 convT(1,1,2,2)", 6),
    "example6": ("3x3 convT(1,1,2)", 4),
    "example7": ("3x3 convT(1,1,2,2,1)", 4),
    "example7-article": ("3x3 convT(1,1,2,1,1)", 2),
}
GUIDE = {
    "no-padding": (4, 2, 0, 3, 1),
    "arbitrary-padding": (5, 6, 2, 4, 1),
    "same-padding": (5, 5, 1, 3, 1),
    "full-padding": (5, 7, 2, 3, 1),
    "strides": (5, 2, 0, 3, 2),
    "padding-strides": (5, 3, 1, 3, 2),
    "padding-strides-odd": (6, 3, 1, 3, 2),
    "dilation": (7, 3, 0, 3, 1),
}
"""(input, output, padding, kernel, stride)"""


@pytest.mark.parametrize("name", SLIDES)
def test_the_slides_examples(name):
    """Section 3."""
    text, size = SLIDES[name]
    assert EXAMPLES[name].chain == text
    assert parse(f"1x{text}").shapes[-1][1:] == (size, size)


@pytest.mark.parametrize("name", GUIDE)
def test_the_guides_animations_and_their_transposes(name):
    """Section 4; each transpose leads from the output back to the input, and has dilation where its convolution has."""
    given, result, padding, kernel, stride = GUIDE[name]
    dilation = 2 if name == "dilation" else 1
    for found, sizes in ((EXAMPLES[name], (given, result)), (EXAMPLES[f"{name}-transposed"], (result, given))):
        chain = parse(f"1x{found.chain}")
        layer = chain.layers[0]
        assert (layer.kernel_size, layer.stride, layer.padding) == ((kernel,) * 2, (stride,) * 2, (padding,) * 2)
        assert layer.dilation == (dilation, dilation)
        assert (chain.seed.height, chain.shapes[-1].height) == sizes


def table(name):
    found = EXAMPLES[name]
    return blend(parse(f"1x{found.chain}").layers[0], found.given).output


def test_the_slides_upsamplings():
    """Section 3: nearest, bed of nails, and bilinear with its true values and with the slide's."""
    assert table("nearest") == ((1, 1, 2, 2), (1, 1, 2, 2), (3, 3, 4, 4), (3, 3, 4, 4))
    assert table("bed-of-nails") == ((1, 0, 2, 0), (0, 0, 0, 0), (3, 0, 4, 0), (0, 0, 0, 0))
    rows = ("10 12.5 17.5 20", "15 17.5 22.5 25", "25 27.5 32.5 35", "30 32.5 37.5 40")
    assert table("bilinear") == tuple(tuple(Fraction(value) for value in row.split()) for row in rows)
    slide = ((10, 12, 17, 20), (15, 17, 22, 25), (25, 27, 32, 35), (30, 32, 37, 40))
    assert whole(table("bilinear")) == slide


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(ArgumentError, match="'exampel5' is no example; did you mean example5"):
        example("exampel5")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1x5x5 conv(1,1,2,2)", "1 1 1 1 0"),
        ("1x6x6 conv(1,1,2)", "1 2 2 2 2 1"),
        ("1x7x7 conv(1,1,3,2)", "1 1 2 1 2 1 1"),
        ("1x6x6 conv(1,1,3,2,1)", "1 2 1 2 1 1"),
        ("1x5x5 conv(1,1,2,3)", "1 1 0 1 1"),
    ],
)
def test_coverage_of_convolutions(text, expected):
    """Section 10; the map is the product of the counts of both axes."""
    chain = parse(text)
    layer, size = chain.layers[0], (chain.seed.height, chain.seed.width)
    line = [int(number) for number in expected.split()]
    found = coverage(conv_gather(layer, counted(*size), small_kernel(*layer.kernel_size)), size)[-1]
    assert found == tuple(tuple(row * column for column in line) for row in line)
