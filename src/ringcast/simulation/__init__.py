"""Simulation: a `SimulationPlan` comes in, batches of `Track` and `Hits` go out.

Geant4 moves the particles through water; our own kernel makes the Cherenkov light of their steps, carries it to the
wall and asks the sensors. Use `simulate` for many events over several processes, `Chain` for one process.
"""

from ringcast.simulation.plan import SimulationPlan, make_plan
from ringcast.simulation.primaries import plan_fields, read_primaries
from ringcast.simulation.simulate import Batch, Chain, simulate
from ringcast.simulation.tracks import require_room

__all__ = [
    "Batch",
    "Chain",
    "SimulationPlan",
    "make_plan",
    "plan_fields",
    "read_primaries",
    "require_room",
    "simulate",
]
