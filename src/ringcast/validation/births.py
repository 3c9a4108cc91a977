"""Light at its birth, event by event, and whether it is that of a reference.

The photons of one event share its shower, so every error is from the spread between events.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.births import BirthPlan, look_at_births
from ringcast.simulation.emission import Births
from ringcast.units import C_CM_PER_NS
from ringcast.validation.compare import Comparison, Curves, Mean, NumberRow, ShapeRow, mean_of
from ringcast.validation.light import LightReference, Rows

__all__ = ["compare_light", "compare_shares", "like_the_reference", "simulate_light", "summarise_births"]

_NUMBERS = ("photons", "depth_cm", "depth_rms_cm", "wavelength_nm", "delay_ns")
_SHARES = {"angle_share": "birth_angle", "depth_share": "birth_depth"}
_LATEST_NS = 100.0
_MET_A_NUCLEUS, _DECAYED, _REACTION_MEV = 0.9, 1.3, 130.0
_DRAWS = 100_000
LEAST_SHARE, SYSTEMATIC = 0.003, 0.01
"""Shares that are compared, and the relative error of each that they are compared with."""


def simulate_light(reference: LightReference, plan: BirthPlan, *, workers: int = 1) -> Iterator[Rows]:
    """Numbers and shares of our events, batch by batch, in any order."""
    return look_at_births(plan, partial(summarise_births, edges=reference.edges), workers=workers)


def summarise_births(
    births: Births, event: NDArray[np.int64], n: int, *, edges: dict[str, NDArray[np.float64]]
) -> Rows:
    """One row an event: number of photons, their means, and their shares in bins.

    Args:
        births: Photons.
        event: Row of the event of each.
        n: Events.
        edges: Of the bins of `angle_share` (degrees to z) and `depth_share` (cm along z).
    """
    early = births.time_ns < _LATEST_NS
    event, time, wavelength = event[early], births.time_ns[early], births.wavelength_nm[early]
    depth = births.point_cm[early, 2]
    angle = np.degrees(np.arccos(np.clip(births.direction[early, 2], -1, 1)))
    seen = {"angle_share": angle, "depth_share": depth}
    count = np.bincount(event, minlength=n).astype(float)
    means = {
        "depth_cm": depth,
        "delay_ns": time - depth / C_CM_PER_NS,
        "wavelength_nm": wavelength,
    }
    rows = {name: np.bincount(event, values, n) / count for name, values in means.items()}
    rows["depth_rms_cm"] = np.sqrt(np.bincount(event, depth**2, n) / count - rows["depth_cm"] ** 2)
    return {
        "photons": count,
        **rows,
        **{name: _shares(event, values, edges[name], count) for name, values in seen.items()},
    }


def _shares(
    event: NDArray[np.int64], values: NDArray[np.float64], edges: NDArray[np.float64], count: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of each event's photons in each bin."""
    bins = len(edges) - 1
    place = np.searchsorted(edges, values, side="right") - 1
    inside = (place >= 0) & (place < bins)
    flat = np.bincount(event[inside] * bins + place[inside], minlength=len(count) * bins)
    return flat.reshape(len(count), bins) / count[:, None]


def compare_light(reference: LightReference, parts: list[Rows]) -> Comparison:
    """Our events against a reference.

    Left out is what the reference lacks: electron events in which a gamma meets a nucleus, and muons that decay in
    flight (at 100 MeV more than 1.3 of the median light, one in a thousand).

    Args:
        reference: Geant4's light.
        parts: What `simulate_light` yields.
    """
    setting = reference.setting
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = like_the_reference(rows["photons"], setting["particle"], setting["energy_mev"])
    rows = {name: values[kept] for name, values in rows.items()}
    rows["photons"] = rows["photons"] * setting["one_photon_looked_at_in"]
    curves = {words: _curve(reference, name, rows[name]) for name, words in _SHARES.items()}
    shapes = [compare_shares(words, setting[name], rows[name], setting["events"]) for name, words in _SHARES.items()]
    return Comparison(tuple(_number(setting, name, rows[name]) for name in _NUMBERS), tuple(shapes), curves)


