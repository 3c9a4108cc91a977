"""Training curves and residual plots from plain arrays."""

from io import BytesIO

import numpy as np
import pytest

from ringcast import views
from ringcast.errors import ArgumentError
from ringcast.views import Curve, Residual, curve_figure, residual_figure


def saved(figure):
    with BytesIO() as file:
        figure.savefig(file, format="png", dpi=50)
        return file.getbuffer().nbytes


def test_curves_mark_the_lowest_validation_and_zoom_past_the_first_steps():
    step = np.arange(1, 401)
    training = Curve("training", step, np.concatenate([[1e6, 1e5], 100 + 50 / step[2:]]))
    validation = Curve("validation", [100, 200, 300, 400], [101.0, 100.5, 100.2, 100.4])
    figure = curve_figure([training, validation], title="mini")
    (axes,) = figure.axes
    assert any("lowest validation: 100.2 at 300" in text.get_text() for text in axes.texts)
    assert axes.get_ylim()[1] < 1000
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "validation"]
    assert saved(figure) > 2000


def test_curves_leave_out_what_is_not_finite():
    (axes,) = curve_figure([Curve("training", [1, 2, 3], [np.nan, 5.0, 4.0])]).axes
    assert axes.lines[0].get_xdata().tolist() == [2, 3]
    with pytest.raises(ArgumentError, match="no finite value"):
        curve_figure([Curve("training", [1], [np.inf])])


def test_few_events_are_joined_pairs_and_many_are_histograms():
    random = np.random.default_rng(1)
    few = residual_figure([Residual("vertex distance", "cm", random.gamma(3, 30, 10), random.gamma(3, 10, 10))])
    assert [label.get_text() for label in few.axes[0].get_xticklabels()] == ["seed", "fit"]
    assert len(few.axes[0].lines) == 12
    many = residual_figure([Residual("energy", "%", random.normal(-10, 15, 500), random.normal(1, 5, 500))] * 2)
    assert [axes.get_ylabel() for axes in many.axes] == ["events", "events"]
    assert saved(few) > 2000
    assert saved(many) > 2000


def test_residual_medians_are_printed_and_failed_fits_left_out():
    figure = residual_figure(
        [
            Residual("vertex distance", "cm", [80.0, 60.0, 100.0, 5.0], [20.0, 30.0, 10.0, np.nan]),
            Residual("energy", "%", [-20.0, -10.0, 4.0], [-2.0, 1.0, 3.0]),
            Residual("angle", "degrees", [np.nan], [np.nan]),
        ]
    )
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "median 80 → 20 cm",
        "median −10 → 1.00%, size 10 → 2.00%",
        "no event was fitted",
    ]
    assert saved(figure) > 2000


def test_refusals():
    with pytest.raises(ArgumentError, match="2 steps and 1 values"):
        Curve("training", [1, 2], [1.0])
    with pytest.raises(ArgumentError, match="0 seeds and 0 fits"):
        Residual("angle", "degrees", [], [])
    with pytest.raises(ArgumentError, match="curves is empty"):
        curve_figure([])
    with pytest.raises(ArgumentError, match="residuals is empty"):
        residual_figure([])


def test_public_names():
    assert sorted(views.__all__) == views.__all__
    assert len(views.__all__) <= 12
    assert all(hasattr(views, name) for name in views.__all__)
