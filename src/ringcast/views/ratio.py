"""Curves of two samples over each other with their ratio below, and many ratios in one picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from ringcast.errors import ArgumentError
from ringcast.views.axes import COLOURS, plain_axes
from ringcast.views.ink import INK, MUTED

__all__ = ["RatioLine", "RatioPlot", "ratio_figure", "ratios_figure"]

_OURS, _BAND = COLOURS[1], "#b9c3cf"
_TOP_IN, _LOW_IN, _WIDE_IN = 2.7, 1.05, 4.3
_WIDEST, _NARROWEST = 0.8, 0.1


@dataclass(frozen=True)
class RatioPlot:
    """One curve of two samples.

    Raises:
        ArgumentError: A curve has another number of entries than there are bins.
    """

    title: str
    x_label: str
    """Quantity with its unit."""
    y_label: str
    edges: ArrayLike
    """Edges of the bins."""
    theirs: ArrayLike
    """Mean in each bin; NaN leaves a bin out."""
    theirs_error: ArrayLike
    ours: ArrayLike
    ours_error: ArrayLike
    log_x: bool = False
    log_y: bool = False
    note: str = ""
    """Short line in the plot, such as a p-value."""
    x_range: tuple[float, float] | None = None
    """What of the axis is shown; None takes all bins."""

    def __post_init__(self) -> None:
        bins = np.size(self.edges) - 1
        for name in ("theirs", "theirs_error", "ours", "ours_error"):
            if np.size(getattr(self, name)) != bins:
                raise ArgumentError(
                    f"RatioPlot {name} has {np.size(getattr(self, name))} entries; expected {bins}, one a bin"
                )


@dataclass(frozen=True)
class RatioLine:
    """One ratio with its error."""

    group: str
    """Heading that lines of one kind share."""
    label: str
    ratio: float
    error: float


def ratio_figure(
    plots: Sequence[RatioPlot],
    *,
    names: tuple[str, str],
    title: str = "",
    band_percent: float = 3.0,
) -> Figure:
    """Draw plots side by side: both curves with errors, and below each the ratio of the second to the first.

    Args:
        plots: Left to right, at least one.
        names: Words of the legend for the first sample and for ours.
        title: One line above.
        band_percent: Half width of the grey band about a ratio of one.

    Raises:
        ArgumentError: There is no plot.

    Example:
        >>> plot = RatioPlot("", "angle (degrees)", "charge per tube (pe)", [0, 1, 2], [4, 2], [1, 1], [5, 2], [1, 1])
        >>> [axes.get_ylabel() for axes in ratio_figure([plot], names=("theirs", "ours")).axes]
        ['charge per tube (pe)', 'ours / theirs']
    """
    if not plots:
        raise ArgumentError("plots is empty; expected at least one")
    size = (_WIDE_IN * len(plots), _TOP_IN + _LOW_IN + (0.85 if title else 0.6))
    figure = Figure(figsize=size, facecolor="white", layout="constrained")
    grid = figure.subplots(
        2, len(plots), sharex="col", squeeze=False, gridspec_kw={"height_ratios": (_TOP_IN, _LOW_IN), "hspace": 0.02}
    )
    for place, plot in enumerate(plots):
        upper, lower = grid[0, place], grid[1, place]
        _draw_curves(upper, plot, names)
        _draw_ratio(lower, plot, band_percent)
        lower.set_xlabel(plot.x_label, fontsize=9.5, color=INK)
        if place == 0:
            lower.set_ylabel(f"{names[1]} / {names[0]}", fontsize=8.5, color=INK)
    grid[0, 0].legend(frameon=False, fontsize=8.5, labelcolor=INK)
    if title:
        figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure


def _draw_curves(axes: Axes, plot: RatioPlot, names: tuple[str, str]) -> None:
    plain_axes(axes)
    edges, theirs, theirs_error, ours, ours_error = _columns(plot)
    middle = _middles(edges, log=plot.log_x)
    axes.stairs(ours, edges, baseline=None, color=_OURS, linewidth=1.5, label=names[1])
    low, high = (np.repeat(x, 2) for x in (ours - ours_error, ours + ours_error))
    ends = np.repeat(edges, 2)[1:-1]
    axes.fill_between(ends, low, high, color=_OURS, alpha=0.22, linewidth=0)
    axes.errorbar(
        middle, theirs, theirs_error, fmt="o", color=INK, markersize=2.8, elinewidth=0.9, capsize=0, label=names[0]
    )
    axes.set_title(plot.title, fontsize=10, color=INK, loc="left")
    axes.set_ylabel(plot.y_label, fontsize=9.5, color=INK)
    if plot.log_x:
        axes.set_xscale("log")
    first = edges[1] / 5 if plot.log_x and edges[0] <= 0 else edges[0]
    axes.set_xlim(*(plot.x_range or (first, edges[-1])))
    if plot.log_y:
        shown = np.concatenate([theirs[theirs > 0], ours[ours > 0]])
        axes.set_yscale("log")
        if len(shown):
            axes.set_ylim(shown.min() / 2, shown.max() * 2)
    else:
        axes.set_ylim(bottom=0)
    if plot.note:
        axes.text(0.98, 0.8, plot.note, transform=axes.transAxes, fontsize=8.5, color=MUTED, ha="right", va="top")


def _draw_ratio(axes: Axes, plot: RatioPlot, band_percent: float) -> None:
    plain_axes(axes)
    edges, theirs, theirs_error, ours, ours_error = _columns(plot)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = ours / theirs
        error = np.abs(ratio) * np.hypot(ours_error / ours, theirs_error / theirs)
    known = np.isfinite(ratio) & np.isfinite(error) & (ratio > 0)
    middle = _middles(edges, log=plot.log_x)
    axes.axhspan(1 - band_percent / 100, 1 + band_percent / 100, color=_BAND, alpha=0.6, linewidth=0)
    axes.axhline(1, color=MUTED, linewidth=0.8)
    half = _reach(np.abs(ratio[known] - 1), error[known])
    known &= error < half
    axes.errorbar(middle[known], ratio[known], error[known], fmt="o", color=_OURS, markersize=2.8, elinewidth=0.9)
    axes.set_ylim(1 - half, 1 + half)
    beyond = known & (np.abs(ratio - 1) > half)
    for sign, marker in ((1, "^"), (-1, "v")):
        out = beyond & (np.sign(ratio - 1) == sign)
        axes.plot(
            middle[out],
            np.full(out.sum(), 1 + 0.93 * sign * half),
            marker,
            color=_OURS,
            markersize=3.5,
            fillstyle="none",
        )
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))


def _reach(off: np.ndarray, error: np.ndarray) -> float:
    """Half height of the ratio's axis: so that most bins that are known well are inside."""
    well = off[error < 0.3]
    if len(well) == 0:
        return _WIDEST
    return float(np.clip(1.25 * np.quantile(well, 0.93) + 0.03, _NARROWEST, _WIDEST))


