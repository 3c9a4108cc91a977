"""Pieces of steps: what their ends must be, and that walks between given ends are again walks."""

import numpy as np
import pytest

from ringcast.simulation.cherenkov import Steps
from ringcast.simulation.substeps import divide, turning
from ringcast.simulation.walk import known
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


def scattering(mass, energies, length, places):
    """Turning of a step, and share of the scattering at `places` along it, as the energy falls with the range."""
    energy = np.linspace(*energies, 2000)
    left = energy**2 / (energy + 0.30) if mass == ELECTRON else energy**1.5
    middle = np.interp((np.arange(2000) + 0.5) / 2000, (left[0] - left) / (left[0] - left[-1]), energy)
    variance = turning(middle, np.full(2000, length), np.full(2000, mass)) ** 2
    share = np.interp(places, np.arange(2001) / 2000, np.append(0, variance.cumsum()) / variance.sum())
    return float(np.sqrt(variance.mean())), share


def walk(turn, share, n, generator):
    """Small-angle walks about z, whose variance goes with `share`: directions at its places, and the mean direction."""
    increments = generator.standard_normal((n, len(share) - 1, 2)) * turn * np.sqrt(np.diff(share))[:, None]
    aside = np.concatenate([np.zeros((n, 1, 2)), np.cumsum(increments, axis=1)], axis=1)
    mean = 0.5 * (aside[:, 1:] + aside[:, :-1]).mean(axis=1)
    return aside, mean


@pytest.mark.parametrize(
    ("mass", "energies", "length"),
    [
        (MUON, (100.0, 96.0), 6.0),
        (MUON, (100.0, 50.0), 6.0),
        (ELECTRON, (40.0, 39.0), 0.5),
        (ELECTRON, (60.0, 20.0), 2.0),
    ],
)
def test_walks_between_ends_of_walks_are_walks(mass, energies, length):
    """Of many walks only the ends (of electrons also the mean) are told; at share s the variance is again turn^2 s.

    Where the mean M of the bridge B counts by k between 0 and 1, independent means are mixed:
    turn^2 s - 2 k (1 - k) <B M>^2 / <M M>.
    """
    n, fine, generator = 4000, 128, np.random.default_rng(3)
    turn, share = scattering(mass, energies, length, np.arange(fine + 1) / fine)
    k = known(turn) if mass == ELECTRON else 0.0
    aside, mean = walk(turn, share, n, generator)
    last = np.concatenate([aside[:, -1], np.ones((n, 1))], axis=1)
    end = np.concatenate([mean if mass == ELECTRON else 0 * mean, np.ones((n, 1))], axis=1) * length
    steps = steps_of(mass, energies, length, (0, 0, 1), last / np.linalg.norm(last, axis=1, keepdims=True), end, n)
    pieces, source = divide(steps, np.arange(n), seed=1)
    count = len(source) // n
    assert count > 3
    assert (np.bincount(source) == count).all()
    node = pieces.end_direction.reshape(n, count, 3)[:, :, :2]
    variance = (node**2).mean(axis=(0, 2))
    covariance = np.minimum(share[:, None], share) - share[:, None] * share
    with_mean = 0.5 * (covariance[:, 1:] + covariance[:, :-1]).mean(axis=1)
    of_mean = 0.5 * (with_mean[1:] + with_mean[:-1]).mean()
    places = np.arange(1, count + 1) * (fine // count)
    expected = turn**2 * (share - 2 * k * (1 - k) * with_mean**2 / of_mean)[places]
    np.testing.assert_allclose(variance, expected, rtol=4 * np.sqrt(1 / n) + 0.05)
    if mass == MUON:
        pieces_turn = np.diff(np.concatenate([np.zeros((n, 1, 2)), node], axis=1), axis=1)
        wanted = turn**2 * np.diff(np.append(0, share[places]))
        np.testing.assert_allclose((pieces_turn**2).mean(axis=(0, 2)), wanted, rtol=4 * np.sqrt(1 / n) + 0.1)


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


@pytest.mark.parametrize("angle_deg", [1, 60, 120])
def test_directions_spread_as_a_bridge_on_the_sphere_does(angle_deg):
    """Across an arc of the angle a the variance is turn^2 sin(a s) sin(a (1 - s)) / (a sin a).

    It is the inverse of -d^2/ds^2 - a^2, by which the squared length of a path beside an arc of a sphere grows; that of
    `divide` is 4 % less in the middle of an arc of 120 degrees.
    """
    n, angle, energies, length = 4000, np.radians(angle_deg), (100.0, 96.0), 6.0
    steps = steps_of(MUON, energies, length, (0, 0, 1), (np.sin(angle), 0, np.cos(angle)), (1.0, 0, 5.0), n)
    pieces, source = divide(steps, np.arange(n), seed=4)
    count = len(source) // n
    turn, share = scattering(MUON, energies, length, np.arange(1, count) / count)
    across = pieces.end_direction.reshape(n, count, 3)[:, :-1, 1]
    wanted = turn**2 * np.sin(angle * share) * np.sin(angle * (1 - share)) / (angle * np.sin(angle))
    np.testing.assert_allclose(across.var(axis=0), wanted, rtol=4 * np.sqrt(2 / n) + 0.04)


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
