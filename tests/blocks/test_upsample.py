"""Upsamplers by name: exact sizes, borders of each axis, and starts without a checkerboard."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ringcast.arithmetic import parse
from ringcast.arithmetic.upsamplers import UPSAMPLERS
from ringcast.arithmetic.upsamplers import upsampler as fragment
from ringcast.blocks import icnr_, sequential, trace, upsampler
from ringcast.errors import ArgumentError, LayerError

WITH_ICNR = ("transposed", "unpool", "shuffle")
BORDERS = ["zeros", "replicate", "circular", ("zeros", "circular"), ("replicate", "circular")]


def seeded(number=0):
    return torch.Generator().manual_seed(number)


def spread(image, edge=0):
    """Largest difference between two pixels of a channel, away from the edge."""
    inside = image[..., edge : image.shape[-2] - edge, edge : image.shape[-1] - edge].flatten(-2)
    return (inside.max(-1).values - inside.min(-1).values).max().item()


@pytest.mark.parametrize("name", UPSAMPLERS)
@pytest.mark.parametrize("border", BORDERS)
def test_size_and_chain_are_those_of_the_arithmetic(name, border):
    net = upsampler(name, 4, 3, border=border, generator=seeded())
    assert net(torch.zeros(2, 4, 5, 7)).shape == (2, 3, 10, 14)
    assert trace(net, (4, 5, 7)).layers == fragment(name, 4, 3, border=border)


def test_scale_by_axis():
    for name in ("transposed", "unpool", "nearest", "bilinear"):
        assert upsampler(name, 1, 1, scale=(2, 3))(torch.zeros(1, 1, 4, 5)).shape == (1, 1, 8, 15)


@pytest.mark.parametrize("name", UPSAMPLERS)
def test_a_circular_axis_has_no_seam(name):
    """A turned input gives a turned output; not so along the other axis, whose border is of another kind."""
    net = upsampler(name, 2, 3, border=("replicate", "circular"), generator=seeded(), dtype=torch.float64)
    image = torch.randn(1, 2, 5, 6, dtype=torch.float64, generator=seeded(1))
    turned, expected = net(image.roll(2, -1)), net(image).roll(4, -1)
    assert (turned - expected).abs().max() < 1e-12
    assert (net(image.roll(2, -2)) - net(image).roll(4, -2)).abs().max() > 1e-3


@pytest.mark.parametrize("name", UPSAMPLERS)
@pytest.mark.parametrize("scale", [2, 3])
def test_a_constant_stays_one(name, scale):
    """Also at the borders where those are replicated; with zeros they differ."""
    kernel = 2 * scale if name == "unpool" else None
    init = "icnr" if name in WITH_ICNR else "default"
    image = torch.randn(1, 4, 1, 1, dtype=torch.float64, generator=seeded()).expand(1, 4, 8, 8)
    for border in ("replicate", "circular"):
        net = upsampler(
            name, 4, 3, scale=scale, kernel=kernel, border=border, init=init, generator=seeded(2), dtype=torch.float64
        )
        assert spread(net(image)) < 1e-12
    net = upsampler(name, 4, 3, scale=scale, kernel=kernel, init=init, generator=seeded(2), dtype=torch.float64)
    assert spread(net(image)) > 1e-3
    assert spread(net(image), 2 * scale) < 1e-12


@pytest.mark.parametrize("name", WITH_ICNR)
def test_by_default_phases_differ(name):
    net = upsampler(name, 4, 3, generator=seeded(), dtype=torch.float64)
    assert spread(net(torch.ones(1, 4, 8, 8, dtype=torch.float64)), 3) > 1e-2


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("4x9x9 convT(4,6,4x6,2x3,1x2,groups=2)", 4),
        ("4x9x9 convT(4,6,4,2,dilation=3)", 9),
        ("4x9x9 convT(4,6,4x3,4x1,0x1,output_padding=1x0,bias=false)", 3),
        ("4x9x9 nails(2x1) conv(4,6,4x3,padding=2x1)", 3),
        ("4x9x9 conv(4,36,3,padding=1,groups=2) leaky_relu(0.2) shuffle(3)", 3),
        ("4x9x9 convT(4,8,4,2,1) relu conv(8,8,3,padding=1) relu conv(8,16,3,padding=1) shuffle(2) convT(4,1,2,2)", 16),
    ],
)
def test_icnr_makes_all_phases_alike(text, edge):
    chain = parse(text)
    net = sequential(chain, generator=seeded(), dtype=torch.float64)
    image = torch.randn(1, 4, 1, 1, dtype=torch.float64, generator=seeded(1)).expand(1, *chain.seed)
    before = spread(net(image), edge)
    assert icnr_(net, generator=seeded(3)) is net
    assert before > 1e-3
    assert spread(net(image), edge) < 1e-12


def test_icnr_repeats_taps_along_each_axis():
    layer = icnr_(nn.ConvTranspose2d(2, 3, (4, 6), (2, 3)), generator=seeded())
    sub_kernel = layer.weight[:, :, ::2, ::3]
    assert torch.equal(layer.weight, sub_kernel.repeat_interleave(2, 2).repeat_interleave(3, 3))
    assert sub_kernel.unique().numel() == 2 * 3 * 2 * 2


def test_icnr_starts_as_nearest_and_a_convolution():
    """Section 7: a shuffle of equal sub-kernels is nearest resizing of the convolution's result."""
    net = icnr_(sequential(parse("3x6x6 conv(3,8,3,padding=1) shuffle(2)")), generator=seeded())
    image = torch.randn(2, 3, 6, 6, generator=seeded(1))
    one = F.conv2d(image, net[0].weight[::4], net[0].bias[::4], padding=1)
    assert torch.allclose(net(image), F.interpolate(one, scale_factor=2), atol=1e-6)


