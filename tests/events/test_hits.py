from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ringcast.errors import ArgumentError
from ringcast.events import Hits

N_PMT = 12


@st.composite
def some_hits(draw):
    counts = torch.tensor(draw(st.lists(st.integers(0, 5), min_size=1, max_size=6)))
    seed = torch.Generator().manual_seed(draw(st.integers(0, 1000)))
    n = int(counts.sum())
    start = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])
    pmt = torch.randint(N_PMT, (n,), generator=seed)
    return Hits.of(pmt, torch.rand(n, generator=seed), torch.rand(n, generator=seed), start, N_PMT)


def rows(hits: Hits) -> list[list[tuple[int, float, float]]]:
    """Events as plain lists: the oracle."""
    columns = list(zip(hits.pmt.tolist(), hits.charge_pe.tolist(), hits.time_ns.tolist(), strict=True))
    edges = hits.start.tolist()
    return [columns[a:b] for a, b in pairwise(edges)]


@settings(max_examples=40, deadline=None)
@given(some_hits(), st.data())
def test_picking_agrees_with_lists(hits, data):
    picks = data.draw(st.lists(st.integers(-len(hits), len(hits) - 1), max_size=8))
    assert rows(hits[picks]) == [rows(hits)[i] for i in picks]
    assert rows(hits[torch.tensor(picks, dtype=torch.int64)]) == rows(hits[picks])
    cut = slice(*sorted(data.draw(st.tuples(st.integers(0, 6), st.integers(0, 6)))))
    assert rows(hits[cut]) == rows(hits)[cut]
    assert rows(hits[-1]) == rows(hits)[-1:]
    assert [rows(event)[0] for event in hits] == rows(hits)


@settings(max_examples=40, deadline=None)
@given(st.lists(some_hits(), min_size=1, max_size=4))
def test_concatenating_joins_lists(batches):
    joined = Hits.concatenate(batches)
    assert rows(joined) == [event for batch in batches for event in rows(batch)]


@settings(max_examples=40, deadline=None)
@given(some_hits(), st.permutations(range(N_PMT)), st.integers(1, N_PMT))
def test_selecting_sensors_agrees_with_lists(hits, order, n_kept):
    kept = list(order[:n_kept])
    found = hits.select(torch.tensor(kept))
    expected = [[(kept.index(p), q, t) for p, q, t in event if p in kept] for event in rows(hits)]
    assert (rows(found), found.n_pmt) == (expected, n_kept)


@settings(max_examples=40, deadline=None)
@given(some_hits())
def test_images_and_sums_agree_with_lists(hits):
    image = hits.charge_image()
    assert image.shape == (len(hits), N_PMT)
    for event, dense in zip(rows(hits), image.tolist(), strict=True):
        for sensor in range(N_PMT):
            assert dense[sensor] == pytest.approx(sum(q for p, q, _ in event if p == sensor), abs=1e-6)
    torch.testing.assert_close(image.sum(-1), hits.total_charge_pe)
    assert hits.counts.tolist() == [len(event) for event in rows(hits)]
    assert hits.event.tolist() == [i for i, event in enumerate(rows(hits)) for _ in event]


def test_no_events():
    empty = Hits.of([], [], [], [0], N_PMT)
    assert len(empty) == 0
    assert empty.charge_image().shape == (0, N_PMT)
    assert len(empty[[]]) == 0


def test_gradients_reach_charges():
    charge = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    hits = Hits(torch.tensor([1, 1, 5]), charge, torch.zeros(3), torch.tensor([0, 2, 3]), N_PMT)
    (2 * hits[[1, 0]].charge_image()[:, 1].sum() + hits.total_charge_pe[1]).backward()
    assert charge.grad.tolist() == [2.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"charge_pe": [1.0]}, r"2 pmt, 1 charge_pe, 2 time_ns; expected the same number"),
        ({"pmt": [0, N_PMT]}, r"pmt runs from 0 to 12;\s+expected 0 to 11: is this the right detector"),
        ({"pmt": [-1, 3]}, r"pmt runs from -1"),
        ({"charge_pe": [1.0, float("nan")]}, r"charge_pe of hit 1 is nan; expected a number"),
        ({"time_ns": [float("inf"), 1.0]}, r"time_ns of hit 0 is inf"),
        ({"start": [0, 1]}, r"start must rise from 0 to the number of hits 2; found 0 to 1"),
        ({"start": [1, 2]}, r"start must rise from 0"),
        ({"start": [0, 2, 1, 2]}, r"start must rise from 0"),
        ({"start": []}, r"start must rise from 0 .*found nothing"),
    ],
)
def test_refusals(change, message):
    good = {"pmt": [0, 3], "charge_pe": [1.0, 2.0], "time_ns": [5.0, 6.0], "start": [0, 2], "n_pmt": N_PMT}
    with pytest.raises(ArgumentError, match=message):
        Hits.of(**(good | change))


def test_events_that_are_not_there():
    hits = Hits.of([0], [1.0], [2.0], [0, 1], N_PMT)
    with pytest.raises(IndexError):
        hits[1]
    with pytest.raises(ArgumentError, match=r"detectors of \[5, 12\] sensors"):
        Hits.concatenate([hits, Hits.of([0], [1.0], [2.0], [0, 1], 5)])
