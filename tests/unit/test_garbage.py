"""Garbage: collected at safe points where the interpreter may not be left to choose, and nowhere else."""

from __future__ import annotations

import gc
import sys

import pytest

from core.ground import garbage


class Ring:
    """Garbage that only a collection finds."""

    left = 0

    def __init__(self) -> None:
        self.me = self
        Ring.left += 1

    def __del__(self) -> None:
        Ring.left -= 1


@pytest.fixture
def rings():
    """As many rings as the interpreter lets lie before it collects, and one more."""
    enabled, thresholds, Ring.left = gc.isenabled(), gc.get_threshold(), 0
    gc.set_threshold(50, 10, 10)

    def drop() -> None:
        for _ in range(51):
            Ring()

    yield drop
    gc.set_threshold(*thresholds)
    if enabled:
        gc.enable()
    gc.collect()


def test_before_312_nothing_is_collected_until_it_is_asked_for(rings, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 7))
    gc.collect()
    garbage.at_safe_points_only()
    rings()
    assert Ring.left == 51
    garbage.collect_due()
    assert Ring.left == 0


def test_what_is_not_due_is_left_lying(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 7))
    monkeypatch.setattr(gc, "isenabled", lambda: False)
    monkeypatch.setattr(gc, "get_count", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "collect", lambda _generation: pytest.fail("nothing was due"))
    garbage.collect_due()


@pytest.mark.parametrize(("count", "generation"), [((701, 0, 0), 0), ((701, 11, 10), 1), ((0, 0, 11), 2)])
def test_the_oldest_generation_that_is_due_is_collected(monkeypatch, count, generation):
    collected: list[int] = []
    monkeypatch.setattr(gc, "isenabled", lambda: False)
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "get_count", lambda: count)
    monkeypatch.setattr(gc, "collect", collected.append)
    garbage.collect_due()
    assert collected == [generation]


def test_from_312_the_interpreter_does_it_by_itself(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 12, 0))
    monkeypatch.setattr(gc, "disable", lambda: pytest.fail("it does so already"))
    monkeypatch.setattr(gc, "collect", lambda _generation: pytest.fail("it does so already"))
    garbage.at_safe_points_only()
    garbage.collect_due()
