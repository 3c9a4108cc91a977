"""The picture of the scatter view: an input number, its multiple of the kernel, and the sums it adds to."""

from itertools import pairwise

from ringcast.arithmetic.draw.canvas import both
from ringcast.arithmetic.draw.gather import Place
from ringcast.arithmetic.draw.gather_scene import described
from ringcast.arithmetic.draw.matrix import Matrix, number_text, size_text, texts_of
from ringcast.arithmetic.draw.page import Grid, Legend, header, label
from ringcast.arithmetic.draw.scatter import Scatter, Stamp
from ringcast.arithmetic.draw.scene import Item, Run, Scene, Timed
from ringcast.arithmetic.draw.stage import (
    Act,
    Heading,
    Panel,
    Stage,
    arrow,
    assembled,
    bracket,
    formula_items,
    sign,
    stage,
)
from ringcast.arithmetic.draw.style import GREY, INK, LOOKS
from ringcast.arithmetic.layers import ConvTranspose2d
from ringcast.arithmetic.line import Number

__all__ = ["scatter_scene"]

_ORANGE, _BLUE, _GREEN = (LOOKS[look].stroke for look in ("kernel", "input", "output"))
_SUM_LINES = 3
_TERMS = 4
"""More are written as two: what all others give, and what this stamp adds."""


def scatter_scene(layer: ConvTranspose2d, scatter: Scatter, maps: tuple[Matrix, Matrix], heading: Heading) -> Scene:
    """Lay out the stamps of a transposed convolution; ``maps`` are its input and kernel."""
    given, kernel = maps
    _, y = header(heading.title, heading.lines)
    upper = stage(_upper_panels(layer, scatter, given), (given, _sums(scatter)), y + 6)
    grids = upper.grids
    measures = _measures(scatter, grids[1])
    products = tuple(tuple(part for _, part in stamp.parts) for stamp in scatter.stamps)
    shape = len(kernel), len(kernel[0])
    note = _dilated(layer)
    panels = (
        Panel(f"kernel {size_text(kernel)}", "kernel", shape, note),
        Panel("stamp", "kernel", shape, "number × kernel"),
    )
    lower = stage(panels, (kernel, products), upper.bottom + (44 if measures else 24), widest=32, gap=74)
    body = [*upper.items, arrow(*grids), *_inputs(scatter, given, grids[0])]
    body += [*grids[1].filled(_empty(scatter), [[""] * grids[1].columns] * grids[1].rows), _frame(scatter, grids[1])]
    body += [*measures, *lower.items, *lower.grids[0].filled([["kernel"] * shape[1]] * shape[0], texts_of(kernel))]
    act = _act(layer, scatter, upper, lower)
    bottom = max(lower.bottom, lower.top + 38 + 20 * _SUM_LINES)
    return assembled(heading, described(given, kernel, scatter.output), body, act, (bottom + 18, _legend(scatter)))


def _upper_panels(layer: ConvTranspose2d, scatter: Scatter, given: Matrix) -> tuple[Panel, Panel]:
    shape = len(given), len(given[0])
    rows, columns = layer.window(0), layer.window(1)
    notes = []
    if rows.before or columns.before:
        notes.append(f"padding p = {both(rows.before, columns.before)} takes the grey rings away")
    if rows.output_padding or columns.output_padding:
        notes.append(f"output_padding = {both(rows.output_padding, columns.output_padding)} adds at bottom and right")
    output = Panel(
        f"output {_size(scatter.size)}",
        "output",
        (len(scatter.fates), len(scatter.fates[0])),
        "\n".join(notes),
        scatter.origin,
        counts=scatter.size,
    )
    return Panel(f"input {size_text(given)}", "input", shape, counts=shape), output


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _unpainted(scatter: Scatter) -> set[Place]:
    """Input places of whose stamps nothing is left."""
    return {stamp.source for stamp in scatter.stamps if all(_is_cropped(scatter, place) for place, _ in stamp.parts)}


def _inputs(scatter: Scatter, given: Matrix, grid: Grid) -> tuple[Item, ...]:
    lost = _unpainted(scatter)
    looks = [
        ["input!" if (row, column) in lost else "input" for column in range(grid.columns)] for row in range(grid.rows)
    ]
    return grid.filled(looks, texts_of(given))


def _dilated(layer: ConvTranspose2d) -> str:
    dilation = both(layer.window(0).dilation, layer.window(1).dilation)
    return "" if dilation == "1" else f"dilation {dilation}: lands {dilation} apart"


def _sums(scatter: Scatter) -> Matrix:
    return tuple(tuple(sums.values()) for sums in scatter.sums)


def _look(scatter: Scatter, place: Place) -> str:
    return {"output": "output", "extra": "added", "cropped": "cropped"}[scatter.fates[place[0]][place[1]]]


def _empty(scatter: Scatter) -> list[list[str]]:
    looks = {"output": "empty", "extra": "added", "cropped": "cropped"}
    return [[looks[fate] for fate in row] for row in scatter.fates]


def _frame(scatter: Scatter, grid: Grid) -> Item:
    (top, left), (height, width) = scatter.origin, scatter.size
    return grid.frame(scatter.origin, (top + height - 1, left + width - 1), _GREEN)


