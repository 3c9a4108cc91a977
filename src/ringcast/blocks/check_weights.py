"""Weights from elsewhere into the layers of a chain, one after the other, with errors that name both."""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.blocks.sequential import sequential
from ringcast.blocks.trace import trace
from ringcast.errors import LayerError

__all__ = ["filled", "rebuilt"]

_NAMES = ("weight", "bias", "running_mean", "running_var")


class _Group(NamedTuple):
    """The tensors of one layer, by their last name."""

    path: str
    tensors: dict[str, Tensor]

    def full_name(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def filled(chain: ConvChain, state: Mapping[str, Tensor]) -> nn.Sequential:
    """The chain as a module with the weights of a state dict, in order, in float64.

    Tensors belong together by what stands before the last dot of their names; these are put in order with numbers by
    value (``net.2`` before ``net.10``), as a saved file may have lost the order of the layers. Linear layers are passed
    over, and norms too if the chain has none.

    Raises:
        LayerError: the tensors do not fit the layers; names the first tensor and the layer that do not.

    >>> from ringcast.arithmetic import parse
    >>> net = nn.Sequential(nn.ConvTranspose2d(4, 2, 4, 2), nn.ReLU(), nn.Conv2d(2, 1, 3))
    >>> same = filled(parse("5x5 convT(4,2,4,2) relu conv(2,1,3)"), net.state_dict())
    >>> bool((same[2].weight == net[2].weight).all())
    True
    """
    found: dict[str, dict[str, Tensor]] = {}
    for name in sorted(state, key=_natural):
        path, _, last = name.rpartition(".")
        found.setdefault(path, {})[last] = state[name]
    net = sequential(chain, dtype=torch.float64)
    dimensions = {4} | {
        tensor.ndim for _, module in _weighted(net) for name, tensor in _own(module) if name == "weight"
    }
    groups = [_Group(path, tensors) for path, tensors in found.items() if _dimensions(tensors) in dimensions]
    return _fill(net, chain, groups)


def rebuilt(module: nn.Module, size: Sequence[int]) -> tuple[ConvChain, nn.Sequential]:
    """The chain of a module, and its layers with their weights as ``nn.Sequential``, in float64.

    Raises:
        LayerError: the module is no chain, or applies weights by calling functions.

    >>> chain, net = rebuilt(nn.Sequential(nn.Conv2d(1, 1, 3)), (1, 1, 8, 8))
    >>> str(chain), len(net)
    ('1x8x8 conv(1,1,3)', 1)
    """
    called: list[_Group] = []
    with ExitStack() as hooks:
        for path, part in module.named_modules():

            def note(leaf: nn.Module, _: object, path: str = path) -> None:
                called.append(_Group(path, {}))

            if _tensors(part):
                hooks.enter_context(part.register_forward_pre_hook(note))
        chain = trace(module, size)
    groups = [_Group(path, _tensors(module.get_submodule(path))) for path, _ in called]
    return chain, _fill(sequential(chain, dtype=torch.float64), chain, groups)


def _fill(net: nn.Sequential, chain: ConvChain, groups: Sequence[_Group]) -> nn.Sequential:
    wanted = _weighted(net)
    for (number, module), group in zip(wanted, groups, strict=False):
        layer = f"layer {number}, {chain.layers[number - 1]},"
        own = dict(_own(module))
        for name, tensor in own.items():
            _check(layer, tensor, group, name)
        surplus = [name for name in _NAMES if name in group.tensors and name not in own]
        if surplus:
            raise LayerError(
                f"tensor {group.full_name(surplus[0])!r} has no place in {layer} which has no {surplus[0]}"
            )
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(group.tensors[name])
    if len(wanted) != len(groups):
        names = ", ".join(repr(group.path) for group in groups[:8]) + (" ..." if len(groups) > 8 else "")
        raise LayerError(
            f"layers with weights: {len(wanted)} in the chain, but the tensors are of {len(groups)} ({names}); "
            f"leave out those that are not the chain's, or complete the chain"
        )
    return net.eval()


def _check(layer: str, own: Tensor, group: _Group, name: str) -> None:
    if name not in group.tensors:
        hint = "; add bias=false to it if it has none" if name == "bias" else ""
        raise LayerError(f"{layer} needs a tensor {group.full_name(name)!r}, which is missing{hint}")
    given = group.tensors[name]
    if given.shape != own.shape:
        raise LayerError(
            f"tensor {group.full_name(name)!r} is {_size(given)}, but {layer} needs {_size(own)}; "
            f"the weights of a transposed convolution are in x out, those of a convolution out x in"
        )
    if not bool(given.isfinite().all()):
        raise LayerError(f"tensor {group.full_name(name)!r} of {layer} has numbers that are not finite; train it again")


def _weighted(net: nn.Sequential) -> list[tuple[int, nn.Module]]:
    """The modules with weights or statistics, with the numbers of their layers."""
    return [(number, module) for number, module in enumerate(net, start=1) if _own(module)]


def _own(module: nn.Module) -> list[tuple[str, Tensor]]:
    return list(_tensors(module).items())


def _tensors(module: nn.Module) -> dict[str, Tensor]:
    """Read by attribute, so that normalised weights are those that the layer uses."""
    found = {name: getattr(module, name, None) for name in _NAMES}
    return {name: value for name, value in found.items() if isinstance(value, Tensor)}


def _dimensions(tensors: Mapping[str, Tensor]) -> int | None:
    weight = tensors.get("weight", tensors.get("running_mean"))
    return None if weight is None else weight.ndim


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name) if part]


def _size(tensor: Tensor) -> str:
    return " x ".join(str(size) for size in tensor.shape) or "one number"
