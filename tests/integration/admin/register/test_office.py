"""The office's pages of the register, the tariffs, the choices of the municipalities; where a suspension shows."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from core.ground.access import Role
from core.providers.model import ServiceUnit
from core.register.model import ProviderChoice, RegisterEntry, Tariff
from tests.integration.admin.house import invite


@pytest.fixture
def provider(house, person):
    """``provider(entry)``: somebody of the provider of a published unit, inside."""

    def enter(entry: RegisterEntry):
        with house.unit("persone") as session:
            invite(session, "gestore", Role.PROVIDER, provider_ids=[entry.provider_id])
        return person("gestore")

    return enter


def choose(someone, register, entry_id: int, **changed: object):
    """Fill in the form of a choice as it is opened, and send it."""
    page = "/admin/gestori-scelti/new/"
    form = {**someone.fields(page), "service_id": register.service("school_support"), "entry_id": entry_id,
            "contract_number": "14/2026", "contract_date": "2026-02-20", "valid_from": "2026-03-01", **changed}
    return someone.post(page, form, page=page)


def test_a_unit_is_published_from_the_page_where_it_waits(register, unit_of_accreditation, somebody):
    key = register.accredit("Nido Girasole", kind="nido")
    assert "Nido Girasole" in unit_of_accreditation.get("/admin/").text, "it waits in the home of the office"
    listed = unit_of_accreditation.get("/admin/albo/").text
    assert "1 unità da pubblicare" in listed and f"/admin/albo/pubblica/?id={key}" in listed
    page = f"/admin/albo/pubblica/?id={key}"
    assert "Chiunque leggerà" in unit_of_accreditation.get(page).text
    form = unit_of_accreditation.fields(page)
    answer = unit_of_accreditation.post(page, form, page=page, follow_redirects=True)
    assert "pubblicata" in answer.text and "Numero nell&#39;albo" in answer.text
    assert unit_of_accreditation.post(page, form, page=page).status_code == 302, "sent twice, it acts once"
    assert "Nido Girasole" in somebody.get("/albo").text
    with register.house.session() as session:
        assert len(session.scalars(select(RegisterEntry)).all()) == 1


def test_what_may_not_be_published_says_why_before_anybody_tries(register, unit_of_accreditation):
    key = register.accredit("Nido Girasole", state="granted", pact_signed_on=None)
    page = unit_of_accreditation.get(f"/admin/albo/pubblica/?id={key}").text
    assert "il patto non è ancora firmato" in page and "sheet-form" not in page
    assert f"/admin/accreditamenti/details/?id={key}" in page
    assert unit_of_accreditation.get("/admin/albo/pubblica/?id=%00").status_code == 404


def test_changes_are_read_side_by_side_and_approved(register, unit_of_accreditation, somebody):
    entry = register.publish("Aurora")
    register.edit(entry, name="Aurora Nuova", capacity=12)
    assert "approvare le modifiche" in unit_of_accreditation.get("/admin/").text
    assert "Modifiche in attesa" in unit_of_accreditation.get("/admin/albo/?modifiche=1").text
    record = unit_of_accreditation.get(f"/admin/albo/details/?id={entry}").text
    assert "Aurora Nuova" in record and "aspettano l" in record
    page = f"/admin/albo/approva/?id={entry}"
    stale = unit_of_accreditation.fields(page)
    register.edit(entry, capacity=13)
    answer = unit_of_accreditation.post(page, unit_of_accreditation.fields(page), page=page, follow_redirects=True)
    assert "Le modifiche sono pubblicate" in answer.text
    assert "Aurora Nuova" in somebody.get("/albo/aurora-1").text
    register.edit(entry, capacity=14)
    refused = unit_of_accreditation.post(page, stale, page=page)
    assert refused.status_code == 200 and "ricaricare la pagina" in refused.text


def test_only_the_office_writes_the_register(register, person):
    entry, waits = register.publish("Aurora"), register.accredit("Bussola")
    register.edit(entry, name="Altro")
    for name, read in (("direzione", 200), ("revisore", 200), ("contabilita", 200), ("dresano", 403)):
        someone = person(name)
        assert someone.get("/admin/albo/").status_code == read, name
        write = 200 if name == "direzione" else 403
        for page in (f"/admin/albo/pubblica/?id={waits}", f"/admin/albo/approva/?id={entry}"):
            assert someone.get(page).status_code == write, (name, page)
            assert write == 200 or someone.post(page).status_code == 403


def test_a_municipality_chooses_sees_a_suspension_at_once_and_ends_the_choice(register, person, somebody):
    entry = register.publish("Aurora", provider="Cooperativa Ponte")
    clerk = person("dresano")
    page = clerk.get("/admin/gestori-scelti/new/").text
    assert "non dà da solo diritto a lavorare" in page and "Aurora, Cooperativa Ponte" in page
    answer = choose(clerk, register, entry)
    assert answer.status_code == 302, answer.text
    record = answer.location
    assert "n. 14/2026 del 20/02/2026" in clerk.get(record).text
    home = clerk.get("/admin/").text
    assert "I gestori scelti dall" in home and "Aurora" in home

    register.becomes(entry, "suspended", date(2026, 3, 2), "Sospensione n. 3 del 27/02/2026")
    told = "Accreditamento sospeso dal 02/03/2026: Sospensione n. 3 del 27/02/2026."
    service = f"/admin/servizi/details/?id={register.service('school_support')}"
    for address in ("/admin/", record, service, "/albo/aurora-1"):
        assert told in clerk.get(address).text, address
    assert "Il gestore scelto è sospeso dal 02/03/2026" in clerk.get("/admin/").text
    assert "Sospesa" in clerk.get("/admin/gestori-scelti/").text

    with register.house.session() as session:
        key = session.scalars(select(ProviderChoice.id)).one()
    page = f"/admin/gestori-scelti/concludi/?id={key}"
    refused = clerk.post(page, {**clerk.fields(page), "ended_why": ""}, page=page)
    assert "Questo dato è necessario" in refused.text
    done = clerk.post(page, {**clerk.fields(page), "ended_on": "2026-03-02", "ended_why": "Sospensione"}, page=page,
                      follow_redirects=True)
    assert "La scelta è conclusa" in done.text and "Concludi la scelta" not in done.text


def test_another_municipality_sees_nothing_of_it(register, person):
    entry = register.publish("Aurora")
    answer = choose(person("dresano"), register, entry)
    other = person("melegnano")
    assert other.get(answer.location).status_code == 404
    assert "14/2026" not in other.get("/admin/gestori-scelti/").text
    service = other.get(f"/admin/servizi/details/?id={register.service('school_support')}").text
    assert "Aurora" in service, "the register is everybody's"
    assert "Dresano</span>" not in service.split("Chi lo eroga")[1].split("</table>")[0].replace(
        "Dresano</span></td>\n    <td data-label=\"Scelta da\"", "")  # the town where it stands is public
    with register.house.session() as session:
        key = session.scalars(select(ProviderChoice.id)).one()
    assert other.get(f"/admin/gestori-scelti/concludi/?id={key}").status_code == 404
    forged = choose(other, register, entry, municipality_id=register.house.id_of("dresano"))
    assert forged.status_code in (200, 404)
    with register.house.session() as session:
        assert len(session.scalars(select(ProviderChoice)).all()) == 1


def test_a_unit_suspended_while_the_form_lay_open_is_refused_with_the_day_and_nothing_typed_is_lost(register, person):
    entry, clerk = register.publish("Aurora"), person("dresano")
    page = "/admin/gestori-scelti/new/"
    form = {**clerk.fields(page), "service_id": register.service("school_support"), "entry_id": entry,
            "contract_number": "14/2026", "contract_date": "2026-02-20", "note": "Dopo il bando"}
    register.becomes(entry, "suspended", date(2026, 3, 2), "Sospensione n. 3")
    assert "Aurora" not in clerk.get(page).text, "it is not offered any more"
    refused = clerk.post(page, form, page=page)
    assert "è sospesa e il 02/03/2026 non si può scegliere" in refused.text
    assert "Dopo il bando" in refused.text and 'value="14/2026"' in refused.text


def test_the_provider_reads_who_chose_it_and_its_own_tariffs(register, person, provider):
    entry, other = register.publish("Aurora"), register.publish("Bussola")
    choose(person("dresano"), register, entry)
    add_tariff(person("direzione"), register, entry)
    add_tariff(person("direzione"), register, other)
    someone = provider(register.entry(entry))
    listed = someone.get("/admin/gestori-scelti/").text
    assert "Comuni che ci hanno scelto" in listed and "Dresano" in listed
    assert someone.get("/admin/gestori-scelti/new/").status_code == 403
    tariffs = someone.get("/admin/tariffe/").text
    assert "Aurora" in tariffs and "Bussola" not in tariffs and "Nuova tariffa" not in tariffs


def add_tariff(someone, register, entry_id: int, **changed: object):
    """Fill in the form of a tariff."""
    page = "/admin/tariffe/new/"
    return someone.post(page, {"unit_id": register.entry(entry_id).unit_id, "measure": "hour", "amount": "21,50",
                               "service_id": register.service("school_support"), "valid_from": "2026-01-01",
                               "valid_to": "", "source": "Patto, art. 9", **changed}, page=page)


def test_tariffs_are_entered_read_by_municipalities_and_taken_away(register, person, unit_of_accreditation):
    entry = register.publish("Aurora", town="melegnano")
    assert add_tariff(unit_of_accreditation, register, entry).status_code == 302
    for changed, words in (({"amount": "-1"}, "negativa"), ({"amount": "21,505"}, "due decimali"),
                           ({}, "vale già la tariffa che comincia il 01/01/2026")):  # fmt: skip
        refused = add_tariff(unit_of_accreditation, register, entry, **changed)
        assert refused.status_code == 200 and words in refused.text
    clerk = person("dresano")
    listed = clerk.get("/admin/tariffe/?search=aurora&periodo=1").text
    assert "€ 21,50 per ora" in listed and "dal 01/01/2026" in listed and "Togli:" not in listed
    book = clerk.get("/admin/tariffe/esporta.xlsx?search=aurora")
    [_head, row] = openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows(values_only=True)
    assert row[:5] == ("Aurora", "Cooperativa Aurora", row[2], 21.5, "ora")
    assert clerk.get("/admin/tariffe/new/").status_code == 403
    assert clerk.get("/admin/tariffe/esporta.pdf").status_code == 404
    with register.house.session() as session:
        key = session.scalars(select(Tariff.id)).one()
    page = f"/admin/tariffe/edit/?id={key}"
    form = {**unit_of_accreditation.fields(page), "valid_to": "2026-12-31"}
    assert unit_of_accreditation.post(page, form, page=page).status_code == 302
    assert "Togli:" in unit_of_accreditation.get("/admin/tariffe/").text
    page = f"/admin/tariffe/delete/?id={key}"
    assert unit_of_accreditation.post(page, page=page).status_code == 302
    assert "Nessuna tariffa" in clerk.get("/admin/tariffe/").text


def test_a_municipality_reads_the_tariff_of_a_unit_whose_live_record_it_does_not_see(register, person):
    entry = register.publish("Aurora", town="melegnano")
    add_tariff(person("direzione"), register, entry)
    clerk = person("dresano")
    assert "Aurora" in clerk.get("/admin/tariffe/").text
    with register.house.session() as session:
        assert session.get(ServiceUnit, register.entry(entry).unit_id).municipality_id == register.house.id_of(
            "melegnano")


def test_the_menu_leads_each_to_their_own(register, person):
    assert "Gestori scelti" in person("dresano").get("/admin/pagine/").text
    assert "/admin/albo/" not in person("dresano").get("/admin/pagine/").text
    assert "/admin/albo/" in person("direzione").get("/admin/pagine/").text


@pytest.mark.parametrize("address", ["/admin/albo/", "/admin/tariffe/", "/admin/gestori-scelti/",
                                     "/admin/tariffe/esporta.csv"])
def test_nonsense_in_the_addresses_of_the_office_is_no_crash(register, person, address):
    register.publish("Aurora")
    someone = person("direzione")
    for word in ("%00", "'\"><b>", "99999999999999999999", "-1", "à"):
        query = "&".join(f"{name}={word}" for name in ("search", "page", "sort", "stato", "sezione", "modifiche",
                                                       "servizio", "periodo", "id"))
        assert someone.get(f"{address}?{query}").status_code == 200, word