def _measures(scatter: Scatter, grid: Grid) -> tuple[Item, ...]:
    """The widths of what is cropped and added, under the columns."""
    fates = scatter.fates[scatter.origin[0]]
    before, extra = scatter.origin[1], fates.count("extra")
    after = fates.count("cropped") - before
    end = before + scatter.size[1]
    items: list[Item] = []
    if before:
        items += bracket(grid, (0, before), f"p = {before}", GREY)
    if extra:
        items += bracket(grid, (end - extra, end), f"op = {extra}", LOOKS["added"].stroke)
    if after and not extra:
        items += bracket(grid, (end, end + after), f"p = {after}", GREY)
    return tuple(items)


def _act(layer: ConvTranspose2d, scatter: Scatter, upper: Stage, lower: Stage) -> Act:
    left, right = upper.grids
    last = len(scatter.stamps) - 1
    touched: dict[Place, list[int]] = {}
    for number, stamp in enumerate(scatter.stamps):
        for place, _ in stamp.parts:
            touched.setdefault(place, []).append(number)
    lasting: list[Timed] = []
    final: list[Item] = []
    for place, numbers in touched.items():
        for number, following in pairwise([*numbers, last + 1]):
            cell = right.cell(place, _look(scatter, place), number_text(scatter.sums[number][place]))
            lasting += [Timed(item, number + 1, following - 1) for item in cell if number + 1 < following]
        final += right.cell(place, _look(scatter, place), number_text(scatter.sums[-1][place]))
    frame = _frame(scatter, right)
    lasting.append(Timed(frame, 0, last))

    def moment(number: int, until: int) -> tuple[Item, ...]:
        stamp = scatter.stamps[number]
        return (
            *_stamped(scatter, stamp, right, scatter.sums[until]),
            *left.cell(stamp.source, "sent", number_text(stamp.value)),
            *_multiple(stamp, lower),
            *_words(layer, scatter, number, until, lower),
        )

    chosen = left.rows // 2 * left.columns + left.columns // 2
    moments = [moment(number, number) for number in range(last + 1)]
    return Act(moments, lasting, (*final, frame, *moment(chosen, last)))


def _stamped(scatter: Scatter, stamp: Stamp, grid: Grid, sums: dict[Place, Number]) -> list[Item]:
    """The places of one stamp with their sums, those that are cropped below the others."""
    items: list[Item] = []
    for place, part in sorted(stamp.parts, key=lambda entry: not _is_cropped(scatter, entry[0])):
        added = number_text(part) if part < 0 else f"+{number_text(part)}"
        look = "missed" if _is_cropped(scatter, place) else "stamped"
        items += grid.cell(place, look, number_text(sums[place]), added)
    return items


def _is_cropped(scatter: Scatter, place: Place) -> bool:
    return scatter.fates[place[0]][place[1]] == "cropped"


def _multiple(stamp: Stamp, lower: Stage) -> list[Item]:
    """The kernel times the number: the sign and the grid of products."""
    kernel, products = lower.grids
    items: list[Item] = [sign(kernel, products, f"× {number_text(stamp.value)} =", _BLUE)]
    for number, (_, part) in enumerate(stamp.parts):
        items += products.cell(divmod(number, products.columns), "stamped", number_text(part))
    return items


def _words(layer: ConvTranspose2d, scatter: Scatter, number: int, until: int, lower: Stage) -> tuple[Item, ...]:
    stamp = scatter.stamps[number]
    x, y = lower.right + 42, lower.top
    starts = []
    for axis, name in enumerate(("row", "column")):
        window, at = layer.window(axis), stamp.source[axis]
        first = at * window.stride - window.before
        starts.append(
            (Run(f"{name} s·{'ij'[axis]} − p = {window.stride}·{at} − {window.before} = {_signed(first)}", INK),)
        )
    name = f"input[{stamp.source[0]},{stamp.source[1]}] = {number_text(stamp.value)}"
    lines = [*starts, _sum(scatter, number, until)]
    return (*label(x, y, name, "input", ["its stamp starts at output"]), *formula_items(lines, x, y + 38))


def _sum(scatter: Scatter, number: int, until: int) -> tuple[Run, ...]:
    """The sum at the place of the stamp where most has come together."""
    own = dict(scatter.stamps[number].parts)
    kept = [place for place in own if not _is_cropped(scatter, place)]
    if not kept:
        return (Run("all of it is cropped by padding", GREY),)
    parts = {
        place: [part for stamp in scatter.stamps[: until + 1] for at, part in stamp.parts if at == place]
        for place in kept
    }
    place = max(kept, key=lambda at: len(parts[at]))
    top, left = scatter.origin
    terms = parts[place] if len(parts[place]) <= _TERMS else [sum(parts[place]) - own[place], own[place]]
    summed = " + ".join(number_text(part) if part >= 0 else f"({number_text(part)})" for part in terms)
    runs = (Run(f"output[{place[0] - top},{place[1] - left}] = ", _GREEN), Run(summed, _ORANGE))
    if len(parts[place]) == 1:
        return runs
    return (*runs, Run(f" = {number_text(scatter.sums[until][place])}", _GREEN))


def _signed(value: int) -> str:
    return f"{number_text(value)} (cropped)" if value < 0 else str(value)


def _legend(scatter: Scatter) -> list[Legend]:
    fates = {fate for row in scatter.fates for fate in row}
    entries: list[Legend] = [
        ("input", "input"),
        ("sent", "painting now"),
        ("stamped", "its stamp"),
        ("output", "output"),
    ]
    if "cropped" in fates:
        entries.append(("cropped", "cropped by padding"))
    if "extra" in fates:
        entries.append(("added", "thanks to output_padding"))
    if _unpainted(scatter):
        entries.append(("input!", "never read"))
    return entries
