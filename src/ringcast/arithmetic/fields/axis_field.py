"""Receptive and projective sets of a stack along one axis: exact, for every place and by phase."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from ringcast.arithmetic.fields.places import Places, places_of, union
from ringcast.arithmetic.line import Line
from ringcast.arithmetic.tap_maps.pattern import LONGEST_PERIOD, keeps

__all__ = ["AxisField", "Phases", "axis_field"]


@dataclass(frozen=True)
class Phases:
    """What output places see on an axis without ends: ``len(seen)`` outputs further, all lies ``step`` further.

    >>> from ringcast.arithmetic.layers import ConvTranspose2d
    >>> phases = axis_field([ConvTranspose2d(1, 1, 3, 2).line(axis=0, size=11)]).phases[-1]
    >>> phases.sizes, phases.step, phases.at(4).box
    ((2, 1), 1, (1, 2))
    """

    seen: tuple[Places, ...]
    """Seed places of the output places 0, 1, 2 ... of one period."""
    step: int
    """Seed places from one period to the next."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Places from the first to the last seen, by phase."""
        return tuple(one.size for one in self.seen)

    @property
    def gaps(self) -> bool:
        """Whether some output places skip seed places, as dilated kernels do."""
        return any(one.gaps for one in self.seen)

    def at(self, place: int) -> Places:
        """Seed places of any output place, not clipped to the seed."""
        turns, phase = divmod(place, len(self.seen))
        return self.seen[phase].shifted(turns * self.step)


@dataclass(frozen=True)
class AxisField:
    """A stack along one axis; sets are exact, and clipped at every layer to the places that exist.

    >>> from ringcast.arithmetic.layers import Conv2d, ConvTranspose2d
    >>> found = axis_field([ConvTranspose2d(1, 1, 4, 2).line(0, 11), Conv2d(1, 1, 3).line(0, 24)])
    >>> found.receptive(0).box, found.projective(0).box, found.phases[-1].sizes
    ((0, 1), (0, 3), (3, 3))
    """

    lines: tuple[Line, ...]
    phases: tuple[Phases | None, ...]
    """After every layer; None once they take too long to repeat."""
    seen: tuple[Places, ...]
    """Seed places of every output place."""

    @property
    def size(self) -> int:
        """Seed places."""
        return self.lines[0].size

    @property
    def length(self) -> int:
        """Output places."""
        return len(self.seen)

    def receptive(self, place: int) -> Places:
        """The seed places that an output place depends on."""
        return self.seen[place]

    def projective(self, place: int) -> Places:
        """The output places that a seed place has an effect on."""
        return places_of(at for at, seen in enumerate(self.seen) if place in seen)

    def path(self, place: int) -> tuple[Places, ...]:
        """The places that an output place depends on in the seed and after every layer, itself last."""
        found = [Places(1, place)]
        for line in reversed(self.lines):
            found.append(union(Places(1, source) for here in found[-1] for source, _ in line.sources(here)))
        return tuple(reversed(found))


def axis_field(lines: Sequence[Line]) -> AxisField:
    """Follow the sources of a stack's lines from the output back to the seed; weights of 0 do not count."""
    phases: Phases | None = Phases((Places(1, 0),), 1)
    after: list[Phases | None] = []
    seen = tuple(Places(1, place) for place in range(lines[0].size))
    for line in lines:
        phases = None if phases is None else _joined(phases, line)
        after.append(phases)
        seen = seen if keeps(line) else tuple(union(seen[source] for source, _ in row) for row in line.rows)
    return AxisField(tuple(lines), tuple(after), seen)


def _joined(phases: Phases, line: Line) -> Phases | None:
    inputs, outputs = line.advance
    turns = lcm(inputs, len(phases.seen)) // inputs if inputs else 1
    if turns * outputs > LONGEST_PERIOD:
        return None
    seen = tuple(
        union(phases.at(source) for source, weight in line.unbounded(place) if weight)
        for place in range(turns * outputs)
    )
    return Phases(seen, turns * inputs // len(phases.seen) * phases.step)
