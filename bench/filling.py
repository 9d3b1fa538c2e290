"""Many rows in little time: those of the demo again and again, with numbers of their own, written by the database.

Most are of years gone by and settled, as in an office that has worked for long; one in five hundred is as in the demo.
The municipalities grow with them: a million contracts are those of a large region.
The triggers of the history and of the search are away meanwhile, and made anew at the end.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, text

from core.ground import audit, search
from core.ground.db import Database
from core.ground.order import FUNCTION
from core.models import metadata

FIRST_YEAR, PER_YEAR = 3000, 50_000
PER_TOWN = 1000  # rows of each kind that a municipality has where there are many: a thousand of them at a million
NUMBERED = {"year": f"{FIRST_YEAR} + n / {PER_YEAR}", "number": f"n % {PER_YEAR} + 1"}
TOWN = "(SELECT id FROM town WHERE turn = n % (SELECT max(turn) + 1 FROM town))"
ALONE = {"contract_id": "n", "municipality_id": TOWN}
NOW = "n % 500 = 0"


def _over(column: str, state: str) -> str:
    """As in the demo now and then, else ``state``."""
    return f"CASE WHEN {NOW} THEN m.{column} ELSE '{state}' END"


def _long_ago(column: str) -> str:
    """As in the demo now and then, else a day of the past."""
    days = " ".join(f"WHEN n % 40 = {year} THEN '{1985 + year}-01-{year % 28 + 1:02}'" for year in range(40))
    return f"CASE WHEN {NOW} THEN m.{column} {days} ELSE m.{column} END"


def _called(column: str) -> dict[str, str]:
    """A name that no other row has, for the eyes and for the search; in their order they stand mixed."""
    return {name: f"(n * 7919 % 1000003) || ' ' || m.{name} || ' ' || n" for name in (column, "searched")}


# table: what its new rows say otherwise than the row of the demo that they repeat
FOUNDED: dict[str, dict[str, str]] = {
    "party": {"name": "'Comune ' || n", "searched": "'comune ' || n", "tax_code": "'c' || n"},
    "municipality": {"slug": "m.slug || '-' || n", "istat": "NULL", "cadastral": "NULL", "ipa": "NULL"},
}
FILLED: dict[str, dict[str, str]] = {
    "contract": {**NUMBERED, "state": _over("state", "closed"), "renews_id": "NULL", "amends_id": "NULL",
                 "filed_under": f"(SELECT name_weight FROM party WHERE id = {TOWN})"},
    "instalment": {**NUMBERED, **ALONE, "document_id": "NULL", "round_id": "NULL",
                   "state": _over("state", "paid"), "effective": _long_ago("effective")},
    "payment": {**NUMBERED, **_called("reference"), "municipality_id": TOWN, "reverses_id": "NULL",
                "refunds_id": "NULL", "receipt_id": "NULL", "received_on": _long_ago("received_on")},
    "default_notice": {**NUMBERED, **ALONE, "sending_id": "NULL", "state": _over("state", "closed")},
    "deadline": {**_called("case_title"), "subject_id": "n", "occurrence": "'n' || n",
                 "state": _over("state", "met"), "effective": _long_ago("effective")},
    "statement_line": {**_called("payer"), "key": "'n' || n", "payment_id": "NULL",
                       "state": _over("state", "ignored")},
    "party": {**_called("name"), "kind": "'provider'", "tax_code": "'n' || n"},
    "provider": {},
    "service_unit": {**_called("name"), "municipality_id": TOWN,
                     "provider_id": "(SELECT min(id) FROM provider WHERE id >= n)"},
    "audit_entry": {"row_id": "'n' || n"},
}


def fill(database: Database, size: int) -> None:
    """Bring the tables of the office to ``size`` rows each."""
    database.dispose()
    with database.writing.connect() as connection:
        _hurry(connection)
        with connection.begin():
            _drop_triggers(connection)
            for table, said in FOUNDED.items():  # their keys lie above those of the other parties
                _repeat(connection, metadata.tables[table], said, size + size // PER_TOWN, above=size)
            _give_turns(connection)
            for table, said in FILLED.items():
                _repeat(connection, metadata.tables[table], said, size)
            _sign(connection, size)
            audit.rebuild_triggers(connection, metadata.sorted_tables)
            search.rebuild_indexes(connection, metadata.sorted_tables)
        with connection.begin():
            connection.exec_driver_sql("ANALYZE")
        connection.invalidate()  # it has forgotten what it promises of a crash


def _hurry(connection: Connection) -> None:
    """Nobody minds if this database is lost."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            driver.execute(f"PRAGMA {pragma}")


def _repeat(connection: Connection, to_fill: Table, said: dict[str, str], size: int, above: int = 0) -> None:
    """Rows up to the key ``size``: after those that are there, or after the key ``above``."""
    table, columns = to_fill.name, [column.name for column in to_fill.columns]
    last, like = f'(SELECT max(id) FROM "{table}" WHERE id <= :size)', "id <= :size"
    if above:
        last = f"{above} + (SELECT count(*) FROM municipality)"
    if table == "party":
        like = f"kind = '{'municipality' if above else 'provider'}'"
    for index in to_fill.indexes:
        index.drop(connection)  # made at the end in one go
    said = said | {column.name: _weight(connection, said[column.info["weighs"]]) for column in to_fill.columns
                   if column.info.get("weighs") in said}
    values = ", ".join("n" if name == "id" else said.get(name, f'm."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(text(f"""
        WITH RECURSIVE series(n) AS (
            SELECT {last} + 1 UNION ALL SELECT n + 1 FROM series WHERE n < :size),
        model AS (SELECT *, row_number() OVER (ORDER BY id) - 1 AS turn FROM "{table}" WHERE {like})
        INSERT INTO "{table}" ({names}) SELECT {values} FROM series
        JOIN model m ON m.turn = n % (SELECT count(*) FROM model) WHERE n <= :size
    """), {"size": size})
    for index in to_fill.indexes:
        index.create(connection)


def _weight(connection: Connection, words: str) -> str:
    """What ``words`` are sorted by; on PostgreSQL, where no function weighs them, small letters measure as well."""
    return f"{FUNCTION}({words})" if connection.dialect.name == "sqlite" else f"lower({words})"


def _give_turns(connection: Connection) -> None:
    """The municipalities one after the other, as the rows are given to them."""
    connection.exec_driver_sql("CREATE TEMPORARY TABLE town (turn INTEGER PRIMARY KEY, id INTEGER)")
    connection.exec_driver_sql("INSERT INTO town SELECT row_number() OVER (ORDER BY id) - 1, id FROM municipality")


def _sign(connection: Connection, size: int) -> None:
    """The azienda and a municipality sign every new contract."""
    new = "FROM contract WHERE id > (SELECT max(contract_id) FROM contract_party) AND id <= :size"
    connection.execute(text(f"""
        WITH new AS (SELECT id AS n {new})
        INSERT INTO contract_party (contract_id, party_id, capacity, "order", pays_share)
        SELECT n, (SELECT min(id) FROM azienda), 'azienda', 0, false FROM new
        UNION ALL SELECT n, {TOWN}, 'comune', 1, true FROM new
    """), {"size": size})


def _drop_triggers(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
        return
    for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
