"""What happens along one step that is divided, compiled: energies, times and directions at the ends of its pieces."""

import math

import numpy as np
from numpy.typing import NDArray

from ringcast.simulation.device import device, over_photons
from ringcast.simulation.path_length import mean_free_cm

__all__ = ["LIGHT_MEV", "MOST_PIECES", "fill_pieces", "known", "scratch", "turn_all", "turned"]

MOST_PIECES = 32
"""Most pieces of a step."""
_KNOWN, _KNOWN_TURN = 0.3, 0.5
"""How far Geant4's place at the end of an electron's step tells the mean direction within, k = 0.3 exp(-0.5 (turning /
0.5)^2): both numbers fitted to the angles of light of Geant4's own Cherenkov process in fine steps."""
LIGHT_MEV = 1.0
"""Lighter particles are electrons."""
_RANGE_POWER = 1.5
"""Power of the energy that the range left of heavier particles goes with: Geant4's ranges of muons from 30 to 150 MeV
go as E^1.50."""
_EVEN_LOSS_MEV = 0.30
"""The range left of electrons goes as E^2 / (E + 0.30 MeV): within 2 % those in water from 0.2 to 2 MeV by ESTAR (NIST
Standard Reference Database 124). Fast ones lose energy evenly."""
_HIGHLAND_MEV, _RADIATION_CM = 13.6, 36.08


_mean_free_cm = device(mean_free_cm)


def scratch() -> NDArray[np.float64]:
    """Room for the walk along one step: at each end of a piece the bridge (3), energy, time and share of scattering."""
    return np.empty((MOST_PIECES + 1, 6))


@device
def turned(energy, length, mass):  # type: ignore[no-untyped-def]
    """How far scattering turns a particle of some kinetic energy on a path; see `turning`."""
    if mass < LIGHT_MEV:
        return math.sqrt(length / max(_mean_free_cm(energy), 1e-9))
    p_beta = energy * (energy + 2 * mass) / (energy + mass)
    paths = length / _RADIATION_CM
    logarithm = 1 + 0.038 * math.log(max(paths, 1e-12))
    return _HIGHLAND_MEV / max(p_beta, 1e-9) * math.sqrt(paths) * max(logarithm, 0.1)


@device
def known(turn):  # type: ignore[no-untyped-def]
    """How far the ends of an electron's step tell the mean direction within, from how far it turns in rad.

    Example:
        >>> round(known(0.0), 2), round(known(1.0), 2)
        (0.3, 0.04)
    """
    return _KNOWN * math.exp(-0.5 * (turn / _KNOWN_TURN) ** 2)


@over_photons
def fill_pieces(steps, pieces, normal, out, at):  # type: ignore[no-untyped-def]
    """Fill in all columns of the pieces but `event` and `number`.

    Args:
        steps: `Steps` to divide.
        pieces: How many pieces each is divided into.
        normal: (piece, 3): standard normal numbers.
        out: `Steps` of the pieces.
        at: From `scratch`.
    """
    piece = 0
    for s in range(len(pieces)):
        count = pieces[s]
        if count > 1:
            _energies_and_times(steps, s, count, at)
            _directions(steps, s, count, normal, piece, at)
        for i in range(count):
            _write(steps, s, count, i, out, piece + i, at)
        piece += count


@device
def _energies_and_times(steps, s, count, at):  # type: ignore[no-untyped-def]
    """Energies so that the range left falls evenly, and times as the particle's slowness has it, between the ends."""
    mass, electron = steps.mass_mev[s], steps.mass_mev[s] < LIGHT_MEV
    begin = _range(max(steps.start_energy_mev[s], 0.0), electron)
    end = _range(max(steps.end_energy_mev[s], 0.0), electron)
    for i in range(count + 1):
        left = begin + (end - begin) * (i / count)
        if electron:
            at[i, 3] = 0.5 * (left + math.sqrt(left * left + 4 * _EVEN_LOSS_MEV * left))
        else:
            at[i, 3] = left ** (1 / _RANGE_POWER)
    at[0, 4] = 0.0
    for i in range(count):
        ratio = mass / (0.5 * (at[i, 3] + at[i + 1, 3]) + mass)
        at[i + 1, 4] = at[i, 4] + 1 / math.sqrt(1 - ratio * ratio)
    for i in range(count + 1):
        share = at[i, 4] / at[count, 4]
        at[i, 4] = steps.start_time_ns[s] + (steps.end_time_ns[s] - steps.start_time_ns[s]) * share


@device
def _range(energy, electron):  # type: ignore[no-untyped-def]
    """The range left, in arbitrary units."""
    return energy * energy / (energy + _EVEN_LOSS_MEV) if electron else energy**_RANGE_POWER


