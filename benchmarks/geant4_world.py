"""Geant4 itself, with its own Cherenkov process: a tank of water, an index, a gun. For the two programs beside.

Needs ``pip install 'ringcast[reference]'``. One process can hold one world.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.engine_data import VARIABLE, build_data_folder
from ringcast.simulation.table_file import read_table

__all__ = ["EV_NM", "LIGHT_BELOW_MEV", "Water", "World", "flat_index", "wcsim_water"]

EV_NM = 1239.841984
"""h c in eV nm."""
LIGHT_BELOW_MEV = 1e-5
"""Only optical photons are born with less energy than 10 eV, a cheaper question than that for the kind."""
_HOMES = {
    "G4LEDATA": "G4EMLOW8.8",
    "G4ENSDFSTATEDATA": "G4ENSDFSTATE3.0",
    "G4PARTICLEXSDATA": "G4PARTICLEXS4.2",
    "G4LEVELGAMMADATA": "PhotonEvaporation6.1.2",
    "G4REALSURFACEDATA": "RealSurface2.2",
}

Water = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Geant4's name of an optical property: photon energies in eV, rising, and its values (lengths in cm)."""


def flat_index(index: float = 1.34, low_nm: float = 300.0, high_nm: float = 600.0) -> Water:
    """An index that does not depend on the wavelength, in two points."""
    return {"RINDEX": (EV_NM / np.array([high_nm, low_nm]), np.full(2, index))}


def wcsim_water(low_nm: float, high_nm: float, *, lengths: dict[str, float] | None = None) -> Water:
    """WCSim's table between two wavelengths, with the points at the ends interpolated.

    Args:
        low_nm: Shortest wavelength.
        high_nm: Longest wavelength.
        lengths: Columns of lengths to include under Geant4's names, with the factor on each.
    """
    rows = sorted(read_table("water_optics_wcsim.csv"), key=lambda row: float(row["photon_energy_eV"]))
    at = np.array([float(row["photon_energy_eV"]) for row in rows])
    ends = EV_NM / np.array([high_nm, low_nm])
    energy = np.concatenate([ends[:1], at[(at > ends[0]) & (at < ends[1])], ends[1:]])
    columns = {"RINDEX": ("refractive_index", 1.0)}
    names = {"ABSLENGTH": "absorption_length_cm", "RAYLEIGH": "rayleigh_length_cm"}
    columns |= {name: (names[name], factor) for name, factor in (lengths or {}).items()}
    return {
        name: (energy, factor * np.interp(energy, at, [float(row[column]) for row in rows]))
        for name, (column, factor) in columns.items()
    }


class World:
    """A cylinder of water in Geant4 with EM standard, decay and, if there is an index, optical physics.

    Args:
        water: Optical properties; none for no light.
        seed: Any number.
        radius_cm: Of the tank, whose axis is z; light that leaves it is gone.
        half_height_cm: Of the tank.
        cut_cm: Range below which no secondary is made; 0.7 mm is the default of Geant4's own physics lists.
        classify: Called with every new track; returns True to kill it.
        step: Called with every step.
    """

    def __init__(
        self,
        water: Water,
        *,
        seed: int,
        radius_cm: float = 1e5,
        half_height_cm: float = 1e5,
        cut_cm: float = 0.07,
        classify: Callable[[Any], bool] | None = None,
        step: Callable[[Any], None] | None = None,
    ) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="ringcast-geant4-")
        folder = build_data_folder(Path(self._scratch.name))
        os.environ[VARIABLE] = str(folder)  # also keeps the bindings from asking for a download
        os.environ |= {name: str(folder / home) for name, home in _HOMES.items()}
        with _silence():
            import geant4_pybind as geant4

        self.geant4: Any = geant4
        geant4.HepRandom.setTheSeed(seed)
        geant4.G4EmParameters.Instance().SetVerbose(0)
        with _silence():
            self._manager = geant4.G4RunManager()
        self._keep = [
            _detector(geant4, water, radius_cm, half_height_cm),
            _physics(geant4, optical=bool(water)),
            _actions(geant4, classify, step),
        ]
        for part in self._keep:
            self._manager.SetUserInitialization(part)
        with _silence():
            self._manager.Initialize()
        self.command(f"/run/setCut {cut_cm} cm")  # a cut given to the physics list before is lost

    def command(self, text: str) -> None:
        """One of Geant4's text commands."""
        self.geant4.G4UImanager.GetUIpointer().ApplyCommand(text)

    def shoot(self, name: str, energy_mev: float, n: int) -> None:
        """Run n events from the centre along z."""
        gun = self._keep[2].gun
        gun.SetParticleByName(name)
        gun.SetParticleEnergy(energy_mev * self.geant4.MeV)
        with _silence():
            self._manager.BeamOn(n)


@contextmanager
def _silence() -> Iterator[None]:
    """Drop what Geant4 writes to the standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def _detector(geant4: Any, water: Water, radius_cm: float, half_height_cm: float) -> Any:
    class Tank(geant4.G4VUserDetectorConstruction):
        def Construct(self) -> Any:
            material = geant4.G4NistManager.Instance().FindOrBuildMaterial("G4_WATER")
            table = geant4.G4MaterialPropertiesTable()
            for name, (energy, values) in water.items():
                unit = geant4.cm if name != "RINDEX" else 1.0
                table.AddProperty(
                    name,
                    geant4.G4doubleVector([float(e) * geant4.eV for e in energy]),
                    geant4.G4doubleVector([float(v) * unit for v in values]),
                )
            if water:
                material.SetMaterialPropertiesTable(table)
            size = radius_cm * geant4.cm, half_height_cm * geant4.cm
            self.solid = geant4.G4Tubs("tank", 0, *size, 0, 2 * np.pi)
            self.logical = geant4.G4LogicalVolume(self.solid, material, "tank")
            self.table = table
            return geant4.G4PVPlacement(None, geant4.G4ThreeVector(), self.logical, "tank", None, False, 0)

    return Tank()


def _physics(geant4: Any, *, optical: bool) -> Any:
    class Physics(geant4.G4VModularPhysicsList):
        def __init__(self) -> None:
            super().__init__()
            self.SetVerboseLevel(0)
            self.RegisterPhysics(geant4.G4EmStandardPhysics())
            self.RegisterPhysics(geant4.G4DecayPhysics())
            if optical:
                self.RegisterPhysics(geant4.G4OpticalPhysics())

    return Physics()


def _actions(geant4: Any, classify: Callable[[Any], bool] | None, step: Callable[[Any], None] | None) -> Any:
    class Gun(geant4.G4VUserPrimaryGeneratorAction):
        def __init__(self, gun: Any) -> None:
            super().__init__()
            self.gun = gun

        def GeneratePrimaries(self, event: Any) -> None:
            self.gun.GeneratePrimaryVertex(event)

    class Stacking(geant4.G4UserStackingAction):
        def ClassifyNewTrack(self, track: Any) -> Any:
            return geant4.fKill if classify(track) else geant4.fUrgent

    class Stepping(geant4.G4UserSteppingAction):
        def UserSteppingAction(self, found: Any) -> None:
            step(found)

    class Actions(geant4.G4VUserActionInitialization):
        def Build(self) -> None:
            self.gun = geant4.G4ParticleGun(1)
            self.gun.SetParticleMomentumDirection(geant4.G4ThreeVector(0, 0, 1))
            self.SetUserAction(Gun(self.gun))
            if classify is not None:
                self.SetUserAction(Stacking())
            if step is not None:
                self.SetUserAction(Stepping())

    return Actions()
