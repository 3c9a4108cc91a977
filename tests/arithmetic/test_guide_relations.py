"""Relations 1 to 15 of the guide to convolution arithmetic, arXiv 1603.07285, over ranges of sizes.

Symbols: i input, k kernel, s stride, p padding, d dilation, o output; primes belong to the transposed operation, whose
p' is the border in the guide's pictures, p' = d (k - 1) - p. The last test asks PyTorch for a part of the same range.
"""

from itertools import product

import pytest
import torch
from torch import nn

from ringcast.arithmetic import Conv2d, ConvTranspose2d
from ringcast.arithmetic.layers import MaxPool2d
from ringcast.arithmetic.shape import Shape

SIZES, KERNELS, STRIDES = range(1, 15), range(1, 7), range(1, 5)


def conv(size, kernel, stride=1, padding=0, dilation=1):
    """o of a convolution."""
    return Conv2d(1, 1, kernel, stride, padding, dilation).output(Shape(1, size, size)).height


def transposed(size, kernel, stride=1, padding=0, output_padding=0):
    """o' of the transpose of a convolution with that padding."""
    return ConvTranspose2d(1, 1, kernel, stride, padding, output_padding).output(Shape(1, size, size)).height


def stretched(size, stride):
    """i' with s - 1 zeros between its places, which a convolution of stride 1 and border p' slides over."""
    return stride * (size - 1) + 1


def cases(strides=(1,), paddings=range):
    """All (i, k, s, p) of which the kernel fits the padded input."""
    for size, kernel, stride in product(SIZES, KERNELS, strides):
        for padding in paddings(kernel):
            if size + 2 * padding >= kernel:
                yield size, kernel, stride, padding


def test_relation_1_no_padding_stride_1():
    for i, k, _, p in cases(paddings=lambda k: [0]):
        assert conv(i, k, padding=p) == i - k + 1


def test_relation_2_padding_stride_1():
    for i, k, _, p in cases():
        assert conv(i, k, padding=p) == i - k + 2 * p + 1


def test_relation_3_half_padding():
    for i, m in product(SIZES, range(4)):
        assert conv(i, 2 * m + 1, padding=m) == i
        assert Conv2d(1, 1, 2 * m + 1, padding="same").output(Shape(1, i, i)).height == i


def test_relation_4_full_padding():
    for i, k in product(SIZES, KERNELS):
        assert conv(i, k, padding=k - 1) == i + k - 1


def test_relation_5_strides_without_padding():
    for i, k, s, _ in cases(STRIDES, lambda k: [0]):
        assert conv(i, k, s) == (i - k) // s + 1


def test_relation_6_strides_and_padding():
    for i, k, s, p in cases(STRIDES):
        assert conv(i, k, s, p) == (i + 2 * p - k) // s + 1


def test_relation_7_pooling():
    for i, k, s, _ in cases(STRIDES, lambda k: [0]):
        assert MaxPool2d(k, s).output(Shape(1, i, i)).height == (i - k) // s + 1


def test_relation_8_transpose_of_1():
    for i, k, _, p in cases(paddings=lambda k: [0]):
        o = conv(i, k)
        full = k - 1 - p
        assert transposed(o, k, padding=p) == o + (k - 1) == conv(o, k, padding=full) == i


def test_relation_9_transpose_of_2():
    for i, k, _, p in cases():
        o = conv(i, k, padding=p)
        assert transposed(o, k, padding=p) == o + (k - 1) - 2 * p == conv(o, k, padding=k - p - 1) == i


def test_relation_10_transpose_of_3():
    for i, m in product(SIZES, range(4)):
        assert transposed(i, 2 * m + 1, padding=m) == i == conv(i, 2 * m + 1, padding=m)


def test_relation_11_transpose_of_4():
    for i, k in product(SIZES, KERNELS):
        o = conv(i, k, padding=k - 1)
        assert transposed(o, k, padding=k - 1) == o - (k - 1) == conv(o, k, padding=0) == i


def test_relation_12_transpose_of_5_where_the_stride_divides():
    for i, k, s, _ in cases(STRIDES, lambda k: [0]):
        if (i - k) % s == 0:
            o = conv(i, k, s)
            assert transposed(o, k, s) == s * (o - 1) + k == conv(stretched(o, s), k, padding=k - 1) == i


def test_relation_13_transpose_of_6_where_the_stride_divides():
    for i, k, s, p in cases(STRIDES):
        if (i + 2 * p - k) % s == 0:
            o = conv(i, k, s, p)
            assert transposed(o, k, s, p) == s * (o - 1) + k - 2 * p == conv(stretched(o, s), k, padding=k - p - 1) == i


def test_relation_14_transpose_of_6():
    """a = (i + 2 p - k) mod s rows are added at one end, which is PyTorch's output_padding."""
    for i, k, s, p in cases(STRIDES):
        o, a = conv(i, k, s, p), (i + 2 * p - k) % s
        assert transposed(o, k, s, p, output_padding=a) == s * (o - 1) + a + k - 2 * p == i
        assert conv(stretched(o, s) + a, k, padding=k - p - 1) == i


def test_relation_15_dilation():
    for (i, k, s, p), d in product(list(cases(STRIDES)), (1, 2, 3)):
        if i + 2 * p >= d * (k - 1) + 1:
            assert conv(i, k, s, p, d) == (i + 2 * p - k - (k - 1) * (d - 1)) // s + 1


def test_the_ranges_reach_every_case():
    everything = list(cases(STRIDES))
    assert len(everything) > 1000
    assert {(i + 2 * p - k) % s for i, k, s, p in everything} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("i", "o", "p", "k", "s", "d"),
    [
        pytest.param(4, 2, 0, 3, 1, 1, id="no padding, no strides"),
        pytest.param(5, 6, 2, 4, 1, 1, id="arbitrary padding, no strides"),
        pytest.param(5, 5, 1, 3, 1, 1, id="same padding, no strides"),
        pytest.param(5, 7, 2, 3, 1, 1, id="full padding, no strides"),
        pytest.param(5, 2, 0, 3, 2, 1, id="no padding, strides"),
        pytest.param(5, 3, 1, 3, 2, 1, id="padding, strides"),
        pytest.param(6, 3, 1, 3, 2, 1, id="padding, strides, odd"),
        pytest.param(7, 3, 0, 3, 1, 2, id="no padding, no strides, dilation"),
    ],
)
def test_animations_of_the_guide(i, o, p, k, s, d):
    assert conv(i, k, s, p, d) == o
    a = (i + 2 * p - d * (k - 1) - 1) % s
    back = ConvTranspose2d(1, 1, k, s, p, a, dilation=d).output(Shape(1, o, o))
    assert back == (1, i, i)


def test_torch_agrees():
    for i, k, s, p in list(cases(STRIDES))[::7]:
        image, o, a = torch.empty(1, 1, i, i, device="meta"), conv(i, k, s, p), (i + 2 * p - k) % s
        result = nn.Conv2d(1, 1, k, s, p, device="meta")(image)
        assert result.shape[2] == o
        assert nn.ConvTranspose2d(1, 1, k, s, p, a, device="meta")(result).shape[2] == i
        assert transposed(o, k, s, p, a) == i
        if p == 0:
            assert nn.MaxPool2d(k, s)(image).shape[2] == MaxPool2d(k, s).output(Shape(1, i, i)).height
