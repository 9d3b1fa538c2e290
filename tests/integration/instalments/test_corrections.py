"""A final share that changes after its balance was asked for: one act of the assembly, and each pays the difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation.model import AllocationPlan, YearShare
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.standard import install_rules
from core.documents.wordfile import read_text
from core.funding.model import Budget
from core.ground.errors import RuleBroken
from core.instalments import operations, rounds
from core.instalments.corrections import correct
from core.instalments.model import Instalment, RequestRound
from core.parties.model import Act, Azienda
from core.payments import operations as payments
from core.payments.account import balances
from tests.factories import filled
from tests.ground import Reach
from tests.ledger import ACCOUNTANT, Ledger

JANUARY, APPROVED, CORRECTED = date(2026, 1, 12), date(2027, 5, 3), date(2027, 7, 5)
D = Decimal


@pytest.fixture
def asked(ledger: Ledger, reach: Reach) -> dict[tuple[str, str], int]:
    """The year 2026 is asked for whole: the shares were 205.000 and 30.000 euros; Melegnano has paid its balance."""
    planned: dict[tuple[str, str], int] = reach("asked", lambda: ask_all(ledger))
    return planned


def ask_all(ledger: Ledger) -> dict[tuple[str, str], int]:
    planned = ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    ledger.ask(date(2026, 7, 31), date(2026, 7, 1))
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", APPROVED)
    ledger.share(ledger.dresano, 2026, "final", "30033.33", APPROVED)
    with ledger.unit("aggiorna") as session:
        install_rules(session)
        operations.refresh(session, 2026, today=APPROVED)
    ledger.ask(APPROVED, APPROVED)
    pay(ledger, ledger.melegnano, planned["Melegnano", "Saldo"], "25000.00")
    return planned


def pay(ledger: Ledger, owner: int, key: int, amount: str, on: date = date(2027, 5, 20)) -> None:
    with ledger.unit("paga", ACCOUNTANT) as session:
        payments.record(session, owner, received_on=on, amount=D(amount), method="bank_transfer",
                        parts={key: D(amount)}, today=on)


def corrected(ledger: Ledger, melegnano: str, dresano: str, on: date = CORRECTED, number: str = "11") -> None:
    """The assembly corrects the final shares of 2026."""
    ledger.share(ledger.melegnano, 2026, "final", melegnano, on)
    ledger.share(ledger.dresano, 2026, "final", dresano, on)
    with ledger.unit("rettifica") as session:
        azienda = session.scalars(select(Azienda.id)).one()
        act = filled(Act, party_id=azienda, body_kind="assembly", body="Assemblea Consortile", kind="deliberazione",
                     number=number, date=on, title="Rettifica")
        budget = session.scalars(select(Budget)).first() or filled(Budget, year=2026, stage="accounts")
        session.add_all([act, budget])
        session.flush()
        plan = filled(AllocationPlan, year=2026, title="Rettifica", budget_id=budget.id, act_id=act.id, approved_on=on,
                      state="approved", reason="Un conto era sbagliato.")
        session.add(plan)
        session.flush()
        correct(session, plan, on)


def corrections(ledger: Ledger) -> dict[str, Instalment]:
    with ledger.unit("legge") as session:
        rows = session.scalars(select(Instalment).where(Instalment.kind == "correction").order_by(Instalment.id))
        return {row.municipality.name: row for row in rows if row.municipality and row.act and row.corrects}


def letter(ledger: Ledger, key: int) -> str:
    with ledger.unit("legge") as session:
        document = session.get_one(Instalment, key).document
        return " ".join(" ".join(read_text(session.files.get(document.path))).split())


def test_each_is_asked_or_given_back_its_difference_with_a_number_and_the_act(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    corrected(ledger, "207500.00", "29533.33")
    found = corrections(ledger)
    assert {name: (str(row.amount), row.code, row.act.number) for name, row in found.items()} == {
        "Melegnano": ("2500.00", "7/2026", "11"), "Dresano": ("-500.00", "8/2026", "11")}
    assert found["Melegnano"].corrects_id == asked["Melegnano", "Saldo"]
    assert {str(ledger.row(asked[who, "Saldo"]).amount) for who in ("Melegnano", "Dresano")} == {"25000.00", "33.33"}
    assert str(ledger.row(asked["Melegnano", "Saldo"]).paid) == "25000.00", "what was paid stays where it is"


def test_the_letter_says_which_one_it_replaces_and_what_was_paid(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    corrected(ledger, "207500.00", "30033.33")
    ledger.ask(CORRECTED, date(2027, 7, 6))
    row = corrections(ledger)["Melegnano"]
    said = letter(ledger, row.id)
    assert "Oggetto: rettifica – rata n. 7/2026, Rettifica del saldo 2026" in said
    assert "con deliberazione n. 11 del 05/07/2027, ha corretto la quota definitiva" in said
    assert "da € 205.000,00 a € 207.500,00. Motivo: Un conto era sbagliato." in said
    assert "sostituisce la richiesta della rata n. 3/2026, prot. n. 103 del 03/05/2027, per la differenza" in said
    assert "di versare la differenza, € 2.500,00 (duemilacinquecento/00), entro il 5 luglio 2027." in said
    assert "Già versato per l'anno € 25.000,00" in said
    assert "Ancora da versare per l'anno € 182.500,00, compresa questa rettifica" in said
    assert list(corrections(ledger)) == ["Melegnano"], "whose share is the same gets no letter"


def test_a_credit_lowers_at_once_what_is_still_open_of_the_balance(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    corrected(ledger, "205000.00", "30023.33")
    ledger.ask(CORRECTED, CORRECTED)
    balance, row = ledger.row(asked["Dresano", "Saldo"]), corrections(ledger)["Dresano"]
    assert (str(balance.amount), str(balance.left)) == ("33.33", "23.33")
    assert (row.state, str(row.left)) == ("paid", "0.00")
    said = letter(ledger, row.id)
    assert "La differenza è un credito di € 10,00 (dieci/00) del Comune di Dresano." in said
    assert "Di esso € 10,00 riducono la rata corretta, che è ancora da pagare." in said
    assert "sarà portato in diminuzione" not in said


def test_a_credit_of_who_has_paid_stays_open_with_a_deadline_and_a_reminder(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    corrected(ledger, "204000.00", "30033.33")
    ledger.ask(CORRECTED, CORRECTED)
    row = corrections(ledger)["Melegnano"]
    assert (row.state, str(row.left)) == ("credited", "-1000.00")
    with ledger.unit("legge") as session:
        [deadline] = session.scalars(select(Deadline).join(DeadlineRule, DeadlineRule.id == Deadline.rule_id).where(
            DeadlineRule.code == "credit_use"))
        assert (deadline.subject_id, deadline.effective, deadline.state) == (row.id, date(2027, 9, 3), "open")
        assert [alert.days_before for alert in deadline.alerts] == [30, 7, 0]
        assert balances(session, [ledger.melegnano])[ledger.melegnano] == D("179000.00"), "180.000 less the credit"
    with ledger.unit("restituisce", ACCOUNTANT) as session:
        payments.refund(session, ledger.melegnano, source=f"i{row.id}", paid_on=date(2027, 8, 1), amount=D("1000.00"),
                        method="bank_transfer", today=date(2027, 8, 1))
    with ledger.unit("legge") as session:
        assert session.get_one(Deadline, deadline.id).state == "met"


def test_corrected_again_the_second_counts_from_the_first(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    corrected(ledger, "207500.00", "30033.33")
    corrected(ledger, "208000.00", "30033.33", date(2027, 7, 12), "12")
    row = corrections(ledger)["Melegnano"]
    assert (row.code, str(row.amount), row.act.number) == ("7/2026", "3000.00", "12"), "the first was not asked yet"
    ledger.ask(date(2027, 7, 12), date(2027, 7, 12))
    corrected(ledger, "207000.00", "30033.33", date(2027, 9, 6), "14")
    with ledger.unit("legge") as session:
        rows = session.scalars(select(Instalment).where(Instalment.kind == "correction").order_by(Instalment.id)).all()
        assert [(one.code, str(one.amount), one.corrects_id) for one in rows] == [
            ("7/2026", "3000.00", asked["Melegnano", "Saldo"]), ("8/2026", "-1000.00", row.id)]


def test_a_share_that_is_again_what_was_asked_cancels_the_correction(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    corrected(ledger, "207500.00", "30033.33")
    corrected(ledger, "205000.00", "30033.33", date(2027, 7, 12), "12")
    row = corrections(ledger)["Melegnano"]
    assert row.state == "cancelled"


def test_a_balance_that_is_corrected_is_not_taken_back(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    corrected(ledger, "205000.00", "29033.33")
    key = asked["Dresano", "Saldo"]
    with ledger.unit("ritira", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="annullare prima la rettifica"):
        operations.take_back(session, key, why="errore", version=session.get_one(Instalment, key).version,
                             today=CORRECTED)


def test_letters_that_are_ready_go_first(ledger: Ledger) -> None:
    ledger.plan(2026, JANUARY)
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", APPROVED)
    with ledger.unit("aggiorna", ACCOUNTANT) as session:
        operations.refresh(session, 2026, today=APPROVED)
        rounds.prepare(session, APPROVED, today=APPROVED)
    with pytest.raises(RuleBroken, match="sciogliere prima la richiesta"):
        corrected(ledger, "206000.00", "30000.00")


def test_who_was_not_asked_for_the_balance_pays_it_right_at_once(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    ledger.share(ledger.melegnano, 2026, "final", "205000.00", APPROVED)
    corrected(ledger, "206000.00", "30000.00")
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=CORRECTED)
        assert session.scalars(select(YearShare.id).where(YearShare.kind == "final", YearShare.year == 2026)).all()
    assert corrections(ledger) == {}
    assert str(ledger.row(planned["Melegnano", "Saldo"]).amount) == "26000.00"


def test_a_round_says_once_what_it_asks_and_what_it_gives_back(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    corrected(ledger, "207500.00", "29533.33")
    key = ledger.ask(CORRECTED, CORRECTED)
    with ledger.unit("legge") as session:
        found = rounds.totals(session.get_one(RequestRound, key).instalments)
    assert found == rounds.Totals(D("2500.00"), D("500.00"))
