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
CITED = re.compile(r"\b[RX]\d+\b|\b[Aa]rtt?\. \d+")
REQUIREMENTS = SEED / "requirements"


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
    assert facts["legal_source"] if path.parent == REQUIREMENTS else CITED.search(facts.get("source", ""))
    assert is_dated(facts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_source_leaves_open_names_the_place(path: Path) -> None:
    remarks = [t["remark"] for t in tables(tomllib.loads(path.read_text(encoding="utf-8"))) if "remark" in t]
    assert all(CITED.search(remark) for remark in remarks)


# --- what R51 accredits, and who is named in R158 and D5 ---------------------------------------------------

FAMILIES = {  # R51: family -> its types of unit -> requirements that its set asks for, headings left out
    "prima infanzia": {"nido": 19, "micronido": 10, "centro_prima_infanzia": 10, "nido_famiglia": 10},
    "SFA e CSE": {"sfa": 14, "cse": 12},
    "assistenza educativa a scuola": {"aes": 14},
    "assistenza domiciliare": {"sad": 14},
    "natalità, genitorialità, famiglie numerose": {"famiglie": 14},
    "disabilità: a domicilio e progetti individuali": {"adh": 14, "progetti_individuali": 15},
}
READ = {"Decreto 20943/2005", "DGR XI/2929/2020", "L.R. 3/2008, art. 15 c. 1"}  # acts that were read, for these figures
BODIES = {  # R158, D5: who is named in the source -> kind and owner; municipalities bring council and giunta themselves
    "consortium_assembly": ("assembly", "azienda"), "board": ("board", "azienda"),
    "general_director": ("director", "azienda"), "legal_representative": ("director", "azienda"),
    "lead_body": ("office", "azienda"), "intermunicipal_assembly": ("assembly", "district"),
    "technical_table": ("technical_table", "district"), "area_table_minors": ("area_table", "district"),
    "area_table_disability_elderly": ("area_table", "district"), "area_table_inclusion": ("area_table", "district"),
    "planning_office": ("office", "district"), "case_management_table": ("technical_table", "district"),
    "headteachers_table": ("technical_table", "district"), "scientific_committee": ("technical_table", "district"),
    "interinstitutional_table": ("technical_table", "external"), "health_authority": ("health_authority", "external"),
    "metropolitan_city": ("province", "external"), "region": ("region", "external"),
    "prefecture": ("state_office", "external"), "police_headquarters": ("state_office", "external"),
    "court": ("court", "external"), "juvenile_court": ("court", "external"),
    "guardianship_judge": ("court", "external"), "foreigners_council_one": ("partner", "district"),
    "foreigners_council_two": ("partner", "district"), "collection_concessionaire": ("partner", "external"),
    "accredited_providers": ("partner", "external"), "agreement_adherents": ("partner", "external"),
    "service_users": ("users", "external"),
}


def requirement_files() -> dict[str, dict[str, Any]]:
    """The shipped sets by the type of unit that they serve."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(REQUIREMENTS.glob("*.toml"))]
    return {kind: facts for facts in files for kind in facts["unit_types"]}


def test_each_family_that_the_azienda_accredits_has_requirements_for_all_its_types() -> None:
    asked = {kind: sum(row.get("kind") != "group" for row in facts["requirements"])
             for kind, facts in requirement_files().items()}
    assert asked == {kind: count for types in FAMILIES.values() for kind, count in types.items()}
    types = tomllib.loads((SEED / "unit_types.toml").read_text(encoding="utf-8"))["types"]
    known = {row["code"] for row in types}
    assert asked.keys() <= known
    assert {row["code"] for row in types if row["area"] in ("childhood", "function")} <= asked.keys()


def test_what_nobody_has_read_is_to_verify_and_no_figure_comes_from_elsewhere() -> None:
    for facts in requirement_files().values():
        assert facts["verified"] is False and "da verificare" in facts["legal_source"]
        for row in facts["requirements"]:
            if row.get("kind") != "group":
                assert row["verified"] is (row["legal_source"] in READ), (facts["code"], row["code"])


def test_every_body_that_the_source_names_is_there_with_its_kind_and_nobody_in_it() -> None:
    bodies = tomllib.loads((SEED / "bodies.toml").read_text(encoding="utf-8"))["bodies"]
    assert {row["code"]: (row["kind"], row["owner"]) for row in bodies} == BODIES
