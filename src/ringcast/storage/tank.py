"""Which detector an event file speaks of: embedded in it, given by the caller, or from a sensor table beside it."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from ringcast.errors import ArgumentError, FileError
from ringcast.events import Hits
from ringcast.geometry import Detector, detector_from_table
from ringcast.geometry.dead import with_dead
from ringcast.geometry.matching import match_sensors
from ringcast.geometry.table import read_table
from ringcast.storage.schema import DETECTOR_GROUP, Source

__all__ = ["Tank", "find_tank", "read_detector", "write_detector"]

_TEXTS = ("name", "description", "pmt_type")
_LENGTHS = ("radius_cm", "half_height_cm")
_COLUMNS = {
    "position_cm": ("f", (3,)),
    "normal": ("f", (3,)),
    "pmt_radius_cm": ("f", ()),
    "surface": ("iu", ()),
    "row": ("iu", ()),
    "column": ("iu", ()),
}
_TYPE_OF_RADIUS = {25.4: "PMT20inch", 10.16: "PMT8inch"}


@dataclass(frozen=True)
class Tank:
    """A detector and how the sensor numbers of a file map to its rows."""

    detector: Detector
    n_table: int
    """Sensors that the file numbers."""
    kept: Int[Tensor, " pmt"] | None = None
    """Numbers in the file of the sensors whose hits are kept; None where they are the detector's."""
    place: Int[Tensor, " pmt"] | None = None
    """The detector's sensor for each of `kept`; None where these are the detector's sensors in order."""

    def renumber(self, hits: Hits) -> Hits:
        """Hits by the file's numbers as hits by the detector's; those on other sensors are left out."""
        if self.kept is None:
            return hits
        chosen = hits.select(self.kept)
        if self.place is None:
            return chosen
        return Hits(self.place[chosen.pmt], chosen.charge_pe, chosen.time_ns, chosen.start, len(self.detector))


def write_detector(file: h5py.File, detector: Detector) -> None:
    """Store the table of sensors, compressed, so that the file needs no other."""
    group = file.create_group(DETECTOR_GROUP)
    for name in _TEXTS + _LENGTHS:
        group.attrs[name] = getattr(detector, name)
    for name in _COLUMNS:
        values = getattr(detector, name).detach().cpu().contiguous().numpy()
        group.create_dataset(name, data=values, compression="gzip", compression_opts=6, shuffle=True)
    if detector.alive is not None:
        alive = detector.alive.cpu().numpy().astype("u1")
        group.create_dataset("alive", data=alive, compression="gzip", compression_opts=6, shuffle=True)


def read_detector(source: Source) -> Detector:
    """Read the embedded table of sensors back into an equal `Detector`.

    Raises:
        FileError: A part of it is missing or damaged, or its fingerprint is not the one the file states.
    """
    group = source.file[DETECTOR_GROUP]
    n = len(source.dataset(f"{DETECTOR_GROUP}/surface", "iu"))
    columns = {
        name: torch.from_numpy(source.column(f"{DETECTOR_GROUP}/{name}", (n, *tail), kinds))
        for name, (kinds, tail) in _COLUMNS.items()
    }
    if "alive" in group:
        columns["alive"] = torch.from_numpy(source.column(f"{DETECTOR_GROUP}/alive", (n,), "iu")) > 0
    try:
        texts = {name: str(group.attrs[name]) for name in _TEXTS}
        lengths = {name: float(group.attrs[name]) for name in _LENGTHS}
        detector = Detector(**texts, **lengths, **columns)  # type: ignore[arg-type]
    except (KeyError, ValueError, RuntimeError) as reason:
        raise source.fail(
            DETECTOR_GROUP, f"a damaged sensor table ({reason})", "a whole one", "write it again"
        ) from None
    stated = source.text("detector_fingerprint", detector.fingerprint)
    if stated != detector.fingerprint:
        found = f"a sensor table of fingerprint {detector.fingerprint}"
        raise source.fail(DETECTOR_GROUP, found, f"{stated} as the file states", "write the file again")
    return detector


