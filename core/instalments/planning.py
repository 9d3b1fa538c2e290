"""From contract and shares to the instalments of a year: what would be planned, what has changed. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.allocation.conferred import Year, known_of
from core.allocation.model import YearShare
from core.contracts.agreed import BaseRule, CountsFrom, InstalmentKind, PlanRow
from core.contracts.model import Contract, ContractTerms, InstalmentRule
from core.contracts.states import NOT_YET
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay, Roll
from core.ground.errors import Finding, Place, RuleBroken, said_later
from core.ground.exercise import Exercise
from core.ground.exercises import exercises
from core.ground.order import in_order
from core.instalments import rules
from core.instalments.happened import happened
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.instalments.shares import YearFacts, year_facts
from core.parties.model import Municipality

INVOICED = ("nominal", "effective", "rule_id", "event")  # what of an instalment with its invoice may still change
GAPS = {
    "previous": said_later(
        "%(name)s non ha una quota dell'anno precedente né un bilancio approvato: indicare l'importo su cui calcolare "
        "gli acconti. Fino ad allora si prevedono senza importo."),
    "previous_alone": said_later(
        "%(name)s non ha una quota dell'anno precedente: indicare l'importo su cui calcolare gli acconti che partono "
        "da quella. Fino ad allora si prevedono senza importo."),
    "budget": said_later(
        "Per %(name)s il bilancio dell'anno non è ancora approvato: gli acconti si prevedono senza importo."),
    "chosen": said_later(
        "Per %(name)s il contratto rinvia a un importo concordato, che manca: indicarlo. Fino ad allora gli acconti si "
        "prevedono senza importo."),
}
NO_TERM = said_later(
    "«%(title)s»: le condizioni non dicono entro quanti giorni si paga. Si chiede senza scadenza: non risulta "
    "in ritardo e non produce interessi, finché la scadenza non si fissa sulla rata chiesta. I giorni si "
    "indicano nelle condizioni.")


@dataclass(frozen=True)
class Proposed:
    """An instalment that would be written: for whom, by which row of the plan, with which figures."""

    municipality: Municipality
    rule: InstalmentRule
    computed: rules.PlannedInstalment

    def figures(self, starts_on: date) -> dict[str, Any]:
        """Base, amount and term, by the names of the table; ``starts_on`` is the contract's first day."""
        return figures(self.rule, self.computed, starts_on)


@dataclass(frozen=True)
class YearPlan:
    """What planning a year would write, and what it cannot know yet."""

    rows: tuple[Proposed, ...]
    findings: tuple[Finding, ...]

    @property
    def total(self) -> Decimal:
        """What is known of it, in euros."""
        return sum((row.computed.amount for row in self.rows if row.computed.amount is not None), Decimal("0.00"))


def require_in_force(session: ScopedSession, contract: Contract, year: int) -> None:
    """RuleBroken for a contract that is not signed yet, a working copy, or a year outside its term."""
    if contract.state in NOT_YET or contract.amends_id is not None:
        raise RuleBroken("Il contratto n. %(code)s non è ancora firmato: le rate si prevedono dopo la firma.",
                         field="contract_id", code=contract.code).mended(Place("contract", contract.id))
    exercise = exercises(session).named(year)
    if not exercise.touches(contract.starts_on, contract.runs_to):
        raise RuleBroken("Nel %(year)s il contratto n. %(code)s non è in vigore: va dal %(start)s al %(end)s.",
                         field="year", year=exercise, code=contract.code, start=f"{contract.starts_on:%d/%m/%Y}",
                         end=f"{contract.runs_to:%d/%m/%Y}").mended(Place("contract", contract.id))


def contracts_in_force(session: ScopedSession, year: int) -> list[Contract]:
    """The signed contracts whose term touches a year, in the order of their numbers."""
    exercise = exercises(session).named(year)
    signed = select(Contract).where(Contract.state.not_in(NOT_YET), Contract.amends_id.is_(None),
                                    Contract.starts_on <= exercise.ends_on,
                                    Contract.runs_to >= exercise.starts_on)
    return list(session.scalars(signed.order_by(Contract.year, Contract.number)))


