"""The unrolled tank as paper: how large it is drawn, its outline, its directions and its scale bar."""

import math
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from ringcast.geometry import Detector
from ringcast.units import m
from ringcast.views.ink import INK, MUTED

__all__ = ["TankLayout", "draw_tank", "lay_out"]


DEAD_COLOUR = "#e8ebf0"
"""Edge of the hollow circles of dead sensors."""
TANK_COLOUR, UNLIT_COLOUR, UNCOVERED_COLOUR, EDGE_COLOUR = "#0c0e15", "#232838", "#6a7180", "#8b93a1"

_MARGIN = 0.045
"""Paper around the tank, as a share of its width."""


@dataclass(frozen=True)
class TankLayout:
    """Sizes of an event display of several panels side by side."""

    radius_cm: float
    half_height_cm: float
    panels: int
    panel_width_in: float
    """Width of one panel on paper."""
    heading_in: float
    """Height of the strip that holds the title."""

    @property
    def half_width_cm(self) -> float:
        """Half of the barrel's circumference."""
        return math.pi * self.radius_cm

    @property
    def top_cm(self) -> float:
        """Height of the highest point of the top cap above the middle of the barrel."""
        return self.half_height_cm + 2 * self.radius_cm

    @property
    def limits_cm(self) -> tuple[float, float]:
        """Half width and half height of a panel, with its margin."""
        margin = 2 * self.half_width_cm * _MARGIN
        return self.half_width_cm + margin, self.top_cm + margin

    @property
    def figure_size_in(self) -> tuple[float, float]:
        """Width and height of the figure."""
        across, up = self.limits_cm
        return self.panels * self.panel_width_in, self.panel_width_in * up / across + self.heading_in

    def axes_box(self, panel: int) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a panel's axes as shares of the figure."""
        height = self.figure_size_in[1]
        return panel / self.panels, 0.0, 1 / self.panels, 1 - self.heading_in / height


def lay_out(detector: Detector, panels: int, *, titled: bool = True) -> TankLayout:
    """Choose sizes on paper: 7.2 inches for one panel, 6.4 for each of several.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> [round(side, 1) for side in lay_out(load_detector("mini"), 2).figure_size_in]
        [12.8, 6.5]
    """
    width = 7.2 if panels == 1 else 6.4
    return TankLayout(detector.radius_cm, detector.half_height_cm, panels, width, heading_in=0.35 if titled else 0.0)


def draw_tank(axes: Axes, layout: TankLayout) -> None:
    """Draw the empty tank: barrel, caps, azimuth and height labels, scale bar."""
    across, up = layout.limits_cm
    axes.set(xlim=(-across, across), ylim=(-up, up), aspect="equal")
    axes.set_axis_off()
    half, height, radius = layout.half_width_cm, layout.half_height_cm, layout.radius_cm
    look: dict[str, Any] = {"facecolor": TANK_COLOUR, "edgecolor": EDGE_COLOUR, "linewidth": 0.8, "zorder": 0}
    axes.add_patch(Rectangle((-half, -height), 2 * half, 2 * height, **look))
    for side in (1, -1):
        axes.add_patch(Circle((0, side * (height + radius)), radius, **look))
    _label_directions(axes, layout)
    _draw_scale_bar(axes, layout)


def _label_directions(axes: Axes, layout: TankLayout) -> None:
    half, height, gap = layout.half_width_cm, layout.half_height_cm, 0.05 * layout.radius_cm
    text: dict[str, Any] = {"color": MUTED, "fontsize": 7.5}
    for degrees, side in ((-180, "left"), (-90, "center"), (90, "center"), (180, "right")):
        words = f"azimuth {degrees}°" if degrees == -180 else f"{degrees}°"
        axes.text(degrees / 180 * half, -height - gap, words.replace("-", "−"), ha=side, va="top", **text)
    for z in (-height, 0.0, height):
        words = f"{z / m:.1f} m" if z else "z = 0"
        place = "bottom" if z < 0 else "top" if z > 0 else "center"
        axes.text(-half - gap, z, words.replace("-", "−"), ha="right", va=place, rotation=90, **text)
    for sign, words in ((1, "top cap"), (-1, "bottom cap")):
        x, y = -0.72 * layout.radius_cm, sign * (height + 0.28 * layout.radius_cm)
        axes.text(x - gap, y, words, ha="right", va="center", **text)


def _draw_scale_bar(axes: Axes, layout: TankLayout) -> None:
    length = round_length_cm(layout.radius_cm)
    right, y = layout.half_width_cm, -layout.top_cm
    axes.plot([right - length, right], [y, y], color=INK, linewidth=1.6, solid_capstyle="butt")
    words = f"{length / m:g} m" if length >= m else f"{length:g} cm"
    axes.text(right - length / 2, y + 0.04 * layout.radius_cm, words, ha="center", va="bottom", color=INK, fontsize=8)


def round_length_cm(limit_cm: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above a length.

    Example:
        >>> round_length_cm(1690.0), round_length_cm(300.0)
        (1000.0, 200.0)
    """
    power = 10.0 ** math.floor(math.log10(limit_cm))
    return max(step * power for step in (1, 2, 5) if step * power <= limit_cm)
