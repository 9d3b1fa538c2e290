"""What blocks something links to where it is mended: every kind of place has a page that is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from admin.web.places import PAGES
from tests.integration.admin.house import House

OURS = re.compile(r"^from core\.ground\.errors import .*\bPlace\b", re.MULTILINE)
ROOT = Path(__file__).parents[4]


def named() -> set[str]:
    """The kinds of place that the program names outright."""
    found = set[str]()
    for path in (path for folder in ("core", "admin", "plugins") for path in (ROOT / folder).rglob("*.py")):
        if not OURS.search(text := path.read_text("utf-8")):
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Place":
                found |= {kind.value for kind in ast.walk(call.args[0])
                          if isinstance(kind, ast.Constant) and isinstance(kind.value, str)}
    return found


def test_every_place_has_a_page(house: House) -> None:
    kinds = {kind for kind in named() if not kind.endswith(".")}  # "forewarning." is followed by the kind of act
    assert kinds - set(PAGES) == set(), "name its page in admin/web/places.py"
    assert {page.endpoint for page in PAGES.values()} - set(house.app.view_functions) == set()
