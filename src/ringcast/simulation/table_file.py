"""The package's tables of numbers."""

import csv
from importlib.resources import files

__all__ = ["read_table"]


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of one of the package's tables, by the names of its columns.

    Example:
        >>> read_table("sk_water_model_parameters.csv")[0]["value"]
        '0.624'
    """
    text = (files("ringcast.simulation") / "tables" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
