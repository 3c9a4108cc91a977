"""The picture of the gather view: the kernel on its canvas, the output number it gives, and the sum in numbers."""

from collections.abc import Sequence

from ringcast.arithmetic.draw.gather import Gather, Place, Spot, Step, Tap
from ringcast.arithmetic.draw.matrix import Matrix, number_text, size_text
from ringcast.arithmetic.draw.page import Grid, Legend, header, label
from ringcast.arithmetic.draw.scene import Item, Run, Scene, Timed
from ringcast.arithmetic.draw.stage import Act, Heading, Panel, arrow, assembled, bracket, formula_items, stage
from ringcast.arithmetic.draw.style import GREY, INK, LOOKS
from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d

__all__ = ["both", "described", "gather_scene", "middle_of", "texts_of"]

_ORANGE, _BLUE, _GREEN = (LOOKS[look].stroke for look in ("kernel", "input", "output"))


def gather_scene(
    layer: Conv2d | ConvTranspose2d, gather: Gather, maps: tuple[Matrix, Matrix], heading: Heading
) -> Scene:
    """Lay out the steps of a convolution or transposed convolution; ``maps`` are its input and kernel."""
    given, kernel = maps
    _, y = header(heading.title, heading.lines)
    canvas = tuple(tuple(spot.value for spot in row) for row in gather.canvas)
    upper = stage(_upper_panels(layer, gather, given), (canvas, gather.output), y + 6)
    grids = upper.grids
    measures = _measures(gather, grids[0], transposed=isinstance(layer, ConvTranspose2d))
    lower = stage(_kernel_panels(layer, kernel), (kernel,), upper.bottom + (44 if measures else 24), widest=32, gap=52)
    body = [*upper.items, arrow(*grids), *_canvas(gather, grids[0]), *measures, *_empty(gather.output, grids[1])]
    body += lower.items
    for grid, matrix in zip(lower.grids, (kernel, gather.kernel), strict=False):
        body += grid.filled([["kernel"] * grid.columns] * grid.rows, texts_of(matrix))
    body += [arrow(*lower.grids)] if len(lower.grids) == 2 else []
    formula = lower.right + 42, lower.top
    act = _act(gather, grids, formula)
    bottom = max(lower.bottom, formula[1] + 18 + 20 * (len(kernel) + 1) + 6)
    return assembled(heading, described(given, kernel, gather.output), body, act, (bottom + 18, _legend(layer, gather)))


def both(height: object, width: object) -> str:
    """One number when height and width agree, else both.

    >>> both(1, 1), both(1, 2)
    ('1', '1 x 2')
    """
    return f"{height}" if height == width else f"{height} x {width}"


def middle_of(matrix: Matrix) -> int:
    """The number of the step at the centre of a map.

    >>> middle_of(((1, 2, 3), (4, 5, 6), (7, 8, 9)))
    4
    """
    return len(matrix) // 2 * len(matrix[0]) + len(matrix[0]) // 2


def described(given: Matrix, kernel: Matrix | None, output: Matrix) -> str:
    """All numbers in words, for those who cannot see the picture."""
    maps = [("input", given), ("kernel", kernel), ("output", output)]
    return ". ".join(
        f"{name} {size_text(matrix)}: {' / '.join(' '.join(row) for row in texts_of(matrix))}"
        for name, matrix in maps
        if matrix is not None
    )


def texts_of(matrix: Matrix) -> tuple[tuple[str, ...], ...]:
    """The numbers as the cells have them.

    >>> texts_of(((1, -2),))
    (('1', '−2'),)
    """
    return tuple(tuple(number_text(value) for value in row) for row in matrix)


def _upper_panels(layer: Conv2d | ConvTranspose2d, gather: Gather, given: Matrix) -> tuple[Panel, Panel]:
    shape = len(gather.canvas), len(gather.canvas[0])
    counts = len(given), len(given[0])
    inputs = Panel(
        f"input {size_text(given)}", "input", shape, _canvas_note(layer), gather.origin, gather.pitch, counts
    )
    size = len(gather.output), len(gather.output[0])
    return inputs, Panel(f"output {size_text(gather.output)}", "output", size, counts=size)


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


def _kernel_panels(layer: Conv2d | ConvTranspose2d, kernel: Matrix) -> tuple[Panel, ...]:
    dilation = both(layer.window(0).dilation, layer.window(1).dilation)
    note = "" if dilation == "1" else f"dilation {dilation}: taps {dilation} apart"
    shape = len(kernel), len(kernel[0])
    own = Panel(f"kernel {size_text(kernel)}", "kernel", shape, note)
    if isinstance(layer, Conv2d):
        return (own,)
    return own, Panel("turned by 180°", "kernel", shape, "stride 1 in this view")


def _look(spot: Spot, place: Place, gather: Gather) -> str:
    return f"{spot.kind}!" if place in gather.unread else spot.kind


