"""What is written agrees with what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.ground.paths import ROOT

RULES = ROOT / "docs" / "rules.md"
CITED = re.compile(r"\b([RX]\d{1,3})\b(?:-([RX]?)(\d{1,3})\b)?")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
CITING = ("*.py", "*.toml")


def known_rules() -> set[str]:
    """The rules that docs/rules.md explains."""
    return set(re.findall(r"\*\*([RX]\d{1,3})\*\*", RULES.read_text(encoding="utf-8")))


def cited_rules(text: str) -> set[str]:
    """The rules that a text names, ranges opened: R88-R91 and R88-91 are four."""
    found = set()
    for first, _letter, last in CITED.findall(text):
        found.add(first)
        if last and first[0] == "R":
            found.update(f"R{number}" for number in range(int(first[1:]), int(last) + 1))
    return found


def test_a_range_names_every_rule_in_it():
    assert cited_rules("(R88-R91, X8)") == {"R88", "R89", "R90", "R91", "X8"}


@pytest.mark.parametrize("folder", ["core", "admin", "plugins", "seed", "demo"])
def test_every_rule_that_is_cited_can_be_looked_up(folder):
    cited = {
        rule: path.name
        for pattern in CITING
        for path in (ROOT / folder).rglob(pattern)
        for rule in cited_rules(path.read_text(encoding="utf-8"))
    }
    assert not {rule: file for rule, file in cited.items() if rule not in known_rules()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path):
    lost = [
        target
        for match in LINK.finditer(page.read_text(encoding="utf-8"))
        if (target := match.group(1) or match.group(2))
        and not re.match(r"[a-z]+:", target)
        and not leads_somewhere(page, target)
    ]
    assert not lost


def leads_somewhere(page: Path, target: str) -> bool:
    """True if the file is there, and its heading if one is named."""
    path, _hash, anchor = target.partition("#")
    file = page if not path else (page.parent / path)
    if not file.exists():
        return False
    return not anchor or file.suffix != ".md" or anchor in anchors(file)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_there_are_pages_and_locks_to_look_at():
    assert RULES in PAGES
    assert [lock.name for lock in LOCKS] == ["requirements-dev.lock", "requirements.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_versions_and_hashes_and_no_place_to_get_them(lock: Path):
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|(^|\s)/", text)
    pins = re.findall(r"^[a-z0-9][\w.\-]*(?:\[[\w,]+\])?==\S+ \\$", text, re.MULTILINE)
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)


def test_every_decision_has_its_number_and_stands_in_the_list():
    pages = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md"]
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert sorted(page[:4] for page in pages) == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert not [page for page in pages if f"({page})" not in index]
