"""The picture of a response and its spectrum."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ringcast.errors import ArgumentError
from ringcast.views.checkerboard import checkerboard_figure


def parts(figure):
    response, _, spectrum, _ = figure.axes
    return response, spectrum


def test_the_tile_is_repeated_about_its_mean_and_every_frequency_but_the_mean_is_framed():
    tile = np.array([[1.0, 3.0, 2.0], [2.0, 2.0, 2.0]])
    response, spectrum = parts(checkerboard_figure(tile, np.full((2, 3), 1 / 6)))
    assert np.allclose(response.images[0].get_array(), np.tile(tile / 2 - 1, (3, 3)))
    assert len(spectrum.patches) == 5
    assert [text.get_text() for text in spectrum.get_yticklabels()] == ["−1/2", "0"]
    assert [text.get_text() for text in spectrum.get_xticklabels()] == ["−1/3", "0", "1/3"]


def test_zero_frequency_is_in_the_middle():
    shares = np.zeros((8, 8))
    shares[0, 0], shares[0, 4] = 0.75, 0.25
    _, spectrum = parts(checkerboard_figure(np.ones((8, 8)), shares))
    shown = np.asarray(spectrum.images[0].get_array())
    assert shown[4, 4] == 0.75
    assert shown[4, 0] == 0.25
    assert spectrum.texts[0].get_position() == (4, 4)


@pytest.mark.parametrize("tile", [np.zeros((2, 2)), np.full((1, 1), 5.0), np.array([[1.0, -1.0]]), np.eye(32)])
def test_it_can_be_drawn(tile):
    spectrum = np.abs(np.fft.fft2(tile)) ** 2
    figure = checkerboard_figure(tile, spectrum / max(spectrum.sum(), 1), title="a " * 100, note="b " * 200)
    with BytesIO() as file:
        figure.savefig(file, format="png", dpi=50)
        assert file.getbuffer().nbytes > 2000


def test_no_texts_meet():
    figure = checkerboard_figure(np.eye(8), np.eye(8) / 8, title="words " * 40, note="chain " * 60)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [text for text in figure.texts if text.get_text()]
    texts += [axes.title if axes.title.get_text() else axes._left_title for axes in figure.axes]
    boxes = [text.get_window_extent(renderer) for text in texts]
    inside = figure.bbox
    assert all(inside.x0 <= box.x0 and box.x1 <= inside.x1 and box.y1 <= inside.y1 for box in boxes)
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_refusals():
    with pytest.raises(ArgumentError, match=r"tile has shape \(2, 2\) and spectrum \(2, 3\)"):
        checkerboard_figure(np.ones((2, 2)), np.ones((2, 3)))
