"""Reading the chain of a module: what is read, and the refusals, which name the module's path."""

import pytest
import torch
from torch import nn

from ringcast.arithmetic import parse
from ringcast.blocks import trace
from ringcast.errors import LayerError


class Block(nn.Module):
    """Listed in another order than called, with one activation for all."""

    def __init__(self):
        super().__init__()
        self.smooth = nn.Conv2d(64, 32, 3, padding="valid")
        self.up = nn.ConvTranspose2d(64, 64, 4, 2)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(self.smooth(self.act(self.up(x))))


class Custom(nn.Module):
    """Two layers and whatever the test does with them."""

    def __init__(self, forward, kind=nn.Conv2d):
        super().__init__()
        self.one, self.two = kind(1, 1, 3, padding=1), kind(1, 1, 3, padding=1)
        self.call = forward

    def forward(self, x):
        return self.call(self, x)


def test_order_is_that_of_the_calls():
    net = nn.Sequential(Block(), nn.Sequential(nn.Identity(), nn.Conv2d(32, 3, 1)))
    expected = "64x11x21 convT(64,64,4,2) relu conv(64,32,3) relu identity conv(32,3,1)"
    assert trace(net, (1, 64, 11, 21)) == trace(net, [64, 11, 21]) == parse(expected)


def test_one_layer_alone():
    assert trace(nn.Conv2d(1, 2, 3), (1, 5, 5)) == parse("1x5x5 conv(1,2,3)")


def test_the_module_stays_as_it_was():
    net = Block().double()
    weights = {name: weight.clone() for name, weight in net.state_dict().items()}
    trace(net, (64, 11, 21))
    assert all(torch.equal(weight, weights[name]) for name, weight in net.state_dict().items())
    assert net.training
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


def test_normalised_weights_are_read_as_layers():
    net = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(1, 2, 3)), nn.Tanh())
    assert trace(net, (1, 5, 5)) == parse("1x5x5 conv(1,2,3) tanh")


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda net, x: net.two(net.one(x)) + x, r"result is not what its last layer 'two' gave"),
        (
            lambda net, x: net.two(x) if net.one(x) is not None else x,
            r"'two' does not take what 'one' gave: the module",
        ),
        (lambda net, x: net.two(torch.relu(net.one(x))), r"'two' does not take what 'one' gave.*nn.ReLU for relu"),
        (lambda net, x: net.one(net.one(x)), r"'one' is called twice"),
        (lambda net, x: (net.one(x), x), r"result is not what its last layer 'one' gave"),
        (lambda net, x: net.three(x), r"Custom cannot be run on an input of \(1, 1, 5, 5\): .*three"),
    ],
)
def test_what_is_no_chain(forward, message):
    with pytest.raises(LayerError, match=message):
        trace(Custom(forward), (1, 5, 5))


def test_output_size_at_the_call_is_refused():
    net = Custom(lambda net, x: net.one(x, output_size=(5, 5)), nn.ConvTranspose2d)
    with pytest.raises(LayerError, match=r"'one' is called with output_size; set its output_padding"):
        trace(net, (1, 5, 5))


@pytest.mark.parametrize(
    ("net", "size", "message"),
    [
        (nn.Sequential(nn.Sequential(nn.Conv2d(1, 1, 3), nn.BatchNorm2d(1))), (1, 5, 5), r"'0.1' is a BatchNorm2d"),
        (nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(2, 1, 3)), (1, 5, 5), r"'1', conv\(2,1,3\): takes 2"),
        (nn.Sequential(nn.Conv2d(1, 1, 9)), (1, 5, 5), r"'0', conv.* reaches over 9 pixels"),
        (nn.ConvTranspose2d(1, 1, 3, output_padding=1), (1, 5, 5), r"'ConvTranspose2d', .*output_padding is 1"),
        (nn.Conv2d(1, 1, 3), (5, 5), r"input size is \(5, 5\); expected \(channels, height, width\)"),
        (nn.Conv2d(1, 1, 3), (1, 0, 5), r"input size is \(1, 0, 5\)"),
    ],
)
def test_refusals_name_the_path(net, size, message):
    with pytest.raises(LayerError, match=message):
        trace(net, size)
