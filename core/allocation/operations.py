"""What changes allocation plans: opening, groups and keys, approval and its undoing. None of them commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, select

from core.allocation import explanation
from core.allocation.assemble import describe, findings
from core.allocation.model import (
    AllocationGroup,
    AllocationKey,
    AllocationPlan,
    GroupExclusion,
    GroupService,
    KeyValue,
    ShareLine,
    YearShare,
)
from core.allocation.plan import TYPED, KeyKind, Shared, check_weights, share_out
from core.allocation.states import LIFE, PlanState
from core.catalogue.model import Service
from core.funding import approval as assembly
from core.funding.approval import Approval
from core.funding.model import Budget
from core.funding.operations import budget_reopens, name_of
from core.funding.states import OFFICE, BudgetState, Stage
from core.ground import money
from core.ground.access import ScopedSession, as_system
from core.ground.edits import at_version, touch
from core.ground.errors import Level, RuleBroken
from core.ground.names import folded
from core.ground.required import require_text
from core.ground.states import Proof
from core.ground.upward import Upward
from core.parties.model import Municipality
from core.plugins.loading import Registry

SHARE_KINDS = {Stage.BUDGET: "budget", Stage.ACCOUNTS: "final"}  # the stages that say what is owed
SETTINGS = {"joining": ("days", "whole"), "ties": ("name", "istat"), "indirect_base": ("direct_cost", "equal")}
# before a plan is reopened: RuleBroken from what was asked on its shares, of this kind (None: nothing can be asked)
plan_reopens: Upward[[ScopedSession, AllocationPlan, str | None], None] = Upward()
# the shares of a year are others: who reads them follows
shares_changed: Upward[[ScopedSession, int, date], None] = Upward()


@dataclass(frozen=True)
class KeyFacts:
    """A key as a form says it: ``weight`` and ``convergence`` in percent; ``values`` by municipality id."""

    kind: str
    weight: Decimal = Decimal(0)
    on: date | None = None
    measure: str | None = None
    usage_year: int | None = None
    convergence: Decimal | None = None
    source: str = ""
    values: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupFacts:
    """A group as a form says it; ``exclusions`` gives the reason by municipality id."""

    title: str
    service_ids: Sequence[int]
    keys: Sequence[KeyFacts]
    deduction: Decimal = Decimal(0)
    deduction_why: str = ""
    exclusions: Mapping[int, str] = field(default_factory=dict)


def open_plan(
    session: ScopedSession, budget_id: int, *, title: str = "", copy_from: int | None = None
) -> AllocationPlan:
    """Open the plan of a budget, empty or with the groups, keys and typed figures of another (``copy_from``)."""
    session.principal.require(*OFFICE)
    budget = session.require(Budget, budget_id)
    plan = AllocationPlan(year=budget.year, budget=budget, title=title.strip() or f"Piano di riparto {budget.year}")
    session.add(plan)
    if copy_from is not None:
        model = session.require(AllocationPlan, copy_from)
        for name in SETTINGS:
            setattr(plan, name, getattr(model, name))
        for order, group in enumerate(model.groups):
            plan.groups.append(_made(session, facts_of_group(group), order))
    session.flush()
    return plan


def set_plan(session: ScopedSession, plan_id: int, *, version: int, title: str, **settings: str) -> AllocationPlan:
    """Set the title, who joined during the year, the order of leftover cents, the base of the indirect costs."""
    plan = _open(session, plan_id, version)
    require_text(title, "Dare un titolo al piano.", field="title")
    plan.title = title.strip()
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
    order = len(plan.groups)
    others = [group for group in plan.groups if group.id != group_id]
    _check_group(session, facts, others)
    if group_id is not None:
        old = next((group for group in plan.groups if group.id == group_id), None)
        if old is None:
            raise RuleBroken("Il gruppo non c'è più: ricaricare la pagina.")
        order = old.order
        plan.groups.remove(old)
        session.flush()
    made = _made(session, facts, order)
    plan.groups.append(made)
    plan.groups.sort(key=lambda group: group.order)
    touch(session, plan)
    return made


def remove_group(session: ScopedSession, plan_id: int, group_id: int, *, version: int) -> None:
    """Take a group out of a plan."""
    plan = _open(session, plan_id, version)
    plan.groups = [group for group in plan.groups if group.id != group_id]
    touch(session, plan)


def _check_group(session: ScopedSession, facts: GroupFacts, others: Sequence[AllocationGroup]) -> None:
    require_text(facts.title, "Dare un nome al gruppo.", field="title")
    if folded(facts.title) in {folded(group.title) for group in others}:
        raise RuleBroken("Un gruppo con questo nome c'è già: sceglierne un altro.", field="title")
    if not facts.service_ids:
        raise RuleBroken("Scegliere almeno un servizio.", field="service_ids")
    for group in others:
        for taken in group.services:
            if taken.service_id in facts.service_ids:
                raise RuleBroken("«%(service)s» è già nel gruppo «%(group)s»: un servizio si ripartisce una volta.",
                                 field="service_ids", service=taken.service.title, group=group.title)
    if money.exact_cents(facts.deduction, field="deduction") < 0:
        raise RuleBroken("La detrazione non può essere negativa.", field="deduction")
    if facts.deduction and not facts.deduction_why.strip():
        raise RuleBroken("Indicare il motivo della detrazione: si stampa nel calcolo della quota.",
                         field="deduction_why")
    for municipality_id, why in facts.exclusions.items():
        if not why.strip():
            raise RuleBroken("Indicare perché %(name)s è escluso: si stampa nel calcolo della quota.",
                             field="exclusions", name=session.require(Municipality, municipality_id).name)
    for key in facts.keys:
        _check_key(key)
    check_weights(facts.title.strip(), [(KeyKind(key.kind), key.weight) for key in facts.keys])


def _check_key(key: KeyFacts) -> None:
    if key.kind not in set(KeyKind):
        raise RuleBroken("Scegliere il tipo di ogni chiave.", field="keys")
    if key.kind == KeyKind.USAGE and not key.measure:
        raise RuleBroken("Per la chiave dell'uso scegliere la misura.", field="keys")
    if key.kind == KeyKind.HISTORIC and (key.convergence is None or not 0 <= key.convergence <= 100):
        raise RuleBroken("Per la quota storica indicare la convergenza, da 0 a 100.", field="keys")
    if any(value < 0 for value in key.values.values()):
        raise RuleBroken("I valori di una chiave non possono essere negativi.", field="keys")
    if key.kind in TYPED and not any(key.values.values()):
        raise RuleBroken("Una chiave con i valori scritti a mano ha bisogno di almeno un valore maggiore di zero.",
                         field="keys")
    if key.kind == KeyKind.FIXED:
        for value in key.values.values():
            money.exact_cents(value, field="keys")


def facts_of_group(group: AllocationGroup) -> GroupFacts:
    """A group as a form says it: to edit it, or to copy it into another plan."""
    keys = [
        KeyFacts(key.kind, key.weight, key.on, key.measure, key.usage_year, key.convergence, key.source,
                 {held.municipality_id: held.value for held in key.values})
        for key in group.keys
    ]
    return GroupFacts(group.title, [held.service_id for held in group.services], keys, group.deduction,
                      group.deduction_why, {held.municipality_id: held.why for held in group.exclusions})


def _made(session: ScopedSession, facts: GroupFacts, order: int) -> AllocationGroup:
    return AllocationGroup(
        order=order, title=facts.title.strip(), deduction=facts.deduction, deduction_why=facts.deduction_why.strip(),
        services=[GroupService(service=session.require(Service, key)) for key in dict.fromkeys(facts.service_ids)],
        exclusions=[GroupExclusion(municipality=session.require(Municipality, key), why=why.strip())
                    for key, why in facts.exclusions.items()],
        keys=[_key(session, key, place) for place, key in enumerate(facts.keys)],
    )


def _key(session: ScopedSession, facts: KeyFacts, order: int) -> AllocationKey:
    typed, converging = facts.kind in TYPED, facts.kind == KeyKind.HISTORIC
    return AllocationKey(
        order=order, kind=facts.kind, weight=facts.weight, on=facts.on, source=facts.source.strip(),
        measure=facts.measure if facts.kind == KeyKind.USAGE else None,
        usage_year=facts.usage_year if facts.kind == KeyKind.USAGE else None,
        convergence=facts.convergence if converging else None,
        values=[KeyValue(municipality=session.require(Municipality, key), value=value)
                for key, value in facts.values.items() if typed and value],
    )


# --- sharing and approval ---------------------------------------------------------------------------------


def compute(session: ScopedSession, plan: AllocationPlan, registry: Registry) -> Shared:
    """Share the plan out as it stands; nothing is kept. RuleBroken as ``plan.share_out``."""
    return share_out(describe(session, plan, registry))


def approve(
    session: ScopedSession, plan_id: int, approval: Approval, *, registry: Registry, letters: bool = True,
    version: int | None = None, today: date,
) -> AllocationPlan:
    """Approve a plan: its lines are frozen, the shares of the year follow from a budget or from the accounts.

    With ``letters`` every municipality gets the document that explains its share. A plan on a forecast or on a
    pre-closing freezes its lines and says what to expect: nothing can be asked by it. RuleBroken if the budget is not
    approved, another plan on it is, and for every error of ``findings``.
    """
    plan = _draft(session, plan_id, version)
    session.refresh(plan, with_for_update=True)
    _require_approvable(session, plan, registry, approval.on)
    described = describe(session, plan, registry)
    shared = share_out(described)
    act = assembly.record(session, plan, approval, title=f"Approvazione: {plan.title}", today=today)
    LIFE.move(session, plan, "approve", on=approval.on, proof=Proof(act_id=act.id))
    municipalities = {m.slug: m for m in session.scalars(select(Municipality))}
    session.add_all(
        ShareLine(plan_id=plan.id, municipality_id=municipalities[line.party].id, group_title=line.group,
                  key_kind=line.kind, key_title=line.key, source=line.source, weight=line.weight, pool=line.pool,
                  value=line.value, whole=line.whole, amount=line.amount)
        for line in shared.lines
    )
    session.flush()
    for slug, amount in shared.totals.items():
        _keep_share(session, plan, municipalities[slug], amount, approval, letters, today)
    shares_changed.tell(session, plan.year, today)
    return plan


def _require_approvable(session: ScopedSession, plan: AllocationPlan, registry: Registry, on: date) -> None:
    if plan.budget.state != BudgetState.APPROVED:
        raise RuleBroken("%(budget)s non è ancora approvato: il riparto si approva con il bilancio o dopo.",
                         budget=name_of(plan.budget))
    if plan.budget.approved_on is not None and on < plan.budget.approved_on:
        raise RuleBroken("%(budget)s è stato approvato il %(day)s: il riparto non si approva prima. Correggere la data "
                         "della deliberazione.", field="on", budget=name_of(plan.budget),
                         day=f"{plan.budget.approved_on:%d/%m/%Y}")
    same = select(AllocationPlan).where(AllocationPlan.budget_id == plan.budget_id, AllocationPlan.id != plan.id,
                                        AllocationPlan.state == PlanState.APPROVED)
    if other := session.scalars(same).first():
        raise RuleBroken("Per questo bilancio è già approvato il piano «%(plan)s»: riaprirlo prima di approvarne un "
                         "altro.", plan=other.title)
    for finding in findings(session, plan, registry):
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
    plan_reopens.tell(session, plan, SHARE_KINDS.get(Stage(plan.budget.stage)))
    LIFE.undo(session, plan, on=today, why=why)
    assembly.clear(plan)
    for entity in (ShareLine, YearShare):  # rows that never change fall with what made them; the history keeps them
        as_system(session, delete(entity).where(entity.plan_id == plan.id), reason="riapertura del piano di riparto")
    session.expire(plan, ["lines"])
    session.flush()
    shares_changed.tell(session, plan.year, today)
    return plan


@budget_reopens
def _require_no_plan(session: ScopedSession, budget: Budget) -> None:
    """RuleBroken while an approved plan rests on the budget."""
    resting = select(AllocationPlan).where(AllocationPlan.budget_id == budget.id, AllocationPlan.state == "approved")
    if plan := session.scalars(resting).first():
        raise RuleBroken("Su questo bilancio si regge il piano di riparto approvato «%(plan)s»: riaprire prima quello.",
                         plan=plan.title)


def _open(session: ScopedSession, plan_id: int, version: int | None) -> AllocationPlan:
    """The plan to change, by the office."""
    session.principal.require(*OFFICE)
    return _draft(session, plan_id, version)


def _draft(session: ScopedSession, plan_id: int, version: int | None) -> AllocationPlan:
    """A plan that is still a draft, at the version that the form was opened on (None: whatever it is now)."""
    plan = session.require(AllocationPlan, plan_id)
    if plan.state != PlanState.DRAFT:
        raise RuleBroken("«%(plan)s» è approvato e non si modifica: se è sbagliato, riaprirlo indicando il motivo.",
                         plan=plan.title)
    return at_version(plan, version)
