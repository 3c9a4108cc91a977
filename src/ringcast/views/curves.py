"""Training curves: how the negative log likelihood fell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ringcast.errors import ArgumentError
from ringcast.views.axes import COLOURS, row_of_axes
from ringcast.views.ink import INK

__all__ = ["Curve", "curve_figure"]

_MANY = 60


@dataclass(frozen=True)
class Curve:
    """One line: a value that was recorded at some steps.

    Raises:
        ArgumentError: Steps and values differ in number, or there are none.
    """

    label: str
    """Word of the legend."""
    step: ArrayLike
    """Optimiser steps (or epochs), rising."""
    value: ArrayLike
    """What was recorded at each step, such as the mean negative log likelihood."""

    def __post_init__(self) -> None:
        steps, values = np.size(self.step), np.size(self.value)
        if steps != values or steps == 0:
            raise ArgumentError(
                f"curve {self.label!r} has {steps} steps and {values} values; expected as many, at least one"
            )


def curve_figure(
    curves: Sequence[Curve],
    *,
    title: str = "",
    step_label: str = "optimiser step",
    value_label: str = "mean negative log likelihood",
) -> Figure:
    """Draw curves over one axis of steps; the lowest point of the last curve is marked and named.

    A long first curve is drawn twice: each record faintly, and its running median over 1/30 of the records. Values
    far above the later ones, such as those of the first steps, may leave the picture at the top.

    Args:
        curves: The lines, such as training then validation; values that are not finite leave a gap.
        title: One line above.
        step_label: Words of the horizontal axis.
        value_label: Words of the vertical axis.

    Raises:
        ArgumentError: There is no curve.

    Example:
        >>> figure = curve_figure([Curve("training", [1, 2, 3], [5.0, 4.0, 3.5]), Curve("validation", [3], [3.6])])
        >>> figure.axes[0].get_xlabel()
        'optimiser step'
    """
    if not curves:
        raise ArgumentError("curves is empty; expected at least one")
    figure, (axes,) = row_of_axes(1, (7.2, 4.0), title)
    for place, curve in enumerate(curves):
        _draw_curve(axes, curve, COLOURS[place % len(COLOURS)])
    _zoom(axes, curves)
    _mark_best(axes, curves[-1])
    axes.set_xlabel(step_label, fontsize=9.5, color=INK)
    axes.set_ylabel(value_label, fontsize=9.5, color=INK)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    return figure


def running_median(values: np.ndarray, width: int) -> np.ndarray:
    """The median of each value's neighbourhood; at the ends the neighbourhood is cut short.

    Example:
        >>> running_median(np.array([9.0, 1.0, 2.0, 3.0]), 3).tolist()
        [5.0, 2.0, 2.0, 2.5]
    """
    reach = max(width, 1) // 2
    padded = np.pad(values.astype(float), reach, constant_values=np.nan)
    return np.asarray(np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=-1))


def _draw_curve(axes: Axes, curve: Curve, colour: str) -> None:
    step, value = _clean(curve)
    if len(value) > _MANY:
        axes.plot(step, value, color=colour, linewidth=0.6, alpha=0.3)
        value = running_median(value, len(value) // 30)
    marker = "o" if len(value) <= 30 else ""
    axes.plot(step, value, color=colour, linewidth=1.6, marker=marker, markersize=3.5, label=curve.label)


def _clean(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    step, value = np.ravel(np.asarray(curve.step, float)), np.ravel(np.asarray(curve.value, float))
    finite = np.isfinite(value)
    if not finite.any():
        raise ArgumentError(f"curve {curve.label!r} has no finite value; expected at least one")
    return step[finite], value[finite]


def _zoom(axes: Axes, curves: Sequence[Curve]) -> None:
    """Let the few highest values leave the picture when they would flatten all the rest."""
    values = np.concatenate([_clean(curve)[1] for curve in curves])
    low, high, most = values.min(), values.max(), np.quantile(values, 0.97)
    if high - low > 3 * (most - low) > 0:
        axes.set_ylim(low - 0.08 * (most - low), most + 0.15 * (most - low))


def _mark_best(axes: Axes, curve: Curve) -> None:
    step, value = _clean(curve)
    best = int(value.argmin())
    axes.plot(step[best], value[best], marker="o", markersize=8, color=INK, fillstyle="none")
    words = f"lowest {curve.label}: {value[best]:.5g} at {step[best]:,.0f}"
    axes.annotate(words, (0.98, 0.80), xycoords="axes fraction", ha="right", fontsize=9, color=INK)
