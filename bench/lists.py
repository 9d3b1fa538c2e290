"""The office at 1,000 and at 1,000,000 rows of each kind: lists, searches, sorts, records and homes.

For each page its time at both sizes, how often it asks the database, and how this answers the slowest question.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from admin.app import create_app
from bench.filling import fill
from bench.ground import log_in
from bench.measure import median_seconds, row
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.plugins.loading import load
from core.users.model import RoleGrant, User

SMALL, LARGE = 1_000, 1_000_000
MOST = 2  # times the same at 1,000
PAGES = {
    Role.MANAGEMENT: {
        "home": "/admin/",
        "contracts": "/admin/contratti/",
        "contracts, page 40": "/admin/contratti/?page=39",
        "contracts, by municipality": "/admin/contratti/?sort=1",
        "contracts, by period, the last first": "/admin/contratti/?sort=2&desc=1",
        "contracts, search by municipality": "/admin/contratti/?search=Dresano",
        "contracts, search by number": "/admin/contratti/?search=512/3000",
        "contracts in force": "/admin/contratti/?stato=in_force",
        "contracts of a municipality": "/admin/contratti/?comune=3",
        "contract": "/admin/contratti/details/?id=500",
        "the box of the search": "/admin/cerca/?q=dresano",
        "instalments": "/admin/rate/",
        "instalments, search by municipality": "/admin/rate/?search=Dresano",
        "instalments, by amount": "/admin/rate/?sort=3",
        "instalments overdue": "/admin/rate/?stato=overdue",
        "instalment": "/admin/rate/details/?id=500",
        "payments": "/admin/pagamenti/",
        "payments, search by number": "/admin/pagamenti/?search=512/3000",
        "payments, search by words": "/admin/pagamenti/?search=999",
        "deadlines to meet": "/admin/scadenze/?stato=todo",
        "deadlines, by case": "/admin/scadenze/?sort=1",
        "deadlines, search by words": "/admin/scadenze/?search=contratto+999",
        "notices of default": "/admin/diffide/",
        "municipalities": "/admin/comuni/",
        "providers": "/admin/gestori/",
        "providers, search by part of a word": "/admin/gestori/?search=ooperativ",
        "providers, search by name": "/admin/gestori/?search=999",
        "units, by place": "/admin/unita/?sort=3",
        "history of a contract": "/admin/storia/?subject=contract&row=5",
    },
    Role.MUNICIPALITY: {
        "home": "/admin/",
        "contracts": "/admin/contratti/",
        "contract": "/admin/contratti/details/?id={contract}",
        "instalments": "/admin/rate/",
        "payments": "/admin/pagamenti/",
        "deadlines": "/admin/scadenze/?stato=todo",
    },
}
Measured = dict[tuple[Role, str], tuple[float, int, str]]


def main() -> None:
    """Print the table; the last lines name the pages that grow."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "admin.command.cli", "demo", "--no-serve", "--json", "--data-dir",
                        str(demo)], check=True, capture_output=True)
        small = _measure(shutil.copytree(demo, Path(folder) / "small"), SMALL)
        large = _measure(shutil.copytree(demo, Path(folder) / "large"), LARGE)
    report(small, large)


def report(small: Measured, large: Measured) -> None:
    """Print both sizes side by side."""
    growing = []
    for role, pages in PAGES.items():
        print(f"Pages of the {role}, at {SMALL:,} and at {LARGE:,} rows of each kind")
        for name in pages:
            (seconds, asked, plan), (before, _, _) = large[role, name], small[role, name]
            row(f"{name}, {asked} statements", seconds, seconds / before, f"the same at {SMALL:,}")
            print(f"      {plan}")
            if seconds > MOST * before:
                growing.append(f"{name} ({role})")
    print(f"More than {MOST} times as slow: {', '.join(growing) or 'none'}")


def _measure(folder: Path, size: int) -> Measured:
    settings = Settings(data_dir=folder)
    registry, database = load(settings), Database(settings.url, folder)
    started = time.perf_counter()
    fill(database, size)
    row(f"to fill every table to {size:,} rows", time.perf_counter() - started)
    app = create_app(settings, database=database, registry=registry)
    return measured(app, database)


def measured(app: Any, database: Database) -> Measured:
    """Seconds and questions of every page, and the plan of the question that took longest."""
    figures: Measured = {}
    for role, pages in PAGES.items():
        client = log_in(app, database)
        cookie, own = _person(database, role)
        with client.session_transaction() as kept:
            kept.update(_user_id=cookie, _fresh=True)
        for name, address in pages.items():
            address = address.format(contract=own)
            with asked(database) as questions:
                assert client.get(address).status_code == 200, address
            questions.clear()
            with asked(database) as questions:
                client.get(address)
            seconds = median_seconds(lambda client=client, address=address: client.get(address),
                                     clock=time.process_time)
            figures[role, name] = seconds, len(questions), _plan(database, max(questions))
    return figures


def _person(database: Database, role: Role) -> tuple[str, int]:
    """The cookie of somebody with this role, and a contract of theirs."""
    from core.contracts.model import ContractParty

    with ScopedSession(database, system("prova di velocità")) as session:
        grants = select(RoleGrant.user_id).where(RoleGrant.role == role)
        person = session.scalars(select(User).where(User.id.in_(grants)).order_by(User.id)).unique().first()
        assert person is not None
        mine = select(ContractParty.contract_id).where(ContractParty.party_id.in_(person.principal().municipality_ids))
        return person.fs_uniquifier, session.scalar(mine.limit(1)) or 0


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[float, str, Any]]]:
    """The questions that are put while the block runs, each with the seconds of its first answer."""
    questions: list[tuple[float, str, Any]] = []

    def before(_c: object, _cursor: object, _said: str, _values: object, context: Any, _many: bool) -> None:
        context.began = time.perf_counter()

    def after(_c: object, _cursor: object, said: str, values: Any, context: Any, _many: bool) -> None:
        questions.append((time.perf_counter() - context.began, said, values))

    event.listen(database.reading, "before_cursor_execute", before)
    event.listen(database.reading, "after_cursor_execute", after)
    try:
        yield questions
    finally:
        event.remove(database.reading, "before_cursor_execute", before)
        event.remove(database.reading, "after_cursor_execute", after)


def _plan(database: Database, question: tuple[float, str, Any]) -> str:
    """How the database answers a question, in one line."""
    seconds, said, values = question
    explain = "EXPLAIN " if database.reading.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    with database.reading.connect() as connection:
        steps = connection.exec_driver_sql(explain + said, values).all()
    told = "; ".join(str(step[-1]).strip() for step in steps)
    return f"{seconds * 1000:.1f} ms: {told[:400]}"


if __name__ == "__main__":
    main()
