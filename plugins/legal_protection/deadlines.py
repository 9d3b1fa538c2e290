"""What happens with the accounts of a court and a year, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import Select, select

from core.plugin_api import Case, DeadlineSource, Happening, ScopedSession
from plugins.legal_protection.model import CourtYear


def living(_today: date) -> Select[int]:
    """Those of which something is still to be sent."""
    return select(CourtYear.id).where(CourtYear.sent < CourtYear.due)


def cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """A court expects the accounts of a year by its day; once they have all been sent nothing is expected."""
    for row in session.scalars(select(CourtYear).where(CourtYear.id.in_(ids))):
        happened = [Happening("legal_protection.accounts_expected", date(row.year, 1, 1), due=row.by)]
        if row.is_done and row.said_on is not None:
            happened.append(Happening("legal_protection.accounts_sent", row.said_on))
        yield Case("legal_protection_court_year", row.id, f"Rendiconti {row.year}, {row.court}", tuple(happened))


SOURCE = DeadlineSource(
    "legal_protection_court_year", "Rendiconti al giudice tutelare",
    {"legal_protection.accounts_expected": "Il tribunale aspetta i rendiconti dell'anno",
     "legal_protection.accounts_sent": "I rendiconti dell'anno sono tutti inviati"},
    Path(__file__).with_suffix(".toml"), living, cases,
)
