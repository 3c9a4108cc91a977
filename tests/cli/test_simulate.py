"""``ringcast simulate``: files, summaries, refusals, and going on after a stop."""

import hashlib
import json

import pytest

from ringcast.cli.main import main
from ringcast.simulation import SimulationPlan

pytest.importorskip("calzone")
SMALL = {"-d": "mini", "--particles": "e-,gamma", "--energy": "50:200", "--workers": "1"}


def command(output, **options):
    """The program's arguments: the small simulation with some options changed."""
    chosen = SMALL | {f"-{key}" if len(key) == 1 else f"--{key}": str(value) for key, value in options.items()}
    return ["simulate", *(word for pair in chosen.items() for word in pair), "-o", str(output)]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    assert stop.value.code == 0


def refusal(capsys, output, **options):
    with pytest.raises(SystemExit) as stop:
        main(command(output, **options))
    assert stop.value.code == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.slow
def test_a_stopped_simulation_goes_on_to_the_same_file(tmp_path, capsys, monkeypatch):
    from ringcast import simulation

    whole, parts = tmp_path / "whole.h5", tmp_path / "parts.h5"
    run(*command(whole, n=220), "--json")
    document = json.loads(capsys.readouterr().out)
    assert {row["particle"]: row["events"] for row in document["particles"]} == {"e-": 110, "gamma": 110}
    real = simulation.simulate

    def one_batch_then_ctrl_c(plan, **options):
        yield next(iter(real(plan, **options)))
        raise KeyboardInterrupt

    monkeypatch.setattr(simulation, "simulate", one_batch_then_ctrl_c)
    with pytest.raises(SystemExit) as stop:
        main(command(parts, n=220))
    assert stop.value.code == 130
    assert "run the same command again" in " ".join(capsys.readouterr().err.split())
    assert not parts.exists()
    monkeypatch.setattr(simulation, "simulate", real)
    run(*command(parts, n=220))
    assert digest(parts) == digest(whole)
    capsys.readouterr()
    assert "exists already" in refusal(capsys, parts, n=220)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"energy": "high"}, "--energy is 'high'; expected 1 or 2 numbers separated by ':'"),
        ({"position": "1,2"}, "--position is '1,2'; expected 3 numbers separated by ','"),
        ({"position": "0,0,500"}, "outside mini"),
        ({"wall-distance-cm": "100"}, "mini has no such place"),
        ({"vertex-within-cm": "10,5"}, "--vertex-within-cm is '10,5'; expected 3 numbers"),
        (
            {"vertex-within-cm": "10,5,-5"},
            "--vertex-within-cm is (10.0, 5.0, -5.0), which has no place 50 cm from the wall",
        ),
        ({"particles": "tau-"}, "'tau-'; expected one of gamma"),
        ({"n": "0"}, "--n-events: must be greater than 0; found 0"),
        (
            {"d": "no-tank"},
            "no detector 'no-tank': expected hyper-k, hyper-k-20, hyper-k-40, hyper-k-60m, iwcd",
        ),
        ({"workers": "-1"}, "--workers is -1; expected how many, or 0 for one on each core"),
        ({"trigger-hits": "5"}, "--trigger-hits is given, but the trigger is off"),
        ({"n": "many"}, "'many' is no whole number"),
        ({"n": "2.5"}, "'2.5' is no whole number"),
        ({"workers": "1.5"}, "'1.5' is no whole number"),
        ({"n": "10000000000"}, "--n-events: must be less than or equal to 1000000000"),
        ({"window-ns": "0"}, "--window-ns: must be greater than 0; found 0.0"),
        ({"window-ns": "inf"}, "--window-ns: must be a finite number; found inf"),
        ({"position": "nan,0,0"}, "--position is 'nan,0,0'; expected 3 numbers"),
        ({"position": "-1,-2,-300"}, "--position is (-1.0, -2.0, -300.0), outside mini"),
        ({"particles": "11,12"}, "particle is '12'; expected one of gamma"),
        ({"dark-rate-khz": "1"}, "--dark-rate-khz is the rate of dark noise, which is off; switch --dark-noise on"),
    ],
)
def test_refusals_are_one_sentence(tmp_path, capsys, options, sentence):
    assert sentence in refusal(capsys, tmp_path / "x.h5", **({"n": 5} | options))
    assert not list(tmp_path.iterdir())


def test_energies_too_low_to_shine_are_told(tmp_path, capsys):
    """Flat from 10 to 1000 MeV, 4.35 % lie below the 53.1 MeV of a muon; electrons shine at every energy there is."""
    run(*command(tmp_path / "x.h5", n=2, particles="mu-,e-,mu-", energy="10:1000"), "--json")
    printed = capsys.readouterr()
    json.loads(printed.out)
    told = [line for line in printed.err.splitlines() if line.startswith("ringcast:")]
    assert told == [
        "ringcast: mu- makes no Cherenkov light of its own below 53.1 MeV, where 4.35 % of its energies will be"
    ]


