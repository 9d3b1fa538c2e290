"""Finding what a row names: a municipality by name or code, the contract that holds, the numbers that are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.contracts.model import Contract, ContractParty, ContractTerms
from core.contracts.states import ContractState
from core.ground.access import ScopedSession
from core.ground.clock import Roll
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.imports.operations import Desk
from core.parties.model import Municipality
from core.parties.names import understand

CODE = re.compile(r"\s*(\d{1,6})\s*/\s*(\d{4})\s*")
NOT_HELD = (ContractState.CANCELLED, ContractState.DRAFT, ContractState.MERGED)


def municipality(desk: Desk, text: str, *, field: str = "municipality") -> int:
    """The key of the municipality that ``text`` means, or with this ISTAT or fiscal code. RuleBroken if there is none.

    The name is understood as everywhere (``core.parties.names``); one that only resembles is not taken for it.
    """
    found = desk.known("municipality codes", lambda: _codes(desk.session)).get(folded(text)) or called(desk, text)
    if found is None:
        raise RuleBroken("«%(text)s» non è tra gli enti registrati: scriverne il nome come nell'elenco, o il codice "
                         "ISTAT. Se manca, importare prima gli enti.", field=field, text=text)
    return found


def called(desk: Desk, name: str) -> int | None:
    """The key of the municipality that ``name`` means, None for another body."""
    known = desk.known("municipalities", lambda: [
        (key, text) for key, text in desk.session.execute(select(Municipality.id, Municipality.name))])
    # many rows name the same few: each spelling is understood once
    meant = desk.known("municipalities as they were written", dict[str, int | None])
    if name not in meant:
        meant[name] = understand(name, known).means
    return meant[name]


def _codes(session: ScopedSession) -> dict[str, int]:
    columns = (Municipality.id, Municipality.slug, Municipality.istat, Municipality.tax_code)
    return {folded(code): key for key, *codes in session.execute(select(*columns)) for code in codes if code}


def several(text: str | None) -> list[str]:
    """The parts of a cell that holds several things, parted by semicolons."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def code(text: str, *, field: str) -> tuple[int, int]:
    """Number and year of ``12/2024``. RuleBroken otherwise."""
    match = CODE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise RuleBroken("«%(text)s» non è un numero con il suo anno: scriverlo come 12/2024.", field=field, text=text)
    return int(match[1]), int(match[2])


@dataclass(frozen=True)
class Held:
    """A contract that was signed, as far as a row of another import needs it."""

    id: int
    number: int
    year: int
    starts_on: date
    runs_to: date
    terms_id: int
    roll: Roll


def contract(desk: Desk, municipality_id: int, day: date, written: str | None, *, field: str = "contract") -> Held:
    """The contract a row belongs to: the one written, else the only one that holds on ``day``.

    RuleBroken if the written one is not this municipality's, or if none or several hold.
    """
    own = desk.known("contracts", lambda: _contracts(desk.session)).get(municipality_id, [])
    if written:
        number, year = code(written, field=field)
        found = next((held for held in own if (held.number, held.year) == (number, year)), None)
        if found is None:
            raise RuleBroken("Il contratto n. %(code)s non è tra quelli firmati da questo ente: controllarne il "
                             "numero, o importare prima i contratti.", field=field, code=f"{number}/{year}")
        return found
    return _only([held for held in own if held.starts_on <= day <= held.runs_to], day, field)


def _contracts(session: ScopedSession) -> dict[int, list[Held]]:
    """The signed contracts of each municipality."""
    rows = (
        select(ContractParty.party_id, Contract.id, Contract.number, Contract.year, Contract.starts_on,
               Contract.runs_to, Contract.terms_id, ContractTerms.roll_policy)
        .join(Contract, Contract.id == ContractParty.contract_id)
        .join(ContractTerms, ContractTerms.id == Contract.terms_id)
        .where(Contract.state.not_in(NOT_HELD))
    )
    found: dict[int, list[Held]] = {}
    for party, key, number, year, starts_on, runs_to, terms_id, roll in session.execute(rows.order_by(Contract.id)):
        held = Held(key, number, year, starts_on, runs_to, terms_id, Roll(roll))
        found.setdefault(party, []).append(held)
    return found


def _only(held: Sequence[Held], day: date, field: str) -> Held:
    if not held:
        raise RuleBroken("Il %(day)s nessun contratto firmato di questo ente è in corso: importare prima i "
                         "contratti.", field=field, day=f"{day:%d/%m/%Y}")
    if len(held) > 1:
        raise RuleBroken("Il %(day)s questo ente ha più contratti in corso: scrivere il numero di quello giusto.",
                         field=field, day=f"{day:%d/%m/%Y}")
    return held[0]
