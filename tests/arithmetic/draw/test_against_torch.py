"""PyTorch as oracle: what the pictures show, step by step, adds up to exactly what the layers compute."""

import warnings

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from ringcast.arithmetic import Conv2d, ConvTranspose2d
from ringcast.arithmetic.draw.blend import blend
from ringcast.arithmetic.draw.gather import conv_gather, transposed_gather
from ringcast.arithmetic.draw.matrix import counted
from ringcast.arithmetic.draw.scatter import transposed_scatter
from ringcast.arithmetic.grammar import layer_of
from ringcast.arithmetic.shape import Shape
from ringcast.errors import LayerError

FEW = settings(max_examples=150, deadline=None)
ARGUMENTS = {
    "kernel_size": st.tuples(st.integers(1, 4), st.integers(1, 4)),
    "stride": st.tuples(st.integers(1, 4), st.integers(1, 4)),
    "dilation": st.tuples(st.integers(1, 3), st.integers(1, 3)),
}
PADDING = st.tuples(st.integers(0, 4), st.integers(0, 4))
CONV = st.fixed_dictionaries(
    ARGUMENTS | {"padding": PADDING, "padding_mode": st.sampled_from(["zeros", "reflect", "replicate", "circular"])}
)
UNSTRIDED = {key: ARGUMENTS[key] for key in ("kernel_size", "dilation")}
SAME = st.fixed_dictionaries(UNSTRIDED | {"padding": st.just("same")})
TRANSPOSED = st.fixed_dictionaries(
    ARGUMENTS | {"padding": PADDING, "output_padding": st.tuples(st.integers(0, 2), st.integers(0, 2))}
)
SIZES = st.tuples(st.integers(1, 6), st.integers(1, 6))
NUMBERS = st.randoms(use_true_random=False)


def random_matrix(random, height, width):
    return tuple(tuple(random.randint(-9, 9) for _ in range(width)) for _ in range(height))


def settled(kind, arguments, size, random):
    """A layer of ours that takes the size, its torch module, input and kernel; other cases are left out."""
    try:
        layer = kind(1, 1, **arguments)
        layer.output(Shape(1, *size))
    except LayerError:
        assume(False)
    given_numbers, kernel = random_matrix(random, *size), random_matrix(random, *arguments["kernel_size"])
    module = (nn.Conv2d if kind is Conv2d else nn.ConvTranspose2d)(1, 1, bias=False, **arguments).double()
    module.weight.data = torch.tensor(kernel, dtype=torch.float64)[None, None]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
        result = module(torch.tensor(given_numbers, dtype=torch.float64)[None, None])[0, 0]
    return layer, given_numbers, kernel, tuple(tuple(int(value) for value in row) for row in result.tolist())


def sources_of(gather, given_size):
    """Input rows and input columns under the kernel, for every step of a transposed gather."""
    for step in gather.steps:
        found = []
        for axis in (0, 1):
            origin, pitch = gather.origin[axis], gather.pitch[axis]
            places = {tap.place[axis] - origin for row in step.taps for tap in row}
            inputs = {place // pitch for place in places if place % pitch == 0}
            found.append({place for place in inputs if 0 <= place < given_size[axis]})
        yield step.target, *found


@FEW
@given(st.one_of(CONV, SAME), SIZES, NUMBERS)
def test_gather_of_a_convolution_equals_torch(arguments, size, random):
    layer, numbers, kernel, expected = settled(Conv2d, arguments, size, random)
    assert conv_gather(layer, numbers, kernel).output == expected


@FEW
@given(TRANSPOSED, SIZES, NUMBERS)
def test_both_views_of_a_transposed_convolution_equal_torch(arguments, size, random):
    layer, numbers, kernel, expected = settled(ConvTranspose2d, arguments, size, random)
    gather = transposed_gather(layer, numbers, kernel)
    assert gather.output == expected
    assert transposed_scatter(layer, numbers, kernel).output == expected
    lines = [{place for place, _ in row} for row in layer.line(0, size[0]).rows]
    across = [{place for place, _ in row} for row in layer.line(1, size[1]).rows]
    for target, rows, columns in sources_of(gather, size):
        assert (rows, columns) == (lines[target[0]], across[target[1]])


@FEW
@given(TRANSPOSED, SIZES, NUMBERS)
def test_the_border_of_the_gather_view_is_the_guides(arguments, size, random):
    """Section 4: p' = d (k - 1) - p around the zero-inserted input, output_padding more at bottom and right."""
    layer, numbers, kernel, _ = settled(ConvTranspose2d, arguments, size, random)
    canvas = transposed_gather(layer, numbers, kernel).canvas
    for axis, length in enumerate((len(canvas), len(canvas[0]))):
        reach = arguments["dilation"][axis] * (arguments["kernel_size"][axis] - 1)
        border = reach - arguments["padding"][axis]
        inserted = (size[axis] - 1) * arguments["stride"][axis] + 1
        if border >= 0:
            assert length == inserted + 2 * border + arguments["output_padding"][axis]


def test_blends_equal_torch():
    numbers = counted(5, 6)
    tensor = torch.tensor(numbers, dtype=torch.float64)[None, None]
    cases = {
        "maxpool(3,2,1)": functional.max_pool2d(tensor, 3, 2, 1),
        "avgpool(3,2,1)": functional.avg_pool2d(tensor, 3, 2, 1),
        "nearest(2)": functional.interpolate(tensor, scale_factor=2, mode="nearest"),
        "bilinear(2)": functional.interpolate(tensor, scale_factor=2, mode="bilinear"),
        "bicubic(2)": functional.interpolate(tensor, scale_factor=2, mode="bicubic"),
        "pad(1,2,0,1,replicate)": functional.pad(tensor, (1, 2, 0, 1), mode="replicate"),
        "crop(1,2,0,1)": tensor[..., :-1, 1:-2],
    }
    for text, expected in cases.items():
        found = [[float(value) for value in row] for row in blend(layer_of(text), numbers).output]
        torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), expected[0, 0], rtol=0, atol=1e-12)


def test_max_pooling_takes_the_largest_of_negative_numbers():
    assert blend(layer_of("maxpool(2,2,1)"), ((-5, -4), (-3, -2))).output == ((-5, -4), (-3, -2))
