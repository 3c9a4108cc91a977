"""PNG and GIF of the drawn layers: sizes, frames, times and weight of the files."""

import io

import pytest
from PIL import Image, ImageSequence

from ringcast.arithmetic import parse
from ringcast.arithmetic.draw import draw_chain, draw_example, draw_ladder
from ringcast.arithmetic.draw.style import LOOKS
from ringcast.views.raster import gif_bytes, png_bytes

LARGEST = ["arbitrary-padding-transposed", "full-padding-transposed"]


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("width", [300, 600])
def test_png_has_the_width_and_the_scenes_shape(width):
    scene = draw_example("example5")
    assert opened(png_bytes(scene, width=width)).size == (width, round(scene.height * width / 600))


def test_gif_has_a_frame_for_each_step_and_rests_on_the_last():
    scene = draw_example("example5")
    image = opened(gif_bytes(scene, seconds=0.5))
    times = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert times == [500] * 8 + [2000]
    assert image.info["loop"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGEST)
def test_gif_of_the_largest_examples_is_light(name):
    assert len(gif_bytes(draw_example(name, view="scatter"))) < 300_000


def test_gif_keeps_the_colours_of_the_scene():
    image = opened(gif_bytes(draw_example("example6"))).convert("RGB")
    colours = {colour for _, colour in image.getcolors(100_000)}
    for look in ("input", "kernel", "stamped"):
        fill = LOOKS[look].fill
        assert tuple(int(fill[at : at + 2], 16) for at in (1, 3, 5)) in colours
    assert image.getpixel((2, 2)) == (255, 255, 255)


def test_a_frame_differs_from_the_still_picture():
    scene = draw_example("example5")
    assert png_bytes(scene, frame=0) != png_bytes(scene)


def test_scenes_without_frames_become_one_picture():
    scene = draw_ladder(parse("2x2 convT(3,3,2,2)"))
    assert opened(gif_bytes(scene)).n_frames == 1


def test_where_a_cell_lies_its_colour_is():
    scene = draw_chain(parse("1x2x2 nearest(2)"))
    cell = next(item for item in scene.always if getattr(item, "fill", None) == LOOKS["input"].fill)
    image = opened(png_bytes(scene))
    assert image.getpixel((round(cell.x + 4), round(cell.y + 4))) == (0xD9, 0xE9, 0xF7)
