"""The options of ``ringcast simulate``, in the groups that its help shows.

Fields of a plan that have a default are options of the same name: to add one, add the field, with the text that
explains it, to its part in `ringcast.simulation.switches`. What is spelled differently here is in `_SPELLED`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import reduce
from math import isfinite
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from cyclopts import Group, Parameter
from pydantic import BaseModel

from ringcast.errors import ArgumentError, RingcastError
from ringcast.simulation.plan import SimulationPlan
from ringcast.simulation.switches import LightSwitches, MatterSwitches, PrimaryChoices, SensorSwitches

__all__ = ["EVENTS", "LIGHT", "MATTER", "PRIMARIES", "RUN", "SENSORS", "Drawn", "Light", "Matter", "Run", "Sensors"]
__all__ += ["LISTING", "fields_of_plan", "in_options", "named_by_user", "numbers", "require_workers", "shard_of"]
__all__ += ["split_names", "taken_from"]

Options = TypeVar("Options")


class _Spelling(NamedTuple):
    """How a field of a plan is written on the command line."""

    option: str
    note: str
    read: Callable[[str, str], Any]
    """The value of an option's text; the option's name is for the refusal."""
    write: Callable[[Any], str]


def numbers(separator: str, *counts: int) -> Callable[[str, str], tuple[float, ...]]:
    """Reads numbers; a single one where there can be two stands for a range of no width."""

    def read(option: str, text: str) -> tuple[float, ...]:
        try:
            values = tuple(float(part) for part in text.split(separator))
        except ValueError:
            values = ()
        if len(values) not in counts or not all(map(isfinite, values)):
            expected = " or ".join(map(str, counts))
            name = option.replace("_", "-")
            raise ArgumentError(f"--{name} is {text!r}; expected {expected} numbers separated by {separator!r}")
        return values * 2 if counts == (1, 2) and len(values) == 1 else values

    return read


def _joined(separator: str) -> Callable[[Any], str]:
    return lambda values: separator.join(f"{value:g}" for value in values)


def split_names(_option: str, text: str) -> tuple[str, ...]:
    """Names that are separated by commas."""
    return tuple(name.strip() for name in text.split(","))


_SPELLED = {
    "particles": _Spelling("particles", "Separate them by commas.", split_names, ",".join),
    "energy_mev": _Spelling("energy", "Write low:high, or one number.", numbers(":", 1, 2), _joined(":")),
    "energy_spectrum": _Spelling("spectrum", "", lambda _option, text: text, str),
    "position_cm": _Spelling("position", "Write x,y,z.", numbers(",", 3), _joined(",")),
    "vertex_within_cm": _Spelling("vertex_within_cm", "Write radius,low,high.", numbers(",", 3), _joined(",")),
    "direction": _Spelling("direction", "Write x,y,z.", numbers(",", 3), _joined(",")),
}


def _plain(kind: Any) -> Any:
    """A type without bounds: it is the plan that checks them, and words the refusal."""
    if get_origin(kind) is Annotated:
        return get_args(kind)[0]
    return reduce(or_, map(_plain, get_args(kind))) if get_origin(kind) in (Union, UnionType) else kind


def _without_none(kind: Any) -> Any:
    """The type of what an option says if it is given."""
    return next(part for part in (*get_args(kind), kind) if part is not NoneType)


def taken_from(part: type[BaseModel], *, unset: bool = False) -> Callable[[type[Options]], type[Options]]:
    """Makes a class the frozen dataclass of the fields of a part of the plan, each with its default and help.

    Args:
        part: Fields of a plan.
        unset: Every option is None unless the user gives it, whatever the plan's default.
    """

    def fill(options: type[Options]) -> type[Options]:
        for name, field in part.model_fields.items():
            spelling, default = _SPELLED.get(name), field.default
            kind = _plain(field.annotation)
            text = " ".join((field.description or "").split())
            if unset:
                default, kind = None, kind | None
            if spelling is not None:
                default = None if default is None else spelling.write(default)
                kind, text = (str | None if default is None else str), f"{text} {spelling.note}".strip()
            option = name if spelling is None else spelling.option
            # text may be a number below zero
            how = Parameter(allow_leading_hyphen=True) if _without_none(kind) is str else Parameter()
            options.__annotations__[option] = Annotated[kind, Parameter.combine(how, Parameter(help=text))]
            setattr(options, option, default)
        return dataclass(frozen=True, kw_only=True)(options)

    return fill


@taken_from(PrimaryChoices)
class Drawn:
    """Options that draw primaries."""


@taken_from(MatterSwitches)
class Matter:
    """Options of particles in water."""


@taken_from(LightSwitches)
class Light:
    """Options of light."""


@taken_from(SensorSwitches)
class Sensors:
    """Options of sensors and electronics."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Options of the run."""

    seed: int = SimulationPlan.model_fields["seed"].default
    """Any number; the same plan and seed give the same file."""
    shard: str = "1/1"
    """Simulate only this part of the events: 2/8 is the second of eight parts. Join the files with ringcast merge; they
    make the file of one run."""
    workers: int = 0
    """Worker processes; 0 takes one for each core."""
    device: Literal["cpu", "cuda"] = "cpu"
    """What follows photons: the processor, or an NVIDIA GPU that all workers share, which needs pip install
    'ringcast[cuda]'. Both follow the same photons by the same functions; on a GPU times may differ in their last
    digits, and a few photons may end elsewhere. The GPU's way is tested by simulation and by compiling; it has not been
    run on a GPU yet."""
    memory: str | None = None
    """Most memory of all processes together, such as 4GB; it decides how many events are simulated at once, and the
    number of workers where that is too many. The file is the same for any memory."""
    scheduler: str | None = None
    """Address of a Dask scheduler, such as tcp://host:8786, whose workers do the simulation (they need Ringcast and the
    files that the options name), or local for a Dask cluster of this machine. By default Ringcast's own processes do
    it, which are replaced when they die and need no Dask."""
    overwrite: bool = False
    """Replace the output if it exists."""
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False
    """Print the summary as one JSON document."""


