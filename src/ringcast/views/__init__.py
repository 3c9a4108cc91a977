"""Views: events, rings, training and residuals as matplotlib figures.

Hits, predictions, tracks and plain arrays come in, a `Figure` goes out; nothing is saved here, call
`figure.savefig`. Use `event_figure` with `observed_panel`, `predicted_panel` and `pull_panel` to look at an event,
`curve_figure` to look at a training, `residual_figure` to compare seeds and fits with the truth. `light_angle_rad`
says in one number how well an event's light agrees with a track. :mod:`ringcast.views.ratio` compares curves of two
samples. Pictures of convolutions are made by :mod:`ringcast.views.overlap_map`, :mod:`ringcast.views.checkerboard` and
:mod:`ringcast.views.raster`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringcast.views.curves import Curve, curve_figure
    from ringcast.views.panel import Overlay, Panel, observed_panel, predicted_panel, pull_panel
    from ringcast.views.residuals import Residual, residual_figure
    from ringcast.views.ring import cherenkov_angle_rad, light_angle_rad
    from ringcast.views.unrolled import event_figure

__all__ = [
    "Curve",
    "Overlay",
    "Panel",
    "Residual",
    "cherenkov_angle_rad",
    "curve_figure",
    "event_figure",
    "light_angle_rad",
    "observed_panel",
    "predicted_panel",
    "pull_panel",
    "residual_figure",
]


_HOMES = {
    "curves": ("Curve", "curve_figure"),
    "panel": ("Overlay", "Panel", "observed_panel", "predicted_panel", "pull_panel"),
    "residuals": ("Residual", "residual_figure"),
    "ring": ("cherenkov_angle_rad", "light_angle_rad"),
    "unrolled": ("event_figure",),
}


def __getattr__(name: str) -> Any:
    """Import a view when it is used, so that a picture of a convolution waits for no torch."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
