"""Options of a file of primaries, in place of drawn ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from ringcast.cli.simulate.options import numbers, split_names
from ringcast.errors import ArgumentError

if TYPE_CHECKING:
    from ringcast.events import Primaries

__all__ = ["Listing", "read_listing"]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Options of a file of primaries."""

    primaries: Path | None = None
    """Move the particles of this file, and draw none. Either a comma-separated table with a line for each particle and
    the columns event (from 0; lines of one event follow each other), particle, energy_mev (kinetic), x_cm, y_cm, z_cm,
    ux, uy, uz (unit vector), time_ns; or a kin file of Nuance, NEUT or others (tracks of status 0 are moved); or HepMC
    text (particles of status 1; pip install 'ringcast[hepmc]'). Neutrinos are left out."""
    format: Annotated[Literal["csv", "kin", "hepmc"] | None, Parameter(name="--primaries-format")] = None
    """How the file is written, if neither its name (.csv, .kin, .nuance, .hepmc, .hepmc3) nor its first line tell."""
    axis: Annotated[Literal["y", "z"], Parameter(name="--primaries-axis")] = "z"
    """The tank's axis in the file's coordinates; y is turned by (x, y, z) -> (z, x, y)."""
    centre: Annotated[str, Parameter(name="--primaries-centre", allow_leading_hyphen=True)] = "0,0,0"
    """The tank's centre in the file's coordinates, x,y,z in cm."""
    leave_out: Annotated[str, Parameter(name="--primaries-leave-out", allow_leading_hyphen=True)] = ""
    """Names or PDG codes of particles to leave out, separated by commas, such as neutron,nuclei: particles that Geant4
    cannot move here are refused otherwise."""


def read_listing(listing: Listing, detector: str, drawing: list[str]) -> "tuple[Primaries | None, dict[str, Any]]":
    """Primaries of a file, if one is named, and what they say of the plan.

    Args:
        listing: The options.
        detector: Preset name or TOML file.
        drawing: Options the user gave that draw primaries.

    Raises:
        ArgumentError: Primaries are both listed and drawn, or options speak of a file that is not named.
        FileError: The file cannot be used.
    """
    from ringcast.geometry import load_detector
    from ringcast.simulation import plan_fields, read_primaries

    if listing.primaries is None:
        if listing != Listing():
            raise ArgumentError("--primaries is missing; the other options --primaries-... say how to read its file")
        return None, {}
    if drawing:
        raise ArgumentError(f"{drawing[0]} draws primaries, but --primaries lists them; choose one")
    x, y, z = numbers(",", 3)("primaries-centre", listing.centre)
    primaries = read_primaries(
        listing.primaries,
        load_detector(detector),
        file_format=listing.format,
        axis=listing.axis,
        centre_cm=(x, y, z),
        leave_out=[name for name in split_names("primaries-leave-out", listing.leave_out) if name],
    )
    return primaries, plan_fields(primaries)
