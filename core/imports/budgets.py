"""Import of a budget: one line of the workbook for each line of the budget, the sources by any of their names (X23)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.catalogue.model import Service
from core.funding import operations as funding
from core.funding.model import Budget
from core.funding.operations import STAGES
from core.funding.rules import LineFacts
from core.funding.states import BudgetState, Stage
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.imports import finding
from core.imports.operations import Desk, Import
from core.tables.cells import OF_EXERCISE, CellKind, Column, Sheet

KINDS = {"direct_cost": "Costo diretto", "indirect_cost": "Costo indiretto", "user_fee": "Contribuzione degli utenti",
         "revenue": "Altro ricavo", "source": "Fonte di finanziamento"}

SHEET = Sheet(
    "budget", "Voci di bilancio",
    (
        Column("year", "Anno", CellKind.NUMBER, example="2027", help=OF_EXERCISE),
        Column("stage", "Fase", CellKind.CHOICE, choices={str(code): name for code, name in STAGES.items()},
               example="Bilancio preventivo"),
        Column("service", "Servizio", required=False, example="Spazio neutro",
               help="Il codice del catalogo o il titolo. Vuoto solo per i costi indiretti di tutti i servizi."),
        Column("kind", "Tipo", CellKind.CHOICE, choices=KINDS, example="Costo diretto"),
        Column("title", "Descrizione", example="Educatori"),
        Column("amount", "Importo", CellKind.AMOUNT, help="In euro, mai negativo.", example="62.400,00"),
        Column("source", "Fonte", required=False, example="Fondo Sociale Regionale (FSR)",
               help="Solo per i finanziamenti: il nome della fonte o uno dei suoi altri nomi."),
        Column("social", "Costo sociale", CellKind.YES_NO, required=False, example="no"),
        Column("funder", "Chi lo finanzia", required=False, example="Dresano",
               help="Per un costo sociale: un comune o un altro ente (art. 12, c. 3)."),
    ),
    about="Un bilancio che non c'è si apre; uno che ha già voci non si tocca.",
)


def apply(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Add one line to its budget, opened by its first line.

    RuleBroken for a budget that had lines before, a service or a source that nobody knows, a line that cannot be.
    """
    budget = _budget(desk, facts["year"], facts["stage"])
    service = _service(desk, facts["service"])
    funder = (facts["funder"] or "").strip()
    funder_id = _municipality(desk, funder)
    line = LineFacts(
        kind=facts["kind"], title=facts["title"], amount=facts["amount"], source_id=_source(desk, facts["source"]),
        social=bool(facts["social"]), funder_id=funder_id, funder="" if funder_id else funder)
    funding.add_line(desk.session, budget.id, service.id if service else None, line)
    return f"{funding.name_of(budget)}, {line.title}"


def _budget(desk: Desk, year: int, stage: str) -> Budget:
    """The budget of a row: the one that this file fills, or a new one."""
    full = desk.known("full budgets", lambda: _full(desk.session), lasting=True)
    if (year, stage) in full:
        raise RuleBroken("%(name)s ha già le sue voci: togliere le righe, o svuotarlo prima di importare.",
                         field="year", name=f"{STAGES[Stage(stage)]} {year}")
    here = desk.known("budgets", lambda: {(row.year, row.stage): row for row in desk.session.scalars(
        select(Budget).where(Budget.state != BudgetState.CANCELLED))})
    if (year, stage) not in here:
        here[year, stage] = funding.open_budget(desk.session, year, stage)
    return here[year, stage]


def _full(session: ScopedSession) -> set[tuple[int, str]]:
    """Year and stage of the budgets that have lines: asked before the first row brings one."""
    full = select(Budget.year, Budget.stage).where(Budget.state != BudgetState.CANCELLED, Budget.lines.any())
    rows = session.execute(full)
    return {(year, stage) for year, stage in rows}


def _service(desk: Desk, name: str | None) -> Service | None:
    if not name:
        return None
    wanted = folded(name)
    named = desk.known("services", lambda: {
        folded(text): row for row in desk.session.scalars(select(Service)).all() for text in (row.title, row.code)})
    found = named.get(wanted)
    if found is None:
        raise RuleBroken("«%(name)s» non è un servizio del catalogo: scriverne il codice o il titolo.",
                         field="service", name=name)
    return found


def _source(desk: Desk, name: str | None) -> int | None:
    if not name:
        return None
    found = desk.known("sources", lambda: funding.named_sources(desk.session)).get(funding.plain(name))
    if found is None:
        raise RuleBroken("«%(name)s» non è una fonte conosciuta: correggerla, o aggiungere questo nome alla fonte "
                         "giusta.", field="source", name=name)
    return found.id


def _municipality(desk: Desk, name: str) -> int | None:
    """The municipality of this name, None for another body, which is kept in words."""
    return finding.called(desk, name)


BUDGETS = Import(
    "budgets", "Bilanci",
    "Le voci di un bilancio: costi, ricavi, contribuzione degli utenti, fonti, servizio per servizio.",
    (SHEET,), {SHEET.name: apply}, "budget", roles=(Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM),
)
