"""The story of the demo district adds up: every euro that is shared, asked and paid is found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.allocation import explanation
from core.allocation.findings import frozen_disagreements
from core.allocation.model import AllocationPlan, ShareLine, YearShare
from core.allocation.operations import compute
from core.contracts import rules
from core.contracts.amendments import before_and_after
from core.contracts.model import Contract
from core.deadlines.model import Deadline
from core.funding.model import Budget
from core.ground.access import ScopedSession
from core.ground.db import Database
from core.ground.paths import DEMO
from core.ground.states import PassageLog
from core.instalments.model import Instalment
from core.parties.model import Municipality
from core.payments import matching
from core.payments.model import Payment, Settlement, StatementLine
from core.payments.statements.reading import read
from core.plugins.loading import Registry
from demo import job, story
from tests.district import LIVED_UP_TO, District
from tests.ground import Ground

ZERO = Decimal(0)
EARLY = date(2026, 2, 10)

# a story is played by operations that are tried on both: played again, one is enough
ON_ONE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
def lived(lived_district: District) -> ScopedSession:
    """Everything as it stands after the story."""
    return ScopedSession(lived_district.database, story.ACTOR)


def quiet(*_: object) -> None:
    return None


def contracts(session: ScopedSession) -> dict[str, Contract]:
    return {contract.code: contract for contract in session.scalars(select(Contract))}


def rows_of(database: Database) -> dict[str, int]:
    counted = (Contract, Budget, AllocationPlan, YearShare, Instalment, Payment, Settlement, StatementLine, PassageLog,
               Deadline)
    with ScopedSession(database, story.ACTOR) as session:
        return {entity.__name__: session.scalar(select(func.count()).select_from(entity)) for entity in counted}


# --- it adds up -------------------------------------------------------------------------------------------


def test_the_lines_of_every_plan_make_the_shares_and_the_shares_make_the_costs(
    lived: ScopedSession, registry: Registry
) -> None:
    plans = lived.scalars(select(AllocationPlan)).all()
    assert {(plan.year, plan.budget.stage) for plan in plans} == {(2025, "budget"), (2025, "accounts"),
                                                                 (2026, "budget"), (2027, "forecast")}
    for plan in plans:
        if plan.budget.stage == "forecast":
            continue  # nothing can be asked by it: it has its own test
        shares = dict(lived.execute(select(YearShare.municipality_id, YearShare.amount)
                                    .where(YearShare.plan_id == plan.id)).all())
        lines = dict(lived.execute(select(ShareLine.municipality_id, func.sum(ShareLine.amount))
                                   .where(ShareLine.plan_id == plan.id).group_by(ShareLine.municipality_id)).all())
        assert lines == shares and len(shares) == 8
        pools = lived.execute(select(ShareLine.group_title, ShareLine.key_title, ShareLine.pool).distinct()
                              .where(ShareLine.plan_id == plan.id)).all()
        assert sum(pool for _group, _key, pool in pools) == sum(shares.values())
        by_slug = {m.id: m.slug for m in lived.scalars(select(Municipality))}
        if plan.year == 2026:  # the contracts of its year have not changed since: what was frozen can be computed again
            again = compute(lived, plan).totals
            assert sum(again.values()) == sum(shares.values())
        assert {by_slug[key] for key in shares} == {"carpiano", "cerro-al-lambro", "colturano", "dresano", "melegnano",
                                                    "san-donato-milanese", "san-zenone-al-lambro", "vizzolo-predabissi"}


def test_the_year_to_come_is_shared_out_by_other_keys_and_no_share_changes_by_more_than_a_tenth(
    lived: ScopedSession
) -> None:
    plan = lived.scalars(select(AllocationPlan).where(AllocationPlan.year == 2027)).one()
    kinds = {key.kind for group in plan.groups for key in group.keys}
    assert kinds >= {"rate", "solidarity_rate", "daily_fee", "steps", "solidarity", "residents"}
    before = dict(lived.execute(select(YearShare.municipality_id, YearShare.amount).where(
        YearShare.year == 2026, YearShare.kind == "budget")).all())
    lines = dict(lived.execute(select(ShareLine.municipality_id, func.sum(ShareLine.amount))
                               .where(ShareLine.plan_id == plan.id).group_by(ShareLine.municipality_id)).all())
    assert before.keys() == lines.keys() and len(lines) == 8
    for key, share in lines.items():
        assert before[key] * Decimal("0.9") <= share <= before[key] * Decimal("1.1")
        groups = explanation.of_municipality(lived, plan, key)
        assert sum(group.total for group in groups) == share
        assert all(group.total == sum(line.amount for line in group.lines) for group in groups)
    assert groups[-1].title == explanation.LIMITS, "somebody is held by a limit, and the others say what they take"
    assert sum(lines.values()) == sum(group.shared for group in plan.groups)
    assert [str(remark)[:38] for remark in frozen_disagreements(plan)] == ["Gruppo «Programmazione e azioni di sis"]
    assert lived.scalars(select(YearShare).where(YearShare.year == 2027)).all() == [], "nothing is asked by it"


def test_a_year_costs_about_four_million_and_what_sources_and_users_leave_is_the_shares(lived: ScopedSession) -> None:
    for plan in lived.scalars(select(AllocationPlan).where(AllocationPlan.year != 2027)):
        costs = sum(line.amount for line in plan.budget.lines if line.kind in ("direct_cost", "indirect_cost"))
        paid_by_members = sum(line.amount for line in plan.budget.lines
                              if line.source is not None and line.source.code == "municipal_resources")
        income = sum(line.amount for line in plan.budget.lines) - costs - paid_by_members
        shared = sum(share for (share,) in lived.execute(
            select(YearShare.amount).where(YearShare.plan_id == plan.id)))
        assert Decimal(3_800_000) < costs < Decimal(4_400_000)
        assert shared == costs - income, plan.title
        assert abs(shared - paid_by_members) < 50_000, "the budget expects of the members about what they are asked"


def test_the_instalments_of_2025_make_the_final_share_of_every_municipality(lived: ScopedSession) -> None:
    final = dict(lived.execute(select(YearShare.municipality_id, YearShare.amount)
                               .where(YearShare.year == 2025, YearShare.kind == "final")).all())
    asked = dict(lived.execute(
        select(Instalment.municipality_id, func.sum(Instalment.amount))
        .where(Instalment.year == 2025, Instalment.kind.in_(("advance", "balance")))
        .group_by(Instalment.municipality_id)).all())
    assert asked == final and len(final) == 8
    assert all(row.left == 0 for row in lived.scalars(select(Instalment).where(Instalment.year == 2025)))


def test_what_is_paid_is_what_the_settlements_say(lived: ScopedSession) -> None:
    settled = dict(lived.execute(
        select(Settlement.instalment_id, func.sum(Settlement.amount)).group_by(Settlement.instalment_id)).all())
    for row in lived.scalars(select(Instalment)):
        assert row.paid == settled.get(row.id, ZERO), row
    received = lived.scalar(select(func.sum(Payment.amount)))
    assert received - sum(settled.values()) == Decimal("1000.00")  # Carpiano's thousand too many


def test_the_first_advance_of_2026_stands_on_the_year_before_and_the_second_on_the_late_budget(
    lived: ScopedSession
) -> None:
    bases = dict(lived.execute(select(Instalment.title, Instalment.base_kind).distinct()
                               .where(Instalment.year == 2026, Instalment.kind == "advance")).all())
    assert bases == {"Primo acconto": "previous", "Secondo acconto": "budget"}


# --- everything that the azienda may meet is in it --------------------------------------------------------


def test_instalments_are_in_every_state_that_a_page_shows(lived: ScopedSession) -> None:
    found = set(lived.scalars(select(Instalment.state).distinct()))
    assert {"planned", "due", "part_paid", "overdue", "paid"} <= found
    assert lived.scalar(select(func.count()).select_from(Payment).where(Payment.reverses_id.is_not(None))) == 1
    assert lived.scalar(select(func.count()).select_from(Payment).where(Payment.method == "offset")) == 1
    assert {"advance", "balance", "extra_project", "further_advance"} == set(
        lived.scalars(select(Instalment.kind).distinct()))


def test_the_contracts_stand_where_the_story_leaves_them(lived: ScopedSession) -> None:
    found = contracts(lived)
    assert {code: contract.state for code, contract in found.items()} == {
        "1/2024": "closed", "1/2026": "in_force", "2/2026": "in_force", "3/2026": "in_force", "4/2026": "in_force",
        "5/2026": "in_force", "6/2026": "in_force", "7/2026": "partly_approved", "8/2026": "draft",
        "9/2026": "merged", "10/2026": "draft",
    }
    old = found["1/2024"]
    assert (old.ends_on, old.runs_to, len(old.extensions)) == (date(2025, 6, 30), date(2025, 12, 31), 1)
    assert len(old.municipality_parties) == 8
    assert [str(remark) for remark in rules.life_findings(found["2/2026"], LIVED_UP_TO)] == [
        "La firma (20/02/2026) è successiva alla decorrenza (01/01/2026): verificare su quale base i servizi sono "
        "stati svolti prima."]
    assert found["6/2026"].renewal.favourable


def test_one_amendment_has_added_a_service_and_one_is_open(lived: ScopedSession) -> None:
    found = contracts(lived)
    assert "access_desk" in {held.service.code for held in found["1/2026"].conferrals}
    origins = [version.origin for version in found["1/2026"].documents]
    assert origins == ["generated", "generated", "final", "coordinated"]
    [change] = [found for found in before_and_after(found["10/2026"]) if found.field == "service"]
    assert (change.kind, change.of) == ("removed", "Melegnano")


def test_the_statement_waits_with_two_proposals(lived: ScopedSession) -> None:
    states = dict(lived.execute(select(StatementLine.state, func.count()).group_by(StatementLine.state)).all())
    assert states == {"open": 2, "matched": 2, "ignored": 1}
    known = matching.payers(lived)
    for line in lived.scalars(select(StatementLine).where(StatementLine.state == "open")):
        best = matching.proposals(lived, line, known)[0]
        assert lived.require(Municipality, best.municipality_id).name.upper() in line.payer


def test_the_file_of_the_bank_is_read_as_any_other() -> None:
    path = DEMO / "files" / "estratto-conto-2026-11.xml"
    [found] = read(path.name, path.read_bytes())
    assert (len(found.lines), len(found.left_out)) == (5, 1)


def test_terms_are_met_missed_and_still_open(lived: ScopedSession) -> None:
    states = set(lived.scalars(select(Deadline.state).distinct()))
    assert {"open", "met", "missed"} <= states
    soon = lived.scalars(select(Deadline).where(Deadline.state == "open", Deadline.effective <= date(2026, 12, 31)))
    assert {"insurance_gap", "rent", "contract_signature", "instalment_payment"} <= {row.rule.code for row in soon}


# --- as the days go by ------------------------------------------------------------------------------------


def test_played_twice_it_changes_nothing(lived_district: District) -> None:
    before = rows_of(lived_district.database)
    again = story.play(lived_district.database, lived_district.registry, today=LIVED_UP_TO,
                       progress=quiet)
    assert again == ()
    assert rows_of(lived_district.database) == before


def test_the_main_job_goes_on_working_after_the_story(lived_district: District) -> None:
    again = job.run(lived_district.database, lived_district.registry, today=LIVED_UP_TO,
                    progress=quiet)
    assert [made.number for made in again.contracts] == [f"{n}/2026" for n in range(1, 9)]
    assert all(lived_district.store.locate(made.document).exists() for made in again.contracts)


@pytest.fixture
def february(ground: Ground, district: District) -> District:
    """The district when the story has been played up to February 2026, of which nothing was left out."""
    left_out = ground.reach(district.database, "february", lambda: story.play(
        district.database, district.registry, today=EARLY, progress=quiet))
    assert left_out == ()
    return district


@ON_ONE
def test_in_february_only_what_had_happened_by_then(february: District) -> None:
    with ScopedSession(february.database, story.ACTOR) as session:
        found = contracts(session)
        assert (found["1/2024"].state, found["2/2026"].state, found["8/2026"].state) == (
            "continuity", "approved", "draft")
        assert session.scalars(select(func.max(Payment.received_on))).one() <= EARLY
        assert {(budget.year, budget.stage) for budget in session.scalars(select(Budget))} == {
            (2025, "budget"), (2025, "pre_closing"), (2026, "forecast")}
        overdue = session.scalars(select(Instalment).where(Instalment.state == "overdue")).all()
        assert [(row.municipality.name, row.title) for row in overdue] == [("Dresano", "Primo acconto")]


@ON_ONE
def test_a_later_day_goes_on_from_where_the_story_was(february: District, lived_district: District) -> None:
    assert story.play(february.database, february.registry, today=LIVED_UP_TO, progress=quiet) == ()
    counted, whole = rows_of(february.database), rows_of(lived_district.database)
    for name in ("Contract", "YearShare", "Instalment", "Payment", "Settlement"):
        assert counted[name] == whole[name], name


def test_an_event_that_can_no_longer_be_is_told_and_left_out(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [{"on": date(2025, 1, 1), "what": "Si proroga un contratto che nessuno ha", "do": "continue_services",
             "contract": "77/2024", "why": "prova"},
            {"on": date(2025, 1, 2), "what": "Si registrano i tassi", "do": "foundations"}]
    read: Callable[[str], object] = story.read
    monkeypatch.setattr(story, "read", lambda name: {"events": told} if name == "story" else read(name))
    [said] = story.play(district.database, district.registry, today=EARLY, progress=quiet)
    assert said.startswith("Si proroga un contratto che nessuno ha: ")
    assert story.play(district.database, district.registry, today=EARLY, progress=quiet) == (said,)