def propose_all(session: ScopedSession, year: int) -> YearPlan:
    """What is still to be planned for a year, of all contracts in force. RuleBroken if there is none."""
    contracts = contracts_in_force(session, year)
    if not contracts:
        raise RuleBroken("Nel %(year)s nessun contratto firmato è in vigore: le rate si prevedono dopo la firma.",
                         field="year", year=exercises(session).name(year)).mended(Place("contracts", 0))
    known = known_of(session, year)
    plans = [_proposed(session, contract, year, known) for contract in contracts]
    rows = tuple(row for plan in plans for row in plan.rows)
    return YearPlan(rows, (*(finding for plan in plans for finding in plan.findings), *_without_term(rows),
                           *_without_contract(session, contracts, year)))


def _without_contract(session: ScopedSession, contracts: Iterable[Contract], year: int) -> Iterator[Finding]:
    """Who has a share of a year and no contract by which it could be asked: it would be forgotten in silence."""
    signing = {member.party_id for contract in contracts for member in contract.municipality_parties}
    shares, called = select(YearShare.municipality_id).where(YearShare.year == year), exercises(session).name(year)
    names = select(Municipality.name).where(Municipality.id.in_(shares), Municipality.id.not_in(signing))
    for name in session.scalars(names.order_by(in_order(Municipality.name))):
        yield Finding("%(name)s ha una quota per il %(year)s ma nessun contratto firmato e in vigore: le sue rate si "
                      "prevedono dopo la firma.", {"name": name, "year": called}, source="R87",
                      at=Place("contracts", 0))


def _without_term(rows: Iterable[Proposed]) -> Iterator[Finding]:
    """A remark for each row of a plan that would be asked for without a day by which it is paid (R91, X6)."""
    for rule in {row.rule.id: row.rule for row in rows if row.rule.gives_no_term}.values():
        yield Finding(NO_TERM, {"title": rule.title}, source="R91, X6", at=Place("terms", rule.terms_id))


def propose(session: ScopedSession, contract: Contract, year: int, known: Year | None = None) -> YearPlan:
    """What is still to be planned for a year, for each municipality that confers a service by this contract.

    ``known`` is what is conferred in the year, where it was asked already. RuleBroken for a contract that cannot
    ask for that year, or a plan in disorder.
    """
    plan = _proposed(session, contract, year, known or known_of(session, year))
    return YearPlan(plan.rows, (*plan.findings, *_without_term(plan.rows)))


def _proposed(session: ScopedSession, contract: Contract, year: int, known: Year) -> YearPlan:
    require_in_force(session, contract, year)
    held = (*contract.conferrals, *contract.ended_conferrals)
    conferring = {conferral.municipality_id for conferral in held
                  if conferral.valid_to is None or conferral.valid_to >= known.whole.first}
    parties = [member.party for member in contract.municipality_parties]
    facts = year_facts(session, [party.id for party in parties], year)
    here = _existing(session, [party.id for party in parties], year)
    events = happened(session, [contract], year)[contract.id]
    rows: list[Proposed] = []
    findings: list[Finding] = []
    for party in parties:
        assert isinstance(party, Municipality)
        own = here.get(party.id, [])
        if party.id in known.aside():
            findings.append(Finding("%(name)s non prende parte al riparto, come dice il contratto: non gli si chiedono "
                                    "rate.", {"name": party.name}, at=Place("contract", contract.id)))
        elif party.id not in conferring or not known.periods(party.id):
            findings.append(Finding("%(name)s non conferisce servizi con questo contratto: non gli si chiedono rate.",
                                    {"name": party.name}, at=Place("contract", contract.id)))
        elif other := next((row for row in own if row.contract_id != contract.id and row.rule_id), None):
            findings.append(Finding("Le rate del %(year)s di %(name)s sono già previste con il contratto n. %(code)s.",
                                    {"year": known.exercises.name(year), "name": party.name,
                                     "code": other.contract.code}, at=Place("contract", other.contract_id)))
        else:
            new = [row for row in _computed(
                contract.terms, party, known.exercises.named(year), facts[party.id], events, own)
                   if row[2] is None]
            rows += [Proposed(party, rule, computed) for rule, computed, _row in new]
            findings += _gaps(party, facts[party.id], [(rule, computed) for rule, computed, _row in new], year)
            findings += _leaving(party, known, [computed for _rule, computed, _row in new])
    told = {row.rule.id: (row.rule, row.computed) for row in rows}  # of each row of the plan once
    return YearPlan(tuple(rows), (*findings, *_before(contract, told.values())))


