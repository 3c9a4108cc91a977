"""Draw primaries: what kind, how energetic, where from and whereto."""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.events import Track
from ringcast.geometry import SURFACES, Detector, distance_to_wall_cm, path_to_wall_cm
from ringcast.geometry.distances import surface_ahead
from ringcast.simulation.plan import SimulationPlan

__all__ = ["draw_tracks", "energy_at", "event_generator", "require_room"]

_PRIMARY, _ATTEMPTS = 0, 1000
_NO_POWER = 1e-9


def event_generator(seed: int, event: int, purpose: int) -> np.random.Generator:
    """Random numbers of one event for one purpose, independent of every other event's."""
    return np.random.Generator(np.random.Philox(key=[seed, 0], counter=[0, 0, purpose, event]))


def require_room(plan: SimulationPlan, detector: Detector) -> None:
    """Check that the plan's vertices lie in the tank.

    Raises:
        ArgumentError: The fixed vertex is outside the tank, or no vertex can be so far from the wall.
    """
    if plan.primaries is not None:
        return  # checked when they were read
    if plan.position_cm is not None:
        if float(distance_to_wall_cm(torch.tensor([plan.position_cm], dtype=torch.float64), detector)) <= 0:
            size = f"radius {detector.radius_cm:g}, half height {detector.half_height_cm:g} cm"
            raise ArgumentError(f"position_cm is {plan.position_cm}, outside {detector.name} ({size}); move it inside")
    elif plan.wall_distance_cm >= min(detector.radius_cm, detector.half_height_cm):
        raise ArgumentError(f"wall_distance_cm is {plan.wall_distance_cm:g}; {detector.name} has no such place")
    else:
        radius, low, high = _room_cm(plan, detector)
        if not (radius > 0 and low < high):
            raise ArgumentError(
                f"vertex_within_cm is {plan.vertex_within_cm}, which has no place {plan.wall_distance_cm:g} cm from the"
                f" wall of {detector.name}; expected radius, lowest and highest z"
            )


def draw_tracks(plan: SimulationPlan, detector: Detector, events: NDArray[np.int64]) -> Track:
    """The primaries of the numbered events; an event's track depends on the seed and its own number alone.

    Particles take turns by event number. Energies follow the plan's spectrum in its range; vertices are uniform in the
    tank or its part, no closer to the wall than the plan says; directions are isotropic, unless the plan fixes them.

    Raises:
        ArgumentError: The plan does not fit the tank; see `require_room`.
    """
    require_room(plan, detector)
    rows = [_draw(plan, detector, int(event)) for event in events]
    names = [plan.particles[int(event) % len(plan.particles)] for event in events]
    energy, position, direction = (torch.tensor(np.array(column)) for column in zip(*rows, strict=True))
    return Track(names, energy, position, direction)


def _draw(
    plan: SimulationPlan, detector: Detector, event: int
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Energy, vertex and direction of one event."""
    generator = event_generator(plan.seed, event, _PRIMARY)
    energy = energy_at(generator.random(), plan.energy_mev, plan.energy_power)
    for _ in range(_ATTEMPTS):
        position, direction = _vertex(plan, detector, generator), _direction(plan, generator)
        if _is_wanted(plan, detector, position, direction):
            return energy, position, direction
    raise ArgumentError(
        f"none of {_ATTEMPTS} drawn tracks leaves {detector.name} through the {plan.leaves_through or 'wall'} after"
        f" {plan.to_wall_cm:g} cm; ask for less, or leave vertex and direction free"
    )


def energy_at(share: float, energy_mev: tuple[float, float], power: float) -> float:
    """Kinetic energy in MeV below which lies a share of a spectrum that goes as energy ** power.

    The inverse of the cumulative distribution (E^q - L^q) / (H^q - L^q), q = power + 1, between L and H; its limit
    L (H / L)^share at q = 0.

    Example:
        >>> [round(energy_at(0.5, (100.0, 400.0), power), 1) for power in (0, -1, -2)]
        [250.0, 200.0, 160.0]
    """
    low, high = energy_mev
    if power == 0:
        return low + (high - low) * share
    q, span = power + 1, math.log(high / low)
    if abs(q * span) < _NO_POWER:
        return low * math.exp(span * share)
    return min(max(low * math.exp(math.log1p(share * math.expm1(q * span)) / q), low), high)


def _is_wanted(
    plan: SimulationPlan, detector: Detector, position: NDArray[np.float64], direction: NDArray[np.float64]
) -> bool:
    """Whether a drawn track leaves through the right surface, far enough ahead."""
    line = (torch.from_numpy(position)[None], torch.from_numpy(direction)[None], detector)
    if plan.leaves_through is not None and SURFACES[int(surface_ahead(*line))] != plan.leaves_through:
        return False
    return plan.to_wall_cm == 0 or float(path_to_wall_cm(*line)) >= plan.to_wall_cm


def _direction(plan: SimulationPlan, generator: np.random.Generator) -> NDArray[np.float64]:
    if plan.direction is not None:
        return np.array(plan.direction) / np.linalg.norm(plan.direction)
    z, azimuth = generator.uniform(-1, 1), generator.uniform(-np.pi, np.pi)
    across = np.sqrt(1 - z * z)
    return np.array([across * np.cos(azimuth), across * np.sin(azimuth), z])


def _room_cm(plan: SimulationPlan, detector: Detector) -> tuple[float, float, float]:
    """Radius, lowest and highest z of the cylinder that vertices fill."""
    radius = detector.radius_cm - plan.wall_distance_cm
    half_height = detector.half_height_cm - plan.wall_distance_cm
    own = plan.vertex_within_cm or (radius, -half_height, half_height)
    return min(radius, own[0]), max(-half_height, own[1]), min(half_height, own[2])


def _vertex(plan: SimulationPlan, detector: Detector, generator: np.random.Generator) -> NDArray[np.float64]:
    if plan.position_cm is not None:
        return np.array(plan.position_cm, dtype=np.float64)
    radius, low, high = _room_cm(plan, detector)
    across, azimuth = radius * np.sqrt(generator.random()), generator.uniform(-np.pi, np.pi)
    return np.array([across * np.cos(azimuth), across * np.sin(azimuth), generator.uniform(low, high)])
