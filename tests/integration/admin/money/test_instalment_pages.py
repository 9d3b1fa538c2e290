"""A year of money in the browser: planned, asked for, paid in parts, found on a statement, taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from core.allocation.model import YearShare
from core.contracts.model import ContractTerms, InstalmentRule
from core.documents.wordfile import read_text
from core.ground.access import as_system
from core.instalments.model import Instalment, InterestRate, RequestRound
from core.parties.model import BankAccount, Party
from core.payments import operations as payments
from core.payments.model import Payment, Settlement, StatementLine
from tests.factories import filled
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import TODAY, House
from tests.unit.payments.test_statement_archives import packed
from tests.unit.payments.test_statements import camt, details, entry, part

DUE = "2026-07-31"


@pytest.fixture
def signed(in_force: House) -> House:
    """The contracts are in force; the shares of 2025 are known, Melegnano's and Dresano's."""
    with in_force.unit("quote") as session:
        for slug, amount in (("melegnano", "200000.00"), ("dresano", "33333.33")):
            session.add(YearShare(municipality_id=in_force.id_of(slug), year=2025, kind="final", origin="import",
                                  amount=Decimal(amount), approved_on=date(2025, 5, 5)))
    return in_force


def instalment(house: House, slug: str, title: str = "Secondo acconto") -> Instalment:
    with house.session() as session:
        rows = select(Instalment).where(Instalment.municipality_id == house.id_of(slug), Instalment.title == title)
        return session.scalars(rows).one()


def plan(person: Person, year: int = 2026) -> str:
    return person.fill(f"/admin/rate/piano/?contract=&year={year}")


def ask(house: House, person: Enter) -> int:
    """The second advances are prepared, approved and sent; the id of the round."""
    office, head = person("contabilita"), person("direzione")
    page = "/admin/richieste/prepara/"
    office.post(page, {**office.fields(page), "due": DUE}, page=page)
    key = house.last(RequestRound)
    approve = f"/admin/richieste/approva/?id={key}"
    head.post(approve, head.fields(approve), page=approve)
    send = f"/admin/richieste/invia/?id={key}"
    fields = office.fields(send)
    numbers = {name: f"{n}/2026" for n, name in enumerate(fields, start=100) if name.startswith("protocol_")}
    assert office.post(send, {**fields, **numbers}, page=send).status_code == 302
    return key


def pay(person: Person, row: Instalment, amount: str, part: str, **typed: str) -> str:
    page = f"/admin/pagamenti/nuovo/?instalment={row.id}"
    return person.fill(page, **{"amount": amount, f"part_{row.id}": part, **typed})


def test_from_the_plan_to_the_last_cent(signed: House, person: Enter) -> None:
    office = person("contabilita")
    shown = office.get("/admin/rate/piano/?contract=&year=2026").text
    assert "€ 80.000,00" in shown, "the plan is looked at before it is written"
    assert "Le rate del 2026 sono previste" in plan(office)
    key = ask(signed, person)
    record = office.get(f"/admin/rate/details/?id={instalment(signed, 'melegnano').id}").text
    assert "Chiesta: € 80.000,00 entro il 31/07/2026." in record
    assert "Inviata la lettera" in record
    archive = ZipFile(BytesIO(office.get(f"/admin/richieste/lettere/?id={key}").data))
    assert len(archive.namelist()) == 2
    row = instalment(signed, "melegnano")
    assert "Restano" not in pay(office, row, "30.000,00", "30.000,00")
    assert instalment(signed, "melegnano").state == "part_paid"
    assert instalment(signed, "dresano").state == "requested", "a payment closes its instalment and no other"
    pay(office, instalment(signed, "melegnano"), "50.000,00", "50.000,00")
    assert "Pagata per intero il 02/03/2026." in office.get(f"/admin/rate/details/?id={row.id}").text


def test_what_a_payment_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    signed: House, person: Enter
) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "dresano")
    refused = pay(office, row, "20.000,00", "20.000,00")
    assert "restano da pagare € 13.333,33" in refused
    assert 'value="20.000,00"' in refused
    assert "più di due decimali" in pay(office, row, "13.333,333", "")
    assert "Scegliere una voce dell" in pay(office, row, "10,00", "", method="cash")
    with signed.session() as session:
        assert session.scalars(select(Payment)).all() == []


def test_the_second_of_two_who_pay_the_same_instalment_sees_what_changed(signed: House, person: Enter) -> None:
    first, second = person("contabilita"), person("direzione")
    plan(first)
    ask(signed, person)
    row = instalment(signed, "dresano")
    page = f"/admin/pagamenti/nuovo/?instalment={row.id}"
    opened = {**second.fields(page), "method": "post"}
    opened.pop("receipt", None)
    pay(first, row, "3.333,33", "3.333,33")
    refused = second.post(page, opened, page=page).text
    assert f"la rata n. {row.code} è cambiata: ora restano da pagare € 10.000,00" in refused
    assert instalment(signed, "dresano").paid == Decimal("3333.33")


def test_who_pays_what_somebody_else_has_just_paid_in_full_is_told_and_nothing_is_recorded(
    signed: House, person: Enter
) -> None:
    office, colleague = person("contabilita"), person("direzione")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "dresano")
    page = f"/admin/pagamenti/nuovo/?instalment={row.id}"
    seen = {**office.fields(page), "method": "post"}
    seen.pop("receipt", None)
    pay(colleague, row, "13.333,33", "13.333,33", method="post")
    answer = office.post(page, seen, page=page)
    assert "è cambiata: ora restano da pagare € 0,00" in answer.text
    as_credit = {**seen, f"part_{row.id}": ""}
    asked = office.post(page, as_credit, page=page)
    assert "C&#39;è già il pagamento n. 1/2026, dello stesso giorno" in asked.text
    assert 'name="again"' in asked.text
    with signed.session() as session:
        assert len(session.scalars(select(Payment)).all()) == 1
    assert office.post(page, {**as_credit, "again": "y"}, page=page).status_code == 302, "as a credit, knowingly"
    with signed.session() as session:
        assert len(session.scalars(select(Payment)).all()) == 2


def test_a_form_sent_twice_pays_once(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "dresano")
    page = f"/admin/pagamenti/nuovo/?instalment={row.id}"
    fields = {**office.fields(page), "method": "post", "amount": "10,00", f"part_{row.id}": "10,00"}
    fields.pop("receipt", None)
    answers = [office.post(page, fields, page=page) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert instalment(signed, "dresano").paid == Decimal("10.00")


def test_a_new_member_gets_its_figure_from_the_page_of_the_plan(signed: House, person: Enter) -> None:
    with signed.unit("quota") as session:
        session.add(YearShare(municipality_id=signed.id_of("melegnano"), year=2026, kind="budget", origin="plan",
                              amount=Decimal("200000.00"), approved_on=date(2026, 3, 1)))
    office = person("contabilita")
    shown = office.get("/admin/rate/piano/?contract=&year=2027").text
    assert "Dresano non ha una quota dell" in shown
    assert f"/admin/rate/piano/importo/?municipality={signed.id_of('dresano')}&amp;year=2027" in shown
    plan(office, 2027)
    assert instalment(signed, "dresano").amount is None
    assert instalment(signed, "melegnano").amount == Decimal("80000.00")
    page = f"/admin/rate/piano/importo/?municipality={signed.id_of('dresano')}&year=2027"
    typed = {**office.fields(page), "kind": "chosen", "amount": "50.000,00", "note": "Accordo di ingresso"}
    office.post(page, typed, page=page)
    assert instalment(signed, "dresano").amount is None, "the contract does not compute on a chosen figure"
    office.post(page, {**typed, **keys(office, page), "kind": "previous"}, page=page)
    assert instalment(signed, "dresano").amount == Decimal("20000.00")


def keys(person: Person, page: str) -> dict[str, str]:
    return {"request_key": person.fields(page)["request_key"]}


def statement(house: House) -> bytes:
    with house.session() as session:
        account = session.scalars(select(BankAccount.iban).join(Party).where(Party.kind == "azienda")).first() or ""
        payer = session.scalars(select(BankAccount.iban).where(
            BankAccount.party_id == house.id_of("melegnano"))).first() or ""
    code = instalment(house, "melegnano").code
    paid = details(text=f"rata n. {code}").replace("IT40S0542811101000000123457", payer)
    refund = details(text="rimborso", name="<Nm>Ditta Rossi</Nm>").replace("IT40S0542811101000000123457", "")
    return camt(entry("80000.00", day="2026-03-01", extra=paid),
                entry("12.00", day="2026-03-01", extra=refund, ref="X"), iban=account)


def upload(person: Person, content: bytes, name: str = "estratto.xml") -> str:
    return person.fill("/admin/estratti-conto/leggi/", file=(BytesIO(content), name))


def test_a_statement_is_read_once_and_its_credits_are_confirmed(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    content = statement(signed)
    assert "Letti 2 accrediti nuovi." in upload(office, content)
    assert "non è cambiato nulla" in upload(office, content)
    with signed.session() as session:
        first, other = session.scalars(select(StatementLine).order_by(StatementLine.id)).all()
    page = f"/admin/accrediti/details/?id={first.id}"
    shown = office.get(page).text
    assert "certa" in shown
    assert "la causale nomina la rata" in shown
    row = instalment(signed, "melegnano")
    wanted = {**office.fields(page), "municipality_id": str(row.municipality_id), f"part_{row.id}": "80000.00"}
    answer = office.post(f"/admin/accrediti/conferma/?id={first.id}", wanted, page=page)
    assert answer.location.endswith(f"id={other.id}"), "on to the next"
    assert instalment(signed, "melegnano").state == "paid"
    again = {**wanted, **keys(office, f"/admin/accrediti/escludi/?id={other.id}")}
    stale = office.post(f"/admin/accrediti/conferma/?id={first.id}", again, page=page)
    assert stale.status_code == 302, "it is matched already: back to its page"
    ignore = f"/admin/accrediti/escludi/?id={other.id}"
    assert office.post(ignore, {**office.fields(ignore), "why": "Rimborso"}, page=ignore).status_code == 302
    with signed.session() as session:
        assert [line.state for line in session.scalars(select(StatementLine).order_by(StatementLine.id))] == [
            "matched", "ignored"]
        paid = session.scalars(select(Payment.id)).one()
    reverse = f"/admin/pagamenti/storno/?id={paid}"
    office.post(reverse, {**office.fields(reverse), "why": "Rata sbagliata"}, page=reverse)
    assert instalment(signed, "melegnano").state == "requested"
    with signed.session() as session:
        assert session.get_one(StatementLine, first.id).state == "open"


def own_account(house: House) -> str:
    with house.session() as session:
        return session.scalars(select(BankAccount.iban).join(Party).where(Party.kind == "azienda")).first() or ""


def test_a_table_of_the_bank_is_read_and_its_other_rows_are_named(signed: House, person: Enter) -> None:
    office = person("contabilita")
    table = ("Data;Importo;Stato;Ordinante;Descrizione\n"
             "01/03/2026;80.000,00;Contabilizzato;Comune di Melegnano;rata\n"
             "02/03/2026;-1,00;Contabilizzato;;canone\n02/03/2026;-2,00;Contabilizzato;;canone\n"
             "03/03/2026;50,00;Autorizzato;Comune di Dresano;rata\n;;;;\n;80.047,00;;;Saldo finale\n")
    said = upload(office, table.encode(), "movimenti.csv")
    assert "Letto 1 accredito nuovo." in said
    for words in ("addebiti (2: righe 3-4)", "respinti (1: riga 5)", "saldi e totali (1: riga 7)"):
        assert words in said
    assert "Righe non tenute" in said
    again = upload(office, table.encode(), "movimenti.csv")
    assert "non è cambiato nulla. Non tenuti: addebiti (2: righe 3-4)" in again


def test_an_archive_and_a_credit_of_several_payers(signed: House, person: Enter) -> None:
    office, account = person("contabilita"), own_account(signed)
    batch = entry("900.00", extra=part("600.00", "Comune di Dresano") + part("", "Comune di Melegnano"))
    archive = packed(("a.xml", camt(batch, iban=account)), ("b.xml", camt(entry("5.00"), iban=account)))
    assert "Letti 2 accrediti nuovi." in upload(office, archive, "mese.zip")
    with signed.session() as session:
        line = session.scalars(select(StatementLine).where(StatementLine.amount == Decimal("900.00"))).one()
    assert line.payer == ""
    assert "Più pagamenti in un solo accredito" in office.get(f"/admin/accrediti/details/?id={line.id}").text


def test_money_of_another_municipality_wants_a_word_of_its_own(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "dresano")
    content = statement(signed).replace(f"rata n. {instalment(signed, 'melegnano').code}".encode(),
                                        f"rata n. {row.code}".encode())
    upload(office, content)
    with signed.session() as session:
        line = session.scalars(select(StatementLine).order_by(StatementLine.id)).first()
    page = f"/admin/accrediti/details/?id={line.id}"
    shown = office.get(page).text
    assert shown.count('class="proposal"') == 1, "the payer's own instalment, though the reference names another"
    assert "Nessuna proposta è certa" in shown
    page += f"&municipality_id={row.municipality_id}"
    assert "Il versamento viene da Melegnano, la rata è di Dresano." in office.get(page).text
    wanted = {**office.fields(page), "municipality_id": str(row.municipality_id), f"part_{row.id}": str(row.left)}
    wanted = {name: value for name, value in wanted.items()
              if not name.startswith(("part_", "version_", "for_another")) or name == f"part_{row.id}"}
    refused = office.post(f"/admin/accrediti/conferma/?id={line.id}", wanted, page=page)
    assert refused.status_code == 200
    assert "se è giusto, spuntare la conferma" in refused.text
    assert instalment(signed, "dresano").state == "requested"
    answer = office.post(f"/admin/accrediti/conferma/?id={line.id}", {**wanted, "for_another": "y"}, page=page)
    assert answer.status_code == 302
    assert instalment(signed, "dresano").state == "paid"


def test_who_only_resembles_a_municipality_wants_a_word_of_its_own(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "melegnano")
    content = statement(signed).replace(b"Ditta Rossi", b"FARMACIA MELEGNANO SNC")
    upload(office, content)
    with signed.session() as session:
        line = session.scalars(select(StatementLine).where(StatementLine.payer.contains("FARMACIA"))).one()
    page = f"/admin/accrediti/details/?id={line.id}&municipality_id={row.municipality_id}"
    assert "«FARMACIA MELEGNANO SNC» somiglia soltanto a Melegnano" in office.get(page).text
    wanted = {**office.fields(page), "municipality_id": str(row.municipality_id), f"part_{row.id}": "12,00"}
    wanted.pop("for_another", None)
    confirm = f"/admin/accrediti/conferma/?id={line.id}"
    assert "spuntare la conferma" in office.post(confirm, wanted, page=page).text
    assert instalment(signed, "melegnano").paid == 0
    assert office.post(confirm, {**wanted, "for_another": "y"}, page=page).status_code == 302
    assert instalment(signed, "melegnano").paid == Decimal("12.00")


def test_a_known_account_decides_and_the_page_says_that_the_name_is_another(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    named = b"<Nm>COMUNE DI MELEGNANO</Nm>"
    content = statement(signed)
    assert named in content
    upload(office, content.replace(named, b"<Nm>BANCA DEL PAESE SPA</Nm>"))
    with signed.session() as session:
        line = session.scalars(select(StatementLine).where(StatementLine.payer.contains("BANCA"))).one()
    for reader in (office, person("revisore")):
        shown = reader.get(f"/admin/accrediti/details/?id={line.id}").text
        assert "Il conto è di Melegnano, ma il nome dell" in shown
    assert "certa</span>" in office.get(f"/admin/accrediti/details/?id={line.id}").text


def test_what_was_recorded_by_hand_is_offered_first_and_not_paid_twice(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "melegnano")
    pay(office, row, "80.000,00", "80.000,00", received_on="2026-03-01", reference=f"Rata n. {row.code}")
    upload(office, statement(signed))
    with signed.session() as session:
        line = session.scalars(select(StatementLine).order_by(StatementLine.id)).first()
        paid = session.scalars(select(Payment.id)).one()
    page = f"/admin/accrediti/details/?id={line.id}&municipality_id={row.municipality_id}"
    shown = office.get(page).text
    assert shown.index("Sembra già registrato") < shown.index("Proposte")
    wanted = {**office.fields(page), "municipality_id": str(row.municipality_id)}
    wanted = {name: value for name, value in wanted.items() if not name.startswith(("part_", "version_", "again"))}
    confirm = f"/admin/accrediti/conferma/?id={line.id}"
    assert "Sembra il pagamento n. 1/2026, già registrato" in office.post(confirm, wanted, page=page).text
    recognise = f"/admin/accrediti/collega/?id={line.id}"
    assert office.post(recognise, {**wanted, "payment_id": str(paid)}, page=page).status_code == 302
    assert "Pagamento n. 1/2026" in person("revisore").get(f"/admin/accrediti/details/?id={line.id}").text
    with signed.session() as session:
        line = session.get_one(StatementLine, line.id)
        assert (line.state, line.payment_id) == ("matched", paid)
        assert session.scalars(select(Payment.id)).all() == [paid]


@pytest.mark.parametrize(("content", "name", "message"), [
    (b"<Document><Bk", "rotto.xml", "rovinato o incompleto"),
    (b"Nome;Cognome\n", "altro.csv", "non si legge come estratto conto"),
    (camt(entry(currency="USD")), "dollari.xml", "è in USD e non in euro"),
])
def test_a_statement_that_cannot_be_read_is_refused_in_words(
    signed: House, person: Enter, content: bytes, name: str, message: str
) -> None:
    assert message in upload(person("contabilita"), content, name)
    with signed.session() as session:
        assert session.scalars(select(StatementLine)).all() == []


def test_a_municipality_reads_its_own_and_writes_nothing(signed: House, person: Enter) -> None:
    plan(person("contabilita"))
    ask(signed, person)
    clerk, mine, other = person("dresano"), instalment(signed, "dresano"), instalment(signed, "melegnano")
    listed = clerk.get("/admin/rate/").text
    assert mine.code in listed
    assert other.code + "</a>" not in listed
    assert clerk.get(f"/admin/rate/details/?id={mine.id}").status_code == 200
    assert clerk.get(f"/admin/rate/details/?id={other.id}").status_code == 404
    for page in ("/admin/richieste/", "/admin/estratti-conto/", "/admin/accrediti/", "/admin/rate/piano/",
                 "/admin/pagamenti/nuovo/", f"/admin/rate/ritira/?id={mine.id}"):
        assert clerk.get(page).status_code == 403, page
    reader = person("revisore")
    assert reader.get("/admin/richieste/").status_code == 200
    assert reader.get(f"/admin/rate/annulla/?id={mine.id}").status_code == 403


def test_a_request_sent_by_mistake_is_taken_back(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    page = f"/admin/rate/ritira/?id={instalment(signed, 'dresano').id}"
    assert "Questo dato è necessario" in office.post(page, office.fields(page), page=page).text
    office.post(page, {**office.fields(page), "why": "Inviata al Comune sbagliato"}, page=page)
    row = instalment(signed, "dresano")
    assert row.state == "planned"
    assert "Inviata al Comune sbagliato" in office.get(f"/admin/rate/details/?id={row.id}").text


def test_interest_on_delay_is_counted_where_the_contract_says_so(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    with signed.unit("interessi") as session:
        row = session.get_one(Instalment, instalment(signed, "melegnano").id)
        row.effective, row.requested_on = date(2026, 1, 31), date(2026, 1, 8)
        row.contract.terms = filled(ContractTerms, title="Con interessi", interest="legal", roll_policy="holiday")
    page = f"/admin/rate/details/?id={instalment(signed, 'melegnano').id}"
    assert "per il 2026 non è registrato" in office.get(page).text
    assert "/admin/tassi/new/?url=/admin/rate/details/" in office.page, "one is back here afterwards"
    with signed.unit("tasso") as session:
        session.add(InterestRate(kind="legal", valid_from=date(2026, 1, 1), percent=Decimal("1.6"), source="D.M."))
    shown = office.get(page).text
    assert "01/02/2026 – 02/03/2026" in shown
    assert "€ 105,21" in shown  # 80.000 at 1,6 % for 30 days of 365


def test_a_contract_leads_to_its_instalments_and_a_round_shows_its_total(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    row = instalment(signed, "melegnano")
    record = office.get(f"/admin/contratti/details/?id={row.contract_id}").text
    link = f"/admin/rate/?contratto={row.contract_id}"
    assert link in record and "3 rate" in record
    listed = office.get(link).text
    assert row.code in listed and instalment(signed, "dresano").code not in listed
    assert office.get("/admin/rate/?contratto=99999999999999999999").status_code == 200
    key = ask(signed, person)
    assert "€ 93.333,33" in office.get(f"/admin/richieste/details/?id={key}").text, "80.000 and 13.333,33"


def test_what_was_paid_too_much_is_paid_back_with_its_receipt_and_taken_back(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "dresano")
    pay(office, row, "13.833,33", "13.333,33")
    with signed.session() as session:
        paid = session.scalars(select(Payment.id)).one()
    record = f"/admin/pagamenti/details/?id={paid}"
    assert "Restituisci il credito" in office.get(record).text
    page = f"/admin/pagamenti/restituzione/?payment={paid}"
    fields = office.fields(page)
    assert fields["amount"] == "500,00"
    refused = office.post(page, {**fields, "amount": "500,01", "receipt": (BytesIO(b""), "")}, page=page).text
    assert "è minore di quanto indicato" in refused
    receipt = (BytesIO(b"%PDF-1.4 mandato"), "mandato.pdf")
    told = office.post(page, {**fields, "reference": "Mandato n. 12", "receipt": receipt}, page=page,
                       follow_redirects=True).text
    assert "Restituzione n. 2/2026" in told and "Scarica la ricevuta" in told
    assert "Restituisci il credito" not in office.get(record).text
    account = office.get(f"/admin/situazione/{signed.id_of('dresano')}?anno=2026").text
    assert "Restituzione n. 2/2026" in account
    mine = person("dresano").get(f"/admin/pagamenti/details/?id={paid + 1}").text
    assert "Versato dall&#39;azienda al Comune" in mine and "Storna il pagamento" not in mine
    assert person("melegnano").get(f"/admin/pagamenti/details/?id={paid + 1}").status_code == 404
    assert person("dresano").get(page).status_code in (302, 403, 404)


def test_money_on_the_wrong_instalment_is_taken_off_and_stays_to_the_credit(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    row = instalment(signed, "dresano")
    pay(office, row, "13.333,33", "13.333,33")
    with signed.session() as session:
        part = session.scalars(select(Settlement.id)).one()
        paid = session.scalars(select(Payment.id)).one()
    assert f"togli/?id={part}" in office.get(f"/admin/pagamenti/details/?id={paid}").text
    page = f"/admin/pagamenti/togli/?id={part}"
    assert "stornare" not in office.post(page, {**office.fields(page), "why": ""}, page=page).text
    told = office.post(page, {**office.fields(page), "why": "Era per il saldo"}, page=page, follow_redirects=True).text
    assert "Restano a credito del Comune € 13.333,33" in told and "Era per il saldo" in told
    assert instalment(signed, "dresano").paid == 0
    assert "Era per il saldo" in person("dresano").get(f"/admin/rate/details/?id={row.id}").text
    assert office.get("/admin/pagamenti/togli/?id=99999999999999999999").status_code == 404
    assert person("dresano").get(page).status_code in (302, 403, 404)


def test_a_project_and_a_further_advance_say_what_they_lack(signed: House, person: Enter) -> None:
    office = person("contabilita")
    for page in ("/admin/rate/piano/progetto/", "/admin/rate/piano/anticipazione/"):
        answer = office.post(page, office.fields(page), page=page).text
        assert "Non è stato registrato nulla" in answer
        assert "Questo dato è necessario" in answer


def test_a_page_of_instalments_costs_the_same_however_many_there_are(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    few = statements_of(signed, office)
    with signed.unit("tante") as session:
        first = session.scalars(select(Instalment)).first()
        assert first is not None
        session.add_all(Instalment(
            year=2027, number=n, contract_id=first.contract_id, municipality_id=first.municipality_id, kind="advance",
            title="Acconto", amount=Decimal(n), nominal=TODAY, effective=TODAY) for n in range(1, 300))
    assert statements_of(signed, office) <= few + 1


def test_an_instalment_is_found_by_its_number_and_by_its_municipality(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    row = instalment(signed, "dresano")
    words = (row.code, "dresa", "melegnano", "77/1999")
    found = {word: office.get(f"/admin/rate/?search={word}").text for word in words}
    address = f"/admin/rate/details/?id={row.id}"
    assert {word: address in page for word, page in found.items()} == {
        row.code: True, "dresa": True, "melegnano": False, "77/1999": False}


def statements_of(house: House, person: Person) -> int:
    from sqlalchemy import event

    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(house.database.reading, "before_cursor_execute", note)
    try:
        assert person.get("/admin/rate/").status_code == 200
    finally:
        event.remove(house.database.reading, "before_cursor_execute", note)
    return len(seen)


def test_an_invoice_is_recorded_found_and_corrected(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    row = instalment(signed, "melegnano")
    page = f"/admin/rate/fattura/?id={row.id}"
    assert "Indicare la data della fattura" in office.fill(page, number="12/PA")
    assert "La fattura è registrata" in office.fill(page, number="12/PA", on="2026-02-27", sdi_id="7652341290")
    shown = office.get(f"/admin/rate/details/?id={row.id}").text
    assert "n. 12/PA del 27/02/2026" in shown
    assert "Correggi la fattura" in shown
    assert row.code in office.get("/admin/rate/?search=12/PA").text
    ask(signed, person)
    assert "fattura n. 12/PA del 27/02/2026" in person("melegnano").open("/admin/situazione/?anno=2026").text


def test_a_round_says_its_sums_in_one_way(signed: House, person: Enter) -> None:
    plan(person("contabilita"))
    key = ask(signed, person)
    office = person("contabilita")
    said = "€ 93.333,33 da chiedere"
    assert said in office.get(f"/admin/richieste/details/?id={key}").text
    assert said in office.get("/admin/richieste/").text


def test_the_letter_proposes_an_open_credit(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    with signed.unit("paga") as session:
        payments.record(session, signed.id_of("dresano"), received_on=date(2026, 2, 27), amount=Decimal("333.33"),
                        method="bank_transfer", parts={}, today=TODAY)
    ask(signed, person)
    with signed.session() as session:
        texts = {row.municipality.name: " ".join(" ".join(read_text(session.files.get(row.document.path))).split())
                 for row in session.scalars(select(Instalment).where(Instalment.document_id.is_not(None)))}
    assert ("Risulta aperto a favore del Comune di Dresano € 333,33 (pagamento n. 1/2026). Si propone di usarne "
            "€ 333,33 per questa rata, per la quale resterebbero da versare € 13.000,00") in texts["Dresano"]
    assert "Risulta aperto" not in texts["Melegnano"]


def test_a_balance_without_a_term_says_so_and_gets_a_day_with_its_act(signed: House, person: Enter) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    with signed.unit("saldo chiesto senza termine") as session:
        row = session.get_one(Instalment, instalment(signed, "melegnano", "Saldo").id)
        as_system(session, update(InstalmentRule).values(due_days=None), reason="prova")
        row.amount, row.state, row.requested_on = Decimal("20000.00"), "requested", date(2026, 2, 20)
        key = row.id
    shown = office.get(f"/admin/rate/details/?id={key}").text
    assert "Il contratto non dà un termine per pagare" in shown and "Fissa la scadenza" in shown
    page = f"/admin/rate/scadenza/?id={key}"
    assert "la scadenza non può venire prima" in office.fill(page, due="2026-02-01", why="Delibera n. 7")
    assert "La scadenza è fissata" in office.fill(page, due="2026-03-31", why="Delibera n. 7")
    told = person("melegnano").get(f"/admin/rate/details/?id={key}").text
    assert "entro il 31/03/2026" in told and "Delibera n. 7" in told and "Correggi la scadenza" not in told
