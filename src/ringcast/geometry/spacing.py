"""Which sensors of a tank are neighbours, and whether they overlap."""

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.geometry.detector import Detector

__all__ = ["close_pairs", "require_apart"]

_SLACK = 0.01
"""Share of the sum of two radii by which faces may overlap: neighbours on the dome of a module stand at an angle, and
WCTE's 4.0 cm tubes are 7.99 cm apart."""


def require_apart(detector: Detector) -> None:
    """Refuse a detector in which the faces of two sensors overlap.

    Raises:
        ArgumentError: Two sensors are closer than the sum of their radii, less one per cent.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> require_apart(load_detector("mini"))
    """
    position, radius = detector.position_cm.double().numpy(), detector.pmt_radius_cm.double().numpy()
    first, second = close_pairs(position, 2 * float(radius.max()))
    apart = np.linalg.norm(position[first] - position[second], axis=-1)
    bad = (apart < (1 - _SLACK) * (radius[first] + radius[second])).nonzero()[0]
    if len(bad):
        one, other, gap = int(first[bad[0]]), int(second[bad[0]]), float(apart[bad[0]])
        raise ArgumentError(
            f"detector {detector.name}: sensors {one} and {other} overlap, {gap:.2f} cm apart with radii of"
            f" {radius[one]:g} and {radius[other]:g} cm ({len(bad)} such pairs); correct the table or pmt_radius_cm"
        )


def close_pairs(
    position_cm: Float[np.ndarray, "pmt 3"], reach_cm: float
) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """All pairs of points nearer than a reach, each once.

    Points are sorted into cubes of that size, so that only points of the same or of touching cubes need comparing.

    Example:
        >>> first, second = close_pairs(np.array([[0.0, 0, 0], [9, 0, 0], [1, 0, 0]]), 2.0)
        >>> first.tolist(), second.tolist()
        ([0], [2])
    """
    cube = np.floor(position_cm / reach_cm).astype(np.int64)
    cube -= cube.min(axis=0) - 1
    width = cube.max(axis=0) + 2
    key = _key(cube, width)
    order = np.argsort(key, kind="stable")
    pairs = [_beside(key, order, _key(cube + np.array(step) - 1, width)) for step in np.ndindex(3, 3, 3)]
    first, second = np.concatenate(pairs, axis=1)
    near = np.linalg.norm(position_cm[first] - position_cm[second], axis=-1) < reach_cm
    once = near & (first < second)
    return first[once], second[once]


def _key(cube: NDArray[np.int64], width: NDArray[np.int64]) -> NDArray[np.int64]:
    key: NDArray[np.int64] = (cube[:, 0] * width[1] + cube[:, 1]) * width[2] + cube[:, 2]
    return key


def _beside(key: NDArray[np.int64], order: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of each point and the points whose cube has the wanted key."""
    low, high = (np.searchsorted(key[order], wanted, side=side) for side in ("left", "right"))
    count = high - low
    first = np.repeat(np.arange(len(key)), count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.stack([first, order[np.repeat(low, count) + within]])
