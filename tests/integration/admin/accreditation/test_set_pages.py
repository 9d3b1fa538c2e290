"""A file of requirements in the browser: checked first, with a report line by line; then registered, once."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import lxml.html
import openpyxl
from sqlalchemy import select

from core.accreditation.model import RequirementSet
from core.providers import types
from tests.integration.accreditation.conftest import OFFICER
from tests.integration.admin.accreditation.test_pages import send
from tests.integration.admin.browser import Person
from tests.unit.accreditation.test_set_files import EIGHT

IMPORT, CONFIRM = "/admin/requisiti/importa/", "/admin/requisiti/registra/"
DRAFTS = "/admin/requisiti/bozze/"


def upload(person: Person, text: str) -> Any:
    """Send a file to be checked."""
    return send(person, IMPORT, file=(BytesIO(text.encode()), "centro.toml"))


def test_what_is_wrong_stands_with_its_line_and_nothing_is_written(house, person):
    before = house.count(RequirementSet)
    told = upload(person("accreditamento"), EIGHT.replace("limit = 10\n", 'limit = "dieci"\n'))
    text = lxml.html.fromstring(told.text).text_content()
    assert "C'è 1 cosa da correggere nel file." in text and "«limit» è un numero" in text
    unknown = upload(person("accreditamento"), EIGHT)
    assert "Questi tipi di unità non sono registrati: centro_estivo" in unknown.text
    assert house.count(RequirementSet) == before


def test_a_right_file_is_shown_as_a_tree_and_registered_once(house, person):
    with house.unit("prova", OFFICER) as session:
        types.add_type(session, {
            "code": "centro_estivo", "name": "Centro estivo", "area": "minors", "regional": False,
            "valid_from": date(2025, 1, 1), "legal_source": "Da verificare", "provides_at": "seat",
            "limits_verified": False})
    office, before = person("accreditamento"), house.count(RequirementSet)
    checked = lxml.html.fromstring(upload(office, EIGHT).text)
    assert "Non è ancora stato registrato nulla" in checked.text_content()
    [form] = [f for f in checked.forms if (f.action or "").endswith(CONFIRM)]
    data = {name: value for name, value in form.form_values() if name != "csrf_token"}
    first = office.post(CONFIRM, data, content_type="multipart/form-data")
    second = office.post(CONFIRM, data, content_type="multipart/form-data")
    assert (first.status_code, second.location) == (302, first.location)
    assert house.count(RequirementSet) == before + 1
    text = office.read(first.location)
    assert "Centro estivo" in text and "per ciascuno di «Educatori presenti insieme»: al massimo 10" in text


def test_only_the_accreditation_unit_imports(person):
    for name in ("gestore", "direzione", "revisore"):
        assert person(name).get(IMPORT).status_code == 403
        assert person(name).get("/admin/requisiti/").status_code == 200


def test_a_set_is_begun_changed_and_registered_in_the_browser(house, person):
    office, before = person("accreditamento"), house.count(RequirementSet)
    with house.unit() as session:
        old = session.scalars(select(RequirementSet).where(RequirementSet.code == "nido")).one().id
    assert "Prepara un'edizione nuova" in office.read(f"/admin/requisiti/details/?id={old}")
    began = send(office, f"{DRAFTS}nuova/?da={old}")
    head = began.location
    key = head.rpartition("=")[2]
    saved = send(office, head, valid_from="2026-09-01", title="Asilo nido: requisiti 2026", fee="50,00")
    assert saved.status_code == 302, saved.text[:2000]
    record = f"{DRAFTS}details/?id={key}"
    text = office.read(record)
    assert "Asilo nido: requisiti 2026" in text and "Bozza completa" in text and "€ 50,00" in text
    part = f"{DRAFTS}voce/?id={key}&parte="
    wrong = send(office, f"{part}requirements", code="A.1", title="Doppio")
    assert "ogni requisito ha il suo" in wrong.text
    assert send(office, f"{part}requirements", code="Z.1", title="Orto", after="A.1").status_code == 302
    assert send(office, f"{part}windows", **{"from": "2026-09-01", "to": "2026-09-30"}).status_code == 302
    assert send(office, f"{part}services", code="P1", title="Retta", unit="month", price="480,00").status_code == 302
    assert send(office, f"{part}measures", code="orti", title="Orti").status_code == 302
    changed = send(office, f"{part}requirements&voce=C.1", limit="6,5")
    assert changed.status_code == 302, changed.text[:2000]
    assert send(office, f"{DRAFTS}togli/?id={key}&parte=measures&voce=orti").status_code == 302
    assert "dal 01/09/2026 al 30/09/2026" in office.read(record)
    assert "In preparazione" in office.read("/admin/requisiti/") and "In preparazione" not in person("direzione").read(
        "/admin/requisiti/")
    made = send(office, f"{DRAFTS}registra/?id={key}")
    assert made.status_code == 302 and house.count(RequirementSet) == before + 1
    told = office.read(made.location)
    assert "edizione 2" in told and "P1 Retta: € 480,00, per mese" in " ".join(told.split()) and "Orto" in told
    assert "al massimo 6,5" in told
    assert office.get(record).status_code == 404


def test_a_set_is_downloaded_changed_in_excel_and_sent_back(house, person):
    office = person("accreditamento")
    with house.unit() as session:
        old = session.scalars(select(RequirementSet).where(RequirementSet.code == "nido")).one().id
    assert office.get(f"/admin/requisiti/file/?id={old}&formato=toml").data.startswith(b'code = "nido"')
    assert office.get("/admin/requisiti/file/").status_code == 200 and office.get(
        "/admin/requisiti/file/?formato=pdf").status_code == 404
    book = openpyxl.load_workbook(BytesIO(office.get(f"/admin/requisiti/file/?id={old}").data))
    page, heads = book["Insieme"], [cell.value for cell in book["Insieme"][1]]
    page.cell(2, heads.index("Vale dal *") + 1).value = "01/09/2026"
    book.save(changed := BytesIO())
    changed.seek(0)
    told = send(office, IMPORT, file=(changed, "nido.xlsx"))
    checked = lxml.html.fromstring(told.text)
    assert "Il file va bene" in checked.text_content(), checked.text_content()[:3000]
    [form] = [f for f in checked.forms if (f.action or "").endswith(CONFIRM)]
    data = {name: value for name, value in form.form_values() if name != "csrf_token"}
    made = office.post(CONFIRM, data, content_type="multipart/form-data")
    assert "edizione 2" in office.read(made.location)
    broken = send(office, IMPORT, file=(BytesIO(b"PK\x03\x04 rotto"), "nido.xlsx"))
    assert "non è una cartella di lavoro" in broken.text


def test_only_the_accreditation_unit_sees_and_writes_drafts(person):
    office = person("accreditamento")
    key = send(office, f"{DRAFTS}nuova/").location.rpartition("=")[2]
    assert "Requisiti senza titolo" in office.read(f"{DRAFTS}details/?id={key}")
    for name in ("gestore", "direzione", "revisore"):
        for page in ("", f"details/?id={key}", f"dati/?id={key}", "nuova/", f"registra/?id={key}"):
            assert person(name).get(DRAFTS + page).status_code == 403, (name, page)
    assert send(office, f"{DRAFTS}butta/?id={key}").status_code == 302
    assert office.get(f"{DRAFTS}details/?id={key}").status_code == 404
