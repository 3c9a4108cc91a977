"""``ringcast conv``: sizes and derivations of convolution chains; torch is imported only to read a module."""

import json
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from ringcast.arithmetic import ConvChain, derive, parse, sizes
from ringcast.arithmetic.derivation import Derivation, unread_text
from ringcast.arithmetic.size_table import ChainSizes
from ringcast.errors import ArgumentError, FileError

__all__ = ["app"]

_MODULE = re.compile(r"[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*(\.\w+)*")
_PIPE_WIDTH = 120
"""Columns of a table that no terminal shows."""

app = App(
    name="conv",
    help=(
        "Arithmetic of convolution chains, such as the decoder that paints rings. "
        'A chain is an input size and layers: "11x21 convT(64,64,4,2) relu conv(64,64,3)".'
    ),
)

_Chain = Annotated[
    str,
    Parameter(
        help=(
            "Size and layers in quotes: HxW or CxHxW, then conv(in,out,kernel,stride,padding), "
            "convT(in,out,kernel,stride,padding,output_padding), relu, tanh and the like; any argument by name "
            "(dilation=2, groups=4, bias=false), 2x3 for height x width. Or package.module:Net, a torch module."
        )
    ),
]
_Input = Annotated[
    str | None, Parameter(name="--input", help="Input of package.module:Net as batch,channels,height,width.")
]
_Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print one JSON document and nothing else.")]


@app.command(name="sizes")
def sizes_command(chain: _Chain, /, *, input_size: _Input = None, as_json: _Json = False) -> None:
    """Shape, weights and multiply-accumulates (MACs) of every layer, and the totals.

    Transposed layers multiply per input pixel, convolutions per output pixel; bias additions are not counted.

    Try:

    * `ringcast conv sizes "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv sizes "100x1x1 convT(100,512,4) relu convT(512,256,4,2,1) tanh" --json`
    * `ringcast conv sizes my_package.decoder:Net --input 1,64,11,21`
    """
    table = sizes(_chain(chain, input_size))
    if as_json:
        print(json.dumps(_sizes_document(table)))
    else:
        _print_sizes(table)


@app.command(name="derive")
def derive_command(chain: _Chain, /, *, input_size: _Input = None, as_json: _Json = False) -> None:
    """The formula of every layer with the numbers put in, for the height and for the width.

    Rows and columns that a stride leaves unread are reported under their layer.

    Try:

    * `ringcast conv derive "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv derive "5x5 conv(1,1,2,2)"`, of which the last row and column are never read
    """
    derivation = derive(_chain(chain, input_size))
    print(json.dumps(_derivation_document(derivation), ensure_ascii=False) if as_json else derivation)


def _chain(text: str, input_size: str | None) -> ConvChain:
    if not _MODULE.fullmatch(text.strip()):
        if input_size is not None:
            raise ArgumentError(
                f"--input {input_size} goes with package.module:Net; a chain in words starts with its size, "
                f'as in "11x21 convT(64,64,4,2)"'
            )
        return parse(text)
    if input_size is None:
        raise ArgumentError(f"{text} needs its input size; add for example --input 1,64,11,21")
    from ringcast.blocks import trace

    return trace(_module(text.strip()), _numbers(input_size))


def _numbers(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d{1,9}(\s*[,x]\s*\d{1,9}){2,3}", text.strip()):
        raise ArgumentError(f"--input is {text!r}; expected batch,channels,height,width, for example 1,64,11,21")
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _module(text: str) -> Any:
    """The module that ``package.module:Net`` names; a class or function is called without arguments."""
    from torch import nn

    place, _, name = text.partition(":")
    found: Any = _import(place)
    for part in name.split("."):
        if not hasattr(found, part):
            raise ArgumentError(f"{place} has no {name!r}; expected a torch.nn.Module, or a class or function for one")
        found = getattr(found, part)
    if callable(found) and not isinstance(found, nn.Module):
        try:
            found = found()
        except Exception as error:
            raise ArgumentError(
                f"{text}() fails: {error}; it must work without arguments, so name an instance instead"
            ) from error
    if not isinstance(found, nn.Module):
        raise ArgumentError(f"{text} is a {type(found).__name__}; expected a torch.nn.Module")
    return found


def _import(place: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(place)
    except ImportError as error:
        raise FileError(f"cannot import {place}: {error}; run where `python -c 'import {place}'` works") from error


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


def _derivation_document(derivation: Derivation) -> dict[str, Any]:
    layers = [
        {
            "name": step.name,
            "in": list(step.input),
            "out": list(step.output),
            "formulas": {formula.axis: {"text": formula.text, "result": formula.result} for formula in step.formulas},
            "unread": list(step.unread),
        }
        for step in derivation.steps
    ]
    total = {
        "output_pixels": derivation.output.pixels,
        "seed_numbers": derivation.seed.numbers,
        "params": derivation.params,
        "macs": derivation.macs,
    }
    return {"layers": layers, "total": total}
