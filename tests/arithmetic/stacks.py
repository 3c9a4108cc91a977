"""Random legal stacks of layers, and PyTorch's own result for each layer with weights of the test's choice."""

import warnings

import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from torch import nn

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic import layers as kinds
from ringcast.errors import LayerError

LARGEST = 48
"""Pixels along an axis, if nothing else is asked for: larger maps would only take time."""
SCALES = [2, 3, 1.5, 0.5, 2.5]
"""Factors that single precision holds exactly: others round differently in float64, which the tests use."""


def per_axis(numbers):
    """The same number for both axes, or two."""
    return st.one_of(numbers, st.tuples(numbers, numbers))


def whole(low, high):
    return st.integers(low, high)


@st.composite
def convolutions(draw, channels):
    groups = draw(st.sampled_from([1, 1, channels]))
    padding = draw(st.one_of(per_axis(whole(0, 2)), st.just("same")))
    stride = 1 if padding == "same" else draw(per_axis(whole(1, 3)))
    mode = draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))
    out = groups * draw(st.sampled_from([1, 1, 4 if groups == 1 else 2]))
    kernel, dilation = draw(per_axis(whole(1, 4))), draw(per_axis(st.sampled_from([1, 1, 2])))
    return kinds.Conv2d(channels, out, kernel, stride, padding, dilation, groups, padding_mode=mode)


@st.composite
def transposed(draw, channels):
    stride, dilation = draw(per_axis(whole(1, 3))), draw(per_axis(st.sampled_from([1, 1, 2, 3])))
    more = draw(per_axis(whole(0, 2)))
    kernel, padding = draw(per_axis(whole(1, 5))), draw(per_axis(whole(0, 2)))
    return kinds.ConvTranspose2d(
        channels, draw(st.sampled_from([1, 4])), kernel, stride, padding, more, 1, True, dilation
    )


@st.composite
def pools(draw, channels):
    kernel, stride, padding = draw(per_axis(whole(1, 3))), draw(per_axis(whole(1, 3))), draw(whole(0, 1))
    ceil_mode = draw(st.booleans())
    if draw(st.booleans()):
        return kinds.MaxPool2d(kernel, stride, padding, draw(whole(1, 2)), ceil_mode)
    return kinds.AvgPool2d(kernel, stride, padding, ceil_mode, draw(st.booleans()), draw(st.sampled_from([None, 3])))


@st.composite
def resamplings(draw, channels):
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "bilinear", "bicubic"]))
    smooth = mode.startswith("bi")
    where = {"align_corners": draw(st.booleans()), "antialias": draw(st.booleans())} if smooth else {}
    if draw(whole(0, 3)) == 0:
        return kinds.Upsample(size=draw(per_axis(whole(1, 16))), mode=mode, **where)
    return kinds.Upsample(scale_factor=draw(per_axis(st.sampled_from(SCALES))), mode=mode, **where)


@st.composite
def rearrangements(draw, channels):
    sides = st.tuples(*[whole(0, 2)] * 4)
    kind = draw(st.sampled_from(["nails", "shuffle", "crop", "pad", "unshuffle", "activation"]))
    match kind:
        case "nails":
            return kinds.BedOfNails(draw(per_axis(whole(1, 3))))
        case "shuffle":
            return kinds.PixelShuffle(2)
        case "unshuffle":
            return kinds.PixelUnshuffle(2)
        case "pad":
            return kinds.Pad(draw(sides), draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])))
        case "crop":
            return kinds.Crop(draw(sides))
    return kinds.Activation("relu")


FAMILIES = [rearrangements, convolutions, transposed, pools, resamplings, rearrangements, convolutions, transposed]


