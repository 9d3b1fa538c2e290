"""``patto start`` and ``patto export start``: an azienda from one readable file, and the running one as that file."""

from __future__ import annotations

import argparse
import json
import sys

from admin.command.commands import opened, prepared
from admin.command.transfer import OK, REFUSED, read_bytes, write_whole
from core.ground import clock
from core.ground.access import ScopedSession, system
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work

ACTOR = "riga di comando"


def start(settings: Settings, options: argparse.Namespace) -> int:
    """An azienda laid in from its file, whole or not at all; or the example printed."""
    if options.example:
        from core.imports.start import example

        print(example.text(), end="")
        return OK
    if options.file is None:
        raise RuleBroken("Indicare il file dell'azienda; «patto start --example» ne stampa uno, da riscrivere.")
    from core.imports.start.whole import begin

    content = read_bytes(options.file)
    database = prepared(settings)
    with unit_of_work(database, system(ACTOR), act="start.apply") as session:
        report = begin(session, content, today=clock.today(settings.today))
    faults = sorted((row.at(finding), finding.where, str(finding)) for row in report.wrong for finding in row.findings)
    if options.json:
        print(json.dumps({"applied": report.applied, "rows": len(report.rows), "wrong": [
            {"line": line, "field": where, "problem": problem} for line, where, problem in faults]},
            ensure_ascii=False, indent=2))
    else:
        for line, where, problem in faults:
            print(f"riga {line}{f', «{where}»' if where else ''}: {problem}", file=sys.stderr)
    if report.applied and not options.json:
        print(f"L'azienda è avviata: {len(report.rows)} voci registrate.")
    return OK if report.applied else REFUSED


def export(settings: Settings, options: argparse.Namespace) -> int:
    """The running azienda as its file, on standard output if no file is named; as a workbook where asked."""
    from core.imports.start.whole import as_text, as_workbook

    database, _registry = opened(settings)
    with ScopedSession(database, system(ACTOR)) as session:
        as_xlsx = options.format == "xlsx"
        content = as_workbook(session) if as_xlsx else as_text(session).encode()
    if options.output is not None:
        write_whole(options.output, lambda target: target.write(content))
    elif as_xlsx:
        raise RuleBroken("Indicare con --output il file in cui scrivere la cartella di lavoro.")
    else:
        sys.stdout.write(content.decode())
    return OK
