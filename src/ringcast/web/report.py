"""A report as one HTML file: words, tables and pictures, all inside."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from ringcast.errors import ArgumentError
from ringcast.web.stylesheet import STYLESHEET

__all__ = ["Figure", "Prose", "Section", "Table", "Verbatim", "report_page"]

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table; cells that read as numbers stand to the right.

    Raises:
        ArgumentError: A row has another number of cells than the head.
    """

    head: Sequence[str]
    """Names of the columns, with units."""
    rows: Sequence[Sequence[str]]
    """Cells, ready to read."""
    caption: str = ""
    groups: Sequence[tuple[str, int]] = ()
    """Optional line over the head: a name and how many columns it spans."""
    strong_rows: frozenset[int] = field(default_factory=frozenset)
    """Rows to stress, such as a summary."""

    def __post_init__(self) -> None:
        for place, row in enumerate(self.rows):
            if len(row) != len(self.head):
                raise ArgumentError(f"Table row {place} has {len(row)} cells; expected {len(self.head)}, one a column")
        spanned = sum(width for _, width in self.groups)
        if self.groups and spanned != len(self.head):
            raise ArgumentError(f"Table groups span {spanned} columns; expected {len(self.head)}")


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Raises:
        ArgumentError: The bytes are not a PNG picture.
    """

    png: bytes
    caption: str
    """What is to be seen; also read aloud in place of the picture."""

    def __post_init__(self) -> None:
        if not self.png.startswith(_PNG):
            raise ArgumentError(f"Figure png starts with {self.png[:8]!r}; expected the bytes of a PNG picture")


@dataclass(frozen=True)
class Verbatim:
    """Text kept line by line, such as a model card or a command."""

    text: str


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: Sequence[Prose | Table | Figure | Verbatim]


def report_page(
    title: str, sections: Sequence[Section], *, summary: str = "", made_with: Mapping[str, str] | None = None
) -> str:
    """One HTML page; it fetches nothing and runs nothing, and follows the reader's light or dark setting.

    Args:
        title: Heading of the page.
        sections: What it says, in order.
        summary: The one sentence to take away, under the title.
        made_with: How to make it again, at the foot: command, versions, seed.

    Example:
        >>> page = report_page("Ten electrons", [Section("Events", [Prose("a < b")])], made_with={"ringcast": "0.1"})
        >>> "<h1>Ten electrons</h1>" in page, "a &lt; b" in page
        (True, True)
    """
    lead = f'<p class="summary">{escape(summary)}</p>' if summary else ""
    body = "\n".join(_section(section) for section in sections)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLESHEET}</style>",
            "</head>",
            "<body>",
            "<main>",
            f"<header><h1>{escape(title)}</h1>{lead}</header>",
            body,
            _footer(made_with or {}),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _section(section: Section) -> str:
    blocks = "\n".join(_block(block) for block in section.blocks)
    return f"<section>\n<h2>{escape(section.heading)}</h2>\n{blocks}\n</section>"


def _block(block: Prose | Table | Figure | Verbatim) -> str:
    match block:
        case Prose(text):
            return f"<p>{escape(text)}</p>"
        case Verbatim(text):
            return f"<pre>{escape(text)}</pre>"
        case Figure(png, caption):
            words = escape(caption)
            source = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
            return f'<figure><img src="{source}" alt="{words}"><figcaption>{words}</figcaption></figure>'
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    over = "".join(f'<th scope="colgroup" colspan="{width}">{escape(name)}</th>' for name, width in table.groups)
    head = "".join(
        f'<th scope="col"{_side(_is_number_column(table, k))}>{escape(name)}</th>' for k, name in enumerate(table.head)
    )
    rows = "\n".join(_row(row, strong=k in table.strong_rows) for k, row in enumerate(table.rows))
    top = (f'<tr class="groups">{over}</tr>' if over else "") + f"<tr>{head}</tr>"
    return f'<div class="wide"><table>{caption}<thead>{top}</thead>\n<tbody>\n{rows}\n</tbody></table></div>'


def _row(cells: Sequence[str], *, strong: bool) -> str:
    inside = "".join(f"<td{_side(_is_number(cell))}>{escape(cell)}</td>" for cell in cells)
    return f"<tr{' class=strong' if strong else ''}>{inside}</tr>"


def _side(number: bool) -> str:
    return ' class="number"' if number else ""


def _is_number_column(table: Table, column: int) -> bool:
    filled = [row[column] for row in table.rows if row[column]]
    return bool(filled) and all(_is_number(cell) for cell in filled)


def _is_number(cell: str) -> bool:
    """Whether a cell's first character is that of a number, a vector, or the dash of a missing one.

    >>> [_is_number(cell) for cell in ("12.5", "−3 %", "(0, 1)", "—", "e-")]
    [True, True, True, True, False]
    """
    return cell[:1] in set("0123456789+−-(—.")


def _footer(made_with: Mapping[str, str]) -> str:
    if not made_with:
        return ""
    lines = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(value)}</code></dd>" for name, value in made_with.items()
    )
    return f"<footer><h2>How this was made</h2><dl>{lines}</dl></footer>"
