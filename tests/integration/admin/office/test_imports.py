"""Imports on the screen: the workbook, the check row by row, the confirmation; and what is refused."""

from __future__ import annotations

import io
import re

import lxml.html
import openpyxl
import pytest
from sqlalchemy import select

from core.allocation.model import YearShare
from core.contracts.model import Contract
from core.documents.model import Document
from core.ground.outbox import post_mail
from core.parties.model import Municipality
from core.users.model import User
from tests.integration.imports.conftest import CONTRACT, SHARE, filled

# Dresano has a draft for 2026: what was signed before it ends before
SIGNED = CONTRACT | {"ends_on": "31/12/2025", "files": "firmato.pdf"}
OWED = SHARE | {"year": 2025}


def file(content: bytes, name: str = "modello.xlsx") -> tuple[io.BytesIO, str]:
    """A file as a browser sends it."""
    return io.BytesIO(content), name


def packed(**files: bytes) -> bytes:
    """A .zip with files."""
    from zipfile import ZipFile

    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


def confirmed(browser, page: str, *, leaving: bool = False):
    """Press the button that carries out what was checked; ``leaving``: go away before the page has come."""
    [form] = [f for f in lxml.html.fromstring(page).forms if f.action.endswith("/conferma")]
    answer = browser.client.post(form.action, data=dict(form.form_values()))
    if leaving:
        answer.close()
    else:
        answer.get_data()
    return answer


def test_the_workbook_of_the_page_can_be_filled_in(person) -> None:
    answer = person("direzione").get("/admin/importa/shares/modello.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Istruzioni", "Quote"]


def test_contracts_come_in_with_their_files_after_a_check_that_writes_nothing(house, person) -> None:
    browser, before = person("direzione"), house.count(Contract)
    checked = browser.post("/admin/importa/contracts/", {
        "file": file(filled("contracts", SIGNED)), "files": file(packed(firmato_pdf=b"%PDF-1.7"), "file.zip")})
    assert "Registra la riga" in checked.text, checked.text
    assert house.count(Contract) == before
    done = confirmed(browser, checked.text)
    assert "È stata registrata 1 riga." in done.text
    assert "Contratto n. 3/2025" in done.text
    with house.session() as session:
        contract = session.scalars(select(Contract).where(Contract.year == 2025)).one()
        assert contract.documents[0].document.file_name.endswith(".pdf")
        key, version = contract.id, contract.documents[0].id
        assert len(session.scalars(select(Document).where(Document.kind == "import")).all()) == 2
    record = browser.get(f"/admin/contratti/details/?id={key}").text
    assert "Importato come contratto già firmato il 20/12/2024." in record
    assert browser.get(f"/admin/contratti/download/?id={version}").mimetype == "application/pdf"
    for page in ("confronto", "completezza"):
        assert browser.get(f"/admin/contratti/testo/{key}/{page}/").status_code == 200


def test_the_errors_stand_first_by_row_and_column_and_there_is_no_button(house, person) -> None:
    page = person("contabilita").post("/admin/importa/shares/", {
        "file": file(filled("shares", OWED | {"municipality": "Atlantide"}, OWED | {"amount": "1,234"}))}).text
    found = lxml.html.fromstring(page).xpath("//tbody/tr")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in found]
    assert [row[:2] for row in rows] == [["Quote, riga 2", "Comune"], ["Quote, riga 3", "Importo"]]
    assert "Non è stato registrato nulla" in page
    assert "/conferma" not in page
    assert house.count(YearShare) == 0


def test_a_confirmation_sent_twice_acts_once(house, person) -> None:
    browser = person("direzione")
    confirmed(browser, browser.post("/admin/importa/contracts/", {
        "file": file(filled("contracts", SIGNED | {"files": None}))}).text)
    checked = browser.post("/admin/importa/shares/", {"file": file(filled("shares", OWED))}).text
    assert "È stata registrata" in confirmed(browser, checked).text
    assert "non è stato registrato una seconda volta" in confirmed(browser, checked).text
    assert house.count(YearShare) == 1


NO_WORKBOOKS = [(b"anno;importo", "quote.csv"), (b"", "vuoto.xlsx"), (b"PK\x03\x04", "x")]


