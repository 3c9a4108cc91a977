"""``ringcast conv overlap`` in-process: tables, JSON and pictures, and exit code 2 for what the user can mend."""

import json

import pytest

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)


def lines_of(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_table_and_verdict(run):
    code, out, err = run("conv", "overlap", SLIDES)
    assert (code, err) == (0, "")
    lines = lines_of(out)
    assert lines[1] == "1 convT(64,64,4,2) 24 x 44 even 2 [1] 1 / 1 0 2"
    assert lines[11] == "11 conv(32,3,3) 88 x 168 even 216 [1] 1 / 1 0 14"
    assert "whole map: 5,329 to 46,656 taps, sum 621,993,636, CV 0.200472" in lines
    assert "border from either edge: 73 95 129 141 162 171 185 190 199 203 209 211 214 215" in lines
    assert lines[-1] == "even inside; 8400 of 14784 pixels (56.8 %) free of border effect"


def test_uneven_layers_say_why(run):
    lines = lines_of(run("conv", "overlap", "5x7 convT(1,1,2x3,2,dilation=2x1,output_padding=1)")[1])
    layer = "layer 1, convT(1,1,2x3,2,output_padding=1,dilation=2x1)"
    assert f"{layer}: H stride 2 and dilation 2 share the factor 2: only every 2nd pixel can take taps" in lines
    assert f"{layer}: W stride 2 does not divide kernel 3: pixels take 1 or 2 taps" in lines
    assert f"{layer}: 1 column of border with no tap" in lines
    assert lines[-1].startswith("uneven inside, pattern of 2 x 2 with holes;")


def test_the_document_has_the_keys_that_the_manual_names(run):
    code, out, err = run("conv", "overlap", SLIDES, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    stack = document["overlap"]
    assert stack["period"] == {"H": 1, "W": 1}
    assert stack["pattern"] == {"H": [216], "W": [216]}
    assert (stack["ratio_1d"], stack["ratio_2d"], stack["cv_2d"]) == ({"H": 1, "W": 1}, 1, 0)
    assert stack["border"] == {"H": [14, 14], "W": [14, 14]}
    assert stack["profile"]["W"][1][:3] == [73, 95, 129]
    assert stack["unaffected"] == {
        "pixels": 8400,
        "of": 14784,
        "share": 8400 / 14784,
        "box": {"H": [14, 73], "W": [14, 153]},
    }
    assert (stack["sum"], stack["min"], stack["max"], stack["bare"]) == (621_993_636, 5329, 46656, {"H": 0, "W": 0})
    assert stack["composite_kernel"]["H"]["phase_sums"] == [216] * 8
    assert len(stack["map"]["H"]) == 88
    first = document["layers"][0]
    assert (first["name"], first["in"], first["out"]) == ("convT(64,64,4,2)", [64, 11, 21], [64, 24, 44])
    assert first["overlap"]["alone"]["reason"]["H"] == "stride 2 divides kernel 4: every pixel takes 2 taps"
    assert first["overlap"]["alone"]["coverage"]["H"] == [4] * 11
    assert len(document["layers"]) == 11


def test_holes_and_fractions_in_the_document(run):
    holes = json.loads(run("conv", "overlap", "3x3 convT(1,1,2,3)", "--json")[1])["overlap"]
    assert (holes["ratio_1d"], holes["ratio_2d"], holes["holes"]) == ({"H": None, "W": None}, None, True)
    uneven = json.loads(run("conv", "overlap", "6x6 convT(1,1,3,2) avgpool(2,1) avgpool(4,1)", "--json")[1])["overlap"]
    assert uneven["pattern"] == {"H": [1.5], "W": [1.5]}
    assert uneven["pattern_exact"] == {"H": ["3/2"], "W": ["3/2"]}
    assert uneven["composite_kernel"]["H"]["stride"] == 2


def test_no_pattern_in_the_document(run):
    found = json.loads(run("conv", "overlap", "1x80x80 bilinear(1.2345678912)", "--json")[1])["overlap"]
    assert (found["pattern"]["H"], found["even"], found["unaffected"]["pixels"]) == (None, None, 0)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_pictures(run, tmp_path, suffix):
    path = tmp_path / f"map.{suffix}"
    code, out, _ = run("conv", "overlap", "5x5 convT(1,1,3,2)", "-o", path)
    assert code == 0
    assert out.splitlines()[-1] == f"wrote {path}"
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_document_names_the_picture(run, tmp_path):
    path = tmp_path / "map.png"
    assert json.loads(run("conv", "overlap", "5x5 convT(1,1,3,2)", "-o", path, "--json")[1])["picture"] == str(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["5x5 convT(1,1,3,2)", "-o", "map.jpg"], "expected a name that ends in .png, .pdf, .svg"),
        (["5x5 convT(1,1,3,2)", "-o", "nowhere/map.png"], "there is no folder 'nowhere'"),
        (["1x8x8 maxpool(2) maxunpool(2)"], "layer 2, maxunpool(2): the data decide"),
        (["5x5 convT(1,1,3,0)"], "stride is 0"),
        (["1x3000x3000 relu", "-o", "map.png"], "the map is 1 x 3000 x 3000, too large for a picture"),
    ],
)
def test_faults(run, arguments, message):
    code, out, err = run("conv", "overlap", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
