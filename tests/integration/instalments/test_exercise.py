"""An azienda that follows the school year: 1 September to 31 August, from the budget to the last balance.

Melegnano and Dresano confer from 1 September 2026. Tribiano joins on 1 March 2027: of the 365 days of the exercise it
is there for 184 (31 + 30 + 31 + 30 + 31 + 31), so that its 3.650 residents count as 3.650 × 184 / 365 = 1.840. All
count as 18.000 + 3.000 + 1.840 = 22.840.

Of 100.000,00 euros by budget: Melegnano 78.809,106…, Dresano 13.134,851…, Tribiano 8.056,042…; the cent that is left
goes to Melegnano. Of 96.000,00 by the accounts: 75.656,742…, 12.609,457…, 7.733,800…; the cent goes to Dresano.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation import explanation
from core.allocation import operations as allocation
from core.allocation.assemble import describe
from core.allocation.model import AllocationPlan, YearShare
from core.allocation.operations import GroupFacts, KeyFacts
from core.catalogue.model import Service
from core.contracts.model import Conferral, Contract, ContractParty, ContractTerms, InstalmentRule
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.funding import operations as funding
from core.funding.approval import Approval
from core.funding.rules import LineFacts
from core.ground.errors import RuleBroken
from core.instalments import operations, planning
from core.instalments.model import Instalment
from core.parties import operations as parties
from core.parties.model import Act, Azienda, BankAccount, Membership, Population, Signatory
from core.payments import operations as payments
from core.payments.account import account
from core.payments.outlook import cash_by_month
from core.plugins.loading import Registry
from tests.factories import body_tax_code, filled, municipality
from tests.ground import Reach
from tests.ledger import ACCOUNTANT, AZIENDA_IBAN, MANAGER, Ledger, UnitFactory

D = Decimal
BEGINS, JOINS, ENDS = date(2026, 9, 1), date(2027, 3, 1), date(2028, 8, 31)
JUNE = Approval("5", date(2026, 6, 20), 2)
DECEMBER = Approval("9", date(2027, 11, 15), 3)


def opened(unit: UnitFactory) -> Ledger:
    """The azienda, what it has signed, who lives where."""
    with unit("arrivo") as session:
        azienda = filled(Azienda, kind="azienda", name="Azienda Sociale", short_name="A.S.", tax_code=body_tax_code(),
                         letterhead=("Azienda Sociale", "via Uno 1"), city="Melegnano", exercise_starts="09-01")
        bodies = [municipality(name) for name in ("Melegnano", "Dresano", "Tribiano")]
        terms = filled(ContractTerms, title="Condizioni", roll_policy="holiday", interest="none",
                       extra_projects_month=5, renewal_direction="before", share_criteria=("residenti",))
        session.add_all([azienda, *bodies, terms, service := filled(Service, code="access_desk")])
        session.flush()
        advance = {"terms_id": terms.id, "kind": "advance", "percent": D(40), "base": "annual_share"}
        session.add_all([
            filled(BankAccount, party_id=azienda.id, iban=AZIENDA_IBAN, bank="Banca"),
            filled(Signatory, party_id=azienda.id, given_name="Anna", family_name="Rossi", role="Direttrice",
                   valid_from=date(2020, 1, 1)),
            InstalmentRule(order=1, title="Primo acconto", due="10-15", **advance),
            InstalmentRule(order=2, title="Secondo acconto", due="02-15", **advance),
            InstalmentRule(terms_id=terms.id, order=3, title="Saldo", kind="balance", event="exercise_ended",
                           due_days=90),
        ])
        for body, residents in zip(bodies, (18_000, 3_000, 3_650), strict=True):
            session.add_all([
                Population(municipality_id=body.id, on=date(2025, 12, 31), residents=residents, source="ISTAT"),
                # half a year later is after the day on which ISTAT counts, though before the exercise begins
                Population(municipality_id=body.id, on=date(2026, 6, 30), residents=99_999, source="anagrafe"),
                Membership(municipality_id=body.id, valid_from=JOINS if body is bodies[2] else date(2018, 1, 1))])
        contracts = [Contract(year=first.year, number=1, state="in_force", starts_on=first, ends_on=ENDS, terms=terms,
                              place="Melegnano", signed_on=date(2026, 7, 1)) for first in (BEGINS, JOINS)]
        session.add_all(contracts)
        session.flush()
        for contract, members in zip(contracts, (bodies[:2], bodies[2:]), strict=True):
            session.add(ContractParty(contract_id=contract.id, party_id=azienda.id, order=0, capacity="azienda"))
            for order, body in enumerate(members, start=1):
                session.add_all([
                    ContractParty(contract_id=contract.id, party_id=body.id, order=order, capacity="comune"),
                    Conferral(contract_id=contract.id, service_id=service.id, municipality_id=body.id)])
        return Ledger(contracts[0].id, bodies[0].id, bodies[1].id, unit)


@pytest.fixture
def school(unit: UnitFactory, reach: Reach) -> Ledger:
    """The azienda of the school year, in the database of the test."""
    made: Ledger = reach("school_year", lambda: opened(unit))
    return Ledger(made.contract, made.melegnano, made.dresano, unit)


def share_out(school: Ledger, stage: str, cost: str, approval: Approval, cap: str = "") -> int:
    """Make and approve a budget of the exercise 2026/2027 and the plan that shares it by residents and days."""
    today = approval.on
    with school.unit("riparto", ACCOUNTANT) as session:
        service = session.scalars(select(Service.id)).one()
        budget = funding.open_budget(session, 2026, stage)
        funding.set_lines(session, budget.id, service, [LineFacts("direct_cost", "Personale", D(cost))], version=None)
        funding.approve(session, budget.id, approval, today=today)
        plan = allocation.open_plan(session, budget.id)
        assert plan.joining == "days", "so it is, unless somebody says otherwise"
        plan.cap = D(cap) if cap else None
        allocation.set_group(session, plan.id, None, GroupFacts("Accesso", [service], [KeyFacts("residents", D(100))]))
        allocation.approve(session, plan.id, approval, reason="Tribiano entra a marzo.", today=today)
        return plan.id


def shares(school: Ledger, kind: str) -> dict[str, str]:
    """The shares of a kind by name."""
    with school.unit("legge") as session:
        return {row.municipality.name: str(row.amount) for row in session.scalars(
            select(YearShare).where(YearShare.kind == kind, YearShare.year == 2026))}


def rows(school: Ledger) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Every instalment of the exercise: its amount and its day."""
    with school.unit("legge") as session:
        return {(row.municipality.name, row.title): (
            None if row.amount is None else str(row.amount), None if row.effective is None else str(row.effective))
            for row in session.scalars(select(Instalment).where(Instalment.year == 2026))}


