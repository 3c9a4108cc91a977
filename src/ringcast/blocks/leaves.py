"""Modules as layers: the classes of ``torch.nn`` that are one layer, and how a call of theirs is read."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from torch import Tensor, nn

from ringcast.arithmetic import layers
from ringcast.arithmetic.arguments import at
from ringcast.blocks.modules import AntialiasUpsample
from ringcast.blocks.names import LAYERS, MODULES, PADS
from ringcast.errors import LayerError

__all__ = ["is_leaf", "leaf_layer"]

_UPSAMPLE = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
_KINDS: tuple[type[Any], ...] = (
    *LAYERS.values(),
    *MODULES.values(),
    *PADS.values(),
    nn.MaxUnpool2d,
    nn.Upsample,
    AntialiasUpsample,
)


def is_leaf(module: nn.Module) -> bool:
    """Whether a module is one layer; also a subclass is, such as weight normalisation makes, that computes alike."""
    return any(
        isinstance(module, kind)
        and all(getattr(type(module), name, None) is getattr(kind, name, None) for name in ("forward", "_conv_forward"))
        for kind in _KINDS
    )


def leaf_layer(module: Any, image: Tensor | None = None, output_size: Sequence[int] | None = None) -> layers.Layer:
    """The layer that a call of a leaf amounts to.

    Args:
        module: one layer.
        image: what it takes, ``"batch channel row col"``; needed with ``output_size`` only.
        output_size: as given at the call of a transposed convolution or of max unpooling.

    Raises:
        LayerError: arguments that have no place in a chain.
    """
    for name, activation in MODULES.items():
        if isinstance(module, activation):
            settings = layers.activation.ACTIVATIONS[name]
            return layers.Activation(name, {setting: getattr(module, setting) for setting in settings})
    for mode, pad in PADS.items():
        if isinstance(module, pad):
            sides: Any = module.padding
            return layers.Pad(sides, mode)
    if isinstance(module, nn.Upsample):
        settled = {name: getattr(module, name) for name in _UPSAMPLE}
        return layers.Upsample(**settled, antialias=isinstance(module, AntialiasUpsample))
    if isinstance(module, nn.MaxUnpool2d):
        wanted = None if output_size is None else (output_size[-2], output_size[-1])
        return layers.MaxUnpool2d(module.kernel_size, module.stride, module.padding, wanted)
    layer_kind = next(layer_kind for layer_kind, kind in LAYERS.items() if isinstance(module, kind))
    arguments = {field.name: getattr(module, field.name) for field in fields(layer_kind)}
    if "bias" in arguments:
        arguments["bias"] = arguments["bias"] is not None
    layer = layer_kind(**arguments)
    return layer if output_size is None or image is None else _lengthened(layer, image, output_size)


def _lengthened(layer: layers.ConvTranspose2d, image: Tensor, output_size: Sequence[int]) -> layers.ConvTranspose2d:
    """The transposed convolution whose output padding gives ``output_size``, from m to m + s - 1 pixels along an axis.

    m is the size without output padding and s the stride, the range that PyTorch allows.
    """
    arguments = {field.name: getattr(layer, field.name) for field in fields(layer)}
    plain = layers.ConvTranspose2d(**{**arguments, "output_padding": 0})
    sizes, strides = tuple(output_size[-2:]), (at(layer.stride, 0), at(layer.stride, 1))
    least = [plain.line(axis, image.shape[2 + axis]).length for axis in (0, 1)]
    more = tuple(size - start for size, start in zip(sizes, least, strict=True))
    if any(not 0 <= extra < stride for extra, stride in zip(more, strides, strict=True)):
        ranges = " x ".join(f"{start}..{start + stride - 1}" for start, stride in zip(least, strides, strict=True))
        raise LayerError(f"{plain}: output_size is {tuple(output_size)}; expected height x width in {ranges}")
    return layers.ConvTranspose2d(**{**arguments, "output_padding": more})
