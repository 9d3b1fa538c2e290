"""What plugins put beside the core fails alone: terms stay as they are, the first page and the exports go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pluggy
import pytest
from sqlalchemy import select

from core.deadlines import facts, standard
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.rules import Case, Happening
from core.deadlines.waiting import waiting
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import Finding
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.plugins import asking
from core.plugins.asking import PluginFailed
from core.plugins.bound import bind, offered
from core.plugins.hookspecs import PluginDescription, PluginSpec, hookimpl
from core.plugins.loading import LoadedPlugin, Registry, Setup
from core.plugins.offers import DeadlineSource, Task
from tests import factories

TODAY = date(2026, 3, 10)
RULES = """
[[rules]]
code = "desk_term"
subject = "desk_case"
title = "Termine dello sportello"
event = "desk.begun"
expected = "desk.done"
owner_role = "management"
alert_days = [0]
"""


class Desk:
    """A plugin whose cases are the municipalities; it answers well until ``breaks``."""

    def __init__(self, rules: Path) -> None:
        self.rules, self.breaks = rules, False

    def _cases(self, session: ScopedSession, ids: Any, _today: date) -> Iterator[Case]:
        if self.breaks:
            raise KeyError("pratiche")
        for key in ids:
            yield Case("desk_case", key, f"Pratica {key}", (Happening("desk.begun", TODAY, due=date(2026, 6, 1)),))

    @hookimpl
    def patto_deadlines(self) -> Any:
        words = {"desk.begun": "Comincia", "desk.done": "Finisce"}
        return (DeadlineSource("desk_case", "Pratiche", words, self.rules, lambda _day: select(Municipality.id),
                               self._cases),)

    @hookimpl
    def patto_waiting(self, session: ScopedSession) -> Any:
        if self.breaks:
            raise KeyError("pratiche")
        role = next(iter(session.principal.roles))
        yield Task("desk.index", None, "Sportello", Finding("Aprire lo sportello."), role)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """The plugin, in a house that runs in production, with one municipality."""
    rules = tmp_path / "desk.toml"
    rules.write_text(RULES)
    plugin = Desk(rules)
    manager = pluggy.PluginManager("patto")
    manager.add_hookspecs(PluginSpec)
    manager.register(plugin, "desk")
    loaded = LoadedPlugin(PluginDescription("desk", "Sportello", ("social_work",), "1.0"), plugin, manager)  # type: ignore[arg-type]
    bind(database, Registry({"desk": loaded}, strict=False))
    with unit_of_work(database, system("prova"), act="arrivo") as session:
        session.add(factories.municipality("Dresano"))
    asking.untold()
    return plugin


def live(database: Database) -> None:
    with unit_of_work(database, system("scadenze"), act="scadenze") as session:
        standard.install_rules(session)
        follow(session, "desk_case", None, today=TODAY)


def terms(database: Database) -> list[tuple[str, str]]:
    with ScopedSession(database, system("prova")) as session:
        return [(row.case_title, row.state) for row in session.scalars(select(Deadline))]


def test_terms_of_a_plugin_that_fails_stay_as_they_are(database: Database, desk: Desk) -> None:
    live(database)
    assert terms(database) == [("Pratica 1", "open")]
    desk.breaks = True
    with pytest.raises(PluginFailed, match="«desk»"):
        live(database)
    assert terms(database) == [("Pratica 1", "open")]
    desk.breaks = False
    live(database)
    assert terms(database) == [("Pratica 1", "open")]


def test_rules_that_are_out_of_order_are_no_rules_and_the_program_keeps_its_own(database: Database, desk: Desk) -> None:
    for wrong in (RULES.replace("desk.done", "contract.signed"), RULES + "shared = true\n", "[[rules]\n"):
        desk.rules.write_text(wrong)
        with unit_of_work(database, system("prova"), act="regole") as session:
            standard.install_rules(session)
            assert session.scalars(select(DeadlineRule.id).where(DeadlineRule.subject == "desk_case")).all() == []
            assert session.scalars(select(DeadlineRule.id)).first() is not None
    assert {fault.plugin for fault in asking.untold()} == {"desk"}


def test_a_first_page_on_which_a_plugin_fails_lacks_its_tasks_only(database: Database, desk: Desk,
                                                                    manager: Principal) -> None:
    def waits() -> list[str]:
        with ScopedSession(database, manager) as session:
            return [str(item.what) for item in waiting(session, TODAY) if item.kind == "desk.index"]

    assert waits() == ["Aprire lo sportello."]
    desk.breaks = True
    assert waits() == []
    assert [fault.hook for fault in asking.untold()] == ["patto_waiting"]


def test_a_plugin_that_was_detached_is_not_asked_any_more(database: Database, desk: Desk) -> None:
    registry = database.beside.current()  # type: ignore[union-attr]
    in_use = {"desk": Setup()}
    bind(database, lambda: Registry(registry.plugins, strict=False, setups=in_use))
    assert "desk_case" in facts.sources(database) and offered(database, "patto_deadlines")
    in_use["desk"] = Setup(attached=False)
    assert "desk_case" not in facts.sources(database) and not offered(database, "patto_deadlines")
