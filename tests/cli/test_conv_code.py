"""The code command in-process: a program that runs, from words and from a module that calls functions."""

import subprocess
import sys

import pytest

from ringcast.arithmetic import parse
from ringcast.arithmetic.torch_code import torch_code

TEXT = "4x11x21 nails(2) conv(4,8,3,padding=1) relu shuffle(2)"
NET = """
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 4, 4, 2)

    def forward(self, x):
        return F.interpolate(F.relu(self.up(x)), scale_factor=2)[:, :, 1:-1, 1:-1]

class Skip(Net):
    def forward(self, x):
        return self.up(x) + F.interpolate(x, (24, 44))
"""


@pytest.fixture
def a_package(tmp_path, monkeypatch):
    (tmp_path / "ringcast_code_net.py").write_text(NET)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "ringcast_code_net"
    sys.modules.pop("ringcast_code_net", None)


def test_the_printed_program_runs(run, tmp_path):
    code, out, err = run("conv", "code", TEXT)
    assert (code, out, err) == (0, torch_code(parse(TEXT)) + "\n", "")
    (tmp_path / "decoder.py").write_text(out)
    done = subprocess.run([sys.executable, tmp_path / "decoder.py"], capture_output=True, text=True, check=True)
    assert done.stdout == "torch.Size([2, 2, 44, 84])\n"


def test_a_module_made_plain(run, a_package):
    code, out, _ = run("conv", "code", f"{a_package}:Net", "--input", "1,4,11,21")
    assert code == 0
    assert out == torch_code(parse("4x11x21 convT(4,4,4,2) relu nearest(2) crop(1)")) + "\n"


def test_a_branching_module_is_refused_in_one_line(run, a_package):
    code, out, err = run("conv", "code", f"{a_package}:Skip", "--input", "1,4,11,21")
    assert (code, out) == (2, "")
    assert "torch.Tensor.add joins the results of 'up' and torch.nn.functional.interpolate: the module branches" in err
    assert err.count("\n") == 1


def test_unpooling_without_pooling_is_refused(run):
    code, out, err = run("conv", "code", "1x4x4 maxunpool(2)")
    assert (code, out) == (2, "")
    assert "no maxpool before it" in err
