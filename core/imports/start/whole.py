"""The whole file of an azienda: what it is made of, how it is laid in, how the running one is written."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.operations import Apply, Desk, Import, ImportReport, run
from core.imports.start import bodies, catalogue, conditions, duties, events, own_fields, parties, people, sheets
from core.imports.start.part import Facts, FilePart
from core.parties.model import Azienda
from core.tables import readable
from core.tables.cells import Sheet
from core.tables.workbook import workbook

PARTS: tuple[FilePart, ...] = (
    *parties.PARTS, *people.PARTS, *bodies.PARTS, *catalogue.PARTS, *sheets.PARTS, *own_fields.PARTS,
    *events.PARTS, *conditions.PARTS, *duties.PARTS)
SHEETS: tuple[Sheet, ...] = tuple(part.sheet for part in PARTS)



def _apply(parts: tuple[FilePart, ...]) -> dict[str, Apply]:
    """Each row is written before the next one is looked at, which may be the same again."""
    def written(apply: Apply) -> Apply:
        def laid(desk: Desk, facts: Facts) -> str:
            made = apply(desk, facts)
            desk.session.flush()
            return made
        return laid
    return {part.sheet.name: written(part.apply) for part in parts}


def _some(name: str, title: str, about: str, parts: tuple[FilePart, ...]) -> Import:
    return Import(name, title, about, tuple(part.sheet for part in parts), _apply(parts), "municipality",
                  readable=True)


START = _some("start", "Azienda", "Tutta l'azienda in un file: i suoi dati, i comuni, chi firma, organi, aree, "
              "settori, servizi, schede, condizioni.", PARTS)
PEOPLE = _some("people", "Atti, firmatari, conti", "Chi firma per l'azienda e i comuni, gli atti, i conti dedicati.",
               people.PARTS)
BODIES = _some("bodies", "Organi", "Gli organi e gli enti con cui si tratta, con chi vi siede.", bodies.PARTS)
CATALOGUE = _some("catalogue", "Aree, settori, servizi", "Che cosa fa l'azienda, e quali comuni i servizi coprono.",
                  catalogue.PARTS)
OPERATIONAL = _some("sheets", "Schede operative", "Le schede dei servizi, con la loro edizione, e i campi che "
                    "l'ufficio vi aggiunge.", (*sheets.PARTS, *own_fields.PARTS))


def begin(session: ScopedSession, content: bytes, *, today: date) -> ImportReport:
    """An azienda from its file, whole or not at all; the report says what is wrong, line by line.

    RuleBroken where there is an azienda already: a file begins one, and never changes it; for a file without one.
    """
    held = session.scalar(select(Azienda.name).limit(1))
    if held is not None:
        raise RuleBroken("Questa installazione è già di «%(name)s»: un file avvia un'azienda dove non ce n'è ancora "
                         "una. I dati di questa si correggono dalle sue pagine.", name=held)
    report = run(session, START, content, today=today)
    if report.applied and session.scalar(select(Azienda.id).limit(1)) is None:
        raise RuleBroken("Nel file manca %(heading)s, con i dati dell'azienda.", field="file",
                         heading=readable.heading(parties.AZIENDA_SHEET))
    return report


def taken(session: ScopedSession) -> dict[str, list[Facts]]:
    """Everything that the running azienda's file would say, by sheet. RuleBroken where there is none."""
    found = {part.sheet.name: list(part.taken(session)) for part in PARTS}
    if not found[parties.AZIENDA_SHEET.name]:
        raise RuleBroken("In questa installazione non c'è ancora un'azienda: non c'è nulla da esportare.")
    return found


def as_text(session: ScopedSession) -> str:
    """The running azienda as a readable file."""
    return readable.write(SHEETS, taken(session))


def as_workbook(session: ScopedSession) -> bytes:
    """The running azienda as a workbook."""
    return workbook(SHEETS, taken(session))
