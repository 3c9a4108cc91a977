"""Sizes, weights and work of a chain, layer by layer."""

from dataclasses import dataclass
from functools import lru_cache

from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.effort import require_followable
from ringcast.arithmetic.layers import Layer
from ringcast.arithmetic.shape import Shape

__all__ = ["ChainSizes", "LayerSizes", "sizes"]


@dataclass(frozen=True)
class LayerSizes:
    """One layer of a chain in numbers."""

    number: int
    """Place in the chain, from 1."""
    name: str
    """The layer's text."""
    input: Shape
    output: Shape
    params: int
    """Trained numbers, biases included."""
    macs: int
    """Multiply-accumulates for one image; biases and activations not counted."""
    unread: Pair
    """Input rows and columns that have no influence on the result."""


@dataclass(frozen=True)
class ChainSizes:
    """All layers of a chain in numbers."""

    layers: tuple[LayerSizes, ...]

    @property
    def params(self) -> int:
        """Trained numbers of all layers."""
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of all layers for one image."""
        return sum(layer.macs for layer in self.layers)


def sizes(chain: ConvChain) -> ChainSizes:
    """Shapes, weights, multiply-accumulates and unread rows of every layer.

    A transposed convolution multiplies once per weight and **input** pixel, a convolution once per weight and
    **output** pixel; tools that count both by the output overstate the six-layer decoder of the slides by 2.84.

    Raises:
        LayerError: maps or kernels too large to follow every row and column.

    >>> table = sizes(ConvChain.of((11, 21), ["convT(64,64,4,2)", "conv(64,64,3)"]))
    >>> table.layers[1].output, table.params, table.macs
    (Shape(channels=64, height=22, width=42), 102528, 49201152)
    """
    require_followable(chain, once=True)
    shapes = chain.shapes
    return ChainSizes(
        tuple(
            LayerSizes(
                number=number,
                name=str(layer),
                input=given,
                output=shapes[number],
                params=layer.params,
                macs=layer.macs(given),
                unread=(_unread(layer, 0, given.height), _unread(layer, 1, given.width)),
            )
            for number, (layer, given) in enumerate(zip(chain.layers, shapes, strict=False), start=1)
        )
    )


@lru_cache(maxsize=1000)
def _unread(layer: Layer, axis: int, size: int) -> int:
    return layer.line(axis, size).unread
