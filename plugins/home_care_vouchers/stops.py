"""Providers that had to stop: each municipality that had chosen one says how care goes on. None of these commits."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.plugin_api import (
    Finding,
    ProviderStopped,
    Role,
    ScopedSession,
    Task,
    at_version,
    require_text,
    served_by,
)
from plugins.home_care_vouchers.model import VoucherStop

CODE = "home_care_vouchers"
SAYERS = (Role.MANAGEMENT, Role.MUNICIPALITY, Role.SYSTEM)
LONGEST = 500


def note(session: ScopedSession, event: ProviderStopped) -> list[VoucherStop]:
    """Note that a unit may not work any more, for each municipality that had chosen it for its vouchers."""
    held = set(session.scalars(select(VoucherStop.municipality_id).where(
        VoucherStop.unit_id == event.unit_id, VoucherStop.on == event.on)))
    rows = [VoucherStop(municipality_id=key, unit_id=event.unit_id, unit=f"{event.unit} ({event.provider})",
                        kind=event.kind, on=event.on, until=event.until)
            for key in served_by(session, CODE, event.unit_id, event.on) if key not in held]
    session.add_all(rows)
    session.flush()
    return rows


def say(session: ScopedSession, stop_id: int, goes_on: str, *, version: int | None) -> VoucherStop:
    """Say how care goes on for those whom the unit served. RuleBroken for nothing said, and for a stale page."""
    session.principal.require(*SAYERS)
    row = at_version(session.require(VoucherStop, stop_id), version)
    row.goes_on = require_text(goes_on, "Scrivere come continua l'assistenza: con quale unità, e da quando.",
                               field="goes_on", longest=LONGEST)
    session.flush()
    return row


def waits(session: ScopedSession) -> Iterable[Task]:
    """Those of which nobody has said how care goes on."""
    if not session.principal.has(*SAYERS, Role.AUDITOR):
        return
    for row in session.scalars(select(VoucherStop).where(VoucherStop.goes_on == "").order_by(VoucherStop.on)):
        yield Task("home_care_vouchers_stop.details_view", row.id, f"{row.municipality.name}, {row.unit}",
                   Finding("L'unità è ferma dal %(day)s: dire come continua l'assistenza a domicilio.",
                           {"day": f"{row.on:%d/%m/%Y}"}, source="R129"), Role.MUNICIPALITY, row.on)
