"""From a chain to a module and back."""

import pytest
import torch
from torch import nn

from ringcast import blocks
from ringcast.arithmetic import ConvChain, parse, sizes
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.blocks.names import MODULES

SLIDES = parse(
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
EVERYTHING = parse(
    "2x9x8 conv(2,4,2x3,padding=same,dilation=2,groups=2,bias=false,padding_mode=replicate) leaky_relu(0.2) "
    "conv(4,4,3,2x1,1x2,padding_mode=circular) gelu(tanh) "
    "convT(4,6,3x2,2x3,1x0,output_padding=1x2,groups=2,dilation=2x1)"
)


def test_public_names_are_pinned():
    assert sorted(blocks.__all__) == ["sequential", "trace"]


def test_every_activation_has_its_module():
    assert MODULES.keys() == ACTIVATIONS.keys()
    for name, kind in MODULES.items():
        module = kind()
        assert {setting: getattr(module, setting) for setting in ACTIVATIONS[name]} == ACTIVATIONS[name]


@pytest.mark.parametrize("chain", [SLIDES, EVERYTHING])
@pytest.mark.parametrize("generator", [None, torch.Generator().manual_seed(3)])
def test_sizes_and_weights_are_those_of_the_chain(chain, generator):
    net = blocks.sequential(chain, generator=generator)
    assert net(torch.zeros(2, *chain.seed)).shape == (2, *chain.shapes[-1])
    assert sum(weight.numel() for weight in net.parameters()) == sizes(chain).params
    assert blocks.trace(net, chain.seed) == chain


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_there_and_back(name):
    chain = ConvChain.of((1, 2, 2), [name])
    assert blocks.trace(blocks.sequential(chain), (1, 2, 2)) == chain


def test_weights_come_from_the_generator_alone():
    before = torch.get_rng_state()
    nets = [blocks.sequential(SLIDES, generator=torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(torch.get_rng_state(), before)
    first, same, other = (net[0].weight for net in nets)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("text", ["5x5 conv(8,6,3,groups=2)", "5x5 convT(8,6,3,groups=2)"])
def test_drawn_weights_fill_pytorchs_bounds(text):
    layer = blocks.sequential(parse(text), generator=torch.Generator().manual_seed(0))[0]
    fan = (8 if isinstance(layer, nn.Conv2d) else 6) // 2 * 9
    for numbers in (layer.weight, layer.bias):
        assert numbers.abs().max() <= fan**-0.5
    assert layer.weight.abs().max() > 0.95 * fan**-0.5
    assert layer.weight.detach().std() == pytest.approx((3 * fan) ** -0.5, rel=0.1)


def test_device_and_type():
    net = blocks.sequential(SLIDES, device="meta", dtype=torch.float64)
    assert {(weight.device.type, weight.dtype) for weight in net.parameters()} == {("meta", torch.float64)}
    drawn = blocks.sequential(SLIDES, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert {(weight.device.type, weight.dtype) for weight in drawn.parameters()} == {("cpu", torch.float64)}
