"""An event of the office's own was recorded, corrected or taken back: what waits for it has its day, or waits again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import or_, select

from core.cases.events import has_changed
from core.contracts.agreed import CountsFrom
from core.contracts.model import InstalmentRule
from core.deadlines.kinds import BY_YEAR
from core.deadlines.model import CaseEvent
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.instalments.happened import happened
from core.instalments.model import Instalment
from core.instalments.operations import recompute
from core.instalments.rules import State
from core.instalments.term import begins_later


@has_changed
def _follow_event(session: ScopedSession, event: CaseEvent, today: date) -> None:
    """The terms follow. RuleBroken where one was asked for, or is being asked for, by the day that would change."""
    waiting = select(Instalment).where(Instalment.event == event.kind.code, Instalment.state != State.CANCELLED)
    if event.subject != BY_YEAR:
        waiting = waiting.where(Instalment.contract_id == event.subject_id)
    if event.occurrence:
        waiting = waiting.where(Instalment.year == int(event.occurrence))
    asked = or_(Instalment.requested_on.is_not(None), Instalment.round_id.is_not(None))
    first = next(_moved(session, session.scalars(waiting.where(asked).order_by(Instalment.id)).all()), None)
    if first is not None:
        raise RuleBroken("Da questo giorno si conta la scadenza della rata n. %(code)s, che è già chiesta o in corso "
                         "di richiesta: ritirare prima la richiesta.", field="on", code=first.code).mended(
            Place("instalment", first.id))
    planned = session.scalars(waiting.where(Instalment.state == State.PLANNED))
    recompute(session, today, sorted({(row.year, row.municipality_id) for row in planned}))


def _moved(session: ScopedSession, asked: Sequence[Instalment]) -> Iterator[Instalment]:
    """Those whose term would be another now: in a later year it may count from the first day all the same."""
    for year in sorted({row.year for row in asked}):
        rows = [row for row in asked if row.year == year]
        days = happened(session, {row.contract for row in rows}, year)
        for row in rows:
            day = days[row.contract_id].get(row.event or "")
            if row.rule is None or day is None or not _keeps_its_term(row, day, row.rule):
                yield row


def _keeps_its_term(row: Instalment, day: date, rule: InstalmentRule) -> bool:
    """True for what counts from its invoice already, left to be counted from elsewhere or fixed by the office, or has
    the same term by ``day``."""
    invoiced = row.counts_from == CountsFrom.INVOICE and row.invoice_on is not None
    left = row.requested_on is not None and (begins_later(row) or row.without_term)
    return invoiced or left or clock.term(day, rule.due_days or 0).nominal == row.nominal
