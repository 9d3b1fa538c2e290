"""Three nights at 100,000 instalments: the longest transaction of their pieces, and their SQL statements.

The first night has everything to do, the second nothing, the third one day more. Seconds of the processor stand beside
those of the clock: who measures on a busy machine believes the former.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, func, insert, select

from admin.command.demo_users import ensure
from bench.ground import demo
from core.allocation.model import YearShare
from core.contracts.model import Contract, ContractParty, InstalmentRule
from core.ground import clock
from core.ground.access import ScopedSession, as_system, system
from core.ground.db import Base, Database
from core.ground.unit_of_work import unit_of_work
from core.instalments.model import Instalment
from core.night import ALERTS, NIGHT, Step, following, merging, pieces, sealing
from core.parties.model import Municipality, Party
from core.plugins.loading import Registry

SIZE = 100_000
PER_CASE = 12  # instalments of a municipality: of four years, two past, this one and the next
Rows = list[dict[str, Any]]


def main() -> None:
    """Print a line for each step of each night."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder:
        _settings, database, registry = demo(Path(folder))
        with unit_of_work(database, system("prova di velocità"), act="bench.users") as session:
            ensure(session)  # somebody to be told
        fill(database, size // PER_CASE)
        today = clock.today()
        print(f"The night, {size:,} instalments")
        for title, day in (("everything to do", today), ("nothing to do", today),
                           ("one day more", today + timedelta(days=1))):
            print(f"  {title}")
            live(database, registry, day)


@dataclass
class Taken:
    """What the pieces of a step took: the longest transactions, and how much of it all there was."""

    writing: float = 0.0
    processor: float = 0.0
    reading: float = 0.0
    acts: int = 0
    pieces: int = 0
    statements: int = 0


def live(database: Database, registry: Registry, day: date) -> None:
    """One night, step by step, as the worker lives it."""
    worst = 0.0
    for step in (merging(registry), *NIGHT, *following(database), ALERTS, sealing(whole=True)):
        with taking(database) as taken:
            taken.pieces = sum(1 for _ in _done(database, [step], day))
        worst = max(worst, taken.processor)
        if taken.acts or taken.pieces > 1:
            print(f"    {step.act + ' ' + step.about:36} {taken.pieces:6} pieces {taken.acts:6} acts "
                  f"longest {taken.writing * 1000:6.0f} ms ({taken.processor * 1000:.0f} of the processor), "
                  f"reading {taken.reading * 1000:6.0f} ms, {taken.statements:8} statements")
    print(f"    longest act: {worst * 1000:.0f} ms of the processor")
    assert worst < 1, "a piece of the night holds the database too long"


def _done(database: Database, steps: Iterable[Step], day: date) -> Iterator[None]:
    for _name, work in pieces(database, steps, day):
        work()
        yield


@contextmanager
def taking(database: Database) -> Iterator[Taken]:
    """The transactions and statements while the block runs."""
    taken, began = Taken(), [0.0, 0.0]

    def begin(_connection: Connection) -> None:
        began[:] = time.perf_counter(), time.process_time()

    def end(connection: Connection) -> None:
        clocked, worked = time.perf_counter() - began[0], time.process_time() - began[1]
        if connection.get_execution_options().get("patto_writes"):
            taken.acts += 1
            taken.writing, taken.processor = max(taken.writing, clocked), max(taken.processor, worked)
        else:
            taken.reading = max(taken.reading, clocked)

    def note(*_asked: object) -> None:
        taken.statements += 1

    listeners = (("begin", begin), ("commit", end), ("rollback", end), ("before_cursor_execute", note))
    for name, listener in listeners:
        event.listen(database.reading, name, listener)
    try:
        yield taken
    finally:
        for name, listener in listeners:
            event.remove(database.reading, name, listener)


# --- what there is -----------------------------------------------------------------------------------------


def fill(database: Database, members: int) -> None:
    """Give the azienda ``members`` more municipalities: a contract each, shares of four years and their instalments.

    This year's first advances are asked and fall due; what comes after is planned and lacks its figures.
    """
    with ScopedSession(database, system("prova di velocità")) as session:
        rules = session.scalars(select(InstalmentRule).order_by(InstalmentRule.id)).all()
        terms = rules[0].terms_id
        plan = [rule for rule in rules if rule.terms_id == terms][:PER_CASE // 4]
        pattern = _columns(session, Contract)
        last = max(session.scalar(select(func.max(entity.id))) or 0 for entity in (Party, Contract, Instalment))
    keys = range(last + 1, last + 1 + members)
    year = clock.today().year
    put = {
        Party: [{"id": key, "kind": "municipality", "name": f"Comune {key}", "tax_code": f"{key:011}", "address": "-",
                 "postal_code": "20070", "city": "-", "province": "MI", "version": 1} for key in keys],
        Municipality: [{"id": key, "slug": f"comune-{key}", "form": "comune", "istat": f"{key:06}"} for key in keys],
        Contract: [pattern | {"id": key, "year": year - 2, "number": key, "state": "in_force", "terms_id": terms,
                              "starts_on": date(year - 2, 1, 1), "ends_on": date(year + 1, 12, 31),
                              "runs_to": date(year + 1, 12, 31), "signed_on": date(year - 3, 12, 1)} for key in keys],
        ContractParty: [{"contract_id": key, "party_id": key, "capacity": "comune", "order": 1} for key in keys],
        YearShare: [{"municipality_id": key, "year": of, "kind": "budget", "amount": Decimal(1000 + key),
                     "approved_on": date(of, 1, 2), "origin": "import", "note": ""}
                    for key in keys for of in range(year - 2, year + 1)],
        Instalment: [row for key in keys for row in _instalments(key, plan, year, (key - last - 1) * PER_CASE + last)],
    }
    with database.writing.begin() as connection:
        for entity, rows in put.items():
            connection.execute(insert(entity.__table__), rows)
        connection.exec_driver_sql("ANALYZE")


def _columns(session: ScopedSession, entity: type[Base]) -> dict[str, Any]:
    """The columns of some row that is there, to make others like it."""
    columns = [column for column in entity.__table__.columns if column.name not in ("renews_id", "amends_id")]
    [row] = as_system(session, select(*columns).limit(1), reason="prova di velocità")
    return dict(zip((column.name for column in columns), row, strict=True))


def _instalments(key: int, plan: list[InstalmentRule], year: int, before: int) -> Iterator[dict[str, Any]]:
    for place in range(PER_CASE):
        of, rule = year - 2 + place // len(plan), plan[place % len(plan)]
        due = date(of, 1 + 5 * (place % len(plan)), 28)
        asked = of <= year
        yield {
            "id": before + place + 1, "year": of, "number": before + place + 1, "contract_id": key,
            "municipality_id": key, "rule_id": rule.id, "kind": rule.kind, "title": rule.title,
            "percent": rule.percent, "event": rule.event, "paid": Decimal(0), "reason": "", "version": 1,
            "state": "requested" if asked else "planned", "amount": Decimal(500) if asked else None,
            "requested_on": date(of, 1, 7) if asked else None, "nominal": due if asked else None,
            "effective": due if asked else None}


if __name__ == "__main__":
    main()
