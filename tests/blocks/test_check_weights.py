"""Weights from a state dict or a module into the layers of a chain."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from ringcast.arithmetic import parse
from ringcast.blocks import sequential
from ringcast.blocks.check_weights import filled, rebuilt
from ringcast.errors import LayerError

CHAIN = "4x5x5 convT(4,3,4,2) relu conv(3,3,3) relu convT(3,2,2,2,bias=false)"


def image(size=(2, 4, 5, 5)):
    return torch.randn(size, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def test_a_state_dict_in_any_order_of_names():
    chain = parse(" ".join([CHAIN, *["relu conv(2,2,3,1,1)"] * 4]))
    net = sequential(chain, dtype=torch.float64)
    state = {f"decoder.{name}": tensor for name, tensor in net.state_dict().items()}
    assert sorted(state) != list(state)  # "10" stands before "2"
    shuffled = {name: state[name] for name in sorted(state)} | {"encoder.0.weight": torch.zeros(9, 9)}
    assert torch.equal(filled(chain, shuffled)(image()), net(image()))


def test_norms_take_part_if_the_chain_has_them():
    chain = parse("4x5x5 convT(4,3,4,2) batchnorm2d(3) relu conv(3,1,3)")
    net = sequential(chain, dtype=torch.float64)
    net.train()(image())
    net.eval()
    assert torch.equal(filled(chain, net.state_dict())(image()), net(image()))
    plain = parse("4x5x5 convT(4,3,4,2) relu conv(3,1,3)")
    assert torch.equal(filled(plain, net.state_dict())[0].weight, net[0].weight)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"0.weight": torch.zeros(4, 3, 3, 3)},
            "tensor '0.weight' is 4 x 3 x 3 x 3, but layer 1, convT(4,3,4,2), needs 4 x 3 x 4 x 4",
        ),
        ({"2.bias": None}, "layer 3, conv(3,3,3), needs a tensor '2.bias', which is missing; add bias=false"),
        ({"4.bias": torch.zeros(2)}, "tensor '4.bias' has no place in layer 5, convT(3,2,2,2,bias=false),"),
        (
            {"6.weight": torch.zeros(2, 2, 1, 1)},
            "with weights: 3 in the chain, but the tensors are of 4 ('0', '2', '4', '6')",
        ),
        (
            {"2.weight": torch.full((3, 3, 3, 3), torch.nan)},
            "tensor '2.weight' of layer 3, conv(3,3,3), has numbers that are not finite",
        ),
        ({"4.weight": None}, "with weights: 3 in the chain, but the tensors are of 2 ('0', '2')"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    chain = parse(CHAIN)
    state = {name: tensor for name, tensor in (sequential(chain).state_dict() | change).items() if tensor is not None}
    with pytest.raises(LayerError) as error:
        filled(chain, state)
    assert message in str(error.value)


class Net(nn.Module):
    """Made in another order than called, with functions between, and with normalised weights."""

    def __init__(self):
        super().__init__()
        self.last = nn.Conv2d(3, 2, 3)
        self.norm = nn.BatchNorm2d(3)
        self.first = weight_norm(nn.ConvTranspose2d(4, 3, 4, 2))

    def forward(self, x):
        return self.last(torch.relu(self.norm(self.first(x))))


def test_a_module():
    net = Net().double()
    net(image())
    net.eval()
    chain, layers = rebuilt(net, (1, 4, 5, 5))
    assert str(chain) == "4x5x5 convT(4,3,4,2) batchnorm2d(3) relu conv(3,2,3)"
    assert (layers(image()) - net(image())).abs().max() < 1e-12
