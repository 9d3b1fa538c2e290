"""What the pages of an allocation plan say: groups and keys, the table of shares, how one share is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from admin.cases import diary
from admin.guard.session import principal
from admin.web import charts, formats
from admin.web.exercise import exercise
from admin.web.remarks import remark
from admin.web.words import decimal
from admin.wording import labels
from core.allocation import explanation, operations
from core.allocation.assemble import TITLES, costs_of, facts_of, left_out
from core.allocation.bands import price
from core.allocation.conferred import known_of
from core.allocation.drift import drifted
from core.allocation.findings import findings, frozen_disagreements
from core.allocation.model import AllocationGroup, AllocationKey, AllocationPlan, KeyBand, ShareLine, YearShare
from core.allocation.plan import WITHOUT_WEIGHT, Cost, KeyKind, Shared
from core.allocation.states import READABLE, PlanState
from core.allocation.year_before import year_before
from core.catalogue.model import Service
from core.funding.results import ZERO
from core.funding.states import Stage
from core.ground.access import ScopedSession
from core.ground.errors import Finding, RuleBroken
from core.ground.order import alphabetical
from core.ground.states import standing
from core.parties.model import Municipality
from core.usage.years import year_measures


@dataclass(frozen=True)
class GroupRow:
    """A group as the record shows it."""

    group: AllocationGroup
    cost: Cost
    costs: tuple[explanation.CostLine, ...]
    paid: Decimal
    keys: tuple[str, ...]
    excluded: tuple[str, ...]
    deducted: tuple[str, ...]
    url: str | None
    remove_url: str | None


@dataclass(frozen=True)
class Change:
    """What a correction changes for a municipality: its final share before and now, in euros."""

    name: str
    before: Decimal
    now: Decimal

    @property
    def difference(self) -> Decimal:
        """What is still to pay; negative is a credit."""
        return self.now - self.before


@dataclass(frozen=True)
class ShareTable:
    """The whole table: municipalities by groups, with both totals; ``urls`` lead to each explanation."""

    groups: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Decimal, ...], Decimal], ...]
    sums: tuple[Decimal, ...]
    total: Decimal


def sections(session: ScopedSession, row: AllocationPlan, *, editable: bool) -> dict[str, Any]:
    """Everything below the title of a plan."""
    table, refusal, tried = None, None, None
    try:
        tried = operations.compute(session, row) if row.state == PlanState.DRAFT else None
        table = share_table(session, row, tried) if row.state != PlanState.CANCELLED else None
    except RuleBroken as error:
        refusal = remark(error)
    return {
        "groups": group_rows(session, row, editable, tried.of_groups if tried else {}),
        "table": table,
        "refusal": refusal,
        "remarks": remarks(session, row),
        "answer": answer(session, row),
        "changes": changes(session, row, table),
        "chart": year_chart(session, row, table),
        "settings": [
            (labels.column("allocation_plan", name), labels.choice("allocation_plan", name, getattr(row, name)))
            for name in operations.SETTINGS
        ] + [(labels.column("allocation_plan", name), decimal(getattr(row, name)))
             for name in operations.LIMITS if getattr(row, name) is not None],
        "is_draft": row.state == PlanState.DRAFT,
        "events": diary.events(session, "allocation_plan", row.id),
        "diary_acts": (),
    }


def remarks(session: ScopedSession, row: AllocationPlan) -> list[Finding]:
    """The remarks of the check while the plan is a draft, those that stop the approval first; then where prices and
    budget disagree, and what has changed.

    Each is about another's: they are the offices'.
    """
    if not principal().sees_all:
        return []
    if row.state == PlanState.DRAFT:
        return findings(session, row)
    return [*frozen_disagreements(row), *drifted(session, row)]


def answer(session: ScopedSession, row: AllocationPlan) -> str:
    """Why the plan was approved though memberships and contracts did not agree; the offices read it."""
    passages = standing(session, "allocation_plan", row.id)
    return next((passage.why for passage in reversed(passages) if passage.action == "approve"), "")


def changes(session: ScopedSession, row: AllocationPlan, table: ShareTable | None) -> list[Change]:
    """What a correction changes, by municipality; nothing for another plan. A municipality sees its own."""
    if row.corrects_id is None or table is None:
        return []
    shares = select(Municipality.name, YearShare.amount).join(
        Municipality, Municipality.id == YearShare.municipality_id).where(YearShare.plan_id == row.corrects_id)
    before: dict[str, Decimal] = dict(session.execute(shares).all())
    now = {name: amount for name, _url, _parts, amount in table.rows}
    names = sorted(before.keys() | now.keys(), key=alphabetical)
    return [Change(name, before.get(name, ZERO), now.get(name, ZERO)) for name in names]


def year_chart(session: ScopedSession, row: AllocationPlan, table: ShareTable | None) -> charts.Chart | None:
    """Each share beside that of the year before; nothing where none of them is known. A municipality sees its own."""
    shares = year_before(session, row, ()).shares
    names = dict(session.execute(select(Municipality.name, Municipality.id)).all())
    if table is None or not any(names[name] in shares for name, *_row in table.rows):
        return None
    return charts.bars(
        _("Le quote di un anno e di quello prima"), [name for name, *_row in table.rows],
        [(_("Quota del %(year)s", year=row.year - 1), [shares.get(names[name]) for name, *_row in table.rows]),
         (_("Quota del %(year)s", year=row.year), [total for *_row, total in table.rows])],
        source=_("quote approvate del %(before)s e questo piano", before=row.year - 1))


def group_rows(
    session: ScopedSession, row: AllocationPlan, editable: bool, tried: Mapping[str, Decimal]
) -> list[GroupRow]:
    """The groups with their cost and their keys in words; ``tried``: what a trial says that all pay for each."""
    costs, known = costs_of(row), {
        code: measure.title for code, _service, measure in year_measures(session, row.year - 1)}
    paid = {group.title: tried.get(group.title, costs[group.title].pool) if group.shared is None else group.shared
            for group in row.groups}
    return [
        GroupRow(
            group, costs[group.title],
            tuple(explanation.cost_lines(costs[group.title], group.deduction_why, paid[group.title])),
            paid[group.title],
            tuple(key_words(key, known) for key in group.keys),
            tuple(f"{_payer(held.municipality)}: {held.why}" for held in group.exclusions),
            tuple(_("%(name)s %(amount)s, %(why)s (a carico: %(borne)s)", name=_payer(held.municipality),
                    amount=formats.euro(held.amount), why=held.why,
                    borne=labels.choice("share_deduction", "borne", held.borne)) for held in group.deductions),
            url_for("allocation_plan.group_view", id=row.id, gruppo=group.id) if editable else None,
            url_for("allocation_plan.remove_group_view", id=row.id, gruppo=group.id) if editable else None,
        )
        for group in row.groups
    ]


def _payer(municipality: Municipality | None) -> str:
    """A municipality by its name, if who reads may know it."""
    return municipality.name if municipality else _("un altro Comune")


def kind_words(kind: str) -> str:
    """The kind of a key in words."""
    return str(labels.choice("allocation_key", "kind", kind))


def value_words(kind: str) -> str:
    """What is typed for each municipality by a kind of key."""
    return {KeyKind.DAILY_FEE: _("Giornate"), KeyKind.FIXED: _("Somme fisse, euro"),
            KeyKind.STEPS: _("Quota storica, euro")}.get(KeyKind(kind), kind_words(kind))


def key_words(key: AllocationKey, known: Mapping[str, str]) -> str:
    """A key in words: ``Residenti al 31/12/2025, peso 60 %``."""
    kind = KeyKind(key.kind)
    parts = [known.get(key.measure or "", TITLES.get(kind, kind_words(key.kind)))]
    if key.on is not None:
        parts[0] += _(" al %(day)s", day=formats.day(key.on))
    if key.usage_year is not None:
        parts[0] += f" {exercise(key.usage_year)}"
    if kind is KeyKind.HISTORIC and key.convergence is not None:
        parts.append(_("convergenza %(percent)s %%", percent=decimal(key.convergence)))
    if key.rate is not None:
        parts.append(_("%(rate)s per abitante", rate=price(key.rate)) if kind is not KeyKind.DAILY_FEE else
                     _("%(rate)s al giorno; le famiglie pagano %(whom)s", rate=price(key.rate), whom=_whom(key)))
    if key.bands:
        parts.append(_("a fasce: %(bands)s", bands="; ".join(_band(band) for band in key.bands)))
    if key.steps is not None:
        parts.append(_("passo %(step)s di %(steps)s", step=key.step, steps=key.steps))
    if kind not in WITHOUT_WEIGHT:
        parts.append(_("peso %(percent)s %%", percent=decimal(key.weight)))
    words = ", ".join(parts)
    return _("%(key)s (fonte: %(source)s)", key=words, source=key.source) if key.source else words


def _whom(key: AllocationKey) -> str:
    whom: str = labels.choice("allocation_key", "families_pay", key.families_pay or "")
    return whom[:1].lower() + whom[1:]


def _band(band: KeyBand) -> str:
    value = decimal(band.value)
    if band.up_to is None:
        return _("oltre %(value)s", value=value)
    return _("fino a %(up_to)s abitanti %(value)s", up_to=decimal(Decimal(band.up_to)), value=value)


def share_table(session: ScopedSession, row: AllocationPlan, tried: Shared | None) -> ShareTable:
    """The shares by municipality and group: the frozen ones of an approved plan, those ``tried`` of a draft.

    A municipality sees its own row.
    """
    names = {m.slug: (m.id, m.name) for m in session.scalars(select(Municipality))}
    if row.state in READABLE:
        slug_of = {key: slug for slug, (key, _name) in names.items()}
        query = select(ShareLine).where(ShareLine.plan_id == row.id).order_by(ShareLine.id)
        cells = ((slug_of[line.municipality_id], line.group_title, line.amount) for line in session.scalars(query))
    else:
        cells = ((line.party, line.group, line.amount) for line in (tried.lines if tried else ()))
    return _table([group.title for group in row.groups], list(cells), names, row.id)


def shares_now(session: ScopedSession, row: AllocationPlan) -> ShareTable:
    """The same, with the trial of a draft. RuleBroken if it cannot be shared out yet."""
    return share_table(session, row, None if row.state in READABLE else operations.compute(session, row))


def _table(
    groups: Sequence[str], cells: Sequence[tuple[str, str, Decimal]], names: Mapping[str, tuple[int, str]], plan_id: int
) -> ShareTable:
    limited = any(not group for _slug, group, _amount in cells)  # what moves the whole share stands in a last column
    groups = [*groups, ""] if limited else groups
    held: dict[str, dict[str, Decimal]] = {}
    for slug, group, amount in cells:
        row = held.setdefault(slug, {})
        row[group] = row.get(group, ZERO) + amount
    rows = tuple(
        (names[slug][1], url_for("allocation_plan.share_view", id=plan_id, comune=names[slug][0]),
         tuple(row.get(group, ZERO) for group in groups), sum(row.values(), ZERO))
        for slug, row in sorted(held.items(), key=lambda entry: alphabetical(names[entry[0]][1]))
    )
    sums = tuple(sum((row[2][place] for row in rows), ZERO) for place in range(len(groups)))
    return ShareTable(tuple(group or explanation.LIMITS for group in groups), rows, sums, sum(sums, ZERO))


def explained(
    session: ScopedSession, row: AllocationPlan, municipality: Municipality
) -> dict[str, Any]:
    """How the share of a municipality is computed: frozen lines, or those of a trial while the plan is a draft."""
    groups: tuple[explanation.GroupShare, ...] = ()
    refusal = None
    try:
        if row.state in READABLE:
            groups = explanation.of_municipality(session, row, municipality.id)
        else:
            groups = explanation.of_trial(row, operations.compute(session, row), municipality.slug)
    except RuleBroken as error:
        refusal = remark(error)
    shares = select(YearShare).where(YearShare.plan_id == row.id, YearShare.municipality_id == municipality.id)
    aside = not groups and municipality.id in known_of(session, row.year).aside()
    others = row.left_out if row.state in READABLE else left_out(facts_of(session, row))
    return {"groups": groups, "refusal": refusal, "aside": aside, "left_out": others,
            "total": sum((group.total for group in groups), ZERO), "share": session.scalars(shares).first(),
            "kind": explanation.NAMES[Stage(row.budget.stage)]}


# --- what the forms offer ---------------------------------------------------------------------------------


def free_services(session: ScopedSession, row: AllocationPlan, held: AllocationGroup | None) -> list[tuple[int, str]]:
    """The services of the budget that no other group has, those with costs first in the order of the catalogue."""
    taken = {service.service_id for group in row.groups if group is not held for service in group.services}
    costed = {line.service_id for line in row.budget.lines}
    own = {service.service_id for service in held.services} if held else set()
    query = select(Service.id, Service.title).order_by(Service.order, Service.id)
    return [(key, title) for key, title in session.execute(query) if key not in taken and key in costed | own]


def measure_choices(session: ScopedSession, row: AllocationPlan) -> list[tuple[str, str]]:
    """The measures of use that the services count."""
    return [(code, f"{service.title}: {measure.title} ({measure.unit})")
            for code, service, measure in year_measures(session, row.year - 1)]
