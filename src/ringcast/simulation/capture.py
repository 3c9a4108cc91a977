"""Negative muons at rest in water: oxygen captures some, and the others decay sooner than free ones.

Geant4 runs without hadronic physics here, so each negative muon that stops decays as if it were free. In water it falls
into the lowest orbit about an oxygen nucleus, which captures it or from where it decays.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.ancestry import Family, nearest, track_key
from ringcast.simulation.tracks import event_generator
from ringcast.units import second

__all__ = ["CAPTURED_SHARE", "LIFETIME_NS", "capture_muons"]

LIFETIME_NS = 1795.0
"""Mean life of negative muons bound to oxygen-16: 1795.4 +- 2.0 ns, T. Suzuki, D. F. Measday, J. P. Roalsvig, "Total
nuclear capture rates for negative muons", Phys. Rev. C 35, 2212 (1987)."""
CAPTURED_SHARE = 0.184
"""Share of stopped negative muons that oxygen captures: 1 - Q 1795 / 2197 (bound and free mean life in ns), where the
Huff factor Q = 0.998 is the rate of decay in orbit over that of free muons (same paper)."""
_CAPTURE = 10  # purpose of the random numbers, beside those of the other modules
_MUON, _ELECTRON = 13, 11


def capture_muons(
    family: Family, vertices: Any, events: NDArray[np.int64], *, seed: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """What capture by oxygen changes in a batch of Geant4's tracks.

    Of the negative muons that came to rest, a share `CAPTURED_SHARE` gives no decay electron; the others decay at a new
    time after the stop, exponential with mean `LIFETIME_NS`. Muons of any origin count, those from pions too. Positive
    muons and decays in flight stay as they are. The neutrons and few gammas that a nucleus sends out after a capture
    are left out.

    Args:
        family: Geant4's tracks.
        vertices: Geant4's vertices, ordered by event and track: event, tid, energy, time.
        events: Event number of each row of the batch; with the seed it keys the random numbers.
        seed: The plan's seed.

    Returns:
        For each vertex, whether it stays, and the time in ns to add to it.
    """
    tracks, own, parent = family
    born = (tracks["creator"] == b"Decay") & (tracks["pid"] == _ELECTRON) & (tracks["pid"][parent] == _MUON)
    at = track_key(vertices["event"], vertices["tid"])
    stays, shift = np.ones(len(own), dtype=bool), np.zeros(len(own))
    generators: dict[int, np.random.Generator] = {}
    for electron in np.flatnonzero(born):
        event = int(events[tracks["event"][electron]])
        generator = generators.setdefault(event, event_generator(seed, event, _CAPTURE))
        draw, life_ns = generator.random(), generator.exponential(LIFETIME_NS)
        muon = vertices[slice(*np.searchsorted(at, own[parent[electron]] + np.arange(2)))]
        stopped = muon["energy"] <= 0
        if stopped.any():
            stays[electron] = draw >= CAPTURED_SHARE
            shift[electron] = life_ns - (muon["time"][-1] - muon["time"][stopped.argmax()]) * second
    source = nearest(born, parent)[np.searchsorted(own, at)]
    return stays[source], shift[source]
