"""Plain state dicts, and what a decoder makes of example tracks."""

import pytest
import torch
from safetensors.torch import save_file

from ringcast.errors import FileError
from ringcast.generator import load
from ringcast.generator.decoder_pictures import decoder_charge_pe, decoder_seed, example_tracks
from ringcast.generator.plain_weights import read_plain


def test_tensors_by_name(tmp_path):
    state = {"a.weight": torch.ones(2, 3), "b.weight": torch.zeros(1)}
    save_file(state, tmp_path / "file.safetensors")
    found = read_plain(tmp_path / "file.safetensors")
    assert found.keys() == state.keys()
    assert all(torch.equal(found[name], state[name]) for name in state)
    assert list(read_plain(tmp_path / "file.safetensors", prefix="a.")) == ["a.weight"]


def test_refusals(tmp_path):
    with pytest.raises(FileError, match="no file"):
        read_plain(tmp_path / "nothing.safetensors")
    (tmp_path / "text.safetensors").write_text("hello, this is no such file")
    with pytest.raises(FileError, match="is no safetensors file or is damaged"):
        read_plain(tmp_path / "text.safetensors")
    save_file({"a.weight": torch.ones(2)}, tmp_path / "file.safetensors")
    with pytest.raises(FileError, match=r"no tensor whose name starts with 'b\.'; its names: 'a\.weight'"):
        read_plain(tmp_path / "file.safetensors", prefix="b.")


def test_the_decoder_paints_what_the_network_predicts_before_it_is_turned():
    """At azimuth 0 the turn is none, and without mirror images a prediction is one picture."""
    network = load("iwcd-grid")
    track = example_tracks(network)
    ahead = track[[0]]
    assert ahead.direction[0].tolist() == [1, 0, 0]
    network.config = network.config.model_copy(update={"mirrors": ()})
    with torch.no_grad():
        predicted = network(ahead).mean_charge_pe.reshape(88, 168)
    painted = decoder_charge_pe(network, ahead)[0]
    assert (predicted - painted).abs().max() < 1e-4 * painted.max()
    assert decoder_seed(network, track).shape == (8, 16, 11, 21)
    assert (decoder_charge_pe(network, track).sum((1, 2)) > 50).all()
