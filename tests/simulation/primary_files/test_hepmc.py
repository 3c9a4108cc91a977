"""HepMC files: what is read, in which units, and what is refused in which event."""

import pytest

from ringcast.errors import FileError
from ringcast.geometry import load_detector
from ringcast.simulation import read_primaries
from ringcast.simulation.primary_files import hepmc, recognise
from ringcast.units import C_CM_PER_NS

pytest.importorskip("pyhepmc")

HEAD = "HepMC::Version 3.02.05\nHepMC::Asciiv3-START_EVENT_LISTING\n"
TAIL = "HepMC::Asciiv3-END_EVENT_LISTING\n"
# A neutrino that makes a muon (300 MeV/c), a proton (400 MeV/c) and a neutral pion that has decayed (status 2).
EVENT = """\
E {number} 1 5
U {energy} {length}
{attribute}P 1 0 14 0 0 {p1} {p1} 0 4
V -1 0 [1] @ {x} {y} {z} {ct}
P 2 -1 2212 0 {p2} 0 {e2} 0 1
P 3 -1 13 0 0 {p3} {e3} 0 1
P 4 -1 111 0 0 0 {e4} 0 2
P 5 -1 -14 0 0 {p1} {p1} 0 1
"""
ENERGIES = {"p1": 1000, "p2": 400, "e2": 1019.98257, "p3": 300, "e3": 318.0624, "e4": 134.9768}
PLACE = {"x": 10, "y": -20, "z": 30, "ct": 150}  # cm


def event(number=0, energy="MEV", length="CM", attribute="", **changes):
    """An event in given units; changes are in them."""
    energies = {name: value / (1000 if energy == "GEV" else 1) for name, value in ENERGIES.items()}
    place = {name: value * (10 if length == "MM" else 1) for name, value in PLACE.items()}
    values = energies | place | changes
    return EVENT.format(number=number, energy=energy, length=length, attribute=attribute, **values)


@pytest.fixture
def read(tmp_path):
    def put(*events, tail=TAIL, name="events.hepmc3", **options):
        (tmp_path / name).write_text(HEAD + "".join(events) + tail, encoding="ascii")
        return read_primaries(tmp_path / name, load_detector("mini"), **options)

    return put


@pytest.mark.parametrize("length", ["MM", "CM"])
@pytest.mark.parametrize("energy", ["MEV", "GEV"])
def test_final_state_particles_are_read_in_our_units(read, energy, length, caplog):
    primaries = read(event(energy=energy, length=length), event(7, energy=energy, length=length))
    assert primaries.start.tolist() == [0, 2, 4]
    assert primaries.particles.names == ["mu-", "proton"] * 2
    assert primaries.particles.energy_mev[:2].tolist() == pytest.approx([212.4040, 81.7105], abs=1e-3)
    assert primaries.particles.position_cm[0].tolist() == pytest.approx([10, -20, 30])
    assert primaries.particles.time_ns.tolist() == pytest.approx([150 / C_CM_PER_NS] * 4)
    assert primaries.particles.direction.tolist()[:2] == [[0, 0, 1], [0, 1, 0]]
    assert "left out 2 neutrinos" in caplog.text


@pytest.mark.parametrize("written", ["HepMC2", "HepMC3"])
@pytest.mark.parametrize("length", ["MM", "CM"])
@pytest.mark.parametrize("energy", ["MEV", "GEV"])
def test_files_of_both_versions_by_their_own_writer(tmp_path, written, energy, length):
    import pyhepmc

    mev, cm = 0.001 if energy == "GEV" else 1.0, 10.0 if length == "MM" else 1.0
    record = pyhepmc.GenEvent(getattr(pyhepmc.Units, energy), getattr(pyhepmc.Units, length))
    vertex = pyhepmc.GenVertex((10 * cm, -20 * cm, 30 * cm, 150 * cm))
    vertex.add_particle_in(pyhepmc.GenParticle((0, 0, 1000 * mev, 1000 * mev), 14, 4))
    vertex.add_particle_out(pyhepmc.GenParticle((0, 0, 300 * mev, 318.0624 * mev), 13, 1))
    record.add_vertex(vertex)
    with pyhepmc.open(str(tmp_path / "events.hepmc"), "w", format=written) as file:
        file.write(record)
        file.write(record)
    primaries = read_primaries(tmp_path / "events.hepmc", load_detector("mini"))
    assert (primaries.start.tolist(), primaries.particles.names) == ([0, 1, 2], ["mu-", "mu-"])
    assert primaries.particles.energy_mev.tolist() == pytest.approx([212.4040] * 2, abs=1e-3)
    assert primaries.particles.position_cm[1].tolist() == pytest.approx([10, -20, 30])
    assert primaries.particles.time_ns.tolist() == pytest.approx([150 / C_CM_PER_NS] * 2)


