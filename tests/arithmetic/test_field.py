"""Fields against reference figures, by section; they were obtained by running autograd of PyTorch 2.13."""

from collections import Counter
from math import ceil, floor
from time import perf_counter

import pytest

from ringcast.arithmetic import Conv2d, ConvTranspose2d, parse
from ringcast.arithmetic.fields.axis_field import axis_field
from ringcast.arithmetic.fields.chain_field import field
from ringcast.arithmetic.fields.places import places_of
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.errors import ArgumentError

NET_A = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)


def ends(box):
    return (box.rows.box, box.columns.box)


@pytest.fixture(scope="module")
def net_a():
    return field(parse(NET_A))


def test_section_9_sizes_by_phase(net_a):
    for axis in net_a.axes:
        assert axis.phases[-1].sizes == (4, 4, 5, 5, 5, 5, 4, 4)
        assert axis.phases[-1].step == 1
        assert not axis.phases[-1].gaps


def test_section_9_sizes_after_each_layer(net_a):
    for axis in net_a.axes:
        assert [set(phases.sizes) for phases in axis.phases[::2]] == [{2}, {3}, {3, 4}, {4}, {4, 5}, {4, 5}]


def test_section_9_intervals_not_clipped(net_a):
    phases = net_a.height.phases[-1]
    intervals = {(0, 1): (-2, 1), (2, 3, 4, 5): (-2, 2), (6, 7, 8, 9): (-1, 2), (10, 11, 12, 13): (-1, 3)}
    for places, box in intervals.items():
        assert [phases.at(place).box for place in places] == [box] * len(places)
    for place in range(-20, 200):
        assert phases.at(place).box == (ceil((place + 14 - 35) / 8), floor((place + 14) / 8))


@pytest.mark.parametrize(
    ("pixel", "rows", "columns"),
    [
        ((0, 0), (0, 1), (0, 1)),
        ((44, 84), (3, 7), (8, 12)),
        ((40, 80), (3, 6), (8, 11)),
        ((87, 167), (9, 10), (19, 20)),
    ],
)
def test_section_9_pixels_by_autograd(net_a, pixel, rows, columns):
    assert ends(net_a.receptive(*pixel)[0]) == (rows, columns)


def test_section_9_a_seed_pixel_paints_36_by_36(net_a):
    assert ends(net_a.painted(5, 10)) == ((26, 61), (66, 101))
    widths = [net_a.height.projective(seed).size for seed in range(11)]
    assert widths == [22, 30, *[36] * 7, 30, 22]


@pytest.mark.parametrize(
    ("block", "sizes"),
    [
        ("convT(1,1,3,2) conv(1,1,3)", {3: 3, 4: 5}),
        ("convT(1,1,3,2,1,1) conv(1,1,3,1,1)", {3: 3, 4: 5}),
        ("convT(1,1,2,2) conv(1,1,3,1,1)", {2: 2, 3: 6}),
        ("convT(1,1,6,2,2) conv(1,1,3,1,1)", {6: 6, 7: 2}),
    ],
    ids=["C", "D", "F", "6/2"],
)
def test_section_9_alternatives(block, sizes):
    found = field(parse(" ".join(["1x11x21", *[block] * 3])))
    for axis in found.axes:
        assert Counter(axis.phases[-1].sizes) == sizes


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation"), [(3, 2, 1, 1), (4, 3, 0, 2), (2, 5, 3, 1), (5, 1, 2, 3)]
)
def test_section_6_formulas_of_boxes(kernel, stride, padding, dilation):
    conv = axis_field([Conv2d(1, 1, kernel, stride, padding, dilation).line(0, 40)])
    transposed = axis_field([ConvTranspose2d(1, 1, kernel, stride, padding, 0, 1, True, dilation).line(0, 40)])
    reach = dilation * (kernel - 1)
    for place in range(-9, 30):
        assert conv.phases[-1].at(place).box == (stride * place - padding, stride * place - padding + reach)
        first, last = ceil((place + padding - reach) / stride), floor((place + padding) / stride)
        seen = transposed.phases[-1].at(place)
        assert seen.mask == 0 or (first <= seen.first and seen.last <= last)
        assert dilation > 1 or seen.box == ((first, last) if first <= last else None)
    for place in range(5, 30):
        ends = (stride * place - padding, stride * place - padding + reach)
        assert transposed.projective(place).box == ends
        assert transposed.projective(place).gaps == (dilation > 1)


