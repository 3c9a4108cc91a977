"""The unrolled event display: every sensor where it lies, in its true size, coloured by what it saw."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.geometry import Detector
from ringcast.views.faces import Faces, outline, unrolled_faces
from ringcast.views.ink import INK, MUTED
from ringcast.views.panel import Overlay, Panel
from ringcast.views.ring import has_cone, ring_of
from ringcast.views.scale import ColourScale, charge_scale, probability_scale, pull_scale
from ringcast.views.tank import DEAD_COLOUR as DEAD
from ringcast.views.tank import UNCOVERED_COLOUR as UNCOVERED
from ringcast.views.tank import UNLIT_COLOUR as UNLIT
from ringcast.views.tank import TankLayout, draw_tank, lay_out

__all__ = ["event_figure"]

_LINES: dict[str, tuple[str, Any]] = {"truth": ("#35c4ff", "-"), "fit": ("#7ee868", (0, (4, 2)))}
_CASING = [patheffects.withStroke(linewidth=2.2, foreground="#0c0e15")]


def event_figure(panels: Sequence[Panel], detector: Detector, *, title: str = "") -> Figure:
    """Draw one event as one or more unrolled tanks side by side.

    Panels of one quantity share one colour scale. Sensors have their true size on flat paper, as circles, or as
    ellipses where they are tilted to the wall; see `ringcast.geometry.unroll_cm` for the layout.

    Args:
        panels: What to show, left to right.
        detector: The tank whose sensors the panels speak of.
        title: One line above everything.

    Raises:
        ArgumentError: There is no panel, or one has another number of sensors than the detector.

    Example:
        >>> from ringcast.events import Hits
        >>> from ringcast.geometry import load_detector
        >>> from ringcast.views.panel import observed_panel
        >>> hits = Hits.of([4, 7], charge_pe=[1.0, 2.5], time_ns=[20, 21], start=[0, 2], n_pmt=1024)
        >>> figure = event_figure([observed_panel(hits)], load_detector("mini"), title="event 0")
        >>> [text.get_text() for text in figure.texts]
        ['event 0']
    """
    _require_values(panels, detector)
    scales = _scales(panels)
    layout = lay_out(detector, len(panels), titled=bool(title))
    figure = Figure(figsize=layout.figure_size_in, facecolor="white")
    if title:
        across = layout.half_width_cm / layout.limits_cm[0]
        left = (1 - across) / 2 / layout.panels
        figure.text(left, 1 - 0.2 / layout.figure_size_in[1], title, ha="left", va="top", fontsize=12, color=INK)
    for place, panel in enumerate(panels):
        axes = figure.add_axes(layout.axes_box(place))
        _draw_panel(axes, panel, detector, scales[panel.quantity], layout)
    return figure


def _require_values(panels: Sequence[Panel], detector: Detector) -> None:
    if not panels:
        raise ArgumentError("panels is empty; expected at least one")
    for panel in panels:
        if len(panel.values) != len(detector):
            raise ArgumentError(
                f"panel {panel.title!r} has {len(panel.values)} values, detector {detector.name} has {len(detector)}"
                " sensors; expected one value a sensor"
            )


def _scales(panels: Sequence[Panel]) -> dict[str, ColourScale]:
    """One colour scale a quantity; measured charges decide the charge scale where there are any."""
    charged = [p for p in panels if p.quantity == "charge"]
    deciding = [p for p in charged if p.measured] or charged
    return {
        "charge": charge_scale([_numbers(p) for p in deciding]),
        "probability": probability_scale(),
        "pull": pull_scale(),
    }


def _numbers(panel: Panel) -> NDArray[np.float64]:
    return panel.values.detach().cpu().double().numpy()


def _draw_panel(axes: Axes, panel: Panel, detector: Detector, scale: ColourScale, layout: TankLayout) -> None:
    draw_tank(axes, layout)
    if panel.quantity != "charge" or bool((panel.values > 0).any()):
        _draw_colour_bar(axes, scale, layout)
    legend = _draw_sensors(axes, panel, detector, scale)
    for overlay in panel.overlays:
        legend.append(_draw_overlay(axes, overlay, detector))
    left, top = -layout.half_width_cm, layout.top_cm
    axes.text(left, top, panel.title, ha="left", va="top", fontsize=11, fontweight="bold", color=INK)
    for line, note in enumerate(panel.notes, start=1):
        axes.annotate(
            note, (left, top), (0, -3 - 13 * line), textcoords="offset points", va="top", fontsize=9, color=INK
        )
    axes.legend(
        handles=legend,
        loc="lower left",
        bbox_to_anchor=(left, -top),
        bbox_transform=axes.transData,
        frameon=False,
        fontsize=8,
        labelcolor=INK,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.8,
    )


def _draw_sensors(axes: Axes, panel: Panel, detector: Detector, scale: ColourScale) -> list[Line2D]:
    """Draw every sensor and return the legend entries of those without a colour."""
    values = _numbers(panel)
    covered = np.ones(len(values), bool) if panel.covered is None else panel.covered.cpu().numpy()
    dead = np.zeros(len(values), bool) if detector.alive is None else ~detector.alive.cpu().numpy()
    lit = ~dead & covered & (values > 0 if panel.measured else values >= scale.faintest)
    faint = f"below {scale.faintest:.2g}{' p.e.' if panel.quantity == 'charge' else ''}"
    faces, entries = unrolled_faces(detector), []
    for chosen, colour, words in (
        (covered & ~lit & ~dead, UNLIT, "no hit" if panel.measured else faint),
        (~covered & ~dead, UNCOVERED, panel.uncovered),
    ):
        if chosen.any():
            axes.add_collection(_discs(axes, detector, faces, chosen, facecolors=colour)[0])
            entries.append(Line2D([], [], linestyle="", marker="o", markersize=6, color=colour, label=words))
    if dead.any():
        axes.add_collection(_discs(axes, detector, faces, dead, facecolors="none", edgecolors=DEAD, linewidths=0.5)[0])
        hollow: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": MUTED}
        entries.append(Line2D([], [], linestyle="", marker="o", markersize=6, label="dead", **hollow))
    discs, row = _discs(axes, detector, faces, lit, cmap=scale.colours, norm=scale.norm)
    discs.set_array(values[row])
    axes.add_collection(discs)
    return entries


def _discs(
    axes: Axes, detector: Detector, faces: Faces, chosen: NDArray[np.bool_], **look: Any
) -> tuple[EllipseCollection, NDArray[np.int64]]:
    """The faces of some sensors, cut at the edge of the tank's surfaces, and the sensor of each."""
    drawn = chosen[faces.row]
    shape = [faces.width_cm[drawn], faces.height_cm[drawn], faces.angle_deg[drawn]]
    if all(len(np.unique(column)) == 1 for column in shape):
        shape = [column[:1] for column in shape]  # one shape for all: a vector file then holds it once
    discs = EllipseCollection(
        *shape, units="xy", offsets=faces.centre_cm[drawn], offset_transform=axes.transData, **look
    )
    if len(faces.row) > len(detector):
        discs.set_clip_path(outline(detector.radius_cm, detector.half_height_cm), axes.transData)
    return discs, faces.row[drawn]


