"""A whole chain as a ladder of maps, to scale, and what one output pixel depends on in each of them."""

from dataclasses import dataclass

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.draw.page import Legend, header, legend, notes, wrapped
from ringcast.arithmetic.draw.scene import WIDTH, Cell, Item, Run, Scene, Stroke, Text
from ringcast.arithmetic.draw.style import GREY, INK, LOOKS, MARGIN
from ringcast.arithmetic.fields.chain_field import Box, field
from ringcast.arithmetic.layers import (
    Activation,
    BatchNorm2d,
    Dropout,
    Dropout2d,
    GroupNorm,
    InstanceNorm2d,
    Layer,
)
from ringcast.arithmetic.shape import Shape
from ringcast.errors import ArgumentError

__all__ = ["draw_ladder"]

_PASSING = (Activation, BatchNorm2d, InstanceNorm2d, GroupNorm, Dropout, Dropout2d)
"""Layers that change no size: they have no rung of their own."""
_WIDEST, _TALLEST = 300.0, 1000.0
_WORDS = 372.0
"""x of the words beside the maps."""
_SHEET = 3.0
_SHEETS = 7
_GAP = 34.0
_ROW = 36.0
_LONG = 30
"""Letters of a layer that fit into one line."""
_LEAST = 3.0
_BOX = "#C8102E"
_MOST = 40


@dataclass(frozen=True)
class _Rung:
    """A map, what made it, and the box of the pixel in it."""

    shape: Shape
    made_by: str
    box: Box


def draw_ladder(chain: ConvChain, *, pixel: tuple[int, int] | None = None) -> Scene:
    """The maps of a chain from the seed to the output, and the receptive field of an output pixel, else of the middle.

    Raises:
        ArgumentError: no pixel of the output, or more maps than a picture can hold.

    >>> from ringcast.arithmetic.chain import parse
    >>> draw_ladder(parse("11x21 convT(64,64,4,2) relu conv(64,64,3)")).title
    'From 64 x 11 x 21 to 64 x 22 x 42'
    """
    shapes = chain.shapes
    output = shapes[-1]
    row, column = pixel or (output.height // 2, output.width // 2)
    rungs = _rungs(chain.layers, shapes, field(chain).receptive(row, column))
    if len(rungs) > _MOST:
        raise ArgumentError(f"the chain has {len(rungs)} maps; a ladder has room for {_MOST}, draw a part of the chain")
    title = f"From {shapes[0]} to {output}"
    lines = ("Channels x height x width. Maps are to scale, sheets stand for channels.",)
    top, y = header(title, lines)
    entries: list[Legend] = [("input", "seed"), ("between", "map in between"), ("output", "output")]
    swatches, y = legend(entries, y + 2)
    seen = f"Red: output pixel ({row},{column}), and what it depends on in every map before."
    words, y = notes((seen,), y)
    items: list[Item] = [*top, *swatches, *words]
    scale = min(_WIDEST / max(shape.width for shape in shapes), _TALLEST / sum(rung.shape.height for rung in rungs))
    before: Cell | None = None
    y += 12
    for number, rung in enumerate(rungs):
        if number:
            step, y = _step(rung.made_by, y)
            items += step
        look = "input" if not number else "output" if number == len(rungs) - 1 else "between"
        drawn, box, y = _map(rung, look, scale, y)
        items += drawn
        items += _rays(before, box)
        before = box
    description = "; ".join(f"{rung.made_by or 'seed'}: {rung.shape}, {rung.box}" for rung in rungs)
    return Scene(y + MARGIN, title, description, tuple(items))


def _rungs(layers: tuple[Layer, ...], shapes: tuple[Shape, ...], boxes: tuple[Box, ...]) -> list[_Rung]:
    rungs = [_Rung(shapes[0], "", boxes[0])]
    for layer, shape, box in zip(layers, shapes[1:], boxes[1:], strict=True):
        if isinstance(layer, _PASSING) and len(rungs) > 1:
            rungs[-1] = _Rung(shape, f"{rungs[-1].made_by}, {layer}", box)
        else:
            rungs.append(_Rung(shape, str(layer), box))
    return rungs


def _step(text: str, y: float) -> tuple[list[Item], float]:
    """The arrow from one map to the next, the layer beside it, and where the next map may start."""
    spaced = text if len(text) <= _LONG else text.replace(", ", ",").replace(",", ", ")
    shown = wrapped(spaced, 12, WIDTH - MARGIN - _WORDS - 20)
    gap = max(_GAP, 14.0 * len(shown) + 8)
    middle = y + gap / 2
    items: list[Item] = [Stroke(_WORDS + 5, middle - 12, _WORDS + 5, middle + 5, GREY, 2.0, arrow=True)]
    first = middle + 4 - 7 * (len(shown) - 1)
    items += [Text(_WORDS + 18, first + 14 * at, (Run(line, INK),), 12) for at, line in enumerate(shown)]
    return items, y + gap


def _map(rung: _Rung, look: str, scale: float, y: float) -> tuple[list[Item], Cell | None, float]:
    """A map with its sheets, its box, its words, and where it ends."""
    shape, kind = rung.shape, LOOKS[look]
    width, height = max(shape.width * scale, _LEAST), max(shape.height * scale, _LEAST)
    sheets = min(_SHEETS, (shape.channels - 1).bit_length())
    y += sheets * _SHEET
    room = max(height, _ROW)
    left, top = MARGIN + (_WIDEST - width) / 2, y + (room - height) / 2
    items: list[Item] = [
        Cell(left + at * _SHEET, top - at * _SHEET, width, height, kind.fill, kind.stroke, 0.75)
        for at in range(sheets, -1, -1)
    ]
    box = _box(rung.box, left, top, scale)
    if box is not None:
        items.append(box)
    middle = y + room / 2
    items.append(Text(_WORDS, middle - 3, (Run(str(shape), kind.ink),), 14, bold=True))
    items.append(Text(_WORDS, middle + 14, (Run(_box_text(rung.box), _BOX),), 12))
    return items, box, y + room


def _box_text(box: Box) -> str:
    if not box.rows.mask or not box.columns.mask:
        return "nothing"
    if box.rows.size == box.columns.size == 1:
        return f"pixel ({box.rows.first},{box.columns.first})"
    return f"{box}: {box.rows.size} x {box.columns.size}"


def _box(box: Box, left: float, top: float, scale: float) -> Cell | None:
    if not box.rows.mask or not box.columns.mask:
        return None
    x, y = left + box.columns.first * scale, top + box.rows.first * scale
    width, height = max(box.columns.size * scale, _LEAST), max(box.rows.size * scale, _LEAST)
    return Cell(x, y, width, height, stroke=_BOX, thickness=1.5)


def _rays(above: Cell | None, below: Cell | None) -> list[Item]:
    """Lines from the lower corners of one box to the upper corners of the next."""
    if above is None or below is None:
        return []
    ends = ((above.x, below.x), (above.x + above.width, below.x + below.width))
    return [Stroke(x1, above.y + above.height, x2, below.y, _BOX, 0.75) for x1, x2 in ends]
