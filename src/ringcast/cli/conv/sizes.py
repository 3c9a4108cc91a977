"""``ringcast conv sizes``: shapes, weights and work, layer by layer."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from ringcast.arithmetic import sizes
from ringcast.arithmetic.derivation import unread_text
from ringcast.arithmetic.size_table import ChainSizes
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of

__all__ = ["sizes_command"]

_PIPE_WIDTH = 120
"""Columns of a table that no terminal shows."""


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
    grid = Table(box=None, header_style="bold")
    for heading in ("", "layer", "in", "out", "params", "MACs"):
        grid.add_column(heading, justify="left" if heading == "layer" else "right", overflow="fold")
    for row in table.layers:
        numbers = (f"{row.params:,}", f"{row.macs:,}")
        grid.add_row(str(row.number), row.name, str(row.input), str(row.output), *numbers)
    grid.add_section()
    grid.add_row("", "total", "", "", f"{table.params:,}", f"{table.macs:,}", style="bold")
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    console.print(grid)
    for row in table.layers:
        if any(row.unread):
            console.print(f"layer {row.number}, {row.name}: {unread_text(row.unread, row.input)} never read")


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
