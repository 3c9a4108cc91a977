"""Random layers, legal and illegal, and the same layer in PyTorch: material of the tests with PyTorch as oracle."""

import warnings
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from ringcast.arithmetic import layers as kinds


def mostly(good, bad):
    """Values that are good 24 times in 25, so that most layers have at most one fault."""
    return st.integers(0, 24).flatmap(lambda draw: st.sampled_from(bad if draw == 0 else good))


def per_axis(numbers):
    return st.one_of(numbers, st.tuples(numbers, numbers))


class Unpooling(nn.Module):
    """Max unpooling whose input came from the top left of every window, as far as that lies inside the result."""

    def __init__(self, output_size=None, **arguments):
        super().__init__()
        self.output_size = output_size
        self.unpool = nn.MaxUnpool2d(**arguments)

    def forward(self, image):
        size = self.output_size
        size = [size, size] if isinstance(size, int) else size
        return self.unpool(image, torch.zeros(image.shape, dtype=torch.int64), output_size=size)


class Nails(nn.Module):
    """A bed of nails: a map of zeros, and the image written to every ``stride``-th row and column of it."""

    def __init__(self, stride):
        super().__init__()
        self.stride = (stride, stride) if isinstance(stride, int) else stride

    def forward(self, image):
        high, wide = self.stride
        bed = torch.zeros(*image.shape[:2], image.shape[2] * high, image.shape[3] * wide, dtype=image.dtype)
        bed[..., ::high, ::wide] = image
        return bed


class Resized(nn.Module):
    """``nn.Upsample`` with ``antialias``, which only the function has."""

    def __init__(self, antialias=False, **arguments):
        super().__init__()
        self.antialias = antialias
        self.upsample = nn.Upsample(**arguments)

    def forward(self, image):
        up = self.upsample
        where = [(value, value) if isinstance(value, int | float) else value for value in (up.size, up.scale_factor)]
        result = self.resize(image, *where)
        if not self.antialias or result.shape[3] > 1:
            return result
        # Antialiasing to a width of 1 repeats the first row on CPUs; lying on its side, the map is right.
        turned = [value and (value[1], value[0]) for value in where]
        return self.resize(image.transpose(2, 3).contiguous(), *turned).transpose(2, 3)

    def resize(self, image, size, scale):
        up = self.upsample
        return F.interpolate(
            image, size, scale, up.mode, up.align_corners, up.recompute_scale_factor, antialias=self.antialias
        )


def padded(padding, mode="zeros"):
    pads = {
        "zeros": nn.ZeroPad2d,
        "reflect": nn.ReflectionPad2d,
        "replicate": nn.ReplicationPad2d,
        "circular": nn.CircularPad2d,
    }
    if mode not in pads:
        raise ValueError(mode)
    return pads[mode](padding)


def cropped(padding):
    sides = (padding,) * 4 if isinstance(padding, int) else padding
    if min(sides) < 0:
        raise ValueError(sides)
    return nn.ZeroPad2d(tuple(-side for side in sides))


@dataclass(frozen=True)
class Case:
    """One layer with arguments: ours, and PyTorch's."""

    ours: Any
    theirs: Any
    arguments: dict[str, Any]

    def make(self):
        return self.ours(**self.arguments)

    def module(self):
        return self.theirs(**self.arguments).double().train()


def cases(ours, theirs, **arguments):
    return st.fixed_dictionaries({}, optional=arguments).map(lambda drawn: Case(ours, theirs, drawn))


def required(ours, theirs, needed, **arguments):
    return st.fixed_dictionaries(needed, optional=arguments).map(lambda drawn: Case(ours, theirs, drawn))


KERNEL = {"kernel_size": per_axis(mostly([1, 2, 2, 3, 3, 4, 5], [0, -1, 12]))}
STRIDE = per_axis(mostly([1, 2, 3, 4], [0, -1]))
POOL_PADDING = per_axis(mostly([0, 0, 0, 1, 1, 2], [-1, 4]))
SIDES = st.integers(0, 3)