def _canvas(gather: Gather, grid: Grid) -> tuple[Item, ...]:
    looks = [
        [_look(spot, (at, beside), gather) for beside, spot in enumerate(row)] for at, row in enumerate(gather.canvas)
    ]
    items = grid.filled(looks, [[number_text(spot.value) for spot in row] for row in gather.canvas])
    return (*items, grid.frame(gather.origin, _last(gather), _BLUE))


def _last(gather: Gather) -> Place:
    """Where the last number of the input lies."""
    places = [
        (at, beside) for at, row in enumerate(gather.canvas) for beside, spot in enumerate(row) if spot.kind == "input"
    ]
    return max(places)


def _measures(gather: Gather, grid: Grid, *, transposed: bool) -> tuple[Item, ...]:
    """The widths of the border, under its columns."""
    name, end = "p'" if transposed else "p", _last(gather)[1] + 1
    kinds = [spot.kind for spot in gather.canvas[gather.origin[0]]]
    before, after, extra = gather.origin[1], kinds[end:].count("padding"), kinds.count("extra")
    items: list[Item] = []
    if before:
        items += bracket(grid, (0, before), f"{name} = {before}", GREY)
    if after and after != before:
        items += bracket(grid, (end, end + after), f"{name} = {after}", GREY)
    if extra:
        measured = f"op = {extra}" if after == before and gather.origin[1] else f"p' + op = {extra}"
        items += bracket(grid, (end + after, end + after + extra), measured, LOOKS["extra"].stroke)
    return tuple(items)


def _is_input(gather: Gather, place: Place) -> bool:
    return gather.canvas[place[0]][place[1]].kind == "input"


def _empty(output: Matrix, grid: Grid) -> tuple[Item, ...]:
    blank = [[""] * grid.columns] * grid.rows
    frame = grid.frame((0, 0), (grid.rows - 1, grid.columns - 1), _GREEN)
    return (*grid.filled([["empty"] * grid.columns] * grid.rows, blank), frame)


def _act(gather: Gather, grids: Sequence[Grid], formula: tuple[float, float]) -> Act:
    left, right = grids
    done = [right.cell(step.target, "output", number_text(step.result)) for step in gather.steps]
    last = len(done) - 1
    lasting = [Timed(item, number + 1, last) for number, cell in enumerate(done[:-1]) for item in cell]
    moments = []
    for step in gather.steps:
        items: list[Item] = []
        for tap in (tap for row in step.taps for tap in row):
            items += left.cell(tap.place, "read", number_text(tap.value), f"×{number_text(tap.weight)}")
        items.append(left.frame(gather.origin, _last(gather), _BLUE))
        items += right.cell(step.target, "written", number_text(step.result))
        name = f"output[{step.target[0]},{step.target[1]}]"
        items += label(formula[0], formula[1], name, "output", ["kernel × number under it, added up"])
        items += formula_items(_formula(gather, step), formula[0], formula[1] + 38)
        moments.append(tuple(items))
    still = [*(item for cell in done for item in cell), *moments[middle_of(gather.output)]]
    return Act(moments, lasting, still)


def _formula(gather: Gather, step: Step) -> list[tuple[Run, ...]]:
    lines: list[tuple[Run, ...]] = []
    for taps in step.taps:
        counted = [tap for tap in taps if tap.value or _is_input(gather, tap.place)]
        if counted:
            runs = [Run("+ " if lines else "= ", INK)]
            for number, tap in enumerate(counted):
                runs += [*([Run(" + ", INK)] if number else []), *_product(tap)]
            lines.append(tuple(runs))
    if not lines:
        lines.append((Run("= 0, there are only zeros under it", GREY),))
    elif len(lines) > 1 or len(lines[0]) > 4:
        lines.append((Run("= ", INK), Run(number_text(step.result), _GREEN)))
    else:
        lines[0] += (Run(" = ", INK), Run(number_text(step.result), _GREEN))
    return lines


def _product(tap: Tap) -> list[Run]:
    value = number_text(tap.value)
    return [Run(number_text(tap.weight), _ORANGE), Run("·", INK), Run(f"({value})" if tap.value < 0 else value, _BLUE)]


def _legend(layer: Conv2d | ConvTranspose2d, gather: Gather) -> list[Legend]:
    spots = {
        (spot.kind, (at, beside) in gather.unread)
        for at, row in enumerate(gather.canvas)
        for beside, spot in enumerate(row)
    }
    kinds = {kind for kind, _ in spots}
    copies = isinstance(layer, Conv2d) and layer.padding_mode != "zeros"
    padding = (
        f"padding, {layer.padding_mode}"
        if copies
        else "padding: zeros"
        if isinstance(layer, Conv2d)
        else "border p': zeros"
    )
    meanings: dict[str, str] = {
        "input": "input",
        "inserted": "inserted zeros",
        "padding": padding,
        "extra": "output_padding: zeros",
    }
    entries: list[Legend] = [(kind, meaning) for kind, meaning in meanings.items() if kind in kinds]
    entries += [("read", "under the kernel"), ("output", "output"), ("written", "this sum")]
    if ("input", True) in spots:
        entries.append(("input!", "never read"))
    elif any(unread for _, unread in spots):
        entries.append(("padding!", "never read"))
    return entries
