"""One worker at a time: a lease is a row that one holder takes and another may take when it has run out.

Its time is the database's: the clocks of the machines that ask may differ. Where that one is set back, as it may be on
a machine of one's own, a lease that lasts longer than anybody asks for is a lease of before, and has run out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Mapped, mapped_column

from core.ground.access import Scoped, as_system, system
from core.ground.db import Base, Database, UtcDateTime, dialect, instant
from core.ground.unit_of_work import unit_of_work


class Lease(Base, Scoped):
    """Who does a round of work, until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime] = mapped_column(UtcDateTime)


def take(database: Database, name: str, holder: str, seconds: int) -> bool:
    """Take the lease ``name`` for ``seconds``, or renew one's own; False while somebody else holds it."""
    until = instant(seconds)
    free = or_(Lease.holder == holder, Lease.until <= instant(), Lease.until > until)
    with unit_of_work(database, system("turno di lavoro"), act="lease.take") as session:
        taken = (
            dialect(session).insert(Lease)
            .values(name=name, holder=holder, until=until)
            .on_conflict_do_update(index_elements=[Lease.name], set_={"holder": holder, "until": until},
                                   where=free)
            .returning(Lease.holder)
        )
        return bool(as_system(session, taken, reason="turno di lavoro"))


def release(database: Database, name: str, holder: str) -> None:
    """Give one's own lease back before it runs out."""
    with unit_of_work(database, system("turno di lavoro"), act="lease.release") as session:
        over = update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=instant())
        as_system(session, over, reason="turno di lavoro")


@contextmanager
def held(database: Database, name: str, holder: str, seconds: int) -> Iterator[bool]:
    """Hold the lease for a piece of work; False if it is somebody else's. Who dies leaves it to run out."""
    mine = take(database, name, holder, seconds)
    try:
        yield mine
    finally:
        if mine:
            release(database, name, holder)
