"""What is sent twice acts once; what is sent again with something else in it is never silently done."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from core.cases.model import CaseFile, Note
from core.contracts.model import Contract, ContractDocument
from core.ground.unit_of_work import IdempotencyKey
from tests.integration.admin.browser import Person
from tests.integration.admin.house import House

OTHERWISE = "Questo modulo è già stato inviato con un contenuto diverso"
Send = Callable[..., str]


@pytest.fixture
def key(house: House) -> int:
    """A draft with a text."""
    with house.session() as session:
        return session.scalars(select(Contract.id).where(Contract.number == 5, Contract.year == 2026)).one()


@pytest.fixture
def upload(manager_screen: Person, key: int) -> Person:
    """The manager on the page that takes in the file of the municipality."""
    manager_screen.open(f"/admin/contratti/upload/?id={key}")
    return manager_screen


def word(text: str) -> bytes:
    """A Word file that says something."""
    document, packed = Document(), BytesIO()
    document.add_paragraph(text)
    document.save(packed)
    return packed.getvalue()


def send(screen: Person, url: str, fields: object, content: bytes, name: str = "ritorno.docx") -> str:
    """Send the form as it stood on the page, with a file; the words of the page that follows."""
    screen.post(url, {**fields, "file": (BytesIO(content), name)}, follow_redirects=True)
    return screen.text()


def test_the_same_form_with_the_same_file_is_one_act(house: House, upload: Person) -> None:
    before, url, fields, content = house.count(ContractDocument), upload.address, upload.fields(), word("Rivisto")
    for _again in range(3):
        assert "Il file è registrato come versione n. 2" in send(upload, url, fields, content)
    assert house.count(ContractDocument) == before + 1


def test_the_same_form_with_another_file_is_refused_in_words(house: House, upload: Person) -> None:
    url, fields = upload.address, upload.fields()
    send(upload, url, fields, word("Rivisto"))
    before, keys = house.count(ContractDocument), house.count(IdempotencyKey)
    said = send(upload, url, fields, word("Rivisto ancora"))
    assert OTHERWISE in said and "Non è stato registrato nulla" in said
    assert "Il file è registrato" not in said
    assert (house.count(ContractDocument), house.count(IdempotencyKey)) == (before, keys)
    assert OTHERWISE in send(upload, url, fields, word("Rivisto"), name="altro nome.docx"), "the name counts too"


def test_sent_once_more_from_the_page_that_said_so_it_is_an_act_of_its_own(house: House, upload: Person) -> None:
    url, fields, first, second = upload.address, upload.fields(), word("Rivisto"), word("Rivisto ancora")
    send(upload, url, fields, first)
    send(upload, url, fields, second)
    assert upload.fields()["request_key"] != fields["request_key"]
    assert "versione n. 3" in send(upload, url, upload.fields(), second)
    assert "versione n. 2" in send(upload, url, fields, first), "the first answer stays what it was"


def test_another_word_in_a_field_is_another_content(house: House, manager_screen: Person, key: int) -> None:
    manager_screen.open(f"/admin/casi/contract/{key}/nota/")
    url, fields = manager_screen.address, manager_screen.fields()
    answers = [manager_screen.post(url, {**fields, "text": text}, follow_redirects=True).text
               for text in ("Prima nota", "Prima nota", "Altra nota")]
    assert [OTHERWISE in answer for answer in answers] == [False, False, True]
    assert "Altra nota" in answers[2], "what was typed stays"
    assert house.count(Note) == 1


def test_the_same_key_on_the_page_of_another_record_is_another_content(
    house: House, manager_screen: Person, key: int
) -> None:
    with house.session() as session:
        other = session.scalars(select(Contract.id).where(Contract.id != key)).first()
    manager_screen.open(f"/admin/casi/contract/{key}/file/")
    url, fields = manager_screen.address, {**manager_screen.fields(), "title": "Lettera"}
    send(manager_screen, url, fields, b"%PDF-1.7 lettera", "lettera.pdf")
    said = send(manager_screen, f"/admin/casi/contract/{other}/file/", fields, b"%PDF-1.7 lettera", "lettera.pdf")
    assert OTHERWISE in said
    assert house.count(CaseFile) == 1
