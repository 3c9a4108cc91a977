"""``ringcast detector``: the tanks that Ringcast knows."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ringcast.units import m

if TYPE_CHECKING:
    from ringcast.geometry import Detector

__all__ = ["app"]

app = App(name="detector", help="List, describe and draw detectors.")
_PIPE_WIDTH = 160
"""Columns of a table that no terminal shows."""


@app.command(name="list")
def list_presets(*, json_output: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """List the detectors that have a name: size, sensors, coverage and where the numbers come from.

    Example:
        ringcast detector list

    Args:
        json_output: Print the list as one JSON document.
    """
    from ringcast.geometry import PRESETS, load_detector
    from ringcast.geometry.config import preset_source

    tanks = [load_detector(name) for name in PRESETS]
    if json_output:
        print(json.dumps([_numbers(tank) | {"source": preset_source(tank.name)} for tank in tanks]))
        return
    rows = []
    for tank in tanks:
        size = (f"{tank.radius_cm / m:.2f} m", f"{2 * tank.half_height_cm / m:.2f} m")
        cover = f"{100 * tank.coverage:.1f} %"
        rows.append((tank.name, *size, f"{len(tank):,}", tank.pmt_type, cover, preset_source(tank.name)))
    _print_table(("name", "radius", "height", "sensors", "type", "coverage", "source"), rows)


@app.command
def sensors(*, json_output: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """List the types of sensors that a detector can have, for the key pmt_type of your own TOML file.

    Efficiency is the largest product of quantum and collection efficiency, charge the mean of one photoelectron, time
    the standard deviation at 1 pe, electronics what --digitiser auto takes.

    Example:
        ringcast detector sensors

    Args:
        json_output: Print the list as one JSON document.
    """
    from ringcast.simulation.sensor_types import sensor_types

    if json_output:
        print(json.dumps([kind._asdict() for kind in sensor_types()]))
        return
    rows = [
        (
            kind.name,
            f"{kind.radius_cm:.1f} cm",
            f"{100 * kind.peak_efficiency:.1f} % at {kind.peak_nm:.0f} nm",
            f"{kind.charge_pe:.2f} pe",
            f"{kind.time_spread_ns:.2f} ns",
            f"{kind.dark_rate_khz:.1f} kHz",
            kind.digitiser,
        )
        for kind in sensor_types()
    ]
    _print_table(("type", "radius", "efficiency", "charge", "time", "dark rate", "electronics"), rows)


def _print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns of numbers stand on the right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for heading, first in zip(headings, rows[0], strict=True):
        number = first[:1].isdigit() and "at" not in first
        table.add_column(heading, justify="right" if number else "left", no_wrap=heading != "source")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    Console(markup=False, highlight=False, width=width).print(table)


def _numbers(tank: "Detector") -> dict[str, Any]:
    """What the program says of a detector, as plain values."""
    from ringcast.geometry import SURFACES

    counts = {surface: len(tank.on(surface)) for surface in SURFACES}
    counts |= {"dead": tank.n_dead} if tank.n_dead else {}
    sizes = {"radius_cm": tank.radius_cm, "half_height_cm": tank.half_height_cm, "coverage": tank.coverage}
    return {"name": tank.name, "pmt_type": tank.pmt_type, "sensors": counts, **sizes}


@app.command
def show(
    name: str,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    dead: Path | None = None,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Say how large a detector is and how many sensors it has, and draw where they are.

    Example:
        ringcast detector show super-k -o super-k.png

    Args:
        name: A name of ringcast detector list, such as super-k, or a TOML file of your own tank.
        output: Picture to write: .png, .pdf or .svg.
        dead: Text file of the numbers of dead sensors, from 0.
        json_output: Print the numbers as one JSON document.
    """
    from ringcast.cli.replacing import replacing
    from ringcast.cli.show import picture_path
    from ringcast.geometry import SURFACES, load_detector

    path = None if output is None else picture_path(output, "")
    tank = load_detector(name, dead=() if dead is None else dead)
    if path is not None:
        from ringcast.views.panel import detector_panel
        from ringcast.views.unrolled import event_figure

        with replacing(path) as beside:
            event_figure([detector_panel(tank)], tank).savefig(beside, dpi=200)
    if json_output:
        print(json.dumps(_numbers(tank)))
        return
    print(f"{tank.name}: {tank.description}")
    print(f"  radius {tank.radius_cm:.1f} cm, half height {tank.half_height_cm:.1f} cm, axis z, origin at the centre")
    each = ", ".join(f"{len(tank.on(surface)):,} {surface}" for surface in SURFACES)
    print(f"  {len(tank):,} sensors of type {tank.pmt_type} ({each}), {100 * tank.coverage:.1f} % coverage")
    if tank.n_dead:
        print(f"  {tank.n_dead:,} of them dead")
    if path is not None:
        print(f"wrote {path}")
