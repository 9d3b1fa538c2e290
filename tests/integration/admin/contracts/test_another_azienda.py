"""Another azienda is configured, not programmed: four quarterly advances of 25 %, tacit renewal for ten years with two
years' notice, other penalties and arbitrators, and three municipalities with a union in one contract."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from io import BytesIO

import lxml.html
import pytest
from sqlalchemy import select

from core.allocation.model import YearShare
from core.contracts import life
from core.contracts import rules as contract_rules
from core.contracts.model import Contract, ContractTerms
from core.contracts.operations import generate_document
from core.contracts.states import ContractState
from core.documents.wordfile import plain, read_text
from core.ground.access import Principal
from core.ground.files import Upload
from core.instalments import operations as instalments
from core.instalments.model import Instalment
from core.instalments.shares import set_figure
from core.parties.model import BankAccount, Municipality
from tests import factories
from tests.integration.admin.browser import Person
from tests.integration.admin.house import House
from tests.integration.contracts.making import approve_all, text_to_sign

UNION = "Unione dei Comuni Colli del Lambro"
QUARTERS = ("31/03", "30/06", "30/09", "31/12")
TERMS = {
    "title": "Condizioni dell'Azienda Colli", "valid_from": "2027-01-01", "legal_source": "Delibera 9/2026",
    "duration_months": "120", "tacit_renewal": "y", "tacit_renewal_months": "120", "notice_months": "24",
    "renewal_assessment_months": "30", "renewal_direction": "before", "continuity_months": "9",
    "share_criteria": "popolazione residente", "extra_projects_month": "10", "reply_days": "20",
    "penalty_min": "250", "penalty_max": "8.000,00", "penalty_payment_days": "45", "arbitration": "y",
    "arbitrators": "5", "court": "Lodi", "registration_cost": "shared", "own_charter_months": "12",
    "account_notice_days": "7", "roll_policy": "saturday", "interest": "legal", "interest_points": "2",
    "bands__0__kind": "ritardo", "bands__0__minimum": "250", "bands__0__maximum": "2.000,00",
    "bands__0__description": "ritardi nei servizi",
    "bands__1__kind": "danno", "bands__1__minimum": "2000", "bands__1__maximum": "8000",
    "bands__1__description": "danni agli utenti",
    "plan__4__title": "Conguaglio", "plan__4__kind": "balance", "plan__4__event": "accounts_approved",
}


def enter_terms(screen: Person) -> None:
    """The terms of the other azienda, typed into the empty form."""
    rows = {f"plan__{n}__{name}": value for n, day in enumerate(QUARTERS) for name, value in (
        ("title", f"Rata {n + 1}"), ("kind", "advance"), ("percent", "25"), ("due", day),
        ("base", "previous_year_or_approved_budget"))}
    screen.open("/admin/condizioni/new/")
    screen.send(**TERMS, **rows)
    assert "Vale per i contratti che decorrono dal 01/01/2027" in screen.text()


def enter_union(screen: Person) -> int:
    """The union, who signs for it, and the Zone Plan of the years to come."""
    screen.open("/admin/comuni/new/")
    screen.send(name=UNION, form="unione", tax_code=factories.body_tax_code(), address="via dei Colli 1",
                postal_code="20070", city="Dresano", province="MI")
    key = int(screen.query.removeprefix("id="))
    screen.open(f"/admin/firmatari/new/?party_id={key}")
    screen.send(given_name="Maria", family_name="Rossi", sex="F", birth_place="Roma", birth_date="1980-01-01",
                tax_code="RSSMRA80A41H501Y", role="Presidente", valid_from="2026-01-01")
    screen.open("/admin/piani-di-zona/new/")
    screen.send(title="Piano di Zona", ordinal="9", first_year="2028", last_year="2030", agreement_date="2027-12-01",
                budget_article="8")
    assert "Piano di Zona 2028-2030" in screen.text()
    return key


def draft_together(screen: Person, house: House, union: int) -> int:
    """One contract for three municipalities and the union, from the first of January 2028; its end is not typed."""
    with house.session() as session:
        slugs = Municipality.slug.in_(("colturano", "dresano", "melegnano"))
        members = [*session.scalars(select(Municipality.id).where(slugs)), union]
        terms = session.scalars(select(ContractTerms.id).where(ContractTerms.title == TERMS["title"])).one()
    screen.open("/admin/contratti/bozza/")
    screen.send(municipality=[str(key) for key in members], starts_on="2028-01-01", ends_on="", terms_id=str(terms))
    ticked = screen.fields().getlist("services")
    offered = lxml.html.fromstring(screen.page).xpath("//input[@name='services']/@value")
    own = [value for value in offered if value.startswith(f"{union}-")][:3]
    screen.send(services=[*ticked, *own], go="next")
    return house.last(Contract)


def text_of(screen: Person, key: int) -> str:
    """Generate the document and read it."""
    screen.open(f"/admin/contratti/bozza/{key}/preview/")
    screen.send()
    assert "Generata la versione n. 1" in screen.text()
    [link] = lxml.html.fromstring(screen.page).xpath("//a[contains(@href, '/contratti/download/')]/@href")[:1]
    return "\n".join(map(plain, read_text(BytesIO(screen.get(link).data).getvalue())))


@pytest.fixture
def contract(house: House, manager_screen: Person) -> tuple[int, str]:
    """The contract of the other azienda, and its text."""
    enter_terms(manager_screen)
    key = draft_together(manager_screen, house, enter_union(manager_screen))
    return key, text_of(manager_screen, key)


def test_the_contract_says_the_terms_of_the_other_azienda(house: House, contract: tuple[int, str]) -> None:
    key, said = contract
    with house.session() as session:
        row = session.require(Contract, key)
        assert (row.starts_on, row.ends_on) == (date(2028, 1, 1), date(2037, 12, 31)), "ten years, as the terms fix"
        assert [party.capacity for party in row.parties] == ["azienda", "comune", "comune", "comune", "unione"]
    for words in (
        UNION, "Comune di Melegnano", "Rata 1", "Rata 4", "entro il 31 marzo", "entro il 31 dicembre", "Conguaglio",
        "Alla scadenza si rinnova tacitamente per dieci anni, salvo disdetta comunicata almeno due anni prima.",
        "nove mesi dopo la scadenza", "20 (venti) giorni", "€ 250,00", "€ 8.000,00", "Danni agli utenti",
        "un collegio di cinque arbitri: l'Azienda da un lato e gli Enti dall'altro ne nominano due ciascuno",
        "le spese di registrazione sono divise in parti uguali", "Foro di Lodi", "gli interessi legali",
        "aumentati di 2 punti percentuali", "di sabato o in un giorno festivo",
    ):
        assert words in said, words
    assert said.count("25%") == 4
    for gone in ("31 luglio", "50%", "40%", "€ 5.000,00", "tre arbitri", "Non si rinnova tacitamente"):
        assert gone not in said, gone


def sign(house: House, manager: Principal, key: int) -> list[int]:
    """Every body approves by its own act, then all sign; the ids of the bodies."""
    day = date(2027, 12, 10)
    with house.unit("prova", manager) as session:
        factories.write_missing_sheets(session)
        generate_document(session, key, registry=house.registry, today=day)
        life.submit(session, key, version=None, today=day)
        bodies = [party.party_id for party in session.require(Contract, key).municipality_parties]
        approve_all(session, session.require(Contract, key), day)
    with house.unit("prova", manager) as session:
        for party in session.require(Contract, key).municipality_parties:  # the union gives what it had left blank
            union = session.require(Municipality, party.party_id)
            union.mission, union.principles = union.mission or "Aiutare insieme.", union.principles or "Equità."
            union.relations = union.relations or "Un incontro all'anno."
            if not union.accounts:
                union.accounts.append(factories.filled(BankAccount, iban="IT81M0999933600000000202699"))
    with house.unit("prova", manager) as session:
        text_to_sign(session, house.registry, session.require(Contract, key), by_hand=True)
    with house.unit("prova", manager) as session:
        life.sign(session, key, signed_on=date(2027, 12, 20), signed_at=time(10, 30), place="Lodi",
                  file=Upload("contratto.pdf", b"%PDF-1.7 firmato"), by_hand=True, version=None,
                  today=date(2027, 12, 20))
    return bodies


def test_its_four_quarters_and_balance_make_the_share_of_each_body(
    house: House, contract: tuple[int, str], manager: Principal
) -> None:
    key, bodies = contract[0], sign(house, manager, contract[0])
    january, final = date(2028, 1, 10), {body: Decimal(100_000) + body for body in bodies}
    with house.unit("prova", manager) as session:
        for body in bodies:
            set_figure(session, body, 2028, kind="previous", amount=Decimal("90000.01"), agreed_on=january,
                       note="accordo di avvio", today=january)
        made = instalments.plan_year(session, key, 2028, today=january)
        assert len(made) == 4 * 5
    with house.unit("prova", manager) as session:
        session.add_all(YearShare(municipality_id=body, year=2028, kind="final", amount=final[body], origin="typed",
                                  approved_on=date(2029, 5, 2)) for body in bodies)
        session.flush()
        instalments.refresh(session, 2028, today=date(2029, 5, 3))
    with house.session() as session:
        for body in bodies:
            rows = session.scalars(select(Instalment).where(
                Instalment.municipality_id == body, Instalment.contract_id == key).order_by(Instalment.number)).all()
            assert [row.title for row in rows] == ["Rata 1", "Rata 2", "Rata 3", "Rata 4", "Conguaglio"]
            assert [row.amount for row in rows[:4]] == [Decimal("22500.00")] * 4
            assert sum(row.amount for row in rows) == final[body]
            assert [row.nominal for row in rows] == [date(2028, 3, 31), date(2028, 6, 30), date(2028, 9, 30),
                                                     date(2028, 12, 31), date(2029, 5, 2)]
            # Saturdays move too: 30 September 2028 is one, 31 December a Sunday before New Year's Day
            assert [row.effective for row in rows[2:4]] == [date(2028, 10, 2), date(2029, 1, 2)]


def test_without_a_notice_two_years_before_it_goes_on_for_ten_years(
    house: House, contract: tuple[int, str], manager: Principal
) -> None:
    key = contract[0]
    sign(house, manager, key)
    with house.session() as session:
        assert contract_rules.notice_by(session.require(Contract, key)) == date(2035, 12, 31)
    for day in (date(2028, 1, 1), date(2038, 1, 1)):
        with house.unit("prova", manager) as session:
            life.advance(session, day)
    with house.session() as session:
        row = session.require(Contract, key)
        assert (row.state, row.ends_on, row.runs_to) == (
            ContractState.EXTENDED, date(2037, 12, 31), date(2047, 12, 31))
