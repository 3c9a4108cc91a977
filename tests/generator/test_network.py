"""The network: its size, its pixels, its units, and what it refuses."""

import pytest
import torch

from ringcast.errors import ArgumentError, ConfigError, LayerError
from ringcast.events import Track
from ringcast.generator import PRESETS, RingNetwork, TrainedDomain, generator_config
from ringcast.generator.scaling import NetworkUnits
from ringcast.geometry import load_detector, surface_image
from ringcast.likelihood import Prediction

MU = Track("mu-", energy_mev=500, position_cm=(0, 0, 0), direction=(1, 0, 0))


def trainable(network):
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def test_slide_has_the_published_number_of_weights():
    tank = load_detector("iwcd-grid")
    assert trainable(RingNetwork(generator_config("slide", tank), tank)) == 19_521_041


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_end_at_the_picture(preset):
    tank = load_detector("iwcd-grid")
    chain = generator_config(preset, tank).decoder
    assert tuple(chain.shapes[-1]) == (3, 88, 168)
    assert [tuple(shape)[1:] for shape in chain.shapes[1::2]] == [
        (24, 44),
        (22, 42),
        (46, 86),
        (44, 84),
        (90, 170),
        (88, 168),
    ]


def test_predicts(network, tracks, mini):
    prediction = network(tracks)
    assert isinstance(prediction, Prediction)
    assert prediction.hit_probability.shape == (6, 800)
    assert prediction.n_pmt == len(mini)
    hits = prediction.sample(generator=torch.Generator().manual_seed(1))
    assert torch.isfinite(prediction.log_prob(hits)).all()


def test_pixels_are_the_detectors_rows_and_columns(network, tracks, mini):
    prediction = network(tracks)
    values = torch.zeros(6, len(mini))
    values[:, prediction.pmt] = prediction.unhit_logit
    picture = network.picture(tracks)
    assert torch.equal(surface_image(values, mini, "barrel"), picture[:, 2])


def test_pixel_order_follows_the_detector_not_the_numbers(network, tracks, mini):
    """A tank whose barrel is numbered backwards gets the same picture under other numbers."""
    from dataclasses import replace

    order = torch.arange(len(mini)).flip(0)
    columns = ("position_cm", "normal", "pmt_radius_cm", "surface", "row", "column")
    backwards = replace(mini, **{name: getattr(mini, name)[order] for name in columns})
    config = network.config.model_copy(update={"fingerprint": backwards.fingerprint})
    other = RingNetwork(config, backwards).eval()
    other.load_state_dict(network.state_dict())
    here, there = network(tracks), other(tracks)
    assert torch.equal(here.unhit_logit, there.unhit_logit)
    assert torch.equal(order[there.pmt], here.pmt)


def test_is_differentiable_in_the_track(network):
    energy = torch.tensor([400.0], requires_grad=True)
    position = torch.zeros(1, 3, requires_grad=True)
    track = Track("e-", energy, position, (1.0, 0.0, 0.0))
    network(track).mean_charge_pe.sum().backward()
    assert energy.grad is not None
    assert position.grad is not None
    assert bool((position.grad != 0).any())


def test_antiparticles_look_like_their_particles(network):
    def of(name):
        return network(Track(name, 500, (0, 0, 0), (1, 0, 0))).unhit_logit

    assert torch.equal(of("e-"), of("e+"))
    assert not torch.equal(of("e-"), of("mu-"))


@pytest.mark.parametrize("energy", ["total", "kinetic"])
def test_units_there_and_back(tracks, energy):
    units = NetworkUnits(
        particles=("gamma", "e-", "mu-"), energy=energy, position_scale_cm=170.0, energy_scale_mev=500.0
    )
    back = units.track(units.features(tracks))
    assert torch.equal(back.pdg, tracks.pdg)
    for name in ("energy_mev", "position_cm", "direction"):
        assert torch.allclose(getattr(back, name), getattr(tracks, name), rtol=1e-5)


def test_features_are_the_slides_raw_numbers(tracks):
    tank = load_detector("iwcd-grid")
    features = NetworkUnits.of(generator_config("slide", tank), tank).features(tracks)
    assert torch.equal(features.position, tracks.position_cm)
    assert torch.equal(features.energy.squeeze(-1), tracks.total_energy_mev)
    assert features.particle[:3].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_refuses_particles_it_does_not_know(network):
    with pytest.raises(ArgumentError, match=r"knows gamma, e-, mu- and antiparticles; the track is pi\+"):
        network(Track("pi+", 500, (0, 0, 0), (1, 0, 0)))


def test_refuses_particles_it_was_not_trained_on(network, mini):
    domain = TrainedDomain(energy_mev=(100, 1000), position_cm=((-1, 1), (-1, 1), (-1, 1)), events={"e-": 5, "mu-": 4})
    trained = RingNetwork(network.config.model_copy(update={"domain": domain}), mini).eval()
    assert trained(MU).hit_probability.shape == (1, 800)
    with pytest.raises(ArgumentError, match=r"knows e-, mu- and antiparticles; the track is gamma"):
        trained(Track("gamma", 500, (0, 0, 0), (1, 0, 0)))


def test_refuses_a_decoder_of_another_size(mini):
    with pytest.raises(ConfigError, match=r"chain ends at 3 x 88 x 168; .* on the barrel of mini needs 3 x 20 x 40"):
        generator_config("slide-narrow", mini)


def test_refuses_another_detector(network):
    with pytest.raises(ConfigError, match=r"the network is for detector mini .* found iwcd-grid"):
        RingNetwork(network.config, load_detector("iwcd-grid"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 3}, "network: colour: unknown key"),
        ({"branch_width": 0}, "network: branch_width: .*greater than 0"),
        ({"particles": ("e-", "e+")}, "network: particles: .*different particles"),
        ({"particles": ("e-", "nu")}, "network: particles: .*'nu'"),
        ({"chain": "11x21 bend(3)"}, "network: chain: .*bend"),
    ],
)
def test_refuses_impossible_choices(changes, message):
    with pytest.raises((ConfigError, LayerError), match=message):
        generator_config("slide", load_detector("iwcd-grid"), **changes)


def test_refuses_unknown_presets(mini):
    with pytest.raises(ConfigError, match="preset is 'huge'; expected one of slide, slide-narrow"):
        generator_config("huge", mini)
