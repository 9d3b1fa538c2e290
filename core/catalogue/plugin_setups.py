"""What the office decides about a plugin: to which service it is attached, and its settings. Nothing removes data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from core.catalogue import sheets
from core.catalogue.model import Service
from core.ground.access import Role, ScopedSession, as_system, system
from core.ground.db import Database
from core.ground.edits import at_version
from core.ground.errors import NotVisible, RuleBroken
from core.plugins.loading import Registry, Setup
from core.plugins.model import PluginSetup
from core.plugins.schema import SheetField, SheetSchema

EDITORS = (Role.MANAGEMENT, Role.ADMINISTRATOR, Role.SYSTEM)


def setups(session: ScopedSession) -> dict[str, Setup]:
    """How each plugin is set up, by its code; who asks for a page need not see it to be served by it."""
    query = select(PluginSetup.code, PluginSetup.service, PluginSetup.attached, PluginSetup.settings)
    rows = as_system(session, query, reason="plugin in uso")
    return {code: Setup(service, attached, settings or {}) for code, service, attached, settings in rows}


def in_use(registry: Registry, database: Database) -> Registry:
    """The plugins as the office uses them; as they come where the database does not say it."""
    try:
        with ScopedSession(database, system("plugin")) as reading:
            return replace(registry, setups=setups(reading))
    except DBAPIError:
        return registry


def attach(session: ScopedSession, code: str, service: str, *, version: int | None, registry: Registry) -> PluginSetup:
    """Let a plugin serve the sheets of a service, by its code.

    RuleBroken for a plugin that is not loaded, a service that is not there or has another plugin, a stale form.
    """
    held = _held(session, code, version, registry)
    title = session.scalar(select(Service.title).where(Service.code == service))
    if title is None:
        raise RuleBroken("Il servizio scelto non è nel catalogo: sceglierne un altro.", field="service")
    others = [other for other in registry.plugins if other != code and registry.serves(other) == service]
    if others:
        raise RuleBroken("«%(service)s» ha già il plugin «%(other)s»: staccare prima quello.", field="service",
                         service=title, other=registry.plugins[others[0]].description.title)
    held.attached, held.service = True, None if service == code else service
    session.flush()
    return held


def detach(session: ScopedSession, code: str, *, version: int | None, registry: Registry) -> PluginSetup:
    """Take a plugin out of use: its tables, and what sheets say, stay. RuleBroken as for ``attach``."""
    held = _held(session, code, version, registry)
    held.attached = False
    session.flush()
    return held


def set_settings(session: ScopedSession, code: str, values: Mapping[str, Any], *, version: int | None,
                 registry: Registry) -> PluginSetup:
    """Keep the settings of a plugin as they were typed. RuleBroken with the field for one that cannot be."""
    held = _held(session, code, version, registry)
    held.settings = sheets.clean(SheetSchema(registry.plugins[code].description.settings), values)
    session.flush()
    return held


def plugin_settings(session: ScopedSession, code: str, fields: Sequence[SheetField]) -> dict[str, Any]:
    """The settings of the plugin ``code`` in Python's types, as ``fields`` declares them; what nobody set is None."""
    kept = as_system(session, select(PluginSetup.settings).where(PluginSetup.code == code),
                     reason="impostazioni di un plugin")
    return sheets.typed(SheetSchema(tuple(fields)), kept[0][0] or {} if kept else {})


def _held(session: ScopedSession, code: str, version: int | None, registry: Registry) -> PluginSetup:
    session.principal.require(*EDITORS)
    if code not in registry.plugins:
        raise NotVisible("Il plugin non è caricato.")
    held = session.scalar(select(PluginSetup).where(PluginSetup.code == code))
    if held is None:
        held = PluginSetup(code=code, service=None, attached=True, settings={}, version=1)
        session.add(held)
        session.flush()
        return held
    return at_version(held, version)