@device
def _directions(steps, s, count, normal, piece, at):  # type: ignore[no-untyped-def]
    """Unit vectors at the ends of the pieces along the walk that `divide` describes."""
    mass, length = steps.mass_mev[s], steps.length_cm[s]
    at[0, 0], at[0, 1], at[0, 2], at[0, 5] = 0.0, 0.0, 0.0, 0.0
    for i in range(count):  # variances add up, which Highland's logarithm would spoil
        turn = turned(0.5 * (at[i, 3] + at[i + 1, 3]), length, mass) / math.sqrt(count)
        for k in range(3):
            at[i + 1, k] = at[i, k] + turn * normal[piece + i, k]
        at[i + 1, 5] = at[i, 5] + turn * turn
    whole = at[count, 5]
    for i in range(count + 1):
        at[i, 5] /= whole
    if mass < LIGHT_MEV and steps.end_energy_mev[s] <= 0:
        for i in range(count + 1):
            for k in range(3):
                at[i, k] += steps.start_direction[s, k]
    else:
        _bind(steps, s, count, at)
    for i in range(count + 1):
        norm = math.sqrt(at[i, 0] ** 2 + at[i, 1] ** 2 + at[i, 2] ** 2)
        for k in range(3):
            at[i, k] /= norm


@device
def _bind(steps, s, count, at):  # type: ignore[no-untyped-def]
    """Turn a free walk into one between both directions of the step, pulled towards its chord if it is an electron."""
    e, f, g = at[count, 0], at[count, 1], at[count, 2]
    for i in range(count + 1):
        share, square = at[i, 5], 0.0
        for k in range(3):
            chord = steps.start_direction[s, k] + share * (steps.end_direction[s, k] - steps.start_direction[s, k])
            square += chord * chord
        spread = square ** (1 / 3)
        for k in range(3):
            last = e if k == 0 else (f if k == 1 else g)
            chord = steps.start_direction[s, k] + share * (steps.end_direction[s, k] - steps.start_direction[s, k])
            at[i, k] = chord + spread * (at[i, k] - share * last)
    if steps.mass_mev[s] >= LIGHT_MEV:
        return
    energy = 0.5 * (steps.start_energy_mev[s] + steps.end_energy_mev[s])
    weight = known(turned(energy, steps.length_cm[s], steps.mass_mev[s]))
    total, mean = _covariance_sums(count, at)
    x, y, z = _missing(steps, s, count, at, 0), _missing(steps, s, count, at, 1), _missing(steps, s, count, at, 2)
    before = 0.0
    for i in range(count + 1):
        if i > 0:
            before += 0.5 * (at[i, 5] + at[i - 1, 5]) / count
        pull = weight * (before + ((count - i) / count - total) * at[i, 5]) / mean
        at[i, 0] += pull * x
        at[i, 1] += pull * y
        at[i, 2] += pull * z


@device
def _missing(steps, s, count, at, k):  # type: ignore[no-untyped-def]
    """What the mean of one component lacks of the way from the step's start to its end, over its length."""
    mean = 0.0
    for i in range(count):
        mean += 0.5 * (at[i, k] + at[i + 1, k])
    return (steps.end_cm[s, k] - steps.start_cm[s, k]) / steps.length_cm[s] - mean / count


@device
def _covariance_sums(count, at):  # type: ignore[no-untyped-def]
    """Mean over the path of the share of scattering s, and of the covariance of a bridge with its own mean.

    The bridge is a walk of the variance s, from 0 to 1, at places evenly along the path, whose end is known: its
    covariance at two places is min(s, s') - s s', and with its mean the integral of s up to the place t, plus (1 - t -
    the mean of s) s.
    """
    total = 0.0
    for i in range(count):
        total += 0.5 * (at[i, 5] + at[i + 1, 5]) / count
    mean, before = 0.0, 0.0
    for i in range(count + 1):
        if i > 0:
            before += 0.5 * (at[i, 5] + at[i - 1, 5]) / count
        value = before + ((count - i) / count - total) * at[i, 5]
        mean += value / count * (0.5 if i in (0, count) else 1.0)
    return total, mean


@device
def _write(steps, s, count, i, out, place, at):  # type: ignore[no-untyped-def]
    """Columns of one piece."""
    out.mass_mev[place], out.length_cm[place] = steps.mass_mev[s], steps.length_cm[s] / count
    out.start_energy_mev[place], out.end_energy_mev[place] = steps.start_energy_mev[s], steps.end_energy_mev[s]
    out.start_time_ns[place], out.end_time_ns[place] = steps.start_time_ns[s], steps.end_time_ns[s]
    for k in range(3):
        out.start_cm[place, k], out.end_cm[place, k] = steps.start_cm[s, k], steps.end_cm[s, k]
        out.start_direction[place, k] = steps.start_direction[s, k]
        out.end_direction[place, k] = steps.end_direction[s, k]
    if count == 1:
        return
    out.start_energy_mev[place], out.end_energy_mev[place] = at[i, 3], at[i + 1, 3]
    out.start_time_ns[place], out.end_time_ns[place] = at[i, 4], at[i + 1, 4]
    for k in range(3):
        way = steps.end_cm[s, k] - steps.start_cm[s, k]
        out.start_cm[place, k] = steps.start_cm[s, k] + way * (i / count)
        out.end_cm[place, k] = steps.start_cm[s, k] + way * ((i + 1) / count)
        out.start_direction[place, k], out.end_direction[place, k] = at[i, k], at[i + 1, k]


@over_photons
def turn_all(energy, length, mass, out):  # type: ignore[no-untyped-def]
    """`turned` of each entry."""
    for i in range(len(out)):
        out[i] = turned(energy[i], length[i], mass[i])
