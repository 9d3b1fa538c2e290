"""Eight processes that save five kinds of record through HTTP at once, beside night pieces and an import: how many are
refused, the longest wait, and the rows counted afterwards."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import func, select
from stdnum import luhn

from admin.command.demo_users import ensure
from bench.ground import demo
from bench.instalments import fill
from bench.served import PATTO, Answer, Visitor, serving
from core.cases.model import Note
from core.contracts.model import Contract
from core.ground.access import ScopedSession, system
from core.ground.paths import ROOT
from core.ground.unit_of_work import unit_of_work
from core.imports.municipalities import SHEET
from core.parties.model import Act, Municipality, Population
from core.payments.model import Payment
from core.tables.workbook import workbook

WRITERS = 8
ROUNDS = 4  # times that each writer saves each kind of record
INSTALMENTS = 2_000  # that the night looks at
IMPORTED = 100  # rows of the workbook
EMAIL = "direzione@assemi.example"
ACTOR = system("prova di scrittura")
FIRST_DAY, FAR_YEAR = date(1950, 1, 1), 2031

Save = Callable[[Visitor, int, int], Answer]


def act(browser: Visitor, party: int, number: int) -> Answer:
    """An act of a council."""
    return browser.fill("/admin/atti/new/", {"party_id": party, "body_kind": "council", "kind": "Deliberazione",
                                             "number": number, "date": "2026-01-15", "title": f"Prova {number}"})


def residents(browser: Visitor, party: int, number: int) -> Answer:
    """How many live in a municipality on a day."""
    return browser.fill("/admin/popolazione/new/", {"municipality_id": party, "residents": 3000, "source": "prova",
                                                    "on": FIRST_DAY + timedelta(days=number)})


def payment(browser: Visitor, party: int, number: int) -> Answer:
    """A cent that stays to the credit of a municipality, with its number."""
    return browser.fill(f"/admin/pagamenti/nuovo/?municipality={party}",
                        {"amount": "0,01", "method": "bank_transfer", "reference": f"prova {number}"})


def draft(browser: Visitor, party: int, number: int) -> Answer:
    """A draft of a contract for a year of its own, with its number."""
    year = FAR_YEAR + number
    return browser.fill("/admin/contratti/bozza/", {"municipality": party, "starts_on": date(year, 1, 1),
                                                    "ends_on": date(year, 12, 31)})


def note(browser: Visitor, party: int, number: int) -> Answer:
    """A note in the diary of a contract."""
    return browser.fill("/admin/casi/contract/1/nota/", {"text": f"prova {party} {number}"})


# each kind of record: how it is saved, and which rows tell how many there are
RECORDS: dict[str, tuple[Save, Any]] = {
    "acts": (act, select(func.count(Act.id)).where(Act.title.startswith("Prova "))),
    "residents": (residents, select(func.count(Population.id)).where(Population.source == "prova")),
    "payments": (payment, select(func.count(Payment.id)).where(Payment.reference.startswith("prova "))),
    "drafts": (draft, select(func.count(Contract.id)).where(Contract.starts_on >= date(FAR_YEAR, 1, 1))),
    "notes": (note, select(func.count(Note.id)).where(Note.text.startswith("prova "))),
}


@dataclass
class Outcome:
    """What came of the writing: by kind of record what was confirmed, and the rows that are there."""

    confirmed: Counter[str]
    refused: list[str]
    longest: float
    rows: dict[str, int]
    imported: int

    @property
    def lost(self) -> int:
        """Rows that are not there though they were confirmed, or are there twice."""
        return sum(abs(self.rows[name] - self.confirmed[name]) for name in RECORDS)

    def __str__(self) -> str:
        saved = sum(self.confirmed.values())
        return (f"{WRITERS} writers, {saved + len(self.refused)} saves: {len(self.refused)} refused, longest wait "
                f"{self.longest:.1f} s, {sum(self.rows.values())} rows, {self.lost} lost or double")


def write_at_once(folder: Path, main: Sequence[str] = PATTO) -> Outcome:
    """Let the writers save on a demo in ``folder``, served by as many processes, while nights and imports go on."""
    _settings, database, _registry = demo(folder)
    with unit_of_work(database, ACTOR, act="bench.users") as session:
        ensure(session)
    fill(database, INSTALMENTS)
    with ScopedSession(database, ACTOR) as session:
        parties = list(session.scalars(select(Municipality.id).order_by(Municipality.id)))
    database.dispose()
    with serving(folder, main=main, processes=WRITERS) as served, _importing(folder):
        told = _let_them_write(served.address, [parties[number % len(parties)] for number in range(WRITERS)])
        assert not served.deaths(), served.deaths()
    confirmed = Counter(name for names, _refused, _longest in told for name in names)
    with ScopedSession(database, ACTOR) as session:
        rows = {name: session.scalar(count) or 0 for name, (_save, count) in RECORDS.items()}
        imported = session.scalar(select(func.count(Municipality.id)).where(Municipality.name.startswith("Prova ")))
    database.dispose()
    return Outcome(confirmed, [why for _names, refused, _longest in told for why in refused],
                   max(longest for _names, _refused, longest in told), rows, imported or 0)


Told = tuple[list[str], list[str], float]


def _let_them_write(address: str, parties: list[int]) -> list[Told]:
    with multiprocessing.get_context("spawn").Pool(len(parties)) as pool:
        return pool.starmap(_write, [(address, number, party) for number, party in enumerate(parties)])


def _write(address: str, writer: int, party: int) -> Told:
    """One writer: the records that it saw confirmed, what it was refused in which words, its longest wait."""
    browser, confirmed, refused = Visitor(address), [], []
    assert browser.enter(EMAIL).code == 200
    browser.longest = 0.0
    for number in range(writer * ROUNDS, (writer + 1) * ROUNDS):
        for name, (save, _count) in RECORDS.items():
            answer = save(browser, party, number)
            if answer.saved:
                confirmed.append(name)
            else:
                refused.append(f"{name}: {answer.code} {answer.alert}")
    return confirmed, refused, browser.longest


@contextmanager
def _importing(folder: Path) -> Iterator[None]:
    """A workbook of municipalities is brought in from the command line meanwhile, as an office does that begins."""
    command = [sys.executable, *PATTO, "import", "municipalities", str(_book(folder / "comuni.xlsx"))]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PATTO_DATA_DIR": str(folder)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        yield
        told, _nothing = process.communicate(timeout=300)
    assert process.returncode == 0, told.decode()


def _book(path: Path) -> Path:
    book = load_workbook(BytesIO(workbook((SHEET,))))
    for number in range(1, IMPORTED + 1):
        facts = _municipality(number)
        book[SHEET.title].append([facts.get(column.name) for column in SHEET.columns])
    book.save(path)
    return path


def _municipality(number: int) -> dict[str, str]:
    digits = f"9{number:09}"
    return {"name": f"Prova {number}", "form": "Unione di Comuni", "tax_code": digits + luhn.calc_check_digit(digits),
            "address": "Via Roma, 3", "postal_code": "20070", "city": "Dresano", "province": "MI"}


def main() -> None:
    """Print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        print("Writing on SQLite")
        outcome = write_at_once(Path(folder))
        print(f"  {outcome}; {outcome.imported} rows imported meanwhile")
        for why in outcome.refused:
            print(f"    {why}")


if __name__ == "__main__":
    main()
