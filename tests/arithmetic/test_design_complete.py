"""Whatever the search returns fits, and whatever fits is returned: against trying every stack of small alphabets."""

from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ringcast.arithmetic import ConvChain
from ringcast.arithmetic.solver import Alphabet, design
from ringcast.arithmetic.solver.alphabet import SPREADS
from ringcast.arithmetic.solver.stack import stack_layers
from ringcast.arithmetic.upsamplers import UPSAMPLERS


def size_after(stack, size):
    """Size behind a stack, one layer after the other by the formulas of the manual; 0 if a layer does not fit."""
    for block in stack:
        convolved = -(block.conv_kernel - 1) + 2 * block.conv_padding if block.conv_kernel else 0
        if block.upsampler == "shuffle":
            size = block.scale * max(0, size + convolved)
        else:
            grown = (size - 1) * block.scale - 2 * block.padding + block.kernel + block.output_padding
            size = (grown if block.upsampler == "transposed" else size * block.scale) + convolved
        if size < 1:
            return 0
    return size


def scale_of(stack):
    scale = 1
    for block in stack:
        scale *= block.scale
    return scale


def every_stack(alphabet, seed):
    for family in alphabet.families:
        for spread in [(), *[(one,) for one in SPREADS if seed == (1, 1)]]:
            for blocks in range(1, (alphabet.max_layers - len(spread)) // family[0].layers + 1):
                yield [spread + stack for stack in product(family, repeat=blocks)]


def tried(seed, target, alphabet):
    """Texts of all stacks with equal parameters that fit; without one, of those with parameters for each axis."""

    def text(rows, columns, crop=(0, 0)):
        return str(ConvChain.of(seed, stack_layers(rows, columns, 8, 3, crop)))

    def allowed(stack, axis):
        return scale_of(stack) * seed[axis] <= 2 * target[axis]

    groups = list(every_stack(alphabet, seed))
    found = set()
    for stack in (one for group in groups for one in group if allowed(one, 0) and allowed(one, 1)):
        made = size_after(stack, seed[0]), size_after(stack, seed[1])
        crop = made[0] - target[0], made[1] - target[1]
        widest = [min(scale_of(stack) - 1, goal // 10) * alphabet.crop for goal in target]
        if min(made) and min(crop) >= 0 and crop[0] <= widest[0] and crop[1] <= widest[1]:
            found.add(text(stack, stack, crop))
    for same_scales in (True, False):
        if found:
            break
        for group in groups:
            fits = [
                [one for one in group if allowed(one, axis) and size_after(one, seed[axis]) == target[axis]]
                for axis in (0, 1)
            ]
            for rows, columns in product(*fits):
                alike = [a.scale == b.scale for a, b in zip(rows, columns, strict=True)]
                if all(alike) or not (same_scales or rows[-1].upsampler == "shuffle"):  # a spread may come first
                    found.add(text(rows, columns))
    return found


@st.composite
def tasks(draw):
    """An alphabet and a seed, and a target that one of its stacks makes, now and then a little beside it."""
    alphabet = Alphabet(
        upsamplers=tuple(draw(st.lists(st.sampled_from(UPSAMPLERS), min_size=1, max_size=2, unique=True))),
        scales=tuple(draw(st.lists(st.sampled_from((2, 3, 4)), min_size=1, max_size=2, unique=True))),
        convolutions=tuple(draw(st.lists(st.sampled_from((1, 3, 5)), min_size=1, max_size=2, unique=True))),
        max_layers=draw(st.integers(1, 4)),
        even_only=draw(st.booleans()),
        crop=draw(st.booleans()),
    )
    groups = [group for group in every_stack(alphabet, (2, 2)) if group]
    assume(groups)
    side = st.integers(1, 12)
    seed = draw(st.one_of(st.just((1, 1)), *[st.tuples(side, side)] * 4))
    group = draw(st.sampled_from(groups))
    rows = draw(st.sampled_from(group))
    columns = draw(st.one_of(st.just(rows), *[st.sampled_from(group)] * 2))
    beside = draw(st.sampled_from([(0, 0), (0, 0), (0, 0), (0, -1), (1, 1), (-2, 1)]))
    target = size_after(rows, seed[0]) + beside[0], size_after(columns, seed[1]) + beside[1]
    assume(all(goal > start for goal, start in zip(target, seed, strict=True)))
    return seed, target, alphabet


@given(tasks())
@settings(max_examples=400, deadline=None)
def test_the_search_finds_what_trying_everything_finds(task):
    seed, target, alphabet = task
    found = design(seed, target, alphabet, channels=8)
    assert all(one.chain.shapes[-1] == (3, *target) for one in found.solutions)
    texts = [str(one) for one in found.solutions]
    assert len(set(texts)) == len(texts)
    assert set(texts) == tried(seed, target, alphabet)
    assert all(
        start * scale + offset - crop == goal
        for one in found.solutions
        for start, scale, offset, crop, goal in zip(seed, one.scale, one.offset, one.crop, target, strict=True)
    )
    for near in found.nearest:
        assert near.design.chain.shapes[-1][1:] == near.size != target


@given(tasks())
@settings(max_examples=60, deadline=None)
def test_if_equal_parameters_fail_the_reason_is_told(task):
    seed, target, alphabet = task
    found = design(seed, target, alphabet)
    alike = any(one.scale[0] == one.scale[1] and not found.reason for one in found.solutions)
    assert (found.reason is None) == alike
    if found.crop is not None:
        assert min(found.crop.crop(target)) >= 0


def test_the_slides_sizes_in_the_default_alphabet():
    """Scale 8 takes at most three blocks, that is, 6 layers."""
    texts = {str(one) for one in design((11, 21), (88, 168), channels=8).solutions}
    assert texts == tried((11, 21), (88, 168), Alphabet(max_layers=6))
    assert len(texts) == 94
