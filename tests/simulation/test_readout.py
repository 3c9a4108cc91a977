"""The whole readout of an event, and that it depends on the plan and the event number alone."""

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.simulation import make_plan
from ringcast.simulation.optics import load_sensor
from ringcast.simulation.readout import read_out
from ringcast.simulation.response import respond
from ringcast.simulation.tracks import event_generator

GOOD = {"detector": "mini", "n_events": 10, "particles": ("e-",), "energy_mev": (100, 200)}
SENSOR, N_PMT = load_sensor("PMT20inch"), 11146
ALL = {"dark_noise": True, "digitiser": "ski", "trigger": True}
NONE = (np.zeros(0, dtype=np.int64), np.zeros(0))


def read(light, event=3, alive=None, **switches):
    plan, alive = make_plan(**(GOOD | switches)), np.ones(N_PMT, bool) if alive is None else alive
    return read_out(*light, SENSOR, plan, alive=alive, event=event, window_ns=340.0)


def flash(n, at_ns=100.0, seed=1):
    """Photoelectrons of n sensors within 50 ns."""
    generator = np.random.default_rng(seed)
    return generator.permutation(N_PMT)[:n], generator.uniform(at_ns, at_ns + 50, n)


def test_without_switches_the_simple_response_answers():
    found = read(flash(500))
    generator = event_generator(1, 3, 2)
    expected = respond(*flash(500), SENSOR, window_ns=340.0, generator=generator)
    assert all(np.array_equal(a, b) for a, b in zip(found.digits, expected, strict=True))
    assert np.isnan(found.trigger_ns)


def test_dark_noise_fills_the_window():
    n, mean = 200, N_PMT * 4.2e-6 * 1.367 * 340.0
    readings = [read(NONE, event, dark_noise=True, digitiser="ski").digits for event in range(n)]
    time = np.concatenate([digits.time_ns for digits in readings])
    passing = 0.739  # share of single photoelectrons that the threshold lets pass
    assert abs(len(time) / n - passing * mean) < 4 * np.sqrt(passing * mean / n)
    counts = np.histogram(time, bins=10, range=(20, 320))[0]  # 20 ns from the edges, where times smear out
    assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < 9 + 4 * np.sqrt(18)
    simple = read(NONE, dark_noise=True).digits
    assert 0 < len(simple.sensor) < 40
    assert simple.charge_pe.min() >= 0.25


def test_a_triggered_event_is_in_time_since_the_trigger():
    found = read(flash(600, at_ns=700.0), **ALL)
    assert found.trigger_ns % 5 == 0
    assert 690 <= found.trigger_ns <= 710
    assert found.digits.time_ns.min() >= 550
    assert found.digits.time_ns.max() <= 1900
    around = np.abs(found.digits.time_ns - 975) < 40
    assert abs(around.sum() - 440) < 4 * np.sqrt(600 * 0.74 * 0.26) + 10
    assert 30 < (~around).sum() < 100  # 63.8 dark digits in 1,350 ns, a few of them within the flash


@pytest.mark.parametrize("light", [NONE, flash(20)])
def test_an_event_that_does_not_trigger_is_kept_without_hits(light):
    found = read(light, **ALL)
    assert [len(column) for column in found.digits] == [0, 0, 0]
    assert np.isnan(found.trigger_ns)


def test_noise_raises_the_threshold():
    light = flash(40)  # some 30 digits, and 9 dark ones in 200 ns
    quiet = {"digitiser": "ski", "trigger": True}
    assert not np.isnan(read(light, **quiet).trigger_ns)
    assert np.isnan(read(flash(30), **ALL).trigger_ns)
    assert not np.isnan(read(light, **ALL, trigger_noise_correction=False).trigger_ns)
    assert np.isnan(read(light, **ALL, trigger_hits=60).trigger_ns)


def test_late_light_is_dropped_by_the_trigger_window_or_the_plan():
    prompt, late = flash(600), flash(600, at_ns=2300.0, seed=2)
    both = np.append(prompt[0], late[0]), np.append(prompt[1], late[1])
    whole = read(both, digitiser="ski", trigger=True)
    alone = read(prompt, digitiser="ski", trigger=True)
    assert whole.trigger_ns == alone.trigger_ns
    assert whole.digits.time_ns.max() < 1100
    assert read(late, digitiser="ski", trigger=True).trigger_ns > 2290
    assert np.isnan(read(late, digitiser="ski", trigger=True, window_ns=1000.0).trigger_ns)


def test_trigger_needs_digits():
    with pytest.raises(ArgumentError, match=r"trigger counts digits.* choose digitiser ski"):
        make_plan(**GOOD, trigger=True)


def test_events_do_not_depend_on_batch_or_order(start_chain):
    fields = ALL | {"trigger_hits": 5}
    small, large = start_chain(batch=10, **fields), start_chain(batch=20, **fields)
    later, first = small.run(1), small.run(0)
    whole = large.run(0)
    for name in ("pmt", "charge_pe", "time_ns"):
        parts = torch.cat([getattr(first.hits, name), getattr(later.hits, name)])
        assert torch.equal(parts, getattr(whole.hits, name))
    assert np.array_equal(np.append(first.trigger_ns, later.trigger_ns), whole.trigger_ns, equal_nan=True)
    assert len(whole.hits) == 20
    missed = np.isnan(whole.trigger_ns)
    assert ((whole.hits.counts.numpy() == 0) == missed).all()


def test_dead_sensors_report_neither_light_nor_noise():
    alive = np.random.default_rng(2).random(N_PMT) > 0.3
    light = flash(3000)
    for switches in ({}, {"dark_noise": True}, ALL):
        found, whole = read(light, alive=alive, **switches).digits, read(light, **switches).digits
        assert bool(alive[found.sensor].all())
        assert not bool(alive[whole.sensor].all())
        share = len(found.sensor) / len(whole.sensor)
        assert abs(share - 0.7) < 4 * np.sqrt(0.7 * 0.3 / len(whole.sensor)) + 0.01
