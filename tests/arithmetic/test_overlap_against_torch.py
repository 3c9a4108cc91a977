"""Overlap maps against PyTorch: weights of ones, no bias, a constant image, in float64."""

import torch
from hypothesis import assume, event, given, settings
from torch import nn

from ringcast.arithmetic import ConvChain, layers
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.arithmetic.tap_maps.pattern import carried
from ringcast.errors import LayerError
from tests.arithmetic.stacks import run_layer, stacks


def outer(rows, columns):
    return torch.outer(
        *(torch.tensor([float(value) for value in axis], dtype=torch.float64) for axis in (rows, columns))
    )


def equal_weights(layer, weight):
    """Ones, shared out among the input channels of each output channel, so that channels count as one."""
    nn.init.constant_(weight, 1 / weight.shape[0 if isinstance(layer, layers.ConvTranspose2d) else 1])


def run(layer, image):
    return run_layer(layer, image, equal_weights)


def ones(shape):
    return torch.ones(1, *shape, dtype=torch.float64)


def counted(chain):
    """The overlap of a chain, unless it takes the largest of numbers of which some are negative."""
    try:
        return overlap(chain)
    except LayerError:
        assume(False)


def agree(ours, image):
    mean = image[0].mean(0)
    assert ours.shape == mean.shape
    return (ours - mean).abs().max() <= 1e-10 * max(1.0, float(ours.abs().max()))


@settings(max_examples=300, deadline=None)
@given(stacks())
def test_maps_of_the_stack(chain):
    found = counted(chain)
    image = ones(chain.seed)
    for layer, row in zip(chain.layers, found.layers, strict=True):
        image = run(layer, image)
        assume(torch.isfinite(image).all())  # a max-pooling window in the padding alone gives minus infinity
        event(type(layer).__name__)
        assert agree(outer(row.stack.height.values, row.stack.width.values), image), (str(chain), row.name)


@settings(max_examples=150, deadline=None)
@given(stacks())
def test_maps_of_layers_alone_and_how_often_inputs_are_read(chain):
    for layer, row in zip(chain.layers, counted(chain).layers, strict=True):
        image = ones(row.input).requires_grad_()
        result = run(layer, image)
        assume(torch.isfinite(result).all())
        assert agree(outer(row.alone.height.values, row.alone.width.values), result.detach()), row.name
        if not isinstance(layer, layers.MaxPool2d):
            result.mean(1).sum().backward()
            assert agree(outer(*row.coverage), image.grad.sum(1, keepdim=True)), row.name


@settings(max_examples=100, deadline=None)
@given(stacks(lengths=(1, 4)))
def test_patterns_repeat_in_the_middle_of_a_large_map(chain):
    """The pattern comes from an axis without ends; far from the ends the real map must agree with it."""
    assume(
        not any(isinstance(layer, layers.Upsample) and (layer.size or layer.align_corners) for layer in chain.layers)
    )
    assume(not any(isinstance(layer, layers.PixelUnshuffle) for layer in chain.layers))
    large = ConvChain.of((1, 150, 150), chain.layers)
    for row in counted(large).layers:
        for taps in row.stack.axes:
            assert len(taps.values) // 2 in taps.free, (str(large), row.name, taps)


@settings(max_examples=150, deadline=None)
@given(stacks(lengths=(1, 3), sizes=(60, 60), largest=1000))
def test_one_kernel_for_the_whole_stack(chain):
    """A single 1 in the middle of a large seed paints the kernel, and its phases sum to the pattern."""
    found = counted(chain)
    kernel = found.composite[0]
    assume(kernel.kernel is not None)
    values = [int(place == 30) for place in range(60)]
    for layer, shape in zip(chain.layers, chain.shapes, strict=False):
        values = carried(layer.line(0, shape.height), values)
    painted = dict(enumerate(kernel.kernel, start=kernel.start + 30 * kernel.stride))
    assert values == tuple(painted.get(place, 0) for place in range(len(values)))
    pattern = found.stack.height.pattern
    assert kernel.phase_sums == pattern * (kernel.stride // len(pattern))
    event(f"stride {kernel.stride}")


def test_section_7_the_map_is_the_mean_power_of_random_networks():
    """Independent weights of mean 0, ReLU, no bias: E[y^2] of a pixel is proportional to its taps.

    1,500 networks of 8 channels side by side, as groups; six seeds gave correlations of 0.9993 to 0.9995.
    """
    nets, channels = 1500, 8
    chain = ConvChain.of((4, 5), ["convT(8,8,3,2)", "relu", "conv(8,8,3)", "relu", "convT(8,8,3,2)"])
    generator = torch.Generator().manual_seed(3)
    image = torch.ones(1, nets * channels, 4, 5)
    with torch.no_grad():
        for layer in chain.layers:
            if isinstance(layer, layers.Activation):
                image = image.relu()
                continue
            wide = {"in_channels": nets * channels, "out_channels": nets * channels, "groups": nets, "bias": False}
            module = getattr(nn, type(layer).__name__)(**{**vars(layer), **wide})
            nn.init.normal_(module.weight, generator=generator)
            image = module(image)
    power = image[0].double().square().mean(0)
    stack = overlap(chain).stack
    taps = outer(stack.height.values, stack.width.values)
    assert stack.ratio > 5
    both = torch.stack([power.flatten(), taps.flatten()])
    assert torch.corrcoef(both)[0, 1] > 0.998
