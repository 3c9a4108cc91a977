"""A chain of layers behind an input size: the noun that the other parts of the arithmetic, and the decoder, work on."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringcast.arithmetic.grammar import EXAMPLE, layer_of, size_of, words
from ringcast.arithmetic.layers import Layer, PixelShuffle, PixelUnshuffle
from ringcast.arithmetic.shape import Shape, shape_of
from ringcast.errors import LayerError

__all__ = ["ConvChain", "parse"]

_NO_LAYERS = f"the chain has no layers; write for example {EXAMPLE}"


@dataclass(frozen=True)
class ConvChain:
    """An input size, the seed, and the layers it goes through; a chain that exists can be run.

    ``str(chain)`` is the text that ``parse`` reads back to an equal chain.

    Raises:
        LayerError: no layers, or a layer that cannot take what the one before it gives.

    >>> chain = ConvChain.of((11, 21), ["convT(64,64,4,2)", "relu", "conv(64,64,3)"])
    >>> print(chain, "gives", chain.shapes[-1])
    64x11x21 convT(64,64,4,2) relu conv(64,64,3) gives 64 x 22 x 42
    """

    seed: Shape
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise LayerError(_NO_LAYERS)
        _walk(self.seed, self.layers)

    @classmethod
    def of(cls, size: Sequence[int], layers: Sequence[Layer | str]) -> "ConvChain":
        """A chain from (height, width) or (channels, height, width), and layers or their texts.

        Without channels, the first layer that states its input channels tells them.

        Raises:
            LayerError: an impossible size, layer, or order of layers; the message has the number of the layer.
        """
        if not layers:
            raise LayerError(_NO_LAYERS)
        settled = tuple(_numbered(number, layer) for number, layer in enumerate(layers, start=1))
        return cls(shape_of(tuple(size), _first_channels(settled)), settled)

    def __str__(self) -> str:
        return " ".join(["x".join(str(size) for size in self.seed), *(str(layer) for layer in self.layers)])

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The seed and the shape after every layer, one more than there are layers."""
        return _walk(self.seed, self.layers)


def parse(text: str) -> ConvChain:
    """Read a chain from its text; :mod:`ringcast.arithmetic.grammar` has the rules.

    Raises:
        LayerError: with the character or the layer at which the text goes wrong, and an example.

    >>> print(parse("11x21 convT(64,64,4,2) relu conv(64,64,3)").shapes[-1])
    64 x 22 x 42
    """
    found = words(text)
    if not found:
        raise LayerError(f"the text is empty; write for example {EXAMPLE}")
    size = size_of(found[0])
    layers: list[Layer] = []
    for number, word in enumerate(found[1:], start=1):
        try:
            layers.append(layer_of(word.text))
        except LayerError as error:
            raise LayerError(f"layer {number} at character {word.place}, {error}") from None
    return ConvChain.of(size, layers)


def _numbered(number: int, layer: Layer | str) -> Layer:
    if isinstance(layer, Layer):
        return layer
    if not isinstance(layer, str):
        raise LayerError(f"layer {number} is {layer!r}; expected a layer of ringcast.conv or its text")
    try:
        return layer_of(layer)
    except LayerError as error:
        raise LayerError(f"layer {number}, {error}") from None


def _first_channels(layers: tuple[Layer, ...]) -> int | None:
    """The channels that the first layer to state them needs, as they are before any shuffling ahead of it."""
    more, fewer = 1, 1
    for layer in layers:
        if layer.in_channels is not None:
            return layer.in_channels * more // fewer
        if isinstance(layer, PixelShuffle):
            more *= layer.upscale_factor**2
        elif isinstance(layer, PixelUnshuffle):
            fewer *= layer.downscale_factor**2
    return None


def _walk(seed: Shape, layers: tuple[Layer, ...]) -> tuple[Shape, ...]:
    shapes = [seed]
    for number, layer in enumerate(layers, start=1):
        try:
            shapes.append(layer.output(shapes[-1]))
        except LayerError as error:
            raise LayerError(f"layer {number}, {error}") from None
    return tuple(shapes)
