"""What the engines below ask upwards, answered with what the plugins say: their terms and what waits in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Select

from core.deadlines.facts import Source, more_sources
from core.deadlines.rules import Case
from core.deadlines.standard import more_rules, rules_in
from core.deadlines.waiting import Waiting, more_waiting
from core.ground.access import ScopedSession
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.plugins.asking import ask_or
from core.plugins.bound import ask_offer, offered, plugins_of, said
from core.plugins.loading import LoadedPlugin
from core.plugins.offers import DeadlineSource

DEADLINES = "patto_deadlines"


@more_sources
def sources(database: Database) -> Mapping[str, Source]:
    """The cases of the plugins' own tables."""
    return {offer.subject: Source(partial(_living, loaded, offer), partial(_cases, loaded, offer))
            for loaded, offer in offered(database, DEADLINES)}


def _living(loaded: LoadedPlugin, offer: DeadlineSource, today: date) -> Select[int]:
    living: Select[int] = ask_offer(loaded, DEADLINES, partial(offer.living, today))
    return living


def _cases(loaded: LoadedPlugin, offer: DeadlineSource, session: ScopedSession, ids: Collection[int],
           today: date) -> Iterator[Case]:
    """The cases as the plugin tells them. PluginFailed if it fails: their deadlines then stay as they are."""
    told: tuple[Case, ...] = ask_offer(loaded, DEADLINES, lambda: offer.cases(session, ids, today), session)
    yield from told


@more_rules
def rules(database: Database) -> Sequence[dict[str, Any]]:
    """The rules that stand in the files of the plugins; of one that states something else, none."""
    nothing: list[dict[str, Any]] = []
    return [rule for loaded, offer in offered(database, DEADLINES)
            for rule in ask_or(loaded.description.code, DEADLINES, partial(_stated, offer), nothing,
                               strict=plugins_of(database).strict)]


def _stated(offer: DeadlineSource) -> list[dict[str, Any]]:
    return [_own(offer, rule) for rule in rules_in(offer.rules) if rule["subject"] == offer.subject]


def _own(offer: DeadlineSource, rule: dict[str, Any]) -> dict[str, Any]:
    unknown = {rule["event"], rule["expected"], rule.get("cancelled_by", "")} - {"", *offer.events}
    if unknown or rule.get("shared"):
        raise RuleBroken("%(file)s, «%(rule)s»: la regola nomina solo eventi della sua fonte e resta agli uffici "
                         "dell'azienda.", file=offer.rules.name, rule=rule["code"])
    return rule


@more_waiting
def tasks(session: ScopedSession, today: date) -> list[Waiting]:
    """What waits in the plugins, each on its page."""
    return [Waiting(task.page, task.key or 0, task.case, task.what, task.role, task.due)
            for _loaded, task in said(session, "patto_waiting", today=today)]
