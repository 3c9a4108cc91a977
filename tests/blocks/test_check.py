"""The checkerboard index: closed forms, reference figures of random nets, and refusals."""

import pytest

from ringcast.arithmetic import parse
from ringcast.blocks.check import non_dc_share_at_init
from ringcast.errors import ArgumentError

CHANNELS = ((64, 64, 64), (64, 32, 32), (32, 32, 3))


def three_blocks(upsampler, conv):
    blocks = [f"convT({a},{b},{upsampler}) relu conv({b},{c},{conv})" for a, b, c in CHANNELS]
    return parse(" ".join(["11x21", " relu ".join(blocks)]))


@pytest.mark.parametrize("stride", [2, 3, 4])
@pytest.mark.parametrize("kernels", [1, 2])
def test_one_transposed_layer_on_a_constant(stride, kernels):
    """Section 7: the expected non-DC share is 1 - 1/s^2 for any kernel."""
    chain = parse(f"8x3x3 convT(8,8,{kernels * stride},{stride})")
    share, error = non_dc_share_at_init(chain, draws=100)
    assert error < 0.015
    assert abs(share - (1 - 1 / stride**2)) < 4 * error


@pytest.mark.parametrize(
    ("upsampler", "conv", "reference"),
    [("4,2", "3", 0.71), ("3,2", "3", 0.75), ("2,2", "3", 0.74)],
    ids=["A", "C", "E"],
)
def test_three_blocks(upsampler, conv, reference):
    """Section 7, 24 nets each: 0.71 (A), 0.75 (C), 0.74 (E)."""
    share, error = non_dc_share_at_init(three_blocks(upsampler, conv), draws=100)
    scatter = error * 10
    assert abs(share - reference) < 4 * scatter * (1 / 100 + 1 / 24) ** 0.5


def test_the_size_of_the_seed_does_not_matter():
    chain = three_blocks("4,2", "3")
    small = parse(str(chain).replace("64x11x21", "64x5x9"))
    assert non_dc_share_at_init(chain, draws=2) == non_dc_share_at_init(small, draws=2)


def test_an_error_needs_two_draws():
    with pytest.raises(ArgumentError, match="draws is 1; expected at least 2"):
        non_dc_share_at_init(parse("1x3x3 convT(1,1,2,2)"), draws=1)