@pytest.mark.parametrize("name", ["events.hepmc", "events.txt"])
def test_hepmc_files_are_recognised(read, tmp_path, name):
    assert len(read(event(), name=name)) == 1
    assert recognise(tmp_path / name) == "hepmc"


@pytest.mark.parametrize("name", ["lab_pos", "LabPos"])
def test_the_place_of_neutrino_generators_is_used(read, name):
    origin = dict.fromkeys(PLACE, 0)
    timed = read(event(length="MM", attribute=f"A 0 {name} 100 200 300 0.000001\n", **origin)).particles
    assert timed.position_cm.tolist() == [[10, 20, 30]] * 2
    assert timed.time_ns.tolist() == pytest.approx([1000] * 2)
    placed = read(event(attribute=f"A 0 {name} 1 2 3\n")).particles
    assert placed.position_cm[0].tolist() == [10, -20, 30]  # vertices that have places of their own keep them
    with pytest.raises(FileError, match=rf"event 0: {name} has 2 numbers; expected x, y, z"):
        read(event(attribute=f"A 0 {name} 1 2\n", **origin))


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (event(p3=0), "particle 3 has energy 318.062 MeV; expected 105.658 from its momentum as mu-"),
        (event(p3=0, e3=105.658376), "event 1, particle 3: ux, uy, uz have length 0"),
        (event(e3="nan"), "particle 3 has energy nan MeV; expected 318.062"),
        (event(p3="inf"), "particle 3 has energy 318.062 MeV; expected inf"),
        (event(e3=318.0624e3), "particle 3 has energy 318062 MeV; expected 318.062 from its momentum as mu-"),
        (event(z=300), r"event 1, particle 3: vertex \(10, -20, 300\) cm is outside mini"),
        (event().replace("-1 2212 ", "-1 2112 "), "event 1, particle 2: particle is 2112; expected one of"),
        (event().replace("P 3 ", "Q 3 "), "event 1: cannot be read; expected a whole HepMC record"),
        (event()[:200], "event 1: cannot be read; expected a whole HepMC record, is the file cut short"),
        (event().replace("0 1\n", "0 2\n"), "event 1: no particle to move"),
    ],
)
def test_bad_events_are_named(read, bad, sentence):
    with pytest.raises(FileError, match=rf"events\.hepmc3, .*{sentence}") as refusal:
        read(event(), bad)
    assert "\n" not in str(refusal.value)


def test_nuclei_and_neutrons_are_left_out_by_name(read, caplog):
    lines = "P 6 -1 2009900000 0 0 0 0 1\nP 7 -1 1000070140 0 0 10 13050 1\nP 8 -1 2112 0 0 100 944.9 1\n"
    whole = event().replace(" 1 5\n", " 1 8\n") + lines.replace(" -1 ", " -1 ").replace(" 1\n", " 0 1\n")
    with pytest.raises(FileError, match="event 0, particle 6: particle is 2009900000"):
        read(whole)
    assert read(whole, leave_out=["nuclei", "neutron"]).particles.names == ["mu-", "proton"]
    for code in (2009900000, 1000070140, 2112):
        assert f"left out 1 particles {code} as asked" in caplog.text


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "events.hepmc"
    for content, sentence in ((b"garbage", "line 1: found 'garbage'"), (b"\xff\xfe", "cannot be read")):
        path.write_bytes(content)
        with pytest.raises(FileError, match=sentence):
            read_primaries(path, load_detector("mini"))
    with pytest.raises(FileError, match="cannot be read"):
        read_primaries(tmp_path / "none.hepmc", load_detector("mini"))


def test_a_missing_reader_is_named(read, monkeypatch):
    monkeypatch.setattr(hepmc, "find_spec", lambda name: None)
    with pytest.raises(FileError, match=r"pip install 'ringcast\[hepmc\]'"):
        read(event())
