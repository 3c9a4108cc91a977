"""What a chain costs: work, memory and traffic of every layer, from the shapes alone.

What is counted, for ``batch`` images:

* **FLOP**: two for each multiply-accumulate of the convolutions (a multiplication and an addition), nothing else.
* **Bias additions** (one for each output number of a convolution with a bias) and **activations** (one for each output
  number of an activation) are not operations of the same kind, and stand in counts of their own. Pooling,
  interpolation and norms are not counted.
* **Bytes moved**: every layer reads its input and its weights once and writes its output once; no layers are fused and
  nothing stays in a cache from one layer to the next. Indices of pooling and running averages of norms are left out.
* **Peak**: the largest input and output of one layer together, which must be in memory at the same time.
* **Training**: weights, their gradients, the input and the output of every layer, each once; what an optimiser keeps
  comes on top.
"""

from dataclasses import dataclass

from ringcast.arithmetic.arguments import whole
from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.layers import Activation, Conv2d, ConvTranspose2d, Layer
from ringcast.arithmetic.shape import Shape
from ringcast.errors import ArgumentError, LayerError

__all__ = ["BYTES", "ChainCost", "LayerCost", "cost"]

BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}
"""Bytes of a number, by the name that torch gives its type."""


@dataclass(frozen=True)
class LayerCost:
    """What one layer costs for the whole batch."""

    number: int
    """Place in the chain, from 1."""
    name: str
    """The layer's text."""
    input: Shape
    """Of one image, as is the output."""
    output: Shape
    params: int
    """Trained numbers, biases included."""
    macs: int
    """Multiply-accumulates."""
    bias_additions: int
    activations: int
    """Numbers that an activation is applied to."""
    input_bytes: int
    output_bytes: int
    weight_bytes: int
    macs_by_output: int
    """What tools find that multiply weights by output pixels for transposed convolutions too: wrong for those."""

    @property
    def flop(self) -> int:
        """Two for each multiply-accumulate."""
        return 2 * self.macs

    @property
    def moved_bytes(self) -> int:
        """Input, weights and output, once each."""
        return self.input_bytes + self.weight_bytes + self.output_bytes

    @property
    def intensity(self) -> float:
        """Arithmetic intensity: FLOP for each byte moved."""
        return self.flop / self.moved_bytes


@dataclass(frozen=True)
class ChainCost:
    """What a chain costs for the whole batch."""

    layers: tuple[LayerCost, ...]
    batch: int
    bytes_per_number: int

    @property
    def params(self) -> int:
        """Trained numbers of all layers."""
        return sum(layer.params for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of all layers."""
        return sum(layer.macs for layer in self.layers)

    @property
    def macs_by_output(self) -> int:
        """The wrong count of some tools, see :class:`LayerCost`."""
        return sum(layer.macs_by_output for layer in self.layers)

    @property
    def flop(self) -> int:
        """Two for each multiply-accumulate."""
        return 2 * self.macs

    @property
    def bias_additions(self) -> int:
        """Output numbers to which a bias is added."""
        return sum(layer.bias_additions for layer in self.layers)

    @property
    def activations(self) -> int:
        """Numbers that an activation is applied to."""
        return sum(layer.activations for layer in self.layers)

    @property
    def output_bytes(self) -> int:
        """The outputs of all layers together."""
        return sum(layer.output_bytes for layer in self.layers)

    @property
    def weight_bytes(self) -> int:
        """All trained numbers."""
        return sum(layer.weight_bytes for layer in self.layers)

    @property
    def moved_bytes(self) -> int:
        """Inputs, weights and outputs of all layers, once each."""
        return sum(layer.moved_bytes for layer in self.layers)

    @property
    def intensity(self) -> float:
        """Arithmetic intensity of the whole chain: FLOP for each byte moved."""
        return self.flop / self.moved_bytes

    @property
    def peak(self) -> LayerCost:
        """The layer whose input and output together are largest; the first of equals."""
        return max(self.layers, key=lambda layer: layer.input_bytes + layer.output_bytes)

    @property
    def peak_bytes(self) -> int:
        """Input and output of that layer."""
        return self.peak.input_bytes + self.peak.output_bytes

    @property
    def training_bytes(self) -> int:
        """Weights and gradients, the input, and the output of every layer."""
        return 2 * self.weight_bytes + self.layers[0].input_bytes + self.output_bytes


def cost(chain: ConvChain, *, batch: int = 1, bytes_per_number: int | str = 4) -> ChainCost:
    """Count the work, the memory and the traffic of every layer; the module's text says what counts.

    Args:
        chain: the layers and their input.
        batch: images at once.
        bytes_per_number: of weights and maps alike; or a type: float64, float32, float16, bfloat16.

    Raises:
        ArgumentError: a batch or a number of bytes below 1, or an unknown type.

    >>> spent = cost(ConvChain.of((11, 21), ["convT(64,64,4,2)", "relu", "conv(64,64,3)"]))
    >>> spent.flop, spent.bias_additions, spent.activations, spent.peak_bytes
    (98402304, 126720, 67584, 540672)
    """
    width = _bytes(bytes_per_number)
    images = _at_least_one("batch", batch)
    shapes = chain.shapes
    layers = tuple(
        _layer_cost(number, layer, (shapes[number - 1], shapes[number]), images, width)
        for number, layer in enumerate(chain.layers, start=1)
    )
    return ChainCost(layers, images, width)


def _layer_cost(number: int, layer: Layer, shapes: tuple[Shape, Shape], batch: int, width: int) -> LayerCost:
    given, result = shapes
    macs = layer.macs(given)
    transposed = isinstance(layer, ConvTranspose2d)
    biased = isinstance(layer, Conv2d | ConvTranspose2d) and layer.bias
    active = isinstance(layer, Activation) and layer.name != "identity"
    return LayerCost(
        number=number,
        name=str(layer),
        input=given,
        output=result,
        params=layer.params,
        macs=batch * macs,
        bias_additions=batch * result.numbers if biased else 0,
        activations=batch * result.numbers if active else 0,
        input_bytes=batch * given.numbers * width,
        output_bytes=batch * result.numbers * width,
        weight_bytes=layer.params * width,
        macs_by_output=batch * (macs // given.pixels * result.pixels if transposed else macs),
    )


def _bytes(given: int | str) -> int:
    if isinstance(given, str):
        if given not in BYTES:
            raise ArgumentError(f"bytes_per_number is {given!r}; expected a whole number or one of {', '.join(BYTES)}")
        return BYTES[given]
    return _at_least_one("bytes_per_number", given)


def _at_least_one(name: str, value: int) -> int:
    try:
        return whole(name, value, least=1)
    except LayerError as error:
        raise ArgumentError(str(error)) from None
