"""``ringcast conv field``: receptive and projective fields, by phase and of chosen pixels.

The document of ``--json``; ``{H, W}`` stands for an object with one value for each axis. A set of places is ``first``,
``last`` (null if it is empty), ``size`` (from first to last) and ``count`` (without the gaps between).

* ``field``: ``sizes`` {H, W}, by phase; ``advance`` {H, W}, [seed pixels, output pixels] of one period; ``gaps``
  {H, W}; ``by_phase[]``: ``axis``, ``phase``, and the set of seed places, not clipped. Null or empty without phases.
* ``layers[]``: ``name``, ``in``, ``out``, ``sizes`` {H, W} in the seed, by phase of the layer's output.
* ``pixel``, with ``--pixel``: ``at``, and ``boxes[]``, the sets ``rows`` and ``columns`` in the seed and after every
  layer. ``seed``, with ``--seed``: ``at`` and ``painted``, the sets ``rows`` and ``columns`` of the output.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Annotated, Any

from cyclopts import Parameter
from rich.table import Table

from ringcast.arithmetic.fields.axis_field import AxisField, Phases
from ringcast.arithmetic.fields.chain_field import Box, Field, field
from ringcast.arithmetic.fields.places import Places
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of
from ringcast.cli.conv.table import console
from ringcast.errors import ArgumentError

__all__ = ["field_command"]

_SHOWN = 16
"""Phases that are printed before dots; the JSON document has all."""


def field_command(
    chain: Chain,
    /,
    *,
    pixel: Annotated[str | None, Parameter(help="Output pixel row,column: what it depends on, layer by layer.")] = None,
    seed: Annotated[str | None, Parameter(help="Seed pixel row,column: which output pixels it paints.")] = None,
    input_size: InputSize = None,
    as_json: AsJson = False,
) -> None:
    """What every output pixel sees of the seed, by phase, and what one seed pixel paints.

    After transposed layers neighbouring pixels see fields of different sizes, which repeat: the phases. Sizes are seed
    pixels from the first to the last seen, far from the borders; boxes of chosen pixels are clipped at every layer.

    Try:

    * `ringcast conv field "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv field "11x21 convT(64,64,4,2) relu conv(64,64,3)" --pixel 0,20 --seed 5,10`
    """
    found = field(chain_of(chain, input_size))
    boxes = None if pixel is None else found.receptive(*_pixel("--pixel", pixel))
    painted = None if seed is None else found.painted(*_pixel("--seed", seed))
    if as_json:
        document = _field_document(found)
        if pixel is not None and boxes is not None:
            document["pixel"] = {"at": list(_pixel("--pixel", pixel)), "boxes": [_box(box) for box in boxes]}
        if seed is not None and painted is not None:
            document["seed"] = {"at": list(_pixel("--seed", seed)), "painted": _box(painted)}
        print(json.dumps(document))
        return
    screen = console()
    screen.print(_layer_table(found, boxes))
    for line in _notes(found):
        screen.print(line, soft_wrap=True)
    if pixel is not None and boxes is not None:
        screen.print(f"output pixel {pixel} depends on {boxes[0]} of the seed", soft_wrap=True)
    if seed is not None and painted is not None:
        screen.print(f"seed pixel {seed} paints {painted} of the output: {_extent(painted)}", soft_wrap=True)


def _pixel(name: str, text: str) -> tuple[int, int]:
    if not re.fullmatch(r"\s*\d{1,9}\s*,\s*\d{1,9}\s*", text):
        raise ArgumentError(f"{name} is {text!r}; expected row,column counted from 0, for example {name} 5,10")
    row, column = text.split(",")
    return int(row), int(column)


def _layer_table(found: Field, boxes: tuple[Box, ...] | None) -> Table:
    """Sizes after every layer, and the box of a chosen pixel in every map."""
    grid = Table(box=None, header_style="bold")
    for heading in ("", "layer", "out", "sees of the seed"):
        grid.add_column(heading, justify="right" if heading in ("", "out") else "left", overflow="fold")
    if boxes is not None:
        grid.add_column("the pixel depends on", overflow="fold")
    names = ("seed", *found.names)
    for number, (name, shape) in enumerate(zip(names, found.shapes, strict=True)):
        cells = [str(number or ""), name, f"{shape.height} x {shape.width}", _sizes(found, number - 1)]
        grid.add_row(*cells, *([] if boxes is None else [str(boxes[number])]))
    return grid


def _sizes(found: Field, index: int) -> str:
    """The sizes that occur after a layer, as 3|4 x 3|4; a pixel of the seed, layer -1, sees itself."""
    if index < 0:
        return "1 x 1"
    texts = []
    for axis in found.axes:
        phases = axis.phases[index]
        texts.append("?" if phases is None else "|".join(str(size) for size in sorted(set(phases.sizes))))
    return " x ".join(texts)


def _notes(found: Field) -> Iterator[str]:
    """The table by phase, for both axes at once if they agree."""
    height, width = (axis.phases[-1] for axis in found.axes)
    if height == width:
        yield from _phase_lines("rows and columns", height)
    else:
        yield from _phase_lines("rows", height)
        yield from _phase_lines("columns", width)


def _phase_lines(name: str, phases: Phases | None) -> Iterator[str]:
    if phases is None:
        yield f"{name}: no phases, they take too long to repeat"
        return
    period = len(phases.seen)
    gaps = "; some pixels between are skipped" if phases.gaps else ""
    sizes = " ".join(str(size) for size in phases.sizes[:_SHOWN]) + (" ..." if period > _SHOWN else "")
    yield f"{name}: {period} phases, {period} further in the output is {phases.step} further in the seed"
    yield f"  size by phase {sizes}{gaps}"
    for first, last, seen in _runs(phases.seen[:_SHOWN]):
        outputs = str(first) if first == last else f"{first} to {last}"
        text = "nothing" if seen.box is None else f"{_signed(seen.first)} to {_signed(seen.last)}"
        yield f"  output {outputs}: seed {text}"


def _runs(seen: Sequence[Places]) -> Iterator[tuple[int, int, Places]]:
    """Neighbouring phases that see the same."""
    for places, group in groupby(enumerate(seen), key=lambda item: item[1]):
        phases = [phase for phase, _ in group]
        yield phases[0], phases[-1], places


def _signed(place: int) -> str:
    return str(place).replace("-", "−")


def _extent(box: Box) -> str:
    return f"{box.rows.size} x {box.columns.size} pixels"


def _field_document(found: Field) -> dict[str, Any]:
    layers = [_layer_document(found, index) for index in range(len(found.names))]
    total = {
        "sizes": _both(found, lambda axis: _all_sizes(axis.phases[-1])),
        "advance": _both(found, lambda axis: _advance(axis.phases[-1])),
        "gaps": _both(found, lambda axis: None if axis.phases[-1] is None else axis.phases[-1].gaps),
        "by_phase": [
            {"axis": name, "phase": phase, **_places(places)}
            for name, axis in zip("HW", found.axes, strict=True)
            for phase, places in enumerate(axis.phases[-1].seen if axis.phases[-1] is not None else ())
        ],
    }
    return {"layers": layers, "field": total}


def _layer_document(found: Field, index: int) -> dict[str, Any]:
    return {
        "name": found.names[index],
        "in": list(found.shapes[index]),
        "out": list(found.shapes[index + 1]),
        "sizes": _both(found, lambda axis: _all_sizes(axis.phases[index])),
    }


def _both(found: Field, made: Callable[[AxisField], Any]) -> dict[str, Any]:
    return {name: made(axis) for name, axis in zip("HW", found.axes, strict=True)}


def _all_sizes(phases: Phases | None) -> list[int] | None:
    return None if phases is None else list(phases.sizes)


def _advance(phases: Phases | None) -> list[int] | None:
    """Seed places and output places of one period."""
    return None if phases is None else [phases.step, len(phases.seen)]


def _box(box: Box) -> dict[str, Any]:
    return {"rows": _places(box.rows), "columns": _places(box.columns)}


def _places(places: Places) -> dict[str, Any]:
    first, last = places.box or (None, None)
    return {"first": first, "last": last, "size": places.size, "count": places.count}
