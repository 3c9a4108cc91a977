"""The pages: their commands print what the pages say, their links lead somewhere, and every conv command has one."""

import re
import sys
from pathlib import Path

import pytest
from cogapp import Cog

from ringcast.cli.conv import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_print_what_the_page_says(page, capsys, monkeypatch):
    monkeypatch.delenv("RINGCAST_RENEW_PICTURES", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    found = Cog().main(["cog", "--check", "--diff", "-P", "-I", str(ROOT / "docs"), str(page)])
    printed = capsys.readouterr().out
    assert found == 0, f"{page.name} is behind its commands; run `make pages` and read the change:\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_conv_command_has_a_page():
    commands = {name for name in app if not name.startswith("-")}
    assert commands <= {page.stem for page in (ROOT / "docs" / "conv").glob("*.md")}
