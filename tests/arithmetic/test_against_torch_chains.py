"""PyTorch as oracle for stacks of random layers: shapes, weights, work, influence, and the layer that is refused."""

import warnings

import torch
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ringcast.arithmetic import Conv2d, ConvChain, ConvTranspose2d, parse, sizes
from ringcast.arithmetic.layers import Activation
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError
from tests.arithmetic import layer_cases as cases
from tests.arithmetic.layer_cases import Case, mostly, per_axis, required

WIDEST = 60
"""Pixels along an axis above which a stack ends."""


def convolutions(channels):
    """Convolutions of both kinds, of which most take the channels that arrive."""
    given = {
        "in_channels": mostly([channels], [channels + 1]),
        "out_channels": st.sampled_from([4, 8, channels]),
        "kernel_size": per_axis(mostly([1, 2, 3, 4], [0, 9])),
    }
    both = {"dilation": per_axis(st.sampled_from([1, 1, 2])), "groups": mostly([1, 1, 2], [3]), "bias": st.booleans()}
    conv = required(
        Conv2d,
        nn.Conv2d,
        given,
        **both,
        stride=per_axis(st.sampled_from([1, 1, 2, 3])),
        padding=st.one_of(per_axis(st.integers(0, 2)), st.just("same")),
        padding_mode=st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]),
    )
    transposed = required(
        ConvTranspose2d,
        nn.ConvTranspose2d,
        given,
        **both,
        stride=per_axis(st.sampled_from([1, 2, 2, 3])),
        padding=per_axis(st.sampled_from([0, 0, 1, 2])),
        output_padding=per_axis(st.sampled_from([0, 0, 0, 1])),
    )
    return st.one_of(conv, transposed)


RELU = st.just(Case(lambda: Activation("relu"), nn.ReLU, {}))


@st.composite
def stacks(draw):
    """An input shape and layers that follow each other; now and then the last one is refused."""
    seed = shape = draw(st.tuples(st.sampled_from([4, 8]), st.integers(3, 10), st.integers(3, 10)))
    stack = []
    for _ in range(draw(st.integers(1, 6))):
        case = draw(st.one_of(convolutions(shape[0]), RELU, cases.LAYERS))
        try:
            shape = case.make().output(Shape(*shape))
            stack.append(case)
        except LayerError:
            if draw(st.integers(0, 5)) == 0:
                return seed, [*stack, case]
        if max(shape[1:]) > WIDEST:
            break
    assume(stack)
    return seed, stack


def torch_until_refused(stack, shape):
    """The shape after every layer up to the first that PyTorch refuses; weights of the modules; work."""
    shapes, modules = [shape], []
    image = torch.zeros(2, *shape, dtype=torch.float64)
    with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as counter:
        for case in stack:
            image = cases.ask_torch(case, image)
            if image is None:
                break
            shapes.append(tuple(image.shape[1:]))
            modules.append(case.module())
    return shapes, modules, counter.get_total_flops() // 2


def ours_until_refused(stack, shape):
    """The layers up to the first that we refuse, and what the chain with that one says, or None."""
    layers = []
    for case in stack:
        try:
            layers.append(case.make())
        except LayerError:
            return layers, None
        try:
            ConvChain.of(shape, layers)
        except LayerError as error:
            return layers[:-1], str(error).partition(f"layer {len(layers)}, {layers[-1]}: ")
    return layers, None


@settings(max_examples=400, deadline=None)
@given(stacks())
def test_stack(drawn):
    shape, stack = drawn
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # even 'same' kernels are padded by a copy, which PyTorch mentions
        shapes, modules, work = torch_until_refused(stack, shape)
    layers, message = ours_until_refused(stack, shape)
    assert message is None or (message[0] == "" and message[2] != "")
    refused = len(layers) < len(stack)
    event(f"{len(layers)} layers, then {'refused' if refused else 'done'}")
    if refused and len(shapes) - 1 > len(layers):
        case = stack[len(layers)]
        assert cases.ours_alone(case), f"PyTorch accepts {case} on {shapes[len(layers)]}"
        return
    assert len(shapes) - 1 == len(layers), f"PyTorch refuses {stack[len(shapes) - 1]} on {shapes[-1]}"
    if not layers:
        return
    chain = ConvChain.of(shape, layers)
    table = sizes(chain)
    assert list(chain.shapes) == shapes
    assert table.params == sum(weight.numel() for module in modules for weight in module.parameters())
    assert 2 * table.macs == work
    assert parse(str(chain)) == chain
