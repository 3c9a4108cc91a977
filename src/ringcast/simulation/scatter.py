"""Turns of a photon in the water: scattering, and the vectors that all turns need."""

import math

from ringcast.simulation.device import device

__all__ = ["birth_polarisation", "cosine_and_sine", "forward", "mirrored_polarisation", "on_cone", "rayleigh"]

_S3, _S5, _S7, _S9 = -1 / 6, 1 / 120, -1 / 5040, 1 / 362880
_S11, _S13, _S15 = -1 / 39916800, 1 / 6227020800, -1 / 1307674368000
_C4, _C6, _C8, _C10 = 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800
_C12, _C14, _C16 = 1 / 479001600, -1 / 87178291200, 1 / 20922789888000


@device
def cosine_and_sine(turn):  # type: ignore[no-untyped-def]
    """Cosine and sine of 2 pi `turn` for a share of a full turn from 0 to 1, to 3e-16.

    Taylor's series to within an eighth of a turn of the nearest quarter: quicker than a library's, as it need not treat
    other arguments, and the same on every machine.

    Example:
        >>> cosine_and_sine(0.5)[0], cosine_and_sine(0.75)[1]
        (-1.0, -1.0)
    """
    quarter = int(4.0 * turn + 0.5)
    x = (4.0 * turn - quarter) * (0.5 * math.pi)
    z = x * x
    sine = x + x * z * (_S3 + z * (_S5 + z * (_S7 + z * (_S9 + z * (_S11 + z * (_S13 + z * _S15))))))
    cosine = 1.0 + z * (-0.5 + z * (_C4 + z * (_C6 + z * (_C8 + z * (_C10 + z * (_C12 + z * (_C14 + z * _C16)))))))
    along, across = (sine, cosine) if quarter & 1 else (cosine, sine)
    return -along if (quarter + 1) & 2 else along, -across if quarter & 2 else across


@device
def on_cone(a, b, c, cosine, turn):  # type: ignore[no-untyped-def]
    """A unit vector at a given angle about the axis (a, b, c), which need not be of length one; `turn` is 0 to 1."""
    norm = 1.0 / math.sqrt(a * a + b * b + c * c)
    a, b, c = a * norm, b * norm, c * norm
    sine = math.sqrt(1.0 - cosine * cosine)
    p, q = cosine_and_sine(turn)
    p, q = sine * p, sine * q
    across = math.sqrt(a * a + b * b)
    if across < 1e-9:
        side = math.copysign(1.0, c)
        return p, q * side, cosine * side
    return (
        cosine * a + (p * a * c - q * b) / across,
        cosine * b + (p * b * c + q * a) / across,
        cosine * c - p * across,
    )


@device
def _perpendicular(p, q, r, u, v, w, fallback):  # type: ignore[no-untyped-def]
    """The part of (p, q, r) across the unit vector (u, v, w), of length one; any such vector if nothing is left."""
    along = p * u + q * v + r * w
    p, q, r = p - along * u, q - along * v, r - along * w
    length = math.sqrt(p * p + q * q + r * r)
    if length < 1e-9:
        return on_cone(u, v, w, 0.0, fallback)
    return p / length, q / length, r / length


@device
def birth_polarisation(a, b, c, u, v, w):  # type: ignore[no-untyped-def]
    """Polarisation of Cherenkov light along (u, v, w) from a track along (a, b, c): across the photon, in their plane.

    Reference:
        J. D. Jackson, Classical Electrodynamics, 3rd ed., section 13.4.
    """
    return _perpendicular(a, b, c, u, v, w, 0.0)


@device
def mirrored_polarisation(p, q, r, old, new):  # type: ignore[no-untyped-def]
    """Polarisation after a reflection that turns the direction `old` into `new`: E' = 2 (E.f) f - E.

    f is the normal of the facet that takes one direction into the other; E' stays across the new direction.
    """
    f, g, h = new[0] - old[0], new[1] - old[1], new[2] - old[2]
    square = f * f + g * g + h * h
    if square > 1e-18:
        along = 2.0 * (p * f + q * g + r * h) / square
        p, q, r = along * f - p, along * g - q, along * h - r
    return _perpendicular(p, q, r, new[0], new[1], new[2], 0.0)


@device
def rayleigh(p, q, r, share, turn):  # type: ignore[no-untyped-def]
    """Direction and polarisation of a photon of polarisation E = (p, q, r) after Rayleigh scattering.

    The light of a dipole along E: density 3/4 (1 - mu^2) in mu, the cosine to E, so that mu = 2 sin(asin(2 s - 1) / 3)
    for a uniform s. The new polarisation is the part of E across the new direction. Averaged over polarisations the
    angle to the old direction follows 3/8 (1 + cos^2), which the old direction itself is not needed for.

    Args:
        p: Polarisation, of length one; with q and r.
        q: See p.
        r: See p.
        share: Uniform number for the angle to the polarisation.
        turn: Uniform number for the azimuth about it.

    Returns:
        Direction (three numbers) and polarisation (three numbers).

    Example:
        >>> u, v, w, p, q, r = rayleigh(1.0, 0.0, 0.0, 0.5, 0.25)
        >>> abs(u) < 1e-12, abs(p - 1) < 1e-12
        (True, True)
    """
    cosine = 2.0 * math.sin(math.asin(2.0 * share - 1.0) / 3.0)
    u, v, w = on_cone(p, q, r, cosine, turn)
    e, f, g = _perpendicular(p, q, r, u, v, w, turn)
    return u, v, w, e, f, g


@device
def forward(u, v, w, p, q, r, g, share, turn):  # type: ignore[no-untyped-def]
    """Direction and polarisation of a photon along (u, v, w) after forward (Mie) scattering.

    Henyey and Greenstein's law of mean cosine g: with a uniform s and k = (1 - g^2) / (1 - g + 2 g s) the cosine to the
    old direction is (1 + g^2 - k^2) / (2 g). The polarisation keeps its part across the new direction.

    Args:
        u: Direction, of length one; with v and w.
        v: See u.
        w: See u.
        p: Polarisation; with q and r.
        q: See p.
        r: See p.
        g: Mean cosine, between 0 and 1, both excluded.
        share: Uniform number for the angle.
        turn: Uniform number for the azimuth.

    Returns:
        Direction (three numbers) and polarisation (three numbers).

    Reference:
        L. G. Henyey, J. L. Greenstein, Astrophys. J. 93, 70 (1941), https://doi.org/10.1086/144246

    Example:
        >>> forward(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.95, 1.0, 0.0)[:3]
        (0.0, 0.0, 1.0)
    """
    k = (1.0 - g * g) / (1.0 - g + 2.0 * g * share)
    cosine = min(max((1.0 + g * g - k * k) / (2.0 * g), -1.0), 1.0)
    a, b, c = on_cone(u, v, w, cosine, turn)
    e, f, h = _perpendicular(p, q, r, a, b, c, turn)
    return a, b, c, e, f, h
