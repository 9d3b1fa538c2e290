"""What a plugin brings into our tables: held to its place before anything reads it, taken back if it is set aside."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, column, inspect, select
from sqlalchemy import table as table_called
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.instrumentation import ClassManager

from core.ground.access import Scoped
from core.ground.db import Base
from core.ground.errors import RuleBroken

VERSION = "version_"  # the table that remembers an owner's revision
SAYS = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.*)$", re.MULTILINE)
NAME = re.compile(r"[\"']([^\"']+)[\"']")


def mapped_by(package: str) -> list[Mapper[Any]]:
    """The mapped classes of a package, whatever their tables are called."""
    return [mapper for mapper in Base.registry.mappers
            if mapper.class_.__module__ == package or mapper.class_.__module__.startswith(f"{package}.")]


def own_tables(code: str) -> list[Table]:
    """The tables of a plugin: those that carry its name."""
    return [table for name, table in Base.metadata.tables.items() if name.startswith(f"{code}_")]


def of_the_core(code: str) -> list[str]:
    """Tables of the core that are called as those of a plugin ``code`` would be."""
    return sorted(mapper.local_table.name for mapper in Base.registry.mappers
                  if mapper.class_.__module__.startswith("core.") and isinstance(mapper.local_table, Table)
                  and mapper.local_table.name.startswith(f"{code}_"))


def bring(package: str, module: str, code: str) -> None:
    """Import the module of a plugin's tables, and hold them to their place."""
    importlib.import_module(f"{package}.{module}")
    for mapper in mapped_by(package):
        _require_place(mapper, code)


def _require_place(mapper: Mapper[Any], code: str) -> None:
    table, name = mapper.local_table, mapper.class_.__name__
    assert isinstance(table, Table)
    if not table.name.startswith(f"{code}_"):
        raise RuleBroken("La tabella «%(table)s» deve chiamarsi «%(code)s_...».", table=table.name, code=code)
    if not issubclass(mapper.class_, Scoped):
        raise RuleBroken("La tabella «%(table)s» non dice chi ne vede le righe: la classe %(name)s deve essere Scoped, "
                         "con un metodo visible.", table=table.name, name=name)
    if not isinstance(mapper.class_.visible(), ColumnElement):
        raise RuleBroken("%(name)s.visible deve dare una condizione sulle righe.", name=name)
    if any(getattr(held, "backref", None) for held in mapper._props.values()):  # asked later, it would be there already
        raise RuleBroken("%(name)s aggiunge un attributo a una classe di Patto (backref): togliere backref.", name=name)
    for key in table.foreign_keys:
        try:
            target = key.column
        except Exception as error:
            raise RuleBroken("«%(table)s.%(column)s» punta a «%(target)s», che non c'è.", table=table.name,
                             column=key.parent.name, target=key.target_fullname) from error
        if not target.table.name.startswith(f"{code}_") and not target.primary_key:
            raise RuleBroken("«%(table)s.%(column)s» deve puntare a una chiave primaria del nucleo.", table=table.name,
                             column=key.parent.name)


@contextmanager
def taken_back(package: str) -> Iterator[None]:
    """What ``package`` brings inside goes again if it fails: modules, mapped classes, tables."""
    named, held = set(Base.metadata.tables), set(_managers())
    try:
        yield
    except BaseException:
        _drop(package, set(_managers()) - held, set(Base.metadata.tables) - named)
        raise


def forget(package: str, code: str) -> None:
    """Take back what a plugin that was loaded has brought: it is set aside after all."""
    _drop(package, [mapper.class_manager for mapper in mapped_by(package)], [table.name for table in own_tables(code)])


def unsettled(package: str) -> BaseException | None:
    """Why the mapped classes of a plugin cannot be used with the others: a relationship that leads nowhere."""
    for mapper in mapped_by(package):
        reason = getattr(mapper, "_configure_failed", None)
        if isinstance(reason, BaseException):
            return reason
    return None


def _managers() -> list[ClassManager[Any]]:
    """What the library knows every class by, one whose mapping failed half-way too: that one would fail every look at
    the mapped classes. In public it disposes of all of them, or of none."""
    return list(Base.registry._managers)


def _drop(package: str, managers: Iterable[ClassManager[Any]], named: Iterable[str]) -> None:
    for manager in managers:
        Base.registry._dispose_manager_and_mapper(manager)
        Base.registry._managers.pop(manager, None)
    for name in named:
        Base.metadata.remove(Base.metadata.tables[name])
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


# --- revisions --------------------------------------------------------------------------------------------


def newest(migrations: Path) -> str:
    """The newest revision in a plugin's folder, read without running it; empty before the first one is written.

    RuleBroken if the folder is not there, or two of them are the last.
    """
    if not migrations.is_dir():
        raise RuleBroken("La cartella delle migrazioni «%(folder)s» non c'è.", folder=migrations.name)
    last = known_in(migrations) - {one for said in _said(migrations, "down_revision") for one in said}
    if len(last) > 1:
        raise RuleBroken("Le migrazioni devono avere una sola revisione finale: %(found)s.", found=tuple(sorted(last)))
    return last.pop() if last else ""


def known_in(migrations: Path) -> set[str]:
    """The revisions in a plugin's folder."""
    return {one for said in _said(migrations, "revision") for one in said}


def _said(migrations: Path, word: str) -> list[list[str]]:
    texts = (path.read_text(encoding="utf-8") for path in migrations.glob("*.py"))
    return [NAME.findall(said) for text in texts for name, said in SAYS.findall(text) if name == word]


def revision_of(connection: Connection, code: str) -> str | None:
    """The revision at which a plugin's tables are here; None if they are not."""
    if not inspect(connection).has_table(f"{VERSION}{code}"):
        return None
    found: str | None = connection.scalar(select(column("version_num")).select_from(table_called(f"{VERSION}{code}")))
    return found


def behind(connection: Connection, code: str, migrations: Path) -> str:
    """Why the tables of a plugin are not as it wants them, in words; empty if they are."""
    here, wanted = revision_of(connection, code), newest(migrations)
    if (here or "") == wanted:
        return ""
    if here is not None and here not in known_in(migrations):
        return f"le sue tabelle sono di una versione più recente (revisione {here}): aggiornare il plugin"
    return "ci sono migrazioni da applicare: eseguire «patto db upgrade»"
