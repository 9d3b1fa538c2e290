"""The small azienda that has disputes, with the standard rules of the deadlines, and what any test does with a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.cases.model import Sending
from core.deadlines.model import Deadline
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.disputes.operations import LetterDispatch
from core.ground.access import Principal
from core.ground.files import Upload
from tests.conftest import UnitFactory
from tests.factories import clerk_of
from tests.ground import Reach
from tests.ledger import MANAGER, Ledger
from tests.ledger import ledger as small_azienda

ledger = small_azienda
TODAY = date(2026, 5, 4)
PDF = b"%PDF-1.7 prova"
Do = Callable[..., Any]


@pytest.fixture(autouse=True)
def rules(ledger: Ledger, unit: UnitFactory, reach: Reach) -> None:
    """The standard rules are there."""
    reach("rules", lambda: _install(unit))


def _install(unit: UnitFactory) -> None:
    with unit("regole") as session:
        install_rules(session)


@pytest.fixture
def clerk(ledger: Ledger) -> Principal:
    """Somebody of Dresano."""
    return clerk_of(ledger.dresano)


@pytest.fixture
def do(unit: UnitFactory) -> Do:
    """``do(verb, key, actor=..., ...)``: one act at the version that is there; the state that it leads to."""

    def act(verb: Callable[..., Any], key: int, *args: Any, actor: Principal = MANAGER, today: date = TODAY,
            **facts: Any) -> str:
        with unit("atto", actor) as session:
            return verb(session, key, *args, version=None, today=today, **facts).state

    return act


@pytest.fixture
def pending(unit: UnitFactory) -> Callable[..., dict[str, tuple[str, date]]]:
    """The deadlines of a case by rule: state and nominal day."""

    def look(subject: str, key: int, today: date = TODAY) -> dict[str, tuple[str, date]]:
        with unit("segue") as session:
            follow(session, subject, [key], today=today)
            rows = session.scalars(select(Deadline).where(Deadline.subject == subject, Deadline.subject_id == key))
            return {row.rule.code: (row.state, row.nominal) for row in rows}

    return look


def letter(sent_on: date = TODAY, **facts: Any) -> LetterDispatch:
    """A letter by PEC."""
    return LetterDispatch(**{"file": Upload("lettera.pdf", PDF), "channel": "pec", "sent_on": sent_on,
                             "protocol_number": "77/2026", **facts})


def sendings(unit: UnitFactory, subject: str, key: int) -> list[Sending]:
    """The letters of a case."""
    with unit("legge") as session:
        return list(session.scalars(select(Sending).where(Sending.subject == subject, Sending.subject_id == key)))
