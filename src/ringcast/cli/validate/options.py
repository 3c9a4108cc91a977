"""Options of ``ringcast validate simulation`` that say what is simulated: unset ones are as the reference has them."""

from dataclasses import dataclass, fields
from typing import Annotated, Any

from cyclopts import Group, Parameter

from ringcast.cli.simulate.options import taken_from
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.switches import LightSwitches, MatterSwitches, SensorSwitches

__all__ = ["COMPARED", "LIGHT", "MATTER", "RUN", "SENSORS", "Light", "Matter", "Run", "Sensors", "changes"]


@taken_from(MatterSwitches, unset=True)
class Matter:
    """Options of particles in water."""


@taken_from(LightSwitches, unset=True)
class Light:
    """Options of light."""


@taken_from(SensorSwitches, unset=True)
class Sensors:
    """Options of sensors and electronics."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Options of the run."""

    seed: int = SimulationPlan.model_fields["seed"].default
    """Any number; the same options and seed give the same events."""
    workers: int = 0
    """Worker processes; 0 takes one for each core."""
    overwrite: bool = False
    """Simulate again what is there from an earlier run."""
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False
    """Print the numbers as one JSON document."""


def _group(title: str, place: int) -> Parameter:
    return Parameter(name="*", group=Group(title, sort_key=place))


COMPARED = Group("What is compared", sort_key=0)
MATTER = _group("Particles in water (everything is on by default)", 1)
LIGHT = _group("Light (everything is on by default)", 2)
SENSORS = _group("Sensors and electronics (as the reference has them)", 3)
RUN = _group("Run", 4)


def changes(*groups: Any) -> dict[str, Any]:
    """The fields of a plan that the user gave.

    Example:
        >>> changes(Light(scattering=False), Matter())
        {'scattering': False}
    """
    given = {field.name: getattr(options, field.name) for options in groups for field in fields(options)}
    return {name: value for name, value in given.items() if value is not None}
