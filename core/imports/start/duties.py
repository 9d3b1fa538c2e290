"""The rules of the deadlines that are the office's own: written by it, or changed from how they begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from core.deadlines import operations
from core.deadlines.model import DeadlineRule
from core.deadlines.standard import all_rules, install_rules
from core.ground.access import ScopedSession
from core.imports.operations import Desk
from core.imports.start.events import SUBJECTS
from core.imports.start.part import Facts, FilePart, given, told
from core.tables.cells import CellKind, Column, Sheet

UNITS = {"days": "giorni", "months": "mesi", "working_days": "giorni lavorativi"}
OWNERS = {"management": "Direzione", "accounting": "Contabilità", "accreditation": "Accreditamento",
          "municipality": "Comune", "provider": "Gestore"}
ALWAYS = {"text": "", "shared": False, "alert_days": ()}  # what a row that says nothing of them means

DUTIES_SHEET = Sheet("deadline_rules", "Regole delle scadenze", (
    Column("code", "Codice", example="adeguamento"),
    Column("title", "Regola", example="Adeguamento della quota"),
    Column("subject", "Riguarda", CellKind.CHOICE, choices=SUBJECTS,
           help="Per un giorno fisso: l'anno dell'azienda, o il contratto (ogni contratto in corso).",
           example="Anno dell'azienda"),
    Column("day", "Giorno fisso di ogni anno", required=False, help="Mese e giorno, come 11-30.", example="11-30"),
    Column("event", "Comincia con", required=False, help="Un evento del programma, o il codice di uno "
           "dell'ufficio, se non c'è un giorno fisso."),
    Column("expected", "Si attende", required=False),
    Column("cancelled_by", "Viene meno con", required=False),
    Column("amount", "Durata del termine", CellKind.NUMBER, required=False),
    Column("unit", "Unità", CellKind.CHOICE, required=False, choices=UNITS),
    Column("backwards", "Contato all'indietro", CellKind.YES_NO, required=False),
    Column("owner_role", "A chi tocca", CellKind.CHOICE, choices=OWNERS, example="Contabilità"),
    Column("shared", "La vede anche il Comune", CellKind.YES_NO, required=False),
    Column("alert_days", "Avvisi, giorni prima", CellKind.LINES, required=False, example="30"),
    Column("active", "In uso", CellKind.YES_NO, example="sì"),
    Column("text", "Testo dell'avviso", CellKind.PROSE, required=False),
    Column("legal_source", "Fonte", CellKind.PROSE, required=False),
), about="Gli adempimenti che l'ufficio aggiunge a quelli del programma, e quelli che ha cambiato.")


def _duty(desk: Desk, facts: Facts) -> str:
    """A rule of one's own is added; one of the program's is changed."""
    desk.known("deadline rules", lambda: install_rules(desk.session))
    held = desk.session.scalars(select(DeadlineRule).where(DeadlineRule.code == facts["code"])).one_or_none()
    wanted: dict[str, Any] = {**ALWAYS, **given(facts)}
    rule = (operations.add_rule(desk.session, wanted, today=desk.today) if held is None else
            operations.set_rule(desk.session, held.id, wanted, version=held.version, today=desk.today))
    return rule.title


def _duties(session: ScopedSession) -> Iterator[Facts]:
    """Those that are not as they begin, of the program and of its plugins."""
    begun = {facts["code"]: facts for facts in all_rules(session.database)}
    for row in session.scalars(select(DeadlineRule).order_by(DeadlineRule.id)):
        if not _is_as_begun(row, begun.get(row.code)):
            yield {**told(DUTIES_SHEET, row), "event": None if row.since else row.event}


def _is_as_begun(row: DeadlineRule, facts: Facts | None) -> bool:
    if facts is None:
        return False
    begins = {"text": " ".join(facts.get("text", "").split()), "unit": facts.get("unit", "days"),
              "shared": facts.get("shared", False), "active": facts.get("active", True),
              "amount": facts.get("amount"), "title": facts["title"], "owner_role": facts["owner_role"]}
    return all(getattr(row, name) == value for name, value in begins.items()) and [
        int(days) for days in row.alert_days] == sorted((int(days) for days in facts["alert_days"]), reverse=True)


PARTS = (FilePart(DUTIES_SHEET, _duty, _duties),)
