"""Report pages: well-formed, escaped, self-contained."""

import re
from html.parser import HTMLParser

import pytest

from ringcast import web
from ringcast.errors import ArgumentError
from ringcast.web import (
    EventRow,
    Figure,
    Miss,
    Prose,
    Section,
    State,
    Table,
    Verbatim,
    events_table,
    medians_table,
    report_page,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
NASTY = "<script>alert('x')</script> & \"quoted\""
VOID = {"meta", "img"}
TRUE = State(500.0, (0.0, 0.0, 0.0), (1.0, 0.0, 0.0))
SEED = Miss(50.0, 36.87, -10.0)
FIT = State(505.0, (0.0, -0.2, 5.0), (0.0, 0.0, 1.0))
NEAR = Miss(5.0, 90.0, 1.0)


class Balance(HTMLParser):
    """Every tag is closed in order; attributes and words are collected."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def read(page):
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture
def page():
    blocks = [
        Prose(NASTY),
        Table([NASTY, "b"], [["1.5", NASTY], ["−2", "e-"]], caption=NASTY, groups=[(NASTY, 1), ("", 1)]),
        Figure(PNG, NASTY),
        Verbatim(f"line one\n  {NASTY}"),
    ]
    return report_page(NASTY, [Section(NASTY, blocks)], summary=NASTY, made_with={NASTY: NASTY})


def test_page_is_well_formed_and_escaped(page):
    reader = read(page)
    assert "script" not in reader.tags
    assert sum(NASTY in data for data in reader.words) == 13
    assert dict(reader.attributes)["alt"] == NASTY


def test_page_asks_the_network_for_nothing(page):
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    links = [value for name, value in read(page).attributes if name in {"src", "href", "srcset", "data", "action"}]
    assert len(links) == 1
    assert links[0].startswith("data:image/png;base64,")


def test_page_follows_the_reader_in_the_dark(page):
    assert "prefers-color-scheme: dark" in page


def test_numbers_stand_to_the_right():
    table = Table(["event", "kind"], [["1", "e-"], ["2", "mu-"]], strong_rows=frozenset({1}))
    page = report_page("t", [Section("s", [table])])
    assert '<th scope="col" class="number">event</th><th scope="col">kind</th>' in page
    assert '<tr class=strong><td class="number">2</td><td>mu-</td></tr>' in page


def test_events_table_tells_truth_seed_and_fit():
    rows = [
        EventRow(3, "mu-", TRUE, SEED, FIT, NEAR, "e-", "converged"),
        EventRow(4, "e-", TRUE, SEED, None, None, status="too few hits"),
    ]
    table = events_table(rows)
    seed = ("50.0", "36.87", "−10.0")
    assert table.rows[0] == (
        *("3", "mu-", "500", "(0, 0, 0)", *seed),
        *("e-", "505", "(0, 0, 5)", "5.0", "90.00", "+1.0", "converged"),
    )
    assert table.rows[1] == ("4", "e-", "500", "(0, 0, 0)", *seed, *["—"] * 6, "too few hits")
    read(report_page("t", [Section("s", [table, medians_table(rows)])]))


def test_medians_count_only_fitted_events():
    misses = [(FIT, NEAR), (TRUE, Miss(0.0, 0.0, 0.0)), (None, None)]
    rows = [EventRow(k, "e-", TRUE, SEED, *fit) for k, fit in enumerate(misses)]
    table = medians_table(rows)
    assert table.rows[0] == ("vertex distance", "50.0 cm", "2.5 cm")
    assert table.rows[3] == ("energy, size", "10.0%", "0.5%")
    assert table.caption == "Medians over 2 events; 1 without a fit left out."
    with pytest.raises(ArgumentError, match="none of 1 events was fitted"):
        medians_table(rows[2:])


def test_refusals():
    with pytest.raises(ArgumentError, match="row 1 has 1 cells; expected 2"):
        Table(["a", "b"], [["1", "2"], ["3"]])
    with pytest.raises(ArgumentError, match="groups span 3 columns; expected 2"):
        Table(["a", "b"], [], groups=[("x", 3)])
    with pytest.raises(ArgumentError, match="expected the bytes of a PNG"):
        Figure(b"GIF89a", "a picture")


def test_public_names():
    assert sorted(web.__all__) == web.__all__
    assert all(hasattr(web, name) for name in web.__all__)
