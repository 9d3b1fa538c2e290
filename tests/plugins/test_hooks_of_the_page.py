"""The second example of ``docs/plugins.md`` answers every hook: here the core asks them, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document as WordDocument
from sqlalchemy import select

from core.catalogue import plugin_contract
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.deadlines.waiting import waiting
from core.documents.blocks import KeyValues
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.imports.beside import imports_of
from core.imports.operations import run
from core.parties.model import Azienda, Signatory
from core.plugins import letters, loading, tables
from core.plugins.bound import HOOKS, bind, offered, tell
from core.plugins.happened import ContractSigned, MonthClosed, ProviderStopped, SheetEdition
from core.plugins.hookspecs import PluginSpec
from core.plugins.loading import Registry
from tests import factories
from tests.conftest import MakeDatabase
from tests.plugins.test_documentation import installed
from tests.plugins.visiting import workbook_of

TODAY = date(2026, 3, 10)
PROGRAM = system("prova")
MENUS = "school_meals_menu"


@pytest.fixture
def meals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The example, installed and loaded; it leaves nothing behind."""
    installed(tmp_path, monkeypatch)
    (tmp_path / "school_meals" / "migrations" / "newest").write_text("0001_menus\n")
    yield loading.load(Settings(plugins=("school_meals",)))
    tables.forget("school_meals", "school_meals")


@pytest.fixture
def house(meals: Registry, make_database: MakeDatabase) -> Database:
    """Dresano and Melegnano; Dresano has signed a contract of two years for its canteens."""
    database = bind(make_database("sqlite", meals), meals)
    with unit_of_work(database, PROGRAM, act="arrivo") as session:
        install_rules(session)
        towns = [factories.municipality(name) for name in ("Dresano", "Melegnano")]
        azienda = factories.filled(Azienda, kind="azienda", name="Azienda Sociale", short_name="A.S.", city="Lodi",
                                   tax_code=factories.body_tax_code(), letterhead=("Azienda Sociale",))
        session.add_all([*towns, azienda])
        session.flush()
        session.add(factories.filled(Signatory, party_id=azienda.id, given_name="Anna", family_name="Rossi",
                                     role="Direttrice", valid_from=date(2020, 1, 1)))
        tell(session, ContractSigned(1, "1/2026", TODAY, date(2026, 1, 1), date(2027, 12, 31), {
            towns[0].id: frozenset({"school_meals"}), towns[1].id: frozenset({"access_desk"})}, TODAY))
    return database


def reading(database: Database) -> ScopedSession:
    return ScopedSession(database, PROGRAM)


def panel(database: Database) -> Any:
    [(_loaded, found)] = offered(database, "patto_panels")
    with reading(database) as session:
        return found.blocks(session, 1, TODAY)


def test_the_example_keeps_the_contract_and_answers_every_hook_but_that_of_the_screens(meals: Registry) -> None:
    [loaded] = meals
    assert plugin_contract.check(loaded) == []
    hooks = {name for name in vars(PluginSpec) if name.startswith("patto_")}
    assert {hook for hook in hooks if not loaded.says(hook)} == {"patto_admin_views"}


def test_a_signed_contract_opens_a_menu_a_year_with_its_term(house: Database) -> None:
    assert panel(house) == (KeyValues((("2026", "atteso"), ("2027", "atteso"))),)
    with reading(house) as session:
        found = session.execute(select(Deadline.case_title, Deadline.effective).order_by(Deadline.effective)).all()
    assert [tuple(row) for row in found] == [("Menu 2026, Dresano", date(2026, 9, 1)),
                                             ("Menu 2027, Dresano", date(2027, 9, 1))]


def test_each_of_the_other_events_is_heard_and_waits_to_be_read(house: Database, manager: Principal) -> None:
    with unit_of_work(house, PROGRAM, act="prova") as session:
        tell(session, SheetEdition(1, "school_meals", frozenset({"school_meals"}), 2027))
        tell(session, ProviderStopped(1, 1, "Cucina", 1, "Coop", "revocation", TODAY, None, TODAY))
        tell(session, MonthClosed("school_meals", 2026, 2, TODAY))
    with reading(house) as session:
        assert [str(item.what) for item in waiting(session, TODAY) if item.case == "Mense"] == []
    with ScopedSession(house, manager) as session:
        assert [str(item.what) for item in waiting(session, TODAY) if item.case == "Mense"] == [
            "Leggere: scheda school_meals, edizione 2027.", "Leggere: Cucina di Coop: revocation dal 10/03/2026.",
            "Leggere: school_meals, mese 2/2026 chiuso."]
    assert len(HOOKS) == 4


def test_the_letter_is_poured_into_word(house: Database) -> None:
    with unit_of_work(house, PROGRAM, act="lettera") as session:
        made = letters.prepare(session, MENUS, "school_meals_request", 1, 1, today=TODAY)
        text = [paragraph.text for paragraph in WordDocument(BytesIO(session.files.get(made.path))).paragraphs]
    assert "Si chiede di approvare il menu delle mense scolastiche prima che aprano." in text


def test_the_workbook_goes_in_and_the_table_goes_out(house: Database) -> None:
    kind = imports_of(house)["school_meals_approvals"]
    row = {"municipality": "Dresano", "year": 2026, "approved_on": date(2026, 6, 1)}
    with unit_of_work(house, PROGRAM, act="import.apply") as session:
        wrong = run(session, kind, workbook_of(kind, row, {**row, "year": 2030}), today=TODAY)
        assert [str(finding) for one in wrong.wrong for finding in one.findings] == [
            "Per questo Comune e anno non c'è un menu da approvare."]
        assert run(session, kind, workbook_of(kind, row), today=TODAY).applied
    assert panel(house) == (KeyValues((("2026", "01/06/2026"), ("2027", "atteso"))),)
    [(_loaded, table)] = offered(house, "patto_exports")
    with reading(house) as session:
        assert list(table.rows(session, 2026)) == [(2026, "Dresano", date(2026, 6, 1))]
