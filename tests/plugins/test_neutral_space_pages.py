"""R123 on the pages: the term stands among the others, the reports are counted, the municipality's page shows them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.deadlines.standard import install_rules
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.plugins.bound import bind
from core.plugins.loading import Registry
from plugins.neutral_space import operations
from plugins.neutral_space.model import HalfYear
from tests import factories
from tests.ground import Application
from tests.plugins.visiting import Visit, visiting

TERMS = "/admin/scadenze/"
TODAY = date(2026, 6, 10)


@pytest.fixture
def office(full_database: Database, registry: Registry) -> Database:
    """Dresano with its first half-year, which is nearly over."""
    bind(full_database, registry)
    with unit_of_work(full_database, system("prova"), act="prova") as session:
        install_rules(session)
        session.add(row := factories.municipality("Dresano"))
        session.flush()
        operations.open_halves(session, [row.id], TODAY, TODAY, today=TODAY)
    return full_database


@pytest.fixture
def visit(office: Database, application: Application) -> Visit:
    return visiting(office, application, TODAY)


def test_the_half_year_waits_is_counted_and_is_done(office: Database, visit: Visit) -> None:
    manager = visit(Role.MANAGEMENT)
    terms = manager.get(TERMS, follow_redirects=True).text
    assert "Relazioni semestrali dello Spazio Neutro" in terms and "Spazio Neutro, Dresano, 1º semestre 2026" in terms
    assert "Semestre dello Spazio Neutro" in manager.get("/admin/regole-scadenze/").text
    page = manager.get("/admin/spazio-neutro/1/conta")
    assert "Relazioni dovute" in page.text
    wrong = manager.post("/admin/spazio-neutro/1/conta", data={"due": "7", "sent": "8", "said_on": "2026-06-10"})
    assert "non superano quelle dovute" in wrong.text
    done = manager.post("/admin/spazio-neutro/1/conta", data={"due": "7", "sent": "7", "said_on": "2026-06-10"},
                        follow_redirects=True)
    assert "Le relazioni sono registrate." in done.text
    with ScopedSession(office, system("prova")) as session:
        assert session.scalars(select(HalfYear.sent)).all() == [7]
    assert "Relazioni semestrali" not in manager.get(TERMS, follow_redirects=True).text


def test_the_page_of_a_municipality_shows_its_reports(office: Database, visit: Visit) -> None:
    page = visit(Role.MANAGEMENT).get("/admin/comuni/details/?id=1").text
    assert "Relazioni dello Spazio Neutro" in page and "1º semestre 2026" in page


def test_a_municipality_reads_and_counts_nothing(visit: Visit) -> None:
    clerk = visit(Role.MUNICIPALITY)
    assert "1º semestre 2026" in clerk.get("/admin/spazio-neutro/").text
    assert clerk.get("/admin/spazio-neutro/1/conta").status_code == 403