@st.composite
def stacks(draw, lengths=(1, 5), sizes=(2, 9), largest=LARGEST):
    """A chain of legal layers; a pixel unshuffle is followed by a convolution of all its channels.

    The lines treat all channels alike, which is exact where a convolution mixes those that an unshuffle has set apart.
    """
    size = draw(whole(*sizes)), draw(whole(*sizes))
    chain = None
    for _ in range(draw(whole(*lengths))):
        channels = chain.shapes[-1].channels if chain else 1
        family = draw(st.sampled_from(FAMILIES))
        try:
            longer = _longer(chain, size, _with_mixing(draw(family(channels)), channels))
        except LayerError:
            continue
        if max(max(shape[1:]) for shape in longer.shapes) <= largest:
            chain = longer
    return chain or ConvChain.of((1, *size), [kinds.Conv2d(1, 1, 1)])


def _with_mixing(layer, channels):
    """A pixel shuffle with the convolution that gives it channels, or an unshuffle with the one that must follow it."""
    match layer:
        case kinds.PixelShuffle():
            return [kinds.Conv2d(channels, 4, 3, padding=1), layer]
        case kinds.PixelUnshuffle():
            return [layer, kinds.Conv2d(4 * channels, 1, 2)]
    return [layer]


def _longer(chain, size, added):
    return ConvChain.of((1, *size), added) if chain is None else ConvChain(chain.seed, (*chain.layers, *added))


def run_layer(layer, image, weigh, *, additive=False):
    """PyTorch's result of one layer without bias; ``weigh(layer, weight)`` fills its weights in place.

    With ``additive`` the places of a max-pooling window are added, so that all of them have an effect.
    """
    match layer:
        case kinds.Conv2d() | kinds.ConvTranspose2d():
            result = _convolved(layer, image, weigh)
        case kinds.MaxPool2d() if additive:
            result = _window_sums(layer, image)
        case kinds.MaxPool2d() | kinds.AvgPool2d() | kinds.PixelShuffle() | kinds.PixelUnshuffle():
            result = getattr(nn, type(layer).__name__)(**vars(layer))(image)
        case kinds.Upsample():
            result = _resampled(layer, image)
        case kinds.Pad():
            result = F.pad(image, layer.padding, {"zeros": "constant"}.get(layer.mode, layer.mode))
        case kinds.Crop():
            result = F.pad(image, [-side for side in layer.padding])
        case kinds.BedOfNails():
            down, right = layer.stride
            result = image.new_zeros(*image.shape[:2], image.shape[2] * down, image.shape[3] * right)
            result[..., ::down, ::right] = image
        case kinds.Activation():
            result = image
    return result


def _convolved(layer, image, weigh):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # even 'same' kernels are padded by a copy, which PyTorch mentions
        module = getattr(nn, type(layer).__name__)(**{**vars(layer), "bias": False}).double()
        weigh(layer, module.weight.detach())
        return module(image)


def _resampled(layer, image):
    """Antialiasing goes axis by axis here: PyTorch 2.13 repeats the first row of maps that are, or become, 1 wide."""
    if layer.antialias:
        rows, columns = (_resampling_matrix(layer, axis, image.shape[2 + axis]) for axis in (0, 1))
        return rows @ image @ columns.T
    corners = layer.align_corners if layer.mode in ("bilinear", "bicubic") else None
    return F.interpolate(image, layer.size, layer.scale_factor, layer.mode, corners, layer.recompute_scale_factor)


def _resampling_matrix(layer, axis, size):
    """The weights (output place, input place) of one axis: what PyTorch makes of unit vectors, at least 2 of them."""
    units = torch.eye(size, max(size, 2), dtype=torch.float64)[None, None]
    where = (
        {"size": (layer.size[axis], units.shape[-1])} if layer.size else {"scale_factor": (layer.scale_factor[axis], 1)}
    )
    made = F.interpolate(units, mode=layer.mode, align_corners=layer.align_corners, antialias=True, **where)
    return made[0, 0, :, :size]


def _window_sums(layer, image):
    rows, columns = nn.MaxPool2d(**vars(layer))(image.detach()).shape[-2:]
    channels, far = image.shape[1], 8
    padded = F.pad(image, (layer.padding[1], far, layer.padding[0], far))
    ones = image.new_ones(channels, 1, *layer.kernel_size)
    sums = F.conv2d(padded, ones, stride=layer.stride, dilation=layer.dilation, groups=channels)
    return sums[..., :rows, :columns]