def _too_early(rule: InstalmentRule, computed: rules.PlannedInstalment, starts_on: date) -> bool:
    """True where the plan would have it paid before the contract begins."""
    return rule.counts_from is None and computed.term is not None and computed.term.nominal < starts_on


def _before(contract: Contract, rows: Iterable[tuple[InstalmentRule, rules.PlannedInstalment]]) -> Iterator[Finding]:
    """A contract that begins during the year: what its plan asks for by an earlier day is owed, but not by that day."""
    for rule, computed in rows:
        if _too_early(rule, computed, contract.starts_on) and not rule.gives_no_term and computed.term:
            yield Finding("«%(title)s» andrebbe versata entro il %(day)s, ma il contratto n. %(code)s comincia il "
                          "%(start)s: si chiede senza scadenza, e non risulta in ritardo né produce interessi finché "
                          "non la si fissa, con un accordo, sulla rata chiesta. Se non serve la si annulla, e il saldo "
                          "prende il resto.",
                          {"title": rule.title, "day": f"{computed.term.nominal:%d/%m/%Y}", "code": contract.code,
                           "start": f"{contract.starts_on:%d/%m/%Y}"}, source="R88-R90",
                          at=Place("contract", contract.id))


def _leaving(municipality: Municipality, known: Year, rows: Iterable[rules.PlannedInstalment]) -> Iterator[Finding]:
    """Who leaves during the year is asked for advances on a whole one: the balance counts the days."""
    last = max((period.last for period in known.periods(municipality.id)), default=known.whole.last)
    late = [row for row in rows if row.kind is InstalmentKind.ADVANCE and row.term and row.term.nominal > last]
    if last < known.whole.last and late:
        yield Finding("%(name)s conferisce servizi fino al %(last)s: gli acconti che scadono dopo si calcolano "
                      "comunque sull'anno intero, e la differenza si regola con il saldo. Annullare quelli che non "
                      "servono.",
                      {"name": municipality.name, "last": f"{last:%d/%m/%Y}"}, source="R87")


def recomputed(
    session: ScopedSession, year: int, municipality_ids: Collection[int] | None = None
) -> Iterator[tuple[Instalment, dict[str, Any]]]:
    """Each planned instalment of a year that stands in no round, with the figures that it should have now.

    Of some municipalities, or of all. What has its invoice keeps its amount: only its term may be another.
    """
    pending = select(Instalment).where(
        Instalment.year == year, Instalment.state == State.PLANNED, Instalment.round_id.is_(None),
        Instalment.kind.in_((InstalmentKind.ADVANCE, InstalmentKind.BALANCE)),
    ).options(selectinload(Instalment.municipality), selectinload(Instalment.contract).selectinload(Contract.terms)
              .selectinload(ContractTerms.instalments).selectinload(InstalmentRule.percents))
    if municipality_ids is not None:
        pending = pending.where(Instalment.municipality_id.in_(municipality_ids))
    owned: dict[tuple[int, int], list[Instalment]] = {}
    for row in session.scalars(pending):
        owned.setdefault((row.municipality_id, row.contract_id), []).append(row)
    owners = {municipality_id for municipality_id, _contract in owned}
    facts, here = year_facts(session, owners, year), _existing(session, owners, year)
    contracts = {contract: rows[0].contract for (_municipality, contract), rows in owned.items()}
    events = happened(session, list(contracts.values()), year)
    exercise = exercises(session).named(year)
    for (key, contract), rows in owned.items():
        planned, terms, municipality = {row.id for row in rows}, rows[0].contract.terms, rows[0].municipality
        starts_on = rows[0].contract.starts_on
        for rule, computed, found in _computed(terms, municipality, exercise, facts[key], events[contract], here[key],
                                                complete=True):
            if found is not None and found.id in planned:
                # an amendment may bring another version's row
                fresh = {**figures(rule, computed, starts_on), "rule_id": rule.id, "event": rule.event,
                         "percent": rule.percent_for(municipality.id)}
                yield found, {name: fresh[name] for name in (INVOICED if found.invoice_number else fresh)}


def figures(rule: InstalmentRule, computed: rules.PlannedInstalment, starts_on: date) -> dict[str, Any]:
    """What an instalment takes from its row of the plan and its computation, by the names of the table.

    What the contract gives no term for has the day on which it may be asked for, and none on which it is late (X6); nor
    has what its plan would have paid before it begins, on ``starts_on``.
    """
    binds = computed.term and not rule.gives_no_term and not _too_early(rule, computed, starts_on)
    return {
        "base_kind": computed.base_kind if computed.base is not None else None,
        "base": computed.base,
        "amount": computed.amount,
        "nominal": computed.term.nominal if computed.term else None,
        "effective": computed.term.effective if computed.term and binds else None,
    }


