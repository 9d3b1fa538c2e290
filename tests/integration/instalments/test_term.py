"""A balance for which the contract gives no term (R91, X6): asked for, never late, until the office fixes a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.cases.model import Note
from core.contracts.model import ContractTerms, InstalmentRule
from core.deadlines.model import Deadline
from core.documents.wordfile import read_text
from core.ground.access import as_system
from core.ground.errors import RuleBroken
from core.instalments import operations, planning
from core.instalments.interest import Interest
from core.instalments.model import Instalment
from core.instalments.term import fix_term
from core.payments.account import interest_of
from tests.ledger import ACCOUNTANT, Ledger

JANUARY = date(2026, 1, 12)
APPROVED = date(2027, 5, 3)
LATER = date(2029, 1, 15)


@pytest.fixture
def balance(ledger: Ledger) -> int:
    """The balance of Melegnano, asked for on the day of the accounts, by a contract that gives no term and interest."""
    with ledger.unit("condizioni") as session:
        as_system(session, update(InstalmentRule).where(InstalmentRule.kind == "balance").values(due_days=None),
                  reason="prova")
        as_system(session, update(ContractTerms).values(interest="legal"), reason="prova")
    key = ledger.plan(2026, JANUARY)["Melegnano", "Saldo"]
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", APPROVED)
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=APPROVED)
    row = ledger.row(key)
    assert (row.nominal, row.effective) == (APPROVED, None), "it may be asked for from that day"
    ledger.ask(APPROVED, APPROVED)
    return key


def fixed(ledger: Ledger, key: int, due: date, why: str = "Deliberazione n. 7 del 03/05/2027") -> None:
    with ledger.unit("scadenza", ACCOUNTANT) as session:
        fix_term(session, key, due=due, why=why, version=None, today=date(2027, 6, 1))


def test_the_plan_says_that_there_is_no_term_and_where_it_is_written(ledger: Ledger) -> None:
    with ledger.unit("condizioni") as session:
        as_system(session, update(InstalmentRule).where(InstalmentRule.kind == "balance").values(due_days=None),
                  reason="prova")
    with ledger.unit("legge") as session:
        [said] = planning.propose_all(session, 2026).findings
    assert str(said).startswith("«Saldo»: le condizioni non dicono entro quanti giorni si paga.")
    assert said.at is not None and said.at.kind == "terms"


def test_it_is_never_late_bears_no_interest_and_raises_no_alert(ledger: Ledger, balance: int) -> None:
    with ledger.unit("notte") as session:
        assert balance not in operations.turning(session, LATER)
        operations.turn(session, LATER, [balance])
        row = session.get_one(Instalment, balance)
        assert (row.state, row.nominal, row.effective) == ("requested", None, None)
        assert interest_of(session, row, today=LATER) == Interest()
        of_it = select(Deadline.case_title).where(Deadline.subject == "instalment", Deadline.subject_id == balance,
                                            Deadline.state == "open")
        assert list(session.scalars(of_it)) == []
        text = " ".join(" ".join(read_text(session.files.get(row.document.path))).split())
    assert "di versare € 25.000,00 (venticinquemila/00)." in text and "Scadenza" not in text
    assert "interessi" not in text


def test_the_office_fixes_a_day_by_its_act_and_from_there_it_is_late(ledger: Ledger, balance: int) -> None:
    fixed(ledger, balance, date(2027, 8, 1))
    row = ledger.row(balance)
    assert (row.nominal, row.effective) == (date(2027, 8, 1), date(2027, 8, 2)), "the first is a Sunday"
    with ledger.unit("notte") as session:
        operations.turn(session, date(2027, 8, 3), [balance])
    assert ledger.row(balance).state == "overdue"
    fixed(ledger, balance, date(2027, 9, 30), "Accordo del 28/07/2027")
    assert ledger.row(balance).state == "requested", "it is late no more"
    with ledger.unit("legge") as session:
        told = session.scalars(select(Note).where(Note.subject == "instalment", Note.subject_id == balance)).all()
    assert [note.shared for note in told] == [True, True]
    assert told[0].text == "La scadenza della rata n. 3/2026 è il 02/08/2027. Deliberazione n. 7 del 03/05/2027"


@pytest.mark.parametrize(("due", "why", "says"), [
    (date(2027, 5, 2), "Atto", "è stata chiesta il 03/05/2027"), (date(2099, 1, 1), "Atto", "troppo lontana"),
    (date(2027, 7, 31), " ", "Indicare l'atto")])
def test_a_day_that_cannot_be_is_refused(ledger: Ledger, balance: int, due: date, why: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        fixed(ledger, balance, due, why)
    assert ledger.row(balance).effective is None


def test_what_has_its_term_in_the_contract_keeps_it(ledger: Ledger) -> None:
    key = ledger.plan(2026, JANUARY)["Melegnano", "Primo acconto"]
    ledger.ask(date(2026, 1, 31), JANUARY)
    with pytest.raises(RuleBroken, match="il contratto non dà un termine"):
        fixed(ledger, key, date(2026, 3, 31))
    assert ledger.row(key).amount == Decimal("100000.00")
