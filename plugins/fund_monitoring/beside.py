"""What stands beside the core: panels, tables to take away, the workbook of the municipalities, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.plugin_api import (
    Block,
    CellKind,
    Column,
    Finding,
    Panel,
    Role,
    RowsExport,
    RowsImport,
    ScopedSession,
    Table,
    Task,
    budget_years,
    date_short,
    euro,
    exercises,
    in_order,
    sheet_data,
)
from plugins.fund_monitoring.channels import MOMENTS, channels, single_budget
from plugins.fund_monitoring.model import Duty, Grant, MunicipalReturn, ReturnFigure
from plugins.fund_monitoring.operations import CODE, TABLE, WRITERS, of_year
from plugins.fund_monitoring.returns import ASKED, lay

STAFF = frozenset({*WRITERS, Role.AUDITOR})
STATES = {"to_do": "da fare", "asked": "chiesto ai Comuni", "received": "ricevuto dai Comuni",
          "sent": "trasmesso", "sent_back": "rimandato indietro", "acknowledged": "trasmesso, con ricevuta"}
RETURN_STATES = {"asked": "chiesta", "received": "ricevuta", "sent_back": "rimandata al Comune"}


# --- panels -----------------------------------------------------------------------------------------------


def on_service(session: ScopedSession, _key: int, today: date) -> Sequence[Block]:
    """The duties of the exercise that runs."""
    rows = of_year(session, exercises(session).of(today).year)
    return (Table(("Debito informativo", "A chi", "Entro", "Stato"), tuple(
        (str(row), row.kind.recipient, _day(row.due), STATES[row.state]) for row in rows)),) if rows else ()


def on_municipality(session: ScopedSession, key: int, _today: date) -> Sequence[Block]:
    """What it was asked, and what it was paid out of the funds, the newest first."""
    asked = select(MunicipalReturn).where(MunicipalReturn.municipality_id == key).options(
        selectinload(MunicipalReturn.duty)).order_by(MunicipalReturn.id.desc())
    paid = select(Grant).where(Grant.municipality_id == key).order_by(Grant.year.desc(), Grant.id)
    returns, grants, mine = session.scalars(asked).all(), session.scalars(paid).all(), exercises(session)
    blocks: list[Block] = []
    if returns:
        blocks.append(Table(("Anno", "Dati chiesti", "Entro", "Risposta"), tuple(
            (mine.name(row.duty.year), row.duty.kind.title, _day(row.by), RETURN_STATES[row.state])
            for row in returns)))
    if grants:
        blocks.append(Table(("Anno", "Fondo", "Atto", "Importo", "Rendiconto"), tuple(
            (mine.name(row.year), _short(row.channel), row.act, euro(row.amount), _day(row.account_on))
            for row in grants)))
    return blocks


# --- tables to take away ----------------------------------------------------------------------------------


def budget_rows(session: ScopedSession, year: int | None) -> Iterator[Sequence[Any]]:
    """Channel and action of the single budget, at its three moments."""
    for one in budget_years(session) if year is None else (year,):
        budget = single_budget(session, one)
        for row in budget.paid:
            yield (exercises(session).cell(one), row.channel.title if row.channel else "Nessuna delle sette",
                   row.title, *(row.amounts.get(moment) for moment in MOMENTS))


def duty_rows(session: ScopedSession, year: int | None) -> Iterator[Sequence[Any]]:
    """Every duty with its sending and its receipt."""
    years = session.scalars(select(Duty.year).distinct().order_by(Duty.year)).all() if year is None else (year,)
    for one in years:
        for row in of_year(session, one):
            yield (exercises(session).cell(one), row.kind.title, row.kind.recipient, row.moment, row.due,
                   STATES[row.state], row.sent_on, row.reference, row.receipt_on, row.receipt)


def return_rows(session: ScopedSession, year: int | None) -> Iterator[Sequence[Any]]:
    """Every answer, item by item; one that has not come is a row without figures."""
    query = select(MunicipalReturn).join(MunicipalReturn.duty).order_by(Duty.year, Duty.id, MunicipalReturn.id)
    query = query.options(selectinload(MunicipalReturn.duty), selectinload(MunicipalReturn.municipality),
                          selectinload(MunicipalReturn.figures))
    for row in session.scalars(query if year is None else query.where(Duty.year == year)):
        for figure in row.figures or (ReturnFigure(title="", amount=None, people=None),):
            yield (exercises(session).cell(row.duty.year), row.duty.kind.title, row.municipality.name,
                   RETURN_STATES[row.state], row.received_on, figure.title, figure.amount, figure.people)


def grant_rows(session: ScopedSession, year: int | None) -> Iterator[Sequence[Any]]:
    """What was paid out, with its act, its criteria and its account."""
    query = select(Grant).order_by(Grant.year, in_order(Grant.body), Grant.id)
    for row in session.scalars(query if year is None else query.where(Grant.year == year)):
        yield (exercises(session).cell(row.year), _short(row.channel), row.body, row.act, row.act_on, row.criteria,
               row.amount, row.paid_on, row.account_on, row.spent, row.to_give_back)


# --- what waits -------------------------------------------------------------------------------------------


def waits(session: ScopedSession, today: date) -> Iterable[Task]:
    """An exercise whose duties are not open, duties without a day, those sent back, sums of which nobody accounted."""
    if not session.principal.has(*STAFF):
        return
    mine = exercises(session)
    year = mine.of(today).year
    if not of_year(session, year) and sheet_data(session, CODE, year).get("reports"):
        yield Task(f"{TABLE}.open_view", None, f"Debiti informativi {mine.name(year)}",
                   Finding("Aprire i debiti informativi del %(year)s.", {"year": mine.name(year)}, source="R153"),
                   Role.ACCOUNTING)
    open_ = select(Duty).where(Duty.state.not_in(("sent", "acknowledged"))).order_by(Duty.year, Duty.id)
    rows = session.scalars(open_).all()
    for one in sorted({row.year for row in rows}):
        if count := sum(row.waits_for_its_day for row in rows if row.year == one):
            yield Task(f"{TABLE}.days_view", None, f"Debiti informativi {mine.name(one)}",
                       Finding("Indicare entro quando sono dovuti i debiti informativi del %(year)s: la fonte non "
                               "dice il giorno, e ne mancano %(count)s.",
                               {"year": mine.name(one), "count": count}, source="R154-R157"), Role.ACCOUNTING)
    for row in rows:
        if row.state == "sent_back":
            yield Task(f"{TABLE}.details_view", row.id, f"{row}, {mine.name(row.year)}",
                       Finding("Correggere il debito informativo rimandato indietro e trasmetterlo di nuovo.",
                               source="R154"), Role.ACCOUNTING, row.due)
    unaccounted = select(Grant.year, func.count()).where(Grant.paid_on.is_not(None), Grant.account_on.is_(None))
    for one, count in session.execute(unaccounted.where(Grant.year < year).group_by(Grant.year).order_by(Grant.year)):
        yield Task("fund_monitoring_grant.index_view", None, f"Fondi erogati {mine.name(one)}",
                   Finding("Chiedere il rendiconto delle somme erogate nel %(year)s: ne mancano %(count)s.",
                           {"year": mine.name(one), "count": count}, source="R152"), Role.ACCOUNTING)


def _short(code: str) -> str:
    return next(channel.short for channel in channels() if channel.code == code)


def _day(day: date | None) -> str:
    return "–" if day is None else date_short(day)


PANELS = (Panel("service", "Debiti informativi", on_service, STAFF),
          Panel("municipality", "Dati chiesti e fondi erogati", on_municipality))
EXPORTS = (
    RowsExport("fund_monitoring_budget", "Budget unico",
               "Che cosa paga ogni azione, per canale, in preventivo, verifica intermedia e consuntivo.",
               ("Anno", "Canale", "Azione", "Preventivo", "Verifica intermedia", "Consuntivo"), budget_rows),
    RowsExport("fund_monitoring_duties", "Debiti informativi",
               "I debiti informativi di ogni anno, con la trasmissione e la ricevuta.",
               ("Anno", "Debito", "A chi", "Quando", "Entro", "Stato", "Trasmesso il", "Protocollo", "Ricevuta del",
                "Ricevuta"), duty_rows),
    RowsExport("fund_monitoring_returns", "Risposte dei Comuni",
               "I dati che i Comuni hanno mandato per i debiti informativi, voce per voce.",
               ("Anno", "Debito", "Comune", "Stato", "Ricevuta il", "Voce", "Importo", "Persone"), return_rows),
    RowsExport("fund_monitoring_grants", "Fondi erogati",
               "Le somme erogate, con atto, criteri, beneficiario e rendiconto.",
               ("Anno", "Fondo", "A chi", "Atto", "Del", "Criteri", "Importo", "Pagato il", "Rendiconto del", "Speso",
                "Da restituire"), grant_rows),
)
IMPORTS = (RowsImport(
    "fund_monitoring_returns", "Risposte dei Comuni",
    "I dati che un Comune manda per un debito informativo, una voce per riga: solo cifre, nessun nome.",
    (
        Column("municipality", "Comune", example="Dresano"),
        Column("year", "Anno", CellKind.NUMBER, help="Di un esercizio che non è l'anno solare il primo dei due.",
               example="2026"),
        Column("duty", "Debito informativo", CellKind.CHOICE, choices=ASKED, example="Spesa sociale dei Comuni"),
        Column("title", "Voce", example="Area anziani"),
        Column("amount", "Importo", CellKind.AMOUNT, required=False, help="In euro.", example="12.500,00"),
        Column("people", "Persone", CellKind.NUMBER, required=False, help="Quante ne conta la voce.", example="40"),
    ), lay, (*WRITERS,)),)
