"""What the text form reads, and what it says about a text it cannot read."""

import pytest
from torch import nn

from ringcast.arithmetic import Conv2d, ConvChain, ConvTranspose2d, parse
from ringcast.arithmetic.grammar import layer_of
from ringcast.arithmetic.layers import Activation, Pad, Upsample
from ringcast.errors import LayerError


@pytest.mark.parametrize(
    "text",
    [
        "convT(64,32,4,2)",
        "ConvTranspose2d( 64, 32, 4, stride = 2 )",
        "nn.ConvTranspose2d(64, 32, kernel_size=(4, 4), stride=(2, 2))",
        "convt2d(64,32,4x4,2x2)",
        "CONVT(64,32,(4,4),stride=2,output_padding=0)",
        "ConvTransposed2d(in_channels=64,out_channels=32,kernel_size=4,stride=2,)",
    ],
)
def test_spellings_of_one_layer(text):
    assert parse(f"11x21 {text}").layers == (ConvTranspose2d(64, 32, 4, 2),)


def test_order_of_arguments_is_torchs():
    conv = Conv2d(4, 8, (3, 5), (1, 2), (1, 0), (2, 1), 2, False, "circular")
    assert parse("9x9 conv(4,8,3x5,1x2,1x0,2x1,2,false,circular)").layers == (conv,)
    up = ConvTranspose2d(4, 8, 3, 2, 1, 1, 2, False, 2)
    assert parse("9x9 convT(4,8,3,2,1,1,2,false,2)").layers == (up,)


@pytest.mark.parametrize("text", ["1x3x4 relu tanh", "1×3×4 ReLU() → nn.Tanh()", " 1x3x4  relu , tanh "])
def test_spellings_of_one_chain(text):
    assert parse(text) == ConvChain.of((1, 3, 4), ["relu", "tanh"])


def test_channels_are_told_by_the_first_convolution():
    assert parse("11x21 relu conv(64,3,3)") == parse("64x11x21 relu conv(64,3,3)")


def test_activations():
    layers = parse(
        "1x3x3 LeakyReLU(0.2,inplace=True) swish gelu(tanh) softplus(threshold=9) hardtanh(max_val=2)"
    ).layers
    assert layers == (
        Activation("leaky_relu", {"negative_slope": 0.2}),
        Activation("silu"),
        Activation("gelu", {"approximate": "tanh"}),
        Activation("softplus", {"threshold": 9}),
        Activation("hardtanh", {"max_val": 2}),
    )
    chain = ConvChain.of((1, 3, 3), layers)
    assert parse(str(chain)) == chain


