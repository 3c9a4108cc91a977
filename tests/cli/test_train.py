"""``ringcast train`` from the outside: output, exit codes, Ctrl-C and resuming."""

import json
import os
import signal

import pytest
import torch

from ringcast.cli.main import main
from ringcast.events import Hits, Track
from ringcast.geometry import load_detector
from ringcast.storage import write_events

RECIPE = """
output = "{folder}/run"
interval_steps = 4
device = "cpu"
[data]
files = ["{folder}/events.h5"]
[network]
preset = "slide-narrow"
chain = "4x5x10 convT(4,4,4,2,1) relu convT(4,3,4,2,1)"
branch_width = 8
trunk_widths = [16]
[optimiser]
batch_size = 8
[budget]
max_steps = 8
"""


@pytest.fixture
def recipe(tmp_path):
    tank, generator = load_detector("mini"), torch.Generator().manual_seed(1)
    direction = torch.nn.functional.normalize(torch.randn(40, 3, generator=generator), dim=-1)
    pmt = torch.stack([torch.randperm(len(tank), generator=generator)[:50] for _ in range(40)]).flatten()
    charge = 0.3 + torch.rand(len(pmt), generator=generator)
    hits = Hits(pmt, charge, torch.zeros(len(pmt)), torch.arange(41) * 50, len(tank))
    write_events(tmp_path / "events.h5", Track(["e-", "mu-"] * 20, 400, (0, 0, 0), direction), hits, tank, metadata={})
    path = tmp_path / "trial.toml"
    path.write_text(RECIPE.format(folder=tmp_path))
    return path


def run(*arguments):
    """Exit code of the program."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        return end.code or 0
    return 0


def test_trains_and_says_where_the_weights_are(recipe, capsys):
    assert run("train", recipe) == 0
    out, err = capsys.readouterr()
    weights = recipe.parent / "run" / "model.safetensors"
    assert out.splitlines()[0] == f"wrote {weights}"
    assert weights.is_file()
    assert [line.split(",")[0] for line in err.splitlines()] == ["step 4", "step 8"]


def test_json_is_one_document(recipe, capsys):
    assert run("train", recipe, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "finished"
    assert [row["step"] for row in document["rows"]] == [4, 8]
    assert document["best"] in document["rows"]


def test_ctrl_c_saves_and_says_how_to_go_on(recipe, capsys, monkeypatch):
    from ringcast.training import loop

    step = loop._step

    def interrupted(setup, state, *rest):
        step(setup, state, *rest)
        if state.step == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "_step", interrupted)
        assert run("train", recipe) == 130
    assert f"go on with: ringcast train {recipe} --resume" in capsys.readouterr().err
    assert run("train", recipe, "--resume", "--json") == 0
    assert [row["step"] for row in json.loads(capsys.readouterr().out)["rows"]] == [4, 8]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("max_steps = 8", "max_stepz = 8", "trial.toml: budget.max_stepz"),
        ("events.h5", "absent.h5", "absent.h5"),
        ("convT(4,3,4,2,1)", "convT(4,3,4,2)", "chain ends at 3 x 22 x 42"),
    ],
)
def test_refusals_are_one_line_and_exit_code_2(recipe, capsys, before, after, message):
    recipe.write_text(recipe.read_text().replace(before, after))
    assert run("train", recipe) == 2
    err = capsys.readouterr().err
    assert err.startswith("ringcast: ")
    assert err.count("\n") == 1
    assert message in err
