"""Running migrations: the core first, then each plugin that has tables; triggers rebuilt at the end.

On SQLite Alembic's batch mode drops triggers, and with foreign keys on it deletes rows that cascade from a
rebuilt table: foreign keys are off while it works, outside the transaction, and checked before it commits.
(A migration that rebuilds the table of the history itself says ``PRAGMA legacy_alter_table=ON`` first, because
all triggers speak of that table; without it SQLite refuses, and nothing is lost.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, delete, func, inspect, select, text
from sqlalchemy import table as table_called

from core.ground import audit, order, search
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.paths import MIGRATIONS
from core.models import metadata
from core.plugins.asking import PluginFailed, ask, failed
from core.plugins.loading import Registry, known
from core.plugins.tables import VERSION as VERSION

CORE = "core"
PLUGIN_SECONDS = 600  # for the migrations of one plugin


@dataclass(frozen=True)
class Owner:
    """Who owns tables: the core or a plugin, where its revisions are, the core revision that it needs."""

    name: str
    versions: Path

    @property
    def version_table(self) -> str:
        """The table that remembers this owner's revision."""
        return f"{VERSION}{self.name}"

    @property
    def newest(self) -> Path:
        """The file that holds the name of the newest revision: two people who add one meet there, in git."""
        return self.versions / "newest"

    def revisions(self) -> list[str]:
        """Its revisions, the newest first."""
        scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(self.versions)])
        return [script.revision for script in scripts.walk_revisions()]


def owners(registry: Registry) -> list[Owner]:
    """The core first, then the plugins with tables, by name."""
    plugins = [Owner(p.description.code, p.migrations) for p in registry if p.migrations is not None]
    return [Owner(CORE, MIGRATIONS / "versions"), *sorted(plugins, key=lambda o: o.name)]


def upgrade(database: Database, registry: Registry) -> Registry:
    """Bring every owner's tables to their head, the core first, each in a transaction of its own.

    Gives the plugins without those that could not be brought there, whose tables are as before; where the registry is
    strict they raise. RuleBroken if the rebuilt database breaks a foreign key.
    """
    core, *others = owners(registry)
    _migrate(database, lambda connection: _to_head(connection, registry, core))
    for owner in others:
        try:
            ask(owner.name, "migrations", partial(_migrate, database, partial(_alone, registry=registry, owner=owner)),
                seconds=PLUGIN_SECONDS)
        except RuleBroken as error:
            if registry.strict:
                raise
            fault = error.fault if isinstance(error, PluginFailed) else failed(owner.name, "migrations", error).fault
            registry = registry.without(owner.name, fault.message)
    return registry


def _alone(connection: Connection, *, registry: Registry, owner: Owner) -> None:
    """A plugin's migrations; RuleBroken if they touch what is not its own: then nothing of them is kept."""
    pending = _pending(connection, registry, owner)
    before = _of_others(connection, owner) if pending else {}
    _to_head(connection, registry, owner)
    after = _of_others(connection, owner) if pending else {}
    touched = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if touched:
        raise RuleBroken("Le migrazioni del plugin «%(plugin)s» toccano tabelle che non sono sue: %(tables)s. Non sono "
                         "state applicate.", plugin=owner.name, tables=tuple(touched))


def _of_others(connection: Connection, owner: Owner) -> dict[str, tuple[Any, ...]]:
    """Columns and number of rows of every table that is not the owner's."""
    reflected = inspect(connection)
    names = [name for name in reflected.get_table_names()
             if not name.startswith(f"{owner.name}_") and name not in (owner.version_table, *audit.OWN_TABLES)]
    return {name: (*(str(one["name"]) for one in reflected.get_columns(name)),
                   connection.scalar(select(func.count()).select_from(table_called(name)))) for name in names}