def _draw_overlay(axes: Axes, overlay: Overlay, detector: Detector) -> Line2D:
    """Draw a track's ring and exit point and return its legend entry."""
    ring = ring_of(overlay.track, detector)
    colour, dashes = _LINES[overlay.style]
    look: dict[str, Any] = {"color": colour, "path_effects": _CASING}
    label = overlay.label
    if ring is None:
        return Line2D([], [], linestyle="", label=f"{label}: starts outside the tank")
    axes.plot(*ring.exit_cm.numpy(), marker="+" if overlay.style == "truth" else "x", markersize=8, **look)
    if len(ring.line_cm) == 0:
        why = "below Cherenkov threshold" if bool(has_cone(overlay.track)) else "neutral, no cone of its own"
        return Line2D([], [], linestyle="", label=f"{label}: {why}")
    axes.plot(*ring.line_cm.numpy().T, linestyle=dashes, linewidth=1.1, **look)
    words = f"{label} ({np.degrees(ring.angle_rad):.1f}° cone)"
    return Line2D([], [], linestyle=dashes, linewidth=1.1, label=words, **look)


def _draw_colour_bar(axes: Axes, scale: ColourScale, layout: TankLayout) -> None:
    radius, right = layout.radius_cm, layout.half_width_cm
    box = (right - 1.75 * radius, layout.top_cm - 0.22 * radius, 1.75 * radius, 0.09 * radius)
    inset = axes.inset_axes(box, transform=axes.transData)
    assert axes.figure is not None
    bar = axes.figure.colorbar(ScalarMappable(scale.norm, scale.colours), cax=inset, orientation="horizontal")
    bar.set_ticks(list(scale.ticks), labels=[f"{tick:g}".replace("-", "−") for tick in scale.ticks])
    bar.ax.minorticks_off()
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, color=MUTED, labelcolor=INK, length=3)
    bar.ax.set_title(scale.label, fontsize=8, color=INK, pad=3, loc="left")
