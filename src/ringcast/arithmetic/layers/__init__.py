"""The layers of a chain, with the names and the arguments of ``torch.nn``.

Every layer is a frozen dataclass that is checked when it is made, and offers the same things: ``in_channels`` (None if
it takes any number), ``output(shape)``, ``params``, ``macs(shape)``, ``line(axis, size)`` and its text, ``str(layer)``.
"""

from ringcast.arithmetic.layers.activation import Activation
from ringcast.arithmetic.layers.convolution import Conv2d, ConvTranspose2d
from ringcast.arithmetic.layers.normalisation import BatchNorm2d, Dropout, Dropout2d, GroupNorm, InstanceNorm2d
from ringcast.arithmetic.layers.padding import Crop, Pad
from ringcast.arithmetic.layers.pooling import AvgPool2d, MaxPool2d
from ringcast.arithmetic.layers.resampling import Upsample
from ringcast.arithmetic.layers.shuffling import PixelShuffle, PixelUnshuffle
from ringcast.arithmetic.layers.unpooling import BedOfNails, MaxUnpool2d

__all__ = [
    "Activation",
    "AvgPool2d",
    "BatchNorm2d",
    "BedOfNails",
    "Conv2d",
    "ConvTranspose2d",
    "Crop",
    "Dropout",
    "Dropout2d",
    "GroupNorm",
    "InstanceNorm2d",
    "Layer",
    "MaxPool2d",
    "MaxUnpool2d",
    "Pad",
    "PixelShuffle",
    "PixelUnshuffle",
    "Upsample",
]

Layer = (
    Conv2d
    | ConvTranspose2d
    | MaxPool2d
    | AvgPool2d
    | MaxUnpool2d
    | BedOfNails
    | PixelShuffle
    | PixelUnshuffle
    | Upsample
    | Pad
    | Crop
    | Activation
    | BatchNorm2d
    | InstanceNorm2d
    | GroupNorm
    | Dropout
    | Dropout2d
)
