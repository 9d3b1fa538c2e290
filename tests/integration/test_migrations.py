"""Migrations: a filled database keeps its rows, its foreign keys and its history, whatever is rebuilt."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.catalogue.model import Coverage, Service
from core.deadlines.model import DeadlineRule
from core.ground import audit
from core.ground.access import ScopedSession, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.models import metadata
from core.parties.model import Membership, Municipality
from core.plugins import loading as registry
from core.plugins.loading import Registry
from migrations import runner
from tests.factories import filled, municipality

HEAD = '''"""{title}"""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{previous}"


def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    rebuilt = {{"recreate": "always" if sqlite else "auto"}}
{body}

def downgrade():
    pass
'''


@pytest.fixture
def next_migration(tmp_path, monkeypatch):
    """``next_migration(body)`` adds one revision to a copy of the core's own and lets the runner use the copy."""
    versions = copied_versions(tmp_path)
    real = runner.owners

    def owners(registry):
        return [runner.Owner(o.name, versions) if o.name == runner.CORE else o for o in real(registry)]

    def add(body: str) -> None:
        add_revision(versions, body)
        monkeypatch.setattr(runner, "owners", owners)

    return add


def copied_versions(folder: Path) -> Path:
    """The core's revisions in a folder where a test may change them."""
    versions = folder / "versions"
    versions.mkdir()
    for file in (runner.MIGRATIONS / "versions").glob("*.py"):
        (versions / file.name).write_text(file.read_text())
    return versions


def add_revision(versions: Path, body: str) -> None:
    """One revision more, behind the newest."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    source = HEAD.format(title="prova", revision="scratch", previous=head_of(versions), body=lines)
    (versions / "scratch.py").write_text(source)


def scripts(versions: Path) -> ScriptDirectory:
    """The revisions of a folder as Alembic reads them."""
    config = Config()
    config.set_main_option("script_location", str(runner.MIGRATIONS))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "newline")
    return ScriptDirectory.from_config(config)


def script_of(versions: Path) -> Script:
    """The newest of some revisions: there is one."""
    [head] = scripts(versions).get_heads()
    return scripts(versions).get_revision(head)


def head_of(versions: Path) -> str:
    """The name by which the newest of some revisions is known."""
    return script_of(versions).revision


@pytest.fixture
def filled_database(database, unit):
    """Two municipalities with a membership each, a service that covers them."""
    with unit("carico") as session:
        service = filled(Service, code="neutral_space")
        for name in ("Dresano", "Melegnano"):
            row = municipality(name)
            session.add_all([row, filled(Membership, municipality=row),
                             filled(Coverage, municipality=row, service=service)])
    return database


def rows(database):
    """How many rows there are, by table."""
    with ScopedSession(database, system("prova")) as session:
        kinds = (Municipality, Membership, Coverage, Service, AuditEntry)
        return {kind.__tablename__: session.scalar(select(func.count()).select_from(kind)) for kind in kinds}


REBUILDS = {
    "a table that others point at": """
with op.batch_alter_table("party", **rebuilt) as batch:
    batch.add_column(sa.Column("nickname", sa.String(), nullable=True))
""",
    "the history itself": """
if sqlite:  # else the triggers, which speak of the table, stop its renaming
    op.execute("PRAGMA legacy_alter_table=ON")
with op.batch_alter_table("audit_entry", **rebuilt) as batch:
    batch.add_column(sa.Column("note", sa.String(), nullable=True))
""",
    "several at once": """
for table in ("service", "coverage", "membership"):
    with op.batch_alter_table(table, **rebuilt) as batch:
        batch.add_column(sa.Column("note", sa.String(), nullable=True))
