"""Records: forms that refuse in words, edits that meet, and the history that tells of them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import lxml.html
import pytest
from sqlalchemy import select

from admin.cases.letters import ADOPTED_BY, SENT_BY_PASSAGE, SIGNED_BY_PASSAGE
from admin.office import home
from admin.web.base_view import BaseView
from admin.wording.labels import has_column
from core.accreditation.states import FOREWARNING_LIFE, MEETING_LIFE
from core.accreditation.states import LIFE as ACCREDITATION_LIFE
from core.allocation.model import AllocationGroup
from core.catalogue.model import Coverage, OperationalSheet, Service
from core.parties.model import Azienda, Membership, Municipality, Population, Signatory
from core.penalties.states import NOTICE_LIFE, PENALTY_LIFE
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House
from tests.integration.admin.money.test_shares import open_budget, open_plan
from tests.integration.admin.sheets import reopen

PNG = (b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (10).to_bytes(4) + (10).to_bytes(4)
       + b"\x08\x06\x00\x00\x00" + b"\x00" * 20)


def views(house: House) -> list[BaseView]:
    return [v for v in house.app.extensions["admin"][0]._views if isinstance(v, BaseView)]


def test_every_column_of_every_form_is_shown_or_left_out_on_purpose(house: House) -> None:
    for view in views(house):
        if not (view.can_create or view.can_edit):
            continue
        columns = {p.key for p in view.mapper.column_attrs if not p.columns[0].info.get("derived")}
        assert columns - set(view.form_columns) - view.left_out == set(), view.endpoint
        assert set(view.form_columns) <= columns, view.endpoint


def test_every_column_that_a_form_a_list_or_a_record_shows_has_an_italian_name(house: House) -> None:
    for view in views(house):
        shown = {*view.column_list, *view.details} - set(view.column_labels or {})
        named = set(view.form_columns) | shown
        table = view.mapper.local_table.name
        assert [n for n in sorted(named) if not has_column(table, n)] == [], view.endpoint


def test_every_button_of_the_first_page_leads_to_a_page(house: House) -> None:
    wanted = {page for page, _word in home.PAGES.values()} | {page for _role, _sentence, page, _word in home.NEXT}
    assert wanted - set(house.app.view_functions) == set()


def test_a_change_is_kept_and_told_in_a_sentence(house: House, person: Enter) -> None:
    inside, page = person("direzione"), f"/admin/comuni/edit/?id={house.id_of('dresano')}"
    old = inside.fields(page)
    assert inside.post(page, {**old, "address": "Piazza Nuova 1"}, page=page).status_code == 302
    story = inside.get("/admin/storia/").text
    assert "Persona direzione" in story
    assert f"ha modificato il Comune Dresano: indirizzo da «{old['address']}» a «Piazza Nuova 1»." in story


def test_a_sheet_saved_as_the_browser_sends_it_keeps_its_paragraphs(house: House, person: Enter) -> None:
    with house.session() as session:
        key, mission = session.execute(
            select(OperationalSheet.id, OperationalSheet.mission).where(OperationalSheet.mission.contains("\n\n"))
        ).first() or (0, "")
    inside, page = person("direzione"), f"/admin/schede/edit/?id={key}"
    reopen(inside, key)
    as_sent = {name: value.replace("\n", "\r\n") if isinstance(value, str) else value
               for name, value in inside.fields(page).items()}
    assert inside.post(page, as_sent, page=page).status_code == 302
    with house.session() as session:
        assert session.require(OperationalSheet, key).mission == mission.strip()


def test_after_a_correction_the_person_is_back_at_the_check(house: House, person: Enter) -> None:
    with house.session() as session:
        key = session.scalars(select(OperationalSheet.id)).first()
    inside, back = person("direzione"), "/admin/contratti/details/?id=1"
    reopen(inside, key)
    page = f"/admin/schede/edit/?id={key}&url={back.replace('?', '%3F').replace('=', '%3D')}"
    assert inside.post(page, inside.fields(page), page=page).location == back
    elsewhere = page.replace("/admin/contratti", "//altrove.example/admin")
    assert "altrove" not in inside.post(elsewhere, inside.fields(elsewhere), page=elsewhere).location


def test_a_pec_that_is_no_address_is_refused(house: House, person: Enter) -> None:
    inside, page = person("sistema"), "/admin/azienda/edit/?id=1"
    refused = inside.post(page, {**inside.fields(page), "pec": "non-mail"}, page=page)
    assert "«non-mail» non è un indirizzo di posta elettronica certificata" in refused.text


def test_a_new_municipality_needs_only_what_it_has(house: House, person: Enter) -> None:
    inside, page = person("direzione"), "/admin/comuni/new/"
    empty = inside.fields(page)
    assert empty["connector"] == "di", "most names take it"
    typed = {"name": "Tribiano", "tax_code": "84503590154", "istat": "015222", "address": "Piazza Giovanni Paolo II",
             "postal_code": "20067", "city": "Tribiano", "province": "MI"}
    assert inside.post(page, {**empty, **typed}, page=page).status_code == 302
    assert "Tribiano" in inside.get("/admin/comuni/").text


def test_a_choice_that_is_missing_or_strange_is_refused_in_words(house: House, person: Enter) -> None:
    inside, page = person("direzione"), "/admin/firmatari/new/"
    assert "Sesso</a>: Questo dato" in inside.post(page, inside.fields(page), page=page).text
    assert "Scegliere una voce dell" in inside.post(page, {**inside.fields(page), "sex": "X"}, page=page).text


def test_bodies_say_whose_they_are_in_words(house: House, person: Enter) -> None:
    listed = person("direzione").get("/admin/organi/").text
    assert "Distretto" in listed
    assert "external" not in listed


def test_two_people_who_edit_the_same_record_do_not_lose_each_others_work(house: House, person: Enter) -> None:
    first, second = person("direzione"), person("direzione")
    page = f"/admin/comuni/edit/?id={house.id_of('dresano')}"
    opened = second.fields(page)
    assert first.post(page, {**first.fields(page), "address": "Via Prima 1"}, page=page).status_code == 302
    refused = second.post(page, {**opened, "address": "Via Seconda 2"}, page=page)
    assert refused.status_code == 200
    assert "modificati da qualcun altro" in refused.text
    assert "Via Seconda 2" in refused.text  # what was typed stays
    assert "Via Prima 1" in refused.text  # what stands now is told
    with house.session() as session:
        assert session.get(Municipality, house.id_of("dresano")).address == "Via Prima 1"


def test_a_wrong_code_is_refused_beside_its_field_and_nothing_typed_is_lost(house: House, person: Enter) -> None:
    inside = person("direzione")
    data = {"name": "Nuovo Comune", "form": "comune", "connector": "di", "tax_code": "12345678901",
            "address": "Via Uno 1", "postal_code": "20070", "city": "Nuovo Comune", "province": "MI"}
    page = inside.post("/admin/comuni/new/", data, page="/admin/comuni/new/")
    assert page.status_code == 200
    assert "codice fiscale «12345678901» non è valido" in page.text
    assert 'value="Via Uno 1"' in page.text
    without_istat = inside.post("/admin/comuni/new/", {**data, "tax_code": "97529770154"}, page="/admin/comuni/new/")
    assert "Manca il codice ISTAT" in without_istat.text


def test_a_signatory_is_added_from_the_municipality_s_page_and_leads_back_to_it(house: House, person: Enter) -> None:
    inside, key = person("direzione"), house.id_of("dresano")
    page = f"/admin/firmatari/new/?party_id={key}"
    assert inside.fields(page)["party_id"] == str(key)
    data = {"party_id": key, "title": "dott.ssa", "given_name": "Maria", "family_name": "Rossi", "sex": "F",
            "birth_place": "Roma", "birth_date": "1980-01-01", "tax_code": "RSSMRA80A41H501Y", "role": "Vicesindaca",
            "signs": "all", "valid_from": "2026-03-01", "valid_to": "2026-02-01", "act_id": ""}
    assert "finisce (01/02/2026) prima di cominciare" in inside.post(page, data, page=page).text
    saved = inside.post(page, {**data, "valid_to": ""}, page=page)
    assert saved.headers["Location"].endswith(f"/admin/comuni/details/?id={key}")
    with house.session() as session:
        assert session.scalars(select(Signatory).where(Signatory.role == "Vicesindaca")).one().party_id == key


def test_overlapping_memberships_and_negative_residents_are_refused(house: House, person: Enter) -> None:
    inside, key = person("direzione"), house.id_of("dresano")
    page = "/admin/adesioni/new/"
    data = {"municipality_id": key, "valid_from": "2020-01-01", "valid_to": ""}
    assert "già aderente" in inside.post(page, data, page=page).text
    page = "/admin/popolazione/new/"
    data = {"municipality_id": key, "on": "31/12/2025", "residents": "-4", "source": "ISTAT"}
    assert "meno di zero" in inside.post(page, data, page=page).text
    data = {**data, "residents": "3.050"}
    assert inside.post(page, data, page=page).status_code == 302
    with house.session() as session:
        assert session.get(Municipality, key).populations[-1].residents == 3050
        assert session.scalars(select(Membership).where(Membership.municipality_id == key)).all()


def test_a_delegate_and_a_figure_entered_by_mistake_are_taken_away_and_the_history_keeps_them(
    house: House, person: Enter
) -> None:
    inside, key = person("direzione"), house.id_of("dresano")
    with house.session() as session:
        municipality = session.get(Municipality, key)
        delegate, figure = municipality.accounts[0].delegates[0], municipality.populations[0]
    for page in (f"/admin/delegati/delete/?id={delegate.id}", f"/admin/popolazione/delete/?id={figure.id}"):
        asked = inside.get(page)
        assert "Togliere" in asked.text
        assert " object at " not in asked.text
        assert inside.post(page).headers["Location"].endswith(f"/admin/comuni/details/?id={key}")
        assert inside.get(page).status_code == 404
    assert f"ha tolto il delegato sul conto {delegate.given_name} {delegate.family_name}" in inside.get(
        "/admin/storia/").text


def test_no_page_shows_a_record_by_its_python_name(house: House, person: Enter) -> None:
    inside = person("direzione")
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.endswith(("edit_view", "details_view", "index_view", "new_view")):
            page = inside.get(f"{rule.rule}?id=1")
            assert " object at " not in page.text, rule.rule


def test_a_sheet_is_edited_with_the_fields_of_its_plugin(house: House, person: Enter) -> None:
    inside = person("direzione")
    with house.session() as session:
        key = session.scalars(select(OperationalSheet.id).where(OperationalSheet.plugin == "access_desk")).one()
    reopen(inside, key)
    page = f"/admin/schede/edit/?id={key}"
    form = inside.fields(page)
    refused = inside.post(page, {**form, "weekly_opening_hours": "molte"}, page=page)
    assert refused.status_code == 200
    assert "molte" in refused.text
    saved = inside.post(page, {**form, "weekly_opening_hours": "13,5", "cost_to_user": "Gratuito."}, page=page)
    assert saved.status_code == 302
    with house.session() as session:
        sheet = session.get(OperationalSheet, key)
        assert (sheet.data["weekly_opening_hours"], sheet.cost_to_user) == ("13.5", "Gratuito.")
        assert len(sheet.data["sites"]) == 4


def test_a_new_edition_of_a_sheet_leaves_the_old_one_as_it_was(house: House, person: Enter) -> None:
    inside = person("direzione")
    page = "/admin/schede/edizione/?id=1"
    assert inside.post(page, {"edition": "2027"}, page=page).status_code == 302
    assert "esiste già" in inside.post(page, {"edition": "2027"}, page=page).text


def test_other_fields_are_taken_on_a_page_that_asks_what_becomes_of_the_data(house: House, person: Enter) -> None:
    inside = person("direzione")
    with house.session() as session:
        key = session.scalars(select(OperationalSheet.id).where(OperationalSheet.plugin == "neutral_space")).one()
    reopen(inside, key)
    chosen = inside.get(f"/admin/schede/campi/?id={key}")
    assert "Segretariato sociale" in chosen.text and "i campi di oggi" in chosen.text
    page = f"/admin/schede/campi/?id={key}&plugin=access_desk"
    assert "Che cosa diventa «Ogni quanti mesi si scrive la relazione»" in inside.get(page).text
    form = inside.fields(page)
    assert "Questo dato è necessario." in inside.post(page, form, page=page).text, "nobody chose"
    given_up = {name: "-" if name.startswith("moves-") else value for name, value in form.items()}
    assert inside.post(page, given_up, page=page).status_code == 302
    with house.session() as session:
        sheet = session.get(OperationalSheet, key)
        assert sheet.plugin == "access_desk" and "report_months" not in sheet.data
        assert sheet.data["team"][0]["profession"] == "Coordinatore pedagogista", "what all sheets ask goes over"


def test_an_office_adds_a_field_to_a_service_and_its_sheet_takes_it(house: House, person: Enter) -> None:
    inside = person("direzione")
    with house.session() as session:
        service = session.scalars(select(Service).where(Service.code == "access_desk")).one()
        key, sheet = service.id, service.sheets[-1].id
    page = f"/admin/servizi/campi/?id={key}"
    form = inside.fields(page)
    wrong = inside.post(page, {**form, "fields-0-label": "Postazioni"}, page=page)
    assert "Campi, riga 1, «Tipo»: Questo dato è necessario." in wrong.text and 'value="Postazioni"' in wrong.text
    asked = {**form, "fields-0-label": "Postazioni", "fields-0-type": "integer", "fields-0-minimum": "1"}
    assert inside.post(page, asked, page=page).status_code == 302
    assert 'value="own_postazioni"' in inside.get(page).text
    assert "sono cambiati da quando la scheda fu scritta" in inside.get(f"/admin/schede/details/?id={sheet}").text
    reopen(inside, sheet)
    taken = f"/admin/schede/campi/?id={sheet}&plugin=access_desk"
    assert "Postazioni" in inside.get(taken).text
    assert inside.post(taken, inside.fields(taken), page=taken).status_code == 302
    edit = f"/admin/schede/edit/?id={sheet}"
    assert inside.post(edit, {**inside.fields(edit), "own_postazioni": "3"}, page=edit).status_code == 302
    with house.session() as session:
        assert session.get(OperationalSheet, sheet).data["own_postazioni"] == 3


def test_a_table_of_the_office_is_renamed_by_its_label_and_an_emptied_row_goes(house: House, person: Enter) -> None:
    inside = person("direzione")
    with house.session() as session:
        key = session.scalars(select(Service.id).where(Service.code == "access_desk")).one()
    page = f"/admin/servizi/campi/?id={key}"
    table = {"fields-0-label": "Turni", "fields-0-type": "rows", "fields-1-label": "Giorno", "fields-1-type": "text",
             "fields-1-table": "Turni", "fields-2-label": "Nota", "fields-2-type": "text"}
    assert inside.post(page, {**inside.fields(page), **table}, page=page).status_code == 302
    form = inside.fields(page)
    assert (form["fields-1-table"], form["fields-2-name"]) == ("Turni", "own_nota"), "no code to choose by"
    renamed = {**form, "fields-0-label": "Orari", "fields-2-label": "", "fields-2-type": ""}
    assert inside.post(page, renamed, page=page).status_code == 302
    form = inside.fields(page)
    assert (form["fields-0-label"], form["fields-0-name"], form["fields-1-table"]) == ("Orari", "own_turni", "Orari")
    assert form["fields-2-name"] == ""


def test_a_logo_is_believed_by_its_content(house: House, person: Enter) -> None:
    inside = person("sistema")
    with house.session() as session:
        key = session.scalars(select(Azienda.id)).one()
    page = f"/admin/azienda/logo/?id={key}"

    def send(content: bytes, name: str) -> object:
        return inside.post(page, {"logo": (BytesIO(content), name)}, page=page, content_type="multipart/form-data")

    assert "PNG o JPEG" in send(b"<svg onload=alert(1)>", "logo.png").text
    assert "supera 1 MB" in send(PNG + b"0" * 1_100_000, "logo.png").text
    assert send(PNG, "qualunque").status_code == 302
    shown = inside.get(f"/admin/azienda/logo/file?id={key}")
    assert shown.mimetype == "image/png"


def test_the_last_administrator_stays(house: House, person: Enter) -> None:
    inside = person("sistema")
    own = inside.get("/admin/utenti/?search=sistema").text.split("details/?id=")[1].split('"')[0]
    assert inside.post(f"/admin/utenti/porta/?id={own}&aperta=0").status_code == 400
    page = f"/admin/utenti/edit/?id={own}"
    refused = inside.post(page, {**inside.fields(page), "roles": "auditor"}, page=page)
    assert "senza amministratori" in refused.text


def test_coverage_that_ends_before_it_begins_is_refused(house: House, person: Enter) -> None:
    page = "/admin/servizi/copertura/?id=1"
    data = {"municipality_ids": house.id_of("pantigliate"), "valid_from": "2026-01-01", "valid_to": "2025-01-01"}
    inside = person("direzione")
    assert "prima di cominciare" in inside.post(page, data, page=page).text
    assert inside.post(page, {**data, "valid_to": ""}, page=page).status_code == 302


def test_a_period_of_coverage_is_set_for_several_corrected_and_taken_away(house: House, person: Enter) -> None:
    page, record = "/admin/servizi/copertura/?id=1", "/admin/servizi/details/?id=1"
    with house.session() as session:
        covered = select(Coverage.municipality_id).where(Coverage.service_id == 1)
        free, other = session.scalars(select(Municipality.id).where(Municipality.id.not_in(covered)).limit(2))
    inside = person("direzione")
    assert "Scegliere almeno un Comune" in inside.post(page, {"valid_from": "2031-01-01"}, page=page).text
    assert inside.post(page, {"municipality_ids": [str(free), str(other)], "valid_from": "2031-01-01"},
                       page=page).status_code == 302

    def periods() -> dict[int, Coverage]:
        with house.session() as session:
            mine = select(Coverage).where(Coverage.service_id == 1, Coverage.valid_from == date(2031, 1, 1))
            return {row.municipality_id: row for row in session.scalars(mine)}

    assert periods().keys() == {free, other}
    mine = periods()[other].id
    assert f"copertura/?id=1&amp;periodo={mine}" in inside.get(record).text
    own = f"{page}&periodo={mine}"
    inside.open(own)
    assert inside.fields()["valid_from"] == "2031-01-01"
    inside.send(valid_to="2031-12-31")
    assert periods()[other].valid_to == date(2031, 12, 31)
    assert periods()[free].valid_to is None, "the other one stays"
    inside.open(f"/admin/servizi/copertura/togli/?periodo={mine}")
    assert "dal 01/01/2031" in inside.text()
    inside.send()
    assert periods().keys() == {free}
    assert inside.get("/admin/servizi/copertura/togli/?periodo=9999").status_code == 404


def test_a_file_that_is_too_big_gets_a_sentence(person: Enter) -> None:
    inside = person("sistema")
    answer = inside.post("/admin/azienda/logo/?id=1", {"logo": (BytesIO(b"0" * 26 * 1024 * 1024), "x.png")},
                         content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "25 MB" in answer.text


def test_every_page_speaks_english_to_those_who_ask(person: Enter) -> None:
    inside = person("direzione")
    inside.get("/lingua/en")
    page = inside.get("/admin/comuni/").text
    assert '<html lang="en">' in page
    assert "New municipality" in page
    assert "Nuovo Comune" not in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_the_history_is_asked_from_the_first_day_to_the_last(person: Enter, day: str) -> None:
    assert person("direzione").get(f"/admin/storia/?from={day}&to={day}").status_code == 200


@pytest.mark.parametrize("typed", ["--5", "000000000000999999999999", "2147483648", "1e3", "-"])
def test_what_is_no_whole_number_is_refused_in_our_words(house: House, person: Enter, typed: str) -> None:
    inside, page = person("direzione"), "/admin/piani-di-zona/new/"
    refused = inside.post(page, {**inside.fields(page), "first_year": typed}, page=page)
    assert f"«{typed}» non è un numero intero." in refused.text


def test_a_letter_that_a_passage_records_leads_to_a_passage_that_exists(house: House) -> None:
    lives = (NOTICE_LIFE, PENALTY_LIFE, MEETING_LIFE, FOREWARNING_LIFE)
    actions = {passage.action for life in lives for passage in life.passages}
    assert SENT_BY_PASSAGE and SIGNED_BY_PASSAGE
    for page, action, *_word in (*SENT_BY_PASSAGE.values(), *SIGNED_BY_PASSAGE.values()):
        assert page in house.app.view_functions and action in actions
    assert set(ADOPTED_BY.values()) <= {passage.action for passage in ACCREDITATION_LIFE.passages}


def test_a_municipality_keeps_its_own_signatories_and_no_others(house: House, person: Enter) -> None:
    clerk, own = person("dresano"), house.id_of("dresano")
    assert "Aggiungi un firmatario" in clerk.read(f"/admin/comuni/details/?id={own}")
    head = {"party_id": own, "title": "dott.ssa", "given_name": "Maria", "family_name": "Rossi", "sex": "F",
            "birth_place": "Roma", "birth_date": "1980-01-01", "tax_code": "RSSMRA80A41H501Y",
            "role": "Responsabile dei servizi alla persona", "signs": "letters", "valid_from": "2026-03-01"}
    page = f"/admin/firmatari/new/?party_id={own}"
    clerk.fill(page, **head)
    key = house.last(Signatory)
    clerk.fill(f"/admin/firmatari/edit/?id={key}", valid_to="2026-12-31")
    with house.session() as session:
        row = session.get_one(Signatory, key)
        assert (row.party_id, row.signs, row.valid_to) == (own, "letters", date(2026, 12, 31))
        azienda = session.scalars(select(Azienda.id)).one()
        theirs = session.scalars(select(Signatory.id).where(Signatory.party_id == azienda)).first()
    for party in (azienda, house.id_of("melegnano")):
        refused = clerk.post(page, {**clerk.fields(page), **head, "party_id": party, "role": "Altro"}, page=page)
        assert refused.status_code != 302, party
    page = f"/admin/firmatari/edit/?id={theirs}"
    assert clerk.post(page, {**clerk.fields(page), "role": "Altro"}, page=page).status_code != 302
    assert house.last(Signatory, Signatory.role == "Altro") == 0


def history(auditor: Person, table: str) -> str:
    """The sentences of the history on a table, the newest first."""
    page = lxml.html.fromstring(auditor.get(f"/admin/storia/?subject={table}").text)
    return "\n".join(" ".join(line.text_content().split()) for line in page.xpath("//ol[@class='diary']/li"))


def test_the_history_tells_money_from_what_to_what(house: House, person: Enter) -> None:
    """An auditor rebuilds the sums of a service from the page alone."""
    accountant = person("contabilita")
    budget = open_budget(house, accountant)
    service = house.last(Service, Service.code == "neutral_space")
    page = f"/admin/bilanci/voci/?id={budget}&servizio={service}"
    accountant.fill(page, **{"lines-0-amount": "502.000,00"})
    accountant.fill(page, **{"lines-0-amount": "262.000,00", "lines-1-title": "", "lines-1-amount": "",
                             "lines-1-kind": "", "lines-1-source_id": "", "lines-2-title": "Affitto",
                             "lines-2-kind": "direct_cost", "lines-2-amount": "12.000,50"})
    told = history(person("revisore"), "budget_line")
    assert "importo da «€ 9.000,00» a «€ 502.000,00»" in told
    assert "importo da «€ 502.000,00» a «€ 262.000,00»" in told
    whose = 'bilancio 2026, servizio Spazio Neutro "Incontriamoci qui"'
    fund = "fonte di finanziamento Fondo Sociale Regionale (FSR)"
    assert f"ha tolto la voce di bilancio Fondo ({whose}, {fund}): importo € 4.500,00." in told
    assert f"ha registrato la voce di bilancio Affitto ({whose}): importo € 12.000,50." in told


def test_the_history_tells_the_figures_of_a_key_from_what_to_what(house: House, person: Enter) -> None:
    accountant = person("contabilita")
    plan = open_plan(house, accountant, open_budget(house, accountant))
    group, own = house.last(AllocationGroup), house.id_of("dresano")
    page = f"/admin/riparto/gruppo/?id={plan}&gruppo={group}"
    accountant.fill(page, **{"keys-0-kind": "users", f"valore-0-{own}": "12", "keys-0-weight": "100"})
    accountant.fill(page, **{f"valore-0-{own}": "15,5"})
    assert house.last(AllocationGroup) == group, "the group stays, its figures change"
    told = history(person("revisore"), "key_value")
    assert "valore 12." in told and "Dresano" in told
    assert "valore da «12» a «15,5»" in told
    assert "chiave di riparto Utenti, " in told and "Piano di riparto" in told, "keys are called alike: of which plan"


def test_the_history_tells_what_was_counted_from_what_to_what(house: House, person: Enter) -> None:
    """Residents, places, votes: figures as money is, with the dot of thousands; a number or a year names a thing."""
    own = house.id_of("dresano")
    with house.unit("popolazione") as session:
        session.add(row := Population(municipality_id=own, on=date(2025, 12, 31), residents=18105,
                                      source="Anagrafe"))
    with house.unit("correzione") as session:
        session.get_one(Population, row.id).residents = 18150
    told = history(person("revisore"), "population")
    assert "Dresano: residenti 18.105." in told
    assert "residenti da «18.105» a «18.150»" in told


def test_the_history_loses_no_word_of_a_long_text(house: House, person: Enter) -> None:
    old = "Il servizio ascolta le famiglie. " * 12 + "Apre il lunedì."
    key = house.last(Service, Service.code == "neutral_space")
    for text in (old, old.replace("lunedì", "martedì")):
        with house.unit("testo") as session:
            session.get_one(Service, key).recipients = text
    page = lxml.html.fromstring(person("revisore").get("/admin/storia/?subject=service").text)
    line = page.xpath("//ol[@class='diary']/li")[0]
    assert "il testo è cambiato, e sta qui sotto per intero" in line.text_content()
    assert [cut.text for cut in line.xpath(".//details//del")] == ["lunedì."]
    assert [new.text for new in line.xpath(".//details//ins")] == ["martedì."]
    assert "Il servizio ascolta le famiglie. " * 11 in " ".join(line.text_content().split())
    with house.unit("via") as session:
        session.add(gone := Population(municipality_id=house.id_of("dresano"), on=date(2019, 12, 31), residents=7,
                                       source="Anagrafe del Comune, foglio 12"))
    with house.unit("via") as session:
        session.delete(session.get_one(Population, gone.id))
    told = history(person("revisore"), "population")
    assert told.count("Anagrafe del Comune, foglio 12") == 2, "what came and what went, whole"


def test_what_a_form_refuses_and_what_it_reads(house: House, person: Enter) -> None:
    inside, page = person("direzione"), f"/admin/comuni/edit/?id={house.id_of('dresano')}"
    old = inside.fields(page)
    assert inside.post(page, {**old, "patron_day": "24/06"}, page=page).status_code == 302
    assert inside.fields(page)["patron_day"] == "24/06"
    figure = {"municipality_id": str(house.id_of("dresano")), "on": "2031-12-31", "residents": "3.050",
              "source": "ISTAT"}
    page = "/admin/popolazione/new/"
    assert inside.post(page, figure, page=page).status_code == 302
    assert "Il dato al 31/12/2031 è già registrato" in inside.post(page, figure, page=page).text
    with house.unit("azienda") as session:
        page = f"/admin/azienda/edit/?id={session.scalars(select(Azienda.id)).one()}"
    assert "indirizzo di un sito" in inside.post(page, {**inside.fields(page), "website": "sito"}, page=page).text
