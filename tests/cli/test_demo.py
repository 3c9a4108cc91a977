"""``ringcast demo``: the shipped weights reconstruct the sample, and the report shows it."""

import json
import re

import pytest

from ringcast.cli.main import main


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main(["demo", *arguments])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.mark.slow
def test_fits_of_the_sample_beat_their_seeds(tmp_path, capsys):
    """Of 12 events at least 10 fitted, better than the seeds by the medians, almost all with the true particle."""
    code, out, _ = run(capsys, "-o", str(tmp_path / "report"), "--json", "--events", "12")
    document = json.loads(out)
    medians = document["medians"]
    assert code == 0
    assert {row["true_particle"] for row in document["events"]} == {"e-", "mu-"}
    assert medians["events"] >= 10
    for quantity in ("position_cm", "angle_degrees", "energy_percent"):
        assert medians[f"fit_{quantity}"] < medians[f"seed_{quantity}"]
    assert medians["right_particle"] >= 0.8 * medians["events"]
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert len(re.findall("data:image/png;base64", page)) == 8  # residuals, six events, training curve
    assert f"{medians['fit_position_cm']:.1f} cm" in page


def test_a_few_events_as_a_table(tmp_path, capsys):
    code, out, _ = run(capsys, "-o", str(tmp_path), "--events", "2")
    assert code == 0
    assert "median" in out
    assert f"the report is {tmp_path.resolve() / 'report.html'}" in out
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("events", ["0", "25"])
def test_refuses_events_that_the_sample_lacks(tmp_path, capsys, events):
    code, _, err = run(capsys, "-o", str(tmp_path / "x"), "--events", events)
    assert code == 2
    assert f"--events is {events}; expected 1 to 24" in err
    assert not (tmp_path / "x").exists()