def test_valid_padding_is_no_padding():
    assert Conv2d(1, 1, 3, padding="valid") == Conv2d(1, 1, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"the text is empty; write for example \"11x21 convT"),
        ("11x21", r"no layers; write for example"),
        ("relu", r"character 1, 'relu': expected the input size first"),
        ("11x21x3x4 relu", r"character 1, '11x21x3x4'.* height x width"),
        ("11x21 relu", r"11x21 has no channels .* write 1x11x21"),
        ("0x21 conv(1,1,1)", r"the input height is 0; expected a whole number of at least 1"),
        ("11x21 conv(1,1,3", r"character 7, 'conv\(1,1,3': the brackets do not match"),
        ("11x21 conv 1,1,3)", r"character 16, '3\)': the brackets do not match"),
        (
            "11x21 convv(1,1,3)",
            r"layer 1 at character 7, 'convv\(1,1,3\)' is no known layer; did you mean conv\(64,64,3\)\? there are "
            r"conv, convT, maxpool, ",
        ),
        ("1x9x9 relu conv(1,1)", r"layer 2 at character 12, 'conv\(1,1\)' lacks kernel_size; .* conv\(64,64,3\)"),
        ("9x9 conv", r"lacks in_channels and out_channels and kernel_size"),
        ("9x9 conv(1,1,3,size=3)", r"unknown argument 'size'; expected one of in_channels, .*padding_mode"),
        ("9x9 conv(1,1,3,kernel_size=3)", r"gives kernel_size twice"),
        ("9x9 conv(1,1,3,stride=1,stride=2)", r"gives stride twice"),
        ("9x9 conv(1,1,kernel_size=3,2)", r"'2' after a named argument"),
        ("9x9 conv(1,,1,3)", r"has an empty argument"),
        ("9x9 conv(1,1,3,1,0,1,1,true,zeros,7)", r"has 10 arguments; expected at most 9"),
        ("9x9 conv(1,1,2x)", r"kernel_size is '2x'; expected a whole number of at least 1"),
        ("9x9 conv(1,1,(1,2,3))", r"kernel_size is \(1, 2, 3\); expected one whole number, or two"),
        ("9x9 conv(1,1,3.5)", r"kernel_size is 3.5"),
        ("9x9 conv(1,1,3,bias=7)", r"bias is 7; expected true or false"),
        ("1x9x9 relu(3)", r"'relu\(3\)' has 1 arguments; expected at most 0"),
        ("1x9x9 relu(slope=3)", r"unknown argument 'slope'; this layer takes no arguments"),
        ("1x9x9 gelu(fast)", r"approximate is 'fast'; expected one of none, tanh"),
        ("1x9x9 elu(big)", r"alpha is 'big'; expected a finite number"),
        ("1x9x9 conv(1,1," + "9" * 5000 + ")", r"kernel_size is inf; expected a whole number"),
    ],
)
def test_errors_of_the_text(text, message):
    with pytest.raises(LayerError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (nn.MaxPool2d(2), "maxpool(2)"),
        (nn.MaxPool2d((2, 3), 2, 1, ceil_mode=True), "maxpool(2x3,2,1,ceil_mode=true)"),
        (nn.AvgPool2d(3, 2, 1), "avgpool(3,2,1)"),
        (nn.MaxUnpool2d(2), "maxunpool(2)"),
        (nn.PixelShuffle(2), "shuffle(2)"),
        (nn.PixelUnshuffle(3), "unshuffle(3)"),
        (nn.Upsample(scale_factor=2), "nearest(2)"),
        (nn.Upsample(scale_factor=(2, 1.5), mode="bilinear"), "bilinear(2x1.5)"),
        (nn.Upsample((22, 42), mode="nearest-exact"), "nearest_exact(size=22x42)"),
        (nn.UpsamplingNearest2d(scale_factor=2), "nearest(2)"),
        (nn.UpsamplingBilinear2d((5, 6)), "bilinear(size=5x6,align_corners=true)"),
        (nn.ZeroPad2d((1, 1, 0, 0)), "pad(1,1,0,0)"),
        (nn.ReflectionPad2d(1), "pad(1,reflect)"),
        (nn.ReplicationPad2d((1, 0, 1, 0)), "pad(1,0,1,0,replicate)"),
        (nn.CircularPad2d(2), "pad(2,circular)"),
        (nn.BatchNorm2d(8), "batchnorm2d(8)"),
        (nn.BatchNorm2d(8, momentum=None, affine=False), "batchnorm2d(8,momentum=None,affine=false)"),
        (nn.InstanceNorm2d(8), "instancenorm2d(8)"),
        (nn.GroupNorm(2, 8), "groupnorm(2,8)"),
        (nn.Dropout(0.2), "dropout(0.2)"),
        (nn.Dropout2d(), "dropout2d"),
    ],
)
def test_what_torch_prints(module, text):
    layer = layer_of(repr(module))
    assert str(layer) == text
    assert layer_of(text) == layer
    assert layer_of(f"nn.{module!r}") == layer


@pytest.mark.parametrize(
    "text",
    [
        "pad(1,0,2,0)",
        "pad((1,0,2,0))",
        "pad(padding=(1,0,2,0))",
        "Pad( 1, 0, 2, 0, mode = zeros )",
        "ZeroPad2d(1,0,2,0)",
    ],
)
def test_spellings_of_padding(text):
    assert layer_of(text) == Pad((1, 0, 2, 0))


@pytest.mark.parametrize(
    "text",
    [
        "upsample(None,2)",
        "upsample(scale_factor=2.0)",
        "nearest(2)",
        "Nearest(2x2)",
        "nearest(scale_factor=2,mode=nearest)",
    ],
)
def test_spellings_of_resampling(text):
    assert layer_of(text) == Upsample(scale_factor=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bilinear(2,mode=bicubic)", r"'bilinear\(2,mode=bicubic\)' has mode=bicubic, but its name says bilinear"),
        ("bilinaer(2)", r"'bilinaer\(2\)' is no known layer; did you mean bilinear\(2\)\? there are conv,"),
        ("MaxPol2d(2)", r"did you mean maxpool\(2\)\?"),
        ("relux", r"did you mean relu\?"),
        ("xyzzy", r"'xyzzy' is no known layer; there are conv,"),
        ("nails", r"'nails' lacks stride; write for example nails\(2\)"),
        ("pad", r"'pad' lacks padding; write for example pad\(1,0,1,0\)"),
        ("pad(1,2)", r"padding is \(1, 2\); expected one whole number, or four"),
        ("pad(1,2,3,4,5)", r"padding is \(1, 2, 3, 4, 5\); expected one whole number, or four"),
        ("maxpool(2,dilate=2)", r"unknown argument 'dilate'; expected one of kernel_size, stride"),
        ("nearest(2,3)", r"nearest\(2,size=3\): give either scale_factor or size, as in"),
    ],
)
def test_errors_of_one_layer(text, message):
    with pytest.raises(LayerError, match=message):
        layer_of(text)
