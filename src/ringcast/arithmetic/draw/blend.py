"""Layers without a kernel, measured from their lines: pooling, unpooling, resizing, padding and cropping.

A line gives each output place its sources and weights along one axis; a number of the output has the products of both.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Protocol

from ringcast.arithmetic.draw.gather import Place
from ringcast.arithmetic.draw.matrix import Matrix
from ringcast.arithmetic.line import Line, Number

__all__ = ["Blend", "Blended", "HasLine", "blend"]


class HasLine(Protocol):
    """Any layer of a chain."""

    def line(self, axis: int, size: int) -> Line:
        """What the layer does along one axis."""
        ...


@dataclass(frozen=True)
class Blended:
    """One output number: input places with their weights."""

    target: Place
    taps: tuple[tuple[Place, Number], ...]
    result: Number


@dataclass(frozen=True)
class Blend:
    """The numbers of the output in its order, and whether the largest is taken instead of the sum."""

    steps: tuple[Blended, ...]
    output: Matrix
    largest: bool


def blend(layer: HasLine, given: Matrix) -> Blend:
    """The steps of a layer of one channel.

    >>> from ringcast.arithmetic.line import Line
    >>> class Doubled:
    ...     def line(self, axis, size):
    ...         return Line(size, 2 * size, lambda place: ((place // 2, 1),))
    >>> blend(Doubled(), ((1, 2),)).output
    ((1, 1, 2, 2), (1, 1, 2, 2))
    """
    lines = layer.line(0, len(given)), layer.line(1, len(given[0]))
    largest = lines[0].blend == "largest"
    steps = []
    for target in product(range(lines[0].length), range(lines[1].length)):
        taps = tuple(
            ((row, column), _plain(weight * beside))
            for row, weight in lines[0].rows[target[0]]
            for column, beside in lines[1].rows[target[1]]
        )
        values = [given[row][column] * weight for (row, column), weight in taps]
        steps.append(Blended(target, taps, _plain(max(values) if largest else sum(values))))
    width = lines[1].length
    results = [step.result for step in steps]
    output = tuple(tuple(results[start : start + width]) for start in range(0, len(results), width))
    return Blend(tuple(steps), output, largest)


def _plain(value: Number) -> Number:
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value