def test_who_joins_in_march_pays_for_184_days_of_365(school: Ledger) -> None:
    plan_id = share_out(school, "budget", "100000.00", JUNE)
    assert shares(school, "budget") == {"Melegnano": "78809.11", "Dresano": "13134.85", "Tribiano": "8056.04"}
    with school.unit("legge") as session:
        plan = session.get_one(AllocationPlan, plan_id)
        described = describe(session, plan)
        assert (described.year_days, described.groups[0].days["tribiano"]) == (365, 184)
        assert described.groups[0].keys[0].title == "Residenti al 31/12/2025"
        document = session.scalars(select(Document).where(Document.file_name == "quota-2026-tribiano.docx")).one()
        said = " ".join(" ".join(read_text(session.files.get(document.path))).split())
    assert "dell'anno 2026/2027" in said
    assert "per 184 giorni su 365" in said


def test_the_instalments_fall_due_on_the_days_of_the_exercise(school: Ledger) -> None:
    share_out(school, "budget", "100000.00", JUNE)
    school.plan(2026, date(2026, 7, 1))
    assert rows(school) == {
        ("Melegnano", "Primo acconto"): ("31523.64", "2026-10-15"),
        ("Melegnano", "Secondo acconto"): ("31523.64", "2027-02-15"),
        ("Melegnano", "Saldo"): (None, "2027-11-29"),  # 90 days after 31 August 2027
        ("Dresano", "Primo acconto"): ("5253.94", "2026-10-15"),
        ("Dresano", "Secondo acconto"): ("5253.94", "2027-02-15"),
        ("Dresano", "Saldo"): (None, "2027-11-29"),
    }
    share_out(school, "accounts", "96000.00", DECEMBER)
    assert shares(school, "final") == {"Melegnano": "75656.74", "Dresano": "12609.46", "Tribiano": "7733.80"}
    found = rows(school)
    assert found["Melegnano", "Saldo"] == ("12609.46", "2027-11-29")  # 75.656,74 - 63.047,28
    assert found["Dresano", "Saldo"] == ("2101.58", "2027-11-29")  # 12.609,46 - 10.507,88


