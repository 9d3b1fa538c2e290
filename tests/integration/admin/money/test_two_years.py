"""Two whole years as the office plays them, by keys of other aziende: the budget of 2026 and its accounts, the budget
of 2027 within limits to the change, who joined and who left in between, the accounts of 2026 corrected when 2027 was
shared out already. What each pays is reckoned again by the model on one page, from the figures that are typed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core.allocation.model import AllocationGroup, AllocationPlan, ShareLine, YearShare
from core.catalogue.model import Service
from core.contracts.model import Conferral, Contract, ContractTerms
from core.contracts.operations import draft
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.documents.words import euro
from core.funding.model import Budget, FundingSource
from core.parties.model import Membership, Municipality, Population
from tests.integration.admin.browser import Person
from tests.integration.admin.house import House
from tests.proofs import share_model as model

NAMES = ("Carpiano", "Cerro al Lambro", "Colturano", "Dresano", "Melegnano", "Pantigliate", "San Donato Milanese",
         "San Zenone al Lambro", "Vizzolo Predabissi")
JOINS, LEAVES = "Pantigliate", "Dresano"
PEOPLE = {  # of each year, on the last day of the year before
    2026: dict(zip(NAMES, (4150, 5160, 2070, 3046, 18240, 5850, 32500, 4530, 3890), strict=True)),
    2027: dict(zip(NAMES, (4170, 5185, 2044, 3050, 18700, 5910, 32610, 4541, 3888), strict=True))}
CODES = {"Minori": "neutral_space", "Accesso": "access_desk", "Centri diurni": "disability_day_centres",
         "Tutele": "legal_protection"}
COSTS = {  # direct cost, and what lowers it
    "Minori": ("60000.00", "1000.00"), "Accesso": ("30000.00", ""), "Centri diurni": ("180000.00", "6400.00"),
    "Tutele": ("40000.00", "")}
QUOTAS = {"Cerro al Lambro": "4100.00", "Colturano": "2500.50", "Dresano": "2900.00", "Vizzolo Predabissi": "3300.25"}
DAYS_OF_USERS = {"Carpiano": 240, "Colturano": 118, "Dresano": 96, "Melegnano": 730, "San Donato Milanese": 1490}
FAMILIES = {"Carpiano": "1400.00", "Melegnano": "5000.00"}
SPARED, DEDUCTION = "Colturano", "250.00"
CAP, FLOOR = "6", "4"


class Office:
    """Accounting at the screen, on whatever day it is."""

    def __init__(self, house: House, screen: Person, calendar: pytest.MonkeyPatch) -> None:
        self.house, self.screen, self.calendar = house, screen, calendar
        self.ids = {name: self._of(Municipality, Municipality.name == name) for name in NAMES}
        self.services = {title: self._of(Service, Service.code == code) for title, code in CODES.items()}

    def _of(self, entity: type, condition: object) -> int:
        return self.house.last(entity, condition)

    def on(self, day: date) -> None:
        """Another day comes."""
        held = self.house.app.extensions["patto"]
        self.calendar.setitem(self.house.app.extensions, "patto",
                              replace(held, settings=replace(held.settings, today=day)))

    def send(self, url: str, **typed: object) -> str:
        """Fill in the form of an address and send it; the words of the page that follows."""
        self.screen.get(url)
        assert self.screen.send(**typed).status_code == 200
        return self.screen.text()

    def passage(self, of: str, key: int, atto: str, **typed: object) -> str:
        """A passage of a budget or a plan."""
        return self.send(f"/admin/{of}/passaggio/?atto={atto}&id={key}", **typed)

    def budget(self, year: int, stage: str, costs: Mapping[str, tuple[str, str]]) -> int:
        """A budget with its lines."""
        assert "Il bilancio è aperto" in self.send("/admin/bilanci/apri/", year=str(year), stage=stage)
        key = self.house.last(Budget)
        for title, (cost, less) in costs.items():
            self.lines(key, title, cost, less)
        return key

    def lines(self, budget: int, title: str, cost: str, less: str = "") -> None:
        """What a service costs: fees for the day centres, a fund for the others."""
        typed = {"lines-0-title": "Personale", "lines-0-kind": "direct_cost", "lines-0-amount": cost.replace(".", ",")}
        if less:
            kind = "user_fee" if title == "Centri diurni" else "source"
            typed |= {"lines-1-title": "Entrata", "lines-1-kind": kind, "lines-1-amount": less.replace(".", ",")}
            if kind == "source":
                typed["lines-1-source_id"] = str(self._of(FundingSource, FundingSource.code == "fsr"))
        assert "Le voci sono registrate" in self.send(
            f"/admin/bilanci/voci/?id={budget}&servizio={self.services[title]}", **typed)

    def approve(self, budget: int, plan: int, number: str, on: date) -> str:
        """The assembly approves both on one day."""
        said = {"number": number, "on": on.isoformat(), "votes_for": "7", "votes_against": "0", "votes_abstained": "1"}
        assert "Il bilancio è approvato" in self.passage("bilanci", budget, "approve", **said)
        page = self.passage("riparto", plan, "approve", **said)
        assert "Il piano di riparto è approvato" in page, page
        return page

    def plan(self, budget: int, copy_from: int | None = None) -> int:
        """A plan, empty or like another."""
        assert "Il piano è aperto" in self.send(f"/admin/riparto/apri/?budget={budget}",
                                                copy_from=str(copy_from or ""))
        return self.house.last(AllocationPlan)

    def group(self, plan: int, title: str, typed: Mapping[str, object], *, steps: int = 1) -> str:
        """A group, typed in as its page asks for it: the keys first, then what each of them wants."""
        held = self.house.last(AllocationGroup, AllocationGroup.plan_id == plan, AllocationGroup.title == title)
        url = f"/admin/riparto/gruppo/?id={plan}" + (f"&gruppo={held}" if held else "")
        self.screen.get(url)
        kinds = {name: value for name, value in typed.items() if name.endswith("-kind")}
        for _more in range(steps):
            self.screen.send(more="1", **kinds)
        assert self.screen.send(title=title, service_ids=str(self.services[title]), **typed).status_code == 200
        page = self.screen.text()
        assert "Il gruppo è registrato" in page, page
        return page

    def shares(self, plan: int) -> dict[str, int]:
        """Cents by municipality, of an approved plan: its lines make them, and the letter says them."""
        with self.house.session() as session:
            names = {key: name for name, key in self.ids.items()}
            rows = session.scalars(select(YearShare).where(YearShare.plan_id == plan)).all()
            lines: dict[int, Any] = dict(session.execute(select(
                ShareLine.municipality_id, func.sum(ShareLine.amount)).where(ShareLine.plan_id == plan).group_by(
                ShareLine.municipality_id)).all())
            for row in rows:
                assert lines.get(row.municipality_id, 0) == row.amount
                if row.document_id is not None:
                    path = session.require(Document, row.document_id).path
                    text = "\n".join(read_text(self.house.database.files.get(path)))
                    assert euro(row.amount) in text.replace("\N{NO-BREAK SPACE}", " ")
            return {names[row.municipality_id]: int(row.amount * 100) for row in rows if row.amount}


@pytest.fixture
def desk(house: House, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office, with the residents of both years known."""
    made = Office(house, house.person("contabilita"), monkeypatch)
    with house.unit("popolazione") as session:
        for year, people in PEOPLE.items():
            session.add_all(Population(municipality_id=made.ids[name], on=date(year - 1, 12, 31), residents=count,
                                       source="ISTAT") for name, count in people.items())
    return made


