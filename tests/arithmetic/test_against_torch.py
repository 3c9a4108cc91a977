"""PyTorch as oracle: the same sizes, weights, work and influence, and the same refusals."""

import warnings

import torch
from hypothesis import event, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ringcast.arithmetic import Conv2d, ConvChain, ConvTranspose2d, parse, sizes
from ringcast.errors import LayerError

FEW = settings(max_examples=200, deadline=None)


def mostly(good, bad):
    """Values that are good 24 times in 25, so that most layers have at most one fault."""
    return st.integers(0, 24).flatmap(lambda draw: st.sampled_from(bad if draw == 0 else good))


def per_axis(numbers):
    return st.one_of(numbers, st.tuples(numbers, numbers))


CHANNELS = {
    "in_channels": st.sampled_from([2, 2, 4, 3]),
    "out_channels": st.sampled_from([2, 4, 3]),
    "groups": mostly([1, 1, 2], [0, -1, 3]),
}
COMMON = CHANNELS | {
    "kernel_size": per_axis(mostly([1, 2, 3, 4], [0, -1, 9])),
    "stride": per_axis(mostly([1, 2, 3, 5], [0, -1])),
    "dilation": per_axis(mostly([1, 1, 2, 3], [0, -2])),
    "bias": st.booleans(),
}
CONV = st.fixed_dictionaries(
    COMMON
    | {
        "padding": st.one_of(per_axis(mostly([0, 1, 2, 3], [-1, 6])), mostly(["same", "valid"], ["full"])),
        "padding_mode": mostly(["zeros", "reflect", "replicate", "circular"], ["mirror"]),
    }
)
TRANSPOSED = st.fixed_dictionaries(
    COMMON
    | {
        "padding": per_axis(mostly([0, 0, 1, 2], [-1, 4])),
        "output_padding": per_axis(mostly([0, 0, 1], [-1, 2, 3])),
        "padding_mode": mostly(["zeros"], ["reflect"]),
    }
)
SIZES = st.tuples(st.integers(1, 8), st.integers(1, 8))


def ask_torch(kind, arguments, size):
    """The module and its input and result, or None if PyTorch refuses.

    Asked are PyTorch's own kernels: oneDNN lets some faults pass, such as dilation 0 with groups, or an empty result.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # even 'same' kernels are padded by a copy, which PyTorch mentions
        try:
            module = kind(**arguments)
            image = torch.zeros(1, arguments["in_channels"], *size, requires_grad=True)
            for weight in module.parameters():
                nn.init.ones_(weight)
            with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as counter:
                result = module(image)
        except (RuntimeError, ValueError, TypeError):
            return None
    return module, image, result, counter.get_total_flops()


def negative_padding(arguments):
    """PyTorch crops then, but only in the padding modes other than zeros; we refuse in all."""
    padding = arguments["padding"]
    return padding not in ("same", "valid", "full") and min(padding if isinstance(padding, tuple) else (padding,)) < 0


def compare(kind, ours, arguments, size):
    oracle = ask_torch(kind, arguments, size)
    try:
        row = sizes(ConvChain.of(size, [ours(**arguments)])).layers[0]
    except LayerError:
        event("refused")
        assert oracle is None or negative_padding(arguments), f"PyTorch accepts {arguments} on {size}"
        return
    assert oracle is not None, f"PyTorch refuses {arguments} on {size}"
    module, image, result, flops = oracle
    event("accepted")
    assert row.output == tuple(result.shape[1:])
    assert row.params == sum(weight.numel() for weight in module.parameters())
    assert 2 * row.macs == flops
    result.sum().backward()
    influence = image.grad[0, 0] != 0
    if influence.any():
        assert row.unread == (int((~influence.any(1)).sum()), int((~influence.any(0)).sum()))
    else:
        assert row.unread[0] == size[0] or row.unread[1] == size[1]


@FEW
@given(CONV, SIZES)
def test_convolution(arguments, size):
    compare(nn.Conv2d, Conv2d, arguments, size)


@FEW
@given(TRANSPOSED, SIZES)
def test_transposed_convolution(arguments, size):
    compare(nn.ConvTranspose2d, ConvTranspose2d, arguments, size)


@settings(max_examples=150, deadline=None)
@given(st.one_of(CONV.map(lambda a: (Conv2d, a)), TRANSPOSED.map(lambda a: (ConvTranspose2d, a))), SIZES)
def test_text_round_trip(drawn, size):
    kind, arguments = drawn
    try:
        chain = ConvChain.of(size, [kind(**arguments), "gelu", "leaky_relu(0.2)"])
    except LayerError:
        return
    assert parse(str(chain)) == chain
    assert str(parse(str(chain))) == str(chain)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        CONV.map(lambda a: (nn.Conv2d, Conv2d, a)), TRANSPOSED.map(lambda a: (nn.ConvTranspose2d, ConvTranspose2d, a))
    )
)
def test_text_as_torch_prints_it(drawn):
    kind, ours, arguments = drawn
    try:
        layer = ours(**arguments)
    except LayerError:
        return
    assert ConvChain.of((99, 99), [repr(kind(**arguments))]).layers == (layer,)
