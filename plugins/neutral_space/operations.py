"""Opening the half-years that a contract asks for, and counting their reports. None of these commits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import select

from core.plugin_api import Role, RuleBroken, ScopedSession, at_version, follow, require_past
from plugins.neutral_space.model import HalfYear

CODE, TABLE = "neutral_space", "neutral_space_half_year"
WRITERS = (Role.MANAGEMENT, Role.SYSTEM)
MOST = 10_000


def open_halves(session: ScopedSession, municipality_ids: Collection[int], first: date, last: date, *,
                contract_id: int | None = None, today: date) -> list[HalfYear]:
    """Open the half-years from ``first`` to ``last`` that are not over and not open yet, for each municipality.

    ``contract_id``: the contract by which they are owed.
    """
    session.principal.require(*WRITERS)
    wanted = {(key, *half) for key in municipality_ids for half in _halves(max(first, today), last)}
    known = select(HalfYear.municipality_id, HalfYear.year, HalfYear.half)
    held = {tuple(row) for row in session.execute(known.where(HalfYear.municipality_id.in_(municipality_ids)))}
    rows = [HalfYear(municipality_id=key, year=year, half=half, contract_id=contract_id)
            for key, year, half in sorted(wanted - held)]
    session.add_all(rows)
    session.flush()
    follow(session, TABLE, [row.id for row in rows if row.first_day <= today], today=today)
    return rows


def count(session: ScopedSession, half_id: int, *, due: int, sent: int, said_on: date, version: int | None,
          today: date) -> HalfYear:
    """Say how many reports of a half-year are due, and how many were sent by ``said_on``.

    RuleBroken for numbers that cannot be, before the half-year begins, for a day to come, for a stale page.
    """
    session.principal.require(*WRITERS)
    row = at_version(session.require(HalfYear, half_id), version)
    require_past(said_on, today, field="said_on")
    if said_on < row.first_day:
        raise RuleBroken("Il semestre comincia il %(day)s: prima non ci sono relazioni da contare.", field="said_on",
                         day=f"{row.first_day:%d/%m/%Y}")
    if not 0 <= due <= MOST:
        raise RuleBroken("Indicare quante relazioni sono dovute: un numero da 0 a %(most)s.", field="due", most=MOST)
    if not 0 <= sent <= due:
        raise RuleBroken("Le relazioni inviate non superano quelle dovute, che sono %(due)s.", field="sent", due=due)
    row.due, row.sent, row.said_on = due, sent, said_on
    session.flush()
    follow(session, TABLE, [row.id], today=today)
    return row


def _halves(first: date, last: date) -> Iterator[tuple[int, int]]:
    """Year and half from the one of ``first`` to the one of ``last``."""
    for month in range(first.year * 2 + (first.month > 6), last.year * 2 + (last.month > 6) + 1):
        yield month // 2, month % 2 + 1