def keys(desk: Office, year: int, users: Mapping[str, int]) -> dict[str, dict[str, object]]:
    """What is typed in for each group."""
    on = f"{year - 1}-12-31"
    return {
        "Minori": {
            "keys-0-kind": "rate", "keys-0-on": on, "keys-0-banding": "whole", "keys-0-bands-0-up_to": "5.000",
            "keys-0-bands-0-value": "0,40", "keys-0-bands-1-value": "0,25",
            "keys-1-kind": "residents", "keys-1-weight": "60", "keys-1-on": on, "keys-2-kind": "equal",
            "keys-2-weight": "40"},
        "Accesso": {
            "keys-0-kind": "steps", "keys-0-steps": "5", "keys-0-step": str(year - 2024),
            **{f"valore-0-{desk.ids[name]}": amount.replace(".", ",") for name, amount in QUOTAS.items()
               if year == 2026 or name != LEAVES},
            "keys-1-kind": "residents", "keys-1-weight": "100", "keys-1-on": on, "keys-1-banding": "marginal",
            "keys-1-bands-0-up_to": "3.000", "keys-1-bands-0-value": "1,2", "keys-1-bands-1-value": "1",
            "deductions-0-municipality_id": str(desk.ids[SPARED]), "deductions-0-amount": DEDUCTION.replace(".", ","),
            "deductions-0-why": "Lo sportello è in una sede del Comune"},
        "Centri diurni": {
            "keys-0-kind": "daily_fee", "keys-0-rate": "45,50", "keys-0-families_pay": "azienda",
            **{f"valore-0-{desk.ids[name]}": str(count) for name, count in users.items()},
            **{f"recupero-0-{desk.ids[name]}": paid.replace(".", ",") for name, paid in FAMILIES.items()},
            "keys-1-kind": "solidarity", "keys-1-weight": "100", "keys-1-on": on},
        "Tutele": {"keys-0-kind": "rate", "keys-0-rate": "0,35", "keys-0-on": on},
    }


