"""What the pages of the core say of the reports: on those of a municipality and of a contract, their half-years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.plugin_api import Block, Panel, ScopedSession, Table, date_short
from plugins.neutral_space.model import HalfYear

MOST = 4
FIGURES = ("Dovute", "Inviate", "Al")


def of_municipality(session: ScopedSession, key: int, today: date) -> Sequence[Block]:
    """The last half-years that have begun, the newest first."""
    now = today.year * 2 + (2 if today.month > 6 else 1)
    begun = select(HalfYear).where(HalfYear.municipality_id == key, HalfYear.year * 2 + HalfYear.half <= now)
    rows = session.scalars(begun.order_by(HalfYear.year.desc(), HalfYear.half.desc()).limit(MOST)).all()
    return (Table(("Semestre", *FIGURES), tuple((str(row), *_figures(row)) for row in rows)),) if rows else ()


def of_contract(session: ScopedSession, key: int, _today: date) -> Sequence[Block]:
    """The half-years that the contract has opened, in their order, within what who reads may see."""
    mine = select(HalfYear).where(HalfYear.contract_id == key).options(joinedload(HalfYear.municipality))
    rows = session.scalars(mine.order_by(HalfYear.year, HalfYear.half, HalfYear.municipality_id)).all()
    return (Table(("Comune", "Semestre", *FIGURES), tuple(
        (row.municipality.name, str(row), *_figures(row)) for row in rows)),) if rows else ()


def _figures(row: HalfYear) -> tuple[str, str, str]:
    due = "–" if row.due is None else str(row.due)
    return due, str(row.sent), date_short(row.said_on) if row.said_on else "–"


PANELS = (Panel("municipality", "Relazioni dello Spazio Neutro", of_municipality),
          Panel("contract", "Relazioni dello Spazio Neutro", of_contract))
