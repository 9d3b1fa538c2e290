"""How a service is managed, what stays with a municipality, whose place a service took: on their pages."""

from __future__ import annotations

from sqlalchemy import select

from core.catalogue.model import Service, ServiceSuccession
from core.contracts.model import KeptService, ZonePlan
from core.parties.model import Municipality
from tests.integration.admin.house import House


def keys(house: House, code: str) -> tuple[int, int, int]:
    """A service, the plan of today, Dresano."""
    with house.session() as session:
        service = session.scalars(select(Service.id).where(Service.code == code)).one()
        plan = session.scalars(select(ZonePlan.id).order_by(ZonePlan.first_year.desc())).first()
        town = session.scalars(select(Municipality.id).where(Municipality.slug == "dresano")).one()
    assert plan is not None
    return service, plan, town


def test_direct_management_asks_for_the_act_and_the_remark_goes_with_it(house: House) -> None:
    service, _plan, _town = keys(house, "access_desk")
    screen, page = house.person("direzione"), f"/admin/servizi/details/?id={service}"
    edit = f"/admin/servizi/edit/?id={service}"
    screen.fill(edit, essential_level="", essential_number="n. 12")
    assert "segnare anche «Livello essenziale»" in screen.text()
    screen.fill(edit, management_form="direct", essential_level="y", essential_number="")
    assert "manca l'atto che lo dichiara" in screen.read(page)
    assert f"/admin/servizi/edit/?id={service}" in screen.page and "#campo-essential_number" in screen.page
    screen.fill(edit, essential_number="n. 12", essential_on="2024-03-15", essential_body_id="1")
    assert "manca l'atto che lo dichiara" not in screen.read(page) and "15/03/2024" in screen.text()


def test_a_plan_lists_what_stays_with_a_municipality_and_its_contract_says_it(house: House) -> None:
    service, plan, town = keys(house, "access_desk")
    screen = house.person("direzione")
    new = f"/admin/servizi-in-economia/new/?zone_plan_id={plan}"
    screen.fill(new, municipality_id=str(town), service_id=str(service), article=" ")
    assert house.count(KeptService) == 0
    screen.fill(new, municipality_id=str(town), service_id=str(service), article="art. 7")
    assert screen.url == "/admin/piani-di-zona/details/"
    assert "Dresano" in screen.text() and "art. 7" in screen.text()
    contract = f"/admin/contratti/details/?id={house.contract_of('dresano')}"
    assert "che lo gestisce in economia, e il contratto lo conferisce" in screen.read(contract)
    other = house.person("melegnano")
    assert "art. 7" not in other.read(f"/admin/piani-di-zona/details/?id={plan}")
    assert other.get(new).status_code == 403
    assert "art. 7" in house.person("dresano").read(f"/admin/piani-di-zona/details/?id={plan}")


def test_a_service_says_whose_place_it_took_on_both_pages(house: House) -> None:
    service, _plan, _town = keys(house, "access_desk")
    before, _plan, _town = keys(house, "legal_protection")
    screen = house.person("direzione")
    screen.fill(f"/admin/servizi-che-si-succedono/new/?service_id={service}", predecessor_id=str(before), reason=" ")
    assert house.count(ServiceSuccession) == 0
    screen.fill(f"/admin/servizi-che-si-succedono/new/?service_id={service}", predecessor_id=str(before),
                reason="Ascolta soltanto.")
    assert screen.url == "/admin/servizi/details/" and "Ascolta soltanto." in screen.text()
    assert "Non è scritto da quale giorno" in screen.text()
    assert "Ascolta soltanto." in screen.read(f"/admin/servizi/details/?id={before}")
    assert "Ha preso il posto di un altro" not in house.person("dresano").read(f"/admin/servizi/details/?id={service}")
