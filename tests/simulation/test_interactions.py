"""Scattering and reflection against closed forms and an independent Monte Carlo."""

import numpy as np
import pytest
from scipy.stats import chi2 as chi_square

from ringcast.simulation.flight import FATES
from ringcast.simulation.interactions import NONE, load_interactions
from ringcast.simulation.optics import load_optics
from ringcast.simulation.scatter import birth_polarisation, cosine_and_sine, mirrored_polarisation, rayleigh
from ringcast.simulation.surface import bounce, face_shares, fresnel
from ringcast.simulation.transport import follow, transport
from ringcast.units import C_CM_PER_NS
from tests.simulation.closed_forms import INDEX, all_seeing_wall, flat_optics, no_sensors, straight_step

N = 100_000
EVENTS = np.zeros(1, dtype=np.int64)
LENGTH_CM = 300.0
GRID = len(flat_optics().phase_index)
SCATTERING = NONE._replace(scattering_cm=np.full(GRID, LENGTH_CM))


def fly(wall, interactions, *, absorption_cm=1e12, n=N, seed=5):
    optics = flat_optics(absorption_cm=absorption_cm)
    return follow(straight_step(), np.array([n]), EVENTS, optics, wall, seed=seed, interactions=interactions)


def path_cm(journeys):
    return journeys.time_ns * C_CM_PER_NS / INDEX


def assert_follows(share, n_bins=25):
    """Values of a cumulative distribution are uniform, by chi-square with p > 1e-4."""
    counts = np.histogram(share, bins=n_bins, range=(0, 1))[0]
    assert counts.sum() == len(share)
    expected = len(share) / n_bins
    assert chi_square.sf(((counts - expected) ** 2 / expected).sum(), n_bins - 1) > 1e-4


@pytest.mark.parametrize("absorption_cm", [100.0, 1000.0])
def test_absorption_lengths_are_exponential(absorption_cm):
    journeys = fly(all_seeing_wall(1e6, 1e6), NONE, absorption_cm=absorption_cm)
    assert journeys.count("water") == N
    assert_follows(1 - np.exp(-path_cm(journeys) / absorption_cm))


def test_first_scattering_lengths_are_exponential():
    journeys = fly(all_seeing_wall(1e6, 1e6), SCATTERING._replace(most_turns=0))
    assert journeys.count("cut") == N
    assert_follows(1 - np.exp(-path_cm(journeys) / LENGTH_CM))


def test_number_of_scatterings_on_an_absorbed_path_is_geometric():
    """With equal lengths each of the two processes comes first as often as the other: P(k) = 2^-(k + 1)."""
    journeys = fly(all_seeing_wall(1e6, 1e6), SCATTERING, absorption_cm=LENGTH_CM)
    assert journeys.count("water") == N
    counts = np.bincount(journeys.turns.clip(max=9), minlength=10)
    expected = N * np.append(0.5 ** np.arange(1, 10), 0.5**9)
    assert chi_square.sf(((counts - expected) ** 2 / expected).sum(), 9) > 1e-4
    assert_follows(1 - np.exp(-path_cm(journeys) / LENGTH_CM))


def test_unscattered_share_and_times():
    sine = np.sqrt(1 - 1 / (INDEX**2 * (1 - (0.511 / 10_000.511) ** 2)))
    journeys = fly(all_seeing_wall(100.0, 1e5), SCATTERING)
    direct = 100.0 / sine
    share = np.exp(-direct / LENGTH_CM)
    straight = journeys.turns == 0
    assert abs(straight.mean() - share) < 4 * np.sqrt(share * (1 - share) / N)
    np.testing.assert_allclose(path_cm(journeys)[straight], direct, rtol=1e-6)
    seen = journeys.fate == FATES.index("seen")
    assert seen.all()
    assert path_cm(journeys)[seen].min() > 100.0 - 1e-6  # no path is shorter than the way to the wall


def test_scattered_and_reflected_light_travels_at_the_group_velocity():
    """The same photons with another group index: every time grows in proportion."""
    both = SCATTERING._replace(face_reflectivity=0.5)
    slow, wall = flat_optics()._replace(group_index=np.full(GRID, 1.5)), all_seeing_wall(200.0, 200.0)
    times = [
        follow(straight_step(), np.array([2000]), EVENTS, optics, wall, seed=1, interactions=both)
        for optics in (flat_optics(), slow)
    ]
    assert times[0].turns.max() > 2
    np.testing.assert_allclose(times[1].time_ns, times[0].time_ns * 1.5 / INDEX, rtol=1e-6)


