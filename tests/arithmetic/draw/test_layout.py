"""The layout of every example: nothing overlaps, nothing is too small, nothing lies outside."""

import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ringcast.arithmetic import parse
from ringcast.arithmetic.draw import EXAMPLES, Numbers, animated_svg, draw_chain, draw_example, draw_ladder, svg
from ringcast.arithmetic.draw.scene import WIDTH, Cell, Text, text_box, text_width
from ringcast.errors import ArgumentError

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
OTHERS = (
    "1x6x6 maxpool(3,2)",
    "1x6x6 avgpool(3,2,1)",
    "1x3x3 bicubic(2)",
    "1x4x4 bilinear(1.5)",
    "1x5x5 conv(1,1,4,1,same)",
    "1x4x5 conv(1,1,3,1,1,padding_mode=circular)",
    "1x3x4 convT(1,1,2x3,2x3,0x3,1x2)",
    "1x1x9 conv(1,1,1x5)",
    "1x2x2 convT(1,1,1,3,0,2)",
    "1x3x3 crop(1)",
)
WORDY = "conv(4,4,5x3,padding=same,dilation=2,bias=false) batchnorm2d(4) leaky_relu(0.2) dropout(0.2) bilinear(4)"
LEAST = 11


def scenes():
    for name in EXAMPLES:
        yield f"{name} gather", draw_example(name, view="gather")
        if " conv(" in EXAMPLES[name].chain:
            yield f"{name} coverage", draw_example(name, view="coverage")
        if "convT" in EXAMPLES[name].chain:
            yield f"{name} scatter", draw_example(name, view="scatter")
    for text in OTHERS:
        yield text, draw_chain(parse(text))
    yield "large scatter", draw_chain(parse("1x3x4 convT(1,1,2x3,2x3,1x3,1x2)"), view="scatter")
    yield "negative", draw_chain(parse("1x3x3 convT(1,1,2)"), view="scatter", numbers=Numbers(((-9,) * 3,) * 3))
    yield "ladder", draw_ladder(parse(SLIDES))
    yield "wordy ladder", draw_ladder(parse(f"9x9 {WORDY}"))
    yield "short ladder", draw_ladder(parse("1x1x1 convT(1,2048,4,4) batchnorm2d(2048) relu"), pixel=(0, 3))


SCENES = dict(scenes())


def moments(scene):
    yield scene.items()
    for frame in range(scene.frames):
        yield scene.items(frame)


def covered(items):
    """Texts that can be seen: those that no later filled cell lies over."""
    for number, item in enumerate(items):
        if not isinstance(item, Text):
            continue
        middle = text_box(item)
        x, y = (middle.left + middle.right) / 2, (middle.top + middle.bottom) / 2
        above = (other for other in items[number + 1 :] if isinstance(other, Cell) and other.fill is not None)
        if not any(c.x <= x <= c.x + c.width and c.y <= y <= c.y + c.height for c in above):
            yield item


@pytest.mark.parametrize("name", SCENES)
def test_no_two_texts_overlap_and_all_can_be_read(name):
    scene = SCENES[name]
    for items in moments(scene):
        texts = list(covered(items))
        boxes = [text_box(text) for text in texts]
        for (one, box), (other, beside) in combinations(zip(texts, boxes, strict=True), 2):
            assert not box.meets(beside), f"{one} and {other}"
        for text, box in zip(texts, boxes, strict=True):
            assert text.size >= LEAST, str(text)
            assert box.left >= 0, str(text)
            assert box.right <= WIDTH - 4, str(text)
            assert 0 <= box.top < box.bottom <= scene.height, str(text)


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_drawn_outside(name):
    scene = SCENES[name]
    for items in moments(scene):
        for cell in (item for item in items if isinstance(item, Cell)):
            assert cell.x >= 0, cell
            assert cell.y >= 0, cell
            assert cell.x + cell.width <= WIDTH, cell
            assert cell.y + cell.height <= scene.height, cell


@pytest.mark.parametrize("name", [name for name in SCENES if "ladder" not in name])
def test_input_and_output_are_labelled_with_their_sizes(name):
    words = " ".join(str(item) for item in SCENES[name].always if isinstance(item, Text))
    assert "input " in words
    assert ("coverage" if "coverage" in name else "output ") in words


@pytest.mark.parametrize("name", SCENES)
def test_svg_is_valid_and_says_what_it_shows(name):
    for text in (svg(SCENES[name]), animated_svg(SCENES[name])):
        root = ElementTree.fromstring(text)
        names = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert names["title"] == SCENES[name].title
        assert len(names["desc"]) > 20
        assert root.get("role") == "img"


