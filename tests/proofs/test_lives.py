"""Every cell of every state table: what the table allows to a role passes, all the rest is refused without a trace."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select

import core
from core.ground.access import Principal, ScopedSession, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.states import NO_PROOF, Life, Need, Passage, PassageLog, Proof
from core.ground.unit_of_work import unit_of_work
from tests.proofs.lives import EVERYBODY, LIVES, passes, proof, standing

__all__ = ["proof"]  # a fixture
pytestmark = pytest.mark.proof
Cell = tuple[str, str, Proof]


def allowed(life: Life, who: Principal) -> list[Passage]:
    """The passages of a table that somebody may do."""
    return [passage for passage in life.passages if who.roles & passage.roles]


def forbidden(life: Life, states: type[Any], who: Principal, proof: Proof) -> Iterator[Cell]:
    """What is refused to somebody: no such passage, another's role, or a proof that lacks one of its needs."""
    passages = {(p.state, p.action): p for p in life.passages}
    for state, action in product(states, {p.action for p in life.passages}):
        passage = passages.get((state, action))
        if passage is None or not who.roles & passage.roles:
            yield state, action, proof
        else:
            others = (Need.DOCUMENT,) if passage.is_others(who) else ()
            for need in {*passage.needs, *others}:
                yield state, action, replace(proof, **{need.value: getattr(NO_PROOF, need)})


def wrongly_passed(
    database: Database, life: Life, entity: type[Any], states: type[Any], proof: Proof
) -> list[tuple[str, Cell]]:
    """The forbidden cells that pass all the same."""
    row, found = standing(database, entity), []
    for who in EVERYBODY:
        with unit_of_work(database, who, act="prova") as session:
            found += [(who.name, cell) for cell in forbidden(life, states, who, proof)
                      if passes(session, life, row, *cell)]
    return found


def traces(database: Database) -> tuple[int, int]:
    """How many passages and how many changes are written."""
    with ScopedSession(database, system("prova")) as session:
        counts = [session.scalar(select(func.count(entity.id))) for entity in (PassageLog, AuditEntry)]
    return counts[0] or 0, counts[1] or 0


def test_every_life_of_the_core_is_tried() -> None:
    modules = [import_module(found.name) for found in pkgutil.walk_packages(core.__path__, "core.")]
    lives = {id(value): f"{module.__name__}.{name}" for module in modules for name, value in vars(module).items()
             if isinstance(value, Life)}
    tried = {id(life) for life, _entity, _states in LIVES.values()}
    assert {name for key, name in lives.items() if key not in tried} == set(), "add it to LIVES, with a row of its own"


def test_every_row_begins_in_a_state_of_its_life() -> None:
    begins = {name: entity.__table__.c.state.default for name, (_life, entity, _states) in LIVES.items()}
    assert not {name: begin.arg for name, begin in begins.items() if begin and begin.arg not in set(LIVES[name][2])}


@pytest.mark.parametrize("name", LIVES)
def test_what_the_table_allows_passes_and_is_written(
    database: Database, proof: Proof, name: str, backend: str, figure: Callable[..., None]
) -> None:
    life, entity, _states = LIVES[name]
    row, cells, already = standing(database, entity), [], traces(database)[0]
    for who in EVERYBODY:
        with unit_of_work(database, who, act="prova") as session:
            for passage in allowed(life, who):
                assert passes(session, life, row, passage.state, passage.action, proof), (who.name, passage)
                assert row.state == passage.to
                cells.append((passage.state, passage.action, passage.to, who.name))
    with ScopedSession(database, system("prova")) as session:
        log = session.scalars(select(PassageLog).order_by(PassageLog.id).offset(already)).all()
        assert [(entry.from_state, entry.action, entry.to_state, entry.actor) for entry in log] == cells
    figure(f"vita, {name} ({backend})", f"{len(cells)} caselle permesse, tutte passate e scritte")


@pytest.mark.parametrize("name", LIVES)
def test_all_the_rest_is_refused_and_leaves_no_trace(
    database: Database, proof: Proof, name: str, backend: str, figure: Callable[..., None]
) -> None:
    life, entity, states = LIVES[name]
    before = traces(database)
    assert wrongly_passed(database, life, entity, states, proof) == []
    assert traces(database) == before
    many = sum(1 for who in EVERYBODY for _cell in forbidden(life, states, who, proof))
    figure(f"vita, {name} ({backend})", f"{many} caselle vietate, tutte rifiutate, 0 tracce")


def test_the_control_goes_red_when_roles_are_not_asked(
    database: Database, proof: Proof, monkeypatch: pytest.MonkeyPatch, backend: str, figure: Callable[..., None]
) -> None:
    monkeypatch.setattr(Principal, "has", lambda self, *roles: True)
    passed = wrongly_passed(database, *LIVES["rata"], proof)
    figure(f"vita, controllo ({backend})", f"senza chiedere il ruolo: {len(passed)} passaggi vietati trovati")
    assert passed
