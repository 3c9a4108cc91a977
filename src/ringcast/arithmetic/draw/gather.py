"""The gather view, measured: every output number in turn, and the places under the kernel that it is made of.

The canvas is what the kernel slides over. For a convolution it is the input with its padding. For a transposed
convolution it is the equal picture: s − 1 zeros between the inputs, a border of p' = d (k − 1) − p, output_padding more
at the bottom and on the right, and a kernel turned by half a circle that moves one place at a time.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

from ringcast.arithmetic.draw.matrix import Matrix, flipped
from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d
from ringcast.arithmetic.line import Number

__all__ = ["Gather", "Kind", "Place", "Spot", "Step", "Tap", "conv_gather", "transposed_gather"]

Kind = Literal["input", "inserted", "padding", "extra"]
"""A number of the input, a zero between two of them, a number of the border, or of the border of output_padding."""
Place = tuple[int, int]


@dataclass(frozen=True)
class Spot:
    """One place of the canvas."""

    kind: Kind
    value: Number


@dataclass(frozen=True)
class Tap:
    """A place of the canvas and the number of the kernel that lies on it."""

    place: Place
    weight: Number
    value: Number


@dataclass(frozen=True)
class Step:
    """One output number: the sum of weight times value over its taps."""

    target: Place
    taps: tuple[tuple[Tap, ...], ...]
    """Row by row of the kernel."""

    @property
    def result(self) -> Number:
        """The output number."""
        return sum(tap.weight * tap.value for row in self.taps for tap in row)


@dataclass(frozen=True)
class Gather:
    """The canvas, where input (0, 0) lies on it, how far apart the inputs are, and the steps in the output's order."""

    canvas: tuple[tuple[Spot, ...], ...]
    origin: Place
    pitch: Place
    kernel: Matrix
    """As it slides."""
    steps: tuple[Step, ...]

    @cached_property
    def output(self) -> Matrix:
        """The whole result."""
        width = self.steps[-1].target[1] + 1
        results = [step.result for step in self.steps]
        return tuple(tuple(results[start : start + width]) for start in range(0, len(results), width))

    @cached_property
    def unread(self) -> frozenset[Place]:
        """Places of the canvas that never lie under the kernel."""
        read = {tap.place for step in self.steps for row in step.taps for tap in row}
        return frozenset(set(product(range(len(self.canvas)), range(len(self.canvas[0])))) - read)


@dataclass(frozen=True)
class _Axis:
    """One axis of the canvas: the input place at each of its places, and the canvas places under each output place."""

    kinds: tuple[Kind, ...]
    sources: tuple[int | None, ...]
    origin: int
    taps: tuple[tuple[int, ...], ...]


def conv_gather(layer: Conv2d, given: Matrix, kernel: Matrix) -> Gather:
    """The steps of a convolution of one channel.

    >>> gather = conv_gather(Conv2d(1, 1, 2), ((1, 2), (3, 4)), ((1, 2), (3, 4)))
    >>> gather.output
    ((30,),)
    """
    rows, columns = (_conv_axis(layer, axis, size) for axis, size in enumerate((len(given), len(given[0]))))
    return _gather(rows, columns, (1, 1), given, kernel)


def transposed_gather(layer: ConvTranspose2d, given: Matrix, kernel: Matrix) -> Gather:
    """The steps of a transposed convolution of one channel.

    >>> gather = transposed_gather(ConvTranspose2d(1, 1, 2, 2), ((5,),), ((1, 2), (3, 4)))
    >>> gather.output, gather.kernel
    (((5, 10), (15, 20)), ((4, 3), (2, 1)))
    """
    rows, columns = (_transposed_axis(layer, axis, size) for axis, size in enumerate((len(given), len(given[0]))))
    pitch = layer.window(0).stride, layer.window(1).stride
    return _gather(rows, columns, pitch, given, flipped(kernel))


def _conv_axis(layer: Conv2d, axis: int, size: int) -> _Axis:
    line, window = layer.line(axis, size), layer.window(axis)
    places = range(-window.before, size + window.after)
    taps = tuple(tuple(at + window.before for at, _ in line.unbounded(place)) for place in range(line.length))
    kinds: tuple[Kind, ...] = tuple("input" if 0 <= place < size else "padding" for place in places)
    return _Axis(kinds, tuple(_copied(place, size, line.border) for place in places), window.before, taps)


def _copied(place: int, size: int, border: str) -> int | None:
    """Input place whose number stands at a place of the border; None for a zero."""
    if 0 <= place < size:
        return place
    mirrored = -place if place < 0 else 2 * (size - 1) - place
    return {"reflect": mirrored, "replicate": min(max(place, 0), size - 1), "circular": place % size}.get(border)


def _transposed_axis(layer: ConvTranspose2d, axis: int, size: int) -> _Axis:
    window, length = layer.window(axis), layer.line(axis, size).length
    border, last = window.reach - 1 - window.before, (size - 1) * window.stride
    before, after = max(border, 0), max(length - 1 + window.before, last)
    places = range(-before, after + 1)
    kinds: list[Kind] = []
    for place in places:
        inside = 0 <= place <= last
        beyond = place > last + max(border, 0)
        kinds.append(
            "extra" if beyond else "padding" if not inside else "inserted" if place % window.stride else "input"
        )
    sources = tuple(
        place // window.stride if kind == "input" else None for place, kind in zip(places, kinds, strict=True)
    )
    taps = tuple(
        tuple(place - border + tap * window.dilation + before for tap in range(window.kernel))
        for place in range(length)
    )
    return _Axis(tuple(kinds), sources, before, taps)


def _gather(rows: _Axis, columns: _Axis, pitch: Place, given: Matrix, kernel: Matrix) -> Gather:
    def spot(row: int, column: int) -> Spot:
        kinds = (rows.kinds[row], columns.kinds[column])
        kind: Kind = next(kind for kind in ("extra", "padding", "inserted", "input") if kind in kinds)
        source, beside = rows.sources[row], columns.sources[column]
        return Spot(kind, 0 if source is None or beside is None else given[source][beside])

    canvas = tuple(tuple(spot(row, column) for column in range(len(columns.kinds))) for row in range(len(rows.kinds)))

    def taps(target: Place) -> tuple[tuple[Tap, ...], ...]:
        return tuple(
            tuple(
                Tap((row, column), weight, canvas[row][column].value)
                for column, weight in zip(columns.taps[target[1]], weights, strict=True)
            )
            for row, weights in zip(rows.taps[target[0]], kernel, strict=True)
        )

    targets = product(range(len(rows.taps)), range(len(columns.taps)))
    steps = tuple(Step(target, taps(target)) for target in targets)
    return Gather(canvas, (rows.origin, columns.origin), pitch, kernel, steps)
