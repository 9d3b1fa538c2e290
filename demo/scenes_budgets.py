"""Budgets and allocation plans in the story: their figures stand in money.toml, here they are opened and approved."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.allocation import operations as allocation
from core.allocation.bands import PopulationBand
from core.allocation.groups import DeductionFacts, GroupFacts, KeyFacts
from core.allocation.plan import OF_RESIDENTS
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
    allocation.set_plan(scene.session, plan.id, version=plan.version, title=facts["title"], joining=wanted["joining"],
                        cap=_number(wanted, "cap"), floor=_number(wanted, "floor"))
    for group in _groups(scene, wanted):
        allocation.set_group(scene.session, plan.id, None, _group(scene, wanted, group))
    allocation.approve(scene.session, plan.id, _approval(scene, facts),
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
        deductions=[DeductionFacts(scene.municipality(row["municipality"]).id, Decimal(row["amount"]), row["why"],
                                   row["borne"]) for row in group.get("deductions", ())],
    )


def _key(scene: Scene, wanted: Facts, key: Facts) -> KeyFacts:
    bands = tuple(PopulationBand(band.get("up_to"), Decimal(band["value"])) for band in key.get("bands", ()))
    return KeyFacts(
        kind=key["kind"],
        weight=Decimal(key.get("weight", 0)),
        on=wanted["residents_on"] if key["kind"] in OF_RESIDENTS else None,
        convergence=_number(key, "convergence"),
        source=key.get("source", ""),
        values=_by_id(scene, key.get("values", {})),
        rate=_number(key, "rate"),
        bands=bands,
        banding=key.get("banding"),
        steps=key.get("steps"),
        step=key.get("step"),
        families_pay=key.get("families_pay"),
        recovery=_by_id(scene, key.get("recovery", {})),
    )


def _number(facts: Facts, name: str) -> Decimal | None:
    return Decimal(facts[name]) if name in facts else None


def _by_id(scene: Scene, figures: Facts) -> dict[int, Decimal]:
    return {scene.municipality(slug).id: Decimal(figure) for slug, figure in figures.items()}


VERBS = (approve_budget, approve_plan)
