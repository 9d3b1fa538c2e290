"""What must not be seen: somebody else's rows, marked so that they show wherever they appear."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from sqlalchemy import Engine, String, Table, select

from core.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, ScopedSession, scoped_tables
from core.allocation.model import AllocationGroup, AllocationKey, AllocationPlan, GroupExclusion, GroupService
from core.catalogue.model import Service
from core.contracts.model import ContractEnding, ContractExtension, InsurancePolicy, OwnClause
from core.db import Base, Euro, Lines
from core.documents.model import Document
from core.documents.store import FileStore
from core.funding.model import Budget, BudgetLine
from core.outbox import OutboxMessage
from core.users.model import User
from plugins.home_care_vouchers.model import VoucherUsage
from tests.factories import filled

CANARY = "CANARINO"
FREE_TEXT = {
    "name", "address", "mission", "principles", "family_name", "given_name", "bank", "branch", "note", "why", "title",
    "text", "file_name", "source", "birth_place", "letterhead", "recalled_text", "place", "before", "after", "actor",
    "act", "agreements", "body", "case_title", "cover", "cig", "deduction_why", "email", "error", "feed_token",
    "funder", "gap_why", "ground", "group_title", "iban", "insurer", "key", "key_title", "number", "ordinary_upkeep",
    "payer", "payer_iban", "pec", "protocol_number", "reason", "reasons", "reference", "register_number", "tax_code",
}  # fmt: skip
KNOWN_TO_ALL = {("party", "name")}  # every contract names all the members in its premises
LOGIN_TABLES = {"user"}  # a log-in writes its own counters there
MARKED_MONEY = Decimal(77_000_000)  # euros: more than the whole demo district has, so any sum of them shows too
MONEY_WRITTEN = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\b77000\d{3}\b")  # 77.000.012 in words, 77000012 in a cell


@dataclass(frozen=True)
class Ids:
    """Ids of one table: some that the attacker owns, some that are somebody else's."""

    own: tuple[int, ...]
    foreign: tuple[int, ...]


def ids_of(engine: Engine, own: Iterable[int]) -> dict[str, Ids]:
    """For every scoped table with an integer key: what belongs to ``own`` municipalities, and what does not."""
    parameters = {OWN_MUNICIPALITIES.key: sorted(own), OWN_PROVIDERS.key: []}
    found: dict[str, Ids] = {}
    with engine.connect() as connection:
        for entity in scoped_tables():
            table: Table = entity.__table__
            if "id" not in table.c:
                continue
            everything = set(connection.scalars(select(table.c.id)))
            seen = set(connection.scalars(select(entity.id).where(entity.visible()), parameters))
            found[table.name] = Ids(tuple(sorted(seen)), tuple(sorted(everything - seen)))
    return found


def hide(session: ScopedSession, contract_id: int, municipality_id: int) -> None:
    """Rows that the demo's story leaves out: of another municipality, or still on the desk of the azienda."""
    day = date(2031, 1, 1)
    service_id = session.scalars(select(Service.id)).first()
    budget, group = filled(Budget, year=day.year, stage="forecast"), filled(AllocationGroup)
    budget.lines = [filled(BudgetLine, service_id=service_id, kind="direct_cost")]
    group.services = [filled(GroupService, service_id=service_id)]
    group.keys = [filled(AllocationKey, kind="equal", weight=Decimal(100))]
    group.exclusions = [filled(GroupExclusion, municipality_id=municipality_id)]
    session.add(budget)
    session.flush()
    session.add_all([
        filled(AllocationPlan, budget_id=budget.id, groups=[group]),
        filled(ContractEnding, contract_id=contract_id, kind="withdrawal", ground="public_interest",
               indemnity=Decimal(1)),
        filled(ContractExtension, contract_id=contract_id, decided_on=day, from_day=day, to_day=day),
        filled(OwnClause, contract_id=contract_id),
        filled(InsurancePolicy, contract_id=contract_id, valid_from=day, valid_to=day),
        filled(VoucherUsage, municipality_id=municipality_id, year=day.year, month=5, package="A",
               hours=Decimal(1)),
        filled(OutboxMessage, kind="mail", payload={}),
        filled(User, name=f"{CANARY} utente", email=f"{CANARY}@prova.example", feed_token=f"{CANARY} gettone"),
    ])


def release(engine: Engine, store: FileStore, ids: dict[str, Ids]) -> int:
    """Mark every free text, every amount and every file that the attacker must not see; how many rows and files."""
    released = 0
    with engine.begin() as connection:
        for name, known in ids.items():
            if name in LOGIN_TABLES or name.startswith("audit_"):
                continue  # the attacker's own name is there
            table = Base.metadata.tables[name]
            for key in known.foreign:
                if marks := _marks(table, key):
                    connection.execute(table.update().where(table.c.id == key).values(marks))
                    released += 1
        paths = select(Document.path).where(Document.id.in_(ids["document"].foreign))
        for path in connection.scalars(paths).all():
            store.locate(path).write_bytes(f"{CANARY} {path}".encode())
            released += 1
    return released


def _marks(table: Table, key: int) -> dict[str, Any]:
    """What is written in the columns of a row."""
    mark = f"{CANARY} {table.name} {key}"
    free = [c for c in table.c if c.name in FREE_TEXT and (table.name, c.name) not in KNOWN_TO_ALL]
    texts: dict[str, Any] = {c.name: mark for c in free if isinstance(c.type, String)}
    lines: dict[str, Any] = {c.name: (mark,) for c in free if isinstance(c.type, Lines)}
    return texts | lines | {c.name: MARKED_MONEY + key for c in table.c if isinstance(c.type, Euro)}


def shows(body: bytes) -> bool:
    """True if a marked text or amount is in an answer, also inside a workbook, a letter, a zip or a folded calendar."""
    said = _unpacked(body).replace("\r\n ", "")
    return CANARY in said or any(int(sum_.replace(".", "")) >= MARKED_MONEY for sum_ in MONEY_WRITTEN.findall(said))


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    try:
        with ZipFile(BytesIO(body)) as archive:
            return "\n".join(_unpacked(archive.read(name)) for name in archive.namelist())
    except BadZipFile:
        return body.decode("utf-8", "replace")


def fingerprint(engine: Engine, ids: dict[str, Ids]) -> dict[str, str]:
    """A hash of everything that is not the attacker's, by table: it must be the same after the attack."""
    prints: dict[str, str] = {}
    with engine.connect() as connection:
        for name, known in ids.items():
            if name in LOGIN_TABLES or name.startswith("audit_"):
                continue
            table = Base.metadata.tables[name]
            rows = connection.execute(select(table).where(table.c.id.in_(known.foreign)).order_by(table.c.id)).all()
            prints[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return prints
