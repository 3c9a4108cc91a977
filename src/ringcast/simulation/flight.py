"""One photon from its birth to its end.

Each photon owns blocks of random numbers: block 0 for its birth, block 1 for how far it flies, one more for each turn
it takes, so that its fate depends on its own number alone.
"""

import numpy as np
from numba import njit

from ringcast.simulation.domes import first_dome, in_dome
from ringcast.simulation.philox import uniform4
from ringcast.simulation.scatter import birth_polarisation, mirrored_polarisation, on_cone, rayleigh
from ringcast.simulation.surface import bounce, mirror, tube_reflectivity, wall_normal
from ringcast.simulation.wall import sensor_at, wall_crossing
from ringcast.units import C_CM_PER_NS

__all__ = ["FATES", "fly"]

FATES = ("unborn", "outside", "water", "wall", "face", "seen", "cut")
"""How a trial photon ends: not made (the trial exceeds its own sin^2 theta), born outside the water, absorbed in the
water, absorbed by the wall, lost at a sensor's face, seen, cut after too many turns."""
_UNBORN, _OUTSIDE, _WATER, _WALL, _FACE, _SEEN, _CUT = range(7)


@njit(cache=True, inline="always")
def fly(steps, s, event, photon, bound, optics, wall, interactions, seed):  # type: ignore[no-untyped-def]
    """One photon from birth to a sensor number or -1, the time of its end in ns, its fate and its number of turns."""
    number = steps.number[s]
    u0, u1, u2, u3 = uniform4(event, number, photon, 0, seed)
    place = u1 * (len(optics.wavelength_nm) - 1)
    wavelength = _interpolate(optics.wavelength_nm, place)
    on_grid = wavelength - optics.first_nm
    index = _interpolate(optics.phase_index, on_grid)
    energy = steps.start_energy_mev[s] + u0 * (steps.end_energy_mev[s] - steps.start_energy_mev[s])
    ratio = steps.mass_mev[s] / (energy + steps.mass_mev[s])
    cos2 = 1.0 / ((1.0 - ratio * ratio) * index * index)
    if 1.0 - cos2 <= u2 * bound:
        return -1, 0.0, _UNBORN, 0
    x, y, z = _between(steps.start_cm[s], steps.end_cm[s], u0)
    if x * x + y * y >= wall.radius_cm**2 or abs(z) >= wall.half_height_cm:
        return -1, 0.0, _OUTSIDE, 0
    if wall.height_cm > 0.0 and in_dome(x, y, z, wall):
        return -1, 0.0, _OUTSIDE, 0
    a, b, c = _between(steps.start_direction[s], steps.end_direction[s], u0)
    direction = on_cone(a, b, c, np.sqrt(cos2), 2.0 * np.pi * u3)
    polarisation = direction  # only scattering looks at it
    if len(interactions.rayleigh_cm) > 0:
        polarisation = birth_polarisation(a, b, c, direction[0], direction[1], direction[2])
    found, path, fate, turns = _travel(
        (x, y, z), direction, polarisation, on_grid, event, number, photon, optics, wall, interactions, seed
    )
    birth = steps.start_time_ns[s] + u0 * (steps.end_time_ns[s] - steps.start_time_ns[s])
    return found, birth + path * _interpolate(optics.group_index, on_grid) / C_CM_PER_NS, fate, turns


@njit(cache=True, inline="always")
def _travel(  # type: ignore[no-untyped-def]
    point, direction, polarisation, on_grid, event, number, photon, optics, wall, interactions, seed
):
    """Leg after leg until the photon ends: sensor or -1, length of the whole path in cm, fate, turns.

    What is left of the absorption length goes down leg by leg; a new scattering length is drawn at each scattering.
    """
    v0, v1, _, _ = uniform4(event, number, photon, 1, seed)
    left = -np.log(v0) * _interpolate(optics.absorption_cm, on_grid)
    scatters = len(interactions.rayleigh_cm) > 0
    length = _interpolate(interactions.rayleigh_cm, on_grid) if scatters else np.inf
    free = -np.log(v1) * length
    (x, y, z), (u, v, w), (p, q, r) = point, direction, polarisation
    travelled, last, turns = 0.0, -1, 0
    while turns <= interactions.most_turns:
        path, surface = wall_crossing(x, y, z, u, v, w, wall.radius_cm, wall.half_height_cm)
        found = -1
        if wall.height_cm > 0.0:
            path, found = first_dome(x, y, z, u, v, w, path, wall, last)
        leg = min(path, free)
        if leg > left:
            return -1, travelled + left, _WATER, turns
        travelled += leg
        left -= leg
        x, y, z = x + leg * u, y + leg * v, z + leg * w
        if free < path:
            w0, w1, w2, _ = uniform4(event, number, photon, 2 + turns, seed)
            u, v, w, p, q, r = rayleigh(p, q, r, w0, w1)
            free, last = -np.log(w2) * length, -1
        else:
            if wall.height_cm == 0.0:
                found = sensor_at(x, y, z, surface, wall)
            key = (event, number, photon, 2 + turns, seed)
            fate, new = _meet((x, y, z), (u, v, w), found, surface, on_grid, optics, wall, interactions, key)
            if fate != _CUT:
                return found if fate == _SEEN else -1, travelled, fate, turns
            if scatters:
                p, q, r = mirrored_polarisation(p, q, r, (u, v, w), new)
            (u, v, w), free = new, free - leg
            last = found if wall.height_cm > 0.0 else -1
        turns += 1
    return -1, travelled, _CUT, turns - 1


