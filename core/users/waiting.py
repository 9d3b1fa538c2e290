"""What waits for the administrator: mail that does not leave, a missing backup, people not yet in, a sick machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground import anchors, backups, clock, health
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.order import in_order
from core.ground.outbox import OutboxMessage, failing, given_up
from core.users.model import User


@waits_for(Role.ADMINISTRATOR)
def undelivered(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Messages that every attempt failed to send: somebody must look why."""
    count = session.scalar(select(func.count(OutboxMessage.id)).where(given_up())) or 0
    if count:
        what = Finding("Dopo molti tentativi %(count)s messaggi non sono partiti: vedere perché e riprovare.",
                       {"count": count})
        yield Waiting("outbox", 0, "Posta in uscita", what, Role.ADMINISTRATOR)


@waits_for(Role.ADMINISTRATOR)
def late(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Messages that failed and are tried again: usually the mail server, which somebody may look after at once."""
    count = session.scalar(select(func.count(OutboxMessage.id)).where(failing(), ~given_up())) or 0
    if count:
        what = Finding("%(count)s messaggi non sono ancora partiti e saranno riprovati: vedere perché.",
                       {"count": count})
        yield Waiting("outbox", 1, "Posta in uscita", what, Role.ADMINISTRATOR)


@waits_for(Role.ADMINISTRATOR)
def unsaved(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """The backup that failed, or that is old: whoever loses the data loses what came after it."""
    folder = session.database.folder
    what = None if folder is None else backups.remark(backups.standing(folder), clock.now())
    if what is not None:
        yield Waiting("backup", 0, "Salvataggi", what, Role.ADMINISTRATOR)


@waits_for(Role.ADMINISTRATOR)
def unattested(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Heads of the history that do not leave, and a history that does not agree with them."""
    folder = session.database.folder
    for place, what in enumerate(() if folder is None else anchors.remarks(anchors.standing(folder))):
        yield Waiting("history", place, "Storia", what, Role.ADMINISTRATOR)


@waits_for(Role.ADMINISTRATOR)
def unwell(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """A worker that stands still, clocks that do not agree, a disk that fills: nobody else would notice."""
    for place, check in enumerate(health.seen_from(session)):
        if check.state is not health.Condition.OK:
            yield Waiting("installation", place, "Installazione", check.says, Role.ADMINISTRATOR)


@waits_for(Role.ADMINISTRATOR)
def never_logged_in(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """People who have not chosen their password yet."""
    query = select(User.id, User.name).where(User.password.is_(None), User.active).order_by(in_order(User.name))
    for key, name in session.execute(query.limit(MOST)):
        yield Waiting("user", key, name, Finding("Non ha ancora scelto la password: consegnare il collegamento."),
                      Role.ADMINISTRATOR)
