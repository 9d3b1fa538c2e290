"""The types of unit as dated data: those that an installation begins with, and which row holds on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import SessionTransaction, UOWTransaction

from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import RuleBroken
from core.ground.order import in_order
from core.ground.paths import SEED
from core.ground.required import require_text
from core.parties import rules as parties
from core.providers import rules
from core.providers.model import UnitType

FILE = SEED / "unit_types.toml"
EDITORS = (Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM)
KNOWN = "unit types by day"
LIMITS = ("min_places", "max_places", "min_age_months", "max_age_months")
TYPE = frozenset({"code", "name", "area", "regional", "provides_at", "limits_verified", "valid_from", "valid_to",
                  "legal_source", *LIMITS})
EDITED = TYPE - {"code", "valid_from"}
BEGINNING: Mapping[str, Any] = {"regional": True, "provides_at": "seat", "limits_verified": False,
                                "valid_to": None, **dict.fromkeys(LIMITS)}


def install_types(session: ScopedSession, codes: Collection[str] | None = None) -> int:
    """Add the types that are not there yet, and count them; what people changed in the others stays.

    ``codes``: only these.
    """
    present = set(session.scalars(select(UnitType.code)))
    added = [UnitType(**{**BEGINNING, **facts}) for facts in standard_types()
             if facts["code"] not in present and (codes is None or facts["code"] in codes)]
    session.add_all(added)
    session.flush()
    return len(added)


def standard_types() -> list[dict[str, Any]]:
    """The types as the file states them, each with the day from which the list holds."""
    facts = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [{"valid_from": facts["valid_from"], **row} for row in facts["types"]]


def types_on(session: ScopedSession, day: date) -> Sequence[UnitType]:
    """The types that hold on ``day``, by area and name: a session asks once for a day, until it changes one."""
    known: dict[date, Sequence[UnitType]] = session.info.setdefault(KNOWN, {})
    if day not in known:
        holds = UnitType.valid_from <= day, or_(UnitType.valid_to.is_(None), UnitType.valid_to >= day)
        query = select(UnitType).where(*holds).order_by(in_order(UnitType.area), UnitType.id)
        known[day] = session.scalars(query).all()
    return known[day]


@event.listens_for(ScopedSession, "after_flush")
def _forget(session: ScopedSession, _context: UOWTransaction) -> None:
    if any(isinstance(row, UnitType) for row in (*session.new, *session.dirty, *session.deleted)):
        session.info.pop(KNOWN, None)


@event.listens_for(ScopedSession, "after_soft_rollback")
def _forget_what_was_taken_back(session: ScopedSession, _transaction: SessionTransaction) -> None:
    session.info.pop(KNOWN, None)


def type_on(session: ScopedSession, code: str, day: date) -> UnitType | None:
    """The row of a type that holds on ``day``: its limits then; None before the first and after the last."""
    return next((found for found in types_on(session, day) if found.code == code), None)


def require_type(session: ScopedSession, type_id: int, day: date, *, field: str = "type_id") -> UnitType:
    """The type, if it holds on ``day``; a row that a newer one has replaced stands for the newer one.

    RuleBroken for a type that does not hold then.
    """
    named = session.require(UnitType, type_id)
    found = type_on(session, named.code, day)
    if found is None:
        raise RuleBroken("Il tipo «%(name)s» non vale il %(day)s: sceglierne uno in vigore quel giorno.", field=field,
                         name=named.name, day=f"{day:%d/%m/%Y}")
    return found


def add_type(session: ScopedSession, facts: Mapping[str, Any]) -> UnitType:
    """Register a type, or a newer row of one that is there: from its day it takes the place of the older one.

    RuleBroken for a code that is none, limits that contradict each other, no source, or a day that is not after the
    beginning of the row before.
    """
    session.principal.require(*EDITORS)
    row = _checked(take(UnitType(**{name: BEGINNING[name] for name in ("valid_to", *LIMITS)}), facts, TYPE))
    row.code = rules.type_code(row.code)
    _supersede(session, row)
    session.add(row)
    session.flush()
    return row


def edit_type(session: ScopedSession, type_id: int, facts: Mapping[str, Any], *, version: int | None) -> UnitType:
    """Correct a row of a type: a limit that has been verified, a source, a last day. Its code and first day stay."""
    session.principal.require(*EDITORS)
    row = at_version(session.require(UnitType, type_id), version)
    row = _checked(take(row, facts, EDITED))
    after = select(UnitType.valid_from).where(UnitType.code == row.code, UnitType.valid_from > row.valid_from)
    newer = session.scalars(after.order_by(UnitType.valid_from).limit(1)).first()
    if newer is not None and (row.valid_to is None or row.valid_to >= newer):
        raise RuleBroken("Dal %(day)s vale una versione più recente di questo tipo: questa finisce al più tardi il "
                         "giorno prima.", field="valid_to", day=f"{newer:%d/%m/%Y}")
    session.flush()
    return row


def _checked(row: UnitType) -> UnitType:
    require_text(row.name, "Indicare la denominazione del tipo.", field="name")
    require_text(row.legal_source, "Indicare la fonte: la delibera o l'atto da cui viene questo tipo, o «da "
                                   "verificare».", field="legal_source")
    if row.area not in rules.AREAS:
        raise RuleBroken("Scegliere l'area del tipo.", field="area")
    if row.provides_at not in rules.PLACES_OF_WORK:
        raise RuleBroken("Indicare dove si svolge il servizio.", field="provides_at")
    rules.require_limits(row)
    parties.period(row.valid_from, row.valid_to)
    return row


def _supersede(session: ScopedSession, row: UnitType) -> None:
    """End the row before on the day before this one begins."""
    known = select(UnitType).where(UnitType.code == row.code).order_by(UnitType.valid_from.desc())
    last = session.scalars(known.limit(1)).first()
    if last is None:
        return
    if row.valid_from <= last.valid_from:
        raise RuleBroken("Il tipo «%(code)s» ha già una versione dal %(day)s: indicare un giorno successivo, o "
                         "correggere quella.", field="valid_from", code=row.code, day=f"{last.valid_from:%d/%m/%Y}")
    if last.valid_to is None or last.valid_to >= row.valid_from:
        last.valid_to = row.valid_from - timedelta(days=1)
