"""The pages of an azienda that opens a second district, and of one that never does and is asked nothing."""

from __future__ import annotations

import pytest

from core.contracts.model import ServiceCharter, ZonePlan
from core.parties.model import District, DistrictMember
from tests.integration.admin.house import House

FIRST, SECOND = "Distretto Sociale Sud Est Milano", "Distretto dei Navigli"
ASKED = (("/admin/piani-di-zona/new/", "district_id"), ("/admin/carte/new/", "district_id"),
         ("/admin/organi/new/", "district_id"), ("/admin/servizi/new/", "cover_district_id"),
         ("/admin/adesioni/new/", "district_id"))
LISTS = ("/admin/comuni/", "/admin/contratti/", "/admin/piani-di-zona/", "/admin/carte/", "/admin/organi/")


@pytest.fixture
def two(house: House) -> House:
    """The demo district with another, in which Dresano lies from July."""
    screen = house.person("direzione")
    screen.fill("/admin/distretti/new/", name=SECOND, valid_from="2026-01-01")
    key = house.last(District)
    screen.fill(f"/admin/comuni-dei-distretti/new/?district_id={key}", municipality_id=house.id_of("dresano"),
                valid_from="2026-02-01")
    return house


def test_an_azienda_of_one_district_is_asked_nothing(house: House) -> None:
    screen = house.person("direzione")
    for page, field in ASKED:
        assert field not in screen.fields(page), page
    for page in LISTS:
        assert 'name="distretto"' not in screen.get(page).text, page
    screen.open("/admin/azienda/")
    key = screen.query.partition("=")[2]
    assert FIRST in screen.text()
    screen.fill(f"/admin/azienda/edit/?id={key}", district="Ambito Sud Est")
    assert "Modifiche registrate." in screen.text() and "Ambito Sud Est" in screen.text()
    screen.fill(f"/admin/azienda/edit/?id={key}", district=" ")
    assert "Modifiche registrate." not in screen.text()
    assert house.count(District) == 1


def test_a_second_district_is_opened_from_the_page_of_the_azienda(two: House) -> None:
    screen = two.person("direzione")
    screen.open("/admin/azienda/")
    assert f"{FIRST}, {SECOND}" in screen.text() and "Apri un altro distretto" in screen.text()
    assert screen.page.count("/admin/distretti/details/?id=") == 2
    assert "district" not in screen.fields(f"/admin/azienda/edit/?{screen.query}"), "each has a page of its own now"
    text = screen.read(f"/admin/distretti/details/?id={two.last(District)}")
    assert "In vigore Modifica Cambia il nome" in text
    assert "Porta qui un Comune Dresano Spostamenti registrati Dresano, dal 01/02/2026" in text
    assert "Ente capofila L'azienda." in text
    assert "Dresano" not in screen.read("/admin/distretti/details/?id=1").split("Spostamenti")[0].split("soci, oggi")[1]
    text = screen.read(f"/admin/comuni/details/?id={two.id_of('dresano')}")
    assert f"Oggi sta in {SECOND} ." in text or f"Oggi sta in {SECOND}." in text


def test_then_each_form_asks_which_and_each_list_is_filtered(two: House) -> None:
    screen, key = two.person("direzione"), two.last(District)
    for page, field in ASKED:
        assert field in screen.fields(page), page
    for page in LISTS:
        assert 'name="distretto"' in screen.get(page).text, page
    listed = screen.read(f"/admin/comuni/?distretto={key}")
    assert "1 voce" in listed and "Dresano" in listed
    assert "1 voce" in screen.read(f"/admin/contratti/?distretto={key}")
    assert "Nessuna voce" in screen.read(f"/admin/piani-di-zona/?distretto={key}")
    assert "Nessuna voce" not in screen.read("/admin/piani-di-zona/?distretto=1")
    assert screen.get("/admin/comuni/?distretto=999").status_code == 200
    plan = {"title": "Piano dei Navigli", "first_year": "2028", "last_year": "2030"}
    there = two.count(ZonePlan)
    screen.fill("/admin/piani-di-zona/new/", **plan)
    assert screen.url == "/admin/piani-di-zona/new/" and two.count(ZonePlan) == there
    screen.send(district_id=str(key))
    assert screen.url == "/admin/piani-di-zona/details/" and SECOND in screen.text()
    assert f"Piano dei Navigli 2028-2030 – {SECOND}" in screen.read("/admin/piani-di-zona/")
    screen.fill("/admin/carte/new/", title="Carta dei Navigli", owner="district", district_id=str(key),
                valid_from="2026-01-01")
    assert "È la Carta che i contratti nuovi richiamano, finché" in screen.text()
    assert two.last(ZonePlan) and f"Carta dei Navigli {SECOND}" in screen.read("/admin/carte/")
    assert "In vigore" in screen.read("/admin/carte/").split("Carta dei Navigli")[1].split("Carta")[0]
    assert two.count(ServiceCharter) == 2


def test_what_cannot_be_is_said_beside_its_field(two: House) -> None:
    screen, key = two.person("direzione"), two.last(District)
    for day, says in (("2025-01-01", "non è aperto il 01/01/2025"), ("2026-03-01", "Dresano sta già ne"),
                      ("2026-02-01", "Dresano passa già ne")):
        screen.fill("/admin/comuni-dei-distretti/new/", municipality_id=two.id_of("dresano"), district_id=key,
                    valid_from=day)
        assert says in screen.text(), day
    screen.fill("/admin/distretti/new/", name=SECOND.upper())
    assert "è già registrato" in screen.text()
    screen.fill(f"/admin/distretti/edit/?id={key}", valid_to="2026-06-30")
    assert "Dresano starebbe ancora nel Distretto dei Navigli" in screen.text()
    screen.fill(f"/admin/distretti/nome/?id={key}", name=SECOND, on="2027-01-01")
    assert "si chiama già così" in screen.text()
    screen.send(name="Distretto delle Acque", on="2027-01-01")
    assert "Il nuovo nome è registrato." in screen.text()
    assert "Distretto dei Navigli (fino al 31/12/2026)" in screen.text()
    move = two.last(DistrictMember)
    screen.fill(f"/admin/comuni-dei-distretti/delete/?id={move}")
    assert "Tolto." in screen.text() and two.count(DistrictMember) == 0


def test_a_municipality_reads_the_districts_and_no_other_municipality_in_them(two: House) -> None:
    theirs, key = two.person("melegnano"), two.last(District)
    text = theirs.read(f"/admin/distretti/details/?id={key}")
    assert SECOND in text and "Dresano" not in text.split("Distretti")[-1]
    assert "Porta qui" not in text and theirs.get("/admin/distretti/new/").status_code == 403
    assert theirs.get(f"/admin/comuni-dei-distretti/new/?district_id={key}").status_code == 403
    assert "Dresano" in two.person("dresano").read(f"/admin/distretti/details/?id={key}")
