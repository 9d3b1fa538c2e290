"""The standard rules, from the files of the subjects: for a new installation and for the demo."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.deadlines import rules
from core.deadlines.model import DeadlineRule
from core.ground.access import ScopedSession
from core.ground.db import Database
from core.ground.upward import Upward

FILES: set[Path] = set()
more_rules: Upward[[Database], Sequence[dict[str, Any]]] = Upward()
"""The rules that plugins bring with the sources of their own, as their files state them."""


def rules_beside(module: str) -> None:
    """Register the standard rules of a subject: they stand in the ``.toml`` beside its ``deadlines.py``.

    ``event`` starts a term, ``expected`` ends it, ``cancelled_by`` calls it off: events are those that the subject
    tells of its cases. Without ``amount`` the case itself says how long the term is: the terms of its contract, a date.
    An installation edits its own copy of each rule; the file is only where they begin.
    """
    FILES.add(Path(module).with_suffix(".toml"))


def install_rules(session: ScopedSession) -> int:
    """Add the standard rules that are not there yet, and count them; what people changed in the others stays."""
    present = set(session.scalars(select(DeadlineRule.code)))
    added = [_rule(facts) for facts in all_rules(session.database) if facts["code"] not in present]
    session.add_all(added)
    session.flush()
    return len(added)


def standard_rules() -> list[dict[str, Any]]:
    """The rules as the files of the subjects state them."""
    return [facts for file in sorted(FILES) for facts in rules_in(file)]


def rules_in(file: Path) -> list[dict[str, Any]]:
    """The rules that a file states."""
    found: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["rules"]
    return found


def all_rules(database: Database) -> list[dict[str, Any]]:
    """The standard rules, and those of the plugins that answer beside this database."""
    return [*standard_rules(), *(facts for found in more_rules.tell(database) for facts in found)]


def events_of(database: Database, subject: str) -> frozenset[str]:
    """The events that the facts of a subject know: the standard rules name them all, and a test holds them to it."""
    more = [facts for found in more_rules.tell(database) for facts in found if facts["subject"] == subject]
    return _of_files(subject) | _events(more)


def fixed_events(database: Database) -> frozenset[str]:
    """The events that bring the end of their term with them: the contract's terms or the case itself say it."""
    return frozenset(rule["event"] for rule in all_rules(database) if "amount" not in rule)


@lru_cache
def _of_files(subject: str) -> frozenset[str]:
    return _events(rule for rule in standard_rules() if rule["subject"] == subject)


def _events(rules_here: Iterable[dict[str, Any]]) -> frozenset[str]:
    return frozenset(event for rule in rules_here
                     for event in (rule["event"], rule["expected"], rule.get("cancelled_by")) if event)


def _rule(facts: dict[str, Any]) -> DeadlineRule:
    texts = {name: " ".join(facts.get(name, "").split()) for name in ("text", "legal_source")}
    days = tuple(str(day) for day in rules.alert_days(str(day) for day in facts["alert_days"]))
    return DeadlineRule(**{**facts, **texts, "amount": facts.get("amount"), "alert_days": days})
