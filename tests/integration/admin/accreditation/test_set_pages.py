"""A file of requirements in the browser: checked first, with a report line by line; then registered, once."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import lxml.html

from core.accreditation.model import RequirementSet
from core.providers import types
from tests.integration.accreditation.conftest import OFFICER
from tests.integration.admin.accreditation.test_pages import send
from tests.integration.admin.browser import Person
from tests.unit.accreditation.test_set_files import EIGHT

IMPORT, CONFIRM = "/admin/requisiti/importa/", "/admin/requisiti/registra/"


def upload(person: Person, text: str) -> Any:
    """Send a file to be checked."""
    return send(person, IMPORT, file=(BytesIO(text.encode()), "centro.toml"))


def test_what_is_wrong_stands_with_its_line_and_nothing_is_written(house, person):
    before = house.count(RequirementSet)
    told = upload(person("accreditamento"), EIGHT.replace("limit = 10\n", 'limit = "dieci"\n'))
    text = lxml.html.fromstring(told.text).text_content()
    assert "C'è 1 cosa da correggere nel file." in text and "Il limite (limit) è un numero" in text
    unknown = upload(person("accreditamento"), EIGHT)
    assert "Questi tipi di unità non sono registrati: centro_estivo" in unknown.text
    assert house.count(RequirementSet) == before


def test_a_right_file_is_shown_as_a_tree_and_registered_once(house, person):
    with house.unit("prova", OFFICER) as session:
        types.add_type(session, {
            "code": "centro_estivo", "name": "Centro estivo", "area": "minors", "regional": False,
            "valid_from": types.SINCE, "legal_source": "Da verificare", "provides_at": "seat",
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
