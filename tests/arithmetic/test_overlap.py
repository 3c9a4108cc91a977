"""Overlap maps against reference figures, by section; they were obtained by running PyTorch 2.13 with ones weights."""

from fractions import Fraction
from math import gcd, pi, sin

import pytest

from ringcast.arithmetic import Conv2d, ConvTranspose2d, parse
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.arithmetic.tap_maps.composite import composite
from ringcast.arithmetic.tap_maps.evenness import evenness
from ringcast.arithmetic.tap_maps.pattern import LONGEST_PERIOD, repeated
from ringcast.arithmetic.tap_maps.spectrum import amplitudes, variation_squared
from ringcast.errors import LayerError

NET_A = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
A_INTERIOR = [4, 36, 144, 1296, 5184, 46656]
A_PROFILES = [
    "1 1",
    "4 5",
    "4 4 9 9 11 11",
    "17 22 29 31 34 35",
    "17 17 39 39 51 51 60 60 65 65 69 69 71 71",
    "73 95 129 141 162 171 185 190 199 203 209 211 214 215",
]
A_VARIATIONS = [0.254824, 0.134197, 0.263645, 0.180952, 0.250815, 0.200472]
A_KERNEL_HALF = "1 2 5 7 13 17 26 31 42 48 60 66 77 82 91 95 100 101"
C_PATTERN, T_PATTERN = "105 82 99 80 102 80 99 82", "4 3 5 2 5 3 4 1"
BLOCKS = {  # up-sampler and convolution of three blocks, output
    "A": ("convT({},{},4,2) conv({},{},3)", (88, 168)),
    "B": ("convT({},{},4,2,1) conv({},{},3,1,1)", (88, 168)),
    "C": ("convT({},{},3,2) conv({},{},3)", (81, 161)),
    "D": ("convT({},{},3,2,1,1) conv({},{},3,1,1)", (88, 168)),
    "E": ("convT({},{},2,2) conv({},{},3)", (74, 154)),
    "F": ("convT({},{},2,2) conv({},{},3,1,1)", (88, 168)),
    "6/2": ("convT({},{},6,2,2) conv({},{},3,1,1)", (88, 168)),
    "nearest": ("nearest(2) conv({},{},3,1,1) conv({},{},3,1,1)", (88, 168)),
    "shuffle": ("conv({},4,3,1,1) shuffle(2) conv({},{},3,1,1)", (88, 168)),
    "CT 3/2": ("convT({},{},3,2)", (95, 175)),
}


def numbers(text):
    return tuple(int(word) for word in text.split())


def stack_of(block):
    """Three blocks on the seed of the slides, with one channel."""
    layers, output = BLOCKS[block]
    chain = parse(" ".join(["1x11x21", *[layers.replace("{}", "1")] * 3]))
    assert chain.shapes[-1][1:] == output
    return overlap(chain).stack


@pytest.fixture(scope="module")
def net_a():
    return overlap(parse(NET_A))


def test_section_9_net_a_layer_by_layer(net_a):
    rows = net_a.layers[::2]
    for row, interior, profile, variation in zip(rows, A_INTERIOR, A_PROFILES, A_VARIATIONS, strict=True):
        stack = row.stack
        assert stack.even
        assert stack.height.pattern[0] * stack.width.pattern[0] == interior
        assert (stack.ratio, stack.variation) == (1, 0)
        for taps in stack.axes:
            assert taps.profile == (numbers(profile), numbers(profile))
            assert taps.border == (len(numbers(profile)),) * 2
        assert stack.whole_variation == pytest.approx(variation, abs=5e-7)


