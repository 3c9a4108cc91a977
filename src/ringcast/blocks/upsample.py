"""Modules that enlarge a map by a whole factor, chosen by name."""

from typing import Literal, get_args

import torch
from torch import nn

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d
from ringcast.arithmetic.upsamplers import Border
from ringcast.arithmetic.upsamplers import upsampler as fragment
from ringcast.blocks.icnr import icnr_
from ringcast.blocks.sequential import sequential
from ringcast.errors import ArgumentError

__all__ = ["Init", "upsampler"]

Init = Literal["default", "icnr"]
_WITH_ICNR = ("transposed", "unpool", "shuffle")


def upsampler(
    name: str,
    in_channels: int,
    out_channels: int,
    *,
    scale: int | Pair = 2,
    kernel: int | Pair | None = None,
    border: Border | tuple[Border, Border] = "zeros",
    init: Init = "default",
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> nn.Sequential:
    """Build an upsampler, n -> scale n pixels, of the layers that ``ringcast.arithmetic.upsamplers`` gives it.

    Args:
        name: transposed, unpool, nearest, bilinear or shuffle.
        in_channels: channels that arrive.
        out_channels: channels that leave.
        scale: the factor, or (vertical, horizontal).
        kernel: of the convolution; 2 scale for ``transposed`` and 3 for the others, if not given.
        border: zeros, replicate or circular, or (vertical, horizontal).
        init: ``icnr`` makes all phases of transposed, unpool and shuffle start alike.
        generator: draws the weights; without it PyTorch's global generator does.
        device: where the weights are, as in ``torch.nn``.
        dtype: their type, as in ``torch.nn``.

    Raises:
        ArgumentError: an unknown name, border or init, or ``icnr`` for an interpolation.
        LayerError: numbers that the layers refuse, or a kernel that ``icnr`` cannot use.

    >>> up = upsampler("shuffle", 8, 4, border=("replicate", "circular"), init="icnr")
    >>> up(torch.zeros(1, 8, 11, 21)).shape
    torch.Size([1, 4, 22, 42])
    """
    if init not in get_args(Init):
        raise ArgumentError(f"init is {init!r}; expected one of {', '.join(get_args(Init))}")
    layers = fragment(name, in_channels, out_channels, scale=scale, kernel=kernel, border=border)
    if init == "icnr" and name not in _WITH_ICNR:
        raise ArgumentError(
            f"init='icnr' is for {', '.join(_WITH_ICNR)}; {name} starts without a checkerboard, so leave it out"
        )
    sizes = [layer.kernel_size for layer in layers if isinstance(layer, Conv2d | ConvTranspose2d)]
    widest = max(side for size in sizes for side in (size if isinstance(size, tuple) else (size,)))
    chain = ConvChain.of((in_channels, widest, widest), layers)  # a map on which all borders fit
    module = sequential(chain, generator=generator, device=device, dtype=dtype)
    return icnr_(module, generator=generator) if init == "icnr" else module
