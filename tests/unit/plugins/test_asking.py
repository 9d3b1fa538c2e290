"""What a plugin does wrong while it answers is one fault with its name, and nothing more."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from core.ground.errors import RuleBroken
from core.plugins import asking


@pytest.fixture(autouse=True)
def nothing_untold() -> Iterator[None]:
    asking.untold()
    yield
    asking.untold()


def raises() -> Any:
    raise KeyError("hours")


def hangs() -> Any:
    while True:
        pass


def sleeps() -> Any:
    time.sleep(4)


def draws_late() -> Any:
    yield 1
    raise LookupError("manca il listino")


@pytest.mark.parametrize(("question", "words"), [
    (raises, "KeyError: 'hours'"),
    (lambda: sys.exit(1), "voleva chiudere il programma"),
    (hangs, "nessuna risposta in 1 secondi"),
    (sleeps, "nessuna risposta in 1 secondi"),
    (draws_late, "LookupError: manca il listino"),
])
def test_whatever_goes_wrong_is_one_fault_with_plugin_hook_words_and_line(question: Callable[[], Any],
                                                                         words: str) -> None:
    with pytest.raises(asking.PluginFailed, match="«desk» si è interrotto") as caught:
        asking.ask("desk", "check", question, seconds=1)
    [fault] = asking.untold()
    assert caught.value.fault is fault
    assert (fault.plugin, fault.hook) == ("desk", "check") and words in fault.message
    assert fault.where.startswith("tests/unit/plugins/test_asking.py:")
    assert asking.untold() == []


def test_what_goes_well_is_given_and_seen_in_the_context_of_who_asks() -> None:
    said = ContextVar("said", default="")
    said.set("qui")
    assert asking.ask("desk", "check", said.get) == "qui"
    drawn: Any = asking.ask("desk", "check", lambda: (number for number in (1, 2)))
    assert drawn == (1, 2)
    assert asking.untold() == []


def test_a_refusal_in_words_is_an_answer() -> None:
    def refuses() -> Any:
        raise RuleBroken("Il mese è chiuso.")

    with pytest.raises(RuleBroken, match="Il mese è chiuso"):
        asking.ask("desk", "record", refuses)
    assert asking.untold() == []
    assert asking.ask_or("desk", "event", refuses, None, strict=False) is None
    assert [fault.message for fault in asking.untold()] == ["RuleBroken: Il mese è chiuso."]


def test_the_core_goes_on_without_an_answer_unless_it_is_strict() -> None:
    assert asking.ask_or("desk", "panel", raises, (), strict=False) == ()
    with pytest.raises(asking.PluginFailed):
        asking.ask_or("desk", "panel", raises, (), strict=True)


def test_one_that_is_left_stops() -> None:
    counted = [0]

    def counts() -> Any:
        while True:
            counted[0] += 1

    asking.ask_or("desk", "check", counts, None, strict=False, seconds=1)
    then = counted[0]
    time.sleep(0.05)
    assert counted[0] == then
