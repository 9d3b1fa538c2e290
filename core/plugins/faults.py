"""The faults of plugins, kept in the database: every process tells its own, one page shows all of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.plugins.asking import AnswerFault, untold
from core.plugins.model import PluginFault

log = logging.getLogger("patto.plugins")
PATIENCE_SECONDS = 2  # whoever waits for an answer does not wait for this
SAME = timedelta(minutes=10)  # in which the same fault is only counted


def keep(database: Database) -> None:
    """Keep what this process has not kept yet, in a unit of work of its own; where that cannot be, the log has it."""
    found = untold()
    if not found:
        return
    try:
        with unit_of_work(database.in_a_hurry(PATIENCE_SECONDS), system("plugin"), act="plugin.fault") as session:
            for fault in found:
                _keep(session, fault)
    except Exception:
        log.exception("faults of plugins are not kept")


def _keep(session: ScopedSession, fault: AnswerFault) -> None:
    held = session.scalar(select(PluginFault).where(PluginFault.plugin == fault.plugin, PluginFault.hook == fault.hook))
    if held is None:
        session.add(PluginFault(plugin=fault.plugin, hook=fault.hook, at=fault.at, message=fault.message,
                                where=fault.where, times=1))
        session.flush()
        return
    if held.message == fault.message and fault.at - held.at < SAME:
        return
    held.at, held.message, held.where, held.times = fault.at, fault.message, fault.where, held.times + 1


def of(session: ScopedSession, plugin: str) -> Sequence[PluginFault]:
    """The faults of a plugin, the newest first."""
    return session.scalars(select(PluginFault).where(PluginFault.plugin == plugin)
                           .order_by(PluginFault.at.desc())).all()


def last(session: ScopedSession) -> dict[str, PluginFault]:
    """The newest fault of each plugin that has one, by its code."""
    return {fault.plugin: fault for fault in session.scalars(select(PluginFault).order_by(PluginFault.at))}


def forget(session: ScopedSession, plugin: str) -> None:
    """Take the faults of a plugin away: they have been read, and mended."""
    for fault in of(session, plugin):
        session.delete(fault)
