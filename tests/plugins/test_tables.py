"""The tables of plugins: built on a filled core, taken away without touching it, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
from sqlalchemy import inspect, text

from core.ground.access import Principal
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.plugins import tables as plugin_tables
from core.plugins.loading import Registry
from migrations import runner
from plugins.home_care_vouchers.model import VoucherUsage
from tests import factories

TABLE = "home_care_vouchers_usage"


@pytest.fixture
def filled(database: Database, manager: Principal) -> Database:
    """A core with two municipalities in it, and no plugin's table."""
    with unit_of_work(database, manager, act="prova") as session:
        session.add_all([factories.municipality("Dresano"), factories.municipality("Melegnano")])
    return database


def use_some(database: Database, manager: Principal) -> None:
    with unit_of_work(database, manager, act="prova") as session:
        municipality = factories.municipality("Carpiano")
        session.add(municipality)
        session.flush()
        session.add(VoucherUsage(municipality_id=municipality.id, year=2026, month=1, package="P1", vouchers=3,
                                 hours=Decimal("24.25")))


def tables(database: Database) -> set[str]:
    with database.reading.connect() as connection:
        return set(inspect(connection).get_table_names())


def own_tables(registry: Registry) -> set[str]:
    """What the plugins with tables bring: these, and the version of each."""
    codes = [loaded.description.code for loaded in registry if loaded.migrations is not None]
    return {f"version_{code}" for code in codes} | {table.name for code in codes
                                                    for table in plugin_tables.own_tables(code)}


def rows(database: Database, names: Iterable[str]) -> dict[str, list[tuple[object, ...]]]:
    with database.reading.connect() as connection:
        return {name: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
                for name in names}


def test_the_tables_of_plugins_are_added_to_a_filled_core(filled: Database, registry: Registry,
                                                          manager: Principal) -> None:
    core = tables(filled)
    before = rows(filled, core)
    runner.upgrade(filled, registry)
    assert rows(filled, core) == before
    assert tables(filled) - core == own_tables(registry)
    assert set(map(tuple, runner.check(filled, registry).values())) == {()}
    use_some(filled, manager)
    runner.upgrade(filled, registry)
    assert len(rows(filled, {TABLE})[TABLE]) == 1


def test_removing_a_plugin_is_an_act_of_its_own_and_leaves_the_core(filled: Database, registry: Registry,
                                                                    manager: Principal) -> None:
    core = tables(filled)
    runner.upgrade(filled, registry)
    use_some(filled, manager)
    before, told = rows(filled, core - {"audit_entry"}), len(rows(filled, {"audit_entry"})["audit_entry"])
    runner.remove(filled, registry, "home_care_vouchers")
    assert tables(filled) == core | {name for name in own_tables(registry) if "home_care_vouchers" not in name}
    assert rows(filled, core - {"audit_entry"}) == before
    assert len(rows(filled, {"audit_entry"})["audit_entry"]) == told + 1, "the history tells that the row is gone"
    runner.upgrade(filled, registry)
    assert rows(filled, {TABLE}) == {TABLE: []}


def test_disabling_a_plugin_removes_nothing(filled: Database, registry: Registry, manager: Principal) -> None:
    runner.upgrade(filled, registry)
    use_some(filled, manager)
    runner.upgrade(filled, Registry())
    assert len(rows(filled, {TABLE})[TABLE]) == 1


@pytest.mark.parametrize("name", ["core", "access_desk", "niente"])
def test_only_a_plugin_with_tables_can_be_removed(filled: Database, registry: Registry, name: str) -> None:
    with pytest.raises(RuleBroken, match="non c'è nulla da rimuovere"):
        runner.remove(filled, registry, name)


def test_hours_are_kept_to_the_hundredth(full_database: Database, manager: Principal) -> None:
    use_some(full_database, manager)
    with full_database.reading.connect() as connection:
        [kept] = connection.execute(text(f"SELECT hours FROM {TABLE}")).scalars()
    assert kept == 2425


def test_every_table_of_a_plugin_is_watched_by_the_history(full_database: Database, registry: Registry,
                                                           manager: Principal) -> None:
    use_some(full_database, manager)
    for loaded in registry:
        for table in plugin_tables.own_tables(loaded.description.code):
            assert not [t for t in runner.check(full_database, registry)[loaded.description.code] if table.name in t]
    with full_database.reading.connect() as connection:
        entry = connection.execute(text(f"SELECT actor, act FROM audit_entry WHERE table_name = '{TABLE}'")).one()
    assert tuple(entry) == (manager.name, "prova")


def test_the_migration_says_which_core_it_needs(registry: Registry) -> None:
    assert registry.plugins["home_care_vouchers"].description.requires_core == "0008"
