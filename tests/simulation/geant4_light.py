"""Light of our chain up to the birth of photons, summarised as `benchmarks/geant4_reference.py` summarises Geant4's.

Photons of one event share its shower, so every error here is from the spread between events.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from ringcast.simulation.cherenkov import mean_photons, select_steps
from ringcast.simulation.emission import emit
from ringcast.simulation.optics import load_optics
from ringcast.units import C_CM_PER_NS
from tests.simulation.closed_forms import flat_optics
from tests.simulation.yields import before_decay, shoot

REFERENCE = Path(__file__).parents[1] / "reference" / "geant4_cherenkov.json"
LEAST_SHARE = 0.003
_LATEST_NS = 100.0
_MET_A_NUCLEUS, _DECAYED, _REACTION_MEV = 0.9, 1.3, 130.0
_BATCH = 50


class Compared(NamedTuple):
    """Two vectors of shares: Hotelling's two-sample statistic over its degrees of freedom, and its p-value."""

    reduced: float
    p_value: float
    bins: int


def window_optics(index, *, thinned):
    """Light from 300 to 600 nm with the flat index or WCSim's, one photon in `thinned`."""
    flat = flat_optics()
    if index == "wcsim":
        water = load_optics("PMT20inch")
        at_300 = round(300 - water.first_nm)
        flat = flat._replace(phase_index=water.phase_index, index_max=float(water.phase_index[at_300]))
    return flat._replace(yield_per_cm=flat.yield_per_cm / thinned)


def our_light(engine, setting, origin, n, *, thinned, seed=17):
    """One row an event: the keys of the reference; photons are scaled back to all.

    Left out is what the reference lacks: electron events in which a gamma meets a nucleus, and muons that decay in
    flight or within 1 ns of their stop (at 100 MeV more than 1.3 of the light, one in a thousand).
    """
    starts = range(0, n, _BATCH)
    parts = [_batch(engine, setting, origin, np.arange(i, min(i + _BATCH, n)), thinned, seed) for i in starts]
    rows = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    photons = rows["photons"]
    if setting["particle"] == "e-":
        keep = without_nucleus(photons, setting["energy_mev"])
    else:
        keep = photons < _DECAYED * np.median(photons)
    return {key: values[keep] for key, values in rows.items()}


def without_nucleus(light, energy_mev):
    """Of electron events, those in which no gamma above 130 MeV frees nucleons or pions.

    Such events have less than 0.9 of the light, some 1 % at 1 GeV; all others have more than 0.95. Below 130 MeV there
    are none: there light varies by 3 %, and 0.9 would cut off showers that radiate much, whose light is deeper.
    """
    return light > _MET_A_NUCLEUS * np.median(light) if energy_mev > _REACTION_MEV else light > 0


def _batch(engine, setting, origin, events, thinned, seed):
    steps = shoot(engine, setting["particle"], setting["energy_mev"], len(events), first=int(events[0]))
    if setting["particle"].startswith("mu"):
        steps = select_steps(steps, before_decay(steps, len(events)))
    optics = window_optics(setting["index"], thinned=thinned)
    trials = np.random.default_rng([seed, int(events[0])]).poisson(mean_photons(steps, optics))
    births = emit(steps, trials, events, optics, seed=seed)
    births = births._replace(**{key: values[births.time_ns < _LATEST_NS] for key, values in births._asdict().items()})
    event = steps.event[births.step]
    depth = births.point_cm[:, 2]
    angle = np.degrees(np.arccos(np.clip(births.direction[:, 2], -1, 1)))
    count = np.bincount(event, minlength=len(events))

    def mean(values):
        return np.bincount(event, values, len(events)) / count

    def shares(values, edges):
        place = np.searchsorted(edges, values, side="right") - 1
        inside = (place >= 0) & (place < len(edges) - 1)
        flat = np.bincount(event[inside] * (len(edges) - 1) + place[inside], minlength=len(events) * (len(edges) - 1))
        return flat.reshape(len(events), -1) / count[:, None]

    return {
        "photons": count * float(thinned),
        "depth_cm": mean(depth),
        "depth_rms_cm": np.sqrt(mean(depth**2) - mean(depth) ** 2),
        "delay_ns": mean(births.time_ns - depth / C_CM_PER_NS),
        "wavelength_nm": mean(births.wavelength_nm),
        "angle_share": shares(angle, np.array(origin["angle_edges_deg"])),
        "depth_share": shares(depth, np.array(setting["depth_edges_cm"])),
    }


def reference():
    """Origin and settings."""
    stored = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return stored["origin"], stored["settings"]


def ratio(ours, stored):
    """Our mean over the stored one, and its standard error."""
    error = np.hypot(ours.std(ddof=1) / np.sqrt(len(ours)) / ours.mean(), stored["error"] / stored["mean"])
    return ours.mean() / stored["mean"], float(error)


def compare_shares(ours, stored, n_stored, *, systematic=0.0):
    """Whether our mean shares are the stored ones; `systematic` is a relative error of each bin, the same or its own.

    Hotelling's T^2 of the two mean vectors with their own covariances, degrees of freedom by Welch and Satterthwaite
    from the traces. Bins of less than 0.3 % are left out, and the fullest, which the others determine.
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
    t2 = excess @ np.linalg.solve(mine + theirs + np.diag((systematic * mean)[keep] ** 2), excess)
    freedom = np.trace(mine + theirs) ** 2 / (
        np.trace(mine) ** 2 / (len(ours) - 1) + np.trace(theirs) ** 2 / (n_stored - 1)
    )
    f = t2 * (freedom - bins + 1) / (freedom * bins)
    return Compared(float(t2 / bins), float(stats.f.sf(f, bins, freedom - bins + 1)), bins)
