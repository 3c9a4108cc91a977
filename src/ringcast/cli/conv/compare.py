"""``ringcast conv compare``: ways to enlarge, side by side.

The document of ``--json``; ``{H, W}`` stands for an object with one value for each axis:

* ``seed`` and ``target``, [height, width].
* ``rows[]``: ``name``, ``chain`` (text), ``out`` ([channels, height, width]), ``fits`` (whether that is the target);
  ``learnt`` (trained numbers of the upsamplers), ``params``, ``macs`` of the whole stack; ``overlap``: ``even``,
  ``period`` {H, W}, ``pattern`` {H, W}, ``ratio_1d`` {H, W}, ``ratio_2d``, ``cv_2d``, ``border`` {H, W}, ``unaffected``
  (``pixels``, ``of``, ``share``); ``one_block``, the expected share of energy that is not constant behind one
  upsampler with fresh weights; ``measured`` of the whole stack: ``mean``, ``error``, ``draws``, or null.
"""

import json
from typing import Annotated, Any

from cyclopts import Parameter
from rich.table import Table

from ringcast.arithmetic.arguments import Pair, whole
from ringcast.arithmetic.comparison import RECIPES, Comparison, blocks_between, compare
from ringcast.arithmetic.line import Number
from ringcast.cli.conv.chain_argument import AsJson
from ringcast.cli.conv.design import Channels, OutChannels, channels_of, size_of
from ringcast.cli.conv.table import console, fits
from ringcast.cli.progress import waiting
from ringcast.errors import ArgumentError, LayerError

__all__ = ["compare_command"]

_NOTES = (
    "Every block enlarges by 2; k/s is kernel and stride, p padding, op output padding. learnt: trained numbers that "
    "decide what the new pixels hold. period, ratio (largest over smallest, 2-D) and CV (2-D): overlap far from the "
    "borders, 1, 1 and 0 if it is even. border: pixels at the start and at the end that the ends have an effect on. "
    "one block: expected share of energy that is not constant, of a constant image behind one upsampler with fresh "
    "weights, 1 - 1/4 or 0."
)
_NARROWEST = 10
"""Columns for the names of the blocks, so that no number is cut off on a narrow terminal."""
_MOST_DRAWS = 1000
_MOST_WEIGHTS = 20_000_000
_MEASURED = "measured: of the whole stack, with ReLU and without biases: mean and its error of random networks."


def compare_command(
    seed: Annotated[str, Parameter(help="Seed as HxW.")],
    target: Annotated[str, Parameter(help="Target as HxW; it settles the number of blocks.")],
    /,
    *,
    channels: Channels = "64",
    out_channels: OutChannels = 3,
    measure: Annotated[bool, Parameter(help="Draw random networks and measure; takes seconds.")] = True,
    draws: Annotated[int, Parameter(help="Random networks for each row.")] = 16,
    as_json: AsJson = False,
) -> None:
    """Transposed convolutions, unpooling, interpolation and pixel shuffle in one table: size, weights, work, artefacts.

    Even overlap (period 1) takes the forced checkerboard away, not the random one: fresh weights of a transposed
    convolution or a pixel shuffle differ from phase to phase. Only interpolation starts without a pattern.

    Try:

    * `ringcast conv compare 11x21 88x168`
    * `ringcast conv compare 11x21 88x168 --channels 128,64,32,16 --no-measure`
    """
    sizes = size_of("the seed", seed), size_of("the target", target)
    wide, last = channels_of(channels), whole("--out-channels", out_channels, least=1)
    rows = compare(sizes[0], blocks=blocks_between(*sizes), channels=wide, out_channels=last)
    shares = _measured(rows, draws) if measure else {}
    if as_json:
        print(json.dumps(_document(sizes, rows, shares, draws)))
    else:
        _print(sizes[1], rows, shares)


def _measured(rows: tuple[Comparison, ...], draws: int) -> dict[str, tuple[float, float]]:
    """Share and error of every row.

    Raises:
        ArgumentError: networks too large or too many to draw.
        LayerError: blocks whose response repeats too late.
    """
    if whole("--draws", draws, least=2) > _MOST_DRAWS:
        raise ArgumentError(f"--draws is {draws}; expected at most {_MOST_DRAWS}")
    largest = max(row.params for row in rows)
    if largest > _MOST_WEIGHTS:
        raise ArgumentError(
            f"--channels makes networks of up to {largest:,} weights; expected at most {_MOST_WEIGHTS:,} to draw "
            f"them at random, so add --no-measure"
        )
    shares = {}
    with waiting("measuring") as status:
        from ringcast.blocks.check import non_dc_share_at_init

        for row in rows:
            status.update(f"measuring {row.name}")
            try:
                shares[row.name] = non_dc_share_at_init(row.chain, draws=draws)
            except LayerError as reason:
                raise LayerError(f"{row.name} cannot be measured: {reason}; add --no-measure") from None
    return shares


