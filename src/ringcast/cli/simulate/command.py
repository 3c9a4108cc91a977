"""The command: makes the plan, does what is not done yet, and joins the parts."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console

from ringcast.cli.progress import progress
from ringcast.cli.simulate.listing import Listing, read_listing
from ringcast.cli.simulate.options import (
    EVENTS,
    LIGHT,
    LISTING,
    MATTER,
    PRIMARIES,
    RUN,
    SENSORS,
    Drawn,
    Light,
    Matter,
    Run,
    Sensors,
    fields_of_plan,
    in_options,
    named_by_user,
    require_workers,
    shard_of,
)
from ringcast.errors import ArgumentError, RingcastError

if TYPE_CHECKING:
    from ringcast.events import Primaries
    from ringcast.simulation import SimulationPlan
    from ringcast.simulation.memory import Staff
    from ringcast.storage import Shards

__all__ = ["run_plan", "simulate"]


def simulate(
    *,
    detector: Annotated[str, Parameter(alias="-d", group=EVENTS)],
    n_events: Annotated[int | None, Parameter(name=["--n-events", "-n"], group=EVENTS)] = None,
    output: Annotated[Path, Parameter(alias="-o", group=EVENTS)],
    dead: Annotated[Path | None, Parameter(group=EVENTS)] = None,
    drawn: Annotated[Drawn, PRIMARIES] = Drawn(),  # noqa: B008  frozen
    listing: Annotated[Listing, LISTING] = Listing(),  # noqa: B008
    matter: Annotated[Matter, MATTER] = Matter(),  # noqa: B008
    light: Annotated[Light, LIGHT] = Light(),  # noqa: B008
    sensors: Annotated[Sensors, SENSORS] = Sensors(),  # noqa: B008
    run: Annotated[Run, RUN] = Run(),  # noqa: B008
) -> None:
    """Simulate particles and write the hits of every event.

    Geant4 moves the particles through water; Cherenkov photons are made from their steps, absorbed, scattered and
    reflected on the way, and turned into charge and time where they strike a sensor. Dark noise, an experiment's
    electronics and a trigger are simulated if asked for.

    The same seed gives the same file whatever the number of workers and shards. Ctrl-C keeps the finished batches in
    OUTPUT.partial: run the same command again to go on.

    Try:

    * ringcast simulate -d super-k -n 100 --particles e- --energy 500 -o events.h5
    * ringcast simulate -d super-k -n 100 --dark-noise --digitiser auto --trigger -o digits.h5
    * ringcast simulate -d my-tank.toml -n 10000 --particles e-,mu-,gamma --energy 100:1000 -o train.h5 --seed 7

    Args:
        detector: A name of ringcast detector list, such as super-k, hyper-k, iwcd, wcte or mini, or a TOML file of your
            own tank.
        n_events: How many events; the file of primaries says it, if there is one.
        output: The event file (HDF5, digi-hits layout).
        dead: Text file of the numbers of dead sensors, from 0, which never report a hit.
        drawn: How primaries are drawn.
        listing: How a file of primaries is read.
        matter: What particles do in water.
        light: What light does.
        sensors: What sensors and electronics do.
        run: How it is run.
    """
    from ringcast.cli.simulate.summary import summarise
    from ringcast.geometry.dead import read_dead
    from ringcast.simulation import make_plan

    drawing = ["--n-events"] * (n_events is not None) + named_by_user(drawn)
    primaries, chosen = read_listing(listing, detector, drawing)
    if primaries is None:
        chosen = {"n_events": n_events, **fields_of_plan(drawn)}
    if primaries is None and n_events is None:
        raise ArgumentError("--n-events is missing; say how many events (-n), or list them in a file (--primaries)")
    with in_options():
        plan = make_plan(
            detector=detector,
            dead=() if dead is None else read_dead(dead),
            seed=run.seed,
            **chosen,
            **fields_of_plan(matter, light, sensors),
        )
        run_plan(plan, output, run, primaries=primaries)
    summarise(output, json_output=run.json_output)


def _say_what_is_dark(plan: "SimulationPlan") -> None:
    """A line for each particle whose range of energies begins below its threshold."""
    from ringcast.events import particle_type
    from ringcast.simulation.threshold import dark_share, threshold_mev

    for name in dict.fromkeys(plan.particles):
        share = dark_share(name, plan.energy_mev, plan.energy_power)
        if share > 0:
            least = f"{threshold_mev(particle_type(name)):.1f} MeV"
            words = f"below {least}, where {100 * share:.3g} % of its energies will be"
            print(f"ringcast: {name} makes no Cherenkov light of its own {words}", file=sys.stderr)


def run_plan(plan: "SimulationPlan", output: Path, run: Run, *, primaries: "Primaries | None" = None) -> None:
    """Simulate what is not done yet, batch by batch, then join the batches."""
    from ringcast.storage.claim import claimed

    require_workers(run.workers)
    with claimed(output):
        _go_on(plan, output, run, primaries)


def _go_on(plan: "SimulationPlan", output: Path, run: Run, primaries: "Primaries | None") -> None:
    """The work of the one process that holds the output."""
    from ringcast.geometry import load_detector
    from ringcast.simulation import require_device, require_room
    from ringcast.simulation.memory import fit_memory, largest_event_mev, read_size_mb
    from ringcast.storage import Shards

    tank = load_detector(plan.detector, dead=plan.dead)
    require_room(plan, tank)
    if run.scheduler is None:
        require_device(run.device)
    most_mb = None if run.memory is None else read_size_mb(run.memory)
    staff = fit_memory(largest_event_mev(plan, primaries), run.workers or os.cpu_count() or 1, most_mb)
    shards = Shards.open(output, plan.configuration, tank, shard_of(run.shard, plan.n_events), overwrite=run.overwrite)
    if shards.merged() and not run.overwrite:  # a process that ended right after it had written the file
        shards.discard()
        return
    if primaries is None:
        _say_what_is_dark(plan)
    try:
        _fill_and_merge(shards, plan, staff, run, primaries=primaries)
    except KeyboardInterrupt:
        if not shards.discard_if_empty():
            Console(stderr=True).print(f"stopped; run the same command again to go on from {shards.folder}")
        raise
    except RingcastError:
        if not shards.discard_if_empty():
            Console(stderr=True).print(f"what is done is kept in {shards.folder}; run the same command again to go on")
        raise


def _fill_and_merge(
    shards: "Shards", plan: "SimulationPlan", staff: "Staff", run: Run, *, primaries: "Primaries | None"
) -> None:
    """Simulate the events that no shard has, then join all."""
    from ringcast.simulation import simulate as batches

    todo = shards.missing()
    n, done = len(shards.events), len(shards.events) - sum(map(len, todo))
    with progress(f"simulating {shards.detector.name}", n, done) as advance:
        for batch in batches(
            plan,
            todo=todo,
            batch=staff.batch,
            workers=staff.workers,
            scheduler=run.scheduler,
            primaries=primaries,
            device=run.device,
        ):
            shards.write(
                batch.first_event,
                batch.tracks,
                batch.hits,
                trigger_ns=batch.trigger_ns,
                photoelectrons=batch.photoelectrons,
                primaries=batch.primaries,
            )
            advance(len(batch.tracks))
    shards.merge()
