"""Reading the chain of a module: its layers and the functions it calls."""

import pytest
import torch
import torch.nn.functional as F
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


def traced(forward, size=(4, 8, 9)):
    """The layers of a function, as text, after a comparison of its real result with the chain's shape."""
    net = Custom(lambda _, x: forward(x))
    chain = trace(net, size)
    assert tuple(net(torch.rand(1, *size)).shape[1:]) == chain.shapes[-1]
    return " ".join(str(layer) for layer in chain.layers)


def test_order_is_that_of_the_calls():
    net = nn.Sequential(Block(), nn.Sequential(nn.Identity(), nn.Conv2d(32, 3, 1)))
    expected = "64x11x21 convT(64,64,4,2) relu conv(64,32,3) relu identity conv(32,3,1)"
    assert trace(net, (1, 64, 11, 21)) == trace(net, [64, 11, 21]) == parse(expected)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside torch, where it imports its compiler
@pytest.mark.parametrize("wrap", [nn.DataParallel, torch.compile, torch.fx.symbolic_trace])
def test_wrapped_modules_are_read_as_what_they_wrap(wrap):
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh())
    assert trace(wrap(net), (1, 5, 5)) == parse("1x5x5 conv(1,2,3) tanh")


def test_one_layer_alone():
    assert trace(nn.Conv2d(1, 2, 3), (1, 5, 5)) == parse("1x5x5 conv(1,2,3)")


class Counting(nn.Module):
    """Changes itself when called, as lazily made buffers and old-style weight normalisation do."""

    def __init__(self):
        super().__init__()
        self.conv = nn.utils.spectral_norm(nn.Conv2d(2, 2, 3))
        self.norm = nn.BatchNorm2d(2)
        self.drop = nn.Dropout()
        self.calls, self.seen = 0, None

    def forward(self, x):
        self.calls += 1
        self.seen = x
        return self.drop(self.norm(self.conv(x)))


@pytest.mark.parametrize("training", [True, False])
def test_the_module_stays_as_it_was(training):
    net = Counting().double().train(training)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    weight, state = net.conv.weight, torch.get_rng_state()
    assert str(trace(net, (2, 6, 6))) == "2x6x6 conv(2,2,3) batchnorm2d(2) dropout"
    assert torch.equal(torch.get_rng_state(), state)
    assert net.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert net.conv.weight is weight
    assert (net.calls, net.seen, net.training) == (0, None, training)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in [net, net.norm, net.drop])


def test_the_module_stays_as_it_was_after_a_refusal():
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(3, 1, 3))
    with pytest.raises(LayerError):
        trace(net, (1, 6, 6))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert net[0](torch.rand(1, 1, 6, 6)).device.type == "cpu"


def test_normalised_weights_are_read_as_layers():
    net = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(1, 2, 3)), nn.Tanh())
    assert trace(net, (1, 5, 5)) == parse("1x5x5 conv(1,2,3) tanh")


def test_a_hook_that_changes_the_result_of_a_layer_is_read():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh())
    net[0].register_forward_hook(lambda module, given, result: result[..., 1:])
    assert str(trace(net, (1, 5, 5))) == "1x5x5 conv(1,2,3) crop(1,0,0,0) tanh"


def test_a_norm_that_counts_its_batches_is_read_while_it_trains():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2, momentum=None)).train()
    assert trace(net, (1, 5, 5)) == parse("1x5x5 conv(1,2,3) batchnorm2d(2,momentum=None)")
    assert net[1].num_batches_tracked == 0


class Standardised(nn.Conv2d):
    """Computes its weights before it uses them."""

    def _conv_forward(self, input, weight, bias):
        return F.conv2d(F.pad(input, (1, 1, 1, 1), "circular"), weight / weight.norm(), bias)


def test_a_layer_that_computes_otherwise_is_read_by_its_calls():
    assert str(trace(Standardised(1, 2, 3), (1, 5, 5))) == "1x5x5 pad(1,circular) conv(1,2,3)"


