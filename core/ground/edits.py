"""What every edit of a row begins with: the form was filled on the row as it is now, and sets what it may set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


def touch(session: Session, row: Row, column: str = "state") -> Row:
    """Raise the version though only rows below it changed: a stale form of any part of it is refused."""
    flag_modified(row, column)
    session.flush()
    return row
