"""What a set says of days and money, applied: when one applies, when it is decided, until when it holds, what is paid.

Pure: each is data of the set, and where it says nothing there is no such limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from core.accreditation.model import Accreditation, RequirementSet
from core.documents.words import euro
from core.ground.clock import add_months
from core.ground.errors import Finding, Level, Place, RuleBroken

Window = tuple[date, date, date | None]  # first and last day, and by when the commission decides


def windows(rows: Iterable[Mapping[str, str]]) -> list[Window]:
    """The periods in which one applies, in order."""
    found = [(date.fromisoformat(row["from"]), date.fromisoformat(row["to"]),
              date.fromisoformat(row["decide_by"]) if row.get("decide_by") else None) for row in rows]
    return sorted(found, key=lambda window: window[0])


def require_window(the_set: RequirementSet, day: date, *, field: str) -> None:
    """RuleBroken for an application on a day that lies in none of the windows, naming the next one."""
    held = windows(the_set.windows)
    if not held or any(first <= day <= last for first, last, _by in held):
        return
    coming = next((window for window in held if window[0] > day), None)
    if coming is None:
        raise RuleBroken("Le domande si presentavano fino al %(last)s: per le prossime serve un'edizione nuova dei "
                         "requisiti, con le sue finestre.", field=field, last=f"{held[-1][1]:%d/%m/%Y}").mended(
            Place("requirement_set", the_set.id))
    raise RuleBroken("Il %(day)s non si presentano domande: la prossima finestra va dal %(first)s al %(last)s.",
                     field=field, day=f"{day:%d/%m/%Y}", first=f"{coming[0]:%d/%m/%Y}", last=f"{coming[1]:%d/%m/%Y}")


def decision_due(
    rows: Iterable[Mapping[str, str]], filed_on: date | None, complete_on: date, examination_days: int
) -> date:
    """By when it is decided: with the commission of the window in which one applied, else so many days from
    completeness. What was completed after the commission has its days all the same."""
    counted = complete_on + timedelta(days=examination_days)
    day = filed_on or complete_on
    by = next((by for first, last, by in windows(rows) if first <= day <= last), None)
    return by if by is not None and by > complete_on else counted


def last_day_of(the_set: RequirementSet, first: date) -> date:
    """The last day of an accreditation that begins on ``first``: the one for all, else so many months.

    RuleBroken for a beginning after the day on which all of them end.
    """
    if the_set.ends_on is None:
        return add_months(first, the_set.months) - timedelta(days=1)
    if first > the_set.ends_on:
        raise RuleBroken("Gli accreditamenti con questi requisiti finiscono tutti il %(day)s: il primo giorno non può "
                         "venire dopo.", field="valid_from", day=f"{the_set.ends_on:%d/%m/%Y}")
    return the_set.ends_on


def fee_missing(row: Accreditation) -> list[Finding]:
    """That the fee of the application is not paid, if its set asks for one."""
    if not row.set.fee or row.fee_paid_on is not None:
        return []
    return [Finding("Manca il pagamento del contributo di %(amount)s.", {"amount": euro(row.set.fee)}, Level.ERROR,
                    "fee", at=Place("accreditation.fee", row.id))]
