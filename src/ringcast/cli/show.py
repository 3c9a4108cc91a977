"""``ringcast show``: the picture of one event."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ringcast.cli.replacing import replacing
from ringcast.errors import ArgumentError, FileError

if TYPE_CHECKING:
    from ringcast.events import Hits, Primaries, Track
    from ringcast.geometry import Detector
    from ringcast.likelihood import Prediction

__all__ = ["picture_path", "show"]

_SUFFIXES = (".png", ".pdf", ".svg")
_DPI = 200
_SUPERSCRIPT = str.maketrans({"+": "⁺", "-": "⁻", "0": "⁰"})


@dataclass(frozen=True)
class _Event:
    """What is known of the event to be shown."""

    number: int
    truth: "Track"
    hits: "Hits"
    detector: "Detector"
    others: "tuple[str, ...]" = ()
    """Names of the primaries beside that of `truth`."""
    fit: "Track | None" = None


def show(
    events: Path,
    *,
    event: Annotated[int, Parameter(alias="-e")] = 0,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    model: Annotated[str | None, Parameter(alias="-m")] = None,
    fits: Path | None = None,
    residual: Annotated[bool, Parameter(negative="")] = False,
    detector: Annotated[str | None, Parameter(alias="-d")] = None,
    geometry: Path | None = None,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Draw one event on the unrolled tank, with the Cherenkov ring of its true track, and say how well they agree.

    With a model its prediction for the fitted track (for the true one without `--fits`) stands beside the event, in
    the same colours.

    Try:

    * ringcast show events.h5 -e 3 -o event.png
    * ringcast show events.h5 -e 3 -m iwcd-grid --fits fits.h5 -o event.pdf

    Args:
        events: An event file (HDF5, digi-hits layout).
        event: Number of the event in the file, from 0.
        output: Picture to write: .png, .pdf or .svg; named after the file and the event if not given.
        model: Name of shipped weights, or a checkpoint.
        fits: What `ringcast reconstruct` wrote for this file; adds the ring of the fit.
        residual: Add a third tank with the difference between the event and the prediction.
        detector: A name of ringcast detector list, or a TOML file, for files that name no detector.
        geometry: Sensor table (npz) that the file counts sensors by; geometry.npz beside the file is found by itself.
            With --detector too, its sensors are found in that tank by position.
        json_output: Print the numbers as one JSON document.
    """
    path = picture_path(output, f"{events.stem}-event{event}.png")
    if residual and model is None:
        raise ArgumentError("--residual needs a prediction to compare with; add -m MODEL")
    chosen = _read(events, event, detector, geometry, fits)
    prediction = None if model is None else _predict(model, chosen)
    _draw(chosen, prediction, path, residual=residual)
    numbers = _numbers(chosen, path)
    if json_output:
        print(json.dumps(numbers))
    else:
        print("\n".join(_sentences(chosen, numbers)))


def picture_path(output: Path | None, otherwise: str) -> Path:
    """Where the picture goes.

    Raises:
        ArgumentError: The suffix is none that can be drawn, or the folder does not exist.
    """
    path = output or Path(otherwise)
    if path.suffix.lower() not in _SUFFIXES:
        raise ArgumentError(f"output is {str(path)!r}; expected a name that ends in {', '.join(_SUFFIXES)}")
    if not path.parent.is_dir():
        raise ArgumentError(f"output is {str(path)!r}, but there is no folder {str(path.parent)!r}; make it first")
    return path


def _read(events: Path, number: int, detector: str | None, geometry: Path | None, fits: Path | None) -> _Event:
    from ringcast.geometry import load_detector
    from ringcast.storage import EventStore, read_events

    tank = None if detector is None else load_detector(detector)
    try:
        store = EventStore.open(events, detector=tank, geometry=geometry)
    except FileError:  # compressed hits cannot be mapped, but read whole; other faults are raised again
        whole = read_events(events, detector=tank, geometry=geometry)
        _require_event(number, len(whole.hits), events)
        others = _others(whole.primaries, number)
        found = _Event(number, whole.tracks[number], whole.hits[number], whole.detector, others)
    else:
        _require_event(number, len(store), events)
        others = _others(store.primaries, number)
        found = _Event(number, store.tracks[number], store.hits([number]), store.detector, others)
    if fits is None:
        return found
    return replace(found, fit=_fitted(fits, number, found.detector))


def _others(primaries: "Primaries | None", number: int) -> tuple[str, ...]:
    return () if primaries is None else tuple(primaries[number].particles.names[1:])


def _fitted(fits: Path, number: int, detector: "Detector") -> "Track":
    """The best fit of one event.

    Raises:
        ArgumentError: The file does not hold the event, is of another tank, or nothing was fitted.
    """
    from ringcast.reconstruction import fit_from_arrays
    from ringcast.storage.fits import read_fits

    file = read_fits(fits)
    if file.detector_fingerprint != detector.fingerprint:
        raise ArgumentError(f"--fits {fits} is of detector {file.detector_name}, the events are of {detector.name}")
    fit = fit_from_arrays(file.arrays, file.hypotheses).best
    numbers = file.arrays.get("event", range(len(fit)))
    rows = [row for row, event in enumerate(numbers) if event == number]
    if not rows:
        raise ArgumentError(f"--event is {number}, which {fits} does not hold; it has {len(fit)} other events")
    if not math.isfinite(float(fit.nll[rows[0], 0])):
        raise ArgumentError(f"--fits {fits} has no fit of event {number}: {fit.status[rows[0]][0]}; leave --fits out")
    return fit.track[rows[0]]


