"""Initialisation without a checkerboard: a layer that enlarges starts as nearest resizing followed by a convolution.

It applies to

* a transposed convolution of stride s: one sub-kernel of k / s taps, each repeated s times along the axis, needs a
  kernel that is a multiple of the stride, and a dilation without a common factor with it;
* a convolution behind a ``BedOfNails``, likewise;
* a convolution before a ``PixelShuffle(r)``: r^2 equal sub-kernels, and equal biases.

Source: Aitken et al., "Checkerboard artifact free sub-pixel convolution", arXiv 1707.02937, for the pixel shuffle; the
same rule for transposed convolutions, which sum the taps of one phase.
"""

from math import gcd
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from ringcast.arithmetic.arguments import Pair
from ringcast.blocks.leaves import is_leaf
from ringcast.blocks.modules import BedOfNails
from ringcast.blocks.names import MODULES
from ringcast.blocks.sequential import default_bound
from ringcast.errors import LayerError

__all__ = ["icnr_"]

_Module = TypeVar("_Module", bound=nn.Module)
_BETWEEN = (*MODULES.values(), nn.Dropout, nn.Dropout2d, nn.BatchNorm2d)
"""Modules that treat all phases alike, and may stand between a convolution and its shuffle."""


def icnr_(module: _Module, *, generator: torch.Generator | None = None) -> _Module:
    """Draw weights anew, in place, so that all phases of every enlarging layer sum alike; returns the module.

    A constant image then gives a constant image away from the borders. New weights are uniform within the bounds that
    PyTorch uses by default, so that the layer's power stays.

    Args:
        module: such a layer, or a module that holds some, in the order in which it calls them.
        generator: draws the weights; without it PyTorch's global generator does.

    Raises:
        LayerError: a layer whose phases cannot be made alike, or no layer that enlarges.

    >>> up = icnr_(nn.ConvTranspose2d(1, 1, 4, 2, bias=False))
    >>> phases = [up.weight[0, 0, dy::2, dx::2].sum().item() for dy in (0, 1) for dx in (0, 1)]
    >>> max(phases) - min(phases) < 1e-6
    True
    """
    leaves = [(name or type(part).__name__, part) for name, part in module.named_modules() if is_leaf(part)]
    found = False
    last: tuple[str, nn.Module] | None = None
    nails: Pair = (1, 1)
    for name, leaf in leaves:
        if isinstance(leaf, nn.PixelShuffle) and last is not None and isinstance(last[1], nn.Conv2d):
            _equal_shuffled(last[0], last[1], leaf.upscale_factor, generator)
            found = True
        elif isinstance(leaf, nn.ConvTranspose2d):
            _repeat_taps(name, leaf, (leaf.stride[0], leaf.stride[1]), generator)
            found = True
        elif isinstance(leaf, nn.Conv2d) and nails != (1, 1):
            _repeat_taps(name, leaf, nails, generator)
            found, nails = True, (1, 1)
        if isinstance(leaf, BedOfNails):
            nails = leaf.stride
        if not isinstance(leaf, _BETWEEN):
            last = (name, leaf)
    if not found:
        raise LayerError(
            f"icnr_ finds no layer in {type(module).__name__} to which it applies; expected a ConvTranspose2d, or a "
            f"Conv2d behind a BedOfNails or before a PixelShuffle"
        )
    return module


def _repeat_taps(
    name: str, layer: nn.Conv2d | nn.ConvTranspose2d, stride: Pair, generator: torch.Generator | None
) -> None:
    _check_plain(name, layer)
    height, width = layer.kernel_size
    for kernel, step, dilation in zip(layer.kernel_size, stride, layer.dilation, strict=True):
        if kernel % step:
            raise LayerError(
                f"{name!r}: kernel {kernel} is no multiple of stride {step}, so that its phases have different numbers "
                f"of taps; icnr_ needs one, such as {-(-kernel // step) * step}"
            )
        if gcd(dilation, step) > 1:
            raise LayerError(
                f"{name!r}: dilation {dilation} and stride {step} have a common factor, which leaves phases without "
                f"taps; icnr_ needs dilation 1, or another without one"
            )
    sub_kernel = layer.weight[..., : height // stride[0], : width // stride[1]]
    new = _drawn(sub_kernel, default_bound(layer.weight), generator)
    with torch.no_grad():
        layer.weight.copy_(new.repeat_interleave(stride[0], -2).repeat_interleave(stride[1], -1))


def _equal_shuffled(name: str, layer: nn.Conv2d, factor: int, generator: torch.Generator | None) -> None:
    _check_plain(name, layer)
    phases = factor**2
    if layer.out_channels // layer.groups % phases:
        raise LayerError(
            f"{name!r}: {layer.out_channels} channels in {layer.groups} groups go to a PixelShuffle({factor}), whose "
            f"{phases} sub-kernels must lie in one group; icnr_ needs a multiple of {phases} channels in each group"
        )
    bound = default_bound(layer.weight)
    with torch.no_grad():
        for numbers in (layer.weight, layer.bias):
            if numbers is not None:
                numbers.copy_(_drawn(numbers[::phases], bound, generator).repeat_interleave(phases, 0))


def _check_plain(name: str, layer: nn.Module) -> None:
    if is_parametrized(layer, "weight"):
        raise LayerError(f"{name!r} computes its weight from others (a parametrization); call icnr_ before adding it")


def _drawn(like: Tensor, bound: float, generator: torch.Generator | None) -> Tensor:
    return torch.empty_like(like, requires_grad=False).uniform_(-bound, bound, generator=generator)
