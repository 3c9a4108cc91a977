"""Which points are neighbours: sensors that overlap, and sensors of two tables at one place."""

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ringcast.errors import ArgumentError
from ringcast.geometry.detector import Detector

__all__ = ["close_pairs", "nearest", "require_apart"]

_SLACK = 0.01
"""Share of the sum of two radii by which faces may overlap: neighbours on the dome of a module stand at an angle, and
WCTE's 4.0 cm tubes are 7.99 cm apart."""
_LARGE_SINE = 0.7
"""Of the angle between two faces; tubes of one module are at 18 to 36 degrees to their neighbours."""


def require_apart(detector: Detector) -> None:
    """Refuse a detector in which the faces of two sensors overlap.

    Faces at right angles, of a barrel and a cap, may be nearer where one is wholly on one side of the other's plane.

    Raises:
        ArgumentError: Two sensors are closer than the sum of their radii, less one per cent.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> require_apart(load_detector("mini"))
    """
    position, radius = detector.position_cm.double().numpy(), detector.pmt_radius_cm.double().numpy()
    first, second = close_pairs(position, 2 * float(radius.max()))
    apart = np.linalg.norm(position[first] - position[second], axis=-1)
    near = apart < (1 - _SLACK) * (radius[first] + radius[second])
    bad = (near & ~_one_beside_the_other(detector, first, second)).nonzero()[0]
    if len(bad):
        one, other, gap = int(first[bad[0]]), int(second[bad[0]]), float(apart[bad[0]])
        raise ArgumentError(
            f"detector {detector.name}: sensors {one} and {other} overlap, {gap:.2f} cm apart with radii of"
            f" {radius[one]:g} and {radius[other]:g} cm ({len(bad)} such pairs); correct the table or pmt_radius_cm"
        )


def _one_beside_the_other(
    detector: Detector, first: Int[np.ndarray, " pair"], second: Int[np.ndarray, " pair"]
) -> NDArray[np.bool_]:
    """Pairs of faces at a large angle of which one disc does not reach the plane of the other."""
    position, normal = detector.position_cm.double().numpy(), detector.normal.double().numpy()
    radius = detector.pmt_radius_cm.double().numpy()
    way = position[second] - position[first]
    sine = np.sqrt(np.clip(1 - (normal[first] * normal[second]).sum(-1) ** 2, 0, 1))
    clear = np.abs((way * normal[first]).sum(-1)) > radius[second] * sine
    clear |= np.abs((way * normal[second]).sum(-1)) > radius[first] * sine
    return clear & (sine > _LARGE_SINE)


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
    first, second, apart = _touching(position_cm, position_cm, reach_cm)
    once = (apart < reach_cm) & (first < second)
    return first[once], second[once]


def nearest(
    position_cm: Float[np.ndarray, "row 3"], other_cm: Float[np.ndarray, "pmt 3"], reach_cm: float
) -> tuple[Int[np.ndarray, " row"], Float[np.ndarray, " row"]]:
    """The nearest of other points to each point, and its distance in cm; -1 and infinity if none is within reach.

    Example:
        >>> sensor, apart = nearest(np.array([[0.0, 0, 1], [9, 9, 9]]), np.array([[0.0, 0, 3], [0, 0, 0]]), 2.5)
        >>> sensor.tolist(), apart.tolist()
        ([1, -1], [1.0, inf])
    """
    first, second, apart = _touching(position_cm, other_cm, reach_cm)
    order = np.lexsort((second, apart, first))
    order = order[apart[order] <= reach_cm]
    row, place = np.unique(first[order], return_index=True)
    found, distance = np.full(len(position_cm), -1, dtype=np.int64), np.full(len(position_cm), np.inf)
    found[row], distance[row] = second[order][place], apart[order][place]
    return found, distance


def _touching(
    one: NDArray[np.float64], other: NDArray[np.float64], reach_cm: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of points of two tables in the same or touching cubes, and how far apart they are."""
    cubes = [np.floor(points / reach_cm).astype(np.int64) for points in (one, other)]
    low = np.concatenate(cubes).min(axis=0) - 1
    width = np.concatenate(cubes).max(axis=0) - low + 2
    key = _key(cubes[1] - low, width)
    order = np.argsort(key, kind="stable")
    steps = [_key(cubes[0] - low + np.array(step) - 1, width) for step in np.ndindex(3, 3, 3)]
    first, second = np.concatenate([_beside(wanted, key, order) for wanted in steps], axis=1)
    return first, second, np.linalg.norm(one[first] - other[second], axis=-1)


def _key(cube: NDArray[np.int64], width: NDArray[np.int64]) -> NDArray[np.int64]:
    key: NDArray[np.int64] = (cube[:, 0] * width[1] + cube[:, 1]) * width[2] + cube[:, 2]
    return key


def _beside(wanted: NDArray[np.int64], key: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of each row with a wanted key and the points that have it; `order` sorts `key`."""
    low, high = (np.searchsorted(key[order], wanted, side=side) for side in ("left", "right"))
    count = high - low
    first = np.repeat(np.arange(len(wanted)), count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.stack([first, order[np.repeat(low, count) + within]])
