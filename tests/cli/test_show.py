"""The show commands in-process: pictures, numbers, and exit code 2 with one line for whatever the user can mend."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ringcast.events import Hits, Primaries, Track
from ringcast.generator import RingNetwork, generator_config, save
from ringcast.geometry import PRESETS, load_detector
from ringcast.reconstruction import Fit, fit_to_arrays
from ringcast.storage import write_events
from ringcast.storage.fits import write_fits

SAMPLE = Path(__file__).parent.parent / "samples" / "superk-e500" / "digihits.h5"
TANK = load_detector("mini")
TRUTH = Track(["e-", "mu-"], [300.0, 400.0], (0, 0, 0), (1, 0, 0))


@pytest.fixture
def events(tmp_path):
    angle = torch.atan2(TANK.position_cm[:, 1:].norm(dim=-1), TANK.position_cm[:, 0])
    lit = ((angle - 0.73).abs() < 0.15).nonzero().squeeze(-1)
    n = len(lit)
    hits = Hits.of(lit, torch.full((n,), 3.0), torch.zeros(n), [0, n, n], len(TANK))
    write_events(tmp_path / "events.h5", TRUTH, hits, TANK, metadata={})
    return tmp_path / "events.h5"


@pytest.fixture
def fits(tmp_path):
    """Event 1 is fitted, event 0 is not."""
    track = Track(["mu-", "mu-"], [440.0, 440.0], (3.0, 4.0, 0.0), (math.cos(0.1), math.sin(0.1), 0.0))
    fit = Fit(
        ("mu-",),
        track,
        track,
        nll=torch.tensor([[torch.nan], [812.5]]),
        covariance=torch.zeros(2, 1, 6, 6),
        covariance_ok=torch.zeros(2, 1, dtype=torch.bool),
        code=torch.tensor([[6], [0]]),
        evaluations=torch.ones(2, 1, dtype=torch.int64),
    )
    arrays = fit_to_arrays(fit) | {"event": np.array([0, 1])}
    write_fits(tmp_path / "fits.h5", arrays, hypotheses=fit.hypotheses, detector=TANK, metadata={})
    return tmp_path / "fits.h5"


@pytest.fixture
def model(tmp_path):
    small = {"chain": "2x10x20 convT(2,3,2,2)", "branch_width": 4, "trunk_widths": (4,)}
    torch.manual_seed(1)
    save(RingNetwork(generator_config("slide", TANK, **small), TANK), tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


def size_of(picture):
    with Image.open(picture) as image:
        return image.size


def test_a_foreign_file_is_drawn_and_its_ring_agrees_with_the_truth(run, tmp_path):
    code, out, err = run("show", SAMPLE, "-e", 1, "-o", tmp_path / "event.png")
    assert (code, err) == (0, "")
    assert "event 1: e- of 500 MeV from (0, 0, 0) cm towards (1.00, 0.00, 0.00)" in out
    degrees = float(out.split("lies within ")[1].split(" degrees")[0])
    assert 41.5 < degrees < 45.5
    assert out.endswith(f"wrote {tmp_path / 'event.png'}\n")
    assert min(size_of(tmp_path / "event.png")) > 1000


@pytest.mark.parametrize("particle", ["proton", "K-", "mu+"])
def test_events_of_any_particle_are_drawn(run, tmp_path, particle):
    """Of one that is too slow to shine, with nothing hit."""
    hits = Hits.of([], [], [], [0, 0], len(TANK))
    write_events(tmp_path / "dark.h5", Track(particle, 50.0, (0, 0, 0), (1, 0, 0)), hits, TANK, metadata={})
    code, out, _ = run("show", tmp_path / "dark.h5", "-o", tmp_path / "dark.png", "--json")
    assert code == 0
    numbers = json.loads(out)
    assert (numbers["sensors_hit"], numbers["cherenkov_angle_degrees"]) == (0, None)


def test_all_primaries_of_an_event_are_named(run, tmp_path):
    hits, both = Hits.of([], [], [], [0, 0], len(TANK)), Track(["mu-", "proton"], 600.0, (0, 0, 0), (1, 0, 0))
    primaries = Primaries(both, torch.tensor([0, 2]))
    write_events(tmp_path / "two.h5", both[0], hits, TANK, metadata={}, primaries=primaries)
    code, out, _ = run("show", tmp_path / "two.h5", "-o", tmp_path / "two.png")
    assert code == 0
    assert "event 0: mu- of 600 MeV from (0, 0, 0) cm towards (1.00, 0.00, 0.00), with proton\n" in out


def test_json_is_one_document_with_the_same_numbers(run, tmp_path, events):
    code, out, _ = run("show", events, "-o", tmp_path / "event.svg", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["picture"] == str(tmp_path / "event.svg")
    assert document["charge_pe"] == 3 * document["sensors_hit"] > 0
    assert math.radians(document["light_angle_degrees"]) == pytest.approx(0.73, abs=0.05)
    assert (tmp_path / "event.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_picture_without_a_name_is_named_after_the_event(run, tmp_path, events, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("show", events, "-e", 1)
    assert code == 0
    assert "  0 sensors hit, 0.0 p.e. in mini\nwrote events-event1.png\n" in out
    assert (tmp_path / "events-event1.png").is_file()


def test_the_prediction_stands_beside_the_event(run, tmp_path, events, model):
    alone, beside, three = (tmp_path / name for name in ("a.png", "b.png", "c.png"))
    assert run("show", events, "-o", alone)[0] == 0
    assert run("show", events, "-m", model, "-o", beside)[0] == 0
    assert run("show", events, "-m", model, "--residual", "-o", three)[0] == 0
    widths = [size_of(path)[0] for path in (alone, beside, three)]
    assert widths == [1440, 2560, 3840]


def test_the_fit_is_compared_with_the_truth(run, tmp_path, events, fits, model):
    code, out, err = run("show", events, "-e", 1, "--fits", fits, "-m", model, "-o", tmp_path / "event.pdf")
    assert (code, err) == (0, "")
    assert "fit off by 5.0 cm, 5.73 degrees, +10.0 % in energy" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-e", "2"], "--event is 2; expected 0 to 1, the events of"),
        (["-e", "-1"], "--event is -1; expected 0 to 1"),
        (["-o", "event.gif"], "output is 'event.gif'; expected a name that ends in .png, .pdf, .svg"),
        (["-o", "nowhere/event.png"], "there is no folder 'nowhere'; make it first"),
        (["--residual"], "--residual needs a prediction to compare with; add -m MODEL"),
        (["-m", "no-such-model"], "no network 'no-such-model'"),
        (["-d", "super-k"], "as given"),
    ],
)
def test_refusals_are_one_sentence_and_exit_2(run, tmp_path, events, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("show", events, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_fits_that_do_not_belong_are_refused(run, tmp_path, events, fits):
    picture = ["-o", tmp_path / "event.png"]
    code, _, err = run("show", events, "-e", 0, "--fits", fits, *picture)
    assert (code, "has no fit of event 0: not fitted: too few hits" in err) == (2, True)
    code, _, err = run("show", SAMPLE, "--fits", fits, *picture)
    assert (code, "is of detector mini, the events are of geometry" in err) == (2, True)
    code, _, err = run("show", tmp_path / "none.h5", *picture)
    assert (code, "none.h5: no such file" in err) == (2, True)


def test_detectors_are_described_and_drawn(run, tmp_path):
    code, out, err = run("detector", "show", "mini", "-o", tmp_path / "mini.png")
    assert (code, err) == (0, "")
    assert "1,024 sensors of type PMT3inchR12199_02 (112 top, 800 barrel, 112 bottom)" in out
    assert (tmp_path / "mini.png").is_file()
    document = json.loads(run("detector", "show", "iwcd-grid", "--json")[1])
    assert document["sensors"]["barrel"] == 14784


def test_detectors_are_listed(run):
    code, out, err = run("detector", "list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(PRESETS)
    assert "11,146  PMT20inch" in out
    document = json.loads(run("detector", "list", "--json")[1])
    assert [row["name"] for row in document] == list(PRESETS)
    assert sum(document[0]["sensors"].values()) == 19547
    assert all(row["source"] for row in document)


def test_types_of_sensors_are_listed(run):
    code, out, err = run("detector", "sensors")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 7
    document = {row["name"]: row for row in json.loads(run("detector", "sensors", "--json")[1])}
    # WCSim src/WCSimPMTObject.cc: peak of the tabulated efficiency, times 95 % for the 3-inch tubes
    assert document["PMT20inch"]["peak_efficiency"] == pytest.approx(0.211)
    assert document["PMT3inchR14374"]["peak_efficiency"] == pytest.approx(0.95 * 0.2695 / 0.73, abs=1e-3)
    assert document["PMT3inchR14374"]["time_spread_ns"] == pytest.approx(0.6, rel=0.02)
    assert document["PMT8inch"]["radius_cm"] == pytest.approx(10.16)


def test_dead_sensors_are_counted_and_drawn(run, tmp_path):
    listed, picture = tmp_path / "dead.txt", tmp_path / "wcte.png"
    listed.write_text("# a module\n" + " ".join(str(number) for number in range(380, 399)), encoding="utf-8")
    code, out, err = run("detector", "show", "wcte", "--dead", listed, "-o", picture)
    assert (code, err) == (0, "")
    assert "1,843 sensors of type PMT3inchR14374_WCTE (342 top, 1,102 barrel, 399 bottom)" in out
    assert "19 of them dead" in out
    assert picture.is_file()
    assert json.loads(run("detector", "show", "wcte", "--dead", listed, "--json")[1])["sensors"]["dead"] == 19
    listed.write_text("5000", encoding="utf-8")
    code, out, err = run("detector", "show", "wcte", "--dead", listed)
    assert (code, out) == (2, "")
    assert "dead sensor 5000 is not in detector wcte; expected numbers 0 to 1842" in " ".join(err.split())


def test_help_imports_neither_torch_nor_matplotlib():
    program = (
        "import sys\nfrom ringcast.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'matplotlib', 'h5py'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "Draw an event" in printed
    assert printed.splitlines()[-1] == "[]"
