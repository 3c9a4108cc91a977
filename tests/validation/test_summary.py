"""Summaries of made-up hits whose numbers are known."""

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.units import C_CM_PER_NS
from ringcast.validation import Summary, summarise
from ringcast.validation.summary import EDGES, GROUP_INDEX, Profile, join


@pytest.fixture(scope="module")
def tank():
    return load_detector("mini")


@pytest.fixture(scope="module")
def track():
    return Track("e-", 50, (0, 0, 0), (0, 0, 1))


def angles(tank):
    place = tank.position_cm
    return torch.rad2deg((place[:, 2] / place.norm(dim=-1)).acos())


def flight_ns(tank, pmt):
    return (tank.position_cm[pmt].norm(dim=-1) * GROUP_INDEX / C_CM_PER_NS).tolist()


def test_known_numbers(tank, track):
    angle = angles(tank)
    ring = int(((angle - 42).abs()).argmin())
    back = int(((angle - 120).abs()).argmin())
    flight = flight_ns(tank, [ring, ring, back, back])
    late = [0.5, 30.0, 0.5, 1000.0]  # ns after the flight
    time = [a + b for a, b in zip(flight, late, strict=True)]
    hits = Hits.of([ring, ring, back, back], [3.0, 1.0, 2.0, 4.0], time, [0, 4], len(tank))
    numbers = {name: values.item() for name, values in summarise(track, hits, tank).numbers.items()}
    assert numbers == pytest.approx(
        {
            "charge_pe": 10.0,
            "hits": 2,  # a tube that reports twice is one hit
            "charge_per_hit_pe": 5.0,
            "ring_share": 0.4,
            "backward_share": 0.6,
            "late_share": 1 / 6,  # what comes after 200 ns is left out
            "residual_ns": 0.5,
        },
        abs=1e-4,
    )
    inside = summarise(track, hits, tank, window_ns=(0.0, 25.0)).numbers
    assert (inside["charge_pe"].item(), inside["hits"].item()) == (5.0, 2)


def test_known_curves(tank, track):
    """Every tube sees 2 pe half a ns after the light."""
    pmt = torch.arange(len(tank))
    hits = Hits.of(pmt, [2.0] * len(tank), [t + 0.5 for t in flight_ns(tank, pmt)], [0, len(tank)], len(tank))
    curves = summarise(track, hits, tank).profiles
    known = np.isfinite(curves["charge_by_angle"].values[0])
    counts = np.histogram(angles(tank).numpy(), EDGES["charge_by_angle"])[0]
    assert (known == (counts > 0)).all()
    assert curves["charge_by_angle"].values[0][known] == pytest.approx(2.0)
    assert curves["hits_by_angle"].values[0][known] == pytest.approx(1.0)
    for name, at in (("residual", 0.5), ("charge", 2.1)):
        edges, values = curves[name]
        widths = np.diff(edges)
        assert (values[0] * widths).sum() == pytest.approx(len(tank))
        assert values[0][np.searchsorted(edges, at) - 1] == pytest.approx(
            len(tank) / widths[np.searchsorted(edges, at) - 1]
        )


def test_dead_tubes_are_no_part_of_the_mean(track):
    tank = load_detector("mini", dead=(0, 1, 2))
    pmt = torch.arange(3, len(tank))
    hits = Hits.of(pmt, [1.0] * len(pmt), flight_ns(tank, pmt), [0, len(pmt)], len(tank))
    values = summarise(track, hits, tank).profiles["hits_by_angle"].values[0]
    assert values[np.isfinite(values)] == pytest.approx(1.0)


def test_an_unknown_time_zero_does_not_matter(tank, track):
    pmt = [4, 9, 30]
    here = [t + r for t, r in zip(flight_ns(tank, pmt), (-1.3, 0.4, 1.7), strict=True)]
    found = [
        summarise(track, Hits.of(pmt, [1.0] * 3, [t + off for t in here], [0, 3], len(tank)), tank, own_time_zero=False)
        for off in (0.0, 777.0)
    ]
    assert "residual_ns" not in found[0].numbers
    assert "time" not in found[0].profiles
    np.testing.assert_array_equal(found[0].profiles["residual"].values, found[1].profiles["residual"].values)


def test_an_event_without_hits(tank, track):
    numbers = summarise(track, Hits.of([], [], [], [0, 0], len(tank)), tank).numbers
    assert (numbers["charge_pe"].item(), numbers["hits"].item()) == (0.0, 0.0)
    assert np.isnan(numbers["ring_share"]).all()


def test_parts_join(tank, track):
    one, two = (Hits.of([4], [charge], [6.0], [0, 1], len(tank)) for charge in (1.0, 2.0))
    whole = summarise(Track.concatenate([track, track]), Hits.concatenate([one, two]), tank)
    joined = join([summarise(track, one, tank), summarise(track, two, tank)])
    assert len(whole) == 2
    for name, values in whole.numbers.items():
        np.testing.assert_array_equal(joined.numbers[name], values)
    for name, profile in whole.profiles.items():
        np.testing.assert_array_equal(joined.profiles[name].values, profile.values)


def test_refusals(tank, track):
    hits = Hits.of([4], [1.0], [6.0], [0, 1], len(tank))
    with pytest.raises(ArgumentError, match="2 tracks and hits of 1 events; expected one track for each"):
        summarise(Track.concatenate([track, track]), hits, tank)
    with pytest.raises(ArgumentError, match=r"entries of \[1, 2\] events"):
        Summary({"hits": np.ones(2)}, {"time": Profile(EDGES["time"], np.ones((1, 70)))})
    with pytest.raises(ArgumentError, match="2 sets of entries"):
        join([Summary({"hits": np.ones(2)}, {}), Summary({"charge_pe": np.ones(2)}, {})])