def test_widths_of_text_are_those_of_the_font():
    """The estimate against DejaVu Sans itself: within 5 % for what pictures say."""
    import matplotlib
    from PIL import ImageFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for bold, file in ((False, "DejaVuSans.ttf"), (True, "DejaVuSans-Bold.ttf")):
        font = ImageFont.truetype(folder / file, 100)
        for text in (
            "ConvTranspose2d, kernel 2, stride 2",
            "= 1·13 + 2·14",
            "(3−1)·2 − 2·0 + 1·(2−1) + 0 + 1 = 6",
            "−188",
        ):
            assert text_width(text, 100, bold=bold) == pytest.approx(font.getlength(text), rel=0.05)


@pytest.mark.parametrize("name", ["example5", "example3", "ladder"])
def test_golden_pictures(golden, name):
    scene = draw_ladder(parse(SLIDES), pixel=(44, 84)) if name == "ladder" else draw_example(name)
    golden(f"{name}.svg", svg(scene))


def test_a_golden_animation(golden):
    golden("example7-article.animated.svg", animated_svg(draw_example("example7-article")))


def test_the_arithmetic_does_not_import_the_drawing():
    code = "import sys, ringcast.arithmetic; print('ringcast.arithmetic.draw' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_frames_end_with_the_whole_result():
    scene = draw_example("example6", view="gather")
    last = [str(item) for item in scene.items(scene.frames - 1) if isinstance(item, Text)]
    for number in ("1", "4", "7", "6", "23", "33", "24", "19", "53", "63", "42", "21", "52", "59", "36"):
        assert number in last
    assert "63" not in [str(item) for item in scene.items(0) if isinstance(item, Text)]


def test_the_ladder_has_the_receptive_boxes():
    """Section 9: output (44,84) sees seed rows 3-7 and columns 8-12."""
    words = [str(item) for item in draw_ladder(parse(SLIDES), pixel=(44, 84)).always if isinstance(item, Text)]
    assert "rows 3-7, cols 8-12: 5 x 5" in words
    assert "pixel (44,84)" in words


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: draw_example("example1", view="scatter"), "the scatter view is of transposed convolutions"),
        (lambda: draw_example("example5", view="coverage"), "the coverage view is of convolutions"),
        (lambda: draw_chain(parse("4x4 conv(1,1,3,1,1,padding_mode=reflect)"), view="coverage"), "found reflect"),
        (lambda: draw_example("nearest", view="scatter"), "has no kernel"),
        (lambda: draw_example("example1", numbers=Numbers(((1, 2),))), "input is 1 x 2; expected 6 x 6"),
        (lambda: draw_chain(parse(SLIDES)), "the chain has 11 layers"),
        (lambda: draw_chain(parse(SLIDES), layer=12), "layer is 12; expected 1 to 11"),
        (lambda: draw_chain(parse(SLIDES), layer=0), "layer is 0; expected 1 to 11"),
        (lambda: draw_chain(parse(SLIDES), layer=2), "relu has no picture"),
        (lambda: draw_chain(parse("1x30x30 conv(1,1,3)")), "too large for a picture"),
        (lambda: draw_chain(parse("1x18x18 conv(1,1,3)")), "too large for a picture"),
        (lambda: draw_example("example5", numbers=Numbers(((10**6,) * 3,) * 3)), "no room for"),
        (lambda: draw_ladder(parse(SLIDES), pixel=(88, 0)), "row 88 does not exist"),
        (lambda: draw_ladder(parse("1x9x9 " + "conv(1,1,1) " * 40)), "41 maps"),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()


def test_a_layer_of_a_chain_is_drawn_small_and_says_so():
    scene = draw_chain(parse(SLIDES), layer=5)
    words = " ".join(str(item) for item in scene.always if isinstance(item, Text))
    assert "Layer 5 of the chain, convT(64,32,4,2), drawn on 3 x 3 instead of 22 x 42." in words
    assert "One channel is drawn of 64." in words


def test_what_is_never_read_is_crossed_and_said():
    """Section 3, example 4: the last row and column of 5 x 5 are never read."""
    scene = draw_example("example4")
    assert sum(isinstance(item, Cell) and item.cross is not None and item.width > 20 for item in scene.always) == 9
    assert any("1 of 5 rows and 1 of 5 columns" in str(item) for item in scene.always if isinstance(item, Text))
