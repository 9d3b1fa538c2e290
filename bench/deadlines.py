"""The list and the month of deadlines at 1,000 and at 100,000: time and SQL statements."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from admin.app import create_app
from bench import instalments
from bench.ground import demo, log_in, measured, steady
from bench.measure import row
from core.deadlines.model import Deadline, DeadlineRule
from core.ground import clock
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.instalments.model import Instalment

SMALL, LARGE = 1_000, 100_000
STATES = ("open", "met", "missed", "open", "cancelled", "suspended")
CASES = 2_000
SPREAD = 3650  # days over which they fall
PAGES = {
    "what is to be done, first page": "/admin/scadenze/?stato=todo",
    "all, page 40": "/admin/scadenze/?stato=&page=39",
    "filter by office": "/admin/scadenze/?stato=todo&a=accounting",
    "filter by municipality": "/admin/scadenze/?stato=todo&comune=3",
    "search by case": "/admin/scadenze/?stato=todo&search=Dresano",
    "search by number": "/admin/scadenze/?stato=todo&search=512/3000",
    "the month": "/admin/scadenze/calendario/",
    "the home page": "/admin/",
}


def main() -> None:
    """Print time and statements of each page at both sizes."""
    with tempfile.TemporaryDirectory() as folder:
        settings, database, registry = demo(Path(folder))
        client = log_in(create_app(settings, database=database, registry=registry), database)
        print("The list of deadlines")
        instalments.fill(database, CASES)
        _fill(database, SMALL)
        small = measured(client, database, PAGES)
        _fill(database, LARGE)
        large = measured(client, database, PAGES)
        for name in PAGES:
            (seconds, statements), (before, fewer) = large[name], small[name]
            row(f"{name}, 1,000, {fewer} statements", before)
            row(f"{name}, 100,000, {statements} statements", seconds, seconds / before, "the same at 1,000")
        steady(small, large)


def _fill(database: Database, size: int) -> None:
    """Bring the deadlines to ``size``: of instalments, spread over ten years, the rules and the states."""
    with ScopedSession(database, system("prova di velocità")) as session:
        have = session.scalar(select(func.count(Deadline.id))) or 0
        last = session.scalar(select(func.max(Deadline.id))) or 0
        rules = session.scalars(select(DeadlineRule.id).where(DeadlineRule.subject == "instalment")).all()
        cases = session.execute(select(Instalment.id, Instalment.number, Instalment.year)).all()
    names = [f"Rata n. {number}/{year} di {'Dresano' if key % 13 == 0 else 'Melegnano'}" for key, number, year in cases]
    ids = [key for key, _number, _year in cases]
    today = clock.today()
    new = [_deadline(last + place, rules[place % len(rules)], ids[place % len(ids)], names[place % len(ids)], today)
           for place in range(1, size - have + 1)]
    with database.writing.begin() as connection:
        connection.execute(insert(Deadline.__table__), new)
        connection.exec_driver_sql("ANALYZE")


def _deadline(key: int, rule_id: int, case_id: int, title: str, today: date) -> dict[str, Any]:
    due = today + timedelta(days=key % SPREAD - SPREAD // 2)
    state = STATES[key % len(STATES)]
    owner = "accounting" if key % 3 else "municipality"
    return {"id": key, "rule_id": rule_id, "subject": "instalment", "subject_id": case_id, "occurrence": str(key),
            "case_title": title, "started_on": due - timedelta(days=30), "nominal": due, "effective": due,
            "state": state, "settled_on": due if state in ("met", "cancelled") else None, "owner_role": owner,
            "shared": owner == "municipality", "version": 1}


if __name__ == "__main__":
    main()
