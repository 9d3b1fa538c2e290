"""Instalments that wait: for the signature, for the approval of the budget, for an event that the office defines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.cases import events
from core.contracts.model import Contract, ContractTerms, InstalmentRule
from core.contracts.terms_text import terms_of
from core.deadlines import kinds
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.ground.errors import RuleBroken
from core.instalments import operations, rounds
from core.instalments.model import Instalment
from core.parties.model import Azienda
from tests.factories import filled
from tests.ledger import ACCOUNTANT, MANAGER, Ledger, ledger

__all__ = ["ledger"]
TODAY = date(2026, 3, 2)
KIND: dict[str, Any] = {"code": "collaudo", "name": "Collaudo della sede", "subject": "contract",
                        "recorded_by": "management", "shared": True}


def plan(ledger: Ledger, event: str, due_days: int | None = 30, counts_from: str | None = None) -> None:
    """The contract goes by terms with one advance of 60 % that waits for an event, then the balance."""
    with ledger.unit("condizioni") as session:
        terms = filled(ContractTerms, title="Altre condizioni", roll_policy="holiday", interest="none",
                       extra_projects_month=9, renewal_direction="before", share_criteria=("residenti",))
        session.add(terms)
        session.flush()
        session.add_all([
            InstalmentRule(terms_id=terms.id, order=1, title="Acconto", kind="advance", percent=Decimal(60),
                           base="previous_year_or_approved_budget", event=event, due_days=due_days,
                           counts_from=counts_from),
            InstalmentRule(terms_id=terms.id, order=2, title="Saldo", kind="balance", event="accounts_approved",
                           due_days=30)])
        session.get_one(Contract, ledger.contract).terms_id = terms.id


def define(ledger: Ledger, **wanted: object) -> int:
    with ledger.unit("evento") as session:
        return kinds.add_kind(session, {**KIND, **wanted}).id


def record(ledger: Ledger, kind: int, on: date, **more: Any) -> int:
    with ledger.unit("registra", MANAGER) as session:
        return events.record(session, more.pop("subject", "contract"), more.pop("case", ledger.contract), kind_id=kind,
                             on=on, today=more.pop("today", TODAY), **more).id


def sign(ledger: Ledger, on: date) -> None:
    with ledger.unit("firma") as session:
        session.get_one(Contract, ledger.contract).signed_on = on


def term(ledger: Ledger, key: int) -> tuple[date | None, date | None, Decimal | None]:
    row = ledger.row(key)
    return row.nominal, row.effective, row.amount


def test_until_it_happens_it_has_an_amount_and_no_day_and_is_late_with_nothing(ledger: Ledger) -> None:
    kind = define(ledger)
    plan(ledger, "collaudo")
    with ledger.unit("regole") as session:
        install_rules(session)
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    assert term(ledger, key) == (None, None, Decimal("120000.00")), "60 % of 200.000"
    with ledger.unit("notte") as session:
        assert rounds.due_dates(session) == []
        assert operations.turning(session, date(2027, 12, 31)) == []
        assert session.scalars(select(Deadline).where(Deadline.subject == "instalment",
                                                      Deadline.subject_id == key)).all() == []
    event = record(ledger, kind, date(2026, 2, 23))
    assert term(ledger, key) == (date(2026, 3, 25), date(2026, 3, 25), Decimal("120000.00"))
    with ledger.unit("corregge", MANAGER) as session:
        events.correct(session, event, on=date(2026, 2, 20), why="Letto male", version=1, today=TODAY)
    assert term(ledger, key)[:2] == (date(2026, 3, 22), date(2026, 3, 23)), "22 March 2026 is a Sunday"
    with ledger.unit("annulla", MANAGER) as session:
        events.withdraw(session, event, why="Rinviato", version=2, today=TODAY)
    assert term(ledger, key)[:2] == (None, None), "it waits again"


def test_the_day_of_what_was_asked_for_does_not_move(ledger: Ledger) -> None:
    kind = define(ledger)
    plan(ledger, "collaudo")
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    event = record(ledger, kind, date(2026, 2, 23))
    ledger.ask(date(2026, 3, 25), TODAY)
    for deed in (lambda s: events.correct(s, event, on=date(2026, 2, 20), why="Prova", version=1, today=TODAY),
                 lambda s: events.withdraw(s, event, why="Prova", version=1, today=TODAY)):
        with pytest.raises(RuleBroken, match="ritirare prima la richiesta"), ledger.unit("cambia", MANAGER) as session:
            deed(session)
    assert term(ledger, key)[:2] == (date(2026, 3, 25), date(2026, 3, 25))


def test_what_was_asked_for_by_another_day_does_not_stop_the_correction(ledger: Ledger) -> None:
    with ledger.unit("dal 2025") as session:
        session.get_one(Contract, ledger.contract).starts_on = date(2025, 1, 1)
    kind = define(ledger)
    plan(ledger, "collaudo", 60)
    event = record(ledger, kind, date(2026, 1, 1))
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    for body in (ledger.melegnano, ledger.dresano):
        ledger.share(body, 2026, "final", "200000.00", date(2026, 12, 1))
    later = ledger.plan(2027, TODAY)["Melegnano", "Acconto"]
    ledger.ask(date(2027, 3, 2), date(2027, 1, 11))
    assert term(ledger, later)[:2] == (date(2027, 3, 2), date(2027, 3, 2)), "60 days from 1 January 2027"
    with ledger.unit("corregge", MANAGER) as session:
        events.correct(session, event, on=date(2026, 2, 2), why="Letto male", version=1, today=TODAY)
    assert term(ledger, key)[:2] == (date(2026, 4, 3), date(2026, 4, 3))
    assert term(ledger, later)[:2] == (date(2027, 3, 2), date(2027, 3, 2))
    with pytest.raises(RuleBroken, match="ritirare prima"), ledger.unit("annulla", MANAGER) as session:
        events.withdraw(session, event, why="Prova", version=2, today=TODAY)


@pytest.mark.parametrize("left", [True, False])
def test_what_counts_from_its_receipt_is_stopped_only_until_it_leaves(ledger: Ledger, left: bool) -> None:
    kind = define(ledger)
    plan(ledger, "collaudo", counts_from="receipt")
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    event = record(ledger, kind, date(2026, 2, 23))
    if left:
        ledger.ask(date(2026, 3, 25), TODAY)
        with ledger.unit("corregge", MANAGER) as session:
            events.correct(session, event, on=date(2026, 2, 20), why="Letto male", version=1, today=TODAY)
        assert term(ledger, key)[:2] == (None, None), "its days begin when it is received"
        return
    with ledger.unit("richiesta", ACCOUNTANT) as session:
        rounds.prepare(session, date(2026, 3, 25), today=TODAY)
    with pytest.raises(RuleBroken, match="ritirare prima"), ledger.unit("corregge", MANAGER) as session:
        events.correct(session, event, on=date(2026, 2, 20), why="Prova", version=1, today=TODAY)


def test_the_signature_fixes_the_first_year_and_the_later_ones_count_from_their_beginning(ledger: Ledger) -> None:
    sign(ledger, date(2025, 12, 15))
    plan(ledger, "contract_signed", 45)
    first = ledger.plan(2026, TODAY)["Dresano", "Acconto"]
    assert term(ledger, first) == (date(2026, 1, 29), date(2026, 1, 29), Decimal("20000.00"))
    later = ledger.plan(2027, TODAY)["Dresano", "Acconto"]
    assert term(ledger, later)[:2] == (date(2027, 2, 15), date(2027, 2, 15)), "45 days from 1 January 2027"


def test_the_approved_budget_fixes_what_waits_for_it(ledger: Ledger) -> None:
    plan(ledger, "budget_approved", 20)
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    assert term(ledger, key) == (None, None, Decimal("120000.00"))
    ledger.share(ledger.melegnano, 2026, "budget", "210000.00", date(2026, 3, 2))
    with ledger.unit("notte") as session:
        operations.refresh(session, 2026, today=TODAY)
    assert term(ledger, key) == (date(2026, 3, 22), date(2026, 3, 23), Decimal("126000.00")), "60 % of the budget"


def test_what_happens_each_year_fixes_that_year_alone(ledger: Ledger) -> None:
    with ledger.unit("legge") as session:
        azienda = session.scalars(select(Azienda.id)).one()
    kind = define(ledger, code="variazione", subject="azienda")
    plan(ledger, "variazione", 10)
    own, next_year = (ledger.plan(year, TODAY)["Melegnano", "Acconto"] for year in (2026, 2027))
    record(ledger, kind, date(2026, 2, 27), subject="azienda", case=azienda, year=2026)
    assert term(ledger, own)[:2] == (date(2026, 3, 9), date(2026, 3, 9))
    assert term(ledger, next_year)[:2] == (None, None)


def test_anothers_contract_moves_nothing_here(ledger: Ledger) -> None:
    kind = define(ledger)
    plan(ledger, "collaudo")
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    with ledger.unit("altro") as session:
        terms = session.get_one(Contract, ledger.contract).terms_id
        session.add(other := filled(Contract, number=99, year=2026, terms_id=terms))
        session.flush()
        case = other.id
    record(ledger, kind, date(2026, 2, 23), case=case)
    assert term(ledger, key)[:2] == (None, None)


@pytest.mark.parametrize(("event", "days", "says", "later"), [
    ("contract_signed", 30, "firma del contratto", "inizio dell'anno"),
    ("budget_approved", 30, "approvazione del bilancio di previsione e del riparto", ""),
    ("collaudo", None, "collaudo della sede", "inizio dell'anno"),
    ("relazione", 30, "consegna della relazione", ""),
])
def test_the_clause_says_it_in_words(ledger: Ledger, event: str, days: int | None, says: str, later: str) -> None:
    define(ledger)
    define(ledger, code="relazione", name="Consegna della relazione", yearly=True)
    plan(ledger, event, days)
    with ledger.unit("legge") as session:
        row = terms_of(session, session.get_one(Contract, ledger.contract)).instalments[0]
        assert (row.event, row.due_days, row.later) == (says, days, later)


def test_an_invoice_that_came_before_keeps_its_amount_and_gets_its_day(ledger: Ledger) -> None:
    kind = define(ledger)
    plan(ledger, "collaudo")
    key = ledger.plan(2026, TODAY)["Melegnano", "Acconto"]
    with ledger.unit("fattura", ACCOUNTANT) as session:
        row = session.get_one(Instalment, key)
        row.invoice_number, row.invoice_on = "12/PA", date(2026, 2, 1)
    record(ledger, kind, date(2026, 2, 23))
    assert term(ledger, key) == (date(2026, 3, 25), date(2026, 3, 25), Decimal("120000.00"))


@pytest.mark.parametrize(("wanted", "field"), [({"active": False}, "active"), ({"shared": False}, "shared")])
def test_an_event_that_an_instalment_waits_for_stays_in_use_and_is_read(
    ledger: Ledger, wanted: dict[str, bool], field: str
) -> None:
    kind = define(ledger)
    with ledger.unit("nessuno lo aspetta", MANAGER) as session:
        kinds.set_kind(session, kind, wanted, version=1)
        kinds.set_kind(session, kind, {"active": True, "shared": True}, version=2)
    plan(ledger, "collaudo")
    with pytest.raises(RuleBroken, match="Una rata aspetta questo evento") as refused, ledger.unit("toglie") as session:
        kinds.set_kind(session, kind, wanted, version=3)
    assert refused.value.field == field
    with ledger.unit("il contratto è finito") as session:
        session.get_one(Contract, ledger.contract).state = "closed"
    with ledger.unit("toglie") as session:
        kinds.set_kind(session, kind, wanted, version=3)
