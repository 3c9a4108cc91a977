"""``ringcast demo``: reconstruct sample events with shipped weights, and write a report to look at."""

import io
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ringcast.cli.fit_table import fit_medians, fit_rows, print_fit_table
from ringcast.cli.progress import of_total, progress
from ringcast.cli.replacing import replacing
from ringcast.errors import ArgumentError, FileError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ringcast.events import Track
    from ringcast.generator import RingNetwork
    from ringcast.reconstruction import Comparison, Fit
    from ringcast.storage import EventFile
    from ringcast.web import EventRow, Section

__all__ = ["demo"]

_NAME = "iwcd-grid"
_PICTURES = 6
_DPI = 110


@dataclass(frozen=True)
class _Result:
    """What the report is made from."""

    network: "RingNetwork"
    events: "EventFile"
    fit: "Fit"
    comparison: "Comparison"
    seconds: float


def demo(
    *,
    output: Annotated[Path, Parameter(alias="-o")] = Path("ringcast-demo"),
    events: int | None = None,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Reconstruct sample events with the shipped weights; print truth against fit and write a report.

    The events are Geant4 electrons and muons in the iwcd-grid tank that training never saw. The fits start from the
    hits alone; the truth is only used to say how far they are off.

    Args:
        output: Folder for report.html.
        events: Fit only the first so many events; all 24 take a minute or two on 2 cores.
        json_output: Print the table as one JSON document.
    """
    _require_writable(output)
    result = _reconstruct(events)
    rows = fit_rows(result.fit, result.comparison, range(len(result.fit)), result.events.tracks, result.events.hits)
    medians = fit_medians(result.comparison)
    report = _write_report(result, output)
    if json_output:
        print(json.dumps({"events": rows, "medians": medians, "report": str(report), "seconds": result.seconds}))
        return
    print_fit_table(rows, medians)
    print(f"fitted {len(result.fit)} events in {result.seconds:.0f} s; the report is {report.resolve()}")


def _require_writable(folder: Path) -> None:
    """Check that the report can be written, before the fits, which take a minute or two; nothing is made yet.

    Raises:
        FileError: The folder is in no place where we may write.
    """
    whole = folder.absolute()
    there = next(place for place in (whole, *whole.parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise FileError(f"{folder}: nothing can be written to {there}; name another output folder")


def _reconstruct(first: int | None) -> _Result:
    from ringcast.generator import load
    from ringcast.reconstruction import compare, reconstruct
    from ringcast.storage import EventFile, read_events
    from ringcast.storage.sample import sample_path

    with sample_path(_NAME) as path:
        sample = read_events(path)
    count = len(sample.tracks) if first is None else first
    if not 1 <= count <= len(sample.tracks):
        raise ArgumentError(f"--events is {first}; expected 1 to {len(sample.tracks)}")
    chosen = EventFile(
        tracks=sample.tracks[:count],
        hits=sample.hits[:count],
        detector=sample.detector,
        metadata=sample.metadata,
        path=sample.path,
        time_zero=sample.time_zero,
    )
    network = load(_NAME, detector=chosen.detector)
    begin = time.monotonic()
    with progress(f"fitting {_NAME}", count) as advance:
        fit = reconstruct(chosen.hits, network, chosen.detector, progress=of_total(advance))
    return _Result(network, chosen, fit, compare(fit, chosen.tracks), time.monotonic() - begin)


def _write_report(result: _Result, folder: Path) -> Path:
    import ringcast
    from ringcast.web import report_page

    medians = fit_medians(result.comparison)
    found = {key: f"{value:.1f}" if isinstance(value, float) else value for key, value in medians.items()}
    summary = (
        f"{found['events']} electrons and muons in {result.events.detector.name}, fitted from their hits alone."
        f" Medians of seed and fit: vertex {found['seed_position_cm']} and {found['fit_position_cm']} cm off, direction"
        f" {found['seed_angle_degrees']} and {found['fit_angle_degrees']} degrees, energy"
        f" {found['seed_energy_percent']} and {found['fit_energy_percent']} percent; {found['right_particle']} of"
        f" {found['events']} are given the true particle."
    )
    made_with = {"command": "ringcast demo", "ringcast": ringcast.__version__, "time": f"{result.seconds:.0f} s"}
    page = report_page("Ringcast: rings and fits", _sections(result), summary=summary, made_with=made_with)
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.html"
    with replacing(report) as beside:
        beside.write_text(page, encoding="utf-8")
    return report


def _sections(result: _Result) -> "list[Section]":
    from ringcast.generator.checkpoint import read_card
    from ringcast.web import Figure, Prose, Section, Verbatim, events_table, medians_table

    rows = _event_rows(result)
    return [
        Section("How far from the truth", [medians_table(rows), Figure(_png(_residuals(result)), _RESIDUALS)]),
        Section(
            "Observed and predicted",
            [Prose(_PICTURE_WORDS), *(Figure(_png(figure), words) for figure, words in _pictures(result))],
        ),
        Section("Every event", [events_table(rows)]),
        Section("The network", [Verbatim(read_card(_NAME)), Figure(_png(_curve()), _CURVE)]),
    ]


_RESIDUALS = "Seeds and fits against the truth, one line an event; medians are marked."
_CURVE = "How the network learnt: mean negative log-likelihood per sensor, on training events and on held-out ones."
_PICTURE_WORDS = (
    "The tank cut open and laid flat. Left, what the sensors saw, with the rings of the true track and of the fit;"
    " right, the mean charge that the network predicts for the fitted track, on the same scale. The network paints the"
    " barrel only. The first events of each particle are shown, not chosen ones."
)


def _pictures(result: _Result) -> "list[tuple[Figure, str]]":
    """Observed beside predicted for the first events of each particle."""
    import torch

    from ringcast.views import Overlay, event_figure, observed_panel, predicted_panel

    best, names = result.fit.best, result.events.tracks.names
    shown = [[i for i, name in enumerate(names) if name == kind][: _PICTURES // 2] for kind in sorted(set(names))]
    pictures = []
    for i in (i for group in shown for i in group if bool(result.comparison.fitted[i])):
        truth, track = result.events.tracks[i], best.track[i]
        with torch.no_grad():
            prediction = result.network(track)
        rings = (Overlay("truth", truth), Overlay("fit", track, "fit"))
        panels = [
            observed_panel(result.events.hits[i], rings),
            predicted_panel(prediction, rings[1:], f"predicted, {track.names[0]} fit"),
        ]
        title = f"Event {i}: true {_words(truth)}"
        figure = event_figure(panels, result.events.detector, title=title)
        pictures.append((figure, f"{title}; fit {_words(track)}."))
    return pictures


def _residuals(result: _Result) -> "Figure":
    from ringcast.views import Residual, residual_figure

    seed, fit, on = result.comparison.seed, result.comparison.fit, result.comparison.fitted
    return residual_figure(
        [
            Residual("vertex distance", "cm", seed.position_cm[on].numpy(), fit.position_cm[on].numpy()),
            Residual("angle", "degrees", seed.angle_rad[on].rad2deg().numpy(), fit.angle_rad[on].rad2deg().numpy()),
            Residual("energy", "%", 100 * seed.energy_fraction[on].numpy(), 100 * fit.energy_fraction[on].numpy()),
        ]
    )


def _curve() -> "Figure":
    """The training record that is stored with the weights."""
    from ringcast.generator.checkpoint import read_training
    from ringcast.views import Curve, curve_figure

    rows = read_training(_NAME)["rows"]
    steps = [row["step"] for row in rows]
    curves = {"training events": "train_nll", "held-out events": "validation_nll"}
    return curve_figure([Curve(label, steps, [row[key] for row in rows]) for label, key in curves.items()])


def _event_rows(result: _Result) -> "list[EventRow]":
    from ringcast.web import EventRow, Miss, State

    def state(track: "Track", i: int) -> State:
        one = track[i]
        return State(float(one.energy_mev[0]), tuple(one.position_cm[0].tolist()), tuple(one.direction[0].tolist()))

    def miss(errors: Any, i: int) -> Miss:
        angle = math.degrees(float(errors.angle_rad[i]))
        return Miss(float(errors.position_cm[i]), angle, 100 * float(errors.energy_fraction[i]))

    best, truth, comparison = result.fit.best, result.events.tracks, result.comparison
    rows = []
    for i in range(len(truth)):
        fitted = bool(comparison.fitted[i])
        rows.append(
            EventRow(
                event=i,
                particle=truth.names[i],
                truth=state(truth, i),
                seed_miss=miss(comparison.seed, i),
                fit=state(best.track, i) if fitted else None,
                fit_miss=miss(comparison.fit, i) if fitted else None,
                fit_particle=best.track.names[i] if fitted else "",
                status=best.status[i][0],
            )
        )
    return rows


def _words(track: "Track") -> str:
    x, y, z = track.position_cm[0].tolist()
    return f"{track.names[0]} of {float(track.energy_mev[0]):.0f} MeV at ({x:.0f}, {y:.0f}, {z:.0f}) cm"


def _png(figure: "Figure") -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    return buffer.getvalue()
