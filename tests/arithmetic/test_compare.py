"""The upsamplers side by side, against the reference figures of section 9, obtained by running PyTorch 2.13."""

import pytest

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.comparison import RECIPES, blocks_between, compare
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.arithmetic.upsamplers import upsampler
from ringcast.blocks.check import non_dc_share_at_init
from ringcast.errors import ArgumentError, LayerError

UNEVEN = (105, 82, 99, 80, 102, 80, 99, 82)
SECTION_9 = {  # output, interior 1-D, ratio 1-D and 2-D, CV 2-D, params, MACs
    "A": ((88, 168), (216,), 1, 1, 0, 161_859, 186_869_760),
    "B": ((88, 168), (216,), 1, 1, 0, 161_859, 186_869_760),
    "C": ((81, 161), UNEVEN, 1.3125, 1.72266, 0.160375, 111_683, 128_605_536),
    "D": ((88, 168), UNEVEN, 1.3125, 1.72266, 0.160375, 111_683, 140_507_136),
    "E": ((74, 154), (27,), 1, 1, 0, 75_843, 89_132_416),
    "F": ((88, 168), (27,), 1, 1, 0, 75_843, 107_390_976),
    "convT 6/2 p2, conv 3 p1": ((88, 168), (729,), 1, 1, 0, 305_219, 319_334_400),
    "nearest + conv 3, conv 3 p1": ((88, 168), (729,), 1, 1, 0, 111_683, 319_334_400),
    "conv 3 + shuffle, conv 3 p1": ((88, 168), (729,), 1, 1, 0, 305_603, 319_334_400),
    "convT 3/2 alone": ((95, 175), (4, 3, 5, 2, 5, 3, 4, 1), 5, 25, 0.572460, None, None),
}
BORDERS = {"A": (14, 14), "B": (14, 14), "C": (7, 7), "D": (7, 14), "E": (0, 0), "F": (7, 7)}
PROFILES = {
    "B": (41, 71, 106, 122, 149, 160, 178, 185, 197, 202, 209, 211, 214, 215),
    "F": (8, 15, 18, 22, 23, 25, 26),
}


@pytest.fixture(scope="module")
def rows():
    return {row.name.partition(":")[0]: row for row in compare((11, 21))}


@pytest.mark.parametrize("name", SECTION_9)
def test_section_9_alternatives(rows, name):
    output, pattern, ratio_1d, ratio_2d, variation, params, macs = SECTION_9[name]
    row = rows[name]
    assert row.output == (3, *output)
    for axis in row.taps.axes:
        assert axis.pattern in [pattern[turn:] + pattern[:turn] for turn in range(len(pattern))]
        assert float(axis.ratio) == ratio_1d
    assert float(row.taps.ratio) == pytest.approx(ratio_2d, abs=5e-6)
    assert row.taps.variation == pytest.approx(variation, abs=5e-7)
    if params is not None:
        assert (row.params, row.macs) == (params, macs)


@pytest.mark.parametrize("name", BORDERS)
def test_section_9_borders(rows, name):
    assert rows[name].taps.height.border == rows[name].taps.width.border == BORDERS[name]


@pytest.mark.parametrize("name", PROFILES)
def test_section_9_profiles(rows, name):
    assert rows[name].taps.height.profile == (PROFILES[name], PROFILES[name])


@pytest.mark.parametrize(
    ("name", "amplitudes"),
    [("C", (0.007995, 0.012346, 0.000235, 0.111111)), ("convT 3/2 alone", (0.089415, 0.111111, 0.015341, 0.333333))],
)
def test_section_9_amplitudes(rows, name, amplitudes):
    assert rows[name].taps.height.amplitudes == pytest.approx(amplitudes, abs=5e-7)


@pytest.mark.parametrize(("border", "affected"), [("zeros", 7), ("replicate", 0)])
def test_section_9_nearest_with_one_convolution(border, affected):
    layers = [layer for _ in range(3) for layer in upsampler("nearest", 1, 1, border=border)]
    taps = overlap(ConvChain.of((11, 21), layers)).stack
    assert taps.height.border == taps.width.border == (affected, affected)


def test_unpool_is_uneven_like_the_transposed_convolution_of_3(rows):
    unpool = rows["unpool + conv 3, conv 3 p1"]
    assert unpool.taps.variation == pytest.approx(0.160375, abs=5e-7)
    assert unpool.params == rows["D"].params
    assert unpool.learnt == rows["D"].learnt == 36_928 + 18_464 + 9_248


def test_what_is_learnt(rows):
    assert rows["A"].learnt == 65_600 + 32_800 + 16_416
    assert rows["nearest + conv 3, conv 3 p1"].learnt == rows["bilinear + conv 3, conv 3 p1"].learnt == 0


@pytest.mark.parametrize("name", ["A", "C", "E", "conv 3 + shuffle, conv 3 p1", "nearest + conv 3, conv 3 p1"])
def test_section_7_share_at_init_of_three_blocks(rows, name):
    """0.71 (A), 0.75 (C), 0.74 (E), 0.73 (shuffle), 0 (nearest); an independent run, so within both scatters."""
    expected = {"A": 0.71, "C": 0.75, "E": 0.74, "conv 3 + shuffle, conv 3 p1": 0.73}.get(name, 0.0)
    mean, error = non_dc_share_at_init(rows[name].chain, draws=32, seed=1)
    assert mean == pytest.approx(expected, abs=4 * error + 0.01)


@pytest.mark.parametrize("name", ["transposed", "unpool", "shuffle", "nearest", "bilinear"])
def test_section_7_expected_share_of_one_upsampler(rows, name):
    """1 - 1 / s^2 for weights that differ from phase to phase."""
    chain = ConvChain.of((9, 9), upsampler(name, 8, 8))
    mean, error = non_dc_share_at_init(chain, draws=64)
    row = next(row for row in rows.values() if name.replace("transposed", "convT 4/2 p1") in row.name)
    assert mean == pytest.approx(row.block_share, abs=4 * error + 1e-9)


def test_blocks_between():
    targets = [(12, 22), (22, 42), (44, 84), (88, 168), (90, 150)]
    assert [blocks_between((11, 21), target) for target in targets] == [1, 1, 2, 3, 3]
    with pytest.raises(ArgumentError, match="target 11x84 is not larger than the seed 11x21"):
        blocks_between((11, 21), (11, 84))


def test_other_channels():
    row = compare((11, 21), blocks=2, channels=(5, 4, 3), out_channels=1)[0]
    assert str(row.chain) == "5x11x21 convT(5,4,4,2) relu conv(4,4,3) relu convT(4,3,4,2) relu conv(3,1,3)"


def test_recipes_that_do_not_fit_are_left_out():
    names = {row.name for row in compare((1, 1))}
    assert {name[0] for name in RECIPES if name not in names} == {"E"}
    with pytest.raises(LayerError, match="blocks is 0"):
        compare((11, 21), blocks=0)
    with pytest.raises(LayerError, match="the input height is 0"):
        compare((0, 21))
