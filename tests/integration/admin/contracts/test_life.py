"""The life of a contract at the screen, from the draft to the closed file, and the diary that tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select

from admin.contracts.passages import STEPS
from core.contracts import life, operations
from core.contracts.model import Contract, ContractAct, ContractTerms
from core.contracts.states import ContractState
from core.ground.files import sha256
from core.parties.model import Act
from tests.factories import write_missing_sheets
from tests.ground import Application
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House
from tests.signers import ANNA, TestSigner

SCAN = b"%PDF-1.7 firmato"
RECORD = "/admin/contratti/details/?id={key}"
PASSAGE = "/admin/contratti/passaggio/?id={key}&atto={action}"
COUNCIL = {"body_kind": "council", "body": "Consiglio comunale"}
GIUNTA = {"body_kind": "giunta", "body": ""}
BOARD = {"body_kind": "board", "body": ""}


@pytest.fixture
def key(house: House) -> int:
    """Dresano's contract, a draft with a text."""
    return house.contract_of("dresano")


@pytest.fixture
def on(house: House, application: Application) -> Callable[[date], Person]:
    """The manager at the screen on another day; the worker has been round that morning."""

    def come(day: date) -> Person:
        with house.unit("giro") as session:
            life.advance(session, day)
        return on_day(application, house, day)

    return come


def do(screen: Person, key: int, action: str, **typed: object) -> str:
    """Open the page of a passage, fill it in, send it; the words of the page that follows."""
    screen.open(PASSAGE.format(key=key, action=action))
    screen.send(**typed)
    return screen.text()


def signers_of(house: House, key: int) -> list[TestSigner]:
    """Who signs the contract of Dresano, each with a certificate: the municipality's, then the azienda's."""
    with house.session() as session:
        people = [member.signatory for member in session.require(Contract, key).parties]
        return [TestSigner(f"{who.given_name} {who.family_name}", who.tax_code) for who in reversed(people) if who]


def last_text(house: House, key: int) -> bytes:
    """The newest version of the contract's text, as it is downloaded."""
    with house.unit("prova") as session:
        return session.files.get(session.require(Contract, key).documents[-1].document.path)


def with_all_sheets(house: House, key: int) -> None:
    """Every service has its sheet, and the text is made with them."""
    with house.unit("schede") as session:
        write_missing_sheets(session)
        operations.generate_document(session, key, registry=house.registry, today=date(2026, 3, 2))


def approve_all(screen: Person, key: int) -> str:
    """The acts that the conditions ask and nobody has attached; the words of the page that follows the last."""
    party = screen.fields(PASSAGE.format(key=key, action="approve"))["party_id"]
    do(screen, key, "approve", party_id=party, number="12", date="2026-02-20", **COUNCIL)
    do(screen, key, "approve", party_id=party, number="104", date="2025-12-03", **GIUNTA)
    return do(screen, key, "approve", number="9", date="2025-10-30", **BOARD)


def prepare(screen: Person, key: int, how: str = "") -> str:
    """Read the differences of the text to sign, accept them; the words of the page that follows."""
    screen.open(f"/admin/contratti/definitivo/{key}/{how}")
    screen.send(accepted="y")
    return screen.text()


def bring_to_force(house: House, screen: Person, key: int) -> None:
    with_all_sheets(house, key)
    do(screen, key, "submit")
    approve_all(screen, key)
    prepare(screen, key, "?mano=1")
    do(screen, key, "sign", signed_on="2026-02-27", signed_at="10.30", by_hand="y", file=(BytesIO(SCAN), "scan.pdf"))
    do(screen, key, "enter_force")


