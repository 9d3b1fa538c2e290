"""What a new day brings by itself, in pieces: the worker does them, and the demo.

A step says which cases its day may concern, and does some of them at a time; each piece is an act of its own, short
enough that nobody waits for it. Nothing remembers how far a night came: what is done is due no more, so a night that
was cut off is taken up by asking again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from core.accreditation import measures
from core.contracts import amendments, life
from core.deadlines import alerts, facts, standard
from core.deadlines.operations import follow
from core.ground import audit
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.instalments import operations as instalments
from core.penalties import penalties
from core.plugins.loading import Registry
from core.providers import operating_notices
from core.users import clearing, retention
from core.users.operations import people

BREATH = 100  # milliseconds: the longest that SQLite sleeps before it tries again to begin
Work = Callable[[], None]


@dataclass(frozen=True)
class Step:
    """One thing that a day brings: ``due`` gives the keys of its cases, ``do`` does ``size`` of them in one act.

    ``tried``: most of what is due asks for nothing, so a piece is first tried where nothing can be written, and holds
    the database only if it wants to. ``about`` names the cases in the log.
    """

    act: str
    due: Callable[[ScopedSession, date], Sequence[Any]]
    do: Callable[[ScopedSession, date, Sequence[Any]], object]
    size: int
    tried: bool = False
    actor: str = "passare dei giorni"
    about: str = ""

    def whole(self, session: ScopedSession, today: date) -> None:
        """All of it in the one act of ``session``."""
        self.do(session, today, self.due(session, today))


def _once(act: str, install: Callable[[ScopedSession], object]) -> Step:
    """A step without cases: the whole of it is one piece."""
    return Step(act, lambda _session, _today: [act], lambda session, _today, _keys: install(session), 1, True)


def _alert(session: ScopedSession, today: date, keys: Collection[int]) -> None:
    alerts.fire_alerts(session, people(session), today, keys)


NIGHT: tuple[Step, ...] = (
    # what a newer program brings with it reaches an office that has begun; what is there stays as people left it
    _once("deadline_rule.install", standard.install_rules),
    _once("retention_rule.install", retention.install_rules),
    Step("contract.advance", life.awaiting, life.advance, 10, tried=True),
    Step("instalment.refresh", instalments.planned, instalments.recompute, 25, tried=True),
    Step("instalment.refresh", instalments.turning, instalments.turn, 50),
    Step("penalty.pass_time", penalties.turning, penalties.turn, 50),
    Step("operating_notice.advance", operating_notices.awaiting, operating_notices.advance, 20, tried=True),
    Step("accreditation.advance", measures.awaiting, measures.advance, 20, tried=True),
    Step("retention.clear", clearing.due, clearing.clear, 200, actor="conservazione"),
)
ALERTS = Step("deadline.alerts", alerts.due, _alert, 200, actor="avvisi")  # of a person: one mail a piece


def merging(registry: Registry) -> Step:
    """Signed amendments enter their contracts, each in an act of its own, which prints the contract anew. It comes
    first: what has effect on a contract's last day is in it before the contract ends."""
    return Step("contract.merge", amendments.merging, partial(amendments.merge_due, registry=registry), 1, tried=True)


def following(database: Database) -> Iterator[Step]:
    """A step for each subject with deadlines, of the core and of the plugins: they follow the facts and the day."""
    for subject in facts.sources(database):
        yield Step("deadline.follow", partial(_living, subject), partial(_follow, subject), 50, tried=True,
                   actor="scadenze", about=subject)


def _living(subject: str, session: ScopedSession, today: date) -> Sequence[int]:
    return facts.living_ids(session, subject, today)


def _follow(subject: str, session: ScopedSession, today: date, keys: Collection[int]) -> None:
    follow(session, subject, keys, today=today)


def sealing(*, whole: bool) -> Step:
    """The seal of what is committed. Not ``whole``: only from a little before the last sealed entry."""
    return Step("audit.seal", lambda session, _today: audit.unsealed(session, whole=whole),
                lambda session, _today, entries: audit.seal(session, entries), audit.SEAL_BATCH, actor="sigillo")


def pieces(database: Database, steps: Iterable[Step], today: date) -> Iterator[tuple[str, Work]]:
    """The pieces of ``steps`` with their names, in order: each stands alone and may be done again.

    Looking for what is due is a piece too: the next ones follow from it once it is done.
    """
    for step in steps:
        name, keys = f"{step.act} {step.about}".strip(), list[Any]()
        yield name, partial(_look, database, step, today, keys)
        for start in range(0, len(keys), step.size):
            yield name, partial(_do, database, step, today, keys[start : start + step.size])


def _look(database: Database, step: Step, today: date, keys: list[Any]) -> None:
    with ScopedSession(database, system(step.actor)) as session:
        keys.extend(step.due(session, today))


def _do(database: Database, step: Step, today: date, keys: Sequence[Any]) -> None:
    """Do a piece, then leave the database free for as long: who waits for it would else meet the next piece."""
    if step.tried and not _asks(database, step, today, keys):
        return
    began = time.monotonic_ns()
    with unit_of_work(database, system(step.actor), act=step.act) as session:
        step.do(session, today, keys)
    time.sleep(min((time.monotonic_ns() - began) // 1_000_000, BREATH) / 1000)


def _asks(database: Database, step: Step, today: date, keys: Sequence[Any]) -> bool:
    """True if the piece wants to write: a session that only reads lets it come that far and no further."""
    with ScopedSession(database, system(step.actor)) as session:
        try:
            step.do(session, today, keys)
            session.flush()
        except Exception:  # whatever a refused writing has led to
            if not session.held_back:
                raise
        return session.held_back
