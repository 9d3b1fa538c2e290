"""A municipality sees its own contracts and nothing of any other; who reads does not write."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.contracts.model import Contract, ContractDocument, ContractParty
from core.parties.model import Municipality
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

PAGES = ("details/?id={key}", "download/?id={document}")
WRITING = ("bozza/", "bozza/{key}/municipality/", "bozza/{key}/services/", "bozza/{key}/terms/", "bozza/{key}/check/",
           "bozza/{key}/preview/", "upload/?id={key}", "passaggio/?atto=cancel&id={key}")


def of(house: House, slug: str) -> dict[str, int]:
    """The contract of a municipality and its first document."""
    with house.session() as session:
        key = session.scalars(
            select(Contract.id).join(ContractParty).join(Municipality, Municipality.id == ContractParty.party_id)
            .where(Municipality.slug == slug)).one()
        document = session.scalars(select(ContractDocument.id).where(ContractDocument.contract_id == key)).one()
    return {"key": key, "document": document}


def test_a_municipality_reads_its_own_contract_and_its_document(house: House, person: Enter) -> None:
    clerk, own = person("melegnano"), of(house, "melegnano")
    assert clerk.open("/admin/contratti/").status_code == 200
    assert "1 voce" in clerk.text()
    assert "Melegnano" in clerk.text()
    assert "Dresano" not in clerk.text()
    clerk.open(f"/admin/contratti/details/?id={own['key']}")
    assert "Servizi e schede" in clerk.text()
    assert "Modifica la scheda" not in clerk.text()
    assert "Continua la preparazione" not in clerk.text()
    assert "da verificare" not in clerk.text(), "the office's remarks are the office's"
    assert clerk.open(f"/admin/contratti/download/?id={own['document']}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_another_municipality_s_contract_is_not_there(house: House, person: Enter, page: str) -> None:
    clerk, foreign = person("melegnano"), of(house, "dresano")
    assert clerk.open(f"/admin/contratti/{page.format(**foreign)}").status_code == 404


@pytest.mark.parametrize("query", ["search=Dresano", "comune={municipality}", "search=4/2026"])
def test_no_search_or_filter_reaches_another_municipality(house: House, person: Enter, query: str) -> None:
    with house.session() as session:
        dresano = session.scalars(select(Municipality.id).where(Municipality.slug == "dresano")).one()
    clerk = person("melegnano")
    answer = clerk.open(f"/admin/contratti/?{query.format(municipality=dresano)}")
    assert answer.status_code == 200
    assert f"id={of(house, 'dresano')['key']}\"" not in answer.text


@pytest.mark.parametrize("who", ["melegnano", "revisore", "contabilita"])
def test_who_reads_does_not_write(house: House, person: Enter, who: str) -> None:
    reader, own = person(who), of(house, "melegnano")
    assert reader.open(f"/admin/contratti/details/?id={own['key']}").status_code == 200
    for page in WRITING:
        address = f"/admin/contratti/{page.format(**own)}"
        assert reader.get(address).status_code == 403
        assert reader.post(address).status_code == 403


def test_the_auditor_reads_every_contract(house: House, person: Enter) -> None:
    auditor = person("revisore")
    auditor.open("/admin/contratti/")
    assert "8 voci" in auditor.text()
    for slug in ("melegnano", "dresano"):
        keys = of(house, slug)
        for page in PAGES:
            assert auditor.open(f"/admin/contratti/{page.format(**keys)}").status_code == 200


@pytest.mark.parametrize("page", ["", *PAGES, *WRITING])
def test_nobody_reads_without_logging_in(house: House, page: str) -> None:
    answer = house.app.test_client().get(f"/admin/contratti/{page.format(**of(house, 'melegnano'))}")
    assert answer.status_code == 302
    assert answer.location.startswith("/accesso/entra")
