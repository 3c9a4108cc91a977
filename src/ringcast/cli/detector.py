"""``ringcast detector``: the tanks that Ringcast knows."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

__all__ = ["app"]

app = App(name="detector", help="Describe and draw a detector.")


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
        name: hyper-k, iwcd, iwcd-grid, mini, super-k, wcte, or a TOML file of your own tank.
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
    counts = {surface: len(tank.on(surface)) for surface in SURFACES}
    if json_output:
        counts |= {"dead": tank.n_dead} if tank.n_dead else {}
        sizes = {"radius_cm": tank.radius_cm, "half_height_cm": tank.half_height_cm, "coverage": tank.coverage}
        print(json.dumps({"name": tank.name, "pmt_type": tank.pmt_type, "sensors": counts, **sizes}))
        return
    print(f"{tank.name}: {tank.description}")
    print(f"  radius {tank.radius_cm:.1f} cm, half height {tank.half_height_cm:.1f} cm, axis z, origin at the centre")
    each = ", ".join(f"{count:,} {surface}" for surface, count in counts.items())
    print(f"  {len(tank):,} sensors of type {tank.pmt_type} ({each}), {100 * tank.coverage:.1f} % coverage")
    if tank.n_dead:
        print(f"  {tank.n_dead:,} of them dead")
    if path is not None:
        print(f"wrote {path}")
