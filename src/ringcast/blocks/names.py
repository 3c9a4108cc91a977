"""Which class of ``torch.nn`` stands for which layer of the arithmetic."""

from typing import Any

from torch import nn

from ringcast.arithmetic import layers
from ringcast.arithmetic.torch_code import ACTIVATION_CLASSES, PAD_CLASSES
from ringcast.blocks.modules import BedOfNails, Crop

__all__ = ["LAYERS", "MODULES", "PADS"]

MODULES: dict[str, type[nn.Module]] = {name: getattr(nn, kind) for name, kind in ACTIVATION_CLASSES.items()}
"""By the names of ``ringcast.arithmetic.layers.activation.ACTIVATIONS``; its settings are attributes of the classes."""
PADS: dict[str, type[nn.Module]] = {mode: getattr(nn, kind) for mode, kind in PAD_CLASSES.items()}
"""By the mode of ``ringcast.arithmetic.layers.Pad``."""
LAYERS: dict[type[Any], type[nn.Module]] = {
    layers.Conv2d: nn.Conv2d,
    layers.ConvTranspose2d: nn.ConvTranspose2d,
    layers.MaxPool2d: nn.MaxPool2d,
    layers.AvgPool2d: nn.AvgPool2d,
    layers.BedOfNails: BedOfNails,
    layers.PixelShuffle: nn.PixelShuffle,
    layers.PixelUnshuffle: nn.PixelUnshuffle,
    layers.Crop: Crop,
    layers.BatchNorm2d: nn.BatchNorm2d,
    layers.InstanceNorm2d: nn.InstanceNorm2d,
    layers.GroupNorm: nn.GroupNorm,
    layers.Dropout: nn.Dropout,
    layers.Dropout2d: nn.Dropout2d,
}
"""Layers whose fields are the arguments of a module, under the same names, and its attributes once it is made."""
