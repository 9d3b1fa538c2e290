"""What changes allocation plans: opening, groups and keys, approval and its undoing. None of them commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, select

from core.allocation import explanation
from core.allocation.assemble import describe, facts_of, left_out
from core.allocation.findings import findings, to_answer
from core.allocation.groups import GroupFacts, KeyFacts, change_group, check_facts, facts_of_group, make_group
from core.allocation.limits import check_limits
from core.allocation.model import AllocationGroup, AllocationPlan, ShareLine, YearShare
from core.allocation.plan import Shared
from core.allocation.sharing import share_out
from core.allocation.states import LIFE, PlanState
from core.funding import approval as assembly
from core.funding.approval import Approval
from core.funding.model import Budget
from core.funding.operations import budget_cancels, budget_reopens, name_of
from core.funding.states import OFFICE, BudgetState, Stage
from core.ground.access import ScopedSession, as_system
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.ground.exercises import exercise_of
from core.ground.required import LONGEST_TITLE, require_text
from core.ground.states import Proof
from core.ground.upward import Upward
from core.parties.model import Municipality

SHARE_KINDS = {Stage.BUDGET: "budget", Stage.ACCOUNTS: "final"}  # the stages that say what is owed
SETTINGS = {"joining": ("days", "whole"), "ties": ("name", "istat"), "indirect_base": ("direct_cost", "equal")}
LIMITS = ("cap", "floor")
# before a plan is reopened: RuleBroken from what was asked on its shares, of this kind (None: nothing can be asked)
plan_reopens: Upward[[ScopedSession, AllocationPlan, str | None], None] = Upward()
# the shares of a year are others: who reads them follows
shares_changed: Upward[[ScopedSession, int, date], None] = Upward()
# final shares were corrected, or are those of before again: what was asked on them is corrected too
shares_corrected: Upward[[ScopedSession, AllocationPlan, date], None] = Upward()


def open_plan(
    session: ScopedSession, budget_id: int, *, title: str = "", copy_from: int | None = None
) -> AllocationPlan:
    """Open the plan of a budget, empty or with the groups, keys and typed figures of another (``copy_from``).

    A quota in euro that converges by steps goes a step further for each year between the two plans.
    """
    session.principal.require(*OFFICE)
    budget = session.require(Budget, budget_id)
    if budget.state == BudgetState.CANCELLED:
        raise RuleBroken("%(budget)s è annullato: aprire il piano su quello che vale.", budget=name_of(budget))
    plan = AllocationPlan(year=budget.year, budget=budget,
                          title=title.strip() or f"Piano di riparto {exercise_of(budget)}")
    session.add(plan)
    if copy_from is not None:
        _copy(session, plan, session.require(AllocationPlan, copy_from))
    session.flush()
    return plan


def _copy(session: ScopedSession, plan: AllocationPlan, model: AllocationPlan) -> None:
    """Settings, groups, keys and typed figures of another plan."""
    for name in (*SETTINGS, *LIMITS):
        setattr(plan, name, getattr(model, name))
    for order, group in enumerate(model.groups):
        facts = facts_of_group(group)
        keys = [_stepped(key, plan.year - model.year) for key in facts.keys]
        plan.groups.append(make_group(session, replace(facts, keys=keys), order))


def _stepped(key: KeyFacts, years: int) -> KeyFacts:
    """The key some years later: the next steps of a quota in euro, the last one at most."""
    if key.steps is None or key.step is None or years < 0:
        return key
    return replace(key, step=min(key.step + years, key.steps))


def open_correction(session: ScopedSession, plan_id: int, *, why: str, version: int | None) -> AllocationPlan:
    """Open the correction of an approved plan on the accounts: a copy of it, which takes its place when approved.

    While it is open the accounts themselves may be reopened and corrected. RuleBroken without a reason, for a plan that
    is not approved or on another stage, or while another correction of it is open.
    """
    session.principal.require(*OFFICE)
    plan = at_version(session.require(AllocationPlan, plan_id), version)
    session.refresh(plan, with_for_update=True)
    if plan.state != PlanState.APPROVED or plan.budget.stage != Stage.ACCOUNTS:
        raise RuleBroken("Si corregge un riparto definitivo approvato: una bozza si modifica, e le quote di previsione "
                         "si regolano con il saldo.")
    if (other := _open_correction(session, plan.id)) is not None:
        raise RuleBroken("C'è già una rettifica aperta, «%(plan)s»: approvare o annullare quella.", plan=other.title)
    reason = require_text(why, "Indicare perché le quote definitive si correggono: i Comuni lo leggono nella lettera.",
                          field="why", longest=LONGEST_TITLE)
    opened = AllocationPlan(year=plan.year, budget=plan.budget, corrects_id=plan.id, reason=reason,
                          title=f"Rettifica di «{plan.title}»")
    session.add(opened)
    _copy(session, opened, plan)
    session.flush()
    return opened


def _open_correction(session: ScopedSession, plan_id: int) -> AllocationPlan | None:
    mine = select(AllocationPlan).where(AllocationPlan.corrects_id == plan_id, AllocationPlan.state == PlanState.DRAFT)
    return session.scalars(mine).first()


def cancel(session: ScopedSession, plan_id: int, *, why: str, version: int | None, today: date) -> AllocationPlan:
    """Cancel a plan that was opened by mistake; it stays among the others with its reason.

    RuleBroken without a reason, and for an approved one.
    """
    plan = _open(session, plan_id, version)
    LIFE.move(session, plan, "cancel", on=today, proof=Proof(why=why))
    return touch(session, plan)


def set_plan(
    session: ScopedSession, plan_id: int, *, version: int, title: str, cap: Decimal | None = None,
    floor: Decimal | None = None, **settings: str,
) -> AllocationPlan:
    """Set the title, who joined during the year, the order of leftover cents, the base of the indirect costs, and by
    how many percent a share may rise and fall from one year to the next (None: by any)."""
    plan = _open(session, plan_id, version)
    require_text(title, "Dare un titolo al piano.", field="title")
    check_limits(cap, floor)
    plan.title, plan.cap, plan.floor = title.strip(), cap, floor
    for name, value in settings.items():
        if value not in SETTINGS[name]:
            raise RuleBroken("Scegliere una voce dell'elenco.", field=name)
        setattr(plan, name, value)
    return touch(session, plan)


def set_group(
    session: ScopedSession, plan_id: int, group_id: int | None, facts: GroupFacts, *, version: int | None = None
) -> AllocationGroup:
    """Set a group (None: a new one) with its services, exclusions, keys and typed figures.

    RuleBroken for no title or one that is taken, no service or one of another group, a deduction or an exclusion
    without a reason, weights that do not make 100, a figure that cannot be.
    """
    plan = _open(session, plan_id, version)
    others = [group for group in plan.groups if group.id != group_id]
    check_facts(session, facts, others)
    group = next((group for group in plan.groups if group.id == group_id), None)
    if group_id is not None and group is None:
        raise RuleBroken("Il gruppo non c'è più: ricaricare la pagina.")
    wanted = make_group(session, facts, len(others) if group is None else group.order)
    if group is None:
        group = wanted
        plan.groups.append(group)
    else:
        change_group(group, wanted)
    touch(session, plan)
    return group


def remove_group(session: ScopedSession, plan_id: int, group_id: int, *, version: int) -> None:
    """Take a group out of a plan."""
    plan = _open(session, plan_id, version)
    plan.groups = [group for group in plan.groups if group.id != group_id]
    touch(session, plan)


# --- sharing and approval ---------------------------------------------------------------------------------


def compute(session: ScopedSession, plan: AllocationPlan) -> Shared:
    """Share the plan out as it stands; nothing is kept. RuleBroken as ``plan.share_out``."""
    return share_out(describe(session, plan))


def approve(
    session: ScopedSession, plan_id: int, approval: Approval, *, letters: bool = True,
    reason: str = "", version: int | None = None, today: date,
) -> AllocationPlan:
    """Approve a plan: its lines are frozen, the shares of the year follow from a budget or from the accounts.

    With ``letters`` every municipality gets the document that explains its share. A plan on a forecast or on a
    pre-closing freezes its lines and says what to expect: nothing can be asked by it. A correction takes the place of
    the plan that it corrects. Where memberships, contracts and conferrals do not agree ``reason`` says why it is
    approved all the same; it stays with the passage. RuleBroken if the budget is not approved, another plan on it is,
    and for every error of ``findings``.
    """
    plan = _draft(session, plan_id, version)
    session.refresh(plan, with_for_update=True)
    _require_approvable(session, plan, approval.on)
    word = _answered(to_answer(session, plan), reason)
    described = describe(session, plan)
    shared = share_out(described)
    plan.left_out = left_out(facts_of(session, plan))
    act = assembly.record(session, plan, approval, title=f"Approvazione: {plan.title}", today=today)
    LIFE.move(session, plan, "approve", on=approval.on, proof=Proof(why=word, act_id=act.id))
    municipalities = {m.slug: m for m in session.scalars(select(Municipality))}
    session.add_all(
        ShareLine(plan_id=plan.id, municipality_id=municipalities[line.party].id, group_title=line.group,
                  key_kind=line.kind, key_title=line.key, source=line.source, weight=line.weight, pool=line.pool,
                  value=line.value, whole=line.whole, days=line.days, amount=line.amount, how=line.how)
        for line in shared.lines
    )
    for group in plan.groups:
        group.shared = shared.of_groups.get(group.title, Decimal("0.00"))
    session.flush()
    for slug, amount in shared.totals.items():
        _keep_share(session, plan, municipalities[slug], amount, approval, letters, today)
    if plan.corrects is not None:
        _take_its_place(session, plan, plan.corrects, act.id)
    shares_changed.tell(session, plan.year, today)
    if plan.corrects is not None:
        shares_corrected.tell(session, plan, today)
    return plan


def _answered(found: Sequence[Finding], reason: str) -> str:
    """The reason with what it answers, as the diary keeps it; empty where everything agrees. RuleBroken without one."""
    if not found:
        return ""
    told = require_text(reason, "Adesioni, contratti e conferimenti dell'anno non concordano: indicare perché il piano "
                                "si approva comunque, o correggerli prima.", field="reason", longest=LONGEST_TITLE)
    return "\n".join([told, *(f"– {finding}" for finding in found)])


def _take_its_place(session: ScopedSession, plan: AllocationPlan, corrected: AllocationPlan, act_id: int) -> None:
    """Who had a share by the corrected plan and has none by this one owes nothing any more."""
    LIFE.move(session, corrected, "correct", on=plan.approved_on or corrected.approved_on or date.min,
              proof=Proof(act_id=act_id))
    shares = select(YearShare).where(YearShare.plan_id.in_((plan.id, corrected.id)))
    held: dict[int, set[int | None]] = {}
    for share in session.scalars(shares):
        held.setdefault(share.municipality_id, set()).add(share.plan_id)
    session.add_all(
        YearShare(year=plan.year, kind=SHARE_KINDS[Stage.ACCOUNTS], amount=Decimal("0.00"), origin="plan",
                  approved_on=plan.approved_on, plan_id=plan.id, municipality_id=key)
        for key, plans in held.items() if plan.id not in plans)
    session.flush()


def _require_approvable(session: ScopedSession, plan: AllocationPlan, on: date) -> None:
    if plan.budget.state != BudgetState.APPROVED:
        raise RuleBroken("%(budget)s non è ancora approvato: il riparto si approva con il bilancio o dopo.",
                         budget=name_of(plan.budget)).mended(Place("budget", plan.budget_id))
    if plan.budget.approved_on is not None and on < plan.budget.approved_on:
        raise RuleBroken("%(budget)s è stato approvato il %(day)s: il riparto non si approva prima. Correggere la data "
                         "della deliberazione.", field="on", budget=name_of(plan.budget),
                         day=f"{plan.budget.approved_on:%d/%m/%Y}")
    same = select(AllocationPlan).where(
        AllocationPlan.budget_id == plan.budget_id, AllocationPlan.id.not_in((plan.id, plan.corrects_id or 0)),
        AllocationPlan.state == PlanState.APPROVED)
    if plan.corrects is not None and plan.corrects.state != PlanState.APPROVED:
        raise RuleBroken("«%(plan)s» non è più approvato: non c'è nulla da correggere. Annullare questa rettifica.",
                         plan=plan.corrects.title)
    if other := session.scalars(same).first():
        raise RuleBroken("Per questo bilancio è già approvato il piano «%(plan)s»: riaprirlo prima di approvarne un "
                         "altro.", plan=other.title).mended(Place("allocation_plan", other.id))
    for finding in findings(session, plan):
        if finding.level is Level.ERROR:
            raise RuleBroken(finding.message, field=None, **finding.values).mended(finding.at)


def _keep_share(
    session: ScopedSession, plan: AllocationPlan, municipality: Municipality, amount: Decimal, approval: Approval,
    letters: bool, today: date,
) -> None:
    """The share of a municipality with the document that explains it, if the plan's stage says what is owed."""
    kind = SHARE_KINDS.get(Stage(plan.budget.stage))
    if kind is None:
        return
    document = explanation.make(session, plan, municipality, today=today) if letters else None
    session.add(YearShare(year=plan.year, kind=kind, amount=amount, approved_on=approval.on, origin="plan",
                          plan_id=plan.id, municipality_id=municipality.id, document=document))
    session.flush()


