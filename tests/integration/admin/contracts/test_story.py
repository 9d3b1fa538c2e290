"""From a municipality to a Word file, as the office does it; what was made stays."""

from __future__ import annotations

from io import BytesIO

import lxml.html
from sqlalchemy import select

from core.catalogue.model import OperationalSheet
from core.contracts.model import Contract, ContractDocument
from core.documents.wordfile import plain, read_text
from core.ground.files import sha256
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House
from tests.integration.admin.sheets import reopen

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def draft(screen: Person, house: House, *slugs: str, start: str = "2028-01-01", end: str = "2028-12-31") -> int:
    """A new contract through the first step; its id."""
    screen.open("/admin/contratti/bozza/")
    screen.send(municipality=[str(house.id_of(slug)) for slug in slugs], starts_on=start, ends_on=end)
    return house.last(Contract)


def document_of(house: House, contract_id: int, version: int) -> ContractDocument:
    with house.session() as session:
        row = session.scalars(select(ContractDocument).where(
            ContractDocument.contract_id == contract_id, ContractDocument.version_number == version)).one()
        assert row.document
        return row


def with_zone_plan(screen: Person, key: int) -> None:
    """The third step, with the plan that exists: it does not reach 2028, which is a remark and no refusal."""
    screen.open(f"/admin/contratti/bozza/{key}/terms/")
    plan = [o for o in lxml.html.fromstring(screen.page).xpath("//select[@id='zone_plan_id']/option") if o.get("value")]
    assert screen.send(zone_plan_id=plan[0].get("value"), go="next").status_code == 200
    assert screen.url.endswith("/check/")


def generate(screen: Person, key: int) -> None:
    screen.open(f"/admin/contratti/bozza/{key}/preview/")
    screen.send()


def test_a_contract_grows_from_five_steps_and_keeps_every_version(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    key = draft(screen, house, "melegnano")
    assert screen.url == f"/admin/contratti/bozza/{key}/services/"
    assert screen.fields().getlist("services"), "the services that cover Melegnano are ticked"

    screen.send(services=screen.fields().getlist("services")[1:], go="next")
    assert screen.url.endswith("/terms/")
    with_zone_plan(screen, key)
    assert "Non manca nulla di necessario" in screen.text()

    screen.open(f"/admin/contratti/bozza/{key}/preview/")
    assert "15 (quindici) giorni" in screen.text()
    assert "Art. 24-bis" in screen.text()
    screen.send()
    assert "Generata la versione n. 1" in screen.text()

    first = document_of(house, key, 1)
    answer = screen.get(f"/admin/contratti/download/?id={first.id}")
    text = "\n".join(map(plain, read_text(answer.data)))
    assert answer.headers["Content-Disposition"] == f"attachment; filename={first.document.file_name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == WORD
    assert "€ 5.000,00" in text
    assert "Comune di Melegnano" in text

    change_a_sheet(house, screen, "Il servizio costa dieci euro l'ora.")
    screen.open(f"/admin/contratti/details/?id={key}")
    assert "i dati sono cambiati dopo la versione n. 1" in screen.text()
    generate(screen, key)
    second = document_of(house, key, 2)
    newer = screen.get(f"/admin/contratti/download/?id={second.id}").data
    assert "dieci euro l'ora" in "\n".join(read_text(newer))
    again = screen.get(f"/admin/contratti/download/?id={first.id}").data
    assert sha256(again) == first.document.sha256, "the first version is still what it was"

    screen.open(f"/admin/contratti/upload/?id={key}")
    screen.send(file=(BytesIO(again), "contratto con osservazioni.docx"), note="Rinviato dal Comune: art. 9.")
    assert "versione n. 3, negoziata a mano" in screen.text()
    assert document_of(house, key, 3).origin == "negotiated"
    assert "Rinviato dal Comune: art. 9." in screen.text()


def change_a_sheet(house: House, screen: Person, cost: str) -> None:
    with house.session() as session:
        sheet = session.scalars(select(OperationalSheet.id).where(OperationalSheet.code == "planning_office")).one()
    reopen(screen, sheet)
    screen.open(f"/admin/schede/edit/?id={sheet}")
    assert screen.send(cost_to_user=cost).status_code == 200


def test_a_draft_waits_where_it_was_left(house: House, manager_screen: Person) -> None:
    key = draft(manager_screen, house, "melegnano")
    manager_screen.send(go="later")
    assert manager_screen.url == "/admin/contratti/details/"
    page = lxml.html.fromstring(manager_screen.page)
    assert page.xpath("//a[contains(., 'Continua la preparazione')]/@href") == [
        f"/admin/contratti/bozza/{key}/terms/"]


def test_generating_again_without_changes_makes_no_other_version(house: House, manager_screen: Person) -> None:
    key = draft(manager_screen, house, "melegnano")
    with_zone_plan(manager_screen, key)
    generate(manager_screen, key)
    generate(manager_screen, key)
    assert "I dati sono quelli della versione n. 1" in manager_screen.text()


def test_a_text_negotiated_by_hand_is_not_lost_unawares(house: House, manager_screen: Person) -> None:
    screen, key = manager_screen, draft(manager_screen, house, "melegnano")
    with_zone_plan(screen, key)
    generate(screen, key)
    text = screen.get(f"/admin/contratti/download/?id={document_of(house, key, 1).id}").data
    screen.open(f"/admin/contratti/upload/?id={key}")
    screen.send(file=(BytesIO(text), "ritorno.docx"))
    screen.open(f"/admin/contratti/bozza/{key}/preview/")
    assert "La versione n. 2 è stata negoziata a mano" in screen.text()


def test_two_municipalities_may_sign_one_contract(house: House, person: Enter) -> None:
    screen = person("direzione")
    key = draft(screen, house, "melegnano", "dresano")
    legends = lxml.html.fromstring(screen.page).xpath("//fieldset/legend/text()")
    assert legends == ["Melegnano", "Dresano"], "each chooses its own services"
    with_zone_plan(screen, key)
    generate(screen, key)
    clerk = person("dresano")
    clerk.open(f"/admin/contratti/details/?id={key}")
    assert "Melegnano" in clerk.text(), "who signs a contract may know with whom"
    for page in ("/admin/contratti/", "/admin/cerca/?q=Dresano"):
        assert clerk.open(page).text.count("1 altro ente") == 1


def test_a_service_that_does_not_cover_may_be_added_and_is_remarked(house: House, manager_screen: Person) -> None:
    key = draft(manager_screen, house, "melegnano")
    page = lxml.html.fromstring(manager_screen.page)
    every = page.xpath("//input[@name='services']/@value")
    manager_screen.send(services=every, go="next")
    manager_screen.open(f"/admin/contratti/bozza/{key}/check/")
    assert "non copre Melegnano" in manager_screen.text()


def test_a_cancelled_draft_keeps_its_number_and_frees_its_services(house: House, manager_screen: Person) -> None:
    key = draft(manager_screen, house, "melegnano")
    manager_screen.open(f"/admin/contratti/passaggio/?atto=cancel&id={key}")
    assert "resta assegnato e non si riusa" in manager_screen.text()
    manager_screen.send(why="Il Comune ha chiesto un periodo diverso.")
    assert "è annullato" in manager_screen.text()
    assert "Il Comune ha chiesto un periodo diverso." in manager_screen.text()
    assert draft(manager_screen, house, "melegnano") == key, "the same form on the same day: it asks first"
    assert "è già stato inviato" in manager_screen.text()
    manager_screen.send()
    other = house.last(Contract)
    with house.session() as session:
        assert session.require(Contract, other).number == session.require(Contract, key).number + 1
