"""A body of the third sector on the pages: registered, in two capacities, and a contract drafted with it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.catalogue.model import Service
from core.catalogue.operations import set_coverage
from core.contracts.model import ContractTerms
from core.contracts.operations import draft
from core.parties import operations as parties
from core.parties.model import Municipality, PartyCapacity
from tests.factories import body_tax_code
from tests.integration.admin.house import TODAY, House


def test_a_foundation_is_registered_with_its_kind_and_its_number_and_lacks_what_a_contract_asks(house: House) -> None:
    screen = house.person("direzione")
    facts = {"name": "Fondazione Casa Aperta ETS", "tax_code": body_tax_code(), "address": "via Roma 1",
             "postal_code": "20077", "city": "Melegnano", "province": "MI", "connector": "di"}
    screen.fill("/admin/comuni/new/", **facts, form="public", runts="12")
    assert "Solo un ente del terzo settore è iscritto al RUNTS" in screen.text()
    screen.send(form="third_sector", runts="")
    key = house.last(Municipality)
    text = screen.read(f"/admin/comuni/details/?id={key}")
    assert "Ente del terzo settore" in text and "l'iscrizione al RUNTS" in text
    assert "la popolazione" not in text.split("mancano:")[1].split(".")[0] and "il codice ISTAT" not in text
    screen.fill(f"/admin/adesioni/new/?municipality_id={key}", valid_from="2026-01-01")
    assert "non può essere socio" in screen.text()
    assert "Fondazione Casa Aperta ETS" in screen.read("/admin/comuni/?tipo=third_sector")
    assert "Melegnano Sì" not in screen.text()


def test_a_foundation_pays_a_share_only_if_the_draft_says_so(house: House) -> None:
    screen = house.person("direzione")
    assert "non paga una quota, se non lo si dice al passo seguente" in screen.read("/admin/contratti/bozza/")
    with house.unit("ente") as session:
        made = parties.add_municipality(session, {
            "name": "Fondazione Casa Aperta ETS", "form": "third_sector", "tax_code": body_tax_code(),
            "connector": "di", "address": "via Roma 1", "postal_code": "20077", "city": "Melegnano", "province": "MI",
            "runts": "12"})
        session.flush()
        service = session.scalars(select(Service.id).where(Service.code == "access_desk")).one()
        set_coverage(session, service, made.id, date(2026, 7, 1), None)
        terms = session.scalars(select(ContractTerms.id)).first()
        contract = draft(session, [made.id], starts_on=date(2026, 7, 1), ends_on=date(2027, 12, 31), terms_id=terms,
                         today=TODAY)
        key, own = contract.id, made.id
    assert "Non prende parte al riparto dei costi" in screen.read(f"/admin/contratti/details/?id={key}")
    page = screen.read(f"/admin/contratti/bozza/{key}/services/")
    assert "Chi prende parte al riparto dei costi" in page and "la paga solo se lo si spunta qui" in page
    assert screen.send(paying=str(own)).status_code == 200 and screen.url.endswith("/terms/")
    assert "Non prende parte al riparto dei costi" not in screen.read(f"/admin/contratti/details/?id={key}")
    municipality = house.contract_of("dresano")
    assert "Chi prende parte al riparto" not in screen.read(f"/admin/contratti/bozza/{municipality}/services/")


def test_a_municipality_is_made_lead_body_from_its_own_page(house: House) -> None:
    screen = house.person("direzione")
    key = house.id_of("melegnano")
    assert "Capofila del distretto ed ente che accredita è l'azienda" in screen.read(f"/admin/comuni/details/?id={key}")
    screen.fill(f"/admin/vesti/new/?municipality_id={key}", kind="lead", valid_from="2025-01-01")
    assert screen.url == "/admin/comuni/details/" and "Capofila del distretto" in screen.text()
    other = house.id_of("dresano")
    screen.fill(f"/admin/vesti/new/?municipality_id={other}", kind="lead", valid_from="2026-01-01")
    assert "lo è già Melegnano" in screen.text() and house.count(PartyCapacity) == 1
    theirs = house.person("melegnano")
    assert "Capofila del distretto" in theirs.read(f"/admin/comuni/details/?id={key}")
    assert theirs.get(f"/admin/vesti/new/?municipality_id={key}").status_code == 403
    assert "Melegnano" not in house.person("dresano").read("/admin/vesti/").split("Vesti degli enti")[-1]
