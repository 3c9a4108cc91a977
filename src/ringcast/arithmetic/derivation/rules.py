"""Which formula gives the size after a layer, in general and with the numbers of one axis put in.

Each layer has one formula, built from terms; names give the general one, numbers the one of an axis.
Source: the PyTorch manual of each layer; the floor of the convolution, which only strides need, is written out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ringcast.arithmetic.derivation.formula import (
    TEXT,
    Expression,
    Term,
    floor,
    minus,
    product,
    ratio,
    total,
    write,
)
from ringcast.arithmetic.layers import Activation, Conv2d, ConvTranspose2d, Layer
from ringcast.arithmetic.layers.window import Window
from ringcast.arithmetic.shape import Shape

__all__ = ["Formula", "General", "formulas", "general"]


@dataclass(frozen=True)
class Formula:
    """One axis of one layer."""

    axis: str
    """"H" or "W", or "C" for the channels of a layer that makes pixels of them."""
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


def general(layer: Layer) -> tuple[General, ...]:
    """The general formulas of a layer; none if it keeps the size.

    >>> [write(rule.expression, TEXT) for rule in general(ConvTranspose2d(64, 64, 4, 2))]
    ['(in−1)·stride − 2·padding + dilation·(kernel−1) + output_padding + 1']
    """
    match layer:
        case Conv2d():
            return (General("conv", _sliding("in", product(2, "padding"), "dilation", "kernel", "stride")),)
        case ConvTranspose2d():
            return (General("convT", _transposed("in", "stride", "padding", "dilation", "kernel", "output_padding")),)
        case Activation():
            return ()


def formulas(layer: Layer, given: Shape, result: Shape) -> tuple[Formula, ...]:
    """The formulas of a layer for an input of shape ``given``; none if it keeps the size.

    >>> [formula.text for formula in formulas(Conv2d(1, 1, 3, 2), Shape(1, 7, 9), Shape(1, 3, 4))]
    ['⌊(7 + 2·0 − 1·(3−1) − 1)/2⌋ + 1', '⌊(9 + 2·0 − 1·(3−1) − 1)/2⌋ + 1']
    """
    match layer:
        case Conv2d():
            return _both(lambda axis: _conv(given.axis(axis), layer.window(axis)), result)
        case ConvTranspose2d():
            return _both(lambda axis: _conv_transposed(given.axis(axis), layer.window(axis)), result)
        case Activation():
            return ()


def _both(expression: Callable[[int], Term], result: Shape) -> tuple[Formula, ...]:
    return tuple(Formula(name, expression(axis), result.axis(axis)) for axis, name in enumerate("HW"))


def _conv(size: int, window: Window) -> Expression:
    even = window.before == window.after
    padding = product(2, window.before) if even else product(total(window.before, window.after))
    return _sliding(size, padding, window.dilation, window.kernel, window.stride)


def _conv_transposed(size: int, window: Window) -> Expression:
    return _transposed(size, window.stride, window.before, window.dilation, window.kernel, window.output_padding)


def _sliding(size: Term, padding: Term, dilation: Term, kernel: Term, stride: Term) -> Expression:
    room = total(size, padding, minus(product(dilation, total(kernel, minus(1)))), minus(1))
    return total(floor(ratio(room, stride)), 1)


def _transposed(
    size: Term, stride: Term, padding: Term, dilation: Term, kernel: Term, output_padding: Term
) -> Expression:
    stretched, cropped = product(total(size, minus(1)), stride), minus(product(2, padding))
    return total(stretched, cropped, product(dilation, total(kernel, minus(1))), output_padding, 1)