WEIGHT, BIAS = torch.rand(4, 4, 3, 3), torch.rand(4)


@pytest.mark.parametrize(
    ("forward", "text"),
    [
        (F.relu, "relu"),
        (torch.relu, "relu"),
        (lambda x: x.relu().relu_(), "relu relu"),
        (lambda x: torch.sigmoid(torch.tanh(x)), "tanh sigmoid"),
        (lambda x: F.tanh(x.sigmoid()), "sigmoid tanh"),
        (lambda x: F.leaky_relu(x, 0.2), "leaky_relu(0.2)"),
        (lambda x: F.leaky_relu_(x.clone(), negative_slope=0.3), "leaky_relu(0.3)"),
        (lambda x: F.gelu(F.softplus(x, 2), approximate="tanh"), "softplus(2.0) gelu(tanh)"),
        (
            lambda x: F.hardtanh(F.elu(F.silu(x, inplace=False), alpha=0.5), -2, 2),
            "silu elu(0.5) hardtanh(-2.0,max_val=2.0)",
        ),
        (lambda x: torch.clamp(x, 0, 1).clip(min=0).clamp_(max=2, min=-1), "hardtanh(0.0) relu hardtanh(max_val=2.0)"),
        (lambda x: F.interpolate(x, scale_factor=2), "nearest(2)"),
        (
            lambda x: F.interpolate(x, (5, 7), mode="bicubic", align_corners=True),
            "bicubic(size=5x7,align_corners=true)",
        ),
        (
            lambda x: F.interpolate(x, scale_factor=(2, 1.5), mode="bilinear", antialias=True),
            "bilinear(2x1.5,antialias=true)",
        ),
        (
            lambda x: F.interpolate(x, scale_factor=1.3, recompute_scale_factor=True, mode="nearest-exact"),
            "nearest_exact(1.3,recompute_scale_factor=true)",
        ),
        (lambda x: F.pad(x, (1, 2)), "pad(1,2,0,0)"),
        (lambda x: F.pad(x, (1, 2, 0, 1, 0, 0), value=0), "pad(1,2,0,1)"),
        (
            lambda x: F.pad(F.pad(x, [1] * 4, mode="reflect"), (1, 0, 0, 0), "circular"),
            "pad(1,reflect) pad(1,0,0,0,circular)",
        ),
        (lambda x: F.pad(x, (-1, -2, 0, 0)), "crop(1,2,0,0)"),
        (lambda x: F.pad(x, (-1, 2, 0, 0)), "pad(-1,2,0,0)"),
        (lambda x: F.relu(F.pad(x, (0, 0, 0, 0))), "relu"),
        (lambda x: F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2), "shuffle(2) unshuffle(2)"),
        (lambda x: F.max_pool2d(x, 2), "maxpool(2)"),
        (lambda x: torch.max_pool2d(x, [2], [1], 1), "maxpool(2,1,1)"),
        (lambda x: F.max_pool2d(x, 3, stride=(2, 1), ceil_mode=True), "maxpool(3,2x1,ceil_mode=true)"),
        (lambda x: F.avg_pool2d(x, (2, 3), None, 1, False, False), "avgpool(2x3,2x3,1,count_include_pad=false)"),
        (lambda x: F.conv2d(x, WEIGHT.to(x.device), BIAS.to(x.device), padding="same"), "conv(4,4,3,1,same)"),
        (lambda x: F.conv2d(weight=WEIGHT.to(x.device), input=x), "conv(4,4,3,bias=false)"),
        (
            lambda x: F.conv2d(x, weight=WEIGHT[:, :2].to(x.device), stride=2, groups=2),
            "conv(4,4,3,2,groups=2,bias=false)",
        ),
        (
            lambda x: F.conv_transpose2d(x, WEIGHT.to(x.device), None, (2, 1), 1, (1, 0), 2, 2),
            "convT(4,8,3,2x1,1,output_padding=1x0,groups=2,bias=false,dilation=2)",
        ),
        (lambda x: F.dropout2d(F.dropout(x, 0.2, training=False), 0.3, False), "dropout(0.2) dropout2d(0.3)"),
        (lambda x: F.group_norm(F.instance_norm(x), 2), "instancenorm2d(4) groupnorm(2,4,affine=false)"),
        (
            lambda x: F.batch_norm(x, None, None, training=True, momentum=0.2),
            "batchnorm2d(4,momentum=0.2,affine=false,track_running_stats=false)",
        ),
        (lambda x: x[:, :, 1:-1, 2:7], "crop(2,2,1,1)"),
        (lambda x: x[..., 3:], "crop(3,0,0,0)"),
        (lambda x: x[:, :4][:, :, : x.shape[3] - 3].relu(), "crop(0,0,0,2) relu"),
        (lambda x: x.contiguous().clone().detach().float().to(x.dtype).data.relu(), "relu"),
        (lambda x: x.relu().view(x.size()).reshape(1, 4, 8, 9), "relu"),
        (lambda x: x.relu().type_as(x).to(x).view_as(x), "relu"),
        (lambda x: (x if x.shape[2] == 8 else -x).relu(), "relu"),
        (
            lambda x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2, output_size=x.size()),
            "maxpool(2) maxunpool(2,output_size=8x9)",
        ),
    ],
)
def test_functions_are_read(forward, text):
    assert traced(forward) == text


