"""Yearly numbers without gaps: one counter row per register and year, in the transaction that uses the number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Insert, case
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.ground.access import as_system
from core.ground.db import Base, dialect


class Counter(Base):
    """The last number given in a register in a year. A rolled back transaction gives its number back."""

    __tablename__ = "counter"
    __table_args__ = (CheckConstraint("last > 0", name="positive"),)

    register: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(session: Session, register: str, year: int) -> int:
    """The next number of ``register`` in ``year``; the row stays locked until the transaction ends."""
    [(number,)] = as_system(session, _step(session, register, year), reason=f"numero {register}/{year}")
    return int(number)


def _step(session: Session, register: str, year: int) -> Insert:
    insert: Any = dialect(session).insert(Counter).values(register=register, year=year, last=1)
    step: Insert = insert.on_conflict_do_update(
        index_elements=[Counter.register, Counter.year], set_={"last": Counter.last + 1}
    ).returning(Counter.last)
    return step


def reserve_number(session: Session, register: str, year: int, number: int) -> None:
    """Let the register go on after ``number``, which a paper already bears: it is never given out again."""
    insert: Any = dialect(session).insert(Counter).values(register=register, year=year, last=number)
    later = case((Counter.last < number, number), else_=Counter.last)
    step = insert.on_conflict_do_update(index_elements=[Counter.register, Counter.year], set_={"last": later})
    as_system(session, step, reason=f"numero {number} di {register}/{year} già dato")
