"""Costs against the reference figures of the slides' decoder (section 9), and against PyTorch's counter and tensors."""

from itertools import pairwise

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ringcast.arithmetic import Conv2d, ConvChain, ConvTranspose2d, parse
from ringcast.arithmetic.cost_table import BYTES, cost
from ringcast.blocks import sequential
from ringcast.errors import ArgumentError, LayerError

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
COUNTED_BY_OUTPUT = [69_206_016, 34_062_336, 129_630_208, 34_062_336, 250_675_200, 12_773_376]


def test_section_9_work():
    spent = cost(parse(SLIDES))
    assert (spent.params, spent.macs, spent.flop) == (161_859, 186_869_760, 373_739_520)
    assert (spent.bias_additions, spent.activations) == (905_536, 861_184)


def test_section_9_count_of_other_tools():
    spent = cost(parse(SLIDES))
    assert [layer.macs_by_output for layer in spent.layers if layer.params] == COUNTED_BY_OUTPUT
    assert spent.macs_by_output == 530_409_472
    assert round(spent.macs_by_output / spent.macs, 3) == 2.838


@pytest.mark.parametrize(
    ("layer", "macs"),
    [
        ("convT(4,4,3,2,1,1,groups=4)", 4_608),
        ("convT(4,6,4,2,1)", 49_152),
        ("convT(6,6,2,2,groups=3)", 6_144),
    ],
)
def test_section_10_macs_of_two_images(layer, macs):
    assert cost(parse(f"8x8 {layer}"), batch=2).macs == macs


def test_memory_by_hand():
    spent = cost(parse("2x4x5 conv(2,3,3,bias=false) relu"), batch=2, bytes_per_number="float16")
    conv, relu = spent.layers  # 2 x 4 x 5 -> 3 x 2 x 3, 54 weights
    assert (conv.input_bytes, conv.output_bytes, conv.weight_bytes) == (160, 72, 108)
    assert (conv.moved_bytes, relu.moved_bytes) == (340, 144)
    assert (conv.bias_additions, relu.activations) == (0, 36)
    assert conv.intensity == 2 * (2 * 54 * 6) / 340
    assert (spent.peak.number, spent.peak_bytes) == (1, 232)
    assert spent.training_bytes == 2 * 108 + 160 + 72 + 72


def test_identity_applies_nothing():
    assert cost(parse("1x4x4 identity")).activations == 0


def test_bytes_of_types_are_those_of_torch():
    assert {name: getattr(torch, name).itemsize for name in BYTES} == BYTES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch": 0}, "batch is 0; expected a whole number of at least 1"),
        ({"batch": 1.5}, "batch is 1.5"),
        ({"bytes_per_number": 0}, "bytes_per_number is 0"),
        ({"bytes_per_number": "int8"}, "bytes_per_number is 'int8'; expected a whole number or one of float64"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        cost(parse(SLIDES), **arguments)


OTHERS = (
    "relu",
    "tanh",
    "identity",
    "batchnorm2d({channels})",
    "maxpool(2,ceil_mode=true)",
    "avgpool(3,2,1)",
    "nearest(2)",
    "bilinear(1.5)",
    "nails(2)",
    "pad(1,0,0,2)",
    "crop(1,0,0,0)",
)


@st.composite
def stacks(draw):
    """One to five layers, of which convolutions and norms take the channels that arrive."""
    channels = first = draw(st.sampled_from([1, 2, 4]))
    layers = []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([Conv2d, ConvTranspose2d, *OTHERS]))
        if isinstance(kind, str):
            layers.append(kind.format(channels=channels))
            continue
        out = draw(st.sampled_from([2, 4, 6]))
        numbers = [draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) for _ in range(2)]
        options = {
            "dilation": draw(st.integers(1, 2)),
            "groups": draw(st.sampled_from([1, 2 - channels % 2])),
            "bias": draw(st.booleans()),
        }
        layers.append(kind(channels, out, *numbers, draw(st.integers(0, 1)), **options))
        channels = out
    try:
        return ConvChain.of((first, draw(st.integers(3, 9)), draw(st.integers(3, 9))), layers)
    except LayerError:
        return assume(False)


@settings(max_examples=200, deadline=None)
@given(stacks(), st.integers(1, 3), st.sampled_from(sorted(BYTES)))
def test_against_torch(chain, batch, name):
    """Work against FlopCounterMode, bytes against the tensors that the layers give, on the meta device."""
    net = sequential(chain, device="meta", dtype=getattr(torch, name)).eval()
    spent = cost(chain, batch=batch, bytes_per_number=name)
    image = torch.zeros(batch, *chain.seed, device="meta", dtype=getattr(torch, name))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        maps = [image]
        for module in net:
            maps.append(module(maps[-1]))
    assert spent.flop == counter.get_total_flops()
    assert [layer.output_bytes for layer in spent.layers] == [image.nbytes for image in maps[1:]]
    assert [layer.input_bytes for layer in spent.layers] == [image.nbytes for image in maps[:-1]]
    assert spent.weight_bytes == sum(weight.nbytes for weight in net.parameters())
    assert spent.peak_bytes == max(given.nbytes + result.nbytes for given, result in pairwise(maps))
    results = list(zip(net, maps[1:], strict=True))
    convolutions = [
        (module, result) for module, result in results if isinstance(module, nn.Conv2d | nn.ConvTranspose2d)
    ]
    assert spent.bias_additions == sum(result.numel() for module, result in convolutions if module.bias is not None)
    assert spent.activations == sum(
        result.numel() for module, result in results if isinstance(module, nn.ReLU | nn.Tanh)
    )
    assert spent.training_bytes == 2 * spent.weight_bytes + sum(image.nbytes for image in maps)
