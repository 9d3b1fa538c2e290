"""The events that the office defines itself: rules of the deadlines and terms of the contracts name them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.deadlines import kinds
from core.deadlines.model import EventKind
from core.ground.access import ScopedSession
from core.imports.operations import Desk
from core.imports.start.part import Facts, FilePart, given, told
from core.tables.cells import CellKind, Column, Sheet

RECORDERS = {"management": "Direzione", "accounting": "Contabilità", "accreditation": "Accreditamento"}

EVENTS_SHEET = Sheet("event_kinds", "Eventi dell'ufficio", (
    Column("code", "Codice", example="relazione"),
    Column("name", "Evento", example="Consegna della relazione annuale"),
    Column("subject", "Avviene in", help="azienda, contract, instalment, provider, accreditation e gli altri fascicoli "
                                         "che hanno un diario.", example="contract"),
    Column("recorded_by", "Lo registra", CellKind.CHOICE, choices=RECORDERS, example="Direzione"),
    Column("yearly", "Si ripete ogni anno", CellKind.YES_NO, required=False, example="sì"),
    Column("shared", "Lo leggono anche il Comune e il gestore", CellKind.YES_NO, required=False),
    Column("active", "In uso", CellKind.YES_NO, example="sì"),
    Column("help", "Quando si registra", CellKind.PROSE, required=False),
), about="Fatti che il programma non conosce, registrati sul fascicolo: da lì si contano le regole delle scadenze.")


def _event(desk: Desk, facts: Facts) -> str:
    """A kind of event is added."""
    return kinds.add_kind(desk.session, given(facts)).name


def _events(session: ScopedSession) -> Iterator[Facts]:
    """All of them: the program brings none of its own."""
    for row in session.scalars(select(EventKind).order_by(EventKind.id)):
        yield {**told(EVENTS_SHEET, row), "help": row.help or None}


PARTS = (FilePart(EVENTS_SHEET, _event, _events),)
