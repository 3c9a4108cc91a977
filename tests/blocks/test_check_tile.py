"""Period and clear places against the responses of random networks."""

import pytest
import torch

from ringcast.arithmetic import parse
from ringcast.blocks import sequential
from ringcast.blocks.check_tile import clear_places, period, tile_of
from ringcast.errors import LayerError

CHAINS = [
    "2x9x9 convT(2,2,4,2) relu conv(2,2,3)",
    "2x9x9 convT(2,2,3,2,1,1) tanh conv(2,2,3,1,1) convT(2,1,5,3,2,dilation=2)",
    "2x9x9 convT(2,2,3x2,2x3) conv(2,2,3,2x1,1,padding_mode=circular)",
    "2x9x9 conv(2,2,3,2,padding=1) convT(2,1,2,2)",
    "2x9x9 convT(2,2,1,3) conv(2,2,3,2)",
]


@pytest.mark.parametrize("text", CHAINS)
def test_clear_places_do_not_know_the_size_of_the_seed(text):
    """A clear place has the value that the same place, moved by whole periods, has far inside a large seed."""
    chain = parse(text)
    net = sequential(chain, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    down, right = (period(chain.layers, axis, 9) for axis in (0, 1))
    tile = tile_of(chain)
    large = tile_of(chain, periods=5)
    assert tile.period == large.period == (down, right)
    with torch.no_grad():
        responses = [net(torch.ones(1, 2, *place.seed, dtype=torch.float64)) for place in (tile, large)]
    small, big = (
        response[(..., *place.rows_cols)].roll((place.start[0] % down, place.start[1] % right), (-2, -1))
        for response, place in zip(responses, (tile, large), strict=True)
    )
    assert (small - big).abs().max() < 1e-12


def test_the_slides_decoder_has_8400_clear_pixels():
    """Section 9: 60 x 140 of 88 x 168 are unaffected by the border, 14 on each side are not."""
    chain = parse(
        "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
        "convT(32,32,4,2) relu conv(32,3,3)"
    )
    for axis, (size, length) in enumerate(((11, 60), (21, 140))):
        assert clear_places(chain.layers, axis, size) == [False] * 14 + [True] * length + [False] * 14
    assert tile_of(chain).period == (8, 8)


def test_a_period_out_of_reach_is_refused():
    with pytest.raises(LayerError, match=r"repeats only after 1024 pixels; expected at most 512"):
        tile_of(parse("1x3x3 convT(1,1,1024,1024)"))


def test_a_layer_that_fixes_its_output_keeps_the_size_of_the_seed():
    """8 to 20 enlarges by 5/2 only from 8."""
    tile = tile_of(parse("1x8x8 upsample(size=20x20,mode=bilinear) conv(1,1,3)"))
    assert (tile.period, tile.seed) == ((5, 5), (8, 8))


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        ("1x9x9 pad(3,reflect) convT(1,1,2,2)", (4, 4)),  # a smaller one cannot be mirrored over 3 pixels
        ("1x9x9 pad(0,0,4,4,circular) convT(1,1,2,2)", (4, 1)),
        ("1x9x9 instancenorm2d(1) convT(1,1,2,2)", (1, 2)),  # one pixel has no spread
        ("1x1x1 bilinear(3,align_corners=true)", (1, 1)),
    ],
)
def test_the_seed_is_one_that_all_layers_take(text, seed):
    chain = parse(text)
    tile = tile_of(chain)
    assert tile.seed == seed
    result = sequential(chain)(torch.ones(1, chain.seed.channels, *seed))
    assert result[(..., *tile.rows_cols)].shape[-2:] == tile.period
