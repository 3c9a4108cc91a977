"""The response of a network to a constant seed, beside its spectrum with the checkerboard frequencies."""

from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from ringcast.errors import ArgumentError
from ringcast.views.ink import INK, MUTED

__all__ = ["checkerboard_figure"]

_TITLE: dict[str, Any] = {"fontsize": 12, "color": INK}
_NOTE: dict[str, Any] = {"fontsize": 8.5, "color": MUTED}
_PERIODS = 3
_FRAME = "#36c5f0"
_FAINTEST = 1e-6
"""Share of the energy below which a frequency counts as empty."""
_MAP_IN, _LEFT, _GAP, _BAR, _RIGHT, _BOTTOM, _HEAD = 3.4, 0.7, 1.6, 0.14, 1.0, 0.65, 0.75
_TITLE_IN, _LINE_IN = 0.25, 0.17
"""All in inches: the picture is laid out by hand so that no text can meet another."""


def checkerboard_figure(tile: ArrayLike, spectrum: ArrayLike, *, title: str = "", note: str = "") -> Figure:
    """Draw one period of a response, repeated 3 x 3 with lines between, and the energy at every frequency it can have.

    The response is drawn relative to its mean, if that is not 0. Rows of the spectrum are vertical frequencies.

    Args:
        tile: One channel's response, (row, col).
        spectrum: Share of the energy at the frequency (row / rows, col / columns), of any channels; 1 in all.
        title: Words above.
        note: Smaller words under it, such as the chain.

    Raises:
        ArgumentError: The two are not pictures of one size.

    Example:
        >>> figure = checkerboard_figure([[1.0, 2.0], [2.0, 1.0]], [[0.9, 0.0], [0.0, 0.1]])
        >>> [axes.get_xlabel() for axes in figure.axes[::2]]
        ['column', 'cycles per pixel, horizontal']
    """
    values, shares = np.asarray(tile, float), np.asarray(spectrum, float)
    if values.ndim != 2 or values.shape != shares.shape:
        raise ArgumentError(f"tile has shape {values.shape} and spectrum {shares.shape}; expected (row, col) for both")
    width = 2 * (_MAP_IN + _BAR + _GAP) + _LEFT + _RIGHT - _GAP
    titles, notes = wrap(title, int(width * 10.5)), wrap(note, int(width * 14))
    head = _HEAD + _TITLE_IN * len(titles) + _LINE_IN * len(notes)
    height = _BOTTOM + _MAP_IN + head
    figure = Figure(figsize=(width, height), facecolor="white")
    top = height - 0.14
    for lines, step, look in ((titles, _TITLE_IN, _TITLE), (notes, _LINE_IN, _NOTE)):
        for line in lines:
            figure.text(0.15 / width, top / height, line, va="top", **look)
            top -= step
    response, bar = _pair(figure, _LEFT)
    _draw_response(response, bar, values)
    response, bar = _pair(figure, _LEFT + _MAP_IN + _BAR + _GAP)
    _draw_spectrum(response, bar, shares)
    return figure


def _pair(figure: Figure, left_in: float) -> tuple[Axes, Axes]:
    """Axes for a map, and for its colour bar on the right."""
    width, height = figure.get_size_inches()
    bottom, tall = _BOTTOM / height, _MAP_IN / height
    place = (left_in / width, bottom, _MAP_IN / width, tall)
    return figure.add_axes(place), figure.add_axes(((left_in + _MAP_IN + 0.1) / width, bottom, _BAR / width, tall))


def _draw_response(axes: Axes, bar: Axes, values: np.ndarray) -> None:
    mean = float(values.mean())
    relative = abs(mean) > 1e-3 * float(np.abs(values).max())
    shown = values / mean - 1 if relative else values
    most = float(np.abs(shown).max())
    flat = most < 1e-9
    norm = TwoSlopeNorm(0.0, -1.0, 1.0) if flat else TwoSlopeNorm(0.0, -most, most)
    picture = np.tile(np.zeros_like(shown) if flat else shown, (_PERIODS, _PERIODS))
    axes.imshow(picture, norm=norm, cmap="RdBu_r", interpolation="nearest", aspect="auto")
    for place in range(1, _PERIODS):
        axes.axhline(place * values.shape[0] - 0.5, color=INK, linewidth=0.8)
        axes.axvline(place * values.shape[1] - 0.5, color=INK, linewidth=0.8)
    rows, columns = values.shape
    _label(axes, "column", "row", f"response to a constant, 3 x 3 periods of {rows} x {columns} pixels")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    words = "over mean, less 1" if relative else "value"
    _draw_bar(axes, bar, ScalarMappable(norm, "RdBu_r"), words)


def _draw_spectrum(axes: Axes, bar: Axes, shares: np.ndarray) -> None:
    """Frequencies from -1/2 to 1/2, 0 in the middle, each checkerboard frequency in a frame."""
    rows, columns = shares.shape
    shown = np.fft.fftshift(shares)
    norm: Normalize = LogNorm(_FAINTEST, 1.0)
    axes.imshow(np.maximum(shown, _FAINTEST), norm=norm, cmap="magma", interpolation="nearest", aspect="auto")
    for row in range(rows):
        for column in range(columns):
            if (row, column) != (rows // 2, columns // 2):
                axes.add_patch(Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, edgecolor=_FRAME))
    axes.text(columns // 2, rows // 2, "mean", ha="center", va="center", fontsize=8, color=INK)
    _ticks(axes.yaxis, rows)
    _ticks(axes.xaxis, columns)
    words = "its spectrum; checkerboard frequencies in frames"
    _label(axes, "cycles per pixel, horizontal", "cycles per pixel, vertical", words)
    _draw_bar(axes, bar, ScalarMappable(norm, "magma"), "energy")


def _ticks(axis: Any, count: int) -> None:
    step = max(1, count // 8)
    places = [place for place in range(count) if (place - count // 2) % step == 0]
    axis.set_ticks(places, [_fraction(place - count // 2, count) for place in places])


def _fraction(above: int, below: int) -> str:
    """A frequency in lowest terms.

    Example:
        >>> _fraction(-4, 8), _fraction(0, 8)
        ('−1/2', '0')
    """
    if above == 0:
        return "0"
    shared = int(np.gcd(above, below))
    return f"{above // shared}/{below // shared}".replace("-", "−")


def _label(axes: Axes, right: str, down: str, title: str) -> None:
    axes.set_xlabel(right, fontsize=9.5, color=INK)
    axes.set_ylabel(down, fontsize=9.5, color=INK)
    axes.set_title(title, fontsize=9, color=INK, loc="left", pad=8)
    axes.tick_params(labelsize=8.5, color=MUTED, labelcolor=INK)


def _draw_bar(axes: Axes, bar: Axes, scale: ScalarMappable, words: str) -> None:
    ticks: dict[str, Any] = (
        {}
        if isinstance(scale.norm, LogNorm)
        else {"format": FuncFormatter(lambda value, _: f"{value:+.2g}".replace("-", "−"))}
    )
    axes.figure.colorbar(scale, cax=bar, **ticks)
    bar.tick_params(labelsize=8.5, color=MUTED, labelcolor=INK)
    bar.set_title(words, fontsize=8.5, color=INK, loc="left", pad=8)
