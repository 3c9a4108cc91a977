"""The picture of a layer without a kernel: where each output number comes from, and how."""

from math import trunc

from ringcast.arithmetic.draw.blend import Blend, Blended
from ringcast.arithmetic.draw.gather_scene import described, middle_of
from ringcast.arithmetic.draw.matrix import Matrix, number_text, share_text, size_text, texts_of
from ringcast.arithmetic.draw.page import Grid, Legend, header, label
from ringcast.arithmetic.draw.scene import Item, Run, Scene, Timed
from ringcast.arithmetic.draw.stage import Act, Heading, Panel, Stage, arrow, assembled, formula_items, stage
from ringcast.arithmetic.draw.style import GREY, INK, LOOKS, MARGIN

__all__ = ["blend_scene", "whole"]

_ORANGE, _BLUE, _GREEN = (LOOKS[look].stroke for look in ("kernel", "input", "output"))
_MANY = 4
"""Terms of a sum in one line."""


def blend_scene(blended: Blend, given: Matrix, heading: Heading, *, cut: bool = False) -> Scene:
    """Lay out the steps of pooling, unpooling, resizing, padding or cropping.

    With ``cut`` a third grid has the output's numbers with their fractions cut off.
    """
    _, y = header(heading.title, heading.lines)
    output = blended.output
    size = len(output), len(output[0])
    shape = len(given), len(given[0])
    name = "true values" if cut else ""
    panels = [
        Panel(f"input {size_text(given)}", "input", shape, counts=shape),
        Panel(f"output {size_text(output)}", "output", size, name, counts=size),
    ]
    if cut:
        panels.append(Panel("as on the slides", "output", size, "fractions cut off", counts=size))
    upper = stage(panels, (given, output), y + 6)
    left, right = upper.grids[:2]
    body = [*upper.items, arrow(left, right), *_inputs(blended, given, left)]
    body += right.filled([["empty"] * size[1]] * size[0], [[""] * size[1]] * size[0])
    if cut:
        body += [
            arrow(right, upper.grids[2]),
            *upper.grids[2].filled([["output"] * size[1]] * size[0], texts_of(whole(output))),
        ]
    formula = MARGIN, upper.bottom + 36
    lines = max(len(_formula(step, given, largest=blended.largest)) for step in blended.steps)
    bottom = formula[1] + 24 + 20 * lines
    act = _act(blended, given, upper, formula)
    return assembled(heading, described(given, None, output), body, act, (bottom + 8, _legend(blended, given)))


def whole(matrix: Matrix) -> Matrix:
    """The numbers without their fractions.

    >>> from fractions import Fraction
    >>> whole(((Fraction(25, 2), 3),))
    ((12, 3),)
    """
    return tuple(tuple(trunc(value) for value in row) for row in matrix)


def _read(blended: Blend) -> set[tuple[int, int]]:
    return {place for step in blended.steps for place, _ in step.taps}


def _inputs(blended: Blend, given: Matrix, grid: Grid) -> tuple[Item, ...]:
    read = _read(blended)
    looks = [
        ["input" if (at, beside) in read else "input!" for beside in range(grid.columns)] for at in range(grid.rows)
    ]
    return grid.filled(looks, texts_of(given))


def _act(blended: Blend, given: Matrix, upper: Stage, formula: tuple[float, float]) -> Act:
    left, right = upper.grids[:2]
    last = len(blended.steps) - 1
    done = [right.cell(step.target, "output", number_text(step.result)) for step in blended.steps]
    lasting = [Timed(item, number + 1, last) for number, cell in enumerate(done[:-1]) for item in cell]
    moments = []
    for step in blended.steps:
        items: list[Item] = []
        for place, weight in step.taps:
            share = "" if blended.largest or weight == 1 else f"×{share_text(weight)}"
            items += left.cell(place, "read", number_text(given[place[0]][place[1]]), share)
        items += right.cell(step.target, "written", number_text(step.result))
        items += label(*formula, f"output[{step.target[0]},{step.target[1]}]", "output", ())
        items += formula_items(_formula(step, given, largest=blended.largest), formula[0], formula[1] + 22)
        moments.append(tuple(items))
    still = [*(item for cell in done for item in cell), *moments[middle_of(blended.output)]]
    return Act(moments, lasting, still)


def _formula(step: Blended, given: Matrix, *, largest: bool) -> list[tuple[Run, ...]]:
    result = Run(number_text(step.result), _GREEN)
    if not step.taps:
        return [(Run("= 0, no input number comes here", GREY),)]
    terms = [
        _term(share_text(weight), number_text(given[at][beside]), largest=largest) for (at, beside), weight in step.taps
    ]
    if len(terms) == 1 and len(terms[0]) == 1:
        at, beside = step.taps[0][0]
        return [(Run("= ", INK), *terms[0], Run(f", a copy of input[{at},{beside}]", GREY))]
    joint = ", " if largest else " + "
    lines: list[tuple[Run, ...]] = []
    for start in range(0, len(terms), _MANY):
        first = "= largest of " if largest else "= " if not start else "+ "
        runs = [Run(first, INK)] if not start or not largest else []
        for number, term in enumerate(terms[start : start + _MANY]):
            runs += [*([Run(joint, INK)] if number else []), *term]
        runs += [Run(",", INK)] if largest and start + _MANY < len(terms) else []
        lines.append(tuple(runs))
    return [*lines, (Run("= ", INK), result)]


def _term(weight: str, value: str, *, largest: bool) -> tuple[Run, ...]:
    if largest or weight == "1":
        return (Run(value, _BLUE),)
    return Run(weight, _ORANGE), Run("·", INK), Run(value, _BLUE)


def _legend(blended: Blend, given: Matrix) -> list[Legend]:
    entries: list[Legend] = [
        ("input", "input"),
        ("read", "taken for it"),
        ("output", "output"),
        ("written", "this one"),
    ]
    if len(_read(blended)) < len(given) * len(given[0]):
        entries.append(("input!", "never read"))
    return entries
