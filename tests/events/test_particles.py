import pytest

from ringcast.errors import ArgumentError
from ringcast.events import PARTICLES, particle_type

# Particle Data Group, Review of Particle Physics 2024, summary tables; MeV
MASSES = {
    "gamma": 0.0,
    "e-": 0.510998950,
    "e+": 0.510998950,
    "mu-": 105.6583755,
    "mu+": 105.6583755,
    "pi+": 139.57039,
    "pi-": 139.57039,
    "pi0": 134.9768,
    "K+": 493.677,
    "K-": 493.677,
    "proton": 938.27208943,
}
LABELS = dict.fromkeys(MASSES, -1) | {"gamma": 0, "e-": 1, "e+": 1, "mu-": 2, "mu+": 2}
CHARGES = {name: {"+": 1, "-": -1}.get(name[-1], 0) for name in MASSES} | {"proton": 1}


@pytest.mark.parametrize("name", PARTICLES)
def test_table(name):
    kind = particle_type(name)
    assert kind.mass_mev == pytest.approx(MASSES[name], rel=1e-6)
    assert (kind.label, kind.charge) == (LABELS[name], CHARGES[name])
    assert particle_type(kind.pdg) == kind


@pytest.mark.parametrize("which", ["neutron", 2112, 0, "E-"])
def test_unknown_particles(which):
    with pytest.raises(ArgumentError, match=r"particle is .*expected one of gamma, e-"):
        particle_type(which)
