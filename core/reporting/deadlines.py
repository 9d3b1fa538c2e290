"""What happens with a yearly report, as the deadline engine reads it: the accounts are approved, the report is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Select, select

from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.funding.model import Budget
from core.ground.access import ScopedSession
from core.ground.exercises import exercises
from core.parties.model import Municipality
from core.reporting.model import YearlyReport
from core.reporting.states import ReportState


def living(_today: date) -> Select[int]:
    """The reports that were not received."""
    return select(YearlyReport.id).where(YearlyReport.state != ReportState.RECEIVED)


def cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The reports behind ``ids``."""
    query = (select(YearlyReport.id, YearlyReport.year, YearlyReport.sent_on, Budget.approved_on,
                    YearlyReport.municipality_id, Municipality.name)
             .join(Budget, Budget.id == YearlyReport.budget_id)
             .join(Municipality, Municipality.id == YearlyReport.municipality_id).where(YearlyReport.id.in_(ids)))
    for key, year, sent_on, approved_on, municipality, name in session.execute(query):
        happened = [Happening("report.accounts", approved_on)] if approved_on else []
        happened += [Happening("report.sent", sent_on)] if sent_on else []
        yield Case("yearly_report", key, f"Relazione annuale {exercises(session).name(year)}, {name}", tuple(happened),
                   municipality_ids=frozenset({municipality}))


source_of("yearly_report", living, cases, diary=True)
rules_beside(__file__)
