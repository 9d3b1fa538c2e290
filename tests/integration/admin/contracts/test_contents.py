"""What a contract contains, at the screen: amendments, comparisons, completeness, things entrusted, documents."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Attachment, Contract, EntrustedAsset
from tests.district import District
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approved_and_signed, in_force

MELEGNANO_NUMBER = 5
RECORD = "/admin/contratti/details/?id={key}"


@pytest.fixture
def live(house: House, district: District) -> int:
    """Melegnano's contract, in force."""
    def begin() -> int:
        with house.unit("prova", ACTOR) as session:
            return in_force(session, district, MELEGNANO_NUMBER).id

    return house.reach("live", begin)


def amend(screen: Person, key: int) -> int:
    """Open an amendment at the screen; gives its id."""
    screen.open(f"/admin/contratti/modifica/{key}/apri/")
    screen.send(reason="needs", text="Il Comune riprende un servizio.", effective_on="2026-03-02")
    return int(screen.url.split("/")[-3])


def drop_a_service(screen: Person, copy: int) -> None:
    screen.open(f"/admin/contratti/bozza/{copy}/services/")
    screen.send(services=screen.fields().getlist("services")[1:], go="next")


def sign(house: House, district: District, copy: int, **how: str) -> None:
    with house.unit("prova", ACTOR) as session:
        approved_and_signed(session, district, session.require(Contract, copy), date(2026, 3, 2), **how)


def word_file(content: bytes) -> bytes:
    document, packed = Document(BytesIO(content)), BytesIO()
    document.add_paragraph("Clausola scritta a mano.")
    document.save(packed)
    return packed.getvalue()


# --- amendments -------------------------------------------------------------------------------------------


def test_an_amendment_from_its_opening_to_its_merge(house: House, live: int, manager_screen: Person,
                                                    district: District) -> None:
    screen = manager_screen
    screen.open(RECORD.format(key=live))
    assert "Apri una modifica" in screen.text()
    copy = amend(screen, live)
    assert screen.url.endswith(f"/bozza/{copy}/services/"), "one goes on in the guided form"
    drop_a_service(screen, copy)
    screen.open(f"/admin/contratti/modifica/{copy}/prima-e-dopo/")
    assert "Servizio (Melegnano) Tolto" in screen.text()
    screen.open(RECORD.format(key=copy))
    assert "Questa è una modifica del contratto n. 5/2026" in screen.text()
    assert "la quota annuale cambia" in screen.text()
    assert screen.open(f"/admin/contratti/modifica/{copy}/recepisci/").status_code == 200
    screen.post(screen.url)
    with house.session() as session:
        assert session.require(Contract, copy).state == "draft", "a draft is not merged"
    sign(house, district, copy)
    screen.open(f"/admin/contratti/modifica/{copy}/recepisci/")
    answer = screen.post(screen.url, follow_redirects=True)
    assert answer.request.query_string == f"id={live}".encode()
    assert "è recepita nel contratto n. 5/2026" in answer.text
    assert "verificare che la quota e il piano di riparto" in answer.text
    assert "La quota annuale cambia: rivedere il piano di riparto." in answer.text, "the diary says it too"


def test_where_a_hand_wrote_in_the_signed_text_the_merge_says_so_and_the_office_uploads_its_own(
    house: House, live: int, manager_screen: Person, person: Enter, district: District
) -> None:
    screen, coordinated = manager_screen, f"/admin/contratti/modifica/{live}/coordinato/"
    assert screen.get(coordinated).status_code == 404, "nothing is merged yet"
    copy = amend(screen, live)
    drop_a_service(screen, copy)
    sign(house, district, copy, negotiated="Lo chiede il Comune.")
    said = screen.read(f"/admin/contratti/modifica/{copy}/recepisci/")
    assert "Il testo firmato ha parole scritte a mano (Modifica n. 9/2026)" in said
    screen.post(screen.url, follow_redirects=True)
    assert "Manca il testo coordinato" in screen.text()
    screen.open("/admin/")
    assert f"href=\"{coordinated}" in screen.page, "the home leads to the act itself"
    said = screen.read(coordinated)
    assert "n. 9/2026, versione" in said and "Servizio (Melegnano) Tolto" in said, "from what, and with what"
    base = screen.page.partition("Da quale file partire")[2].split('href="')[1].partition('"')[0]
    screen.send(file=(BytesIO(word_file(screen.client.get(base).data)), "coordinato.docx"), note="Riletto da due.")
    assert "Il testo coordinato è la versione n. " in screen.text()
    assert "fatto dall'ufficio per leggerlo: non è firmato. Riletto da due." in screen.text()
    assert "Manca il testo coordinato" not in screen.text()
    assert "Carica il testo coordinato" not in screen.read("/admin/")
    for reader in ("contabilita", "melegnano"):
        assert person(reader).get(coordinated).status_code == 403


