"""What is no chain: each refusal names the call, and the results that meet there."""

import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ringcast.blocks import trace
from ringcast.errors import LayerError


class Custom(nn.Module):
    """Two layers and whatever the test does with them."""

    def __init__(self, forward, kind=nn.Conv2d):
        super().__init__()
        self.one, self.two = kind(1, 1, 3, padding=1), kind(1, 1, 3, padding=1)
        self.call = forward

    def forward(self, x):
        return self.call(self, x)


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (
            lambda net, x: net.two(net.one(x)) + x,
            r"torch.Tensor.add joins the results of 'two' and the input: the module",
        ),
        (lambda net, x: torch.cat([net.one(x), net.two(x)], 1), r"torch.cat joins the results of 'one' and 'two'"),
        (
            lambda net, x: net.one(x) * torch.sigmoid(net.two(x)),
            r"torch.Tensor.mul joins .* 'one' and torch.sigmoid: the",
        ),
        (lambda net, x: torch.stack([x, net.one(x), net.two(x)]), r"of the input, 'one' and 'two'"),
        (lambda net, x: net.one(x).relu_() + x, r"joins the results of torch.Tensor.relu_ and the input"),
        (lambda net, x: x + x, r"torch.Tensor.add takes the result of the input more than once"),
        (lambda net, x: torch.cat(net.one(x).chunk(2, 2)), r"takes the result of torch.Tensor.chunk more than once"),
        (
            lambda net, x: net.two(x) if net.one(x) is not None else x,
            r"the input gives its result to both 'one' and 'two'",
        ),
        (lambda net, x: [net.one(x), net.one(x).tanh()][0], r"'one' is called twice"),
        (lambda net, x: [x.tanh(), x.relu()][0], r"gives its result to both torch.Tensor.relu and torch.Tensor.tanh"),
        (
            lambda net, x: [y := net.one(x), net.two(y)][0],
            r"'one' gives its result to both 'two' and the module's result",
        ),
        (lambda net, x: (net.one(x), x), r"gives a tuple with the results of 'one' and the input; expected one image"),
        (lambda net, x: torch.zeros(1, 1, 5, 5), r"gives a Tensor that is not made from its input"),
        (lambda net, x: None, r"gives a NoneType that is not made from its input"),
    ],
)
def test_branches_are_named(forward, message):
    with pytest.raises(LayerError, match=message):
        trace(Custom(forward), (1, 5, 5))