""",
}


@pytest.mark.parametrize("what", REBUILDS)
def test_a_filled_database_keeps_every_row_its_links_and_its_history_when_it_rebuilds(
    what, filled_database, next_migration
):
    before = rows(filled_database)
    next_migration(REBUILDS[what])
    runner.upgrade(filled_database, Registry())
    assert rows(filled_database) == before
    with unit_of_work(filled_database, system("prova"), act="dopo") as session:
        session.scalars(select(Municipality)).first().address = "Via Nuova 1"
        session.scalars(select(Service)).one().title = "Dopo"
        session.delete(session.scalars(select(Coverage)).first())
    assert rows(filled_database)["audit_entry"] == before["audit_entry"] + 3
    assert_links_are_checked(filled_database)


def assert_links_are_checked(database):
    """A row that points at nothing is refused."""
    refused = pytest.raises(RuleBroken, match="dato collegato")
    with refused, unit_of_work(database, system("prova"), act="prova") as session:
        session.add(filled(Membership, municipality_id=9999))


def test_a_rebuilt_history_whose_triggers_are_forgotten_is_refused_and_nothing_is_lost(filled_database, next_migration):
    if filled_database.reading.dialect.name != "sqlite":
        return  # PostgreSQL alters a table where it stands
    before = rows(filled_database)
    next_migration(REBUILDS["the history itself"].replace("legacy_alter_table=ON", "legacy_alter_table=OFF"))
    with pytest.raises(OperationalError, match="trigger"):
        runner.upgrade(filled_database, Registry())
    assert rows(filled_database) == before


def test_a_migration_that_would_break_a_link_is_not_applied(filled_database, next_migration):
    before = rows(filled_database)
    next_migration('op.execute("DELETE FROM municipality WHERE slug = \'dresano\'")')
    with pytest.raises((RuleBroken, IntegrityError), match=r"righe senza il dato collegato|violates foreign key"):
        runner.upgrade(filled_database, Registry())
    assert rows(filled_database) == before
    assert not runner.is_current(filled_database, Registry())


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(filled_database, next_migration):
    before = rows(filled_database)
    next_migration('op.add_column("service", sa.Column("note", sa.String()))\nop.execute("SELECT * FROM nowhere")')
    with pytest.raises(Exception, match="nowhere"):
        runner.upgrade(filled_database, Registry())
    assert rows(filled_database) == before
    assert "note" not in columns(filled_database, "service")


def test_foreign_keys_are_on_again_after_a_migration(filled_database):
    runner.upgrade(filled_database, Registry())
    if filled_database.reading.dialect.name == "sqlite":
        with filled_database.writing.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert_links_are_checked(filled_database)


def columns(database, table):
    """The names of a table's columns, as the database tells them."""
    return {column["name"] for column in inspect(database.reading).get_columns(table)}


def test_a_database_that_landed_earlier_and_was_used_goes_on_to_the_newest_revision(tmp_path, monkeypatch):
    """Rows written through the tables and triggers of that day: a later revision keeps them, and may change them."""
    database = Database(f"sqlite:///{tmp_path / 'landed.sqlite3'}")
    versions = copied_versions(tmp_path)
    later = [path for path in sorted(versions.glob("0*.py")) if path.name >= "0005"]
    sources = {path: path.read_text() for path in later}
    monkeypatch.setattr(runner, "owners", lambda _registry: [runner.Owner(runner.CORE, versions)])
    for path in later:
        path.unlink()
    runner.upgrade(database, Registry())
    assert "contract" not in inspect(database.reading).get_table_names()
    rules = {"account_communication": 7, "own_charter": 9, "balance_request": 30}
    with unit_of_work(database, system("prova"), act="prima") as session:
        session.add_all(filled(DeadlineRule, code=code, amount=amount) for code, amount in rules.items())
    for path, source in sources.items():
        path.write_text(source)
    add_revision(versions, """
op.execute("UPDATE deadline_rule SET amount = NULL WHERE code = 'account_communication' AND amount = 7")
op.execute("UPDATE deadline_rule SET amount = NULL WHERE code = 'own_charter' AND amount = 6")
""")
    runner.upgrade(database, Registry())
    with database.reading.connect() as connection:
        found = dict(connection.execute(text("SELECT code, amount FROM deadline_rule")).all())
        history = connection.execute(text("SELECT operation, count(*) FROM audit_entry GROUP BY operation")).all()
    assert found == {"account_communication": None, "own_charter": 9, "balance_request": 30}
    assert dict(tuple(row) for row in history) == {"i": 3, "u": 1}
    assert runner.check(database, Registry()) == {"core": []}
    database.dispose()


