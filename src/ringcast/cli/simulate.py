"""``ringcast simulate``: Geant4 events for a detector."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter
from rich.console import Console

from ringcast.cli.progress import progress
from ringcast.errors import ArgumentError

if TYPE_CHECKING:
    from ringcast.events import Track
    from ringcast.simulation import SimulationPlan

__all__ = ["simulate"]

_NOTHING_DRAWN = {
    "n_events": None,
    "particles": ("e-", "mu-"),
    "energy_mev": (100.0, 1000.0),
    "energy_spectrum": "flat",
    "position_cm": None,
    "direction": None,
    "leaves_through": None,
    "wall_distance_cm": 50.0,
    "to_wall_cm": 0.0,
}
"""What the options that draw primaries say by default."""


def simulate(
    *,
    detector: Annotated[str, Parameter(alias="-d")],
    n_events: Annotated[int | None, Parameter(name=["--n-events", "-n"])] = None,
    output: Annotated[Path, Parameter(alias="-o")],
    primaries: Path | None = None,
    dead: Path | None = None,
    particles: str = "e-,mu-",
    energy: str = "100:1000",
    spectrum: str = "flat",
    position: str | None = None,
    direction: str | None = None,
    leaves_through: Literal["top", "barrel", "bottom"] | None = None,
    wall_distance_cm: float = 50.0,
    to_wall_cm: float = 0.0,
    window_ns: float | None = None,
    dark_noise: bool = False,
    digitiser: Literal["simple", "ski"] = "simple",
    digit_time_step_ns: float = 0.4,
    trigger: bool = False,
    trigger_hits: int = 25,
    trigger_noise_correction: bool = True,
    scattering: bool = False,
    reflection: Literal["off", "wcsim", "constant"] = "off",
    pmt_shape: Literal["disc", "cap"] = "disc",
    angular_acceptance: bool = False,
    muon_capture: bool = False,
    seed: int = 1,
    workers: int = 0,
    overwrite: bool = False,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Simulate single particles and write the hits of every event.

    Geant4 moves the particle through water; Cherenkov photons are made from its steps, absorbed on the way or carried
    to the wall, and turned into charge and time where they strike a sensor. Scattering,
    reflection, dark noise, a digitiser and a trigger are simulated if asked for.

    The same seed gives the same file whatever the number of workers. Ctrl-C keeps the finished batches in
    OUTPUT.partial: run the same command again to go on.

    Try:

    * ringcast simulate -d super-k -n 100 --particles e- --energy 500:500 -o events.h5
    * ringcast simulate -d my-tank.toml -n 10000 --particles e-,mu-,gamma --energy 100:1000 -o train.h5 --seed 7

    Args:
        detector: super-k, hyper-k, iwcd, wcte, iwcd-grid, mini, or a TOML file of your own tank.
        n_events: How many events; the file of primaries says it, if there is one.
        output: The event file (HDF5, digi-hits layout).
        dead: Text file of the numbers of dead sensors, from 0, which never report a hit.
        primaries: Comma-separated file with a line for each event and the columns event (from 0), particle, energy_mev
            (kinetic), x_cm, y_cm, z_cm, ux, uy, uz (unit vector), time_ns, in place of drawn particles.
        particles: Names, separated by commas; events take them in turn. Of e-, e+, mu-, mu+, gamma, pi+, pi-, pi0;
            pions lose energy and decay, but meet no nuclei.
        energy: Kinetic energy in MeV as low:high or one number.
        spectrum: How energies spread between low and high: flat, or power:p for a density energy ** p, such as
            power:-2.
        position: Vertex x,y,z in cm; uniform in the tank if not given.
        direction: Direction x,y,z; isotropic if not given.
        leaves_through: Keep only tracks whose line leaves the tank through this surface.
        wall_distance_cm: Least distance of drawn vertices from the wall, in cm.
        to_wall_cm: Least distance from the vertex to the wall along the direction, in cm.
        window_ns: Photoelectrons later than this are not counted; by default the time light needs across the tank
            and 100 ns.
        dark_noise: Add photoelectrons that no light made, at the rate of the sensor's type.
        digitiser: How charges become hits: simple adds up the whole window and cuts at 0.25 pe; ski integrates 200 ns
            at a time behind Super-Kamiokande's soft threshold.
        digit_time_step_ns: The ski digitiser rounds times down to this step: 0.4, or 0.1 in later electronics.
        trigger: Keep the hits from 400 ns before to 950 ns after the first trigger, in time since the trigger + 950 ns.
            An event that does not trigger has no hits. Needs the ski digitiser.
        trigger_hits: More hits than this within 200 ns trigger.
        trigger_noise_correction: With dark noise, raise trigger_hits by the mean number of dark hits in 200 ns.
        scattering: Scatter light on water molecules (Rayleigh).
        reflection: Reflect light at the black sheet and at the sensors' faces: as WCSim does (diffuse sheet, faces that
            reflect at large angles) or with constant shares (partly specular sheet, faces that mirror 0.32).
        pmt_shape: Sensors as flat discs on the wall, or as spherical caps that stand out of it.
        angular_acceptance: Let the chance of detection fall with the angle to the sensor's axis.
        muon_capture: Let oxygen capture 18.4 % of the negative muons that stop, and let the others decay with a mean
            life of 1795 ns in place of 2197 ns.
        seed: Any number.
        workers: Worker processes; 0 takes one for each core.
        overwrite: Replace the output if it exists.
        json_output: Print the summary as one JSON document.
    """
    from ringcast.geometry.dead import read_dead
    from ringcast.simulation import make_plan

    drawn = {
        "n_events": n_events,
        "particles": tuple(name.strip() for name in particles.split(",")),
        "energy_mev": _numbers("--energy", energy, ":", (1, 2)),
        "energy_spectrum": spectrum,
        "position_cm": position and _numbers("--position", position, ",", (3,)),
        "direction": direction and _numbers("--direction", direction, ",", (3,)),
        "leaves_through": leaves_through,
        "wall_distance_cm": wall_distance_cm,
        "to_wall_cm": to_wall_cm,
    }
    tracks = None
    if primaries is not None:
        tracks, drawn = _listed(primaries, detector, drawn)
    elif n_events is None:
        raise ArgumentError("--n-events is missing; say how many events (-n), or list them in a file (--primaries)")
    plan = make_plan(
        detector=detector,
        dead=() if dead is None else read_dead(dead),
        **drawn,
        window_ns=window_ns,
        dark_noise=dark_noise,
        digitiser=digitiser,
        digit_time_step_ns=digit_time_step_ns,
        trigger=trigger,
        trigger_hits=trigger_hits,
        trigger_noise_correction=trigger_noise_correction,
        scattering=scattering,
        reflection=reflection,
        pmt_shape=pmt_shape,
        angular_acceptance=angular_acceptance,
        muon_capture=muon_capture,
        seed=seed,
    )
    _run(plan, output, workers=workers, overwrite=overwrite, primaries=tracks)
    _summarise(output, json_output=json_output)