def test_cosine_and_sine_of_a_turn():
    """Against numpy in long double, to 3e-16; the borders of the quarters are among the turns."""
    turns = np.concatenate([np.linspace(0, 1, 8001), np.random.default_rng(1).random(2000)])
    angle = 2 * np.longdouble("3.14159265358979323846264338327950288") * turns.astype(np.longdouble)
    found = np.array([cosine_and_sine(turn) for turn in turns])
    np.testing.assert_allclose(found, np.column_stack([np.cos(angle), np.sin(angle)]).astype(float), rtol=0, atol=3e-16)


def test_rayleigh_angles():
    """Unpolarised light: 3/8 (1 + cos^2) in the cosine; light along its own polarisation: 3/4 (1 - mu^2)."""
    n, generator = 20_000, np.random.default_rng(6)
    azimuth = generator.uniform(0, 2 * np.pi, n)
    numbers = generator.random((n, 2))
    turned = np.array(
        [rayleigh(np.cos(a), np.sin(a), 0.0, s, t) for a, (s, t) in zip(azimuth, numbers, strict=True)]
    )  # photons along z
    direction, polarisation = turned[:, :3], turned[:, 3:]
    cosine = direction[:, 2]
    assert_follows((4 + 3 * cosine + cosine**3) / 8)
    mu = direction[:, 0] * np.cos(azimuth) + direction[:, 1] * np.sin(azimuth)
    assert_follows(0.5 + 0.75 * (mu - mu**3 / 3))
    np.testing.assert_allclose(np.linalg.norm(turned.reshape(n, 2, 3), axis=2), 1, rtol=1e-12)
    assert np.abs((direction * polarisation).sum(axis=1)).max() < 1e-9


def test_scattered_cherenkov_light_keeps_away_from_its_polarisation():
    """<mu^2> = 1/5 about the polarisation; seen through the kernel by the mean square of z on a distant sphere.

    Photons leave at polar angle t with their polarisation in the plane of the axis, at t + 90 degrees: after one
    scattering <z^2> = (2/5) - (1/5) sin^2 t, from <d d> = (2/5) 1 - (1/5) E E.
    """
    beta_index = INDEX * np.sqrt(1 - (0.511 / 10_000.511) ** 2)
    generator, n = np.random.default_rng(7), 40_000
    sine = np.sqrt(1 - 1 / beta_index**2)
    found = []
    for azimuth, s, t in generator.random((n, 3)):
        u, v = sine * np.cos(2 * np.pi * azimuth), sine * np.sin(2 * np.pi * azimuth)
        polarisation = birth_polarisation(0.0, 0.0, 1.0, u, v, 1 / beta_index)
        found.append(rayleigh(*polarisation, s, t)[2] ** 2)
    expected = 2 / 5 - sine**2 / 5
    assert abs(np.mean(found) - expected) < 4 * np.std(found) / np.sqrt(n)


def test_a_mirrored_polarisation_stays_across_the_photon():
    old, new = (0.6, 0.0, 0.8), (0.6, 0.0, -0.8)
    across = mirrored_polarisation(0.0, 1.0, 0.0, old, new)
    np.testing.assert_allclose(across, (0, -1, 0), atol=1e-12)
    within = mirrored_polarisation(0.8, 0.0, -0.6, old, new)
    np.testing.assert_allclose(np.dot(within, new), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(within), 1)


LOBES = np.array([0.3, 0.5, 0.7])


def bounced(choice, n=20_000, slope=0.1):
    generator = np.random.default_rng(8)
    return np.array(
        [bounce(0.6, 0.0, -0.8, 0.0, 0.0, 1.0, LOBES, slope, choice, *two) for two in generator.random((n, 2))]
    )


def test_diffuse_reflection_follows_the_cosine():
    out = bounced(0.9)
    assert_follows(out[:, 2] ** 2)
    assert_follows(np.arctan2(out[:, 1], out[:, 0]) / (2 * np.pi) + 0.5)


def test_spike_and_backscatter():
    np.testing.assert_allclose(bounced(0.4, n=2), [[0.6, 0, 0.8]] * 2)
    np.testing.assert_allclose(bounced(0.6, n=2), [[-0.6, 0, 0.8]] * 2)


def test_the_lobe_is_twice_as_wide_as_its_facets():
    """The component out of the plane is 2 cos(incidence) times that of the facet normal, a Gaussian of the slope."""
    out, slope = bounced(0.1, slope=0.02), 0.02
    assert abs(out[:, 1].mean()) < 4 * out[:, 1].std() / np.sqrt(len(out))
    assert out[:, 1].std() == pytest.approx(2 * 0.8 * slope, rel=4 / np.sqrt(2 * len(out)) + slope**2 * 3)
    np.testing.assert_allclose(np.linalg.norm(out, axis=1), 1, rtol=1e-12)


