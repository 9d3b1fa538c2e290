"""The terms of a contract at the screen: its first free day, its day of effect, no penalties, the sheet it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from admin.command import worker
from core.contracts.model import Contract, ContractTerms
from core.ground.access import Role
from tests.district import District
from tests.integration.admin.browser import Person
from tests.integration.admin.contracts.test_another_azienda import QUARTERS, TERMS
from tests.integration.admin.contracts.test_contents import RECORD, amend, drop_a_service, sign
from tests.integration.admin.house import House, invite
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, in_force
from tests.integration.contracts.test_leaving import joint


@pytest.fixture
def live(house: House, district: District) -> int:
    """Melegnano's contract, in force until the end of 2027."""
    def begin() -> int:
        with house.unit("prova", ACTOR) as session:
            return in_force(session, district, 5).id

    return house.reach("live", begin)


def newest(house: House) -> Contract:
    with house.session() as session:
        return session.scalars(select(Contract).order_by(Contract.id.desc()).limit(1)).one()


def test_a_new_contract_proposes_the_day_after_the_last_one_ends(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    screen.open("/admin/contratti/bozza/")
    assert "Liberi dal 01/01/2028: Carpiano, Cerro al Lambro, Colturano, Dresano, Melegnano" in screen.text()
    assert screen.fields()["starts_on"] == "2028-01-01", "it is the same for all"
    screen.send(municipality=[str(house.id_of("melegnano"))], starts_on="", ends_on="2030-12-31")
    assert "con decorrenza dal 01/01/2028" in screen.text()
    assert (newest(house).starts_on, newest(house).number, newest(house).year) == (date(2028, 1, 1), 1, 2028)
    screen.open(f"/admin/contratti/bozza/?comune={house.id_of('melegnano')}")
    assert screen.fields()["starts_on"] == "2031-01-01", "the draft holds its days too"
    screen.open("/admin/contratti/bozza/")
    assert screen.fields()["starts_on"] == "" and "Liberi dal 01/01/2031: Melegnano." in screen.text()


def test_a_contract_of_several_begins_when_all_are_free(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    for slugs, first in ((["melegnano"], date(2028, 1, 1)), (["melegnano", "dresano"], date(2031, 1, 1))):
        screen.open("/admin/contratti/bozza/")
        screen.send(municipality=[str(house.id_of(slug)) for slug in slugs], starts_on="", ends_on="2030-12-31"
                    if first.year == 2028 else "2031-12-31")
        assert newest(house).starts_on == first


def test_of_two_titles_that_of_the_last_contract_goes_on_and_else_one_is_chosen(
    house: House, manager_screen: Person
) -> None:
    screen = manager_screen
    with house.unit("prova", ACTOR) as session:
        terms = session.scalars(select(ContractTerms)).first()
        assert terms is not None
        columns = {c.key: getattr(terms, c.key) for c in ContractTerms.__table__.columns if c.key != "id"}
        session.add(ContractTerms(**{**columns, "title": "Ufficio di Piano", "valid_from": date(2027, 1, 1)}))
        title = terms.title
    screen.open("/admin/contratti/bozza/")
    screen.send(municipality=[str(house.id_of("melegnano"))], starts_on="2028-01-01", terms_id="")
    with house.session() as session:
        assert session.require(Contract, newest(house).id).terms.title == title
    screen.open("/admin/contratti/bozza/")
    screen.send(municipality=[str(house.id_of("pantigliate"))], starts_on="2028-01-01", terms_id="")
    assert "valgono condizioni con più titoli" in screen.text()


def test_an_amendment_waits_for_its_day_of_effect(house: House, live: int, manager_screen: Person,
                                                  district: District) -> None:
    screen = manager_screen
    screen.open(f"/admin/contratti/modifica/{live}/apri/")
    assert screen.fields()["effective_on"] == "2026-04-01", "the first of the month that comes"
    copy = amend(screen, live)
    screen.open(f"/admin/contratti/bozza/{copy}/terms/")
    screen.send(effective_on="2026-05-01", go="later")
    drop_a_service(screen, copy)
    sign(house, district, copy)
    screen.open(RECORD.format(key=copy))
    assert "la modifica ha effetto dal 01/05/2026, e quel giorno entra da sé nel contratto" in screen.text()
    assert "Recepisci la modifica" not in screen.text()
    screen.open(f"/admin/contratti/modifica/{copy}/recepisci/")
    screen.send()
    assert "ha effetto dal 01/05/2026: si recepisce da quel giorno" in screen.text()
    assert worker.run_once(replace(house.settings, today=date(2026, 5, 1)), house.database)
    assert "fatto il testo coordinato" in screen.read(RECORD.format(key=live)), "the night did it, and the diary tells"
    assert "Recepita: quanto diceva fa ora parte del contratto" in screen.read(RECORD.format(key=copy))
    screen.open(f"/admin/contratti/bozza/{house.contract_of('dresano')}/terms/")
    assert "effective_on" not in screen.fields(), "only an amendment has such a day"


def test_one_of_two_withdraws_and_the_page_says_who_goes_on(house: House, manager_screen: Person,
                                                            district: District) -> None:
    screen = manager_screen
    with house.unit("prova", ACTOR) as session:
        contract = joint(session, district)
        leaver = contract.municipality_parties[0]
        key, party, name = contract.id, leaver.party_id, leaver.party.name
    page = f"/admin/contratti/passaggio/?id={key}&atto=withdraw"
    facts = {"party_id": str(party), "body_kind": "council", "number": "9", "date": "2026-02-01",
             "why": "Riorganizzazione dei servizi", "received_on": "2026-02-03", "effective_on": "2026-10-01",
             "indemnity": "1.000,00"}
    screen.open(page)
    assert "quello dell'atto lascia il contratto con tutti i suoi servizi, gli altri continuano" in screen.text()
    screen.send(**facts)
    assert "Questo dato è necessario" in screen.text(), "the document of the act is asked for"
    screen.open(page)
    screen.send(**facts, file=(BytesIO(SIGNED_FILE), "delibera.pdf"))
    assert f"{name} lascia il contratto" in screen.text()
    assert "Parte fino al30/09/2026" in screen.text()
    assert "Recesso di un ente ricevuto il 03/02/2026: il contratto continua con gli altri." in screen.text()
    with house.unit("chi esce") as session:
        invite(session, "uscente", Role.MUNICIPALITY, municipality_ids=[party])
    leaving = house.person("uscente")
    said = leaving.read(RECORD.format(key=key))
    assert "In vigore fino al 31/12/2027." in said
    assert f"Per {name} il contratto finisce il 30/09/2026; gli altri enti continuano." in said
    with house.unit("passa il tempo") as session:
        session.get_one(Contract, key).municipality_parties[0].valid_to = date(2026, 2, 28)
    said = leaving.read(RECORD.format(key=key))
    assert f"Per {name} il contratto è finito il 28/02/2026; gli altri enti continuano." in said
    assert "In vigore fino al 31/12/2027." not in said, "for who left it is over"


def test_terms_without_penalties_are_typed_by_leaving_them_empty(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    rows = {f"plan__{n}__{name}": value for n, day in enumerate(QUARTERS) for name, value in (
        ("title", f"Rata {n + 1}"), ("kind", "advance"), ("percent", "25"), ("due", day), ("base", "budget"))}
    penalties = ("penalty", "bands__")
    typed = {key: value for key, value in TERMS.items() if not key.startswith(penalties)}
    screen.open("/admin/condizioni/new/")
    screen.send(**typed, **rows)
    assert "Queste condizioni non prevedono penali" in screen.text()
    with house.session() as session:
        made = session.scalars(select(ContractTerms).where(ContractTerms.title == TERMS["title"])).one()
        assert (made.bands, made.penalty_max, made.penalty_payment_days) == ([], 0, 0)


def test_the_sentence_that_blocks_the_signature_leads_to_the_sheet(house: House, manager_screen: Person) -> None:
    screen = manager_screen
    key = house.contract_of("dresano")
    screen.open(f"/admin/contratti/bozza/{key}/check/")
    assert "senza scheda il contratto non si firma" in screen.text()
    assert "il documento si può generare" in screen.text()
    with house.unit("prova") as session:
        session.require(Contract, key).state = "approved"
    screen.open(f"/admin/contratti/passaggio/?id={key}&atto=sign")
    screen.send(signed_on="2026-02-27", signed_at="10.30", by_hand="y", file=(BytesIO(SIGNED_FILE), "scan.pdf"))
    assert "Prima della firma mancano le schede operative di:" in screen.text()
    href = next(part.split('"')[0] for part in screen.page.split('href="') if part.startswith("/admin/schede/nuova/"))
    screen.open(href.replace("&amp;", "&"))
    screen.send(edition="2026")
    assert screen.url.startswith("/admin/schede/edit/")
    screen.send(mission="Accompagna chi ne ha bisogno.")
    assert "Edizione 2026" in screen.text() or screen.url.startswith("/admin/contratti/")


def test_the_own_text_is_complete_on_its_page(house: House, manager_screen: Person) -> None:
    key = house.contract_of("dresano")
    manager_screen.open(f"/admin/contratti/testo/{key}/completezza/")
    assert "I contenuti previsti ci sono tutti." in manager_screen.text()


def test_what_is_missing_links_to_its_field(house: House, manager_screen: Person) -> None:
    key = house.contract_of("dresano")
    with house.unit("prova", ACTOR) as session:
        contract = session.require(Contract, key)
        plan = contract.zone_plan
        assert plan is not None
        plan.agreement_date = None
        plan_id, municipality = plan.id, contract.municipality_parties[0].party
        municipality.mission = ""
        party_id = municipality.id
    manager_screen.open(f"/admin/contratti/bozza/{key}/check/")
    assert "il documento si può generare" in manager_screen.text(), "what a draft lacks is said, and stops nothing"
    assert f"/admin/piani-di-zona/edit/?id={plan_id}" in manager_screen.page
    assert "#campo-agreement_date" in manager_screen.page
    assert f"/admin/comuni/edit/?id={party_id}" in manager_screen.page and "#campo-mission" in manager_screen.page
