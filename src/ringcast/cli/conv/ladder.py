"""``ringcast conv ladder``: a whole chain as maps to scale, with the receptive field of one output pixel."""

import json
import re
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ringcast.arithmetic.draw import draw_ladder
from ringcast.cli.conv.chain_argument import AsJson, Chain, InputSize, chain_of
from ringcast.cli.conv.picture_file import Film, film_of, write_scene
from ringcast.errors import ArgumentError

__all__ = ["ladder_command"]


def ladder_command(
    chain: Chain,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="File to write: .svg or .png.")] = Path("ladder.svg"),
    pixel: Annotated[str | None, Parameter(help="Output pixel as row,column; the middle one if not given.")] = None,
    width: Annotated[int, Parameter(help="Pixels.")] = 600,
    input_size: InputSize = None,
    as_json: AsJson = False,
) -> None:
    """Draw a chain as a ladder of its maps, to scale, and in each of them what one output pixel depends on.

    Try:

    * `ringcast conv ladder "11x21 convT(64,64,4,2) relu conv(64,64,3)" -o decoder.svg --pixel 10,20`
    """
    film = film_of(Film(output, width))
    scene = draw_ladder(chain_of(chain, input_size), pixel=_pixel(pixel))
    write_scene(scene, film)
    if as_json:
        print(json.dumps({"picture": str(film.path), "title": scene.title}))
    else:
        print(f"wrote {film.path}: {scene.title}")


def _pixel(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,9}\s*[,x]\s*\d{1,9}", text.strip()):
        raise ArgumentError(f"--pixel is {text!r}; expected row,column, for example 10,20")
    row, column = (int(number) for number in re.findall(r"\d+", text))
    return row, column
