"""R134, legal protection: the yearly account is a term; what is due and sent is counted by court and year."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.catalogue import sheets
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.deadlines.waiting import waiting
from core.ground.access import NotAllowed, Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.plugins.bound import bind
from core.plugins.loading import Registry
from plugins.legal_protection import operations
from plugins.legal_protection.model import CourtYear
from tests import factories
from tests.ground import Application
from tests.plugins.visiting import visiting
from tests.unit.catalogue import making

TODAY = date(2026, 3, 10)
LODI = {"year": 2025, "court": "Tribunale di Lodi", "due": 12, "by": date(2026, 6, 30)}


@pytest.fixture
def office(full_database: Database, registry: Registry) -> Database:
    """A house in which the service makes the yearly accounts."""
    bind(full_database, registry)
    plugin = registry.plugins["legal_protection"].description
    with unit_of_work(full_database, system("prova"), act="arrivo") as session:
        install_rules(session)
        sheet = making.sheet("legal_protection", plugin="legal_protection",
                             **sheets.kept(plugin, {"annual_account": True}))
        session.add_all([factories.municipality("Dresano"), making.service("legal_protection", sheets=(sheet,))])
    return full_database


def expect(database: Database, who: Principal, **changes: object) -> int:
    with unit_of_work(database, who, act="attesi") as session:
        return operations.expect(session, **{**LODI, **changes}, today=TODAY).id


def count(database: Database, who: Principal, key: int, sent: int, on: date) -> None:
    with unit_of_work(database, who, act="conta") as session:
        operations.count(session, key, due=12, sent=sent, said_on=on, version=None, today=on)


def terms(database: Database, who: Principal) -> list[tuple[str, date, str]]:
    with ScopedSession(database, who) as session:
        mine = select(Deadline).where(Deadline.subject == operations.TABLE)
        return [(row.case_title, row.effective, row.state) for row in session.scalars(mine)]


def test_r134_the_accounts_of_a_year_are_due_by_the_day_of_their_court(office: Database, manager: Principal) -> None:
    key = expect(office, manager)
    assert terms(office, manager) == [("Rendiconti 2025, Tribunale di Lodi", date(2026, 6, 30), "open")]
    count(office, manager, key, 11, date(2026, 6, 29))
    assert [state for *_rest, state in terms(office, manager)] == ["open"]
    count(office, manager, key, 12, date(2026, 6, 30))
    assert [state for *_rest, state in terms(office, manager)] == ["met"]


@pytest.mark.parametrize("court", ["Rossi Mario", "Tribunale di Lodi R.G. 123/2025", "Tribunale"])
def test_r134_no_person_and_no_file_of_a_court_is_ever_named(office: Database, manager: Principal, court: str) -> None:
    with pytest.raises(RuleBroken, match="non si scrivono nomi di persone"):
        expect(office, manager, court=court)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"year": 2027}, "già cominciati"), ({"due": 0}, "da 1 a 10000"), ({"by": date(2030, 1, 1)}, "nei due seguenti"),
])
def test_what_cannot_be_is_refused_in_words(office: Database, manager: Principal, changes: dict[str, object],
                                            sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        expect(office, manager, **changes)


def test_a_court_has_one_row_a_year(office: Database, manager: Principal) -> None:
    expect(office, manager)
    with pytest.raises(RuleBroken, match="già registrati"):
        expect(office, manager)


def test_a_year_of_which_nobody_said_anything_waits_on_the_first_page(office: Database, manager: Principal) -> None:
    def waits(who: Principal) -> list[str]:
        with ScopedSession(office, who) as session:
            return [str(item.what) for item in waiting(session, TODAY) if item.kind.startswith("legal_protection")]

    assert waits(manager) == ["Dire quanti rendiconti del 2025 aspetta ogni tribunale, ed entro quando."]
    assert waits(factories.clerk_of(1)) == []
    expect(office, manager)
    assert waits(manager) == []


def test_the_numbers_are_the_offices_own(office: Database, manager: Principal) -> None:
    expect(office, manager)
    clerk = factories.clerk_of(1)
    with ScopedSession(office, clerk) as session:
        assert session.scalars(select(CourtYear)).all() == []
    with pytest.raises(NotAllowed):
        expect(office, clerk, year=2024)


def test_they_are_registered_counted_shown_and_taken_away(office: Database, application: Application) -> None:
    visit = visiting(office, application, TODAY)
    manager = visit(Role.MANAGEMENT)
    typed = {"year": "2025", "court": "Tribunale di Lodi", "due": "12", "by": "2026-06-30"}
    done = manager.post("/admin/rendiconti-tutele/nuovo", data=typed, follow_redirects=True)
    assert "I rendiconti dovuti sono registrati, con la loro scadenza." in done.text
    again = manager.post("/admin/rendiconti-tutele/nuovo", data=typed)
    assert "già registrati" in again.text or "già stato inviato" in again.text
    manager.post("/admin/rendiconti-tutele/1/conta", data={"due": "12", "sent": "5", "said_on": "2026-03-10"})
    panel = manager.get("/admin/servizi/details/?id=1").text
    assert "Rendiconti al giudice tutelare" in panel and "Tribunale di Lodi" in panel
    assert "Rendiconti al giudice tutelare" in manager.get("/admin/esporta/").text
    file = manager.get("/admin/esporta/legal_protection_accounts.csv?anno=2025").text
    assert "Tribunale di Lodi;12;5;7;30/06/2026;10/03/2026" in file
    assert visit(Role.MUNICIPALITY).get("/admin/rendiconti-tutele/").status_code == 403
    assert "Tribunale" not in visit(Role.MUNICIPALITY).get("/admin/esporta/legal_protection_accounts.csv").text[60:]
