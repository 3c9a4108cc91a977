"""Fractions of a nanosecond that programs of others lose before they store their times."""

from typing import Literal

import numpy as np
import torch

from ringcast.events import Hits

__all__ = ["LostFraction", "without_fraction"]

LostFraction = Literal["trigger", "digit"]
"""Whose time is cut to whole ns: the trigger's, so that all of an event shifts, or that of each digit by itself."""
_KEY = 7
_TRIGGER_STEPS_NS = (0.0, 0.2, 0.4, 0.6, 0.8)


def without_fraction(hits: Hits, of: LostFraction) -> Hits:
    """Hits that come earlier by a random fraction of a nanosecond, the same for an event or another for each hit.

    The time of a digit that is cut to whole ns before its spread is added is early by an even random fraction. The time
    of a trigger is that of a digit, a multiple of 0.4 ns, less whole ns: cut to whole ns it has lost 0, 0.2, 0.4, 0.6
    or 0.8 ns. The fractions depend on the event's place among the hits alone.

    Args:
        hits: With exact times.
        of: What has lost its fraction.

    Example:
        >>> hits = Hits.of([0, 1], [1.0, 1.0], [5.0, 7.0], [0, 2], 4)
        >>> cut = without_fraction(hits, "trigger").time_ns
        >>> 4.2 <= float(cut[0]) <= 5.0, round(float(cut[1] - cut[0]), 9)
        (True, 2.0)
    """
    generator = np.random.default_rng(_KEY)
    if of == "trigger":
        lost = torch.from_numpy(generator.choice(_TRIGGER_STEPS_NS, len(hits)))[hits.event]
    else:
        lost = torch.from_numpy(generator.random(len(hits.pmt)))
    return Hits(hits.pmt, hits.charge_pe, hits.time_ns.double() - lost, hits.start, hits.n_pmt)
