"""The command: simulates the like of each reference, compares, and writes the report."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ringcast.cli.simulate.options import in_options, require_workers
from ringcast.cli.validate.options import COMPARED, LIGHT, MATTER, RUN, SENSORS, Light, Matter, Run, Sensors, changes
from ringcast.errors import ArgumentError

if TYPE_CHECKING:
    from ringcast.cli.validate.result import Compared
    from ringcast.validation import Reference
    from ringcast.validation.light import LightReference

__all__ = ["simulation"]


def simulation(
    *names: Annotated[str, Parameter(group=COMPARED)],
    n_events: Annotated[int, Parameter(name=["--n-events", "-n"], group=COMPARED)] = 100,
    reference: Annotated[Path | None, Parameter(group=COMPARED)] = None,
    geometry: Annotated[Path | None, Parameter(group=COMPARED)] = None,
    detector: Annotated[str | None, Parameter(alias="-d", group=COMPARED)] = None,
    between: Annotated[str | None, Parameter(group=COMPARED)] = None,
    output: Annotated[Path, Parameter(alias="-o", group=COMPARED)] = Path("ringcast-validation"),
    require: Annotated[float | None, Parameter(group=COMPARED)] = None,
    matter: Annotated[Matter, MATTER] = Matter(),  # noqa: B008  frozen
    light: Annotated[Light, LIGHT] = Light(),  # noqa: B008
    sensors: Annotated[Sensors, SENSORS] = Sensors(),  # noqa: B008
    run: Annotated[Run, RUN] = Run(),  # noqa: B008
) -> None:
    """Simulate the primaries of events that others simulated, in the same tank, and report what differs.

    Charge, tubes hit and photoelectrons an event, their means with errors and ratios; charge and hits against the angle
    to the track, time less the time of flight, and the charge of single tubes as ratio plots with p-values of their
    shape. Both samples go through the same code. The report is OUTPUT/report.html, one file to look at or pass on.

    References that come with the package: events of WCSim made by others, 10 of each,

    * super-k-e500, super-k-e500-2018, super-k-e100: electrons of 500 and 100 MeV in Super-K, of 500 MeV by two versions
    * hyper-k-40-e500: electrons of 500 MeV in Hyper-K with 38,448 tubes
    * hyper-k-60m-mu1000: positive muons of 1 GeV in a tank of 74 m x 60 m with 44,028 tubes
    * hyper-k-20-e100, hyper-k-20-e500, hyper-k-20-mu200, hyper-k-20-mu800: electrons and negative muons in Hyper-K
      with 20 % coverage

    and light at its birth from Geant4's own Cherenkov process in fine steps, 60 to 600 events of each (photons per MeV,
    directions, depths; no tank, so that what light and sensors do does not matter):

    * geant4-e100, geant4-e500, geant4-e1000: electrons of 100, 500 and 1000 MeV
    * geant4-mu100, geant4-mu500, geant4-mu1000: negative muons; all with WCSim's refractive index, and with 1.34 if
      -n1.34 is written behind the name

    Ours are simulated with every effect that WCSim has; switch some off to see what each does. Simulated events are
    kept in OUTPUT/events: Ctrl-C loses only the batch in hand, and the same command goes on from there.

    Try:

    * ringcast validate simulation
    * ringcast validate simulation super-k-e500 -n 200 --no-scattering
    * ringcast validate simulation geant4-e500 geant4-mu500 --require 1
    * ringcast validate simulation --reference events.h5 --geometry geometry.npz --detector super-k

    Args:
        names: References; all of them if none is named and no file is given.
        n_events: How many events to simulate for each reference.
        reference: Event file of your own to compare with, in the digi-hits layout. If its events have the same
            primary, ours have it too; if not, ours are simulated event by event. Of several triggers an event, only the
            hits in the main columns are read.
        geometry: Sensor table (npz) of that file, if it lies neither in the file nor beside it.
        detector: Tank of that file, if the table does not say enough (type of the tubes, where the wall is):
            a name of ringcast detector list, or a TOML file. Sensors of the table are found in it by position.
        between: Only reports between these times since the primary's birth (ns) are compared, as first:last; for a file
            of your own.
        output: Folder of the report and the events.
        require: Exit with code 1 unless mean charge and mean tubes hit of every reference, or photons per MeV, agree
            within so many per cent, or their errors are larger than that. Without it the exit code is 0 whatever the
            physics says.
        matter: What particles do in water.
        light: What light does.
        sensors: What sensors and electronics do.
        run: How it is run.
    """
    from ringcast.cli.validate.report import write_report
    from ringcast.cli.validate.result import compared, compared_light, document, misses, print_numbers
    from ringcast.validation import Reference

    if n_events < 2:
        raise ArgumentError(f"--n-events is {n_events}; expected at least 2, whose spread gives the errors")
    if require is not None and not require > 0:
        raise ArgumentError(f"--require is {require:g}; expected a positive number of per cent")
    with in_options():
        require_workers(run.workers)
    chosen = _references(names, reference, {"geometry": geometry, "detector": detector, "between": between}, output)
    changed = changes(matter, light, sensors)
    with in_options():
        _require_effect(changed, chosen)
        results: list[Compared] = [
            compared(one, n_events, output / "events", changes=changed, run=run)
            if isinstance(one, Reference)
            else compared_light(one, n_events, run=run)
            for one in chosen
        ]
    report = write_report(results, output)
    missed = [] if require is None else misses(results, require)
    if run.json_output:
        print(json.dumps(document(results, report, require, missed)))
    else:
        print_numbers(results)
        print(f"the report is {report.resolve()}")
    if missed:
        print(f"ringcast: not within {require:g} %: {', '.join(missed)}", file=sys.stderr)
        sys.exit(1)


def _references(
    names: tuple[str, ...], own: Path | None, further: dict[str, Any], output: Path
) -> "list[Reference | LightReference]":
    from ringcast.geometry import load_detector
    from ringcast.validation import REFERENCES, reference_from_file
    from ringcast.validation.light import LIGHT_REFERENCES

    if own is None:
        for option, value in further.items():
            if value is not None:
                raise ArgumentError(f"--{option} is of a file of your own; name it with --reference")
        return [_named(name) for name in dict.fromkeys(names or (*REFERENCES, *LIGHT_REFERENCES))]
    window = {} if further["between"] is None else {"window_ns": _window(further["between"])}
    tank = None if further["detector"] is None else load_detector(further["detector"])
    mine = reference_from_file(own, folder=output / "events", detector=tank, geometry=further["geometry"], **window)
    return [*(_named(name) for name in dict.fromkeys(names)), mine]


def _require_effect(changed: dict[str, Any], chosen: "Sequence[Reference | LightReference]") -> None:
    """Refuse options that change the simulation if none of the references knows them."""
    from ringcast.validation.light import LightReference

    if changed and all(isinstance(one, LightReference) for one in chosen):
        raise ArgumentError(
            f"{next(iter(changed))}: changes nothing of {chosen[0].name}, light at its birth in Geant4's water;"
            " leave it out, or name a reference with a tank"
        )


def _named(name: str) -> "Reference | LightReference":
    from ringcast.validation import REFERENCES, load_reference
    from ringcast.validation.light import LIGHT_REFERENCES, load_light_reference

    if name.startswith("geant4-"):
        return load_light_reference(name)
    if name not in REFERENCES:
        raise ArgumentError(f"reference is {name!r}; expected one of {', '.join((*REFERENCES, *LIGHT_REFERENCES))}")
    return load_reference(name)


def _window(text: str) -> tuple[float, float]:
    try:
        first, last = (float(part) for part in text.split(":"))
    except ValueError:
        raise ArgumentError(f"--between is {text!r}; expected first:last in ns since the primary's birth") from None
    if not first < last:
        raise ArgumentError(f"--between is {text!r}; expected the first time before the last")
    return first, last