def test_icnr_keeps_the_bounds_of_pytorch():
    layer = icnr_(nn.ConvTranspose2d(64, 32, 4, 2), generator=seeded())
    bound = (32 * 16) ** -0.5
    numbers = layer.weight[:, :, ::2, ::2].flatten()
    assert numbers.abs().max() <= bound
    assert numbers.square().mean().item() == pytest.approx(bound**2 / 3, rel=5 * (0.8 / numbers.numel()) ** 0.5)


def test_icnr_depends_on_the_generator_alone():
    state = torch.get_rng_state()
    first, same, other = (upsampler("shuffle", 2, 2, init="icnr", generator=seeded(n)) for n in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first[0].weight, same[0].weight)
    assert not torch.equal(first[0].weight, other[0].weight)


def test_default_power_gain_of_a_transposed_convolution():
    """Section 1: C_in / (3 C_out) overlap / k^2 = 1/6 for CT(64, 32, 4, 2); a sample is a channel of a draw."""
    gains = []
    for seed in range(20):
        layer = sequential(parse("64x8x8 convT(64,32,4,2,bias=false)"), generator=seeded(seed))[0]
        with torch.no_grad():
            inside = layer(torch.randn(16, 64, 8, 8, generator=seeded(100 + seed)))[:, :, 2:-2, 2:-2]
        gains.append(inside.square().mean((0, 2, 3)))
    samples = torch.cat(gains)
    error = samples.std().item() / samples.numel() ** 0.5
    assert error < 0.002
    assert samples.mean().item() == pytest.approx(1 / 6, abs=4 * error)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: upsampler("cubic", 1, 1), ArgumentError, r"upsampler is 'cubic'; expected one of transposed"),
        (
            lambda: upsampler("shuffle", 1, 1, init="zero"),
            ArgumentError,
            r"init is 'zero'; expected one of default, icnr",
        ),
        (
            lambda: upsampler("nearest", 1, 1, init="icnr"),
            ArgumentError,
            r"init='icnr' is for .*; nearest starts without",
        ),
        (lambda: upsampler("unpool", 1, 1, init="icnr"), LayerError, r"kernel 3 is no multiple of stride 2.*such as 4"),
        (lambda: icnr_(nn.ConvTranspose2d(1, 1, 3, 2)), LayerError, r"'ConvTranspose2d': kernel 3 is no multiple of"),
        (
            lambda: icnr_(nn.ConvTranspose2d(1, 1, 4, 2, dilation=2)),
            LayerError,
            r"dilation 2 and stride 2 have a common",
        ),
        (lambda: icnr_(nn.Conv2d(1, 1, 3)), LayerError, r"finds no layer in Conv2d"),
        (
            lambda: icnr_(nn.Sequential(nn.Conv2d(8, 8, 1, groups=4), nn.PixelShuffle(2))),
            LayerError,
            r"'0': 8 channels in 4",
        ),
        (
            lambda: icnr_(nn.utils.parametrizations.weight_norm(nn.ConvTranspose2d(1, 1, 2, 2))),
            LayerError,
            r"before adding",
        ),
    ],
)
def test_refusals(make, error, message):
    with pytest.raises(error, match=message):
        make()
