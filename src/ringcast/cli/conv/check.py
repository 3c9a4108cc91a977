"""``ringcast conv check``: the checkerboard of given weights.

The document of ``--json``; shares are between 0 and 1:

* ``chain`` (text); ``index``, ``index_without_biases``; ``verdict`` (text); ``picture``: the file written, with ``-o``.
* ``layers[]``, the upsampling steps: ``first`` and ``last`` (numbers of their layers), ``name``, ``even``,
  ``non_dc_share``, ``worst`` (``channel``, ``non_dc_share``), ``gain_rms`` (by phase, rows of columns), ``noise_gain``
  (sum of squared weights by phase for the height and for the width, of interpolation alone; else null).
* ``starts``: ``default`` and ``icnr`` (null where ICNR does not apply), each ``index``, ``error``,
  ``index_without_biases``, ``error_without_biases``.
* ``tile``, ``spectrum``: where the response to a constant was measured, and the energy at each frequency of its period.
* ``pictures``: ``own`` and ``given``, the share of energy at checkerboard frequencies in real outputs, or null.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table

from ringcast.cli.conv.chain_argument import AsJson, InputSize
from ringcast.cli.conv.check_subject import pictures_of, subject_of
from ringcast.cli.conv.table import console, fits, grid
from ringcast.cli.progress import waiting
from ringcast.cli.replacing import replacing
from ringcast.cli.show import picture_path

if TYPE_CHECKING:
    from ringcast.arithmetic.line import Number
    from ringcast.blocks.check_report import Report
    from ringcast.blocks.check_spectrum import PictureShare

__all__ = ["check_command"]

_DPI = 160


def check_command(
    weights: Annotated[
        str,
        Parameter(
            help=(
                "Shipped name or file of a trained network; a safetensors file of other weights, with --chain; or "
                "package.module:Net, a torch module."
            )
        ),
    ],
    /,
    *,
    chain: Annotated[str | None, Parameter(help="Size and layers of plain weights, in quotes.")] = None,
    prefix: Annotated[str, Parameter(help="With --chain: take tensors whose names start so.")] = "",
    input_size: InputSize = None,
    outputs: Annotated[Path | None, Parameter(help="Pictures to examine, .npy or .npz: (image, row, col).")] = None,
    output: Annotated[Path | None, Parameter(alias="-o", help="Picture to write: .png, .svg or .pdf.")] = None,
    as_json: AsJson = False,
) -> None:
    """How much checkerboard the weights of a network put into a constant, and its pictures show.

    The index is the share of the energy beyond the mean in the answer to a constant seed, away from the borders: 0 is
    none. It stands beside those of the same chain with random weights, PyTorch's default and ICNR. "even" tells whether
    the structure of an upsampling layer is; its non-DC share, what its weights make of a constant. Constants are the
    mean seeds of example tracks for a trained network of ours, else random.

    Try:

    * `ringcast conv check iwcd-grid -o checkerboard.png`
    * `ringcast conv check decoder.safetensors --chain "11x21 convT(64,64,4,2) relu conv(64,64,3)"`
    * `ringcast conv check my_package.decoder:Net --input 1,64,11,21 --outputs images.npy`
    """
    path = None if output is None else picture_path(output, "")
    with waiting("reading") as status:
        subject = subject_of(weights, chain, prefix, input_size)
        images = None if outputs is None else pictures_of(outputs)
        from ringcast.blocks.check_report import report

        status.update("measuring")
        found = report(subject.net, subject.chain, constants=subject.constants, own=subject.pictures, given=images)
        if path is not None:
            status.update("drawing")
            _draw(found, path, weights)
    if as_json:
        print(json.dumps(_document(found) | ({} if path is None else {"picture": str(path)})))
        return
    _print(found)
    if path is not None:
        print(f"wrote {path}")


def _draw(found: "Report", path: Path, name: str) -> None:
    from ringcast.blocks.check import non_dc_share
    from ringcast.views.checkerboard import checkerboard_figure

    first = found.check.response[0]
    channel = max(range(len(first)), key=lambda place: non_dc_share(first[place]))
    note = f"output channel {channel} of 0 to {len(first) - 1}; spectrum of all channels; {found.chain}"
    title = f"{Path(name).name}: {found.verdict}"
    with replacing(path) as beside:
        checkerboard_figure(first[channel], found.check.spectrum, title=title, note=note).savefig(beside, dpi=_DPI)


def _print(found: "Report") -> None:
    screen = console()
    if found.check.steps:
        table = _step_table(found)
        screen.print(table if fits(table, screen) else _step_table(found, narrow=True))
        screen.print()
    table = grid("layer", "index", "without biases")
    table.columns[0].header = ""
    table.add_row("these weights", _percent(found.check.index), _percent(found.check.index_without_biases))
    for name, start in found.starts.items():
        table.add_row(f"random weights, {name}", _with_error(*start.index), _with_error(*start.index_without_biases))
    screen.print(table)
    if found.icnr_fault is not None and found.starts["default"].index[0] > 1e-12:
        screen.print(f"ICNR does not apply: {found.icnr_fault}", soft_wrap=True)
    (rows, columns), (high, wide) = found.check.tile.period, found.check.tile.seed
    screen.print(f"measured on a tile of {rows} x {columns} pixels, clear of the borders of a {high} x {wide} seed")
    for line in _picture_lines(found):
        screen.print(line, soft_wrap=True)
    screen.print(found.verdict[:1].upper() + found.verdict[1:], soft_wrap=True)


def _step_table(found: "Report", *, narrow: bool = False) -> Table:
    interpolates = any(step.noise is not None for step in found.check.steps)
    last = [*([] if narrow else ["worst channel"]), *(["noise gain by phase"] if interpolates else [])]
    headings = ("", "layer", "even", "rms gain by phase", "non-DC share", *last)
    table = grid(*("\n".join(wrap(heading, 10)) if narrow else heading for heading in headings))
    for step in found.check.steps:
        low, high = float(step.rms.min()), float(step.rms.max())
        channel, share = step.worst
        cells = (
            str(step.first) if step.first == step.last else f"{step.first}-{step.last}",
            step.name,
            "yes" if step.even else "no",
            f"{low:.4g} to {high:.4g}" if high - low > 1e-9 * high else f"{high:.4g}",
            _percent(step.non_dc_share),
        )
        ending = [f"{channel}: {_percent(share)}"] if not narrow else []
        table.add_row(*cells, *ending, *([_noise_text(step.noise)] if interpolates else []))
    return table


def _noise_text(noise: "tuple[tuple[Number, ...], tuple[Number, ...]] | None") -> str:
    if noise is None:
        return ""
    rows, columns = (" ".join(f"{float(gain):.6g}" for gain in axis) for axis in noise)
    return rows if rows == columns else f"H {rows}, W {columns}"


def _picture_lines(found: "Report") -> Iterator[str]:
    for name, share in (("its pictures of example tracks", found.own), ("the pictures given", found.given)):
        if share is not None:
            yield (
                f"{name}, {share.pictures}: {_with_error(share.share, share.error)} of the energy stands out at "
                f"checkerboard frequencies"
            )


def _percent(share: float) -> str:
    return "0" if abs(share) < 1e-12 else f"{100 * share:.3g} %"


def _with_error(share: float, error: float) -> str:
    return _percent(share) if abs(share) < 1e-12 else f"{100 * share:.3g} ± {100 * error:.2g} %"


def _document(found: "Report") -> dict[str, Any]:
    steps = [
        {
            "first": step.first,
            "last": step.last,
            "name": step.name,
            "even": step.even,
            "non_dc_share": step.non_dc_share,
            "worst": {"channel": step.worst[0], "non_dc_share": step.worst[1]},
            "gain_rms": step.rms.tolist(),
            "noise_gain": None if step.noise is None else [[float(gain) for gain in axis] for axis in step.noise],
        }
        for step in found.check.steps
    ]
    starts: dict[str, Any] = {
        name: {
            "index": start.index[0],
            "error": start.index[1],
            "index_without_biases": start.index_without_biases[0],
            "error_without_biases": start.index_without_biases[1],
        }
        for name, start in found.starts.items()
    }
    starts |= {name: None for name in ("icnr",) if name not in starts}
    return {
        "chain": str(found.chain),
        "layers": steps,
        "index": found.check.index,
        "index_without_biases": found.check.index_without_biases,
        "starts": starts,
        "tile": {"period": list(found.check.tile.period), "seed": list(found.check.tile.seed)},
        "spectrum": found.check.spectrum.tolist(),
        "pictures": {"own": _share(found.own), "given": _share(found.given)},
        "verdict": found.verdict,
    }


def _share(found: "PictureShare | None") -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "pictures": found.pictures,
        "share": found.share,
        "error": found.error,
        "by_frequency": found.by_frequency.tolist(),
    }
