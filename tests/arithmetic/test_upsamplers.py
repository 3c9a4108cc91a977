"""The five upsamplers by name: exact sizes, seams that do not show, and what they are to each other, by torch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.upsamplers import BORDERS, UPSAMPLERS, exact_padding, upsampler
from ringcast.blocks import sequential
from ringcast.errors import ArgumentError, LayerError

BOTH = [(one, other) for one in BORDERS for other in BORDERS]


def module(layers, size, seed=0):
    """The layers as a module of float64, and a random input for it."""
    generator = torch.Generator().manual_seed(seed)
    chain = ConvChain.of(size, layers)
    net = sequential(chain, generator=generator, dtype=torch.float64)
    return net, torch.randn(1, *chain.seed, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("name", UPSAMPLERS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_size_is_exact_for_every_kernel(name, data):
    scale = data.draw(st.integers(1, 4))
    kernel = data.draw(st.integers(scale if name == "transposed" else 1, 9).filter(lambda k: scale > 1 or k % 2))
    border = data.draw(st.sampled_from(BOTH))
    height, width = data.draw(st.integers(9, 12)), data.draw(st.integers(9, 12))
    layers = upsampler(name, 2, 3, scale=scale, kernel=kernel, border=border)
    assert ConvChain.of((height, width), layers).shapes[-1] == (3, scale * height, scale * width)
    if (height + width) % 3 == 0:  # a third of them run in torch as well
        net, image = module(layers, (height, width))
        assert net(image).shape == (1, 3, scale * height, scale * width)


@pytest.mark.parametrize("name", ["transposed", "unpool", "nearest", "bilinear"])
def test_scale_and_kernel_for_each_axis(name):
    layers = upsampler(name, 2, 3, scale=(2, 3), kernel=(4, 6), border=("replicate", "circular"))
    net, image = module(layers, (7, 8))
    assert net(image).shape == (1, 3, 14, 24)


@pytest.mark.parametrize("name", UPSAMPLERS)
@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize("kernel", [None, 3, 4, 5])
@pytest.mark.parametrize("other", BORDERS)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_circular_axis_has_no_seam(name, scale, kernel, other, axis):
    border = ("circular", other) if axis == 0 else (other, "circular")
    net, image = module(upsampler(name, 2, 2, scale=scale, kernel=kernel, border=border), (5, 6))
    dim = 2 + axis
    with torch.no_grad():
        rolled = net(image.roll(1, dim))
        torch.testing.assert_close(rolled, net(image).roll(scale, dim), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", UPSAMPLERS)
@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize("kernel", [None, 3, 4, 5])
@pytest.mark.parametrize("other", BORDERS)
def test_a_replicated_edge_is_that_of_a_seed_that_goes_on(name, scale, kernel, other):
    """The same weights on a seed widened by its edge pixels, cut out again."""
    border = ("replicate", other)
    net, image = module(upsampler(name, 2, 2, scale=scale, kernel=kernel, border=border), (5, 6))
    wider = torch.cat([image[:, :, :1]] * 4 + [image] + [image[:, :, -1:]] * 4, dim=2)
    with torch.no_grad():
        middle = net(wider)[:, :, 4 * scale : -4 * scale]
        torch.testing.assert_close(net(image), middle, rtol=0, atol=1e-12)


@pytest.mark.parametrize("border", BOTH)
@pytest.mark.parametrize("kernel", [3, 5])
def test_unpool_and_transposed_agree_at_all_borders(border, kernel):
    """The kernels would be each other's turned round; with all weights 1 nothing turns."""
    taps = [
        sequential(ConvChain.of((5, 6), upsampler(name, 1, 1, kernel=kernel, border=border)), dtype=torch.float64)
        for name in ("unpool", "transposed")
    ]
    for net in taps:
        for weight in net.parameters():
            torch.nn.init.constant_(weight, float(weight.ndim == 4))
    with torch.no_grad():
        image = torch.arange(30.0, dtype=torch.float64).reshape(1, 1, 5, 6)
        nails, transposed = (net(image) for net in taps)
    torch.testing.assert_close(nails, transposed, rtol=0, atol=1e-12)


@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize("kernel", [3, 5])
def test_unpool_is_a_transposed_convolution_with_the_kernel_turned_round(scale, kernel):
    net, image = module(upsampler("unpool", 3, 2, scale=scale, kernel=kernel), (5, 6))
    conv = net[1]
    weight = conv.weight.flip(2, 3).transpose(0, 1)
    padding = kernel - 1 - kernel // 2
    more = scale - (kernel - 2 * padding)  # (n - 1) s - 2 p + k + op = s n
    with torch.no_grad():
        expected = torch.nn.functional.conv_transpose2d(image, weight, conv.bias, scale, padding, more)
        torch.testing.assert_close(net(image), expected, rtol=0, atol=1e-12)


def test_shuffle_is_a_transposed_convolution_of_twice_the_kernel():
    """Section 10: CT k6 s2 p2 = C3 p1 to 4 C channels + PixelShuffle(2), the phases of the kernel flipped."""
    net, image = module(upsampler("transposed", 3, 2, kernel=6), (5, 6))
    shuffled, _ = module(upsampler("shuffle", 3, 2, kernel=3), (5, 6))
    weight = net[0].weight  # (in, out, 6, 6)
    phases = [weight[:, :, dy::2, dx::2].flip(2, 3) for dy in (0, 1) for dx in (0, 1)]
    with torch.no_grad():
        shuffled[0].weight.copy_(torch.stack(phases, 2).flatten(1, 2).transpose(0, 1))
        shuffled[0].bias.copy_(net[0].bias.repeat_interleave(4))
        torch.testing.assert_close(shuffled(image), net(image), rtol=0, atol=1e-12)


def test_the_default_is_the_even_kernel_of_twice_the_scale():
    assert [str(*upsampler("transposed", 8, 4, scale=scale)) for scale in (2, 3, 4)] == [
        "convT(8,4,4,2,1)",
        "convT(8,4,6,3,2,output_padding=1)",
        "convT(8,4,8,4,2)",
    ]


@pytest.mark.parametrize(
    ("kernel", "scale", "message"),
    [
        (2, 3, "kernel is 2 for scale 3: pixels would stay empty; expected a kernel of at least 3"),
        (4, 1, "kernel is 4 for scale 1: the size cannot stay the same; expected an odd kernel"),
    ],
)
def test_kernels_that_no_padding_helps(kernel, scale, message):
    with pytest.raises(ArgumentError, match=message):
        exact_padding(kernel, scale)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            ("up", 2, 2),
            ArgumentError,
            "upsampler is 'up'; expected one of transposed, unpool, nearest, bilinear, shuffle",
        ),
        (("nearest", 0, 2), LayerError, "in_channels is 0"),
    ],
)
def test_refused_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        upsampler(*arguments)


def test_refused_options():
    with pytest.raises(ArgumentError, match="border is 'wrap'; expected one of zeros, replicate, circular, or two"):
        upsampler("nearest", 2, 2, border="wrap")
    with pytest.raises(ArgumentError, match="scale is 2x3; a pixel shuffle has one factor for both axes"):
        upsampler("shuffle", 2, 2, scale=(2, 3))
    with pytest.raises(LayerError, match="scale is 0; expected a whole number of at least 1"):
        upsampler("nearest", 2, 2, scale=0)
