"""The operational sheets of the services, as they are today: their sections, and the plugin's part as it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.catalogue.editions import SheetApproval, approve
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.operations import YEARS
from core.catalogue.sheets import asked
from core.catalogue.states import EditionState
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.operations import Desk
from core.imports.start.catalogue import NO_SERVICE
from core.imports.start.part import Facts, FilePart, coded, given, told
from core.plugins.rows import keep
from core.tables.cells import CellKind, Column, Sheet

SHEETS_SHEET = Sheet("sheets", "Schede operative", (
    Column("code", "Codice", help="Di regola quello del servizio.", example="assistenza_domiciliare"),
    Column("edition", "Edizione", CellKind.NUMBER, help="L'anno da cui vale.", example="2026"),
    Column("title", "Titolo", example="Assistenza domiciliare"),
    Column("approved_on", "Approvata il", CellKind.DAY, required=False, example="18/12/2025",
           help="Il giorno in cui l'Assemblea l'ha approvata; se manca è una bozza."),
    Column("act", "Deliberazione", required=False, help="Il numero dell'atto che l'approva.", example="12"),
    Column("services", "Servizi", CellKind.LINES, help="I codici dei servizi che descrive.",
           example="assistenza_domiciliare"),
    Column("mission", "Missione", CellKind.PROSE, required=False),
    Column("definitions", "Definizioni", CellKind.LINES, required=False),
    Column("activities", "Attività e servizi erogati", CellKind.LINES, required=False),
    Column("recipients", "Destinatari", CellKind.PROSE, required=False),
    Column("cost_to_user", "Costo per l'utenza", CellKind.PROSE, required=False,
           help="Anche quando il servizio è gratuito."),
    Column("protocol", "Fasi del protocollo", CellKind.LINES, required=False),
    Column("tools", "Strumenti di lavoro", CellKind.LINES, required=False),
    Column("notes", "Note", CellKind.LINES, required=False),
    Column("joint_management", "Gestione associata di tutti i Comuni", CellKind.YES_NO, required=False),
    Column("coverage", "Comuni indicati dalla scheda", CellKind.LINES, required=False),
    Column("pasted_mission", "Missione trovata nella fonte", CellKind.PROSE, required=False),
    Column("mission_origin", "Origine della missione", required=False),
    Column("source", "Fonte", required=False),
    Column("plugin", "Plugin", required=False, help="Il codice del plugin da cui vengono i dati propri."),
    Column("data", "Dati propri del servizio", CellKind.DATA, required=False, help="Come l'esportazione li scrive."),
    Column("schema", "Campi dei dati propri", CellKind.DATA, required=False,
           help="Come l'esportazione li scrive; quelli di tutte le schede ci sono da sé."),
), about="La scheda di ogni servizio, con la sua edizione.")

AS_HERE = {"number": "act", "on": "approved_on"}  # how the columns call what the operation does


def _sheet(desk: Desk, facts: Facts) -> str:
    services = [coded(desk, Service, code, RuleBroken(NO_SERVICE.message, field="services"))
                for code in facts["services"]]
    if facts["edition"] not in YEARS:
        raise RuleBroken("Indicare l'anno dell'edizione con quattro cifre.", field="edition")
    same = select(OperationalSheet.id).where(OperationalSheet.code == facts["code"],
                                             OperationalSheet.edition == facts["edition"],
                                             OperationalSheet.state != EditionState.CANCELLED)
    if desk.session.scalars(same).first() is not None:
        raise RuleBroken("La scheda «%(code)s» ha già l'edizione %(edition)s: toglierne una.", field="code",
                         code=facts["code"], edition=facts["edition"])
    schema = {**keep(asked(None)), **(facts["schema"] or {})}
    sheet = OperationalSheet(**given(facts, "services", "schema", "approved_on", "act"), schema=schema,
                             services=services)
    desk.session.add(sheet)
    desk.kept.append(sheet)  # read again by the rows of its own fields: taken back, it must not stay behind
    desk.session.flush()
    _approve(desk, sheet, facts)
    return str(facts["title"])


def _approve(desk: Desk, sheet: OperationalSheet, facts: Facts) -> None:
    """The act of an edition that is no draft any more: number and day, both or neither."""
    if (facts["act"] is None) != (facts["approved_on"] is None):
        missing = "act" if facts["act"] is None else "approved_on"
        raise RuleBroken("Di una scheda approvata si scrivono il giorno e il numero della deliberazione; di una bozza "
                         "nessuno dei due.", field=missing)
    if facts["approved_on"] is not None:
        try:
            approve(desk.session, sheet.id, SheetApproval(facts["act"], facts["approved_on"]), version=None,
                    today=desk.today)
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, field=AS_HERE.get(refusal.field or ""), **refusal.values) from refusal


def _sheets(session: ScopedSession) -> Iterator[Facts]:
    of_all = keep(asked(None))
    standing = select(OperationalSheet).where(OperationalSheet.state != EditionState.CANCELLED)
    for row in session.scalars(standing.order_by(OperationalSheet.id)):
        own = {name: part for name, part in (row.schema or {}).items() if of_all.get(name) != part}
        yield told(SHEETS_SHEET, row, services=tuple(service.code for service in row.services), schema=own or None,
                   act=row.act.number if row.act else None)


PARTS = (FilePart(SHEETS_SHEET, _sheet, _sheets),)
