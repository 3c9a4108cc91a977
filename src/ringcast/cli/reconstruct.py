"""``ringcast reconstruct``: fit the events of a file by maximum likelihood."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ringcast.cli.fit_table import fit_medians, fit_rows, print_fit_table
from ringcast.cli.progress import of_total, progress
from ringcast.errors import ArgumentError, FileError

if TYPE_CHECKING:
    from ringcast.events import Hits, Track
    from ringcast.generator import RingNetwork
    from ringcast.geometry import Detector
    from ringcast.reconstruction import Fit, FitConfig

__all__ = ["reconstruct"]


@dataclass(frozen=True)
class _Events:
    """The chosen events of a file."""

    numbers: range
    truth: "Track"
    hits: "Hits"
    detector: "Detector"


def reconstruct(
    file: Path,
    /,
    *,
    model: Annotated[str, Parameter(alias="-m")],
    output: Annotated[Path, Parameter(alias="-o")] = Path("fits.h5"),
    events: str | None = None,
    particles: str = "e-,mu-",
    energy: str | None = None,
    detector: Annotated[str | None, Parameter(alias="-d")] = None,
    geometry: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Fit vertex, direction and energy of every event under every particle hypothesis.

    Seeds come from the hits alone; the true tracks of the file are only used to print how far the fits are off. dNLL
    is the nll of the second particle minus that of the first: positive favours the first.

    Try:

    * `ringcast reconstruct events.h5 -m iwcd-grid -o fits.h5`
    * `ringcast reconstruct events.h5 -m my-network.safetensors --events 0:20 --particles mu- -o muons.h5`

    Args:
        file: An event file (HDF5, digi-hits layout).
        model: Name of shipped weights, or a checkpoint.
        output: The fit file (HDF5).
        events: Numbers of events as first:end, or one number; all if not given.
        particles: Hypotheses, separated by commas.
        energy: Kinetic energies allowed, in MeV as low:high; those that the model was trained on if not given.
        detector: A name of ringcast detector list, or a TOML file, for files that name no detector.
        geometry: Sensor table (npz) that the file counts sensors by.
            With --detector too, its sensors are found in that tank by position.
        overwrite: Replace the output if it exists.
        json_output: Print one JSON document with the numbers unrounded.
    """
    _require_place(output, overwrite=overwrite)
    from ringcast.generator import load
    from ringcast.reconstruction import compare
    from ringcast.reconstruction import reconstruct as run

    chosen = _read(file, events, detector, geometry)
    network = load(model, detector=chosen.detector)
    config = _config(network, particles, energy)
    with progress(f"fitting {chosen.detector.name}", len(chosen.numbers)) as advance:
        fit = run(chosen.hits, network, chosen.detector, config, progress=of_total(advance))
    _write(output, fit, chosen, config, {"events": str(file), "model": model})
    comparison = compare(fit, chosen.truth)
    rows = fit_rows(fit, comparison, chosen.numbers, chosen.truth, chosen.hits)
    medians = fit_medians(comparison)
    if json_output:
        print(json.dumps({"file": str(file), "fits": str(output), "events": rows, "medians": medians}))
    else:
        print_fit_table(rows, medians)
        print(f"wrote {output}")


def _require_place(output: Path, *, overwrite: bool) -> None:
    """Refuse before the work rather than after it."""
    if not output.parent.is_dir():
        raise ArgumentError(f"output is {str(output)!r}, but there is no folder {str(output.parent)!r}; make it first")
    if output.exists() and not overwrite:
        raise FileError(f"{output} exists; add --overwrite to replace it, or name another output")


def _read(file: Path, events: str | None, detector: str | None, geometry: Path | None) -> _Events:
    from ringcast.geometry import load_detector
    from ringcast.storage import EventStore, read_events

    tank = None if detector is None else load_detector(detector)
    try:
        store = EventStore.open(file, detector=tank, geometry=geometry)
    except FileError:  # compressed hits cannot be mapped, but read whole; other faults are raised again
        whole = read_events(file, detector=tank, geometry=geometry)
        picked = _picked(events, len(whole.hits), file)
        return _Events(picked, whole.tracks[list(picked)], whole.hits[list(picked)], whole.detector)
    picked = _picked(events, len(store), file)
    return _Events(picked, store.tracks[list(picked)], store.hits(picked), store.detector)


def _picked(events: str | None, count: int, file: Path) -> range:
    if events is None:
        return range(count)
    found = re.fullmatch(r"(\d+)(?:(:)(\d*))?", events.strip())
    if found is None:
        raise ArgumentError(f"--events is {events!r}; expected first:end such as 0:20, or one number")
    first = int(found[1])
    end = first + 1 if found[2] is None else int(found[3] or count)
    if not first < end <= count:
        raise ArgumentError(f"--events is {events!r}; {file} has events 0 to {count - 1}, so at most 0:{count}")
    return range(first, end)


def _config(network: "RingNetwork", particles: str, energy: str | None) -> "FitConfig":
    """Hypotheses of the user, energies of the user or of the training."""
    from ringcast.reconstruction import FitConfig

    hypotheses = tuple(name.strip() for name in particles.split(","))
    if energy is None:
        return FitConfig(hypotheses=hypotheses, energy_range_mev=network.energy_range_mev)
    found = re.fullmatch(r"(\d+(?:\.\d*)?):(\d+(?:\.\d*)?)", energy.strip())
    if found is None:
        raise ArgumentError(f"--energy is {energy!r}; expected low:high in MeV, such as 100:1000")
    return FitConfig(hypotheses=hypotheses, energy_range_mev=(float(found[1]), float(found[2])))


def _write(output: Path, fit: "Fit", chosen: _Events, config: "FitConfig", source: dict[str, Any]) -> None:
    from dataclasses import asdict

    import numpy as np

    from ringcast.reconstruction import PARAMETERS, fit_to_arrays
    from ringcast.storage.fits import write_fits

    arrays = fit_to_arrays(fit) | {"event": np.asarray(chosen.numbers, dtype=np.int64)}
    for name in ("pdg", "energy_mev", "position_cm", "direction", "time_ns"):
        arrays[f"truth/{name}"] = getattr(chosen.truth, name).numpy()
    metadata = source | {"covariance_parameters": list(PARAMETERS), "config": asdict(config)}
    write_fits(output, arrays, hypotheses=fit.hypotheses, detector=chosen.detector, metadata=metadata)
