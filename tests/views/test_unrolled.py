"""Event displays, built without a display: what is drawn, how often, and on which scale."""

import math
from io import BytesIO

import numpy as np
import pytest
import torch
from matplotlib.collections import EllipseCollection
from PIL import Image

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector, unrolled_position_cm
from ringcast.views import Overlay, Panel, event_figure, observed_panel, predicted_panel, pull_panel
from ringcast.views.panel import detector_panel
from ringcast.views.scale import charge_scale
from ringcast.views.tank import lay_out, round_length_cm

TANK = load_detector("mini")
TRACK = Track("e-", 300.0, (0, 0, 0), (1, 0, 0))
HITS = Hits.of([4, 7, 7], charge_pe=[1.0, 2.5, 0.5], time_ns=[20, 21, 30], start=[0, 3], n_pmt=len(TANK))


def discs(axes):
    return [c for c in axes.collections if isinstance(c, EllipseCollection)]


def words(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_every_sensor_is_drawn_once_in_its_true_size():
    (axes,) = event_figure([observed_panel(HITS)], TANK).axes
    unlit, lit = discs(axes)
    assert (len(unlit.get_offsets()), len(lit.get_offsets())) == (len(TANK) - 2, 2)
    assert lit.get_array().tolist() == [1.0, 3.0]
    np.testing.assert_allclose(lit.get_offsets(), unrolled_position_cm(TANK)[[4, 7]])
    assert set(lit.get_widths().tolist()) == {8.0}
    assert axes.get_aspect() == 1
    assert words(axes) == ["no hit"]


@pytest.mark.parametrize("name", ["mini", "super-k"])
def test_neighbours_do_not_overlap_and_nothing_leaves_the_paper(name):
    tank = load_detector(name)
    flat, radius = unrolled_position_cm(tank), float(tank.pmt_radius_cm[0])
    sample = flat[:: max(1, len(flat) // 500)]
    apart = torch.cdist(sample, flat)
    apart[apart < 1e-3] = math.inf  # the sensor itself
    assert float(apart.min()) >= 2 * radius - 1e-6
    across, up = lay_out(tank, 1).limits_cm
    assert float(flat[:, 0].abs().max()) + radius < across
    assert float(flat[:, 1].abs().max()) + radius < up


def test_panels_share_one_colour_scale_and_say_what_is_not_predicted(even):
    prediction = even(TANK.on("barrel"), len(TANK))
    overlays = (Overlay("truth", TRACK), Overlay("fit", TRACK, "fit"))
    panels = [observed_panel(HITS, overlays), predicted_panel(prediction), pull_panel(HITS, prediction)]
    observed, predicted, residual = event_figure(panels, TANK, title="event 4").axes
    assert discs(observed)[-1].norm is discs(predicted)[-1].norm
    assert discs(residual)[-1].norm is not discs(predicted)[-1].norm
    assert discs(predicted)[0].get_offsets().shape[0] == len(TANK.on("top")) + len(TANK.on("bottom"))
    assert words(predicted) == ["not predicted by this network"]
    assert words(observed) == ["no hit", "truth (41.9° cone)", "fit (41.9° cone)"]
    assert len(residual.get_legend().get_texts()) == 1


def test_faint_predictions_are_drawn_unlit(even):
    panels = [observed_panel(HITS), predicted_panel(even(torch.arange(10), len(TANK), mean=0.01))]
    predicted = event_figure(panels, TANK).axes[1]
    assert words(predicted) == ["below 1 p.e.", "not predicted by this network"]
    assert len(discs(predicted)[-1].get_offsets()) == 0


def test_hit_probability_has_a_scale_from_zero_to_one(even):
    panel = predicted_panel(even(torch.arange(10), len(TANK)), quantity="probability")
    lit = discs(event_figure([panel], TANK).axes[0])[-1]
    assert (lit.norm.vmin, lit.norm.vmax) == (0, 1)
    assert lit.get_array().tolist() == pytest.approx([1 - math.exp(-2)] * 10)


def test_pulls_are_observed_minus_predicted_over_the_root(even):
    panel = pull_panel(HITS, even(torch.arange(10), len(TANK), mean=4.0))
    assert panel.values[[4, 0]].tolist() == [-1.5, -2.0]
    assert panel.notes[0] == "mean −1.80"


def test_the_ring_line_runs_over_the_panel_at_its_angle():
    """Straight ahead from the centre the ring cuts z = 0 at azimuth +-41.9 degrees."""
    (axes,) = event_figure([observed_panel(HITS, (Overlay("truth", TRACK),))], TANK).axes
    line = max(axes.lines, key=lambda one: len(one.get_xdata()))
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    at_middle = np.degrees(np.abs(x[np.abs(y) < 0.2]) / TANK.radius_cm)
    np.testing.assert_allclose(at_middle, 41.87, atol=0.05)


@pytest.mark.parametrize(
    ("track", "sentence"),
    [
        (Track("mu-", 20.0, (0, 0, 0), (1, 0, 0)), "truth: below Cherenkov threshold"),
        (Track("pi0", 800.0, (0, 0, 0), (1, 0, 0)), "truth: neutral, no cone of its own"),
        (Track("e-", 300.0, (0, 0, 500.0), (1, 0, 0)), "truth: starts outside the tank"),
    ],
)
def test_a_track_without_a_ring_says_why(track, sentence):
    (axes,) = event_figure([observed_panel(HITS, (Overlay("truth", track),))], TANK).axes
    assert words(axes)[-1] == sentence


def test_pictures_hold_light_where_the_hits_are(electrons):
    figure = event_figure([observed_panel(electrons.hits[0])], electrons.detector)
    with BytesIO() as file:
        figure.savefig(file, format="png", dpi=80)
        image = np.asarray(Image.open(file).convert("RGB")).astype(float)
    warm = (image[..., 0] > 200) & (image[..., 2] < 90)
    height, width = warm.shape
    barrel = warm[int(0.4 * height) : int(0.65 * height)]
    columns = barrel.nonzero()[1] / width
    assert len(columns) > 300
    assert columns.mean() == pytest.approx(0.5, abs=0.03)
    assert np.median(np.abs(columns - 0.5)) < 0.15


def test_empty_events_and_empty_tanks_are_drawn_without_a_scale():
    dark = Hits.of([], [], [], [0, 0], len(TANK))
    for panel, word in ((observed_panel(dark), "no hit"), (detector_panel(TANK), "sensor")):
        (axes,) = event_figure([panel], TANK).axes
        assert words(axes) == [word]
        assert axes.child_axes == []


def test_dead_sensors_are_hollow_and_never_coloured():
    tank = load_detector("mini", dead=[7, 9])
    (axes,) = event_figure([observed_panel(HITS)], tank).axes
    unlit, dead, lit = discs(axes)
    assert [len(part.get_offsets()) for part in (unlit, dead, lit)] == [len(TANK) - 3, 2, 1]
    np.testing.assert_allclose(dead.get_offsets(), unrolled_position_cm(tank)[[7, 9]])
    assert len(dead.get_facecolor()) == 0
    assert words(axes) == ["no hit", "dead"]
    panel = detector_panel(tank)
    assert panel.notes[-1] == "2 dead"
    assert words(event_figure([panel], tank).axes[0]) == ["sensor", "dead"]


def test_refusals():
    with pytest.raises(ArgumentError, match="panels is empty"):
        event_figure([], TANK)
    with pytest.raises(ArgumentError, match="has 1024 values, detector iwcd-grid has 19160 sensors"):
        event_figure([observed_panel(HITS)], load_detector("iwcd-grid"))
    with pytest.raises(ArgumentError, match="expected one, so pick it"):
        observed_panel(Hits.concatenate([HITS, HITS]))
    with pytest.raises(ArgumentError, match="covered has 3 entries"):
        Panel(title="", quantity="charge", values=torch.zeros(4), covered=torch.zeros(3) > 0)


@pytest.mark.parametrize(
    ("charges", "ends"), [([0.03, 40.0], (0.1, 40.0)), ([5.0, 6.0], (1.0, 10.0)), ([0.0], (1.0, 10.0))]
)
def test_charge_scale_ends(charges, ends):
    scale = charge_scale([np.array(charges)])
    assert (scale.norm.vmin, scale.norm.vmax) == ends
    assert all(ends[0] <= tick <= ends[1] for tick in scale.ticks)
    assert len(scale.ticks) >= 2


def test_scale_bar_is_round():
    assert [round_length_cm(x) for x in (1690.0, 5.0, 1999.9, 0.7)] == [1000.0, 5.0, 1000.0, 0.5]
