"""The editions of a sheet on its pages: written as a draft, approved alone or several at once, read, taken back."""

from __future__ import annotations

from sqlalchemy import select

from core.catalogue.model import OperationalSheet
from core.documents.wordfile import read_text
from core.parties.model import Act
from tests.integration.admin.browser import Enter, pdf
from tests.integration.admin.house import House
from tests.integration.admin.sheets import reopen

APPROVAL = {"number": "21", "on": "2026-02-01"}


def key_of(house: House, code: str = "access_desk") -> int:
    with house.session() as session:
        query = select(OperationalSheet.id).where(OperationalSheet.code == code, OperationalSheet.edition == 2026)
        return session.scalars(query).one()


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


def test_a_sheet_is_taken_away_in_word_by_whoever_reads_it(house: House, person: Enter) -> None:
    key = key_of(house)
    for who in ("direzione", "dresano"):
        answer = person(who).get(f"/admin/schede/word/?id={key}")
        assert answer.status_code == 200 and "scheda-segretariato-sociale-2026.docx" in answer.headers[
            "Content-Disposition"]
        text = "\n".join(read_text(answer.data))
        assert "Edizione 2026, approvata dall'Assemblea" in text and "Via Municipio 1" in text


def test_two_editions_are_read_beside_each_other(house: House, person: Enter) -> None:
    key, inside = key_of(house), person("direzione")
    alone = inside.get(f"/admin/schede/confronto/?id={key}").text
    assert "per confrontare ne servono due" in alone
    new_page = f"/admin/schede/edizione/?id={key}"
    made = inside.post(new_page, {**inside.fields(new_page), "edition": "2027"}, page=new_page)
    new = int(made.location.split("=")[1])
    assert "dicono e chiedono le stesse cose" in inside.get(f"/admin/schede/confronto/?id={new}").text
    edit = f"/admin/schede/edit/?id={new}"
    changed = {**inside.fields(edit), "cost_to_user": "Gratuito per tutti.", "sites-0-opening": "sabato 9.00-11.00"}
    assert inside.post(edit, changed, page=edit).status_code == 302
    found = inside.get(f"/admin/schede/confronto/?id={new}").text
    assert "<ins>sabato 9.00-11.00</ins>" in found and "3 righe sono invariate" in found
    assert "per tutti." in found and 'selected>edizione 2027' in found
    stranger = key_of(house, "neutral_space")
    assert inside.get(f"/admin/schede/confronto/?id={new}&prima={stranger}&dopo=x").status_code == 404
    assert "Confronta le edizioni" in inside.get(f"/admin/schede/details/?id={new}").text


def test_what_was_done_is_written_beside_what_was_planned(house: House, person: Enter) -> None:
    key, inside = key_of(house), person("direzione")
    page = f"/admin/schede/quantita/?id={key}"
    assert inside.get(page).location.endswith(f"/admin/schede/details/?id={key}"), "it plans none"
    reopen(inside, key)
    edit = f"/admin/schede/edit/?id={key}"
    planned = {"quantities-0-what": "Colloqui", "quantities-0-municipality": "dresano", "quantities-0-planned": "250"}
    assert inside.post(edit, {**inside.fields(edit), **planned}, page=edit).status_code == 302
    approval = f"/admin/schede/passaggio/?id={key}&atto=approve"
    assert inside.post(approval, {**inside.fields(approval), **APPROVAL}, page=approval).status_code == 302
    form = inside.fields(page)
    wrong = inside.post(page, {**form, "quantities-0-actual": "tanti"}, page=page).text
    assert "riga 1: Svolto" in wrong and 'value="tanti"' in wrong
    done = {**form, "quantities-0-actual": "231,5", "quantities-0-note": "chiuso in agosto"}
    assert inside.post(page, done, page=page).status_code == 302
    record = inside.get(f"/admin/schede/details/?id={key}").text
    assert "231,5" in record and "chiuso in agosto" in record and state_of(house, key) == "approved"


def test_more_rows_come_without_saving_and_what_was_typed_stays(house: House, person: Enter) -> None:
    key, inside = key_of(house), person("direzione")
    reopen(inside, key)
    page = f"/admin/schede/edit/?id={key}"
    form = inside.fields(page)
    assert "sites-5-address" in form and "sites-6-address" not in form, "four of the sheet and two to spare"
    shown = inside.post(page, {**form, "sites-4-address": "Via Nuova 1", "more": "sites"}, page=page)
    assert shown.status_code == 200 and 'value="Via Nuova 1"' in shown.text and "sites-24-address" in shown.text
    with house.session() as session:
        assert len(session.get_one(OperationalSheet, key).data["sites"]) == 4
        service = session.get_one(OperationalSheet, key).services[0].id
    fields = f"/admin/servizi/campi/?id={service}"
    asked = {**inside.fields(fields), "fields-0-label": "Postazioni", "more": "fields"}
    more = inside.post(fields, asked, page=fields)
    assert 'value="Postazioni"' in more.text and "fields-20-label" in more.text


def test_where_the_only_edition_was_given_up_another_is_begun(house: House, person: Enter) -> None:
    key, inside = key_of(house), person("direzione")
    reopen(inside, key)
    page = f"/admin/schede/passaggio/?id={key}&atto=cancel"
    assert inside.post(page, {**inside.fields(page), "why": "Anno sbagliato."}, page=page).status_code == 302
    assert "Annullata: il motivo" in inside.get(f"/admin/schede/details/?id={key}").text
    with house.session() as session:
        service = session.get_one(OperationalSheet, key).services[0].id
    record = inside.get(f"/admin/servizi/details/?id={service}").text
    assert "Scrivi la scheda" in record and f"/admin/schede/details/?id={key}" not in record
    new = f"/admin/schede/nuova/?servizio={service}"
    assert inside.post(new, {**inside.fields(new), "edition": "2026"}, page=new).status_code == 302


def test_a_municipality_reads_how_a_sheet_stands_and_does_nothing(house: House, person: Enter) -> None:
    record = person("dresano").get(f"/admin/schede/details/?id={key_of(house)}").text
    assert "Approvata dall&#39;Assemblea" in record and "Scarica in Word" in record
    for word in ("Riapri", "Nuova edizione", "Diario"):
        assert word not in record
