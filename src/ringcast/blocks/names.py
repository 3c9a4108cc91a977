"""Which class of ``torch.nn`` stands for which layer of the arithmetic."""

from typing import Any

from torch import nn

from ringcast.arithmetic import layers
from ringcast.blocks.modules import BedOfNails, Crop

__all__ = ["LAYERS", "MODULES", "PADS"]

MODULES: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "hardtanh": nn.Hardtanh,
    "identity": nn.Identity,
}
"""Same keys as ``ringcast.arithmetic.layers.activation.ACTIVATIONS``; its settings are attributes of these classes."""
PADS: dict[str, type[nn.Module]] = {
    "zeros": nn.ZeroPad2d,
    "reflect": nn.ReflectionPad2d,
    "replicate": nn.ReplicationPad2d,
    "circular": nn.CircularPad2d,
}
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
