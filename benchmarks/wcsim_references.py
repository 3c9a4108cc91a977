"""Make the built-in references of `ringcast validate simulation` from WCSim events that others published.

    python benchmarks/wcsim_references.py FOLDER src/ringcast/validation/references

FOLDER holds one folder for each sample, as `references/README.md` names them; each has `digihits.h5` and
`geometry.npz` (WCSim's ROOT file, repacked without changing a number) or, for `wcsim-validation-hists`, WCSim's own
ROOT files, which need `pip install uproot`.
"""

import argparse
from pathlib import Path

import h5py
import numpy as np

from ringcast.events import Hits, Track
from ringcast.geometry import detector_from_table
from ringcast.validation import Summary, summarise
from ringcast.validation.reference import pack, read_card
from ringcast.validation.summary import EDGES, Profile, spectrum, totals

EVENT_FILES = {
    "super-k-e500": "wcsim-superk-od-e500",
    "hyper-k-40-e500": "wcsim-hyperk40-e500",
    "hyper-k-60m-mu1000": "wcsim-hyperk60m-mu1000",
}
TREES = {
    "super-k-e500-2018": "analysed_simple_test.root",
    "super-k-e100": "analysed_100e_SuperK.root",
    "hyper-k-20-e100": "analysed_100e_HyperK20pc.root",
    "hyper-k-20-e500": "analysed_500e_HyperK20pc.root",
    "hyper-k-20-mu200": "analysed_200mu_HyperK20pc.root",
    "hyper-k-20-mu800": "analysed_800mu_HyperK20pc.root",
}
OFFSET_NS = 950.0
"""WCSim's digit time is time since the trigger plus this."""
DARK = -1
"""Parent of photoelectrons that no light made."""
PMT_RADIUS_CM = 25.4
BEHIND_FACE_CM = 8.92
"""WCSim's tables hold the centres of the spheres that the faces are caps of."""


def from_event_file(folder: Path, card) -> Summary:
    """Summary of all triggers of each event, merged by absolute time."""
    detector, kept = detector_from_table(
        folder / "geometry.npz",
        name=folder.name,
        pmt_type="PMT20inch",
        pmt_radius_cm=PMT_RADIUS_CM,
        behind_face_cm=BEHIND_FACE_CM,
    )
    with np.load(folder / "geometry.npz") as table, h5py.File(folder / "digihits.h5") as file:
        n_table = len(table["position"])
        event, pmt, charge, time = merged(file["all_triggers"])
        light = photoelectrons(file["true_hits"], kept.numpy(), card["window_ns"])
    order = np.argsort(event, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(event, minlength=len(light)))])
    hits = Hits.of(pmt[order], charge[order], time[order], start, n_table).select(kept)
    tracks = Track.concatenate([card["tracks"]] * len(light))
    return summarise(tracks, hits, detector, window_ns=card["window_ns"], photoelectrons=light)


def merged(group: h5py.Group) -> tuple[np.ndarray, ...]:
    """Event, tube, charge and time since the birth of every digit of every trigger."""
    time, trigger = group["hit_time"][:].astype(float), group["hit_trigger"][:]
    counts = np.diff(np.append(group["event_hits_index"][:], len(time)))
    event = np.repeat(np.arange(len(counts)), counts)
    trigger_ns = group["trigger_time"][:][group["event_trigger_index"][:][event] + trigger]
    return event, group["hit_pmt"][:], group["hit_charge"][:], time + trigger_ns - OFFSET_NS


def photoelectrons(group: h5py.Group, kept: np.ndarray, window_ns: tuple[float, float]) -> np.ndarray:
    """Photoelectrons of light in each event, on the tubes that are kept."""
    start = group["event_hits_index"][:]
    time, parent, pmt = (group[name][:] for name in ("hit_time", "hit_parent", "hit_pmt"))
    event = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(time))))
    seen = (parent != DARK) & (time >= window_ns[0]) & (time < window_ns[1]) & np.isin(pmt, kept)
    return np.bincount(event[seen], minlength=len(start))


def from_trees(path: Path, card) -> Summary:
    """Summary of WCSim's own validation output, which names no tubes.

    All light before the window's end counts: until November 2018 (WCSim's commit 799b59cb) a photoelectron could be
    stored with the time of a dark one of its tube, before the light.
    """
    import uproot

    with uproot.open(path) as file:
        triggers = file["validation_per_trigger"].arrays(library="np")
        light = file["validation_per_event"]["hittime_photon"].array(library="np")
    events = [_tree_event(triggers, number, np.asarray(times), card["window_ns"]) for number, times in enumerate(light)]
    numbers = {name: np.array([event[0][name] for event in events], float) for name in events[0][0]}
    curves = {name: Profile(EDGES[name], np.stack([event[1][name] for event in events])) for name in events[0][1]}
    return Summary(numbers, curves)


def _tree_event(triggers, number: int, light_ns: np.ndarray, window_ns: tuple[float, float]):
    own = np.flatnonzero(triggers["eventnumber"] == number)
    time = np.concatenate([np.asarray(triggers["digiplustriggertime"][k]) for k in own]) - OFFSET_NS
    charge = np.concatenate([np.asarray(triggers["digipe"][k]) for k in own])
    inside = (time >= window_ns[0]) & (time < window_ns[1])
    numbers = totals(charge[inside]) | {"photoelectrons": float((light_ns < window_ns[1]).sum())}
    return numbers, {"time": spectrum("time", time[inside]), "charge": spectrum("charge", charge[inside])}


def main() -> None:
    """Write one npz for each reference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("samples", type=Path)
    parser.add_argument("references", type=Path)
    given = parser.parse_args()
    for name, folder in EVENT_FILES.items():
        summary = from_event_file(given.samples / folder, read_card(name))
        np.savez_compressed(given.references / f"{name}.npz", **pack(summary))
    for name, file in TREES.items():
        summary = from_trees(given.samples / "wcsim-validation-hists" / file, read_card(name))
        np.savez_compressed(given.references / f"{name}.npz", **pack(summary))


if __name__ == "__main__":
    main()
