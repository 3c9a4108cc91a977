"""Lines: rows against numbers worked out by hand or by running PyTorch, and the laws of axes without ends."""

from collections import Counter
from fractions import Fraction

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from ringcast.arithmetic import Conv2d, ConvTranspose2d
from ringcast.arithmetic.grammar import layer_of
from ringcast.arithmetic.layers import Upsample
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError
from tests.arithmetic import layer_cases as cases

SMALL = st.integers(1, 4)
KERNELS = {"kernel_size": SMALL, "stride": SMALL, "dilation": st.integers(1, 3)}
CONV = st.builds(
    lambda **given: Conv2d(1, 1, **given),
    **KERNELS,
    padding=st.one_of(st.integers(0, 3)),
    padding_mode=st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
)
TRANSPOSED = st.builds(lambda **given: ConvTranspose2d(1, 1, **given), **KERNELS, padding=st.integers(0, 3))


def matrix(line):
    found = torch.zeros(line.length, line.size, dtype=torch.float64)
    for place, row in enumerate(line.rows):
        for source, weight in row:
            found[place, source] += float(weight)
    return found


def values(layer, numbers, axis=1):
    """What the line makes of exact numbers."""
    return [sum(weight * numbers[source] for source, weight in row) for row in layer.line(axis, len(numbers)).rows]


@settings(max_examples=200, deadline=None)
@given(st.one_of(CONV, TRANSPOSED), st.integers(1, 9))
def test_line_of_a_convolution_of_ones_is_torchs(layer, size):
    shape = Shape(1, size, size)
    try:
        layer.output(shape)
    except LayerError:
        assume(False)
    kind = nn.Conv2d if isinstance(layer, Conv2d) else nn.ConvTranspose2d
    module = kind(**vars(layer)).double()
    nn.init.ones_(module.weight)
    nn.init.zeros_(module.bias)
    image = torch.rand(1, 1, size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(size))
    line = matrix(layer.line(0, size))
    assert torch.allclose(line @ image @ line.T, module(image), rtol=0, atol=1e-12)


@settings(max_examples=300, deadline=None)
@given(st.one_of(CONV, TRANSPOSED, cases.LAYERS), st.integers(1, 12), st.integers(-30, 30), st.integers(0, 1))
def test_sources_move_with_the_place_on_an_axis_without_ends(drawn, size, place, axis):
    try:
        layer = drawn if isinstance(drawn, Conv2d | ConvTranspose2d) else drawn.make()
        assume(layer.output(Shape(layer.in_channels or 36, size, size)))
    except LayerError:
        assume(False)
    line = layer.line(axis, size)
    inputs, outputs = line.advance
    moved = [(source + inputs, weight) for source, weight in line.unbounded(place)]
    assert list(line.unbounded(place + outputs)) == moved
    if isinstance(layer, Upsample):
        assert sum(weight for _, weight in moved) == 1


@settings(max_examples=100, deadline=None)
@given(cases.UPSAMPLE, st.integers(1, 40))
def test_weights_of_interpolation_add_up_to_one(case, size):
    try:
        layer = case.make()
        layer.output(Shape(1, size, size))
    except LayerError:
        assume(False)
    for row in layer.line(0, size).rows:
        assert sum(weight for _, weight in row) == 1
        assert Counter(source for source, _ in row).most_common(1)[0][1] == 1
        assert all(0 <= source < size and weight for source, weight in row)


@pytest.mark.parametrize(
    ("layer", "expected"),  # reference figures, section 10: input 0 1 2 3
    [
        ("nearest(2)", [0, 0, 1, 1, 2, 2, 3, 3]),
        ("bilinear(2)", [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]),
        ("bilinear(2,align_corners=true)", [Fraction(3 * place, 7) for place in range(8)]),
        ("nearest_exact(2)", [0, 0, 1, 1, 2, 2, 3, 3]),
    ],
)
def test_doubling(layer, expected):
    assert values(layer_of(layer), [0, 1, 2, 3]) == expected


