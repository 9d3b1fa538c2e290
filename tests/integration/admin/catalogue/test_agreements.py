"""The owner of a function and the agreement with it, on the pages of the catalogue and of the contract."""

from __future__ import annotations

from sqlalchemy import select

from core.catalogue.model import Service, ServiceAgreement
from tests.integration.admin.house import House


def test_an_agreement_is_added_from_the_service_that_lacks_it_and_the_remark_goes(house: House) -> None:
    with house.session() as session:
        service = session.scalars(select(Service).where(Service.code == "sensory_school_support")).one()
        key, owner = service.id, service.function_owner_id
    screen = house.person("direzione")
    page = f"/admin/servizi/details/?id={key}"
    assert "non risulta un accordo in vigore" in screen.read(page)
    assert "Titolare della funzione" in screen.text() and "Città Metropolitana di Milano" in screen.text()
    contract = f"/admin/contratti/details/?id={house.contract_of('dresano')}"
    assert "non risulta un accordo in vigore" in screen.read(contract)
    new = f"/admin/accordi-dei-servizi/new/?service_id={key}"
    screen.fill(new, body_id=str(owner), title="Convenzione", valid_from="2026-01-01", valid_to="2025-01-01")
    assert "prima di cominciare" in screen.text() and house.count(ServiceAgreement) == 0
    screen.fill(new, body_id=str(owner), title="Convenzione n. 12", valid_from="2025-01-01", valid_to="2030-12-31")
    assert screen.url == "/admin/servizi/details/" and "Convenzione n. 12" in screen.text()
    assert "non risulta un accordo" not in screen.text() and "non risulta un accordo" not in screen.read(contract)
    screen.fill(f"/admin/accordi-dei-servizi/edit/?id={house.last(ServiceAgreement)}", valid_to="2024-01-01")
    assert "prima di cominciare" in screen.text()


def test_a_municipality_reads_the_agreement_and_does_not_write_it(house: House) -> None:
    screen = house.person("dresano")
    with house.session() as session:
        key = session.scalars(select(Service.id).where(Service.code == "sensory_school_support")).one()
    assert screen.get(f"/admin/servizi/details/?id={key}").status_code == 200
    assert "Aggiungi un accordo" not in screen.page
    assert screen.get(f"/admin/accordi-dei-servizi/new/?service_id={key}").status_code == 403
