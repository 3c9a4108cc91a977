"""The tile of a chain's output that repeats when the seed is constant, and where it lies clear of the borders.

Far from the borders the response to a constant seed repeats with a period that only the layers tell, and is the same
for every size of the seed. One tile of that period, cut out of the response, therefore says all about its pattern.
"""

from math import lcm
from typing import NamedTuple

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.layers import Layer
from ringcast.arithmetic.line import Line
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

__all__ = ["Tile", "clear_places", "period", "tile_of"]

_LARGEST_PERIOD = 512


class Tile(NamedTuple):
    """Where to look in the output of a chain, in pixels, each (vertical, horizontal).

    >>> from ringcast.arithmetic import parse
    >>> tile_of(parse("1x2x2 convT(1,1,4,2) relu conv(1,1,3)"))
    Tile(period=(2, 2), seed=(3, 3), start=(2, 2))
    """

    period: tuple[int, int]
    """Rows and columns after which the response to a constant seed repeats."""
    seed: tuple[int, int]
    """Size of the seed that the tile is cut from."""
    start: tuple[int, int]
    """First row and column of the tile."""

    @property
    def rows_cols(self) -> tuple[slice, slice]:
        """The tile as an index of the last two axes of the output."""
        down, right = (slice(start, start + length) for start, length in zip(self.start, self.period, strict=True))
        return down, right


def tile_of(chain: ConvChain, *, periods: int = 1) -> Tile:
    """The central tile of one period, clear of the borders, on the smallest seed that has ``periods`` such tiles.

    The layers are convolutional, so a seed of another size than the chain's is as good; the smallest is the quickest.

    Raises:
        LayerError: no size of the seed leaves a tile clear of the borders, as after a layer that fixes its output size.
    """
    down, high, top = _along(chain, 0, chain.seed, periods)
    right, wide, left = _along(chain, 1, chain.seed._replace(height=high), periods)
    return Tile((down, right), (high, wide), (top, left))


def period(layers: tuple[Layer, ...], axis: int, size: int) -> int:
    """Places after which the response to a constant input repeats, away from the borders.

    A layer that moves its sources by i places for every o outputs turns a pattern of period P into one of
    lcm(P, i) o / i.

    >>> from ringcast.arithmetic import parse
    >>> period(parse("1x9x9 convT(1,1,3,2) convT(1,1,3,2) conv(1,1,3,2)").layers, axis=0, size=9)
    2
    """
    found = 1
    for layer in layers:
        line = layer.line(axis, size)
        if line.blend == "one":
            raise LayerError(f"{layer}: the data decide which pixels it fills, so its response to a constant is chance")
        inputs, outputs = line.advance
        turns = lcm(found, inputs) // inputs if inputs else 1  # one place with aligned corners is all there is
        found, size = turns * outputs, line.length
    return found


def clear_places(layers: tuple[Layer, ...], axis: int, size: int) -> list[bool]:
    """Whether each output place stands for the infinite plane: no border at any layer has a part in it.

    >>> from ringcast.arithmetic import parse
    >>> clear_places(parse("1x3x3 convT(1,1,4,2)").layers, axis=0, size=3)
    [False, False, True, True, True, True, False, False]
    """
    clear = [True] * size
    for layer in layers:
        line = layer.line(axis, len(clear))
        clear = [_is_clear(line, place, clear) for place in range(line.length)]
    return clear


def _is_clear(line: Line, place: int, clear: list[bool]) -> bool:
    endless = line.unbounded(place)
    if not all(0 <= source < line.size and clear[source] for source, _ in endless):
        return False
    return line.bounded is None or dict(line.bounded(place)) == dict(endless)


def _along(chain: ConvChain, axis: int, seed: Shape, periods: int) -> tuple[int, int, int]:
    """Period, seed size and first place of the tile along one axis of seeds that are like ``seed`` along the other."""
    repeat = period(chain.layers, axis, chain.seed.axis(axis))
    if repeat > _LARGEST_PERIOD:
        raise LayerError(
            f"the response to a constant repeats only after {repeat} pixels; expected at most {_LARGEST_PERIOD}"
        )
    own = _advances(chain.layers, axis, chain.seed.axis(axis))
    limit = 64 + 16 * len(chain.layers) + 8 * chain.seed.axis(axis)
    for size in range(1, limit + 1):
        tried = seed._replace(width=size) if axis else seed._replace(height=size)
        if _fits(chain.layers, tried) and _advances(chain.layers, axis, size) == own:
            start = _central(clear_places(chain.layers, axis, size), repeat, periods)
            if start is not None:
                return repeat, size, start
    raise LayerError(
        f"no seed of up to {limit} {'columns' if axis else 'rows'} leaves a tile of {repeat} pixels clear of the "
        f"borders; a chain that can be checked has no layer that fixes its output size and pads less than it paints"
    )


def _fits(layers: tuple[Layer, ...], shape: Shape) -> bool:
    """Whether a seed is large enough for every kernel, and for padding by copies."""
    try:
        for layer in layers:
            shape = layer.output(shape)
    except LayerError:
        return False
    return True


def _advances(layers: tuple[Layer, ...], axis: int, size: int) -> list[tuple[int, int]]:
    """By how much every layer enlarges, which depends on the size for one that fixes its output size."""
    found = []
    for layer in layers:
        line = layer.line(axis, size)
        found.append(line.advance)
        size = line.length
    return found


def _central(clear: list[bool], repeat: int, periods: int) -> int | None:
    """First place of the central whole period in the longest clear run; None if the run is too short."""
    best_start, best_length, start = 0, 0, 0
    for place, good in enumerate([*clear, False]):
        if good:
            continue
        if place - start > best_length:
            best_start, best_length = start, place - start
        start = place + 1
    if best_length < repeat * periods:
        return None
    return best_start + (best_length - repeat) // 2
