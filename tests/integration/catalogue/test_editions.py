"""Draft, approved, superseded: the editions of a sheet (R1, R76)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import core.registrations  # noqa: F401  # what rests on an approval answers
from core.catalogue import editions, operations, own_fields
from core.catalogue.editions import Actual, SheetApproval
from core.catalogue.model import OperationalSheet
from core.catalogue.rules import sheet_of
from core.documents.model import Document
from core.ground.access import NotAllowed, Principal, Role, ScopedSession
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.states import passages_of
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Act, Azienda
from core.plugins.loading import Registry
from tests import factories
from tests.unit.catalogue import making

DAY = date(2026, 3, 1)
ACT = SheetApproval("14", date(2025, 12, 10))
QUANTITIES = [{"what": "Ore", "unit": "ore", "municipality": "dresano", "planned": "120"},
              {"what": "Ore", "unit": "ore", "municipality": "melegnano", "planned": "300"}]


@pytest.fixture
def begun(database: Database, manager: Principal) -> Database:
    """An azienda with one service and its sheet of 2026, a draft with two planned quantities."""
    with unit_of_work(database, manager, act="prova") as session:
        session.add_all([
            factories.filled(Azienda, kind="azienda"), factories.municipality("Dresano"),
            factories.municipality("Melegnano"),
            making.service("desk", sheets=(making.sheet("desk", **operations.sheets.kept(
                None, {"quantities": QUANTITIES})),))])
    return database


def the_sheet(session: ScopedSession, edition: int = 2026) -> OperationalSheet:
    return session.scalars(select(OperationalSheet).where(
        OperationalSheet.edition == edition, OperationalSheet.state != "cancelled")).one()


def approve(session: ScopedSession, sheet: OperationalSheet, approval: SheetApproval = ACT) -> OperationalSheet:
    return editions.approve(session, sheet.id, approval, version=sheet.version, today=DAY)


def test_the_assembly_approves_with_one_act_that_is_kept_with_its_file(begun: Database, manager: Principal) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        sheet = the_sheet(session)
        assert sheet.state == "draft"
        approve(session, sheet, SheetApproval("14", date(2025, 12, 10), Upload("delibera.pdf", b"%PDF-1.7\nprova")))
        assert (sheet.state, sheet.approved_on) == ("approved", date(2025, 12, 10))
        act = session.scalars(select(Act)).one()
        assert (act.number, act.body, sheet.act) == ("14", "Assemblea Consortile", act)
        [passage] = passages_of(session, "operational_sheet", sheet.id)
        assert passage.act_id == act.id
        assert session.get_one(Document, passage.document_id).subject == "operational_sheet"


def test_what_is_approved_keeps_its_words(begun: Database, manager: Principal, registry: Registry) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        sheet = approve(session, the_sheet(session))
        with pytest.raises(RuleBroken, match="approvata e non si modifica: preparare una nuova edizione"):
            operations.edit_sheet(session, sheet.id, changes={"title": "Altro"}, data=None, version=sheet.version)
        with pytest.raises(RuleBroken, match="approvata e non si modifica"):
            operations.renew_fields(session, sheet.id, plugin=None, moves={}, version=sheet.version, registry=registry)
        with pytest.raises(RuleBroken, match="non è previsto"):
            approve(session, sheet)


def test_the_new_edition_supersedes_the_old_from_its_day_and_its_years_keep_theirs(
        begun: Database, manager: Principal, registry: Registry) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        old = approve(session, the_sheet(session))
        new = operations.new_edition(session, old.id, 2027, registry=registry)
        service = old.services[0]
        session.refresh(service, ["sheets"])
        assert (new.state, old.state, new.approved_on) == ("draft", "approved", None)
        assert (sheet_of(service, 2026), sheet_of(service, 2027)) == (old, new)
        approve(session, new, SheetApproval("3", date(2026, 2, 20)))
        assert (old.state, new.state) == ("superseded", "approved")
        assert sheet_of(service, 2026) is old
        [_approved, superseded] = passages_of(session, "operational_sheet", old.id)
        assert (superseded.action, superseded.on) == ("supersede", date(2026, 2, 20))
        editions.take_back(session, new.id, why="Era la bozza di prima.", version=new.version, today=DAY)
        assert (old.state, old.approved_on, new.state, new.approved_on, new.act_id) == (
            "approved", date(2025, 12, 10), "draft", None, None)


def test_an_older_edition_that_is_recorded_late_is_superseded_at_once(
        begun: Database, manager: Principal, registry: Registry) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        old = the_sheet(session)
        new = approve(session, operations.new_edition(session, old.id, 2027, registry=registry))
        approve(session, old)
        assert (old.state, new.state) == ("superseded", "approved")
        with pytest.raises(RuleBroken, match="Solo l'edizione approvata"):
            editions.take_back(session, old.id, why="Errore.", version=None, today=DAY)


def test_a_draft_begun_by_mistake_is_cancelled_and_its_year_is_free(
        begun: Database, manager: Principal, registry: Registry) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        old = approve(session, the_sheet(session))
        wrong = operations.new_edition(session, old.id, 2027, registry=registry)
        with pytest.raises(RuleBroken, match="motivo"):
            editions.cancel(session, wrong.id, why=" ", version=None, today=DAY)
        editions.cancel(session, wrong.id, why="Aperta per errore.", version=None, today=DAY)
        service = old.services[0]
        session.refresh(service, ["sheets"])
        assert sheet_of(service, 2027) is old
        assert operations.new_edition(session, old.id, 2027, registry=registry).state == "draft"
        with pytest.raises(RuleBroken, match="annullata e non si modifica"):
            operations.edit_sheet(session, wrong.id, changes={"title": "Altro"}, data=None, version=wrong.version)


@pytest.mark.parametrize(("approval", "field"), [
    (SheetApproval(" ", date(2025, 12, 10)), "number"), (SheetApproval("3", date(2026, 3, 2)), "on"),
    (SheetApproval("3", date(2025, 12, 10), Upload("delibera.exe", b"MZ")), "file")])
def test_an_act_has_number_day_and_a_safe_file(begun: Database, manager: Principal, approval: SheetApproval,
                                               field: str) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        with pytest.raises(RuleBroken) as refusal:
            approve(session, the_sheet(session), approval)
        assert refusal.value.field == field
        assert the_sheet(session).state == "draft" and session.scalars(select(Act)).all() == []


def test_a_sheet_that_says_nothing_is_not_approved(begun: Database, manager: Principal) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        sheet = the_sheet(session)
        operations.edit_sheet(session, sheet.id, changes={"mission": "", "activities": ""}, data=None,
                              version=sheet.version)
        with pytest.raises(RuleBroken, match="non dice ancora nulla"):
            approve(session, sheet)


def test_who_keeps_the_accounts_approves_no_sheet(begun: Database) -> None:
    accountant = Principal("Carlo Conti", frozenset({Role.ACCOUNTING}))
    with unit_of_work(begun, accountant, act="prova") as session, pytest.raises(NotAllowed):
        approve(session, the_sheet(session))


def test_what_was_done_is_written_into_the_approved_edition_and_nothing_else(
        begun: Database, manager: Principal) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        sheet = approve(session, the_sheet(session))
        with pytest.raises(RuleBroken, match="riga 2: Svolto") as refusal:
            editions.set_actuals(session, sheet.id, [Actual("12,5"), Actual("tante")], version=sheet.version)
        assert refusal.value.field == "quantities-1-actual"
        editions.set_actuals(session, sheet.id, [Actual("12,5", "solo mattina"), Actual("")], version=sheet.version)
        assert sheet.data["quantities"] == [
            {**QUANTITIES[0], "actual": "12.5", "note": "solo mattina"}, QUANTITIES[1]]
        with pytest.raises(RuleBroken, match="ricaricare la pagina"):
            editions.set_actuals(session, sheet.id, [Actual("1")], version=sheet.version)


def test_last_year_is_copied_with_its_own_fields_its_tables_and_what_was_planned(
        begun: Database, manager: Principal, registry: Registry) -> None:
    with unit_of_work(begun, manager, act="prova") as session:
        old = the_sheet(session)
        own_fields.set_own_fields(session, old.services[0].id, {"fields": [
            {"label": "Postazioni", "type": "integer"}, {"label": "Linee", "type": "rows", "name": "own_lines"},
            {"table": "own_lines", "name": "number", "label": "Numero", "type": "text"}]}, version=0, registry=registry)
        operations.renew_fields(session, old.id, plugin=None, moves={}, version=old.version, registry=registry)
        said = {**old.data, "own_postazioni": "3", "own_lines": [{"number": "12"}, {"number": "15"}],
                "municipality_notes": [{"municipality": "dresano", "note": "Chiuso il lunedì."}]}
        operations.edit_sheet(session, old.id, changes={}, data=said, version=old.version)
        approve(session, old)
        editions.set_actuals(session, old.id, [Actual("100", "solo mattina"), Actual("280")], version=old.version)
        new = operations.new_edition(session, old.id, 2027, registry=registry)
        assert new.data == {**said, "own_postazioni": 3, "quantities": [
            {**QUANTITIES[0], "note": "solo mattina"}, QUANTITIES[1]]}
        assert new.schema == old.schema and old.data["quantities"][0]["actual"] == "100"
