"""The pages of the letters in a browser: what is shown before, what is kept after, who comes in."""

from __future__ import annotations

from datetime import date

import lxml.html
import pytest
from sqlalchemy import func, select

from core.cases.model import CaseFile
from core.ground.access import Role, ScopedSession
from core.ground.settings import Settings
from core.parties.model import Signatory
from core.plugins.loading import Registry
from tests.district import cheap_passwords
from tests.integration.accreditation.conftest import TODAY as OPENED
from tests.integration.admin.browser import Person
from tests.integration.admin.house import invite
from tests.integration.letters.conftest import signs, text_of
from tests.integration.penalties.conftest import SENT

__all__ = ["cheap_passwords"]
TODAY = SENT
PEOPLE = {"direzione": Role.MANAGEMENT, "revisore": Role.AUDITOR, "contabilita": Role.ACCOUNTING,
          "accreditamento": Role.ACCREDITATION}


@pytest.fixture
def person(signed, database, application, cheap_passwords):
    """``person("dresano")`` is that person, inside; the day is that of the notice unless the test says another."""
    with signed.unit("persone") as session:
        for name, role in PEOPLE.items():
            invite(session, name, role)
        for name, key in (("dresano", signed.municipality), ("melegnano", signed.stranger)):
            invite(session, name, Role.MUNICIPALITY, municipality_ids=[key])

    def enter(name: str, day: date = TODAY) -> Person:
        settings = Settings(data_dir=database.folder, database_url=database.url, today=day)
        someone = Person(application(settings, database, Registry()).test_client())
        assert someone.enter(name).status_code == 302
        return someone

    return enter


def page(signed, key="default_notice-0", subject="default_notice"):
    return f"/admin/lettere/{subject}/{signed.notice}/{key}/"


def kept(signed):
    with ScopedSession(signed.database, signed.manager) as session:
        return session.scalar(select(func.count()).select_from(CaseFile))