def test_the_account_and_the_cash_go_from_september_to_august(school: Ledger) -> None:
    share_out(school, "budget", "100000.00", JUNE)
    school.plan(2026, date(2026, 7, 1))
    school.ask(date(2026, 10, 15), date(2026, 9, 14))
    school.ask(date(2027, 2, 15), date(2027, 1, 14))
    with school.unit("incasso", ACCOUNTANT) as session:
        asked = select(Instalment).where(Instalment.municipality_id == school.melegnano, Instalment.kind == "advance")
        for row, on in zip(session.scalars(asked.order_by(Instalment.id)).all(),
                           (date(2026, 10, 12), date(2027, 9, 3)), strict=True):
            payments.record(session, school.melegnano, received_on=on, amount=row.amount, method="bank_transfer",
                            reference=f"bonifico {on}", parts={row.id: row.amount}, today=date(2027, 9, 3))
    with school.unit("legge", ACCOUNTANT) as session:
        told, after = (account(session, school.melegnano, year) for year in (2026, 2027))
        assert (str(told.exercise), [str(one.on) for one in told.movements], str(told.closing)) == (
            "2026/2027", ["2026-09-14", "2026-10-12", "2027-01-14"], "31523.64")
        assert (str(after.opening), [str(one.on) for one in after.movements], str(after.closing)) == (
            "31523.64", ["2027-09-03"], "0.00")
        months = cash_by_month(session, 2026)
        assert [(one.year, one.month) for one in months] == [
            *((2026, month) for month in range(9, 13)), *((2027, month) for month in range(1, 9))]
        assert {(one.year, one.month): (str(one.expected), str(one.received)) for one in months if one.expected} == {
            (2026, 10): ("36777.58", "31523.64"), (2027, 2): ("36777.58", "0.00")}
        document = session.scalars(select(Document).where(Document.kind == "instalment_request")).first()
        assert document is not None
        said = " ".join(" ".join(read_text(session.files.get(document.path))).split())
    assert "Primo acconto 2026/2027" in said


def test_the_duties_of_the_exercise_stand_on_its_days(school: Ledger) -> None:
    with school.unit("notte") as session:
        install_rules(session)
        follow(session, "azienda", None, today=date(2027, 5, 3))
        found = {(code, title): str(day) for code, title, day in session.execute(
            select(DeadlineRule.code, Deadline.case_title, Deadline.effective).join(
                DeadlineRule, DeadlineRule.id == Deadline.rule_id).where(Deadline.subject == "azienda"))}
    assert found["year_budget", "Anno 2027/2028"] == "2027-08-31", "the day before it begins"
    assert found["year_accounts", "Anno 2026/2027"] == "2027-12-31", "four months after its last day"
    assert ("year_accounts", "Anno 2027/2028") not in found, "it has not begun yet"


def test_a_balance_of_the_end_of_the_exercise_is_asked_for_before_its_day_like_an_advance(
    school: Ledger, registry: Registry
) -> None:
    share_out(school, "budget", "100000.00", JUNE)
    school.plan(2026, date(2026, 7, 1))
    with school.unit("notte") as session:
        install_rules(session)
        follow(session, "instalment", None, today=date(2027, 10, 1))
        found = session.execute(
            select(Instalment.title, DeadlineRule.code, Deadline.effective)
            .join(Deadline, Deadline.subject_id == Instalment.id)
            .join(DeadlineRule, DeadlineRule.id == Deadline.rule_id)
            .where(Deadline.subject == "instalment", Instalment.municipality_id == school.dresano)).all()
    assert {tuple(row) for row in found} == {
        ("Primo acconto", "instalment_request", date(2026, 9, 15)),  # thirty days before it is due
        ("Secondo acconto", "instalment_request", date(2027, 1, 16)),
        ("Saldo", "instalment_request", date(2027, 10, 30)),
    }


