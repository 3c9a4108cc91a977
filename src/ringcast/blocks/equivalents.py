"""The same numbers by other layers: a transposed convolution as unpooling or as shuffling, and back.

Symbols per axis: k kernel, s stride, p padding, d dilation, op output padding, e = d (k - 1) + 1 the reach. New modules
have copies of the weights, which are rearranged: a transposed kernel is flipped, and its channels swapped.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ringcast.arithmetic.arguments import at
from ringcast.arithmetic.layers import BedOfNails, Conv2d, ConvTranspose2d, Crop, Layer, Pad, PixelShuffle
from ringcast.blocks.leaves import is_leaf, leaf_layer
from ringcast.blocks.sequential import module_of
from ringcast.errors import LayerError

__all__ = ["shuffle_from_transposed", "transposed_from_shuffle", "transposed_from_unpool", "unpool_from_transposed"]


def unpool_from_transposed(module: nn.ConvTranspose2d) -> nn.Sequential:
    """The transposed convolution as a bed of nails, padding, and a convolution of stride 1.

    A bed of nails has s - 1 zeros behind the last number, so that e - 1 - p pixels are added before and e - p + op - s
    behind; negative numbers take pixels away.

    >>> unpool_from_transposed(nn.ConvTranspose2d(8, 4, 4, 2, 1))
    Sequential(
      (0): BedOfNails(stride=(2, 2))
      (1): ZeroPad2d((2, 1, 2, 1))
      (2): Conv2d(8, 4, kernel_size=(4, 4), stride=(1, 1))
    )
    """
    layer = _read(module, ConvTranspose2d)
    sides: list[int] = []
    for window in (layer.window(1), layer.window(0)):
        before = window.reach - 1 - window.before
        sides += [before, before + 1 + window.output_padding - window.stride]
    convolution = Conv2d(
        layer.in_channels,
        layer.out_channels,
        layer.kernel_size,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias,
    )
    weight = _swapped(module.weight, layer.groups).flip(-1, -2)
    return _built((BedOfNails(layer.stride), *_pad(sides), convolution), weight, module.bias)


def transposed_from_unpool(module: nn.Sequential) -> nn.ConvTranspose2d:
    """The bed of nails and the convolution behind it, zeros at the borders, as one transposed convolution.

    Raises:
        LayerError: other layers, or borders that no padding and output padding give.

    >>> transposed_from_unpool(nn.Sequential(unpool_from_transposed(nn.ConvTranspose2d(8, 4, 4, 2, 1)))[0])
    ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))
    """
    nails, pad, convolution = _read_all(module, (BedOfNails, Pad, Conv2d))
    if convolution.stride != (1, 1) or convolution.padding_mode != "zeros" or pad.mode != "zeros":
        raise LayerError(f"{pad} {convolution}: expected a convolution of stride 1 with zeros at the borders")
    padding, more = [], []
    for axis in (0, 1):
        window, (before, behind) = convolution.window(axis), pad.ends(axis)
        before, behind = before + window.before, behind + window.after
        padding.append(window.reach - 1 - before)
        more.append(behind - before - 1 + at(nails.stride, axis))
    if min(*padding, *more) < 0:
        raise LayerError(
            f"{nails} {pad} {convolution}: its borders would need padding {tuple(padding)} and output_padding "
            f"{tuple(more)} of a transposed convolution; expected none below 0"
        )
    transposed = ConvTranspose2d(
        convolution.in_channels,
        convolution.out_channels,
        convolution.kernel_size,
        nails.stride,
        (padding[0], padding[1]),
        (more[0], more[1]),
        convolution.groups,
        convolution.bias,
        convolution.dilation,
    )
    last: Any = module[-1]
    weight = _swapped(last.weight.flip(-1, -2), convolution.groups)
    return cast("nn.ConvTranspose2d", _built((transposed,), weight, last.bias)[0])


def shuffle_from_transposed(module: nn.ConvTranspose2d) -> nn.Sequential:
    """The transposed convolution as padding, a convolution to s^2 times the channels, and a pixel shuffle.

    Output place s q + f takes the taps t = s m + (f + p) mod s at the inputs q + (f + p) // s - m, so that phase f is a
    convolution of its own. Where s divides k and p, all phases have k / s taps and no padding of zeros in the kernel.
    A size that is no multiple of s is cropped at the end.

    Raises:
        LayerError: a dilation, or different strides for height and width.

    >>> shuffle_from_transposed(nn.ConvTranspose2d(8, 4, 6, 2, 2))
    Sequential(
      (0): ZeroPad2d((1, 1, 1, 1))
      (1): Conv2d(8, 16, kernel_size=(3, 3), stride=(1, 1))
      (2): PixelShuffle(upscale_factor=2)
    )
    """
    layer = _read(module, ConvTranspose2d)
    stride = at(layer.stride, 0)
    if layer.stride != (stride, stride) or layer.dilation != (1, 1):
        raise LayerError(f"{layer}: a pixel shuffle needs one stride for both axes and dilation 1")
    sides, surplus, kernel, taps = list[int](), list[int](), list[int](), list[Tensor]()
    for window in (layer.window(1), layer.window(0)):
        size = window.kernel - 2 * window.before + window.output_padding
        cells = -(-size // stride)
        taps.append(_phase_taps(window.kernel, stride, window.before))
        kernel.append(taps[-1].shape[1])
        last = (stride - 1 + window.before) // stride
        sides += [-(-window.kernel // stride) - 1 - window.before // stride, cells - 1 + last]
        surplus += [0, stride * cells - size]
    channels = layer.out_channels * stride**2
    convolution = Conv2d(layer.in_channels, channels, (kernel[1], kernel[0]), groups=layer.groups, bias=layer.bias)
    padded = F.pad(_swapped(module.weight, layer.groups), (0, 1, 0, 1))
    rows, columns = taps[1][:, None, :, None], taps[0][None, :, None, :]
    weight = padded[:, :, rows, columns].permute(0, 2, 3, 1, 4, 5).flatten(0, 2)
    bias = None if module.bias is None else module.bias.repeat_interleave(stride**2)
    end = (Crop((0, surplus[1], 0, surplus[3])),) if any(surplus) else ()
    return _built((*_pad(sides), convolution, PixelShuffle(stride), *end), weight, bias)


def transposed_from_shuffle(module: nn.Sequential) -> nn.ConvTranspose2d:
    """The convolution and the pixel shuffle by r behind it, zeros at the borders, as one transposed convolution.

    Its kernel is r times as large, its stride r, and its padding r (k - 1 - p).

    Raises:
        LayerError: other layers, a stride or dilation, or biases that differ between the phases.

    >>> transposed_from_shuffle(nn.Sequential(nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.PixelShuffle(2)))
    ConvTranspose2d(8, 4, kernel_size=(6, 6), stride=(2, 2), padding=(2, 2), bias=False)
    """
    pad, convolution, shuffle = _read_all(module, (Pad, Conv2d, PixelShuffle))
    window, factor = (convolution.window(0), convolution.window(1)), shuffle.upscale_factor
    before = [window[axis].before + pad.ends(axis)[0] for axis in (0, 1)]
    behind = [window[axis].after + pad.ends(axis)[1] for axis in (0, 1)]
    plain = convolution.padding_mode == pad.mode == "zeros" and convolution.stride == convolution.dilation == (1, 1)
    padding = [factor * (window[axis].kernel - 1 - before[axis]) for axis in (0, 1)]
    if not plain or before != behind or min(padding) < 0:
        raise LayerError(
            f"{pad} {convolution} {shuffle}: expected stride 1, dilation 1 and as many zeros at both ends, fewer than "
            f"the kernel has taps"
        )
    middle: Any = module[-2]
    phased = middle.weight.unflatten(0, (-1, factor, factor)).flip(-1, -2).permute(0, 3, 4, 1, 5, 2)
    weight = phased.flatten(4, 5).flatten(2, 3)
    bias = None if middle.bias is None else middle.bias.unflatten(0, (-1, factor**2))
    if bias is not None and not torch.equal(bias, bias[:, :1].expand_as(bias)):
        raise LayerError(f"{convolution} {shuffle}: the biases of the {factor**2} phases differ; a transposed has one")
    transposed = ConvTranspose2d(
        convolution.in_channels,
        convolution.out_channels // factor**2,
        (factor * window[0].kernel, factor * window[1].kernel),
        factor,
        (padding[0], padding[1]),
        groups=convolution.groups,
        bias=convolution.bias,
    )
    swapped = _swapped(weight, convolution.groups)
    return cast("nn.ConvTranspose2d", _built((transposed,), swapped, None if bias is None else bias[:, 0])[0])


def _phase_taps(kernel: int, stride: int, padding: int) -> Tensor:
    """``"phase place"``: the tap of the transposed kernel that stands there in the kernel of a phase; k for none."""
    groups, first = -(-kernel // stride), padding // stride
    length = groups + (stride - 1 + padding) // stride - first
    taps = torch.full((stride, length), kernel)
    for phase in range(stride):
        shift, rest = divmod(phase + padding, stride)
        for group in range(groups):
            tap = stride * group + rest
            if tap < kernel:
                taps[phase, groups - 1 - first + shift - group] = tap
    return taps


def _swapped(weight: Tensor, groups: int) -> Tensor:
    """(in, out / groups, row, col) from (out, in / groups, row, col), and the other way round."""
    return weight.reshape(groups, -1, *weight.shape[1:]).transpose(1, 2).flatten(0, 1)


def _pad(sides: Sequence[int]) -> tuple[Layer, ...]:
    return (Pad((sides[0], sides[1], sides[2], sides[3])),) if any(sides) else ()


def _built(layers: Sequence[Layer], weight: Tensor, bias: Tensor | None) -> nn.Sequential:
    """The layers as modules, of which the one convolution gets a copy of these weights."""
    where = {"device": weight.device, "dtype": weight.dtype}
    module = nn.Sequential(*(module_of(layer, where) for layer in layers))
    with torch.no_grad():
        for parameter, numbers in zip(module.parameters(), (weight, bias), strict=False):
            if numbers is not None:
                parameter.copy_(numbers)
    return module


def _read(module: nn.Module, kind: type[Any]) -> Any:
    found = leaf_layer(module) if is_leaf(module) else None
    if not isinstance(found, kind):
        raise LayerError(f"{type(module).__name__} is no {kind.__name__}; expected one")
    return found


def _read_all(module: nn.Sequential, kinds: Sequence[type[Any]]) -> list[Any]:
    """One layer of each kind, in this order; padding may be missing."""
    parts = list(module)
    if len(parts) == len(kinds) - 1:
        parts.insert(list(kinds).index(Pad), nn.ZeroPad2d(0))
    if len(parts) != len(kinds):
        names = ", ".join(kind.__name__ for kind in kinds)
        raise LayerError(f"the module has {len(parts)} layers; expected {names}")
    return [_read(part, kind) for part, kind in zip(parts, kinds, strict=True)]
