"""From a chain to a module and back."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ringcast import blocks
from ringcast.arithmetic import ConvChain, parse, sizes
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.blocks.names import MODULES
from ringcast.errors import LayerError

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
    assert blocks.__all__ == [
        "BedOfNails",
        "Crop",
        "icnr_",
        "sequential",
        "shuffle_from_transposed",
        "trace",
        "transposed_from_shuffle",
        "transposed_from_unpool",
        "unpool_from_transposed",
        "upsampler",
    ]


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


def test_norms_take_device_and_type_too():
    chain = parse("4x6x6 batchnorm2d(4) instancenorm2d(4,affine=true) groupnorm(2,4) conv(4,1,3)")
    net = blocks.sequential(chain, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert {weight.dtype for weight in net.parameters()} == {torch.float64}


def test_max_unpooling_takes_the_last_pooling_that_is_free():
    image = torch.rand(1, 1, 7, 8)
    chain = parse("1x7x8 maxpool(2) maxpool(1x2) relu maxunpool(1x2) maxunpool(2,output_size=7x8)")
    found = blocks.sequential(chain)(image)
    pooled, places = F.max_pool2d(image, 2, return_indices=True)
    inner, inner_places = F.max_pool2d(pooled, (1, 2), return_indices=True)
    undone = F.max_unpool2d(inner, inner_places, (1, 2))
    assert torch.equal(found, F.max_unpool2d(undone, places, 2, output_size=(7, 8)))
    kept = found != 0
    assert torch.equal(found[kept], image[kept])


def test_pooling_and_unpooling_as_on_the_slides():
    """Section 10: 6 -> (0, 2), 5 -> (1, 1), 7 -> (3, 0), 8 -> (3, 3)."""
    image = torch.tensor([[[[1.0, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]]]])
    found = blocks.sequential(parse("1x4x4 maxpool(2) maxunpool(2)"))(image)
    assert found[0, 0].tolist() == [[0, 0, 6, 0], [0, 5, 0, 0], [0, 0, 0, 0], [7, 0, 0, 8]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1x4x4 maxunpool(2)", r"layer 1, maxunpool\(2\): no maxpool before it is left to undo.*take nails"),
        ("1x4x4 maxpool(2) maxunpool(2) maxunpool(2)", r"layer 3, maxunpool\(2\): no maxpool"),
        ("1x5x4 maxpool(2) maxunpool(2)", r"maps 1 x 2 x 2 to 1 x 4 x 4, .* layer 1, maxpool\(2\), .* output_size=5x4"),
        ("1x4x4 maxpool(2) conv(1,2,1) maxunpool(2)", r"maps 2 x 2 x 2 .* the channels and size that left"),
    ],
)
def test_max_unpooling_without_its_pooling_is_refused(text, message):
    with pytest.raises(LayerError, match=message):
        blocks.sequential(parse(text))


def test_device_and_type():
    net = blocks.sequential(SLIDES, device="meta", dtype=torch.float64)
    assert {(weight.device.type, weight.dtype) for weight in net.parameters()} == {("meta", torch.float64)}
    drawn = blocks.sequential(SLIDES, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert {(weight.device.type, weight.dtype) for weight in drawn.parameters()} == {("cpu", torch.float64)}