def test_a_municipality_reads_the_letter_prepares_it_once_and_takes_it_away(signed, person):
    signed.open(signed.finding(facts="Pasti <b>freddi</b> & in ritardo."))
    dresano = person("dresano")
    shown = dresano.get(page(signed)).text
    assert "Mittente: Comune di Dresano. Firma: Anna Rossi &amp; Figli." in shown
    assert "Destinatario: Assemblea Consortile dell&#39;Azienda Sociale." in shown
    assert "Pasti &lt;b&gt;freddi&lt;/b&gt; &amp; in ritardo." in shown
    assert "Prepara la lettera" in shown and kept(signed) == 0
    form = dresano.fields(page(signed))
    answers = [dresano.post(page(signed), form, page=page(signed)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert kept(signed) == 1, "sent twice, it is prepared once"
    after = dresano.get(page(signed)).text
    assert "Lettere preparate" in after and "Scarica l'ultima versione" in after and "Registra l&#39;invio" in after
    with ScopedSession(signed.database, signed.comune) as session:
        held = session.scalars(select(CaseFile)).one()
    file = dresano.get(f"/admin/casi/documento/{held.document_id}/")
    assert file.status_code == 200 and file.data.startswith(b"PK") and ".docx" in file.headers["Content-Disposition"]
    assert "Diffida n. 1/2026" in dresano.get(f"/admin/lettere/default_notice/{signed.notice}/").text


def test_a_second_version_stands_beside_the_first(signed, person):
    signed.open()
    manager = person("direzione")
    for _ in range(2):
        manager.post(page(signed), manager.fields(page(signed)), page=page(signed))
    assert kept(signed) == 2
    assert "(versione 2)" in manager.get(page(signed)).text


@pytest.mark.parametrize(("name", "status"), [
    ("melegnano", 404), ("revisore", 403), ("contabilita", 403), ("accreditamento", 404)])
def test_nobody_else_prepares_it(signed, person, name, status):
    signed.open()
    someone = person(name)
    assert someone.get(page(signed)).status_code == status
    assert someone.post(page(signed), {"request_key": "x" * 30}).status_code == status
    assert kept(signed) == 0


@pytest.mark.parametrize("key", ["hearing_summons-0", "boh", "%00", "default_notice-99999999999"])
def test_a_letter_that_is_not_offered_is_404(signed, person, key):
    signed.open()
    assert person("dresano").get(page(signed, key)).status_code == 404


@pytest.mark.parametrize("subject", ["contract", "document", "boh"])
def test_a_case_without_letters_has_no_letter(signed, person, subject):
    signed.open()
    assert person("direzione").get(page(signed, subject=subject)).status_code == 404


def test_what_is_asked_is_asked_on_the_page_and_kept_as_typed(signed, person):
    signed.open()
    signed.send()
    signed.receive()
    signed.summon()
    dresano, minutes = person("dresano", date(2026, 4, 29)), page(signed, "hearing_minutes-0")
    empty = dresano.get(minutes).text
    assert "Chi era presente" in empty and "Mostra il testo" in empty and "Che cosa dirà la lettera" not in empty
    form = dresano.fields(minutes)
    refused = dresano.post(minutes, {**form, "present": "Anna Rossi, Sindaca", "minutes": ""}, page=minutes).text
    assert "Questo dato è necessario." in refused and "Anna Rossi, Sindaca" in refused
    typed = {**form, "present": "Anna Rossi\nMarta Verdi", "minutes": "Si discute."}
    read = dresano.post(minutes, {**typed, "do": "read"}, page=minutes).text
    assert "Che cosa dirà la lettera" in read and "Marta Verdi" in read and kept(signed) == 2
    assert dresano.post(minutes, typed, page=minutes).status_code == 302
    assert kept(signed) == 3
    record = dresano.fields(f"/admin/diffide/passaggio/?id={signed.notice}&atto=hear")
    assert (str(record["present"]).split("\n")[-2:], str(record["minutes"]).strip()) == (
        ["Anna Rossi", "Marta Verdi"], "Si discute.")  # nobody types the minutes again for the record
    wrong = dresano.post(minutes, {**dresano.fields(minutes), "held_on": "31/02/2026", "present": "x", "minutes": "y"},
                         page=minutes).text
    assert "31/02/2026" in wrong and "non è una data" in wrong


def test_what_stops_a_letter_is_said_and_no_button_is_shown(signed, person):
    signed.open()
    with signed.unit("sede") as session:
        for row in session.scalars(select(Signatory).where(Signatory.party_id == signed.municipality)):
            session.delete(row)
    shown = person("direzione").get(page(signed)).text
    assert "La lettera non si può ancora preparare" in shown and "nessuno firma per Dresano" in shown
    assert "Prepara la lettera" not in shown


def test_the_sending_is_proposed_from_whoever_wrote(signed, person):
    signed.open()
    signed.send()
    signed.receive()
    manager, receipt = person("direzione", date(2026, 4, 10)), page(signed, "notice_receipt-0")
    manager.post(receipt, manager.fields(receipt), page=receipt)
    links = lxml.html.fromstring(manager.get(receipt).text).xpath("//a[contains(., \"Registra l'invio\")]/@href")
    [form] = [manager.fields(link) for link in links]
    assert form["addressee_id"] == str(signed.municipality) and form["title"] == "Conferma di ricevimento"
    assert form["sender_id"] not in ("", str(signed.municipality))
    odd = links[0].split("?")[0] + "?da=99999999999999999999&a=x&oggetto=%00<b>"
    assert manager.get(odd).status_code == 200


def test_a_decree_is_read_and_prepared_by_the_accreditation_unit(signed, person, procedure):
    procedure.examined()
    decree = f"/admin/lettere/accreditation/{procedure.id}/accreditation_decree-0/"
    officer = person("accreditamento", OPENED)
    form = officer.fields(decree)
    assert form["outcome"] == "granted" and form["decided_on"] == OPENED.isoformat()
    wrong = officer.post(decree, {**form, "number": "12/2026", "outcome": "refused"}, page=decree).text
    assert "Il diniego ha bisogno dei suoi motivi" in wrong and "12/2026" in wrong
    read = officer.post(decree, {**form, "number": "12/2026", "do": "read"}, page=decree).text
    assert "Decreto n. 12/2026" in read and "ACCREDITA" in read and "Il Melograno" in read
    assert officer.post(decree, {**form, "number": "12/2026"}, page=decree).status_code == 302
    assert "Scarica l'ultima versione" in officer.get(decree).text
    assert "Prepara: Decreto" not in officer.get(f"/admin/lettere/accreditation/{procedure.id}/").text
    assert person("dresano", OPENED).get(decree).status_code == 404


def head_of_service(signed, **facts):
    with signed.unit("responsabile") as session:
        row = signs(signed.municipality, "Ugo", "Responsabile dei servizi sociali")
        for name, value in facts.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def test_a_notice_is_signed_by_the_head_of_the_service_where_there_is_one(signed, person):
    signed.open()
    head_of_service(signed, signs="letters")
    shown = person("dresano").get(page(signed)).text
    assert "Firma: Ugo Rossi &amp; Figli." in shown and "art. 107" in shown
    assert "Anna Rossi &amp; Figli, Sindaca" in shown, "the mayor signs everything, and may be chosen"


def test_the_signatory_is_chosen_among_those_in_office_for_letters(signed, person, database):
    signed.open()
    mayor = ScopedSession(signed.database, signed.manager)
    with mayor as session:
        anna = session.scalars(select(Signatory.id).where(Signatory.role == "Sindaca")).one()
    head_of_service(signed, signs="letters")
    gone = head_of_service(signed, signs="letters", valid_to=date(2025, 1, 1), role="Già responsabile")
    contracts = head_of_service(signed, signs="contracts", role="Segretario comunale")
    dresano = person("dresano")
    offered = dresano.get(page(signed)).text
    assert "Già responsabile" not in offered and "Segretario comunale" not in offered
    form = dresano.fields(page(signed))
    for nobody in (gone, contracts, 99_999):
        assert dresano.post(page(signed), {**form, "signatory_id": nobody}, page=page(signed)).status_code == 200
    assert kept(signed) == 0
    assert dresano.post(page(signed), {**form, "signatory_id": anna}, page=page(signed)).status_code == 302
    with ScopedSession(signed.database, signed.comune) as session:
        document = session.scalars(select(CaseFile)).one().document_id
    assert "Sindaca" in text_of(signed.database, document, signed.comune)


def test_a_party_with_one_who_signs_is_not_asked(signed, person):
    signed.open()
    assert "Chi firma" not in person("dresano").get(page(signed)).text
