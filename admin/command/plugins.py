"""``patto plugins list|check|revision`` and ``patto db remove``: what a technician asks of plugins."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text

import core.registrations  # noqa: F401 - the engines know the subjects by it
from admin.command.commands import OK, REFUSED, there
from core.catalogue import plugin_rules, plugin_setups
from core.ground import clock
from core.ground.db import Database, is_there
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from core.plugins.loading import Registry, known, load, load_at, load_one


def list_plugins(settings: Settings, options: argparse.Namespace) -> int:
    """Every plugin there is, its state, and why where it is set aside."""
    registry = load(settings, strict=False)
    if is_there(settings.url):
        registry = plugin_setups.in_use(registry, Database(settings.url, settings.data_dir))
    rows = [_told(registry, code) for code in known()]
    if options.json:
        print(json.dumps({"plugins": rows}, ensure_ascii=False, indent=2))
        return OK
    for row in rows:
        print(f"{row['code']:24} {row['version']:8} {row['state']:14} {row['title']}")
        if row["reason"]:
            print(f"{'':24} {row['reason']}")
    return OK


def _told(registry: Registry, code: str) -> dict[str, str]:
    loaded = registry.plugins.get(code)
    if loaded is None:
        state = "accantonato" if code in registry.broken else "non abilitato"
        return {"code": code, "title": "", "version": "", "service": "", "state": state,
                "reason": registry.broken.get(code, "")}
    service = registry.serves(code)
    return {"code": code, "title": loaded.description.title, "version": loaded.description.version, "service": service,
            "state": "caricato" if service else "staccato", "reason": ""}


def check(settings: Settings, options: argparse.Namespace) -> int:
    """What is not in order in a plugin, or in those that are enabled, each with its file and line."""
    names = [options.plugin] if options.plugin else [code for code in known()
                                                     if settings.plugins is None or code in settings.plugins]
    level = plugin_rules.Grade(options.level)
    found = {name: plugin_rules.check(name, level) for name in names}
    if options.json:
        print(json.dumps({name: [str(one) for one in remarks] for name, remarks in found.items()}, ensure_ascii=False,
                         indent=2))
    else:
        for name, remarks in found.items():
            print(f"{name}: {'in ordine' if not remarks else ''}".rstrip())
            for one in remarks:
                print(f"  {one}")
    return REFUSED if any(found.values()) else OK


def revision(_settings: Settings, options: argparse.Namespace) -> int:
    """The next revision of a plugin's tables, from the difference between its model and the migrated tables."""
    from migrations import runner

    path = Path(options.plugin)
    loaded = load_at(path.resolve()) if path.is_dir() else load_one(options.plugin)
    if loaded.migrations is None:
        raise RuleBroken("Il plugin «%(plugin)s» non dichiara tabelle: scrivere models, migrations e requires_core "
                         "nella sua descrizione.", plugin=loaded.description.code)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'patto.sqlite3'}")
        registry = Registry({loaded.description.code: loaded})
        runner.upgrade(database, registry)
        written = runner.revision(database, registry, loaded.description.code, options.words)
        database.dispose()
    print(f"Scritta {written}: leggerla, poi «patto db upgrade».")
    return OK


def remove(settings: Settings, options: argparse.Namespace) -> int:
    """A plugin's tables dropped, with their data: counted, asked for, and saved before."""
    from admin.command.backup import make
    from migrations import runner

    database, registry = there(settings), load(settings, strict=False)
    with database.reading.connect() as connection:
        counts = _rows(connection, options.plugin)
    for name, count in counts.items():
        print(f"{name}: {count} righe", file=sys.stderr)
    if not options.yes and any(counts.values()) and not _agreed(options.plugin):
        print("Non è stato eliminato nulla.")
        return REFUSED
    saved = ""
    if any(counts.values()) and options.plugin in registry.plugins:
        at = clock.now().strftime("%Y%m%d-%H%M%S")
        saved = str(make.make(settings, settings.data_dir / f"prima-di-togliere-{options.plugin}-{at}").file)
    runner.remove(database, registry, options.plugin)
    print(f"Le tabelle del plugin «{options.plugin}» sono state eliminate.")
    if saved:
        print(f"Com'era prima è nel salvataggio {saved}.")
    return OK


def _rows(connection: Connection, code: str) -> dict[str, int]:
    names = [name for name in inspect(connection).get_table_names() if name.startswith(f"{code}_")]
    return {name: connection.scalar(select(func.count()).select_from(text(f'"{name}"'))) or 0 for name in sorted(names)}


def _agreed(code: str) -> bool:
    print(f"Eliminare queste tabelle e tutte le loro righe? Scrivere «{code}» per confermare: ", end="",
          file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() == code
