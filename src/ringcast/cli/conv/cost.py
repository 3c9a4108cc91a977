"""``ringcast conv cost``: work, memory and traffic, layer by layer.

The document of ``--json``; all counts and bytes are whole numbers for the whole batch:

* ``batch`` (images), ``dtype`` (text), ``bytes_per_number``.
* ``layers[]``: ``name`` (text), ``in`` and ``out`` ([channels, height, width] of one image), ``params``, ``macs``,
  ``flop`` (2 for each MAC), ``bias_additions``, ``activations`` (numbers an activation is applied to),
  ``input_bytes``, ``output_bytes``, ``weight_bytes``, ``moved_bytes`` (input + weights + output), ``intensity``
  (FLOP for each byte moved, a float), ``macs_by_output`` (the count of tools that multiply transposed layers' weights
  by output pixels; wrong for those).
* ``total``: the sums of ``params``, ``macs``, ``flop``, ``bias_additions``, ``activations``, ``output_bytes``,
  ``weight_bytes``, ``moved_bytes``, ``macs_by_output``; ``intensity`` of the whole chain; ``peak_bytes`` (input and
  output of the layer ``peak_layer``, counted from 1); ``training_bytes`` (weights, gradients, input, all outputs).
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from rich.table import Table

from ringcast.arithmetic.cost_table import ChainCost, LayerCost, cost
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of
from ringcast.cli.conv.table import console, fits, grid, readable_bytes

__all__ = ["cost_command"]

_COUNTS = {
    "params": "params",
    "MACs": "macs",
    "FLOP": "flop",
    "biases": "bias_additions",
    "activations": "activations",
}
"""Heading of a table and name of the count."""
_COUNTS_WITHOUT_FLOP = {heading: name for heading, name in _COUNTS.items() if heading != "FLOP"}
"""For narrow terminals: they are twice the MACs."""
_BYTES = ("output_bytes", "weight_bytes", "moved_bytes")


def cost_command(
    chain: Chain,
    /,
    *,
    batch: Annotated[int, Parameter(help="Images at once.")] = 1,
    dtype: Annotated[
        Literal["float64", "float32", "float16", "bfloat16"], Parameter(help="Type of weights and maps.")
    ] = "float32",
    input_size: InputSize = None,
    as_json: AsJson = False,
) -> None:
    """Work, memory and traffic of every layer, and the totals.

    FLOP are twice the multiply-accumulates (MACs) of the convolutions; bias additions and activations are counted
    apart, pooling, interpolation and norms not at all. Moved are input, weights and output of every layer, once each,
    without fused layers and without caches.

    Try:

    * `ringcast conv cost "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv cost "11x21 convT(64,64,4,2) relu conv(64,64,3)" --batch 32 --dtype bfloat16`
    * `ringcast conv cost my_package.decoder:Net --input 1,64,11,21 --json`
    """
    spent = cost(chain_of(chain, input_size), batch=batch, bytes_per_number=dtype)
    if as_json:
        print(json.dumps(_cost_document(spent, dtype)))
        return
    screen = console()
    work = _work(spent, _COUNTS)
    screen.print(work if fits(work, screen) else _work(spent, _COUNTS_WITHOUT_FLOP))
    screen.print()
    screen.print(_memory(spent))
    screen.print()
    screen.print("\n".join(_sentences(spent, dtype)))


def _work(spent: ChainCost, columns: Mapping[str, str]) -> Table:
    table = grid("", "layer", *columns)
    for row in spent.layers:
        table.add_row(str(row.number), row.name, *(f"{getattr(row, name):,}" for name in columns.values()))
    table.add_row("", "total", *(f"{getattr(spent, name):,}" for name in columns.values()), style="bold")
    return table


def _memory(spent: ChainCost) -> Table:
    table = grid("", "layer", "output", "weights", "moved", "FLOP/byte")
    for row in spent.layers:
        table.add_row(str(row.number), row.name, *_traffic(row))
    table.add_row("", "total", *_traffic(spent), style="bold")
    return table


def _traffic(spent: ChainCost | LayerCost) -> tuple[str, ...]:
    return *(readable_bytes(getattr(spent, name)) for name in _BYTES), f"{spent.intensity:.1f}"


def _sentences(spent: ChainCost, dtype: str) -> list[str]:
    images = "1 image" if spent.batch == 1 else f"{spent.batch:,} images"
    peak = spent.peak
    lines = [
        f"{images}, {dtype}: {spent.flop:,} FLOP, {readable_bytes(spent.moved_bytes)} moved",
        f"peak {readable_bytes(spent.peak_bytes)}: input and output of layer {peak.number}, {peak.name}",
        f"training {readable_bytes(spent.training_bytes)}: weights, gradients, input and all outputs",
    ]
    if spent.macs_by_output != spent.macs:
        ratio = spent.macs_by_output / spent.macs
        lines.append(
            f"counted by output pixels, as some tools do, transposed layers would make it {spent.macs_by_output:,} "
            f"MACs, {ratio:.2f} times as many"
        )
    return lines


def _cost_document(spent: ChainCost, dtype: str) -> dict[str, Any]:
    sums = {name: getattr(spent, name) for name in (*_COUNTS.values(), *_BYTES, "macs_by_output", "intensity")}
    peak = {"peak_bytes": spent.peak_bytes, "peak_layer": spent.peak.number, "training_bytes": spent.training_bytes}
    return {
        "batch": spent.batch,
        "dtype": dtype,
        "bytes_per_number": spent.bytes_per_number,
        "layers": [_layer_document(row) for row in spent.layers],
        "total": sums | peak,
    }


def _layer_document(row: LayerCost) -> dict[str, Any]:
    names = (*_COUNTS.values(), "input_bytes", *_BYTES, "intensity", "macs_by_output")
    shapes = {"name": row.name, "in": list(row.input), "out": list(row.output)}
    return shapes | {name: getattr(row, name) for name in names}