def reopen(session: ScopedSession, plan_id: int, *, why: str, today: date) -> AllocationPlan:
    """Undo the approval of a plan, with a reason; its shares fall, and the history keeps them.

    RuleBroken once an instalment was asked on these shares, or its letter stands in a round.
    """
    session.principal.require(*OFFICE)
    plan = session.require(AllocationPlan, plan_id)
    if plan.state != PlanState.APPROVED:
        raise RuleBroken("Si riapre un piano approvato: quello che un altro ha corretto torna a valere riaprendo la "
                         "rettifica.")
    if (open_one := _open_correction(session, plan.id)) is not None:
        raise RuleBroken("È aperta la rettifica «%(plan)s»: annullarla prima di riaprire il piano.",
                         plan=open_one.title).mended(Place("allocation_plan", open_one.id))
    plan_reopens.tell(session, plan, SHARE_KINDS.get(Stage(plan.budget.stage)))
    LIFE.undo(session, plan, on=today, why=why)
    assembly.clear(plan)
    plan.left_out = ()
    for group in plan.groups:
        group.shared = None
    for entity in (ShareLine, YearShare):  # rows that never change fall with what made them; the history keeps them
        as_system(session, delete(entity).where(entity.plan_id == plan.id), reason="riapertura del piano di riparto")
    session.expire(plan, ["lines"])
    session.flush()
    if plan.corrects is not None:
        LIFE.undo(session, plan.corrects, on=today, why=why, by_rule=True)
    shares_changed.tell(session, plan.year, today)
    if plan.corrects is not None:
        shares_corrected.tell(session, plan.corrects, today)
    return plan


