"""The small Geant4 data folder that water needs, built on demand.

Geant4 ends the whole process when a data file is missing, so the folder is complete before the engine is imported.
It holds water only (hydrogen, oxygen) with the standard electromagnetic models: see `geant4_water/README.md`.
"""

import os
from importlib.resources import files
from importlib.resources.abc import Traversable
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
_ZERO_HOME, _STATES = "G4PARTICLEXS4.2/gamma", "G4ENSDFSTATE3.0/ENSDFSTATE.dat"
_NO_REACTION = "0 130 2\n2\n0 0\n130 0\n"
"""A cross section of zero from 0 to 130 MeV in Geant4's vector format."""


def engine_data_folder(scratch: Path) -> Path:
    """The folder the engine shall read: the user's own if `GEANT4_DATA_DIR` is set, else one built in `scratch`.

    Raises:
        EngineError: `GEANT4_DATA_DIR` names no folder, or one that lacks a data set or a table that water needs.
    """
    own = os.environ.get(VARIABLE)
    if own is None:
        return build_data_folder(scratch)
    needed = [*(str(place) for place, _ in _tables()), _ZERO_HOME, _STATES, *_EMPTY]
    lacking = [name for name in needed if not (Path(own) / name).exists()]
    if lacking:
        found = lacking[0] if len(lacking) == 1 else f"{lacking[0]} and {len(lacking) - 1} more"
        raise EngineError(
            f"{VARIABLE} is {own!r}, which lacks {found}; expected the data sets of Geant4 11.4: unset it to use the"
            " shipped tables"
        )
    return Path(own)


def build_data_folder(target: Path) -> Path:
    """Lay the shipped tables out as Geant4 11.4 looks for them, and return the folder."""
    for place, table in _tables():
        _write(target / place, table.read_text(encoding="ascii"))
    for element in range(1, 95):
        _write(target / _ZERO_HOME / f"inel{element}", _NO_REACTION)
    _write(target / _STATES, "")
    for name in _EMPTY:
        (target / name).mkdir(parents=True, exist_ok=True)
    return target


def _tables() -> list[tuple[Path, Traversable]]:
    """Where Geant4 looks for each shipped table, and the table."""
    shipped = sorted((files("ringcast.simulation") / "geant4_water").iterdir(), key=lambda entry: entry.name)
    return [
        (Path("G4EMLOW8.8") / _HOMES[table.name[:2]] / table.name, table)
        for table in shipped
        if table.name[:2] in _HOMES
    ]


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    except OSError as reason:
        found = f"{path}: a table of Geant4 cannot be written ({reason.strerror})"
        raise EngineError(f"{found}; make room, or set TMPDIR to another folder") from None
