"""What the index of public administrations (IndicePA) says of a party, held against what is registered.

The index is a file that the office brings once a year (``core/imports/ipa.py``); what it said of each party then stays
here, so that the page of the party and the first page can tell where they still differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from core.ground.access import ScopedSession
from core.ground.clock import add_months
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.names import folded
from core.ground.written import one_line
from core.parties import places, rules
from core.parties.model import IndexEntry, Municipality, Party

FIELDS = ("ipa", "tax_code", "pec", "address", "postal_code", "istat", "cadastral")
OF_THE_PLACE = ("istat", "cadastral")  # a union has those of its seat
CHECKS: Mapping[str, Callable[[str], str]] = {
    "tax_code": rules.body_tax_code, "pec": rules.pec, "postal_code": places.postal_code, "istat": rules.istat,
    "cadastral": rules.cadastral, "ipa": lambda text: text.lower(), "address": one_line,
}
MONTHS = 12  # after which the index is to be brought again


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


def differences(party: Party, said: Mapping[str, str], *, comune: bool) -> Iterator[IndexProposal | RuleBroken]:
    """What ``said`` has otherwise than the party; a refusal for a datum that cannot be. ``comune``: it is one's row."""
    place = comune and isinstance(party, Municipality) and party.form == "comune"
    for field in FIELDS:
        offered, held = said.get(field, ""), str(getattr(party, field, None) or "")
        if not offered or not hasattr(party, field) or (field in OF_THE_PLACE and not place):
            continue
        try:
            offered = CHECKS[field](offered)
        except RuleBroken as refusal:
            yield refusal
            continue
        same = folded if field == "address" else str.casefold
        if same(offered) != same(held):
            yield IndexProposal(party.id, party.name, field, held, offered)


# --- what was read last -----------------------------------------------------------------------------------


def note(session: ScopedSession, party: Party, said: Mapping[str, str], *, today: date) -> IndexEntry:
    """Write down what the index says of a party today, in the place of what it said before."""
    entry = session.scalars(select(IndexEntry).where(IndexEntry.party_id == party.id)).first()
    if entry is None:
        entry = IndexEntry(party_id=party.id)
        session.add(entry)
    entry.read_on, entry.pec, entry.said = today, said.get("pec", ""), dict(said)
    return entry


def remarks(session: ScopedSession, party: Party) -> list[Finding]:
    """Where the party still differs from what the index said when it was last read: its PEC, then how much else."""
    entry = session.scalars(select(IndexEntry).where(IndexEntry.party_id == party.id)).first()
    if entry is None:
        return []
    day = f"{entry.read_on:%d/%m/%Y}"
    if not entry.said:
        return [Finding("Nell'Indice letto il %(day)s non c'è, c'è più volte o risulta in liquidazione.", {"day": day})]
    told = {one.field: one for one in differences(party, entry.said, comune=bool(entry.said.get("comune")))
            if isinstance(one, IndexProposal)}
    pec, found = told.pop("pec", None), list[Finding]()
    if pec is not None:
        found.append(other_pec(party.kind, party.id, pec.offered, entry.read_on))
    if told:
        found.append(Finding("L'Indice letto il %(day)s dice altrimenti %(count)s altri dati: confrontarlo di nuovo.",
                             {"day": day, "count": len(told)}, at=Place("index", 0)))
    return found


def other_pec(kind: str, party_id: int, offered: str, read_on: date) -> Finding:
    """That the PEC in the index is another. ``kind``: azienda or municipality."""
    return Finding("La PEC nell'Indice letto il %(day)s è un'altra: %(pec)s. Verificare quale è giusta.",
                   {"day": f"{read_on:%d/%m/%Y}", "pec": offered}, at=Place(kind, party_id, "pec"))


def other_pecs(session: ScopedSession, most: int) -> Iterator[tuple[int, str, Finding]]:
    """The parties whose PEC in the index is another: key, name, the remark."""
    asked = select(Party.kind, Party.id, Party.name, IndexEntry.pec, IndexEntry.read_on).join(
        IndexEntry, IndexEntry.party_id == Party.id).where(
        IndexEntry.pec != "", func.lower(func.coalesce(Party.pec, "")) != func.lower(IndexEntry.pec))
    for kind, key, name, pec, read_on in session.execute(asked.order_by(IndexEntry.party_id).limit(most)):
        yield key, name, other_pec(kind, key, pec, read_on)


def last_read(session: ScopedSession) -> date | None:
    """When the index was last brought; None if it never was."""
    return session.scalar(select(func.max(IndexEntry.read_on)))


def is_old(read_on: date | None, today: date) -> bool:
    """True a year after it was brought; never before it was for the first time."""
    return read_on is not None and add_months(read_on, MONTHS) <= today