def test_the_main_story_of_a_contract(house: House, manager_screen: Person, on: Callable[[date], Person],
                                      key: int) -> None:
    with_all_sheets(house, key)
    assert "mancano le delibere dell'Azienda Sociale Sud Est Milano e Dresano." in do(manager_screen, key, "submit")
    words = do(manager_screen, key, "approve", number="104", date="2025-12-03", **GIUNTA)
    assert "Approvato in parte: manca la delibera dell'Azienda Sociale Sud Est Milano." in words
    words = do(manager_screen, key, "approve", number="9", date="2025-10-30", **BOARD)
    assert "Approvato da tutti gli enti: si prepara il testo da firmare" in words
    assert "Giunta comunale, atto n. 104 del 03/12/2025" in words
    assert "Il testo da firmare è la versione n. 3." in prepare(manager_screen, key)
    final = last_text(house, key)
    when = {"signed_on": "2026-02-27", "signed_at": "10:30"}
    assert "è il documento Word, non un file firmato" in do(manager_screen, key, "sign", **when,
                                                            file=(BytesIO(final), "contratto.docx"))
    mayor, director = signers_of(house, key)
    words = do(manager_screen, key, "sign", **when, file=(BytesIO(ANNA.p7m(mayor.p7m(final))), "t.docx.p7m.p7m"))
    assert f"manca la firma di {director.name}" in words
    assert f"Ha firmato: {mayor.name} ({mayor.fiscal_code}), ANNA ROSSETTI (RSSNNA70A41F205X)" in words
    words = do(manager_screen, key, "sign", **when, file=(BytesIO(director.p7m(mayor.p7m(final))), "t.docx.p7m.p7m"))
    assert "con decorrenza dal 01/01/2026" in words
    assert f"{mayor.name} ({mayor.fiscal_code}), 26/02/2027 10:30 (ora di chi firma)" in words
    assert f"impronta di ciò che ha firmato: {sha256(final)}" in words
    assert f"{director.name} ({director.fiscal_code})" in words
    words = do(manager_screen, key, "enter_force")
    assert "In vigore fino al 31/12/2027. Ultimo giorno utile per valutare il rinnovo e comunicarlo: 30/09/2027." \
        in words
    assert "La firma (27/02/2026) è successiva alla decorrenza" in words
    words = do(on(date(2027, 12, 20)), key, "extend", number="77", date="2027-12-15", to_day="2028-06-30",
               file=(BytesIO(SCAN), "delibera.pdf"), **COUNCIL)
    assert "Prorogato fino al 30/06/2028; la prima scadenza era il 31/12/2027." in words
    july = on(date(2028, 7, 3))
    july.open(RECORD.format(key=key))
    assert "Scaduto il 30/06/2028. Se occorre, l'azienda assicura i servizi fino al 30/12/2028." in july.text()
    assert "i servizi continuano fino al 30/12/2028" in do(july, key, "continue", why="Manca ancora il subentro")
    autumn = on(date(2028, 10, 1))
    words = do(autumn, key, "close", why="Il comune è subentrato")
    assert "Chiuso: il contratto ha valso fino al 30/06/2028." in words
    for told in ("Messo in approvazione il 02/03/2026.", "Firmato il 27/02/2026.",
                 "Prorogato con atto del 15/12/2027.",
                 "Scaduto: dal 01/07/2028 non vale più.", "Chiuso il 01/10/2028.", "Il comune è subentrato"):
        assert told in words, "the diary tells every passage"


def test_the_buttons_are_those_of_the_state_and_of_the_role(
    house: House, manager_screen: Person, person, key: int
) -> None:
    bring_to_force(house, manager_screen, key)
    manager_screen.open(RECORD.format(key=key))
    for verb in ("Registra una proroga", "Prepara il rinnovo", "Registra il recesso del Comune"):
        assert verb in manager_screen.text()
    assert "Registra la firma" not in manager_screen.text()
    clerk = person("dresano")
    clerk.open(RECORD.format(key=key))
    assert "Firmato il 27/02/2026." in clerk.text()
    assert "Consiglio comunale, atto n. 12" in clerk.text()
    for verb in ("Registra una proroga", "Correggi l'ultimo passaggio", "Aggiungi una nota"):
        assert verb not in clerk.text()


