"""The open data of IndicePA, brought by the office: what it says otherwise of the azienda and its municipalities.

Nothing is overwritten by itself: each difference is a proposal, and a person says yes to it. Both files that the index
has published are read: the list of bodies (``Codice_IPA``, ...) and the older one (``cod_amm``, ...).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, RuleBroken
from core.ground.names import folded
from core.ground.written import one_line
from core.parties import operations, places, rules
from core.parties.model import Azienda, Municipality, Party
from core.parties.names import same_place
from core.payments.statements.csvfile import decoded

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
BIGGEST = 100 * 1024 * 1024
HEADS = {  # what we ask, by the heads of the two files
    "ipa": ("Codice_IPA", "cod_amm"), "name": ("Denominazione_ente", "des_amm"),
    "tax_code": ("Codice_fiscale_ente", "Cf"), "istat": ("Codice_comune_ISTAT",),
    "cadastral": ("Codice_catastale_comune",), "postal_code": ("CAP",), "address": ("Indirizzo",),
    "dissolved": ("Ente_in_liquidazione",),
}
MAILS = tuple((f"Mail{n}", f"Tipo_Mail{n}") for n in range(1, 6))
NEEDED = ("ipa", "name", "tax_code")
COMUNE = re.compile(r"c_[a-z]\d{3}")  # the index calls a comune by its cadastral code
FIELDS = ("ipa", "tax_code", "pec", "address", "postal_code", "istat", "cadastral")
CHECKS: Mapping[str, Callable[[str], str]] = {
    "tax_code": rules.body_tax_code, "pec": rules.pec, "postal_code": places.postal_code, "istat": rules.istat,
    "cadastral": rules.cadastral, "ipa": lambda text: text.lower(), "address": one_line,
}


@dataclass(frozen=True)
class IndexRow:
    """A body as the index tells it, at a line of the file; what it does not say is empty."""

    line: int
    said: Mapping[str, str]

    @property
    def is_comune(self) -> bool:
        """True for a comune: its codes are those of the place; a union has those of its seat."""
        return COMUNE.fullmatch(self.said["ipa"].casefold()) is not None


@dataclass(frozen=True)
class IndexProposal:
    """A datum that the index says otherwise: ``held`` here, ``offered`` there; ``key`` is how it is chosen."""

    party_id: int
    name: str
    field: str
    held: str
    offered: str

    @property
    def key(self) -> str:
        """``12.pec``."""
        return f"{self.party_id}.{self.field}"


# --- the file ---------------------------------------------------------------------------------------------


def read(content: bytes) -> list[IndexRow]:
    """Every body of the file. RuleBroken for what is no such file, by the column that lacks."""
    if len(content) > BIGGEST:
        raise RuleBroken("Il file è troppo grande per essere quello dell'Indice.", field="file")
    try:
        text = decoded("IndicePA", content)
    except RuleBroken:  # it speaks of a bank's file
        text = ""  # no heads: refused below by what lacks
    delimiter = max(";\t,", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        heads = [head.strip().casefold() for head in next(reader, [])]
        at = {name: _place(heads, called) for name, called in HEADS.items()}
        lacks = [HEADS[name][0] for name in NEEDED if at[name] is None]
        if lacks:
            raise RuleBroken("Nel file manca la colonna %(columns)s: è il file degli enti scaricato dai dati aperti "
                             "dell'Indice?", field="file", columns=", ".join(lacks))
        mails = [(heads.index(mail.casefold()), heads.index(kind.casefold())) for mail, kind in MAILS
                 if mail.casefold() in heads and kind.casefold() in heads]
        return [_row(reader.line_num, cells, at, mails) for cells in reader if any(cells)]
    except csv.Error as error:
        raise RuleBroken("Riga %(line)s: non si legge. Scaricare di nuovo il file.", field="file",
                         line=reader.line_num) from error


def _place(heads: list[str], called: Iterable[str]) -> int | None:
    return next((heads.index(head.casefold()) for head in called if head.casefold() in heads), None)


def _row(line: int, cells: list[str], at: Mapping[str, int | None], mails: list[tuple[int, int]]) -> IndexRow:
    def cell(place: int | None) -> str:
        text = " ".join(cells[place].split()) if place is not None and place < len(cells) else ""
        return "" if text.casefold() == "null" else text

    pec = next((cell(mail) for mail, kind in mails if cell(kind).casefold() == "pec" and cell(mail)), "")
    return IndexRow(line, {**{name: cell(place) for name, place in at.items()}, "pec": pec.lower()})


# --- what it says otherwise -------------------------------------------------------------------------------


def compared(session: ScopedSession, rows: Collection[IndexRow]) -> tuple[list[IndexProposal], list[Finding]]:
    """What the index says otherwise of the azienda and of each municipality, and what cannot be proposed.

    A body is known by its fiscal code, else by its code of the index, else (a comune) by its ISTAT code.
    """
    found: list[IndexProposal] = []
    remarks: list[Finding] = []
    public = select(Municipality).where(Municipality.form != "third_sector").order_by(Municipality.id)
    for party in (*session.scalars(select(Azienda)), *session.scalars(public)):
        own = _of(party, rows)
        if not own:
            remarks.append(Finding("%(name)s non è nel file.", {"name": party.name}))
        elif len(own) > 1:
            remarks.append(Finding("%(name)s compare più volte nell'Indice: non si propone nulla.",
                                   {"name": party.name}))
        elif own[0].said["dissolved"].casefold() in ("s", "si", "sì"):
            remarks.append(Finding("%(name)s risulta in liquidazione (riga %(line)s): i suoi dati non si propongono.",
                                   {"name": party.name, "line": own[0].line}))
        else:
            found += _differences(party, own[0], remarks)
    return found, remarks


def _of(party: Party, rows: Collection[IndexRow]) -> list[IndexRow]:
    for name in ("tax_code", "ipa", "istat"):
        code = str(getattr(party, name, None) or "").casefold()
        if code and (own := [row for row in rows if row.said[name].casefold() == code
                             and (name != "istat" or row.is_comune)]):
            return own
    return []


def _differences(party: Party, row: IndexRow, remarks: list[Finding]) -> Iterator[IndexProposal]:
    place = isinstance(party, Municipality) and party.form == "comune" and row.is_comune
    if isinstance(party, Municipality) and not same_place(party.name, row.said["name"]):
        remarks.append(Finding("%(name)s nell'Indice si chiama «%(other)s»: se il nome è cambiato, correggerlo dalla "
                               "sua pagina.", {"name": party.name, "other": row.said["name"]}))
    for field in FIELDS:
        offered, held = row.said[field], str(getattr(party, field, None) or "")
        if not offered or not hasattr(party, field) or (field in ("istat", "cadastral") and not place):
            continue
        try:
            offered = CHECKS[field](offered)
        except RuleBroken as refusal:
            remarks.append(Finding("%(name)s, riga %(line)s dell'Indice: %(why)s",
                                   {"name": party.name, "line": row.line, "why": refusal}))
            continue
        same = folded if field == "address" else str.casefold
        if same(offered) != same(held):
            yield IndexProposal(party.id, party.name, field, held, offered)


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
