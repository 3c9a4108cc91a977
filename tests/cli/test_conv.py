"""The conv commands in-process: what they print, and exit code 2 with one line for whatever the user can mend."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

from ringcast.arithmetic import derive, parse, sizes
from ringcast.arithmetic.derivation import derivation_latex, derivation_markdown, derivation_text
from ringcast.cli.main import main

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
NET = """
from torch import nn

class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.ConvTranspose2d(64, 64, 4, 2), nn.ReLU(), nn.Conv2d(64, 3, 3))

instance = Net()
number = 7

def needs(width):
    return nn.Conv2d(width, 1, 1)

def leaves():
    raise SystemExit(3)
"""


@pytest.fixture
def run(capsys):
    def run_program(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["conv", *arguments])
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_program


@pytest.fixture
def a_module(tmp_path, monkeypatch):
    (tmp_path / "ringcast_test_net.py").write_text(NET)
    (tmp_path / "broken_net.py").write_text("def f(:")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield "ringcast_test_net"
    sys.modules.pop("ringcast_test_net", None)


def test_sizes_as_json(run):
    code, out, err = run("sizes", SLIDES, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["total"] == {"params": 161_859, "macs": 186_869_760}
    assert document["layers"][0] == {
        "name": "convT(64,64,4,2)",
        "in": [64, 11, 21],
        "out": [64, 24, 44],
        "params": 65_600,
        "macs": 15_138_816,
        "unread": [0, 0],
    }
    assert [layer["name"] for layer in document["layers"]] == [str(layer) for layer in parse(SLIDES).layers]


def test_sizes_as_table(run):
    code, out, err = run("sizes", SLIDES)
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[1] == "1 convT(64,64,4,2) 64 x 11 x 21 64 x 24 x 44 65,600 15,138,816"
    assert lines[-1] == "total 161,859 186,869,760"


def test_sizes_tell_unread_rows(run):
    _, out, _ = run("sizes", "5x6 conv(1,1,2,2)")
    assert "layer 1, conv(1,1,2,2): 1 of 5 rows never read" in out.splitlines()


def test_sizes_tell_which_layer_leaves_rows_unread(run):
    _, out, _ = run("sizes", "1x20x21 maxpool(3) relu conv(1,1,2,2) nearest(0.5)")
    assert out.splitlines()[-3:] == [
        "layer 1, maxpool(3): 2 of 20 rows never read",
        "layer 3, conv(1,1,2,2): 1 of 7 columns never read",
        "layer 4, nearest(0.5): 2 of 3 rows and 2 of 3 columns never read",
    ]


def test_sizes_of_a_long_chain(run):
    code, out, err = run("sizes", "1x64x64 " + "conv(1,1,3,1,1) relu " * 200)
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 402)
    assert " ".join(lines[400].split()) == "400 relu 1 x 64 x 64 1 x 64 x 64 0 0"


def in_a_terminal(monkeypatch, width):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")


def test_sizes_in_a_narrow_terminal(run, monkeypatch):
    """The column of inputs goes first, and a row for the seed comes instead; then names fold, but no number."""
    in_a_terminal(monkeypatch, 70)
    _, out, _ = run("sizes", SLIDES)
    lines = [" ".join(re.sub(r"\x1b\[[0-9;]*m", "", line).split()) for line in out.splitlines()]
    assert lines[:3] == [
        "layer out params MACs",
        "seed 64 x 11 x 21",
        "1 convT(64,64,4,2) 64 x 24 x 44 65,600 15,138,816",
    ]
    in_a_terminal(monkeypatch, 52)
    _, out, _ = run("sizes", SLIDES)
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in out.splitlines()) <= 52
    assert "186,869,760" in out
    assert "convT(64,64,4,2)" not in out


def test_derive_prints_the_derivation(run):
    code, out, _ = run("derive", SLIDES)
    assert (code, out) == (0, f"{derive(parse(SLIDES))}\n")
    assert out.splitlines()[-1] == "88 x 168 = 64 x 11 x 21 = 14784"


def test_derive_as_json(run):
    _, out, _ = run("derive", SLIDES, "--json")
    document = json.loads(out)
    assert document["layers"][0]["formulas"]["H"] == {
        "text": "(11−1)·2 − 2·0 + 1·(4−1) + 0 + 1",
        "latex": r"(11-1) \cdot 2 - 2 \cdot 0 + 1 \cdot (4-1) + 0 + 1",
        "result": 24,
    }
    assert document["layers"][1]["formulas"] == {}
    assert document["total"] == {
        "output_pixels": 14_784,
        "seed_numbers": 14_784,
        "params": 161_859,
        "macs": 186_869_760,
    }


@pytest.mark.parametrize(
    ("name", "layout"), [("text", derivation_text), ("markdown", derivation_markdown), ("latex", derivation_latex)]
)
def test_derive_in_other_formats(run, name, layout):
    code, out, err = run("derive", SLIDES, "--format", name)
    assert (code, out, err) == (0, f"{layout(derive(parse(SLIDES)))}\n", "")


def test_derive_as_json_tells_remarks_and_channels(run):
    _, out, _ = run("derive", "4x100x50 shuffle(2) relu nearest(0.145)", "--json")
    document = json.loads(out)
    assert document["layers"][0]["formulas"]["C"] == {"text": "4/2²", "latex": r"\frac{4}{2^{2}}", "result": 1}
    assert document["layers"][2]["remarks"][0].startswith("height: in floating point 200·0.145 is 28.99999")
    assert document["general"][-1] == {
        "word": "shuffle",
        "text": "in/upscale_factor²",
        "latex": r"\frac{\mathrm{in}}{\mathrm{upscale\ factor}^{2}}",
        "remark": "channels",
    }


@pytest.mark.parametrize("name", ["Net", "instance"])
def test_a_module_of_torch(run, a_module, name):
    code, out, _ = run("sizes", f"{a_module}:{name}", "--input", "1,64,11,21", "--json")
    assert code == 0
    assert json.loads(out)["total"]["macs"] == sizes(parse("11x21 convT(64,64,4,2) conv(64,3,3)")).macs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sizes", "{}:Net"], "needs its input size; add for example --input 1,64,11,21"),
        (["sizes", "{}:Net", "--input", "11x21"], "--input is '11x21'; expected batch,channels,height,width"),
        (
            ["sizes", "{}:Net", "--input", "1,32,11,21"],
            "'0', convT(64,64,4,2): takes 64 channels, but 32 arrive",
        ),
        (["sizes", "{}:Other", "--input", "1,64,11,21"], "has no 'Other'; expected a torch.nn.Module"),
        (["sizes", "{}:number", "--input", "1,64,11,21"], "is of type int; expected a torch.nn.Module"),
        (["sizes", "{}:needs", "--input", "1,64,11,21"], "must work without arguments"),
        (["sizes", "no_such_place:Net", "--input", "1,64,11,21"], "cannot import no_such_place"),
        (["sizes", "{}:leaves", "--input", "1,64,11,21"], "() fails: SystemExit: 3; it must work without arguments"),
        (["sizes", "broken_net:Net", "--input", "1,64,11,21"], "cannot import broken_net: SyntaxError: "),
        (
            ["sizes", "broken/net.py:Net", "--input", "1,64,11,21"],
            "package.module:Net, which 'broken/net.py:Net' is not",
        ),
    ],
)
def test_refused_modules(run, a_module, arguments, message):
    code, out, err = run(*(argument.format(a_module) for argument in arguments))
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sizes", "2x2 conv(1,1,3)", "--json"], "layer 1, conv(1,1,3): the kernel reaches over 3 pixels"),
        (["derive", "11x21 convT(64,64,4,2) conv(32,3,3)"], "layer 2, conv(32,3,3): takes 32 channels, but 64 arrive"),
        (["sizes", "11x21 convv(1,1,3)"], "layer 1 at character 7, 'convv(1,1,3)' is no known layer"),
        (["sizes", SLIDES, "--input", "1,64,11,21"], "--input 1,64,11,21 goes with package.module:Net"),
        (["sizes"], "CHAIN requires an argument"),
        (["sizes", SLIDES, "--fast"], "Unknown option: --fast"),
        (["sizes", "5x5", "conv(1,1,3)"], "conv(1,1,3)"),
        (["derive", SLIDES, "--format", "html"], 'Invalid value "html" for --format'),
        (["sises", SLIDES], 'Unknown command "sises"'),
    ],
)
def test_refusals_are_one_line_and_exit_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize("arguments", [["--help"], ["conv", "--help"], ["conv", "sizes", SLIDES, "--json"]])
def test_help_and_chains_need_no_torch(arguments):
    code = (
        "import atexit, sys; atexit.register(lambda: print('torch' in sys.modules, file=sys.stderr));"
        f"from ringcast.cli.main import main; main({arguments!r})"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"
    assert time.perf_counter() - start < 5  # 0.2 s on an idle machine; torch alone takes longer than this on a busy one


def test_a_terminal_without_the_floor_sign():
    code = "from ringcast.cli.main import main; main(['conv', 'derive', '5x5 conv(1,1,3)'])"
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
    assert b"?(5 + 2\xb70 ? 1" in done.stdout


def test_help_shows_examples(run):
    code, out, _ = run("sizes", "--help")
    assert code == 0
    assert 'ringcast conv sizes "11x21 convT(64,64,4,2) relu conv(64,64,3)"' in out


def test_a_reader_that_stops_is_no_error():
    chain = f"64x99x99 {'conv(64,64,3,1,1) ' * 60}"
    code = f"from ringcast.cli.main import main; main(['conv', 'overlap', {chain!r}, '--json'])"
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert program.stdout.read(1) == b"{"
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait() == 141
