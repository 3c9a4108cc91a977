"""``ringcast conv check``: what it reads, what it prints, and what it refuses."""

import json
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ringcast.arithmetic import parse
from ringcast.blocks import sequential
from ringcast.blocks.check import checkerboard_index
from ringcast.blocks.icnr import icnr_

CHAIN = "8x11x21 convT(8,8,4,2) relu conv(8,8,3) relu convT(8,3,3,2)"
EVEN = "8x11x21 convT(8,8,4,2) relu conv(8,3,3)"
NET = """
import torch
from torch import nn

torch.manual_seed(1)
instance = nn.Sequential(nn.ConvTranspose2d(8, 8, 4, 2), nn.ReLU(), nn.Conv2d(8, 3, 3))
"""


def net_of(text, seed=1):
    return sequential(parse(text), generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_file({f"decoder.{name}": tensor for name, tensor in net_of(CHAIN).state_dict().items()}, path)
    return path


def document(run, *arguments):
    code, out, err = run("conv", "check", *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_plain_weights_with_their_chain(run, weights):
    found = document(run, weights, "--chain", CHAIN)
    assert found["index"] == checkerboard_index(net_of(CHAIN), parse(CHAIN))
    assert [layer["even"] for layer in found["layers"]] == [True, False]
    assert [layer["first"] for layer in found["layers"]] == [1, 5]
    assert found["tile"] == {"period": [4, 4], "seed": [4, 4]}
    assert found["starts"]["icnr"] is None  # 2 does not divide 3
    assert found["pictures"] == {"own": None, "given": None}
    assert sum(map(sum, found["spectrum"])) == pytest.approx(1)
    assert "the structure is uneven at convT(8,3,3,2)" in found["verdict"]


def test_a_prefix_chooses_among_tensors(run, weights):
    assert document(run, weights, "--chain", CHAIN, "--prefix", "decoder.") == document(run, weights, "--chain", CHAIN)


def test_before_and_after_icnr(run, tmp_path):
    net = icnr_(net_of(EVEN), generator=torch.Generator().manual_seed(2))
    save_file(net.state_dict(), tmp_path / "icnr.safetensors")
    found = document(run, tmp_path / "icnr.safetensors", "--chain", EVEN)
    assert found["index"] < 1e-9
    assert found["starts"]["icnr"]["index"] < 1e-9
    assert found["starts"]["default"]["index_without_biases"] > 0.3
    assert found["verdict"] == "the weights answer a constant with a constant: no checkerboard"


def test_the_shipped_network(run, tmp_path):
    """Its decoder is even, and training has nearly taken the checkerboard out of it."""
    found = document(run, "iwcd-grid", "-o", tmp_path / "picture.png")
    assert [layer["name"] for layer in found["layers"]] == ["convT(16,16,4,2)"] * 3
    assert found["tile"]["period"] == [8, 8]
    default = found["starts"]["default"]
    assert found["index"] < default["index"] - 2 * default["error"]
    assert found["index_without_biases"] < default["index_without_biases"] - 4 * default["error_without_biases"]
    own = found["pictures"]["own"]
    assert own["pictures"] == 8
    assert abs(own["share"]) < 4 * own["error"]
    assert (tmp_path / "picture.png").stat().st_size > 10_000
    assert list(tmp_path.iterdir()) == [tmp_path / "picture.png"]


def test_the_table(run, weights):
    code, out, err = run("conv", "check", weights, "--chain", CHAIN)
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[1].startswith("1 convT(8,8,4,2) yes ")
    assert lines[2].startswith("5 convT(8,3,3,2) no ")
    assert any(line.startswith("ICNR does not apply: '4': kernel 3 is no multiple of stride 2") for line in lines)
    assert lines[-1].startswith("A checkerboard has ")


def test_noise_gain_stands_in_the_table_of_an_interpolation(run, tmp_path):
    chain = "8x11x21 bilinear(3) conv(8,3,3)"
    save_file(net_of(chain).state_dict(), tmp_path / "weights.safetensors")
    _, out, _ = run("conv", "check", tmp_path / "weights.safetensors", "--chain", chain)
    assert "0.555556 1 0.555556" in out
    assert "ICNR" not in out


def test_a_module_and_its_pictures(run, tmp_path, monkeypatch):
    (tmp_path / "ringcast_test_check_net.py").write_text(NET)
    pictures = np.random.default_rng(1).normal(size=(4, 2, 60, 80)) + 0.5 * np.cos(np.pi * np.arange(80))
    np.save(tmp_path / "pictures.npy", pictures)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    found = document(
        run, "ringcast_test_check_net:instance", "--input", "1,8,11,21", "--outputs", tmp_path / "pictures.npy"
    )
    sys.modules.pop("ringcast_test_check_net")
    given = found["pictures"]["given"]
    assert given["pictures"] == 8
    assert given["share"] == pytest.approx(0.25 / 1.25, abs=4 * (given["error"] + 2 * (0.25 / 8 / 948) ** 0.5))
    assert "the pictures given show it" in found["verdict"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "no network 'nothing': expected a file, or the name of shipped weights (iwcd-grid)"),
        (["{}"], "holds weights that are not Ringcast's"),
        (["{}"], "for other weights add --chain with their layers"),
        (["nothing", "--chain", EVEN], "no file 'nothing'; expected weights that were saved as .safetensors"),
        (
            ["{}", "--chain", "11x21 convT(8,8,5,2)"],
            "tensor 'decoder.0.weight' is 8 x 8 x 4 x 4, but layer 1, convT(8,8",
        ),
        (["{}", "--chain", CHAIN, "--prefix", "encoder."], "no tensor whose name starts with 'encoder.'"),
        (
            ["{}", "--chain", "11x21 convT(8,8,4,2) relu conv(8,8,3)"],
            "layers with weights: 2 in the chain, but the tensors are of 3",
        ),
        (["iwcd-grid", "--prefix", "x"], "--prefix x chooses among plain weights"),
        (["iwcd-grid", "--input", "1,2,3,4"], "--input 1,2,3,4 goes with package.module:Net"),
        (["{}", "--chain", CHAIN, "--outputs", "nothing.npy"], "no file 'nothing.npy'"),
        (["{}", "--chain", CHAIN, "--outputs", "{}"], "is no array file of numbers"),
        (["{}", "--chain", CHAIN, "-o", "picture.gif"], "expected a name that ends in .png"),
        ([], "requires an argument"),
    ],
)
def test_refusals(run, weights, arguments, message):
    code, out, err = run("conv", "check", *(str(argument).format(weights) for argument in arguments))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 20, 80)), "pictures are 20 pixels high, 5 periods of 4"),
        (np.full((3, 80, 80), np.inf), "not finite"),
        (np.array(["a", "b"]), "holds <U1; expected one array of numbers"),
    ],
)
def test_refused_pictures(run, weights, tmp_path, array, message):
    np.save(tmp_path / "pictures.npy", array)
    code, _, err = run("conv", "check", weights, "--chain", CHAIN, "--outputs", tmp_path / "pictures.npy")
    assert code == 2
    assert message in err