def test_section_9_net_a_whole(net_a):
    stack = net_a.stack
    assert stack.range == (5329, 46656)
    assert stack.rows[0][0] == stack.rows[-1][-1] == 5329
    assert stack.rows[0][84] == stack.rows[44][0] == 15768
    assert stack.total == 621_993_636
    assert stack.range[1] / stack.range[0] == pytest.approx(8.7551, abs=5e-5)
    assert (len(stack.height.free), len(stack.width.free)) == (60, 140)
    assert (stack.free_pixels, stack.pixels) == (8400, 14784)
    assert str(net_a) == "even inside; 8400 of 14784 pixels (56.8 %) free of border effect"
    assert stack.height.amplitudes == ()


def test_section_9_net_a_as_one_kernel(net_a):
    half = numbers(A_KERNEL_HALF)
    for found in net_a.composite:
        assert found.kernel == half + half[::-1]
        assert (sum(found.kernel), len(found.kernel), found.stride, found.start) == (1728, 36, 8, -14)
        assert found.phase_sums == (216,) * 8


def test_section_9_activations_change_nothing(net_a):
    for layer, activation in zip(net_a.layers[:-1:2], net_a.layers[1::2], strict=True):
        assert activation.stack == layer.stack


@pytest.mark.parametrize(
    ("block", "pattern", "ratio_1d", "ratio_2d", "variation"),
    [
        ("A", "216", 1, 1, 0),
        ("B", "216", 1, 1, 0),
        ("C", C_PATTERN, 1.3125, 1.72266, 0.160375),
        ("D", C_PATTERN, 1.3125, 1.72266, 0.160375),
        ("E", "27", 1, 1, 0),
        ("F", "27", 1, 1, 0),
        ("6/2", "729", 1, 1, 0),
        ("nearest", "729", 1, 1, 0),
        ("shuffle", "729", 1, 1, 0),
        ("CT 3/2", T_PATTERN, 5, 25, 0.572460),
    ],
)
def test_section_9_patterns_of_the_alternatives(block, pattern, ratio_1d, ratio_2d, variation):
    stack = stack_of(block)
    for taps in stack.axes:
        places = sorted(taps.pattern[at:] + taps.pattern[:at] for at in range(taps.period))
        wanted = numbers(pattern)
        assert places == sorted(wanted[at:] + wanted[:at] for at in range(len(wanted)))
        assert float(taps.ratio) == ratio_1d
    assert float(stack.ratio) == pytest.approx(ratio_2d, abs=5e-6)
    assert stack.variation == pytest.approx(variation, abs=5e-7)


@pytest.mark.parametrize(
    ("block", "profile"),
    [
        ("A", A_PROFILES[-1]),
        ("B", "41 71 106 122 149 160 178 185 197 202 209 211 214 215"),
        ("E", ""),
        ("F", "8 15 18 22 23 25 26"),
    ],
)
def test_section_9_borders_of_the_alternatives(block, profile):
    for taps in stack_of(block).axes:
        assert taps.profile == (numbers(profile), numbers(profile))


def test_section_9_the_ends_of_d_differ_and_the_right_one_is_lower():
    for taps in stack_of("D").axes:
        start, end = taps.profile
        assert start != end
        assert end[0] < start[0]


