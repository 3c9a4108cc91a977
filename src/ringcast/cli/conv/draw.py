"""``ringcast conv draw``: pictures of one layer, still and moving."""

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.table import Table

from ringcast.arithmetic.draw import EXAMPLES, Matrix, Numbers, Scene, View, draw_chain, draw_example, matrix_of
from ringcast.cli.conv.chain_argument import AsJson, chain_of
from ringcast.cli.conv.picture_file import Film, film_of, write_scene
from ringcast.cli.conv.table import console
from ringcast.errors import ArgumentError

__all__ = ["draw_command"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_MODULE = re.compile(r"\S+:[A-Za-z_]\S*")
_WIDE = 100
"""Columns of a terminal from which on the list has the chains of the examples as well."""
What = Annotated[
    str | None,
    Parameter(help="An example's name, a chain in quotes such as '1x3x3 convT(1,1,2,2)', or package.module:Net."),
]
Cells = Annotated[
    str | None,
    Parameter(
        name="--input", help='Numbers of the input, "1 2;3 4"; of package.module:Net, batch,channels,height,width.'
    ),
]


def draw_command(
    what: What = None,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o", help="File to write: .svg, .png or .gif.")] = None,
    view: Annotated[View | None, Parameter(help="Default: what suits the layer or the example.")] = None,
    layer: Annotated[int | None, Parameter(help="Layer of a longer chain, from 1, drawn on a small input.")] = None,
    cells: Cells = None,
    kernel: Annotated[str | None, Parameter(help='Numbers of the kernel, "1 2;3 4", or the word ones.')] = None,
    frame: Annotated[int | None, Parameter(help="Draw one step of the animation, from 0.")] = None,
    animate: Annotated[bool, Parameter(negative=(), help="Write an SVG that moves; a .gif always does.")] = False,
    seconds_per_frame: Annotated[float, Parameter(help="Time of each step.")] = 0.7,
    width: Annotated[int, Parameter(help="Pixels.")] = 600,
    list_examples: Annotated[bool, Parameter(name="--list", negative=(), help="List the examples.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw one layer on a small grid: the numbers of input, kernel and output, and the formula behind one of them.

    The gather view slides the kernel over the input, for a transposed convolution with zeros put in and around. The
    scatter view lets every input number of a transposed convolution paint its multiple of the kernel. The coverage view
    counts how often a convolution reads each input number. A still picture shows the whole result and one step.

    Try:

    * `ringcast conv draw example5 -o example5.gif`, a transposed convolution that paints
    * `ringcast conv draw example5 --view gather -o example5.svg --animate`
    * `ringcast conv draw "1x4x4 convT(1,1,3,2,1,1)" -o upsampling.png`
    * `ringcast conv draw "11x21 convT(64,64,4,2) relu conv(64,64,3)" --layer 3 -o layer.svg`
    """
    if list_examples:
        _print_examples(as_json=as_json)
        return
    if what is None:
        raise ArgumentError("there is nothing to draw; give a chain or the name of an example, which --list tells")
    name = what if what in EXAMPLES else "layer"
    film = film_of(Film(output or Path(f"{name}.svg"), width, animate, frame, seconds_per_frame))
    scene = _scene(what, layer, view, cells, kernel)
    write_scene(scene, film)
    told = {"picture": str(film.path), "title": scene.title, "steps": scene.frames}
    print(json.dumps(told) if as_json else f"wrote {film.path}: {scene.title}, {scene.frames} steps")


def _scene(what: str, layer: int | None, view: View | None, cells: str | None, kernel: str | None) -> Scene:
    module = _MODULE.fullmatch(what.strip()) is not None
    given = None if cells is None or module else matrix_of("input", cells)
    if _NAME.fullmatch(what):
        if layer is not None:
            raise ArgumentError(f"--layer is {layer}, but {what} has only one; leave it out")
        return draw_example(what, view=view, numbers=Numbers(given, _kernel(kernel)))
    chain = chain_of(what, cells if module else None)
    return draw_chain(chain, layer=layer, view=view, numbers=Numbers(given, _kernel(kernel)))


def _kernel(text: str | None) -> Matrix | Literal["ones"] | None:
    if text == "ones":
        return "ones"
    return None if text is None else matrix_of("kernel", text)


def _print_examples(*, as_json: bool) -> None:
    if as_json:
        rows = [{"name": name, "chain": found.chain, "about": found.about} for name, found in EXAMPLES.items()]
        print(json.dumps({"examples": rows}))
        return
    screen = console()
    chains = screen.width >= _WIDE
    table = Table(box=None, header_style="bold")
    for heading in ("name", *(["chain"] if chains else [])):
        table.add_column(heading, no_wrap=True)
    table.add_column("about")
    for name, found in EXAMPLES.items():
        table.add_row(name, *([found.chain] if chains else []), found.about)
    screen.print(table)
