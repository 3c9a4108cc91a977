"""The checkerboard index: closed forms, reference figures of random nets, and refusals."""

from functools import partial

import pytest
import torch

from ringcast.arithmetic import parse
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.blocks import sequential
from ringcast.blocks.check import (
    check,
    checkerboard_index,
    constant_response,
    non_dc_share,
    non_dc_share_at_init,
    responses_at_init,
    tile_spectrum,
    without_biases,
)
from ringcast.blocks.icnr import icnr_
from ringcast.errors import ArgumentError, LayerError

CHANNELS = ((64, 64, 64), (64, 32, 32), (32, 32, 3))
SHUFFLE = ("conv({a},{b4},3,1,1) shuffle(2)", "3,1,1")
NETS = {
    "A": ("convT({a},{b},4,2)", "3"),
    "C": ("convT({a},{b},3,2)", "3"),
    "E": ("convT({a},{b},2,2)", "3"),
    "shuffle": SHUFFLE,
    "nearest": ("nearest(2) conv({a},{b},3,1,1)", "3,1,1"),
    "bilinear": ("bilinear(2) conv({a},{b},3,1,1)", "3,1,1"),
}


def three_blocks(name):
    up, conv = NETS[name]
    blocks = [f"{up.format(a=a, b=b, b4=4 * b)} relu conv({b},{c},{conv})" for a, b, c in CHANNELS]
    return parse(" ".join(["64x11x21", " relu ".join(blocks)]))


@pytest.mark.parametrize("stride", [2, 3, 4])
@pytest.mark.parametrize("kernels", [1, 2])
def test_one_transposed_layer_on_a_constant(stride, kernels):
    """Section 7: the expected non-DC share is 1 - 1/s^2 for any kernel."""
    chain = parse(f"8x3x3 convT(8,8,{kernels * stride},{stride})")
    share, error = non_dc_share_at_init(chain, draws=100)
    assert error < 0.015
    assert abs(share - (1 - 1 / stride**2)) < 4 * error


@pytest.mark.parametrize(("name", "reference"), [("A", 0.71), ("C", 0.75), ("E", 0.74), ("shuffle", 0.73)])
def test_three_blocks(name, reference):
    """Section 7: 0.71 (A), 0.75 (C), 0.74 (E), 0.73 (shuffle); taken as means over 24 nets, for the scatter."""
    draws = 40
    share, error = non_dc_share_at_init(three_blocks(name), draws=draws)
    scatter = error * draws**0.5
    assert abs(share - reference) < 4 * scatter * (1 / draws + 1 / 24) ** 0.5


@pytest.mark.parametrize("name", ["nearest", "bilinear"])
@pytest.mark.parametrize("biases", [False, True])
def test_interpolation_has_none(name, biases):
    """Section 7: 0.0000."""
    assert max(non_dc_share_at_init(three_blocks(name), draws=3, biases=biases)) < 1e-9


@pytest.mark.parametrize("name", ["A", "E", "shuffle"])
def test_icnr_has_none(name):
    """Section 7: 0.0000; with the biases too, which ICNR makes equal before a shuffle."""
    prepare = partial(icnr_, generator=torch.Generator().manual_seed(2))
    assert max(non_dc_share_at_init(three_blocks(name), draws=3, biases=True, prepare=prepare)) < 1e-9


