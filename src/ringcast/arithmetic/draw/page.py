"""The pieces that every picture is made of: header, labelled grids, legend, caption.

Functions return items and, where something follows underneath, the y at which it may start.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringcast.arithmetic.draw.matrix import Matrix, number_text
from ringcast.arithmetic.draw.scene import WIDTH, Cell, Item, Run, Text, text_width
from ringcast.arithmetic.draw.style import CROSS, GREY, INK, LOOKS, MARGIN, SMALL, STRONG, WARNING
from ringcast.errors import ArgumentError

__all__ = ["Grid", "Legend", "header", "label", "legend", "notes", "number_size", "wrapped"]

Legend = tuple[str, str]
"""(look of the swatch, what it means); a look that ends in "!" is crossed."""
_LARGEST = 15.0
_AIR, _LEAST_AIR = 8.0, 3.0
_SUB_CELL = 32.0
"""Cells of at least this side have room for a second line."""
_TITLE, _LEAST_TITLE, _LINE = 17.0, 14.0, 13.0


@dataclass(frozen=True)
class Grid:
    """Square cells in rows and columns, their upper left corner at (x, y)."""

    x: float
    y: float
    side: float
    rows: int
    columns: int
    size: float
    """Of the numbers."""

    @property
    def right(self) -> float:
        """X of the right edge."""
        return self.x + self.columns * self.side

    @property
    def bottom(self) -> float:
        """Y of the lower edge."""
        return self.y + self.rows * self.side

    @property
    def roomy(self) -> bool:
        """Whether a cell has room for a second line."""
        return self.side >= _SUB_CELL

    def cell(self, place: tuple[int, int], look: str, text: str = "", below: str = "") -> tuple[Item, ...]:
        """One cell with its number and, in roomy grids, something smaller below it; "!" after a look crosses it."""
        kind = LOOKS[look.rstrip("!")]
        strong = look in STRONG
        x, y = self.x + place[1] * self.side, self.y + place[0] * self.side
        cross = CROSS if look.endswith("!") else None
        box = Cell(x, y, self.side, self.side, kind.fill, kind.stroke, 2.0 if strong else 1.0, kind.hatch, cross)
        middle = x + self.side / 2
        second = bool(below) and self.roomy and text_width(below, SMALL, bold=True) <= self.side - 2
        size = min(self.size, 13.0) if second else self.size
        base = y + self.side * (0.43 if second else 0.5) + size * (0.28 if second else 0.36)
        items: list[Item] = [box]
        if text:
            items.append(Text(middle, base, (Run(text, kind.ink),), size, "middle"))
        if second:
            runs = (Run(below, LOOKS["kernel"].stroke),)
            items.append(Text(middle, y + self.side - 4, runs, SMALL, "middle", bold=True))
        return tuple(items)

    def filled(self, looks: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> tuple[Item, ...]:
        """All cells, crossed and strong ones on top."""
        places = [(row, column) for row in range(self.rows) for column in range(self.columns)]
        return tuple(item for at in places for item in self.cell(at, looks[at[0]][at[1]], texts[at[0]][at[1]]))

    def frame(self, first: tuple[int, int], last: tuple[int, int], colour: str, *, dashed: bool = False) -> Cell:
        """A line around the cells from ``first`` to ``last``."""
        x, y = self.x + first[1] * self.side, self.y + first[0] * self.side
        width, height = (last[1] - first[1] + 1) * self.side, (last[0] - first[0] + 1) * self.side
        return Cell(x, y, width, height, stroke=colour, thickness=3.0, dashed=dashed)

    def numbered(self, origin: tuple[int, int], pitch: tuple[int, int], counts: tuple[int, int]) -> tuple[Text, ...]:
        """The numbers of the rows on the left and of the columns above, from 0."""
        texts = []
        for number in range(counts[0]):
            y = self.y + (origin[0] + number * pitch[0] + 0.5) * self.side + 4
            texts.append(Text(self.x - 5, y, (Run(str(number), GREY),), SMALL, "end"))
        for number in range(counts[1]):
            x = self.x + (origin[1] + number * pitch[1] + 0.5) * self.side
            texts.append(Text(x, self.y - 5, (Run(str(number), GREY),), SMALL, "middle"))
        return tuple(texts)


def number_size(matrices: Iterable[Matrix], side: float) -> float:
    """The largest size at which all numbers fit into cells of a side.

    Raises:
        ArgumentError: numbers that would be smaller than can be read.
    """
    texts = {number_text(value) for matrix in matrices for row in matrix for value in row}
    longest = max(texts, key=lambda text: text_width(text, 1.0))
    size = min(_LARGEST, (side - _AIR) / text_width(longest, 1.0), side * 0.55)
    if (side - _LEAST_AIR) / text_width(longest, 1.0) >= SMALL:
        size = max(size, SMALL)
    if size < SMALL:
        raise ArgumentError(
            f"the grids are too large for a picture that can be read: cells of {side:.0f} pixels have no room for "
            f"{longest[:20]}; draw a smaller input, a smaller kernel, or shorter numbers"
        )
    return size


def header(title: str, lines: Iterable[str]) -> tuple[tuple[Item, ...], float]:
    """Title and lines at the top."""
    items: list[Item] = []
    y = MARGIN + 12
    room = WIDTH - 2.5 * MARGIN
    size = max(_LEAST_TITLE, min(_TITLE, room / text_width(title, 1.0, bold=True)))
    for text in wrapped(title, size, room + 1, bold=True):
        items.append(Text(MARGIN, y, (Run(text, INK),), size, bold=True))
        y += _TITLE + 4
    y += 1
    for line in lines:
        for text in wrapped(line, _LINE, WIDTH - 2 * MARGIN):
            items.append(Text(MARGIN, y, (Run(text, INK),), _LINE))
            y += _LINE + 5
    return tuple(items), y


def label(x: float, y: float, text: str, look: str, note: Sequence[str]) -> tuple[Item, ...]:
    """The name of a grid in its colour, and lines under it."""
    items: list[Item] = [Text(x, y, (Run(text, LOOKS[look].stroke),), _LINE + 1, bold=True)]
    items += [Text(x, y + 16 + 14 * number, (Run(line, GREY),), SMALL) for number, line in enumerate(note)]
    return tuple(items)


def legend(entries: Iterable[Legend], y: float) -> tuple[tuple[Item, ...], float]:
    """Swatches with their meaning, in as many rows as they need."""
    items: list[Item] = []
    x, swatch = MARGIN, 13.0
    for look, meaning in entries:
        width = swatch + 6 + text_width(meaning, SMALL)
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 20
        kind, cross = LOOKS[look.rstrip("!")], CROSS if look.endswith("!") else None
        thickness = 2.0 if look in STRONG else 1.0
        items.append(Cell(x, y, swatch, swatch, kind.fill, kind.stroke, thickness, kind.hatch, cross))
        items.append(Text(x + swatch + 6, y + swatch - 2.5, (Run(meaning, INK),), SMALL))
        x += width + 16
    return tuple(items), y + 20


def notes(lines: Iterable[str], y: float, *, warning: bool = False) -> tuple[tuple[Item, ...], float]:
    """Sentences at the bottom; a warning in its colour."""
    items: list[Item] = []
    for line in lines:
        for text in wrapped(line, 12.0, WIDTH - 2 * MARGIN):
            items.append(Text(MARGIN, y + 12, (Run(text, WARNING if warning else GREY),), 12.0, bold=warning))
            y += 17
    return tuple(items), y


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """The text in lines that are no wider than ``width``, parted at spaces.

    >>> wrapped("zeros inserted, border p' = 1", 11, 100)
    ['zeros inserted,', "border p' = 1"]
    """
    if "\n" in text:
        return [line for part in text.split("\n") for line in wrapped(part, size, width, bold=bold)]
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
