"""Random numbers: known answers and uniformity."""

import numpy as np

from ringcast.simulation.philox import philox4x32, uniform4


def words(*values):
    return tuple(int(word) for word in philox4x32(*(np.uint64(v) for v in values)))


def test_known_answers_of_random123():
    # kat_vectors of Random123 1.14, philox4x32 with 10 rounds
    assert words(0, 0, 0, 0, 0, 0) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    full = 0xFFFFFFFF
    assert words(full, full, full, full, full, full) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
    pi = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)
    assert words(*pi) == (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)


def test_uniforms_fill_the_unit_interval():
    n = 4000
    draws = np.array([uniform4(3, 1, photon, 0, np.uint64(9)) for photon in range(n)]).reshape(-1)
    assert draws.min() > 0
    assert draws.max() < 1
    counts = np.histogram(draws, bins=20, range=(0, 1))[0]
    chi2 = ((counts - len(draws) / 20) ** 2 / (len(draws) / 20)).sum()
    assert chi2 < 19 + 4 * np.sqrt(2 * 19)


def test_every_coordinate_matters():
    base = (3, 1, 5, 0, np.uint64(9))
    first = uniform4(*base)
    for place in range(5):
        other = list(base)
        other[place] += np.uint64(1) if place == 4 else 1
        assert uniform4(*other) != first
