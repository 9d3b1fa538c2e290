"""The text to sign at the screen: what is filled, what is asked, what is read and accepted before it is kept."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from docx.oxml import OxmlElement

from core.contracts import life
from core.contracts.model import Contract
from core.contracts.operations import generate_document, upload_negotiated
from core.ground.files import Upload
from tests.district import TODAY
from tests.factories import write_missing_sheets
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House
from tests.integration.contracts.making import ACTOR, approve_all
from tests.integration.contracts.test_final import negotiated

RECORD = "/admin/contratti/details/?id={key}"
FINAL = "/admin/contratti/definitivo/{key}/"


@pytest.fixture
def key(house: House) -> int:
    """Dresano's contract, negotiated in Word without the place of the giunta's resolution, approved by all."""
    key = house.contract_of("dresano")
    house.reach("approved", lambda: _negotiate_and_approve(house, key))
    return key


def _negotiate_and_approve(house: House, key: int) -> None:
    with house.unit("prova", ACTOR) as session:
        contract = session.require(Contract, key)
        write_missing_sheets(session)
        generate_document(session, key, registry=house.registry, today=TODAY)
        losing = f"patto:act/{house.id_of('dresano')}/giunta"
        text = negotiated(session.files.get(contract.documents[-1].document.path), losing=losing)
        upload_negotiated(session, key, note="", file=Upload("dal-comune.docx", text))
        life.submit(session, key, version=None, today=TODAY)
        approve_all(session, contract)


def test_the_place_that_was_lost_is_asked_the_differences_are_read_and_the_text_is_kept(
    house: House, key: int, manager_screen: Person
) -> None:
    screen = manager_screen
    screen.open(RECORD.format(key=key))
    assert "Approvato da tutti gli enti: si prepara il testo da firmare" in screen.text()
    said = screen.read(FINAL.format(key=key))
    assert "Il testo approvato è la versione n. 3." in said
    assert "Deliberazione della Giunta – Comune di Dresano Non ha più un posto" in said
    assert "Con questi spazi il testo si può conservare, ma non firmare." in said
    told = said.partition("Dati che mancavano al testo approvato, o che non cita")[2].partition("Differenze")[0]
    assert told and "CIG e CUP" not in told, "a code that is not there leaves no blank"
    places = places_on(screen)
    assert len(places) == 2
    giunta = f"act/{house.id_of('dresano')}/giunta"
    screen.post(screen.address, {**screen.fields(), **{f"posto-{place}": giunta for place in places}, "do": "read"})
    said = screen.text()
    assert "Spazi che restano vuoti" not in said and "Non ha più un posto" not in said
    assert "<ins>41 " not in screen.page and "<del>________</del>" in screen.page, "word by word"
    screen.send()
    assert "Leggere le differenze qui sopra, poi confermarle." in screen.text()
    screen.send(accepted="y")
    assert "Il testo da firmare è la versione n. 4." in screen.text()
    assert "il testo da firmare è pronto, si registra la firma" in screen.text()
    assert "Preparato il testo da firmare, versione n. 4." in screen.text(), "the diary tells it"
    with house.session() as session:
        assert session.require(Contract, key).documents[-1].origin == "final"


def places_on(screen: Person) -> list[str]:
    """The codes of the blanks that the page asks about."""
    return [name.split('"')[0] for name in screen.page.split('name="posto-')[1:]]


def test_what_changed_while_it_was_read_is_read_again(house: House, key: int, manager_screen: Person) -> None:
    manager_screen.open(FINAL.format(key=key))
    with house.unit("prova", ACTOR) as session:
        session.require(Contract, key).cig = "B1234567A9"
    manager_screen.send(accepted="y", version="")
    assert "rileggere le differenze" in manager_screen.text()
    manager_screen.send(accepted="y")
    assert "Il testo da firmare è la versione n. 4." in manager_screen.text()


def test_a_place_that_is_none_is_said(key: int, manager_screen: Person) -> None:
    manager_screen.open(FINAL.format(key=key))
    for sent in ({"posto-1-2-3": "codes", "do": "read"}, {"posto-1-2-3": "codes", "accepted": "y"},
                 {"parole-1-2-3": "trenta", "accepted": "y"}):
        manager_screen.post(FINAL.format(key=key), {**manager_screen.fields(), **sent})
        assert manager_screen.text().count("Uno degli spazi indicati non è più nel testo") == 1


def test_the_words_of_a_blank_are_typed_read_and_kept_with_the_name_of_who_typed_them(
    house: House, key: int, manager_screen: Person, person: Enter
) -> None:
    screen = manager_screen
    screen.open(FINAL.format(key=key))
    first, second = places_on(screen)
    assert "in esecuzione della deliberazione del Consiglio comunale n. 41" in screen.text(), "the whole sentence"
    screen.send(**{f"parole-{first}": "n. 41 del 3 feb\u200bbraio 2026", "do": "read"})
    assert "C'è un carattere invisibile dopo" in screen.text()
    typed = {f"parole-{first}": "n. 41 del 3 febbraio 2026", f"parole-{second}": "n. 41, del 3 febbraio 2026"}
    screen.send(**typed, **{f"posto-{first}": "codes"}, do="read")
    assert "scegliere un dato oppure scrivere le parole" in screen.text()
    screen.send(**typed, **{f"posto-{first}": ""}, accepted="y")
    assert "rileggere le differenze, poi confermarle" in screen.text(), "nobody has read what was typed just now"
    assert "<ins>41,</ins>" in screen.page and "Spazi che restano vuoti" not in screen.page
    assert "checked" not in screen.page, "what is read anew is accepted anew"
    screen.send(accepted="y")
    assert "Il testo da firmare è la versione n. 4." in screen.text()
    manager = "Persona direzione"
    assert f"n. 41, del 3 febbraio 2026» ({manager})." in screen.text(), "who typed it is kept, and everybody reads it"
    screen.open(FINAL.format(key=key))
    assert f"Scritte da {manager}." in screen.text(), "prepared again, nothing is typed twice"


def test_only_the_management_prepares_it_and_only_of_an_approved_contract(
    house: House, key: int, manager_screen: Person, person: Enter
) -> None:
    for reader in ("contabilita", "accreditamento", "revisore", "dresano"):
        assert person(reader).get(FINAL.format(key=key)).status_code == 403
    draft = house.contract_of("melegnano")
    assert manager_screen.get(FINAL.format(key=draft)).status_code == 302
    assert manager_screen.get(FINAL.format(key=99999)).status_code == 404


def test_the_word_file_may_hold_no_change_that_nobody_has_accepted(house: House, manager_screen: Person) -> None:
    key = house.contract_of("melegnano")
    with house.session() as session:
        content = session.files.get(session.require(Contract, key).documents[-1].document.path)
    document, packed = Document(BytesIO(content)), BytesIO()
    document.paragraphs[20]._p.append(OxmlElement("w:ins"))
    document.save(packed)
    manager_screen.open(f"/admin/contratti/upload/?id={key}")
    manager_screen.send(file=(BytesIO(packed.getvalue()), "dal-comune.docx"))
    manager_screen.open(f"/admin/contratti/passaggio/?id={key}&atto=submit")
    manager_screen.send()
    assert "ci sono revisioni in sospeso" in manager_screen.text()


def test_a_datum_that_has_changed_is_told_on_every_page_and_a_person_decides(
    house: House, key: int, manager_screen: Person, person: Enter
) -> None:
    with house.unit("prova", ACTOR) as session:
        comune = session.require(Contract, key).municipality_parties[0].party
        before, comune.address = comune.address, "Via Nuova 7"
    record, sign = RECORD.format(key=key), f"/admin/contratti/passaggio/?id={key}&atto=sign"
    told = f"Indirizzo della sede – Comune di Dresano «{before}» «Via Nuova 7»"
    assert told in manager_screen.read(record)
    assert "il testo dice «" + before in manager_screen.read(sign), "whoever records the signature reads it too"
    assert told not in person("dresano").read(record), "the office's own remarks"
    assert told in manager_screen.read(FINAL.format(key=key))
    manager_screen.send(accepted="y")
    assert "Decidere sui dati cambiati dopo l'approvazione" in manager_screen.text()
    manager_screen.send(accepted="y", stays="y")
    assert "Il testo da firmare è la versione n. 4." in manager_screen.text()
    said = manager_screen.read(record)
    assert "Restano come approvati" in said and told in said and "Dati cambiati dopo" not in said
    assert "Resta come approvato, benché i dati siano cambiati: Indirizzo della sede – Comune di Dresano, il testo: «" \
        in said, "the diary tells it"
    assert "Via Nuova 7" not in manager_screen.read(sign)


def test_the_home_leads_to_the_text_to_sign_and_then_to_the_signature(key: int, manager_screen: Person) -> None:
    home = manager_screen.read("/admin/")
    assert "Approvato da tutti gli enti: si prepara il testo da firmare" in home
    assert f'href="{FINAL.format(key=key)}' in manager_screen.page
    manager_screen.open(FINAL.format(key=key))
    manager_screen.send(accepted="y")
    assert "Il testo da firmare è pronto: si attende la firma" in manager_screen.read("/admin/")
    assert f"/admin/contratti/passaggio/?id={key}&amp;atto=sign" in manager_screen.page
