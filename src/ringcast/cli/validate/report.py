"""The report of ``ringcast validate simulation``."""

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ringcast
from ringcast.cli.replacing import replacing
from ringcast.cli.validate.result import CLOSE_PERCENT, GATED, Compared, mean_text, ratio_text
from ringcast.cli.validate.words import CURVES, NUMBERS, SHAPES

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

    from ringcast.views.ratio import RatioPlot
    from ringcast.web import Section, Table

__all__ = ["pictures", "ratios_picture", "write_report"]

_DPI = 110
_A_ROW = 3


def write_report(results: Sequence[Compared], folder: Path) -> Path:
    """Write `report.html`, whole or not at all."""
    from ringcast.web import report_page

    page = report_page(
        "Simulation against others' events",
        _sections(results),
        summary=_summary(results),
        made_with={"command": "ringcast validate simulation", "ringcast": ringcast.__version__}
        | {"seed": str(results[0].settings["seed"])},
    )
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.html"
    with replacing(report) as beside:
        beside.write_text(page, encoding="utf-8")
    return report


def _summary(results: Sequence[Compared]) -> str:
    rows = [row for result in results for row in result.comparison.numbers if row.name in GATED]
    verdicts = Counter(row.within(CLOSE_PERCENT) for row in rows)
    return (
        f"{len(results)} samples of other programs' events, and ours of the same primaries. Of {len(rows)} means of"
        f" charge, tubes hit and photons at their birth, {verdicts['yes']} agree within {CLOSE_PERCENT:g} %,"
        f" {verdicts['no']} do not, and {verdicts['undecided']} are undecided, as their error is larger than that."
    )


def _sections(results: Sequence[Compared]) -> "list[Section]":
    from ringcast.web import Figure, Prose, Section

    return [
        Section("Means", [Figure(_png(ratios_picture(results)), _RATIOS), _numbers_table(results), Prose(_HOW)]),
        *(
            Section(
                result.reference.title,
                [
                    Prose(f"{result.reference.program}. {' '.join(result.reference.notes)}"),
                    *(Figure(_png(picture), _CURVES) for picture in pictures(result)),
                    _shapes_table(result),
                    Prose(f"Source: {result.reference.source}. Ours: {_plan_words(result)}."),
                ],
            )
            for result in results
        ),
    ]


_RATIOS = (
    "Means of our events over those of the reference, with the error of both; the grey band is 3 % wide on either side."
    " Blue is within it, orange beyond, and grey known less well than that."
)
_CURVES = (
    "Means over events; bars and bands are standard errors from the spread of the events. Below, ours over the"
    " reference, with the grey band at 3 %; open triangles are bins beyond the axis."
)
_HOW = (
    "Errors are standard errors of the mean, from the spread of the events. A tube that reports more than once counts"
    " as one hit with the sum of its charges. Photoelectrons are those of light alone; charges and hits hold dark noise"
    " on both sides. The time residual is the time since the birth of the primary less the flight from the vertex at c"
    " / 1.37; where a time has no ratio, the difference is given."
)
_SHAPES = (
    "Each event's curve is divided by its sum; chi2 compares the means, and the p-value is the share of 2,000 shuffles"
    " of the events between both samples whose chi2 is as large."
)


_SHARES = (
    "Hotelling's test of the mean shares of photons in bins, with the covariance between events of both samples and 1 %"
    " for each bin; bins of less than 0.3 % and the fullest are left out."
)


def _numbers_table(results: Sequence[Compared]) -> "Table":
    from ringcast.web import Table

    rows = [
        (
            result.reference.name if place == 0 else "",
            NUMBERS[row.name].words,
            mean_text(row, row.theirs),
            f"{row.theirs.events}",
            mean_text(row, row.ours),
            f"{row.ours.events}",
            ratio_text(row),
            row.within(CLOSE_PERCENT) or "—",
        )
        for result in results
        for place, row in enumerate(result.comparison.numbers)
    ]
    head = ("sample", "mean of an event", "value", "events", "value", "events", "ratio", "within 3 %")
    groups = (("", 2), ("reference", 2), ("ours", 2), ("ours / reference", 2))
    return Table(head, rows, groups=groups)


def _shapes_table(result: Compared) -> "Table":
    from ringcast.validation.light import LightReference
    from ringcast.web import Table

    rows = [
        (
            SHAPES[row.name],
            f"{row.chi2:.1f}",
            f"{row.bins}",
            "—" if row.p_value is None else f"{row.p_value:.4f}",
        )
        for row in result.comparison.shapes
    ]
    words = _SHARES if isinstance(result.reference, LightReference) else _SHAPES
    return Table(("shape", "chi2", "bins", "p-value"), rows, words)


_SWITCHES = (
    *("muon_capture", "energy_loss", "scattering", "reflection", "pmt_shape", "angular_acceptance"),
    *("dark_noise", "dark_rate_khz", "digitiser", "digit_time_step_ns", "trigger", "window_ns", "seed", "n_events"),
)


def _plan_words(result: Compared) -> str:
    """What was switched on."""
    chosen = result.settings
    return ", ".join(f"{name} {chosen[name]}" for name in _SWITCHES if chosen.get(name) not in (None, False))


def ratios_picture(results: Sequence[Compared]) -> "Picture":
    """The ratios of all references in one picture."""
    from ringcast.views.ratio import RatioLine, ratios_figure

    lines = [
        RatioLine(result.reference.name, NUMBERS[row.name].words, row.ratio, row.ratio_error)
        for result in results
        for row in result.comparison.numbers
        if row.ratio is not None and row.ratio_error is not None and row.name in _OVERVIEW
    ]
    return ratios_figure(lines, label="ours / reference", band_percent=CLOSE_PERCENT)


_OVERVIEW = ("charge_pe", "hits", "photoelectrons", "photons_per_mev")


def pictures(result: Compared) -> "list[Picture]":
    """Ratio plots of all curves, a few in each picture."""
    from ringcast.views.ratio import ratio_figure

    plots = [plot for name in CURVES if (plot := _plot(result, name)) is not None]
    names = (result.reference.program.split(",")[0], "Ringcast")
    rows = [plots[first : first + _A_ROW] for first in range(0, len(plots), _A_ROW)]
    return [ratio_figure(row, names=names, band_percent=CLOSE_PERCENT) for row in rows]


def _plot(result: Compared, name: str) -> "RatioPlot | None":
    from ringcast.views.ratio import RatioPlot

    curve = name.removesuffix("_core")
    if curve not in result.comparison.curves or (name == "time" and "residual" in result.comparison.curves):
        return None
    words, curves = CURVES[name], result.comparison.curves[curve]
    shape = next(row for row in result.comparison.shapes if row.name == curve)
    told = shape.p_value is not None and name != "residual_core"
    return RatioPlot(
        words.title,
        words.x_label,
        words.y_label,
        *curves,
        log_x=words.log_x,
        log_y=words.log_y,
        x_range=words.x_range,
        note=f"shape: p = {_p_text(shape.p_value)}" if told and shape.p_value is not None else "",
    )


def _p_text(p_value: float) -> str:
    return f"{p_value:.2g}" if p_value >= 0.001 else "0.0005 or less"


def _png(figure: "Picture") -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    return buffer.getvalue()
