"""Money that arrives: whole, in part, too much, taken back; found on a statement; by eight people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Event
from time import sleep

import pytest
from sqlalchemy import func, select, update

from core.cases.model import Note
from core.contracts.model import ContractTerms
from core.ground.access import as_system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.instalments.invoices import set_invoice
from core.instalments.model import Instalment, InterestRate
from core.payments import matching, operations
from core.payments.account import account, interest_of
from core.payments.model import BankStatement, Payment, Settlement, StatementLine
from core.payments.proposals import Reason
from tests.ground import Reach
from tests.ledger import ACCOUNTANT, AZIENDA_IBAN, MELEGNANO_IBAN, Ledger
from tests.unit.payments.test_statements import camt, details, entry

JANUARY, TODAY = date(2026, 1, 12), date(2026, 2, 5)


@pytest.fixture
def asked(ledger: Ledger, reach: Reach) -> dict[tuple[str, str], int]:
    """Both first advances are asked for: 100.000 of Melegnano, 16.666,67 of Dresano."""
    planned: dict[tuple[str, str], int] = reach("asked", lambda: ask_all(ledger))
    return planned


def ask_all(ledger: Ledger) -> dict[tuple[str, str], int]:
    planned = ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    return planned


def pay(ledger: Ledger, municipality: int, amount: str, parts: dict[int, str], **facts: object) -> int:
    with ledger.unit("paga", ACCOUNTANT) as session:
        payment = operations.record(
            session, municipality, amount=Decimal(amount), parts={k: Decimal(v) for k, v in parts.items()},
            **{"received_on": date(2026, 1, 30), "method": "bank_transfer", "today": TODAY, **facts})
        return payment.id


def test_a_payment_closes_its_instalment_and_no_other(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    mine, other = asked["Melegnano", "Primo acconto"], asked["Dresano", "Primo acconto"]
    pay(ledger, ledger.melegnano, "100000.00", {mine: "100000.00"})
    paid, waiting = ledger.row(mine), ledger.row(other)
    assert (paid.state, paid.paid, paid.settled_on) == ("paid", Decimal("100000.00"), date(2026, 1, 30))
    assert (waiting.state, waiting.paid) == ("requested", Decimal(0))
    with pytest.raises(RuleBroken, match="dello stesso ente"):
        pay(ledger, ledger.melegnano, "10.00", {other: "10.00"})


def test_a_part_payment_leaves_the_rest_open(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    key = asked["Melegnano", "Primo acconto"]
    pay(ledger, ledger.melegnano, "40000.00", {key: "40000.00"}, today=date(2026, 1, 30))
    assert (ledger.row(key).state, ledger.row(key).left) == ("part_paid", Decimal("60000.00"))
    pay(ledger, ledger.melegnano, "1.00", {key: "1.00"})
    assert ledger.row(key).state == "overdue", "late is late, though a part was paid"
    pay(ledger, ledger.melegnano, "59999.00", {key: "59999.00"})
    assert ledger.row(key).state == "paid"


def test_an_over_payment_is_a_credit_that_can_be_used(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    first, second = asked["Melegnano", "Primo acconto"], asked["Melegnano", "Secondo acconto"]
    with pytest.raises(RuleBroken, match=r"restano da pagare € 100\.000,00"):
        pay(ledger, ledger.melegnano, "101000.00", {first: "101000.00"})
    with pytest.raises(RuleBroken, match="non è stata chiesta"):
        pay(ledger, ledger.melegnano, "101000.00", {first: "100000.00", second: "1000.00"})
    pay(ledger, ledger.melegnano, "101000.00", {first: "100000.00"})
    [credit] = credits_of(ledger, ledger.melegnano)
    assert (credit.amount, credit.name) == (Decimal("1000.00"), "pagamento n. 1/2026")
    ledger.ask(date(2026, 7, 31), TODAY)
    use(ledger, second, credit.key, "600.00")
    assert credits_of(ledger, ledger.melegnano)[0].amount == Decimal("400.00")
    with pytest.raises(RuleBroken, match="già stato usato, o è minore"):
        use(ledger, second, credit.key, "400.01")
    use(ledger, second, credit.key, "400.00")
    assert credits_of(ledger, ledger.melegnano) == []
    assert ledger.row(second).paid == Decimal("1000.00")


def credits_of(ledger: Ledger, municipality: int) -> list[operations.CreditSource]:
    with ledger.unit("legge") as session:
        return operations.credits_of(session, municipality)


def use(ledger: Ledger, key: int, source: str, amount: str) -> None:
    version = ledger.row(key).version
    with ledger.unit("compensa", ACCOUNTANT) as session:
        operations.use_credit(session, key, source=source, amount=Decimal(amount), version=version, today=TODAY)


def test_a_negative_balance_is_used_against_the_next_instalment(ledger: Ledger) -> None:
    planned, may = ledger.plan(2026, JANUARY), date(2027, 5, 3)
    ledger.share(ledger.melegnano, 2026, "final", "179000.00", may)
    with ledger.unit("aggiorna") as session:
        from core.instalments import operations as instalments

        instalments.refresh(session, 2026, today=may)
    ledger.ask(may, may)
    ledger.ask(date(2026, 7, 31), may)
    balance, second = planned["Melegnano", "Saldo"], planned["Melegnano", "Secondo acconto"]
    [credit] = credits_of(ledger, ledger.melegnano)
    assert (credit.amount, ledger.row(balance).state) == (Decimal("1000.00"), "credited")
    use(ledger, second, credit.key, "1000.00")
    assert (ledger.row(balance).state, ledger.row(balance).left) == ("paid", Decimal(0))
    assert ledger.row(second).paid == Decimal("1000.00")
    with ledger.unit("storna", ACCOUNTANT) as session:
        offset = session.scalars(select(Payment).where(Payment.method == "offset")).one()
        operations.reverse(session, offset.id, why="Compensazione sbagliata", on=TODAY, today=TODAY)
    assert (ledger.row(balance).state, ledger.row(second).paid) == ("credited", Decimal(0))


def test_a_reversal_opens_again_what_was_paid_and_stays_written(ledger: Ledger,
                                                                asked: dict[tuple[str, str], int]) -> None:
    key = asked["Melegnano", "Primo acconto"]
    payment = pay(ledger, ledger.melegnano, "100500.00", {key: "100000.00"})
    with pytest.raises(RuleBroken, match="Indicare il motivo"):
        reverse(ledger, payment, "")
    taken = reverse(ledger, payment, "Bonifico revocato")
    assert (ledger.row(key).state, ledger.row(key).paid, ledger.row(key).settled_on) == ("overdue", Decimal(0), None)
    assert credits_of(ledger, ledger.melegnano) == []
    with pytest.raises(RuleBroken, match="è già stato stornato"):
        reverse(ledger, payment, "Di nuovo")
    with pytest.raises(RuleBroken, match="Uno storno non si storna"):
        reverse(ledger, taken, "Di nuovo")
    with ledger.unit("legge") as session:
        assert session.scalar(select(func.sum(Payment.amount))) == Decimal(0)


def reverse(ledger: Ledger, payment: int, why: str, on: date = TODAY, today: date = TODAY) -> int:
    with ledger.unit("storna", ACCOUNTANT) as session:
        return operations.reverse(session, payment, why=why, on=on, today=today).id


def test_the_second_of_two_people_sees_what_has_changed(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    key = asked["Melegnano", "Primo acconto"]
    seen = {key: ledger.row(key).version}
    pay(ledger, ledger.melegnano, "100.00", {key: "100.00"}, versions=seen)
    with pytest.raises(RuleBroken, match=r"ora restano da pagare € 99\.900,00"):
        pay(ledger, ledger.melegnano, "100000.00", {key: "100000.00"}, versions=seen)


def test_a_payment_from_nowhere_is_refused(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    key = asked["Melegnano", "Primo acconto"]
    with pytest.raises(RuleBroken, match="soltanto pagamenti per mezzo di banche o Poste"):
        pay(ledger, ledger.melegnano, "10.00", {key: "10.00"}, method="cash")
    with pytest.raises(RuleBroken, match="più di due decimali"):
        pay(ledger, ledger.melegnano, "10.005", {})


def test_the_same_payment_again_is_asked_first(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    first = pay(ledger, ledger.melegnano, "10.00", {}, reference="Mandato n. 118")
    with pytest.raises(RuleBroken, match=r"C'è già il pagamento n\. 1/2026") as refusal:
        pay(ledger, ledger.melegnano, "10.00", {}, reference="MANDATO N.118 ")
    assert refusal.value.field == "again"
    pay(ledger, ledger.melegnano, "10.00", {}, reference="Mandato n. 119")
    pay(ledger, ledger.melegnano, "10.01", {}, reference="Mandato n. 118")
    pay(ledger, ledger.melegnano, "10.00", {}, reference="Mandato n. 118", received_on=TODAY)
    pay(ledger, ledger.dresano, "10.00", {}, reference="Mandato n. 118")
    assert pay(ledger, ledger.melegnano, "10.00", {}, reference="Mandato n. 118", again=True) != first
    with ledger.unit("legge") as session:
        assert sorted(session.scalars(select(Payment.number))) == list(range(1, 7)), "the refused one took no number"


def test_what_was_taken_back_may_be_recorded_again(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    key = pay(ledger, ledger.melegnano, "10.00", {}, reference="Mandato n. 118")
    reverse(ledger, key, "Registrato per errore")
    pay(ledger, ledger.melegnano, "10.00", {}, reference="Mandato n. 118")


def test_a_receipt_is_kept_with_its_payment(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    upload = Upload("quietanza.pdf", b"%PDF-1.7 quietanza")
    key = pay(ledger, ledger.melegnano, "10.00", {}, receipt=upload)
    with ledger.unit("legge") as session:
        receipt = session.get_one(Payment, key).receipt
        assert receipt is not None
        assert session.files.get(receipt.path) == upload.content


def test_eight_payers_at_once_lose_nothing(ledger: Ledger, asked: dict[tuple[str, str], int],
                                           database: Database) -> None:
    key = asked["Melegnano", "Primo acconto"]

    def one(_n: int) -> None:
        for _again in range(5):
            with unit_of_work(database, ACCOUNTANT, act="paga") as session:
                operations.record(session, ledger.melegnano, received_on=JANUARY, amount=Decimal("10.01"),
                                  method="post", parts={key: Decimal("10.01")}, again=True, today=TODAY)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert ledger.row(key).paid == Decimal("400.40")
    with ledger.unit("legge") as session:
        assert session.scalar(select(func.sum(Settlement.amount))) == Decimal("400.40")
        assert sorted(session.scalars(select(Payment.number))) == list(range(1, 41))


# --- statements -------------------------------------------------------------------------------------------

STATEMENT = camt(
    entry("100000.00", extra=details(text="rata n. 1/2026"), ref="A"),
    entry("77.00", extra=details(text="rimborso", name="<Nm>Ditta Rossi</Nm>").replace(MELEGNANO_IBAN, ""), ref="B"),
    entry("5.00", sign="DBIT", ref="C"),
)


def take_in(ledger: Ledger, content: bytes = STATEMENT, name: str = "estratto.xml") -> matching.StatementReport:
    with ledger.unit("estratto", ACCOUNTANT) as session:
        return matching.take_in(session, Upload(name, content), iban=AZIENDA_IBAN, today=date(2026, 2, 2))


def test_the_same_statement_twice_changes_nothing(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    first, again = take_in(ledger), take_in(ledger)
    assert (first.new, first.known, len(first.left_out)) == (2, 0, 1)
    assert (again.statements, again.new, again.known) == ((), 0, 2)
    longer = take_in(ledger, camt(entry("100000.00", extra=details(text="rata n. 1/2026"), ref="A"), entry(ref="D")))
    assert (longer.new, longer.known) == (1, 1), "statements that overlap meet in their lines"
    with ledger.unit("legge") as session:
        assert session.scalar(select(func.count()).select_from(StatementLine)) == 3
        assert session.scalar(select(func.count()).select_from(BankStatement)) == 2


def test_a_credit_is_known_again_in_another_format_and_in_a_month_that_overlaps(ledger: Ledger) -> None:
    table = ("N.;Data contabile;Importo;Ordinante;Descrizione\n"
             "{};30/01/2026;1.000,00;Comune di Melegnano;Rata N.1/2026\n"
             "{};30/01/2026;1.000,00;Comune di Melegnano;Rata N.1/2026\n{};31/01/2026;7,00;Comune di Dresano;rata\n")
    reports = [take_in(ledger, camt(entry())),  # the first of two equal ones
               take_in(ledger, table.format(1, 2, 3).encode(), "gennaio.csv"),
               take_in(ledger, table.format(8, 9, 10).encode("utf-16"), "inverno.csv"),
               take_in(ledger, camt(entry(), entry(), entry()))]
    assert [(report.new, report.known) for report in reports] == [(1, 0), (2, 1), (0, 3), (1, 2)]


def test_a_number_cut_in_two_is_sought_in_every_reading(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    cut = details(text="rata</Ustrd><Ustrd>n. 0</Ustrd><Ustrd>1/2026")
    take_in(ledger, camt(entry("100000.00", extra=cut)))
    [line] = lines(ledger)
    assert line.other_readings.splitlines() == ["rata n. 0 1/2026", "ratan. 01/2026"]
    assert (1, 2026) in matching.credit_of(line).named


@pytest.mark.parametrize("text", ["FATTURA N. 12/PA", "ft. 12/PA-2026", "identificativo SdI 7652341290"])
def test_an_invoice_in_the_text_finds_its_instalment_whoever_pays(
    ledger: Ledger, asked: dict[tuple[str, str], int], text: str
) -> None:
    with ledger.unit("fattura", ACCOUNTANT) as session:
        set_invoice(session, asked["Melegnano", "Primo acconto"], number="12/PA", on=date(2026, 1, 15),
                    sdi_id="7652341290", version=None, today=TODAY)
    told = details(text=text, name="<Nm>TESORERIA UNICA</Nm>").replace(MELEGNANO_IBAN, "")
    take_in(ledger, camt(entry("77.00", extra=told)))
    with ledger.unit("propone", ACCOUNTANT) as session:
        [line] = session.scalars(select(StatementLine))
        [first, *others] = matching.proposals(session, line, matching.payers(session))
    assert first.parts == ((asked["Melegnano", "Primo acconto"], Decimal("77.00")),)
    assert (Reason.INVOICE in first.reasons, first.certain, others) == (True, False, [])


def test_a_refused_statement_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuleBroken, match="non è tra i conti dedicati"):
        take_in(ledger, camt(entry(), iban=MELEGNANO_IBAN))
    with pytest.raises(RuleBroken, match="non dice di quale conto"), ledger.unit("estratto", ACCOUNTANT) as session:
        matching.take_in(session, Upload("estratto.xml", camt(entry(), iban="")), iban="", today=date(2026, 2, 2))
    with pytest.raises(RuleBroken, match="in USD"):
        take_in(ledger, camt(entry(), entry(currency="USD")))
    with pytest.raises(RuleBroken, match="non contiene accrediti"):
        take_in(ledger, camt(entry(sign="DBIT")))
    with ledger.unit("legge") as session:
        assert session.scalar(select(func.count()).select_from(StatementLine)) == 0


def lines(ledger: Ledger) -> list[StatementLine]:
    with ledger.unit("legge") as session:
        return list(session.scalars(select(StatementLine).order_by(StatementLine.id)))


def test_a_proposal_that_is_confirmed_is_a_payment(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    take_in(ledger)
    line, other = lines(ledger)
    with ledger.unit("legge") as session:
        known = matching.payers(session)
        first = matching.proposals(session, session.get_one(StatementLine, line.id), known)[0]
        assert matching.proposals(session, session.get_one(StatementLine, other.id), known) == []
    key = asked["Melegnano", "Primo acconto"]
    assert first.certain
    assert first.parts == ((key, Decimal("100000.00")),)
    confirm(ledger, line, key)
    assert ledger.row(key).state == "paid"
    with pytest.raises(RuleBroken, match="abbinato o escluso da qualcun altro"):
        confirm(ledger, line, key)
    payment = lines(ledger)[0].payment_id
    assert payment is not None
    reverse(ledger, payment, "Abbinato alla rata sbagliata")
    assert (lines(ledger)[0].state, lines(ledger)[0].payment_id) == ("open", None)
    confirm(ledger, lines(ledger)[0], key)


def confirm(ledger: Ledger, line: StatementLine, key: int) -> None:
    with ledger.unit("conferma", ACCOUNTANT) as session:
        row = session.get_one(Instalment, key)
        matching.confirm(session, line.id, municipality_id=row.municipality_id, parts={key: line.amount},
                         versions={key: row.version}, version=line.version, today=TODAY)


def test_a_credit_is_the_payment_that_was_recorded_by_hand(ledger: Ledger, asked: dict[tuple[str, str], int]) -> None:
    key = asked["Melegnano", "Primo acconto"]
    take_in(ledger)
    line = lines(ledger)[0]
    by_hand = {"received_on": line.booked_on, "today": line.booked_on}
    other_day = pay(ledger, ledger.melegnano, "100000.00", {}, received_on=JANUARY)
    other_text = pay(ledger, ledger.melegnano, "100000.00", {}, **by_hand, reference="Rata n. 2/2026")
    payment = pay(ledger, ledger.melegnano, "100000.00", {key: "100000.00"}, **by_hand)
    with ledger.unit("legge") as session:
        known = matching.payers(session)
        same = matching.recorded(session, session.get_one(StatementLine, line.id), known)
        assert [one.id for one in same] == [payment], "equal payer, day and amount, and a text that may be the same"
    assert other_text != payment
    with ledger.unit("conferma", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="già registrato") as refusal:
        matching.confirm(session, line.id, municipality_id=ledger.melegnano, parts={}, versions={},
                         version=line.version, today=TODAY)
    assert refusal.value.field == "again"
    with ledger.unit("collega", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="non è questo accredito"):
        matching.recognise(session, line.id, payment_id=other_day, version=line.version, today=TODAY)
    recognise(ledger, line, payment)
    assert (lines(ledger)[0].state, lines(ledger)[0].payment_id) == ("matched", payment)
    with pytest.raises(RuleBroken, match="abbinato o escluso da qualcun altro"):
        recognise(ledger, line, payment)
    reverse(ledger, payment, "Registrato per errore", on=line.booked_on, today=line.booked_on)
    line = lines(ledger)[0]
    assert (line.state, line.payment_id) == ("open", None)
    with pytest.raises(RuleBroken, match="non è questo accredito"):
        recognise(ledger, line, payment)


def recognise(ledger: Ledger, line: StatementLine, payment: int) -> None:
    with ledger.unit("collega", ACCOUNTANT) as session:
        matching.recognise(session, line.id, payment_id=payment, version=line.version, today=TODAY)


def test_what_is_no_instalment_is_left_out_with_a_reason_and_taken_up_again(ledger: Ledger) -> None:
    take_in(ledger)
    line = lines(ledger)[1]
    with ledger.unit("escludi", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="Indicare il motivo"):
        matching.ignore(session, line.id, why=" ", version=line.version, today=TODAY)
    with ledger.unit("escludi", ACCOUNTANT) as session:
        matching.ignore(session, line.id, why="Rimborso di un fornitore", version=line.version, today=TODAY)
    assert lines(ledger)[1].state == "ignored"
    with ledger.unit("riprendi", ACCOUNTANT) as session:
        matching.take_up(session, line.id, version=lines_version(session, line.id), today=TODAY)
    assert lines(ledger)[1].state == "open"


def lines_version(session: object, key: int) -> int:
    return session.get_one(StatementLine, key).version  # type: ignore[attr-defined]


def test_interest_counts_every_day_whatever_the_order_in_which_payments_are_recorded(ledger: Ledger) -> None:
    with ledger.unit("tasso") as session:
        as_system(session, update(ContractTerms).values(interest="legal"), reason="prova")
        session.add(InterestRate(kind="legal", valid_from=date(2026, 1, 1), percent=Decimal("3.65"), source="D.M."))
    planned = ledger.plan(2026, JANUARY)
    ledger.ask(date(2026, 1, 31), JANUARY)
    key, today = planned["Melegnano", "Primo acconto"], date(2026, 3, 31)
    pay(ledger, ledger.melegnano, "50000.00", {key: "50000.00"}, received_on=date(2026, 3, 12), today=today)
    pay(ledger, ledger.melegnano, "50000.00", {key: "50000.00"}, received_on=date(2026, 3, 2), today=today)
    with ledger.unit("legge") as session:
        account = interest_of(session, session.get_one(Instalment, key), today=today)
    assert [(line.days, line.principal, line.earned, line.interest) for line in account.lines] == [
        (30, Decimal("100000.00"), Decimal("300.00"), Decimal("300.00")),
        (10, Decimal("50300.00"), Decimal("50.30"), Decimal("50.30"))], "each payment covers interest first"
    assert account.owed == account.accrued == Decimal("350.30"), "nothing more accrues once it is settled"
    assert ledger.row(key).settled_on == date(2026, 3, 12), "it was paid when the last part arrived"


def test_interest_on_what_was_asked_after_its_term_counts_from_the_request(ledger: Ledger) -> None:
    with ledger.unit("tasso") as session:
        as_system(session, update(ContractTerms).values(interest="legal"), reason="prova")
        session.add(InterestRate(kind="legal", valid_from=date(2026, 1, 1), percent=Decimal("3.65"), source="D.M."))
    asked_late, today = date(2026, 3, 2), date(2026, 3, 12)
    planned = ledger.plan(2026, asked_late)
    ledger.ask(date(2026, 1, 31), asked_late)
    key = planned["Melegnano", "Primo acconto"]
    assert ledger.row(key).state == "overdue"
    with ledger.unit("legge") as session:
        row = session.get_one(Instalment, key)
        assert interest_of(session, row, today=asked_late).lines == ()
        [line] = interest_of(session, row, today=today).lines
    assert (line.stretches[0].first, line.days, line.earned) == (date(2026, 3, 3), 10, Decimal("100.00"))


def test_interest_is_owed_again_on_what_was_taken_back_and_not_on_what_was_moved_the_same_day(ledger: Ledger) -> None:
    with ledger.unit("tasso") as session:
        as_system(session, update(ContractTerms).values(interest="legal"), reason="prova")
        session.add(InterestRate(kind="legal", valid_from=date(2026, 1, 1), percent=Decimal("3.65"), source="D.M."))
    planned, today = ledger.plan(2026, JANUARY), date(2026, 3, 22)
    ledger.ask(date(2026, 1, 31), JANUARY)
    key, march = planned["Melegnano", "Primo acconto"], date(2026, 3, 2)
    moved = pay(ledger, ledger.melegnano, "60000.00", {key: "60000.00"}, received_on=march, today=today)
    release(ledger, parts_of(ledger, key)[0], "Va sul secondo acconto")
    taken = pay(ledger, ledger.melegnano, "100000.00", {key: "100000.00"}, received_on=march, today=today)
    reverse(ledger, taken, "Bonifico revocato", on=date(2026, 3, 12), today=today)
    with ledger.unit("legge") as session:
        account = interest_of(session, session.get_one(Instalment, key), today=today)
    assert moved != taken
    assert [(line.on, line.earned, line.interest) for line in account.lines] == [
        (march, Decimal("300.00"), Decimal("300.00")),
        (date(2026, 3, 12), Decimal("0.30"), Decimal("-300.00")),  # ten days on the 300 that it had not covered
        (today, Decimal("100.00"), Decimal("0.00"))]
    assert (account.left, account.due) == (Decimal("100000.00"), Decimal("400.30"))


def test_the_credit_of_a_payment_that_is_being_taken_back_is_not_used(
    ledger: Ledger, asked: dict[tuple[str, str], int], database: Database
) -> None:
    first, second = asked["Melegnano", "Primo acconto"], asked["Melegnano", "Secondo acconto"]
    key = pay(ledger, ledger.melegnano, "180000.00", {first: "100000.00"})
    ledger.ask(date(2026, 7, 31), TODAY)
    version, taken_back = ledger.row(second).version, Event()

    def take_back() -> None:
        with unit_of_work(database, ACCOUNTANT, act="storno") as session:
            operations.reverse(session, key, why="Accreditato per errore.", on=TODAY, today=TODAY)
            taken_back.set()
            sleep(0.3)  # not yet committed: the other one has to wait

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(take_back)
        assert taken_back.wait(10)
        with (
            pytest.raises(RuleBroken, match="Il credito scelto è già stato usato"),
            unit_of_work(database, ACCOUNTANT, act="credito") as session,
        ):
            operations.use_credit(session, second, source=f"p{key}", amount=Decimal("80000.00"), version=version,
                                  today=TODAY)
        done.result()
    assert (ledger.row(first).paid, ledger.row(second).paid) == (Decimal(0), Decimal(0))


# --- credits paid back, and money taken off an instalment -------------------------------------------------


def refund(ledger: Ledger, source: str, amount: str, **facts: object) -> int:
    with ledger.unit("restituisce", ACCOUNTANT) as session:
        back = operations.refund(
            session, ledger.melegnano, source=source, amount=Decimal(amount),
            **{"paid_on": TODAY, "method": "bank_transfer", "today": TODAY, **facts})
        return back.id


@pytest.fixture
def credited(ledger: Ledger) -> tuple[int, str]:
    """Melegnano's balance of 2026 is 1.000 euros to its credit, told it on 3 May 2027; its id and how it is named."""
    planned, may = ledger.plan(2026, JANUARY), date(2027, 5, 3)
    ledger.share(ledger.melegnano, 2026, "final", "179000.00", may)
    with ledger.unit("aggiorna") as session:
        from core.instalments import operations as instalments

        instalments.refresh(session, 2026, today=may)
    ledger.ask(may, may)
    [credit] = credits_of(ledger, ledger.melegnano)
    return planned["Melegnano", "Saldo"], credit.key


