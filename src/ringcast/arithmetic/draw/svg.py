"""A scene as SVG text: still, one frame of it, or all frames in a loop.

The loop is made by CSS. Where nothing moves (a viewer without CSS, paper, or a reader who asked for reduced motion) the
still picture stands there instead.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from ringcast.arithmetic.draw.scene import WIDTH, Cell, Item, Run, Scene, Stroke, Text

__all__ = ["animated_svg", "svg"]

_FONT = "DejaVu Sans, Verdana, Geneva, sans-serif"
_HOLD = 3
"""The last frame stays for this many more."""


def svg(scene: Scene, *, frame: int | None = None, width: int = WIDTH) -> str:
    """The still picture, or one frame.

    >>> svg(Scene(20, "a dot", "one dot", (Cell(1, 2, 3, 3, "#000000"),))).splitlines()[-2]
    '<path d="M1 2h3v3h-3z" fill="#000000"/>'
    """
    return _document(scene, width, _body(scene.items(frame)))


def animated_svg(scene: Scene, *, seconds: float = 0.7, width: int = WIDTH) -> str:
    """All frames one after the other, for ever; ``seconds`` is the time of each.

    >>> from ringcast.arithmetic.draw.scene import Timed
    >>> dot = Cell(1, 2, 3, 3, "#000000")
    >>> "@keyframes" in animated_svg(Scene(20, "a dot", "one dot", (), (dot,), (Timed(dot, 1, 1),), frames=2))
    True
    """
    if scene.frames < 2:
        return svg(scene, width=width)
    total = scene.frames + _HOLD
    spans = sorted({(timed.first, timed.last) for timed in scene.moving})
    rules = [_rule(first, last, scene.frames, total) for first, last in spans]
    style = (
        "<style>.frame{visibility:hidden}@media (prefers-reduced-motion:no-preference){.still{display:none}"
        f".frame{{animation:{total * seconds:g}s step-end infinite}}{''.join(rules)}}}</style>"
    )
    groups = [
        f'<g class="frame f{first}-{last}">{_body(_shown(scene, first, last))}</g>' for first, last in _order(spans)
    ]
    still = f'<g class="still">{_body(scene.still)}</g>'
    return _document(scene, width, "\n".join([style, _body(scene.always), still, *groups]))


def _shown(scene: Scene, first: int, last: int) -> Iterable[Item]:
    return (timed.item for timed in scene.moving if (timed.first, timed.last) == (first, last))


def _order(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What lasts lies below what is shown for one frame only."""
    return sorted(spans, key=lambda span: (span[0] == span[1], span))


def _rule(first: int, last: int, frames: int, total: int) -> str:
    end = total if last == frames - 1 else last + 1
    stops = ["0%{visibility:hidden}"] if first else []
    stops.append(f"{100 * first / total:.4g}%{{visibility:visible}}")
    stops.append(f"{100 * end / total:.4g}%{{visibility:{'visible' if end == total else 'hidden'}}}")
    name = f"f{first}-{last}"
    return f"@keyframes {name}{{{''.join(stops)}}}.{name}{{animation-name:{name}}}"


def _document(scene: Scene, width: int, body: str) -> str:
    height = round(scene.height * width / WIDTH)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {_n(scene.height)}" role="img" aria-labelledby="title desc" font-family="{_FONT}">\n'
        f'<title id="title">{escape(scene.title)}</title>\n<desc id="desc">{escape(scene.description)}</desc>\n'
        f'<path d="M0 0h{WIDTH}v{_n(scene.height)}h-{WIDTH}z" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _body(items: Iterable[Item]) -> str:
    return "\n".join(_element(item) for item in items)


def _element(item: Item) -> str:
    match item:
        case Cell():
            return _cell(item)
        case Stroke():
            return _stroke(item)
        case Text():
            return _text(item)


def _cell(cell: Cell) -> str:
    x, y, w, h = (_n(value) for value in (cell.x, cell.y, cell.width, cell.height))
    outline = f"M{x} {y}h{w}v{h}h-{w}z"
    stroke = "" if cell.stroke is None else f' stroke="{cell.stroke}"{_thickness(cell.thickness)}'
    dashes = ' stroke-dasharray="6 4"' if cell.dashed else ""
    if cell.hatch is None and cell.cross is None:
        return f'<path d="{outline}" fill="{cell.fill or "none"}"{stroke}{dashes}/>'
    parts = [f'<path d="{outline}" fill="{cell.fill or "none"}"/>']
    if cell.hatch is not None:
        parts.append(f'<path d="{_lines(hatch_lines(cell))}" stroke="{cell.hatch}"/>')
    if cell.cross is not None:
        parts.append(f'<path d="{_lines(cross_lines(cell))}" stroke="{cell.cross}"/>')
    return "".join([*parts, f'<path d="{outline}" fill="none"{stroke}{dashes}/>'])


def hatch_lines(cell: Cell) -> list[tuple[float, float, float, float]]:
    """Parallel lines at 45 degrees, 6 apart, as (x1, y1, x2, y2)."""
    lines = []
    offset = 6.0
    while offset < cell.width + cell.height:
        start = max(0.0, offset - cell.height)
        end = min(cell.width, offset)
        lines.append((cell.x + start, cell.y + offset - start, cell.x + end, cell.y + offset - end))
        offset += 6.0
    return lines


def cross_lines(cell: Cell) -> list[tuple[float, float, float, float]]:
    """The two diagonals."""
    right, bottom = cell.x + cell.width, cell.y + cell.height
    return [(cell.x, cell.y, right, bottom), (cell.x, bottom, right, cell.y)]


def _lines(lines: list[tuple[float, float, float, float]]) -> str:
    return "".join(f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" for x1, y1, x2, y2 in lines)


def _stroke(stroke: Stroke) -> str:
    line = f'<path d="M{_n(stroke.x1)} {_n(stroke.y1)}L{_n(stroke.x2)} {_n(stroke.y2)}" stroke="{stroke.colour}"'
    head = ""
    if stroke.arrow:
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in arrow_head(stroke))
        head = f'<polygon points="{points}" fill="{stroke.colour}"/>'
    return f"{line}{_thickness(stroke.thickness)}/>{head}"


def arrow_head(stroke: Stroke) -> list[tuple[float, float]]:
    """The triangle at the end of an arrow."""
    length = ((stroke.x2 - stroke.x1) ** 2 + (stroke.y2 - stroke.y1) ** 2) ** 0.5 or 1.0
    along, beside = (stroke.x2 - stroke.x1) / length, (stroke.y2 - stroke.y1) / length
    size = 3.5 * stroke.thickness
    tip = (stroke.x2 + along * size, stroke.y2 + beside * size)
    wide = 0.6 * size
    return [
        tip,
        (stroke.x2 - beside * wide, stroke.y2 + along * wide),
        (stroke.x2 + beside * wide, stroke.y2 - along * wide),
    ]


def _text(text: Text) -> str:
    place = f'x="{_n(text.x)}" y="{_n(text.y)}" font-size="{_n(text.size)}"'
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = ' font-weight="bold"' if text.bold else ""
    if len(text.runs) == 1:
        return f'<text {place}{anchor}{weight} fill="{text.runs[0].colour}">{escape(text.runs[0].text)}</text>'
    return f'<text {place}{anchor}{weight} xml:space="preserve">{"".join(_run(run) for run in text.runs)}</text>'


def _run(run: Run) -> str:
    return f'<tspan fill="{run.colour}">{escape(run.text)}</tspan>'


def _thickness(value: float) -> str:
    return "" if value == 1 else f' stroke-width="{_n(value)}"'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
