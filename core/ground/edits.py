"""What every edit of a row begins with: the form was filled on the row as it is now, and sets what it may set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableSequence, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from core.ground.errors import RuleBroken

Row = TypeVar("Row")


def at_version(row: Row, version: int | None) -> Row:
    """The row, if it is still the one that the form was filled on; RuleBroken if it is stale.

    None: whatever it is now. A table that keeps no version is never stale.
    """
    if version is not None and getattr(row, "version", version) != version:
        raise stale()
    return row


def locked(session: Session, row: Row) -> Row:
    """The row as it stands now, held until the end of the act: who waits here reads what the one before has written.

    Before a version is numbered, so that two at once do not both make it.
    """
    session.refresh(row, with_for_update=True)
    return row


def stale() -> RuleBroken:
    """What is said to the second of two who change the same thing."""
    return RuleBroken(
        "Nel frattempo qualcun altro ha modificato gli stessi dati: ricaricare la pagina e ripetere la modifica."
    )


def take(row: Row, facts: Mapping[str, Any], allowed: Collection[str]) -> Row:
    """Lay ``facts`` on the row. TypeError for one that is not ``allowed``: a mistake of the program."""
    if unknown := facts.keys() - set(allowed):
        raise TypeError(f"{type(row).__name__} does not take {sorted(unknown)}")
    for name, value in facts.items():
        setattr(row, name, value)
    return row


def lay(rows: MutableSequence[Row], wanted: Sequence[Row], columns: Sequence[str], *alike: Callable[[Row], object],
        by_place: bool = False) -> list[tuple[Row, Row]]:
    """Make ``rows`` say what ``wanted`` say, in those that are there: so the history tells what changed of each, and
    not that all went and came back. Gives the pairs of a row that stayed and what was wanted of it.

    A row stands for what is ``alike`` in the first of these functions, else in the next; ``by_place``: at last for what
    has its place among those that are left.
    """
    pairs = _paired(rows, wanted, [*alike, *([lambda _row: None] if by_place else [])])
    stays = {id(row) for row, _new in pairs}
    for row in [row for row in rows if id(row) not in stays]:
        rows.remove(row)
    meant = {id(new) for _row, new in pairs}
    for new in [new for new in wanted if id(new) not in meant]:
        rows.append(new)
    for row, new in pairs:
        for name in columns:
            if getattr(row, name) != getattr(new, name):
                setattr(row, name, getattr(new, name))
    return pairs


def _paired(rows: Sequence[Row], wanted: Sequence[Row], ways: Sequence[Callable[[Row], object]]
            ) -> list[tuple[Row, Row]]:
    free, open_, pairs = list(rows), list(wanted), []
    for way in ways:
        for new in list(open_):
            row = next((row for row in free if way(row) == way(new)), None)
            if row is not None:
                free.remove(row)
                open_.remove(new)
                pairs.append((row, new))
    return pairs


def touch(session: Session, row: Row, column: str = "state") -> Row:
    """Raise the version though only rows below it changed: a stale form of any part of it is refused."""
    flag_modified(row, column)
    session.flush()
    return row
