"""The terms of a contract as its text says them: days and duties, the plan of the instalments in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from core.contracts import context as doc
from core.contracts import papers
from core.contracts.agreed import PlanEvent
from core.contracts.conferring import leaving
from core.contracts.model import Contract, ContractTerms, InstalmentRule
from core.deadlines.kinds import kind_called
from core.documents import words
from core.documents.grammar import the
from core.ground.access import ScopedSession
from core.ground.clock import COMMON_YEAR
from core.ground.exercise import Exercises
from core.ground.exercises import exercises
from core.parties.model import Municipality

BASES = {
    "previous_year_or_approved_budget": (
        "importo dell'esercizio precedente o, se già approvato, del bilancio di previsione"
    ),
    "previous_year": "importo dell'esercizio precedente",
    "annual_share": "quota dell'anno",
    "budget": "importo del bilancio di previsione",
    "chosen": "importo concordato per gli acconti dell'anno",
}
EVENTS = {
    "accounts_approved": "presentazione del bilancio d'esercizio e del riparto approvati",
    "budget_approved": "approvazione del bilancio di previsione e del riparto",
    "contract_signed": "firma del contratto",
    "exercise_ended": "chiusura dell'esercizio",
}
BEGINS = {True: "inizio dell'anno", False: "inizio dell'esercizio"}  # where exercise and calendar year are one, or not
COUNTED_FROM = {"receipt": "ricevimento della richiesta", "invoice": "data della fattura"}


def terms_of(session: ScopedSession, contract: Contract) -> doc.Terms:
    """The terms of a contract as its document says them."""
    terms = contract.terms
    return doc.Terms(
        start=contract.starts_on,
        end=contract.runs_to,
        tacit_renewal=terms.tacit_renewal,
        renewal_period_months=terms.tacit_renewal_months,
        renewal_times=terms.tacit_renewal_times,
        notice_months=terms.notice_months,
        renewal_assessment_months=terms.renewal_assessment_months,
        renewal_after_expiry=terms.renewal_direction == "after",
        continuity_months=terms.continuity_months,
        instalments=_instalments(session, contract),
        share_criteria=terms.share_criteria,
        extra_projects_month=terms.extra_projects_month,
        own_charter_months=terms.own_charter_months,
        reply_days=terms.reply_days,
        penalty_minimum=terms.penalty_min,
        penalty_maximum=terms.penalty_max,
        penalty_bands=_bands(terms),
        penalty_payment_days=terms.penalty_payment_days,
        further_damages=terms.further_damages,
        account_notice_days=terms.account_notice_days,
        court=terms.court,
        arbitration=terms.arbitration,
        arbitrators=terms.arbitrators,
        roll=terms.roll_policy,
        registration_cost=terms.registration_cost,
        coordinated=terms.coordinated,
        interest=terms.interest,
        interest_points=terms.interest_points,
        amended_from=contract.effective_on,
        exercise=_exercise(exercises(session)),
        leaving=tuple(_names_of(contract, leaving(contract))) if contract.amends_id is not None else (),
    )


def _exercise(mine: Exercises) -> str:
    """From when to when an exercise goes, where it is no calendar year: nobody would think so."""
    if mine.calendar:
        return ""
    one = mine.named(COMMON_YEAR)
    first, last = words.day_month(one.starts_on), words.day_month(one.ends_on)
    return f"{words.from_day(first)} {words.to_day(last)}"


def _names_of(contract: Contract, keys: Sequence[int]) -> Iterator[str]:
    """The full names, with their articles, of some of those that sign, as far as who asks may see them."""
    for member in contract.municipality_parties:
        if member.party_id in keys and isinstance(member.party, Municipality):
            yield the(papers.name_of(member.party), member.party.gender or "")


def _bands(terms: ContractTerms) -> tuple[doc.PenaltyBand, ...]:
    return tuple(doc.PenaltyBand(band.description, band.minimum, band.maximum) for band in terms.bands)


def _instalments(session: ScopedSession, contract: Contract) -> tuple[doc.InstalmentRow, ...]:
    """The rows of the plan in words; the balance has no base of its own and hangs on its event."""
    mine = exercises(session)
    rows, longer = [], mine.of(contract.starts_on) != mine.of(contract.runs_to)
    for rule in contract.terms.instalments:
        base = BASES.get(rule.base or "", rule.base or "quota definitiva, meno gli acconti richiesti")
        due = date.fromisoformat(f"2024-{rule.due}") if rule.due else None  # a leap year: 29 February is a day too
        event, once = _event(session, rule.event) if rule.event else (None, False)
        condition = "con i dati di preconsuntivo" if rule.with_forecast else ""
        percent, others = _percents(contract, rule)
        rows.append(doc.InstalmentRow(title=rule.title, base=base, percent=percent, due=due, event=event, others=others,
                                      due_days=rule.due_days if rule.counts_from else rule.due_days or None,
                                      counts_from=COUNTED_FROM.get(rule.counts_from or "", ""), condition=condition,
                                      later=BEGINS[mine.calendar] if once and longer else ""))
    return tuple(rows)


def _percents(contract: Contract, rule: InstalmentRule) -> tuple[Decimal | None, tuple[doc.OwnPercent, ...]]:
    """What an advance asks of all who sign, and what of some; of one alone what it asks of that one."""
    parties = [member.party for member in contract.remaining_parties if isinstance(member.party, Municipality)]
    asked = {party.id: rule.percent_for(party.id) for party in parties}
    if len(set(asked.values())) == 1:
        return next(iter(asked.values())), ()
    own = [party for party in parties if asked[party.id] != rule.percent]
    return rule.percent, tuple(doc.OwnPercent(papers.name_of(party), asked[party.id] or Decimal(0)) for party in own)


def _event(session: ScopedSession, code: str) -> tuple[str, bool]:
    """An event in words, within a sentence; True for one that happens once and not in each year."""
    if code in EVENTS:
        return EVENTS[code], code == PlanEvent.CONTRACT_SIGNED
    kind = kind_called(session, code)
    return (code, False) if kind is None else (words.inside(kind.name), not kind.yearly)
