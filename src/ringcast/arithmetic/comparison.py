"""Ways to enlarge a map, side by side: the same number of blocks by 2, the same channels, another upsampler.

Every block enlarges and then refines with a convolution of 3 (but one, to show the upsampler alone). The blocks A to F
are transposed convolutions with and without padding; the others are the upsamplers of
:mod:`ringcast.arithmetic.upsamplers`, whose sizes are exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import log2

from ringcast.arithmetic.arguments import Pair, whole
from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.layers import Activation, Conv2d, ConvTranspose2d, Layer
from ringcast.arithmetic.shape import Shape
from ringcast.arithmetic.solver.stack import widths
from ringcast.arithmetic.tap_maps.chain_overlap import overlap
from ringcast.arithmetic.tap_maps.tap_map import TapMap
from ringcast.arithmetic.upsamplers import upsampler
from ringcast.errors import ArgumentError, LayerError

__all__ = ["RECIPES", "Comparison", "blocks_between", "compare"]


@dataclass(frozen=True)
class _Recipe:
    """One block: an upsampler by name, or a transposed convolution by its numbers; and the convolution behind it."""

    up: str | tuple[int, ...]
    """A name, or kernel, stride, padding and output padding."""
    refine: int | None = 1
    """Padding of the convolution of 3; None if there is none."""

    def up_layers(self, before: int, after: int) -> tuple[Layer, ...]:
        if isinstance(self.up, str):
            return upsampler(self.up, before, after)
        kernel, stride, padding, output_padding = (*self.up, 0, 0)[:4]
        return (ConvTranspose2d(before, after, kernel, stride, padding, output_padding),)


RECIPES: dict[str, _Recipe] = {
    "A: convT 4/2, conv 3": _Recipe((4, 2), 0),
    "B: convT 4/2 p1, conv 3 p1": _Recipe((4, 2, 1)),
    "C: convT 3/2, conv 3": _Recipe((3, 2), 0),
    "D: convT 3/2 p1 op1, conv 3 p1": _Recipe((3, 2, 1, 1)),
    "E: convT 2/2, conv 3": _Recipe((2, 2), 0),
    "F: convT 2/2, conv 3 p1": _Recipe((2, 2)),
    "convT 6/2 p2, conv 3 p1": _Recipe((6, 2, 2)),
    "convT 3/2 alone": _Recipe((3, 2), None),
    "unpool + conv 3, conv 3 p1": _Recipe("unpool"),
    "nearest + conv 3, conv 3 p1": _Recipe("nearest"),
    "bilinear + conv 3, conv 3 p1": _Recipe("bilinear"),
    "conv 3 + shuffle, conv 3 p1": _Recipe("shuffle"),
}
"""Name of a row, and its block; k/s is kernel and stride, p padding, op output padding."""
_INTERPOLATIONS = ("nearest", "bilinear")


@dataclass(frozen=True)
class Comparison:
    """One way to enlarge, in numbers."""

    name: str
    chain: ConvChain
    learnt: int
    """Trained numbers that decide what the new pixels hold.

    They are those of a transposed convolution, or of the convolution that fills a bed of nails or a pixel shuffle; an
    interpolation has none.
    """
    block_share: float
    """Expected share of non-constant energy, of a constant image behind one upsampler with fresh independent weights.

    It is 1 - 1 / s^2, for each of the s^2 output phases has weights of its own; 0 for an interpolation.
    """

    @property
    def output(self) -> Shape:
        """Shape behind the last layer."""
        return self.chain.shapes[-1]

    @property
    def params(self) -> int:
        """Trained numbers of all layers."""
        return sum(layer.params for layer in self.chain.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of all layers for one image."""
        return sum(layer.macs(shape) for layer, shape in zip(self.chain.layers, self.chain.shapes, strict=False))

    @cached_property
    def taps(self) -> TapMap:
        """Overlap of the whole stack: pattern, ratio, variation, borders."""
        return overlap(self.chain).stack


def compare(
    seed: Pair, *, blocks: int = 3, channels: int | Sequence[int] = 64, out_channels: int = 3
) -> tuple[Comparison, ...]:
    """Build every recipe with so many blocks by 2 on one seed; those with a layer that does not fit are left out.

    Args:
        seed: (height, width) to begin with.
        blocks: each enlarges by 2.
        channels: of the seed, halved at every second block; or of the seed and behind each block.
        out_channels: of the last layer.

    Raises:
        LayerError: a seed or channels below 1, or no block.

    >>> first = compare((11, 21))[0]
    >>> print(first.name, first.output, first.params, first.macs, first.taps.height.pattern)
    A: convT 4/2, conv 3 3 x 88 x 168 161859 186869760 (216,)
    """
    whole("blocks", blocks, least=1)
    wide = widths(channels, blocks)
    found, refused = [], ""
    for name, recipe in RECIPES.items():
        try:
            found.append(_comparison(name, recipe, seed, wide, out_channels))
        except LayerError as error:
            refused = str(error)
    if not found:
        raise LayerError(refused)
    return tuple(found)


def blocks_between(seed: Pair, target: Pair) -> int:
    """Blocks by 2 that come nearest to the target.

    Raises:
        ArgumentError: a target that is not larger than the seed along both axes.

    >>> blocks_between((11, 21), (88, 168))
    3
    """
    ratios = [Fraction(goal, start) for start, goal in zip(seed, target, strict=True)]
    if min(ratios) <= 1:
        raise ArgumentError(
            f"target {target[0]}x{target[1]} is not larger than the seed {seed[0]}x{seed[1]} along both axes; "
            f"upsamplers only enlarge"
        )
    return max(1, round(log2(ratios[0] * ratios[1]) / 2))


def _comparison(name: str, recipe: _Recipe, seed: Pair, wide: tuple[int, ...], out_channels: int) -> Comparison:
    layers: list[Layer] = []
    learnt = 0
    blocks = len(wide) - 1
    for number, (before, width) in enumerate(pairwise(wide), start=1):
        last = number == blocks
        after = out_channels if last else width
        up = recipe.up_layers(before, after if recipe.refine is None else width)
        learnt += 0 if recipe.up in _INTERPOLATIONS else sum(layer.params for layer in up)
        layers += up
        if recipe.refine is not None:
            layers += [Activation("relu"), Conv2d(width, after, 3, 1, recipe.refine)]
        layers += [] if last else [Activation("relu")]
    share = 0.0 if recipe.up in _INTERPOLATIONS else 1 - 1 / 4
    return Comparison(name, ConvChain.of(seed, layers), learnt, share)
