"""Terms, plans, charters and rates on the screen: read like a sheet, added by form, refused in words."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.model import ContractTerms, ServiceCharter, ZonePlan
from core.instalments.model import InterestRate
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

NEW = "/admin/condizioni/new/"


@pytest.fixture
def key(house: House) -> int:
    """The version of the demo."""
    with house.session() as session:
        return session.scalars(select(ContractTerms.id)).one()


def test_a_version_reads_like_a_sheet_with_both_readings_of_its_doubts(person: Enter, key: int) -> None:
    for who in ("dresano", "revisore", "contabilita"):
        page = person(who).get(f"/admin/condizioni/details/?id={key}").text
        for words in ("Primo acconto", "50%", "31 gennaio", "€ 1.000,00", "Prima della scadenza",
                      "Il comma citato: 3, progetti straordinari", "Il comma inteso: 2, scadenze delle rate",
                      "1 per parte, 3 in tutto", "Vale per i contratti che decorrono dal 01/01/2026"):
            assert words in page.replace("&#39;", "'"), words
        assert "Nuova versione" not in page


def test_a_new_version_starts_from_the_one_chosen_and_takes_its_place(
    house: House, person: Enter, key: int
) -> None:
    inside, page = person("direzione"), f"{NEW}?da={key}"
    form = inside.fields(page)
    assert (form["plan-0-title"], form["plan-0-due"], form["plan-0-percent"]) == ("Primo acconto", "31/01", "50")
    assert form["plan-5-title"] == "", "empty rows are offered"
    saved = inside.post(page, {**form, "valid_from": "2026-02-01", "plan-0-percent": "55", "plan-1-percent": "45",
                               "renewal_direction": "after"}, page=page)
    text = inside.get(saved.location).text
    assert "versione 2" in text
    assert "55%" in text
    assert "In vigore" in text
    assert "La valutazione del rinnovo si conta dopo la scadenza" in text, "X5 warns and does not stop"
    assert "Sostituite" in inside.get(f"/admin/condizioni/details/?id={key}").text
    assert "ha registrato le condizioni contrattuali" in inside.get("/admin/storia/").text
    with house.session() as session:
        assert [r.percent for r in session.require(ContractTerms, key).instalments] == [50, 40, None]


def test_an_instalment_may_count_its_days_from_the_invoice(person: Enter, key: int) -> None:
    inside, page = person("direzione"), f"{NEW}?da={key}"
    saved = inside.post(page, {**inside.fields(page), "valid_from": "2026-02-01", "plan-0-due_days": "30",
                               "plan-0-counts_from": "invoice"}, page=page)
    assert "30 giorni dalla data della fattura" in inside.get(saved.location).text


@pytest.mark.parametrize(("typed", "said"), [
    ({"plan-0-percent": "61"}, "fanno insieme più di cento"),
    ({"plan-2-title": "", "plan-2-event": ""}, "una riga di saldo, e una sola"),
    ({"plan-0-due": "30/02"}, "«30/02» non esiste"),
    ({"plan-2-due_days": "366"}, "da 0 a 365: «366»"),
    ({"plan-2-due_days": "-1"}, "da 0 a 365: «-1»"),
    ({"plan-0-due_days": "30"}, "soltanto per una rata che dipende da un evento"),
    ({"plan-2-due_days": "99999999999999999999"}, "numero"),
    ({"plan-0-counts_from": "receipt"}, "entro quanti giorni si paga"),
    ({"plan-0-due": "gennaio"}, "«gennaio» non è un giorno dell'anno"),
    ({"plan-0-percent": "metà"}, "«metà» non è un numero"),
    ({"bands-0-minimum": "9.000,00"}, "il minimo sopra il massimo"),
    ({"bands-0-minimum": "1,234"}, "più di due decimali"),
    ({"bands-2-maximum": "9000"}, "esce dai limiti generali"),
    ({"tacit_renewal": "y"}, "bisogno della sua durata in mesi"),
    ({"arbitrators": "4"}, "numero dispari"),
    ({"arbitrators": ""}, "numero dispari"),
    ({"legal_source": ""}, "Questo dato è necessario"),
    ({"valid_from": "2025-12-31"}, "prima di quella che sostituisce (01/01/2026)"),
    ({"reply_days": "-1"}, "da zero a 3650"),
    ({"court": "x" * 600}, "500"),
])
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(
    house: House, person: Enter, key: int, typed: dict[str, str], said: str
) -> None:
    inside, page = person("direzione"), f"{NEW}?da={key}"
    refused = inside.post(page, {**inside.fields(page), "valid_from": "2026-06-01", "plan-1-title": "Rata di luglio",
                                 **typed}, page=page)
    assert refused.status_code == 200
    text = refused.text.replace("&#39;", "'")
    assert said in text
    assert "Rata di luglio" in text
    with house.session() as session:
        assert len(session.scalars(select(ContractTerms)).all()) == 1


def test_a_version_that_begins_before_the_last_must_be_meant(house: House, person: Enter, key: int) -> None:
    inside, page = person("direzione"), f"{NEW}?da={key}"
    form = {**inside.fields(page), "valid_from": "2025-01-01", "backdated": "y"}
    assert inside.post(page, form, page=page).status_code == 302


def test_only_the_management_adds_and_nobody_changes(person: Enter, key: int) -> None:
    for who in ("contabilita", "dresano", "revisore"):
        assert person(who).get(NEW).status_code == 403
    assert person("direzione").get(f"/admin/condizioni/edit/?id={key}").status_code == 404


def test_plans_that_share_a_year_are_remarked_and_years_out_of_order_refused(house: House, person: Enter) -> None:
    inside, page = person("direzione"), "/admin/piani-di-zona/new/"
    data = {"title": "Piano di Zona", "ordinal": "9", "first_year": "2027", "last_year": "2025",
            "agreement_date": "2026-12-01", "budget_article": "8"}
    assert "il primo anno viene prima" in inside.post(page, data, page=page).text
    saved = inside.post(page, {**data, "last_year": "2029"}, page=page)
    assert "Gli anni di questo piano e di «Piano di Zona 2025-2027» si sovrappongono" in inside.get(saved.location).text
    with house.session() as session:
        assert session.scalars(select(ZonePlan.last_year).where(ZonePlan.ordinal == 9)).one() == 2029


def test_two_people_who_edit_one_plan_see_each_other(house: House, person: Enter) -> None:
    first, second, page = person("direzione"), person("direzione"), "/admin/piani-di-zona/edit/?id=1"
    opened = second.fields(page)
    assert first.post(page, {**first.fields(page), "budget_article": "12"}, page=page).status_code == 302
    refused = second.post(page, {**opened, "ordinal": "7"}, page=page)
    assert "modificati da qualcun altro" in refused.text
    assert 'value="7"' in refused.text


def test_the_charter_of_the_azienda_takes_the_place_of_the_districts(house: House, person: Enter) -> None:
    with house.session() as session:
        district = session.scalars(select(ServiceCharter.id)).one()
    inside, page = person("direzione"), "/admin/carte/new/"
    assert "finché l&#39;azienda non adotta la propria" in inside.get(f"/admin/carte/details/?id={district}").text
    own = inside.post(page, {"title": "Carta dell'azienda", "owner": "azienda", "valid_from": "2026-02-01"}, page=page)
    assert "quella dell&#39;azienda vale al posto di quella del distretto" in inside.get(own.location).text
    old = inside.get(f"/admin/carte/details/?id={district}").text
    assert "i contratti nuovi richiamano «Carta dell&#39;azienda»" in old


def test_the_accounting_keeps_the_rates(house: House, person: Enter) -> None:
    inside, page = person("contabilita"), "/admin/tassi/new/"
    data = {"kind": "legal", "valid_from": "2019-01-01", "percent": "0,8", "source": "Decreto, da verificare"}
    assert "da 0 a 100" in inside.post(page, {**data, "percent": "101"}, page=page).text
    assert inside.post(page, data, page=page).status_code == 302
    assert "C&#39;è già un tasso che decorre dal 01/01/2019" in inside.post(page, data, page=page).text
    listed = inside.get("/admin/tassi/").text
    assert "0,8%" in listed
    with house.session() as session:
        rate = session.scalars(select(InterestRate.id).where(InterestRate.valid_from == date(2019, 1, 1))).one()
    remove = f"/admin/tassi/delete/?id={rate}"
    assert remove in listed
    assert "tasso «Legale» del 0,8% dal 01/01/2019" in inside.get(remove).text
    assert inside.post(remove).status_code == 302
    assert person("dresano").get("/admin/tassi/").status_code == 200
    assert person("dresano").get(page).status_code == 403


def test_an_instalment_may_wait_for_an_event_of_the_office(person: Enter, key: int) -> None:
    inside, page = person("direzione"), f"{NEW}?da={key}"
    inside.fill("/admin/eventi/new/", name="Collaudo della sede", code="collaudo", subject="contract",
                recorded_by="management")
    changed = {"valid_from": "2026-02-01", "plan-0-due": "", "plan-0-event": "collaudo", "plan-0-due_days": "30"}
    assert "Collaudo della sede" not in inside.get(page).text, "the municipality could not read that it happened"
    inside.fill("/admin/eventi/edit/?id=1", shared="y")
    assert "Collaudo della sede" in inside.get(page).text
    saved = inside.post(page, {**inside.fields(page), **changed}, page=page)
    assert "Collaudo della sede, 30 giorni dopo" in inside.get(saved.location).text
    assert "Collaudo della sede, 30 giorni dopo" in person("dresano").get(saved.location).text


def test_a_municipality_may_have_a_percentage_of_its_own(house: House, person: Enter, key: int) -> None:
    inside, page = person("direzione"), f"{NEW}?da={key}"
    typed = {"valid_from": "2026-02-01", "percents-0-title": "Primo acconto", "percents-0-percent": "30",
             "percents-0-municipality_id": str(house.id_of("dresano"))}
    refused = inside.post(page, {**inside.fields(page), **typed, "percents-0-title": "Terza rata"}, page=page)
    assert "non è il nome di un acconto del piano" in refused.text
    saved = inside.post(page, {**inside.fields(page), **typed}, page=page)
    assert "Dresano: 30%" in inside.read(saved.location)
    assert "Dresano: 30%" in person("dresano").read(saved.location)
    assert "Dresano: 30%" not in person("melegnano").read(saved.location), "what another is asked is not its business"
    newest = saved.location.rpartition("=")[2]
    assert inside.fields(f"{NEW}?da={newest}")["percents-0-percent"] == "30", "the next version begins with it"


def test_a_mistaken_version_is_withdrawn_on_its_page_and_one_in_use_is_not(
    house: House, person: Enter, key: int
) -> None:
    inside = person("direzione")
    assert "Ritira la versione" not in inside.get(f"/admin/condizioni/details/?id={key}").text
    form = inside.fields(f"{NEW}?da={key}")
    saved = inside.post(f"{NEW}?da={key}", {**form, "valid_from": "2026-02-01"}, page=f"{NEW}?da={key}")
    assert "Ritira la versione" in inside.get(saved.location).text
    wrong = saved.location.rpartition("id=")[2]
    page = f"/admin/condizioni/ritira/?id={wrong}"
    done = inside.post(page, {"why": "Rate sbagliate"}, page=page)
    text = inside.get(done.location).text
    assert "Ritirata il" in text
    assert "Rate sbagliate" in text
    assert "In vigore" in inside.get(f"/admin/condizioni/details/?id={key}").text
    refused = inside.post(f"/admin/condizioni/ritira/?id={key}", {"why": "Prova"},
                          page=f"/admin/condizioni/ritira/?id={key}").text
    assert "rate, termini e penali vengono da lì" in refused
    assert person("contabilita").get(page).status_code in (403, 404)