def like_the_reference(light: NDArray[np.float64], particle: str, energy_mev: float) -> NDArray[np.bool_]:
    """Which events have none of the processes that the reference lacks.

    Electron events in which a gamma above 130 MeV frees nucleons or pions have less than 0.9 of the light, some 1 % at
    1 GeV; all others have more than 0.95. Below 130 MeV there are none: light varies by 3 % there, and 0.9 would cut
    off showers that radiate much, whose light is deeper. Muons that decay in flight have more than 1.3 of the light.

    Args:
        light: Of each event, in any unit.
        particle: "e-" or "mu-".
        energy_mev: Kinetic energy.

    Example:
        >>> like_the_reference(np.array([1.0, 0.8, 1.0]), "e-", 500.0).tolist()
        [True, False, True]
    """
    share = light / np.median(light)
    if particle != "e-":
        return share < _DECAYED
    return share > (_MET_A_NUCLEUS if energy_mev > _REACTION_MEV else 0.0)


def _number(setting: dict[str, Any], name: str, values: NDArray[np.float64]) -> NumberRow:
    stored = setting[name]
    scale, shown = (1 / setting["energy_mev"], "photons_per_mev") if name == "photons" else (1.0, f"birth_{name}")
    theirs = Mean(stored["mean"] * scale, stored["error"] * scale, setting["events"])
    ours = mean_of(values * scale)
    if name == "delay_ns":  # its zero is arbitrary
        return NumberRow(shown, theirs, ours, None, None)
    error = np.hypot(theirs.error / theirs.value, ours.error / ours.value)
    return NumberRow(shown, theirs, ours, ours.value / theirs.value, float(error * ours.value / theirs.value))


def _curve(reference: LightReference, name: str, values: NDArray[np.float64]) -> Curves:
    """Per cent of the photons per degree or cm."""
    edges, stored = reference.edges[name], reference.setting[name]
    scale = 100 / np.diff(edges)
    error = np.sqrt(np.array([row[-1] for row in stored["covariance_of_mean"]]))
    ours = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return Curves(edges, np.array(stored["mean"]) * scale, error * scale, values.mean(axis=0) * scale, ours * scale)


def compare_shares(
    name: str, stored: dict[str, Any], ours: NDArray[np.float64], n_stored: int, *, systematic: float = SYSTEMATIC
) -> ShapeRow:
    """Whether our mean shares are the stored ones.

    Hotelling's T^2 of the two mean vectors with their own covariances, degrees of freedom by Welch and Satterthwaite
    from the traces; the p-value is the share of 100,000 draws of F. Bins of less than 0.3 % are left out, and the
    fullest, which the others determine.

    Args:
        name: Of the curve.
        stored: Mean and lower triangle of its covariance.
        ours: Event by bin.
        n_stored: Events of the reference.
        systematic: Relative error that each bin has of its own.
    """
    mean = np.array(stored["mean"])
    keep = mean > LEAST_SHARE
    keep[mean.argmax()] = False
    lower = np.zeros((len(mean), len(mean)))
    for i, row in enumerate(stored["covariance_of_mean"]):
        lower[i, : i + 1] = row
    theirs = (lower + np.tril(lower, -1).T)[np.ix_(keep, keep)]
    mine = np.cov(ours[:, keep].T) / len(ours)
    excess = ours.mean(0)[keep] - mean[keep]
    bins = int(keep.sum())
    t2 = float(excess @ np.linalg.solve(mine + theirs + np.diag((systematic * mean)[keep] ** 2), excess))
    freedom = np.trace(mine + theirs) ** 2 / (
        np.trace(mine) ** 2 / (len(ours) - 1) + np.trace(theirs) ** 2 / (n_stored - 1)
    )
    if freedom <= bins:
        return ShapeRow(name, t2, bins, None)
    return ShapeRow(name, t2, bins, _chance(t2 * (freedom - bins + 1) / (freedom * bins), bins, freedom - bins + 1))


def _chance(f: float, one: float, other: float) -> float:
    """Chance of a value of the F distribution at least as large, as the share of 100,000 draws.

    Example:
        >>> round(_chance(2.0, 10, 50), 2)
        0.05
    """
    generator = np.random.default_rng(1)
    drawn = generator.chisquare(one, _DRAWS) / one / (generator.chisquare(other, _DRAWS) / other)
    return (int((drawn >= f).sum()) + 1) / (_DRAWS + 1)