def test_every_button_of_every_state_opens_its_page(
    house: House, application: Application, manager_screen: Person, key: int
) -> None:
    bring_to_force(house, manager_screen, key)
    opened: set[str] = set()
    for day in (date(2026, 3, 2), date(2028, 1, 10)):
        screen = on_day(application, house, day)
        for state in ContractState:
            with house.unit("prova") as session:
                session.require(Contract, key).state = state
            screen.open(RECORD.format(key=key))
            for href in {unescape(part.split('"')[0]) for part in screen.page.split('href="')}:
                if href.startswith("/admin/contratti/passaggio/"):
                    assert screen.open(href).status_code == 200
                    assert "Lascia stare" in screen.text(), (state, href)
                    opened.add(href.rpartition("atto=")[2])
    assert opened >= STEPS.keys() - {"communicate", "renew_tacitly", "undo"}


def on_day(application: Application, house: House, day: date) -> Person:
    """The manager on a day on which the worker has not been round yet."""
    settings = replace(house.settings, today=day)
    return replace(house, app=application(settings, house.database)).person("direzione")


def test_a_passage_out_of_its_state_leads_back_to_the_contract(manager_screen: Person, key: int) -> None:
    manager_screen.open(PASSAGE.format(key=key, action="extend"))
    assert "questo passaggio non è previsto" in manager_screen.text()
    assert manager_screen.get(PASSAGE.format(key=key, action="explode")).status_code == 404
    assert manager_screen.get(PASSAGE.format(key=99999, action="submit")).status_code == 404


@pytest.mark.parametrize(("typed", "words"), [
    ({"number": ""}, "Questo dato è necessario."),
    ({"date": "2027-01-01"}, "non è ancora arrivato"),
    ({"date": "ieri"}, "non è una data"),
])
def test_a_refused_approval_keeps_what_was_typed(manager_screen: Person, key: int, typed, words: str) -> None:
    do(manager_screen, key, "submit")
    shown = do(manager_screen, key, "approve", **{"number": "12", "date": "2026-02-20", **COUNCIL, **typed})
    assert words in shown
    assert manager_screen.fields()["body"] == "Consiglio comunale"
    manager_screen.open(RECORD.format(key=key))
    assert "In approvazione: mancano le delibere dell" in manager_screen.text()


def test_the_same_passage_sent_twice_is_done_once(house: House, manager_screen: Person, key: int) -> None:
    do(manager_screen, key, "submit")
    manager_screen.open(PASSAGE.format(key=key, action="approve"))
    fields = {**dict(manager_screen.fields()), "number": "12", "date": "2026-02-20", **COUNCIL}
    for _time in range(2):
        answer = manager_screen.post(PASSAGE.format(key=key, action="approve"), fields)
        assert answer.status_code == 302
    with house.session() as session:
        assert len(session.require(Contract, key).approvals) == 1


def test_a_form_filled_on_an_older_contract_is_refused(house: House, manager_screen: Person, person, key: int) -> None:
    bring_to_force(house, manager_screen, key)
    other = person("direzione")
    other.open(PASSAGE.format(key=key, action="withdraw"))
    do(manager_screen, key, "ground", ground="delay", arisen_on="2026-03-01", why="Ritardi")
    other.send(number="5", date="2026-03-01", why="Interesse", received_on="2026-03-02", effective_on="2026-09-01",
               file=(BytesIO(SCAN), "delibera.pdf"), **COUNCIL)
    assert "qualcun altro ha modificato il contratto" in other.text()


def test_a_mistaken_signature_is_corrected_and_stays_in_the_diary(
    house: House, manager_screen: Person, key: int
) -> None:
    bring_to_force(house, manager_screen, key)
    do(manager_screen, key, "undo", why="Firma di un altro contratto")
    words = do(manager_screen, key, "undo", why="Firma di un altro contratto")
    assert "Corretto il passaggio «Firmato il 27/02/2026»: lo stato torna «Approvato»." in words
    assert "corretto in seguito" in words


def test_a_withdrawal_shows_its_indemnity_and_its_last_day(house: House, manager_screen: Person, key: int) -> None:
    bring_to_force(house, manager_screen, key)
    words = do(manager_screen, key, "withdraw", number="9", date="2026-03-01", why="Riorganizzazione dei servizi",
               received_on="2026-03-02", effective_on="2026-09-01", indemnity="12.500,00",
               file=(BytesIO(SCAN), "delibera.pdf"), **COUNCIL)
    assert "Il Comune è receduto: il contratto vale fino al 31/08/2026." in words
    assert "€ 12.500,00" in words


