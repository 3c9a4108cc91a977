"""PyTorch as oracle for the layers that are no convolutions: sizes, weights, numbers, refusals and texts."""

import warnings

import pytest
import torch
from hypothesis import event, given, settings

from ringcast.arithmetic import ConvChain, parse, sizes
from ringcast.arithmetic.layers import (
    BatchNorm2d,
    Dropout,
    Dropout2d,
    GroupNorm,
    InstanceNorm2d,
    MaxPool2d,
    MaxUnpool2d,
    PixelUnshuffle,
    Upsample,
)
from ringcast.errors import LayerError
from tests.arithmetic import layer_cases as cases

DATA_DECIDE = (MaxUnpool2d, BatchNorm2d, InstanceNorm2d, GroupNorm, Dropout, Dropout2d)
"""Layers whose places, scales or zeros come from the data or from chance; their lines have tests of their own."""


def image_of(shape):
    """Two images whose channels are all alike, as a line does not tell channels apart; numbers never twice."""
    channels, height, width = shape
    generator = torch.Generator().manual_seed(height * 100 + width)
    plane = torch.rand(height, width, generator=generator, dtype=torch.float64) + 0.5
    return plane.expand(2, channels, height, width).clone()


def matrix(line):
    found = torch.zeros(line.length, line.size, dtype=torch.float64)
    for place, row in enumerate(line.rows):
        for source, weight in row:
            found[place, source] += float(weight)
    return found


def summed(layer, image):
    """What the two lines of a layer make of an image."""
    return matrix(layer.line(0, image.shape[2])) @ image @ matrix(layer.line(1, image.shape[3])).T


def largest(layer, image):
    rows, columns = (layer.line(axis, image.shape[2 + axis]).rows for axis in (0, 1))
    plane = image[0, 0].tolist()
    return torch.tensor(
        [
            [max((plane[y][x] for y, _ in row for x, _ in column), default=-torch.inf) for column in columns]
            for row in rows
        ],
        dtype=torch.float64,
    )


def agrees(layer, module, image, result):
    """Whether the numbers of a result are those that the lines give."""
    if isinstance(layer, MaxPool2d):
        return torch.equal(largest(layer, image), result[1, -1])
    if isinstance(layer, DATA_DECIDE):
        return True
    if isinstance(layer, Upsample) and layer.mode.startswith("nearest"):  # places in the precision networks use
        return torch.equal(summed(layer, image.float().double()).float(), module(image.float()))
    if isinstance(layer, PixelUnshuffle):
        result = result.unflatten(1, (image.shape[1], -1)).mean(2)
    expected = summed(layer, image)[:, : result.shape[1]]
    return expected.shape == result.shape and torch.allclose(expected, result, rtol=0, atol=1e-12)


def compare(case, shape):
    image = image_of(shape)
    result = cases.ask_torch(case, image)
    try:
        layer = case.make()
        row = sizes(ConvChain.of(shape, [layer])).layers[0]
    except LayerError:
        event("refused")
        assert result is None or cases.ours_alone(case), f"PyTorch accepts {case} on {shape}"
        return
    assert result is not None, f"PyTorch refuses {case} on {shape}"
    event("accepted")
    module = case.module()
    assert row.output == tuple(result.shape[1:])
    assert (row.params, row.macs) == (sum(weight.numel() for weight in module.parameters()), 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert agrees(layer, module, image, result), f"{layer} on {shape}"
    chain = ConvChain.of(shape, [layer])
    assert parse(str(chain)) == chain


@pytest.mark.parametrize(
    "kind", ["MAX_POOL", "AVG_POOL", "MAX_UNPOOL", "NAILS", "SHUFFLE", "UNSHUFFLE", "PAD", "CROP", "UPSAMPLE", "NORM"]
)
def test_layer(kind):
    plenty = {"UPSAMPLE": 400, "MAX_POOL": 150, "AVG_POOL": 150, "PAD": 150}.get(kind, 80)

    @settings(max_examples=plenty, deadline=None)
    @given(getattr(cases, kind), cases.SHAPES)
    def check(case, shape):
        compare(case, shape)

    check()


@settings(max_examples=40, deadline=None)
@given(cases.DROPOUT, cases.SHAPES)
def test_dropout(case, shape):
    compare(case, shape)