def _existing(session: ScopedSession, municipality_ids: Iterable[int], year: int) -> dict[int, list[Instalment]]:
    """What is there of the shares of a year already, by municipality; extra projects and openings are not shares."""
    query = select(Instalment).where(
        Instalment.municipality_id.in_(municipality_ids), Instalment.year == year, Instalment.state != State.CANCELLED,
        Instalment.kind.in_((InstalmentKind.ADVANCE, InstalmentKind.BALANCE, "further_advance")),
    )
    found: dict[int, list[Instalment]] = {}
    for row in session.scalars(query.order_by(Instalment.id)):
        found.setdefault(row.municipality_id, []).append(row)
    return found


def _computed(
    terms: ContractTerms, municipality: Municipality, exercise: Exercise, facts: YearFacts, events: Mapping[str, date],
    here: Sequence[Instalment], *, complete: bool = False,
) -> list[tuple[InstalmentRule, rules.PlannedInstalment, Instalment | None]]:
    """Each row of the plan with its figures, and the instalment that stands for it already.

    ``complete``: nothing will be added to ``here``, so that a row which nothing stands for (its instalment was
    cancelled) asks for nothing, and the balance takes that too.
    """
    plan = [plan_row(rule, exercise, municipality.id) for rule in terms.instalments]
    rows = [next((row for row in here if _stands_for(row, rule)), None) for rule in terms.instalments]
    begun = {place: row.invoice_on for place, row in enumerate(rows)
             if row and row.invoice_on and terms.instalments[place].counts_from == CountsFrom.INVOICE}
    matched = {row.id for row in rows if row is not None}
    beyond = sum((row.amount or Decimal(0) for row in here if row.id not in matched), Decimal(0))
    asked = {place: row.amount for place, row in enumerate(rows) if row and row.amount is not None and row.fixed}
    if complete:
        asked |= {place: Decimal(0) for place, row in enumerate(rows) if row is None}
    computed = rules.instalments(
        exercise, facts.share, plan, {**facts.events, **events}, roll=Roll(terms.roll_policy),
        patron=PatronDay.parse(municipality.patron_day), asked=asked, beyond=beyond, begun=begun, lenient=True,
    )
    return list(zip(terms.instalments, computed, rows, strict=True))


def _stands_for(row: Instalment, rule: InstalmentRule) -> bool:
    """By the row of the plan, or by its name: another version of the terms, or an import, may have written it."""
    named_so = (row.kind, row.title) == (rule.kind, rule.title)
    return row.kind != "further_advance" and (row.rule_id == rule.id or named_so)


def plan_row(rule: InstalmentRule, exercise: Exercise, municipality_id: int) -> PlanRow:
    """A row of the contract's plan in a given exercise, for one municipality."""
    base = BaseRule(rule.base) if rule.base else BaseRule.BUDGET_OR_PREVIOUS
    due = exercise.day_of(rule.due, field="plan") if rule.due else None
    counts_from = CountsFrom(rule.counts_from) if rule.counts_from else None
    percent = rule.percent_for(municipality_id)
    return PlanRow(InstalmentKind(rule.kind), percent, due, rule.event, base, rule.due_days, counts_from)


def _gaps(
    municipality: Municipality, facts: YearFacts, rows: Sequence[tuple[InstalmentRule, rules.PlannedInstalment]],
    year: int,
) -> list[Finding]:
    """A remark for the municipality whose advances have no figure to be computed on."""
    bases = {BaseRule(rule.base) if rule.base else BaseRule.BUDGET_OR_PREVIOUS
             for rule, computed in rows if computed.kind is InstalmentKind.ADVANCE and computed.amount is None}
    if not bases:
        return []
    if BaseRule.CHOSEN in bases and facts.share.chosen is None:
        lacks = "chosen"
    elif bases == {BaseRule.PREVIOUS}:
        lacks = "previous_alone"
    else:
        lacks = "budget" if bases == {BaseRule.BUDGET} else "previous"
    return [Finding(GAPS[lacks], {"name": municipality.name}, source="R88",
                    at=Place("instalment.figure", municipality.id, part=year))]