def write(x, start=0, more=0, twice=False):
    zeros = x.new_zeros(1, 1, 10, 10)
    if more:
        zeros += more
    zeros[..., start::2, ::2] = x
    if twice:
        zeros[..., 1::2, ::2] = x
    return zeros


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda net, x: net.one(net.one(x)), r"'one' is called twice"),
        (
            lambda net, x: F.conv2d(net.one(x), net.one.weight),
            r"conv2d has the weights of 'one'; .* count its weights twice",
        ),
        (lambda net, x: net.one(2 * x), r"torch.Tensor.mul has no place in a chain"),
        (lambda net, x: torch.flatten(net.one(x), 1), r"torch.flatten has no place in a chain"),
        (lambda net, x: F.linear(x.flatten(1), torch.ones(3, 7)), r"torch.Tensor.flatten has no place in a chain"),
        (lambda net, x: x.flip(2)[0], r"torch.Tensor.flip has no place"),
        (
            lambda net, x: net.two(x) if net.one(x).sum() > 0 else x,
            r"__bool__ reads the numbers that torch.Tensor.gt gives.*depends",
        ),
        (
            lambda net, x: net.one(x / x.max().item()),
            r"torch.Tensor.item reads the numbers that torch.Tensor.max gives",
        ),
        (lambda net, x: net.one(x[:, :, ::2]), r"__getitem__ takes some of the images or channels, or not every row"),
        (lambda net, x: net.one(x[0]), r"__getitem__ takes out single rows"),
        (lambda net, x: F.pad(x, (0, 0, 0, 0, 1, 0)), r"pad pads channels or images"),
        (lambda net, x: F.pad(x, (1, 1), value=2.0), r"pad pads with mode 'constant' and value 2.0"),
        (lambda net, x: F.interpolate(x, scale_factor=2, mode="area"), r"interpolate area\(2\): mode is 'area'"),
        (lambda net, x: F.relu(x.new_zeros(1, 1, 9, 9).copy_(x)), r"copy_ has no place in a chain"),
        (lambda net, x: x.new_zeros(1, 1, 9, 9).__setitem__(0, x), r"__setitem__ puts an image into zeros otherwise"),
        (lambda net, x: x.clamp(max=1), r"clamp is called with None and 1; a chain clamps between two numbers"),
        (lambda net, x: write(x, start=1), r"__setitem__ puts an image into zeros otherwise"),
        (lambda net, x: write(x, more=1), r"__setitem__ writes into a map that is not all zeros"),
        (
            lambda net, x: write(x, twice=True),
            r"__setitem__ joins the results of torch.Tensor.__setitem__ and the input",
        ),
        (
            lambda net, x: F.conv2d(torch.ones(1, 1, 9, 9, device=x.device), x),
            r"conv2d takes the image as a weight, not as its input",
        ),
        (lambda net, x: net.one(torch.ones(1, 1, 9, 9).type_as(x)), r"a Tensor that is not made from its input"),
        (lambda net, x: net.three(x), r"Custom cannot be run on an input of \(1, 1, 5, 5\): .*three"),
        (
            lambda net, x: F.conv2d(x, torch.ones(1, 1, 9, 9, device=x.device)),
            r"conv2d, conv\(1,1,9,bias=false\): the kernel reaches",
        ),
    ],
)
def test_what_is_no_chain(forward, message):
    with pytest.raises(LayerError, match=message):
        trace(Custom(forward), (1, 5, 5))


class Residual(nn.Module):
    """Adds its input to what its layer gives."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3, padding=1)

    def forward(self, x):
        return x + self.conv(x)


def test_a_branch_in_a_block_names_the_block():
    with pytest.raises(LayerError, match=r"torch.Tensor.add in '1' joins the results of '0' and '1.conv': the module"):
        trace(nn.Sequential(nn.ReLU(), Residual()), (2, 5, 5))


def test_a_compiled_script_is_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch calls scripting deprecated
        net = nn.Sequential(torch.jit.script(nn.Conv2d(1, 1, 3)))
    with pytest.raises(LayerError, match=r"Sequential holds a compiled script, whose calls cannot be seen"):
        trace(net, (1, 5, 5))


def test_shared_weights_of_two_modules_are_refused():
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3))
    net[1].weight = net[0].weight
    with pytest.raises(LayerError, match=r"'1' has the weights of '0'"):
        trace(net, (1, 9, 9))


@pytest.mark.parametrize(
    ("net", "size", "message"),
    [
        (nn.Sequential(nn.Sequential(nn.Flatten(), nn.Linear(25, 1))), (1, 5, 5), r"flatten in '0.0' has no place"),
        (
            nn.Sequential(nn.Conv2d(1, 1, 3), nn.AdaptiveAvgPool2d(1)),
            (1, 5, 5),
            r"adaptive_avg_pool2d in '1' has no place",
        ),
        (nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(2, 1, 3)), (1, 5, 5), r"'1', conv\(2,1,3\): takes 2"),
        (nn.Sequential(nn.Conv2d(1, 1, 9)), (1, 5, 5), r"'0', conv.* reaches over 9 pixels"),
        (nn.ConvTranspose2d(1, 1, 3, output_padding=1), (1, 5, 5), r"'ConvTranspose2d', .*output_padding is 1"),
        (nn.LazyConv2d(1, 3), (1, 5, 5), r"LazyConv2d cannot be run"),
        (nn.Conv2d(1, 1, 3), (5, 5), r"input size is \(5, 5\); expected \(channels, height, width\)"),
        (nn.Conv2d(1, 1, 3), (1, 0, 5), r"input size is \(1, 0, 5\)"),
    ],
)
def test_refusals_name_the_path(net, size, message):
    with pytest.raises(LayerError, match=message):
        trace(net, size)
