"""Geant4 through calzone: primaries in, charged steps out. The only module that touches the engine."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import EngineError
from ringcast.events import Track, particle_type
from ringcast.simulation.cherenkov import Steps, true_length_cm
from ringcast.simulation.engine_data import VARIABLE
from ringcast.units import second

__all__ = ["Engine", "require_engine"]

_CHARGED = (11, -11, 13, -13, 211, -211)
_WORLD_RADIUS_CM = 1e5


def require_engine() -> None:
    """Check that Geant4 can be imported, before work is handed to processes that need it.

    Raises:
        EngineError: calzone is not installed.
    """
    if find_spec("calzone") is None:
        raise EngineError("the simulation needs Geant4: install it with: pip install 'ringcast[simulation]'")


class Engine:
    """Geant4 in an endless sphere of water; one per process.

    Raises:
        EngineError: calzone is not installed.
    """

    def __init__(self, data_folder: Path, *, seed: int) -> None:
        os.environ[VARIABLE] = str(data_folder)  # read by calzone when it is imported
        require_engine()
        import calzone

        self._calzone = calzone
        world = calzone.Geometry({"World": {"sphere": _WORLD_RADIUS_CM, "material": "G4_WATER"}})
        self._simulation = calzone.Simulation(world)
        self._simulation.random = calzone.Random(seed)
        self._simulation.physics.em_model = "standard"
        self._simulation.physics.had_model = None
        self._simulation.tracking = True
        self._simulation.sample_deposits = None
        self._simulation.sample_particles = False
        self.steps(Track("e-", 1.0, (0, 0, 0), (0, 0, 1)), np.zeros(1, dtype=np.int64))  # the first event may differ

    def steps(self, tracks: Track, events: NDArray[np.int64]) -> Steps:
        """Charged steps of a batch of 50 to 200 primaries.

        Args:
            tracks: The primaries.
            events: Event number of each; with the engine's seed it decides the event, in any batch.
        """
        primaries = self._calzone.particles(len(tracks))
        primaries["pid"] = tracks.pdg.numpy()
        primaries["energy"] = tracks.energy_mev.double().numpy()
        primaries["position"] = tracks.position_cm.double().numpy()
        primaries["direction"] = tracks.direction.double().numpy()
        keys = np.stack([events, np.zeros_like(events)], -1).astype(np.uint64)
        out = self._simulation.run(primaries, random_indices=keys)
        return _charged_steps(out.tracks, out.vertices, tracks.time_ns.double().numpy())


def _charged_steps(tracks: Any, vertices: Any, birth_ns: NDArray[np.float64]) -> Steps:
    """Pair consecutive vertices of each charged track; order by event and track."""
    key = _key(vertices)
    order = np.argsort(key, kind="stable")
    key, vertices = key[order], vertices[order]
    mass = _masses(tracks, key)
    first = np.nonzero((key[1:] == key[:-1]) & (mass[1:] > 0))[0]
    a, b, mass = vertices[first], vertices[first + 1], mass[first]
    chord = np.linalg.norm(b["position"] - a["position"], axis=-1)
    keep = (chord > 0) & (a["energy"] > 0)
    a, b, mass, chord = a[keep], b[keep], mass[keep], chord[keep]
    event = a["event"].astype(np.int64)
    begins = np.searchsorted(event, event)
    return Steps(
        event=event,
        number=np.arange(len(event)) - begins,
        start_cm=np.ascontiguousarray(a["position"]),
        end_cm=np.ascontiguousarray(b["position"]),
        start_direction=np.ascontiguousarray(a["direction"]),
        end_direction=np.ascontiguousarray(b["direction"]),
        start_energy_mev=a["energy"].copy(),
        end_energy_mev=b["energy"].copy(),
        start_time_ns=a["time"] * second + birth_ns[event],
        end_time_ns=b["time"] * second + birth_ns[event],
        length_cm=true_length_cm(chord, 0.5 * (a["energy"] + b["energy"]), mass),
        mass_mev=mass,
    )


def _masses(tracks: Any, key: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mass in MeV of the track of each vertex; 0 for those that emit no light."""
    track_key = _key(tracks)
    order = np.argsort(track_key)
    pid = tracks["pid"][order[np.searchsorted(track_key, key, sorter=order)]]
    mass = np.zeros(len(key))
    for code in _CHARGED:
        mass[pid == code] = particle_type(code).mass_mev
    return mass


def _key(rows: Any) -> NDArray[np.int64]:
    return (rows["event"].astype(np.int64) << 32) | rows["tid"].astype(np.int64)
