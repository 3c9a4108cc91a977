"""When an event triggers, and what of it is kept."""

import numpy as np
import pytest

from ringcast.simulation.digitiser import Digits
from ringcast.simulation.optics import load_sensor
from ringcast.simulation.trigger import cut_window, dark_digits_in_trigger, first_of_each, trigger_time_ns


def test_the_trigger_time_is_that_of_the_first_digit_too_many():
    time = 103.0 + np.arange(40) * 3.0
    assert trigger_time_ns(time, 25) == 175.0  # the 26th digit comes at 178 ns, rounded down to 5 ns
    assert trigger_time_ns(time[::-1].copy(), 25) == 175.0
    assert trigger_time_ns(time, 39) == 220.0
    assert np.isnan(trigger_time_ns(time, 40))


@pytest.mark.parametrize(("spacing", "triggers"), [(7.8, True), (8.3, False)])
def test_digits_must_come_within_200_ns(spacing, triggers):
    assert np.isnan(trigger_time_ns(np.arange(26) * spacing, 25)) != triggers


def test_a_later_burst_triggers_alone():
    early, late = np.arange(10) * 30.0, 5002.0 + np.arange(30.0)
    assert trigger_time_ns(np.append(early, late), 25) == 5025.0


def test_only_digits_near_the_trigger_are_kept_in_time_since_it():
    time = np.array([99.9, 100.0, 500.0, 1450.0, 1450.1])
    digits = Digits(np.arange(5), np.arange(5) + 1.0, time)
    kept = cut_window(digits, 500.0)
    assert kept.sensor.tolist() == [1, 2, 3]
    assert kept.time_ns.tolist() == [550.0, 950.0, 1900.0]
    assert len(cut_window(digits, float("nan")).sensor) == 0


def test_the_first_digit_of_each_sensor():
    digits = Digits(np.array([2, 2, 2, 5, 7, 7]), np.arange(6) + 1.0, np.array([9.0, 250.0, 460.0, 3.0, 1.0, 210.0]))
    assert first_of_each(digits).charge_pe.tolist() == [1.0, 4.0, 5.0]
    assert len(first_of_each(digits.only(np.zeros(6, dtype=bool))).sensor) == 0


def test_noise_correction_is_the_mean_number_of_dark_digits():
    # 11,146 tubes of 4.2 kHz: 9.36 digits in 200 ns
    assert dark_digits_in_trigger(11146, load_sensor("PMT20inch")) == 9
    assert dark_digits_in_trigger(1024, load_sensor("PMT3inchR12199_02")) == 0
