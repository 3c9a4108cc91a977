"""Seed sizes for a target: those from which a stack with equal parameters on both axes reaches it, or nearly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2

from ringcast.arithmetic.arguments import Pair, is_whole
from ringcast.arithmetic.solver.affine import offsets, scales
from ringcast.arithmetic.solver.alphabet import Alphabet
from ringcast.arithmetic.solver.ranking import Candidate, Design
from ringcast.arithmetic.solver.search import LARGEST_TARGET, Task, found, ways, widest_crop
from ringcast.errors import ArgumentError

__all__ = ["SeedProposal", "design_seeds"]

_GOOD_SIDE = 8
"""Pixels along the shorter side of a seed: coarse enough to be one picture, fine enough to say where."""
_SMALLEST_SIDE = 3
"""A seed with fewer rows or columns is all border."""


@dataclass(frozen=True)
class SeedProposal:
    """A seed, and the best stack from it to the target; ``design.crop`` is what the last layer takes away."""

    seed: Pair
    design: Design


def design_seeds(
    target: Pair,
    alphabet: Alphabet | None = None,
    *,
    channels: int | Sequence[int] = 64,
    out_channels: int = 3,
    limit: int = 10,
) -> tuple[SeedProposal, ...]:
    """Propose seeds for a target: exact ones first, then by the smallest crop.

    Among equals, those whose S n is near the target come first, and then a side near 8 pixels. The same
    parameters serve both axes. Blocks that paint a checkerboard whatever their weights are left out.

    Raises:
        ArgumentError: a target that is no (height, width), or a limit below 1.

    >>> [(made.seed, made.design.scale[0], made.design.crop) for made in design_seeds((51, 150), limit=2)]
    [((6, 17), 9, (0, 0)), ((5, 16), 9, (0, 0))]
    """
    least = 2 * _SMALLEST_SIDE
    if len(target) != 2 or not all(is_whole(size, least) for size in target):
        raise ArgumentError(f"target is {target!r}; expected (height, width), both at least {least}")
    if max(target) > LARGEST_TARGET:
        raise ArgumentError(f"target is {target!r}; expected (height, width), both at most {LARGEST_TARGET}")
    if limit < 1:
        raise ArgumentError(f"limit is {limit}; expected at least 1")
    settled = replace(alphabet or Alphabet(), even_only=True, crop=True)
    best: dict[Pair, SeedProposal] = {}
    for option in sorted(set(_options(tuple(target), settled)), key=_key):  # type: ignore[arg-type]
        if option.seed not in best:
            made = _stack(option, Task(option.seed, tuple(target), settled, channels, out_channels))  # type: ignore[arg-type]
            if made is not None:
                best[option.seed] = SeedProposal(option.seed, made)
        if len(best) == limit:
            break
    return tuple(best.values())


@dataclass(frozen=True)
class _Option:
    """A seed with the scale and offset that lead to the target and ``crop`` rows and columns more."""

    seed: Pair
    scale: int
    offset: int
    crop: Pair


def _options(target: Pair, alphabet: Alphabet) -> Iterator[_Option]:
    for family in alphabet.families:
        for blocks in range(1, alphabet.max_layers // family[0].layers + 1):
            for scale in scales(family, blocks, min(target) // _SMALLEST_SIDE):
                for offset in offsets(family, scale, blocks):
                    seed = -((offset - target[0]) // scale), -((offset - target[1]) // scale)
                    crop = scale * seed[0] + offset - target[0], scale * seed[1] + offset - target[1]
                    option = _Option(seed, scale, offset, crop)
                    if min(seed) >= _SMALLEST_SIDE and all(_usable(option, target, axis) for axis in (0, 1)):
                        yield option


def _usable(option: _Option, target: Pair, axis: int) -> bool:
    """Whether the seed is smaller than the target, not much is thrown away, and the crop is narrow."""
    side, goal = option.seed[axis], target[axis]
    narrow = option.crop[axis] <= widest_crop(option.scale, target)[axis]
    return side < goal and option.scale * side <= 2 * goal and narrow


def _key(option: _Option) -> tuple[int, int, float, Pair, int, int]:
    """Least crop, least seed pixels lost or made at the ends, a side near the good one."""
    unusual = abs(log2(min(option.seed) / _GOOD_SIDE))
    return sum(option.crop), abs(option.offset) // option.scale, unusual, option.seed, abs(option.offset), option.offset


def _stack(option: _Option, task: Task) -> Design | None:
    stacks = (stack for way in ways(task) for stack in way.stacks(option.scale, option.offset))
    designs = found(task, (Candidate(stack, stack, option.crop) for stack in stacks))
    return designs[0] if designs else None
