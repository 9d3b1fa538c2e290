"""What the pages of the core say of the reports: on that of a municipality, its half-years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.plugin_api import Block, Panel, ScopedSession, Table, date_short
from plugins.neutral_space.model import HalfYear

MOST = 4


def of_municipality(session: ScopedSession, key: int, today: date) -> Sequence[Block]:
    """The last half-years that have begun, the newest first."""
    now = today.year * 2 + (2 if today.month > 6 else 1)
    rows = session.scalars(
        select(HalfYear).where(HalfYear.municipality_id == key, HalfYear.year * 2 + HalfYear.half <= now)
        .order_by(HalfYear.year.desc(), HalfYear.half.desc()).limit(MOST)).all()
    if not rows:
        return ()
    return (Table(("Semestre", "Dovute", "Inviate", "Al"), tuple(
        (str(row), "–" if row.due is None else str(row.due), str(row.sent), date_short(row.said_on) if row.said_on
         else "–") for row in rows)),)


PANELS = (Panel("municipality", "Relazioni dello Spazio Neutro", of_municipality),)
