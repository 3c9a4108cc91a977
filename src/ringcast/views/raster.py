"""The pictures of `ringcast.arithmetic.draw` as PNG and GIF: a scene comes in, the bytes of a file go out.

The layout is that of the SVG. Pillow draws it three times as large and shrinks it, so that lines are smooth.
"""

import io
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib
from PIL import Image, ImageColor, ImageDraw, ImageFont

from ringcast.arithmetic.draw.scene import WIDTH, Cell, Item, Scene, Stroke, Text
from ringcast.arithmetic.draw.svg import arrow_head, cross_lines, hatch_lines

__all__ = ["gif_bytes", "png_bytes"]

_FINER = 3
_BLENDS = 16
_NEAR = 12
"""Blends that are closer to a colour of the scene than this are left out."""
_HOLD = 4
"""The last frame of a GIF stays this many times as long as the others."""


def png_bytes(scene: Scene, *, frame: int | None = None, width: int = WIDTH) -> bytes:
    """The still picture, or one frame of it, ``width`` pixels wide.

    >>> png_bytes(Scene(20, "a dot", "one dot", (Cell(1, 2, 3, 3, "#000000"),)))[1:4]
    b'PNG'
    """
    file = io.BytesIO()
    _image(scene.items(frame), scene.height, width).save(file, "PNG", optimize=True)
    return file.getvalue()


def gif_bytes(scene: Scene, *, seconds: float = 0.7, width: int = WIDTH) -> bytes:
    """All frames in a loop, ``seconds`` each, with few colours; a scene without frames gives its still picture.

    >>> gif_bytes(Scene(20, "a dot", "one dot", (Cell(1, 2, 3, 3, "#000000"),)))[:3]
    b'GIF'
    """
    frames: list[int | None] = list(range(scene.frames)) or [None]
    images = [_image(scene.items(frame), scene.height, width) for frame in frames]
    palette = _palette(scene, images[len(images) // 2])
    first, *others = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    times = [round(1000 * seconds)] * len(frames)
    times[-1] *= _HOLD
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=times, loop=0, optimize=True)
    return file.getvalue()


def _palette(scene: Scene, image: Image.Image) -> Image.Image:
    """The colours of the scene itself, so that areas keep them exactly, and a few between them for smooth edges."""
    items = [*scene.always, *scene.still, *(timed.item for timed in scene.moving)]
    own = [ImageColor.getrgb(colour) for colour in {found for item in items for found in _colours(item)} | {"#ffffff"}]
    parts = image.quantize(_BLENDS, dither=Image.Dither.NONE).getpalette() or []
    between = zip(*(parts[channel : 3 * _BLENDS : 3] for channel in range(3)), strict=True)
    far = [blend for blend in between if all(_distance(blend, colour) > _NEAR for colour in own)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*sorted(own), *far) for part in colour])
    return palette


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=False))


def _colours(item: Item) -> set[str]:
    match item:
        case Cell():
            return {colour for colour in (item.fill, item.stroke, item.hatch, item.cross) if colour is not None}
        case Stroke():
            return {item.colour}
        case Text():
            return {run.colour for run in item.runs}


def _image(items: tuple[Item, ...], height: float, width: int) -> Image.Image:
    scale = width * _FINER / WIDTH
    image = Image.new("RGB", (width * _FINER, round(height * width / WIDTH) * _FINER), "#ffffff")
    canvas = ImageDraw.Draw(image)
    for item in items:
        match item:
            case Cell():
                _draw_cell(canvas, item, scale)
            case Stroke():
                _draw_stroke(canvas, item, scale)
            case Text():
                _draw_text(canvas, item, scale)
    return image.reduce(_FINER)


def _draw_cell(canvas: ImageDraw.ImageDraw, cell: Cell, scale: float) -> None:
    left, top = cell.x * scale, cell.y * scale
    right, bottom = (cell.x + cell.width) * scale, (cell.y + cell.height) * scale
    if cell.fill is not None:
        canvas.rectangle((left, top, right, bottom), fill=cell.fill)
    for lines, colour in ((hatch_lines(cell), cell.hatch), (cross_lines(cell), cell.cross)):
        for line in lines if colour else ():
            canvas.line([value * scale for value in line], fill=colour, width=round(scale))
    if cell.stroke is None:
        return
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    for start, end in pairwise(corners):
        _edge(canvas, start, end, cell, scale)


def _edge(
    canvas: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], cell: Cell, scale: float
) -> None:
    """One side of a cell as a bar, so that corners are full; in dashes if the cell asks for them."""
    half = cell.thickness * scale / 2
    (x1, y1), (x2, y2) = min(start, end), max(start, end)
    length = max(x2 - x1, y2 - y1)
    along = (x2 > x1, y2 > y1)
    step, dash = (10 * scale, 6 * scale) if cell.dashed else (length, length)
    offset = 0.0
    while offset < length:
        stop = min(offset + dash, length)
        bar = (x1 + along[0] * offset - half, y1 + along[1] * offset - half)
        far = (x1 + along[0] * stop + half - 1, y1 + along[1] * stop + half - 1)
        canvas.rectangle((*bar, *far), fill=cell.stroke)
        offset += step


def _draw_stroke(canvas: ImageDraw.ImageDraw, stroke: Stroke, scale: float) -> None:
    line = [value * scale for value in (stroke.x1, stroke.y1, stroke.x2, stroke.y2)]
    canvas.line(line, fill=stroke.colour, width=max(1, round(stroke.thickness * scale)))
    if stroke.arrow:
        canvas.polygon([(x * scale, y * scale) for x, y in arrow_head(stroke)], fill=stroke.colour)


def _draw_text(canvas: ImageDraw.ImageDraw, text: Text, scale: float) -> None:
    font = _font(text.size * scale, text.bold)
    x = text.x * scale - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * font.getlength(str(text))
    for run in text.runs:
        canvas.text((x, text.y * scale), run.text, fill=run.colour, font=font, anchor="ls")
        x += font.getlength(run.text)


@cache
def _font(size: float, bold: bool) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), size)
