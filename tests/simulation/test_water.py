"""Models of water: values of their papers, and forward scattering through the kernel."""

import numpy as np
import pytest
from scipy.stats import chi2 as chi_square

from ringcast.simulation.interactions import NONE, load_interactions
from ringcast.simulation.optics import load_optics
from ringcast.simulation.scatter import forward
from ringcast.simulation.transport import follow
from ringcast.simulation.water import water_lengths
from tests.simulation.closed_forms import all_seeing_wall, flat_optics, straight_step

NM = np.array([350.0, 400.0, 450.0, 500.0])


def test_super_k_water_by_hand():
    """1 / m: absorption 0.624 (2.96e7 / 400^4 + 3.24e-2 0.8^10.9) at 400 nm; pure water and the first term at 500."""
    lengths = water_lengths("super-k", NM)
    assert 100 / lengths.absorption_cm[1] == pytest.approx(0.624 * (2.96e7 / 400**4 + 3.24e-2 * 0.8**10.9))
    assert 100 / lengths.absorption_cm[3] == pytest.approx(0.0204 + 0.624 * 2.96e7 / 500**4)
    assert 100 / lengths.rayleigh_cm[1] == pytest.approx(8.51e7 / 400**4 * (1 + 1.14e5 / 400**2))
    assert 100 / lengths.forward_cm[1] == pytest.approx(1e-4 * (1 + 4.62e6 / 400**4 * 8**2))


def test_absorption_joins_at_the_knee():
    """Power law and measured absorption of pure water agree to the paper's precision where they meet."""
    below, above = water_lengths("super-k", np.array([463.9, 465.0])).absorption_cm
    assert below / above == pytest.approx(1, abs=0.15)


def test_wcsim_water_has_no_forward_scattering():
    assert np.isinf(water_lengths("wcsim", NM).forward_cm).all()
    _, interactions = load_interactions(load_optics("PMT20inch"), scattering=True)
    assert len(interactions.forward_share) == 0


def test_shares_and_lengths_of_both_kinds_add_up():
    optics = load_optics("PMT20inch", "super-k")
    _, interactions = load_interactions(optics, water="super-k", scattering=True)
    at = (NM - optics.first_nm).astype(int)
    lengths = water_lengths("super-k", NM)
    both = interactions.scattering_cm[at]
    np.testing.assert_allclose(both / interactions.forward_share[at], lengths.forward_cm)
    np.testing.assert_allclose(both / (1 - interactions.forward_share[at]), lengths.rayleigh_cm)
    np.testing.assert_allclose(optics.absorption_cm[at], lengths.absorption_cm)


@pytest.mark.parametrize("g", [0.3, 0.95])
def test_forward_angles_follow_henyey_and_greenstein(g):
    """The cumulative distribution (1 - g^2) / (2 g) (1 / sqrt(1 + g^2 - 2 g c) - 1 / (1 + g)) is uniform; mean g."""
    n, generator = 20_000, np.random.default_rng(2)
    out = np.array([forward(0.0, 0.6, 0.8, 1.0, 0.0, 0.0, g, *two) for two in generator.random((n, 2))])
    cosine = out[:, 1] * 0.6 + out[:, 2] * 0.8
    share = (1 - g * g) / (2 * g) * (1 / np.sqrt(1 + g * g - 2 * g * cosine) - 1 / (1 + g))
    counts = np.histogram(share, bins=25, range=(0, 1))[0]
    assert counts.sum() == n
    assert chi_square.sf(((counts - n / 25) ** 2 / (n / 25)).sum(), 24) > 1e-4
    assert abs(cosine.mean() - g) < 4 * cosine.std() / np.sqrt(n)
    np.testing.assert_allclose(np.linalg.norm(out.reshape(n, 2, 3), axis=2), 1, rtol=1e-12)
    assert np.abs((out[:, :3] * out[:, 3:]).sum(axis=1)).max() < 1e-9


def test_the_kernel_scatters_the_given_share_forward():
    """Photons that scatter once and then strike the top of a wide tank: the counts of both kinds, each by its share."""
    n, grid, tops = 100_000, len(flat_optics().phase_index), {}
    for share in (0.0, 1.0, 0.4):
        both = NONE._replace(
            scattering_cm=np.full(grid, 2000.0), forward_share=np.full(grid, share), forward_cosine=0.99, most_turns=1
        )
        wall, events = all_seeing_wall(1e5, 1000.0), np.zeros(1, dtype=np.int64)
        journeys = follow(straight_step(), np.array([n]), events, flat_optics(), wall, seed=4, interactions=both)
        tops[share] = int(((journeys.turns == 1) & (journeys.sensor == 0)).sum())
    assert tops[1.0] > 1.4 * tops[0.0]  # half of the light that molecules scatter goes down
    expected = 0.4 * tops[1.0] + 0.6 * tops[0.0]
    assert abs(tops[0.4] - expected) < 4 * np.sqrt(tops[0.4] + 0.4**2 * tops[1.0] + 0.6**2 * tops[0.0])
