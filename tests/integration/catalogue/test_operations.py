"""Editing sheets, making editions, saying what covers whom: through the database, on both of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.catalogue import operations, sheets
from core.catalogue.model import OperationalSheet, Service
from core.ground.access import NotAllowed, NotVisible, Principal, Role, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Membership, Municipality
from core.plugins.loading import Registry
from tests import factories
from tests.unit.catalogue import making

DAY = date(2026, 3, 1)
DESK = {
    "weekly_opening_hours": "12",
    "sites": [{"municipality": "dresano", "address": "Via Roma 3", "opening": "giovedì 14.00-17.00"}],
}


@pytest.fixture
def filled(database: Database, manager: Principal, registry: Registry) -> Database:
    """Dresano and Melegnano, members; a service of all members and one of Dresano alone, with its sheet."""
    with unit_of_work(database, manager, act="prova") as session:
        dresano, melegnano = factories.municipality("Dresano"), factories.municipality("Melegnano")
        for municipality in (dresano, melegnano):
            municipality.memberships.append(Membership(valid_from=date(2009, 5, 21)))
        schema = registry.plugins["access_desk"].description.sheet
        desk = making.sheet("access_desk", plugin="access_desk", **sheets.kept(schema, DESK))
        session.add_all([
            dresano, melegnano,
            making.service("placement", order=1, entry="Inserimenti lavorativi"),
            making.service("access_desk", order=2, entry="Segretariato", cover_all=False, sheets=(desk,)),
        ])
        session.flush()
        operations.set_coverage(session, service(session, "access_desk"), dresano.id, date(2015, 1, 1), None)
    return database


def service(session: ScopedSession, code: str) -> int:
    return session.scalars(select(Service.id).where(Service.code == code)).one()


def municipality(session: ScopedSession, slug: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.slug == slug)).one()


def the_sheet(session: ScopedSession) -> OperationalSheet:
    return session.scalars(select(OperationalSheet)).one()


def edit(database: Database, registry: Registry, actor: Principal, **options: object) -> None:
    with unit_of_work(database, actor, act="modifica scheda") as session:
        sheet = the_sheet(session)
        operations.edit_sheet(session, sheet.id, **{"changes": {}, "data": None, "version": sheet.version,
                                                    "registry": registry, **options})


def covering(database: Database, actor: Principal, slug: str, day: date = DAY) -> list[str]:
    with ScopedSession(database, actor) as session:
        return [s.code for s in operations.services_covering(session, municipality(session, slug), day)]


# --- sheets


def test_texts_and_data_of_a_sheet_are_changed_together(filled: Database, registry: Registry,
                                                        manager: Principal) -> None:
    edit(filled, registry, manager, changes={"mission": " Nuova missione. ", "activities": "Uno\n\nDue"},
         data={**DESK, "appointment_days": "10"})
    with ScopedSession(filled, manager) as session:
        sheet = the_sheet(session)
        assert (sheet.mission, sheet.activities, sheet.version) == ("Nuova missione.", ("Uno", "Due"), 2)
        assert sheet.data["appointment_days"] == 10
        assert sheet.labels["sites.address"] == "Indirizzo"


def test_a_refused_value_leaves_the_sheet_as_it_was(filled: Database, registry: Registry, manager: Principal) -> None:
    with pytest.raises(RuleBroken, match="Comune conosciuto") as caught:
        edit(filled, registry, manager, changes={"mission": "Altra"},
             data={"sites": [{"municipality": "atlantide", "address": "Via Roma 3"}]})
    assert caught.value.field == "sites-0-municipality"
    with ScopedSession(filled, manager) as session:
        assert the_sheet(session).mission == "Accogliere chi cerca access_desk."


def test_a_stale_form_is_refused(filled: Database, registry: Registry, manager: Principal) -> None:
    edit(filled, registry, manager, changes={"title": "Primo"})
    with pytest.raises(RuleBroken, match="Nel frattempo"):
        edit(filled, registry, manager, changes={"title": "Secondo"}, version=1)


@pytest.mark.parametrize("changes", [{"edition": 2030}, {"title": "  "}, {"mission": None}, {"unknown": "x"}])
def test_what_is_not_a_text_of_the_sheet_is_refused(filled: Database, registry: Registry, manager: Principal,
                                                    changes: dict[str, object]) -> None:
    with pytest.raises(RuleBroken):
        edit(filled, registry, manager, changes=changes)


def test_without_its_plugin_a_sheet_keeps_its_data_and_lets_its_texts_be_changed(filled: Database,
                                                                                 manager: Principal) -> None:
    edit(filled, Registry(), manager, changes={"mission": "Senza plugin."})
    with pytest.raises(RuleBroken, match="non è caricato"):
        edit(filled, Registry(), manager, data={})
    with ScopedSession(filled, manager) as session:
        assert the_sheet(session).data["weekly_opening_hours"] == "12"


def test_only_the_management_edits_the_catalogue(filled: Database, registry: Registry, auditor: Principal) -> None:
    accountant = Principal("Ada Conti", frozenset({Role.ACCOUNTING}), user_id=9)
    for actor in (accountant, auditor):
        with pytest.raises(NotAllowed):
            edit(filled, registry, actor, changes={"title": "Altro"})


def test_a_new_edition_copies_text_data_and_services_and_leaves_the_old_one(filled: Database, registry: Registry,
                                                                           manager: Principal) -> None:
    with unit_of_work(filled, manager, act="nuova edizione") as session:
        old = the_sheet(session)
        new = operations.new_edition(session, old.id, 2027, registry=registry)
        assert (new.code, new.edition, new.data, new.labels) == (old.code, 2027, old.data, old.labels)
        assert [s.code for s in new.services] == [s.code for s in old.services] == ["access_desk"]
        for year, words in ((2027, "esiste già"), (2026, "deve seguire"), (12027, "deve seguire")):
            with pytest.raises(RuleBroken, match=words):
                operations.new_edition(session, old.id, year, registry=registry)


# --- coverage


def test_a_service_of_all_members_covers_a_member_and_the_others_whom_they_name(filled: Database,
                                                                              manager: Principal) -> None:
    assert covering(filled, manager, "dresano") == ["placement", "access_desk"]
    assert covering(filled, manager, "melegnano") == ["placement"]


def test_coverage_does_not_ask_for_membership(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session:
        outsider = factories.municipality("Pantigliate")
        session.add(outsider)
        session.flush()
        operations.set_coverage(session, service(session, "access_desk"), outsider.id, date(2009, 7, 1),
                                date(2012, 7, 31))
    assert covering(filled, manager, "pantigliate", date(2012, 7, 31)) == ["access_desk"]
    assert covering(filled, manager, "pantigliate", date(2012, 8, 1)) == []


def test_membership_counts_on_the_day(filled: Database, manager: Principal) -> None:
    assert covering(filled, manager, "melegnano", date(2009, 5, 20)) == []


def test_a_municipality_sees_its_own_services_and_no_other(filled: Database, manager: Principal) -> None:
    with ScopedSession(filled, manager) as session:
        own, foreign = municipality(session, "dresano"), municipality(session, "melegnano")
    with ScopedSession(filled, factories.clerk_of(own)) as session:
        assert [s.code for s in operations.services_covering(session, own, DAY)] == ["placement", "access_desk"]
        with pytest.raises(NotVisible):
            operations.services_covering(session, foreign, DAY)
        assert operations.covered_municipalities(session, "placement", DAY, DAY) == {own: "Dresano"}


def test_coverage_that_ends_before_it_begins_is_refused(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session, pytest.raises(RuleBroken, match="prima di"):
        operations.set_coverage(session, service(session, "access_desk"), municipality(session, "melegnano"),
                                date(2026, 2, 1), date(2026, 1, 31))


@pytest.mark.parametrize(("start", "end"), [
    (date(2014, 1, 1), None),
    (date(2014, 1, 1), date(2015, 1, 1)),
    (date(2026, 1, 1), date(2026, 1, 2)),
])
def test_periods_that_overlap_are_refused(filled: Database, manager: Principal, start: date, end: date | None) -> None:
    with unit_of_work(filled, manager, act="copertura") as session, pytest.raises(RuleBroken, match="sovrappongono"):
        operations.set_coverage(session, service(session, "access_desk"), municipality(session, "dresano"), start, end)


def test_a_service_covers_nobody_before_it_opens(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session, pytest.raises(RuleBroken) as refused:
        desk = session.get_one(Service, service(session, "access_desk"))
        desk.valid_from = date(2020, 1, 1)
        operations.set_coverage(session, desk.id, municipality(session, "melegnano"), date(2019, 12, 31), None)
    assert (refused.value.field, refused.value.values["day"]) == ("valid_from", "01/01/2020")


def test_a_period_is_closed_and_followed_by_another(filled: Database, manager: Principal) -> None:
    with unit_of_work(filled, manager, act="copertura") as session:
        desk, dresano = service(session, "access_desk"), municipality(session, "dresano")
        operations.set_coverage(session, desk, dresano, date(2015, 1, 1), date(2025, 12, 31))
        again = operations.set_coverage(session, desk, dresano, date(2026, 6, 1), None)
    assert covering(filled, manager, "dresano") == ["placement"]
    assert covering(filled, manager, "dresano", date(2026, 6, 1)) == ["placement", "access_desk"]
    with unit_of_work(filled, manager, act="errore") as session:
        operations.remove_coverage(session, again.id)
    assert covering(filled, manager, "dresano", date(2026, 6, 1)) == ["placement"]


def test_every_change_is_in_the_history(filled: Database, registry: Registry, manager: Principal) -> None:
    edit(filled, registry, manager, changes={"title": "Altro titolo"})
    with ScopedSession(filled, manager) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.table_name, entry.actor, entry.act) == ("operational_sheet", manager.name, "modifica scheda")
