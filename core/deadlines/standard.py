"""The standard rules, from their file: for a new installation and for the demo."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.access import ScopedSession
from core.deadlines import rules
from core.deadlines.model import DeadlineRule

FILE = Path(__file__).with_name("standard_rules.toml")


def install_rules(session: ScopedSession) -> int:
    """Add the standard rules that are not there yet, and count them; what people changed in the others stays."""
    present = set(session.scalars(select(DeadlineRule.code)))
    added = [_rule(facts) for facts in standard_rules() if facts["code"] not in present]
    session.add_all(added)
    session.flush()
    return len(added)


def standard_rules() -> list[dict[str, Any]]:
    """The rules as the file states them."""
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["rules"]
    return found


def _rule(facts: dict[str, Any]) -> DeadlineRule:
    texts = {name: " ".join(facts.get(name, "").split()) for name in ("text", "legal_source")}
    days = tuple(str(day) for day in rules.alert_days(str(day) for day in facts["alert_days"]))
    return DeadlineRule(**{**facts, **texts, "amount": facts.get("amount"), "alert_days": days})
