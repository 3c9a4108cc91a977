"""Colour scales: one for each kind of number a sensor can carry, shared by every panel that shows it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap, LinearSegmentedColormap, LogNorm, Normalize

__all__ = ["ColourScale", "charge_scale", "probability_scale", "pull_scale"]

_LOWEST_PE, _HIGHEST_FLOOR_PE = 0.1, 1.0


@dataclass(frozen=True)
class ColourScale:
    """How numbers become colours."""

    norm: Normalize
    """Number to 0..1; numbers beyond its ends take the colour of the end."""
    colours: Colormap
    """0..1 to colour."""
    label: str
    """What the numbers are, with their unit."""
    ticks: tuple[float, ...]
    """Where the colour bar is labelled."""
    faintest: float = -math.inf
    """Numbers below, if not measured, are drawn as unlit."""


def charge_scale(charges_pe: Sequence[np.ndarray]) -> ColourScale:
    """A logarithmic scale from the faintest to the brightest of several pictures, within 0.1 p.e. and up.

    The lowest colour sits between 0.1 and 1 p.e., because digitised charges of a few hundredths of a photoelectron
    are noise and would cost half of the colours.

    Example:
        >>> scale = charge_scale([np.array([0.0, 0.4, 30.0]), np.array([0.0, 120.0])])
        >>> (scale.norm.vmin, scale.norm.vmax), scale.ticks
        ((0.4, 120.0), (1.0, 10.0, 100.0))
    """
    lit = np.concatenate([np.ravel(c)[np.ravel(c) > 0] for c in charges_pe] or [np.zeros(0)])
    faintest, brightest = (float(lit.min()), float(lit.max())) if len(lit) else (_HIGHEST_FLOOR_PE, 10.0)
    low = min(max(faintest, _LOWEST_PE), _HIGHEST_FLOOR_PE)
    high = max(brightest, 10 * low)
    return ColourScale(LogNorm(low, high), _glow(), "charge (p.e.)", _log_ticks(low, high), low)


def probability_scale() -> ColourScale:
    """Hit probability from 0 to 1."""
    return ColourScale(Normalize(0.0, 1.0), _glow(), "hit probability", (0.0, 0.5, 1.0), 0.01)


def pull_scale(limit: float = 4.0) -> ColourScale:
    """Observed minus predicted charge over the square root of the predicted one, both signs alike.

    Example:
        >>> pull_scale().ticks
        (-4.0, 0.0, 4.0)
    """
    dark_at_zero = LinearSegmentedColormap.from_list("pull", ["#7cc4ff", "#2b6cb0", "#232838", "#b0532b", "#ffb37c"])
    label = "(obs. − pred.) / √pred."
    return ColourScale(Normalize(-limit, limit), dark_at_zero, label, (-limit, 0.0, limit))


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Powers of ten between two positive numbers, joined by their 2 and 5 multiples where fewer than two fit."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1,), (1, 2, 5)):
        ticks = tuple(float(f"{step}e{n}") for n in exponents for step in steps)
        within = tuple(tick for tick in ticks if low <= tick <= high)
        if len(within) > 1:
            return within
    return low, high


def _glow() -> LinearSegmentedColormap:
    """The upper part of the perceptual map "inferno": its darkest colours would vanish on the dark tank."""
    return LinearSegmentedColormap.from_list("glow", colormaps["inferno"](np.linspace(0.25, 1.0, 256)))
