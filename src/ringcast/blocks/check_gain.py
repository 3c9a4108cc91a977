"""What each upsampling step of a network does to a constant: its gain by phase, from the weights it has.

The phase of an output pixel is its row and column modulo the step's stride. With a constant input every output pixel of
one phase is the same sum of taps, the DC gain of that phase; a constant stays a constant if and only if all phases have
the same gain for every pair of channels (multirate-filter condition, arXiv 1806.02658). A step is a transposed
convolution with a stride, a convolution and the pixel shuffle after it, a bed of nails and the convolution after it, or
an interpolation.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.layers import BedOfNails, Conv2d, Crop, Pad, PixelShuffle, Upsample
from ringcast.arithmetic.line import Line, Number
from ringcast.arithmetic.tap_maps.pattern import repeated
from ringcast.blocks.check_tile import tile_of

__all__ = ["StepGain", "noise_gain", "step_gains"]

_CHANNELS_AT_ONCE = 64


@dataclass(frozen=True)
class StepGain:
    """One upsampling step of a network: the layers ``first`` to ``last`` of its chain, numbered from 1."""

    first: int
    last: int
    name: str
    """The layers' text."""
    even: bool
    """Whether the structure is even: every phase has as many taps."""
    gain: Float[Tensor, "input output row col"]
    """DC gain of each phase; what a constant 1 in one input channel becomes in one output channel, without bias."""
    noise: tuple[tuple[Number, ...], tuple[Number, ...]] | None
    """Noise gain of the rows' and of the columns' phases, for interpolation: see :func:`noise_gain`."""

    @property
    def non_dc_share(self) -> float:
        """Energy of the phase pattern beyond its mean over the whole energy, for input channels of equal energy."""
        return _share(self._beyond.sum(), self._whole.sum())

    @property
    def worst(self) -> tuple[int, float]:
        """The output channel, from 0, with the largest such share, and the share."""
        shares = (self._beyond.sum(0) / self._whole.sum(0)).nan_to_num(nan=0.0)
        channel = int(shares.argmax())
        return channel, float(shares[channel])

    @property
    def rms(self) -> Float[Tensor, "row col"]:
        """Root mean square of the gain over all pairs of channels, by phase."""
        return self.gain.square().mean((0, 1)).sqrt()

    @cached_property
    def _whole(self) -> Tensor:
        return self.gain.square().sum((-2, -1))

    @cached_property
    def _beyond(self) -> Tensor:
        return (self.gain - self.gain.mean((-2, -1), keepdim=True)).square().sum((-2, -1))


def step_gains(net: nn.Sequential, chain: ConvChain) -> tuple[StepGain, ...]:
    """The gain by phase of every upsampling step, found by running the step on constants; biases are left out.

    Args:
        net: one module for each layer of the chain.
        chain: its layers.

    >>> from ringcast.arithmetic import parse
    >>> from ringcast.blocks.sequential import sequential
    >>> chain = parse("1x3x3 convT(1,1,2,2,bias=false)")
    >>> net = sequential(chain)
    >>> net[0].weight.data = torch.tensor([[[[1.0, 1.0], [1.0, 3.0]]]])
    >>> (step,) = step_gains(net, chain)
    >>> step.even, step.gain[0, 0].tolist(), step.non_dc_share
    (True, [[1.0, 1.0], [1.0, 3.0]], 0.25)
    """
    return tuple(_step(net, chain, first, last) for first, last in _steps(chain))


def noise_gain(line: Line) -> tuple[Number, ...]:
    """What a layer makes of white noise of variance 1, by phase along one axis: the sum of the squared weights.

    Interpolation has DC gain 1 on every phase, but not always the same noise gain. In two dimensions the gains of the
    row's and of the column's phase multiply.

    >>> from ringcast.arithmetic.layers import Upsample
    >>> noise_gain(Upsample(scale_factor=3, mode="bilinear").line(axis=0, size=9))
    (Fraction(5, 9), Fraction(1, 1), Fraction(5, 9))
    """
    return tuple(sum(weight**2 for _, weight in line.unbounded(place)) for place in range(line.advance[1]))


def _steps(chain: ConvChain) -> Iterator[tuple[int, int]]:
    """First and last place, from 0, of every upsampling step."""
    layers = chain.layers
    for place, (layer, shape) in enumerate(zip(layers, chain.shapes, strict=False)):
        advances = (layer.line(axis, shape.axis(axis)).advance for axis in (0, 1))
        if not any(outputs > inputs for inputs, outputs in advances):
            continue
        first = last = place
        if isinstance(layer, PixelShuffle) and place and isinstance(layers[place - 1], Conv2d):
            first = place - 1
        if isinstance(layer, BedOfNails):
            after = place + 1
            while after < len(layers) and isinstance(layers[after], Pad | Crop):
                after += 1
            last = after if after < len(layers) and isinstance(layers[after], Conv2d) else place
        yield first, last


def _step(net: nn.Sequential, chain: ConvChain, first: int, last: int) -> StepGain:
    layers = chain.layers[first : last + 1]
    step = ConvChain(chain.shapes[first], layers)
    interpolates = isinstance(layers[0], Upsample)
    lines = [layers[0].line(axis, chain.shapes[first].axis(axis)) for axis in (0, 1)]
    return StepGain(
        first=first + 1,
        last=last + 1,
        name=" ".join(str(layer) for layer in layers),
        even=all(_is_even(step, axis) for axis in (0, 1)),
        gain=_gain(nn.Sequential(*list(net)[first : last + 1]), step),
        noise=(noise_gain(lines[0]), noise_gain(lines[1])) if interpolates else None,
    )


def _is_even(step: ConvChain, axis: int) -> bool:
    pattern: tuple[Number, ...] | None = (1,)
    for layer, shape in zip(step.layers, step.shapes, strict=False):
        pattern = None if pattern is None else repeated(layer.line(axis, shape.axis(axis)), pattern)
    return pattern is not None and len(pattern) == 1 and pattern[0] != 0


def _gain(modules: nn.Sequential, step: ConvChain) -> Float[Tensor, "input output row col"]:
    """The response to a constant 1 in one channel after the other; it is linear once the bias is taken away."""
    tile = tile_of(step)
    channels = step.seed.channels
    modules = deepcopy(modules).double().eval()
    ones = torch.eye(channels, dtype=torch.float64)[:, :, None, None]
    nothing = ones.new_zeros(1, channels, 1, 1)
    with torch.no_grad():
        bias = modules(nothing.expand(-1, -1, *tile.seed))
        responses = [
            (modules(some.expand(-1, -1, *tile.seed)) - bias)[(..., *tile.rows_cols)]
            for some in torch.split(ones, _CHANNELS_AT_ONCE)
        ]
    shift = tuple(start % length for start, length in zip(tile.start, tile.period, strict=True))
    return torch.cat(responses).roll(shift, (-2, -1))


def _share(beyond: Tensor, whole: Tensor) -> float:
    return float(beyond / whole) if whole > 0 else 0.0
