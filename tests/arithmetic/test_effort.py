"""Where following every row and column ends: a sentence at once instead of minutes, and nothing of common size."""

from time import perf_counter

import pytest

from ringcast.arithmetic import parse
from ringcast.arithmetic.effort import MOST_PRODUCTS, require_followable
from ringcast.arithmetic.fields.chain_field import field
from ringcast.arithmetic.size_table import sizes
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.errors import LayerError

TOO_LARGE = [
    "100000x100000 convT(1,1,4,2) relu conv(1,1,3)",
    f"1x2x2{' convT(1,1,4,2,1)' * 29}",
    "1x9x9 conv(1,1,99999999,1,49999999)",
    "1x999999999x1 relu",
]


@pytest.mark.parametrize("text", TOO_LARGE, ids=[text[:24] for text in TOO_LARGE])
@pytest.mark.parametrize("follow", [sizes, overlap, field])
def test_what_would_take_minutes_is_refused_at_once(follow, text):
    chain, begin = parse(text), perf_counter()
    with pytest.raises(LayerError, match=r"^layer \d+, .*: following every row and column takes more than 2,097,152 "):
        follow(chain)
    assert perf_counter() - begin < 1


def test_equal_layers_are_followed_once_for_sizes():
    chain = parse(f"1x64x64{' conv(1,1,3,1,1)' * 6000}")
    assert sum(2 * 64 * 3 for _ in chain.layers) > MOST_PRODUCTS
    assert sizes(chain).macs == 6000 * 9 * 64 * 64
    with pytest.raises(LayerError, match="layer 5462, "):
        require_followable(chain)


def test_a_deep_decoder_of_a_4k_picture_is_followed():
    require_followable(parse(f"64x270x480{' bilinear(2) conv(64,64,3,1,1) conv(64,64,3,1,1)' * 3} conv(64,3,7,1,3)"))
