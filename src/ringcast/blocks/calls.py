"""Calls of functions as layers: ``F.interpolate(x, scale_factor=2)`` is ``Upsample(scale_factor=2)``.

A reader takes the arguments of a function as ``torch`` binds them and returns the layers it amounts to, none for a call
that changes nothing. It raises ``LayerError`` for arguments that have no place in a chain.
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from ringcast.arithmetic.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    BedOfNails,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Dropout,
    Dropout2d,
    GroupNorm,
    InstanceNorm2d,
    Layer,
    MaxPool2d,
    MaxUnpool2d,
    Pad,
    PixelShuffle,
    PixelUnshuffle,
    Upsample,
)
from ringcast.arithmetic.layers.activation import ACTIVATIONS
from ringcast.errors import LayerError

__all__ = ["READERS", "SAME", "VALUES", "WEIGHTED", "ZEROS", "nails"]

Layers = tuple[Layer, ...]
Ints = int | Sequence[int]

SAME = frozenset(
    {"contiguous", "clone", "detach", "to", "type", "type_as", "float", "double", "half", "bfloat16", "cpu", "cuda"}
    | {"alias", "requires_grad_", "data"}
)
"""Functions that give the image they take, in another place or type."""
VALUES = frozenset({"__bool__", "__float__", "__int__", "__index__", "item", "tolist", "numpy", "is_nonzero", "equal"})
"""Functions that turn the numbers of an image into numbers of Python, on which its course may depend."""
WEIGHTED = frozenset({"conv2d", "conv_transpose2d"})
"""Functions whose second argument holds weights."""
_PAD_MODES = {"constant": "zeros", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


ZEROS = frozenset({"zeros", "new_zeros", "zeros_like"})
"""Functions that make a map of zeros, into whose cells an image may be put."""


def nails(zeros: Tensor, index: Any, image: Tensor) -> BedOfNails:
    """The layer that ``zeros[:, :, ::a, ::b] = image`` amounts to.

    Raises:
        LayerError: any other place, or zeros that are not a x b times as many.

    >>> import torch
    >>> print(nails(torch.zeros(1, 2, 6, 8), (..., slice(None, None, 3), slice(None, None, 2)), torch.ones(1, 2, 2, 4)))
    nails(3x2)
    """
    otherwise = "puts an image into zeros otherwise than zeros[:, :, ::a, ::b] = image, with a x b as many"
    if zeros.dim() != 4 or image.dim() != 4:
        raise LayerError(otherwise)
    down, right = (max(size // part, 1) for size, part in zip(zeros.shape[2:], image.shape[2:], strict=True))
    corners = (slice(None, None, down), slice(None, None, right))
    whole = tuple(range(size) for size in zeros.shape)
    wanted = (*whole[:2], *(places[corner] for places, corner in zip(whole[2:], corners, strict=True)))
    cuts = _cuts(index, zeros.dim())
    found = tuple(places[cut] if isinstance(cut, slice) else None for places, cut in zip(whole, cuts, strict=True))
    if found != wanted or tuple(zeros.shape) != (*image.shape[:2], down * image.shape[2], right * image.shape[3]):
        raise LayerError(otherwise)
    return BedOfNails((down, right))


def _conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints | str = 0,
    dilation: Ints = 1, groups: int = 1,
) -> Layers:  # fmt: skip
    outputs, inputs, *kernel = weight.shape
    around = padding if isinstance(padding, str) else _both(padding)
    sizes = ((kernel[0], kernel[1]), _both(stride), around, _both(dilation))
    return (Conv2d(inputs * groups, outputs, *sizes, groups, bias is not None),)


def _conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints = 0,
    output_padding: Ints = 0, groups: int = 1, dilation: Ints = 1,
) -> Layers:  # fmt: skip
    inputs, outputs, *kernel = weight.shape
    sizes = ((kernel[0], kernel[1]), _both(stride), _both(padding), _both(output_padding))
    return (ConvTranspose2d(inputs, outputs * groups, *sizes, groups, bias is not None, _both(dilation)),)


def _max_pool2d(
    input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, dilation: Ints = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Layers:  # fmt: skip
    step = _both(stride) if stride else None
    return (MaxPool2d(_both(kernel_size), step, _both(padding), _both(dilation), ceil_mode),)


def _avg_pool2d(
    input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Layers:  # fmt: skip
    step = _both(stride) if stride else None
    sizes = (_both(kernel_size), step, _both(padding))
    return (AvgPool2d(*sizes, ceil_mode, count_include_pad, divisor_override),)


def _max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0,
    output_size: Sequence[int] | None = None,
) -> Layers:  # fmt: skip
    size = None if output_size is None else _both(output_size[-2:])
    step = _both(stride) if stride else None
    return (MaxUnpool2d(_both(kernel_size), step, _both(padding), size),)


def _interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Layers:  # fmt: skip
    return (Upsample(_pair(size), _pair(scale_factor), mode, align_corners, recompute_scale_factor, antialias),)


def _pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Layers:
    if mode not in _PAD_MODES or value:
        raise LayerError(f"pads with mode {mode!r} and value {value}; a chain pads with zeros or by {_modes()}")
    if any(pad[4:]):
        raise LayerError(f"pads channels or images, {tuple(pad)}; a chain pads rows and columns")
    return _sides((*pad, 0, 0)[:4], _PAD_MODES[mode])


def _sides(numbers: Sequence[int], mode: str) -> Layers:
    """The layer of a padding (left, right, top, bottom), of which negative numbers crop; none if all are 0.

    >>> [str(layer) for numbers in ((1, 1, 1, 1), (-1, 0, 0, 0)) for layer in _sides(numbers, "zeros")]
    ['pad(1)', 'crop(1,0,0,0)']
    """
    left, right, top, bottom = numbers
    if not any(numbers):
        return ()
    if max(numbers) <= 0:
        return (Crop((-left, -right, -top, -bottom)),)
    return (Pad((left, right, top, bottom), mode),)


def _modes() -> str:
    return ", ".join(mode for mode in _PAD_MODES if mode != "constant")


def _getitem(input: Tensor, index: Any) -> Layers:
    cuts = _cuts(index, input.dim())
    if len(cuts) != 4 or not all(isinstance(cut, slice) for cut in cuts):
        raise LayerError("takes out single rows, columns or channels; a chain can only crop, x[:, :, a:b, c:d]")
    kept = [cut.indices(size) for cut, size in zip(cuts, input.shape, strict=True)]
    whole = all((start, end) == (0, size) for (start, end, _), size in zip(kept[:2], input.shape[:2], strict=True))
    if not whole or any(step != 1 for *_, step in kept):
        raise LayerError("takes some of the images or channels, or not every row; a chain can only crop edges")
    (top, below, _), (left, beyond, _) = kept[2:]
    taken = (left, input.shape[3] - beyond, top, input.shape[2] - below)
    return (Crop(taken),) if any(taken) else ()


def _cuts(index: Any, dimensions: int) -> list[Any]:
    """What an index takes of each dimension, with everything for the dots and the dimensions left out."""
    cuts = list(index) if isinstance(index, tuple) else [index]
    place = next((place for place, cut in enumerate(cuts) if cut is Ellipsis), len(cuts))
    missing = dimensions + (place < len(cuts)) - len(cuts)
    cuts[place : place + 1] = [slice(None)] * missing
    return cuts


def _pixel_shuffle(input: Tensor, upscale_factor: int) -> Layers:
    return (PixelShuffle(upscale_factor),)


def _pixel_unshuffle(input: Tensor, downscale_factor: int) -> Layers:
    return (PixelUnshuffle(downscale_factor),)


def _batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
    bias: Tensor | None = None, training: bool = False, momentum: float | None = 0.1, eps: float = 1e-5,
) -> Layers:  # fmt: skip
    return (BatchNorm2d(input.shape[1], eps, momentum, weight is not None, running_mean is not None),)


def _instance_norm(
    input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None,
    bias: Tensor | None = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Layers:  # fmt: skip
    return (InstanceNorm2d(input.shape[1], eps, momentum, weight is not None, running_mean is not None),)


def _group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Layers:
    return (GroupNorm(num_groups, input.shape[1], eps, weight is not None),)


def _dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Layers:
    return (Dropout(p),)


def _dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Layers:
    return (Dropout2d(p),)


def _activation(name: str) -> Callable[..., Layers]:
    def read(input: Tensor, *settings: Any, inplace: bool = False, **named: Any) -> Layers:
        return (Activation(name, {**dict(zip(ACTIVATIONS[name], settings, strict=False)), **named}),)

    return read


def _clamp(input: Tensor, min: Any = None, max: Any = None) -> Layers:
    if isinstance(min, int | float) and isinstance(max, int | float):
        return (Activation("hardtanh", {"min_val": min, "max_val": max}),)
    if isinstance(min, int | float) and min == 0 and max is None:
        return (Activation("relu"),)
    raise LayerError(f"is called with {min} and {max}; a chain clamps between two numbers, or at 0 from below")


READERS: dict[str, Callable[..., Layers]] = {
    **{name: _activation(name) for name in ACTIVATIONS if name != "identity"},
    "clamp": _clamp,
    "clip": _clamp,
    "conv2d": _conv2d,
    "conv_transpose2d": _conv_transpose2d,
    "max_pool2d": _max_pool2d,
    "max_pool2d_with_indices": _max_pool2d,
    "avg_pool2d": _avg_pool2d,
    "max_unpool2d": _max_unpool2d,
    "interpolate": _interpolate,
    "pad": _pad,
    "__getitem__": _getitem,
    "pixel_shuffle": _pixel_shuffle,
    "pixel_unshuffle": _pixel_unshuffle,
    "batch_norm": _batch_norm,
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "dropout": _dropout,
    "dropout2d": _dropout2d,
}
"""By the name of the function in ``torch``, ``torch.nn.functional`` or ``torch.Tensor``, without a last underscore."""


def _both(value: Ints) -> tuple[int, int]:
    """(height, width) from one number, or from a list of one or two."""
    if isinstance(value, int):
        return value, value
    first, *rest = value
    return first, rest[0] if rest else first


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else value
