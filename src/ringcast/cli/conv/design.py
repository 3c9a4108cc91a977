"""``ringcast conv design``: stacks between two sizes, or seeds for one."""

import json
import re
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from ringcast.arithmetic.arguments import Pair, whole
from ringcast.arithmetic.solver import Alphabet, Design, Designs, SeedProposal, design, design_seeds
from ringcast.arithmetic.upsamplers import UPSAMPLERS
from ringcast.cli.conv.chain_argument import AsJson
from ringcast.cli.conv.design_document import design_document, seeds_document
from ringcast.cli.conv.table import console
from ringcast.cli.progress import waiting
from ringcast.errors import ArgumentError

__all__ = ["channels_of", "design_command", "size_of"]

_LEGEND = (
    "Free: pixels without border effect; sees: most seed pixels along each axis behind one output pixel, where 1 means "
    "tiles that do not overlap"
)
_WIDE = 100
"""Columns of a terminal from which on the weights are told as well; the chains need the room of a narrower one."""

Channels = Annotated[
    str, Parameter(help="Of the seed, halved at every second block; or of the seed and behind each block: 64,64,32,32.")
]
OutChannels = Annotated[int, Parameter(help="Of the last layer.")]
_First = Annotated[str, Parameter(help="Seed as HxW; alone, it is the target to propose seeds for.")]
_Target = Annotated[str | None, Parameter(help="Target as HxW.")]
_Upsamplers = Annotated[
    tuple[str, ...], Parameter(negative=(), help=f"Only this one, repeatable: {', '.join(UPSAMPLERS)}.")
]
_MaxLayers = Annotated[int, Parameter(help="Activations not counted.")]
_Crop = Annotated[
    bool,
    Parameter(negative=(), help="Allow a last crop of at most a tenth, and less than a seed pixel becomes."),
]
_EvenOnly = Annotated[bool, Parameter(negative=(), help="Leave out layers that force a checkerboard.")]
_Sees = Annotated[int, Parameter(help="Seed pixels that an output pixel has to see along each axis, where most.")]
_Limit = Annotated[int, Parameter(help="Stacks or seeds shown.")]


def design_command(
    seed: _First,
    target: _Target = None,
    /,
    *,
    upsampler: _Upsamplers = (),
    max_layers: _MaxLayers = 8,
    crop: _Crop = False,
    even_only: _EvenOnly = False,
    sees: _Sees = 1,
    channels: Channels = "64",
    out_channels: OutChannels = 3,
    limit: _Limit = 10,
    as_json: AsJson = False,
) -> None:
    """All stacks of a stated alphabet that turn one size into another exactly, the best first; or seeds for a target.

    Blocks of layers turn n into S n + C: the sizes fix S and C, and these the blocks. A stack repeats one kind of
    block; padding and scale may change from block to block. Ranked by evenness (no layer forces a checkerboard), share
    of pixels free of border effect, and MACs. If both axes cannot share their parameters, the reason is told, stacks
    with parameters for each axis are searched, and the nearest sizes are offered.

    Try:

    * `ringcast conv design 11x21 88x168`
    * `ringcast conv design 11x21 88x168 --sees 4 --upsampler transposed`
    * `ringcast conv design 1x1 64x64 --upsampler transposed --channels 100,512,256,128,64`
    * `ringcast conv design 7x19 51x150 --crop`
    * `ringcast conv design 51x150`, seeds for that target
    """
    alone = target is None
    whole("--limit", limit, least=1)
    most = whole("--max-layers", max_layers, least=1)
    wide = channels_of(channels), whole("--out-channels", out_channels, least=1)
    alphabet = Alphabet(
        upsamplers=upsampler or UPSAMPLERS,
        max_layers=most,
        even_only=even_only or alone,
        crop=crop or alone,
        sees=whole("--sees", sees, least=1),
    )
    if target is None:
        _propose(size_of("the target", seed), alphabet, wide, limit, as_json=as_json)
        return
    sizes = size_of("the seed", seed), size_of("the target", target)
    with waiting("searching"):
        designs = design(*sizes, alphabet, channels=wide[0], out_channels=wide[1])
    if as_json:
        print(json.dumps(design_document(designs, alphabet, limit)))
    else:
        _print_designs(designs, alphabet, limit)


def _propose(
    target: Pair, alphabet: Alphabet, wide: tuple[int | tuple[int, ...], int], limit: int, *, as_json: bool
) -> None:
    with waiting("searching"):
        proposals = design_seeds(target, alphabet, channels=wide[0], out_channels=wide[1], limit=limit)
    if as_json:
        print(json.dumps(seeds_document(target, proposals, alphabet)))
    else:
        _print_seeds(target, proposals, alphabet)