def test_the_acts_attached_are_chosen(house: House, manager_screen: Person, key: int) -> None:
    manager_screen.open(f"/admin/contratti/atti/?id={key}")
    ticked = manager_screen.fields().getlist("acts")
    manager_screen.send(acts=ticked[:1])
    with house.session() as session:
        assert [str(link.act_id) for link in session.require(Contract, key).acts] == ticked[:1]


def test_who_signs_with_others_reads_what_is_awaited_of_whom(house: House, person) -> None:
    with house.unit("prova") as session:
        ids = [house.id_of(slug) for slug in ("dresano", "melegnano", "colturano")]
        terms = session.scalars(select(ContractTerms.id)).first() or 0
        row = operations.draft(session, ids, starts_on=date(2031, 1, 1), ends_on=date(2033, 11, 30), terms_id=terms,
                               today=date(2026, 3, 2))
        row.state = "partly_approved"
        row.acts.append(ContractAct(role="approval", act=Act(
            party_id=ids[1], body_kind="council", kind="deliberazione", number="8", date=date(2026, 3, 1), title="x")))
        session.flush()
        key = row.id
    clerk = person("dresano")
    clerk.open(RECORD.format(key=key))
    assert ("Approvato in parte: mancano le delibere dell'Azienda Sociale Sud Est Milano, Dresano e Colturano."
            in clerk.text())
    assert "Consiglio, atto n. 8 del 01/03/2026" in clerk.text()


# --- the diary --------------------------------------------------------------------------------------------


def test_the_municipality_reads_the_notes_that_are_shared_with_it(manager_screen: Person, person, key: int) -> None:
    for text, shared in (("Solo per noi", {}), ("Anche per voi", {"shared": "y"})):
        manager_screen.open(f"/admin/casi/contract/{key}/nota/")
        manager_screen.send(text=text, **shared)
        assert text in manager_screen.text()
    clerk = person("dresano")
    clerk.open(RECORD.format(key=key))
    assert "Anche per voi" in clerk.text()
    assert "Solo per noi" not in clerk.text()


@pytest.mark.parametrize(("name", "content", "words"), [
    ("verbale.exe", b"MZ", "non è di un tipo che si conserva qui"),
    ("verbale.pdf", b"MZ", "non è quello che il nome promette"),
    ("verbale.pdf", b"", "è vuoto"),
])
def test_a_file_is_what_its_name_says(manager_screen: Person, key: int, name: str, content: bytes, words: str) -> None:
    manager_screen.open(f"/admin/casi/contract/{key}/file/")
    manager_screen.send(title="Verbale", file=(BytesIO(content), name))
    assert words in manager_screen.text()
    assert manager_screen.fields()["title"] == "Verbale"


def test_a_letter_has_its_sending_and_its_receipt(house: House, manager_screen: Person, person, key: int) -> None:
    manager_screen.open(f"/admin/casi/contract/{key}/lettera/")
    manager_screen.send(title="Invio del testo", sent_on="2026-03-01", protocol_number="41/2026",
                        received_on="2026-02-27")
    assert "non può essere stata ricevuta il 27/02/2026" in manager_screen.text()
    manager_screen.send(received_on="")
    assert "Protocollo n. 41/2026" in manager_screen.text()
    hrefs = {part.split('"')[0] for part in manager_screen.page.split('href="')}
    [receipt] = {href for href in hrefs if href.endswith("/ricevuta/")}
    manager_screen.open(receipt)
    manager_screen.send(received_on="2026-03-02", file=(BytesIO(SCAN), "consegna.pdf"))
    assert "Ricevuta da Dresano la lettera «Invio del testo»." in manager_screen.text()
    manager_screen.open(receipt)
    manager_screen.send(received_on="2026-03-02")
    assert "già registrato" in manager_screen.text()


