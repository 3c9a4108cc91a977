"""Geant4 through calzone: primaries in, charged steps out. The only module that touches the engine.

Electrons, muons, gammas, protons, and pions and kaons of either charge can be primaries; a neutral pion decays into
its photons where it is born. Hadronic physics is off (had_model None), which the shipped data folder would not serve.
Protons and kaons lose energy and scatter, but meet no nuclei, of which water has one on the way of a proton every 83 cm
or so; kaons decay, negative ones at rest too, which in nature a nucleus absorbs. For charged pions this
means that they lose energy and scatter as muons do and decay in flight or at rest (pi to mu to e), but never interact:
in nature a pion of some hundred MeV meets a nucleus about every metre of water, which scatters, absorbs or turns it
into a neutral one, and a negative pion at rest is always absorbed. So pion rings come out too clean and pion tracks too
long; muons of stopped negative pions do not exist in nature.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import EngineError
from ringcast.events import Emitters, Track, particle_type
from ringcast.simulation.ancestry import Family, family_of, list_emitters, track_key
from ringcast.simulation.capture import capture_muons
from ringcast.simulation.cherenkov import Steps, select_steps
from ringcast.simulation.engine_data import VARIABLE
from ringcast.simulation.path_length import true_length_cm
from ringcast.simulation.substeps import divide
from ringcast.simulation.tracks import event_generator
from ringcast.units import second

__all__ = ["Engine", "require_engine", "stream_starts"]

_CHARGED = (11, -11, 13, -13, 211, -211)
_HEAVY_MEV = {2212: 938.272, -2212: 938.272, 321: 493.677, -321: 493.677}
"""Masses of protons and kaons (Particle Data Group 2024): gammas above 130 MeV can free them from nuclei."""
_HEAVY_ABOVE_MEV = 400.0
_FASTEST_LIGHT = 1.40
"""Heavy particles slower than c / 1.40 make no light in water at any wavelength that sensors see."""
_WORLD_RADIUS_CM = 1e5
_CUT_CM = 0.07
"""Production cut: Geant4's own default, as in WCSim; electrons freed with less than about 0.27 MeV, which hardly shine,
are not followed."""
_OF_ELEMENTS = "WATER_OF_ELEMENTS"
"""For a material that it does not know by name Geant4 takes the mean excitation energy from the elements (69 eV for
water) and the density effect from a general formula (source/materials/src/G4IonisParamMat.cc). WCSim's water is such a
material (src/WCSimConstructMaterials.cc, commits of 2015 to 2024)."""
_STREAM = 11  # purpose of the random numbers, beside those of the other modules


def require_engine() -> None:
    """Check that Geant4 can be imported, before work is handed to processes that need it.

    Raises:
        EngineError: calzone is not installed.
    """
    if find_spec("calzone") is None:
        raise EngineError("the simulation needs Geant4: install it with: pip install 'ringcast[simulation]'")


class Engine:
    """Geant4 in an endless sphere of water; one per process.

    Args:
        data_folder: What `engine_data_folder` returned.
        seed: The plan's seed.
        muon_capture: Let oxygen capture stopped negative muons; see `capture_muons`.
        energy_loss: "water" or "wcsim"; see `MatterSwitches`.

    Raises:
        EngineError: calzone is not installed.
    """

    def __init__(self, data_folder: Path, *, seed: int, muon_capture: bool = False, energy_loss: str = "water") -> None:
        os.environ[VARIABLE] = str(data_folder)  # read by calzone when it is imported
        require_engine()
        import calzone

        self._calzone = calzone
        self._seed, self._muon_capture = seed, muon_capture
        calzone.define(materials={"molecules": {_OF_ELEMENTS: {"density": 1.0, "composition": {"H": 2, "O": 1}}}})
        material = _OF_ELEMENTS if energy_loss == "wcsim" else "G4_WATER"
        world = calzone.Geometry({"World": {"sphere": _WORLD_RADIUS_CM, "material": material}})
        self._simulation = calzone.Simulation(world)
        self._simulation.random = calzone.Random(seed)
        self._simulation.physics.em_model = "standard"
        self._simulation.physics.had_model = None
        self._simulation.physics.default_cut = _CUT_CM
        self._simulation.tracking = True
        self._simulation.sample_deposits = None
        self._simulation.sample_particles = False
        self.steps(Track("e-", 1.0, (0, 0, 0), (0, 0, 1)), np.zeros(1, dtype=np.int64))  # the first event may differ

    def steps(self, tracks: Track, events: NDArray[np.int64], row: NDArray[np.int64] | None = None) -> Steps:
        """Charged steps of a batch of 50 to 200 primaries; see `run`."""
        return self.run(tracks, events, row)[0]

    def run(
        self, tracks: Track, events: NDArray[np.int64], row: NDArray[np.int64] | None = None
    ) -> tuple[Steps, NDArray[np.int64], Emitters]:
        """Charged steps of a batch of 50 to 200 primaries, the emitter of each step, and the list of emitters.

        Geant4 moves each primary by itself.

        Args:
            tracks: The primaries, those of an event beside each other.
            events: Event number of each; with the engine's seed, and the place of the primary among those of its event,
                it decides what happens, in any batch.
            row: Row in the batch of the event of each, which rises; None if every primary is an event.
        """
        row = np.arange(len(tracks)) if row is None else row
        primaries = self._calzone.particles(len(tracks))
        primaries["pid"] = tracks.pdg.numpy()
        primaries["energy"] = tracks.energy_mev.double().numpy()
        primaries["position"] = tracks.position_cm.double().numpy()
        primaries["direction"] = tracks.direction.double().numpy()
        keys = stream_starts(events, self._seed)
        out = self._simulation.run(primaries, random_indices=keys)
        order = np.argsort(track_key(out.vertices["event"], out.vertices["tid"]), kind="stable")
        vertices = _take(out.vertices, order)
        family = family_of(out.tracks)
        time_ns = vertices["time"] * second + tracks.time_ns.double().numpy()[vertices["event"].astype(np.int64)]
        steps, first = _charged_steps(family, vertices, time_ns, row)
        steps, source = divide(steps, events[np.searchsorted(row, np.arange(row[-1] + 1))], seed=self._seed)
        first = first[source]
        if self._muon_capture:
            stays, shift_ns = capture_muons(family, vertices, events, seed=self._seed)
            later = {name: getattr(steps, name) + shift_ns[first] for name in ("start_time_ns", "end_time_ns")}
            steps, first = select_steps(steps._replace(**later), stays[first]), first[stays[first]]
            time_ns = time_ns + shift_ns
        emitters, emitter = list_emitters(family, vertices, first, time_ns, row)
        return steps, emitter, emitters


def stream_starts(events: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """Where each primary starts in the engine's sequence of random numbers: high and low 64 bits of the place.

    The sequence is that of one congruential generator, and successive events must not start at neighbouring places:
    places `event` times 2^64 numbers apart share their low bits, and the first numbers of events spread unevenly. Over
    3000 events the mean depth at which gammas of 20 MeV interact then came out 12 % short (six standard errors), and so
    did the mean life of muons. So each primary starts at a random place of its own.

    Args:
        events: Event number of each primary; those of an event beside each other.
        seed: The plan's seed.

    Example:
        >>> bool((stream_starts(np.array([4, 4, 5]), 1)[[0, 2]] == stream_starts(np.array([4, 5]), 1)).all())
        True
    """
    first = np.flatnonzero(np.diff(events, prepend=-1))
    counts = np.diff(first, append=len(events))
    draws = [
        event_generator(seed, int(event), _STREAM).integers(0, 2**64, (n, 2), dtype=np.uint64)
        for event, n in zip(events[first], counts, strict=True)
    ]
    return np.concatenate([np.zeros((0, 2), dtype=np.uint64), *draws])


def _charged_steps(
    family: Family, vertices: Any, time_ns: NDArray[np.float64], row: NDArray[np.int64]
) -> tuple[Steps, NDArray[np.int64]]:
    """Pair consecutive vertices of each charged track; also the row of each step's first vertex.

    Args:
        family: Geant4's tracks.
        vertices: Geant4's vertices, ordered by event and track; the steps keep that order.
        time_ns: Time of each vertex.
        row: Row of each primary's event.
    """
    key = track_key(vertices["event"], vertices["tid"])
    mass = _masses(family, key)
    first = np.flatnonzero((key[1:] == key[:-1]) & (mass[1:] > 0))
    way = vertices["position"][first + 1] - vertices["position"][first]
    chord = np.linalg.norm(way, axis=-1)
    energy, rest = vertices["energy"][first], mass[first]
    heavy_and_slow = (rest > _HEAVY_ABOVE_MEV) & (rest > (energy + rest) * np.sqrt(1 - 1 / _FASTEST_LIGHT**2))
    keep = (chord > 0) & (energy > 0) & ~heavy_and_slow
    first, way, chord, mass = first[keep], way[keep], chord[keep], rest[keep]
    a, b = _take(vertices, first), _take(vertices, first + 1)
    event = row[a["event"].astype(np.int64)]
    steps = Steps(
        event=event,
        number=np.arange(len(event)) - np.searchsorted(event, event),
        start_cm=np.ascontiguousarray(a["position"]),
        end_cm=np.ascontiguousarray(b["position"]),
        start_direction=np.ascontiguousarray(a["direction"]),
        end_direction=np.ascontiguousarray(b["direction"]),
        start_energy_mev=a["energy"].copy(),
        end_energy_mev=b["energy"].copy(),
        start_time_ns=time_ns[first],
        end_time_ns=time_ns[first + 1],
        length_cm=true_length_cm(chord, a["energy"], b["energy"], mass),
        mass_mev=mass,
    )
    return steps, first


def _take(records: Any, rows: NDArray[np.int64]) -> Any:
    """Rows of a structured array, copied as bytes, which is five times as fast as field by field."""
    whole = np.ascontiguousarray(records).view(f"V{records.dtype.itemsize}")
    return whole[rows].view(records.dtype)


def _masses(family: Family, key: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mass in MeV of the track of each vertex; 0 for those that emit no light."""
    pid = family.tracks["pid"][np.searchsorted(family.key, key)]
    mass = np.zeros(len(key))
    for code, mass_mev in {**{code: particle_type(code).mass_mev for code in _CHARGED}, **_HEAVY_MEV}.items():
        mass[pid == code] = mass_mev
    return mass
