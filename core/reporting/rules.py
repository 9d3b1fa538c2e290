"""The rules of staff and investments, and how planned and actual figures stand beside each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.ground.errors import RuleBroken
from core.ground.exercise import Exercise
from core.ground.money import exact_cents
from core.ground.names import folded
from core.ground.required import LONGEST_TITLE, require_text

MOST_PEOPLE = 9_999


class StaffKind(StrEnum):
    """By which of the four ways of R78 people work in a service; the sheets keep the same codes in their team."""

    OWN = "own"
    CONTRACT = "contract"
    ASSIGNED = "assigned"
    OUTSIDE = "outside"


KINDS: Mapping[str, str] = {  # as documents say them
    StaffKind.OWN: "dipendenti dell'azienda", StaffKind.CONTRACT: "altre forme contrattuali",
    StaffKind.ASSIGNED: "assegnati dagli enti soci", StaffKind.OUTSIDE: "nelle forme dell'art. 8",
}
UNSAID = ""  # the kind of who is planned in a sheet that does not say it


@dataclass(frozen=True)
class StaffFacts:
    """A row of the staff as somebody writes it."""

    profession: str
    kind: str
    people: int | None
    full_time: Decimal | None = None


@dataclass(frozen=True)
class StaffLine:
    """A profession in one kind: how many the sheet plans, how many there were; None where nobody has said it."""

    profession: str
    kind: str
    planned: int | None
    people: int | None
    full_time: Decimal | None


def require_staff(rows: Sequence[StaffFacts]) -> list[StaffFacts]:
    """The rows, checked. RuleBroken, on the field of its row (``rows-0-people``), for one that says nothing, cannot be
    or stands there twice."""
    if not rows:
        raise RuleBroken("Scrivere almeno una riga; se quest'anno il servizio non ha avuto personale, la figura "
                         "professionale con 0.", field="rows")
    checked = [_required(row, f"rows-{place}") for place, row in enumerate(rows)]
    seen = set[tuple[str, str]]()
    for place, row in enumerate(checked):
        if (key := (folded(row.profession), row.kind)) in seen:
            raise RuleBroken("«%(profession)s» di questo tipo c'è già in un'altra riga: sommare le due.",
                             field=f"rows-{place}-profession", profession=row.profession)
        seen.add(key)
    return checked


def _required(row: StaffFacts, at: str) -> StaffFacts:
    profession = require_text(row.profession, "Indicare la figura professionale, senza nomi di persone.",
                              field=f"{at}-profession", longest=LONGEST_TITLE)
    if row.kind not in set(StaffKind):
        raise RuleBroken("«%(profession)s»: scegliere il tipo di rapporto.", field=f"{at}-kind", profession=profession)
    if row.people is None:
        raise RuleBroken("«%(profession)s»: indicare quante persone, 0 se nessuna.", field=f"{at}-people",
                         profession=profession)
    if not 0 <= row.people <= MOST_PEOPLE:
        raise RuleBroken("«%(profession)s»: le persone vanno da 0 a %(most)s.", field=f"{at}-people",
                         profession=profession, most=MOST_PEOPLE)
    if row.full_time is not None and not 0 <= row.full_time <= row.people:
        raise RuleBroken("«%(profession)s»: i posti a tempo pieno vanno da 0 al numero delle persone, %(people)s.",
                         field=f"{at}-full_time", profession=profession, people=row.people)
    return StaffFacts(profession, row.kind, row.people, row.full_time)


def require_begun(exercise: Exercise, today: date, *, field: str) -> None:
    """RuleBroken for an exercise that has not begun: what was is told of it, not what will be."""
    if exercise.starts_on > today:
        raise RuleBroken("L'esercizio %(year)s comincia il %(day)s: si registra quello che è già avvenuto.",
                         field=field, year=str(exercise), day=f"{exercise.starts_on:%d/%m/%Y}")


def require_amounts(planned: Decimal | None, made: Decimal | None) -> None:
    """RuleBroken for an investment without any amount, a negative one or one of fractions of a cent."""
    if planned is None and made is None:
        raise RuleBroken("Indicare quanto si prevede di investire, o quanto si è investito.", field="planned")
    for field, amount in (("planned", planned), ("made", made)):
        if amount is not None and exact_cents(amount) < 0:
            raise RuleBroken("Questo importo non può essere negativo.", field=field)


def planned_of(team: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int | None]]:
    """The staff that a sheet plans: profession, kind, how many. A sheet of before the kinds says none of them."""
    return [(str(row["profession"]), row.get("kind") or UNSAID, row.get("count")) for row in team]


def beside(planned: Iterable[tuple[str, str, int | None]], figures: Iterable[StaffFacts]) -> list[StaffLine]:
    """Planned and actual by profession and kind: as the sheet has them, then what is only actual.

    Nothing is guessed: who is planned without a kind stands apart from who was there by one.
    """
    names: dict[tuple[str, str], str] = {}
    said: dict[tuple[str, str], int | None] = {}
    for profession, kind, count in planned:
        key = folded(profession), kind
        names.setdefault(key, profession)
        before = said.get(key)
        said[key] = before if count is None else (before or 0) + count
    there = {(folded(row.profession), row.kind): row for row in figures}
    names |= {key: row.profession for key, row in there.items() if key not in names}
    return [StaffLine(name, key[1], said.get(key), *_actual(there.get(key))) for key, name in names.items()]


def _actual(row: StaffFacts | None) -> tuple[int | None, Decimal | None]:
    return (None, None) if row is None else (row.people, row.full_time)


def total(values: Iterable[int | None]) -> int | None:
    """The sum of what is said; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def of_kind(lines: Iterable[StaffLine], kind: str) -> int | None:
    """How many people of a kind there were."""
    return total(line.people for line in lines if line.kind == kind)
