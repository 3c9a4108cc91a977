"""From a chain to a module: its layers as ``nn.Sequential``."""

from typing import Any

import torch
from torch import nn

from ringcast.arithmetic import Activation, Conv2d, ConvChain, ConvTranspose2d
from ringcast.blocks.names import MODULES

__all__ = ["sequential"]


def sequential(
    chain: ConvChain,
    *,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> nn.Sequential:
    """Build the layers of a chain; input ``"batch channel row col"`` of ``chain.seed``, output of ``chain.shapes[-1]``.

    Args:
        chain: the layers.
        generator: draws the weights, uniformly within the bounds PyTorch uses by default; without it PyTorch draws them
            from its global generator.
        device: where the weights are, as in ``torch.nn``.
        dtype: their type, as in ``torch.nn``.

    >>> from ringcast.arithmetic import parse
    >>> chain = parse("11x21 convT(64,64,4,2) relu conv(64,64,3)")
    >>> net = sequential(chain, generator=torch.Generator().manual_seed(1))
    >>> net(torch.zeros(1, *chain.seed)).shape
    torch.Size([1, 64, 22, 42])
    """
    where = {"device": device, "dtype": dtype}
    return nn.Sequential(*(_module(layer, generator, where) for layer in chain.layers))


def _module(
    layer: Conv2d | ConvTranspose2d | Activation, generator: torch.Generator | None, where: dict[str, Any]
) -> nn.Module:
    if isinstance(layer, Activation):
        return MODULES[layer.name](**dict(layer.settings))
    kind = nn.Conv2d if isinstance(layer, Conv2d) else nn.ConvTranspose2d
    arguments = {**vars(layer), **where}
    if generator is None:
        return kind(**arguments)
    module = kind(**{**arguments, "device": "meta"})
    module.to_empty(device=where["device"] or torch.get_default_device())
    _draw(module, generator)
    return module


def _draw(module: nn.Conv2d | nn.ConvTranspose2d, generator: torch.Generator) -> None:
    """Weights and biases uniform in (-b, b), b = 1 / sqrt(n): PyTorch's default for both kinds of layer.

    n = weight.shape[1] kH kW; that is C_in k^2 / groups for a convolution, and C_out k^2 / groups for a transposed one.
    """
    bound = module.weight[0].numel() ** -0.5
    with torch.no_grad():
        module.weight.uniform_(-bound, bound, generator=generator)
        if module.bias is not None:
            module.bias.uniform_(-bound, bound, generator=generator)
