"""Stacks between two sizes: the slides', DCGAN's, the reasons why there are none, and the order of the list."""

import time

import pytest
import torch

from ringcast.arithmetic import parse, sizes
from ringcast.arithmetic.fields.chain_field import field
from ringcast.arithmetic.solver import Alphabet, design, design_seeds
from ringcast.arithmetic.solver.affine import offsets
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.arithmetic.upsamplers import UPSAMPLERS
from ringcast.blocks import sequential
from ringcast.errors import ArgumentError, LayerError

SLIDES = (
    "64x11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
DCGAN = (
    "100x1x1 convT(100,512,4) relu convT(512,256,4,2,1) relu convT(256,128,4,2,1) relu convT(128,64,4,2,1) relu "
    "convT(64,3,4,2,1)"
)


@pytest.fixture(scope="module")
def slides():
    return design((11, 21), (88, 168))


def by_text(designs):
    return {str(one): one for one in designs.solutions}


def test_section_9_the_stack_of_the_slides(slides):
    stack = by_text(slides)[SLIDES]
    assert (stack.params, stack.macs, stack.even) == (161_859, 186_869_760, True)
    assert stack.unaffected == 8400 / 14784
    assert stack.sees == (5, 5)


def test_section_8_scale_8_and_offset_0_hold_for_all(slides):
    assert {(one.scale, one.offset) for one in slides.solutions} == {((8, 8), (0, 0))}
    assert slides.reason is None
    assert slides.nearest == ()


def test_section_9_alternatives_that_keep_the_size_are_found(slides):
    ups_and_convs = {"B": ("4,2,1", "3,1,1"), "D": ("3,2,1,output_padding=1", "3,1,1"), "F": ("2,2", "3,1,1")}
    for up, conv in ups_and_convs.values():
        blocks = [
            f"convT({a},{b},{up}) relu conv({b},{c},{conv})" for a, b, c in ((64, 64, 64), (64, 32, 32), (32, 32, 3))
        ]
        assert "64x11x21 " + " relu ".join(blocks) in by_text(slides)


def test_section_10_dcgan():
    found = design((1, 1), (64, 64), Alphabet(upsamplers=("transposed",)), channels=(100, 512, 256, 128, 64))
    assert by_text(found)[DCGAN].scale == (16, 16)


def test_every_number_is_that_of_the_other_commands(slides):
    for one in slides.solutions[::4]:
        assert one.chain == parse(str(one))
        table, stack = sizes(one.chain), overlap(one.chain).stack
        assert (one.params, one.macs) == (table.params, table.macs)
        assert one.unaffected == stack.free_pixels / stack.pixels
        assert stack.even or not one.even
        assert one.sees[0] == max(field(one.chain).height.phases[-1].sizes)


def test_the_order(slides):
    keys = [(not one.even, -one.unaffected, one.macs, one.params) for one in slides.solutions]
    assert keys == sorted(keys)
    assert {one.even for one in slides.solutions} == {True, False}
    assert str(design((11, 21), (88, 168)).solutions) == str(slides.solutions)


def test_stacks_that_see_too_little_are_left_out(slides):
    wide = design((11, 21), (88, 168), Alphabet(sees=4))
    assert wide.solutions == tuple(one for one in slides.solutions if min(one.sees) >= 4)
    assert 0 < len(wide.solutions) < len(slides.solutions)
    none = design((11, 21), (88, 168), Alphabet(sees=99))
    assert none.solutions == ()
    assert none.reason == "with equal parameters on both axes, no output pixel sees 99 seed pixels along each axis"


def test_even_only_leaves_out_the_rest(slides):
    even = design((11, 21), (88, 168), Alphabet(even_only=True))
    assert list(by_text(even)) == [str(one) for one in slides.solutions if one.even]


def test_section_8_one_column_less_needs_parameters_for_each_axis():
    found = design((11, 21), (88, 167))
    assert found.reason == (
        "equal parameters on both axes need the scale (167 - 88) / (21 - 11) = 7.9, which is no whole number"
    )
    assert found.solutions
    assert all(one.chain.shapes[-1][1:] == (88, 167) and one.scale == (8, 8) for one in found.solutions)
    assert {one.size: one.crop((88, 167)) for one in found.nearest} == {
        (87, 167): None,
        (88, 168): (0, 1),
        (86, 166): None,
    }
    assert found.crop.size == (88, 168)


def test_super_kamiokande_from_7_x_19():
    found = design((7, 19), (51, 150))
    assert "(150 - 51) / (19 - 7) = 8.25, which is no whole number" in found.reason
    assert (found.crop.size, found.crop.crop((51, 150))) == ((54, 150), (3, 0))
    assert all(one.chain.shapes[-1][1:] == (51, 150) for one in found.solutions)


def test_a_crop_at_the_end():
    found = design((7, 19), (51, 150), Alphabet(crop=True, even_only=True))
    assert found.reason is None
    assert str(found.solutions[0]).endswith("crop(0,0,1,2)")
    assert found.solutions[0].crop == (3, 0)
    assert all(one.chain.shapes[-1][1:] == (51, 150) and max(one.crop) < one.scale[0] for one in found.solutions)


def test_scales_of_their_own():
    found = design((10, 10), (20, 30), Alphabet(upsamplers=("nearest", "shuffle")))
    assert {one.scale for one in found.solutions} == {(2, 3)}
    assert all("shuffle" not in str(one) for one in found.solutions)  # it has one factor for both axes
    assert "make squares of a square seed" in found.reason


@pytest.mark.parametrize(
    ("seed", "target", "alphabet", "reason"),
    [
        ((10, 20), (50, 100), Alphabet(), "= 5, which is no product of blocks that enlarge by 2, 3 or 4"),
        ((10, 20), (640, 1280), Alphabet(max_layers=2), "= 64, which takes more than 2 layers"),
        ((10, 20), (21, 22), Alphabet(), "= 0.1, which is no whole number"),
        ((10, 20), (31, 41), Alphabet(), "= 1, which does not enlarge"),
        ((10, 20), (11, 91), Alphabet(), "= 8, which is more than twice the ratio of the sizes, 2 at most"),
        (
            (11, 21),
            (89, 169),
            Alphabet(upsamplers=("nearest",), convolutions=(3,)),
            "= 8, and the offset 89 - 8 x 11 = 1; the alphabet reaches -4, -2, 0 there",
        ),
        ((10, 10), (27, 27), Alphabet(upsamplers=("nearest",)), "no scale and offset of the alphabet make 27 of 10"),
    ],
)
def test_reasons(seed, target, alphabet, reason):
    assert reason in design(seed, target, alphabet).reason


def test_offsets_of_three_blocks_of_two():
    """Section 8: 4 C1 + 2 C2 + C3, and a block CT k_t/2 + C k_c keeps n -> 2n if and only if k_t = k_c + 1."""
    family = Alphabet(upsamplers=("transposed",), scales=(2,), convolutions=(3,)).families[5]
    assert {(block.kernel, block.offset) for block in family} == {(4, 0), (4, 2), (4, -2)}
    assert offsets(family, 8, 3) == {4 * a + 2 * b + c for a in (0, 2, -2) for b in (0, 2, -2) for c in (0, 2, -2)}
    blocks = [
        block
        for one in Alphabet(upsamplers=("transposed",), scales=(2,), convolutions=(1, 3, 5)).families
        for block in one
        if block.conv_kernel and block.conv_padding == 0 and (block.padding, block.output_padding) == (0, 0)
    ]
    assert {(2, 1), (4, 3), (6, 5)} == {(one.kernel, one.conv_kernel) for one in blocks if one.offset == 0}


def test_channels_of_every_block():
    only = Alphabet(upsamplers=("nearest",), scales=(2,), convolutions=(3,))
    first = design((11, 21), (88, 168), only, channels=(7, 6, 5), out_channels=2).solutions[0]
    assert [layer.in_channels for layer in first.chain.layers if layer.params] == [7, 6, 5]
    assert first.chain.shapes[-1].channels == 2


@pytest.mark.parametrize(
    ("target", "first"),
    [((51, 150), [((6, 17), 9), ((5, 16), 9), ((17, 50), 3)]), ((88, 168), [((6, 11), 16), ((11, 21), 8)])],
)
def test_seeds(target, first):
    proposals = design_seeds(target)
    assert [(one.seed, one.design.scale[0]) for one in proposals[: len(first)]] == first
    assert len({one.seed for one in proposals}) == 10
    assert all(one.design.even and one.design.chain.shapes[-1][1:] == target for one in proposals)
    crops = [sum(one.design.crop) for one in proposals]
    assert crops == sorted(crops)


def test_seeds_that_need_a_crop():
    proposals = design_seeds((51, 149), limit=4)
    assert min(sum(one.design.crop) for one in proposals) < 3
    assert all(one.design.chain.shapes[-1][1:] == (51, 149) for one in proposals)


def test_the_default_search_answers_at_once():
    start = time.perf_counter()
    design((11, 21), (88, 168))
    assert time.perf_counter() - start < 2  # about 0.2 s on an idle machine


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: design((11, 21), (11, 168)),
            ArgumentError,
            "11x168 is not larger than the seed 11x21 along both axes",
        ),
        (lambda: design((11, 21, 3), (88, 168)), ArgumentError, r"seed is \(11, 21, 3\); expected \(height, width\)"),
        (lambda: design((0, 21), (88, 168)), ArgumentError, "both at least 1"),
        (
            lambda: design((11, 21), (88.0, 168)),
            ArgumentError,
            r"target is \(88.0, 168\); .* 1 and whole",
        ),
        (lambda: design_seeds((51.0, 150)), ArgumentError, r"target is \(51.0, 150\); expected"),
        (lambda: Alphabet(scales=(2.0,)), ArgumentError, r"scales are \(2.0,\); expected whole numbers"),
        (lambda: Alphabet(convolutions=(3.0,)), ArgumentError, r"convolutions are \(3.0,\); expected odd kernels"),
        (lambda: design((11, 21), (88, 168), channels=0), LayerError, "channels is 0"),
        (lambda: design((11, 21), (88, 168), channels=()), ArgumentError, "channels are empty"),
        (lambda: design((11, 21), (88, 168), out_channels=0), LayerError, "out_channels is 0"),
        (lambda: Alphabet(upsamplers=("up",)), ArgumentError, "upsampler is 'up'; expected one or more of transposed"),
        (lambda: Alphabet(upsamplers=()), ArgumentError, "upsampler is not given"),
        (lambda: Alphabet(max_layers=0), LayerError, "max_layers is 0; expected a whole number of at least 1"),
        (lambda: Alphabet(scales=(1,)), ArgumentError, "whole numbers of at least 2"),
        (lambda: Alphabet(convolutions=(4,)), ArgumentError, "expected odd kernels"),
        (lambda: design_seeds((5, 50)), ArgumentError, "both at least 6"),
        (lambda: design_seeds((99, 8193)), ArgumentError, "both at most 8192"),
        (
            lambda: design((7, 19), (8193, 150)),
            ArgumentError,
            "target is 8193x150; expected at most 8192 along each axis",
        ),
        (lambda: design_seeds((51, 150), limit=0), ArgumentError, "limit is 0"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("kernel", range(2, 9))
def test_section_8_a_block_without_padding_keeps_2n_for_one_pair_of_kernels(kernel):
    """CT k_t/2 + C k_c: n -> 2 n if and only if k_t = k_c + 1."""
    kept = [
        conv for conv in range(1, 9) if parse(f"9x9 convT(1,1,{kernel},2) conv(1,1,{conv})").shapes[-1].height == 18
    ]
    assert kept == [kernel - 1]


@pytest.mark.parametrize("single", [(8, 0, 0), (10, 1, 0), (9, 1, 1), (12, 2, 0), (16, 4, 0)])
def test_section_8_a_single_transposed_convolution_by_8(single):
    """k - 2 p + op = 8 at stride 8."""
    kernel, padding, output_padding = single
    layer = f"convT(1,1,{kernel},8,{padding},{output_padding})"
    assert parse(f"11x21 {layer}").shapes[-1] == (1, 88, 168)


@pytest.mark.parametrize("upsampler", UPSAMPLERS)
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_what_one_output_pixel_sees(upsampler, scale):
    alphabet = Alphabet(upsamplers=(upsampler,), scales=(scale,), max_layers=4)
    found = design((9, 13), (9 * scale**2, 13 * scale**2), alphabet, channels=1, out_channels=1).solutions
    assert found
    for one in found[::2]:
        assert one.sees[0] == max(field(one.chain).height.phases[-1].sizes)


@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize(
    ("seed", "target"), [((11, 21), (88, 168)), ((7, 19), (51, 150)), ((10, 10), (20, 30)), ((1, 1), (10, 10))]
)
def test_torch_makes_the_target_of_every_stack(seed, target, crop):
    for one in design(seed, target, Alphabet(crop=crop), channels=4).solutions[:60]:
        net = sequential(one.chain, device="meta")
        assert net(torch.empty(1, *one.chain.seed, device="meta")).shape == (1, 3, *target)
