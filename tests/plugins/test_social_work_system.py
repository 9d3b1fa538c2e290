"""R145, social work system: meetings are called by letter, and the hours of training and supervision are counted."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document as WordDocument
from sqlalchemy import select

from core.deadlines.waiting import waiting
from core.ground.access import NotAllowed, Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotVisible, RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Azienda, Membership, Signatory
from core.plugins import letters
from core.plugins.bound import bind
from core.plugins.loading import Registry
from plugins.social_work_system import operations
from plugins.social_work_system.model import WorkersCame
from tests import factories
from tests.ground import Application
from tests.plugins.visiting import visiting
from tests.unit.catalogue import making

TODAY, DAY = date(2026, 3, 10), date(2026, 3, 24)
CALLED = {"kind": "supervision", "on": DAY, "hours": 3, "place": "San Donato Milanese, via Sergnano 2",
          "about": "Il lavoro di rete <nei> casi complessi"}


@pytest.fixture
def office(full_database: Database, registry: Registry) -> Database:
    """The azienda, Dresano and Melegnano as members, a supervision in two weeks."""
    bind(full_database, registry)
    with unit_of_work(full_database, system("prova"), act="arrivo") as session:
        for name in ("Dresano", "Melegnano"):
            row = factories.municipality(name)
            row.memberships.append(Membership(valid_from=date(2009, 5, 21)))
            session.add(row)
        azienda = factories.filled(
            Azienda, kind="azienda", name="Azienda Sociale", short_name="A.S.", tax_code=factories.body_tax_code(),
            letterhead=("Azienda Sociale", "via Uno 1"), city="San Donato Milanese")
        session.add_all([azienda, making.service("social_work_system")])
        session.flush()
        session.add(factories.filled(Signatory, party_id=azienda.id, given_name="Anna", family_name="Rossi",
                                     role="Direttrice", valid_from=date(2020, 1, 1)))
        operations.call(session, **CALLED)
    return full_database


def came(database: Database, who: Principal, today: date = date(2026, 3, 25), **workers: int) -> None:
    with unit_of_work(database, who, act="presenti") as session:
        numbers = {1: workers["dresano"], 2: workers["melegnano"]}
        operations.count(session, 1, numbers, version=None, today=today)


def test_r145_each_municipality_has_its_own_invitation(office: Database, manager: Principal) -> None:
    with unit_of_work(office, manager, act="lettera") as session:
        found = letters.kind_called(session, operations.TABLE, "social_work_system_invitation")
        offers = letters.offers(session, found, 1, TODAY)
        assert [one.addressee_id for one in offers] == [1, 2]
        made = letters.prepare(session, operations.TABLE, found[1].code, 1, 2, today=TODAY)
        text = WordDocument(BytesIO(session.files.get(made.path)))
    said = [paragraph.text for paragraph in text.paragraphs]
    assert "Comune di Melegnano" in said and "Argomento: Il lavoro di rete <nei> casi complessi" in said
    cells = [cell.text for table in text.tables for row in table.rows for cell in row.cells]
    assert cells[2:] == ["Incontro", "Supervisione", "Giorno", "24/03/2026", "Durata", "3 ore", "Luogo",
                         "San Donato Milanese, via Sergnano 2"]


def test_after_its_day_nobody_is_invited_any_more(office: Database, manager: Principal) -> None:
    with unit_of_work(office, manager, act="lettera") as session, pytest.raises(NotVisible):
        letters.prepare(session, operations.TABLE, "social_work_system_invitation", 1, 2, today=date(2026, 3, 25))


def test_r145_the_hours_of_a_meeting_are_those_of_all_who_came(office: Database, manager: Principal) -> None:
    came(office, manager, dresano=2, melegnano=5)
    came(office, manager, dresano=1, melegnano=5)  # a second time corrects the first
    with ScopedSession(office, manager) as session:
        from plugins.social_work_system.beside import rows

        assert [tuple(row) for row in rows(session, 2026)] == [
            (DAY, "Supervisione", "Dresano", 1, 3), (DAY, "Supervisione", "Melegnano", 5, 15)]
        assert list(rows(session, 2025)) == []


def test_who_came_is_not_counted_before_the_day_nor_left_at_nobody(office: Database, manager: Principal) -> None:
    with pytest.raises(RuleBroken, match="si registra dopo"):
        came(office, manager, TODAY, dresano=2, melegnano=5)
    with pytest.raises(RuleBroken, match="almeno un operatore"):
        came(office, manager, dresano=0, melegnano=0)
    with pytest.raises(NotAllowed):
        came(office, factories.clerk_of(1), dresano=1, melegnano=1)


def test_two_who_count_the_same_meeting_do_not_overwrite_each_other(office: Database, manager: Principal) -> None:
    def counts(workers: int) -> None:
        with unit_of_work(office, manager, act="presenti") as session:
            operations.count(session, 1, {1: workers}, version=1, today=date(2026, 3, 25))

    counts(2)
    with pytest.raises(RuleBroken, match="qualcun altro"):
        counts(3)


def test_a_meeting_that_was_held_waits_until_somebody_has_counted(office: Database, manager: Principal) -> None:
    def waits() -> list[str]:
        with ScopedSession(office, manager) as session:
            return [str(item.what) for item in waiting(session, date(2026, 3, 25)) if "social_work" in item.kind]

    assert waits() == ["Registrare quanti operatori hanno partecipato."]
    came(office, manager, dresano=2, melegnano=5)
    assert waits() == []


def test_a_municipality_sees_its_own_workers_only(office: Database, manager: Principal) -> None:
    came(office, manager, dresano=2, melegnano=5)
    with ScopedSession(office, factories.clerk_of(1)) as session:
        assert session.scalars(select(WorkersCame.workers)).all() == [2]


def test_it_is_called_and_its_letters_are_read_prepared_and_taken(office: Database, application: Application) -> None:
    visit = visiting(office, application, TODAY)
    manager = visit(Role.MANAGEMENT)
    page = manager.get("/admin/formazione-supervisione/details/?id=1").text
    assert "/admin/lettere-servizi/social_work_system_meeting/1/" in page
    offers = manager.get("/admin/lettere-servizi/social_work_system_meeting/1/").text
    assert "Dresano" in offers and "Melegnano" in offers
    letter = "/admin/lettere-servizi/social_work_system_meeting/1/social_work_system_invitation-2"
    assert "casi complessi" in manager.get(letter).text
    done = manager.post(letter, follow_redirects=True).text
    assert "La lettera è pronta." in done and "invito-supervisione-del-24-03-2026-comune-di-melegnano.docx" in done
    [url] = re.findall(r'href="(/admin/[^"]*/documento/1/)"', done)
    assert manager.get(url).data.startswith(b"PK")
    for nothing in ("social_work_system_meeting/9/", "neutral_space_half_year/1/", "contract/1/",
                    "social_work_system_meeting/1/niente-2", "social_work_system_meeting/1/x-y"):
        assert manager.get(f"/admin/lettere-servizi/{nothing}").status_code == 404
    assert visit(Role.MUNICIPALITY).get(letter).status_code == 403


def test_english_readers_find_the_words_of_the_plugin_in_its_own_catalogue(
        office: Database, application: Application) -> None:
    manager = visiting(office, application, TODAY)(Role.MANAGEMENT)
    manager.get("/lingua/en")
    assert "Training and supervision" in manager.get("/admin/formazione-supervisione/").text
