"""Overlap: how many taps every pixel takes, of each layer alone and of the stack up to it.

With all weights 1 and one channel, a constant image of ones comes out of a layer as its tap-count map. The map of a
stack of convolutions is also the expected power of its output at random initialisation (independent zero-mean weights,
ReLU, no bias): where it is uneven, the untrained network paints a checkerboard. Averages and interpolations in between
add numbers with fixed weights, so that power and taps are no longer proportional where the map is uneven. Everything
is exact. All channels count as one; a pixel unshuffle gives their mean.

Source of the idea of overlap: Odena, Dumoulin, Olah, Distill 2016, doi 10.23915/distill.00003.
"""

from dataclasses import dataclass

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.effort import require_followable
from ringcast.arithmetic.line import Line, Number
from ringcast.arithmetic.shape import Shape
from ringcast.arithmetic.tap_maps.composite import Composite, composite
from ringcast.arithmetic.tap_maps.evenness import Evenness, evenness
from ringcast.arithmetic.tap_maps.pattern import carried, keeps, repeated
from ringcast.arithmetic.tap_maps.tap_map import AxisTaps, TapMap
from ringcast.errors import LayerError

__all__ = ["LayerOverlap", "Overlap", "overlap", "verdict"]


@dataclass(frozen=True)
class LayerOverlap:
    """One layer of a chain."""

    number: int
    """Place in the chain, from 1."""
    name: str
    """The layer's text."""
    input: Shape
    output: Shape
    alone: TapMap
    """The layer alone on a constant input."""
    stack: TapMap
    """All layers up to this one on a constant seed."""
    evenness: tuple[Evenness, Evenness]
    """The layer alone, for height and width."""
    coverage: tuple[tuple[Number, ...], tuple[Number, ...]]
    """How often every input row and column is read: the sum of the weights on it."""


@dataclass(frozen=True)
class Overlap:
    """All layers of a chain; ``stack`` is the map of the whole, and ``str`` gives the verdict in words."""

    layers: tuple[LayerOverlap, ...]
    composite: tuple[Composite, Composite]
    """The whole stack as one kernel, for height and width."""

    @property
    def stack(self) -> TapMap:
        """The map after the last layer."""
        return self.layers[-1].stack

    def __str__(self) -> str:
        return verdict(self.stack)


def overlap(chain: ConvChain) -> Overlap:
    """Count the taps of every layer alone and of the stack up to it.

    Raises:
        LayerError: a layer whose places are chosen by the data (max unpooling), so that it has no map; max pooling of
            a map with negative numbers; or maps or kernels too large to follow every row and column.

    >>> found = overlap(ConvChain.of((11, 21), ["convT(1,1,4,2)", "relu", "conv(1,1,3)"]))
    >>> found.stack.height.pattern, found.stack.height.profile[0], str(found)
    ((6,), (4, 5), 'even inside; 684 of 924 pixels (74.0 %) free of border effect')
    """
    require_followable(chain)
    lines = tuple(_lines(chain, axis) for axis in (0, 1))
    stacks = [_stack(axis_lines) for axis_lines in lines]
    alone = [[_after(line, _ones(line.size)) for line in axis_lines] for axis_lines in lines]
    shapes = chain.shapes
    layers = tuple(
        LayerOverlap(
            number=index + 1,
            name=str(layer),
            input=shapes[index],
            output=shapes[index + 1],
            alone=TapMap(alone[0][index], alone[1][index]),
            stack=TapMap(stacks[0][index], stacks[1][index]),
            evenness=(evenness(layer, 0, alone[0][index].pattern), evenness(layer, 1, alone[1][index].pattern)),
            coverage=(_coverage(lines[0][index]), _coverage(lines[1][index])),
        )
        for index, layer in enumerate(chain.layers)
    )
    return Overlap(layers, (composite(lines[0]), composite(lines[1])))


def verdict(found: TapMap) -> str:
    """Say in one clause each how even the inside of a map is, and how far its borders reach.

    >>> verdict(TapMap(AxisTaps((1, 1, 2, 1, 2, 1, 1), (2, 1)), AxisTaps((1, 1, 2, 1, 2, 1, 1), (2, 1))))
    'uneven inside, pattern of 2 x 2 with ratio 4; 25 of 49 pixels (51.0 %) free of border effect'
    """
    if found.height.pattern is None or found.width.pattern is None:
        return "no pattern: it takes too long to repeat"
    inside = "even inside" if found.even else f"uneven inside, {_unevenness(found)}"
    free, pixels = found.free_pixels, found.pixels
    if not free:
        return f"{inside}; the border effect reaches every pixel"
    if free == pixels:
        return f"{inside}; no border effect"
    return f"{inside}; {free} of {pixels} pixels ({100 * free / pixels:.1f} %) free of border effect"


def _unevenness(found: TapMap) -> str:
    pattern = f"pattern of {found.height.period} x {found.width.period}"
    if found.holes:
        return f"{pattern} with holes"
    return (
        f"{pattern} with negative numbers" if found.ratio is None else f"{pattern} with ratio {float(found.ratio):.6g}"
    )


def _lines(chain: ConvChain, axis: int) -> tuple[Line, ...]:
    lines = []
    for number, (layer, shape) in enumerate(zip(chain.layers, chain.shapes, strict=False), start=1):
        line = layer.line(axis, shape.axis(axis))
        if line.blend == "one":
            raise LayerError(
                f"layer {number}, {layer}: the data decide which pixels it fills, so it has no overlap map; "
                f"put nails({line.advance[1]}) in its place for the map of fixed places"
            )
        lines.append(line)
    return tuple(lines)


def _stack(lines: tuple[Line, ...]) -> list[AxisTaps]:
    """The taps after every line, of a constant seed."""
    stacks = []
    taps = _ones(lines[0].size)
    for number, line in enumerate(lines, start=1):
        if line.blend == "largest" and min(*taps.values, *(taps.pattern or ())) < 0:
            raise LayerError(
                f"layer {number} takes the largest of numbers of which some are negative, after cubic interpolation of "
                f"an uneven map; such a map is no product of rows and columns, so take it out"
            )
        taps = _after(line, taps)
        stacks.append(taps)
    return stacks


def _after(line: Line, taps: AxisTaps) -> AxisTaps:
    pattern = None if taps.pattern is None else repeated(line, taps.pattern)
    return AxisTaps(carried(line, taps.values), pattern)


def _ones(size: int) -> AxisTaps:
    return AxisTaps((1,) * size, (1,))


def _coverage(line: Line) -> tuple[Number, ...]:
    if keeps(line):
        return (1,) * line.size
    counts: list[Number] = [0] * line.size
    for row in line.rows:
        for source, weight in row:
            counts[source] += weight
    return tuple(counts)
