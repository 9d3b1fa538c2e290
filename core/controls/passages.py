"""What the cases around a contract do alike: which contract they stand under, what was typed, a passage taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import inspect

from core.contracts.model import Contract
from core.contracts.states import NOT_YET
from core.ground.access import ScopedSession
from core.ground.edits import touch
from core.ground.errors import RuleBroken
from core.ground.states import Life
from core.parties.model import Municipality
from core.penalties.procedure import in_force

Row = TypeVar("Row")
LONGEST, LONGEST_TITLE = 20_000, 500
Forgets = Mapping[str, Sequence[str]]


def contract_under(
    session: ScopedSession, contract_id: int, municipality_id: int, service_id: int | None = None
) -> Contract:
    """The signed contract of a municipality. RuleBroken for a draft, another's contract, or a service not in it."""
    contract = session.require(Contract, contract_id)
    municipality = session.require(Municipality, municipality_id)
    if contract.state in NOT_YET or contract.amends_id is not None:
        raise RuleBroken("Il contratto n. %(code)s non è ancora firmato: scegliere quello che vale.", field="party",
                         code=contract.code)
    if municipality.id not in {member.party_id for member in contract.municipality_parties}:
        raise RuleBroken("%(name)s non firma il contratto n. %(code)s: scegliere il suo.", field="party",
                         name=municipality.name, code=contract.code)
    served = {held.service_id for held in (*contract.conferrals, *contract.ended_conferrals)
              if held.municipality_id == municipality.id}
    if service_id is not None and service_id not in served:
        raise RuleBroken("Il servizio non è tra quelli che %(name)s affida con il contratto n. %(code)s: sceglierne "
                         "un altro, o nessuno.", field="service_id", name=municipality.name, code=contract.code)
    return contract


def require_since_start(contract: Contract, day: date, *, field: str) -> None:
    """RuleBroken for a day before the contract begins."""
    if day < contract.starts_on:
        raise RuleBroken("Il contratto n. %(code)s vale dal %(start)s: il %(day)s viene prima. Correggere la data o "
                         "scegliere il contratto di allora.", field=field, code=contract.code,
                         start=f"{contract.starts_on:%d/%m/%Y}", day=f"{day:%d/%m/%Y}")


def require_in_contract(contract: Contract, day: date, *, field: str) -> None:
    """RuleBroken for a day on which the services did not run under the contract; a continuity counts (R61)."""
    require_since_start(contract, day, field=field)
    if not in_force(contract, day):
        raise RuleBroken("Il contratto n. %(code)s è finito il %(end)s: il %(day)s viene dopo. Correggere la data o "
                         "scegliere il contratto che segue.", field=field, code=contract.code,
                         end=f"{contract.runs_to:%d/%m/%Y}", day=f"{day:%d/%m/%Y}")


def required(text: str, refusal: RuleBroken, *, longest: int = LONGEST) -> str:
    """What was typed, without space around. ``refusal`` if there is nothing; RuleBroken for too much."""
    typed = text.replace("\x00", "").strip()
    if not typed:
        raise refusal
    if len(typed) > longest:
        raise RuleBroken("Il testo è troppo lungo: %(length)s caratteri, al massimo %(most)s. Abbreviarlo o allegare "
                         "un file.", field=refusal.field, length=len(typed), most=longest)
    return typed


def require_order(before: date, after: date, refusal: RuleBroken) -> None:
    """``refusal``, which may say both days, if ``after`` comes before ``before``."""
    if after < before:
        raise RuleBroken(refusal.message, field=refusal.field, before=f"{before:%d/%m/%Y}", after=f"{after:%d/%m/%Y}")


def take_back(session: ScopedSession, life: Life, row: Row, forgets: Forgets, *, why: str, today: date) -> str:
    """Take back the last passage with a reason and forget what it had set; the action that was taken back.

    ``forgets``: for each action the columns that it sets. What it put in the diary stays there.
    RuleBroken without a reason or with nothing to take back, NotAllowed if the passage was another role's.
    """
    undone = life.undo(session, row, on=today, why=why)  # type: ignore[arg-type]
    for name in forgets.get(undone.action, ()):
        setattr(row, name, _blank(row, name))
    touch(session, row)
    return undone.action


def _blank(row: object, name: str) -> Any:
    column = inspect(type(row)).mapper.column_attrs[name].columns[0]
    return None if column.nullable else column.default.arg
