"""`Reference`: events of others, summarised, with all that it takes to simulate the like."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.events import Primaries, Track
from ringcast.validation.summary import ANYTIME, EDGES, Profile, Summary
from ringcast.validation.whole_ns import LostFraction

__all__ = ["REFERENCES", "Reference", "load_reference", "pack", "read_card", "unpack"]

REFERENCES = (
    "super-k-e500",
    "super-k-e500-2018",
    "super-k-e100",
    "hyper-k-40-e500",
    "hyper-k-60m-mu1000",
    "hyper-k-20-e100",
    "hyper-k-20-e500",
    "hyper-k-20-mu200",
    "hyper-k-20-mu800",
)
"""Names that `load_reference` knows."""
_FOLDER = files("ringcast.validation") / "references"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Events of one kind that another program simulated."""

    name: str
    title: str
    """Particle, energy and tank in words."""
    source: str
    """Who made them, and where they are."""
    program: str
    """What simulated them, such as WCSim."""
    detector: str
    """Preset name or TOML file of the tank."""
    tracks: Track
    """The primary of all events, or one for each."""
    primaries: Primaries | None = None
    """All primaries of each event, if some have more than one."""
    window_ns: tuple[float, float] = ANYTIME
    """Reports between these times since the primary's birth are compared."""
    plan: Mapping[str, Any] = field(default_factory=dict)
    """Where the readout of these events differs from ours with everything on."""
    notes: tuple[str, ...] = ()
    """What a reader must know to judge the comparison."""
    own_time_zero: bool = True
    """Whether its times are since the primary's birth."""
    lost_fraction: LostFraction | None = None
    """What the other program cut to whole ns."""
    summary: Summary

    @property
    def paired(self) -> bool:
        """Whether each event has a primary of its own, so that ours are compared event by event."""
        return len(self.tracks) > 1 or self.primaries is not None


def load_reference(name: str) -> Reference:
    """A built-in reference.

    Raises:
        ArgumentError: There is none of that name.

    Example:
        >>> reference = load_reference("super-k-e500")
        >>> len(reference.summary), reference.tracks.names, round(reference.summary.numbers["charge_pe"].mean())
        (10, ['e-'], 4259)
    """
    card = read_card(name)
    with (_FOLDER / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as archive:
        summary = unpack({key: archive[key] for key in archive.files})
    return Reference(summary=summary, **card)


def read_card(name: str) -> dict[str, Any]:
    """All fields of a built-in reference but its summary.

    Raises:
        ArgumentError: There is none of that name.
    """
    if name not in REFERENCES:
        raise ArgumentError(f"reference is {name!r}; expected one of {', '.join(REFERENCES)}")
    card = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    primary = card.pop("primary")
    tracks = Track(primary["particle"], primary["energy_mev"], primary["position_cm"], primary["direction"])
    lists = {"window_ns": tuple(card.pop("window_ns")), "notes": tuple(card.pop("notes", ()))}
    return {"name": name, "tracks": tracks, **lists, **card}


def pack(summary: Summary) -> dict[str, NDArray[np.float32]]:
    """A summary as arrays for a file.

    Example:
        >>> sorted(pack(load_reference("super-k-e100").summary))[:2]
        ['number_charge_pe', 'number_charge_per_hit_pe']
    """
    numbers = {f"number_{name}": values.astype(np.float32) for name, values in summary.numbers.items()}
    curves = {f"profile_{name}": profile.values.astype(np.float32) for name, profile in summary.profiles.items()}
    return numbers | curves


def unpack(arrays: Mapping[str, NDArray[np.float32]]) -> Summary:
    """The summary of `pack`."""

    def named(prefix: str) -> dict[str, NDArray[np.float64]]:
        return {key.removeprefix(prefix): arrays[key].astype(float) for key in arrays if key.startswith(prefix)}

    return Summary(named("number_"), {name: Profile(EDGES[name], values) for name, values in named("profile_").items()})
