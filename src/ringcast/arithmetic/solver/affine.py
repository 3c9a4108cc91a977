"""Which offsets a number of blocks can have at a scale, and the sequences of blocks that have them.

Blocks are affine: n -> s n + c. A block (s, c) followed by blocks that make n -> S n + C together makes
n -> s S n + (c S + C). So the offsets of b blocks at scale S follow from those of b - 1 blocks at the scales S / s, and
a search that asks this table before every step enters no dead end. No size is tried.
"""

from collections.abc import Iterator
from functools import lru_cache

from ringcast.arithmetic.solver.alphabet import AxisBlock, Family

__all__ = ["offsets", "scales", "sequences"]


@lru_cache(maxsize=100_000)
def offsets(family: Family, scale: int, blocks: int) -> frozenset[int]:
    """Every C for which some sequence of so many blocks makes n -> scale n + C.

    >>> family = (AxisBlock("transposed", 2, 4), AxisBlock("transposed", 2, 4, padding=1))
    >>> sorted(offsets(family, 4, 2))
    [0, 2, 4, 6]
    """
    if not blocks:
        return frozenset({0} if scale == 1 else ())
    return frozenset(
        offset * (scale // step) + rest
        for step, offset in {(block.scale, block.offset) for block in family if scale % block.scale == 0}
        for rest in offsets(family, scale // step, blocks - 1)
    )


def scales(family: Family, blocks: int, most: int) -> list[int]:
    """The products of so many scales of the family's blocks, at most ``most``.

    >>> scales((AxisBlock("nearest", 2), AxisBlock("nearest", 3)), 2, most=8)
    [4, 6]
    """
    products = {1}
    for _ in range(blocks):
        products = {made * block.scale for made in products for block in family if made * block.scale <= most}
    return sorted(products)


def sequences(family: Family, scale: int, offset: int, blocks: int) -> Iterator[tuple[AxisBlock, ...]]:
    """Every sequence of so many blocks that makes n -> scale n + offset, in the order of the family.

    >>> family = (AxisBlock("transposed", 2, 4), AxisBlock("transposed", 2, 4, padding=1))
    >>> [[block.padding for block in found] for found in sequences(family, 4, 2, 2)]
    [[1, 0]]
    """
    if not blocks:
        if (scale, offset) == (1, 0):
            yield ()
        return
    for block in family:
        after, left = divmod(scale, block.scale)
        rest = offset - block.offset * after
        if not left and rest in offsets(family, after, blocks - 1):
            yield from ((block, *others) for others in sequences(family, after, rest, blocks - 1))