def nails(x):
    zeros = torch.zeros(x.shape[0], 4, 2 * x.shape[2], 3 * x.shape[3], device=x.device)
    zeros[:, :, ::2, ::3] = x
    return zeros.relu()


def test_an_image_put_into_zeros_is_a_bed_of_nails():
    assert traced(nails) == "nails(2x3) relu"


class Segmenter(nn.Module):
    """Pools twice and undoes both, the second first, with the sizes it had."""

    def __init__(self, swapped=False):
        super().__init__()
        self.pool, self.undo = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)
        self.inner = nn.MaxPool2d(1, return_indices=True)
        self.swapped = swapped

    def forward(self, x):
        size = x.shape
        x, outer = self.pool(x)
        x, inner = self.inner(x)
        x = F.max_unpool2d(x, *((outer, 2) if self.swapped else (inner, 1)))
        return x if self.swapped else self.undo(x, outer, output_size=size)


def test_max_unpooling_is_read_with_its_pooling():
    text = "3x7x9 maxpool(2) maxpool(1) maxunpool(1) maxunpool(2,output_size=7x9)"
    assert str(trace(Segmenter(), (3, 7, 9))) == text


def test_max_unpooling_of_another_pooling_is_refused():
    with pytest.raises(
        LayerError, match=r"max_unpool2d takes the indices of 'pool'; a chain gives it those of 'inner'"
    ):
        trace(Segmenter(swapped=True), (3, 8, 8))
    net = Custom(lambda net, x: F.max_unpool2d(x, torch.zeros_like(x, dtype=torch.int64), 2))
    with pytest.raises(LayerError, match=r"takes the indices of no max pooling.*those of a max pooling before it"):
        trace(net, (1, 4, 4))


@pytest.mark.parametrize("size", [(10, 9), (1, 1, 10, 9)])
def test_output_size_at_the_call_becomes_output_padding(size):
    net = Custom(lambda net, x: net.one(x, output_size=size), nn.ConvTranspose2d)
    net.one.stride = (2, 2)
    assert str(trace(net, (1, 5, 5))) == "1x5x5 convT(1,1,3,2,1,output_padding=1x0)"


def test_output_size_out_of_reach_is_refused():
    net = Custom(lambda net, x: net.one(x, output_size=(11, 9)), nn.ConvTranspose2d)
    net.one.stride = (2, 2)
    with pytest.raises(
        LayerError, match=r"'one', .*output_size is \(11, 9\); expected height x width in 9..10 x 9..10"
    ):
        trace(net, (1, 5, 5))
