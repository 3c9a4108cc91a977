"""The overlap map as a picture: taps of every pixel as a heat map, and the profile of its rows and columns."""

from textwrap import wrap
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ringcast.arithmetic.tap_maps.chain_overlap import verdict
from ringcast.arithmetic.tap_maps.tap_map import AxisTaps, TapMap
from ringcast.views.axes import COLOURS
from ringcast.views.ink import INK, MUTED

__all__ = ["overlap_figure"]

_COLOURS = "viridis"
_DASHES = (0, (4, 2))
_SMALL: dict[str, Any] = {"fontsize": 9, "color": INK, "va": "center", "ha": "left"}
_WIDEST, _TALLEST, _LEAST = 4.9, 4.3, 2.3
_LEFT, _GAP, _SIDE, _BAR, _RIGHT = 0.75, 0.25, 1.2, 0.15, 0.85
_BOTTOM, _UNDER, _HEAD = 0.55, 1.15, 0.6
_TITLE_IN, _LINE_IN = 0.26, 0.17
"""All in inches: the picture is laid out by hand so that no text can meet another."""


class _Layout(NamedTuple):
    """Sizes in inches: of the whole picture, and of the heat map in it."""

    width: float
    height: float
    map_width: float
    map_height: float

    def axes(self, figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at a place in inches from the lower left corner."""
        return figure.add_axes((left / self.width, bottom / self.height, width / self.width, height / self.height))


def _number(value: float, _: int | None = None) -> str:
    """A tick, short however large the map's numbers are."""
    return f"{value:,.0f}" if 10 <= abs(value) < 1e7 else f"{value:.3g}"


_NUMBERS = FuncFormatter(_number)


def overlap_figure(found: TapMap, *, chain: str = "") -> Figure:
    """Draw the taps of every pixel, with their profile along the columns below and along the rows on the right.

    A dashed line surrounds the pixels free of border effect; grey stands for the borders in the profiles.

    Args:
        found: The map, such as ``overlap(chain).stack``.
        chain: Text of the chain, for a line under the title.

    Example:
        >>> edge = AxisTaps((1, 2, 2, 1), (2,))
        >>> [axes.get_xlabel() for axes in overlap_figure(TapMap(edge, edge)).axes[:2]]
        ['', 'column']
    """
    rows, columns = (np.array([float(value) for value in taps.values]) for taps in found.axes)
    map_width, map_height = _map_size(len(rows), len(columns))
    width = _LEFT + map_width + _GAP + _SIDE + _GAP + _BAR + _RIGHT
    titles = wrap(_capital(verdict(found)), int(width * 12.5))
    notes = wrap(chain, int(width * 15))
    head = _HEAD + _TITLE_IN * len(titles) + _LINE_IN * len(notes)
    layout = _Layout(width, _BOTTOM + _UNDER + _GAP + map_height + head, map_width, map_height)
    figure = Figure(figsize=(layout.width, layout.height), facecolor="white")
    _write_head(figure, layout, titles, notes)
    norm = _norm(np.outer(rows, columns))
    heat = layout.axes(figure, _LEFT, _BOTTOM + _UNDER + _GAP, map_width, map_height)
    _draw_map(heat, np.outer(rows, columns), norm, found)
    below = layout.axes(figure, _LEFT, _BOTTOM, map_width, _UNDER)
    side = layout.axes(figure, _LEFT + map_width + _GAP, _BOTTOM + _UNDER + _GAP, _SIDE, map_height)
    _draw_profile(below, columns, found.width, "width")
    _draw_profile(side, rows, found.height, "height")
    _draw_bar(figure, layout, norm, whole=all(value == int(value) for taps in found.axes for value in taps.values))
    return figure


def _map_size(rows: int, columns: int) -> tuple[float, float]:
    """Inches of the heat map: square pixels unless the map is very long or very flat."""
    scale = min(_WIDEST / columns, _TALLEST / rows)
    return max(scale * columns, _LEAST), max(scale * rows, _LEAST)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _write_head(figure: Figure, layout: _Layout, titles: list[str], notes: list[str]) -> None:
    top = layout.height - 0.12
    for line in titles:
        figure.text(0.15 / layout.width, top / layout.height, line, fontsize=11, color=INK, va="top")
        top -= _TITLE_IN
    for line in notes:
        figure.text(0.15 / layout.width, top / layout.height, line, fontsize=8, color=MUTED, va="top")
        top -= _LINE_IN


def _norm(values: np.ndarray) -> Normalize:
    low, high = float(values.min()), float(values.max())
    return Normalize(low, high) if low < high else Normalize(min(low, 0.0), max(high, low + 1.0) if high <= 0 else high)


def _draw_map(axes: Axes, values: np.ndarray, norm: Normalize, found: TapMap) -> None:
    axes.imshow(values, norm=norm, cmap=_COLOURS, interpolation="nearest", aspect="auto")
    axes.tick_params(labelsize=9, color=MUTED, labelcolor=INK, labelbottom=False)
    axes.set_ylabel("row", fontsize=9.5, color=INK)
    for one, size in ((axes.yaxis, values.shape[0]), (axes.xaxis, values.shape[1])):
        one.set_major_locator(_whole(size))
    if not 0 < found.free_pixels < found.pixels:
        return
    rows, columns = found.height.free, found.width.free
    corner = (columns.start - 0.5, rows.start - 0.5)
    looks: tuple[dict[str, Any], ...] = (
        {"edgecolor": "white", "linewidth": 2.2},
        {"edgecolor": INK, "linewidth": 1.3, "linestyle": _DASHES},
    )
    for look in looks:
        axes.add_patch(Rectangle(corner, len(columns), len(rows), fill=False, **look))
    axes.patches[-1].set_label(f"free of border effect: {len(rows)} x {len(columns)}")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), frameon=False, fontsize=9, labelcolor=INK)