def test_doubling_with_cubic_weights():
    """Reference figures, section 10: input 0 1 2 3, bicubic."""
    found = values(layer_of("bicubic(2)"), [0, 1, 2, 3])
    expected = [-0.1055, 0.1914, 0.6680, 1.2969, 1.7031, 2.3320, 2.8086, 3.1055]
    assert [float(value) for value in found] == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("layer", "expected"),  # reference figures, section 10: input 0 ... 5
    [("nearest(1.5)", [0, 0, 1, 2, 2, 3, 4, 4, 5]), ("nearest_exact(1.5)", [0, 1, 1, 2, 3, 3, 4, 5, 5])],
)
def test_one_and_a_half_times(layer, expected):
    assert values(layer_of(layer), list(range(6))) == expected


@pytest.mark.parametrize(
    ("layer", "gains"),  # reference figures, section 7: sums of squared weights by phase
    [
        ("bilinear(3)", [5 / 9, 1, 5 / 9]),
        ("bicubic(3)", [0.786694, 1, 0.786694]),
        ("bicubic(3,antialias=true)", [0.722908, 1, 0.722908]),
        ("bilinear(2)", [0.625, 0.625]),
        ("bicubic(2)", [0.853333, 0.853333]),
        ("bicubic(2,antialias=true)", [0.808838, 0.808838]),
    ],
)
def test_noise_gain_of_interpolation(layer, gains):
    line = layer_of(layer).line(0, 9)
    found = [sum(float(weight) ** 2 for _, weight in line.unbounded(phase)) for phase in range(len(gains))]
    assert found == pytest.approx(gains, abs=1e-6)


@pytest.mark.parametrize(
    ("layer", "rows"),  # the slides' example, section 3: input [[10, 20], [30, 40]]
    [
        ("bilinear(2)", [[10, 12.5, 17.5, 20], [15, 17.5, 22.5, 25], [25, 27.5, 32.5, 35], [30, 32.5, 37.5, 40]]),
        ("nearest(2)", [[10, 10, 20, 20], [10, 10, 20, 20], [30, 30, 40, 40], [30, 30, 40, 40]]),
        ("nails(2)", [[10, 0, 20, 0], [0, 0, 0, 0], [30, 0, 40, 0], [0, 0, 0, 0]]),
    ],
)
def test_upsampling_of_the_slides(layer, rows):
    image = torch.tensor([[10.0, 20.0], [30.0, 40.0]], dtype=torch.float64)
    line = matrix(layer_of(layer).line(0, 2))
    assert (line @ image @ line.T).tolist() == rows


def test_max_unpooling_puts_numbers_where_they_were():
    """Reference figures, section 10: max pooling by 2 and back."""
    image = torch.tensor([[1, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]], dtype=torch.float64)
    pooled, indices = F.max_pool2d(image[None, None], 2, return_indices=True)
    assert pooled[0, 0].tolist() == [[5, 6], [7, 8]]
    assert indices[0, 0].tolist() == [[5, 2], [12, 15]]
    back = F.max_unpool2d(pooled, indices, 2)[0, 0]
    rows = layer_of("maxunpool(2)").line(0, 2).rows
    for place in back.nonzero().tolist():
        (row, _), (column, _) = rows[place[0]][0], rows[place[1]][0]
        assert back[tuple(place)] == pooled[0, 0, row, column]
    assert [tuple(place) for place in back.nonzero().tolist()] == [(0, 2), (1, 1), (3, 0), (3, 3)]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2), st.integers(1, 12))
