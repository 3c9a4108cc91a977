"""``ringcast conv overlap``: tap-count maps, layer by layer, and the picture of the last one.

The document of ``--json``; ``{H, W}`` stands for an object with one value for each axis:

* ``overlap``, the map of the whole stack: ``even``, ``holes`` (true, false, or null without a pattern); ``period`` and
  ``pattern`` of the interior {H, W}, place 0 first, and ``pattern_exact`` (text) where there are simple fractions;
  ``ratio_1d`` {H, W} and ``ratio_2d``, largest over smallest, null with holes; ``cv_1d`` {H, W} and ``cv_2d`` of the
  pattern, ``cv_2d_whole_map``; ``amplitudes`` {H, W} at 1 / period, 2 / period ... of the mean; ``border`` {H, W} as
  [before, after] in pixels; ``profile`` {H, W} as [from the start inwards, from the end inwards]; ``map`` {H, W}, whose
  outer product is the map; ``unaffected``: ``pixels``, ``of``, ``share``, and ``box`` {H, W} as [first, last]; ``bare``
  {H, W}, places of the border without a tap; ``sum``, ``min``, ``max``; ``composite_kernel`` {H, W}: ``kernel``,
  ``stride``, ``start``, ``phase_sums``, or ``kernel`` null and its ``reason``; ``verdict`` (text).
* ``layers[]``: ``name``, ``in``, ``out``, and ``overlap`` with the keys above of the stack up to the layer, but
  ``composite_kernel`` and ``verdict``; in it ``alone``: the same of the layer on a constant input, with ``reason``
  {H, W} in words and ``coverage`` {H, W}, how often each input place is read.
* ``picture``: the file written, with ``-o``.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import JustifyMethod
from rich.table import Table

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.line import Number
from ringcast.arithmetic.tap_maps.chain_overlap import LayerOverlap, Overlap, overlap
from ringcast.arithmetic.tap_maps.composite import Composite
from ringcast.arithmetic.tap_maps.tap_map import AxisTaps, TapMap
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of
from ringcast.cli.conv.overlap_document import overlap_document
from ringcast.cli.conv.table import console, fits
from ringcast.cli.replacing import replacing
from ringcast.cli.show import picture_path
from ringcast.errors import ArgumentError

__all__ = ["overlap_command"]

_DPI = 200
_MOST_PIXELS = 2**23
"""Of a map that is drawn; a screen of 4K has as many."""
_SHOWN = 16
"""Numbers of a pattern, a profile or a kernel that are printed before dots."""


def overlap_command(
    chain: Chain,
    /,
    *,
    output: Annotated[
        Path | None, Parameter(alias="-o", help="Picture of the map to write: .png, .svg or .pdf.")
    ] = None,
    input_size: InputSize = None,
    as_json: AsJson = False,
) -> None:
    """How many taps every pixel takes: checkerboards and border effects, layer by layer and of the whole stack.

    A transposed layer is even if its stride divides its kernel and shares no factor with its dilation. Even inside does
    not mean even at the border: that is told apart. "alone" judges one layer; the columns after it are of the stack.

    Try:

    * `ringcast conv overlap "11x21 convT(64,64,4,2) relu conv(64,64,3)" -o map.png`
    * `ringcast conv overlap "11x21 convT(1,1,3,2) convT(1,1,3,2)"`, whose map is a checkerboard
    """
    path = None if output is None else picture_path(output, "")
    stack = chain_of(chain, input_size)
    if path is not None and stack.shapes[-1].pixels > _MOST_PIXELS:
        raise ArgumentError(
            f"the map is {stack.shapes[-1]}, too large for a picture; expected at most {_MOST_PIXELS:,} pixels; take a "
            f"smaller seed, as patterns and borders do not depend on it, or leave --output out"
        )
    found = overlap(stack)
    if path is not None:
        _draw(stack, found, path)
    if as_json:
        print(json.dumps(overlap_document(found) | ({} if path is None else {"picture": str(path)})))
        return
    _print_overlap(found)
    if path is not None:
        print(f"wrote {path}")


def _draw(chain: ConvChain, found: Overlap, path: Path) -> None:
    from ringcast.views.overlap_map import overlap_figure

    with replacing(path) as beside:
        overlap_figure(found.stack, chain=str(chain)).savefig(beside, dpi=_DPI)


def _print_overlap(found: Overlap) -> None:
    screen = console()
    table = _table(found, ("stack inside [period]", "ratio 1-D / 2-D", "CV", "border px"))
    narrow = _table(found, ("stack inside\n[period]", "ratio\n1-D / 2-D", "CV", "border\npx"))
    screen.print(table if fits(table, screen) else narrow)
    for line in [*_layer_notes(found), *_stack_notes(found)]:
        screen.print(line, soft_wrap=True)


def _table(found: Overlap, headings: Sequence[str]) -> Table:
    grid = Table(box=None, header_style="bold")
    for heading in ("", "layer", "out", "alone", *headings):
        alignment: JustifyMethod = "right" if heading in ("", "out") else "left"
        grid.add_column(heading, justify=alignment, overflow="fold", no_wrap=heading in ("", "out", "alone"))
    for layer in found.layers:
        pixels = f"{layer.output.height} x {layer.output.width}"
        grid.add_row(str(layer.number), layer.name, pixels, _judgement(layer), *_cells(layer.stack))
    return grid


def _judgement(layer: LayerOverlap) -> str:
    if any(judged.even is None for judged in layer.evenness):
        return "unknown"
    return "holes" if layer.alone.holes else "even" if layer.alone.even else "uneven"


def _cells(stack: TapMap) -> tuple[str, str, str, str]:
    ratios = _both([_ratio(axis) for axis in stack.axes])
    whole = _ratio(stack)
    variation = "none" if stack.variation is None else f"{stack.variation:.6g}"
    borders = _both([_border(axis) for axis in stack.axes])
    return _both([_pattern(axis) for axis in stack.axes]), f"{ratios} / {whole}", variation, borders


def _both(texts: Sequence[str]) -> str:
    """One text if both axes agree, else one for each."""
    return texts[0] if texts[0] == texts[1] else f"H {texts[0]}, W {texts[1]}"


def _pattern(taps: AxisTaps) -> str:
    return "not found" if taps.pattern is None else f"{_numbers(taps.pattern, _SHOWN // 2)} [{taps.period}]"


def _ratio(taps: AxisTaps | TapMap) -> str:
    if taps.ratio is None:
        return "infinite" if taps.holes else "none"
    return _short(taps.ratio)


def _border(taps: AxisTaps) -> str:
    before, after = taps.border
    if taps.pattern is None:
        return "unknown"
    return "all" if not taps.free else str(before) if before == after else f"{before} + {after}"


def _short(number: Number) -> str:
    """A whole number whole, another one with six digits."""
    return f"{number.numerator:,}" if number.denominator == 1 else f"{float(number):.6g}"


def _numbers(numbers: Sequence[Number], most: int = _SHOWN) -> str:
    shown = " ".join(_short(number).replace(",", "") for number in numbers[:most])
    return shown if len(numbers) <= most else f"{shown} ..."


def _layer_notes(found: Overlap) -> Iterator[str]:
    """Why layers are uneven, and rows that take nothing."""
    for layer in found.layers:
        reasons = ["" if judged.even else judged.reason for judged in layer.evenness]
        bare = [_count(taps.bare, name) for taps, name in zip(layer.alone.axes, ("row", "column"), strict=True)]
        for text in _by_axis([[reason] if reason else [] for reason in reasons]):
            yield f"layer {layer.number}, {layer.name}: {text}"
        if any(bare):
            yield f"layer {layer.number}, {layer.name}: {' and '.join(filter(None, bare))} of border with no tap"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}" if number else ""


def _stack_notes(found: Overlap) -> Iterator[str]:
    least, most = found.stack.range
    variation = found.stack.whole_variation
    spread = "" if variation is None else f", CV {variation:.6g}"
    yield f"whole map: {_short(least)} to {_short(most)} taps, sum {_short(found.stack.total)}{spread}"
    pairs = zip(found.stack.axes, found.composite, strict=True)
    yield from _by_axis([list(_axis_notes(taps, kernel)) for taps, kernel in pairs])
    yield str(found)


def _axis_notes(taps: AxisTaps, kernel: Composite) -> Iterator[str]:
    """What is worth knowing of one axis: its frequencies, its borders, and the stack as one kernel."""
    if taps.amplitudes:
        last = len(taps.amplitudes)
        span = f"1/{taps.period}" if last == 1 else f"1/{taps.period} to {last}/{taps.period}"
        numbers = " ".join(f"{amplitude:.6f}" for amplitude in taps.amplitudes[:_SHOWN])
        yield f"amplitude at frequency {span}, of the mean: {numbers}"
    start, end = taps.profile
    if taps.free and start == end and start:
        yield f"border from either edge: {_numbers(start)}"
    elif taps.free and (start or end):
        yield f"border from the start: {_numbers(start) or 'none'}; from the end: {_numbers(end) or 'none'}"
    if kernel.kernel is not None:
        yield f"as one kernel: {_count(len(kernel.kernel), 'tap')}, stride {kernel.stride}: {_numbers(kernel.kernel)}"


def _by_axis(notes: Sequence[Sequence[str]]) -> list[str]:
    """The notes of height and width; those that agree once."""
    if notes[0] == notes[1]:
        return list(notes[0])
    return [f"{name} {note}" for name, axis in zip("HW", notes, strict=True) for note in axis]
