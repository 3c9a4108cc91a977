"""Files of primaries: what is read, what is refused and where, and that the events follow them."""

import numpy as np
import pytest
import torch

from ringcast.errors import ArgumentError, FileError
from ringcast.events import particle_type
from ringcast.geometry import load_detector
from ringcast.simulation import Chain, make_plan, plan_fields, read_primaries, simulate
from ringcast.simulation.primaries import require_primaries
from ringcast.simulation.primary_files import COLUMNS
from ringcast.simulation.threshold import dark_share, threshold_mev
from ringcast.simulation.tracks import energy_at

HEADER = ",".join(COLUMNS)
GOOD = "0,mu-,300,1,2,3,0,0.6,0.8,0"


@pytest.fixture
def write(tmp_path):
    def put(*lines, header=HEADER):
        path = tmp_path / "primaries.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    return put


def test_all_columns_are_read(write):
    primaries = read_primaries(write(GOOD, "", "1, -11 ,20.5,-4,5.5,-6,1,0,0,-12.25"), load_detector("mini"))
    tracks = primaries.particles
    assert not primaries.several
    assert tracks.names == ["mu-", "e+"]
    assert tracks.energy_mev.tolist() == [300, 20.5]
    assert tracks.position_cm.tolist() == [[1, 2, 3], [-4, 5.5, -6]]
    assert tracks.direction.tolist() == [[0, 0.6, 0.8], [1, 0, 0]]
    assert tracks.time_ns.tolist() == [0, -12.25]


def test_columns_may_come_in_any_order(write):
    header = ",".join(reversed(COLUMNS))
    path = write(",".join(reversed(GOOD.split(","))), header=header)
    assert read_primaries(path, load_detector("mini")).particles.position_cm.tolist() == [[1, 2, 3]]


def test_nearly_unit_vectors_are_made_unit_vectors(write):
    direction = read_primaries(write("0,e-,300,0,0,0,0.577,0.577,0.577,0"), load_detector("mini")).particles.direction
    assert float(direction.norm()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("1,e-,300,0,0,150,0,0,1,0", r"vertex \(0, 0, 150\) cm is outside mini \(radius 100, half height 100 cm\)"),
        ("1,e-,300,80,80,0,0,0,1,0", "outside mini"),
        ("1,mu+,50,0,0,0,0,0,1,0", r"energy_mev is 50; expected 53.07 to 100000 for mu\+"),
        ("1,pi-,70,0,0,0,0,0,1,0", "expected 70.11 to 100000 for pi-"),
        ("1,gamma,0.5,0,0,0,0,0,1,0", "expected 1 to 100000 for gamma"),
        ("1,e-,100001,0,0,0,0,0,1,0", "expected 1 to 100000 for e-"),
        ("1,tau-,300,0,0,0,0,0,1,0", "particle is 'tau-'; expected one of gamma, e-"),
        (
            "1,2112,300,0,0,0,0,0,1,0",
            r"particle is 2112; expected one of gamma, e-.*leave it out \(--primaries-leave-out\)",
        ),
        ("1,proton,300,0,0,0,0,0,1,0", "energy_mev is 300; expected 471.3 to 100000 for proton"),
        ("1,e-,300,0,0,0,0,0,1,2e6", "time_ns is 2e.06; expected at most 1e.06 either way of 0"),
        ("1,e-,high,0,0,0,0,0,1,0", "energy_mev is 'high'; expected a number"),
        ("1,e-,nan,0,0,0,0,0,1,0", "energy_mev is 'nan'; expected a number"),
        ("1,e-,300,0,0,0,0,0,1,inf", "time_ns is 'inf'; expected a number"),
        ("1,e-,300,0,0,0,0,0,2,0", "ux, uy, uz have length 2; expected a unit vector"),
        ("1,e-,300,0,0,0,0,0,0,0", "ux, uy, uz have length 0"),
        ("2,e-,300,0,0,0,0,0,1,0", "event is '2', expected 0 or 1; events count from 0, one after the other"),
        ("-1,e-,300,0,0,0,0,0,1,0", "event is '-1', expected 0 or 1"),
        ("1,e-,300,0,0,0,0,0,1", "found 9 values; expected 10"),
    ],
)
def test_bad_lines_are_named(write, line, sentence):
    path = write(GOOD, line, "2,e-,1,1,1,1,1,1,1,1")
    with pytest.raises(FileError, match=rf"primaries\.csv, line 3: .*{sentence}") as refusal:
        read_primaries(path if "outside" not in sentence else write(GOOD, line), load_detector("mini"))
    assert "\n" not in str(refusal.value)


def test_lines_of_an_event_belong_together(write):
    lines = [GOOD, "0,proton,80,0,0,0,0,0,1,5", "1,mu-,40,0,0,0,0,0,1,0", "1,gamma,2,0,0,0,0,0,1,0"]
    primaries = read_primaries(write(*lines), load_detector("mini"))
    assert primaries.start.tolist() == [0, 2, 4]
    assert primaries.particles.names == ["mu-", "proton", "gamma", "mu-"]  # the first that shines leads its event
    assert primaries.particles.time_ns.tolist() == [0, 5, 0, 0]
    with pytest.raises(FileError, match=r"line 3: energy_mev is 0; expected above 0, to 100000 for e-"):
        read_primaries(write(GOOD, "0,e-,0,0,0,0,0,0,1,0"), load_detector("mini"))


