"""Several deadlines are marked as done at once: each on its own, with a report, and once however often it is sent."""

from __future__ import annotations

from datetime import date

import lxml.html
import pytest
from sqlalchemy import func, select

from admin.command.worker import day_of
from core.contracts.model import Contract, ContractParty
from core.deadlines.model import Deadline, DeadlineChange, DeadlineRule
from core.instalments.model import Instalment
from tests.factories import filled
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import TODAY, House

DUE = date(2026, 3, 20)


@pytest.fixture
def terms(house: House) -> list[int]:
    """Of the accounting the checks of two instalments; of the management the signature of a contract."""
    with house.unit("rate") as session:
        own = house.id_of("dresano")
        contract = session.scalars(select(Contract).join(ContractParty).where(ContractParty.party_id == own)).one()
        session.add_all(filled(
            Instalment, contract=contract, municipality_id=own, kind="advance", number=number, year=2026,
            state="requested", nominal=DUE, effective=DUE, requested_on=date(2026, 2, 20)) for number in (7, 8))
    for _name, work in day_of(house.settings, house.database, TODAY):
        work()
    with house.session() as session:
        checks = select(Deadline.id).join(DeadlineRule).where(DeadlineRule.code == "instalment_check")
        signing = select(Deadline.id).where(Deadline.subject == "contract").order_by(Deadline.id).limit(1)
        return [*session.scalars(checks.order_by(Deadline.id)), *session.scalars(signing)]


def outcomes(someone: Person) -> dict[str, str]:
    """The report on the screen: each row, and what came of it."""
    rows = lxml.html.fromstring(someone.page).xpath("//main//table//tbody/tr")
    return {" ".join(row.xpath("string(th)").split()): " ".join(row.xpath("string(td)").split()) for row in rows}


def changes(house: House) -> int:
    """How often something was said of a term."""
    with house.session() as session:
        return session.scalar(select(func.count()).select_from(DeadlineChange)) or 0


def address(keys: list[int], act: str = "met") -> str:
    """What the ticked list asks for."""
    return f"/admin/scadenze/insieme/?atto={act}" + "".join(f"&riga={key}" for key in keys)


def test_what_can_be_done_is_done_and_the_report_says_why_the_rest_is_not(
    house: House, person: Enter, terms: list[int],
) -> None:  # fmt: skip
    inside = person("contabilita")
    inside.get(address(terms))
    assert "Ogni riga è un atto a sé" in inside.text()
    sent = {**inside.fields(), "on": TODAY.isoformat(), "why": "Incassi verificati con la tesoreria"}
    for _again in range(2):  # pressed twice, it answers what it answered
        inside.post(address(terms), sent)
        *mine, others = outcomes(inside).values()
        assert mine == ["Fatto", "Fatto"]
        assert others.startswith("Non fatto ")
        assert "Fatte 2 righe; 1 non fatta." in inside.text()
    assert changes(house) == 2
    with house.session() as session:
        states = dict(session.execute(select(Deadline.id, Deadline.state).where(Deadline.id.in_(terms))).all())
    assert [states[key] for key in terms] == ["met", "met", "missed"]  # that of the other office stands as it stood


def test_a_reason_that_is_missing_stops_all_of_them_before_anything_is_done(
    house: House, person: Enter, terms: list[int],
) -> None:  # fmt: skip
    inside = person("contabilita")
    inside.get(address(terms))
    inside.send(why="")
    assert "Non è stato registrato nulla" in inside.text()
    assert changes(house) == 0


def test_nothing_ticked_and_an_act_that_is_none(person: Enter, terms: list[int]) -> None:
    inside = person("contabilita")
    inside.open(address([]))
    assert "Nessuna riga è spuntata" in inside.text()
    assert inside.get(address(terms, "altro")).status_code == 404


def test_who_only_reads_ticks_nothing(person: Enter, terms: list[int]) -> None:
    assert 'name="riga"' in person("contabilita").get("/admin/scadenze/?stato=todo").text
    for name in ("dresano", "revisore"):
        assert 'name="riga"' not in person(name).get("/admin/scadenze/?stato=todo").text
        assert person(name).get(address(terms)).status_code == 403
