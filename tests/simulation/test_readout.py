"""The whole readout of an event, and that it depends on the plan and the event number alone."""

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError
from ringcast.events import DARK
from ringcast.simulation import make_plan
from ringcast.simulation.digitiser import digitise, load_digitiser
from ringcast.simulation.optics import load_sensor
from ringcast.simulation.readout import Light, read_out
from ringcast.simulation.tracks import event_generator

GOOD = {"detector": "mini", "n_events": 10, "particles": ("e-",), "energy_mev": (100, 200)}
SENSOR, N_PMT = load_sensor("PMT20inch"), 11146
ALL = {"dark_noise": True, "digitiser": "ski", "trigger": True}
NONE = (np.zeros(0, dtype=np.int64), np.zeros(0))


def read(light, event=3, alive=None, **switches):
    plan, alive = make_plan(**(GOOD | switches)), np.ones(N_PMT, bool) if alive is None else alive
    light = Light(*light, np.ones(len(light[0]), dtype=np.int64))
    return read_out(light, SENSOR, plan, alive=alive, event=event, window_ns=340.0)


def flash(n, at_ns=100.0, seed=1):
    """Photoelectrons of n sensors within 50 ns."""
    generator = np.random.default_rng(seed)
    return generator.permutation(N_PMT)[:n], generator.uniform(at_ns, at_ns + 50, n)


def test_without_switches_the_simple_response_answers():
    found = read(flash(500))
    generator = event_generator(1, 3, 2)
    expected = digitise(*flash(500), SENSOR, load_digitiser("simple"), generator=generator)
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


def test_a_sensor_reports_once_if_only_its_first_hit_is_kept():
    once, again = flash(600), flash(600, at_ns=400.0)
    both = np.append(once[0], again[0]), np.append(once[1], again[1])
    every = read(both, digitiser="ski", trigger=True)
    first = read(both, digitiser="ski", trigger=True, first_hit_only=True)
    assert first.trigger_ns == every.trigger_ns
    sensor, place = np.unique(every.digits.sensor, return_index=True)
    assert len(sensor) < len(every.digits.sensor)
    assert np.array_equal(first.digits.sensor, sensor)
    assert np.array_equal(first.digits.time_ns, every.digits.time_ns[place])


def test_trigger_needs_digits():
    with pytest.raises(ArgumentError, match=r"trigger counts digits.* choose digitiser auto"):
        make_plan(**GOOD, trigger=True)


def test_events_do_not_depend_on_batch_or_order(start_chain):
    fields = ALL | {"trigger_hits": 5}
    chain = start_chain(**fields)
    later, first = chain.run(range(10, 20)), chain.run(range(10))
    whole = chain.run(range(20))
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


def test_light_that_the_electronics_got_is_kept():
    light, alive = flash(3000), np.random.default_rng(2).random(N_PMT) > 0.3
    found = read(light, alive=alive, dark_noise=True, window_ns=130.0).light
    bright = found.emitter == 1
    kept = alive[light[0]] & (light[1] < 130.0)
    np.testing.assert_array_equal(found.sensor[bright], light[0][kept])
    np.testing.assert_array_equal(found.time_ns[bright], light[1][kept])
    assert (found.emitter[~bright] == DARK).all()
    assert bool(alive[found.sensor].all())
    assert 0 <= found.time_ns[~bright].min() < found.time_ns[~bright].max() < 130.0


@pytest.mark.parametrize(("khz", "switches"), [(0.0, {}), (50.0, {}), (50.0, ALL)])
def test_the_dark_rate_of_the_plan_takes_the_place_of_the_sensors(khz, switches):
    n = 20
    readings = [read(flash(600), event, dark_rate_khz=khz, **({"dark_noise": True} | switches)) for event in range(n)]
    dark = np.array([(reading.light.emitter == DARK).sum() for reading in readings])
    length = 340.0 if not switches else 150.0 + 400 + 950 + 2 * 200  # flash, trigger window, a gate on either side
    mean = N_PMT * khz * 1e-6 * 1.367 * length
    assert abs(dark.mean() - mean) <= 4 * np.sqrt(mean / n) + 0.01 * mean


def test_a_dark_rate_needs_dark_noise():
    with pytest.raises(ArgumentError, match="rate of dark noise, which is off; switch dark_noise on"):
        make_plan(**GOOD, dark_rate_khz=2.0)


def test_dark_noise_covers_the_trigger_window():
    """From 400 ns before the trigger to 950 ns after it, as many dark digits in every part."""
    time = np.concatenate([read(flash(600, at_ns=700.0), event, **ALL).digits.time_ns for event in range(150)])
    edges = np.concatenate([np.linspace(560, 920, 7), np.linspace(1200, 1890, 12)])  # between lie light and its gates
    counts, length = np.histogram(time, bins=edges)[0], np.diff(edges)
    keep = length < 100
    expected = counts[keep].sum() * length[keep] / length[keep].sum()
    assert ((counts[keep] - expected) ** 2 / expected).sum() < 16 + 4 * np.sqrt(32)


@pytest.mark.parametrize(
    ("detector", "name"), [("super-k", "ski"), ("hyper-k", "hk"), ("iwcd", "hk"), ("wcte", "wcte")]
)
def test_auto_takes_the_electronics_of_the_detector(detector, name):
    plan = make_plan(**(GOOD | {"detector": detector, "digitiser": "auto", "trigger": True}))
    assert plan.digitiser == plan.configuration["digitiser"] == name


def test_each_switch_acts_alone():
    light = (np.zeros(900, dtype=int), np.full(900, 50.0))
    plain = read(light, digitiser="ski").digits
    less = read(light, digitiser="ski", saturation_pe=200.0).digits
    fine = read(light, digitiser="ski", digit_time_step_ns=0.001).digits
    assert 0.9 < less.charge_pe[0] / plain.charge_pe[0] < 0.95
    assert less.time_ns[0] == plain.time_ns[0] == np.floor(fine.time_ns[0] / 0.4) * 0.4
    assert fine.charge_pe[0] == plain.charge_pe[0]
    assert read(light, saturation_pe=200.0).digits.charge_pe[0] < read(light).digits.charge_pe[0]