def _listed(path: Path, detector: str, drawn: dict[str, Any]) -> "tuple[Track, dict[str, Any]]":
    """Primaries of a file and what they say of the plan, if no option asks for drawn ones."""
    from ringcast.geometry import load_detector
    from ringcast.simulation import plan_fields, read_primaries

    for name, value in drawn.items():
        if value != _NOTHING_DRAWN[name]:
            option = {"energy_mev": "energy", "energy_spectrum": "spectrum", "position_cm": "position"}.get(name, name)
            raise ArgumentError(f"--{option.replace('_', '-')} draws primaries, but --primaries lists them; choose one")
    tracks = read_primaries(path, load_detector(detector))
    return tracks, plan_fields(tracks)


def _run(
    plan: "SimulationPlan", output: Path, *, workers: int, overwrite: bool, primaries: "Track | None" = None
) -> None:
    """Simulate what is not done yet, batch by batch, then join the batches."""
    from ringcast.geometry import load_detector
    from ringcast.simulation import require_room
    from ringcast.simulation import simulate as run
    from ringcast.storage import Shards

    tank = load_detector(plan.detector, dead=plan.dead)
    require_room(plan, tank)
    shards = Shards.open(output, plan.configuration, overwrite=overwrite)
    done = frozenset(shards.done())
    already = sum(min(plan.batch, plan.n_events - number * plan.batch) for number in done)
    try:
        with progress(f"simulating {tank.name}", plan.n_events, already) as advance:
            for batch in run(plan, skip=done, workers=workers, primaries=primaries):
                shards.write(batch.number, batch.tracks, batch.hits, trigger_ns=batch.trigger_ns)
                advance(len(batch.tracks))
    except KeyboardInterrupt:
        Console(stderr=True).print(f"stopped; run the same command again to go on from {shards.folder}")
        raise
    shards.merge(plan.n_batches, tank)


def _summarise(output: Path, *, json_output: bool) -> None:
    """Print what the file holds: events, mean charge and hits with the error of the mean, for each particle."""
    import torch

    from ringcast.storage import EventStore

    store = EventStore.open(output)
    chunks = [store.hits(range(a, min(a + 200, len(store)))) for a in range(0, len(store), 200)]
    charge = torch.cat([hits.total_charge_pe for hits in chunks]).double()
    hit = torch.cat([hits.counts for hits in chunks]).double()
    rows = []
    for name in sorted(set(store.tracks.names)):
        own = torch.tensor([other == name for other in store.tracks.names])
        row: dict[str, str | int | float] = {"particle": name, "events": int(own.sum())}
        for key, values in (("charge_pe", charge[own]), ("hits", hit[own])):
            spread = float(values.std()) if len(values) > 1 else float("nan")
            row |= {f"{key}_mean": float(values.mean()), f"{key}_error": spread / len(values) ** 0.5}
        rows.append(row)
    if json_output:
        print(json.dumps({"file": str(output), "particles": rows}))
        return
    print(f"wrote {output}")
    for row in rows:
        charge_text = f"{row['charge_pe_mean']:.1f} +- {row['charge_pe_error']:.1f} pe"
        hits_text = f"{row['hits_mean']:.1f} +- {row['hits_error']:.1f} hits"
        print(f"  {row['particle']}: {row['events']} events, {charge_text}, {hits_text}")


def _numbers(option: str, text: str, separator: str, counts: tuple[int, ...]) -> tuple[float, ...]:
    """Numbers of an option; a single one stands for a range of no width."""
    try:
        values = tuple(float(part) for part in text.split(separator))
    except ValueError:
        values = ()
    if len(values) not in counts:
        raise ArgumentError(
            f"{option} is {text!r}; expected {' or '.join(map(str, counts))} numbers separated by {separator!r}"
        )
    return values * 2 if counts == (1, 2) and len(values) == 1 else values
