"""The five ways to enlarge a map by a whole factor, by name: each is a few layers of a chain, n -> scale n exactly.

* ``transposed``: a transposed convolution, the way of the slides;
* ``unpool``: a bed of nails, then a convolution; the same as a transposed convolution of that kernel;
* ``nearest``, ``bilinear``: interpolation, which has no weights, then a convolution;
* ``shuffle``: a convolution to scale^2 times the channels, which a pixel shuffle lays out side by side.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from ringcast.arithmetic.arguments import Pair, pair
from ringcast.arithmetic.layers import BedOfNails, Conv2d, ConvTranspose2d, Crop, Layer, Pad, PixelShuffle, Upsample
from ringcast.errors import ArgumentError

__all__ = ["BORDERS", "UPSAMPLERS", "Border", "exact_padding", "upsampler"]

Border = Literal["zeros", "replicate", "circular"]
BORDERS = ("zeros", "replicate", "circular")
_BOTH = (0, 1)


class _Plan(NamedTuple):
    """The settled arguments; pairs are (height, width)."""

    in_channels: int
    out_channels: int
    scale: Pair
    kernel: Pair
    border: tuple[Border, Border]


def upsampler(
    name: str,
    in_channels: int,
    out_channels: int,
    *,
    scale: int | Pair = 2,
    kernel: int | Pair | None = None,
    border: Border | tuple[Border, Border] = "zeros",
) -> tuple[Layer, ...]:
    """Layers that enlarge height and width by ``scale`` exactly; there is no activation among them.

    Args:
        name: one of ``UPSAMPLERS``.
        in_channels: channels that arrive.
        out_channels: channels that leave.
        scale: the factor, or (vertical, horizontal); for ``shuffle`` one number.
        kernel: of the convolution; 2 scale for ``transposed`` and 3 for the others, if not given.
        border: what stands beyond the edge of the map, or (vertical, horizontal): with ``zeros`` nothing, with
            ``replicate`` the last pixel again, with ``circular`` the other end, so that nothing shows the seam.

    Raises:
        ArgumentError: an unknown name or border, or a kernel for which no padding gives the exact size.
        LayerError: a number that the layers refuse.

    >>> [str(layer) for layer in upsampler("transposed", 64, 32)]
    ['convT(64,32,4,2,1)']
    >>> [str(layer) for layer in upsampler("nearest", 64, 32, border=("replicate", "circular"))]
    ['nearest(2)', 'pad(0,0,1,1,replicate)', 'pad(1,1,0,0,circular)', 'conv(64,32,3)']
    """
    if name not in UPSAMPLERS:
        raise ArgumentError(f"upsampler is {name!r}; expected one of {', '.join(UPSAMPLERS)}")
    borders = (border, border) if isinstance(border, str) else tuple(border)
    if len(borders) != 2 or any(one not in BORDERS for one in borders):
        raise ArgumentError(
            f"border is {border!r}; expected one of {', '.join(BORDERS)}, or two: (vertical, horizontal)"
        )
    scales = pair("scale", scale, least=1)
    default: int | Pair = (2 * scales[0], 2 * scales[1]) if name == "transposed" else 3
    kernels = pair("kernel", default if kernel is None else kernel, least=1)
    return _MAKERS[name](_Plan(in_channels, out_channels, scales, kernels, borders))


def exact_padding(kernel: int, scale: int) -> Pair:
    """Padding p and output padding op of a transposed convolution of stride s = scale with n -> s n.

    (n - 1) s - 2 p + k + op = s n asks for 2 p - op = k - s, with op at most 1 and below s.

    Raises:
        ArgumentError: a kernel smaller than the scale, or an even one for scale 1.

    >>> exact_padding(4, 2), exact_padding(3, 2)
    ((1, 0), (1, 1))
    """
    if kernel < scale:
        raise ArgumentError(
            f"kernel is {kernel} for scale {scale}: pixels would stay empty; expected a kernel of at least {scale}"
        )
    padding = (kernel - scale + 1) // 2
    output_padding = 2 * padding - (kernel - scale)
    if output_padding >= scale:
        raise ArgumentError(f"kernel is {kernel} for scale 1: the size cannot stay the same; expected an odd kernel")
    return padding, output_padding


def _transposed(plan: _Plan) -> tuple[Layer, ...]:
    """Beyond a border other than zeros, ``reach`` pixels are added to the input, and their share is cropped again."""
    paddings = [exact_padding(plan.kernel[axis], plan.scale[axis]) for axis in _BOTH]
    reach = [
        0 if plan.border[axis] == "zeros" else _reach(plan.kernel[axis], plan.scale[axis], paddings[axis][0])
        for axis in _BOTH
    ]
    layer = ConvTranspose2d(
        plan.in_channels,
        plan.out_channels,
        plan.kernel,
        plan.scale,
        (paddings[0][0] + reach[0] * plan.scale[0], paddings[1][0] + reach[1] * plan.scale[1]),
        (paddings[0][1], paddings[1][1]),
    )
    return (*_pads(plan.border, [(number, number) for number in reach]), layer)


def _reach(kernel: int, scale: int, padding: int) -> int:
    """Pixels beyond the ends that touch the result: place o takes the inputs i with s i - p + t = o, 0 <= t < k."""
    return max((kernel - 1 - padding) // scale, (scale - 1 + padding) // scale)


def _unpool(plan: _Plan) -> tuple[Layer, ...]:
    """What is replicated is the seed: the edge of a bed of nails holds nails on one side and gaps on the other."""
    done = (plan.border[0] == "replicate", plan.border[1] == "replicate")
    ends = [_ends(plan.kernel[axis]) for axis in _BOTH]
    reach = [done[axis] * -(-ends[axis][1] // plan.scale[axis]) for axis in _BOTH]
    surplus = [[done[axis] * (reach[axis] * plan.scale[axis] - end) for end in ends[axis]] for axis in _BOTH]
    (top, bottom), (left, right) = surplus
    crop = (left, right, top, bottom)
    return (
        *_pads(plan.border, [(number, number) for number in reach]),
        BedOfNails(_one_or_two(plan.scale)),
        *((Crop(crop),) if any(crop) else ()),
        *_same_size(plan, plan.out_channels, done),
    )


def _nearest(plan: _Plan) -> tuple[Layer, ...]:
    return (Upsample(scale_factor=_one_or_two(plan.scale), mode="nearest"), *_same_size(plan, plan.out_channels))


def _bilinear(plan: _Plan) -> tuple[Layer, ...]:
    """Interpolation stops at its own ends; round a seam it needs one pixel of the other side, and gives it back."""
    seams = [int(border == "circular") for border in plan.border]
    surplus = (seams[1] * plan.scale[1],) * 2 + (seams[0] * plan.scale[0],) * 2
    return (
        *_pads(plan.border, [(number, number) for number in seams]),
        Upsample(scale_factor=_one_or_two(plan.scale), mode="bilinear"),
        *((Crop(surplus),) if any(surplus) else ()),
        *_same_size(plan, plan.out_channels),
    )


def _shuffle(plan: _Plan) -> tuple[Layer, ...]:
    scale = plan.scale[0]
    if plan.scale[1] != scale:
        raise ArgumentError(
            f"scale is {plan.scale[0]}x{plan.scale[1]}; a pixel shuffle has one factor for both axes, give one number"
        )
    return (*_same_size(plan, plan.out_channels * scale**2), PixelShuffle(scale))


_MAKERS: dict[str, Callable[[_Plan], tuple[Layer, ...]]] = {
    "transposed": _transposed,
    "unpool": _unpool,
    "nearest": _nearest,
    "bilinear": _bilinear,
    "shuffle": _shuffle,
}
UPSAMPLERS = tuple(_MAKERS)


def _same_size(plan: _Plan, out_channels: int, done: tuple[bool, bool] = (False, False)) -> tuple[Layer, ...]:
    """A convolution that keeps the size of the axes that are not done, that is, widened already.

    It pads by itself where that can be: as much at both ends, with one mode for both axes. Else layers before it pad.
    """
    ends = [(0, 0) if done[axis] else _ends(plan.kernel[axis]) for axis in _BOTH]
    alike = all(before == after for before, after in ends) and plan.border[0] == plan.border[1]
    own = [before == after and (alike or plan.border[axis] == "zeros") for axis, (before, after) in enumerate(ends)]
    padding = (ends[0][0] * own[0], ends[1][0] * own[1])
    mode = plan.border[0] if alike and any(padding) else "zeros"
    layer = Conv2d(plan.in_channels, out_channels, plan.kernel, 1, padding, padding_mode=mode)
    return (*_pads(plan.border, [(0, 0) if own[axis] else ends[axis] for axis in _BOTH]), layer)


def _ends(kernel: int) -> Pair:
    """Pixels that a kernel needs before and after a map to keep its size; an even one has the odd pixel after it."""
    return (kernel - 1) // 2, kernel // 2


def _pads(border: tuple[Border, Border], ends: list[Pair]) -> tuple[Layer, ...]:
    """One layer that pads both axes where their borders agree, else one for each axis."""
    (top, bottom), (left, right) = ends
    if border[0] == border[1]:
        wanted = [((left, right, top, bottom), border[0])]
    else:
        wanted = [((0, 0, top, bottom), border[0]), ((left, right, 0, 0), border[1])]
    return tuple(Pad(numbers, mode=mode) for numbers, mode in wanted if any(numbers))


def _one_or_two(scale: Pair) -> int | Pair:
    return scale[0] if scale[0] == scale[1] else scale
