"""``patto backup`` and ``patto restore``, as one types them."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from admin.command.backup.archive import Manifest
from admin.command.backup.make import make
from admin.command.backup.restore import Restored
from admin.command.backup.restore import restore as restored_from
from core.ground.clock import ROME
from core.ground.errors import RuleBroken
from core.ground.settings import Settings

OK = 0
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
MOST_NAMED = 10


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """A backup made."""
    key = _key(settings, options.key_file)
    made = make(settings, options.target, key=key)
    if options.json:
        _print_json({"file": str(made.file), "size": made.size, "encrypted": bool(key), **_about(made.manifest)})
    else:
        print(f"{made.file}: {_counted(made.manifest)}, {made.size / 1_000_000:.1f} MB"
              f"{', cifrato' if key else ''}.")
    _warn(made.manifest)
    return OK


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """A backup restored."""
    done = restored_from(settings, options.source, key=_key(settings, options.key_file))
    into = "postgresql" if settings.url.startswith("postgresql") else "sqlite"
    if options.json:
        _print_json({"file": str(done.file), "into": into, "older": done.older, "chain": asdict(done.chain),
                     **_about(done.manifest)})
    else:
        _tell(done, into)
    _warn(done.manifest)
    return OK


def _tell(done: Restored, into: str) -> None:
    manifest = done.manifest
    print(f"Ripristinato il salvataggio del {datetime.fromisoformat(manifest.made_at).astimezone(ROME):%d/%m/%Y %H:%M} "
          f"(Patto {manifest.program}): {_counted(manifest)}.")
    if into != manifest.engine:
        print(f"Le righe sono passate da {ENGINES[manifest.engine]} a {ENGINES[into]}.")
    if done.older:
        print("Era di una versione più vecchia: le tabelle sono state portate a quella di oggi.")
    if done.chain.broken is None:
        print(f"La storia è integra: {done.chain.head.number} voci sigillate, {done.chain.unsealed} da sigillare.")
    print("Per controllare il resto: patto doctor")


def _about(manifest: Manifest) -> dict[str, Any]:
    return {"made_at": manifest.made_at, "program": manifest.program, "engine": manifest.engine,
            "schema": manifest.schema, "rows": sum(manifest.rows.values()), "tables": len(manifest.rows),
            "documents": manifest.rows.get("document", 0), "files": manifest.kept,
            "head": {"number": manifest.head[0], "hash": manifest.head[1]}, "broken": manifest.broken,
            "missing": manifest.missing, "changed": manifest.changed}


def _counted(manifest: Manifest) -> str:
    return (f"{sum(manifest.rows.values())} righe in {len(manifest.rows)} tabelle, {manifest.kept} file "
            f"({manifest.rows.get('document', 0)} documenti)")


def _warn(manifest: Manifest) -> None:
    """Say what was not in order when the backup was made: it is so in the copy too."""
    for paths, words in ((manifest.missing, "mancavano"), (manifest.changed, "erano cambiati")):
        if paths:
            print(f"Attenzione: quando il salvataggio è stato fatto {words} {len(paths)} file: "
                  f"{', '.join(paths[:MOST_NAMED])}{' …' if len(paths) > MOST_NAMED else ''}", file=sys.stderr)
    if manifest.broken is not None:
        print(f"Attenzione: quando il salvataggio è stato fatto la catena della storia era già rotta all'anello "
              f"{manifest.broken}.", file=sys.stderr)


def _print_json(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _key(settings: Settings, path: Path | None) -> str:
    """The key of the backups: that of the file if one is named. RuleBroken if nothing can be read there."""
    if path is None:
        return settings.backup_key
    try:
        key = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleBroken("La chiave %(path)s non si può leggere: indicare un file di testo con una riga.",
                         path=path) from error
    if not key:
        raise RuleBroken("Il file della chiave %(path)s è vuoto: scrivervi una riga lunga e casuale.", path=path)
    return key
