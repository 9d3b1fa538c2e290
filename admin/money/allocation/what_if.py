"""What would change: a plan with another key, or two plans of different years or stages, with a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from admin.guard import policy
from admin.guard.session import db
from admin.money.allocation.record import shares_now
from admin.money.budgets.views import budget_name
from admin.web import charts
from admin.web.base_view import Page, small
from admin.web.remarks import remark
from core.allocation import what_if
from core.allocation.model import AllocationPlan
from core.allocation.states import PlanState
from core.ground.errors import RuleBroken
from core.ground.order import alphabetical
from core.parties.model import Municipality

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class ShareDifference:
    """A municipality under the one and the other: euros, and the change in percent of the first."""

    name: str
    one: Decimal
    other: Decimal

    @property
    def change(self) -> Decimal:
        """The other less the one."""
        return self.other - self.one

    @property
    def percent(self) -> Decimal | None:
        """The change in percent, None where there was nothing."""
        return (self.change * 100 / self.one).quantize(TENTH) if self.one else None


class WhatIf(Page):
    """Compare two keys, or two plans. It only reads."""

    may_read = policy.MONEY
    group = "money"
    aside = True

    @expose("/")
    def index(self) -> str:
        """The choice, and below it the comparison that the address asks for."""
        newest_first = select(AllocationPlan).where(AllocationPlan.state != PlanState.CANCELLED).order_by(
            AllocationPlan.year.desc(), AllocationPlan.id.desc())
        plans = db().scalars(newest_first).all()
        plan = self._plan("piano")
        shown: dict[str, Any] = {"plans": [(row.id, plan_name(row)) for row in plans], "asked": request.args,
                                 "plan": plan, "rows": None, "refusal": None, "chart": None}
        if plan is not None:
            offered = what_if.choices(db(), plan)
            shown |= {"choices": [(choice.code, choice.title) for choice in offered],
                      "group_choices": [(group.title, group.title) for group in plan.groups]}
        try:
            shown |= self._compared(plan)
        except RuleBroken as error:
            shown["refusal"] = remark(error)
        return self.render("money/allocation/what_if.html", **shown)

    def _compared(self, plan: AllocationPlan | None) -> dict[str, Any]:
        """Rows and chart of what the address asks for; nothing if it asks for nothing."""
        other = self._plan("altro")
        if plan is not None and other is not None:
            same = plan.title == other.title
            left, right = (plan_name(row) if same else row.title for row in (plan, other))
            return _shown(left, right, _by_name(plan), _by_name(other), _("Due piani a confronto"))
        one, two = request.args.get("una", ""), request.args.get("altra", "")
        if plan is None or not one or not two:
            return {}
        group = request.args.get("gruppo") or None
        titles = {choice.code: choice.title for choice in what_if.choices(db(), plan)}
        names = dict(row for row in db().execute(select(Municipality.slug, Municipality.name)))
        found = [{names[slug]: amount for slug, amount in what_if.totals(
            db(), plan, code, group).items()} for code in (one, two)]
        heading = _("%(plan)s, %(group)s", plan=plan.title, group=group or _("tutti i gruppi"))
        return _shown(titles.get(one, one), titles.get(two, two), found[0], found[1], heading)

    @staticmethod
    def _plan(name: str) -> AllocationPlan | None:
        """The plan that the address names; 404 for one that is not there."""
        if not request.args.get(name):
            return None
        key = small(request.args[name])
        plan = None if key is None else db().get(AllocationPlan, key)
        if plan is None:
            abort(404)
        return plan


def plan_name(plan: AllocationPlan) -> str:
    """A plan with the budget that it shares out."""
    return f"{plan.title} – {budget_name(plan.budget)}"


def _by_name(plan: AllocationPlan) -> dict[str, Decimal]:
    return {name: total for name, _url, _amounts, total in shares_now(db(), plan).rows}


def _shown(
    one: str, other: str, first: Mapping[str, Decimal], second: Mapping[str, Decimal], heading: str
) -> dict[str, Any]:
    zero = Decimal("0.00")
    names = sorted({*first, *second}, key=alphabetical)
    rows = [ShareDifference(name, first.get(name, zero), second.get(name, zero)) for name in names]
    total = ShareDifference(_("Totale"), sum(first.values(), zero), sum(second.values(), zero))
    chart = charts.bars(heading, [row.name for row in rows], [(one, [row.one for row in rows]),
                                                              (other, [row.other for row in rows])],
                        source=_("piani di riparto, calcolo di prova"))
    return {"rows": rows, "total": total, "one": one, "other": other, "chart": chart}


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [WhatIf(lazy_gettext("Prova altre chiavi"), endpoint="what_if", url="riparto/confronto")]
