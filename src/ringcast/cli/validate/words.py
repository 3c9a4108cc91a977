"""What numbers and curves of a summary are called, and how they are written."""

from typing import NamedTuple

__all__ = ["CURVES", "NUMBERS", "SHAPES", "CurveWords", "NumberWords"]


class NumberWords(NamedTuple):
    """One number of an event."""

    words: str
    form: str
    """Format of its mean."""


class CurveWords(NamedTuple):
    """One curve of an event."""

    title: str
    x_label: str
    y_label: str
    log_x: bool = False
    log_y: bool = False
    x_range: tuple[float, float] | None = None


NUMBERS = {
    "charge_pe": NumberWords("charge (pe)", ",.1f"),
    "hits": NumberWords("tubes hit", ",.1f"),
    "photoelectrons": NumberWords("photoelectrons of light", ",.1f"),
    "charge_per_hit_pe": NumberWords("charge per tube hit (pe)", ".3f"),
    "ring_share": NumberWords("share of charge at 36 to 48 degrees", ".4f"),
    "backward_share": NumberWords("share of charge beyond 90 degrees", ".4f"),
    "late_share": NumberWords("share of charge late by 20 to 200 ns", ".4f"),
    "residual_ns": NumberWords("median time residual (ns)", ".2f"),
    "photons_per_mev": NumberWords("photons per MeV", ".2f"),
    "birth_depth_cm": NumberWords("mean depth of the light (cm)", ".2f"),
    "birth_depth_rms_cm": NumberWords("spread of its depth (cm)", ".2f"),
    "birth_wavelength_nm": NumberWords("mean wavelength (nm)", ".2f"),
    "birth_delay_ns": NumberWords("mean delay behind light along the axis (ns)", ".4f"),
}

_ANGLE = "angle to the track's axis (degrees)"
_RESIDUAL = "time − time of flight from the vertex (ns)"
CURVES = {
    "charge_by_angle": CurveWords("Charge around the track", _ANGLE, "charge per tube (pe)"),
    "hits_by_angle": CurveWords("Tubes hit around the track", _ANGLE, "share of tubes hit"),
    "residual_core": CurveWords("Times, direct light", _RESIDUAL, "hits per event and ns", x_range=(-15, 30)),
    "residual": CurveWords("Times, late light", _RESIDUAL, "hits per event and ns", log_y=True),
    "time": CurveWords("Times", "time since the primary's birth (ns)", "hits per event and ns", log_y=True),
    "charge": CurveWords("Charges of tubes", "charge of a tube (pe)", "tubes per event and pe", log_x=True, log_y=True),
    "birth_angle": CurveWords("Directions of photons", "angle to the axis (degrees)", "per cent of photons per degree"),
    "birth_depth": CurveWords("Depths of photons", "depth along the axis (cm)", "per cent of photons per cm"),
}
"""By the names of `ringcast.validation.summary.EDGES` and of the curves of `compare_light`; `residual_core` is a part
of `residual` drawn by itself."""

SHAPES = {
    "charge_by_angle": "charge per tube by angle",
    "hits_by_angle": "tubes hit by angle",
    "residual": "times less the time of flight",
    "time": "times since the birth",
    "charge": "charges of tubes",
    "birth_angle": "directions of photons",
    "birth_depth": "depths of photons",
}
"""Words of the curves whose shape is tested."""