@pytest.mark.parametrize(("name", "reference"), [("A", 0.083), ("C", 0.084), ("E", 0.085), ("shuffle", 0.335)])
def test_default_biases(name, reference):
    """Section 7, median rms / |DC| with PyTorch's biases: 0.083 (A), 0.084 (C), 0.085 (E), 0.335 (shuffle)."""
    draws = 64
    responses = responses_at_init(three_blocks(name), draws=draws, seed=0, biases=True)
    mean = responses.mean((-2, -1), keepdim=True)
    ratios = (responses - mean).square().mean((-2, -1)).sqrt() / mean[..., 0, 0].abs()
    of_nets = ratios.median(-1).values.sort().values
    reach = 2 * int(draws**0.5)  # the rank of the true median scatters by sqrt(draws) / 2; four of these to both sides
    assert of_nets[draws // 2 - reach] < reference < of_nets[draws // 2 + reach]


def test_the_power_map_at_init_is_the_overlap_map():
    """Section 7: the mean of y^2 over random nets is proportional to the overlap map, borders and all."""
    chain = parse("6x4x5 convT(6,6,3,2) relu conv(6,6,3)")
    generator, powers = torch.Generator().manual_seed(3), []
    for _ in range(400):
        net = without_biases(sequential(chain, generator=generator, dtype=torch.float64))
        constant = torch.randn(1, 6, 1, 1, generator=generator, dtype=torch.float64)
        with torch.no_grad():
            powers.append(net(constant.expand(-1, -1, 4, 5)).square().mean((0, 1)))
    power = torch.stack(powers)
    expected = torch.tensor([[float(taps) for taps in row] for row in overlap(chain).stack.rows], dtype=torch.float64)
    mean = power.mean(0)
    # noise of relative size e on a map with coefficient of variation v lowers the correlation to 1 / sqrt(1 + e^2/v^2);
    # the scale of a whole net is common to all pixels and does not count
    relative = (power / power.mean((1, 2), keepdim=True)).std(0) / 400**0.5
    noise, variation = float((relative / (mean / mean.mean())).max()), float(expected.std() / expected.mean())
    assert noise < 0.1
    correlation = float(torch.corrcoef(torch.stack([mean.flatten(), expected.flatten()]))[0, 1])
    assert correlation > 1 / (1 + (4 * noise / variation) ** 2) ** 0.5
    assert correlation > 0.97


def test_the_size_of_the_seed_does_not_matter():
    chain = three_blocks("A")
    small = parse(str(chain).replace("64x11x21", "64x5x9"))
    assert non_dc_share_at_init(chain, draws=2) == non_dc_share_at_init(small, draws=2)


def test_the_index_of_known_weights():
    """A kernel of 1 2 / 3 4 on stride 2 paints itself: energy 30, of the mean 2.5 25."""
    chain = parse("1x3x3 convT(1,1,2,2,bias=false)")
    net = sequential(chain)
    net[0].weight.data = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    found = check(net, chain)
    assert found.index == found.index_without_biases == pytest.approx(1 - 25 / 30)
    assert checkerboard_index(net, chain) == found.index
    assert found.spectrum.flatten().tolist() == pytest.approx([100 / 120, 4 / 120, 16 / 120, 0])
    assert constant_response(net, chain, torch.tensor([[2.0]])).tolist() == [[[[2.0, 4.0], [6.0, 8.0]]]]


def test_biases_count_and_can_be_left_out():
    chain = parse("1x3x3 convT(1,1,2,2)")
    net = sequential(chain)
    net[0].weight.data = torch.tensor([[[[1.0, -1.0], [1.0, -1.0]]]])
    net[0].bias.data = torch.tensor([1.0])
    found = check(net, chain, constants=torch.tensor([[1.0]]))
    assert (found.index, found.index_without_biases) == (pytest.approx(0.5), pytest.approx(1))
    assert float(net[0].bias.detach()) == 1


def test_the_spectrum_adds_up_to_the_index():
    tile = torch.randn(5, 3, 8, 6, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    spectrum = tile_spectrum(tile)
    assert spectrum.sum() == pytest.approx(1)
    assert spectrum.sum() - spectrum[0, 0] == pytest.approx(non_dc_share(tile))


def test_nothing_has_no_share():
    assert non_dc_share(torch.zeros(2, 4, 4)) == 0
    assert tile_spectrum(torch.zeros(2, 4, 4)).sum() == 0


def test_refusals():
    chain = parse("1x3x3 convT(1,1,2,2)")
    with pytest.raises(ArgumentError, match="draws is 1; expected at least 2"):
        non_dc_share_at_init(chain, draws=1)
    with pytest.raises(ArgumentError, match=r"constants have shape \(1, 2\); expected \(draws, 1 seed channels\)"):
        checkerboard_index(sequential(chain), chain, constants=torch.zeros(1, 2))
    with pytest.raises(ArgumentError, match=r"constants have shape \(1, 2\); expected \(draws, 1 seed channels\)"):
        non_dc_share_at_init(chain, constants=torch.zeros(1, 2))
    unpooled = parse("1x8x8 maxpool(2) maxunpool(2)")
    with pytest.raises(LayerError, match="the data decide"):
        checkerboard_index(sequential(unpooled), unpooled)
    fixed = parse("1x8x8 upsample(size=20x20) conv(1,1,17)")
    with pytest.raises(LayerError, match="leaves a tile of 5 pixels clear of the borders"):
        checkerboard_index(sequential(fixed), fixed)


@pytest.mark.parametrize("number", [torch.nan, torch.inf])
def test_damaged_weights_are_no_clean_answer(number):
    chain = parse("1x3x3 convT(1,1,2,2)")
    net = sequential(chain)
    net[0].weight.data.fill_(number)
    with pytest.raises(LayerError, match="numbers that are not finite"):
        checkerboard_index(net, chain)


def test_random_networks_without_biases_are_those_with_them_but_for_the_biases():
    chain = parse("4x5x5 convT(4,4,4,2) relu conv(4,3,3)")
    kept = []
    with_biases = responses_at_init(chain, draws=3, seed=5, biases=True, prepare=kept.append)
    constants = torch.randn(3, 4, dtype=torch.float64)
    bare = responses_at_init(chain, draws=3, seed=5, constants=constants)
    for draw, net in enumerate(kept):
        assert net[0].bias.abs().max() > 0
        expected = constant_response(without_biases(net), chain, constants[draw][None])
        assert torch.equal(bare[draw], expected[0])
    assert with_biases.shape == bare.shape