def test_a_credit_that_is_paid_back_closes_the_instalment_and_shows_in_the_account(
    ledger: Ledger, credited: tuple[int, str]
) -> None:
    balance, source = credited
    june = date(2027, 6, 1)
    when = {"paid_on": june, "today": june}
    refund(ledger, source, "400.00", **when)
    assert (ledger.row(balance).state, ledger.row(balance).left) == ("credited", Decimal("-600.00"))
    last = refund(ledger, source, "600.00", **when, reference="Mandato n. 12",
                  receipt=Upload("mandato.pdf", b"%PDF-1.4 mandato"))
    assert (ledger.row(balance).state, ledger.row(balance).settled_on) == ("paid", june)
    assert credits_of(ledger, ledger.melegnano) == []
    with ledger.unit("legge") as session:
        paid_back = session.get_one(Payment, last)
        assert (paid_back.refund, paid_back.amount, paid_back.receipt is not None) == (True, Decimal("-600.00"), True)
        told = account(session, ledger.melegnano, 2027)
    # nothing else was asked: the credit lowered what is owed by 1.000, the refunds bring it up again
    assert [(one.kind, one.balance) for one in told.movements] == [
        ("credit", Decimal("-1000.00")), ("refund", Decimal("-600.00")), ("refund", Decimal("0.00"))]
    reverse(ledger, last, "Mandato respinto dalla tesoreria", on=june, today=june)
    assert (ledger.row(balance).state, ledger.row(balance).left) == ("credited", Decimal("-600.00"))
    assert credits_of(ledger, ledger.melegnano)[0].amount == Decimal("600.00")


