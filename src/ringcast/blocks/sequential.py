"""From a chain to a module: its layers as ``nn.Sequential``."""

from typing import Any

import torch
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.layers import (
    Activation,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    GroupNorm,
    InstanceNorm2d,
    Layer,
    MaxPool2d,
    MaxUnpool2d,
    Pad,
    Upsample,
)
from ringcast.arithmetic.unpool_pairs import unpool_pairs
from ringcast.blocks.modules import AntialiasUpsample, UnpoolSequential
from ringcast.blocks.names import LAYERS, MODULES, PADS

__all__ = ["default_bound", "module_of", "sequential"]


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

    Raises:
        LayerError: max unpooling without a max pooling before it whose maps it gives back.

    >>> from ringcast.arithmetic import parse
    >>> chain = parse("11x21 convT(64,64,4,2) relu conv(64,64,3)")
    >>> net = sequential(chain, generator=torch.Generator().manual_seed(1))
    >>> net(torch.zeros(1, *chain.seed)).shape
    torch.Size([1, 64, 22, 42])
    """
    where = {"device": device, "dtype": dtype}
    pools = unpool_pairs(chain).values()
    modules = [
        module_of(layer, where, generator, with_indices=number in pools) for number, layer in enumerate(chain.layers)
    ]
    if not pools:
        return nn.Sequential(*modules)
    sizes = {place: layer.output_size for place, layer in enumerate(chain.layers) if isinstance(layer, MaxUnpool2d)}
    return UnpoolSequential(modules, sizes)


def module_of(
    layer: Layer, where: dict[str, Any], generator: torch.Generator | None = None, *, with_indices: bool = False
) -> nn.Module:
    """The module of one layer.

    Args:
        layer: what to build.
        where: device and dtype of its weights.
        generator: draws the weights of a convolution; without it PyTorch does.
        with_indices: whether a max pooling gives its indices too.

    >>> module_of(Activation("relu"), {})
    ReLU()
    """
    kind: Any = LAYERS.get(type(layer))
    arguments = dict(vars(layer))
    match layer:
        case Conv2d() | ConvTranspose2d() if generator is not None:
            return _drawn(kind, {**arguments, **where}, generator)
        case Conv2d() | ConvTranspose2d() | BatchNorm2d() | InstanceNorm2d() | GroupNorm():
            arguments |= where
        case Activation():
            kind, arguments = MODULES[layer.name], dict(layer.settings)
        case Pad():
            kind = PADS[arguments.pop("mode")]
        case Upsample():
            kind = AntialiasUpsample if arguments.pop("antialias") else nn.Upsample
        case MaxUnpool2d():
            kind = nn.MaxUnpool2d
            del arguments["output_size"]
        case MaxPool2d():
            arguments["return_indices"] = with_indices
    return kind(**arguments)


def _drawn(kind: type[Any], arguments: dict[str, Any], generator: torch.Generator) -> nn.Module:
    module = kind(**{**arguments, "device": "meta"})
    module.to_empty(device=arguments["device"] or torch.get_default_device())
    _draw(module, generator)
    return module


def default_bound(weight: Tensor) -> float:
    """The bound b of PyTorch's default for weights and biases, uniform in (-b, b), of both kinds of convolution.

    b = 1 / sqrt(weight.shape[1] kH kW), and that is C_in k^2 / groups for a convolution, but C_out k^2 / groups for a
    transposed one.

    >>> default_bound(nn.ConvTranspose2d(64, 1, 2).weight)
    0.5
    """
    return weight[0].numel() ** -0.5


def _draw(module: nn.Conv2d | nn.ConvTranspose2d, generator: torch.Generator) -> None:
    bound = default_bound(module.weight)
    with torch.no_grad():
        module.weight.uniform_(-bound, bound, generator=generator)
        if module.bias is not None:
            module.bias.uniform_(-bound, bound, generator=generator)
