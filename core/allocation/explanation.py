"""How a municipality's share was computed, group by group and line by line: for the screen and for the letter.

Every sum is the sum of the lines above it: costs make the amount to share, lines make the group, groups the share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from sqlalchemy import select

from core.allocation.assemble import costs_of
from core.allocation.model import AllocationGroup, AllocationPlan, ShareLine
from core.allocation.plan import WITHOUT_WEIGHT, Adjustment, Cost, ExplainedLine, Shared
from core.documents import letters
from core.documents.letters import Letter
from core.documents.manifest import Told
from core.documents.model import Document
from core.documents.words import capital, date_long, of_day
from core.funding.results import ZERO
from core.funding.states import Stage
from core.ground.access import ScopedSession
from core.ground.exercises import exercise_of
from core.parties.azienda import the_azienda
from core.parties.bodies import organ_name
from core.parties.model import Municipality

TEMPLATE = "share_explanation"
LIMITS = "Limiti alla variazione della quota"
NAMES = {
    Stage.FORECAST: "prevista", Stage.BUDGET: "di previsione", Stage.PRE_CLOSING: "di preconsuntivo",
    Stage.ACCOUNTS: "definitiva",
}


@dataclass(frozen=True)
class CostLine:
    """One of the figures that make the amount to share; what lowers it is negative."""

    label: Annotated[str, Told("Voce", "Costi diretti")]
    amount: Annotated[Decimal, Told("Importo; negativo se diminuisce", "120000.00")]


@dataclass(frozen=True)
class KeyLine:
    """A key, or what comes after the keys, and what the municipality pays by it."""

    key: Annotated[str, Told("Chiave", "Residenti al 31/12/2025")]
    source: Annotated[str, Told("Da dove viene il valore, vuoto se non serve", "ISTAT")]
    how: Annotated[str, Told("Il calcolo in parole, vuoto se lo dicono le cifre", "3.046 × € 3,5 = € 10.661,00")]
    weight: Annotated[Decimal | None, Told("Peso in percento; manca per le somme in euro e la quota storica", "60")]
    pool: Annotated[Decimal | None, Told("Quanto si divide con questa chiave; manca per ciò che non divide nulla",
                                         "60000.00")]
    value: Annotated[Decimal | None, Told("Valore dell'ente; manca per ciò che viene dopo le chiavi", "3046")]
    whole: Annotated[Decimal | None, Told("Valore di tutti; manca per ciò che viene dopo le chiavi", "98250")]
    amount: Annotated[Decimal, Told("Quanto spetta all'ente; negativo se lo toglie", "1860.15")]


@dataclass(frozen=True)
class GroupShare:
    """A group of services: what it costs, and what the municipality pays of it. The limits to the yearly change stand
    last, as a group without services and costs."""

    title: Annotated[str, Told("Gruppo di servizi", "Minori e famiglia")]
    services: Annotated[tuple[str, ...], Told("Servizi del gruppo; nessuno per i limiti alla variazione",
                                              "Spazio neutro")]
    costs: Annotated[tuple[CostLine, ...], Told("Come si arriva all'importo da ripartire; manca per i limiti")]
    pool: Annotated[Decimal, Told("Importo da ripartire", "100000.00")]
    lines: Annotated[tuple[KeyLine, ...], Told("Le chiavi, una per riga")]
    total: Annotated[Decimal, Told("Quota dell'ente per il gruppo", "3120.40")]
    spared: Annotated[tuple[str, ...], Told("Perché chi conferisce questi servizi non paga per il gruppo",
                                            "Ha uno sportello proprio")] = ()


@dataclass(frozen=True, kw_only=True)
class ShareExplanation(Letter):
    """The letter that explains a share."""

    year: Annotated[str, Told("Anno della quota", "2026")]
    kind: Annotated[str, Told("Che quota è: prevista, di previsione, definitiva", "di previsione")]
    plan: Annotated[str, Told("Titolo del piano di riparto", "Piano di riparto 2026")]
    act: Annotated[str, Told("Atto dell'Assemblea", "deliberazione n. 4 del 20/12/2025")]
    body: Annotated[str, Told("Organo che lo approva, senza articolo", "Assemblea Consortile")]
    by_days: Annotated[bool, Told("Chi aderisce durante l'anno conta per i giorni")]
    groups: Annotated[tuple[GroupShare, ...], Told("I gruppi di servizi")]
    total: Annotated[Decimal, Told("Quota dell'anno", "82500.00")]
    left_out: Annotated[tuple[str, ...], Told("Chi conferisce servizi e per contratto non prende parte al riparto",
                                              "un ente del terzo settore")] = ()


def of_municipality(session: ScopedSession, plan: AllocationPlan, municipality_id: int) -> tuple[GroupShare, ...]:
    """The frozen lines of a municipality, with the costs that they share; in the order of the groups."""
    query = select(ShareLine).where(ShareLine.plan_id == plan.id, ShareLine.municipality_id == municipality_id)
    frozen = session.scalars(query.order_by(ShareLine.id))
    paid = {group.title: group.shared for group in plan.groups if group.shared is not None}
    return _grouped(plan, ((line.group_title, _frozen(line)) for line in frozen), paid)


def of_trial(plan: AllocationPlan, shared: Shared, slug: str) -> tuple[GroupShare, ...]:
    """The same for the lines of one municipality that were computed just now and are kept nowhere."""
    lines = ((line.group, _tried(line)) for line in shared.lines if line.party == slug)
    return _grouped(plan, lines, shared.of_groups)


def _grouped(
    plan: AllocationPlan, lines: Iterable[tuple[str, KeyLine]], paid: Mapping[str, Decimal]
) -> tuple[GroupShare, ...]:
    """The lines by group; ``paid``: what the municipalities pay together for each."""
    held: dict[str, list[KeyLine]] = {}
    for title, line in lines:
        held.setdefault(title, []).append(line)
    costs = costs_of(plan) if costs_hold(plan) else {}
    day = exercise_of(plan).starts_on  # services by the names of that year
    groups = [_group(group, costs.get(group.title), held[group.title], paid.get(group.title), day)
              for group in plan.groups if group.title in held]
    if limited := held.get(""):
        groups.append(GroupShare(LIMITS, (), (), ZERO, tuple(limited), sum((line.amount for line in limited), ZERO)))
    return tuple(groups)


def costs_hold(plan: AllocationPlan) -> bool:
    """False once the budget was approved anew for a correction: its figures are no longer those of the frozen lines."""
    if plan.approved_on is None:
        return True
    approved_on = plan.budget.approved_on
    return approved_on is not None and approved_on <= plan.approved_on


def _frozen(line: ShareLine) -> KeyLine:
    return _line(line.key_kind, line.key_title, line.source, line.how, line.weight, line.pool, line.value, line.whole,
                 line.amount)


def _tried(line: ExplainedLine) -> KeyLine:
    return _line(line.kind, line.key, line.source, line.how, line.weight, line.pool, line.value, line.whole,
                 line.amount)


def _line(kind: str, title: str, source: str, how: str, weight: Decimal, pool: Decimal, value: Decimal,
          whole: Decimal, amount: Decimal) -> KeyLine:
    if kind in set(Adjustment):  # the reckoning says it all: nothing was divided by a value
        return KeyLine(title, source, how, None, None, None, None, amount)
    return KeyLine(title, source, how, None if kind in WITHOUT_WEIGHT else weight, pool, value, whole, amount)


def _group(
    group: AllocationGroup, cost: Cost | None, lines: Iterable[KeyLine], paid: Decimal | None, day: date
) -> GroupShare:
    held = tuple(lines)
    if paid is None:
        paid = cost.pool if cost else sum((line.pool for line in held if line.pool is not None), ZERO)
    return GroupShare(
        title=group.title,
        services=tuple(row.service.name_on(day) for row in sorted(group.services, key=lambda row: row.service.order)),
        costs=tuple(cost_lines(cost, group.deduction_why, paid)) if cost else (),
        pool=paid,
        lines=held,
        total=sum((line.amount for line in held), ZERO),
        spared=tuple(held.why for held in sorted(group.exclusions, key=lambda held: held.id)),
    )


def cost_lines(cost: Cost, why: str, paid: Decimal | None = None) -> Iterator[CostLine]:
    """How the amount to share comes about; the lines that are nothing are left out, the others make it exactly.

    ``paid``: what the municipalities pay together, if it is not the cost: prices make more or less of it, and nobody
    may bear what one of them does not pay.
    """
    figures, other = cost.figures, ZERO if paid is None else paid - cost.pool
    rows = (
        ("Costi diretti", figures.direct),
        ("Costi indiretti dei servizi", figures.indirect),
        ("Quota dei costi indiretti dell'azienda", figures.general),
        ("Contribuzione degli utenti", -figures.fees),
        ("Altri ricavi", -figures.revenues),
        ("Fonti di finanziamento", -figures.sources),
        (f"Detrazione: {why}", -cost.deduction),
        ("Avanzo del gruppo, che non si compensa con altri", max(-cost.net, ZERO)),
        ("Non coperto dalle quote dei Comuni", min(other, ZERO)),
        ("Oltre il costo, per le quote in euro", max(other, ZERO)),
    )
    return (CostLine(label, amount) for label, amount in rows if amount)


def make(
    session: ScopedSession, plan: AllocationPlan, municipality: Municipality, *, today: date
) -> Document:
    """Make and keep the letter "how your share was computed" of a municipality, from the frozen lines.

    RuleBroken if nobody signs for the azienda.
    """
    groups = of_municipality(session, plan, municipality.id)
    kind, act, year = NAMES[Stage(plan.budget.stage)], plan.act, str(exercise_of(plan))
    letter = ShareExplanation(
        sender=letters.sender(the_azienda(session), today),
        addressee=letters.addressee(municipality),
        day=today,
        subject=f"come è stata calcolata la quota {kind} dell'anno {year}",
        year=year,
        kind=kind,
        plan=plan.title,
        act=f"deliberazione n. {act.number} {of_day(date_long(act.date))}" if act and act.date else "",
        body=act.body if act else organ_name(session, "assembly", today),
        by_days=plan.joining == "days",
        groups=groups,
        total=sum((group.total for group in groups), ZERO),
        left_out=plan.left_out,
    )
    return letters.make(
        session, TEMPLATE, letter, kind="share_explanation", folder=f"shares/{plan.year}/{plan.id:04}",
        file_name=f"quota-{plan.year}-{municipality.slug}.docx", title=capital(letter.subject),
    )
