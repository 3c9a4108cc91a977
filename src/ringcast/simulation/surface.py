"""What becomes of a photon at the black sheet or at a sensor's face."""

import math

from ringcast.simulation.device import device
from ringcast.simulation.scatter import on_cone

__all__ = ["bounce", "mirror", "tube_reflectivity", "wall_normal"]


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
def tube_reflectivity(cosine, water, glass):  # type: ignore[no-untyped-def]
    """Share of unpolarised light that glass reflects against an empty tube, by Fresnel's law.

    Light of angle t in water of index n has n sin t = n' sin t' in the glass; from n sin t = 1 on all is reflected.

    Args:
        cosine: Cosine of the angle in the water, of either sign.
        water: Refractive index of water.
        glass: Refractive index of the glass.

    Example:
        >>> round(tube_reflectivity(1.0, 1.34, 1.5), 3), tube_reflectivity(0.6, 1.34, 1.5)
        (0.04, 1.0)
    """
    square = water * water * (1.0 - cosine * cosine)
    if square >= 1.0:
        return 1.0
    inside, outside = math.sqrt(1.0 - square / (glass * glass)), math.sqrt(1.0 - square)
    across = (glass * inside - outside) / (glass * inside + outside)
    along = (glass * outside - inside) / (glass * outside + inside)
    return 0.5 * (across * across + along * along)


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
        return on_cone(a, b, c, math.sqrt(one), 2.0 * math.pi * two)
    if choice >= lobes[1]:
        return -u, -v, -w
    if choice < lobes[0]:
        lean = min(slope * math.sqrt(-2.0 * math.log(one)), 0.5 * math.pi)
        d, e, f = on_cone(a, b, c, math.cos(lean), 2.0 * math.pi * two)
        if u * d + v * e + w * f < 0.0:
            p, q, r = mirror(u, v, w, d, e, f)
            if p * a + q * b + r * c > 0.0:
                return p, q, r
    return mirror(u, v, w, a, b, c)
