"""The sentence that a check ends with."""

import pytest
import torch

from ringcast.arithmetic import parse
from ringcast.blocks import sequential
from ringcast.blocks.check_report import report
from ringcast.blocks.icnr import icnr_

EVEN = "4x8x8 convT(4,4,4,2) relu conv(4,2,3)"


def net_of(text, seed=5):
    return sequential(parse(text), generator=torch.Generator().manual_seed(seed))


def test_random_weights_are_as_random_weights():
    found = report(net_of(EVEN), parse(EVEN))
    random = found.starts["default"]
    assert min(random.indices) < found.check.index < max(random.indices)
    assert "as may happen with random weights" in found.verdict
    assert found.icnr_fault is None
    assert max(found.starts["icnr"].indices) < 1e-9


def test_more_and_less_than_random_weights():
    chain = parse(EVEN)
    alone = "4x8x8 convT(4,2,4,2,bias=false)"
    net = net_of(alone)
    with torch.no_grad():  # only the phases 0 and 1 of every row, with opposite signs: no mean is left
        net[0].weight[..., 1::2] = -net[0].weight[..., ::2]
    assert "more than in any of 32 networks" in report(net, parse(alone)).verdict
    quiet = icnr_(net_of(EVEN), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        quiet[0].weight[..., 0, 0] *= 1 + 1e-3
    assert "less than in any of 32 networks" in report(quiet, chain).verdict


def test_no_pattern_by_weights_or_by_strides():
    still = "4x8x8 convT(4,4,4,2) relu conv(4,2,3,2)"
    assert "no stride is left in it" in report(net_of(still), parse(still)).verdict
    smooth = "4x8x8 bilinear(2) conv(4,2,3)"
    found = report(net_of(smooth), parse(smooth))
    assert found.verdict == "the weights answer a constant with a constant: no checkerboard"
    assert "finds no layer" in found.icnr_fault


def test_structure_and_pictures_are_told_apart():
    text = "4x8x8 convT(4,2,3,2)"
    noise = torch.randn(4, 32, 32, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    pattern = noise + torch.cos(torch.pi * torch.arange(32.0))
    found = report(net_of(text), parse(text), own=noise, given=pattern)
    assert "; the structure is uneven at convT(4,2,3,2); its pictures show none beyond chance (" in found.verdict
    assert "; the pictures given show it (" in found.verdict


def test_an_instance_norm_leaves_nothing_of_a_constant():
    text = "4x8x8 instancenorm2d(4) convT(4,4,4,2) relu conv(4,2,3)"
    told = "; but layer 1, instancenorm2d(4), takes a constant away, so that only its pictures can tell"
    assert told in report(net_of(text), parse(text)).verdict
    tracked = text.replace("m2d(4)", "m2d(4,track_running_stats=true)")
    assert "takes a constant away" not in report(net_of(tracked), parse(tracked)).verdict


def test_large_chains_take_fewer_random_networks():
    text = "256x3x3 convT(256,128,4,2)"
    starts = report(net_of(text), parse(text)).starts
    assert [len(start.indices) for start in starts.values()] == [8, 8]
    share, error = starts["default"].index_without_biases
    assert share == pytest.approx(3 / 4, abs=4 * error)