def _draw_profile(axes: Axes, values: np.ndarray, taps: AxisTaps, axis: Literal["height", "width"]) -> None:
    """Taps along one axis as steps, the borders in grey."""
    edges = np.arange(len(values) + 1) - 0.5
    upright = axis == "width"
    axes.stairs(
        values,
        edges,
        orientation="vertical" if upright else "horizontal",
        color=COLOURS[0],
        linewidth=1.1,
        baseline=None,
    )
    before, after = taps.border
    shade = axes.axvspan if upright else axes.axhspan
    for start, stop in {(0, before), (len(values) - after, len(values))}:
        if start < stop:
            shade(start - 0.5, stop - 0.5, color="#e3e6ea", zorder=0)
    limits, count = (edges[0], edges[-1]), MaxNLocator(nbins=3 if not upright else 4, integer=True)
    high = float(values.max())
    reach = (min(0.0, 1.1 * float(values.min())), 1.12 * high if high > 0 else 1.0)
    if upright:
        axes.set(xlim=limits, ylim=reach, xlabel="column", ylabel="taps by column")
        axes.xaxis.set_major_locator(_whole(len(values)))
        axes.yaxis.set(major_locator=count, major_formatter=_NUMBERS)
    else:
        axes.set(ylim=limits[::-1], xlim=reach, xlabel="taps by row")
        axes.yaxis.set_major_locator(_whole(len(values)))
        axes.xaxis.set(major_locator=count, major_formatter=_NUMBERS)
        axes.tick_params(labelleft=False)
    words = "no border" if not before + after else f"border {before} + {after} px" if taps.free else "border all"
    _tidy(axes, words, upright=upright)


def _tidy(axes: Axes, words: str, *, upright: bool) -> None:
    """Quiet spines and ticks, and how wide the borders are."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(labelsize=9, color=MUTED, labelcolor=INK)
    axes.xaxis.label.set(fontsize=9.5, color=INK)
    axes.yaxis.label.set(fontsize=9.5, color=INK)
    if upright:
        axes.annotate(words, (1.0, 0.5), (8, 0), xycoords="axes fraction", textcoords="offset points", **_SMALL)
    else:
        axes.set_title(words, fontsize=9, color=INK, loc="left", pad=4)


def _draw_bar(figure: Figure, layout: _Layout, norm: Normalize, *, whole: bool) -> None:
    left = _LEFT + layout.map_width + _GAP + _SIDE + _GAP
    bar = layout.axes(figure, left, _BOTTOM + _UNDER + _GAP, _BAR, layout.map_height)
    ticks = MaxNLocator(nbins=8, integer=whole)
    figure.colorbar(ScalarMappable(norm, _COLOURS), cax=bar, format=_NUMBERS, ticks=ticks)
    bar.tick_params(labelsize=9, color=MUTED, labelcolor=INK)
    bar.set_title("taps", fontsize=9, color=INK, loc="left", pad=10)


def _whole(size: int) -> MaxNLocator:
    return MaxNLocator(nbins=min(size, 8), integer=True, min_n_ticks=1)