def build(
    database: Database, registry: Registry, found: Mapping[str, str], fill: Callable[[Connection], None]
) -> None:
    """Make the tables as they were at the revisions ``found``, let ``fill`` put rows into them, then upgrade.

    In one transaction. No trigger watches while they are filled, so the history tells what it told and no more.
    """

    def work(connection: Connection) -> None:
        for owner in owners(registry):
            if owner.name in found:
                command.upgrade(_config(connection, registry, owner), found[owner.name])
        fill(connection)
        for owner in owners(registry):
            _to_head(connection, registry, owner)

    _migrate(database, work)


def _to_head(connection: Connection, registry: Registry, owner: Owner) -> None:
    command.upgrade(_config(connection, registry, owner), "head")
    owns, present = _ownership(registry, owner), set(inspect(connection).get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in present and owns(table.name, "table")]
    audit.rebuild_triggers(connection, tables)
    order.prepare(connection, tables)
    search.rebuild_indexes(connection, tables)


def check(database: Database, registry: Registry) -> dict[str, list[str]]:
    """What is not in order, by owner: revisions not applied, differences from the model, triggers missing.

    RuleBroken if one's tables are newer than this program.
    """
    troubles: dict[str, list[str]] = {}
    with database.reading.connect() as connection:
        require_known(registry, revisions(connection))
        for owner in owners(registry):
            troubles[owner.name] = list(_troubles(connection, registry, owner))
    return troubles


def remove(database: Database, registry: Registry, plugin: str) -> None:
    """Drop a plugin's tables: a separate, explicit act. RuleBroken for an unknown plugin or one without tables."""
    owner = next((o for o in owners(registry) if o.name == plugin and plugin != CORE), None)
    if owner is None:
        raise RuleBroken("Il plugin «%(plugin)s» non è caricato o non ha tabelle proprie: non c'è nulla da rimuovere.",
                         plugin=plugin)

    def work(connection: Connection) -> None:
        require_known(registry, revisions(connection))
        owns, present = _ownership(registry, owner), set(inspect(connection).get_table_names())
        for table in reversed(metadata.sorted_tables):
            if table.name in present and owns(table.name, "table"):
                connection.execute(delete(table))  # so that the history tells that the rows are gone
        command.downgrade(_config(connection, registry, owner), "base")
        connection.execute(text(f'DROP TABLE IF EXISTS "{owner.version_table}"'))

    _migrate(database, work)


def revision(database: Database, registry: Registry, owner_name: str, message: str) -> Path:
    """Write the next revision of an owner from the difference between model and database; gives its file."""
    owner = next(o for o in owners(registry) if o.name == owner_name)
    number = 1 + len(list(owner.versions.glob("[0-9]*.py")))
    with database.writing.begin() as connection:
        command.revision(
            _config(connection, registry, owner),
            message,
            autogenerate=True,
            version_path=str(owner.versions),
            rev_id=f"{number:04}",
        )
    [written] = owner.versions.glob(f"{number:04}_*.py")
    owner.newest.write_text(f"{written.stem}\n", encoding="utf-8")
    return written


def is_current(database: Database, registry: Registry) -> bool:
    """True if every owner's revisions are applied. RuleBroken if one's tables are newer than this program.

    Of plugins that must not stop a start it is not asked here: see ``standing``.
    """
    asked = owners(registry) if registry.strict else owners(registry)[:1]
    with database.reading.connect() as connection:
        found = revisions(connection)
        require_known(registry, {owner.name: found[owner.name] for owner in asked if owner.name in found})
        return not any(_pending(connection, registry, owner) for owner in asked)


def revisions(connection: Connection) -> dict[str, str]:
    """The revision of every owner that has tables here, enabled or not."""
    tables = [name for name in inspect(connection).get_table_names() if name.startswith(VERSION)]
    found = {name: connection.scalar(select(column("version_num")).select_from(table_called(name))) for name in tables}
    return {name.removeprefix(VERSION): revision for name, revision in sorted(found.items()) if revision}


def require_known(registry: Registry, found: Mapping[str, str]) -> None:
    """RuleBroken if the tables of an owner are newer than this program."""
    for owner, revision in newer(registry, found).items():
        raise RuleBroken("Il database è di una versione di Patto più recente di questa (%(owner)s: revisione "
                         "%(revision)s, che qui non c'è): aggiornare il programma, o indicare un altro database.",
                         owner=owner, revision=revision)


