"""The open data of IndicePA, brought by the office: what it says otherwise of the azienda and its municipalities.

Nothing is overwritten by itself: each difference is a proposal, and a person says yes to it. Both files that the index
has published are read: the list of bodies (``Codice_IPA``, ...), a text or a workbook, and the older one (``cod_amm``,
...).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core.documents.model import Document
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, RuleBroken
from core.ground.files import Upload
from core.ground.texts import decoded
from core.imports.operations import ZIPPED, keep_once
from core.parties import gazetteer, index, operations
from core.parties.index import IndexProposal
from core.parties.model import Azienda, Municipality, Party
from core.parties.names import same_place

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
BIGGEST = 100 * 1024 * 1024
HEADS = {  # what we ask, by the heads of the two files
    "ipa": ("Codice_IPA", "cod_amm"), "name": ("Denominazione_ente", "des_amm"),
    "tax_code": ("Codice_fiscale_ente", "Cf"), "istat": ("Codice_comune_ISTAT",),
    "cadastral": ("Codice_catastale_comune",), "postal_code": ("CAP",), "address": ("Indirizzo",),
    "city": ("Comune",), "province": ("Provincia",), "dissolved": ("Ente_in_liquidazione",),
}
MAILS = tuple((f"Mail{n}", f"Tipo_Mail{n}") for n in range(1, 6))
NEEDED = ("ipa", "name", "tax_code")
COMUNE = re.compile(r"c_[a-z]\d{3}")  # the index calls a comune by its cadastral code
YES = ("s", "si", "sì")


@dataclass(frozen=True)
class IndexRow:
    """A body as the index tells it, at a line of the file; what it does not say is empty."""

    line: int
    said: Mapping[str, str]

    @property
    def is_comune(self) -> bool:
        """True for a comune: its codes are those of the place; a union has those of its seat."""
        return COMUNE.fullmatch(self.said["ipa"].casefold()) is not None

    @property
    def is_dissolved(self) -> bool:
        """True for a body in liquidation."""
        return self.said["dissolved"].casefold() in YES


# --- the file ---------------------------------------------------------------------------------------------


def read(content: bytes) -> list[IndexRow]:
    """Every body of the file. RuleBroken for what is no such file, by the column that lacks."""
    if len(content) > BIGGEST:
        raise RuleBroken("Il file è troppo grande per essere quello dell'Indice.", field="file")
    lines = _lines(content)
    _line, first = next(lines, (1, []))
    heads = [head.strip().casefold() for head in first]
    at = {name: _place(heads, called) for name, called in HEADS.items()}
    lacks = [HEADS[name][0] for name in NEEDED if at[name] is None]
    if lacks:
        raise RuleBroken("Nel file manca la colonna %(columns)s: è il file degli enti scaricato dai dati aperti "
                         "dell'Indice?", field="file", columns=", ".join(lacks))
    mails = [(heads.index(mail.casefold()), heads.index(kind.casefold())) for mail, kind in MAILS
             if mail.casefold() in heads and kind.casefold() in heads]
    return [_row(line, cells, at, mails) for line, cells in lines if any(cells)]


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text or of a workbook, each with its number."""
    if content.startswith(ZIPPED):
        yield from enumerate(_sheet(content), 1)
        return
    text = decoded(content) or ""  # no heads: refused by what lacks
    delimiter = max(";\t,", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise RuleBroken("Riga %(line)s: non si legge. Scaricare di nuovo il file.", field="file",
                         line=reader.line_num) from error


def _sheet(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # wanted only where a workbook is read

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        page = book.worksheets[0]
        page.reset_dimensions()  # what a file says of its own size is not to be trusted
        for cells in page.iter_rows(values_only=True):
            yield ["" if value is None else str(value) for value in cells]
    except Exception:  # the library raises what it happens to meet in a broken file: refused by what lacks
        return


def _place(heads: list[str], called: Iterable[str]) -> int | None:
    return next((heads.index(head.casefold()) for head in called if head.casefold() in heads), None)


def _row(line: int, cells: list[str], at: Mapping[str, int | None], mails: list[tuple[int, int]]) -> IndexRow:
    def cell(place: int | None) -> str:
        text = " ".join(cells[place].split()) if place is not None and place < len(cells) else ""
        return "" if text.casefold() == "null" else text

    pec = next((cell(mail) for mail, kind in mails if cell(kind).casefold() == "pec" and cell(mail)), "")
    return IndexRow(line, {**{name: cell(place) for name, place in at.items()}, "pec": pec.lower()})


def keep_index(session: ScopedSession, content: bytes, *, today: date) -> tuple[Document, list[IndexRow]]:
    """Keep a file of the index, once however often it is sent, and what it says of each party, with the day.

    RuleBroken for what is no such file.
    """
    session.principal.require(*EDITORS)
    rows = read(content)
    name = "indice.xlsx" if content.startswith(ZIPPED) else "indice.csv"
    kept = keep_once(session, Upload(name, content), subject="municipality", name="ipa")
    for party in _parties(session):
        own = _of(party, rows)
        alone = own[0] if len(own) == 1 and not own[0].is_dissolved else None
        said = {**alone.said, "comune": "s" if alone.is_comune else ""} if alone else {}
        index.note(session, party, said, today=today)
    session.flush()
    return kept, rows


# --- what it says otherwise -------------------------------------------------------------------------------


def compared(session: ScopedSession, rows: Collection[IndexRow]) -> tuple[list[IndexProposal], list[Finding]]:
    """What the index says otherwise of the azienda and of each municipality, and what cannot be proposed.

    A body is known by its fiscal code, else by its code of the index, else (a comune) by its ISTAT code.
    """
    found: list[IndexProposal] = []
    remarks: list[Finding] = []
    for party in _parties(session):
        own = _of(party, rows)
        if not own:
            remarks.append(Finding("%(name)s non è nel file.", {"name": party.name}))
            remarks += gazetteer.ceased(party.name) if isinstance(party, Municipality) else ()
        elif len(own) > 1:
            remarks.append(Finding("%(name)s compare più volte nell'Indice: non si propone nulla.",
                                   {"name": party.name}))
        elif own[0].is_dissolved:
            remarks.append(Finding("%(name)s risulta in liquidazione (riga %(line)s): i suoi dati non si propongono.",
                                   {"name": party.name, "line": own[0].line}))
        else:
            found += _differences(party, own[0], remarks)
    return found, remarks


def _parties(session: ScopedSession) -> list[Party]:
    public = select(Municipality).where(Municipality.form != "third_sector").order_by(Municipality.id)
    return [*session.scalars(select(Azienda)), *session.scalars(public)]


def _of(party: Party, rows: Collection[IndexRow]) -> list[IndexRow]:
    for name in ("tax_code", "ipa", "istat"):
        code = str(getattr(party, name, None) or "").casefold()
        if code and (own := [row for row in rows if row.said[name].casefold() == code
                             and (name != "istat" or row.is_comune)]):
            return own
    return []


def _differences(party: Party, row: IndexRow, remarks: list[Finding]) -> Iterator[IndexProposal]:
    if isinstance(party, Municipality) and not same_place(party.name, row.said["name"]):
        remarks.append(Finding("%(name)s nell'Indice si chiama «%(other)s»: se il nome è cambiato, correggerlo dalla "
                               "sua pagina.", {"name": party.name, "other": row.said["name"]}))
    for told in index.differences(party, row.said, comune=row.is_comune):
        if not isinstance(told, IndexProposal):
            remarks.append(_at(party.name, row, told))
            continue
        if told.field == "istat":
            remarks += [_at(party.name, row, why) for why in gazetteer.remarks(party.name, told.offered)]
        yield told


def doubts(row: IndexRow) -> list[Finding]:
    """What the list of the comuni says otherwise of a row that is one's: an unknown code, one that has ceased."""
    if not row.is_comune:
        return []
    name, istat = row.said["name"], row.said["istat"]
    return list(gazetteer.remarks(name, istat)) if istat else gazetteer.ceased(name)


def _at(name: str, row: IndexRow, why: Finding | RuleBroken) -> Finding:
    return Finding("%(name)s, riga %(line)s dell'Indice: %(why)s", {"name": name, "line": row.line, "why": why})


def accept(session: ScopedSession, rows: Collection[IndexRow], chosen: Collection[str]) -> list[IndexProposal]:
    """Take over the proposals that somebody said yes to, by their keys; those that were taken over.

    RuleBroken for one that the index does not make any more, and for whatever the pages would refuse.
    """
    session.principal.require(*EDITORS)
    wanted = set(chosen)
    offered = [proposal for proposal in compared(session, rows)[0] if proposal.key in wanted]
    if len(offered) != len(wanted) or not wanted:
        raise RuleBroken("Spuntare almeno un dato; se uno non c'è più, ricaricare la pagina.", field="chosen")
    by_party: dict[int, dict[str, Any]] = {}
    for proposal in offered:
        by_party.setdefault(proposal.party_id, {})[proposal.field] = proposal.offered
    for key, facts in by_party.items():
        party = session.require(Party, key)
        edit = operations.edit_azienda if isinstance(party, Azienda) else operations.edit_municipality
        edit(session, key, facts, version=party.version)
    return offered
