"""Primaries in the text of the neutrino generator Nuance, as Super-Kamiokande and WCSim read it ("kin" files).

Lines start with a tag, with or without a dollar sign: begin, nuance (reaction mode), vertex x y z t (cm, ns), track
(PDG code, total energy in MeV, unit vector, status), info, end, stop. A track starts at the vertex above it, and an
event can have several. Status 0 is a particle that leaves the nucleus: these are moved. Status -1 is the initial state
(the neutrino and its target), -2 the final state before it has crossed the nucleus. Source: NUANCE documentation, text
output, http://neutrino.phy.duke.edu/nuance-format/, and WCSim's `doc/Nuance_MC_Format.txt` for the unit of time.
"""

from collections.abc import Iterator
from pathlib import Path

from ringcast.errors import ArgumentError, FileError
from ringcast.simulation.primary_files.listed import Listed, ListedEvent, Vector, number, three

__all__ = ["TAGS", "read_kin"]

TAGS = ("begin", "nuance", "vertex", "track", "info", "end", "stop")
"""What lines can start with."""
_STATUS = {"0": "moved", "-1": "initial state", "-2": "before the nucleus is left"}
_VERTEX = ("x", "y", "z", "t")
_TRACK = ("PDG code", "total energy", "ux", "uy", "uz", "status")


def read_kin(path: Path) -> Iterator[ListedEvent]:
    """The events of a kin file, with their tracks of status 0.

    Raises:
        FileError: The file cannot be read as such a text.
    """
    event: ListedEvent | None = None
    vertex: tuple[Vector, float] | None = None
    for line, tag, values in _lines(path):
        try:
            if (event is None) != (tag == "begin"):
                raise ArgumentError(
                    f"found {tag} {'outside' if event is None else 'within'} an event; begin and end enclose each event"
                )
            if tag == "begin":
                event, vertex = ListedEvent(f"event of line {line}", []), None
            elif tag == "end":
                assert event is not None
                yield event
                event = None
            elif tag == "vertex":
                *place, time = _numbers(tag, _VERTEX, values)
                vertex = three(place), time
            elif tag == "track":
                assert event is not None
                event.particles.extend(_track(line, values, vertex))
        except ArgumentError as reason:
            raise FileError(f"{path}, line {line}: {reason}") from None
    if event is not None:
        raise FileError(f"{path}: ends within the {event.where}; expected end, so the file may be cut short")


def _lines(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, tag and what follows of each line up to stop that is not blank."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as reason:
        raise FileError(f"{path}: cannot be read ({reason}); expected a kin file of primaries") from None
    for line, text in enumerate(lines, start=1):
        tag, *values = text.replace("$", " ", 1).split() or [""]
        if tag == "stop":
            return
        if tag and tag not in TAGS:
            raise FileError(f"{path}, line {line}: found {tag!r}; expected one of {', '.join(TAGS)}")
        if tag:
            yield line, tag, values


def _numbers(tag: str, names: tuple[str, ...], values: list[str]) -> list[float]:
    if len(values) != len(names):
        raise ArgumentError(f"{tag} has {len(values)} values; expected {len(names)}: {', '.join(names)}")
    return [number(name, value) for name, value in zip(names, values, strict=True)]


def _track(line: int, values: list[str], vertex: tuple[Vector, float] | None) -> list[Listed]:
    """The particle of a line, or nothing if it is not to be moved.

    Raises:
        ArgumentError: A value cannot be used, or there is no vertex.
    """
    if values and not values[0].removeprefix("-").isdecimal():
        raise ArgumentError(f"PDG code is {values[0]!r}; expected a whole number")
    if len(values) == len(_TRACK) and values[-1] not in _STATUS:
        known = ", ".join(f"{code} ({meaning})" for code, meaning in _STATUS.items())
        raise ArgumentError(f"status is {values[-1]}; expected one of {known}")
    if len(values) == len(_TRACK) and values[-1] != "0":
        return []  # directions of targets at rest can be any text, such as nan
    numbers = _numbers("track", _TRACK, values)
    if vertex is None:
        raise ArgumentError("found a track before any vertex; expected a line vertex x y z t above the tracks")
    position, time = vertex
    return [Listed(f"line {line}", int(values[0]), numbers[1], True, position, three(numbers[2:5]), time)]
