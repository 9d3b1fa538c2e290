"""The editions of a sheet on its pages: written as a draft, approved alone or several at once, read, taken back."""

from __future__ import annotations

from sqlalchemy import select

from core.catalogue.model import OperationalSheet
from core.parties.model import Act
from tests.integration.admin.browser import Enter, pdf
from tests.integration.admin.house import House
from tests.integration.admin.sheets import reopen

APPROVAL = {"number": "21", "on": "2026-02-01"}


def key_of(house: House, code: str = "access_desk") -> int:
    with house.session() as session:
        return session.scalars(select(OperationalSheet.id).where(OperationalSheet.code == code)).one()


def state_of(house: House, key: int) -> str:
    with house.session() as session:
        return session.get_one(OperationalSheet, key).state


def test_an_approved_sheet_says_its_act_and_has_no_form(house: House, person: Enter) -> None:
    key, inside = key_of(house), person("direzione")
    record = inside.get(f"/admin/schede/details/?id={key}").text
    assert "Approvata dall&#39;Assemblea con deliberazione n. 9 del 30/10/2025." in record
    assert f"/admin/schede/edit/?id={key}" not in record
    for page in ("edit", "campi"):
        assert inside.get(f"/admin/schede/{page}/?id={key}").location.endswith(f"/admin/schede/details/?id={key}")


def test_it_is_opened_again_changed_and_approved_with_its_file(house: House, person: Enter) -> None:
    key, inside = key_of(house), person("direzione")
    reopen(inside, key)
    record = inside.get(f"/admin/schede/details/?id={key}").text
    assert "È una bozza" in record and "è una bozza e si stampa così" in record
    page = f"/admin/schede/passaggio/?id={key}&atto=approve"
    wrong = inside.post(page, {**inside.fields(page), "number": "", "on": "2031-01-01"}, page=page).text
    assert "Questo dato è necessario." in wrong and state_of(house, key) == "draft"
    wrong = inside.post(page, {**inside.fields(page), "number": "21", "on": "2031-01-01"}, page=page).text
    assert "non è ancora arrivato" in wrong and 'value="21"' in wrong
    sent = {**inside.fields(page), **APPROVAL, "file": pdf("delibera 21.pdf")}
    assert inside.post(page, sent, page=page, content_type="multipart/form-data").status_code == 302
    record = inside.get(f"/admin/schede/details/?id={key}").text
    assert "deliberazione n. 21 del 01/02/2026" in record and "delibera 21.pdf" in record
    assert "Corretto il passaggio «Approvata dall&#39;Assemblea il 30/10/2025»" in record


def test_the_assembly_approves_several_with_one_act(house: House, person: Enter) -> None:
    inside, keys = person("direzione"), [key_of(house), key_of(house, "neutral_space")]
    for key in keys:
        reopen(inside, key)
    page = f"/admin/schede/insieme/?atto=approve&riga={keys[0]}&riga={keys[1]}&riga={key_of(house, 'planning_office')}"
    sent = {**inside.fields(page), **APPROVAL, "file": pdf("delibera 21.pdf")}
    report = inside.post(page, sent, page=page, content_type="multipart/form-data").text
    assert report.count("Nello stato attuale questo passaggio non è previsto.") == 1, "one was approved already"
    assert [state_of(house, key) for key in keys] == ["approved", "approved"]
    with house.session() as session:
        assert len(session.scalars(select(Act).where(Act.number == "21")).all()) == 1


def test_only_the_management_approves(house: House, person: Enter) -> None:
    key = key_of(house)
    page = f"/admin/schede/passaggio/?id={key}&atto=undo"
    assert person("contabilita").post(page, {"why": "x"}).status_code == 403
    assert state_of(house, key) == "approved"
