"""CRinGe's IWCD weights: keys and shapes as published, read back by their own names."""

import pytest
import torch

from ringcast.errors import FileError
from ringcast.events import Track
from ringcast.generator import RingNetwork, generator_config, load_public, public_state
from ringcast.geometry import load_detector

NORM = ("running_mean", "running_var", "weight", "bias")
"""Order of the arguments of batch_norm."""


def published_keys():
    """Written out by hand from the public network's structure."""
    shapes = {"_mlp_pid.0": (512, 3), "_mlp_pid.2": (512, 512)}
    for branch, size in (("pos", 3), ("dir", 3), ("E", 1)):
        shapes |= {f"_mlp_{branch}.1": (512, size), f"_mlp_{branch}.3": (512, 512)}
    shapes |= {"_mlp.0": (1024, 2048), "_mlp.2": (1024, 1024), "_mlp.4": (14784, 1024)}
    kernels = [(64, 64, 4), (64, 64, 3), (64, 32, 4), (32, 32, 3), (32, 32, 4), (3, 32, 3)]
    shapes |= {f"_upconvs.{2 * k}": (a, b, n, n) for k, (a, b, n) in enumerate(kernels)}
    keys = {f"{name}.weight": shape for name, shape in shapes.items()}
    for name, shape in shapes.items():
        transposed = name in ("_upconvs.0", "_upconvs.4", "_upconvs.8")
        keys[f"{name}.bias"] = (shape[1] if transposed else shape[0],)
    for branch, size in (("pos", 3), ("dir", 3), ("E", 1)):
        keys |= {f"_mlp_{branch}.0.{name}": (size,) for name in NORM}
        keys[f"_mlp_{branch}.0.num_batches_tracked"] = ()
    return keys


@pytest.fixture(scope="module")
def state():
    generator = torch.Generator().manual_seed(2)
    return {
        key: torch.tensor(7) if shape == () else 0.02 * torch.rand(shape, generator=generator)
        for key, shape in published_keys().items()
    }


def test_reads_a_state_dict_and_gives_it_back(state):
    network = load_public(state)
    assert network.config.support == "real"
    back = public_state(network)
    assert {key: tuple(value.shape) for key, value in back.items()} == published_keys()
    assert all(torch.equal(back[key], state[key]) for key in state)
    assert network(Track("e-", 500, (0, 0, 0), (1, 0, 0))).unhit_logit.shape == (1, 14784)


def test_computes_what_the_published_layers_compute(state):
    """The same numbers from the functions of torch, written as the published network is."""
    import torch.nn.functional as f

    track = Track("mu-", 700, (30.0, -60.0, 110.0), (0.6, 0.0, 0.8))

    def branch(name, x, first):
        if first:
            x = f.batch_norm(x, *(state[f"_mlp_{name}.0.{k}"] for k in NORM))
        for index in (first, first + 2):
            x = f.linear(x, state[f"_mlp_{name}.{index}.weight"], state[f"_mlp_{name}.{index}.bias"]).relu()
        return x

    x = torch.cat(
        [
            branch("pid", torch.tensor([[0.0, 0.0, 1.0]]), 0),
            branch("pos", track.position_cm, 1),
            branch("dir", track.direction, 1),
            branch("E", track.total_energy_mev.unsqueeze(-1), 1),
        ],
        dim=1,
    )
    for index in (0, 2, 4):
        x = f.linear(x, state[f"_mlp.{index}.weight"], state[f"_mlp.{index}.bias"]).relu()
    x = x.view(-1, 64, 11, 21)
    for index in range(0, 12, 2):
        weights = state[f"_upconvs.{index}.weight"], state[f"_upconvs.{index}.bias"]
        x = f.conv_transpose2d(x, *weights, stride=2) if index % 4 == 0 else f.conv2d(x, *weights)
        x = x.relu() if index < 10 else x
    prediction = load_public(state)(track)
    for channel, name in enumerate(("log_variance", "log_mean", "unhit_logit")):
        assert torch.allclose(getattr(prediction, name), x[:, channel].flatten(1), rtol=1e-4, atol=1e-4)


def test_reads_a_file_without_running_code(state, tmp_path):
    path = tmp_path / "model.cnn"
    torch.save(state, path)
    assert torch.equal(public_state(load_public(path))["_mlp.0.bias"], state["_mlp.0.bias"])
    torch.save({"weights": print}, path)
    with pytest.raises(FileError, match=r"model.cnn cannot be read as plain weights"):
        load_public(path)


def test_names_what_is_missing_unexpected_or_misshapen(state):
    wrong = dict(state)
    del wrong["_mlp.2.bias"]
    wrong["_mlp_pid.4.weight"] = torch.zeros(1)
    wrong["_upconvs.10.weight"] = torch.zeros(7, 32, 3, 3)
    with pytest.raises(FileError) as refusal:
        load_public(wrong)
    for part in ("missing: _mlp.2.bias", "unexpected: _mlp_pid.4.weight", "_upconvs.10.weight (7, 32, 3, 3)"):
        assert part in str(refusal.value)


def test_refuses_other_networks(state, tmp_path):
    with pytest.raises(FileError, match="three-surface Super-K network"):
        load_public({"_upconvs_barrel.0.weight": torch.zeros(1)})
    with pytest.raises(FileError, match=r"missing: _mlp.0.bias.* and 46 more; unexpected: conv1.weight"):
        load_public({"conv1.weight": torch.zeros(1)})
    with pytest.raises(FileError, match="no file"):
        load_public(tmp_path / "absent.cnn")
    torch.save([1, 2], tmp_path / "list.cnn")
    with pytest.raises(FileError, match="holds list, expected a state dict"):
        load_public(tmp_path / "list.cnn")


def test_slide_preset_can_be_written_for_cringe():
    tank = load_detector("iwcd-grid")
    network = RingNetwork(generator_config("slide", tank), tank)
    assert {key: tuple(value.shape) for key, value in public_state(network).items()} == published_keys()
