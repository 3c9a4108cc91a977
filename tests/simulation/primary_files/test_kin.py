"""Kin files of neutrino generators: what is read, what is refused and where."""

import pytest

from ringcast.errors import FileError
from ringcast.geometry import load_detector
from ringcast.simulation import read_primaries
from ringcast.simulation.primary_files import recognise

# Two events in the form of the NUANCE documentation (http://neutrino.phy.duke.edu/nuance-format/), numbers our own.
TEXT = """\
$ begin
$ nuance 3
$ vertex 10.5 -20.25 30.0 5.0
$ track 14 1000.0 1.0 0.0 0.0 -1
$ track 8016 14895.0 nan nan nan -1
$ info 2 949000 0.0000E+00
$ track 13 295.6312 0.15021 0.98821 -0.02950 -2
$ track 211 427.5731 0.66875 -0.66698 -0.32849 -2
$ track 2212 1212.7798 0.88658 -0.07320 0.45675 0
$ track 13 295.6583755 0.15021 0.98821 -0.02950 0
$ track 111 434.9768 -0.73647 -0.35958 -0.57299 0
$ end

begin
nuance 1
vertex 0 0 0 0
track -12 500 0 0 1 0
track -11 100.510999 0 1 0 0
vertex 0 0 -50 40
track 22 6.1 0 0 -1 0
end
$ stop
anything may follow
"""
LINES = TEXT.splitlines()


@pytest.fixture
def write(tmp_path):
    def put(text, name="events.kin"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return put


def read(path, **options):
    return read_primaries(path, load_detector("mini"), **options)


def test_final_state_particles_are_read(write, caplog):
    primaries = read(write(TEXT))
    assert primaries.start.tolist() == [0, 3, 5]
    assert primaries.particles.names == ["mu-", "proton", "pi0", "e+", "gamma"]  # the proton is too slow to lead
    # total energies of the file less the masses of the Particle Data Group, 105.6583755 and 134.9768 MeV
    assert primaries.particles.energy_mev.tolist() == pytest.approx([190, 274.5077, 300, 100, 6.1], abs=1e-4)
    assert primaries.particles.position_cm[0].tolist() == [10.5, -20.25, 30.0]
    assert primaries.particles.position_cm[3:].tolist() == [[0, 0, 0], [0, 0, -50]]
    assert primaries.particles.time_ns.tolist() == [5, 5, 5, 0, 40]
    assert primaries.particles.direction[1].tolist() == pytest.approx([0.88658, -0.07320, 0.45675], abs=1e-5)
    assert "left out 1 neutrinos" in caplog.text


@pytest.mark.parametrize("name", ["events.nuance", "events.KIN", "events.dat", "events"])
def test_kin_files_are_recognised(write, name):
    assert recognise(write(TEXT, name)) == "kin"
    assert recognise(write(TEXT.replace("$", ""), name)) == "kin"
    assert len(read(write(TEXT, name))) == 2


def test_the_format_can_be_named(write):
    path = write(TEXT, "events.csv")
    assert len(read(path, file_format="kin")) == 2
    with pytest.raises(FileError, match="line 1: found column"):
        read(path)


@pytest.mark.parametrize(
    ("line", "text", "sentence"),
    [
        (2, "$ nuanse 3", r"line 2: found 'nuanse'; expected one of begin, nuance"),
        (3, "$ vertex 1 2 3", "line 3: vertex has 3 values; expected 4: x, y, z, t"),
        (3, "$ vertex 1 2 3 late", "line 3: t is 'late'; expected a number"),
        (3, "", "line 9: found a track before any vertex"),
        (3, "$ vertex 500 0 0 0", r"line 10: vertex \(500, 0, 0\) cm is outside mini"),
        (9, "$ track 13 295 0 0 1", "line 9: track has 5 values; expected 6: PDG code"),
        (9, "$ track 13 295 0 0 1 7", r"line 9: status is 7; expected one of 0 \(moved\), -1 \(initial state\)"),
        (9, "$ track mu- 295 0 0 1 0", "line 9: PDG code is 'mu-'; expected a whole number"),
        (9, "$ track 2112 995 0 0 1 0", "line 9: particle is 2112; expected one of"),
        (9, "$ track 8016 15000 0 0 1 0", "line 9: particle is 8016"),
        (9, "$ track 13 100 0 0 1 0", r"line 9: total energy is 100 MeV: kinetic energy is -5.6\d+; expected above 0"),
        (9, "$ track 13 200 0 0 0.5 0", "line 9: ux, uy, uz have length 0.5"),
        (12, "", "line 14: found begin within an event; begin and end enclose each event"),
        (14, "", "line 15: found nuance outside an event"),
        (1, "", "line 2: found nuance outside an event"),
    ],
)
def test_bad_lines_are_named(write, line, text, sentence):
    lines = list(LINES)
    lines[line - 1] = text
    with pytest.raises(FileError, match=rf"events\.kin, {sentence}") as refusal:
        read(write("\n".join(lines)))
    assert "\n" not in str(refusal.value)


def test_cut_and_empty_files_are_refused(write):
    with pytest.raises(FileError, match="ends within the event of line 14; expected end, so the file may be cut short"):
        read(write("\n".join(LINES[:18])))
    with pytest.raises(FileError, match="ends within the event of line 14"):
        read(write("\n".join([*LINES[:20], "$ stop"])))
    with pytest.raises(FileError, match="no primaries"):
        read(write("$ stop\n"))
    (path := write(TEXT)).write_bytes(b"$ begin \xff\xfe")
    with pytest.raises(FileError, match="cannot be read"):
        read(path)
    nothing = "$ begin\n$ vertex 0 0 0 0\n$ track 14 500 0 0 1 0\n$ end\n"
    with pytest.raises(FileError, match=r"event of line 23: no particle to move; take the event out of the file"):
        read(write("\n".join(LINES[:22]).replace("$ stop", "") + "\n" + nothing))


def test_a_lone_slow_particle_is_refused(write):
    alone = "$ begin\n$ vertex 0 0 0 0\n$ track 13 150 0 0 1 0\n$ end\n"
    with pytest.raises(FileError, match=r"line 3: total energy is 150 MeV: kinetic energy is 44.3.*expected 53.07"):
        read(write(alone))