def by_model(
    desk: Office, year: int, costs: Mapping[str, tuple[str, str]], users: Mapping[str, int], days: Mapping[str, int],
    step: int | None = None,
) -> dict[str, int]:
    """The cents of each by the model, without limits: of who confers a service, for the days that are said here."""
    people = {name: str(count) for name, count in PEOPLE[year].items()}
    bands = [{"up_to": 5000, "value": "0.40"}, {"value": "0.25"}]
    of = {title: conferring(desk, title) & days.keys() for title in CODES}
    everybody = [name for name in NAMES if any(name in who for who in of.values())]

    def case(title: str, *keys: dict[str, Any], who: Any = None, **more: Any) -> dict[str, int]:
        listed = [name for name in NAMES if name in (of[title] if who is None else who)]
        cost, less = costs[title]
        total = (model.cents(cost) - model.cents(less or "0")) / 100
        return model.shares({"total": f"{total:.2f}", "parties": listed, "days": days, "keys": list(keys), **more})

    quotas = {name: amount for name, amount in QUOTAS.items() if name in of["Accesso"]}
    found = (
        case("Minori", {"kind": "rate", "values": people, "bands": bands},
             {"kind": "residents", "weight": "0.6", "values": people}, {"kind": "equal", "weight": "0.4"}),
        case("Accesso", {"kind": "steps", "steps": 5, "step": step or year - 2024, "values": quotas},
             {"kind": "residents", "weight": "1", "values": people, "banding": "marginal",
              "bands": [{"up_to": 3000, "value": "1.2"}, {"value": "1"}]},
             deductions=[{"party": SPARED, "amount": DEDUCTION, "why": "sede"}]),
        case("Centri diurni", {"kind": "daily_fee", "rate": "45.50", "recovery": FAMILIES,
                               "values": {name: str(count) for name, count in users.items()}},
             {"kind": "solidarity", "weight": "1", "values": people}, who=everybody),
        case("Tutele", {"kind": "rate", "rate": "0.35", "values": people}))
    return {name: sum(part.get(name, 0) for part in found) for name in everybody}


def conferring(desk: Office, title: str) -> set[str]:
    """Who has the service in a contract."""
    held = select(Municipality.name).join(Conferral, Conferral.municipality_id == Municipality.id)
    with desk.house.session() as session:
        return set(session.scalars(held.where(Conferral.service_id == desk.services[title])))


def euros(amount: int) -> str:
    """Cents as the model reads them."""
    return f"{amount // 100}.{amount % 100:02}"


def limited(owed: Mapping[str, int], before: Mapping[str, int], *free: str) -> dict[str, int]:
    """The same within the limits, for those whom they bind."""
    bound = {name: euros(amount) for name, amount in before.items() if name in owed and name not in free}
    return model.within(owed, {"cap": CAP, "floor": FLOOR, "previous": bound})


def one_joins_and_one_leaves(desk: Office) -> None:
    """Pantigliate joins on 1 July 2026, with a contract; Dresano leaves on 30 September."""
    with desk.house.unit("adesioni") as session:
        for held in session.scalars(select(Membership).where(Membership.municipality_id == desk.ids[JOINS])):
            session.delete(held)
        session.flush()
        session.add(Membership(municipality_id=desk.ids[JOINS], valid_from=date(2026, 7, 1)))
        terms = session.scalars(select(ContractTerms.id)).first()
        draft(session, [desk.ids[JOINS]], starts_on=date(2026, 7, 1), ends_on=date(2027, 12, 31), terms_id=terms,
              services={desk.ids[JOINS]: [desk.services["Minori"], desk.services["Tutele"]]}, today=date(2026, 6, 1))
        gone = session.scalars(select(Membership).where(Membership.municipality_id == desk.ids[LEAVES])).one()
        gone.valid_to = date(2026, 9, 30)
        of_dresano = select(Conferral.contract_id).where(Conferral.municipality_id == desk.ids[LEAVES])
        for contract in session.scalars(select(Contract).where(Contract.id.in_(of_dresano))):
            contract.runs_to = date(2026, 9, 30)


