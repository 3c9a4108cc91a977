"""Checkpoints: what is saved comes back, and everything else is refused in one sentence."""

import json

import pytest
import torch
from safetensors.torch import save_file

from ringcast.errors import ConfigError, FileError
from ringcast.generator import load, read_training, save, shipped
from ringcast.geometry import load_detector


@pytest.fixture
def saved(network, tmp_path):
    path = tmp_path / "deep" / "model.safetensors"
    save(network, path, training={"steps": 12})
    return path


def plain(network):
    return {key: value.contiguous() for key, value in network.state_dict().items()}


def test_comes_back_the_same(network, saved, tracks):
    again = load(saved)
    assert again.config == network.config
    assert not again.training
    assert torch.equal(again(tracks).unhit_logit, network(tracks).unhit_logit)
    assert not any(weight.requires_grad for weight in again.parameters())


def test_keeps_the_training_summary(saved):
    assert read_training(saved) == {"steps": 12}


def test_leaves_one_file(saved):
    assert [item.name for item in saved.parent.iterdir()] == ["model.safetensors"]


def test_replaces_an_older_file(network, saved):
    save(network, saved, training={"steps": 13})
    assert read_training(saved) == {"steps": 13}


def test_shipped_weights_load():
    for name in shipped():
        assert load(name).config.fingerprint


def test_refuses_unknown_names():
    with pytest.raises(FileError, match=r"no network 'nowhere'.*shipped weights"):
        load("nowhere")


def test_refuses_damage(saved, tmp_path):
    whole = saved.read_bytes()
    for name, content in {"cut": whole[:-100], "text": b"hello", "empty": b""}.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(content)
        with pytest.raises(FileError, match="no safetensors file or is damaged"):
            load(path)


def test_refuses_strangers_and_newer_formats(tmp_path):
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(FileError, match=r"not Ringcast's; CRinGe's weights are read by load_public"):
        load(path)
    save_file({"a": torch.zeros(2)}, path, metadata={"ringcast": json.dumps({"format": 99})})
    with pytest.raises(FileError, match="another format than 1"):
        load(path)
    save_file({"a": torch.zeros(2)}, path, metadata={"ringcast": "{"})
    with pytest.raises(FileError, match="damaged metadata"):
        load(path)


def test_refuses_weights_that_do_not_fit(network, tmp_path):
    path = tmp_path / "thin.safetensors"
    about = {"format": 1, "config": network.config.model_dump(mode="json")}
    weights = plain(network)
    weights["decoder.0.weight"] = torch.zeros(1)
    weights["extra"] = weights.pop("decoder.0.bias")
    save_file(weights, path, metadata={"ringcast": json.dumps(about)})
    found = r"missing: decoder.0.bias; unexpected: extra; of another shape: decoder.0.weight \(1,\) instead of \(4, 4"
    with pytest.raises(FileError, match=found):
        load(path)


def test_refuses_another_detector(saved):
    with pytest.raises(ConfigError, match="the network is for detector mini"):
        load(saved, detector=load_detector("iwcd-grid"))


def test_refuses_a_damaged_configuration(network, tmp_path):
    path = tmp_path / "bad.safetensors"
    config = network.config.model_dump(mode="json") | {"head": "hydra"}
    save_file(plain(network), path, metadata={"ringcast": json.dumps({"format": 1, "config": config})})
    with pytest.raises(ConfigError, match=r"bad.safetensors: head: .*'hydra'"):
        load(path)


def test_asks_for_a_detector_that_is_no_preset(network, tmp_path, mini):
    config = network.config.model_copy(update={"detector": "my tank"})
    network.config = config
    path = tmp_path / "own.safetensors"
    save(network, path)
    with pytest.raises(FileError, match="for detector 'my tank', which is no preset; give its detector"):
        load(path)
    assert load(path, detector=mini).config == config
