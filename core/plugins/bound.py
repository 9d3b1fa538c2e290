"""The plugins that answer beside the core in a database: whoever opens it for work binds them once.

A session reaches them through its database, so an operation need not be given them. A database without any answers
alone: nothing is told, nothing more is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import inspect

from core.ground.access import ScopedSession
from core.ground.db import Base, Database
from core.plugins.asking import ask, ask_or
from core.plugins.happened import (
    ContractSigned,
    Happened,
    MonthClosed,
    ProviderStopped,
    SharesApproved,
    SheetEdition,
)
from core.plugins.loading import LoadedPlugin, Registry

HOOKS: dict[type[Any], str] = {
    ContractSigned: "patto_contract_signed", SheetEdition: "patto_sheet_edition",
    ProviderStopped: "patto_provider_stopped", SharesApproved: "patto_shares_approved",
    MonthClosed: "patto_month_closed",
}
NOBODY = Registry()


@dataclass
class Bound:
    """The plugins that were bound to a database, and those of them that can answer there, once that was looked at."""

    registry: Registry
    ready: Registry | None = None


def bind(database: Database, registry: Registry) -> Database:
    """Let these plugins answer beside the core in ``database``; give it back."""
    database.beside = Bound(registry)
    return database


def plugins_of(database: Database) -> Registry:
    """The plugins that answer beside the core in a database: those whose tables it has; none if none are bound."""
    bound = database.beside
    if not isinstance(bound, Bound):
        return NOBODY
    if bound.ready is None:
        there = set(inspect(database.reading).get_table_names())
        bound.ready = replace(bound.registry, offered={}, plugins={
            code: loaded for code, loaded in bound.registry.plugins.items() if _tables(code) <= there})
    return bound.ready


def _tables(code: str) -> set[str]:
    return {name for name in Base.metadata.tables if name.startswith(f"{code}_")}


def tell(session: ScopedSession, event: Happened) -> None:
    """Tell every plugin that listens what has happened, in the transaction in which it happened.

    What a plugin writes is kept whole or not at all; one that fails is a fault with its name, and the act goes on
    (strict: it stops, everywhere but in production). A session that only reads has done nothing that could be told.
    """
    if not session.writing:
        return
    registry, hook = plugins_of(session.database), HOOKS[type(event)]
    for loaded in speaking(registry, hook):
        question = partial(loaded.answers, hook, session=session, event=event)
        ask_or(loaded.description.code, hook, question, [], strict=registry.strict, session=session)


def said(session: ScopedSession, hook: str, **given: Any) -> Iterator[tuple[LoadedPlugin, Any]]:
    """What the plugins say each time that they are asked: one that fails says nothing."""
    registry = plugins_of(session.database)
    for loaded in speaking(registry, hook):
        question = partial(_all_said, loaded, hook, session=session, **given)
        for answer in ask_or(loaded.description.code, hook, question, [], strict=registry.strict, session=session):
            yield loaded, answer


def offered(database: Database, hook: str) -> list[tuple[LoadedPlugin, Any]]:
    """What the plugins put beside the core: asked of each once, and kept; one that fails offers nothing."""
    registry = plugins_of(database)
    if hook not in registry.offered:
        registry.offered[hook] = [
            (loaded, offer) for loaded in speaking(registry, hook)
            for offer in ask_or(loaded.description.code, hook, partial(_all_said, loaded, hook), [],
                                strict=registry.strict)]
    return registry.offered[hook]


def speaking(registry: Registry, hook: str) -> Iterator[LoadedPlugin]:
    """The plugins that answer a hook at all."""
    return (loaded for loaded in registry if loaded.says(hook))


def ask_offer(loaded: LoadedPlugin, hook: str, question: Any, session: ScopedSession | None = None) -> Any:
    """What a part of an offer answers: PluginFailed with the name of its plugin if it fails."""
    return ask(loaded.description.code, hook, question, session=session)


def _all_said(loaded: LoadedPlugin, hook: str, **given: Any) -> list[Any]:
    return [one for answer in loaded.answers(hook, **given) for one in answer]
