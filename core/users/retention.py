"""How long what names people is kept: dated rules with their source (what a night clears by them: ``clearing``).

The history itself, the acts, the documents and the diaries of the cases have no rule here: the law keeps them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.required import require_text
from core.users.operations import OFFICE
from core.users.records import RetentionRule

LONGEST = 3650  # days
SINCE = date(2026, 1, 1)  # from when the standard rules hold


@cache
def standard_rules() -> dict[str, dict[str, Any]]:
    """The rules that an installation begins with, by kind."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return {facts["kind"]: facts for facts in tomllib.loads(text)["rules"]}


def install_rules(session: ScopedSession) -> int:
    """Add the rules of the kinds that have none yet, and count them."""
    present = set(session.scalars(select(RetentionRule.kind)))
    added = [RetentionRule(**facts, valid_from=SINCE) for kind, facts in standard_rules().items()
             if kind not in present]
    session.add_all(added)
    session.flush()
    return len(added)


def rules(session: ScopedSession) -> Sequence[RetentionRule]:
    """All rules, the newest first."""
    return session.scalars(select(RetentionRule).order_by(RetentionRule.valid_from.desc(), RetentionRule.id)).all()


def rule_on(session: ScopedSession, kind: str, day: date) -> RetentionRule | None:
    """The rule that holds on ``day``; None before the standard ones are there: then nothing is cleared."""
    begun = select(RetentionRule).where(RetentionRule.kind == kind, RetentionRule.valid_from <= day)
    return session.scalars(begun.order_by(RetentionRule.valid_from.desc()).limit(1)).first()


def set_rule(session: ScopedSession, kind: str, *, days: int, valid_from: date, legal_source: str, today: date
             ) -> RetentionRule:
    """Lay a new rule beside the ones before, from a day on. RuleBroken for fewer days than the law asks for, a day that
    is over or already has a rule, or no source."""
    session.principal.require(*OFFICE)
    if kind not in standard_rules():
        raise RuleBroken("Di questo genere di dati non c'è una regola di conservazione.")
    least = standard_rules()[kind]["least_days"]
    if not least <= days <= LONGEST:
        raise RuleBroken("I giorni devono essere almeno %(least)s e al massimo %(most)s.", field="days", least=least,
                         most=LONGEST)
    if valid_from < today:
        raise RuleBroken("La regola vale da oggi in poi: scegliere un giorno che non sia passato.", field="valid_from")
    require_text(legal_source, "Indicare da dove viene la durata: una norma, un provvedimento, una decisione "
                 "dell'azienda.", field="legal_source")
    if session.scalars(select(RetentionRule.id).where(RetentionRule.kind == kind,
                                                      RetentionRule.valid_from == valid_from)).first():
        raise RuleBroken("C'è già una regola da quel giorno: scegliere un altro giorno.", field="valid_from")
    rule = RetentionRule(kind=kind, days=days, least_days=least, valid_from=valid_from,
                         legal_source=legal_source.strip())
    session.add(rule)
    session.flush()
    return rule


def must_be_kept_since(session: ScopedSession, kind: str, today: date) -> datetime:
    """The moment from which rows of a kind must still be kept, whoever asks for their erasure."""
    rule = rule_on(session, kind, today)
    return midnight(today - timedelta(days=rule.least_days if rule else standard_rules()[kind]["least_days"]))


def midnight(day: date) -> datetime:
    """When a day begins in Rome."""
    return datetime.combine(day, time.min, tzinfo=clock.ROME)
