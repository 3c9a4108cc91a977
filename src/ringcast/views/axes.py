"""The look that all plots with axes share."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ringcast.views.ink import INK, MUTED

__all__ = ["COLOURS", "plain_axes", "row_of_axes"]

COLOURS = ("#1f77b4", "#d95f02", "#1b9e77", "#7b3fa0")
"""Colours of lines and bars: told apart in print and by colour-blind eyes."""


def row_of_axes(count: int, size_in: tuple[float, float], title: str) -> tuple[Figure, Sequence[Axes]]:
    """A figure with axes side by side, each of a size in inches."""
    figure = Figure(figsize=(count * size_in[0], size_in[1]), facecolor="white", layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, count)).tolist()
    for one in axes:
        plain_axes(one)
    if title:
        figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure, axes


def plain_axes(axes: Axes) -> None:
    """Two spines, quiet ticks, a faint horizontal grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(labelsize=8.5, color=MUTED, labelcolor=INK)
    axes.grid(axis="y", color="#e3e6ea", linewidth=0.7)
    axes.set_axisbelow(True)
