"""Refusals and sizes of the layers that are no convolutions, as in PyTorch 2.13 (reference figures, section 2)."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn

from ringcast.arithmetic import ConvChain, parse
from ringcast.arithmetic.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    BedOfNails,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Dropout,
    GroupNorm,
    MaxPool2d,
    MaxUnpool2d,
    Pad,
    PixelShuffle,
    Upsample,
)
from ringcast.errors import LayerError


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaxPool2d(0), r"maxpool\(0,None\): kernel_size is 0; expected a whole number of at least 1"),
        (lambda: MaxPool2d(2, 0), r"maxpool\(2,0\): stride is 0; expected a whole number of at least 1"),
        (lambda: MaxPool2d(3, padding=2), r"maxpool\(3,3,2\): padding is 2 for the height; expected at most 1, half"),
        (lambda: MaxPool2d((4, 2), padding=(2, 2)), r"padding is 2 for the width; expected at most 1"),
        (lambda: AvgPool2d(2, padding=-1), r"padding is -1; expected a whole number of at least 0"),
        (lambda: AvgPool2d(2, divisor_override=0), r"divisor_override is 0; expected a whole number other than 0"),
        (lambda: AvgPool2d(2, ceil_mode=1), r"ceil_mode is 1; expected true or false"),
        (lambda: MaxUnpool2d(2, output_size=0), r"output_size is 0; expected a whole number of at least 1"),
        (lambda: BedOfNails((2, 0)), r"nails\(2x0\): stride is 0"),
        (lambda: PixelShuffle(0), r"shuffle\(0\): upscale_factor is 0"),
        (Upsample, r"nearest\(\): give either scale_factor or size, as in"),
        (lambda: Upsample(4, 2.0), r"nearest\(2,size=4\): give either scale_factor or size, as in"),
        (lambda: Upsample(scale_factor=0), r"scale_factor is 0; expected one number above 0 and at most 1,000,000, or"),
        (lambda: Upsample(scale_factor=(1, 2, 3)), r"scale_factor is \(1, 2, 3\); expected one number above 0"),
        (lambda: Upsample(scale_factor=1e300), r"scale_factor is 1e\+300; expected one number above 0 and at most"),
        (lambda: Upsample(scale_factor="2"), r"scale_factor is '2'; expected a finite number"),
        (
            lambda: Upsample(4, mode="area"),
            r"mode is 'area'; expected one of nearest, nearest-exact, bilinear, bicubic",
        ),
        (lambda: Upsample(4, align_corners=False), r"align_corners goes with bilinear and bicubic, not with nearest"),
        (lambda: Upsample(4, antialias=True), r"antialias goes with bilinear and bicubic, not with nearest"),
        (lambda: Upsample(4, recompute_scale_factor=True), r"recompute_scale_factor goes with scale_factor, not with"),
        (lambda: Pad((1, 2)), r"pad\(1,2\): padding is \(1, 2\); expected one whole number, or four: \(left, right"),
        (lambda: Pad(1, "mirror"), r"pad\(1,mirror\): mode is 'mirror'; expected one of zeros, reflect"),
        (lambda: Pad(-1, "reflect"), r"padding is -1; expected a whole number of at least 0"),
        (lambda: Crop(-1), r"crop\(-1\): padding is -1; expected a whole number of at least 0"),
        (lambda: GroupNorm(3, 8), r"groupnorm\(3,8\): num_channels is 8; expected a multiple of 3 groups"),
        (lambda: BatchNorm2d(8, eps="small"), r"eps is 'small'; expected a finite number"),
        (lambda: BatchNorm2d(8, momentum=True), r"momentum is True; expected a finite number"),
        (lambda: MaxUnpool2d([2]), r"kernel_size is \[2\]; expected one whole number, or two"),
        (lambda: Conv2d(2, 2, (3,)), r"kernel_size is \(3,\); expected one whole number, or two"),
        (lambda: Conv2d(2, 2, 3, padding=(1,), padding_mode="reflect"), r"padding is \(1,\); expected one whole"),
        (lambda: Activation("hardtanh", {"min_val": 1}), r"hardtanh: min_val is 1.0; expected less than max_val, 1.0"),
        (lambda: Dropout(2), r"dropout\(2\): p is 2; expected a probability, from 0 to 1"),
    ],
)
def test_refused_when_made(make, message):
    with pytest.raises(LayerError, match=message):
        make()


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Conv2d, {"kernel_size": 3, "stride": (2,), "padding": [1], "dilation": torch.Size([2])}),
        (ConvTranspose2d, {"kernel_size": 3, "stride": [2], "padding": (1,), "output_padding": [1], "dilation": (1,)}),
        (MaxPool2d, {"kernel_size": (3,), "stride": [2], "padding": (1,), "dilation": [1]}),
        (AvgPool2d, {"kernel_size": [2], "stride": (1,), "padding": [1], "divisor_override": np.int64(3)}),
        (Upsample, {"scale_factor": np.int64(2)}),
        (Upsample, {"scale_factor": (np.float32(1.5), Fraction(5, 2)), "mode": "bilinear"}),
    ],
)
def test_numbers_that_torch_takes(kind, arguments):
    """Sequences of one for both axes, and numbers of other kinds."""
    channels = (4, 4) if kind in (Conv2d, ConvTranspose2d) else ()
    result = getattr(nn, kind.__name__)(*channels, **arguments)(torch.zeros(1, 4, 9, 8))
    chain = ConvChain.of((4, 9, 8), [kind(*channels, **arguments)])
    assert chain.shapes[-1] == tuple(result.shape[1:])
    assert parse(str(chain)) == chain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4x3x9 relu maxpool(4)", r"layer 2, maxpool\(4\): the kernel reaches over 4 pixels, .* height is only 3"),
        ("4x9x9 maxunpool(2,output_size=20)", r"output_size is 20 for the height; valid sizes range from 17 to 19"),
        ("4x1x9 maxunpool(2,2,1)", r"maxunpool\(2,2,1\): padding 1 leaves 0 of an input height of 1"),
        ("6x5x5 shuffle(2)", r"layer 1, shuffle\(2\): takes a multiple of 4 channels, but 6 arrive"),
        ("6x4x5 unshuffle(2)", r"unshuffle\(2\): the input width is 5; expected a multiple of 2"),
        ("1x49x49 nearest(0.020408163265306121)", r"makes 0 x 0 of an input of 49 x 49; .* use a larger scale"),
        ("1x3x4 pad(3,reflect)", r"padding 3 is too wide for mode 'reflect' on an input height of 3; .* at most 2"),
        ("1x4x3 pad(4,circular)", r"padding 4 is too wide for mode 'circular' on an input width of 3; .* at most 3"),
        ("1x4x3 pad(0,0,-4,9)", None),
        ("1x4x3 pad(0,0,-5,9)", r"pad\(0,0,-5,9\): takes all of an input height of 4 away"),
        ("1x4x3 crop(2,1,0,0)", r"crop\(2,1,0,0\): takes 3 pixels of an input width of 3"),
        ("6x4x3 batchnorm2d(8)", r"batchnorm2d\(8\): takes 8 channels, but 6 arrive"),
        ("6x4x3 groupnorm(4,8,affine=false)", r"takes a multiple of 4 channels, but 6 arrive"),
        ("6x1x1 instancenorm2d(6)", r"the input is 1 x 1; expected more than one pixel"),
    ],
)
def test_refused_by_the_input(text, message):
    if message is None:
        parse(text)
        return
    with pytest.raises(LayerError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("size", "scale", "expected"),  # section 2: products of floating-point numbers, cut off
    [(100, 0.29, 28), (50, 1.14, 56), (30, 4.1, 122), (49, 2 / 49, 1), (11, 88 / 11, 88)],
)
def test_sizes_by_scale_are_those_of_floating_point(size, scale, expected):
    assert ConvChain.of((1, size, size), [Upsample(scale_factor=scale)]).shapes[-1] == (1, expected, expected)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("8x5x6 maxpool(2)", (8, 2, 3)),
        ("8x5x6 maxpool(2,ceil_mode=true)", (8, 3, 3)),
        ("8x5x5 maxpool(2) maxunpool(2,output_size=5)", (8, 5, 5)),  # section 2: 5 to 2 to 4 without output_size
        ("8x5x5 maxpool(2) maxunpool(2)", (8, 4, 4)),
        ("8x6x6 avgpool(3,2,1)", (8, 3, 3)),
        ("8x2x3 nails(2x3)", (8, 4, 9)),
        ("16x7x8 shuffle(4)", (1, 28, 32)),
        ("1x28x32 unshuffle(4)", (16, 7, 8)),
        ("1x7x19 bilinear(size=51x150)", (1, 51, 150)),
        ("1x56x152 crop(1,1,2,3)", (1, 51, 150)),
        ("1x3x4 pad(1,2,3,4,replicate)", (1, 10, 7)),
    ],
)
def test_sizes(text, shape):
    assert parse(text).shapes[-1] == shape


def test_channels_are_told_through_shuffling():
    assert parse("11x21 shuffle(2) conv(16,3,3)").seed == (64, 11, 21)
    assert parse("12x22 unshuffle(2) relu conv(16,3,3)").seed == (4, 12, 22)
    assert parse("12x22 dropout batchnorm2d(5)").seed == (5, 12, 22)
    with pytest.raises(LayerError, match=r"layer 2, conv\(15,3,3\): takes 15 channels, but 12 arrive"):
        parse("12x22 unshuffle(2) conv(15,3,3)")