def test_a_merge_that_collides_says_which_field_and_changes_nothing(house: House, live: int, manager_screen: Person,
                                                                    district: District) -> None:
    screen = manager_screen
    copy = amend(screen, live)
    screen.open(f"/admin/contratti/bozza/{copy}/terms/")
    screen.send(cig="B1234567A9", go="later")
    sign(house, district, copy)
    screen.open(f"/admin/contratti/codici/{live}/")
    screen.send(cig="A0000000A0")
    screen.open(f"/admin/contratti/modifica/{copy}/recepisci/")
    assert "«CIG» nel frattempo è cambiato anche nel contratto" in screen.text()
    answer = screen.post(screen.url)
    assert answer.status_code == 200 and "Non è stato registrato nulla" in answer.text
    with house.session() as session:
        assert (session.require(Contract, copy).state, session.require(Contract, live).cig) == ("signed", "A0000000A0")


def test_an_amendment_sent_twice_is_opened_once(house: House, live: int, manager_screen: Person) -> None:
    screen = manager_screen
    screen.open(f"/admin/contratti/modifica/{live}/apri/")
    form = {**screen.fields(), "reason": "goals", "text": "Nuovi obiettivi."}
    first, second = (screen.post(screen.url, form) for _ in range(2))
    assert first.location == second.location
    with house.session() as session:
        assert len(session.scalars(select(Contract.id).where(Contract.amends_id == live)).all()) == 1


def test_an_amendment_without_a_reason_is_refused_and_what_was_typed_stays(live: int, manager_screen: Person) -> None:
    screen = manager_screen
    screen.open(f"/admin/contratti/modifica/{live}/apri/")
    screen.send(reason="", text="Parole già scritte.")
    assert "Questo dato è necessario" in screen.text() and "Parole già scritte." in screen.page
    screen.open(f"/admin/contratti/modifica/{live}/apri/")
    screen.send(reason="needs", text=" ")
    assert "Questo dato è necessario" in screen.text()


def test_dates_stay_out_of_an_amendment(live: int, manager_screen: Person) -> None:
    copy = amend(manager_screen, live)
    manager_screen.open(f"/admin/contratti/bozza/{copy}/terms/")
    manager_screen.send(ends_on="2030-12-31", go="next")
    assert "Una modifica non cambia la durata" in manager_screen.text()


# --- versions and completeness ----------------------------------------------------------------------------


