"""All stacks between two sizes, or why there are none and what comes near."""

from collections.abc import Sequence
from dataclasses import dataclass

from ringcast.arithmetic.arguments import Pair
from ringcast.arithmetic.solver.alphabet import Alphabet
from ringcast.arithmetic.solver.ranking import Design
from ringcast.arithmetic.solver.search import Task, alike, apart, found
from ringcast.arithmetic.solver.shortfall import Reachable, nearest, reason

__all__ = ["Designs", "design"]


@dataclass(frozen=True)
class Designs:
    """What ``design`` found; sizes are (height, width)."""

    seed: Pair
    target: Pair
    solutions: tuple[Design, ...]
    """The stacks that fit exactly, the best first."""
    reason: str | None
    """Why no stack with equal parameters on both axes fits; None if one does."""
    nearest: tuple[Reachable, ...]
    """If none does: the sizes nearest to the target that equal parameters reach, each with its best stack."""

    @property
    def crop(self) -> Reachable | None:
        """The one of ``nearest`` that becomes the target by the smallest crop."""
        larger = [one for one in self.nearest if one.crop(self.target) is not None]
        return min(larger, key=lambda one: sum(one.size), default=None)


def design(
    seed: Pair,
    target: Pair,
    alphabet: Alphabet | None = None,
    *,
    channels: int | Sequence[int] = 64,
    out_channels: int = 3,
) -> Designs:
    """Find all stacks of an alphabet that turn ``seed`` into ``target`` exactly, and rank them.

    Stacks with equal parameters on both axes come first: if there are any, they are all that is returned. Otherwise
    each axis is solved on its own, and what shares the layers and the scale of every block is joined; if nothing is,
    the scales may differ too. Ranked by evenness, crop, share of pixels free of border effect, multiply-accumulates and
    weights; every stack is checked by running its sizes.

    Args:
        seed: (height, width) to begin with.
        target: (height, width) to end with, larger along both axes.
        alphabet: the blocks; all of :class:`Alphabet` if not given.
        channels: of the seed, halved at every second block; or of the seed and behind each block.
        out_channels: of the last layer.

    Raises:
        ArgumentError: a target that is not larger than the seed.
        LayerError: channels below 1.

    >>> made = design((11, 21), (88, 168), Alphabet(upsamplers=("nearest",), scales=(2,), convolutions=(3,)))
    >>> print(len(made.solutions), made.solutions[0].scale, made.solutions[0].chain.shapes[-1])
    1 (8, 8) 3 x 88 x 168
    """
    task = Task(tuple(seed), tuple(target), alphabet or Alphabet(), channels, out_channels)  # type: ignore[arg-type]
    solutions = found(task, alike(task))
    if solutions:
        return Designs(task.seed, task.target, tuple(solutions), None, ())
    for same_scales in (True, False):
        solutions = solutions or found(task, apart(task, same_scales=same_scales))
    return Designs(task.seed, task.target, tuple(solutions), reason(task), nearest(task))
