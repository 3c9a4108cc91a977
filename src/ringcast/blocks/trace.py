"""From a module to a chain: run it once on tensors without memory and note the layers it calls, in order."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from ringcast.arithmetic import Activation, Conv2d, ConvChain, ConvTranspose2d
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.arithmetic.shape import Shape
from ringcast.blocks.names import MODULES
from ringcast.errors import LayerError

__all__ = ["trace"]

_CONVOLUTION_ARGUMENTS = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "padding_mode",
)  # fmt: skip
_Layer = Conv2d | ConvTranspose2d | Activation


def trace(module: nn.Module, size: Sequence[int]) -> ConvChain:
    """Read the chain of layers that a module calls, from the order of the calls and not from its text.

    Nothing is computed: weights and images are replaced by ``meta`` tensors for the run, the module stays as it was.

    Args:
        module: calls one layer after the other, each a module; weights may be on any device.
        size: of the input, (channels, height, width) or (batch, channels, height, width) in pixels.

    Raises:
        LayerError: a layer that has no place in a chain, a branch, or a call of a function between two layers; the
            message has the path of the module.

    >>> net = nn.Sequential(nn.ConvTranspose2d(64, 64, 4, 2), nn.ReLU(), nn.Conv2d(64, 64, 3))
    >>> print(trace(net, (1, 64, 11, 21)))
    64x11x21 convT(64,64,4,2) relu conv(64,64,3)
    """
    image = _image(module, size)
    leaves = dict(_leaves(module, ""))
    record = _Record(head=image)
    with ExitStack() as hooks:
        for path, leaf in leaves.items():
            hooks.enter_context(leaf.register_forward_pre_hook(record.before(path), with_kwargs=True))
            hooks.enter_context(leaf.register_forward_hook(record.after))
        result = _run(module, image)
    if result is not record.head:
        raise LayerError(
            f"the module's result is not what its last layer {record.path!r} gave: it branches or calls a function "
            f"at the end; a chain is one layer after the other, each an nn.Module"
        )
    return ConvChain.of(tuple(image.shape[1:]), record.layers)


@dataclass
class _Record:
    """What one run has called so far, and the tensor that the next layer must take."""

    head: Tensor
    path: str = "the input"
    layers: list[_Layer] = field(default_factory=list)
    weighted: set[nn.Module] = field(default_factory=set)

    def before(self, path: str) -> Any:
        """A hook that notes the layer at ``path``, after checking that it continues the chain."""

        def note(leaf: nn.Module, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
            given = [*arguments, *named.values()]
            if not given or given[0] is not self.head:
                raise LayerError(
                    f"{path!r} does not take what {self.path!r} gave: the module branches, or calls a function "
                    f"between them; make functions modules (nn.ReLU for relu), and take branches one at a time"
                )
            if len([value for value in given if value is not None]) > 1:
                raise LayerError(f"{path!r} is called with output_size; set its output_padding instead")
            if leaf in self.weighted:
                raise LayerError(f"{path!r} is called twice; a chain would count its weights twice, so split it")
            layer = _layer(path, leaf)
            if not isinstance(layer, Activation):
                self.weighted.add(leaf)
            _fit(path, layer, self.head)
            self.layers.append(layer)
            self.path = path

        return note

    def after(self, leaf: nn.Module, arguments: tuple[Any, ...], result: Tensor) -> None:
        """A hook that notes the result of a layer."""
        self.head = result


def _image(module: nn.Module, size: Sequence[int]) -> Tensor:
    if len(size) not in (3, 4) or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in size):
        raise LayerError(
            f"the input size is {tuple(size)!r}; expected (channels, height, width) or (batch, channels, height, width)"
        )
    dtype = next((weight.dtype for weight in module.parameters() if weight.is_floating_point()), None)
    return torch.empty(1, *size[-3:], device="meta", dtype=dtype)


def _leaves(module: nn.Module, path: str) -> Iterator[tuple[str, nn.Module]]:
    """The modules that are layers, whatever their own children, and those without children."""
    children = dict(module.named_children())
    if _is_convolution(module) or type(module) in MODULES.values() or not children:
        yield path or type(module).__name__, module
        return
    for name, child in children.items():
        yield from _leaves(child, f"{path}.{name}" if path else name)


def _is_convolution(module: nn.Module) -> bool:
    """True also for the subclasses that weight and spectral normalisation make, which keep the forward method."""
    return any(
        isinstance(module, kind) and type(module).forward is kind.forward for kind in (nn.Conv2d, nn.ConvTranspose2d)
    )


def _layer(path: str, module: nn.Module) -> _Layer:
    try:
        if _is_convolution(module):
            return _convolution(module)
        for name, kind in MODULES.items():
            if type(module) is kind:
                return Activation(name, {setting: getattr(module, setting) for setting in ACTIVATIONS[name]})
    except LayerError as error:
        raise LayerError(f"{path!r}, {error}") from None
    raise LayerError(
        f"{path!r} is a {type(module).__name__}, which has no place in a chain; there are Conv2d, ConvTranspose2d and "
        f"{', '.join(kind.__name__ for kind in MODULES.values())}"
    )


def _convolution(module: Any) -> Conv2d | ConvTranspose2d:
    arguments = {name: getattr(module, name) for name in _CONVOLUTION_ARGUMENTS}
    bias = module.bias is not None
    if isinstance(module, nn.Conv2d):
        return Conv2d(bias=bias, **arguments)
    return ConvTranspose2d(bias=bias, output_padding=module.output_padding, **arguments)


def _fit(path: str, layer: _Layer, image: Tensor) -> None:
    try:
        layer.output(Shape(*image.shape[1:]))
    except LayerError as error:
        raise LayerError(f"{path!r}, {error}") from None


def _run(module: nn.Module, image: Tensor) -> Any:
    held = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    try:
        without_memory = {name: torch.empty_like(tensor, device="meta") for name, tensor in held.items()}
        with torch.no_grad():
            return torch.func.functional_call(module, without_memory, (image,))
    except LayerError:
        raise
    except Exception as error:
        raise LayerError(
            f"{type(module).__name__} cannot be run on an input of {tuple(image.shape)}: {error}; "
            f"check the input size, or write the layers as a chain"
        ) from error
