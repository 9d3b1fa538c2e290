"""A file that was chosen with a form that is refused is kept until the form is sent right, for who chose it."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from core.cases.model import CaseFile
from core.ground import chosen, clock
from core.ground.errors import NotVisible
from tests.integration.admin.browser import PDF, Enter, Person, pdf
from tests.integration.admin.house import House


@pytest.fixture
def page(house: House) -> str:
    """Where a file is added to a contract."""
    return f"/admin/casi/contract/{house.contract_of('dresano')}/file/"


def held(house: House) -> list[tuple[str, bytes]]:
    """The files in the diaries, by name."""
    with house.session() as session:
        rows = session.scalars(select(CaseFile).order_by(CaseFile.id))
        return [(row.document.file_name, session.files.get(row.document.path)) for row in rows]


def refused(inside: Person, page: str) -> None:
    """The form was sent with a file and without its title."""
    inside.fill(page, title="", file=pdf("delibera.pdf"))
    assert "Questo dato è necessario" in inside.text()


def test_its_name_is_shown_and_it_need_not_be_chosen_again(house: House, person: Enter, page: str) -> None:
    inside = person("direzione")
    refused(inside, page)
    assert "Già scelto: delibera.pdf" in inside.text()
    assert house.count(CaseFile) == 0
    inside.send(title="")
    assert "Già scelto: delibera.pdf" in inside.text(), "a second error does not lose it either"
    inside.send(title="Delibera")
    assert held(house) == [("delibera.pdf", PDF)]


def test_unticked_it_is_gone_and_another_takes_its_place(house: House, person: Enter, page: str) -> None:
    inside = person("direzione")
    refused(inside, page)
    inside.send(title="Delibera", without=("kept-file",))
    assert "Questo dato è necessario" in inside.text()
    refused(inside, page)
    inside.send(title="Delibera", file=pdf("altra.pdf", b"%PDF-1.7 altra"))
    assert held(house) == [("altra.pdf", b"%PDF-1.7 altra")]


def test_what_was_refused_itself_is_chosen_anew(house: House, person: Enter, page: str) -> None:
    inside = person("direzione")
    inside.fill(page, title="Delibera", file=(BytesIO(b"MZ"), "virus.exe"))
    assert "Già scelto" not in inside.text()
    assert house.count(CaseFile) == 0


def test_nobody_sends_what_another_chose(house: House, person: Enter, page: str) -> None:
    inside, other = person("direzione"), person("accreditamento")
    refused(inside, page)
    token = inside.fields()["kept-file"]
    own = f"/admin/casi/contract/{house.contract_of('dresano')}/file/"
    other.post(own, {**inside.fields(), "csrf_token": other.token, "title": "Delibera", "kept-file": token})
    forged = person("direzione")
    forged.get(page)
    forged.send(title="Delibera", **{"kept-file": token[:-3] + "abc"})
    assert "Questo dato è necessario" in forged.text()
    assert house.count(CaseFile) == 0


def test_sent_twice_with_a_kept_file_it_is_one_act(house: House, person: Enter, page: str) -> None:
    inside = person("direzione")
    refused(inside, page)
    fields = {**inside.fields(), "title": "Delibera"}
    for _again in range(2):
        assert inside.post(page, fields).status_code == 302
    assert len(held(house)) == 1


def test_after_two_days_it_goes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    files, real = house.database.files, clock.now
    old = chosen.keep(files, "1", b"vecchio")
    monkeypatch.setattr(clock, "now", lambda: real() + __import__("datetime").timedelta(days=3))
    chosen.keep(files, "1", b"nuovo")
    with pytest.raises(NotVisible):
        chosen.get(files, "1", old)
    with pytest.raises(NotVisible):
        chosen.get(files, "2", old)
