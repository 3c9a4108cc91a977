"""What becomes of a photon at the black sheet or at a sensor's face."""

import math

from ringcast.simulation.device import device
from ringcast.simulation.scatter import on_cone

__all__ = ["bounce", "face_shares", "fresnel", "mirror", "wall_normal"]


@device
def wall_normal(x, y, surface, radius):  # type: ignore[no-untyped-def]
    """Normal into the tank at a point of the wall; surface 0 top, 1 barrel, 2 bottom."""
    if surface == 1:
        return -x / radius, -y / radius, 0.0
    return 0.0, 0.0, surface - 1.0


@device
def mirror(u, v, w, a, b, c):  # type: ignore[no-untyped-def]
    """Direction (u, v, w) reflected by a plane of unit normal (a, b, c).

    Example:
        >>> mirror(0.6, 0.0, 0.8, 0.0, 0.0, -1.0)
        (0.6, 0.0, -0.8)
    """
    along = 2.0 * (u * a + v * b + w * c)
    return u - along * a, v - along * b, w - along * c


@device
def fresnel(cosine, before, after):  # type: ignore[no-untyped-def]
    """Share of unpolarised light that the surface between two clear media reflects; 1 where all of it is.

    Args:
        cosine: Cosine of the angle to the normal in the first medium, not negative.
        before: Refractive index of the first medium.
        after: Refractive index of the second.

    Example:
        >>> round(fresnel(1.0, 1.5, 1.0), 3), fresnel(0.6, 1.5, 1.0)
        (0.04, 1.0)
    """
    square = 1.0 - (before / after) * (before / after) * (1.0 - cosine * cosine)
    if square <= 0.0:
        return 1.0
    beyond = math.sqrt(square)
    across = (before * cosine - after * beyond) / (before * cosine + after * beyond)
    along = (after * cosine - before * beyond) / (after * cosine + before * beyond)
    return 0.5 * (across * across + along * along)


@device
def face_shares(cosine, water, glass, passed):  # type: ignore[no-untyped-def]
    """Shares of light that a tube's photocathode takes and that comes back into the water; the rest is lost inside.

    The light meets glass, then the photocathode on its inner side, then the empty tube. The outer side reflects W. Of
    what reaches the photocathode a share 1 - R is taken; the rest meets the empty tube, which reflects V of it and
    swallows 1 - V. Light that turns back meets the outer side again, which reflects W as from the water. With q = R V
    (1 - W)(1 - R) / (1 - q W) is taken and W + (1 - W)^2 q / (1 - q W) comes back. W and V are Fresnel's; the glass is
    thin, so that both sides are parallel.

    Args:
        cosine: Cosine of the angle to the normal in the water, of either sign.
        water: Refractive index of water.
        glass: Refractive index of the glass.
        passed: R, the share that the photocathode does not take.

    Example:
        >>> taken, back = face_shares(1.0, 1.34, 1.6, 0.32)
        >>> round(taken, 3), round(back, 3)
        (0.675, 0.025)
    """
    square = 1.0 - (water / glass) * (water / glass) * (1.0 - cosine * cosine)
    outer = fresnel(abs(cosine), water, glass)
    turned = passed * fresnel(math.sqrt(max(square, 0.0)), glass, 1.0)
    through = (1.0 - outer) / (1.0 - turned * outer)
    return through * (1.0 - passed), outer + (1.0 - outer) * through * turned


@device
def bounce(u, v, w, a, b, c, lobes, slope, choice, one, two):  # type: ignore[no-untyped-def]
    """Direction after reflection by a rough sheet, in the four ways of Geant4's unified model.

    Lobe: mirrored by a facet whose normal leans by an angle of density alpha exp(-alpha^2 / (2 slope^2)); a facet that
    would send the photon into the sheet, or that looks away from it, is replaced by the flat one. Spike: mirrored by
    the flat sheet. Backscatter: straight back. The rest is diffuse, density cos(theta) / pi.

    Args:
        u: Direction before; with v and w.
        v: See u.
        w: See u.
        a: Normal of the sheet into the tank; with b and c.
        b: See a.
        c: See a.
        lobes: Cumulative shares of lobe, spike and backscatter.
        slope: Spread of the facets' angle in rad.
        choice: Uniform number that chooses the way.
        one: Uniform number for the new direction.
        two: Another one.

    Reference:
        A. Levin, C. Moisan, "A more physical approach to model the surface treatment of scintillation counters and
        its implementation into DETECT", IEEE NSS 1996, https://doi.org/10.1109/NSSMIC.1996.591410
    """
    if choice >= lobes[2]:
        return on_cone(a, b, c, math.sqrt(one), two)
    if choice >= lobes[1]:
        return -u, -v, -w
    if choice < lobes[0]:
        lean = min(slope * math.sqrt(-2.0 * math.log(one)), 0.5 * math.pi)
        d, e, f = on_cone(a, b, c, math.cos(lean), two)
        if u * d + v * e + w * f < 0.0:
            p, q, r = mirror(u, v, w, d, e, f)
            if p * a + q * b + r * c > 0.0:
                return p, q, r
    return mirror(u, v, w, a, b, c)