def size_of(name: str, text: str) -> Pair:
    """Height and width from ``11x21``.

    Raises:
        ArgumentError: another text.

    >>> size_of("the seed", "11x21")
    (11, 21)
    """
    found = re.fullmatch(r"(\d{1,6})\s*[x×X]\s*(\d{1,6})", text.strip())
    if found is None or not (int(found[1]) and int(found[2])):
        raise ArgumentError(f"{name} is {text!r}; expected height x width, both at least 1, for example 11x21")
    return int(found[1]), int(found[2])


def channels_of(text: str) -> int | tuple[int, ...]:
    """One number, or several parted by commas.

    Raises:
        ArgumentError: another text.

    >>> channels_of("64"), channels_of("64,64,32")
    (64, (64, 64, 32))
    """
    if not re.fullmatch(r"\s*0*[1-9]\d{0,5}\s*(,\s*0*[1-9]\d{0,5}\s*)*", text):
        raise ArgumentError(f"--channels is {text!r}; expected numbers of at least 1, for example 64 or 64,64,32,32")
    numbers = tuple(int(number) for number in text.split(","))
    return numbers[0] if len(numbers) == 1 else numbers


def _print_designs(designs: Designs, alphabet: Alphabet, limit: int) -> None:
    out = console()
    if designs.reason:
        out.print(f"{designs.reason[0].upper()}{designs.reason[1:]}.", soft_wrap=True)
    shown = designs.solutions[:limit]
    if shown:
        ranked = [(str(rank), one) for rank, one in enumerate(shown, start=1)]
        out.print(_table(ranked, "", crop=alphabet.crop, params=out.width >= _WIDE))
    count = len(designs.solutions)
    stacks = "1 stack" if count == 1 else f"{count:,} stacks" if count else "No stack"
    apart = " with parameters for each axis" if designs.reason else ""
    out.print(f"{stacks}{apart} found{f', {len(shown)} shown' if shown else ''}.", soft_wrap=True)
    out.print(f"{alphabet}.", soft_wrap=True)
    if designs.nearest:
        rows = [(_size_and_crop(one.size, one.crop(designs.target)), one.design) for one in designs.nearest]
        out.print("\nThe nearest sizes that equal parameters on both axes reach:", soft_wrap=True)
        out.print(_table(rows, "size", params=out.width >= _WIDE))
    if shown or designs.nearest:
        out.print(f"{_LEGEND}.", soft_wrap=True)


def _print_seeds(target: Pair, proposals: tuple[SeedProposal, ...], alphabet: Alphabet) -> None:
    out = console()
    if proposals:
        rows = [(f"{one.seed[0]}x{one.seed[1]}", one.design) for one in proposals]
        crop = any(any(one.design.crop) for one in proposals)
        out.print(_table(rows, "seed", crop=crop, scale=True, params=out.width >= _WIDE))
    seeds = "1 seed" if len(proposals) == 1 else f"{len(proposals) or 'No'} seeds"
    out.print(f"{seeds} for {target[0]}x{target[1]}, each with its best stack.", soft_wrap=True)
    out.print(f"{alphabet}.\n{_LEGEND}.", soft_wrap=True)


def _size_and_crop(size: Pair, crop: Pair | None) -> str:
    text = f"{size[0]}x{size[1]}"
    return text if crop is None else f"{text}, crop {crop[0]}x{crop[1]}"


def _table(
    rows: list[tuple[str, Design]], first: str, *, crop: bool = False, scale: bool = False, params: bool = True
) -> Table:
    grid = Table(box=None, header_style="bold")
    grid.add_column(first, justify="right" if not first else "left", no_wrap=True)
    names = [*(["S"] if scale else []), "chain", *(["crop"] if crop else []), "even", "free", "sees"]
    names += ["params", "MACs"] if params else ["MACs"]
    for name in names:
        grid.add_column(name, justify="left" if name == "chain" else "right", overflow="fold", no_wrap=name != "chain")
    for text, one in rows:
        cells = [text, *([_both(one.scale)] if scale else []), str(one), *([_both(one.crop)] if crop else [])]
        cells += ["yes" if one.even else "no", f"{one.unaffected:.1%}".replace("%", " %"), _both(one.sees)]
        grid.add_row(*cells, *([f"{one.params:,}"] if params else []), f"{one.macs:,}")
    return grid


def _both(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"