def test_reflections_on_a_face_are_geometric_and_all_light_is_seen():
    journeys = fly(all_seeing_wall(100.0, 200.0), NONE._replace(face_reflectivity=0.3))
    assert journeys.count("seen") == N
    counts = np.bincount(journeys.turns.clip(max=6), minlength=7)
    expected = N * 0.7 * 0.3 ** np.arange(7)
    expected[6] = N * 0.3**6
    assert chi_square.sf(((counts - expected) ** 2 / expected).sum(), 6) > 1e-4


def test_fresnel_in_front_at_brewsters_angle_and_beyond_the_limit():
    assert fresnel(1.0, 1.5, 1.0) == pytest.approx(0.04)
    assert fresnel(1.0, 1.34, 1.6) == pytest.approx((0.26 / 2.94) ** 2)
    assert fresnel(0.7, 1.5, 1.0) == 1.0  # 1.5 sin t > 1
    brewster = 1 / np.sqrt(1 + 1.5**2)  # cosine of the angle in air at which one polarisation is not reflected
    half = 0.5 * ((1.5**2 - 1) / (1.5**2 + 1)) ** 2
    assert fresnel(brewster, 1.0, 1.5) == pytest.approx(half)
    assert fresnel(np.sqrt(1 - brewster**2), 1.5, 1.0) == pytest.approx(half)  # the same ray from the other side


@pytest.mark.parametrize("cosine", [1.0, 0.8, 0.6, 0.2])
def test_shares_of_a_face_are_the_sum_over_turns_in_the_glass(cosine):
    """One photon followed side by side: at the outer side, at the photocathode, at the empty tube, and back."""
    taken, back = face_shares(-cosine, 1.34, 1.6, 0.32)
    within = np.sqrt(1 - (1.34 / 1.6) ** 2 * (1 - cosine**2))
    outer, inner = fresnel(cosine, 1.34, 1.6), fresnel(within, 1.6, 1.0)
    assert fresnel(within, 1.6, 1.34) == pytest.approx(outer)
    inside, expected_taken, expected_back = 1 - outer, 0.0, outer
    for _ in range(60):
        expected_taken += inside * 0.68
        returning = inside * 0.32 * inner
        expected_back += returning * (1 - outer)
        inside = returning * outer
    assert (taken, back) == pytest.approx((expected_taken, expected_back))
    assert (inner == 1.0) == (1.34**2 * (1 - cosine**2) >= 1)
    assert taken + back == pytest.approx(1.0) if inner == 1.0 else taken + back < 1


def test_photons_at_a_face_follow_its_shares():
    """Photons of the axis meet the top at one angle only: shares of seen, reflected and lost at the first face."""
    cosine = 1 / (INDEX * np.sqrt(1 - (0.511 / 10_000.511) ** 2))
    taken, back = face_shares(cosine, INDEX, 1.5, 0.3)
    journeys = fly(all_seeing_wall(1000.0, 50.0), NONE._replace(face_reflectivity=0.3, glass_index=1.5, most_turns=0))
    for fate, share in (("seen", taken), ("cut", back), ("face", 1 - taken - back)):
        assert abs(journeys.count(fate) / N - share) < 4 * np.sqrt(share * (1 - share) / N), fate


def test_specular_light_in_a_barrel_keeps_its_height_per_crossing():
    """A photon of the axis crosses the barrel's whole diameter at each reflection: paths are odd multiples."""
    sine = np.sqrt(1 - 1 / (INDEX**2 * (1 - (0.511 / 10_000.511) ** 2)))
    journeys = fly(all_seeing_wall(100.0, 1e6), NONE._replace(face_reflectivity=0.3), n=10_000)
    np.testing.assert_allclose(path_cm(journeys), 100.0 / sine * (1 + 2 * journeys.turns), rtol=1e-6)


def test_too_many_turns_are_cut_and_counted():
    share = 0.3**3
    journeys = fly(all_seeing_wall(100.0, 200.0), NONE._replace(face_reflectivity=0.3, most_turns=2))
    assert journeys.count("cut") + journeys.count("seen") == N
    assert abs(journeys.count("cut") / N - share) < 4 * np.sqrt(share * (1 - share) / N)


