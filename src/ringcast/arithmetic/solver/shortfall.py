"""Why no stack with equal parameters on both axes fits, and which sizes near the target can be reached."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.solver.affine import offsets, scales
from ringcast.arithmetic.solver.alphabet import layers_text
from ringcast.arithmetic.solver.ranking import Candidate, Design
from ringcast.arithmetic.solver.search import Need, Task, alike, found, needs, ways

__all__ = ["Reachable", "nearest", "reason", "size_text"]

_SHOWN = 3
"""Sizes that are offered, and offsets that are named on either side of the one that is missing."""


@dataclass(frozen=True)
class Reachable:
    """A size near the target that a stack with equal parameters on both axes makes exactly."""

    size: Pair
    design: Design
    """The best stack for it."""

    def crop(self, target: Pair) -> Pair | None:
        """Rows and columns to crop for the target; None if the size is smaller along an axis."""
        rows, columns = self.size[0] - target[0], self.size[1] - target[1]
        return (rows, columns) if min(rows, columns) >= 0 else None


def reason(task: Task) -> str:
    """Say why both axes cannot share their parameters.

    >>> from ringcast.arithmetic.solver.alphabet import Alphabet
    >>> reason(Task((11, 21), (88, 167), Alphabet()))
    'equal parameters on both axes need the scale (167 - 88) / (21 - 11) = 7.9, which is no whole number'
    """
    (height, width), (rows, columns) = task.seed, task.target
    if task.alphabet.sees > 1 and found(wider := _seeing_less(task), alike(wider)):
        return (
            f"with equal parameters on both axes, no output pixel sees {task.alphabet.sees} seed pixels along each axis"
        )
    if height == width:
        if rows != columns:
            return f"equal parameters on both axes make squares of a square seed, and {size_text(task.target)} is none"
        return f"no scale and offset of the alphabet make {rows} of {height}"
    scale = Fraction(columns - rows, width - height)
    formula = f"the scale ({columns} - {rows}) / ({width} - {height}) = {float(scale):.6g}"
    if scale.denominator != 1:
        return f"equal parameters on both axes need {formula}, which is no whole number"
    if scale < 2:
        return f"equal parameters on both axes need {formula}, which does not enlarge"
    return f"equal parameters on both axes need {formula}, {_no_blocks(task, int(scale))}"


def _seeing_less(task: Task) -> Task:
    return replace(task, alphabet=replace(task.alphabet, sees=1))


def _no_blocks(task: Task, scale: int) -> str:
    """What is wrong with a whole scale, as the end of a sentence."""
    if scale > min(task.largest):
        return f"which is more than twice the ratio of the sizes, {min(task.largest)} at most"
    fitting = [way for way in ways(task) if scale in scales(way.family, way.blocks, scale)]
    if not fitting:
        return _no_product(task, scale)
    offset = next((need.offset for need in needs(task, scale)), task.target[0] - scale * task.seed[0])
    spread = [(way, sum(block.offset for block in way.spread) * scale) for way in fitting]
    reached = sorted({add + one for way, add in spread for one in offsets(way.family, scale, way.blocks)})
    if offset in reached:
        return f"and the offset {offset}, but on the way the map gets too small for a layer"
    below = [str(one) for one in reached if one < offset][-_SHOWN:]
    above = [str(one) for one in reached if one > offset][:_SHOWN]
    near = ", ".join([*below, *above])
    return f"and the offset {rows_text(task, scale, offset)}; the alphabet reaches {near} there"


def _no_product(task: Task, scale: int) -> str:
    factors = [str(factor) for factor in task.alphabet.scales]
    listed = factors[0] if len(factors) == 1 else f"{', '.join(factors[:-1])} or {factors[-1]}"
    any_number = range(1, scale.bit_length())
    if not any(scale in scales(family, blocks, scale) for family in task.alphabet.families for blocks in any_number):
        return f"which is no product of blocks that enlarge by {listed}"
    return f"which takes more than {layers_text(task.alphabet.max_layers)} with blocks that enlarge by {listed}"


def rows_text(task: Task, scale: int, offset: int) -> str:
    """The offset as the difference that it is."""
    return f"{task.target[0]} - {scale} x {task.seed[0]} = {offset}"


def nearest(task: Task) -> tuple[Reachable, ...]:
    """The sizes nearest to the target, by rows plus columns, and the smallest that is at least as large, each once."""
    needed = sorted(_reached(task), key=lambda need: (_distance(task, need), _size(task, need)))
    chosen: dict[Pair, Reachable] = {}
    larger = False
    for need in needed:
        size = _size(task, need)
        covers = size[0] >= task.target[0] and size[1] >= task.target[1]
        if size in chosen or size == task.target or (len(chosen) >= _SHOWN and not (covers and not larger)):
            continue
        reachable = _best(task, need, size)
        if reachable is not None:
            chosen[size] = reachable
            larger = larger or covers
        if larger and len(chosen) >= _SHOWN:
            break
    return tuple(chosen.values())


def _reached(task: Task) -> Iterator[Need]:
    for way in ways(task):
        for scale in scales(way.family, way.blocks, min(task.largest)):
            add = sum(block.offset for block in way.spread) * scale
            made = (Need(scale, add + offset) for offset in offsets(way.family, scale, way.blocks))
            yield from (need for need in made if _enlarges(task, need))


def _size(task: Task, need: Need) -> Pair:
    return need.scale * task.seed[0] + need.offset, need.scale * task.seed[1] + need.offset


def _enlarges(task: Task, need: Need) -> bool:
    return all(made > start for made, start in zip(_size(task, need), task.seed, strict=True))


def _distance(task: Task, need: Need) -> int:
    return sum(abs(made - goal) for made, goal in zip(_size(task, need), task.target, strict=True))


def _best(task: Task, need: Need, size: Pair) -> Reachable | None:
    goal = Task(task.seed, size, task.alphabet, task.channels, task.out_channels)
    stacks = (stack for way in ways(goal) for stack in way.stacks(need.scale, need.offset))
    designs = found(goal, (Candidate(stack, stack) for stack in stacks))
    return Reachable(size, designs[0]) if designs else None


def size_text(size: Pair) -> str:
    """Height x width."""
    return f"{size[0]}x{size[1]}"