def test_two_years_are_shared_out_and_explained_to_the_cent(desk: Office) -> None:
    whole = {name: 365 for name in NAMES if name != JOINS}
    # --- 2026, by its budget
    budget = desk.budget(2026, "budget", COSTS)
    first = desk.plan(budget)
    for title, typed in keys(desk, 2026, DAYS_OF_USERS).items():
        page = desk.group(first, title, typed)
    assert "Gruppo «Tutele»: i Comuni pagano" in page, "price and budget are kept, and what they differ by is said"
    desk.approve(budget, first, "3", date(2026, 2, 27))
    of_budget = desk.shares(first)
    assert of_budget == by_model(desk, 2026, COSTS, DAYS_OF_USERS, whole)

    # --- somebody joins and somebody leaves; the budget of 2027 comes before the accounts of 2026
    one_joins_and_one_leaves(desk)
    page = desk.screen.read(f"/admin/riparto/details/?id={first}")
    assert "Dresano: la quota approvata conta 365 giorni di conferimento, ora ne risultano 273" in page
    desk.on(date(2027, 2, 26))
    users = {name: count for name, count in DAYS_OF_USERS.items() if name != LEAVES} | {"Melegnano": 760}
    costs = COSTS | {"Minori": ("64000.00", "1000.00")}
    there = {name: 365 for name in NAMES if name != LEAVES}
    second_budget = desk.budget(2027, "budget", costs)
    second = desk.plan(second_budget, first)
    page = desk.screen.read(f"/admin/riparto/details/?id={second}")
    assert "«Dresano» ha un valore" in page, "its quota was copied, and is not asked for by mistake"
    for title, typed in keys(desk, 2027, users).items():
        desk.group(second, title, {**typed, **(
            {f"valore-0-{desk.ids[LEAVES]}": ""} if title in ("Accesso", "Centri diurni") else {})}, steps=0)
    desk.send(f"/admin/riparto/impostazioni/?id={second}", cap=CAP, floor=FLOOR)
    page = desk.screen.read(f"/admin/riparto/details/?id={second}")
    assert "non vincolano chi non ha una quota dell'anno intero nel 2026 o nel 2027: Pantigliate." in page
    desk.approve(second_budget, second, "4", date(2027, 2, 26))
    of_second = desk.shares(second)
    free = by_model(desk, 2027, costs, users, there, step=3)
    assert of_second == limited(free, of_budget)
    assert of_second != free and LEAVES not in of_second

    # --- the accounts of 2026: who joined and who left count by their days
    desk.on(date(2027, 4, 28))
    spent = COSTS | {"Minori": ("61234.56", "1000.00"), "Centri diurni": ("176543.21", "6400.00")}
    by_days = whole | {JOINS: 184, LEAVES: 273}
    accounts = desk.budget(2026, "accounts", spent)
    third = desk.plan(accounts, first)
    desk.approve(accounts, third, "6", date(2027, 4, 28))
    final = desk.shares(third)
    assert final == by_model(desk, 2026, spent, DAYS_OF_USERS, by_days)

    # --- the accounts of 2026 are corrected: the users of Melegnano were counted wrong
    desk.on(date(2027, 6, 10))
    assert "La rettifica è aperta" in desk.send(f"/admin/riparto/rettifica/?id={third}", why="Giornate contate male")
    corrected = desk.house.last(AllocationPlan)
    recounted = DAYS_OF_USERS | {"Melegnano": 700}
    desk.group(corrected, "Centri diurni", keys(desk, 2026, recounted)["Centri diurni"], steps=0)
    desk.passage("riparto", corrected, "approve", number="8", on="2027-06-09", votes_for="7", votes_against="0",
                 votes_abstained="0")
    again = desk.shares(corrected)
    assert again == by_model(desk, 2026, spent, recounted, by_days)
    assert again != final and sum(again.values()) == sum(final.values())

    # --- the budget shares of 2027 stay as they were approved, and it is said on what they stood
    assert desk.shares(second) == of_second
    page = desk.screen.read(f"/admin/riparto/details/?id={second}")
    said = page.split("I limiti alla variazione sono stati contati sulle quote del 2026 di allora: ", 1)[1].split(
        "Il riparto definitivo del 2027 li conta su quelle di ora", 1)[0]
    then, now = of_budget["Melegnano"], again["Melegnano"]
    assert f"Melegnano {euro(Decimal(then) / 100)}, ora {euro(Decimal(now) / 100)}" in said
    assert LEAVES not in said, "nothing of 2027 stands on its share"

    # --- the accounts of 2027, within the limits to the corrected shares of 2026
    desk.on(date(2028, 4, 27))
    last_budget = desk.budget(2027, "accounts", costs)
    last = desk.plan(last_budget, second)
    desk.approve(last_budget, last, "2", date(2028, 4, 27))
    whole_2026 = {name: amount for name, amount in again.items() if name not in (JOINS, LEAVES)}
    assert desk.shares(last) == limited(free, whole_2026, JOINS)