def _require_event(number: int, count: int, events: Path) -> None:
    if not 0 <= number < count:
        raise ArgumentError(f"--event is {number}; expected 0 to {count - 1}, the events of {events}")


def _predict(model: str, event: _Event) -> "Prediction":
    import torch

    from ringcast.generator import load

    network = load(model, detector=event.detector)
    with torch.no_grad():
        prediction: Prediction = network(event.truth if event.fit is None else event.fit)
    return prediction


def _draw(event: _Event, prediction: "Prediction | None", path: Path, *, residual: bool) -> None:
    from ringcast.views import Overlay, event_figure, observed_panel, predicted_panel, pull_panel

    truth = Overlay("truth", event.truth)
    rings = (truth,) if event.fit is None else (truth, Overlay("fit", event.fit, "fit"))
    panels = [observed_panel(event.hits, rings)]
    if prediction is not None:
        source = "truth" if event.fit is None else "fit"
        panels.append(predicted_panel(prediction, rings[-1:], f"predicted from {source}"))
        if residual:
            panels.append(pull_panel(event.hits, prediction))
    title = f"Event {event.number}: {_symbol(event.truth.names[0])} {_words(event.truth)}{_more(event)}"
    figure = event_figure(panels, event.detector, title=title)
    with replacing(path) as beside:
        figure.savefig(beside, dpi=_DPI)


def _numbers(event: _Event, path: Path) -> dict[str, Any]:
    from ringcast.views import cherenkov_angle_rad, light_angle_rad

    charge = float(event.hits.total_charge_pe[0])
    numbers: dict[str, Any] = {
        "picture": str(path),
        "event": event.number,
        "particles": [event.truth.names[0], *event.others],
        "sensors_hit": int((event.hits.charge_image() > 0).sum()),
        "charge_pe": charge,
        "cherenkov_angle_degrees": math.degrees(float(cherenkov_angle_rad(event.truth)[0])) or None,
        "light_angle_degrees": math.degrees(light_angle_rad(event.hits, event.truth, event.detector))
        if charge > 0
        else None,
    }
    if event.fit is not None:
        numbers |= _fit_numbers(event.fit, event.truth)
    return numbers


def _fit_numbers(fit: "Track", truth: "Track") -> dict[str, float]:
    from ringcast.reconstruction.compare import errors_of

    errors = errors_of(fit, truth)
    return {
        "fit_vertex_distance_cm": float(errors.position_cm[0]),
        "fit_angle_degrees": math.degrees(float(errors.angle_rad[0])),
        "fit_energy_percent": 100 * float(errors.energy_fraction[0]),
    }


def _sentences(event: _Event, numbers: dict[str, Any]) -> list[str]:
    lines = [
        f"event {event.number}: {event.truth.names[0]} {_words(event.truth)}{_more(event)}",
        f"  {numbers['sensors_hit']:,} sensors hit, {numbers['charge_pe']:,.1f} p.e. in {event.detector.name}",
    ]
    if numbers["light_angle_degrees"] is not None:
        angle = numbers["cherenkov_angle_degrees"]
        ring = "" if angle is None else f" (Cherenkov angle {angle:.1f} degrees)"
        lines.append(
            f"  half of the charge lies within {numbers['light_angle_degrees']:.1f} degrees of the true direction, seen"
            f" from the true vertex{ring}"
        )
    if event.fit is not None:
        lines.append(
            f"  fit off by {numbers['fit_vertex_distance_cm']:.1f} cm, {numbers['fit_angle_degrees']:.2f} degrees,"
            f" {numbers['fit_energy_percent']:+.1f} % in energy"
        )
    return [*lines, f"wrote {numbers['picture']}"]


def _more(event: _Event) -> str:
    """The other primaries of an event, in words."""
    return f", with {', '.join(event.others)}" if event.others else ""


def _symbol(particle: str) -> str:
    """How a particle is written in a picture.

    Example:
        >>> [_symbol(name) for name in ("mu-", "gamma", "pi0", "K+", "proton")]
        ['μ⁻', 'γ', 'π⁰', 'K⁺', 'proton']
    """
    for name, letter in (("gamma", "γ"), ("mu", "μ"), ("pi", "π")):
        particle = particle.replace(name, letter)
    return particle.translate(_SUPERSCRIPT)


def _words(track: "Track") -> str:
    """One track in words: kinetic energy, vertex, direction."""
    vertex = ", ".join(f"{round(x) + 0:d}" for x in track.position_cm[0].tolist())
    heading = ", ".join(f"{round(x, 2) + 0.0:.2f}" for x in track.direction[0].tolist())
    return f"of {float(track.energy_mev[0]):.0f} MeV from ({vertex}) cm towards ({heading})"
