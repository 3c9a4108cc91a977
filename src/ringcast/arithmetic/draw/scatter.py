"""The scatter view, measured: every input number of a transposed convolution in turn paints its multiple of the kernel.

The canvas is the result before anything is cropped, with the rows that only output_padding keeps or adds.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

from ringcast.arithmetic.draw.gather import Place
from ringcast.arithmetic.draw.matrix import Matrix
from ringcast.arithmetic.layers import ConvTranspose2d
from ringcast.arithmetic.line import Number

__all__ = ["Fate", "Scatter", "Stamp", "transposed_scatter"]

Fate = Literal["output", "extra", "cropped"]
"""Of a place of the canvas: part of the output, part of it thanks to output_padding, or taken away by padding."""


@dataclass(frozen=True)
class Stamp:
    """One input number, and what it adds where."""

    source: Place
    value: Number
    parts: tuple[tuple[Place, Number], ...]


@dataclass(frozen=True)
class Scatter:
    """The canvas with where output (0, 0) lies on it, and the stamps in the input's order."""

    fates: tuple[tuple[Fate, ...], ...]
    origin: Place
    size: Place
    stamps: tuple[Stamp, ...]

    @cached_property
    def sums(self) -> tuple[dict[Place, Number], ...]:
        """What stands on the canvas after each stamp, without the places that are still empty."""
        sums: list[dict[Place, Number]] = []
        for stamp in self.stamps:
            now = dict(sums[-1]) if sums else {}
            for place, part in stamp.parts:
                now[place] = now.get(place, 0) + part
            sums.append(now)
        return tuple(sums)

    @property
    def output(self) -> Matrix:
        """The whole result, cropped."""
        top, left = self.origin
        rows, columns = range(top, top + self.size[0]), range(left, left + self.size[1])
        return tuple(tuple(self.sums[-1].get((row, column), 0) for column in columns) for row in rows)


def transposed_scatter(layer: ConvTranspose2d, given: Matrix, kernel: Matrix) -> Scatter:
    """The stamps of a transposed convolution of one channel.

    >>> scatter = transposed_scatter(ConvTranspose2d(1, 1, 2, 1, 1), ((1, 2), (3, 4)), ((1, 2), (3, 4)))
    >>> scatter.output, scatter.sums[1][(0, 1)], scatter.fates[0]
    (((20,),), 4, ('cropped', 'cropped', 'cropped'))
    """
    rows, columns = layer.window(0), layer.window(1)
    stamps = []
    for source in product(range(len(given)), range(len(given[0]))):
        top, left = source[0] * rows.stride, source[1] * columns.stride
        value = given[source[0]][source[1]]
        parts = tuple(
            ((top + tap * rows.dilation, left + beside * columns.dilation), value * weight)
            for tap, weights in enumerate(kernel)
            for beside, weight in enumerate(weights)
        )
        stamps.append(Stamp(source, value, parts))
    sizes = (len(given), len(given[0]))
    down, across = (_fates(layer, axis, size) for axis, size in enumerate(sizes))
    length = tuple(layer.line(axis, size).length for axis, size in enumerate(sizes))
    fates = tuple(tuple(_worst(one, other) for other in across) for one in down)
    return Scatter(fates, (rows.before, columns.before), (length[0], length[1]), tuple(stamps))


def _fates(layer: ConvTranspose2d, axis: int, size: int) -> tuple[Fate, ...]:
    window, length = layer.window(axis), layer.line(axis, size).length
    painted = (size - 1) * window.stride + window.reach
    end = window.before + length
    extra = end - window.output_padding
    return tuple(
        "cropped" if place < window.before or place >= end else "extra" if place >= extra else "output"
        for place in range(max(painted, end))
    )


def _worst(one: Fate, other: Fate) -> Fate:
    fates: tuple[Fate, ...] = ("cropped", "extra", "output")
    return next(fate for fate in fates if fate in (one, other))
