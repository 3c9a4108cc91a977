"""Pieces of steps: what their ends must be, and that walks between given ends are again walks."""

import numpy as np
import pytest

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.substeps import divide, known, turning
from ringcast.units import C_CM_PER_NS

MUON, ELECTRON = 105.6583755, 0.51099895


def steps_of(mass, energies, length, first, last, end_cm, n):
    """Steps of n events from the origin."""
    row = np.arange(n)
    beta = np.sqrt(1 - (mass / (energies[0] + mass)) ** 2)
    return Steps(
        event=row,
        number=np.zeros(n, dtype=np.int64),
        start_cm=np.zeros((n, 3)),
        end_cm=np.broadcast_to(end_cm, (n, 3)).copy(),
        start_direction=np.broadcast_to(first, (n, 3)).copy(),
        end_direction=np.broadcast_to(last, (n, 3)).copy(),
        start_energy_mev=np.full(n, energies[0]),
        end_energy_mev=np.full(n, energies[1]),
        start_time_ns=np.zeros(n),
        end_time_ns=np.full(n, length / (beta * C_CM_PER_NS)),
        length_cm=np.full(n, length),
        mass_mev=np.full(n, mass),
    )


def walk(turn, n, fine, generator):
    """Small-angle walks about z: directions at fine places, and the mean direction."""
    increments = generator.standard_normal((n, fine, 2)) * turn / np.sqrt(fine)
    aside = np.concatenate([np.zeros((n, 1, 2)), np.cumsum(increments, axis=1)], axis=1)
    mean = 0.5 * (aside[:, 1:] + aside[:, :-1]).mean(axis=1)
    return aside, mean


@pytest.mark.parametrize(("mass", "energies", "length"), [(MUON, (100.0, 96.0), 6.0), (ELECTRON, (40.0, 39.0), 0.5)])
def test_walks_between_ends_of_walks_are_walks(mass, energies, length):
    """Of many walks only the ends (of electrons also the mean) are told; at share t the variance is again turn^2 t.

    Where the mean counts by k between 0 and 1, independent means are mixed: turn^2 (t - 6 t^2 (1 - t)^2 k (1 - k)).
    """
    n, generator = 4000, np.random.default_rng(3)
    turn = float(turning(np.array([np.mean(energies)]), np.array([length]), np.array([mass]))[0])
    aside, mean = walk(turn, n, 64, generator)
    last = np.concatenate([aside[:, -1], np.ones((n, 1))], axis=1)
    end = np.concatenate([mean if mass == ELECTRON else 0 * mean, np.ones((n, 1))], axis=1) * length
    steps = steps_of(mass, energies, length, (0, 0, 1), last / np.linalg.norm(last, axis=1, keepdims=True), end, n)
    pieces, source = divide(steps, np.arange(n), seed=1)
    count = len(source) // n
    assert count > 3
    assert (np.bincount(source) == count).all()
    node = pieces.end_direction.reshape(n, count, 3)[:, :, :2]
    at = (np.arange(count) + 1) / count
    variance = (node**2).mean(axis=(0, 2))
    k = float(known(np.array([turn]))[0]) if mass == ELECTRON else 0.0
    expected = turn**2 * (at - 6 * (at * (1 - at)) ** 2 * k * (1 - k))
    np.testing.assert_allclose(variance, expected, rtol=4 * np.sqrt(1 / n) + 0.05)
    if mass == MUON:
        pieces_turn = np.diff(np.concatenate([np.zeros((n, 1, 2)), node], axis=1), axis=1)
        np.testing.assert_allclose((pieces_turn**2).mean(axis=(0, 2)), turn**2 / count, rtol=4 * np.sqrt(1 / n) + 0.1)