def test_who_goes_away_halfway_leaves_nothing_behind(house, person) -> None:
    browser, before = person("direzione"), house.count(Contract)
    checked = browser.post("/admin/importa/contracts/", {"file": file(filled("contracts", SIGNED | {"files": None}))})
    confirmed(browser, checked.text, leaving=True)
    assert house.count(Contract) == before
    assert "È stata registrata" in confirmed(browser, checked.text).text
    assert house.count(Contract) == before + 1


@pytest.mark.parametrize(("content", "name"), NO_WORKBOOKS)
def test_a_file_that_is_no_workbook_is_refused_beside_its_field(person, content: bytes, name: str) -> None:
    answer = person("direzione").post("/admin/importa/shares/", {"file": file(content, name)})
    assert answer.status_code == 200
    [wrong] = lxml.html.fromstring(answer.text).xpath("//div[@id='errore-file']")
    assert wrong.text_content().strip()


def test_who_may_import_what(person) -> None:
    for name in ("dresano", "revisore", "sistema"):
        assert person(name).get("/admin/importa/").status_code == 403
    accountant = person("contabilita")
    assert "Contratti firmati" not in accountant.get("/admin/importa/").text
    assert accountant.get("/admin/importa/contracts/").status_code == 404
    assert accountant.get("/admin/importa/shares/").status_code == 200
    assert person("direzione").get("/admin/importa/niente/").status_code == 404


def test_nothing_else_can_be_passed_off_as_what_was_checked(house, person) -> None:
    browser = person("direzione")
    checked = {"file": file(filled("contracts", SIGNED | {"files": None}))}
    page = browser.post("/admin/importa/contracts/", checked).text
    for foreign in ("0" * 64, "../patto.sqlite3"):
        assert confirmed(browser, re.sub(r'name="result" value="\w+"', f'name="result" value="{foreign}"', page)
                         ).status_code == 404
    assert confirmed(browser, page.replace("contracts/conferma", "shares/conferma")).status_code == 404
    assert browser.get("/admin/importa/contracts/conferma").status_code == 404
    with house.session() as session:
        assert session.scalars(select(Contract.id).where(Contract.year == 2025)).all() == []


def test_what_another_person_checked_is_not_confirmed(house, person) -> None:
    manager, accountant = person("direzione"), person("contabilita")
    signed = {"file": file(filled("contracts", SIGNED | {"files": None}))}
    confirmed(manager, manager.post("/admin/importa/contracts/", signed).text)
    theirs = manager.post("/admin/importa/shares/", {"file": file(filled("shares", OWED))}).text
    mine = accountant.post("/admin/importa/shares/", {"file": file(filled("shares", OWED | {"amount": "1,00"}))}).text
    [result] = re.findall(r'name="result" value="\w+"', theirs)
    assert confirmed(accountant, re.sub(r'name="result" value="\w+"', result, mine)).status_code == 404
    assert house.count(YearShare) == 0
    assert "È stata registrata" in confirmed(accountant, mine).text


def test_what_was_written_meanwhile_is_told_and_the_file_is_checked_again(house, person) -> None:
    browser = person("direzione")
    sent = filled("contracts", SIGNED | {"files": None})
    page = browser.post("/admin/importa/contracts/", {"file": file(sent)}).text
    before = house.count(Contract)
    with house.unit("rubrica") as session:
        session.scalars(select(Municipality).limit(1)).one().address = "Via Nuova, 1"
    told = confirmed(browser, page).text
    assert "Dopo il controllo qualcuno ha modificato i dati" in told
    assert house.count(Contract) == before
    again = browser.post("/admin/importa/contracts/", {"file": file(sent)}).text
    assert "È stata registrata 1 riga." in confirmed(browser, again).text


def test_mail_and_visits_do_not_make_a_check_stale(house, person) -> None:
    browser = person("direzione")
    page = browser.post("/admin/importa/contracts/", {"file": file(filled("contracts", SIGNED | {"files": None}))}).text
    with house.unit("posta") as session:
        post_mail(session, to="a@patto.example", subject="-", text="-", key="prova")
        session.scalars(select(User).order_by(User.id.desc()).limit(1)).one().name = "Altro Nome"
    assert "È stata registrata 1 riga." in confirmed(browser, page).text
