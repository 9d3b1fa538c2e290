"""The standard rules, from the files of the subjects: for a new installation and for the demo."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.deadlines import rules
from core.deadlines.model import DeadlineRule
from core.ground.access import ScopedSession

FILES: set[Path] = set()


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
    added = [_rule(facts) for facts in standard_rules() if facts["code"] not in present]
    session.add_all(added)
    session.flush()
    return len(added)


def standard_rules() -> list[dict[str, Any]]:
    """The rules as the files state them."""
    return [facts for file in sorted(FILES) for facts in tomllib.loads(file.read_text(encoding="utf-8"))["rules"]]


@lru_cache
def events_of(subject: str) -> frozenset[str]:
    """The events that the facts of a subject know: the standard rules name them all, and a test holds them to it."""
    rules_here = (rule for rule in standard_rules() if rule["subject"] == subject)
    return frozenset(event for rule in rules_here
                     for event in (rule["event"], rule["expected"], rule.get("cancelled_by")) if event)


@lru_cache
def fixed_events() -> frozenset[str]:
    """The events that bring the end of their term with them: the contract's terms or the case itself say it."""
    return frozenset(rule["event"] for rule in standard_rules() if "amount" not in rule)


def _rule(facts: dict[str, Any]) -> DeadlineRule:
    texts = {name: " ".join(facts.get(name, "").split()) for name in ("text", "legal_source")}
    days = tuple(str(day) for day in rules.alert_days(str(day) for day in facts["alert_days"]))
    return DeadlineRule(**{**facts, **texts, "amount": facts.get("amount"), "alert_days": days})