def test_pieces_join_up_and_keep_the_ends():
    n = 50
    first, last = np.array([0, 0, 1.0]), np.array([0.05, 0, np.sqrt(1 - 0.05**2)])
    steps = steps_of(MUON, (100.0, 60.0), 12.0, first, last, 11.99 * first, n)
    pieces, source = divide(steps, np.arange(n), seed=1)
    count = len(source) // n
    for name, size in (("cm", 3), ("direction", 3), ("energy_mev", 1), ("time_ns", 1)):
        start, end = (getattr(pieces, f"{side}_{name}").reshape(n, count, size) for side in ("start", "end"))
        np.testing.assert_array_equal(start[:, 1:], end[:, :-1])
        np.testing.assert_allclose(start[:, 0], getattr(steps, f"start_{name}").reshape(n, size), atol=1e-12)
        np.testing.assert_allclose(end[:, -1], getattr(steps, f"end_{name}").reshape(n, size), atol=1e-12)
    np.testing.assert_allclose(pieces.length_cm.reshape(n, count).sum(axis=1), steps.length_cm)
    np.testing.assert_array_equal(pieces.number.reshape(n, count), np.arange(count)[None].repeat(n, 0))
    np.testing.assert_allclose(np.linalg.norm(pieces.start_direction, axis=1), 1)


def test_energy_falls_with_the_range_and_time_with_the_speed():
    steps = steps_of(MUON, (100.0, 0.0), 31.0, (0, 0, 1), (0, 0, 1), (0, 0, 31.0), 1)
    pieces, _ = divide(steps, np.arange(1), seed=1)
    range_left = 1 - np.arange(len(pieces.event)) / len(pieces.event)
    np.testing.assert_allclose(pieces.start_energy_mev, 100 * range_left ** (1 / 1.5))
    slow = np.diff(np.append(pieces.start_time_ns, pieces.end_time_ns[-1]))
    assert (np.diff(slow) > 0).all()


def test_energy_of_electrons_falls_with_the_range():
    """Ranges in water in cm (continuous slowing down): NIST Standard Reference Database 124, ESTAR."""
    energy, range_cm = np.array([0.3, 0.5, 1.0]), np.array([0.08421, 0.1766, 0.4367])
    steps = steps_of(ELECTRON, (1.0, 0.0), range_cm[-1], (0, 0, 1), (0, 0, 1), (0, 0, 0.4), 1)
    pieces, _ = divide(steps, np.arange(1), seed=1)
    left = np.append(pieces.length_cm[::-1].cumsum()[::-1], 0)
    found = np.interp(range_cm, left[::-1], np.append(pieces.start_energy_mev, 0)[::-1])
    np.testing.assert_allclose(found, energy, rtol=0.02)


@pytest.mark.parametrize("angle_deg", [0, 60, 120])
def test_directions_spread_alike_however_far_a_step_turns(angle_deg):
    """Across the arc from the first to the last direction they are a bridge of variance turn^2 t (1 - t)."""
    n, angle = 4000, np.radians(angle_deg)
    steps = steps_of(MUON, (100.0, 96.0), 6.0, (0, 0, 1), (np.sin(angle), 0, np.cos(angle)), (1.0, 0, 5.0), n)
    turn = float(turning(np.array([98.0]), np.array([6.0]), np.array([MUON]))[0])
    pieces, source = divide(steps, np.arange(n), seed=4)
    count = len(source) // n
    at = (np.arange(count - 1) + 1) / count
    across = pieces.end_direction.reshape(n, count, 3)[:, :-1, 1]
    np.testing.assert_allclose(across.var(axis=0), turn**2 * at * (1 - at), rtol=4 * np.sqrt(2 / n) + 0.02)


def test_what_cannot_shine_or_hardly_turns_stays_whole():
    dark = steps_of(ELECTRON, (0.2, 0.0), 0.03, (0, 0, 1), (0, 0, 1), (0, 0, 0.03), 3)
    straight = steps_of(MUON, (9000.0, 8999.0), 0.5, (0, 0, 1), (0, 0, 1), (0, 0, 0.5), 3)
    for steps in (dark, straight):
        pieces, source = divide(steps, np.arange(3), seed=1)
        assert source.tolist() == [0, 1, 2]
        np.testing.assert_array_equal(pieces.end_direction, steps.end_direction)


def test_a_stopping_electron_walks_freely():
    """Geant4 leaves its direction as it was, but it scatters until it stops: the last direction spreads widely."""
    n = 2000
    steps = steps_of(ELECTRON, (1.0, 0.0), 0.44, (0, 0, 1), (0, 0, 1), (0, 0, 0.4), n)
    pieces, source = divide(steps, np.arange(n), seed=2)
    count = len(source) // n
    cosine = pieces.end_direction.reshape(n, count, 3)[:, -1, 2]
    assert cosine.mean() < 0.5
    np.testing.assert_array_equal(pieces.start_direction.reshape(n, count, 3)[:, 0], steps.start_direction)
