"""One photon from its birth to its end.

Each photon owns blocks of four random numbers: block 0 for its birth, block 1 for how far it flies and what it meets
first, two more for each turn it takes, so that its fate depends on its own number alone.
"""

import math

from ringcast.simulation.device import device
from ringcast.simulation.domes import first_dome, in_dome
from ringcast.simulation.emission import born, interpolate
from ringcast.simulation.philox import uniform4
from ringcast.simulation.scatter import birth_polarisation, forward, mirrored_polarisation, rayleigh
from ringcast.simulation.surface import bounce, face_shares, mirror, wall_normal
from ringcast.simulation.wall import sensor_at, wall_crossing
from ringcast.units import C_CM_PER_NS

__all__ = ["FATES", "fly"]

FATES = ("unborn", "outside", "water", "wall", "face", "seen", "cut")
"""How a trial photon ends: not made (the trial exceeds its own sin^2 theta), born outside the water, absorbed in the
water, absorbed by the wall, lost at a sensor's face, seen, cut after too many turns."""
_UNBORN, _OUTSIDE, _WATER, _WALL, _FACE, _SEEN, _CUT = range(7)


@device
def fly(steps, s, event, photon, bound, optics, wall, interactions, seed):  # type: ignore[no-untyped-def]
    """One photon from birth to a sensor number or -1, the time of its end in ns, its fate and its number of turns."""
    made, point, direction, axis, place, birth = born(steps, s, event, photon, bound, optics, seed)
    if not made:
        return -1, 0.0, _UNBORN, 0
    x, y, z = point
    if x * x + y * y >= wall.radius_cm**2 or abs(z) >= wall.half_height_cm:
        return -1, 0.0, _OUTSIDE, 0
    if wall.height_cm > 0.0 and in_dome(x, y, z, wall):
        return -1, 0.0, _OUTSIDE, 0
    number = (event, steps.number[s], photon, seed)
    found, path, fate, turns = _travel(point, direction, axis, place, number, optics, wall, interactions)
    return found, birth + path * interpolate(optics.group_index, place) / C_CM_PER_NS, fate, turns


@device
def _travel(point, direction, axis, place, number, optics, wall, interactions):  # type: ignore[no-untyped-def]
    """Leg after leg until the photon ends: sensor or -1, length of the whole path in cm, fate, turns.

    What is left of the absorption length goes down leg by leg; a new scattering length is drawn at each scattering. A
    length -L log(V) is at least L (1 - V): most photons end before that, and need no logarithm. Nor does the
    polarisation matter before the first turn.
    """
    v0, v1, chance, other = _block(number, 1)
    absorption = interpolate(optics.absorption_cm, place)
    scatters = len(interactions.scattering_cm) > 0
    length = interpolate(interactions.scattering_cm, place) if scatters else math.inf
    left, left_known = absorption * (1.0 - v0), False
    free, free_known = length * (1.0 - v1), False
    (x, y, z), (u, v, w), (p, q, r) = point, direction, axis
    travelled, last, turns = 0.0, -1, 0
    while turns <= interactions.most_turns:
        path, surface = wall_crossing(x, y, z, u, v, w, wall.radius_cm, wall.half_height_cm)
        found = -1
        if wall.height_cm > 0.0:
            path, found = first_dome(x, y, z, u, v, w, path, wall, last)
        if free < path and not free_known:
            free, free_known = free + length * (v1 - 1.0 - math.log(v1)), True
        leg = min(path, free)
        if leg > left and not left_known:
            left, left_known = left + absorption * (v0 - 1.0 - math.log(v0)), True
        if leg > left:
            return -1, travelled + left, _WATER, turns
        travelled += leg
        left -= leg
        x, y, z = x + leg * u, y + leg * v, z + leg * w
        if free < path:
            w0, w1, w2, v1 = _block(number, 3 + 2 * turns)
            if turns == 0:
                p, q, r = birth_polarisation(p, q, r, u, v, w)
            u, v, w, p, q, r = _scatter((u, v, w), (p, q, r), place, interactions, (w0, w1, w2))
            free, free_known, last = length * (1.0 - v1), False, -1
        else:
            if wall.height_cm == 0.0:
                found = sensor_at(x, y, z, surface, wall)
            fate, share = _meet(
                (x, y, z), (u, v, w), found, surface, place, optics, wall, interactions, (chance, other)
            )
            if fate != _CUT:
                return found if fate == _SEEN else -1, travelled, fate, turns
            w0, w1, chance, other = _block(number, 2 + 2 * turns)
            new = _reflected((x, y, z), (u, v, w), found, surface, wall, interactions, (share, w0, w1))
            if scatters and turns == 0:
                p, q, r = birth_polarisation(p, q, r, u, v, w)
            if scatters:
                p, q, r = mirrored_polarisation(p, q, r, (u, v, w), new)
            (u, v, w), free = new, free - leg
            last = found if wall.height_cm > 0.0 else -1
        turns += 1
    return -1, travelled, _CUT, turns - 1