def _group(title: str, place: int) -> Parameter:
    """Options of a dataclass stand on the command line as if they were the command's own, under a title of the help."""
    return Parameter(name="*", group=Group(title, sort_key=place))


EVENTS = Group("Events", sort_key=0)
PRIMARIES = _group("Drawn primaries", 1)
LISTING = _group("Primaries from a file", 2)
MATTER = _group("Particles in water", 3)
LIGHT = _group("Light", 4)
SENSORS = _group("Sensors and electronics", 5)
RUN = _group("Run", 6)


def fields_of_plan(*groups: Any) -> dict[str, Any]:
    """Fields of a plan from groups of options.

    Raises:
        ArgumentError: The text of an option cannot be read.
    """
    given = {field.name: getattr(options, field.name) for options in groups for field in fields(options)}
    for name, spelling in _SPELLED.items():
        if spelling.option in given:
            text = given.pop(spelling.option)
            given[name] = None if text is None else spelling.read(spelling.option, text)
    return given


def shard_of(text: str, n_events: int) -> range:
    """The events of a part, such as 2/8; all parts are of the same size, or differ by one event.

    Raises:
        ArgumentError: There is no such part.

    Example:
        >>> [shard_of(f"{number}/3", 10) for number in (1, 2, 3)]
        [range(0, 3), range(3, 6), range(6, 10)]
    """
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= n_events):
        raise ArgumentError(f"--shard is {text!r}; expected i/n with i from 1 to n and n at most {n_events} events")
    return range((int(number) - 1) * n_events // int(count), int(number) * n_events // int(count))


def named_by_user(options: Any) -> list[str]:
    """The options of a group that are not at their default, as they are written."""
    changed = [field.name for field in fields(options) if getattr(options, field.name) != field.default]
    return [f"--{name.replace('_', '-')}" for name in changed]


def require_workers(workers: int) -> None:
    """Refuse a number of worker processes below zero."""
    if workers < 0:
        raise ArgumentError(f"workers is {workers}; expected how many, or 0 for one on each core")


@contextmanager
def in_options() -> Iterator[None]:
    """Refusals that speak of fields of a plan name the options that were written instead.

    Example:
        >>> with in_options():
        ...     raise ArgumentError("dark_rate_khz is the rate of dark noise, which is off; switch dark_noise on")
        Traceback (most recent call last):
        ringcast.errors.ArgumentError: --dark-rate-khz is the rate of dark noise, which is off; switch --dark-noise on
    """
    try:
        yield
    except RingcastError as reason:
        sentence = _FIELD.sub(lambda found: _option_of(found[0]), str(reason))
        raise type(reason)(sentence) from reason.__cause__


def _option_of(field: str) -> str:
    spelling = _SPELLED.get(field)
    return f"--{field if spelling is None else spelling.option}".replace("_", "-")


_FIELDS = [*SimulationPlan.model_fields, *(field.name for field in fields(Run))]
_WHOLE_WORDS = "|".join(name for name in _FIELDS if "_" in name)
_FIELD = re.compile(rf"(?<![\w/.-])({_WHOLE_WORDS})(?![\w/-])|^({'|'.join(_FIELDS)})(?=:| is )")
"""Names of fields in a sentence: unmistakable ones anywhere, others where the sentence begins with them."""
