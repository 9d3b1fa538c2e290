"""``patto import`` and ``patto export``: what the pages do, for who works from the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from admin.command.commands import opened
from core.ground import clock
from core.ground.access import ScopedSession, system
from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work

ACTOR = "riga di comando"
OK, REFUSED = 0, 1
INDEX = "ipa"


def bring(settings: Settings, options: argparse.Namespace) -> int:
    """A filled workbook checked and imported, or an empty one written."""
    if options.what == INDEX:
        return compare(settings, options)
    from core.imports.operations import run
    from core.imports.subjects import import_called
    from core.tables.workbook import workbook

    kind = import_called(options.what)
    if options.template is not None:
        write_whole(options.template, lambda target: target.write(workbook(kind.sheets)))
        return OK
    if options.file is None:
        raise RuleBroken("Indicare il file .xlsx da importare, oppure --template con il file in cui scrivere il "
                         "modello.")
    database, _registry = opened(settings)
    content, files, actor = read_bytes(options.file), _folder(options.files), system(ACTOR)
    with unit_of_work(database, actor, act="import.apply") as session:
        report = run(session, kind, content, files=files, today=clock.today(settings.today), rehearse=options.dry_run)
    _print(report, as_json=options.json)
    return OK if report.is_clean else REFUSED


def compare(settings: Settings, options: argparse.Namespace) -> int:
    """What IndicePA says otherwise; with ``--yes`` all of it is taken over. ``--new`` registers bodies that it has."""
    from core.imports import ipa, ipa_bodies

    if options.file is None:
        raise RuleBroken("Indicare il file degli enti, scaricato dai dati aperti dell'Indice.")
    database, _registry = opened(settings)
    content, today = read_bytes(options.file), clock.today(settings.today)
    new = dict(one.partition("=")[::2] for one in options.new or ())
    with unit_of_work(database, system(ACTOR), act="ipa.accept") as session:
        _kept, rows = ipa.keep_index(session, content, today=today)
        offered, remarks = ipa.compared(session, rows)
        added = ipa_bodies.add(session, rows, {code: kind or "comune" for code, kind in new.items()}) if new else 0
        remarks += [doubt for row in rows if row.said["ipa"] in new for doubt in ipa.doubts(row)]
        if options.yes and offered:
            ipa.accept(session, rows, [proposal.key for proposal in offered])
    if options.json:
        print(json.dumps({"accepted": bool(options.yes and offered), "added": added,
                          "remarks": [str(remark) for remark in remarks],
                          "proposals": [{"name": p.name, "field": p.field, "held": p.held, "offered": p.offered}
                                        for p in offered]}, ensure_ascii=False, indent=2))
        return OK
    for remark in remarks:
        print(remark, file=sys.stderr)
    for proposal in offered:
        print(f"{proposal.name}, {proposal.field}: {proposal.held or '-'} -> {proposal.offered}")
    print(f"{len(offered)} dati diversi, {'registrati' if options.yes else 'non registrati: ripetere con --yes'}."
          if offered else "Nulla di diverso.")
    if added:
        print(f"Registrati {added} enti.")
    return OK


def take(settings: Settings, options: argparse.Namespace) -> int:
    """A table written to a file."""
    from admin.office.exports import EXPORTS, headings, rows
    from admin.web.workbooks import write

    database, _registry = opened(settings)
    export = EXPORTS[options.what]
    with ScopedSession(database, system(ACTOR)) as session:
        found = rows(session, export, year=options.year)
        title, columns = str(export.title), headings(export)
        written = write_whole(options.output, lambda target: write(target, title, columns, found, options.format))
    if options.json:
        print(json.dumps({"rows": written, "file": str(options.output)}, ensure_ascii=False))
    else:
        print(f"{written} righe in {options.output}")
    return OK


def _print(report: Any, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({
            "applied": report.applied, "rows": len(report.rows),
            "wrong": [{"sheet": row.sheet, "row": row.at(finding), "column": finding.where, "problem": str(finding)}
                      for row in report.wrong for finding in row.findings],
        }, ensure_ascii=False, indent=2))
        return
    for row in report.wrong:
        for finding in row.findings:
            where = f", «{finding.where}»" if finding.where else ""
            print(f"{row.sheet}, riga {row.at(finding)}{where}: {finding}", file=sys.stderr)
    if report.applied:
        print(f"Registrate {len(report.rows)} righe.")
    elif report.is_clean:
        print(f"{len(report.rows)} righe, tutte in ordine. Non è stato registrato nulla.")
    else:
        print(f"Da correggere {len(report.wrong)} righe su {len(report.rows)}: non è stato registrato nulla.",
              file=sys.stderr)


def read_bytes(path: Path) -> bytes:
    """What a file holds. RuleBroken in words for one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RuleBroken("Il file %(path)s non si può leggere: %(reason)s.", path=path,
                         reason=reason_of(error)) from error


def _folder(path: Path | None) -> dict[str, bytes]:
    if path is None:
        return {}
    if not path.is_dir():
        raise RuleBroken("«%(path)s» non è una cartella.", path=path)
    return {file.name: read_bytes(file) for file in sorted(path.iterdir()) if file.is_file()}


def write_whole(path: Path, work: Callable[[Any], int]) -> int:
    """Write a file whole or not at all: one that stops halfway leaves the old one. RuleBroken if it cannot be."""
    handle, temporary = None, None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.resolve().parent, prefix=".in-scrittura-")
        with os.fdopen(handle, "wb") as target:
            done = work(target)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise RuleBroken("Il file %(path)s non si può scrivere: %(reason)s.", path=path,
                         reason=reason_of(error)) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return done