@pytest.mark.parametrize(("facts", "words"), [
    ({"amount": "1000.01"}, "già stato usato, o è minore"),
    ({"amount": "0.00"}, "maggiore di zero"),
    ({"amount": "10.00", "method": "cash"}, "banche o Poste"),
    ({"amount": "10.00", "paid_on": date(2027, 5, 2)}, "dal 03/05/2027"),
    ({"amount": "10.00", "paid_on": date(2027, 6, 2)}, "a oggi"),
    ({"amount": "10.00", "source": "i999999999999999999999"}, "già stato usato"),
    ({"amount": "10.00", "source": "p999999999999999999999"}, "già stato usato"),
])
def test_a_refund_that_cannot_be_is_refused_and_leaves_nothing(
    ledger: Ledger, credited: tuple[int, str], facts: dict[str, object], words: str
) -> None:
    june = date(2027, 6, 1)
    with pytest.raises(RuleBroken, match=words):
        refund(ledger, **{"source": credited[1], "paid_on": june, "today": june, **facts})  # type: ignore[arg-type]
    with ledger.unit("legge") as session:
        assert session.scalar(select(func.count(Payment.id))) == 0


def test_what_was_paid_too_much_is_paid_back_and_then_the_payment_is_not_taken_back_alone(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    key = asked["Melegnano", "Primo acconto"]
    payment = pay(ledger, ledger.melegnano, "100500.00", {key: "100000.00"})
    back = refund(ledger, f"p{payment}", "300.00")
    assert credits_of(ledger, ledger.melegnano)[0].amount == Decimal("200.00")
    with pytest.raises(RuleBroken, match="già stato usato, o è minore"):
        refund(ledger, f"p{payment}", "200.01")
    with pytest.raises(RuleBroken, match=r"stornare prima la restituzione n\. 2/2026"):
        reverse(ledger, payment, "Bonifico revocato")
    reverse(ledger, back, "Mandato respinto")
    assert credits_of(ledger, ledger.melegnano)[0].amount == Decimal("500.00")
    reverse(ledger, payment, "Bonifico revocato")
    assert (ledger.row(key).paid, credits_of(ledger, ledger.melegnano)) == (Decimal(0), [])


def test_the_use_of_a_credit_is_undone_alone_and_the_payment_stands(
    ledger: Ledger, asked: dict[tuple[str, str], int]
) -> None:
    first, second = asked["Melegnano", "Primo acconto"], asked["Melegnano", "Secondo acconto"]
    payment = pay(ledger, ledger.melegnano, "101000.00", {first: "100000.00"})
    ledger.ask(date(2026, 7, 31), TODAY)
    use(ledger, second, f"p{payment}", "1000.00")
    used = parts_of(ledger, second)[0]
    with pytest.raises(RuleBroken, match="Indicare il motivo"):
        release(ledger, used, " ")
    release(ledger, used, "Il credito va sul saldo")
    assert (ledger.row(first).state, ledger.row(second).paid) == ("paid", Decimal(0))
    assert credits_of(ledger, ledger.melegnano)[0].amount == Decimal("1000.00")
    with pytest.raises(RuleBroken, match="già stato tolto"):
        release(ledger, used, "Di nuovo")
    with ledger.unit("legge") as session:
        [note] = session.scalars(select(Note).where(Note.subject == "instalment", Note.subject_id == second))
        assert note.text.startswith("Tolti dalla rata € 1.000,00 del pagamento n. 1/2026")
    reverse(ledger, payment, "Bonifico revocato")
    assert (ledger.row(first).paid, ledger.row(second).paid) == (Decimal(0), Decimal(0))


def test_a_compensation_is_taken_off_with_both_its_sides(ledger: Ledger, credited: tuple[int, str]) -> None:
    balance, source = credited
    may = date(2027, 5, 3)
    ledger.ask(date(2026, 7, 31), may)
    with ledger.unit("legge") as session:
        second = session.scalars(select(Instalment.id).where(
            Instalment.title == "Secondo acconto", Instalment.municipality_id == ledger.melegnano)).one()
    use(ledger, second, source, "1000.00")
    release(ledger, parts_of(ledger, second)[0], "Va restituito")
    assert (ledger.row(balance).state, ledger.row(second).paid) == ("credited", Decimal(0))


def parts_of(ledger: Ledger, key: int) -> list[int]:
    with ledger.unit("legge") as session:
        return list(session.scalars(select(Settlement.id).where(Settlement.instalment_id == key)))


def release(ledger: Ledger, key: int, why: str) -> None:
    with ledger.unit("toglie", ACCOUNTANT) as session:
        operations.release(session, key, why=why, today=TODAY)
