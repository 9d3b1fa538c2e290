"""What a rehearsal of an import has written, as plain data; and writing that, so that what was checked is what goes in.

The history tells every row that a rehearsal writes before it is taken back: told forward, the same rows are written
again. It holds as long as nothing else has been written since, which the history tells too.
"""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Table, bindparam, select, text

from core.ground import audit
from core.ground.access import ScopedSession, as_system
from core.ground.audit import HistoryMark
from core.ground.db import Base
from core.ground.errors import NotVisible, RuleBroken
from core.ground.files import FileStore, sha256

BATCH = 1000
FOLDER = "imports"
# what no import looks at, and others write all the time: people and their visits, mail, deadlines (which follow)
UNASKED = frozenset({
    "user", "role_grant", "municipality_grant", "provider_grant", "outbox_message", "idempotency_key", "document",
    "deadline", "deadline_change", "alert", "case_file", "note", "sending",
})
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Result:
    """What a clean rehearsal came to. ``added`` and ``changed`` are rows by table, as they were in the end.

    ``rows`` are what was made, for the report; ``files`` the fingerprints of what was kept, by path; ``cases`` those
    whose deadlines follow, by subject.
    """

    kind: str
    actor: str
    today: str
    before: HistoryMark
    rows: list[tuple[str, int, str]]
    added: dict[str, Rows]
    changed: dict[str, Rows]
    files: dict[str, str]
    cases: dict[str, list[int]] = field(default_factory=dict)


class Rehearsed(FileStore):
    """A store for a rehearsal: it keeps nothing, and knows what it would have kept."""

    def __init__(self, store: FileStore) -> None:
        super().__init__(store.root)
        self.asked: dict[str, str] = {}

    def put(self, path: str, content: bytes) -> str:
        """The fingerprint that the file would have."""
        self.asked[path] = sha256(content)
        return self.asked[path]


class Listening:
    """Hears what the history tells of this session from now on, until it is taken back."""

    def __init__(self, session: ScopedSession) -> None:
        self.session, self.act = session, f"import.rehearsal {secrets.token_hex(8)}"
        self.before = audit.mark(session)
        audit.speak(session, self.act)

    def heard(self) -> tuple[dict[str, Rows], dict[str, Rows]]:
        """The rows that were added, and those that were there and changed, each as it is in the end."""
        added: dict[str, dict[str, dict[str, Any]]] = {}
        changed: dict[str, dict[str, dict[str, Any]]] = {}
        for table, key, operation, after in audit.told(self.session, self.act, self.before.since):
            if operation == "d":
                raise RuntimeError(f"an import takes nothing away, and this one took a row of {table}")
            new = operation == "i" or key in added.get(table, {})
            (added if new else changed).setdefault(table, {})[key] = json.loads(after)
        for found in (added, changed):
            for table, rows in found.items():
                self._complete(Base.metadata.tables[table], rows)
        return tuple({table: list(rows.values()) for table, rows in found.items()}  # type: ignore[return-value]
                     for found in (added, changed))


    def _complete(self, table: Table, rows: dict[str, dict[str, Any]]) -> None:
        """Add what the history does not tell, because it is made from other columns: the words of the search."""
        derived = [column for column in table.columns if column.info.get("derived")]
        keys = list(rows) if derived else []
        for start in range(0, len(keys), BATCH):
            mine = table.c.id.in_([int(key) for key in keys[start : start + BATCH]])
            for key, *values in as_system(self.session, select(table.c.id, *derived).where(mine), reason="prova"):
                rows[str(key)] |= dict(zip((column.name for column in derived), values, strict=True))


# --- keeping ----------------------------------------------------------------------------------------------


def keep(result: Result, store: FileStore) -> str:
    """Keep a result until it is confirmed; gives the name by which it is found, which nobody can guess."""
    content = gzip.compress(json.dumps(asdict(result), ensure_ascii=False).encode(), mtime=0)
    store.put(_path(sha256(content)), content)
    return sha256(content)


def kept(name: str, kind: str, session: ScopedSession) -> Result:
    """The result called ``name``. NotVisible for another kind's, another person's, or one that is not there."""
    content = session.files.get(_path(name)) if name.isalnum() else b""
    if sha256(content) == name:
        held = json.loads(gzip.decompress(content))
        if (held["kind"], held["actor"]) == (kind, whose(session)):
            return Result(**{**held, "before": HistoryMark(**held["before"])})
    raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def whose(session: ScopedSession) -> str:
    """Who checks, and may confirm: the same person."""
    return str(session.principal.user_id or session.principal.name)


def forget(name: str, store: FileStore) -> None:
    """Take a result away that was carried out."""
    store.drop(_path(name))


def _path(name: str) -> str:
    return f"{FOLDER}/{name}.json.gz"


# --- writing ----------------------------------------------------------------------------------------------


def require_unchanged(session: ScopedSession, result: Result, today: date) -> None:
    """RuleBroken if anything that an import may look at was written since the rehearsal, or its day is over."""
    unasked = UNASKED - result.added.keys() - result.changed.keys()
    before, now = ({table: count for table, count in found.told.items() if table not in unasked}
                   for found in (result.before, audit.mark(session, result.before.since)))
    if now != before or result.today != f"{today:%Y-%m-%d}":
        raise RuleBroken("Dopo il controllo qualcuno ha modificato i dati, o il giorno è passato: non è stato "
                         "registrato nulla. Mandare di nuovo il file, perché sia controllato sui dati di adesso.")


def write(session: ScopedSession, result: Result, files: Mapping[str, bytes]) -> Iterator[int]:
    """Write what a rehearsal wrote, a table after the other; tells how many rows each time."""
    contents = {sha256(content): content for content in files.values()}
    for path, fingerprint in result.files.items():
        session.files.put(path, contents[fingerprint])
    for table in Base.metadata.sorted_tables:
        for found, statement in ((result.added, _insert), (result.changed, _update)):
            rows = found.get(table.name, [])
            for start in range(0, len(rows), BATCH):
                some = rows[start : start + BATCH]
                put = text(statement(session, table)).bindparams(bindparam("rows", json.dumps(some)))
                as_system(session, put, reason="importazione controllata")
                yield len(some)


def _insert(session: ScopedSession, table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {_rows(session, table)} AS n'  # noqa: S608


def _update(session: ScopedSession, table: Table) -> str:
    given = ", ".join(f'"{column.name}" = n."{column.name}"' for column in table.columns if not column.primary_key)
    same = " AND ".join(f'"{table.name}"."{column.name}" = n."{column.name}"' for column in table.primary_key)
    return f'UPDATE "{table.name}" SET {given} FROM {_rows(session, table)} AS n WHERE {same}'  # noqa: S608


def _rows(session: ScopedSession, table: Table) -> str:
    """The rows of a JSON array as a table, with the types that the history took them from."""
    if session.get_bind().dialect.name == "postgresql":
        return f'jsonb_populate_recordset(NULL::"{table.name}", CAST(:rows AS jsonb))'
    read = ", ".join(f"""json_extract(value, '$.{column.name}') AS "{column.name}\"""" for column in table.columns)
    return f"(SELECT {read} FROM json_each(:rows))"  # noqa: S608
