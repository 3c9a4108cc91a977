"""Sensors that stand out of the wall as spherical caps, met exactly by a straight line."""

import math

from ringcast.simulation.device import device
from ringcast.simulation.wall import cell_at

__all__ = ["first_dome", "in_dome"]

_NEAR = 1e-14


@device
def in_dome(x, y, z, wall):  # type: ignore[no-untyped-def]
    """True if a point of the tank lies inside a sensor's glass."""
    inner = wall.radius_cm - wall.height_cm
    for surface in range(3):
        if surface == 1 and x * x + y * y < inner * inner:
            continue
        if surface != 1 and (1.0 - surface) * z < wall.half_height_cm - wall.height_cm:
            continue
        cell = cell_at(x, y, z, surface, wall)
        for entry in range(wall.start[cell], wall.start[cell + 1]):
            sensor = wall.sensor[entry]
            a, b, c = x - wall.dome[sensor, 0], y - wall.dome[sensor, 1], z - wall.dome[sensor, 2]
            if a * a + b * b + c * c < wall.dome[sensor, 3] ** 2:
                return True
    return False


@device
def first_dome(x, y, z, u, v, w, limit, wall, skip):  # type: ignore[no-untyped-def]
    """Distance to the first sensor that a photon meets within `limit` cm, and its number; (limit, -1) if none.

    Domes stand in shells of depth `wall.height_cm` along the walls: only the line's pieces in the shells are searched.

    Args:
        x: Where the photon is, inside the tank; with y and z.
        y: See x.
        z: See x.
        u: Its direction; with v and w.
        v: See u.
        w: See u.
        limit: Distance to the wall.
        wall: From `build_wall` with domes.
        skip: Sensor that the photon has just left, or -1; a dome is convex and cannot be met twice in a row.
    """
    best, found = limit, -1
    inner = wall.radius_cm - wall.height_cm
    a = u * u + v * v
    b = x * u + y * v
    c = x * x + y * y - inner * inner
    root2 = b * b - a * c
    if a > _NEAR and root2 > 0.0:
        root = math.sqrt(root2)
        enters, leaves = (-b - root) / a, (-b + root) / a
        if enters > 0.0:
            best, found = _search(x, y, z, u, v, w, 0.0, min(enters, best), 1, wall, best, found, skip)
        best, found = _search(x, y, z, u, v, w, max(leaves, 0.0), best, 1, wall, best, found, skip)
    elif c > 0.0:
        best, found = _search(x, y, z, u, v, w, 0.0, best, 1, wall, best, found, skip)
    for surface in (0, 2):
        side = 1.0 - surface
        ahead = wall.half_height_cm - wall.height_cm - side * z  # negative inside the shell
        speed = side * w
        if speed > _NEAR:
            best, found = _search(x, y, z, u, v, w, max(ahead / speed, 0.0), best, surface, wall, best, found, skip)
        elif ahead < 0.0:
            end = ahead / speed if speed < -_NEAR else best
            best, found = _search(x, y, z, u, v, w, 0.0, min(end, best), surface, wall, best, found, skip)
    return best, found


@device
def _search(x, y, z, u, v, w, start, end, surface, wall, best, found, skip):  # type: ignore[no-untyped-def]
    """The nearest of `best` and the domes of one surface between two distances along the line.

    Cells are looked up at points at most `stride_cm` apart; a dome is listed in every cell within half of that from
    it, so none is missed. Light that comes to a dome from behind its rim passes it.
    """
    if start >= end:
        return best, found
    count = int((end - start) / wall.stride_cm) + 1
    width = (end - start) / count
    for k in range(count):
        if start + k * width > best:
            break
        t = start + (k + 0.5) * width
        cell = cell_at(x + t * u, y + t * v, z + t * w, surface, wall)
        for entry in range(wall.start[cell], wall.start[cell + 1]):
            sensor = wall.sensor[entry]
            if sensor == skip:
                continue
            a, b, c = x - wall.dome[sensor, 0], y - wall.dome[sensor, 1], z - wall.dome[sensor, 2]
            along = a * u + b * v + c * w
            root2 = along * along - (a * a + b * b + c * c - wall.dome[sensor, 3] ** 2)
            if root2 > 0.0:
                distance = -along - math.sqrt(root2)
                if 0.0 < distance < best:
                    height = (
                        (a + distance * u) * wall.dome[sensor, 4]
                        + (b + distance * v) * wall.dome[sensor, 5]
                        + (c + distance * w) * wall.dome[sensor, 6]
                    )
                    if height >= wall.dome[sensor, 7]:
                        best, found = distance, sensor
    return best, found
