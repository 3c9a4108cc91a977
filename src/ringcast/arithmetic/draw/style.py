"""Colours and sizes of all pictures: blue for the input, orange for the kernel, green for the output.

The hues are those of Okabe and Ito (Color Universal Design, 2008), which people with any colour vision tell apart;
every colour also has its name beside it. No text is smaller than ``SMALL``.
"""

from typing import NamedTuple

__all__ = ["CELL", "CROSS", "GREY", "INK", "LOOKS", "MARGIN", "SMALL", "STRONG", "WARNING", "Look"]

INK = "#222222"
GREY = "#5F5F5F"
WARNING = "#A03000"
CROSS = "#D08050"
SMALL = 11.0
MARGIN = 20.0
CELL = 40.0
"""Largest side of a cell."""
STRONG = ("read", "written", "sent", "stamped")
"""Looks of what happens now, with thicker lines."""


class Look(NamedTuple):
    """Colours of one kind of cell."""

    fill: str
    stroke: str
    ink: str
    hatch: str | None = None


LOOKS: dict[str, Look] = {
    "input": Look("#D9E9F7", "#0072B2", "#06304D"),
    "inserted": Look("#FFFFFF", "#A9C4DA", "#5F7486"),
    "padding": Look("#FFFFFF", "#B4B4B4", "#5F5F5F", hatch="#D9D9D9"),
    "extra": Look("#FFFFFF", "#C06A9B", "#7C2F5C", hatch="#F0CFE1"),
    "kernel": Look("#FCE3C5", "#C25A00", "#5A2A00"),
    "output": Look("#D6EFE4", "#008A65", "#003829"),
    "empty": Look("#FFFFFF", "#8CC9B4", "#003829"),
    "added": Look("#FBE6F1", "#C06A9B", "#5E1F43"),
    "between": Look("#EEF1F4", "#6B7C8C", "#222222"),
    "counted": Look("#E6E0F3", "#6A4FA3", "#2E1A57"),
    "uncounted": Look("#FFFFFF", "#A796CC", "#2E1A57"),
    "cropped": Look("#F4F4F4", "#C4C4C4", "#757575"),
    "read": Look("#FFC98A", "#C25A00", "#3D1C00"),
    "written": Look("#86D9BC", "#00563F", "#00281D"),
    "sent": Look("#79B5E3", "#00456E", "#001B2E"),
    "missed": Look("#F3E6D8", "#CBA987", "#757575"),
    "stamped": Look("#FFC98A", "#C25A00", "#3D1C00"),
}
