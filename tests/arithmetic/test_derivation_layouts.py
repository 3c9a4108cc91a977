"""The derivation as Markdown and as LaTeX: golden files, and readers of both languages as oracles."""

import re
import shutil
import subprocess

import pytest
from markdown_it import MarkdownIt
from matplotlib.mathtext import MathTextParser

from ringcast.arithmetic import derive, parse
from ringcast.arithmetic.derivation import derivation_latex, derivation_markdown
from ringcast.arithmetic.derivation.formula import LATEX, write

SLIDES = (
    "11x21 convT(64,64,4,2) relu conv(64,64,3) relu convT(64,32,4,2) relu conv(32,32,3) relu "
    "convT(32,32,4,2) relu conv(32,3,3)"
)
EVERYTHING = (
    "8x20x31 shuffle(2) maxpool(3,2,1,ceil_mode=true) avgpool(2,3,1,ceil_mode=true) leaky_relu(0.2) batchnorm2d(2) "
    "maxunpool(2) maxunpool(2,output_size=31x43) nails(3x2) unshuffle(1) pad(1,2,-1,0) crop(3) nearest(0.29) "
    "upsample(size=40) bilinear(1.5) conv(2,2,4,padding=same) convT(2,2,3,2,output_padding=1) avgpool(2) maxpool(2)"
)
ROUNDED = "1x100x50 nearest(0.29)"
CHAINS = pytest.mark.parametrize("text", [SLIDES, EVERYTHING, ROUNDED, "1x5x5 relu"])


@pytest.mark.parametrize(("name", "layout"), [("md", derivation_markdown), ("tex", derivation_latex)])
def test_the_slides_derivation(golden, name, layout):
    golden(f"derive_slides.{name}", f"{layout(derive(parse(SLIDES)))}\n")


@CHAINS
def test_every_formula_is_read_as_mathematics(text):
    """By matplotlib's reader of LaTeX formulas, which refuses unknown commands and open brackets."""
    reader = MathTextParser("path")
    derivation = derive(parse(text))
    terms = [formula.expression for step in derivation.steps for formula in step.formulas]
    for term in (*terms, *(rule.expression for rule in derivation.general)):
        assert reader.parse(f"${write(term, LATEX)}$").width > 0


@CHAINS
def test_markdown_is_a_table_with_a_row_for_each_layer(text):
    derivation = derive(parse(text))
    tokens = MarkdownIt("commonmark").enable("table").parse(derivation_markdown(derivation))
    cells = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type in ("th_open", "td_open")]
    rows = [cells[start : start + 5] for start in range(0, len(cells), 5)]
    assert rows[0] == ["", "layer", "shape", "height", "width"]
    assert [row[:2] for row in rows[2:]] == [[str(step.number), f"`{step.name}`"] for step in derivation.steps]
    for row, step in zip(rows[2:], derivation.steps, strict=True):
        found = {formula.axis: formula for formula in step.formulas}
        for cell, axis in zip(row[3:], "HW", strict=True):
            assert cell == (f"${write(found[axis].expression, LATEX)} = {found[axis].result}$" if found else "keeps")


@CHAINS
def test_markdown_leaves_formulas_alone(text):
    """No backslash, underscore or star of a formula means anything in Markdown."""
    source = derivation_markdown(derive(parse(text)))
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    pieces = [piece for token in tokens for piece in token.children or []]
    assert {piece.type for piece in pieces} <= {"text", "code_inline"}
    rendered = "\n".join(piece.content for piece in pieces)
    assert [formula for formula in re.findall(r"\$.*?\$", source) if formula not in rendered] == []
    assert source.count("$") == rendered.count("$")


def test_markdown_remarks_name_the_layer():
    lines = derivation_markdown(derive(parse("4x5x6 relu shuffle(2) conv(1,1,3,2)"))).splitlines()
    assert r"- layer 2, `shuffle(2)`: channels $\frac{4}{2^{2}} = 1$" in lines
    assert "- layer 3, `conv(1,1,3,2)`: never read: 1 of 10 rows and 1 of 12 columns" in lines


@CHAINS
def test_latex_is_one_environment_of_two_columns(text):
    source = derivation_latex(derive(parse(text)))
    assert source.count(r"\begin{align*}") == source.count(r"\end{align*}") == 1
    assert source.splitlines()[0] == r"% in the preamble: \usepackage{amsmath}"
    body = source.partition(r"\begin{align*}")[2].partition(r"\end{align*}")[0].strip()
    rows = re.split(r"\\\\(?:\[1ex\])?\n", body)
    assert [row for row in rows if len(re.findall(r"(?<!\\)&", row)) != 1] == []
    assert all(row.count("{") == row.count("}") for row in rows)
    assert re.search(r"(?<!\\)[_%#]", body) is None
    assert body.isascii()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_latex_compiles(tmp_path):
    bodies = [derivation_latex(derive(parse(text))) for text in (SLIDES, EVERYTHING, ROUNDED, "1x5x5 relu")]
    lines = [r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", *bodies, r"\end{document}"]
    (tmp_path / "derivations.tex").write_text("\n\n".join(lines), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "derivations.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
