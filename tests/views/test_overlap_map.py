"""The picture of an overlap map: the right numbers in it, and no text that meets another one or leaves the picture."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from ringcast.arithmetic import parse
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.views.overlap_map import overlap_figure

CHAINS = {
    "the slides": "11x21" + " convT(1,1,4,2) relu conv(1,1,3)" * 3,
    "checkerboard": "11x21" + " convT(1,1,3,2)" * 3,
    "51 x 150": "7x19" + " convT(1,1,4,2) conv(1,1,3)" * 2 + " convT(1,1,4,2) conv(1,1,8x5)",
    "tall": "40x3 convT(1,1,3,2)",
    "flat": "1x30 convT(1,1,2x3,2)",
    "holes": "3x3 convT(1,1,2,3)",
    "one pixel": "1x1x1 relu",
    "large numbers": "30x30" + " conv(1,1,9,1,4)" * 4,
    "fractions": "1x9x9 convT(1,1,3,2) bilinear(2) avgpool(3,1)",
    "a long chain": "9x9" + " conv(1,1,3,1,1) leaky_relu(0.2)" * 30,
}


@pytest.fixture(params=CHAINS)
def drawn(request):
    chain = parse(CHAINS[request.param])
    stack = overlap(chain).stack
    figure = overlap_figure(stack, chain=str(chain))
    FigureCanvasAgg(figure).draw()
    return stack, figure


def shown(figure):
    """Every text that is drawn, with its box; matplotlib keeps labels of ticks beyond the ends, but draws none."""
    beyond = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        for label in (tick.label1, tick.label2)
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    drawn = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent()) for text in drawn if text not in beyond]


def test_no_text_meets_another(drawn):
    _, figure = drawn
    boxes = shown(figure)
    assert len(boxes) > 5
    for (first, one), (second, other) in combinations(boxes, 2):
        apart = one.x1 <= other.x0 + 1 or other.x1 <= one.x0 + 1 or one.y1 <= other.y0 + 1 or other.y1 <= one.y0 + 1
        assert apart, (first, second)


def test_all_text_is_inside_the_picture(drawn):
    _, figure = drawn
    for words, box in shown(figure):
        assert figure.bbox.x0 <= box.x0, words
        assert box.x1 <= figure.bbox.x1, words
        assert figure.bbox.y0 <= box.y0, words
        assert box.y1 <= figure.bbox.y1, words


def test_the_heat_map_is_the_map(drawn):
    stack, figure = drawn
    image = figure.axes[0].images[0].get_array()
    assert np.allclose(image, [[float(number) for number in row] for row in stack.rows])


def test_the_line_round_the_free_pixels():
    stack = overlap(parse(CHAINS["the slides"])).stack
    figure = overlap_figure(stack)
    outline = figure.axes[0].patches[-1]
    assert (outline.get_xy(), outline.get_width(), outline.get_height()) == ((13.5, 13.5), 140, 60)
    assert outline.get_label() == "free of border effect: 60 x 140"
    words = [text.get_text() for text in figure.texts]
    assert words[0] == "Even inside; 8400 of 14784 pixels (56.8 %) free of border effect"
    assert "border 14 + 14 px" in {text.get_text() for text in figure.findobj(Text)}


def test_the_profiles_are_those_of_rows_and_columns():
    stack = overlap(parse("5x7 convT(1,1,3x4,2)")).stack
    _, below, side, _ = overlap_figure(stack).axes
    assert below.patches[0].get_data().values.tolist() == list(stack.width.values)
    assert side.patches[0].get_data().values.tolist() == list(stack.height.values)
