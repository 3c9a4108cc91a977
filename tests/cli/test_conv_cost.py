"""The cost command in-process: its table, its document, and its refusals."""

import json

import pytest

from ringcast.arithmetic import parse
from ringcast.arithmetic.cost_table import cost
from ringcast.cli.main import main

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)


@pytest.fixture
def run(capsys):
    def run_program(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["conv", "cost", *arguments])
        printed = capsys.readouterr()
        return end.value.code, printed.out, printed.err

    return run_program


def test_tables_and_sentences(run):
    code, out, err = run(SLIDES)
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[1] == "1 convT(64,64,4,2) 65,600 15,138,816 30,277,632 67,584 0"
    assert lines[12] == "total 161,859 186,869,760 373,739,520 905,536 861,184"
    assert lines[15] == "1 convT(64,64,4,2) 264.0 KiB 256.2 KiB 578.0 KiB 51.2"
    assert lines[-4:] == [
        "1 image, float32: 373,739,520 FLOP, 14.0 MiB moved",
        "peak 3.7 MiB: input and output of layer 10, relu",
        "training 8.0 MiB: weights, gradients, input and all outputs",
        "counted by output pixels, as some tools do, transposed layers would make it 530,409,472 MACs, "
        "2.84 times as many",
    ]


def test_no_word_on_other_counts_without_transposed_layers(run):
    _, out, _ = run("11x21 conv(64,64,3)")
    assert "counted by output pixels" not in out


def test_json_is_whole_and_unrounded(run):
    code, out, err = run(SLIDES, "--batch", "3", "--dtype", "bfloat16", "--json")
    document = json.loads(out)
    spent = cost(parse(SLIDES), batch=3, bytes_per_number=2)
    assert (code, err) == (0, "")
    assert (document["batch"], document["dtype"], document["bytes_per_number"]) == (3, "bfloat16", 2)
    assert document["layers"][0] == {
        "name": "convT(64,64,4,2)",
        "in": [64, 11, 21],
        "out": [64, 24, 44],
        "params": 65_600,
        "macs": 3 * 15_138_816,
        "flop": 6 * 15_138_816,
        "bias_additions": 3 * 67_584,
        "activations": 0,
        "input_bytes": 3 * 14_784 * 2,
        "output_bytes": 3 * 67_584 * 2,
        "weight_bytes": 131_200,
        "moved_bytes": 88_704 + 405_504 + 131_200,
        "intensity": 90_832_896 / 625_408,
        "macs_by_output": 3 * 69_206_016,
    }
    assert document["total"] == {
        "params": 161_859,
        "macs": 3 * 186_869_760,
        "flop": 3 * 373_739_520,
        "bias_additions": 3 * 905_536,
        "activations": 3 * 861_184,
        "output_bytes": spent.output_bytes,
        "weight_bytes": 2 * 161_859,
        "moved_bytes": spent.moved_bytes,
        "macs_by_output": 3 * 530_409_472,
        "intensity": spent.intensity,
        "peak_bytes": 2 * 3 * 489_600 * 2,
        "peak_layer": 10,
        "training_bytes": spent.training_bytes,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((SLIDES, "--batch", "0"), "batch is 0; expected a whole number of at least 1"),
        ((SLIDES, "--batch", "two"), "--batch: 'two' is no whole number"),
        ((SLIDES, "--dtype", "int8"), 'Invalid value "int8" for --dtype'),
        (("2x2 conv(1,1,3)",), "layer 1, conv(1,1,3): the kernel reaches over 3 pixels"),
    ],
)
def test_refusals_are_one_line_and_exit_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