def test_two_versions_are_compared_on_the_screen(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    with house.session() as session:
        row = session.scalars(select(Contract).where(Contract.number == MELEGNANO_NUMBER)).one()
        key, content = row.id, house.database.files.get(row.documents[0].document.path)
    screen.open(f"/admin/contratti/testo/{key}/confronto/")
    assert "per confrontare ne servono due" in screen.text()
    screen.open(f"/admin/contratti/upload/?id={key}")
    screen.send(file=(BytesIO(word_file(content)), "dal-comune.docx"))
    screen.open(f"/admin/contratti/testo/{key}/confronto/")
    assert "Dati e servizi sono gli stessi." in screen.text()
    assert "Aggiunto Clausola scritta a mano." in screen.text(), "what was added is said in words"
    assert "<ins>Clausola scritta a mano.</ins>" in screen.page
    assert "paragrafi invariati" in screen.text(), "long unchanged parts fold"


def test_a_version_of_another_contract_is_not_offered_nor_shown(house: House, person: Enter) -> None:
    with house.session() as session:
        rows = {row.number: row for row in session.scalars(select(Contract))}
        own, foreign = rows[MELEGNANO_NUMBER], rows[1]
        keys = own.id, own.documents[0].id, foreign.documents[0].id
    for who in ("direzione", "melegnano"):
        screen = person(who)
        assert screen.open(f"/admin/contratti/testo/{keys[0]}/confronto/?prima={keys[1]}&dopo={keys[2]}"
                           ).status_code == 404
        assert screen.open(f"/admin/contratti/testo/{keys[0]}/confronto/?prima=abc").status_code == 404


def test_the_completeness_page_says_what_is_missing_and_where_the_rest_is(manager_screen: Person) -> None:
    screen = manager_screen
    screen.open("/admin/contratti/testo/1/completezza/")
    text = screen.text()
    assert "c. 3, lett. b) Durata del rapporto Presente Art. 11 – Durata" in text
    assert "Protezione dei dati personali (fonte da verificare) Presente" in text and "16-bis" in text
    assert "I contenuti previsti ci sono tutti." in text
    assert "Fonte: D.lgs. 201/2022, art. 24" in text


# --- things entrusted, policies, documents ----------------------------------------------------------------


def test_a_rented_building_is_recorded_changed_and_taken_away(house: House, live: int, manager_screen: Person) -> None:
    screen, back = manager_screen, f"/admin/contratti/details/?id={live}"
    screen.open(f"/admin/beni-affidati/new/?contract_id={live}&url={back}")
    typed = {"municipality_id": str(house.id_of("melegnano")), "kind": "building", "name": "Centro diurno",
             "address": "via Roma 3", "title": "rent", "rent": "6.000,00", "rent_due": "01-31"}
    screen.send(**{**typed, "rent": ""})
    assert "Una locazione ha un canone annuo" in screen.text() and "Centro diurno" in screen.page
    screen.send(**typed)
    assert "Locazione, € 6.000,00 l'anno, entro il 31 gennaio" in screen.text()
    with house.session() as session:
        key = session.scalars(select(EntrustedAsset.id)).one()
    screen.open(f"/admin/beni-affidati/allegato/?id={key}")
    screen.send(signed_on="2026-03-01", file=(BytesIO(SIGNED_FILE), "allegato.pdf"))
    assert "firmato il 01/03/2026" in screen.text()
    screen.open(f"/admin/beni-affidati/delete/?id={key}")
    screen.post(screen.address)
    with house.session() as session:
        assert not session.scalars(select(EntrustedAsset.id)).all()


def test_a_gap_of_insurance_is_named_on_the_contract(house: House, live: int, manager_screen: Person) -> None:
    screen = manager_screen
    with house.unit("prova", ACTOR) as session:
        for policy in session.scalars(select(InsurancePolicy)).all():
            session.delete(policy)
    screen.open(f"/admin/polizze/new/?contract_id={live}&url=/admin/contratti/details/?id={live}")
    screen.send(insurer="Alfa", number="77", cover="Responsabilità civile", amount="1.000.000,00",
                valid_from="2026-01-01", valid_to="2026-12-31")
    screen.open(RECORD.format(key=live))
    assert "Dal 01/01/2027 al 31/12/2027 nessuna polizza copre il contratto" in screen.text()
    screen.open("/admin/polizze/new/")
    screen.send(insurer="Alfa", number="78", cover="x", amount="10,123", valid_from="2026-01-01",
                valid_to="2026-12-31")
    assert "più di due decimali" in screen.text()


def test_documents_are_asked_for_and_received(house: House, live: int, manager_screen: Person) -> None:
    screen = manager_screen
    screen.open(f"/admin/contratti/documenti/{live}/")
    screen.post(f"/admin/contratti/documenti/{live}/previsti/")
    with house.session() as session:
        key = session.scalars(select(Attachment.id).where(Attachment.title.like("Statuto%"))).one()
    screen.open(f"/admin/contratti/documenti/{key}/ricevuto/")
    screen.send(register_number="123/2026", file=(BytesIO(b"niente"), "statuto.pdf"))
    assert "Il contenuto di «statuto.pdf» non è quello che il nome promette" in screen.text()
    assert "123/2026" in screen.page, "what was typed stays"
    screen.send(register_number="123/2026", file=(BytesIO(SIGNED_FILE), "statuto.pdf"))
    screen.open(RECORD.format(key=live))
    assert "Ricevuto" in screen.text() and "123/2026" in screen.text()


def test_a_late_communication_of_an_account_is_remarked_and_a_change_asks_for_a_new_one(
        house: House, live: int, manager_screen: Person) -> None:
    screen = manager_screen
    with house.session() as session:
        account = session.require(Contract, live).municipality_parties[0].party.accounts[0]
        key, iban = account.id, account.iban
    screen.open(f"/admin/conti/edit/?id={key}")
    screen.send(opened_on="2026-01-02", communicated_on="2026-01-20")
    screen.open(RECORD.format(key=live))
    assert f"Il conto {iban} di Melegnano è stato comunicato il 20/01/2026, dopo il termine del 09/01/2026" \
        in screen.text()
    screen.open(f"/admin/conti/edit/?id={key}")
    screen.send(bank="Banca Nuova")
    screen.open(RECORD.format(key=live))
    assert f"Il conto {iban} di Melegnano si comunica entro il 09/03/2026" in screen.text()


# --- who may ----------------------------------------------------------------------------------------------


WRITING = ("contratti/modifica/{key}/apri/", "contratti/modifica/{key}/recepisci/", "contratti/codici/{key}/",
           "beni-affidati/new/", "beni-affidati/edit/?id=1", "beni-affidati/allegato/?id=1")


@pytest.mark.parametrize("who", ["melegnano", "revisore", "contabilita"])
def test_who_reads_a_contract_changes_nothing_of_it(person: Enter, live: int, who: str) -> None:
    reader = person(who)
    assert reader.open(RECORD.format(key=live)).status_code == 200
    for word in ("Apri una modifica", "Aggiungi un bene", "Registra CIG e CUP"):
        assert word not in reader.text()
    for page in WRITING:
        address = f"/admin/{page.format(key=live)}"
        assert reader.get(address).status_code == 403
        assert reader.post(address).status_code == 403


def test_a_municipality_reads_what_its_contract_contains_without_the_office_s_remarks(person: Enter,
                                                                                      live: int) -> None:
    clerk = person("melegnano")
    clerk.open(RECORD.format(key=live))
    assert "Tracciabilità dei pagamenti" in clerk.text() and "Polizze" in clerk.text()
    assert "Da verificare" not in clerk.text()
    assert clerk.open(f"/admin/contratti/testo/{live}/completezza/").status_code == 403


def test_another_municipality_finds_none_of_it(person: Enter, live: int, manager_screen: Person) -> None:
    copy, stranger = amend(manager_screen, live), person("dresano")
    for page in (f"details/?id={copy}", f"modifica/{copy}/prima-e-dopo/", f"testo/{live}/confronto/"):
        assert stranger.open(f"/admin/contratti/{page}").status_code == 404