@budget_reopens
def _require_no_plan(session: ScopedSession, budget: Budget) -> None:
    """RuleBroken while an approved plan rests on the budget, unless a correction of it is open."""
    resting = select(AllocationPlan).where(AllocationPlan.budget_id == budget.id, AllocationPlan.state == "approved")
    plan = session.scalars(resting).first()
    if plan is not None and _open_correction(session, plan.id) is None:
        raise RuleBroken("Su questo bilancio si regge il piano di riparto approvato «%(plan)s»: riaprire prima quello.",
                         plan=plan.title).mended(Place("allocation_plan", plan.id))


@budget_cancels
def _require_unused(session: ScopedSession, budget: Budget) -> None:
    """RuleBroken while a plan rests on the budget that is to be cancelled."""
    resting = select(AllocationPlan).where(AllocationPlan.budget_id == budget.id,
                                           AllocationPlan.state != PlanState.CANCELLED)
    if plan := session.scalars(resting).first():
        raise RuleBroken("Su questo bilancio si regge il piano di riparto «%(plan)s»: annullare prima quello.",
                         plan=plan.title).mended(Place("allocation_plan", plan.id))


def _open(session: ScopedSession, plan_id: int, version: int | None) -> AllocationPlan:
    """The plan to change, by the office."""
    session.principal.require(*OFFICE)
    return _draft(session, plan_id, version)


def _draft(session: ScopedSession, plan_id: int, version: int | None) -> AllocationPlan:
    """A plan that is still a draft, at the version that the form was opened on (None: whatever it is now)."""
    plan = session.require(AllocationPlan, plan_id)
    if plan.state == PlanState.CANCELLED:
        raise RuleBroken("«%(plan)s» è annullato e non si modifica.", plan=plan.title)
    if plan.state != PlanState.DRAFT:
        raise RuleBroken("«%(plan)s» è approvato e non si modifica: se è sbagliato, riaprirlo indicando il motivo.",
                         plan=plan.title)
    return at_version(plan, version)