def _print(target: Pair, rows: tuple[Comparison, ...], shares: dict[str, tuple[float, float]]) -> None:
    out = console()
    cost = ("output", "learnt", "params", "MACs")
    pattern = ("period", "ratio", "CV", "border", "one block", *(["measured"] if shares else []))
    cells = {row.name: _cells(row, shares.get(row.name)) for row in rows}
    whole_table = _table(cost + pattern, cells)
    for table in [whole_table] if fits(whole_table, out) else [_table(cost, cells), _table(pattern, cells)]:
        out.print(table)
    for row in rows:
        numbers = row.taps.height.pattern or ()
        if len(numbers) > 1:
            out.print(f"{row.name}: pattern {' '.join(str(number) for number in numbers)}", soft_wrap=True)
    missed = [row.name.partition(":")[0] for row in rows if (row.output.height, row.output.width) != target]
    if len(missed) == len(rows):
        out.print(f"None of them makes {target[0]}x{target[1]}.")
    elif missed:
        out.print(f"Not {target[0]}x{target[1]}: {'; '.join(missed)}.", soft_wrap=True)
    left_out = [name.partition(":")[0] for name in RECIPES if name not in cells]
    if left_out:
        out.print(f"A layer does not fit this seed: {'; '.join(left_out)}.", soft_wrap=True)
    out.print(f"{_NOTES} {_MEASURED}" if shares else _NOTES)


def _cells(row: Comparison, share: tuple[float, float] | None) -> dict[str, str]:
    taps = row.taps
    return {
        "output": f"{row.output.height}x{row.output.width}",
        "learnt": f"{row.learnt:,}",
        "params": f"{row.params:,}",
        "MACs": f"{row.macs:,}",
        "period": str(taps.height.period or "-"),
        "ratio": "-" if taps.ratio is None else f"{float(taps.ratio):.5g}",
        "CV": "-" if taps.variation is None else f"{taps.variation:.3g}",
        "border": _ends(row),
        "one block": f"{row.block_share:g}",
        "measured": "-" if share is None else _share(*share),
    }


def _table(names: tuple[str, ...], cells: dict[str, dict[str, str]]) -> Table:
    grid = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    grid.add_column("block", overflow="fold", min_width=_NARROWEST)
    for name in names:
        grid.add_column(name, justify="right", no_wrap=True)
    for block, row in cells.items():
        grid.add_row(block, *(row[name] for name in names))
    return grid


def _ends(row: Comparison) -> str:
    """Both ends, height and then width; each thing that is the same is written once."""
    axes = [str(before) if before == after else f"{before},{after}" for before, after in _borders(row)]
    return axes[0] if axes[0] == axes[1] else " x ".join(axes)


def _borders(row: Comparison) -> tuple[Pair, Pair]:
    return row.taps.height.border, row.taps.width.border


def _share(mean: float, error: float) -> str:
    return "0" if mean < 1e-9 else f"{mean:.2f} ± {error:.2f}"


def _document(
    sizes: tuple[Pair, Pair], rows: tuple[Comparison, ...], shares: dict[str, tuple[float, float]], draws: int
) -> dict[str, Any]:
    target = sizes[1]
    return {
        "seed": list(sizes[0]),
        "target": list(target),
        "rows": [
            {
                "name": row.name,
                "chain": str(row.chain),
                "out": list(row.output),
                "fits": (row.output.height, row.output.width) == target,
                "learnt": row.learnt,
                "params": row.params,
                "macs": row.macs,
                "overlap": _overlap(row),
                "one_block": row.block_share,
                "measured": None
                if row.name not in shares
                else {"mean": shares[row.name][0], "error": shares[row.name][1], "draws": draws},
            }
            for row in rows
        ],
    }


def _overlap(row: Comparison) -> dict[str, Any]:
    taps = row.taps
    return {
        "even": taps.even,
        "period": {"H": taps.height.period, "W": taps.width.period},
        "pattern": {"H": _plain(taps.height.pattern), "W": _plain(taps.width.pattern)},
        "ratio_1d": {"H": _number(taps.height.ratio), "W": _number(taps.width.ratio)},
        "ratio_2d": _number(taps.ratio),
        "cv_2d": taps.variation,
        "border": {"H": list(taps.height.border), "W": list(taps.width.border)},
        "unaffected": {
            "pixels": taps.free_pixels,
            "of": taps.pixels,
            "share": taps.free_pixels / taps.pixels,
        },
    }


def _plain(numbers: tuple[Number, ...] | None) -> list[int | float | None] | None:
    return None if numbers is None else [_number(number) for number in numbers]


def _number(number: Number | None) -> int | float | None:
    return number if number is None or isinstance(number, int) else float(number)
