"""Web: pages as one self-contained HTML text each, made by pure functions from plain values.

Words, rows of numbers and PNG bytes come in, HTML goes out; a page asks the network for nothing. Use `report_page`
with `Prose`, `Table`, `Figure` and `Verbatim` blocks for any report; `events_table` and `medians_table` make the
tables of a reconstruction.
"""

from ringcast.web.fit_tables import EventRow, Miss, State, events_table, medians_table
from ringcast.web.report import Figure, Prose, Section, Table, Verbatim, report_page

__all__ = [
    "EventRow",
    "Figure",
    "Miss",
    "Prose",
    "Section",
    "State",
    "Table",
    "Verbatim",
    "events_table",
    "medians_table",
    "report_page",
]
