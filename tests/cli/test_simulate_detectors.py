"""``ringcast simulate`` with every detector, and with dead sensors."""

import pytest

from ringcast.geometry import load_detector
from ringcast.storage import read_events

pytest.importorskip("calzone")


@pytest.mark.parametrize(("name", "shape"), [("hyper-k", "disc"), ("iwcd", "disc"), ("wcte", "cap")])
def test_every_detector_sees_light(run, tmp_path, name, shape):
    output = tmp_path / "events.h5"
    options = ("--particles", "e-", "--energy", "200", "--workers", "1", "--pmt-shape", shape)
    code, _, err = run("simulate", "-d", name, "-n", "5", "-o", output, *options)
    assert code == 0, err
    found = read_events(output)
    assert found.detector.fingerprint == load_detector(name).fingerprint
    assert bool((found.hits.total_charge_pe > 300).all())  # about 1,600 p.e. at 20 % coverage
    assert bool((found.hits.counts > 10).all())


def test_dead_sensors_report_nothing_and_the_file_says_so(run, tmp_path):
    listed, output = tmp_path / "dead.txt", tmp_path / "events.h5"
    dead = list(range(0, 1843, 2))
    listed.write_text("\n".join(map(str, dead)), encoding="utf-8")
    options = ("--particles", "e-", "--energy", "200", "--workers", "1", "--dead", listed)
    code, _, err = run("simulate", "-d", "wcte", "-n", "5", "-o", output, *options)
    assert code == 0, err
    found = read_events(output)
    assert found.detector.n_dead == len(dead)
    assert bool((found.hits.pmt % 2 == 1).all())
    assert found.hits.counts.sum() > 50
    assert found.metadata["dead"] == dead
