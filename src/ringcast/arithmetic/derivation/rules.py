"""Which formula gives the size after a layer, in general and with the numbers of one axis put in.

Each kind of layer has one formula, a function of its arguments: names give the general one, numbers that of an axis.
Source: the PyTorch manual of each layer; the floor of the convolution, which only strides need, is written out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ringcast.arithmetic.arguments import at
from ringcast.arithmetic.derivation.formula import (
    TEXT,
    Expression,
    Term,
    ceil,
    floor,
    minus,
    power,
    product,
    ratio,
    total,
    write,
)
from ringcast.arithmetic.layers import (
    AvgPool2d,
    BedOfNails,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Layer,
    MaxPool2d,
    MaxUnpool2d,
    Pad,
    PixelShuffle,
    PixelUnshuffle,
    Upsample,
)
from ringcast.arithmetic.layers.window import Window
from ringcast.arithmetic.shape import Shape

__all__ = ["Formula", "General", "formulas", "general"]

_CLOSE = 1e-9
"""A product this close below a whole number, relative to it, misses it by rounding alone."""


@dataclass(frozen=True)
class Formula:
    """One axis of one layer."""

    axis: str
    """"H" or "W", or "C" for the channels of a layer that trades them for pixels."""
    expression: Term
    """The formula with the numbers put in, without its result."""
    result: int
    """Pixels, or channels."""
    remark: str = ""
    """What the formula does not say about this axis."""

    @property
    def text(self) -> str:
        """The formula as plain text."""
        return write(self.expression, TEXT)


@dataclass(frozen=True)
class General:
    """The formula of a kind of layer, with names in place of numbers."""

    word: str
    """What the grammar calls the layer."""
    expression: Term
    remark: str = ""
    """What the formula does not say."""


_Rounding = Callable[[Term], Expression]


class _Rule(NamedTuple):
    """A formula and its arguments on one axis, in order; their names make the general formula."""

    build: Callable[..., Term]
    values: dict[str, Term]
    remark: str = ""


def general(layer: Layer) -> tuple[General, ...]:
    """The general formulas of a layer; none if it keeps the size.

    >>> [write(rule.expression, TEXT) for rule in general(PixelShuffle(2))]
    ['in·upscale_factor', 'in/upscale_factor²']
    """
    word = str(layer).partition("(")[0]
    sides, channels = _sides(layer, 0, 1), _channels(layer, 1)
    found = [General(word, _named(rule), rule.remark) for rule in (sides, channels) if rule is not None]
    return tuple(found)


def formulas(layer: Layer, given: Shape, result: Shape) -> tuple[Formula, ...]:
    """The formulas of a layer for an input of shape ``given``; none if it keeps the size.

    >>> [formula.text for formula in formulas(Conv2d(1, 1, 3, 2), Shape(1, 7, 9), Shape(1, 3, 4))]
    ['⌊(7 + 2·0 − 1·(3−1) − 1)/2⌋ + 1', '⌊(9 + 2·0 − 1·(3−1) − 1)/2⌋ + 1']
    """
    found = []
    channels = _channels(layer, given.channels)
    if channels is not None:
        found.append(Formula("C", channels.build(*channels.values.values()), result.channels))
    for axis, name in enumerate("HW"):
        rule = _sides(layer, axis, given.axis(axis))
        if rule is not None:
            found.append(_formula(layer, rule, axis, given.axis(axis), Formula(name, "", result.axis(axis))))
    return tuple(found)


def _formula(layer: Layer, rule: _Rule, axis: int, size: int, blank: Formula) -> Formula:
    """The formula of one axis, with what its layer rounds or drops."""
    expression, remark = rule.build(*rule.values.values()), ""
    if isinstance(layer, Upsample):
        remark = _rounding(layer, axis, size, blank.result)
    if isinstance(layer, MaxPool2d | AvgPool2d) and layer.ceil_mode:
        window = layer.window(axis)
        steps = -(-(size + window.before + window.after - window.reach) // window.stride)
        if steps + 1 > blank.result:
            assert isinstance(expression, Expression)
            expression = total(*expression.terms, minus(1))
            remark = f"{_name(axis)}: the last window would start beyond the input, and is dropped"
    return Formula(blank.axis, expression, blank.result, remark)


def _rounding(layer: Upsample, axis: int, size: int, result: int) -> str:
    """A sentence if the product falls short of a whole number by rounding alone."""
    if not isinstance(layer.scale_factor, tuple):
        return ""
    reached = size * layer.scale_factor[axis]
    if not 0 < result + 1 - reached < _CLOSE * (result + 1):
        return ""
    return (
        f"{_name(axis)}: in floating point {size}·{layer.scale_factor[axis]} is {reached}, so that the floor gives "
        f"{result}, not {result + 1}; size={result + 1} would"
    )


def _name(axis: int) -> str:
    return ("height", "width")[axis]


def _named(rule: _Rule) -> Term:
    return rule.build(*rule.values)


def _sides(layer: Layer, axis: int, size: int) -> _Rule | None:
    """The rule of the height or the width; None for a layer that keeps them."""
    rule = None
    match layer:
        case Conv2d():
            rule = _Rule(partial(_sliding, floor), _window(size, layer.window(axis)))
        case ConvTranspose2d():
            window = layer.window(axis)
            rule = _Rule(_transposed, _window(size, window) | {"output_padding": window.output_padding})
        case MaxPool2d() | AvgPool2d():
            rule = _pooling(layer, size, layer.window(axis))
        case MaxUnpool2d():
            given = layer.output_size is not None
            rule = _Rule(lambda: "output_size", {}) if given else _unpooling(size, layer.window(axis))
        case BedOfNails():
            rule = _Rule(product, {"in": size, "stride": at(layer.stride, axis)})
        case PixelShuffle():
            rule = _Rule(product, {"in": size, "upscale_factor": layer.upscale_factor})
        case PixelUnshuffle():
            rule = _Rule(ratio, {"in": size, "downscale_factor": layer.downscale_factor})
        case Upsample():
            rule = _interpolation(layer, axis, size)
        case Pad() | Crop():
            before, after = layer.ends(axis)
            build = total if isinstance(layer, Pad) else _cropped
            rule = _Rule(build, {"in": size, "before": _signed(before), "after": _signed(after)})
    return rule


def _channels(layer: Layer, channels: int) -> _Rule | None:
    """The rule of the channels, for layers that trade them for pixels."""
    match layer:
        case PixelShuffle():
            values: dict[str, Term] = {"in": channels, "upscale_factor": layer.upscale_factor}
            return _Rule(lambda given, factor: ratio(given, power(factor, 2)), values, "channels")
        case PixelUnshuffle():
            values = {"in": channels, "downscale_factor": layer.downscale_factor}
            return _Rule(lambda given, factor: product(given, power(factor, 2)), values, "channels")
        case _:
            return None


def _window(size: int, window: Window) -> dict[str, Term]:
    """The arguments of a sliding window; padding that differs at the two ends is a sum."""
    even = window.before == window.after
    padding: Term = window.before if even else total(window.before, window.after)
    return {
        "in": size,
        "padding": padding,
        "dilation": window.dilation,
        "kernel": window.kernel,
        "stride": window.stride,
    }


def _pooling(layer: MaxPool2d | AvgPool2d, size: int, window: Window) -> _Rule:
    values = _window(size, window)
    if isinstance(layer, AvgPool2d):
        del values["dilation"]
    build = _sliding if isinstance(layer, MaxPool2d) else _sliding_undilated
    if not layer.ceil_mode:
        return _Rule(partial(build, floor), values)
    remark = "ceil_mode; no window starts beyond the input"
    return _Rule(partial(build, ceil), values, remark)


def _unpooling(size: int, window: Window) -> _Rule:
    values = _window(size, window)
    del values["dilation"]
    return _Rule(_unpooled, values)


def _interpolation(layer: Upsample, axis: int, size: int) -> _Rule:
    if not isinstance(layer.scale_factor, tuple):
        return _Rule(lambda: "size", {})
    scale = layer.scale_factor[axis]
    values: dict[str, Term] = {"in": size, "scale_factor": int(scale) if scale.is_integer() else scale}
    return _Rule(lambda given, factor: floor(product(given, factor)), values, "computed in floating point")


def _sliding(rounded: _Rounding, size: Term, padding: Term, dilation: Term, kernel: Term, stride: Term) -> Expression:
    room = total(size, _both(padding), minus(product(dilation, total(kernel, minus(1)))), minus(1))
    return total(rounded(ratio(room, stride)), 1)


def _sliding_undilated(rounded: _Rounding, size: Term, padding: Term, kernel: Term, stride: Term) -> Expression:
    return total(rounded(ratio(total(size, _both(padding), minus(kernel)), stride)), 1)


def _transposed(
    size: Term, padding: Term, dilation: Term, kernel: Term, stride: Term, output_padding: Term
) -> Expression:
    stretched, reach = product(total(size, minus(1)), stride), product(dilation, total(kernel, minus(1)))
    return total(stretched, minus(_both(padding)), reach, output_padding, 1)


def _unpooled(size: Term, padding: Term, kernel: Term, stride: Term) -> Expression:
    return total(product(total(size, minus(1)), stride), minus(_both(padding)), kernel)


def _cropped(size: Term, before: Term, after: Term) -> Expression:
    return total(size, minus(before), minus(after))


def _both(padding: Term) -> Expression:
    """The padding of both ends: twice the same number, or the sum of two, in brackets."""
    return product(padding) if isinstance(padding, Expression) else product(2, padding)


def _signed(number: int) -> Term:
    """A number in a sum: negative ones are taken away."""
    return number if number >= 0 else minus(-number)
