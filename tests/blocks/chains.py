"""Chains drawn by hypothesis, of every layer there is; each can be built and run."""

from functools import cache

from hypothesis import strategies as st

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    BedOfNails,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Dropout,
    Dropout2d,
    GroupNorm,
    InstanceNorm2d,
    MaxPool2d,
    MaxUnpool2d,
    Pad,
    PixelShuffle,
    PixelUnshuffle,
    Upsample,
)
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

LARGEST = 40
SMALL, STEPS = st.integers(1, 4), st.integers(1, 3)


def pairs(numbers):
    return st.tuples(numbers, numbers)


def sides(numbers):
    return st.tuples(numbers, numbers, numbers, numbers)


def made(kind, *arguments, **named):
    """A layer, or None where it refuses its arguments."""

    def make(*values, **others):
        try:
            return kind(*values, **others)
        except LayerError:
            return None

    return st.builds(make, *arguments, **named)


@cache
def layers(channels):
    """One layer for maps of that many channels; not all fit their size."""
    channel = st.just(channels)
    outputs = st.sampled_from([1, 2, 4])
    groups = st.sampled_from([1, channels])
    modes = st.sampled_from(["zeros", "reflect", "replicate", "circular"])
    padding = st.one_of(pairs(st.integers(0, 2)), st.just("same"))
    scales = st.one_of(st.sampled_from([0.5, 1.5, 2, 3]), pairs(st.sampled_from([1, 1.7, 2])))
    resized = st.one_of(st.tuples(st.none(), scales), st.tuples(pairs(st.integers(1, 20)), st.none()))
    return st.one_of(
        made(Conv2d, channel, outputs.map(lambda n: n * channels), pairs(SMALL), pairs(STEPS), pairs(st.integers(0, 2)),
                  pairs(STEPS), groups, st.booleans(), modes),
        made(Conv2d, channel, outputs, pairs(SMALL), st.just(1), padding, pairs(STEPS)),
        made(ConvTranspose2d, channel, outputs.map(lambda n: n * channels), pairs(SMALL), pairs(STEPS),
                  pairs(st.integers(0, 2)), st.just(0), groups, st.booleans(), pairs(STEPS)),
        made(ConvTranspose2d, channel, outputs, pairs(SMALL), st.just(3), st.just(1), pairs(st.integers(0, 2))),
        made(MaxPool2d, pairs(SMALL), st.one_of(st.none(), pairs(STEPS)), st.integers(0, 1), STEPS, st.booleans()),
        made(AvgPool2d, pairs(SMALL), st.one_of(st.none(), pairs(STEPS)), st.integers(0, 1), st.booleans(),
                  st.booleans(), st.sampled_from([None, 3])),
        made(BedOfNails, pairs(STEPS)),
        made(PixelShuffle, st.integers(1, 2)),
        made(PixelUnshuffle, st.integers(1, 2)),
        resized.flatmap(lambda both: st.one_of(
            made(Upsample, *map(st.just, both), st.sampled_from(["nearest", "nearest-exact"])),
            made(Upsample, *map(st.just, both), st.sampled_from(["bilinear", "bicubic"]), st.booleans(),
                      st.just(False) if both[1] is None else st.booleans(), st.booleans()))),
        made(Pad, sides(st.integers(0, 2)), modes),
        made(Pad, sides(st.integers(-1, 2))),
        made(Crop, sides(st.integers(0, 2))),
        made(Activation, st.sampled_from(list(ACTIVATIONS))),
        made(BatchNorm2d, channel, affine=st.booleans(), momentum=st.sampled_from([None, 0.2])),
        made(InstanceNorm2d, channel, affine=st.booleans(), track_running_stats=st.booleans()),
        made(GroupNorm, groups, channel, affine=st.booleans()),
        made(Dropout, st.sampled_from([0.5, 0.1])),
        made(Dropout2d, st.sampled_from([0.5, 0.1])),
    )  # fmt: skip


def fits(layer, shape):
    try:
        result = layer.output(shape)
    except LayerError:
        return False
    return max(result) <= LARGEST


UNDONE = [MaxPool2d(2), MaxPool2d((2, 1), padding=(1, 0)), MaxPool2d(3, 2, 1)]
"""Max poolings that are followed by the unpooling of them, to the size before."""
POOLS = st.sampled_from(UNDONE)


@st.composite
def chains(draw):
    """Two to six layers; at times a max pooling and the unpooling of it around an activation."""
    shape = seed = Shape(draw(st.sampled_from([1, 2, 4])), draw(st.integers(3, 12)), draw(st.integers(3, 12)))
    found = []
    for _ in range(draw(st.integers(2, 6))):
        layer = draw(st.one_of(layers(shape.channels), POOLS) if len(found) < 2 else layers(shape.channels))
        if layer is None or not fits(layer, shape):
            continue
        found.append(layer)
        undo = MaxUnpool2d(layer.kernel_size, layer.stride, layer.padding, shape[1:]) if layer in UNDONE else None
        if undo is not None and fits(undo, layer.output(shape)):
            found += [Activation("tanh"), undo]
        else:
            shape = layer.output(shape)
    return ConvChain.of(seed, found or [Activation("relu")])