def test_max_unpooling_stays_within_its_window(kernel, stride, padding, size):
    assume(padding <= kernel // 2 and size + 2 * padding >= kernel)
    image = torch.randperm(size * size, generator=torch.Generator().manual_seed(size)).double() + 1
    pooled, indices = F.max_pool2d(image.view(1, 1, size, size), kernel, stride, padding, return_indices=True)
    layer = layer_of(f"maxunpool({kernel},{stride},{padding})")
    rows = layer.line(0, pooled.shape[2]).rows
    for y in range(pooled.shape[2]):
        for x in range(pooled.shape[3]):
            row, column = divmod(int(indices[0, 0, y, x]), size)
            if row < len(rows) and column < len(rows):
                assert y in dict(rows[row])
                assert x in dict(rows[column])


@pytest.mark.parametrize(
    ("text", "size", "rows"),
    [
        ("maxpool(2)", 5, [[0, 1], [2, 3]]),
        ("maxpool(2,ceil_mode=true)", 5, [[0, 1], [2, 3], [4]]),
        ("maxpool(3,2,1)", 5, [[0, 1], [1, 2, 3], [3, 4]]),
        ("maxpool(2,1,1,2)", 1, [[]]),
        ("maxunpool(2,output_size=5)", 2, [[0], [0], [1], [1], []]),
        ("maxunpool(3,2)", 2, [[0], [0], [1, 0], [1], [1]]),
        ("shuffle(2)", 2, [[0], [0], [1], [1]]),
        ("unshuffle(2)", 4, [[0, 1], [2, 3]]),
        ("pad(0,0,2,1,reflect)", 3, [[2], [1], [0], [1], [2], [1]]),
        ("pad(0,0,2,1,replicate)", 3, [[0], [0], [0], [1], [2], [2]]),
        ("pad(0,0,2,1,circular)", 3, [[1], [2], [0], [1], [2], [0]]),
        ("pad(0,0,-1,2)", 3, [[1], [2], [], []]),
        ("crop(0,0,1,2)", 5, [[1], [2]]),
    ],
)
def test_sources(text, size, rows):
    assert [[source for source, _ in row] for row in layer_of(text).line(0, size).rows] == rows


def test_shares_of_average_pooling():
    """Worked by hand: windows that reach into the padding share by 2, or by the places they have."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    assert layer_of("avgpool(2,2,1)").line(0, 3).rows == (((0, half),), ((1, half), (2, half)))
    assert layer_of("avgpool(2,2,1,count_include_pad=false)").line(0, 3).rows[0] == ((0, 1),)
    assert layer_of("avgpool(2,ceil_mode=true)").line(0, 3).rows[1] == ((2, 1),)
    thirds = layer_of("avgpool(2,divisor_override=3)")
    assert thirds.line(0, 2).rows == (((0, third), (1, third)),)
    assert thirds.line(1, 2).rows == (((0, 1), (1, 1)),)


@pytest.mark.parametrize("layer", [Upsample(size=7, mode="bilinear", align_corners=True), Upsample(size=1)])
def test_places_that_coincide(layer):
    assert layer.line(0, 1).rows == (((0, 1),),) * layer.line(0, 1).length


def test_per_axis_lines_differ():
    layer = layer_of("bilinear(2x3)")
    assert (layer.line(0, 4).length, layer.line(1, 4).length) == (8, 12)
    assert (layer.line(0, 4).advance, layer.line(1, 4).advance) == ((1, 2), (1, 3))


def test_antialiasing_to_a_width_of_one():
    """PyTorch repeats the first row then, on CPUs; resizing one axis after the other, the height first, is right."""
    image = torch.rand(1, 1, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    layer = Upsample((3, 1), mode="bilinear", antialias=True)
    lower = F.interpolate(image, size=(3, 8), mode="bilinear", antialias=True)
    right = F.interpolate(lower, size=(3, 1), mode="bilinear", antialias=True)
    found = matrix(layer.line(0, 8)) @ image @ matrix(layer.line(1, 8)).T
    assert torch.allclose(found, right, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [("nearest(2)", [100, 110, 11, 1]), ("bilinear(2)", [25, 77.5, 82.75, 33.25, 3.25, 0.25])],
)
def test_section_10_resize_and_convolution_of_an_impulse(layer, expected):
    enlarged = [sum(weight for source, weight in row if source == 4) for row in layer_of(layer).line(0, 9).rows]
    kernel = (1, 10, 100)
    answer = [sum(k * x for k, x in zip(kernel, enlarged[start:], strict=False)) for start in range(16)]
    assert [number for number in answer if number] == expected
