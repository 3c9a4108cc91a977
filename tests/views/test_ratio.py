"""Ratio plots: what is drawn of which numbers."""

import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.views.ratio import RatioLine, RatioPlot, ratio_figure, ratios_figure

BINS = 6


def plot(ratio=1.0, **words):
    theirs = np.linspace(1, 3, BINS)
    return RatioPlot(
        "title", "x (cm)", "y (pe)", np.arange(BINS + 1.0), theirs, theirs / 50, theirs * ratio, theirs / 50, **words
    )


def drawn_ratio(figure, column=0):
    """Points of the ratio's error bars."""
    lower = figure.axes[len(figure.axes) // 2 + column]
    return lower.containers[0].lines[0].get_xydata()


def test_the_ratio_is_ours_over_theirs():
    figure = ratio_figure([plot(1.04), plot(0.9)], names=("WCSim", "ours"))
    assert len(figure.axes) == 4
    for column, ratio in enumerate((1.04, 0.9)):
        np.testing.assert_allclose(drawn_ratio(figure, column)[:, 1], ratio)
    np.testing.assert_allclose(drawn_ratio(figure)[:, 0], np.arange(BINS) + 0.5)
    assert figure.axes[2].get_xlabel() == "x (cm)"
    assert figure.axes[2].get_ylabel() == "ours / WCSim"
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["ours", "WCSim"]


def test_bins_without_numbers_are_left_out():
    theirs = np.array([1.0, 0.0, np.nan, 2.0, 2.0, 2.0])
    one = RatioPlot("", "", "", np.arange(7.0), theirs, theirs / 50, theirs * 1.01, theirs / 50, log_y=True)
    assert drawn_ratio(ratio_figure([one], names=("a", "b")))[:, 0].tolist() == [0.5, 3.5, 4.5, 5.5]


def test_logarithmic_axes_start_above_zero():
    figure = ratio_figure([plot(log_x=True, log_y=True, note="p = 1")], names=("a", "b"))
    assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"
    assert figure.axes[0].get_xlim()[0] == pytest.approx(0.2)


def test_many_ratios_in_groups():
    lines = [RatioLine("Super-K", "charge", 1.01, 0.01), RatioLine("Super-K", "hits", 1.1, 0.01)]
    lines += [RatioLine("Hyper-K", "charge", 0.99, 0.02)]
    axes = ratios_figure(lines, label="ours / theirs").axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["charge", "hits", "charge"]
    assert [text.get_text() for text in axes.texts] == ["Super-K", "Hyper-K"]
    assert axes.get_xlim()[1] > 1.11


def test_refusals():
    with pytest.raises(ArgumentError, match="plots is empty"):
        ratio_figure([], names=("a", "b"))
    with pytest.raises(ArgumentError, match="lines is empty"):
        ratios_figure([], label="")
    with pytest.raises(ArgumentError, match="RatioPlot ours has 2 entries; expected 3, one a bin"):
        RatioPlot("", "", "", range(4), range(3), range(3), range(2), range(3))