def _columns(plot: RatioPlot) -> list[np.ndarray]:
    names = ("edges", "theirs", "theirs_error", "ours", "ours_error")
    return [np.asarray(getattr(plot, name), float) for name in names]


def _middles(edges: np.ndarray, *, log: bool) -> np.ndarray:
    low, high = edges[:-1], edges[1:]
    return np.sqrt(np.where(low > 0, low, high / 4) * high) if log else (low + high) / 2


def ratios_figure(lines: Sequence[RatioLine], *, label: str, title: str = "", band_percent: float = 3.0) -> Figure:
    """Draw ratios with their errors one below the other, in groups, about a band of the ratios that are close to one.

    Ratios within the band, beyond it, and known no better than it is wide have a colour each.

    Args:
        lines: Top to bottom; those of one group together.
        label: Words of the axis.
        title: One line above.
        band_percent: Half width of the band.

    Raises:
        ArgumentError: There is no line.

    Example:
        >>> figure = ratios_figure([RatioLine("Super-K", "charge", 1.02, 0.01)], label="ours / theirs")
        >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
        ['charge']
    """
    if not lines:
        raise ArgumentError("lines is empty; expected at least one")
    heights, headings = _places(lines)
    figure = Figure(figsize=(7.6, 0.9 + 0.21 * (heights[-1] + 1)), facecolor="white", layout="constrained")
    axes: Any = figure.subplots()
    plain_axes(axes)
    axes.grid(visible=False)
    axes.axvspan(1 - band_percent / 100, 1 + band_percent / 100, color=_BAND, alpha=0.6, linewidth=0)
    axes.axvline(1, color=MUTED, linewidth=0.8)
    for line, height in zip(lines, heights, strict=True):
        axes.errorbar(line.ratio, height, xerr=line.error, fmt="o", color=_colour(line, band_percent), markersize=4)
    reach = max(abs(line.ratio - 1) + line.error for line in lines)
    axes.set(xlim=(1 - 1.1 * max(reach, 0.05), 1 + 1.1 * max(reach, 0.05)), ylim=(heights[-1] + 0.8, -1.4))
    axes.set_yticks(heights, [line.label for line in lines])
    axes.tick_params(axis="y", length=0)
    for group, height in headings.items():
        axes.text(-0.008, height, group, transform=axes.get_yaxis_transform(), ha="right", va="center", color=INK,
                  fontsize=8.5, fontweight="bold")  # fmt: skip
    axes.set_xlabel(label, fontsize=9.5, color=INK)
    if title:
        figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure


def _colour(line: RatioLine, band_percent: float) -> str:
    if line.error > band_percent / 100:
        return MUTED
    return COLOURS[0] if abs(line.ratio - 1) <= band_percent / 100 else COLOURS[1]


def _places(lines: Sequence[RatioLine]) -> tuple[list[float], dict[str, float]]:
    """Height of each line, downwards, and of the heading of each group."""
    heights: list[float] = []
    headings: dict[str, float] = {}
    place = 0.0
    for line in lines:
        if line.group not in headings:
            place += 0.6 if headings else 0
            headings[line.group] = place
            place += 1
        heights.append(place)
        place += 1
    return heights, headings
