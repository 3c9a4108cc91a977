"""``ringcast conv draw`` and ``ladder``: files of each kind, and one sentence with exit code 2 for what cannot be."""

import json
from xml.etree import ElementTree

import pytest

from ringcast.arithmetic.draw import EXAMPLES

CHAIN = "11x21 convT(64,64,4,2) relu conv(64,64,3)"


@pytest.fixture
def conv(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run("conv", *arguments)


def test_an_example_becomes_an_svg_named_after_it(conv, tmp_path):
    code, out, err = conv("draw", "example5")
    assert (code, err) == (0, "")
    assert out == "wrote example5.svg: Example 5: ConvTranspose2d, kernel 2, stride 2, padding 0, 9 steps\n"
    ElementTree.parse(tmp_path / "example5.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["example5.svg"]


@pytest.mark.parametrize(
    ("name", "start"), [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.gif", b"GIF89a"), ("a.SVG", b"<svg")]
)
def test_the_suffix_says_the_kind(conv, tmp_path, name, start):
    assert conv("draw", "1x2x2 convT(1,1,2,2)", "-o", name)[0] == 0
    assert (tmp_path / name).read_bytes().startswith(start)


def test_an_existing_file_is_replaced(conv, tmp_path):
    (tmp_path / "a.svg").write_text("old")
    assert conv("draw", "example6", "-o", "a.svg")[0] == 0
    assert (tmp_path / "a.svg").read_text().startswith("<svg")


def test_moving_and_still_svg(conv, tmp_path):
    conv("draw", "example6", "-o", "still.svg")
    conv("draw", "example6", "-o", "moving.svg", "--animate", "--seconds-per-frame", "0.5")
    conv("draw", "example6", "-o", "first.svg", "--frame", "0")
    assert "@keyframes" in (tmp_path / "moving.svg").read_text()
    assert "animation:6s" in (tmp_path / "moving.svg").read_text()
    still, first = (tmp_path / "still.svg").read_text(), (tmp_path / "first.svg").read_text()
    assert "@keyframes" not in still + first
    assert still != first


def test_numbers_of_the_user_stand_in_the_picture(conv, tmp_path):
    arguments = ("--input", "1 2;3 40", "--kernel", "ones", "--view", "gather", "--width", "900")
    assert conv("draw", "1x2x2 convT(1,1,2,2)", "-o", "a.svg", *arguments)[0] == 0
    text = (tmp_path / "a.svg").read_text()
    assert "input 2 x 2: 1 2 / 3 40. kernel 2 x 2: 1 1 / 1 1. output 4 x 4: 1 1 2 2" in text
    assert 'width="900"' in text


def test_json_and_list(conv):
    assert json.loads(conv("draw", "example5", "--json")[1])["steps"] == 9
    listed = conv("draw", "--list")[1]
    assert all(f" {name} " in listed and f" {found.chain} " in listed for name, found in EXAMPLES.items())
    rows = json.loads(conv("draw", "--list", "--json")[1])["examples"]
    assert {"name": "example5", "chain": "3x3 convT(1,1,2,2)", "about": rows[4]["about"]} == rows[4]


def test_a_ladder(conv, tmp_path):
    assert conv("ladder", CHAIN, "-o", "a.svg", "--pixel", "10,20")[0] == 0
    assert "output pixel (10,20)" in (tmp_path / "a.svg").read_text()
    assert conv("ladder", CHAIN, "-o", "a.png", "--json")[0] == 0


def test_a_layer_of_a_chain(conv, tmp_path):
    assert conv("draw", CHAIN, "--layer", "3")[0] == 0
    assert "instead of 24 x 44" in (tmp_path / "layer.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("draw",), "there is nothing to draw"),
        (("draw", "example55"), "'example55' is no example; did you mean example5"),
        (("draw", "example5", "-o", "a.bmp"), "expected a name that ends in .svg, .png, .gif"),
        (("draw", "example5", "-o", "no/a.svg"), "there is no folder 'no'"),
        (("draw", "example5", "-o", "a.png", "--animate"), "--animate cannot move a .png"),
        (("draw", "example5", "-o", "a.gif", "--frame", "1"), "--frame draws one still step"),
        (("draw", "example5", "--frame", "9"), "expected 0 to 8"),
        (("draw", "example5", "--width", "20"), "expected 200 to 4000 pixels"),
        (("draw", "example5", "--seconds-per-frame", "0"), "expected 0.05 to 60"),
        (("draw", "example5", "--layer", "1"), "has only one; leave it out"),
        (("draw", "example5", "--kernel", "1 2"), "kernel is 1 x 2; expected 2 x 2"),
        (("draw", CHAIN), "draw one with --layer"),
        (("draw", "1x25x25 conv(1,1,3)"), "too large for a picture"),
        (("draw", "2x2 conv(1,1,3)"), "layer 1, conv(1,1,3)"),
        (("draw", "torch.nn:Tanh", "--input", "1,1,3,3"), "tanh has no picture"),
        (("ladder", CHAIN, "--pixel", "3"), "expected row,column"),
        (("ladder", CHAIN, "--pixel", "22,0"), "row 22 does not exist"),
    ],
)
def test_refusals_are_one_sentence(conv, tmp_path, arguments, sentence):
    code, out, err = conv(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
    assert list(tmp_path.iterdir()) == []
