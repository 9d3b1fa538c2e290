"""The first page has a place and a word for everything that may wait there, and for every figure."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import core.registrations
from admin.office import home
from core.deadlines import waiting
from core.deadlines.facts import SOURCES
from core.ground.owners import PROVIDER_CASES
from core.ground.paths import ROOT
from tests.house.test_code import name, nodes, sources

# the kinds of its deadlines are told below; what waits in a plugin names a page of its own
ENGINES = {ROOT / "core/deadlines/waiting.py", ROOT / "core/plugins/answering.py"}


def first_words(path: Path) -> list[tuple[int, str | None]]:
    """The kind in every ``Waiting(kind, ...)`` of a file, with its line; None for one that is not written out."""
    return [(node.lineno, _word(node)) for node in nodes(path, ast.Call)
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Waiting"]


def _word(node: ast.Call) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


@cache
def asked() -> dict[str, str | None]:
    """The kind of all that waits, by the place in the code where it is asked."""
    return {f"{name(path)}:{line}": kind for path in sources("core", "plugins") if path not in ENGINES
            for line, kind in first_words(path)}


def test_the_kind_of_what_waits_is_written_where_it_is_asked() -> None:
    assert asked()
    assert [place for place, kind in asked().items() if kind is None] == [], "Waiting wants its kind as a word"


def test_whatever_waits_has_its_page_on_the_first_page() -> None:
    assert core.registrations.WAITING
    of_cases = set(SOURCES) & set(PROVIDER_CASES)  # a provider meets a deadline at its case
    kinds = {kind for kind in asked().values() if kind} | {"deadline"} | set(waiting.PAGES.values()) | of_cases
    said = "each kind of waiting.py has its page and the word of its button in PAGES of admin/office/home.py"
    assert kinds - set(home.PAGES) == set(), said
    assert set(home.PAGES) - kinds - set(SOURCES) == set(), "nothing of this kind waits any more"


def test_every_figure_has_its_words_on_the_first_page() -> None:
    shown = {*home.OFFICE_FIGURES, *home.REGISTRY_FIGURES}
    assert set(waiting.COUNTS) == set(home.FIGURES) == shown, "figure_of and FIGURES of admin/office/home.py differ"