def test_a_diffuse_box_against_an_independent_monte_carlo():
    """A cylinder whose bottom sees and whose other walls reflect diffusely: shares of ends and mean path."""
    radius, half, albedo, absorption = 100.0, 80.0, 0.8, 900.0
    wall = no_sensors(radius, half, sees=(2,))
    sheet = NONE._replace(wall_reflectivity=np.full(GRID, albedo), lobes=np.zeros(3))
    journeys = fly(wall, sheet, absorption_cm=absorption)
    fates, path = _box(radius, half, albedo, absorption, n=N)
    for name in ("water", "wall", "seen"):
        mine, other = journeys.count(name) / N, (fates == FATES.index(name)).mean()
        assert abs(mine - other) < 4 * np.sqrt(2 * other * (1 - other) / N), name
    spread = np.hypot(path.std(), path_cm(journeys).std()) / np.sqrt(N)
    assert abs(path_cm(journeys).mean() - path.mean()) < 4 * spread


def _box(radius, half, albedo, absorption, n):
    """Plain NumPy: all photons at once, one wall after another."""
    generator = np.random.default_rng(9)
    cosine = 1 / (INDEX * np.sqrt(1 - (0.511 / 10_000.511) ** 2))
    azimuth = generator.uniform(0, 2 * np.pi, n)
    sine = np.sqrt(1 - cosine**2)
    way = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), np.full(n, cosine)], 1)
    at, left, path = np.zeros((n, 3)), generator.exponential(absorption, n), np.zeros(n)
    fate, alive = np.zeros(n, dtype=int), np.arange(n)
    while len(alive):
        x, d = at[alive], way[alive]
        a, b = (d[:, :2] ** 2).sum(1), (x[:, :2] * d[:, :2]).sum(1)
        c = (x[:, :2] ** 2).sum(1) - radius**2
        side = (np.sqrt(np.maximum(b**2 - a * c, 0)) - b) / a
        up = np.where(d[:, 2] > 0, half - x[:, 2], -half - x[:, 2]) / d[:, 2]
        leg = np.minimum(side, up)
        dies = leg > left[alive]
        path[alive] += np.where(dies, left[alive], leg)
        left[alive] -= leg
        at[alive] = x = x + leg[:, None] * d
        cap = up < side
        seen = ~dies & cap & (d[:, 2] < 0)
        lost = ~dies & ~seen & (generator.random(len(alive)) >= albedo)
        fate[alive[dies]], fate[alive[seen]] = FATES.index("water"), FATES.index("seen")
        fate[alive[lost]] = FATES.index("wall")
        normal = np.where(cap[:, None], [0.0, 0, -1], np.stack([-x[:, 0], -x[:, 1], 0 * x[:, 0]], 1) / radius)
        helper = np.where(cap[:, None], [1.0, 0, 0], [0.0, 0, 1])
        second = np.cross(normal, helper)
        turn, height = generator.uniform(0, 2 * np.pi, len(alive)), np.sqrt(generator.random(len(alive)))
        out = np.sqrt(1 - height**2)
        way[alive] = (
            height[:, None] * normal + (out * np.cos(turn))[:, None] * helper + (out * np.sin(turn))[:, None] * second
        )
        alive = alive[~(dies | seen | lost)]
    return fate, path


def test_every_photon_has_one_end():
    everything = SCATTERING._replace(
        wall_reflectivity=np.full(GRID, 0.5), face_reflectivity=0.3, acceptance=np.array([1.0, 0.5]), most_turns=3
    )
    slow = straight_step(120.0, 105.6583755, 1.0)._replace(
        end_energy_mev=np.array([60.0]), start_cm=np.array([[0.0, 0, -85]]), end_cm=np.array([[0.0, 0, 85]])
    )
    wall = no_sensors(60.0, 80.0, sees=(0,))
    optics = flat_optics(absorption_cm=500.0)
    journeys = follow(slow, np.array([N]), EVENTS, optics, wall, seed=3, interactions=everything)
    counts = [journeys.count(name) for name in FATES]
    assert sum(counts) == N
    assert min(counts) > 100  # each end occurs
    assert ((journeys.sensor >= 0) == (journeys.fate == FATES.index("seen"))).all()
    step, sensor, time = transport(slow, np.array([N]), EVENTS, optics, wall, seed=3, interactions=everything)
    assert len(step) == len(sensor) == len(time) == journeys.count("seen")


def test_the_tables_are_those_of_wcsim():
    # water_optics_wcsim.csv at 400 nm: 17570.9 cm x 0.75 and 0.045 x 2.5
    plain = load_optics("PMT20inch")
    optics, chosen = load_interactions(plain, scattering=True, reflection="wcsim")
    at = round(400 - optics.first_nm)
    assert chosen.scattering_cm[at] == pytest.approx(13178, rel=0.001)
    assert chosen.wall_reflectivity[at] == pytest.approx(0.1125, rel=0.001)
    assert optics.yield_per_cm / plain.yield_per_cm == pytest.approx(4 / 3)
    assert load_interactions(plain) == (plain, NONE)
