"""Budgets and allocation plans in the story: their figures stand in money.toml, here they are opened and approved."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.allocation import operations as allocation
from core.allocation.groups import GroupFacts, KeyFacts
from core.funding import operations as funding
from core.funding.approval import Approval
from core.funding.model import Budget, FundingSource
from core.funding.rules import LineFacts
from demo.load import Facts
from demo.scene import Scene


def approve_budget(scene: Scene, facts: Facts) -> None:
    """A budget is opened, filled in service by service, and approved by the assembly."""
    wanted = _of(scene, "budgets", facts)
    like = wanted.get("like")
    model = _budget(scene, like).id if like else None
    budget = funding.open_budget(scene.session, facts["year"], facts["stage"], copy_from=model)
    sources = {code: key for key, code in scene.session.execute(select(FundingSource.id, FundingSource.code))}
    if "general" in wanted:
        lines = [_line(row, sources) for row in wanted["general"]]
        funding.set_lines(scene.session, budget.id, None, lines, version=None)
    for code, rows in wanted.get("services", {}).items():
        [service_id] = scene.services([code])
        funding.set_lines(scene.session, budget.id, service_id, [_line(row, sources) for row in rows], version=None)
    if "figures" in wanted:
        figures = {name: Decimal(text) for name, text in wanted["figures"].items()}
        funding.set_figures(scene.session, budget.id, figures, version=budget.version)
    funding.approve(scene.session, budget.id, _approval(scene, facts), today=scene.today)


def approve_plan(scene: Scene, facts: Facts) -> None:
    """A plan is made of its groups and approved; with ``letters`` every municipality gets its explanation."""
    wanted = _of(scene, "plans", facts)
    plan = allocation.open_plan(scene.session, _budget(scene, facts).id, title=facts["title"])
    allocation.set_plan(scene.session, plan.id, version=plan.version, title=facts["title"], joining=wanted["joining"])
    for group in _groups(scene, wanted):
        allocation.set_group(scene.session, plan.id, None, _group(scene, wanted, group))
    allocation.approve(scene.session, plan.id, _approval(scene, facts), registry=scene.registry,
                       letters=bool(facts.get("letters")), reason=facts.get("reason", ""), today=scene.today)


def _of(scene: Scene, kind: str, facts: Facts) -> Facts:
    """The budget or plan of money.toml with this year and stage."""
    found: list[Facts] = scene.money[kind]
    return next(row for row in found if (row["year"], row["stage"]) == (facts["year"], facts["stage"]))


def _budget(scene: Scene, facts: Facts) -> Budget:
    named = select(Budget).where(Budget.year == facts["year"], Budget.stage == facts["stage"])
    return scene.session.scalars(named).one()


def _approval(scene: Scene, facts: Facts) -> Approval:
    return Approval(facts["number"], scene.today, *facts["votes"])


def _line(row: Facts, sources: dict[str, int]) -> LineFacts:
    return LineFacts(kind=row["kind"], title=row["title"], amount=Decimal(row["amount"]),
                     source_id=sources[row["source"]] if "source" in row else None, social=row.get("social", False),
                     funder=row.get("funder", ""))


def _groups(scene: Scene, wanted: Facts) -> list[Facts]:
    """The groups of a plan: those of the one it follows, with its own in their place."""
    own = {group["title"]: group for group in wanted["groups"]}
    if "like" not in wanted:
        return list(own.values())
    return [own.get(group["title"], group) for group in _groups(scene, _of(scene, "plans", wanted["like"]))]


def _group(scene: Scene, wanted: Facts, group: Facts) -> GroupFacts:
    return GroupFacts(
        title=group["title"],
        service_ids=scene.services(group["services"]),
        keys=[_key(scene, wanted, key) for key in group["keys"]],
        exclusions={scene.municipality(slug).id: why for slug, why in group.get("exclusions", {}).items()},
    )


def _key(scene: Scene, wanted: Facts, key: Facts) -> KeyFacts:
    counts_residents = key["kind"] in ("residents", "solidarity")
    return KeyFacts(
        kind=key["kind"],
        weight=Decimal(key.get("weight", 0)),
        on=wanted["residents_on"] if counts_residents else None,
        convergence=Decimal(key["convergence"]) if "convergence" in key else None,
        source=key.get("source", ""),
        values={scene.municipality(slug).id: Decimal(value) for slug, value in key.get("values", {}).items()},
    )


VERBS = (approve_budget, approve_plan)
