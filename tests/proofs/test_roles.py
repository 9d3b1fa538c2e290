"""Who may do what: every cell of every table, tried by a person of each role, against ``roles.toml`` beside this file.

The tables of the code are not asked: the file was written from the rules. A role that a table gains or loses is found.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.ground.access import Principal, Role, ScopedSession, as_system
from core.ground.db import Database
from core.ground.states import Life, Need, Passage, PassageLog, Proof
from core.ground.unit_of_work import unit_of_work
from tests.proofs.lives import EVERYBODY, LIVES, passes, proof, standing

__all__ = ["proof"]  # a fixture
pytestmark = pytest.mark.proof
TOLD: dict[str, Any] = tomllib.loads(Path(__file__).with_name("roles.toml").read_text("utf-8"))
ALWAYS, NEVER = (frozenset(TOLD.pop(name)) for name in ("always", "never"))


BEHALF = " on behalf"
REFUSED, OWN, OTHERS = "rifiutato", "passa", "passa per conto"


def may(name: str, action: str) -> frozenset[Role]:
    """The roles that the file gives to an action, as their own act or as another's."""
    return frozenset(Role(role.removesuffix(BEHALF)) for role in {*TOLD[name][action], *ALWAYS})


def told(name: str, action: str, who: Principal) -> str:
    """What the file says of somebody who tries an action."""
    if not who.roles & may(name, action):
        return REFUSED
    return OTHERS if {f"{role}{BEHALF}" for role in who.roles} & set(TOLD[name][action]) else OWN


def tried(session: ScopedSession, life: Life, row: Any, passage: Passage, proof: Proof) -> str:
    """What comes of it: what is another's act does not pass without that other's document, and is marked."""
    if not passes(session, life, row, passage.state, passage.action, proof):
        return REFUSED
    newest = select(PassageLog.on_behalf).order_by(PassageLog.id.desc()).limit(1)
    [(marked,)] = as_system(session, newest, reason="prova")
    if Need.DOCUMENT not in passage.needs:
        bare = passes(session, life, row, passage.state, passage.action, replace(proof, document_id=None))
        assert bare != marked, f"{passage.action}: another's act without the other's document, or one's own with it"
    return OTHERS if marked else OWN


def differences(database: Database, name: str, life: Life, proof: Proof) -> list[str]:
    """Where a table and the file do not agree on who passes, and for whom."""
    row, found = standing(database, LIVES[name][1]), []
    for who in EVERYBODY:
        with unit_of_work(database, who, act="prova") as session:
            for passage in life.passages:
                outcome = tried(session, life, row, passage, proof)
                if outcome != told(name, passage.action, who):
                    found.append(f"{who.name}, {passage.action}: {outcome}")
    return sorted(set(found))


def test_the_file_tells_of_every_action_of_every_life_and_of_no_other() -> None:
    assert {name: set(actions) for name, actions in TOLD.items()} == {
        name: {passage.action for passage in life.passages} for name, (life, _entity, _states) in LIVES.items()}
    assert not [(name, action) for name, actions in TOLD.items() for action in actions if may(name, action) & NEVER]


@pytest.mark.parametrize("name", LIVES)
def test_who_may_do_what_is_what_the_rules_say(
    database: Database, proof: Proof, name: str, backend: str, figure: Callable[..., None]
) -> None:
    life = LIVES[name][0]
    assert differences(database, name, life, proof) == []
    figure(f"ruoli, {name} ({backend})",
           f"{len(life.passages)} passaggi per {len(EVERYBODY)} persone, tutti come dicono le regole")


@pytest.mark.parametrize(("name", "action", "role", "found"), [
    ("accreditamento", "grant", Role.PROVIDER, "passa"),
    ("richiesta", "approve", Role.ACCOUNTING, "passa"),
    ("contratto", "sign", Role.MUNICIPALITY, "passa"),
    ("diffida", "answer", Role.MANAGEMENT, "rifiutato"),
])
def test_the_control_a_role_more_or_less_in_a_table_is_found(
    database: Database, proof: Proof, name: str, action: str, role: Role, found: str, backend: str,
    figure: Callable[..., None],
) -> None:
    mutant = Life(*(replace(passage, roles=passage.roles ^ {role}) if passage.action == action else passage
                    for passage in LIVES[name][0].passages))
    wrong = differences(database, name, mutant, proof)
    figure(f"ruoli, tabella mutata ({backend})", f"{'; '.join(wrong)}")
    assert wrong == [f"Prova {role}, {action}: {found}"]


def test_the_control_a_debtor_who_judges_itself_is_found(
    database: Database, proof: Proof, backend: str, figure: Callable[..., None]
) -> None:
    mutant = Life(*(replace(passage, on_behalf=frozenset()) if passage.action == "cancel" else passage
                    for passage in LIVES["penale"][0].passages))
    wrong = differences(database, "penale", mutant, proof)
    figure(f"ruoli, debitore che giudica sé stesso ({backend})", f"{'; '.join(wrong)}")
    assert wrong == ["Prova management, cancel: passa"]
