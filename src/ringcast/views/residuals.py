"""Residuals: how far seeds and fits are from the truth, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ringcast.errors import ArgumentError
from ringcast.views.axes import COLOURS, row_of_axes
from ringcast.views.ink import INK, MUTED

__all__ = ["Residual", "residual_figure"]

_STRIP_LIMIT = 80
"""Up to so many events are drawn one by one; more become histograms."""
_SEED, _FIT = COLOURS[1], COLOURS[0]


@dataclass(frozen=True)
class Residual:
    """Distances from the truth in one quantity, before and after the fit.

    Raises:
        ArgumentError: Seed and fit differ in number, or there are none.
    """

    quantity: str
    """What it is, such as "vertex distance"."""
    unit: str
    """Unit of the numbers, such as "cm", "degrees" or "%"."""
    seed: ArrayLike
    """Seed against truth, one number an event."""
    fit: ArrayLike
    """Fit against truth, one number an event, in the same order."""

    def __post_init__(self) -> None:
        seeds, fits = np.size(self.seed), np.size(self.fit)
        if seeds != fits or seeds == 0:
            raise ArgumentError(
                f"residual {self.quantity!r} has {seeds} seeds and {fits} fits; expected as many, at least one"
            )


def residual_figure(residuals: Sequence[Residual], *, title: str = "") -> Figure:
    """Draw each quantity in its own axes: a joined pair of points an event, or histograms when there are many events.

    Medians are marked and printed; for a quantity with both signs the median size is printed as well. Values that
    are not finite (events without a fit) are left out.

    Args:
        residuals: The quantities, left to right.
        title: One line above.

    Raises:
        ArgumentError: There is no quantity.

    Example:
        >>> figure = residual_figure([Residual("vertex distance", "cm", [80.0, 60.0], [20.0, 30.0])])
        >>> figure.axes[0].get_ylabel()
        'vertex distance (cm)'
    """
    if not residuals:
        raise ArgumentError("residuals is empty; expected at least one")
    figure, axes = row_of_axes(len(residuals), (3.7, 3.9), title)
    for one, residual in zip(axes, residuals, strict=True):
        seed, fit = np.ravel(np.asarray(residual.seed, float)), np.ravel(np.asarray(residual.fit, float))
        finite = np.isfinite(seed) & np.isfinite(fit)
        seed, fit = seed[finite], fit[finite]
        if len(seed) <= _STRIP_LIMIT:
            _draw_pairs(one, residual, seed, fit)
        else:
            _draw_histograms(one, residual, seed, fit)
        one.set_title(_summary(residual, seed, fit), fontsize=9, color=INK, loc="left")
    return figure


def _draw_pairs(axes: Axes, residual: Residual, seed: np.ndarray, fit: np.ndarray) -> None:
    axes.plot([0, 1], np.stack([seed, fit]), color=MUTED, alpha=0.35, linewidth=0.8)
    for place, values, colour in ((0, seed, _SEED), (1, fit, _FIT)):
        axes.plot(np.full(len(values), place), values, "o", color=colour, alpha=0.6, markersize=4.5, mew=0)
        if len(values):
            axes.hlines(np.median(values), place - 0.22, place + 0.22, color=colour, linewidth=2.6)
    axes.set(xlim=(-0.5, 1.5), xticks=[0, 1], xticklabels=["seed", "fit"])
    axes.set_ylabel(f"{residual.quantity} ({residual.unit})", fontsize=9.5, color=INK)
    if _signed(seed, fit):
        axes.axhline(0, color=INK, linewidth=0.8)
    else:
        axes.set_ylim(bottom=0)


def _draw_histograms(axes: Axes, residual: Residual, seed: np.ndarray, fit: np.ndarray) -> None:
    low, high = np.quantile(np.concatenate([seed, fit]), [0.005, 0.99])
    low = low if _signed(seed, fit) else 0.0
    bins = np.linspace(low, high if high > low else low + 1, 41).tolist()
    for values, colour, label in ((seed, _SEED, "seed"), (fit, _FIT, "fit")):
        inside = np.clip(values, bins[0], bins[-1])
        axes.hist(inside, bins, histtype="stepfilled", facecolor=(colour, 0.18), edgecolor=colour, label=label)
        axes.axvline(float(np.median(values)), color=colour, linewidth=1.6, linestyle=(0, (4, 2)))
    axes.set_xlabel(f"{residual.quantity} ({residual.unit}); end bins hold all beyond", fontsize=9, color=INK)
    axes.set_ylabel("events", fontsize=9.5, color=INK)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)


def _summary(residual: Residual, seed: np.ndarray, fit: np.ndarray) -> str:
    if len(seed) == 0:
        return "no event was fitted"
    words = f"median {_pair(np.median(seed), np.median(fit), residual.unit)}"
    if _signed(seed, fit):
        words += f", size {_pair(np.median(np.abs(seed)), np.median(np.abs(fit)), residual.unit)}"
    return words


def _pair(seed: float, fit: float, unit: str) -> str:
    """Two numbers to three figures, but no finer than 0.01."""
    first, second = (f"{x:.2f}" if abs(x) < 10 else f"{x:.3g}" if abs(x) < 1000 else f"{x:,.0f}" for x in (seed, fit))
    return f"{first} → {second}{'' if unit == '%' else ' '}{unit}".replace("-", "−")


def _signed(seed: np.ndarray, fit: np.ndarray) -> bool:
    return bool((seed < 0).any() or (fit < 0).any())
