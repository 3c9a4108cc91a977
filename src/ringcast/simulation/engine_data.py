"""The small Geant4 data folder that water needs, built on demand.

Geant4 ends the whole process when a data file is missing, so the folder is complete before the engine is imported.
It holds water only (hydrogen, oxygen) with the standard electromagnetic models: see `geant4_water/README.md`.
"""

import os
from importlib.resources import files
from pathlib import Path

from ringcast.errors import EngineError

__all__ = ["VARIABLE", "build_data_folder", "engine_data_folder"]

VARIABLE = "GEANT4_DATA_DIR"
"""Environment variable that names a folder of full Geant4 data sets; it wins over the shipped tables."""

_EMPTY = (
    "G4NDL4.7.1",
    "PhotonEvaporation6.1.2",
    "RadioactiveDecay6.1.2",
    "G4PII1.3",
    "RealSurface2.2",
    "G4SAIDDATA2.0",
    "G4ABLA3.3",
    "G4INCL1.3",
    "G4CHANNELING2.0",
)
_HOMES = {"br": "brem_SB", "pe": "epics2017/phot", "re": "epics2017/rayl"}
_NO_REACTION = "0 130 2\n2\n0 0\n130 0\n"
"""A cross section of zero from 0 to 130 MeV in Geant4's vector format."""


def engine_data_folder(scratch: Path) -> Path:
    """The folder the engine shall read: the user's own if `GEANT4_DATA_DIR` is set, else one built in `scratch`.

    Raises:
        EngineError: `GEANT4_DATA_DIR` names no folder, or one without the low-energy tables.
    """
    own = os.environ.get(VARIABLE)
    if own is None:
        return build_data_folder(scratch)
    if not list(Path(own).glob("G4EMLOW*")):
        raise EngineError(f"{VARIABLE} is {own!r}; expected a folder with G4EMLOW*: unset it to use the shipped tables")
    return Path(own)


def build_data_folder(target: Path) -> Path:
    """Lay the shipped tables out as Geant4 11.4 looks for them, and return the folder."""
    for table in sorted((files("ringcast.simulation") / "geant4_water").iterdir(), key=lambda entry: entry.name):
        home = _HOMES.get(table.name[:2])
        if home is not None:
            _write(target / "G4EMLOW8.8" / home / table.name, table.read_text(encoding="ascii"))
    for element in range(1, 95):
        _write(target / "G4PARTICLEXS4.2" / "gamma" / f"inel{element}", _NO_REACTION)
    _write(target / "G4ENSDFSTATE3.0" / "ENSDFSTATE.dat", "")
    for name in _EMPTY:
        (target / name).mkdir(parents=True, exist_ok=True)
    return target


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")
