"""What happens with a duty of an exercise, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import Select, select

from core.plugin_api import Case, DeadlineSource, Happening, ScopedSession, exercises
from plugins.fund_monitoring.model import Duty


def living(_today: date) -> Select[int]:
    """Those of which the office has said the day, and that are not sent or came back."""
    return select(Duty.id).where(Duty.due.is_not(None), Duty.state.not_in(("sent", "acknowledged")))


def cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """A duty is owed from the first day of its exercise, by the day that the office has said."""
    mine = exercises(session)
    for row in session.scalars(select(Duty).where(Duty.id.in_(ids))):
        happened = []
        if row.due is not None:
            begun = min(mine.named(row.year).starts_on, row.due)
            happened.append(Happening("fund_monitoring.owed", begun, due=row.due))
        if row.is_sent and row.sent_on is not None:
            happened.append(Happening("fund_monitoring.sent", row.sent_on))
        yield Case("fund_monitoring_duty", row.id, f"{row}, {mine.name(row.year)}", tuple(happened))


SOURCE = DeadlineSource(
    "fund_monitoring_duty", "Debito informativo",
    {"fund_monitoring.owed": "Comincia l'esercizio di un debito informativo",
     "fund_monitoring.sent": "Il debito informativo è trasmesso"},
    Path(__file__).with_suffix(".toml"), living, cases,
)
