"""Fields: which seed pixels an output pixel depends on, and which output pixels a seed pixel paints.

Sets are exact, through every layer and by phase: a stack of transposed layers gives neighbouring output pixels fields
of different sizes, so that no single number describes it. Max pooling counts all pixels of its window, and max
unpooling all pixels it may take its number from. All channels of a map count as one.
"""

from dataclasses import dataclass

from ringcast.arithmetic.chain import ConvChain
from ringcast.arithmetic.effort import require_followable
from ringcast.arithmetic.fields.axis_field import AxisField, axis_field
from ringcast.arithmetic.fields.places import Places
from ringcast.arithmetic.shape import Shape
from ringcast.errors import ArgumentError

__all__ = ["Box", "Field", "field"]


@dataclass(frozen=True)
class Box:
    """Rows and columns of a map; the pixels are all pairs of them.

    >>> print(Box(Places(0b11, 3), Places(0b101, 8)))
    rows 3-4, cols 8-10 (with gaps)
    """

    rows: Places
    columns: Places

    def __str__(self) -> str:
        if not self.rows.mask or not self.columns.mask:
            return "nothing"
        gaps = " (with gaps)" if self.rows.gaps or self.columns.gaps else ""
        return f"{_span('row', self.rows)}, {_span('col', self.columns)}{gaps}"


@dataclass(frozen=True)
class Field:
    """The fields of a chain.

    >>> found = field(ConvChain.of((11, 21), ["convT(1,1,4,2)", "conv(1,1,3)"]))
    >>> print(found.receptive(0, 20)[0], "|", found.painted(5, 10))
    rows 0-1, cols 9-11 | rows 8-13, cols 18-23
    """

    shapes: tuple[Shape, ...]
    """Of the seed and after every layer."""
    names: tuple[str, ...]
    """The layers' texts."""
    height: AxisField
    width: AxisField

    @property
    def axes(self) -> tuple[AxisField, AxisField]:
        """Height and width."""
        return self.height, self.width

    def receptive(self, row: int, column: int) -> tuple[Box, ...]:
        """What one output pixel depends on: in the seed, and after every layer, itself last.

        Raises:
            ArgumentError: no pixel of the output.
        """
        _check("output", row, column, self.shapes[-1])
        paths = zip(self.height.path(row), self.width.path(column), strict=True)
        return tuple(Box(rows, columns) for rows, columns in paths)

    def painted(self, row: int, column: int) -> Box:
        """The output pixels that one seed pixel has an effect on.

        Raises:
            ArgumentError: no pixel of the seed.
        """
        _check("seed", row, column, self.shapes[0])
        return Box(self.height.projective(row), self.width.projective(column))


def field(chain: ConvChain) -> Field:
    """The receptive and projective fields of a chain.

    Raises:
        LayerError: maps or kernels too large to follow every row and column.

    >>> field(ConvChain.of((11, 21), ["convT(1,1,3,2)", "conv(1,1,3)"])).height.phases[-1].sizes
    (3, 2)
    """
    require_followable(chain)
    shapes = chain.shapes
    height, width = (
        axis_field([layer.line(axis, shape.axis(axis)) for layer, shape in zip(chain.layers, shapes, strict=False)])
        for axis in (0, 1)
    )
    return Field(shapes, tuple(str(layer) for layer in chain.layers), height, width)


def _span(name: str, places: Places) -> str:
    return f"{name} {places.first}" if places.size == 1 else f"{name}s {places.first}-{places.last}"


def _check(name: str, row: int, column: int, shape: Shape) -> None:
    for axis, place, size in (("row", row, shape.height), ("column", column, shape.width)):
        if not 0 <= place < size:
            raise ArgumentError(
                f"{name} pixel {row},{column}: {axis} {place} does not exist; the {name} has {size} "
                f"{axis}s, expected 0 to {size - 1}"
            )
