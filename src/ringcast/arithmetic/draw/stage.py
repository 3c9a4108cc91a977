"""Labelled grids beside each other with arrows between them, and the assembly of a scene from its moments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringcast.arithmetic.draw.matrix import Matrix
from ringcast.arithmetic.draw.page import Grid, Legend, header, label, legend, notes, number_size, wrapped
from ringcast.arithmetic.draw.scene import WIDTH, Item, Run, Scene, Stroke, Text, Timed, text_width
from ringcast.arithmetic.draw.style import CELL, GREY, MARGIN, SMALL
from ringcast.errors import ArgumentError

__all__ = ["Act", "Heading", "Panel", "Stage", "arrow", "assembled", "bracket", "formula_items", "sign", "stage"]

_NUMBERS = 16.0
"""Room for the row numbers left of a grid."""
_GAP, _WIDEST_GAP = 46.0, 130.0
_TALLEST = 480.0
_LEAST = 18.0
_NOTE = 136.0
"""Least width at which notes are broken into lines."""
_MORE = Run(" …", GREY)


@dataclass(frozen=True)
class Heading:
    """The words around a picture."""

    title: str
    lines: tuple[str, ...]
    caption: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A grid before it has a place: its name, its shape, and which of its cells are numbered."""

    text: str
    look: str
    shape: tuple[int, int]
    note: str = ""
    origin: tuple[int, int] = (0, 0)
    pitch: tuple[int, int] = (1, 1)
    counts: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Stage:
    """Grids with their places, the labels and arrows around them, and where they end."""

    grids: tuple[Grid, ...]
    items: tuple[Item, ...]
    top: float
    """Where the names of the grids stand."""
    bottom: float
    right: float


@dataclass(frozen=True)
class Act:
    """What a picture does: the moments one after the other, what stays after them, and the still picture."""

    moments: Sequence[tuple[Item, ...]]
    lasting: Sequence[Timed]
    still: Sequence[Item]


def stage(
    panels: Sequence[Panel], matrices: Iterable[Matrix], y: float, *, widest: float = CELL, gap: float = 0
) -> Stage:
    """Place grids from left to right, as far apart as looks well, or by ``gap``; ``widest`` bounds their cells.

    Raises:
        ArgumentError: grids or numbers too large for the width.
    """
    room = WIDTH - 2 * MARGIN - sum(_numbers(panel) for panel in panels)
    columns, rows = sum(panel.shape[1] for panel in panels), max(panel.shape[0] for panel in panels)
    side = min(widest, (room - _GAP * (len(panels) - 1)) // columns, _TALLEST // rows)
    if side < _LEAST:
        shapes = " and ".join(f"{panel.shape[0]} x {panel.shape[1]}" for panel in panels)
        raise ArgumentError(f"grids of {shapes} are too large for a picture that can be read; draw a smaller input")
    size = number_size(matrices, side)
    narrow = gap > 0
    gap = gap or min(_WIDEST_GAP, (room - columns * side) / max(len(panels) - 1, 1))
    remarks = [
        wrapped(panel.note, SMALL, max(panel.shape[1] * side + _numbers(panel) + gap - 14, _NOTE)) if panel.note else []
        for panel in panels
    ]
    top = y + 18 + 14 * max(len(lines) for lines in remarks) + (18 if any(map(_numbers, panels)) else 6)
    items: list[Item] = []
    grids: list[Grid] = []
    x = MARGIN
    for panel, lines in zip(panels, remarks, strict=True):
        grid = Grid(x + _numbers(panel), top, side, *panel.shape, size)
        items += label(x, y + 12, panel.text, panel.look, lines)
        items += grid.numbered(panel.origin, panel.pitch, panel.counts)
        grids.append(grid)
        widths = [text_width(line, SMALL) for line in lines] if narrow else []
        x += max(grid.right - x, text_width(panel.text, 14, bold=True), *widths, 0) + gap
    return Stage(tuple(grids), tuple(items), y + 12, top + rows * side, x - gap)


def _numbers(panel: Panel) -> float:
    return _NUMBERS if any(panel.counts) else 0.0


def arrow(left: Grid, right: Grid) -> Stroke:
    """From one grid towards the next."""
    middle, y = (left.right + right.x - _NUMBERS) / 2, left.y + min(left.rows, right.rows) * left.side / 2
    half = max(6.0, min(18.0, (right.x - _NUMBERS - left.right) / 2 - 10))
    return Stroke(middle - half, y, middle + half - 6, y, GREY, 2.0, arrow=True)


def sign(left: Grid, right: Grid, text: str, colour: str) -> Text:
    """A sign between two grids."""
    y = left.y + left.rows * left.side / 2 + 5
    return Text((left.right + right.x) / 2, y, (Run(text, colour),), 14, "middle")


def bracket(grid: Grid, columns: tuple[int, int], text: str, colour: str) -> tuple[Item, ...]:
    """A measure under the columns from the first to before the last, with what it measures."""
    left, right = grid.x + columns[0] * grid.side, grid.x + columns[1] * grid.side
    y = grid.bottom + 8
    ends = [Stroke(x, y - 4, x, y + 4, colour, 1.5) for x in (left + 1, right - 1)]
    return (Stroke(left + 1, y, right - 1, y, colour, 1.5), *ends, _under(left, right, y + 16, text, colour))


def _under(left: float, right: float, y: float, text: str, colour: str) -> Text:
    middle = max((left + right) / 2, MARGIN + text_width(text, SMALL) / 2)
    return Text(middle, y, (Run(text, colour),), SMALL, "middle")


def formula_items(lines: Sequence[tuple[Run, ...]], x: float, y: float) -> tuple[Text, ...]:
    """Lines of a formula, as large as fits; what does not fit even in the smallest size ends in dots."""
    width = WIDTH - MARGIN - x
    longest = max(text_width("".join(run.text for run in line), 1.0) for line in lines)
    size = max(SMALL, min(14.0, width / longest))
    return tuple(Text(x, y + 20 * number, _cut(line, size, width), size) for number, line in enumerate(lines))


def _cut(line: tuple[Run, ...], size: float, width: float) -> tuple[Run, ...]:
    while text_width("".join(run.text for run in line), size) > width + 0.5:
        line = (*line[: -2 if line[-1] == _MORE else -1], _MORE)
    return line


def assembled(
    heading: Heading, description: str, body: Sequence[Item], act: Act, foot: tuple[float, Sequence[Legend]]
) -> Scene:
    """The scene: header, body, legend and notes, and the frames of the act."""
    top, _ = header(heading.title, heading.lines)
    swatches, y = legend(foot[1], foot[0])
    warnings, y = notes(heading.warnings, y + 4, warning=True)
    captions, y = notes(heading.caption, y)
    moving = [*act.lasting]
    moving += [Timed(item, number, number) for number, moment in enumerate(act.moments) for item in moment]
    return Scene(
        height=y + MARGIN - 8,
        title=heading.title,
        description=description,
        always=(*top, *body, *swatches, *warnings, *captions),
        still=tuple(act.still),
        moving=tuple(moving),
        frames=len(act.moments),
    )
