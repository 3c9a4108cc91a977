"""The same numbers by other layers, to 1e-12 in float64; each law over drawn parameters."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from ringcast.arithmetic import parse
from ringcast.blocks import (
    sequential,
    shuffle_from_transposed,
    transposed_from_shuffle,
    transposed_from_unpool,
    unpool_from_transposed,
)
from ringcast.errors import LayerError

LAWS = settings(max_examples=100, deadline=None)
PAIR = st.tuples(st.integers(1, 4), st.integers(1, 4))
SIZE = st.tuples(st.integers(1, 6), st.integers(1, 6))


@st.composite
def transposed(draw, square=False):
    """A transposed convolution of random weights, and an image that it can take."""
    stride = draw(st.integers(1, 3)) if square else draw(PAIR)
    dilation = 1 if square else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    steps, spreads = ((value, value) if isinstance(value, int) else value for value in (stride, dilation))
    more = tuple(draw(st.integers(0, max(pair) - 1)) for pair in zip(steps, spreads, strict=True))
    groups = draw(st.sampled_from([1, 2]))
    kernel = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)) if square else PAIR)
    padding = draw(st.tuples(st.integers(0, 4), st.integers(0, 4)))
    torch.manual_seed(draw(st.integers(0, 99)))
    layer = nn.ConvTranspose2d(2, 4, kernel, stride, padding, more, groups, draw(st.booleans()), dilation).double()
    image = torch.randn(2, 2, *draw(SIZE), dtype=torch.float64)
    lengths = [
        (n - 1) * s - 2 * p + d * (k - 1) + op + 1
        for n, k, s, p, d, op in zip(image.shape[2:], kernel, steps, padding, spreads, more, strict=True)
    ]
    assume(min(lengths) > 0)
    return layer, image


def same(found, expected):
    assert found.shape == expected.shape
    assert (found - expected).abs().max() < 1e-12


@LAWS
@given(transposed())
def test_unpooling_and_a_convolution_are_a_transposed_convolution(drawn):
    layer, image = drawn
    net = unpool_from_transposed(layer)
    same(net(image), layer(image))
    same(net(image), transposed_from_unpool(net)(image))


@LAWS
@given(transposed())
def test_zero_insertion_padding_and_a_convolution_are_a_transposed_convolution(drawn):
    """Section 1: s - 1 zeros between the inputs, d (k - 1) - p rings, op more behind; written here without modules."""
    layer, image = drawn
    (s1, s2), (p1, p2), (op1, op2) = layer.stride, layer.padding, layer.output_padding
    height, width = image.shape[2:]
    zeros = image.new_zeros(2, 2, (height - 1) * s1 + 1, (width - 1) * s2 + 1)
    zeros[:, :, ::s1, ::s2] = image
    r1, r2 = (d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True))
    padded = F.pad(zeros, (r2 - p2, r2 - p2 + op2, r1 - p1, r1 - p1 + op1))
    halves = [half.transpose(0, 1).flip(-1, -2) for half in layer.weight.chunk(layer.groups)]
    same(F.conv2d(padded, torch.cat(halves), layer.bias, dilation=layer.dilation, groups=layer.groups), layer(image))


@LAWS
@given(transposed(square=True))
def test_a_convolution_and_a_shuffle_are_a_transposed_convolution(drawn):
    layer, image = drawn
    same(shuffle_from_transposed(layer)(image), layer(image))


@LAWS
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.sampled_from([1, 2]), st.booleans(), SIZE)
def test_a_shuffle_as_a_transposed_convolution(kernel, factor, padding, groups, bias, size):
    padding = min(padding, kernel - 1)
    assume(min(size) + 2 * padding >= kernel)
    torch.manual_seed(kernel)
    net = nn.Sequential(
        nn.Conv2d(2, 2 * factor**2, kernel, padding=padding, groups=groups, bias=bias), nn.PixelShuffle(factor)
    ).double()
    if bias:
        nn.init.constant_(net[0].bias, 0.3)
    image = torch.randn(2, 2, *size, dtype=torch.float64)
    layer = transposed_from_shuffle(net)
    same(layer(image), net(image))
    same(shuffle_from_transposed(layer)(image), net(image))


@LAWS
@given(transposed())
def test_a_convolution_and_its_transpose_are_adjoint(drawn):
    """<conv x, y> = <x, CT y>, section 10; output padding makes up for the rows that the stride leaves over."""
    layer, image = drawn
    x = torch.randn_like(layer(image))
    numbers = {"stride": layer.stride, "padding": layer.padding, "dilation": layer.dilation, "groups": layer.groups}
    result = F.conv2d(x, layer.weight, **numbers)
    assume(result.shape == image.shape)
    back = F.conv_transpose2d(image, layer.weight, output_padding=layer.output_padding, **numbers)
    assert abs((result * image).sum() - (x * back).sum()) < 1e-12 * max(1, result.numel()) * 10


def test_the_case_of_section_10():
    """Strides (2, 3), padding (1, 0), output padding (1, 2), dilation (2, 1), kernel (3, 2), on 5 x 6: 12 x 19."""
    layer = nn.ConvTranspose2d(2, 3, (3, 2), (2, 3), (1, 0), (1, 2), dilation=(2, 1)).double()
    image = torch.randn(1, 2, 5, 6, dtype=torch.float64)
    assert unpool_from_transposed(layer)(image).shape == (1, 3, 12, 19)
    same(unpool_from_transposed(layer)(image), layer(image))


def test_kernel_6_as_a_convolution_of_3_and_a_shuffle():
    """Section 10: the weight of phase (dy, dx) is w[dy::2, dx::2] flipped."""
    layer = nn.ConvTranspose2d(1, 1, 6, 2, 2).double()
    pad, convolution, _ = net = shuffle_from_transposed(layer)
    assert (pad.padding, convolution.kernel_size, len(net)) == ((1, 1, 1, 1), (3, 3), 3)
    for dy in (0, 1):
        for dx in (0, 1):
            phase = layer.weight[0, 0, dy::2, dx::2].flip(0, 1)
            assert torch.equal(convolution.weight[2 * dy + dx, 0], phase)


def test_a_transposed_convolution_as_bilinear_interpolation():
    """Section 7: kernel .25 .75 .75 .25, stride 2, padding 1; at the borders it fades, 3.75 and not 5 at the end."""
    layer = nn.ConvTranspose2d(1, 1, 4, 2, 1, bias=False).double()
    tent = torch.tensor([0.25, 0.75, 0.75, 0.25], dtype=torch.float64)
    layer.weight.data[0, 0] = tent[:, None] * tent
    ramp = torch.arange(6, dtype=torch.float64).expand(1, 1, 6, 6)
    found, expected = layer(ramp), F.interpolate(ramp, scale_factor=2, mode="bilinear")
    same(found[:, :, 1:-1, 1:-1], expected[:, :, 1:-1, 1:-1])
    assert found[0, 0, 5, -1] == 3.75
    assert expected[0, 0, 5, -1] == 5


def test_the_channels_of_a_shuffle():
    """Section 1: channels 0, 1, 2, 3 go to [[0, 1], [2, 3]]."""
    net = sequential(parse("8x1x1 shuffle(2)"))
    assert net(torch.arange(8).view(1, 8, 1, 1))[0].tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]


@LAWS
@given(st.integers(1, 12), st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3))
def test_fold_of_unfolded_ones_is_the_coverage(size, kernel, stride, padding, dilation):
    """Section 1: how often each input pixel is read, against the line of the layer."""
    assume(dilation * (kernel - 1) + 1 <= size + 2 * padding)
    numbers = {"kernel_size": kernel, "dilation": dilation, "padding": padding, "stride": stride}
    ones = torch.ones(1, 1, size, size)
    coverage = F.fold(F.unfold(ones, **numbers), (size, size), **numbers)[0, 0]
    line = parse(f"1x{size}x{size} conv(1,1,{kernel},{stride},{padding},dilation={dilation})").layers[0].line(0, size)
    read = torch.zeros(size)
    for row in line.rows:
        for place, taps in row:
            read[place] += taps
    assert torch.equal(coverage, read[:, None] * read)


@pytest.mark.parametrize(
    ("turn", "module", "message"),
    [
        (unpool_from_transposed, nn.Conv2d(1, 1, 3), r"Conv2d is no ConvTranspose2d"),
        (shuffle_from_transposed, nn.ConvTranspose2d(1, 1, 4, (2, 1)), r"one stride for both axes and dilation 1"),
        (shuffle_from_transposed, nn.ConvTranspose2d(1, 1, 4, 2, dilation=3), r"dilation 1"),
        (transposed_from_unpool, nn.Sequential(nn.Conv2d(1, 1, 3)), r"has 1 layers; expected BedOfNails, Pad, Conv2d"),
        (transposed_from_shuffle, nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()), r"ReLU is no PixelShuffle"),
        (transposed_from_shuffle, nn.Sequential(nn.Conv2d(1, 4, 3), nn.PixelShuffle(2)), r"biases of the 4 phases"),
        (
            transposed_from_shuffle,
            nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, padding_mode="circular"), nn.PixelShuffle(2)),
            r"expected stride 1, dilation 1 and as many zeros",
        ),
    ],
)
def test_what_has_no_equivalent(turn, module, message):
    with pytest.raises(LayerError, match=message):
        turn(module)


def test_borders_that_no_transposed_convolution_has():
    net = sequential(parse("1x4x4 nails(2) pad(5,0,5,0) conv(1,1,3)"))
    with pytest.raises(LayerError, match=r"would need padding \(-3, -3\)"):
        transposed_from_unpool(net)
