"""``ringcast simulate --primaries``: a file lists what other options would draw."""

import json

import pytest

from ringcast.cli.main import main
from ringcast.simulation.primary_files import COLUMNS
from ringcast.storage import read_events

pytest.importorskip("calzone")


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "primaries.csv"
    lines = [",".join(COLUMNS), "0,mu-,200,0,0,-50,0,0,1,0", "1,pi0,100,0,0,0,1,0,0,0", "2,e+,50,1,2,3,0,1,0,40"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def stop_of(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["simulate", "-d", "mini", "--workers", "1", *map(str, arguments)])
    return stop.value.code


@pytest.mark.slow
def test_the_file_holds_the_listed_primaries(tmp_path, capsys, listed):
    output = tmp_path / "events.h5"
    assert stop_of("--primaries", listed, "-o", output, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert {row["particle"]: row["events"] for row in document["particles"]} == {"mu-": 1, "pi0": 1, "e+": 1}
    events = read_events(output)
    assert events.tracks.names == ["mu-", "pi0", "e+"]
    assert events.tracks.energy_mev.tolist() == pytest.approx([200, 100, 50], rel=1e-6)
    assert events.tracks.position_cm[2].tolist() == [1, 2, 3]
    assert events.tracks.time_ns.tolist() == [0, 0, 40]
    assert (events.hits.counts > 0).all()
    assert len(events.metadata["primaries"]) == 64


@pytest.mark.slow
def test_a_neutrino_event_keeps_its_particles(tmp_path, capsys):
    path, output = tmp_path / "events.dat", tmp_path / "events.h5"
    tracks = "$ track 14 600 0 1 0 -1\n$ track 13 405.658 0 1 0 0\n$ track 2112 980 1 0 0 0\n$ track 22 50 0 0 1 0\n"
    path.write_text(f"$ begin\n$ nuance 1\n$ vertex 0 -40 0 3\n{tracks}$ end\n" * 2 + "$ stop\n", encoding="utf-8")
    assert stop_of("--primaries", path, "-o", output) == 2
    assert "events.dat, line 6: particle is 2112" in " ".join(capsys.readouterr().err.split())
    options = ["--primaries-axis", "y", "--primaries-centre", "0,-42,0", "--primaries-leave-out", "2112"]
    assert stop_of("--primaries", path, "-o", output, *options) == 0
    events = read_events(output)
    assert events.tracks.names == ["mu-", "mu-"]
    assert events.primaries.particles.names == ["mu-", "gamma"] * 2
    assert events.primaries.particles.position_cm.tolist() == [[0, 0, 2]] * 4
    assert events.primaries.particles.direction[:2].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert events.tracks.time_ns.tolist() == [3, 3]


def test_options_of_a_file_need_the_file(tmp_path, capsys):
    assert stop_of("-n", 2, "--primaries-axis", "y", "-o", tmp_path / "x.h5") == 2
    assert "--primaries is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-n", 3], "--n-events draws primaries, but --primaries lists them; choose one"),
        (["--particles", "e-"], "--particles draws primaries"),
        (["--energy", "5:6"], "--energy draws primaries"),
        (["--wall-distance-cm", 10], "--wall-distance-cm draws primaries"),
    ],
)
def test_options_that_draw_are_refused_beside_a_file(tmp_path, capsys, listed, options, sentence):
    assert stop_of("--primaries", listed, "-o", tmp_path / "x.h5", *options) == 2
    assert sentence in capsys.readouterr().err


def test_bad_lines_and_no_events_are_refused(tmp_path, capsys, listed):
    listed.write_text(listed.read_text().replace("pi0", "rho"), encoding="utf-8")
    assert stop_of("--primaries", listed, "-o", tmp_path / "x.h5") == 2
    assert "primaries.csv, line 3: particle is 'rho'" in capsys.readouterr().err
    assert stop_of("-o", tmp_path / "x.h5") == 2
    assert "--n-events is missing" in capsys.readouterr().err
    assert not list(tmp_path.glob("x*"))


def test_a_wrong_spectrum_is_refused(tmp_path, capsys):
    assert stop_of("-n", 2, "--spectrum", "steep", "-o", tmp_path / "x.h5") == 2
    assert "--spectrum: expected flat, or power:p" in capsys.readouterr().err
