"""Finding what a row names: a municipality by name or code, the contract that holds, the numbers that are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.contracts.model import Contract, ContractParty
from core.contracts.states import ContractState
from core.ground.errors import RuleBroken
from core.imports.operations import Desk
from core.parties.model import Municipality

CODE = re.compile(r"\s*(\d{1,6})\s*/\s*(\d{4})\s*")
NOT_HELD = (ContractState.CANCELLED, ContractState.DRAFT, ContractState.MERGED)


def municipality(desk: Desk, text: str, *, field: str = "municipality") -> int:
    """The key of the municipality called ``text``, or with this ISTAT or fiscal code. RuleBroken if there is none."""
    known: dict[str, int] | None = desk.cache.get("municipalities")
    if known is None:
        known = desk.cache["municipalities"] = {}
        columns = (Municipality.id, Municipality.name, Municipality.slug, Municipality.istat, Municipality.tax_code)
        for key, *names in desk.session.execute(select(*columns)):
            known.update({name.casefold(): key for name in names if name})
    plain = " ".join(text.split()).casefold()
    found = known.get(plain) or known.get(plain.removeprefix("comune di ").strip())
    if found is None:
        raise RuleBroken("«%(text)s» non è tra i comuni registrati: scriverne il nome come nell'elenco, o il codice "
                         "ISTAT. Se manca, importare prima i comuni.", field=field, text=text)
    return found


def several(text: str | None) -> list[str]:
    """The parts of a cell that holds several things, parted by semicolons."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def code(text: str, *, field: str) -> tuple[int, int]:
    """Number and year of ``12/2024``. RuleBroken otherwise."""
    match = CODE.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise RuleBroken("«%(text)s» non è un numero con il suo anno: scriverlo come 12/2024.", field=field, text=text)
    return int(match[1]), int(match[2])


def contract(desk: Desk, municipality_id: int, day: date, written: str | None, *, field: str = "contract") -> int:
    """The key of the contract a row belongs to: the one written, else the only one that holds on ``day``.

    RuleBroken if the written one is not this municipality's, or if none or several hold.
    """
    query = (select(Contract.id, Contract.number, Contract.year).join(ContractParty)
             .where(ContractParty.party_id == municipality_id, Contract.state.not_in(NOT_HELD)))
    if written:
        number, year = code(written, field=field)
        found = desk.session.execute(query.where(Contract.number == number, Contract.year == year)).all()
        if not found:
            raise RuleBroken("Il contratto n. %(code)s non è tra quelli firmati da questo comune: controllarne il "
                             "numero, o importare prima i contratti.", field=field, code=f"{number}/{year}")
        return int(found[0].id)
    held = desk.session.execute(query.where(Contract.starts_on <= day, Contract.runs_to >= day)).all()
    return _only(held, day, field)


def _only(held: Sequence[object], day: date, field: str) -> int:
    if not held:
        raise RuleBroken("Il %(day)s nessun contratto firmato di questo comune è in corso: importare prima i "
                         "contratti.", field=field, day=f"{day:%d/%m/%Y}")
    if len(held) > 1:
        raise RuleBroken("Il %(day)s questo comune ha più contratti in corso: scrivere il numero di quello giusto.",
                         field=field, day=f"{day:%d/%m/%Y}")
    return int(held[0].id)  # type: ignore[attr-defined]