def test_the_name_of_the_newest_revision_stands_in_a_file(registry):
    """Two people who add a revision each meet in this file when they merge, and not in production."""
    for owner in runner.owners(registry):
        assert owner.newest.read_text().strip() == Path(script_of(owner.versions).path).stem, owner.name


def test_revisions_are_numbered_in_one_line_without_a_gap(registry):
    for owner in runner.owners(registry):
        names = sorted(path.name for path in owner.versions.glob("[0-9]*.py"))
        chain = [script.revision for script in scripts(owner.versions).walk_revisions()]
        assert [name[:4] for name in names] == chain[::-1] == [f"{n:04}" for n in range(1, len(names) + 1)], owner.name


def test_a_new_revision_writes_its_name_where_the_test_looks(database, tmp_path, monkeypatch):
    versions = copied_versions(tmp_path)
    monkeypatch.setattr(runner, "owners", lambda _registry: [runner.Owner(runner.CORE, versions)])
    before = int(head_of(versions))
    runner.revision(database, Registry(), runner.CORE, "a new room")
    assert (versions / "newest").read_text() == f"{before + 1:04}_a_new_room\n"
    assert head_of(versions) == f"{before + 1:04}"


def test_upgrading_twice_changes_nothing(filled_database):
    before = rows(filled_database)
    runner.upgrade(filled_database, Registry())
    assert rows(filled_database) == before
    assert runner.is_current(filled_database, Registry())


def test_an_empty_database_is_not_current_and_the_check_says_what_to_do(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert not runner.is_current(database, Registry())
    [trouble] = runner.check(database, Registry())["core"]
    assert "eseguire «patto db upgrade»" in trouble
    database.dispose()


def test_the_check_names_a_trigger_that_is_missing(database):
    table = ' ON "service"' if database.reading.dialect.name == "postgresql" else ""
    with database.writing.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_service_u{table}"))
    [trouble] = runner.check(database, Registry())["core"]
    assert "audit_service_u" in trouble
    runner.upgrade(database, Registry())
    assert runner.check(database, Registry()) == {"core": []}


def test_the_check_names_a_difference_between_the_model_and_the_database(database):
    with database.writing.begin() as connection:
        connection.execute(text("ALTER TABLE service ADD COLUMN forgotten TEXT"))
    troubles = runner.check(database, Registry())["core"]
    assert any("forgotten" in trouble for trouble in troubles)


def test_a_table_that_nobody_owns_is_left_alone(database):
    with database.writing.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id INTEGER PRIMARY KEY)"))
    assert runner.check(database, Registry()) == {"core": []}
    runner.upgrade(database, Registry())
    assert columns(database, "somebody_elses") == {"id"}


def test_the_tables_of_a_plugin_that_is_not_enabled_are_not_the_cores_business(database, registry):
    assert any("_usage" in name for name in metadata.tables), "a plugin with tables of its own is imported"
    assert runner.check(database, Registry()) == {"core": []}


def test_every_table_with_a_row_of_the_core_is_watched(database):
    watched = [table for table in metadata.sorted_tables if table.name not in audit.OWN_TABLES]
    with database.reading.connect() as connection:
        present = runner._triggers(connection)
    core = [t for t in watched if t.name in inspect(database.reading).get_table_names()]
    assert {name for table in core for name in audit.trigger_names(table)} <= present


def test_the_plugins_of_this_checkout_migrate_with_the_core_and_are_removed_without_it(full_database, registry):
    assert all(not troubles for troubles in runner.check(full_database, registry).values())
    for plugin in [p.description.code for p in registry if p.migrations]:
        runner.remove(full_database, registry, plugin)
    assert runner.check(full_database, Registry()) == {"core": []}


def test_what_has_no_tables_cannot_be_removed(database):
    for name in ("core", "nessuno"):
        with pytest.raises(RuleBroken, match="non c'è nulla da rimuovere"):
            runner.remove(database, registry.load(Settings(plugins=())), name)