def test_neutrinos_and_what_is_named_are_left_out(write, caplog):
    lines = [
        GOOD,
        "0,14,500,0,0,0,0,0,1,0",
        "0,2112,50,0,0,0,0,0,1,0",
        "1,e-,50,0,0,0,0,0,1,0",
        "1,-12,5,9e9,0,0,0,0,1,0",
    ]
    primaries = read_primaries(write(*lines), load_detector("mini"), leave_out=["2112"])
    assert primaries.particles.names == ["mu-", "e-"]
    assert "left out 2 neutrinos" in caplog.text
    assert "left out 1 particles 2112 as asked" in caplog.text
    with pytest.raises(FileError, match=r"event 0, line 2: no particle to move; take the event out"):
        read_primaries(write("0,nu_mu,1,0,0,0,0,0,1,0".replace("nu_mu", "14")), load_detector("mini"))
    with pytest.raises(ArgumentError, match="found 'quark' to leave out; expected neutron, nuclei, gamma"):
        read_primaries(write(GOOD), load_detector("mini"), leave_out=["quark"])


def test_dark_events_are_counted(write, caplog):
    read_primaries(write("0,proton,100,0,0,0,0,0,1,0", "0,14,9,0,0,0,0,0,1,0", "1" + GOOD[1:]), load_detector("mini"))
    assert "1 of 2 events start without a particle fast enough to shine" in caplog.text


def test_files_of_other_frames_are_turned_and_shifted(write):
    line = "0,e-,300,10,20,30,0,1,0,0"
    primaries = read_primaries(write(line), load_detector("mini"), axis="y", centre_cm=(1, 2, 3))
    assert primaries.particles.position_cm.tolist() == [[27, 9, 18]]
    assert primaries.particles.direction.tolist() == [[0, 0, 1]]  # up the tank


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER.replace("energy_mev", "energy_gev"), "column 'energy_gev'"),
        (HEADER.replace(",time_ns", ""), "no column 'time_ns'"),
        (HEADER + ",event", "column 'event' twice"),
        ("", "nothing"),
    ],
)
def test_wrong_columns_are_named(write, header, found):
    with pytest.raises(FileError, match=f"line 1: found {found}; expected event,particle,energy_mev"):
        read_primaries(write(GOOD, header=header), load_detector("mini"))


def test_empty_and_unreadable_files_are_refused(write, tmp_path):
    with pytest.raises(FileError, match="no primaries; expected a line for each primary"):
        read_primaries(write(), load_detector("mini"))
    with pytest.raises(FileError, match=r"cannot be read .*No such file"):
        read_primaries(tmp_path / "none.csv", load_detector("mini"))
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="cannot be read"):
        read_primaries(tmp_path / "binary.csv", load_detector("mini"))


def test_thresholds_are_those_of_slow_light():
    # SIMULATION: 53.1 MeV (mu) and 70.1 MeV (pi) at n = 1.34
    assert threshold_mev(particle_type("mu-")) == pytest.approx(53.1, abs=0.1)
    assert threshold_mev(particle_type("pi+")) == pytest.approx(70.1, abs=0.1)


@pytest.mark.parametrize("power", [0.0, -1.0, -2.0, 3.0, -10.0, 10.0])
def test_the_dark_share_is_that_of_the_energies_drawn(power):
    """Energies are drawn by the inverse of its distribution."""
    share = dark_share("mu-", (10.0, 1000.0), power)
    assert energy_at(share, (10.0, 1000.0), power) == pytest.approx(threshold_mev(particle_type("mu-")), rel=1e-6)


def test_no_energy_is_dark_from_the_threshold_on():
    assert [dark_share("mu-", (low, 200.0), 0.0) for low in (54.0, 200.0)] == [0.0, 0.0]
    assert [dark_share(name, (1.0, 200.0), -2.0) for name in ("e-", "gamma", "pi0")] == [0.0, 0.0, 0.0]
    assert dark_share("mu-", (10.0, 50.0), 0.0) == 1.0


def test_a_plan_belongs_to_its_primaries(write):
    tank = load_detector("mini")
    primaries = read_primaries(write(GOOD), tank)
    plan = make_plan(detector="mini", **plan_fields(primaries))
    assert (plan.n_events, plan.particles, plan.energy_mev) == (1, ("mu-",), (300, 300))
    require_primaries(plan, primaries)
    other = read_primaries(write(GOOD.replace("300", "301")), tank)
    for wrong in (other, None):
        with pytest.raises(ArgumentError, match="the plan was made for other primaries"):
            next(simulate(plan, primaries=wrong))
    drawn = make_plan(detector="mini", n_events=1, particles=("mu-",), energy_mev=(300, 300))
    with pytest.raises(ArgumentError, match="other primaries"):
        require_primaries(drawn, primaries)


def test_events_follow_their_primaries(write, data_folder):
    pytest.importorskip("calzone")
    lines = [f"{event},e-,100,0,0,0,0,0,{(-1) ** event},{1000 * event}" for event in range(10)]
    primaries = read_primaries(write(*lines), load_detector("mini"))
    plan = make_plan(detector="mini", **plan_fields(primaries))
    chain = Chain.start(plan, data_folder, primaries)
    batches = [chain.run(range(first, min(first + 4, 10))) for first in (0, 4, 8)]
    assert [len(batch.tracks) for batch in batches] == [4, 4, 2]
    assert torch.equal(torch.cat([batch.tracks.time_ns for batch in batches]), primaries.leading.time_ns)
    hits = type(batches[0].hits).concatenate([batch.hits for batch in batches])
    height = load_detector("mini").position_cm[:, 2].numpy()
    for event in range(10):
        own = slice(int(hits.start[event]), int(hits.start[event + 1]))
        assert np.sign(np.average(height[hits.pmt[own]], weights=hits.charge_pe[own])) == (-1) ** event
        late = hits.time_ns[own].double() - 1000 * event
        assert 0 < float(late.median()) < 50  # the window opens at each birth, however late
