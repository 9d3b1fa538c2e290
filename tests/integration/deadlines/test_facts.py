"""What each kind of case asks for, from its own tables: contract, instalment, rent, policy, charter, zone plan."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import (
    Contract,
    ContractExtension,
    ContractParty,
    ContractRenewal,
    ContractTerms,
    EntrustedAsset,
    InstalmentRule,
    ServiceCharter,
    ZonePlan,
)
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.ground.states import PassageLog
from core.instalments.model import Instalment
from core.parties.model import Act, BankAccount, Municipality
from tests.factories import filled

TODAY = date(2026, 3, 2)
END = date(2027, 12, 31)


class Ground:
    """A contract and what hangs on it, changed by hand and followed."""

    def __init__(self, unit, own: int, reach) -> None:
        self.unit, self.own = unit, own
        self.contract, self.terms = reach("contract", self.agree)

    def agree(self) -> tuple[int, int]:
        with self.unit("arrivo") as session:
            install_rules(session)
            terms = filled(
                ContractTerms, roll_policy="holiday", renewal_assessment_months=3, renewal_direction="before",
                continuity_months=6, tacit_renewal=False, notice_months=None, extra_projects_month=9,
                own_charter_months=6, account_notice_days=7,
            )
            contract = filled(Contract, terms=terms, state="in_force", starts_on=date(2026, 1, 1), ends_on=END,
                              signed_on=date(2025, 12, 20), number=3, year=2026)
            session.add(contract)
            session.flush()
            session.add(filled(ContractParty, contract_id=contract.id, party_id=self.own, capacity="comune"))
            return contract.id, terms.id

    def add(self, entity, **fields):
        """A row beside the contract."""
        with self.unit("aggiunta") as session:
            row = filled(entity, **fields)
            session.add(row)
            session.flush()
            return row.id

    def set(self, **fields):
        """Change the contract."""
        with self.unit("modifica") as session:
            for name, value in fields.items():
                setattr(session.require(Contract, self.contract), name, value)

    def new_terms(self, **fields):
        """Other terms under the same contract."""
        facts = {"roll_policy": "holiday", "renewal_assessment_months": 3, "renewal_direction": "before",
                 "continuity_months": 6, "own_charter_months": 6, "title": "Altre condizioni", **fields}
        self.set(terms_id=self.add(ContractTerms, **facts))

    def act(self):
        """An act of the municipality."""
        return self.add(Act, party_id=self.own, title="Deliberazione")

    def deadlines(self, subject="contract", today=TODAY, only=None):
        """Effective date and state by rule and occurrence, after following; of one case where there are several."""
        with self.unit("scadenze") as session:
            follow(session, subject, None, today=today)
            rows = session.scalars(select(Deadline).join(DeadlineRule).where(Deadline.subject == subject))
            return {f"{row.rule.code} {row.occurrence}".strip(): (row.effective, row.state) for row in rows
                    if only in (None, row.subject_id)}


@pytest.fixture
def ground(unit, two_municipalities, reach) -> Ground:
    """A contract in force with Dresano to the end of 2027, without tacit renewal."""
    return Ground(unit, two_municipalities[0], reach)


# --- contracts --------------------------------------------------------------------------------------------


def test_a_draft_is_to_be_signed_before_it_takes_effect(ground):
    ground.set(state="draft", signed_on=None, starts_on=date(2026, 3, 15))
    assert ground.deadlines() == {"contract_signature": (date(2026, 3, 15), "open")}, "a Sunday, and never later"
    assert ground.deadlines(today=date(2026, 4, 1))["contract_signature"][1] == "missed"
    ground.set(state="signed", signed_on=date(2026, 4, 2))
    assert ground.deadlines(today=date(2026, 4, 2))["contract_signature"][1] == "met"


def test_a_working_copy_has_no_terms_of_its_own(ground):
    ground.set(amends_id=ground.contract)
    assert ground.deadlines() == {}


def test_the_renewal_is_assessed_within_the_three_months_before_the_end_never_moved_later(ground):
    assert ground.deadlines() == {"renewal_assessment": (date(2027, 9, 30), "open"), "contract_end": (END, "open")}
    ground.set(runs_to=date(2027, 7, 4))
    assert ground.deadlines()["renewal_assessment"][0] == date(2027, 4, 4), "a Sunday"


def test_where_the_terms_count_after_the_end_the_date_moves_off_a_holiday(ground):
    ground.new_terms(renewal_direction="after")
    assert ground.deadlines()["renewal_assessment"][0] == date(2028, 3, 31)
    ground.set(runs_to=date(2027, 7, 4))
    assert ground.deadlines()["renewal_assessment"][0] == date(2027, 10, 5), "the 4th of October is a holiday"


def test_a_favourable_assessment_asks_for_its_communication(ground):
    ground.deadlines()
    renewal = ground.add(ContractRenewal, contract_id=ground.contract, act_id=ground.act(), favourable=True,
                         assessed_on=date(2027, 6, 1))
    found = ground.deadlines(today=date(2027, 6, 2))
    assert found["renewal_assessment"][1] == "met"
    assert found["renewal_communication"] == (date(2027, 9, 30), "open")
    with ground.unit("comunicazione") as session:
        session.require(ContractRenewal, renewal).communicated_on = date(2027, 7, 1)
    assert ground.deadlines(today=date(2027, 7, 1))["renewal_communication"][1] == "met"


def test_an_assessment_recorded_by_mistake_counts_for_nothing(ground):
    ground.deadlines()
    ground.add(ContractRenewal, contract_id=ground.contract, act_id=ground.act(), favourable=True, stands=False)
    assert ground.deadlines()["renewal_assessment"][1] == "open"


def test_an_extension_moves_the_terms_of_its_period(ground):
    ground.deadlines()
    ground.set(state="extended", runs_to=date(2028, 6, 30))
    assert ground.deadlines() == {"renewal_assessment": (date(2028, 3, 30), "open"),
                                  "contract_end": (date(2028, 6, 30), "open")}


def test_a_tacit_renewal_has_a_notice_and_each_period_its_own(ground):
    ground.new_terms(tacit_renewal=True, tacit_renewal_months=120, tacit_renewal_times=None, notice_months=24)
    assert ground.deadlines()["tacit_renewal_notice"] == (date(2025, 12, 31), "missed")
    ground.add(ContractExtension, contract_id=ground.contract, tacit=True, from_day=date(2028, 1, 1),
               to_day=date(2037, 12, 31))
    ground.set(state="extended", runs_to=date(2037, 12, 31))
    found = ground.deadlines(today=date(2028, 1, 2))
    assert found["tacit_renewal_notice 1"] == (date(2035, 12, 31), "open")
    assert found["contract_end 1"] == (date(2037, 12, 31), "open")
    assert found["tacit_renewal_notice"][1] == "cancelled", "the first period is over"


def test_after_the_last_tacit_renewal_the_renewal_is_assessed(ground):
    ground.new_terms(tacit_renewal=True, tacit_renewal_months=12, tacit_renewal_times=1, notice_months=6)
    ground.add(ContractExtension, contract_id=ground.contract, tacit=True, from_day=date(2028, 1, 1),
               to_day=date(2028, 12, 31))
    ground.set(state="extended", runs_to=date(2028, 12, 31))
    assert set(ground.deadlines()) == {"renewal_assessment 1", "contract_end 1"}


def test_notice_that_is_given_meets_its_term(ground):
    ground.new_terms(tacit_renewal=True, tacit_renewal_months=12, notice_months=6)
    ground.deadlines()
    ground.add(ContractRenewal, contract_id=ground.contract, act_id=ground.act(), favourable=False,
               assessed_on=date(2026, 5, 1), communicated_on=date(2026, 5, 2))
    assert ground.deadlines(today=date(2026, 5, 2))["tacit_renewal_notice"][1] == "met"


def test_the_continuity_ends_after_six_months_and_its_closing_meets_it(ground):
    ground.deadlines()
    ground.set(state="continuity")
    ground.add(PassageLog, subject="contract", subject_id=ground.contract, action="continue", to_state="continuity",
               on=date(2028, 1, 1))
    found = ground.deadlines(today=date(2028, 1, 2))
    assert found["continuity_end"] == (date(2028, 6, 30), "open")
    assert found["contract_end"][1] == "met", "it is settled what comes after the end"
    assert found["renewal_assessment"][1] == "cancelled"
    ground.set(state="closed")
    ground.add(PassageLog, subject="contract", subject_id=ground.contract, action="close", to_state="closed",
               on=date(2028, 6, 30))
    assert ground.deadlines(today=date(2028, 7, 1))["continuity_end"][1] == "met"


def test_a_contract_that_expires_with_nothing_settled_is_missed(ground):
    ground.deadlines()
    ground.set(state="expired")
    assert ground.deadlines(today=date(2028, 1, 2))["contract_end"] == (END, "missed")


def test_a_contract_that_ends_early_asks_for_nothing_more(ground):
    ground.deadlines()
    ground.set(state="withdrawn")
    assert {state for _day, state in ground.deadlines().values()} == {"cancelled"}


def test_the_patron_of_one_municipality_counts_and_of_two_does_not(ground, two_municipalities):
    with ground.unit("patrono") as session:
        session.require(Municipality, ground.own).patron_day = "06-24"
    ground.new_terms(renewal_direction="after")
    ground.set(runs_to=date(2027, 3, 24))
    assert ground.deadlines()["renewal_assessment"][0] == date(2027, 6, 25)
    ground.add(ContractParty, contract_id=ground.contract, party_id=two_municipalities[1], capacity="comune", order=2)
    assert ground.deadlines()["renewal_assessment"][0] == date(2027, 6, 24)


# --- instalments ------------------------------------------------------------------------------------------


def instalment(ground, **fields):
    facts = {"contract_id": ground.contract, "municipality_id": ground.own, "kind": "advance", "state": "planned",
             "year": 2027, "number": 1, "nominal": date(2027, 1, 31), "effective": date(2027, 2, 1), **fields}
    return ground.add(Instalment, **facts)


def test_an_instalment_is_asked_for_then_paid_then_looked_for_at_the_bank(ground):
    key = instalment(ground)
    assert ground.deadlines("instalment") == {"instalment_request": (date(2027, 1, 1), "open")}

    def become(**fields):
        with ground.unit("rata") as session:
            for name, value in fields.items():
                setattr(session.require(Instalment, key), name, value)

    become(state="requested", requested_on=date(2026, 12, 20))
    assert ground.deadlines("instalment", date(2026, 12, 20)) == {
        "instalment_request": (date(2027, 1, 1), "met"),
        "instalment_payment": (date(2027, 2, 1), "open"),
        "instalment_check": (date(2027, 2, 8), "open"),
    }
    become(state="paid", settled_on=date(2027, 2, 3))
    with ground.unit("pagamento") as session:
        follow(session, "instalment", [key], today=date(2027, 2, 3))
    found = ground.deadlines("instalment", date(2027, 2, 3))
    assert {found[code][1] for code in ("instalment_payment", "instalment_check")} == {"met"}


def test_a_balance_is_asked_for_after_the_event_that_fixes_it(ground):
    approved = date(2028, 5, 2)
    instalment(ground, kind="balance", event="accounts_approved", nominal=approved, effective=approved)
    assert ground.deadlines("instalment", approved) == {"balance_request": (date(2028, 5, 12), "open")}


def test_the_days_that_a_balance_leaves_for_paying_do_not_delay_its_request(ground):
    with ground.unit("piano") as session:
        rule = InstalmentRule(terms_id=session.scalars(select(ContractTerms.id)).first(), order=9, title="Saldo",
                              kind="balance", event="accounts_approved", due_days=30)
        session.add(rule)
        session.flush()
        rule_id = rule.id
    approved, due = date(2028, 5, 2), date(2028, 6, 1)
    key = instalment(ground, kind="balance", event="accounts_approved", rule_id=rule_id, nominal=due, effective=due)
    assert ground.deadlines("instalment", approved) == {"balance_request": (date(2028, 5, 12), "open")}
    with ground.unit("richiesta") as session:
        row = session.require(Instalment, key)
        row.state, row.requested_on = "requested", date(2028, 5, 8)
    found = ground.deadlines("instalment", date(2028, 5, 8))
    assert found["balance_request"] == (date(2028, 5, 12), "met")
    assert found["instalment_payment"] == (due, "open"), "there are days for paying after the request"


def test_an_instalment_without_a_date_and_a_credit_ask_for_nothing(ground):
    instalment(ground, kind="balance", nominal=None, effective=None)
    instalment(ground, kind="balance", number=2, state="credited")
    assert ground.deadlines("instalment") == {}


def test_an_extra_project_is_checked_and_paid_by_the_end_of_september(ground):
    instalment(ground, kind="extra_project", nominal=None, effective=None)
    assert ground.deadlines("instalment") == {"extra_projects": (date(2027, 9, 30), "open")}


def test_the_event_that_fixes_the_balance_starts_its_terms(ground):
    key = instalment(ground, kind="balance", state="requested", nominal=None, effective=None,
                     requested_on=date(2028, 5, 2))
    assert ground.deadlines("instalment") == {}
    with ground.unit("approvazione") as session:
        row = session.require(Instalment, key)
        row.nominal = row.effective = date(2028, 6, 2)
    assert ground.deadlines("instalment")["instalment_payment"] == (date(2028, 6, 3), "open"), "the Republic's day"


# --- rents, policies, charter, plan -----------------------------------------------------------------------


def test_a_rent_falls_due_each_year_on_its_day(ground):
    ground.add(EntrustedAsset, contract_id=ground.contract, municipality_id=ground.own, title="rent", name="Sede",
               rent_due="06-30")
    assert ground.deadlines("entrusted_asset") == {"rent 2026": (date(2026, 6, 30), "open"),
                                                   "rent 2027": (date(2027, 6, 30), "open")}
    found = ground.deadlines("entrusted_asset", date(2027, 1, 2))
    assert found["rent 2026"][1] == "missed" and found["rent 2027"][1] == "open"


def test_a_rent_of_29_february_is_due_on_the_28th_in_other_years(ground):
    ground.add(EntrustedAsset, contract_id=ground.contract, municipality_id=ground.own, title="rent", name="Sede",
               rent_due="02-29")
    assert ground.deadlines("entrusted_asset")["rent 2027"][0] == date(2027, 3, 1), "the 28th is a Sunday"


def test_a_free_loan_has_no_rent(ground):
    ground.add(EntrustedAsset, contract_id=ground.contract, municipality_id=ground.own, title="free_loan", name="Sede",
               rent_due="06-30")
    assert ground.deadlines("entrusted_asset") == {}


def policy(ground, start, end, number="1", contract_id=None):
    return ground.add(InsurancePolicy, contract_id=contract_id, valid_from=start, valid_to=end, number=number)


def test_a_policy_that_ends_before_the_contract_warns_of_the_gap_until_another_follows_at_once(ground):
    first = policy(ground, date(2026, 1, 1), date(2026, 12, 31))
    assert ground.deadlines("insurance_policy") == {"insurance_gap": (date(2026, 12, 31), "open")}
    late = policy(ground, date(2027, 1, 2), date(2027, 6, 30), "2")
    one = ground.deadlines("insurance_policy", only=first)
    assert one == {"insurance_gap": (date(2026, 12, 31), "open")}, "one day uncovered"
    with ground.unit("correzione") as session:
        session.require(InsurancePolicy, late).valid_from = date(2027, 1, 1)
    assert ground.deadlines("insurance_policy", only=first) == {"insurance_gap": (date(2026, 12, 31), "met")}
    assert ground.deadlines("insurance_policy", only=late) == {"insurance_gap": (date(2027, 6, 30), "open")}


def test_a_policy_as_long_as_the_contract_warns_of_nothing(ground):
    policy(ground, date(2026, 1, 1), END)
    assert ground.deadlines("insurance_policy") == {}


def test_the_own_charter_is_due_six_months_after_the_first_contract_that_names_the_districts(ground):
    key = ground.add(ServiceCharter, owner="district", title="Carta", valid_from=date(2006, 1, 1))
    assert ground.deadlines("service_charter") == {}
    ground.set(charter_id=key)
    assert ground.deadlines("service_charter") == {"own_charter": (date(2026, 6, 20), "open")}
    ground.add(ServiceCharter, owner="azienda", title="Carta propria", valid_from=date(2026, 5, 1))
    assert ground.deadlines("service_charter")["own_charter"][1] == "met"


def test_the_months_for_the_own_charter_are_those_of_the_first_contract_that_was_signed(ground):
    key = ground.add(ServiceCharter, owner="district", title="Carta", valid_from=date(2006, 1, 1))
    ground.new_terms(own_charter_months=9)
    ground.set(charter_id=key)
    ground.add(Contract, number=4, year=2026, state="in_force", starts_on=date(2026, 1, 1), ends_on=END,
               signed_on=date(2026, 1, 10), terms_id=ground.terms, charter_id=key)
    assert ground.deadlines("service_charter") == {"own_charter": (date(2026, 9, 21), "open")}, "the 20th is a Sunday"


@pytest.mark.parametrize(("days", "state", "effective"), [
    (5, "in_force", date(2026, 3, 7)), (10, "in_force", date(2026, 3, 12)),
    (5, "closed", date(2026, 3, 9)),  # no contract is in use: the seven days of the law
])
def test_an_account_is_communicated_within_the_days_of_its_partys_contract(ground, days, state, effective):
    ground.new_terms(account_notice_days=days)
    ground.set(state=state)
    ground.add(BankAccount, iban="IT60X0542811101000000123456", party_id=ground.own, opened_on=TODAY)
    assert ground.deadlines("bank_account") == {"account_communication": (effective, "open")}


def test_a_zone_plan_ends_with_its_last_year_until_another_follows(ground):
    plan = ground.add(ZonePlan, title="Piano", first_year=2025, last_year=2027)
    assert ground.deadlines("zone_plan") == {"zone_plan_end": (END, "open")}
    ground.add(ZonePlan, title="Piano", first_year=2028, last_year=2030)
    assert ground.deadlines("zone_plan", only=plan) == {"zone_plan_end": (END, "met")}
