"""From the blocks of two axes to layers: what is equal on both axes is written once, channels are put in."""

from collections.abc import Sequence
from functools import lru_cache

from ringcast.arithmetic.arguments import Pair, whole
from ringcast.arithmetic.layers import (
    Activation,
    BedOfNails,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Layer,
    PixelShuffle,
    Upsample,
)
from ringcast.arithmetic.solver.alphabet import AxisBlock
from ringcast.errors import ArgumentError

__all__ = ["AxisStack", "block_layers", "stack_layers", "widths"]

AxisStack = tuple[AxisBlock, ...]


def widths(channels: int | Sequence[int], blocks: int) -> tuple[int, ...]:
    """Channels of the seed and behind each block.

    One number is halved at every second block, beginning with the second. A
    sequence that is too short goes on with its last number.

    Raises:
        ArgumentError: no numbers.
        LayerError: one below 1.

    >>> widths(64, 3), widths((100, 512, 256), 4)
    ((64, 64, 32, 32), (100, 512, 256, 256, 256))
    """
    if isinstance(channels, int):
        first = whole("channels", channels, least=1)
        return (first, *(max(1, first >> number // 2) for number in range(1, blocks + 1)))
    given = tuple(whole("channels", number, least=1) for number in channels)
    if not given:
        raise ArgumentError("channels are empty; expected the channels of the seed, and then those behind each block")
    return (given + given[-1:] * blocks)[: blocks + 1]


def stack_layers(
    rows: AxisStack, columns: AxisStack, channels: int | Sequence[int], out_channels: int, crop: Pair = (0, 0)
) -> tuple[Layer, ...]:
    """Layers of a stack with ReLU between its convolutions; ``crop`` rows and columns go last, the odd one at the end.

    >>> block = AxisBlock("transposed", 2, 4, conv_kernel=3)
    >>> print(*stack_layers((block,), (block,), 64, 3))
    convT(64,64,4,2) relu conv(64,3,3)
    """
    wide = widths(channels, len(rows))
    layers: list[Layer] = []
    for number, (row, column) in enumerate(zip(rows, columns, strict=True)):
        last = number == len(rows) - 1
        block = block_layers(row, column, wide[number], wide[number + 1], out_channels if last else wide[number + 1])
        layers += [*block, *(() if last else (Activation("relu"),))]
    if any(crop):
        top, left = crop[0] // 2, crop[1] // 2
        layers.append(Crop((left, crop[1] - left, top, crop[0] - top)))
    return tuple(layers)


@lru_cache(maxsize=5_000)
def block_layers(row: AxisBlock, column: AxisBlock, before: int, width: int, after: int) -> tuple[Layer, ...]:
    """Layers of one block: ``before`` channels arrive, ``width`` pass within it, ``after`` leave."""
    if row.upsampler == "transposed":
        inside = width if row.conv_kernel else after
        kernel, stride = _both(row.kernel, column.kernel), _both(row.scale, column.scale)
        paddings = _both(row.padding, column.padding), _both(row.output_padding, column.output_padding)
        up = ConvTranspose2d(before, inside, kernel, stride, *paddings)
        return (up, Activation("relu"), _conv(row, column, inside, after)) if row.conv_kernel else (up,)
    if row.upsampler == "shuffle":
        return _conv(row, column, before, after * row.scale**2), PixelShuffle(row.scale)
    scale = _both(row.scale, column.scale)
    if row.upsampler == "unpool":
        return BedOfNails(scale), _conv(row, column, before, after)
    return Upsample(scale_factor=scale, mode=row.upsampler), _conv(row, column, before, after)


def _conv(row: AxisBlock, column: AxisBlock, before: int, after: int) -> Conv2d:
    kernel, padding = _both(row.conv_kernel, column.conv_kernel), _both(row.conv_padding, column.conv_padding)
    return Conv2d(before, after, kernel, 1, padding)


def _both(row: int, column: int) -> int | Pair:
    return row if row == column else (row, column)
