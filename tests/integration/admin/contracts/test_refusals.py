"""Bad input is answered in words, what was typed stays, and nothing is half-written."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractDocument
from core.parties.model import Municipality
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.contracts.test_story import draft, generate, with_zone_plan
from tests.integration.admin.house import House

MELEGNANO_2026 = "5/2026"


def contract_of(house: House, code: str) -> int:
    number, year = code.split("/")
    with house.session() as session:
        return session.scalars(
            select(Contract.id).where(Contract.number == int(number), Contract.year == int(year))).one()


def test_the_same_services_in_the_same_days_are_refused(house: House, manager_screen: Person) -> None:
    before = house.count(Contract)
    draft(manager_screen, house, "melegnano", start="2026-06-01", end="2026-12-31")
    assert f"con il contratto n. {MELEGNANO_2026} negli stessi giorni" in manager_screen.text()
    assert manager_screen.fields()["starts_on"] == "2026-06-01", "what was typed stays"
    assert house.count(Contract) == before


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"ends_on": "2027-01-01"}, "finisce (01/01/2027) prima di cominciare (01/01/2028)"),
    ({"starts_on": "domani"}, "«domani» non è una data"),
    ({"starts_on": "1999-01-01"}, "non c'è ancora una versione delle condizioni"),
    ({"municipality": []}, "Scegliere almeno un ente"),
    ({"municipality": ["999999"]}, "Scegliere una voce dell'elenco"),
    ({"area_id": "abc"}, "Servizi"),
    ({"request_key": "x"}, "ricaricare la pagina"),
])
def test_a_first_step_that_cannot_be(house: House, manager_screen: Person, typed: dict[str, object],
                                     sentence: str) -> None:
    before = house.count(Contract)
    key = str(house.id_of("melegnano"))
    manager_screen.open("/admin/contratti/bozza/")
    answer = manager_screen.send(**{"municipality": [key], "starts_on": "2028-01-01", "ends_on": "2028-12-31", **typed})
    assert answer.status_code == 200
    assert sentence in manager_screen.text()
    assert "Non è stato registrato nulla" in manager_screen.text()
    assert house.count(Contract) == before


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"ends_on": "2020-01-01"}, "prima di cominciare"),
    ({"starts_on": "2027-12-01"}, "ha un numero del 2028"),
    ({"place": " "}, "Indicare il luogo della firma"),
    ({"cig": "B12"}, "Il CIG «B12» non è valido"),
    ({"cup": "123456789012345"}, "Il CUP «123456789012345» non è valido"),
    ({"terms_id": "77777"}, "Condizioni contrattuali"),
    ({"clauses__0__title": "Sede distaccata"}, "Ogni clausola ha un titolo e un testo"),
])
def test_terms_that_cannot_be(house: House, manager_screen: Person, typed: dict[str, object], sentence: str) -> None:
    key = draft(manager_screen, house, "melegnano")
    manager_screen.open(f"/admin/contratti/bozza/{key}/terms/")
    answer = manager_screen.send(go="next", **typed)
    assert answer.status_code == 200
    assert sentence in manager_screen.text()
    assert manager_screen.url.endswith("/terms/")


def test_no_service_and_a_stranger_service_are_refused(house: House, manager_screen: Person) -> None:
    draft(manager_screen, house, "melegnano")
    manager_screen.send(without=("services",))
    assert "Scegliere almeno un servizio" in manager_screen.text()
    manager_screen.send(services=["1-1"])
    assert "Scegliere una voce dell'elenco" in manager_screen.text()


def test_a_missing_signatory_is_named_and_stops_the_document(house: House, manager_screen: Person) -> None:
    with house.unit("firmatario") as session:
        melegnano = session.scalars(select(Municipality).where(Municipality.slug == "melegnano")).one()
        for signatory in melegnano.signatories:
            signatory.valid_to = date(2027, 12, 31)
    screen = manager_screen
    key = draft(screen, house, "melegnano")
    with_zone_plan(screen, key)
    assert "Manca chi firma per Melegnano" in screen.text()
    assert f'href="/admin/firmatari/new/?party_id={melegnano.id}&amp;' in screen.page, "the sentence leads to its field"

    screen.open(f"/admin/contratti/bozza/{key}/preview/")
    assert "Genera il documento Word" not in screen.text()
    screen.send()
    assert "Il documento non si può ancora generare" in screen.text()
    assert house.count(ContractDocument) == 8

    with house.unit("firmatario") as session:
        session.require(Municipality, melegnano.id).signatories[-1].valid_to = None
    screen.open(f"/admin/contratti/bozza/{key}/check/")
    screen.send()
    assert "Non manca nulla di necessario" in screen.text()


@pytest.mark.parametrize(("name", "content"), [
    ("contratto.docx", b"questo non e' Word"), ("contratto.pdf", b"%PDF-1.7"), ("", b""), ("contratto.docx", b""),
])
def test_what_is_not_a_word_document_is_refused(house: House, manager_screen: Person, name: str,
                                                content: bytes) -> None:
    key = contract_of(house, MELEGNANO_2026)
    manager_screen.open(f"/admin/contratti/upload/?id={key}")
    answer = manager_screen.send(file=(BytesIO(content), name), note="Resta scritta")
    assert answer.status_code == 200
    assert "Non è stato registrato nulla" in manager_screen.text()
    assert "Resta scritta" in manager_screen.page
    assert house.count(ContractDocument) == 8


def test_a_file_of_more_than_25_megabytes_is_refused_in_words(house: House, manager_screen: Person) -> None:
    manager_screen.open(f"/admin/contratti/upload/?id={contract_of(house, MELEGNANO_2026)}")
    answer = manager_screen.send(file=(BytesIO(b"x" * 26 * 1024 * 1024), "contratto.docx"))
    assert answer.status_code == 413
    assert "25 MB" in manager_screen.text()


def test_a_form_filled_on_an_old_version_is_refused_and_keeps_what_was_typed(
    house: House, person: Enter
) -> None:
    first, second = person("direzione"), person("direzione")
    key = draft(first, house, "melegnano")
    first.open(f"/admin/contratti/bozza/{key}/terms/")
    second.open(f"/admin/contratti/bozza/{key}/terms/")
    second.send(place="Melegnano", go="later")
    first.send(place="Dresano", go="later")
    assert "modificato da qualcun altro" in first.text()
    assert first.fields()["place"] == "Dresano"
    with house.session() as session:
        assert session.require(Contract, key).place == "Melegnano"
    first.send(go="later")
    with house.session() as session:
        assert session.require(Contract, key).place == "Dresano", "seen and sent again, it is saved"


@pytest.mark.parametrize("page", ["bozza/{key}/preview/", "bozza/{key}/check/", "passaggio/?atto=cancel&id={key}"])
def test_every_act_of_an_old_page_is_refused(house: House, manager_screen: Person, page: str) -> None:
    key = draft(manager_screen, house, "melegnano")
    manager_screen.open(f"/admin/contratti/{page.format(key=key)}")
    manager_screen.send(version="1", why="Ripensamento")
    assert "qualcun altro" in manager_screen.text()
    manager_screen.open(f"/admin/contratti/{page.format(key=key)}")
    manager_screen.send(without=("version",), why="Ripensamento")
    assert "qualcun altro" in manager_screen.text()


def test_sent_twice_a_form_acts_once(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    screen.open("/admin/contratti/bozza/")
    before = house.count(Contract)
    fields = {**screen.fields(), "municipality": str(house.id_of("melegnano")),
              "starts_on": "2028-01-01", "ends_on": "2028-12-31"}
    answers = [screen.post("/admin/contratti/bozza/", fields) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert house.count(Contract) == before + 1

    key = contract_of(house, MELEGNANO_2026)
    screen.open(f"/admin/contratti/upload/?id={key}")
    with house.session() as session:
        path = session.scalars(
            select(ContractDocument).where(ContractDocument.contract_id == key)).one().document.path
    content = house.database.files.get(path)
    fields = screen.fields()
    for _ in range(2):
        screen.post(f"/admin/contratti/upload/?id={key}", {**fields, "file": (BytesIO(content), "ritorno.docx")})
    assert house.count(ContractDocument) == 9


def test_a_cancelled_contract_is_no_longer_changed(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    key = draft(screen, house, "melegnano")
    screen.open(f"/admin/contratti/passaggio/?atto=cancel&id={key}")
    screen.send(why="")
    assert "Questo dato è necessario" in screen.text()
    screen.send(why="Doppione")
    screen.open(f"/admin/contratti/bozza/{key}/services/")
    assert "non è più una bozza" in screen.text()
    assert screen.url == "/admin/contratti/details/"
    assert "Annulla la bozza" not in screen.text()


@pytest.mark.parametrize("address", [
    "bozza/{key}/firma/", "bozza/999999/services/", "bozza/99999999999999999999/services/", "bozza/-1/services/",
    "bozza/uno/services/", "details/?id=999999", "details/?id=1,2", "details/?id=99999999999999999999",
    "download/?id=999999", "download/?id=99999999999999999999", "download/?id=uno", "download/", "upload/?id=0",
    "passaggio/?atto=cancel&id=x", "passaggio/",
])
def test_an_address_that_leads_nowhere_is_not_found(house: House, manager_screen: Person, address: str) -> None:
    key = contract_of(house, MELEGNANO_2026)
    assert manager_screen.open(f"/admin/contratti/{address.format(key=key)}").status_code == 404


@pytest.mark.parametrize("query", ["page=99999999999999999999", "stato=boh", "anno=uno", "comune=%00", "search=%25_\\",
                                   "sort=77", "comune=99999999999999999999", "search=%F0%9F%92%A5"])
def test_a_list_asked_for_nonsense_still_answers(manager_screen: Person, query: str) -> None:
    assert manager_screen.open(f"/admin/contratti/?{query}").status_code == 200


def test_without_its_token_no_form_is_accepted(house: House, manager_screen: Person) -> None:
    before = house.count(Contract)
    manager_screen.open("/admin/contratti/bozza/")
    answer = manager_screen.send(without=("csrf_token",), municipality=[str(house.id_of("melegnano"))],
                                 starts_on="2028-01-01", ends_on="2028-12-31")
    assert answer.status_code == 400
    assert "scaduto" in manager_screen.text()
    assert house.count(Contract) == before


def test_generating_leaves_the_number_of_documents_right(house: House, manager_screen: Person) -> None:
    key = draft(manager_screen, house, "melegnano")
    with_zone_plan(manager_screen, key)
    manager_screen.open(f"/admin/contratti/bozza/{key}/preview/")
    fields = manager_screen.fields()
    for _ in range(2):
        manager_screen.post(f"/admin/contratti/bozza/{key}/preview/", fields)
    generate(manager_screen, key)
    assert house.count(ContractDocument) == 9
