"""What the house asks of the seed: facts with source and validity; what is invented, or a fault, stays in the demo."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.ground.paths import DEMO, SEED

FILES = sorted(SEED.rglob("*.toml"))
MARKS = re.compile(r"\bdemo\b|dimostrativ|invented|inventat|\.example\b", re.IGNORECASE)
FAULTS = {"pasted_mission", "mission_origin", "sites_declared"}  # X10, X11: kept so that the checks find them
PEOPLE = {"given_name", "family_name", "birth_date", "tax_code", "iban", "members"}
PLACES = {"coverage", "municipality"}  # an azienda says itself whom a service covers
CITED = re.compile(r"\b[RX]\d+\b|\b[Aa]rt\. \d+")


def tables(facts: Any) -> Iterator[dict[str, Any]]:
    """Every table of a file, however deep."""
    if isinstance(facts, dict):
        yield facts
    for part in facts.values() if isinstance(facts, dict) else facts if isinstance(facts, list) else ():
        yield from tables(part)


def refused(text: str) -> set[str]:
    """What a file of the seed may not hold, and this one does."""
    names = {name for table in tables(tomllib.loads(text)) for name in table}
    return {mark.group().lower() for mark in MARKS.finditer(text)} | names & (FAULTS | PEOPLE | PLACES)


def is_dated(facts: dict[str, Any]) -> bool:
    """True if a file says from when it holds: as a whole, as an edition, or row by row."""
    rows = [row for value in facts.values() if isinstance(value, list) for row in value]
    return "valid_from" in facts or "edition" in facts or (bool(rows) and all("valid_from" in row for row in rows))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_seed_holds_nothing_invented_no_fault_of_the_source_and_nobody(path: Path) -> None:
    assert not refused(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "found"), [
    ("[plugin]\ndemo = true", "demo"), ('site = "Via Roma 15 (sede dimostrativa)"', "dimostrativ"),
    ("# Tariffs are invented.", "invented"), ('pec = "protocollo@assemi.example"', ".example"),
    ('pasted_mission = "Previene"', "pasted_mission"), ('[[bodies]]\nmembers = [{ role = "Presidente" }]', "members"),
    ('coverage = [{ municipality = "dresano" }]', "municipality"),
])
def test_each_of_these_would_be_refused(text: str, found: str) -> None:
    assert found in refused(text)


@pytest.mark.parametrize("name", ["sheets", "bodies", "district"])
def test_what_the_demo_adds_could_not_stand_in_the_seed(name: str) -> None:
    assert refused((DEMO / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_seed_says_its_source_and_from_when_it_holds(path: Path) -> None:
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    assert CITED.search(facts.get("source", ""))
    assert is_dated(facts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_source_leaves_open_names_the_place(path: Path) -> None:
    remarks = [t["remark"] for t in tables(tomllib.loads(path.read_text(encoding="utf-8"))) if "remark" in t]
    assert all(CITED.search(remark) for remark in remarks)
