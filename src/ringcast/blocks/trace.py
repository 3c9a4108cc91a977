"""From a module to a chain: run it once on tensors without memory and note the layers and functions it calls."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.blocks.record import Record
from ringcast.blocks.watch import Watch
from ringcast.errors import LayerError

__all__ = ["trace"]


def trace(module: nn.Module, size: Sequence[int]) -> ConvChain:
    """Read the chain of layers that a module calls, from the order of the calls and not from its text.

    Layers are modules of ``torch.nn`` and calls of functions (``F.relu``, ``F.interpolate``, ``F.pad``, ``F.conv2d``,
    ``x[:, :, 1:-1, 1:-1]`` and the like). Nothing is computed: weights and images are replaced by ``meta`` tensors for
    the run, and the module stays as it was.

    Args:
        module: calls one layer after the other; weights may be on any device.
        size: of the input, (channels, height, width) or (batch, channels, height, width) in pixels.

    Raises:
        LayerError: a call that has no place in a chain, a branch, or a course that depends on the numbers in the
            image; the message has the path of the module or the name of the function.

    >>> class Net(nn.Sequential):
    ...     def forward(self, x):
    ...         return torch.relu(super().forward(x))[:, :, 1:-1, 1:-1]
    >>> print(trace(Net(nn.ConvTranspose2d(64, 64, 4, 2), nn.ReLU(), nn.Conv2d(64, 64, 3)), (1, 64, 11, 21)))
    64x11x21 convT(64,64,4,2) relu conv(64,64,3) relu crop(1)
    """
    module = _unwrapped(module)
    image = _image(module, size)
    record = Record(image)
    watch = Watch(record)
    with ExitStack() as stack:
        for path, part in module.named_modules():
            enter = watch.before(path or type(module).__name__)
            stack.enter_context(part.register_forward_pre_hook(enter, with_kwargs=True))
            stack.enter_context(part.register_forward_hook(watch.after, prepend=True))  # others may change the result
        stack.enter_context(_as_it_was(module))
        stack.enter_context(watch)
        result = _run(module, image)
    return ConvChain.of(tuple(image.shape[1:]), record.layers(result))


def _unwrapped(module: nn.Module) -> nn.Module:
    """The module that ``torch.compile`` or a parallel wrapper calls."""
    inner = getattr(module, "_orig_mod", None)
    if inner is None and isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
        inner = module.module
    if isinstance(inner, nn.Module):
        return _unwrapped(inner)
    scripted = next((part for part in module.modules() if isinstance(part, torch.jit.ScriptModule)), None)
    if scripted is not None:
        raise LayerError(
            f"{type(module).__name__} holds a compiled script, whose calls cannot be seen; trace the module it was "
            f"scripted from"
        )
    return module


def _image(module: nn.Module, size: Sequence[int]) -> Tensor:
    if len(size) not in (3, 4) or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in size):
        raise LayerError(
            f"the input size is {tuple(size)!r}; expected (channels, height, width) or (batch, channels, height, width)"
        )
    dtype = next((weight.dtype for weight in module.parameters() if weight.is_floating_point()), None)
    return torch.empty(*([1, *size][-4:]), device="meta", dtype=dtype)


@contextmanager
def _as_it_was(module: nn.Module) -> Iterator[None]:
    """Puts back the attributes that a forward method, or a hook of weight normalisation, has set."""
    before = [(part, dict(vars(part))) for part in module.modules()]
    try:
        yield
    finally:
        for part, attributes in before:
            vars(part).clear()
            vars(part).update(attributes)


def _run(module: nn.Module, image: Tensor) -> Any:
    held = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    try:
        without_memory = {name: _without_memory(tensor) for name, tensor in held.items()}
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they concern numbers, of which there are none
            return torch.func.functional_call(module, without_memory, (image,))
    except LayerError:
        raise
    except Exception as error:
        raise LayerError(
            f"{type(module).__name__} cannot be run on an input of {tuple(image.shape)}: {error}; "
            f"check the input size, or write the layers as a chain"
        ) from error


def _without_memory(tensor: Tensor) -> Tensor:
    """A tensor in place of a weight; single whole numbers are copied, as norms count batches and read the count."""
    if tensor.ndim == 0 and not tensor.is_floating_point() and not tensor.is_meta:
        return tensor.detach().to("cpu", copy=True)
    return torch.empty_like(tensor, device="meta")
