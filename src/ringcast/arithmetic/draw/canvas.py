"""The canvas of a gather as all views in which a kernel slides draw it: its grid, its numbers, its borders."""

from ringcast.arithmetic.draw.gather import Gather, Place, Spot
from ringcast.arithmetic.draw.matrix import Matrix, number_text, size_text
from ringcast.arithmetic.draw.page import Grid, Legend
from ringcast.arithmetic.draw.scene import Cell, Item
from ringcast.arithmetic.draw.stage import Panel, bracket
from ringcast.arithmetic.draw.style import GREY, LOOKS
from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d

__all__ = ["both", "canvas_frame", "canvas_items", "canvas_legend", "canvas_measures", "canvas_panel", "is_input"]


def both(height: object, width: object) -> str:
    """One number when height and width agree, else both.

    >>> both(1, 1), both(1, 2)
    ('1', '1 x 2')
    """
    return f"{height}" if height == width else f"{height} x {width}"


def canvas_panel(layer: Conv2d | ConvTranspose2d, gather: Gather, given: Matrix) -> Panel:
    """The grid of the canvas with the numbers of the input's rows and columns, and what is around the input."""
    shape = len(gather.canvas), len(gather.canvas[0])
    counts = len(given), len(given[0])
    name = f"input {size_text(given)}"
    return Panel(name, "input", shape, _canvas_note(layer), gather.origin, gather.pitch, counts)


def _canvas_note(layer: Conv2d | ConvTranspose2d) -> str:
    rows, columns = layer.window(0), layer.window(1)
    if isinstance(layer, Conv2d):
        if layer.padding == "same":
            return "with what padding = same puts around it"
        return (
            f"with padding p = {both(rows.before, columns.before)} around it" if rows.before or columns.before else ""
        )
    borders = [window.reach - 1 - window.before for window in (rows, columns)]
    parts = []
    if max(rows.stride, columns.stride) > 1:
        parts.append(f"zeros between: s − 1 = {both(rows.stride - 1, columns.stride - 1)}")
    if borders[0] == borders[1] and rows == columns:
        parts.append(
            f"border p' = d·(k−1) − p = {rows.dilation}·({rows.kernel}−1) − {rows.before} = {number_text(borders[0])}"
        )
    else:
        parts.append(f"border p' = d·(k−1) − p = {both(*map(number_text, borders))}")
    return "\n".join(parts)


def _look(spot: Spot, place: Place, gather: Gather) -> str:
    return f"{spot.kind}!" if place in gather.unread else spot.kind


def canvas_items(gather: Gather, grid: Grid) -> tuple[Item, ...]:
    """All cells of the canvas and the frame around the input."""
    looks = [
        [_look(spot, (at, beside), gather) for beside, spot in enumerate(row)] for at, row in enumerate(gather.canvas)
    ]
    items = grid.filled(looks, [[number_text(spot.value) for spot in row] for row in gather.canvas])
    return (*items, canvas_frame(gather, grid))


def canvas_frame(gather: Gather, grid: Grid) -> Cell:
    """The line around the input."""
    return grid.frame(gather.origin, _last(gather), LOOKS["input"].stroke)


def _last(gather: Gather) -> Place:
    """Where the last number of the input lies."""
    places = [
        (at, beside) for at, row in enumerate(gather.canvas) for beside, spot in enumerate(row) if spot.kind == "input"
    ]
    return max(places)


def canvas_measures(layer: Conv2d | ConvTranspose2d, gather: Gather, grid: Grid) -> tuple[Item, ...]:
    """The widths of the border, under its columns."""
    name, end = "p" if isinstance(layer, Conv2d) else "p'", _last(gather)[1] + 1
    kinds = [spot.kind for spot in gather.canvas[gather.origin[0]]]
    before, after, extra = gather.origin[1], kinds[end:].count("padding"), kinds.count("extra")
    items: list[Item] = []
    if before:
        items += bracket(grid, (0, before), f"{name} = {before}", GREY)
    if after and after != before:
        items += bracket(grid, (end, end + after), f"{name} = {after}", GREY)
    if extra:
        whole = extra == layer.window(1).output_padding
        measured = f"op = {extra}" if whole else f"p' + op = {extra}"
        items += bracket(grid, (end + after, end + after + extra), measured, LOOKS["extra"].stroke)
    return tuple(items)


def is_input(gather: Gather, place: Place) -> bool:
    """Whether a number of the input lies at a place of the canvas."""
    return gather.canvas[place[0]][place[1]].kind == "input"


def canvas_legend(layer: Conv2d | ConvTranspose2d, gather: Gather) -> list[Legend]:
    """What the cells of the canvas mean, as far as it has them."""
    spots = {
        (spot.kind, (at, beside) in gather.unread)
        for at, row in enumerate(gather.canvas)
        for beside, spot in enumerate(row)
    }
    kinds = {kind for kind, _ in spots}
    copies = isinstance(layer, Conv2d) and layer.padding_mode != "zeros"
    border = "padding" if isinstance(layer, Conv2d) else "border p'"
    padding = f"{border}, {layer.padding_mode}" if copies else f"{border}: zeros"
    meanings: dict[str, str] = {
        "input": "input",
        "inserted": "inserted zeros",
        "padding": padding,
        "extra": "output_padding: zeros",
    }
    entries: list[Legend] = [(kind, meaning) for kind, meaning in meanings.items() if kind in kinds]
    if any(unread for _, unread in spots):
        entries.append(("input!" if ("input", True) in spots else "padding!", "never read"))
    return entries
