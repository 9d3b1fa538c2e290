"""One act, one transaction: the change, its number, its audit rows, its outgoing mail and its idempotency key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Text, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from core.ground import audit, clock, garbage, outage
from core.ground.access import Principal, Scoped, ScopedSession, as_system
from core.ground.db import Base, Database, UtcDateTime
from core.ground.edits import stale
from core.ground.errors import RuleBroken


class SentBefore(RuleBroken):
    """A request that was carried out with another content: what it says now was not done."""


class SentLately(RuleBroken):
    """A request that says what another of the same person said a short while ago: it may be the same, sent again."""


class IdempotencyKey(Base, Scoped):
    """What a request that was already carried out had said, as a fingerprint, and what it was answered."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    content: Mapped[str] = mapped_column(index=True)
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


LATELY = timedelta(days=1)
AGAIN = "again-"  # before the key of a form that says knowingly what another said


@contextmanager
def unit_of_work(database: Database, principal: Principal, *, act: str) -> Iterator[ScopedSession]:
    """Open a writing session for one act named ``act``, commit once at the end, or nothing at all.

    RuleBroken in words when somebody else changed the same row first or a value must be unique; Unavailable when the
    platform does not do its part.
    """
    session = ScopedSession(database, principal, writing=True)
    try:
        with session.begin():
            audit.speak(session, act)
            yield session
            session.flush()
            audit.fall_silent(session)
    except StaleDataError as error:
        raise stale() from error
    except IntegrityError as error:
        raise RuleBroken(
            "I dati non si possono registrare: un valore che deve essere unico esiste già, "
            "oppure manca un dato collegato. Controllare e riprovare."
        ) from error
    except (DBAPIError, OSError) as error:
        if (refusal := outage.meant(error)) is not None:
            raise refusal from error
        raise
    finally:
        session.close()
        garbage.collect_due()


def answered(session: ScopedSession, key: str, content: str = "") -> str | None:
    """What the request ``key`` of this principal answered if it was carried out before, else None.

    SentBefore if it said something else then: ``content`` is the fingerprint of what it says.
    """
    mine = select(IdempotencyKey.content, IdempotencyKey.answer).where(IdempotencyKey.key == _own(session, key))
    rows = as_system(session, mine, reason="richiesta già eseguita")
    if rows and rows[0][0] != content:
        raise SentBefore("Questo modulo è già stato inviato con un contenuto diverso: quanto è stato registrato allora "
                         "resta com'è. Se va registrato anche quanto è scritto ora, controllarlo e inviarlo un'altra "
                         "volta; altrimenti lasciare questa pagina.")
    return rows[0][1] if rows else None


def require_new(session: ScopedSession, content: str) -> None:
    """SentLately if this person sent the same content within the last day, with whatever key."""
    since = clock.now() - LATELY
    same = (select(IdempotencyKey.at)
            .where(IdempotencyKey.content == content, IdempotencyKey.at > since,
                   IdempotencyKey.key.startswith(_own(session, ""), autoescape=True))
            .order_by(IdempotencyKey.at.desc()).limit(1))
    if rows := as_system(session, same, reason="richiesta uguale a un'altra"):
        at = rows[0][0].astimezone(clock.ROME)
        raise SentLately("Lo stesso modulo, con lo stesso contenuto, è già stato inviato alle %(hour)s del %(day)s ed "
                         "è registrato. Se è un'altra cosa, uguale alla prima, inviarlo ancora una volta; altrimenti "
                         "lasciare questa pagina.", hour=f"{at:%H:%M}", day=f"{at:%d/%m/%Y}")


def remember(session: ScopedSession, key: str, answer: str, content: str = "") -> None:
    """Keep the answer of request ``key``, and what it said, with the change itself: sent twice, it acts once."""
    kept = insert(IdempotencyKey).values(
        key=_own(session, key), actor=session.principal.name, content=content, answer=answer, at=clock.now()
    )
    as_system(session, kept, reason="richiesta eseguita")


def _own(session: ScopedSession, key: str) -> str:
    # nobody is answered with another's answer, whatever key a browser sends
    return f"{session.principal.user_id or session.principal.name}:{key}"