@pytest.mark.parametrize("mode", ["replicate", "circular"])
def test_section_9_one_nearest_and_convolution_block(mode):
    """One ×2 and one 3-convolution each, three times: 7 pixels with zeros, none where the border is a copy."""
    zeros = overlap(parse("1x11x21" + " nearest(2) conv(1,1,3,1,1)" * 3)).stack
    copied = overlap(parse("1x11x21" + f" nearest(2) conv(1,1,3,1,1,padding_mode={mode})" * 3)).stack
    assert zeros.height.border == zeros.width.border == (7, 7)
    assert copied.height.border == copied.width.border == (0, 0)
    assert copied.free_pixels == copied.pixels == 14784


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("C", (0.007995, 0.012346, 0.000235, 0.111111)),
        ("CT 3/2", (0.089415, 0.111111, 0.015341, 0.333333)),
    ],
)
def test_section_9_amplitudes(block, expected):
    for taps in stack_of(block).axes:
        assert taps.amplitudes == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("size", "layer", "expected"),
    [
        (5, "conv(1,1,2,2)", "1 1 1 1 0"),
        (6, "conv(1,1,2,1)", "1 2 2 2 2 1"),
        (7, "conv(1,1,3,2)", "1 1 2 1 2 1 1"),
        (6, "conv(1,1,3,2,1)", "1 2 1 2 1 1"),
        (5, "conv(1,1,2,3)", "1 1 0 1 1"),
    ],
)
def test_section_10_coverage_of_convolutions(size, layer, expected):
    assert overlap(parse(f"{size}x{size} {layer}")).layers[0].coverage == (numbers(expected),) * 2


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("convT(1,1,3,2)", "1 1 2 1 2 1 1"),
        ("convT(1,1,4,2)", "1 1 2 2 2 2 1 1"),
        ("convT(1,1,4,2,1)", "1 2 2 2 2 1"),
        ("convT(1,1,3,2,1)", "1 2 1 2 1"),
        ("convT(1,1,3,2,1,1)", "1 2 1 2 1 1"),
        ("convT(1,1,3,2,0,1)", "1 1 2 1 2 1 1 0"),
    ],
)
def test_section_10_overlap_of_transposed_convolutions(layer, expected):
    stack = overlap(parse(f"3x3 {layer}")).stack
    assert stack.height.values == stack.width.values == numbers(expected)
    assert stack.height.bare == expected.split().count("0")


def test_section_7_bilinear_as_a_transposed_convolution():
    """x2 bilinear is the kernel (.25 .75 .75 .25) at stride 2; two of its weights make every pixel, and add up to 1."""
    found = overlap(parse("1x6x6 bilinear(2)"))
    assert found.composite[0].kernel == (Fraction(1, 4), Fraction(3, 4), Fraction(3, 4), Fraction(1, 4))
    assert found.composite[0].phase_sums == (1, 1)
    assert found.stack.free_pixels == found.stack.pixels


@pytest.mark.parametrize(("kernel", "taps"), [(2, (1,) * 4), (3, (1, 2, 2, 1))])
def test_interpolation_and_convolution_as_one_kernel(kernel, taps):
    found = overlap(parse(f"1x6x6 nearest(2) conv(1,1,{kernel})")).composite[0]
    assert found.stride == 2
    assert sum(found.kernel) == 2 * kernel
    if kernel == 3:
        assert found.kernel == taps


