"""Refusals of single layers and of chains built in Python: each names the layer, the finding and the expectation."""

import pytest

from ringcast.arithmetic import Conv2d, ConvChain, ConvTranspose2d
from ringcast.arithmetic.layers import Activation
from ringcast.errors import LayerError


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2d(4, 4, 3, stride=0), r"conv\(4,4,3,0\): stride is 0; expected a whole number of at least 1"),
        (lambda: Conv2d(4, 4, 3, padding=(1, -1)), r"padding is -1; .* at least 0"),
        (lambda: Conv2d(4, 4, 3, padding="full"), r"padding is 'full'; expected whole numbers, 'same' or 'valid'"),
        (lambda: Conv2d(4, 4, 3, 2, "same"), r"conv\(4,4,3,2,same\): padding='same' needs stride 1, found 2"),
        (
            lambda: Conv2d(4, 6, 3, groups=4),
            r"conv\(4,6,3,groups=4\): out_channels is 6; expected a multiple of groups, 4",
        ),
        (lambda: Conv2d(4, 4, 3, padding_mode="mirror"), r"padding_mode is 'mirror'; expected one of zeros, reflect"),
        (lambda: Conv2d(0, 4, 3), r"in_channels is 0; expected a whole number of at least 1"),
        (lambda: Conv2d(4, 4, True), r"kernel_size is True; expected a whole number"),
        (
            lambda: ConvTranspose2d(4, 4, 3, 2, output_padding=2),
            r"convT\(4,4,3,2,output_padding=2\): output_padding is 2 for the height; expected less than 2, the larger",
        ),
        (lambda: ConvTranspose2d(4, 4, 3, padding_mode="reflect"), r"a transposed convolution has only 'zeros'"),
        (lambda: ConvTranspose2d(4, 4, 3, padding="same"), r"padding is 'same'; expected a whole number"),
        (lambda: Activation("rellu"), r"no activation is called 'rellu'; there are relu,"),
        (lambda: Activation("elu", {"beta": 1}), r"elu has no setting 'beta'; its settings are alpha"),
        (lambda: Activation("tanh", {"beta": 1}), r"tanh has no setting 'beta'; it has none"),
    ],
)
def test_refused_layers(make, message):
    with pytest.raises(LayerError, match=message):
        make()


@pytest.mark.parametrize(
    ("size", "layers", "message"),
    [
        ((9, 9), ["conv(1,4,3)", "conv(8,8,3)"], r"layer 2, conv\(8,8,3\): takes 8 channels, but 4 arrive"),
        ((3, 9, 9), ["conv(1,4,3)"], r"layer 1, conv\(1,4,3\): takes 1 channels, but 3 arrive"),
        ((9, 4), ["relu", "conv(1,1,3,dilation=2)"], r"layer 2, .* reaches over 5 pixels, .* input width is only 4"),
        ((9, 3), ["conv(1,1,1,1,3,padding_mode=reflect)"], r"padding 3 is too wide .*'reflect' on an input width of 3"),
        (
            (3, 3),
            ["convT(1,1,1,1,2)"],
            r"layer 1, .*: padding 2 leaves -1 x -1 of an input of 3 x 3; .* use less padding",
        ),
        ((3, 3), ["conv(1,1,3", "relu"], r"layer 1, 'conv\(1,1,3' is not one layer; write for example conv\(64,64,3\)"),
        ((3,), ["conv(1,1,3)"], r"the input size is \(3,\); expected \(height, width\)"),
        ((3, 3), [], r"has no layers"),
        ((1, 3, 3), [], r"has no layers"),
        ((3, 3), [7], r"layer 1 is 7; expected a layer of ringcast.conv or its text"),
    ],
)
def test_refused_chains(size, layers, message):
    with pytest.raises(LayerError, match=message):
        ConvChain.of(size, layers)


def test_chain_is_a_value():
    chain = ConvChain.of([11, 21], [ConvTranspose2d(64, 64, 4, 2), Activation("relu"), "conv(64,64,3)"])
    assert hash(chain) == hash(ConvChain.of((64, 11, 21), chain.layers))
    assert chain.seed.numbers == 14_784
    assert len(chain.shapes) == 4
