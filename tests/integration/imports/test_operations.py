"""An import goes in whole or not at all, and says of every row what became of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from core.allocation.model import YearShare
from core.contracts.model import Contract, ContractTerms
from core.documents.model import Document
from core.ground.access import ScopedSession
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number
from core.ground.states import PassageLog
from core.imports.operations import ImportReport, keep_upload, kept_upload, unpacked
from core.imports.subjects import IMPORTS
from core.instalments.model import Instalment
from core.parties.model import Municipality
from core.payments.model import Payment
from tests.factories import body_tax_code, filled
from tests.integration.imports.conftest import CONTRACT, INSTALMENT, MANAGER, PAID, SHARE, Send

INVOICE = {"number": "12/PA", "on": "15/01/2026", "sdi_id": 7652341290}
PDF = b"%PDF-1.7 firmato"
NEW_TOWN = {
    "name": "Borgo Nuovo", "form": "Comune", "istat": 15999, "tax_code": "84503590154", "address": "Via Roma, 1",
    "postal_code": 20070, "city": "Borgo Nuovo", "province": "MI", "member_from": "01/01/2025", "residents": 3008,
    "residents_on": "31/12/2025", "residents_source": "ISTAT",
}


def troubles(report: ImportReport) -> list[tuple[int, str, str]]:
    """Row, column and sentence of everything that must be corrected."""
    return [(row.number, finding.where, str(finding)) for row in report.wrong for finding in row.findings]


def count(session: ScopedSession, entity: type) -> int:
    return session.scalar(select(func.count()).select_from(entity)) or 0


def passages(session: ScopedSession) -> list[PassageLog]:
    """Those of contracts: the sheets of the district were approved before."""
    return list(session.scalars(select(PassageLog).where(PassageLog.subject == "contract")))


def test_a_code_that_the_list_gives_to_another_comune_stops_its_row(send: Send) -> None:
    told = troubles(send("municipalities", NEW_TOWN | {"name": "Lissone", "istat": 15146}))
    assert [place for _row, place, _sentence in told] == ["Codice ISTAT"]
    assert "015146 è di Milano (MI)" in told[0][2] and "Lissone (MB) ha 108028" in told[0][2]


def test_an_office_that_begins_brings_everything_it_has(send: Send, session: ScopedSession) -> None:
    assert send("municipalities", NEW_TOWN).applied
    report = send("contracts", CONTRACT | {"files": "firmato.pdf"}, files={"firmato.pdf": PDF})
    assert report.applied, troubles(report)
    assert send("shares", SHARE).applied
    assert send("instalments", INSTALMENT | PAID).applied
    assert send("opening", {"municipality": "Dresano", "on": "31/12/2025", "amount": "-250,00"}).applied

    town = session.scalars(select(Municipality).where(Municipality.name == "Borgo Nuovo")).one()
    assert (town.istat, town.slug, town.populations[0].residents) == ("015999", "borgo-nuovo", 3008)
    contract = session.scalars(select(Contract)).one()
    assert (contract.code, contract.state, contract.runs_to) == ("3/2025", "in_force", date(2026, 12, 31))
    assert contract.conferrals
    assert [held.origin for held in contract.documents] == ["imported"]
    assert session.scalars(select(YearShare)).one().origin == "import"
    credit, advance = session.scalars(select(Instalment).order_by(Instalment.year))
    assert (advance.state, advance.left) == ("overdue", Decimal("30000.00"))
    assert advance.effective == date(2026, 1, 31)  # a Saturday is no holiday
    assert advance.rule_id is not None
    assert (credit.kind, credit.state, credit.amount) == ("opening", "credited", Decimal("-250.00"))
    payment = session.scalars(select(Payment)).one()
    assert (payment.amount, payment.settlements[0].instalment_id) == (Decimal("20000.00"), advance.id)
    imported = select(PassageLog.subject).where(PassageLog.action == "import").order_by(PassageLog.id)
    assert list(session.scalars(imported)) == ["contract", "instalment", "instalment"]


def test_one_wrong_row_leaves_nothing_behind_and_the_others_are_checked_all_the_same(
    send: Send, session: ScopedSession
) -> None:
    send("contracts", CONTRACT)
    report = send("shares", SHARE, SHARE | {"municipality": "Atlantide"}, SHARE | {"amount": "1,234"}, SHARE)
    assert not report.applied
    assert [(number, column) for number, column, _text in troubles(report)] == [
        (3, "Comune"), (4, "Importo"), (5, "Anno")]
    assert count(session, YearShare) == 0


def test_a_rehearsal_writes_nothing_and_takes_no_number(send: Send, session: ScopedSession, tmp_path) -> None:
    report = send("contracts", CONTRACT | {"files": "a.pdf"}, files={"a.pdf": PDF}, rehearse=True)
    assert report.is_clean
    assert not report.applied
    assert (count(session, Contract), passages(session)) == (0, [])
    assert next_number(session, "contract", 2025) == 1
    assert not (tmp_path / "dati").exists()


def test_the_same_file_twice_changes_nothing(send: Send, session: ScopedSession) -> None:
    send("contracts", CONTRACT)
    for what, row in (("contracts", CONTRACT), ("instalments", INSTALMENT), ("shares", SHARE)):
        send(what, row)
        assert not send(what, row).applied
    assert (count(session, Contract), count(session, Instalment), count(session, YearShare)) == (1, 1, 1)


def test_a_number_that_a_paper_bears_is_never_given_out_again(send: Send, session: ScopedSession) -> None:
    send("contracts", CONTRACT)
    assert next_number(session, "contract", 2025) == 4


def test_accounting_imports_money_and_not_contracts(send: Send) -> None:
    from core.ground.access import Principal, Role

    accountant = Principal("Carlo Conti", frozenset({Role.ACCOUNTING}), user_id=9)
    with pytest.raises(NotAllowed):
        send("contracts", CONTRACT, actor=accountant)
    send("contracts", CONTRACT)
    assert send("shares", SHARE, actor=accountant).applied


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"code": "3"}, "Numero"), ({"code": "0/2025"}, "Numero"), ({"code": "3/2024"}, "Numero"),
        ({"municipalities": "Dresano; Dresano"}, "Comuni"), ({"municipalities": "Dresano; Atlantide"}, "Comuni"),
        ({"ends_on": "01/01/2024"}, "Scadenza"), ({"signed_on": "01/01/2027"}, "Firmato il"),
        ({"services": "volo spaziale"}, "Servizi"), ({"terms": 9}, "Condizioni"), ({"cig": "corto"}, "CIG"),
        ({"files": "manca.pdf"}, "File"), ({"files": "finto.pdf"}, "File"), ({"files": "virus.exe"}, "File"),
    ],
)
def test_a_contract_that_cannot_have_been_signed_is_refused_on_its_column(
    send: Send, changes: dict[str, object], column: str
) -> None:
    report = send("contracts", CONTRACT | changes, files={"finto.pdf": b"ciao", "virus.exe": b"MZ"})
    assert [found for _number, found, _text in troubles(report)] == [column]


def test_the_same_service_of_the_same_days_is_conferred_once(send: Send) -> None:
    report = send("contracts", CONTRACT, CONTRACT | {"code": "4/2025"})
    assert [(number, column) for number, column, _text in troubles(report)] == [(3, "Servizi")]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"amount": 0}, "Importo"), ({"due": "31/12/2025"}, "Scadenza"),
        ({"requested_on": "01/04/2026"}, "Richiesta il"),
        ({"paid": 10}, "Pagato il"), (PAID | {"paid": "50.000,01"}, "Pagato"), (PAID | {"method": None}, "Modo"),
        (PAID | {"method": "contanti"}, "Modo"), (PAID | {"paid_on": "01/04/2026"}, "Pagato il"),
        ({"contract": "9/2025"}, "Contratto"), ({"municipality": "Melegnano"}, "Contratto"), ({"year": 1990}, "Anno"),
        ({"number": "12/PA"}, "Data della fattura"), ({"sdi_id": "7652341290"}, "Fattura n."),
        (INVOICE | {"sdi_id": "IT1"}, "Identificativo SdI"), (INVOICE | {"on": "01/04/2026"}, "Data della fattura"),
    ],
)
def test_an_instalment_that_cannot_have_been_asked_is_refused_on_its_column(
    send: Send, changes: dict[str, object], column: str
) -> None:
    send("contracts", CONTRACT)
    report = send("instalments", INSTALMENT | changes)
    assert [found for _number, found, _text in troubles(report)] == [column]


def test_an_instalment_may_come_with_its_invoice(send: Send, session: ScopedSession) -> None:
    send("contracts", CONTRACT)
    later = INSTALMENT | {"due": "28/02/2026"}
    wrong = send("instalments", INSTALMENT | INVOICE, later | INVOICE | {"number": "13/PA"})
    assert [(row, column) for row, column, _text in troubles(wrong)] == [(3, "Identificativo SdI")]
    assert send("instalments", INSTALMENT | INVOICE, later | INVOICE).applied  # one invoice of two instalments
    assert {(row.invoice, row.sdi_id) for row in session.scalars(select(Instalment))} == {
        ("n. 12/PA del 15/01/2026", "7652341290")}


@pytest.mark.parametrize(
    ("changes", "column"),
    [({"amount": "-1,00"}, "Importo"), ({"approved_on": "01/04/2026"}, "Approvata il"), ({"year": 1999}, "Anno"),
     ({"municipality": "Melegnano"}, "Comune"), ({"kind": "presunta"}, "Tipo")],
)
def test_a_share_that_cannot_be_is_refused_on_its_column(send: Send, changes: dict[str, object], column: str) -> None:
    send("contracts", CONTRACT)
    assert [found for _number, found, _text in troubles(send("shares", SHARE | changes))] == [column]


def test_a_municipality_that_is_here_already_is_refused(send: Send) -> None:
    [(_number, column, text)] = troubles(send("municipalities", NEW_TOWN | {"name": "Dresano"}))
    assert column == "Nome"
    assert "già registrato" in text


def test_the_file_that_was_sent_is_kept_once_and_no_other_document_passes_for_it(
    send: Send, session: ScopedSession
) -> None:
    send("contracts", CONTRACT | {"files": "firmato.pdf"}, files={"firmato.pdf": PDF})
    one, two = (keep_upload(session, IMPORTS["shares"], Upload("../quote.xlsx", b"PK"))
                for _ in range(2))
    assert one is two
    assert kept_upload(session, one.id) == Upload(one.file_name, b"PK")
    contract_file = session.scalars(select(Document).where(Document.kind == "contract")).one()
    with pytest.raises(NotVisible):
        kept_upload(session, contract_file.id)


def test_files_come_in_a_readable_zip() -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("cartella/firmato.pdf", PDF)
    assert unpacked(packed.getvalue()) == {"firmato.pdf": PDF}
    with pytest.raises(RuleBroken):
        unpacked(b"non una cartella")


def test_the_manager_is_told_who_did_it(send: Send, session: ScopedSession) -> None:
    send("contracts", CONTRACT)
    assert [passage.actor for passage in passages(session)] == [MANAGER.name]


def test_of_two_titles_of_conditions_the_file_says_which(send: Send, session: ScopedSession) -> None:
    """The terms of one kind of contract are never taken for those of another."""
    for title in ("Ufficio di Piano", "Servizi alla persona"):
        session.add(filled(ContractTerms, title=title, valid_from=date(2024, 1, 1), renewal_direction="before",
                           roll_policy="holiday"))
    session.commit()
    report = send("contracts", CONTRACT)
    assert [(column, "più titoli" in text) for _number, column, text in troubles(report)] == [
        ("Titolo delle condizioni", True)]
    send("contracts", CONTRACT | {"title": "servizi alla persona"})
    assert session.scalars(select(Contract)).one().terms.title == "Servizi alla persona"


def test_another_body_pays_a_share_only_where_the_row_says_so(send: Send, session: ScopedSession) -> None:
    body = {"name": "Fondazione Casa Aperta ETS", "form": "Ente del terzo settore", "tax_code": body_tax_code(),
            "address": "Via Roma, 1", "postal_code": 20077, "city": "Melegnano", "province": "MI", "runts": "12"}
    assert send("municipalities", body).applied
    both = {"municipalities": "Dresano; Fondazione Casa Aperta ETS", "services": "access_desk"}
    report = send("contracts", CONTRACT | both, CONTRACT | both | {
        "code": "4/2025", "services": "legal_protection", "paying": "Fondazione Casa Aperta ETS"})
    assert report.applied, troubles(report)
    paying = {contract.code: [member.party.name for member in contract.municipality_parties if member.pays_share]
              for contract in session.scalars(select(Contract).where(Contract.year == 2025))}
    assert paying == {"3/2025": ["Dresano"], "4/2025": ["Dresano", "Fondazione Casa Aperta ETS"]}


def test_who_does_not_sign_pays_no_share(send: Send) -> None:
    report = send("contracts", CONTRACT | {"paying": "Melegnano"})
    assert troubles(report) == [(2, "Altri enti che versano la quota",
                                 "«Melegnano» non firma questo contratto: versa la quota solo chi lo firma.")]
