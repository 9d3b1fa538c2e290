"""The letter of the yearly report, and what it says of each service: a figure with its unit, or that there is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.cases.letters import Asks, Given, Offer, known, letters_of
from core.catalogue.promises import KEPT, MISSED, figure, promised_words
from core.documents.letters import addressee, sender
from core.documents.words import euro, number
from core.ground.access import ScopedSession
from core.ground.exercises import exercise_of
from core.parties.azienda import the_azienda
from core.plugins.bound import plugins_of
from core.reporting.context import (
    NOT_RECORDED,
    InvestmentLine,
    LevelLine,
    ServiceTold,
    StaffTold,
    UseLine,
    YearlyReportLetter,
)
from core.reporting.investments import WHOLE, total_of
from core.reporting.model import Investment, YearlyReport
from core.reporting.rules import KINDS
from core.reporting.states import OFFICE
from core.reporting.yearly import QuantityDone, ServiceReport, UseDone, report_of_year, services_conferred
from core.standards.rules import PromiseOutcome
from core.standards.years import StandardOfYear

CODE = "yearly_report"
ASKS: Asks = {CODE: ()}
OUTCOMES = {PromiseOutcome.KEPT: f", {KEPT}", PromiseOutcome.MISSED: f", {MISSED}"}


def offers(session: ScopedSession, case: YearlyReport, _today: date) -> list[Offer]:
    """The report itself; the municipality reads the one that is sent, and none that was prepared before it."""
    return [Offer(CODE, awaited=True, roles=OFFICE, sender_id=the_azienda(session).id,
                  addressee_id=case.municipality_id, private=True)] if case.sent_on is None else []


def written(session: ScopedSession, case: YearlyReport, _offer: Offer, _given: Given, today: date
            ) -> YearlyReportLetter:
    """What the report says today. Of use it says the municipality's own figures, and sums that tell of nobody."""
    conferred = services_conferred(session, case.contract_id, case.municipality_id)
    told = report_of_year(session, case.year, plugins_of(session.database), municipality_id=case.municipality_id,
                          service_ids=conferred)
    azienda, sums = the_azienda(session), total_of(told.investments)
    return YearlyReportLetter(
        sender=sender(azienda, today), addressee=addressee(case.municipality), day=today,
        subject=f"relazione annuale {exercise_of(case)} sui servizi affidati",
        exercise=str(exercise_of(case)), contract=case.contract.code,
        act=(case.budget.act.number if case.budget.act is not None else None) or "",
        approved_on=known(case.budget.approved_on, "Giorno in cui è stato approvato il bilancio d'esercizio"),
        services=tuple(_service(one, case) for one in told.services),
        investments=tuple(_investment(row) for row in told.investments),
        planned=euro(sums.planned), made=euro(sums.made))


def _service(one: ServiceReport, case: YearlyReport) -> ServiceTold:
    levels = [*(_promise(row) for row in one.standards),
              *(_quantity(row) for row in one.quantities if row.slug in ("", case.municipality.slug))]
    staff = () if one.staff is None else tuple(
        StaffTold(line.profession, KINDS.get(line.kind, "non indicato"), _number(line.planned), _number(line.people),
                  _number(line.full_time)) for line in one.staff.lines)
    use = tuple(_use(row, case.municipality_id) for row in one.use)
    return ServiceTold(one.service.title, tuple(levels), use, staff, one.lacks)


def _promise(row: StandardOfYear) -> LevelLine:
    value, other = row.periods.value, row.indicator.unit if row.indicator else ""
    said = NOT_RECORDED if value is None else figure(value, row.standard.unit, other)
    planned = promised_words(row.standard, row.promise) or row.standard.promise
    return LevelLine(row.standard.title, planned, f"{said}{OUTCOMES.get(row.periods.outcome, '')}")


def _quantity(row: QuantityDone) -> LevelLine:
    return LevelLine(row.what, _amount(row.planned, row.unit), _amount(row.actual, row.unit))


def _use(row: UseDone, municipality: int) -> UseLine:
    unit = "" if row.of_people else row.measure.unit  # the measure says whom it counts
    together = "non si somma" if row.of_people else _amount(row.total, unit)
    return UseLine(row.measure.title, _amount(row.figures.get(municipality), unit), together,
                   f"{row.months.get(municipality, 0)} su {row.of_months}")


def _investment(row: Investment) -> InvestmentLine:
    service = row.service.title if row.service else WHOLE
    source = "; ".join(filter(None, (row.source.title if row.source else "", str(row.act) if row.act else "")))
    return InvestmentLine(row.title, service, _euro(row.planned), _euro(row.made), source or "non indicata")


def _amount(value: Decimal | None, unit: str) -> str:
    return NOT_RECORDED if value is None else f"{_number(value)} {unit}".strip()


def _number(value: Decimal | int | None) -> str:
    return NOT_RECORDED if value is None else number(Decimal(value).normalize() + 0)


def _euro(value: Decimal | None) -> str:
    return NOT_RECORDED if value is None else euro(value)


letters_of("yearly_report", ASKS, offers, written)