def test_readout_switches_reach_the_file(tmp_path, capsys):
    from ringcast.storage import read_events

    switches = {"digitiser": "ski", "trigger-hits": "5", "digit-time-step-ns": "0.1"}
    flags = ("--dark-noise", "--trigger", "--no-trigger-noise-correction", "--first-hit-only")
    run(*command(tmp_path / "x.h5", n=4, **switches), *flags)
    capsys.readouterr()
    events = read_events(tmp_path / "x.h5")
    assert events.time_zero == "trigger + 950 ns"
    named = ("dark_noise", "digitiser", "trigger", "trigger_hits", "digit_time_step_ns")
    named += ("trigger_noise_correction", "first_hit_only")
    assert [events.metadata[name] for name in named] == [True, "ski", True, 5, 0.1, False, True]
    assert len(events.hits) == 4
    assert 550 <= float(events.hits.time_ns.min()) <= float(events.hits.time_ns.max()) <= 1900


def test_photoelectrons_are_stored_on_demand(tmp_path, capsys):
    from ringcast.storage import read_events, read_photoelectrons

    options = ("--photoelectrons", "--dark-noise", "--dark-rate-khz", "100", "--saturation-pe", "250")
    run(*command(tmp_path / "x.h5", n=3, digitiser="auto"), *options)
    capsys.readouterr()
    light, metadata = read_photoelectrons(tmp_path / "x.h5"), read_events(tmp_path / "x.h5").metadata
    assert [metadata[name] for name in ("digitiser", "dark_rate_khz", "saturation_pe")] == ["hk", 100.0, 250.0]
    assert light.emitters.tracks.names == ["e-", "gamma", "e-"]
    assert set(light.parent.tolist()) == {-1, 1}
    assert "dark noise, which is off" in refusal(capsys, tmp_path / "y.h5", n=2, **{"dark-rate-khz": "1"})


def test_light_switches_reach_the_file(tmp_path, capsys):
    from ringcast.storage import read_events

    switches = {"reflection": "off", "pmt-shape": "disc"}
    run(*command(tmp_path / "x.h5", n=2), "--angular-acceptance")
    run(*command(tmp_path / "plain.h5", n=2, **switches), "--no-scattering")
    capsys.readouterr()
    lit, plain = (read_events(tmp_path / name).metadata for name in ("x.h5", "plain.h5"))
    named = ("scattering", "reflection", "pmt_shape", "angular_acceptance")
    assert [lit[name] for name in named] == [True, "wcsim", "cap", True]
    assert [plain[name] for name in named] == [False, "off", "disc", False]
    assert 'Choose from: "off", "wcsim", "constant"' in refusal(capsys, tmp_path / "y.h5", n=2, reflection="mirror")


def test_help_shows_every_field_of_a_plan_in_its_group(capsys):
    run("simulate", "--help")
    text = capsys.readouterr().out
    titles = ("Events", "Drawn primaries", "Particles in water", "Light", "Sensors and electronics", "Run")
    places = [text.index(f"\u256d\u2500 {title} \u2500") for title in titles]
    assert places == sorted(places)
    renamed = {"energy_mev": "energy", "energy_spectrum": "spectrum", "position_cm": "position"}
    for name in set(SimulationPlan.model_fields) - {"batch"}:
        assert f"--{renamed.get(name, name).replace('_', '-')} " in text, name
    assert "[default: 100:1000]" in text


def test_broken_geometry_and_missing_tables_are_refused(tmp_path, capsys, monkeypatch):
    tank = tmp_path / "tank.toml"
    lines = ['name = "t"', 'description = "t"', 'pmt_type = "PMT3inchR14374"', "pmt_radius_cm = 8.0", "[cylinder]"]
    sizes = ["radius_cm = 153.8", "half_height_cm = 135.7", "barrel_rows = 22", "barrel_columns = 80"]
    tank.write_text("\n".join([*lines, *sizes, "cap_spacing_cm = 12.0"]), encoding="utf-8")
    assert "sensors of radius 8 cm overlap at a pitch of" in refusal(capsys, tmp_path / "x.h5", d=tank, n=2)
    energies = {
        "200000": "--energy: expected low:high with 1 <= low <= high <= 100000 MeV",
        "30": "mu- makes no light",
    }
    for energy, sentence in energies.items():
        assert sentence in refusal(capsys, tmp_path / "x.h5", n=2, particles="mu-", energy=energy)
    monkeypatch.setenv("GEANT4_DATA_DIR", str(tmp_path / "none"))
    assert "lacks G4EMLOW8.8/brem_SB/br1 and 20 more" in refusal(capsys, tmp_path / "x.h5", n=2)
    assert [path.name for path in tmp_path.iterdir()] == ["tank.toml"]
