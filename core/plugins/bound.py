"""The plugins that answer beside the core in a database: whoever opens it for work binds them once.

A session reaches them through its database, so an operation need not be given them. A database without any answers
alone: nothing is told, nothing more is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import inspect

from core.ground.access import ScopedSession
from core.ground.db import Database
from core.plugins.asking import ask, ask_or
from core.plugins.happened import (
    ContractSigned,
    Happened,
    MonthClosed,
    ProviderStopped,
    SheetEdition,
)
from core.plugins.loading import LoadedPlugin, Registry
from core.plugins.tables import own_tables

HOOKS: dict[type[Any], str] = {
    ContractSigned: "patto_contract_signed", SheetEdition: "patto_sheet_edition",
    ProviderStopped: "patto_provider_stopped", MonthClosed: "patto_month_closed",
}
NOBODY = Registry()


@dataclass
class Bound:
    """The plugins that are bound to a database, as they are used now.

    ``there``: the tables of the database, once they were looked at; ``offers``: what the plugins put beside the core,
    by hook and plugin, once they were asked.
    """

    current: Callable[[], Registry]
    there: set[str] = field(default_factory=set)
    offers: dict[tuple[str, str], list[Any]] = field(default_factory=dict)


def bind(database: Database, registry: Registry | Callable[[], Registry]) -> Database:
    """Let these plugins answer beside the core in ``database``, or those that ``registry`` gives whenever it is asked;
    give it back."""
    database.beside = Bound(registry if callable(registry) else lambda: registry)
    return database


def plugins_of(database: Database) -> Registry:
    """The plugins that answer beside the core in a database: those in use whose tables it has; none if none are bound.
    """
    bound = database.beside
    if not isinstance(bound, Bound):
        return NOBODY
    if not bound.there:
        bound.there.update(inspect(database.reading).get_table_names())
    now = bound.current()
    return replace(now, plugins={loaded.description.code: loaded for loaded in now
                                 if {table.name for table in own_tables(loaded.description.code)} <= bound.there})


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
        nothing: list[Any] = []
        for answer in ask_or(loaded.description.code, hook, question, nothing, strict=registry.strict,
                             session=session):
            yield loaded, answer


def offered(database: Database, hook: str) -> list[tuple[LoadedPlugin, Any]]:
    """What the plugins put beside the core: asked of each once, and kept; one that fails offers nothing."""
    registry = plugins_of(database)
    return [(loaded, offer) for loaded in speaking(registry, hook)
            for offer in _offers(database, loaded, hook, strict=registry.strict)]


def offered_by_name(database: Database, hook: str) -> dict[str, tuple[LoadedPlugin, Any]]:
    """The same of what stands in addresses, by its name; one that does not begin with its plugin's code is left out."""
    return {offer.name: (loaded, offer) for loaded, offer in offered(database, hook)
            if offer.name.startswith(f"{loaded.description.code}_")}


def _offers(database: Database, loaded: LoadedPlugin, hook: str, *, strict: bool) -> list[Any]:
    bound, key = database.beside, (hook, loaded.description.code)
    assert isinstance(bound, Bound)
    if key not in bound.offers:
        bound.offers[key] = ask_or(key[1], hook, partial(_all_said, loaded, hook), [], strict=strict)
    return bound.offers[key]


def speaking(registry: Registry, hook: str) -> Iterator[LoadedPlugin]:
    """The plugins that answer a hook at all."""
    return (loaded for loaded in registry if loaded.says(hook))


def ask_offer(loaded: LoadedPlugin, hook: str, question: Any, session: ScopedSession | None = None) -> Any:
    """What a part of an offer answers: PluginFailed with the name of its plugin if it fails."""
    return ask(loaded.description.code, hook, question, session=session)


def _all_said(loaded: LoadedPlugin, hook: str, **given: Any) -> list[Any]:
    return [one for answer in loaded.answers(hook, **given) for one in answer]