def test_the_limits_are_counted_against_the_exercise_before_by_its_name(school: Ledger) -> None:
    for key, amount in ((school.melegnano, "70000.00"), (school.dresano, "12000.00")):
        school.share(key, 2025, "final", amount, date(2026, 5, 20))
    plan_id = share_out(school, "budget", "100000.00", JUNE, cap="10")
    # by the keys 78.809,11 and 13.134,85: at most 77.000,00 and 13.200,00; Tribiano, there for a part, is not bound
    assert shares(school, "budget")["Melegnano"] == "77000.00"
    assert sum(map(D, shares(school, "budget").values())) == D("100000.00")
    with school.unit("legge") as session:
        lines = explanation.of_municipality(session, session.get_one(AllocationPlan, plan_id), school.melegnano)
        assert lines[-1].lines[0].how == (
            "quota secondo le chiavi € 78.809,11; quota del 2025/2026 € 70.000,00, più il 10%: € 77.000,00")


def test_an_extra_project_is_paid_by_its_month_of_the_exercise(school: Ledger) -> None:
    with school.unit("progetto", ACCOUNTANT) as session:
        act = filled(Act, party_id=school.melegnano, body_kind="giunta", kind="deliberazione", number="9",
                     date=date(2026, 9, 20), title="Progetto estivo")
        session.add(act)
        session.flush()
        row = operations.add_extra_project(session, school.contract, school.melegnano, year=2026, title="Estate",
                                           amount=D("900.00"), act_id=act.id, checked_on=None, today=date(2026, 10, 1))
        assert row.nominal == date(2027, 5, 31)


def test_a_contract_is_in_force_in_the_exercises_that_it_touches(school: Ledger) -> None:
    with school.unit("legge", ACCOUNTANT) as session:
        [first, later] = session.scalars(select(Contract).order_by(Contract.starts_on))
        assert planning.contracts_in_force(session, 2025) == []
        for year in (2026, 2027):
            assert planning.contracts_in_force(session, year) == [first, later]
        with pytest.raises(RuleBroken, match=r"Nel 2028/2029 il contratto n\. 1/2026 non è in vigore"):
            planning.propose(session, first, 2028)


@pytest.mark.parametrize("what", ["budget", "share", "instalment"])
def test_the_first_day_stays_once_something_is_reckoned_by_it(school: Ledger, what: str) -> None:
    def begins(text: str) -> None:
        with school.unit("azienda", MANAGER) as session:
            azienda = session.scalars(select(Azienda)).one()
            parties.edit_azienda(session, azienda.id, {**known(azienda), "exercise_starts": text},
                                 version=azienda.version)

    begins("01/07")
    with school.unit("legge") as session:
        assert session.scalars(select(Azienda.exercise_starts)).one() == "07-01"
    begins("09-01")
    if what == "budget":
        with school.unit("bilancio", ACCOUNTANT) as session:
            funding.open_budget(session, 2026, "budget")
    elif what == "instalment":
        school.plan(2026, date(2026, 7, 1))
    else:
        school.share(school.dresano, 2025, "final", "10.00", date(2026, 7, 1))
    with pytest.raises(RuleBroken, match="non si cambia più") as refused:
        begins("")
    assert refused.value.field == "exercise_starts"
    begins("09-01")  # the rest of the page is saved as ever


def known(azienda: Azienda) -> dict[str, object]:
    """What the page of the azienda sends."""
    return {name: getattr(azienda, name) for name in parties.AZIENDA} | {
        "founding_notary": "dott. Uno", "district": "Distretto", "court": "Milano", "address": "via Uno 1",
        "postal_code": "20077", "city": "Melegnano", "province": "MI"}
