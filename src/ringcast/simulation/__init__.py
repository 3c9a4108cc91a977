"""Simulation: a `SimulationPlan` comes in, batches of `Track` and `Hits` go out.

Geant4 moves the particles through water; our own kernel makes the Cherenkov light of their steps, carries it to the
wall and asks the sensors. Use `simulate` for many events over several processes, `Chain` for one process.

The names below are loaded when first used, so that the command line can show the fields of a plan without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringcast.simulation.chain import Batch, Chain, require_device, simulate
    from ringcast.simulation.plan import SimulationPlan, make_plan
    from ringcast.simulation.primaries import plan_fields, read_primaries
    from ringcast.simulation.tracks import require_room

_HOME = {
    "Batch": "chain",
    "Chain": "chain",
    "SimulationPlan": "plan",
    "make_plan": "plan",
    "plan_fields": "primaries",
    "read_primaries": "primaries",
    "require_device": "chain",
    "require_room": "tracks",
    "simulate": "chain",
}

__all__ = [
    "Batch",
    "Chain",
    "SimulationPlan",
    "make_plan",
    "plan_fields",
    "read_primaries",
    "require_device",
    "require_room",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name in _HOME:
        return getattr(import_module(f"ringcast.simulation.{_HOME[name]}"), name)
    raise AttributeError(f"module 'ringcast.simulation' has no attribute {name!r}; it has {', '.join(__all__)}")