def test_a_wrong_day_of_receipt_is_corrected_in_sight_of_both(
    house: House, manager_screen: Person, person, key: int
) -> None:
    record = RECORD.format(key=key)
    manager_screen.open(f"/admin/casi/contract/{key}/lettera/")
    manager_screen.send(title="Invio del testo", sent_on="2026-02-20", channel="pec", received_on="2026-02-27")
    manager_screen.open(record)
    [correct] = {part.split('"')[0] for part in manager_screen.page.split('href="') if "/correggi/" in part}
    manager_screen.open(correct)
    manager_screen.send(received_on="2026-02-19", why="Letta male.")
    assert "non può essere stata ricevuta il 19/02/2026" in manager_screen.text()
    manager_screen.send(received_on="2026-02-23", why="")
    assert "Nel diario restano il giorno di prima" in manager_screen.text()
    manager_screen.send(received_on="2026-02-23", why="La ricevuta della PEC dice un altro giorno.")
    told = ("Corretta la data di ricevimento di «Invio del testo»: non il 27/02/2026 ma il 23/02/2026. "
            "Motivo: La ricevuta della PEC dice un altro giorno.")
    for reader in (manager_screen, person("dresano"), person("contabilita")):
        assert told in reader.read(record)
    assert told not in person("accreditamento").read(record)
    for refused in ("contabilita", "revisore", "dresano"):
        assert person(refused).get(correct).status_code == 403
    assert person("accreditamento").get(correct).status_code == 404


def test_the_office_that_accredits_reads_nothing_of_what_a_contract_says(
    house: House, manager_screen: Person, person, key: int
) -> None:
    bring_to_force(house, manager_screen, key)
    record = RECORD.format(key=key)
    manager_screen.open(record)
    hrefs = {part.split('"')[0].replace("&amp;", "&") for part in manager_screen.page.split('href="')}
    papers = {href for href in hrefs if "/documento/" in href or "/download/" in href or "/testo/" in href}
    assert papers and all(manager_screen.get(paper).status_code == 200 for paper in papers)
    officer = person("accreditamento")
    assert "Il testo del contratto lo tiene un altro ufficio." in officer.read(record)
    assert "Diario, lettere e file di questo fascicolo li tiene un altro ufficio." in officer.text()
    assert not {paper for paper in papers if paper in officer.page.replace("&amp;", "&")}
    assert {officer.get(paper).status_code for paper in papers} == {404}


def test_the_files_of_a_case_are_its_own_s(house: House, manager_screen: Person, person, key: int) -> None:
    bring_to_force(house, manager_screen, key)
    manager_screen.open(RECORD.format(key=key))
    addresses = {part.split('"')[0] for part in manager_screen.page.split('href="')}
    [address] = {address for address in addresses if address.startswith("/admin/casi/documento/")}
    assert person("dresano").get(address).data == SCAN
    assert person("revisore").get(address).data == SCAN
    assert person("melegnano").get(address).status_code == 404


@pytest.mark.parametrize("page", ["nota", "file", "lettera"])
def test_only_the_office_that_manages_contracts_writes_in_their_diary(person, key: int, page: str) -> None:
    address = f"/admin/casi/contract/{key}/{page}/"
    assert person("direzione").get(address).status_code == 200
    for reader in ("contabilita", "accreditamento", "revisore", "dresano", "melegnano"):
        # files and letters are added by a municipality to some cases of its own: here to none, and others are not there
        refused = 404 if reader == "melegnano" and page != "nota" else 403
        screen = person(reader)
        screen.open("/admin/")
        assert screen.get(address).status_code == refused
        assert screen.post(address, {"text": "x"}).status_code == refused


def test_a_diary_of_nothing_is_not_there(manager_screen: Person) -> None:
    for address in ("contract/99999", "user/1", "party/1", "nonsense/1"):
        assert manager_screen.get(f"/admin/casi/{address}/nota/").status_code == 404


def test_the_accreditation_office_reads_a_contract_and_its_amendment_without_their_texts(
    house: House, person: Enter
) -> None:
    key = house.contract_of("dresano")
    office = person("accreditamento")
    for state in ("draft", "under_approval", "approved", "signed", "in_force"):
        with house.unit() as session:
            session.require(Contract, key).state = state
        assert office.get(f"/admin/contratti/details/?id={key}").status_code == 200, state
