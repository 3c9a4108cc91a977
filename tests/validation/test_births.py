"""Summaries of made-up light, and the test of its shares."""

import numpy as np
import pytest

from ringcast.errors import ArgumentError
from ringcast.simulation.births import BirthPlan
from ringcast.simulation.emission import Births
from ringcast.units import C_CM_PER_NS
from ringcast.validation.births import compare_light, compare_shares, summarise_births
from ringcast.validation.light import LIGHT_REFERENCES, birth_plan_of, load_light_reference

EDGES = {"angle_share": np.array([0.0, 45, 180]), "depth_share": np.array([0.0, 10, 20])}
BINS = 6


@pytest.fixture
def light():
    """Two photons of one event and one of another, which also has a late one."""
    angle = np.radians([30.0, 60, 90, 0])
    direction = np.column_stack([np.sin(angle), 0 * angle, np.cos(angle)])
    depth = np.array([5.0, 15, 12, 1])
    time = depth / C_CM_PER_NS + np.array([0.1, 0.3, 0.5, 2000])
    point = np.column_stack([0 * depth, 0 * depth, depth])
    births = Births(np.zeros(4, int), point, direction, np.array([400.0, 500, 450, 300]), time)
    return births, np.array([0, 0, 1, 1])


def test_each_event_is_a_row(light):
    rows = summarise_births(*light, 2, edges=EDGES)
    assert rows["photons"].tolist() == [2, 1]
    np.testing.assert_allclose(rows["depth_cm"], [10, 12])
    np.testing.assert_allclose(rows["depth_rms_cm"], [5, 0], atol=1e-6)
    np.testing.assert_allclose(rows["delay_ns"], [0.2, 0.5])
    np.testing.assert_allclose(rows["wavelength_nm"], [450, 450])
    np.testing.assert_allclose(rows["angle_share"], [[0.5, 0.5], [0, 1]])
    np.testing.assert_allclose(rows["depth_share"], [[0.5, 0.5], [0, 1]])


def test_p_values_of_equal_shares_are_even():
    """300 pairs of samples of one kind: a tenth of the p-values is below 0.1, within four standard errors."""
    generator = np.random.default_rng(5)
    covariance = np.cov(generator.standard_normal((BINS, 40))) * 4e-5
    low = 0
    for _ in range(300):
        theirs, ours = (generator.multivariate_normal(np.full(BINS, 1 / BINS), covariance, n) for n in (60, 80))
        stored = {"mean": theirs.mean(0).tolist(), "covariance_of_mean": lower(np.cov(theirs.T) / 60)}
        low += compare_shares("", stored, ours, 60, systematic=0.0).p_value < 0.1
    assert abs(low - 30) < 4 * np.sqrt(300 * 0.1 * 0.9)


def test_another_shape_is_told():
    generator = np.random.default_rng(6)
    theirs, ours = (generator.normal(1 / BINS, 0.01, (80, BINS)) for _ in range(2))
    stored = {"mean": theirs.mean(0).tolist(), "covariance_of_mean": lower(np.cov(theirs.T) / 80)}
    assert compare_shares("", stored, ours + np.linspace(-0.01, 0.01, BINS), 80).p_value < 1e-3
    assert compare_shares("", stored, ours[:4], 80).p_value is None


def test_events_that_the_reference_lacks_are_left_out():
    reference = load_light_reference("geant4-e500")
    edges = reference.edges
    rows = {name: np.full(20, 1.0) for name in ("depth_cm", "depth_rms_cm", "delay_ns", "wavelength_nm")}
    rows |= {name: np.random.default_rng(1).random((20, len(edges[name]) - 1)) for name in edges}
    photons = np.append(np.full(19, 4000.0), 3000.0)
    row = compare_light(reference, [rows | {"photons": photons}]).numbers[0]
    assert (row.name, row.ours.events, row.ours.value) == ("photons_per_mev", 19, 4000 * 20 / 500)
    row = compare_light(load_light_reference("geant4-e100"), [rows | {"photons": photons}]).numbers[0]
    assert row.ours.events == 20


@pytest.mark.parametrize("name", LIGHT_REFERENCES)
def test_each_reference_has_a_plan(name):
    reference = load_light_reference(name)
    plan = birth_plan_of(reference, 7, seed=3)
    assert (plan.index, plan.n_events, plan.seed) == (None, 7, 3)
    assert str(round(plan.energy_mev)) in reference.title
    assert reference.program.startswith("Geant4, version 11")


def test_refusals():
    with pytest.raises(ArgumentError, match="light reference is 'geant4-pi500'; expected one of geant4-e100"):
        load_light_reference("geant4-pi500")
    with pytest.raises(ArgumentError, match="n_events is 0; expected a positive number"):
        BirthPlan("e-", 100.0, 0)
    with pytest.raises(ArgumentError, match="particle"):
        BirthPlan("axion", 100.0, 1)


def lower(matrix):
    return [row[: i + 1].tolist() for i, row in enumerate(matrix)]
