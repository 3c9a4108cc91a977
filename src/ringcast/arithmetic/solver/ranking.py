"""One stack that fits, in the numbers it is ranked by."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.layers import Activation, Crop
from ringcast.arithmetic.line import Line
from ringcast.arithmetic.shape import Shape
from ringcast.arithmetic.solver.alphabet import AxisBlock
from ringcast.arithmetic.solver.stack import AxisStack, block_layers, stack_layers
from ringcast.arithmetic.tap_maps.pattern import carried, repeated
from ringcast.arithmetic.tap_maps.tap_map import AxisTaps

__all__ = ["Candidate", "Design", "axis_length", "axis_taps", "judged", "seen"]


@dataclass(frozen=True)
class Candidate:
    """The blocks of both axes, from the seed on, and the rows and columns that a last layer takes away."""

    rows: AxisStack
    columns: AxisStack
    crop: Pair = (0, 0)


@dataclass(frozen=True)
class Design:
    """A stack that fits; ``str`` gives its chain.

    Two numbers are (height, width).
    """

    chain: ConvChain
    scale: Pair
    """S in n -> S n + C."""
    offset: Pair
    """C, before the crop."""
    crop: Pair
    """Rows and columns that the last layer takes away."""
    even: bool
    """Whether no layer makes a checkerboard pattern whatever its weights."""
    unaffected: float
    """Share of the output pixels free of border effect."""
    sees: Pair
    """The most rows and columns of the seed that one output pixel sees, far from the ends."""
    params: int
    macs: int

    def __str__(self) -> str:
        return str(self.chain)

    @property
    def key(self) -> tuple[bool, int, float, int, int]:
        """Sorts the better first: even, least crop, least border, least work, fewest weights."""
        return not self.even, sum(self.crop), -self.unaffected, self.macs, self.params


def judged(
    candidate: Candidate, seed: Pair, target: Pair, channels: int | Sequence[int], out_channels: int
) -> Design | None:
    """The candidate in numbers, its sizes run through; None if a layer does not fit."""
    stacks = (candidate.rows, candidate.columns)
    if not all(axis_length(stack, size) for stack, size in zip(stacks, seed, strict=True)):
        return None
    layers = stack_layers(*stacks, channels, out_channels, candidate.crop)
    chain = ConvChain.of(seed, layers)
    shapes = chain.shapes
    assert shapes[-1] == Shape(out_channels, *target)
    taps = [axis_taps(stack, size) for stack, size in zip(stacks, seed, strict=True)]
    free = [_cropped(axis, crop).free for axis, crop in zip(taps, candidate.crop, strict=True)]
    return Design(
        chain=chain,
        scale=(_affine(candidate.rows)[0], _affine(candidate.columns)[0]),
        offset=(_affine(candidate.rows)[1], _affine(candidate.columns)[1]),
        crop=candidate.crop,
        even=all(block.even for block in (*candidate.rows, *candidate.columns)),
        unaffected=len(free[0]) * len(free[1]) / shapes[-1].pixels,
        sees=(seen(candidate.rows), seen(candidate.columns)),
        params=sum(layer.params for layer in layers),
        macs=sum(layer.macs(shape) for layer, shape in zip(layers, shapes, strict=False)),
    )


@lru_cache(maxsize=20_000)
def axis_length(stack: AxisStack, size: int) -> int:
    """Places of one axis behind a stack; 0 if a layer does not fit.

    >>> axis_length((AxisBlock("transposed", 2, 4, conv_kernel=3),), 5)
    10
    """
    for block in stack:
        for line in _lines(block, size):
            size = max(0, line.length)
    return size


@lru_cache(maxsize=2_000)
def axis_taps(stack: AxisStack, size: int) -> AxisTaps:
    """How many taps every place of one axis takes behind a stack whose layers fit.

    >>> axis_taps((AxisBlock("transposed", 2, 4, conv_kernel=3),), 5).values
    (4, 5, 6, 6, 6, 6, 6, 6, 5, 4)
    """
    if not stack:
        return AxisTaps((1,) * size, (1,))
    taps = axis_taps(stack[:-1], size)
    for line in _lines(stack[-1], len(taps.values)):
        taps = _through(line, taps)
    return taps


@lru_cache(maxsize=200)
def _lines(block: AxisBlock, size: int) -> tuple[Line, ...]:
    """The lines of a block's layers but activations, up to one that does not fit. They remember their rows."""
    lines: list[Line] = []
    for layer in block_layers(block, block, 1, 1, 1):
        if size > 0 and not isinstance(layer, Activation):
            lines.append(layer.line(0, size))
            size = lines[-1].length
    return tuple(lines)


def _through(line: Line, taps: AxisTaps) -> AxisTaps:
    return AxisTaps(carried(line, taps.values), None if taps.pattern is None else repeated(line, taps.pattern))


def _cropped(taps: AxisTaps, crop: int) -> AxisTaps:
    if not crop:
        return taps
    line = Crop((0, 0, crop // 2, crop - crop // 2)).line(0, len(taps.values))
    return _through(line, taps)


def _affine(stack: AxisStack) -> Pair:
    scale, offset = 1, 0
    for block in stack:
        scale, offset = scale * block.scale, offset * block.scale + block.offset
    return scale, offset


def seen(stack: AxisStack) -> int:
    """ceil(K / S), as one transposed convolution of kernel K = 1 + sum of (k - 1) times the later scales."""
    reach, scale = 1, 1
    for block in reversed(stack):
        reach, scale = reach + (block.reach - 1) * scale, scale * block.scale
    return -(-reach // scale)
