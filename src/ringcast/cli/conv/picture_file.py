"""From a scene to a file: which format, checked before anything is drawn, and written beside before it is renamed."""

from dataclasses import dataclass
from pathlib import Path

from ringcast.arithmetic.draw import Scene, animated_svg, svg
from ringcast.cli.replacing import replacing
from ringcast.errors import ArgumentError

__all__ = ["Film", "film_of", "write_scene"]

_SUFFIXES = (".svg", ".png", ".gif")
_WIDTHS = (200, 4000)
_SECONDS = (0.05, 60.0)


@dataclass(frozen=True)
class Film:
    """Where a picture goes, and how it is shown."""

    path: Path
    width: int = 600
    animate: bool = False
    frame: int | None = None
    seconds: float = 0.7


def film_of(film: Film) -> Film:
    """The film, after a check of what can be checked before the picture is drawn.

    Raises:
        ArgumentError: a suffix that cannot be written, a missing folder, or settings that exclude each other.

    >>> film_of(Film(Path("example5.gif"))).animate
    True
    """
    suffix = film.path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ArgumentError(f"output is {str(film.path)!r}; expected a name that ends in {', '.join(_SUFFIXES)}")
    if not film.path.parent.is_dir():
        raise ArgumentError(
            f"output is {str(film.path)!r}, but there is no folder {str(film.path.parent)!r}; make it first"
        )
    if suffix == ".png" and film.animate:
        raise ArgumentError("--animate cannot move a .png; write a .svg or a .gif")
    animate = film.animate or suffix == ".gif"
    if animate and film.frame is not None:
        raise ArgumentError("--frame draws one still step; write it to a .svg or .png without --animate")
    if not _WIDTHS[0] <= film.width <= _WIDTHS[1]:
        raise ArgumentError(f"--width is {film.width}; expected {_WIDTHS[0]} to {_WIDTHS[1]} pixels")
    if not _SECONDS[0] <= film.seconds <= _SECONDS[1]:
        raise ArgumentError(f"--seconds-per-frame is {film.seconds}; expected {_SECONDS[0]} to {_SECONDS[1]:g}")
    return Film(film.path, film.width, animate, film.frame, film.seconds)


def write_scene(scene: Scene, film: Film) -> None:
    """Write the picture; a file that was there is replaced only when all went well.

    Raises:
        ArgumentError: a frame that the scene does not have.
        FileError: the disk refuses.
    """
    if film.frame is not None and not 0 <= film.frame < scene.frames:
        there = f"0 to {scene.frames - 1}, the steps of this picture" if scene.frames else "none, as nothing moves here"
        raise ArgumentError(f"--frame is {film.frame}; expected {there}")
    content = _content(scene, film)
    with replacing(film.path) as beside:
        beside.write_bytes(content)


def _content(scene: Scene, film: Film) -> bytes:
    if film.path.suffix.lower() == ".svg":
        moving = film.animate and scene.frames > 1
        text = (
            animated_svg(scene, seconds=film.seconds, width=film.width)
            if moving
            else svg(scene, frame=film.frame, width=film.width)
        )
        return text.encode()
    from ringcast.views.raster import gif_bytes, png_bytes

    if film.animate:
        return gif_bytes(scene, seconds=film.seconds, width=film.width)
    return png_bytes(scene, frame=film.frame, width=film.width)
