"""kill -9 at random instants of "number + contract + document": nothing lost, nothing double, nothing broken."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.contracts.model import Contract, ContractDocument, ContractTerms
from core.documents.operations import keep
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.files import Upload, sha256
from core.ground.numbering import next_number
from core.ground.unit_of_work import unit_of_work

pytestmark = pytest.mark.proof
KILLS = 60
ACTOR = system("prova di caduta")
YEAR = 2026


@dataclass(frozen=True)
class Ground:
    """Where the act takes place: the database, the folder, the terms that every contract needs."""

    url: str
    folder: Path
    terms_id: int


def one_act(ground: Ground, database: Database) -> int:
    """The act under proof, as the product does it: number, contract and document in one unit of work."""
    with unit_of_work(database, ACTOR, act="contract.draft") as session:
        number = next_number(session, "contract", YEAR)
        _contract(session, ground, number)
    return number


def act_in_pieces(ground: Ground, database: Database) -> int:
    """The control: the number and its contract in two transactions, the file written in place."""
    with unit_of_work(database, ACTOR, act="number") as session:
        number = next_number(session, "contract", YEAR)
    with unit_of_work(database, ACTOR, act="contract.draft") as session:
        _contract(session, ground, number)
    return number


def _contract(session: ScopedSession, ground: Ground, number: int) -> None:
    contract = Contract(
        year=YEAR, number=number, starts_on=date(YEAR, 1, 1), ends_on=date(YEAR, 12, 31), place="-",
        terms_id=ground.terms_id,
    )
    document = keep(
        session, Upload(f"contratto-{number}.docx", f"contratto {number} ".encode() * 2000), kind="contract",
        folder="documents",
    )
    contract.documents.append(ContractDocument(version_number=1, origin="generated", document=document))
    session.add(contract)


Act = Callable[[Ground, Database], int]


def kill_repeatedly(ground: Ground, act: Act, rng: random.Random) -> list[int]:
    """Let children act and kill each at a random instant; the numbers that they had acknowledged."""
    acknowledged: list[int] = []
    for _ in range(KILLS):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _act_until_killed(ground, act, writer)
        os.close(writer)
        _wait_for_the_first(reader, acknowledged)
        time.sleep(rng.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as pipe:
            acknowledged += [int(line) for line in pipe.read().split(b"\n")[:-1]]
    return acknowledged


def _wait_for_the_first(reader: int, acknowledged: list[int]) -> None:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(reader, 1)
        assert byte, "the child died before its first act"
        line += byte
    acknowledged.append(int(line))


def _act_until_killed(ground: Ground, act: Act, writer: int) -> None:
    try:
        database = Database(ground.url, ground.folder)
        while True:
            os.write(writer, b"%d\n" % act(ground, database))
    finally:
        os._exit(1)


@dataclass(frozen=True)
class Damage:
    """What the detector looks for."""

    lost: set[int]
    gaps: set[int]
    doubles: int
    broken_files: int

    @property
    def any(self) -> bool:
        """True if anything at all is wrong."""
        return bool(self.lost or self.gaps or self.doubles or self.broken_files)


def inspect(ground: Ground, acknowledged: list[int]) -> tuple[int, Damage]:
    """How many contracts there are, and the damage."""
    database = Database(ground.url, ground.folder)
    with ScopedSession(database, ACTOR) as session:
        contracts = session.query(Contract).order_by(Contract.number).all()
        numbers = [c.number for c in contracts]
        broken = sum(len(c.documents) != 1 or not _intact(ground, c.documents[0]) for c in contracts)
    database.dispose()
    whole = set(range(1, max(numbers) + 1))
    damage = Damage(set(acknowledged) - set(numbers), whole - set(numbers), len(numbers) - len(set(numbers)), broken)
    return len(numbers), damage


def _intact(ground: Ground, version: ContractDocument) -> bool:
    path = ground.folder / version.document.path
    return path.exists() and sha256(path.read_bytes()) == version.document.sha256


@pytest.fixture
def ground(database: Database, tmp_path: Path) -> Ground:
    """A migrated database with one version of the terms, and an empty folder."""
    with unit_of_work(database, ACTOR, act="prova") as session:
        terms = ContractTerms(
            title="Prova", edition=1, valid_from=date(YEAR, 1, 1), legal_source="prova", tacit_renewal=False,
            renewal_assessment_months=3, renewal_direction="before", continuity_months=6, share_criteria=("uso",),
            extra_projects_month=9, own_charter_months=6, reply_days=15, account_notice_days=7,
            penalty_min=Decimal(100), penalty_max=Decimal(5000), penalty_payment_days=60, further_damages=True,
            arbitration=False, arbitrators=3, court="Milano", roll_policy="holiday", registration_cost="azienda",
        )
        session.add(terms)
        session.flush()
        terms_id = terms.id
    url = database.reading.url.render_as_string(hide_password=False)
    database.dispose()
    return Ground(url, tmp_path / "files", terms_id)


def test_a_killed_act_is_whole_or_was_never_there(ground: Ground, backend: str, figure: Callable[..., None]) -> None:
    acknowledged = kill_repeatedly(ground, one_act, random.Random(20261122))
    count, damage = inspect(ground, acknowledged)
    figure(
        f"caduta ({backend})",
        f"{KILLS} kill -9, {count} contratti: {len(damage.lost)} conferme perdute, {len(damage.gaps)} buchi, "
        f"{damage.doubles} doppioni, {damage.broken_files} file rotti",
    )
    assert not damage.any


def test_the_control_goes_red_when_the_act_is_in_pieces(
    ground: Ground, backend: str, figure: Callable[..., None]
) -> None:
    acknowledged = kill_repeatedly(ground, act_in_pieces, random.Random(20261122))
    _count, damage = inspect(ground, acknowledged)
    figure(f"caduta, controllo ({backend})", f"in due transazioni: {len(damage.gaps)} buchi trovati")
    assert damage.any
