"""`LightReference`: the light of Geant4's own Cherenkov process, and the plan that makes the like."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.simulation.births import BirthPlan

__all__ = [
    "LIGHT_REFERENCES",
    "LightReference",
    "Rows",
    "birth_plan_of",
    "load_light_reference",
]

Rows = dict[str, NDArray[np.float64]]
"""Numbers and shares of each event by name."""

_FILE = files("ringcast.validation") / "references" / "geant4-light.json"
_WORDS = {"e-": "Electrons", "mu-": "Muons"}
_SHORT = {"e-": "e", "mu-": "mu"}
_SHOWN_INDEX = "wcsim"


@dataclass(frozen=True)
class LightReference:
    """Light of one kind of particle, as Geant4's Cherenkov process made it."""

    name: str
    setting: dict[str, Any]
    """Means over events, errors and covariances; see the README beside the file."""
    angle_edges_deg: tuple[float, ...]
    geant4: str
    """Version."""

    @property
    def title(self) -> str:
        """Particle, energy and index in words."""
        index = "WCSim's index" if self.setting["index"] == "wcsim" else f"an index of {self.setting['index']}"
        return f"{_WORDS[self.setting['particle']]} of {self.setting['energy_mev']} MeV: light at its birth, {index}"

    @property
    def program(self) -> str:
        """What made the light."""
        return self.geant4.replace("geant4-", "Geant4, version ").replace(" [MT]", "")

    @property
    def source(self) -> str:
        """How it was made."""
        return "benchmarks/geant4_reference.py of Ringcast's sources, with geant4-pybind; steps of at most 20 photons"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        first = "From 300 to 600 nm in endless water, without decay products."
        lacking = (
            "Events in which a gamma meets a nucleus are left out of ours, since the reference has no such processes."
        )
        return (first, lacking) if self.setting["particle"] == "e-" else (first,)

    @property
    def edges(self) -> dict[str, NDArray[np.float64]]:
        """Edges of the bins of each curve: angle to the axis in degrees, depth in cm."""
        return {
            "angle_share": np.array(self.angle_edges_deg, float),
            "depth_share": np.array(self.setting["depth_edges_cm"], float),
        }


@lru_cache
def _stored() -> dict[str, LightReference]:
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    edges, version = tuple(content["origin"]["angle_edges_deg"]), content["origin"]["geant4"][0]
    found = {}
    for setting in content["settings"]:
        name = f"geant4-{_SHORT[setting['particle']]}{setting['energy_mev']}"
        name += "" if setting["index"] == _SHOWN_INDEX else f"-n{setting['index']}"
        found[name] = LightReference(name, setting, edges, version)
    return found


LIGHT_REFERENCES = ("geant4-e100", "geant4-e500", "geant4-e1000", "geant4-mu100", "geant4-mu500", "geant4-mu1000")
"""Names that `load_light_reference` knows, with WCSim's index; `-n1.34` behind a name gives that index."""


def load_light_reference(name: str) -> LightReference:
    """A built-in reference of light at its birth.

    Raises:
        ArgumentError: There is none of that name.

    Example:
        >>> reference = load_light_reference("geant4-mu500")
        >>> reference.setting["events"], round(reference.setting["photons"]["mean"])
        (120, 66637)
    """
    if name not in _stored():
        raise ArgumentError(f"light reference is {name!r}; expected one of {', '.join(_stored())}")
    return _stored()[name]


def birth_plan_of(reference: LightReference, n_events: int, *, seed: int = 1) -> BirthPlan:
    """The plan of the like of a reference; as many photons of each event are looked at as there.

    Example:
        >>> birth_plan_of(load_light_reference("geant4-e500-n1.34"), 10).index
        1.34
    """
    setting = reference.setting
    return BirthPlan(
        setting["particle"],
        float(setting["energy_mev"]),
        n_events,
        index=None if setting["index"] == "wcsim" else float(setting["index"]),
        one_in=setting["one_photon_looked_at_in"],
        seed=seed,
    )
