"""A notice of default from first letter to last: who prepares each, what it says, who sees it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from core.cases import letters
from core.documents.model import Document
from core.ground.access import Role, ScopedSession
from core.ground.errors import NotVisible, RuleBroken
from core.ground.files import sha256
from core.parties.model import Azienda, BankAccount, Signatory
from core.penalties import operations
from core.penalties import penalties as money
from core.penalties.model import DefaultNotice, Penalty
from tests.factories import clerk_of
from tests.integration.letters.conftest import text_of, titles
from tests.integration.penalties.conftest import ACCOUNTANT, HEARD, RECEIVED, SENT

SUBJECT = "default_notice"


@pytest.fixture
def offered(signed):
    """The keys of the letters that a notice offers now, with a star where it waits for one."""

    def keys(who=None, subject=SUBJECT, key=None, today=SENT):
        reader = who or signed.manager
        with ScopedSession(signed.database, reader) as session:
            case = session.get_one(Penalty if subject == "penalty" else DefaultNotice, key or signed.notice)
            return [offer.code + "*" * offer.awaited
                    for offer in letters.offered(session, subject, case, today=today)]

    return keys


def test_every_step_has_its_letter(signed, offered):
    signed.open()
    assert offered() == ["default_notice*"]
    signed.send()
    assert offered() == []
    signed.receive()
    assert offered() == ["notice_receipt*"]
    signed.summon()
    assert offered() == ["notice_receipt", "hearing_summons*", "hearing_minutes"]
    assert offered(today=date(2026, 12, 31)) == ["notice_receipt", "hearing_summons*", "hearing_minutes*"]
    signed.hear()
    assert offered() == ["notice_receipt", "hearing_minutes"]
    signed.decide()
    assert offered() == ["notice_receipt", "hearing_minutes", "notice_decision*"]
    penalty = signed.apply()
    assert offered(subject="penalty", key=penalty) == ["penalty_request*"]
    signed.do(money.cancel, date(2026, 5, 5), key=penalty, why="Decisa per errore.")
    assert offered(subject="penalty", key=penalty) == []
    signed.do(operations.close, date(2026, 5, 6), why="Nulla da pagare.")
    assert offered()[-1] == "notice_closing*"


def test_a_municipality_prepares_its_own_notice_and_reads_it(signed, write):
    signed.open()
    document = write(SUBJECT, signed.notice, "default_notice-0", signed.comune, SENT)
    text = text_of(signed.database, document, signed.comune)
    assert "Il Comune di Dresano ha affidato servizi all'Azienda Sociale" in text
    assert "Assemblea Consortile dell'Azienda Sociale presso Azienda Sociale via Uno 1 20097 San Donato (MI)" in text
    assert "entro 20 (venti) giorni" in text and "entro 15 (quindici) giorni" in text
    assert "Il pasto è arrivato dopo le 14. Tipo: -; penale da € 100,00 a € 1.000,00" in text
    assert "Anna Rossi & Figli" in text and "Sindaca" in text
    assert titles(signed.database, SUBJECT, signed.notice, signed.comune) == [
        "Diffida n. 1/2026 – contratto di servizio n. 3/2026"]
    stranger = clerk_of(signed.stranger)
    assert titles(signed.database, SUBJECT, signed.notice, stranger) == []
    with ScopedSession(signed.database, stranger) as session:
        assert session.get(Document, document) is None


def test_a_letter_is_kept_with_its_data_and_hashes_and_a_second_one_stands_beside_it(signed, write):
    signed.open()
    first = write(SUBJECT, signed.notice, "default_notice-0", signed.comune, SENT)
    second = write(SUBJECT, signed.notice, "default_notice-0", signed.manager, SENT)
    assert first != second
    with ScopedSession(signed.database, signed.manager) as session:
        rows = [session.get_one(Document, key) for key in (first, second)]
        for row in rows:
            assert sha256(signed.database.files.get(row.path)) == row.sha256
            assert sha256(signed.database.files.get(row.data_path)) == row.data_sha256
            assert row.template == "default_notice.docx" and row.template_sha256
            data = json.loads(signed.database.files.get(row.data_path))
            assert data["code"] == "1/2026" and data["findings"][0]["facts"] == "Il pasto è arrivato dopo le 14."
        [versions] = letters.versions(session, SUBJECT, signed.notice).values()
        assert [held.document_id for held in versions] == [first, second]
        assert [row.made_by for row in rows] == [signed.comune.name, signed.manager.name]
    assert titles(signed.database, SUBJECT, signed.notice, signed.comune)[1].endswith("(versione 2)")


def test_the_azienda_confirms_the_receipt_and_a_municipality_cannot_do_it_for_her(signed, write, offered):
    signed.open()
    signed.send()
    signed.receive()
    assert offered(signed.comune) == []
    with pytest.raises(NotVisible):
        write(SUBJECT, signed.notice, "notice_receipt-0", signed.comune, RECEIVED)
    document = write(SUBJECT, signed.notice, "notice_receipt-0", signed.manager, RECEIVED)
    text = text_of(signed.database, document, signed.comune)
    assert "conferma di avere ricevuto il 10 aprile 2026, a mezzo posta elettronica certificata" in text
    assert "27 aprile 2026 (i giorni finiscono il 25 aprile 2026" in text
    assert "Marta Rossi & Figli" in text


def test_the_hearing_is_summoned_and_its_minutes_are_written(signed, write):
    signed.open()
    signed.send()
    signed.receive()
    signed.summon()
    summons = write(SUBJECT, signed.notice, "hearing_summons-0", signed.comune, date(2026, 4, 20))
    assert "convocate il 29 aprile 2026, presso: Municipio di Dresano" in text_of(
        signed.database, summons, signed.comune)
    with pytest.raises(RuleBroken) as lacks:
        write(SUBJECT, signed.notice, "hearing_minutes-0", signed.comune, HEARD, held_on=HEARD,
              present="Anna", minutes=" ")
    assert lacks.value.field == "minutes"
    minutes = write(SUBJECT, signed.notice, "hearing_minutes-0", signed.comune, HEARD, held_on=HEARD,
                    present="Anna Rossi, Sindaca\nMarta <b>Gestione</b>",
                    minutes="Il Comune espone.\n\nL'azienda nega.")
    text = text_of(signed.database, minutes, signed.comune)
    assert "Marta <b>Gestione</b>" in text and "L'azienda nega." in text
    signed.hear()
    again = write(SUBJECT, signed.notice, "hearing_minutes-0", signed.comune, HEARD)
    assert "Le parti confermano i fatti." in text_of(signed.database, again, signed.comune)


def test_the_decision_the_request_and_the_closing(signed, write):
    signed.decided()
    penalty = signed.apply()
    on = date(2026, 5, 5)
    decision = write(SUBJECT, signed.notice, "notice_decision-0", signed.comune, on)
    text = text_of(signed.database, decision, signed.comune)
    assert "la decisione presa il 4 maggio 2026" in text and "Il ritardo è provato." in text
    assert "n. 1/2026" in text and "€ 500,00" in text and "da € 100,00 a € 1.000,00" in text
    request = write("penalty", penalty, "penalty_request-0", signed.comune, on)
    asked = text_of(signed.database, request, signed.comune)
    assert "€ 500,00 (cinquecento/00) entro 60 (sessanta) giorni" in asked
    assert "IBAN IT34 J019 9933 4000 0000 0556 602" in asked
    signed.do(money.request, on, key=penalty, channel="pec", sent_on=on, protocol_number="77", paper=signed.paper)
    signed.do(money.receive, on, key=penalty, received_on=on, paper=None)
    signed.pay(penalty, date(2026, 6, 1), "500.00")
    signed.do(operations.close, date(2026, 6, 2), why="La penale è pagata.\nIl servizio è ripreso.")
    closing = write(SUBJECT, signed.notice, "notice_closing-0", signed.comune, date(2026, 6, 2))
    text = text_of(signed.database, closing, signed.comune)
    assert "è chiuso dal 2 giugno 2026" in text and "Il servizio è ripreso." in text and "pagata" in text


def test_a_withdrawn_notice_that_left_is_told_and_a_draft_is_not(signed, write, offered):
    signed.open()
    signed.do(operations.withdraw, SENT, why="Scritta per errore.")
    assert offered() == []
    signed.open(signed.finding(happened_on=date(2026, 3, 3)))
    signed.send()
    signed.do(operations.withdraw, SENT, why="Il fatto è chiarito.")
    assert offered() == ["notice_closing*"]
    document = write(SUBJECT, signed.notice, "notice_closing-0", signed.comune, SENT)
    assert "ritirato il 9 aprile 2026" in text_of(signed.database, document, signed.comune)


def test_who_prepares_no_letters_of_this_case_is_offered_none(signed, offered):
    signed.open()
    for role in (Role.AUDITOR, Role.ACCOUNTING, Role.ACCREDITATION):
        assert offered(replace(ACCOUNTANT, roles=frozenset({role}))) == []


def test_another_municipality_does_not_reach_the_letter(signed, write):
    signed.open()
    with pytest.raises(NotVisible):
        write(SUBJECT, signed.notice, "default_notice-0", clerk_of(signed.stranger), SENT)


@pytest.mark.parametrize("key", ["hearing_summons-0", "default_notice-7", "contratto-0", "", "default_notice"])
def test_a_letter_that_the_case_cannot_have_is_not_there(signed, write, key):
    signed.open()
    with pytest.raises(NotVisible):
        write(SUBJECT, signed.notice, key, signed.comune, SENT)


def test_nobody_in_office_is_said_in_words(signed, write, unit):
    signed.open()
    with unit("fine mandato") as session:
        for row in session.scalars(select(Signatory).where(Signatory.party_id == signed.municipality)):
            row.valid_to = date(2026, 4, 1)
    with pytest.raises(RuleBroken, match="Il 09/04/2026 nessuno firma per Dresano: registrare il firmatario"):
        write(SUBJECT, signed.notice, "default_notice-0", signed.comune, SENT)
    assert titles(signed.database, SUBJECT, signed.notice, signed.manager) == []


def test_a_request_without_an_account_is_said_in_words(signed, write, unit):
    signed.decided()
    penalty = signed.apply()
    with unit("conto") as session:
        session.delete(session.scalars(select(BankAccount)).one())
    with pytest.raises(RuleBroken, match="Manca il conto dedicato di Dresano"):
        write("penalty", penalty, "penalty_request-0", signed.comune, date(2026, 5, 5))


def test_an_address_that_is_missing_is_named(signed, write, unit):
    signed.open()
    with unit("sede") as session:
        session.scalars(select(Azienda)).one().postal_code = ""
    with pytest.raises(RuleBroken, match="manca questo dato: CAP") as lacks:
        write(SUBJECT, signed.notice, "default_notice-0", signed.comune, SENT)
    assert lacks.value.field == "postal_code"


def test_a_text_that_no_letter_holds_is_refused_in_words(signed, write):
    signed.open()
    signed.send()
    signed.receive()
    signed.summon()
    for field, value, words in (("present", "x" * 20_001, "troppo lungo"), ("held_on", "ieri", "Indicare un giorno"),
                                ("minutes", "a\x07b", "invisibile")):
        given = {"held_on": HEARD, "present": "Anna", "minutes": "Detto.", field: value}
        with pytest.raises(RuleBroken, match=words):
            write(SUBJECT, signed.notice, "hearing_minutes-0", signed.comune, HEARD, **given)
