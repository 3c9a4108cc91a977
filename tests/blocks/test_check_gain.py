"""Gain by phase against the sums of taps that the definition names, and the noise gain of interpolation."""

from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F

from ringcast.arithmetic import parse
from ringcast.arithmetic.layers import Upsample
from ringcast.blocks import sequential
from ringcast.blocks.check_gain import noise_gain, step_gains


def steps_of(text, seed=1):
    chain = parse(text)
    net = sequential(chain, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return net, step_gains(net, chain)


@pytest.mark.parametrize("arguments", ["4,2", "3,2,1,1", "5,3,2", "3x4,2x3,1x0", "3,2,dilation=3", "2,2,dilation=2"])
def test_a_transposed_layer_sums_its_taps_by_phase(arguments):
    """Section 7: output place o, of phase o mod s, takes the taps t with o + p - d t = 0 (mod s)."""
    net, (step,) = steps_of(f"3x5x5 convT(3,2,{arguments})")
    layer = net[0]
    (s_y, s_x), (p_y, p_x), (d_y, d_x) = layer.stride, layer.padding, layer.dilation
    expected = torch.zeros(3, 2, s_y, s_x, dtype=torch.float64)
    for t_y in range(layer.kernel_size[0]):
        for t_x in range(layer.kernel_size[1]):
            expected[:, :, (d_y * t_y - p_y) % s_y, (d_x * t_x - p_x) % s_x] += layer.weight[:, :, t_y, t_x].detach()
    assert step.gain.shape == expected.shape
    assert (step.gain - expected).abs().max() < 1e-12
    assert step.noise is None


def test_a_convolution_before_a_shuffle_sums_its_kernels():
    """Section 7: channel c r^2 + r dy + dx goes to phase (dy, dx)."""
    net, (step,) = steps_of("2x5x5 conv(2,12,3,1,1) shuffle(2)")
    expected = net[0].weight.detach().sum((-2, -1)).T.reshape(2, 3, 2, 2)
    assert (step.first, step.last, step.even) == (1, 2, True)
    assert (step.gain - expected).abs().max() < 1e-12


def test_a_bed_of_nails_and_its_convolution_are_one_step():
    net, (step,) = steps_of("2x5x5 relu nails(2) pad(1) conv(2,3,4) relu conv(3,3,3)")
    kernel = net[3].weight.detach()
    expected = torch.empty(3, 2, 2, 2, dtype=torch.float64)
    for y in range(2):
        for x in range(2):
            expected[:, :, y, x] = kernel[:, :, 1 - y :: 2, 1 - x :: 2].sum((-2, -1))
    assert (step.first, step.last, step.even) == (2, 4, True)
    assert (step.gain.transpose(0, 1) - expected).abs().max() < 1e-12


@pytest.mark.parametrize(
    ("text", "even"),
    [
        ("1x9x9 convT(1,1,4,2)", True),
        ("1x9x9 convT(1,1,3,2)", False),
        ("1x9x9 convT(1,1,2,2,dilation=2)", False),
        ("1x9x9 convT(1,1,4x3,2)", False),
        ("1x9x9 nails(2) conv(1,1,3)", False),
        ("1x9x9 nails(2) conv(1,1,2)", True),
        ("1x9x9 nails(2) relu", False),
        ("1x9x9 bilinear(3)", True),
        ("4x9x9 shuffle(2)", True),
    ],
)
def test_structure(text, even):
    assert [step.even for step in steps_of(text)[1]] == [even]


@pytest.mark.parametrize("mode", ["nearest", "nearest_exact", "bilinear", "bicubic"])
@pytest.mark.parametrize("scale", [2, 3])
def test_interpolation_has_gain_one_on_every_phase(mode, scale):
    (step,) = steps_of(f"2x9x9 {mode}({scale})")[1]
    identity = torch.eye(2, dtype=torch.float64)[:, :, None, None]
    assert (step.gain - identity).abs().max() < 1e-12
    assert step.non_dc_share < 1e-24


def test_the_shares_of_one_layer():
    """Two output channels: one paints (1, -1) by column, without mean; the other a constant of 3 times the energy."""
    chain = parse("1x5x5 convT(1,2,1x2,1x2,bias=false)")
    net = sequential(chain, dtype=torch.float64)
    net[0].weight.data = torch.tensor([[[[1.0, -1.0]], [[3.0**0.5, 3.0**0.5]]]], dtype=torch.float64)
    (step,) = step_gains(net, chain)
    assert step.non_dc_share == pytest.approx(1 / 4)
    assert step.worst == (0, pytest.approx(1))
    assert step.rms.tolist() == [[pytest.approx(2**0.5), pytest.approx(2**0.5)]]


@pytest.mark.parametrize("stride", [2, 3])
def test_random_transposed_weights(stride):
    """Section 7: 1 - 1/s^2, here over 64 x 64 pairs of channels."""
    (step,) = steps_of(f"64x5x5 convT(64,64,{2 * stride},{stride})")[1]
    # a ratio of sums over 4096 pairs, each of relative scatter below 1
    assert abs(step.non_dc_share - (1 - 1 / stride**2)) < 4 / 64


def test_no_step_without_enlargement():
    assert steps_of("2x9x9 conv(2,2,3) relu conv(2,2,3,2) pad(3)")[1] == ()


NOISE_OF_THREE = {  # section 7
    "bilinear": (0.555556, 1, 0.555556),
    "bicubic": (0.786694, 1, 0.786694),
    "bicubic antialias": (0.722908, 1, 0.722908),
    "lanczos antialias": (0.839996, 1, 0.839996),
}
NOISE_OF_TWO = {
    "bilinear": (0.625, 0.625),
    "bicubic": (0.853333, 0.853333),
    "bicubic antialias": (0.808838, 0.808838),
    "lanczos antialias": (0.893833, 0.893833),
}
CASES = [(name, 3, gains) for name, gains in NOISE_OF_THREE.items()] + [
    (name, 2, gains) for name, gains in NOISE_OF_TWO.items()
]


@pytest.mark.parametrize(("name", "scale", "expected"), [case for case in CASES if "lanczos" not in case[0]])
def test_noise_gain_of_interpolation(name, scale, expected):
    """Section 7; the sums are those of exact weights."""
    mode, *antialias = name.split()
    layer = Upsample(scale_factor=scale, mode=mode, antialias=bool(antialias))
    gains = noise_gain(layer.line(axis=0, size=12))
    assert gains == tuple(reversed(gains))
    assert gains == pytest.approx(expected, abs=1e-6 if name != "bicubic antialias" else 2e-6)


@pytest.mark.parametrize(("name", "scale", "expected"), CASES)
def test_noise_gain_of_torch(name, scale, expected):
    """The same figures from the weights that PyTorch uses, and those of lanczos, which is no layer of ours."""
    mode, *antialias = name.split()
    impulses = torch.eye(12, dtype=torch.float64)[:, None, :, None].expand(-1, -1, -1, 12)
    try:
        weights = F.interpolate(impulses, scale_factor=scale, mode=mode, antialias=bool(antialias))
    except NotImplementedError as error:
        pytest.skip(f"this PyTorch has no {mode}: {error}")
    gains = weights[:, 0, :, 0].square().sum(0)[6 * scale : 7 * scale]
    assert gains.tolist() == pytest.approx(expected, abs=2e-6)


def test_noise_gain_is_exact():
    """Cubic convolution with a = -3/4 at distances 1/4 and 3/4 from the two pixels beside, as PyTorch defines it."""
    a = Fraction(-3, 4)
    near = [(a + 2) * x**3 - (a + 3) * x**2 + 1 for x in (Fraction(1, 4), Fraction(3, 4))]
    far = [a * (x**3 - 5 * x**2 + 8 * x - 4) for x in (Fraction(5, 4), Fraction(7, 4))]
    expected = sum(weight**2 for weight in near + far)
    assert noise_gain(Upsample(scale_factor=2, mode="bicubic").line(0, 9)) == (expected, expected)


def test_a_step_of_a_fixed_output_size():
    (step,) = steps_of("2x8x8 upsample(size=16x16,mode=bilinear) conv(2,1,3)")[1]
    assert (step.first, step.last, step.gain.shape) == (1, 1, (2, 2, 2, 2))