@pytest.mark.parametrize("dilation", range(1, 6))
@pytest.mark.parametrize("stride", range(1, 7))
def test_section_5_evenness_by_counting_taps(stride, dilation):
    """Taps on output phase f: those t < k with d t = f (mod s)."""
    for kernel in range(1, 13):
        layer = ConvTranspose2d(1, 1, kernel, stride, dilation=dilation)
        counts = [sum(dilation * tap % stride == phase for tap in range(kernel)) for phase in range(stride)]
        pattern = repeated(layer.line(0, 9), [1])
        judged = evenness(layer, 0, pattern)
        assert pattern * (stride // len(pattern)) == tuple(counts)
        assert judged.even == (gcd(dilation, stride) == 1 and kernel % stride == 0) == (len(set(counts)) == 1)
        assert judged.holes == (0 in counts) == (gcd(dilation, stride) > 1 or kernel < stride)
        words = (("every pixel takes", judged.even), ("does not divide", not judged.even and not judged.holes))
        assert [word in judged.reason for word, _ in words] == [expected for _, expected in words]
        if gcd(dilation, stride) == 1 and kernel >= stride:
            rest = kernel % stride
            assert Fraction(max(counts), min(counts)) == Fraction(-(-kernel // stride), kernel // stride)
            assert variation_squared(counts) == Fraction(rest * (stride - rest), kernel**2)


def test_section_5_the_usual_rule_forgets_dilation():
    found = overlap(parse("9x9 convT(1,1,2,2,dilation=2)"))
    assert found.stack.height.pattern == (2, 0)
    assert found.stack.holes
    assert found.stack.ratio is None
    assert "share the factor 2" in found.layers[0].evenness[0].reason


def test_section_5_evenness_is_a_matter_of_layers():
    """K = 36 and S = 8 of net A: 8 does not divide 36, and yet it is even."""
    kernel = overlap(parse(NET_A)).composite[0]
    assert len(kernel.kernel) % kernel.stride
    assert set(kernel.phase_sums) == {216}


@pytest.mark.parametrize(("padding", "output_padding", "stride", "bare"), [(0, 1, 2, 1), (1, 1, 2, 0), (1, 3, 4, 2)])
def test_section_5_the_last_rows_take_only_the_bias(padding, output_padding, stride, bare):
    """The last max(0, output_padding - padding)."""
    taps = overlap(parse(f"5x5 convT(1,1,4,{stride},{padding},{output_padding})")).layers[0].alone.height
    assert taps.bare == bare == taps.values[::-1].index(next(filter(None, taps.values[::-1])))


@pytest.mark.parametrize("taps", range(1, 9))
@pytest.mark.parametrize(("period", "kernel"), [(2, 3), (3, 4), (4, 6), (5, 7), (6, 8)])
def test_section_5_averaging_damps(taps, period, kernel):
    """A convolution of m ones multiplies frequency f by |sin(pi m f) / (m sin(pi f))|: 0 where the period divides m."""
    layers = [ConvTranspose2d(1, 1, kernel, period).line(0, 20), Conv2d(1, 1, taps).line(0, 20 * period)]
    before = repeated(layers[0], [1])
    after = repeated(layers[1], before)
    found = amplitudes(after) or (0.0,) * (period // 2)
    if len(after) == period:
        for j, (old, new) in enumerate(zip(amplitudes(before), found, strict=True), start=1):
            f = j / period
            assert new == pytest.approx(old * abs(sin(pi * taps * f) / (taps * sin(pi * f))), abs=1e-12)
    assert (len(after) == 1) == (taps % period == 0)


def test_no_kernel_with_its_reason():
    assert composite([]).kernel == (1,)
    pooled = overlap(parse("1x8x8 avgpool(2) nearest(2)")).composite[0]
    assert pooled.kernel is None
    assert pooled.reason == "layer 1 scales by 1/2, which is no whole number"
    assert "not linear" in overlap(parse("1x8x8 maxpool(1,1)")).composite[0].reason


def test_max_pooling_takes_the_largest():
    stack = overlap(parse("9x9 convT(1,1,3,2) maxpool(2,1)")).stack
    assert stack.height.pattern == (2,)
    assert stack.even


def test_max_unpooling_has_no_map():
    with pytest.raises(LayerError, match=r"layer 2, maxunpool\(2\): the data decide .* put nails\(2\) in its place"):
        overlap(parse("1x8x8 maxpool(2) maxunpool(2)"))


def test_maxima_of_negative_numbers_are_refused():
    with pytest.raises(LayerError, match="layer 3 takes the largest of numbers of which some are negative"):
        overlap(parse("1x8x8 nails(2) bicubic(2) maxpool(2)"))


def test_a_pattern_that_takes_too_long_is_not_looked_for():
    found = overlap(parse("1x80x80 bilinear(1.2345678912)"))
    assert found.stack.height.pattern is None
    assert found.stack.height.period is None
    assert found.stack.ratio is None
    assert found.stack.variation is None
    assert str(found) == "no pattern: it takes too long to repeat"
    assert set(found.stack.height.values) == {1}
    assert repeated(Conv2d(1, 1, 1, LONGEST_PERIOD).line(0, 1), [1]) == (1,)


def test_a_border_that_reaches_every_pixel():
    found = overlap(parse("2x2 conv(1,1,5,1,2)"))
    assert found.stack.height.border == (2, 2)
    assert str(found) == "even inside; the border effect reaches every pixel"