@pytest.mark.parametrize(
    ("kernels", "strides", "sizes"),
    [
        ((4, 3, 4, 3, 4, 3), (2, 1, 2, 1, 2, 1), {4: 4, 5: 4}),
        ((3, 3), (2, 2), {1: 1, 2: 3}),
        ((5,), (3,), {1: 1, 2: 2}),
    ],
)
def test_section_6_only_two_sizes(kernels, strides, sizes):
    """floor(K / S) and ceil(K / S), K and S of the whole chain; the share of the larger is (K mod S) / S."""
    lines, size = [], 30
    for kernel, stride in zip(kernels, strides, strict=True):
        layer = ConvTranspose2d(1, 1, kernel, stride)
        lines.append(layer.line(0, size))
        size = lines[-1].length
    assert Counter(axis_field(lines).phases[-1].sizes) == sizes


def test_sets_with_gaps():
    """Stride 2 and dilation 3: an output place takes every third seed place at most."""
    found = field(parse("20x20 conv(1,1,3,1,0,2) conv(1,1,2,1,0,5)"))
    assert tuple(found.height.receptive(0)) == (0, 2, 4, 5, 7, 9)
    assert found.height.phases[-1].gaps
    assert str(found.receptive(0, 3)[0]) == "rows 0-9, cols 3-12 (with gaps)"


def test_places_that_see_nothing():
    found = field(parse("3x3 convT(1,1,2,3)"))
    assert [seen.box for seen in found.height.phases[-1].seen] == [(0, 0), (0, 0), None]
    assert str(found.receptive(2, 0)[0]) == "nothing"
    assert found.height.phases[-1].sizes == (1, 1, 0)


def test_the_way_back_through_every_layer(net_a):
    path = net_a.receptive(44, 84)
    assert len(path) == 12
    assert [box.rows.size for box in path] == [5, 6, 6, 4, 4, 5, 5, 3, 3, 3, 3, 1]
    assert str(path[-1]) == "row 44, col 84"


def test_a_resampling_to_one_pixel_takes_the_same_place_for_ever():
    phases = field(parse("1x8x8 bilinear(size=1,align_corners=true) nearest(3)")).height.phases[-1]
    assert phases.step == 0
    assert [phases.at(place).box for place in (-5, 0, 99)] == [(0, 0)] * 3


def test_phases_that_take_too_long():
    found = field(parse("1x80x80 bilinear(1.2345678912)"))
    assert found.height.phases == (None,)
    assert found.height.receptive(0).box == (0, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda found: found.receptive(88, 0), "output pixel 88,0: row 88 does not exist; the output has 88 rows"),
        (lambda found: found.receptive(0, -1), "output pixel 0,-1: column -1 does not exist"),
        (lambda found: found.painted(0, 21), "seed pixel 0,21: column 21 .* 21 columns, expected 0 to 20"),
    ],
)
def test_pixels_that_do_not_exist(net_a, call, message):
    with pytest.raises(ArgumentError, match=message):
        call(net_a)


def test_fields_of_the_slides_take_milliseconds():
    """Some 3 ms; the limit is wide because the machine may be busy (benchmarks/arithmetic.py measures)."""
    assert quickest(field) < 0.2


def test_overlap_of_the_slides_takes_milliseconds():
    assert quickest(overlap) < 0.2


def quickest(job):
    times = []
    for _ in range(5):
        chain, start = parse(NET_A), perf_counter()
        job(chain)
        times.append(perf_counter() - start)
    return min(times)


def test_sets_of_places():
    assert places_of([]).box is None
    assert places_of([]).size == places_of([]).count == 0
    assert places_of([5, 7]).shifted(-6) == places_of([-1, 1])
    assert places_of([]).shifted(3) == places_of([])


def test_section_6_the_formula_of_fractional_strides_is_wrong_for_every_pixel(net_a):
    kernel = net_a.painted(5, 10).rows.size
    assert 1 + (kernel - 1) / 8 == 5.375
    assert max(net_a.height.phases[-1].sizes) == 5