@device
def _block(number, block):  # type: ignore[no-untyped-def]
    return uniform4(number[0], number[1], number[2], block, number[3])


@device
def _scatter(direction, polarisation, place, interactions, numbers):  # type: ignore[no-untyped-def]
    """Direction and polarisation after scattering on molecules, or forwards on particles for their share."""
    (u, v, w), (p, q, r), (angle, turn, choice) = direction, polarisation, numbers
    if len(interactions.forward_share) > 0 and choice < interpolate(interactions.forward_share, place):
        return forward(u, v, w, p, q, r, interactions.forward_cosine, angle, turn)
    return rayleigh(p, q, r, angle, turn)


@device
def _meet(point, direction, found, surface, place, optics, wall, interactions, numbers):  # type: ignore[no-untyped-def]
    """What becomes of a photon at the wall or at a face: its fate, "cut" if it is reflected, and a new uniform number.

    A number below a chance, divided by the chance, is again uniform.
    """
    chance, other = numbers
    (x, y, z), (u, v, w) = point, direction
    if found < 0:
        share = interpolate(interactions.wall_reflectivity, place) if len(interactions.wall_reflectivity) > 0 else 0.0
        return (_CUT, chance / share) if chance < share else (_WALL, 0.0)
    back = missed = interactions.face_reflectivity
    if interactions.glass_index > 0.0:
        a, b, c = _face_normal(x, y, z, found, surface, wall)
        index = interpolate(optics.phase_index, place)
        taken, back = face_shares(u * a + v * b + w * c, index, interactions.glass_index, missed)
        missed = 1.0 - taken
    if chance < missed:
        return _CUT if chance < back else _FACE, 0.0
    if len(interactions.acceptance) > 0 and other >= _accepted(x, y, found, surface, direction, wall, interactions):
        return _FACE, 0.0
    return _SEEN, 0.0


@device
def _reflected(point, direction, found, surface, wall, interactions, numbers):  # type: ignore[no-untyped-def]
    """Direction after reflection at a sensor's face, or at the black sheet, where the first number chooses the way."""
    (x, y, z), (u, v, w) = point, direction
    if found >= 0:
        a, b, c = _face_normal(x, y, z, found, surface, wall)
        return mirror(u, v, w, a, b, c)
    a, b, c = wall_normal(x, y, surface, wall.radius_cm)
    choice, one, two = numbers
    return bounce(u, v, w, a, b, c, interactions.lobes, interactions.slope_rad, choice, one, two)


@device
def _face_normal(x, y, z, found, surface, wall):  # type: ignore[no-untyped-def]
    """Normal into the water where a photon has met a dome, or a disc on the wall."""
    if wall.height_cm > 0.0:
        size = 1.0 / wall.dome[found, 3]
        return (x - wall.dome[found, 0]) * size, (y - wall.dome[found, 1]) * size, (z - wall.dome[found, 2]) * size
    return wall_normal(x, y, surface, wall.radius_cm)


@device
def _accepted(x, y, found, surface, direction, wall, interactions):  # type: ignore[no-untyped-def]
    """Chance of detection at the angle between the photon and the sensor's axis; beyond 90 degrees that of 90."""
    if wall.height_cm > 0.0:
        a, b, c = wall.dome[found, 4], wall.dome[found, 5], wall.dome[found, 6]
    else:
        a, b, c = wall_normal(x, y, surface, wall.radius_cm)
    cosine = min(max(-(direction[0] * a + direction[1] * b + direction[2] * c), 0.0), 1.0)
    return interpolate(
        interactions.acceptance, math.acos(cosine) / (0.5 * math.pi) * (len(interactions.acceptance) - 1)
    )