def newer(registry: Registry, found: Mapping[str, str]) -> dict[str, str]:
    """Those of the revisions ``found`` that this program does not know: it is older than they are."""
    known = {owner.name: owner.revisions() for owner in owners(registry)}
    return {owner: revision for owner, revision in found.items() if owner in known and revision not in known[owner]}


def older(registry: Registry, found: Mapping[str, str]) -> dict[str, str]:
    """Those of the revisions ``found`` from which an upgrade leads on."""
    newest = {owner.name: owner.revisions()[:1] for owner in owners(registry)}
    return {owner: revision for owner, revision in found.items() if newest.get(owner, [revision]) != [revision]}


def _ownership(registry: Registry, owner: Owner) -> Callable[[str | None, str], bool]:
    """Which tables are the owner's business. Unknown ones are nobody's: else autogenerate would drop them."""
    plugins = {*known(), *registry.plugins}  # enabled or not: a plugin's tables are never the core's business
    prefixes = tuple(f"{code}_" for code in plugins)

    words = {search.index_name(table) for table in search.searched_tables(metadata.sorted_tables)}

    def owns(name: str | None, kind: str) -> bool:
        if kind != "table" or name is None:
            return name not in words  # the search makes its own indexes
        if owner.name != CORE:
            return name.startswith(f"{owner.name}_")
        return name in metadata.tables and not name.startswith(prefixes)

    return owns


def _config(connection: Connection, registry: Registry, owner: Owner) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(owner.versions))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(
        connection=connection,
        version_table=owner.version_table,
        owns=_ownership(registry, owner),
    )
    return config


def _migrate(database: Database, work: Callable[[Connection], None]) -> None:
    with _foreign_keys_off(database) as connection, connection.begin():
        if connection.dialect.name == "postgresql":  # two processes that start together: SQLite's write lock does it
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("patto.migrations"))))
        work(connection)
        if connection.dialect.name == "sqlite":
            _check_foreign_keys(connection)


@contextmanager
def _foreign_keys_off(database: Database) -> Iterator[Connection]:
    with database.writing.connect() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")  # no effect inside a transaction: so before it begins
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise RuleBroken("La migrazione lascerebbe %(count)s righe senza il dato collegato: non è stata applicata.",
                         count=len(broken))


def _pending(connection: Connection, registry: Registry, owner: Owner) -> bool:
    heads = ScriptDirectory.from_config(_config(connection, registry, owner)).get_heads()
    context = MigrationContext.configure(connection, opts={"version_table": owner.version_table})
    return set(context.get_current_heads()) != set(heads)


def _troubles(connection: Connection, registry: Registry, owner: Owner) -> Iterator[str]:
    if _pending(connection, registry, owner):
        yield "ci sono migrazioni da applicare: eseguire «patto db upgrade»"
        return
    owns = _ownership(registry, owner)
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": owner.version_table,
            "include_name": lambda name, kind, _parents: owns(name, kind),
            "include_object": lambda _item, name, kind, _reflected, _compared: owns(name, kind),
            "compare_type": True,
        },
    )
    for difference in compare_metadata(context, metadata):
        yield f"il modello e il database differiscono: {difference}"
    own = [t for t in metadata.sorted_tables if owns(t.name, "table")]
    yield from order.missing(connection, own)
    yield from search.missing(connection, own)
    triggers = _triggers(connection)
    for table in metadata.sorted_tables:
        if owns(table.name, "table") and table.name not in audit.OWN_TABLES:
            for name in set(audit.trigger_names(table)) - triggers:
                yield f"manca il trigger {name}, o è spento: eseguire «patto db upgrade»"


def _triggers(connection: Connection) -> set[str]:
    sql = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        if connection.dialect.name == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    return {row[0] for row in connection.exec_driver_sql(sql)}