@njit(cache=True, inline="always")
def _meet(point, direction, found, surface, on_grid, optics, wall, interactions, key):  # type: ignore[no-untyped-def]
    """What becomes of a photon at the wall or at a face: its fate, or "cut" and the direction it is reflected to."""
    w0, w1, w2, w3 = 1.0, 0.5, 0.5, 0.0
    if len(interactions.wall_reflectivity) + len(interactions.acceptance) > 0 or interactions.face_reflectivity > 0.0:
        w0, w1, w2, w3 = uniform4(key[0], key[1], key[2], key[3], key[4])
    x, y, z = point
    u, v, w = direction
    a, b, c = _normal(x, y, z, found, surface, wall)
    if found < 0:
        share = 0.0
        if len(interactions.wall_reflectivity) > 0:
            share = _interpolate(interactions.wall_reflectivity, on_grid)
        if w0 >= share:
            return _WALL, direction
        return _CUT, bounce(u, v, w, a, b, c, interactions.lobes, interactions.slope_rad, w0 / share, w1, w2)
    if w0 < interactions.face_reflectivity:
        back = 1.0
        if interactions.glass_index > 0.0:
            index = _interpolate(optics.phase_index, on_grid)
            back = tube_reflectivity(u * a + v * b + w * c, index, interactions.glass_index)
        return _CUT if w0 < interactions.face_reflectivity * back else _FACE, mirror(u, v, w, a, b, c)
    if len(interactions.acceptance) > 0 and w3 >= _accepted(x, y, found, surface, direction, wall, interactions):
        return _FACE, direction
    return _SEEN, direction


@njit(cache=True, inline="always")
def _normal(x, y, z, found, surface, wall):  # type: ignore[no-untyped-def]
    """Normal into the water where a photon has met a dome, or the wall and the discs on it."""
    if found >= 0 and wall.height_cm > 0.0:
        size = wall.sphere_cm[found]
        a = (x - wall.centre_cm[found, 0]) / size
        b = (y - wall.centre_cm[found, 1]) / size
        c = (z - wall.centre_cm[found, 2]) / size
        return a, b, c
    return wall_normal(x, y, surface, wall.radius_cm)


@njit(cache=True, inline="always")
def _accepted(x, y, found, surface, direction, wall, interactions):  # type: ignore[no-untyped-def]
    """Chance of detection at the angle between the photon and the sensor's axis; beyond 90 degrees that of 90."""
    if wall.height_cm > 0.0:
        a, b, c = wall.axis[found, 0], wall.axis[found, 1], wall.axis[found, 2]
    else:
        a, b, c = wall_normal(x, y, surface, wall.radius_cm)
    cosine = min(max(-(direction[0] * a + direction[1] * b + direction[2] * c), 0.0), 1.0)
    return _interpolate(interactions.acceptance, np.arccos(cosine) / (0.5 * np.pi) * (len(interactions.acceptance) - 1))


@njit(cache=True, inline="always")
def _interpolate(table, place):  # type: ignore[no-untyped-def]
    i = min(int(place), len(table) - 2)
    return table[i] + (place - i) * (table[i + 1] - table[i])


@njit(cache=True, inline="always")
def _between(first, last, share):  # type: ignore[no-untyped-def]
    return (
        first[0] + share * (last[0] - first[0]),
        first[1] + share * (last[1] - first[1]),
        first[2] + share * (last[2] - first[2]),
    )
