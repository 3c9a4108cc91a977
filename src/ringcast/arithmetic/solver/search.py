"""The stacks of an alphabet between two sizes: each axis fixes scale and offset, and these fix the blocks."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ringcast.arithmetic.arguments import Pair, is_whole, whole
from ringcast.arithmetic.solver.affine import offsets, scales, sequences
from ringcast.arithmetic.solver.alphabet import SPREADS, Alphabet, Family
from ringcast.arithmetic.solver.ranking import Candidate, Design, axis_length, judged, seen
from ringcast.arithmetic.solver.stack import AxisStack
from ringcast.errors import ArgumentError

__all__ = ["LARGEST_TARGET", "Need", "Task", "alike", "apart", "found", "needs", "ways", "widest_crop"]

LARGEST_TARGET = 8192
"""Pixels along an axis; every stack that fits is followed from pixel to pixel, which takes half a minute for these."""


@dataclass(frozen=True)
class Task:
    """What is asked for; sizes are (height, width).

    Raises:
        ArgumentError: sizes that are no two whole numbers, or a target that is not larger than the seed.
    """

    seed: Pair
    target: Pair
    alphabet: Alphabet
    channels: int | Sequence[int] = 64
    """Of the seed, halved at every second block; or of the seed and behind each block."""
    out_channels: int = 3

    def __post_init__(self) -> None:
        whole("out_channels", self.out_channels, least=1)
        for name, size in (("seed", self.seed), ("target", self.target)):
            if len(size) != 2 or not all(is_whole(one, least=1) for one in size):
                raise ArgumentError(f"{name} is {size!r}; expected (height, width), both at least 1 and whole")
        if max(self.target) > LARGEST_TARGET:
            raise ArgumentError(
                f"target is {self.target[0]}x{self.target[1]}; expected at most {LARGEST_TARGET} along each axis, so "
                f"take k pixels off the seed and S k off the target, between which the same stacks of scale S fit"
            )
        if any(goal <= start for start, goal in zip(self.seed, self.target, strict=True)):
            raise ArgumentError(
                f"target {self.target[0]}x{self.target[1]} is not larger than the seed {self.seed[0]}x{self.seed[1]} "
                f"along both axes; a stack of upsamplers only enlarges"
            )

    @property
    def largest(self) -> Pair:
        """The largest scale of each axis: nobody wants to throw away more than is kept."""
        return 2 * self.target[0] // self.seed[0], 2 * self.target[1] // self.seed[1]


class Need(NamedTuple):
    """Scale and offset that both axes share, and what is cropped after them."""

    scale: int
    offset: int
    crop: Pair = (0, 0)


class Way(NamedTuple):
    """A family, how many of its blocks, and what spreads a seed of one pixel before them."""

    family: Family
    blocks: int
    spread: AxisStack = ()

    def stacks(self, scale: int, offset: int) -> Iterator[AxisStack]:
        """The sequences of this way that make n -> scale n + offset; of one pixel, the spread is part of the offset."""
        rest = offset - sum(block.offset for block in self.spread) * scale
        if rest in offsets(self.family, scale, self.blocks):
            yield from (self.spread + blocks for blocks in sequences(self.family, scale, rest, self.blocks))


def ways(task: Task) -> Iterator[Way]:
    """Every family with every number of blocks that the alphabet allows."""
    spreads: list[AxisStack] = [(), *([(one,) for one in SPREADS] if task.seed == (1, 1) else [])]
    for family in task.alphabet.families:
        for spread in spreads:
            most = (task.alphabet.max_layers - len(spread)) // family[0].layers
            for blocks in range(1, most + 1):
                if not scales(family, blocks, max(task.largest)):
                    break
                yield Way(family, blocks, spread)


def widest_crop(scale: int, target: Pair) -> Pair:
    """Rows and columns that a last layer may take away: fewer than a seed pixel becomes, and at most a tenth.

    >>> widest_crop(8, (51, 150))
    (5, 7)
    """
    return min(scale - 1, target[0] // 10), min(scale - 1, target[1] // 10)


def needs(task: Task, scale: int) -> Iterator[Need]:
    """What both axes need at a scale if all their parameters are equal: C = H' - S H = W' - S W.

    With a crop, H' and W' may be larger by what is cropped.
    """
    widest = widest_crop(scale, task.target) if task.alphabet.crop else (0, 0)
    for rows in range(widest[0] + 1):
        offset = task.target[0] + rows - scale * task.seed[0]
        columns = scale * task.seed[1] + offset - task.target[1]
        if 0 <= columns <= widest[1]:
            yield Need(scale, offset, (rows, columns))


def alike(task: Task) -> Iterator[Candidate]:
    """Stacks with the same parameters on both axes."""
    for way in ways(task):
        for scale in scales(way.family, way.blocks, min(task.largest)):
            for need in needs(task, scale):
                for stack in way.stacks(need.scale, need.offset):
                    yield Candidate(stack, stack, need.crop)


def apart(task: Task, *, same_scales: bool) -> Iterator[Candidate]:
    """Stacks whose axes are solved on their own: the same layers, other padding, and other scales if allowed."""
    for way in ways(task):
        rows, columns = (_by_scales(task, way, axis, same_scales=same_scales) for axis in (0, 1))
        for steps, stacks in rows.items():
            for row in stacks:
                yield from (Candidate(row, column) for column in columns.get(steps, ()))


def _by_scales(task: Task, way: Way, axis: int, *, same_scales: bool) -> dict[tuple[int, ...], list[AxisStack]]:
    """Stacks that fit one axis, by what the other axis must share; a pixel shuffle has one factor for both."""
    size, goal = task.seed[axis], task.target[axis]
    found = defaultdict(list)
    for scale in scales(way.family, way.blocks, task.largest[axis]):
        for stack in way.stacks(scale, goal - scale * size):
            if axis_length(stack, size):
                shared = same_scales or stack[-1].upsampler == "shuffle"
                found[tuple(block.scale for block in stack) if shared else ()].append(stack)
    return found


def found(task: Task, candidates: Iterator[Candidate]) -> list[Design]:
    """The candidates that fit when their sizes are run through and that see enough, the best first."""
    wide = (one for one in candidates if min(seen(one.rows), seen(one.columns)) >= task.alphabet.sees)
    designs = (judged(one, task.seed, task.target, task.channels, task.out_channels) for one in wide)
    return sorted((one for one in designs if one is not None), key=lambda design: design.key)
