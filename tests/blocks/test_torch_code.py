"""The printed program of a chain: it runs, and its net is the chain."""

import warnings

import torch
from hypothesis import given, settings

from ringcast.arithmetic import ConvChain, parse
from ringcast.arithmetic.layers import Crop, Pad
from ringcast.arithmetic.torch_code import torch_code
from ringcast.blocks import trace
from tests.blocks.chains import chains


def net_of(code):
    names = {"__name__": "printed"}
    exec(compile(code, "printed", "exec"), names)
    return names["net"].eval()


def with_crops_as_padding(chain):
    """As the program has them: ``ZeroPad2d`` with negative numbers."""
    layers = [Pad(tuple(-side for side in x.padding)) if isinstance(x, Crop) else x for x in chain.layers]
    return ConvChain(chain.seed, tuple(layers))


@settings(max_examples=120, deadline=None)
@given(chains())
def test_the_program_is_the_chain(chain):
    net = net_of(torch_code(chain))
    assert trace(net, chain.seed) == with_crops_as_padding(chain)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # even 'same' kernels are padded by a copy, which PyTorch mentions
        assert tuple(net(torch.rand(2, *chain.seed)).shape[1:]) == chain.shapes[-1]


def test_the_text():
    chain = parse(
        "4x6x8 conv(4,8,3x5,padding=same) leaky_relu(0.2) batchnorm2d(8,momentum=0.2) maxpool(2) nearest(2x1.5) "
        "pad(1,2,0,0,circular) crop(1,0,0,0) gelu(tanh) avgpool(3,1,ceil_mode=true) dropout(0.2)"
    )
    assert torch_code(chain).splitlines()[3:-3] == [
        "net = nn.Sequential(",
        '    nn.Conv2d(4, 8, (3, 5), padding="same"),  # 8 x 6 x 8',
        "    nn.LeakyReLU(0.2),",
        "    nn.BatchNorm2d(8, momentum=0.2),",
        "    nn.MaxPool2d(2),  # 8 x 3 x 4",
        "    nn.Upsample(scale_factor=(2, 1.5)),  # 8 x 6 x 6",
        "    nn.CircularPad2d((1, 2, 0, 0)),  # 8 x 6 x 9",
        "    nn.ZeroPad2d((-1, 0, 0, 0)),  # 8 x 6 x 8",
        '    nn.GELU("tanh"),',
        "    nn.AvgPool2d(3, 1, ceil_mode=True),  # 8 x 4 x 6",
        "    nn.Dropout(0.2),",
        ")",
    ]


def test_classes_are_written_only_where_needed():
    text = torch_code(parse("4x6x8 maxpool(2) nails(2) crop(0,1,1,0) maxpool(1) maxunpool(1)"))
    assert [line for line in text.splitlines() if line.startswith("class")] == [
        "class BedOfNails(nn.Module):",
        "class UnpoolSequential(nn.Sequential):",
    ]
    assert "class" not in torch_code(parse("4x6x8 maxpool(2) relu"))
    assert "class AntialiasUpsample(nn.Upsample):" in torch_code(parse("1x8x8 bilinear(0.5,antialias=true)"))
