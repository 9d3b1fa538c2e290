"""The pages of the vouchers: a month entered in three steps; each municipality reads its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue import sheets
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Membership
from core.plugins.loading import Registry
from core.users.model import User
from core.users.operations import invite
from demo.load import sheets as demo_sheets
from plugins.home_care_vouchers.model import VoucherUsage
from tests import factories
from tests.ground import Application
from tests.unit.catalogue import making

LIST, ENTRY = "/admin/voucher/uso/", "/admin/voucher/mese/"
TYPED = {"vouchers-0": "12", "hours-0": "96,5", "vouchers-2": "1.234", "hours-2": "9.872"}
Visit = Callable[[Role | None], Any]


@pytest.fixture
def office(full_database: Database, registry: Registry) -> Database:
    """Dresano and Melegnano under the vouchers, and a person for each role that matters here."""
    plugin = registry.plugins["home_care_vouchers"].description
    part = demo_sheets()["home_care_vouchers"]["data"]
    with unit_of_work(full_database, system("prova"), act="prova") as session:
        for name in ("Dresano", "Melegnano"):
            municipality = factories.municipality(name)
            municipality.memberships.append(Membership(valid_from=date(2009, 5, 21)))
            session.add(municipality)
        sheet = making.sheet("home_care_vouchers", plugin="home_care_vouchers", **sheets.kept(plugin, part))
        session.add(making.service("home_care_vouchers", entry="Voucher", sheets=(sheet,)))
        session.flush()
        for role in (Role.MANAGEMENT, Role.AUDITOR, Role.ACCREDITATION, Role.MUNICIPALITY):
            own = [municipality.id] if role is Role.MUNICIPALITY else []
            invite(session, email=f"{role}@patto.example", name=f"Persona {role}", roles=[role], municipality_ids=own)
    return full_database


@pytest.fixture
def visit(office: Database, application: Application) -> Visit:
    """A browser in the hands of a person with a role."""
    settings = Settings(data_dir=office.folder, secret_key="chiave-di-prova", today=date(2026, 3, 10))
    app = application(settings, office)
    app.config["WTF_CSRF_ENABLED"] = False

    def browser(role: Role | None) -> Any:
        client = app.test_client()
        with ScopedSession(office, system("prova")) as session, client.session_transaction() as cookie:
            mark = session.scalars(select(User.fs_uniquifier).where(User.email == f"{role}@patto.example")).one()
            cookie.update({"_user_id": mark, "_fresh": True})
        return client

    return browser


def of(database: Database, name: str) -> int:
    from core.parties.model import Municipality

    with ScopedSession(database, system("prova")) as session:
        return session.scalars(select(Municipality.id).where(Municipality.name == name)).one()


def kept(database: Database) -> dict[str, tuple[int, Decimal]]:
    with ScopedSession(database, system("prova")) as session:
        return {use.package: (use.vouchers, use.hours) for use in session.scalars(select(VoucherUsage))}


def month(database: Database, name: str = "Dresano", when: str = "2026-02") -> str:
    return f"{ENTRY}?municipality={of(database, name)}&month={when}"


def test_a_month_is_chosen_filled_in_checked_and_recorded(office: Database, visit: Visit) -> None:
    manager = visit(Role.MANAGEMENT)
    assert "Passo 1 di 3" in manager.get(ENTRY).text
    assert "Passo 2 di 3" in manager.get(month(office)).text
    check = manager.post(month(office), data={**TYPED, "hours-2": "9.872,00", "step": "check"})
    assert "Passo 3 di 3" in check.text and "1.234" in check.text
    assert kept(office) == {}
    done = manager.post(month(office), data={**TYPED, "hours-2": "9.872,00", "step": "confirm"}, follow_redirects=True)
    assert "L&#39;uso di febbraio 2026 per Dresano è stato registrato." in done.text
    assert kept(office) == {"P1": (12, Decimal("96.5")), "P3": (1234, Decimal(9872))}


def test_what_was_typed_stays_when_it_is_refused(office: Database, visit: Visit) -> None:
    page = visit(Role.MANAGEMENT).post(month(office), data={**TYPED, "step": "confirm"})  # 9.872: which number is it?
    assert "P3, ore" in page.text and 'value="9.872"' in page.text and 'value="96,5"' in page.text
    assert kept(office) == {}


def test_a_recorded_month_is_corrected_also_down_to_nothing(office: Database, visit: Visit) -> None:
    manager = visit(Role.MANAGEMENT)
    manager.post(month(office), data={"vouchers-0": "12", "hours-0": "96,5", "step": "confirm"})
    assert "già registrato" in manager.get(month(office)).text
    manager.post(month(office), data={"vouchers-0": "", "hours-0": "", "step": "confirm"})
    assert kept(office) == {"P1": (0, Decimal(0))}


@pytest.mark.parametrize(("name", "when", "sentence"), [
    ("Dresano", "2026-13", "Il mese va da 1 a 12"),
    ("Dresano", "2026-04", "non è ancora cominciato"),
    ("Dresano", "presto", "non si capisce"),
    ("Dresano", "2025-12", "non ha pacchetti"),
])
def test_a_month_that_cannot_be_entered_is_refused_in_words(office: Database, visit: Visit, name: str, when: str,
                                                            sentence: str) -> None:
    assert sentence in visit(Role.MANAGEMENT).get(month(office, name, when)).text


@pytest.mark.parametrize("municipality", ["99999", "-1", "x", "1;2"])
def test_a_municipality_that_is_not_there_is_refused_in_words(visit: Visit, municipality: str) -> None:
    page = visit(Role.MANAGEMENT).get(ENTRY, query_string={"municipality": municipality, "month": "2026-02"})
    assert page.status_code == 200 and "non copre il Comune scelto" in page.text


def test_everybody_else_reads_what_is_theirs_and_records_nothing(office: Database, visit: Visit) -> None:
    visit(Role.MANAGEMENT).post(month(office), data={"vouchers-0": "12", "hours-0": "96,5", "step": "confirm"})
    assert "96,50" in visit(Role.AUDITOR).get(LIST).text
    clerk = visit(Role.MUNICIPALITY)  # of Melegnano
    assert "96,50" not in clerk.get(LIST).text and "Dresano" not in clerk.get(LIST).text
    assert clerk.get(f"{LIST}details/?id=1").status_code == 404
    assert visit(Role.ACCREDITATION).get(LIST).status_code == 403
    for role in (Role.AUDITOR, Role.MUNICIPALITY, Role.ACCREDITATION):
        assert visit(role).get(month(office)).status_code == 403
        assert visit(role).post(month(office), data={**TYPED, "step": "confirm"}).status_code == 403