def find_tank(source: Source, detector: Detector | None, geometry: Path | str | None) -> Tank:
    """The detector that the sensor numbers of a file refer to.

    Args:
        source: The open event file.
        detector: The caller's own; it must agree with an embedded one.
        geometry: A sensor table (npz) that numbers the sensors as the file does. With a detector too, the table's
            sensors are found in the detector by their positions; those that the table lacks are dead.

    Raises:
        FileError: None is to be found, or the given one is not the file's.
    """
    embedded = read_detector(source) if DETECTOR_GROUP in source else None
    if embedded is not None and geometry is not None:
        expected = "none, as a sensor table was named"
        raise source.fail(DETECTOR_GROUP, f"detector {embedded.name}", expected, "leave the argument geometry out")
    if embedded is not None:
        if detector is not None and detector.fingerprint != embedded.fingerprint:
            expected = f"{detector.name} ({detector.fingerprint}) as given"
            found = f"detector {embedded.name} ({embedded.fingerprint})"
            raise source.fail(DETECTOR_GROUP, found, expected, "leave the argument out to take the file's own")
        return Tank(embedded, len(embedded))
    if detector is not None:
        return Tank(detector, len(detector)) if geometry is None else _matched(Path(geometry), detector)
    beside = Path(geometry) if geometry is not None else source.path.with_name("geometry.npz")
    if geometry is None and not beside.is_file():
        found = "neither an embedded sensor table nor geometry.npz beside the file"
        raise source.fail(DETECTOR_GROUP, found, "one of them", "name a sensor table (geometry) or give a detector")
    return _from_table(beside)


def _from_table(path: Path) -> Tank:
    radius_cm, n_table = _radius_and_size(path)
    kinds = [kind for radius, kind in _TYPE_OF_RADIUS.items() if abs(radius - radius_cm) < 0.05]
    if not kinds:
        known = ", ".join(f"{radius:g} cm ({kind})" for radius, kind in _TYPE_OF_RADIUS.items())
        raise FileError(
            f"{path}: pmt_radius: found {radius_cm:g} cm, expected one of {known};"
            " build the detector with ringcast.geometry.detector_from_table, naming its sensor type, and give it"
        )
    description = f"Sensor table {path.name}; sensor type {kinds[0]} taken from its radius of {radius_cm:.1f} cm."
    try:
        detector, kept = detector_from_table(
            path, name=path.stem, pmt_type=kinds[0], pmt_radius_cm=radius_cm, description=description
        )
    except ArgumentError as reason:
        raise FileError(f"{path}: {reason}") from None
    return Tank(detector, n_table, kept)


def _matched(path: Path, detector: Detector) -> Tank:
    """A caller's detector, with a table's sensors found in it by position."""
    try:
        table, kept = detector_from_table(
            path,
            name=path.stem,
            pmt_type=detector.pmt_type,
            pmt_radius_cm=float(detector.pmt_radius_cm.min()),
            wall_cm=(detector.radius_cm, detector.half_height_cm),
        )
        place = match_sensors(table.position_cm, detector)
    except ArgumentError as reason:
        raise FileError(f"{path}: {reason}") from None
    missing = torch.ones(len(detector), dtype=torch.bool)
    missing[place] = False
    return Tank(
        with_dead(detector, missing.nonzero().squeeze(-1).tolist()), len(read_table(path)["position"]), kept, place
    )


def _radius_and_size(path: Path) -> tuple[float, int]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            key = "position" if "position" in archive.files else "positions"
            if not {"pmt_radius", key} <= set(archive.files):
                held = ", ".join(archive.files)
                raise FileError(
                    f"{path}: found {held}, expected position, orientation and pmt_radius (cm);"
                    " add pmt_radius to the table, or give a detector"
                )
            return float(archive["pmt_radius"]), len(archive[key])
    except (OSError, ValueError, TypeError, EOFError) as reason:
        if isinstance(reason, FileError):
            raise
        raise FileError(f"{path}: found no readable sensor table ({reason}), expected an npz; write it again") from None