MAX_POOL = required(
    kinds.MaxPool2d,
    nn.MaxPool2d,
    KERNEL,
    stride=STRIDE,
    padding=POOL_PADDING,
    dilation=per_axis(mostly([1, 1, 2, 3], [0, -2])),
    ceil_mode=st.booleans(),
)
AVG_POOL = required(
    kinds.AvgPool2d,
    nn.AvgPool2d,
    KERNEL,
    stride=STRIDE,
    padding=POOL_PADDING,
    ceil_mode=st.booleans(),
    count_include_pad=st.booleans(),
    divisor_override=mostly([None, 1, 2, 7, -3], [0]),
)
MAX_UNPOOL = required(
    kinds.MaxUnpool2d,
    Unpooling,
    {"kernel_size": per_axis(st.integers(1, 4))},
    stride=per_axis(st.integers(1, 4)),
    padding=per_axis(st.sampled_from([0, 0, 0, 1, 2])),
    output_size=st.one_of(st.none(), per_axis(st.integers(1, 16))),
)
NAILS = required(kinds.BedOfNails, Nails, {"stride": per_axis(mostly([1, 2, 3, 4], [0, -1]))})
SHUFFLE = required(kinds.PixelShuffle, nn.PixelShuffle, {"upscale_factor": mostly([1, 2, 2, 3], [0, -1])})
UNSHUFFLE = required(kinds.PixelUnshuffle, nn.PixelUnshuffle, {"downscale_factor": mostly([1, 2, 2, 3], [0, -1])})
PAD = required(
    kinds.Pad,
    padded,
    {"padding": st.one_of(SIDES, st.tuples(SIDES, SIDES, SIDES, SIDES), st.tuples(*[st.integers(-3, 4)] * 4))},
    mode=mostly(["zeros", "reflect", "replicate", "circular"], ["mirror"]),
)
CROP = required(
    kinds.Crop, cropped, {"padding": st.one_of(mostly([0, 1, 2], [-1]), st.tuples(SIDES, SIDES, SIDES, SIDES))}
)
SCALES = st.one_of(
    st.sampled_from([1, 2, 3, 4, 0.5, 1.5, 2.5, 0.29, 1.14, 4.1, 1 / 3, 2 / 3, 8 / 7, 2 / 49, 1 / 49]),
    st.floats(0.05, 5),
    st.sampled_from([0, -1.5]),
)
RESIZE = cases(
    kinds.Upsample,
    Resized,
    mode=mostly(["nearest", "nearest-exact", "bilinear", "bilinear", "bicubic", "bicubic"], ["linear", "cubic"]),
    recompute_scale_factor=mostly([None, False], [True]),
)
WHERE = st.one_of(
    st.fixed_dictionaries({"scale_factor": per_axis(SCALES)}),
    st.fixed_dictionaries({"size": per_axis(mostly(list(range(1, 20)), [0, -1]))}),
    mostly([{"scale_factor": 2}], [{}, {"size": 3, "scale_factor": 2}]),
)
FLAGS = st.one_of(
    st.just({}),
    st.fixed_dictionaries({}, optional={"align_corners": st.sampled_from([None, False, True])}),
    st.fixed_dictionaries({"antialias": st.booleans()}, optional={"align_corners": st.booleans()}),
)
UPSAMPLE = st.builds(
    lambda case, where, flags: Case(case.ours, case.theirs, {**case.arguments, **where, **flags}), RESIZE, WHERE, FLAGS
)
CHANNELS = mostly([4, 8, 9], [3, 0])
NORM = st.one_of(
    required(
        kinds.BatchNorm2d,
        nn.BatchNorm2d,
        {"num_features": CHANNELS},
        affine=st.booleans(),
        track_running_stats=st.booleans(),
        bias=st.booleans(),
    ),
    required(
        kinds.InstanceNorm2d,
        nn.InstanceNorm2d,
        {"num_features": CHANNELS},
        affine=st.booleans(),
        bias=st.booleans(),
    ),
    required(
        kinds.GroupNorm,
        nn.GroupNorm,
        {"num_groups": mostly([1, 2, 4], [3, 0]), "num_channels": CHANNELS},
        affine=st.booleans(),
        bias=st.booleans(),
    ),
)
DROPOUT = st.one_of(
    cases(kinds.Dropout, nn.Dropout, p=mostly([0.0, 0.5, 1.0], [-0.1, 1.5])),
    cases(kinds.Dropout2d, nn.Dropout2d, p=mostly([0, 0.3], [2])),
)
LAYERS = st.one_of(MAX_POOL, AVG_POOL, MAX_UNPOOL, NAILS, SHUFFLE, UNSHUFFLE, PAD, CROP, UPSAMPLE, NORM, DROPOUT)
SHAPES = st.tuples(st.sampled_from([4, 8, 9]), st.integers(1, 13), st.integers(1, 13))


def ask_torch(case, image):
    """The module's result, or None if PyTorch refuses the layer, or the image, or leaves nothing of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # norms that ignore their number of channels say so
        try:
            result = case.module()(image)
        except (RuntimeError, ValueError, TypeError, AssertionError, ZeroDivisionError, IndexError):
            return None
    return result if result.numel() else None


def ours_alone(case):
    """Refused by us only: norms of 0 channels, and negative padding by copies, which PyTorch takes for cropping."""
    if 0 in (case.arguments.get("num_features"), case.arguments.get("num_channels")):
        return True
    padding = case.arguments.get("padding", 0)
    negative = min(padding if isinstance(padding, tuple) else (padding,)) < 0
    return case.ours is kinds.Pad and case.arguments.get("mode", "zeros") != "zeros" and negative
