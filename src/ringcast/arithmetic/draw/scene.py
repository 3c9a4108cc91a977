"""The layout value of a picture: cells, strokes and texts in units of a picture 600 wide, with the frames they are in.

Everything that writes pictures (SVG here, PNG and GIF in ``ringcast.views``) takes a :class:`Scene` and adds nothing to
it, so that all outputs have one layout. x grows to the right and y downwards; a text stands on its y.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "WIDTH",
    "Anchor",
    "Box",
    "Cell",
    "Item",
    "Run",
    "Scene",
    "Stroke",
    "Text",
    "Timed",
    "text_box",
    "text_width",
]

WIDTH = 600
"""Units from left to right; one unit is one pixel of a picture of the standard width."""
Anchor = Literal["start", "middle", "end"]
_EMS = {
    0.3: " ,.IJijl·'′",
    0.35: "-/:;\\f|",
    0.4: "!()[]rt⌊⌋",
    0.5: '*_`sz°–"',
    0.55: "?Lc",
    0.6: "FPTYaekovxy",
    0.7: "ABCRVXZ",
    0.75: "DGHNU",
    0.8: "&OQw",
    0.85: "#+<=>M^~−×→≥≤∞",
    1.0: "%m½¼@W…—",
}
_WIDTHS = {letter: width for width, letters in _EMS.items() for letter in letters}
_OTHER_EM = 0.64
_BOLD = 1.1


@dataclass(frozen=True)
class Cell:
    """A rectangle: one number of a map, a frame around several, or a map as a whole."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    thickness: float = 1.0
    hatch: str | None = None
    """Colour of lines from the lower left to the upper right, for numbers that are not of the input."""
    cross: str | None = None
    """Colour of the two diagonals, for numbers that are never read."""
    dashed: bool = False


@dataclass(frozen=True)
class Stroke:
    """A straight line, or an arrow that points to its end."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    thickness: float = 1.0
    arrow: bool = False


@dataclass(frozen=True)
class Run:
    """A piece of a text in one colour."""

    text: str
    colour: str


@dataclass(frozen=True)
class Text:
    """One line of text in one or more colours."""

    x: float
    y: float
    runs: tuple[Run, ...]
    size: float
    anchor: Anchor = "start"
    bold: bool = False

    def __str__(self) -> str:
        return "".join(run.text for run in self.runs)


Item = Cell | Stroke | Text


@dataclass(frozen=True)
class Timed:
    """An item and the frames that show it, from ``first`` to ``last``."""

    item: Item
    first: int
    last: int


@dataclass(frozen=True)
class Scene:
    """A picture: what always stands there, what comes and goes in the frames, and what the still picture has instead.

    >>> dot = Cell(10, 10, 5, 5, fill="#000000")
    >>> scene = Scene(20, "a dot", "a dot that comes", (), moving=(Timed(dot, 1, 1),), frames=2)
    >>> len(scene.items(0)), len(scene.items(1)), len(scene.items())
    (0, 1, 0)
    """

    height: float
    title: str
    description: str
    always: tuple[Item, ...]
    still: tuple[Item, ...] = ()
    moving: tuple[Timed, ...] = ()
    frames: int = 0

    def items(self, frame: int | None = None) -> tuple[Item, ...]:
        """What one frame shows, lowest first; without a number, what the still picture shows."""
        if frame is None:
            return self.always + self.still
        return self.always + tuple(timed.item for timed in self.moving if timed.first <= frame <= timed.last)


@dataclass(frozen=True)
class Box:
    """The room that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have room in common.

        >>> Box(0, 0, 2, 2).meets(Box(1, 1, 3, 3)), Box(0, 0, 2, 2).meets(Box(2, 0, 3, 2))
        (True, False)
        """
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimated width of a line in DejaVu Sans, rarely more than 4 % off.

    >>> round(text_width("10 = 1·4 + 2·3", 12))
    88
    """
    ems = sum(_WIDTHS.get(letter, _OTHER_EM) for letter in text)
    return ems * size * (_BOLD if bold else 1.0)


def text_box(text: Text) -> Box:
    """The estimated room of a line; a digit is 0.73 of the size high, a descender 0.2 low."""
    width = text_width(str(text), text.size, bold=text.bold)
    left = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * width
    depth = 0.2 if set(str(text)) & set("gjpqy,()[]/;") else 0.0
    return Box(left, text.y - 0.74 * text.size, left + width, text.y + depth * text.size)
