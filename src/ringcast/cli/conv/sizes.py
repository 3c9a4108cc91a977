"""``ringcast conv sizes``: shapes, weights and work, layer by layer.

The document of ``--json``, all whole numbers but the names:

* ``layers[]``: ``name`` (text), ``in`` and ``out`` ([channels, height, width]), ``params`` (biases included), ``macs``
  (for one image), ``unread`` ([rows, columns] of the input without influence on the result).
* ``total``: ``params`` and ``macs`` of all layers.
"""

import json
from typing import Any

from rich.table import Table

from ringcast.arithmetic import sizes
from ringcast.arithmetic.derivation import unread_text
from ringcast.arithmetic.size_table import ChainSizes
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of
from ringcast.cli.conv.table import console, fits, grid

__all__ = ["sizes_command"]


def sizes_command(chain: Chain, /, *, input_size: InputSize = None, as_json: AsJson = False) -> None:
    """Shape, weights and multiply-accumulates (MACs) of every layer, and the totals.

    Transposed layers multiply per input pixel, convolutions per output pixel; bias additions are not counted.

    Try:

    * `ringcast conv sizes "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv sizes "100x1x1 convT(100,512,4) relu convT(512,256,4,2,1) tanh" --json`
    * `ringcast conv sizes my_package.decoder:Net --input 1,64,11,21`
    """
    table = sizes(chain_of(chain, input_size))
    if as_json:
        print(json.dumps(_sizes_document(table)))
    else:
        _print_sizes(table)


def _print_sizes(table: ChainSizes) -> None:
    screen = console()
    rows = _rows(table, with_input=True)
    screen.print(rows if fits(rows, screen) else _rows(table, with_input=False))
    for row in table.layers:
        if any(row.unread):
            screen.print(f"layer {row.number}, {row.name}: {unread_text(row.unread, row.input)} never read")


def _rows(table: ChainSizes, *, with_input: bool) -> Table:
    """The table; without the column of inputs it has a row for the seed, since other inputs are the outputs above."""
    rows = grid("", "layer", *(["in"] if with_input else []), "out", "params", "MACs")
    if not with_input:
        rows.add_row("", "seed", str(table.layers[0].input), "", "")
    for row in table.layers:
        given = [str(row.input)] if with_input else []
        rows.add_row(str(row.number), row.name, *given, str(row.output), f"{row.params:,}", f"{row.macs:,}")
    blank = [""] * (2 if with_input else 1)
    rows.add_row("", "total", *blank, f"{table.params:,}", f"{table.macs:,}", style="bold")
    return rows


def _sizes_document(table: ChainSizes) -> dict[str, Any]:
    layers = [
        {
            "name": row.name,
            "in": list(row.input),
            "out": list(row.output),
            "params": row.params,
            "macs": row.macs,
            "unread": list(row.unread),
        }
        for row in table.layers
    ]
    return {"layers": layers, "total": {"params": table.params, "macs": table.macs}}
