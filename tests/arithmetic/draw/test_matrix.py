"""Numbers of pictures as text."""

import pytest

from ringcast.arithmetic.draw.matrix import matrix_of
from ringcast.errors import ArgumentError


@pytest.mark.parametrize("text", ["1 2;3 4", "1,2;3,4", " 1 2 ; 3 4 ; "])
def test_spellings(text):
    assert matrix_of("input", text) == ((1, 2), (3, 4))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "input is ''; expected rows"),
        ("1 2;3", "expected rows of equal length"),
        ("1 x", "'x', which is no number"),
        ("1/0", "'1/0', which is no number"),
        ("nan", "'nan', which is no number"),
        ("1 inf", "'inf', which is no number"),
    ],
)
def test_refusals(text, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        matrix_of("input", text)
