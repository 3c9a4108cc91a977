"""The picture of the gather view: the kernel on its canvas, the output number it gives, and the sum in numbers."""

from collections.abc import Sequence

from ringcast.arithmetic.draw.canvas import (
    both,
    canvas_frame,
    canvas_items,
    canvas_legend,
    canvas_measures,
    canvas_panel,
    is_input,
)
from ringcast.arithmetic.draw.gather import Gather, Step, Tap
from ringcast.arithmetic.draw.matrix import Matrix, number_text, size_text, texts_of
from ringcast.arithmetic.draw.page import Grid, Legend, header, label
from ringcast.arithmetic.draw.scene import Item, Run, Scene, Timed
from ringcast.arithmetic.draw.stage import Act, Heading, Panel, arrow, assembled, formula_items, stage
from ringcast.arithmetic.draw.style import GREY, INK, LOOKS
from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d

__all__ = ["described", "gather_scene", "middle_of"]

_LEGEND: tuple[Legend, ...] = (("read", "under the kernel"), ("output", "output"), ("written", "this sum"))
_ORANGE, _BLUE, _GREEN = (LOOKS[look].stroke for look in ("kernel", "input", "output"))


def gather_scene(
    layer: Conv2d | ConvTranspose2d, gather: Gather, maps: tuple[Matrix, Matrix], heading: Heading
) -> Scene:
    """Lay out the steps of a convolution or transposed convolution; ``maps`` are its input and kernel."""
    given, kernel = maps
    _, y = header(heading.title, heading.lines)
    size = len(gather.output), len(gather.output[0])
    output = Panel(f"output {size_text(gather.output)}", "output", size, counts=size)
    canvas = tuple(tuple(spot.value for spot in row) for row in gather.canvas)
    upper = stage((canvas_panel(layer, gather, given), output), (canvas, gather.output), y + 6)
    grids = upper.grids
    measures = canvas_measures(layer, gather, grids[0])
    lower = stage(_kernel_panels(layer, kernel), (kernel,), upper.bottom + (44 if measures else 24), widest=32, gap=52)
    body = [*upper.items, arrow(*grids), *canvas_items(gather, grids[0]), *measures, *_empty(gather.output, grids[1])]
    body += lower.items
    for grid, matrix in zip(lower.grids, (kernel, gather.kernel), strict=False):
        body += grid.filled([["kernel"] * grid.columns] * grid.rows, texts_of(matrix))
    body += [arrow(*lower.grids)] if len(lower.grids) == 2 else []
    formula = lower.right + 42, lower.top
    act = _act(gather, grids, formula)
    bottom = max(lower.bottom, formula[1] + 18 + 20 * (len(kernel) + 1) + 6)
    entries = [*canvas_legend(layer, gather), *_LEGEND]
    return assembled(heading, described(given, kernel, gather.output), body, act, (bottom + 18, entries))


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


def _kernel_panels(layer: Conv2d | ConvTranspose2d, kernel: Matrix) -> tuple[Panel, ...]:
    dilation = both(layer.window(0).dilation, layer.window(1).dilation)
    note = "" if dilation == "1" else f"dilation {dilation}: taps {dilation} apart"
    shape = len(kernel), len(kernel[0])
    own = Panel(f"kernel {size_text(kernel)}", "kernel", shape, note)
    if isinstance(layer, Conv2d):
        return (own,)
    return own, Panel("turned by 180°", "kernel", shape, "stride 1 in this view")


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
        items.append(canvas_frame(gather, left))
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
        counted = [tap for tap in taps if tap.value or is_input(gather, tap.place)]
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
    number = f"({value})" if tap.value < 0 else value
    return [Run(number_text(tap.weight), _ORANGE), Run("·", INK), Run(number, _BLUE)]
