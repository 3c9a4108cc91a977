"""``ringcast validate simulation``: the report, its numbers, refusals."""

import json
import re

import pytest
import torch

from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.storage import EventStore, write_events

pytest.importorskip("calzone")
FEW = ("-n", 3, "--workers", 1)


@pytest.fixture(scope="module")
def muons(tmp_path_factory):
    """A small reference: made-up hits of six muons in the mini tank."""
    path, tank = tmp_path_factory.mktemp("muons") / "muons.h5", load_detector("mini")
    charge = torch.linspace(1, 2, 6).repeat_interleave(20)
    hits = Hits.of(torch.arange(120), charge, torch.linspace(4, 9, 120), torch.arange(7) * 20, len(tank))
    tracks = Track(["mu-"] * 6, 200.0, (0, 0, 0), (1, 0, 0))
    write_events(path, tracks, hits, tank, metadata={})
    return path


@pytest.mark.slow
def test_a_reference_of_ones_own(run, muons, tmp_path):
    """One run that simulates; others that find its events again."""
    words = ("validate", "simulation", "--reference", muons, *FEW, "--digitiser", "simple", "-o", tmp_path)
    code, out, err = run(*words, "--json")
    assert code == 0
    assert "simulating mini" in err
    found = json.loads(out)["references"]
    numbers = {row["name"]: row for row in found[0]["numbers"]}
    assert [one["name"] for one in found] == ["muons"]
    assert numbers["charge_pe"]["theirs"] == {"value": 30.0, "error": pytest.approx(3.055, abs=1e-3), "events": 6}
    assert numbers["charge_pe"]["ours"]["events"] == 3
    assert len(EventStore.open(tmp_path / "events" / "muons.h5")) == 3
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png") == 3
    assert not re.search(r'(src|href)="(?!data:)', page)
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert "muons (6 and 3 events)" in out
    code, out, err = run(*words, "--json", "--require", 1e6)
    assert (code, json.loads(out)["passed"]) == (0, True)
    least = 100 * numbers["charge_pe"]["ratio_error"] + 1e-6
    code, out, err = run(*words, "--json", "--require", least)
    assert (code, json.loads(out)["passed"]) == (1, False)
    assert re.match(r"ringcast: not within .* %: charge \(pe\) of muons \(", err)


@pytest.mark.slow
def test_a_reference_of_the_package(run, tmp_path):
    code, out, _ = run("validate", "simulation", "super-k-e100", "geant4-mu100", *FEW, "-o", tmp_path, "--json")
    assert code == 0
    events, light = json.loads(out)["references"]
    assert (light["name"], light["events"], light["plan"]["n_events"]) == ("geant4-mu100", None, 3)
    photons = light["numbers"][0]
    assert photons["name"] == "photons_per_mev"
    assert abs(photons["ratio"] - 1) < 0.15  # spread of an event: 4 %
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("data:image/png") == 3
    numbers = {row["name"]: row for row in events["numbers"]}
    assert set(numbers) == {"charge_pe", "hits", "charge_per_hit_pe", "photoelectrons"}
    for row in numbers.values():
        assert abs(row["ratio"] - 1) < 0.2  # spread of an event: 6 %


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["kamland"], "reference is 'kamland'; expected one of super-k-e500, super-k-e500-2018, super-k-e100"),
        (["super-k-e500", "-n", 1], "--n-events is 1; expected at least 2"),
        (["geant4-mu100", "--workers", -1], "--workers is -1; expected how many"),
        (["geant4-mu100", "--no-scattering"], "--scattering: changes nothing of geant4-mu100"),
        (["geant4-mu100-n1.5"], "light reference is 'geant4-mu100-n1.5'; expected one of geant4-e100"),
        (["super-k-e500", "--require", -3], "--require is -3; expected a positive number of per cent"),
        (["--geometry", "tank.npz"], "--geometry is of a file of your own; name it with --reference"),
        (["--reference", "no.h5"], "no.h5: no such file; expected an event file"),
        (["--reference", "no.h5", "--between", "7"], "--between is '7'; expected first:last in ns"),
        (["--reference", "no.h5", "--between", "7:3"], "--between is '7:3'; expected the first time before the last"),
    ],
)
def test_refusals(run, tmp_path, words, sentence):
    code, _, err = run("validate", "simulation", *words, "-o", tmp_path)
    assert code == 2
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_an_output_that_is_no_folder_is_refused(run, tmp_path, muons):
    (tmp_path / "file").write_text("")
    code, _, err = run("validate", "simulation", "--reference", muons, *FEW, "-o", tmp_path / "file")
    assert (code, err) == (
        2,
        f"ringcast: {tmp_path}/file/events: cannot be made (Not a directory); name another output folder\n",
    )
