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

# in what something happens or is expected, as the pages call it
SUBJECTS = {
    "accreditation": "Accreditamento",
    "azienda": "Anno dell'azienda",
    "bank_account": "Conto dedicato",
    "contestation": "Contestazione dell'azienda",
    "contract": "Contratto",
    "control": "Controllo del Comune",
    "damaging_event": "Evento dannoso",
    "default_notice": "Diffida",
    "entrusted_asset": "Immobili e beni affidati",
    "forewarning": "Comunicazione prima di un provvedimento",
    "instalment": "Rata",
    "insurance_policy": "Polizza",
    "operating_notice": "Comunicazione di esercizio",
    "payment": "Pagamento",
    "penalty": "Penale",
    "provider": "Gestore",
    "provider_choice": "Scelta di un gestore",
    "provider_paper": "Documento di un gestore",
    "service_agreement": "Accordo di un servizio",
    "service_charter": "Carta dei servizi",
    "yearly_report": "Relazione annuale",
    "zone_plan": "Piano di Zona",
}
WITH_DIARY = frozenset({
    "accreditation", "azienda", "contestation", "contract", "control", "damaging_event", "default_notice",
    "forewarning", "instalment", "operating_notice", "penalty", "provider", "provider_choice", "yearly_report",
})
RECORDERS = {"management": "Direzione", "accounting": "Contabilità", "accreditation": "Accreditamento"}

EVENTS_SHEET = Sheet("event_kinds", "Eventi dell'ufficio", (
    Column("code", "Codice", example="relazione"),
    Column("name", "Evento", example="Consegna della relazione annuale"),
    Column("subject", "Avviene in", CellKind.CHOICE, choices={
        code: word for code, word in SUBJECTS.items() if code in WITH_DIARY}, example="Contratto"),
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
