"""Tables of the conv commands: one row for each layer, numbers on the right."""

import sys

from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.table import Table

__all__ = ["console", "fits", "grid", "readable_bytes"]

_PIPE_WIDTH = 120
"""Columns of a table that no terminal shows."""
_NARROWEST = 8
"""Columns that are left to the names of layers."""


def console() -> Console:
    """Where tables are printed: as wide as the terminal, and of one width where there is none."""
    return Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def grid(*headings: str) -> Table:
    """An empty table; names of layers stand on the left and fold where it is narrow, numbers on the right."""
    table = Table(box=None, header_style="bold")
    for heading in headings:
        name = heading == "layer"
        alignment: JustifyMethod = "left" if name else "right"
        least = _NARROWEST if name else None
        table.add_column(heading, justify=alignment, overflow="fold", no_wrap=not name, min_width=least)
    return table


def fits(table: Table, where: Console) -> bool:
    """Whether a table needs no folding.

    >>> from io import StringIO
    >>> table = grid("layer", "out")
    >>> table.add_row("convT(64,64,4,2)", "64 x 24 x 44")
    >>> [fits(table, Console(file=StringIO(), width=width)) for width in (31, 32)]
    [False, True]
    """
    endless = where.options.update(width=100_000)
    return Measurement.get(where, endless, table).maximum <= where.width


def readable_bytes(count: int) -> str:
    """Bytes in the largest binary unit that leaves at least 1.

    >>> [readable_bytes(count) for count in (1023, 1024, 262_400, 5 * 1024**2, 2**45)]
    ['1023 B', '1.0 KiB', '256.2 KiB', '5.0 MiB', '32.0 TiB']
    """
    if count < 1024:
        return f"{count} B"
    size, units = count / 1024, ["KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size, units = size / 1024, units[1:]
    return f"{size:,.1f} {units[0]}"
