"""The fields that an office adds by itself to the sheets of a service: kept apart from its plugin's, versioned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.catalogue.model import OwnFields, Service
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.plugins import rows
from core.plugins.described import known
from core.plugins.loading import Registry
from core.plugins.rows import OWN
from core.plugins.schema import SheetSchema

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
Content = Mapping[str, Sequence[Mapping[str, Any]]]
NOTHING = SheetSchema()


def schema_of(service: Service) -> SheetSchema:
    """What the office itself lets the sheets of a service ask, with the version of its fields."""
    held = service.own_fields
    return NOTHING if held is None else read(held.content, version=str(held.version)).schema


def set_own_fields(session: ScopedSession, service_id: int, content: Content, *, version: int,
                   registry: Registry) -> OwnFields:
    """Say which fields, rules, standards and indicators of its own the office adds to a service's sheets.

    A field needs no name: it gets one from its label, with ``own_`` before it, which no plugin takes. Sheets that are
    there stay as they are; the next editions ask them. RuleBroken for the first fault, with its row and its column,
    for a stale form (``version``: 0 where there are none yet); NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    service = session.require(Service, service_id)
    held = session.scalar(select(OwnFields).where(OwnFields.service_id == service_id))
    if held is not None:
        at_version(held, version)
    plugin = registry.get(service.code)
    found = read(content, NOTHING if plugin is None else plugin.sheet)
    if found.faults:
        fault = found.faults[0]
        raise RuleBroken("Riga %(row)s, «%(column)s»: %(why)s", row=fault.line, column=fault.label, why=fault.finding,
                         field=f"{fault.sheet}-{fault.line - 1}-{fault.column}")
    return keep(session, service, found.schema)


def read(content: Content, beside: SheetSchema = NOTHING, *, version: str = "") -> rows.RowsRead:
    """What an office's rows make, and what is wrong with them; ``beside``: what the plugin of the service asks."""
    named = {**content, "fields": _named(content.get("fields", ()))}
    return rows.read(rows.typed(named), version=version, beside=known().joined(beside))


def keep(session: ScopedSession, service: Service, schema: SheetSchema) -> OwnFields:
    """Write down what was read without faults."""
    held = service.own_fields
    if held is None:
        held = OwnFields(service=service)
        session.add(held)
    held.content = rows.written(schema)
    session.flush()
    return held


def _named(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields with a name each; the columns of a table have theirs without ``own_``, and say their table by its name
    or as people read it."""
    tables = {folded(str(field.get("label") or "")): _name(field) for field in fields if not field.get("table")}
    return [{**field, "name": _name(field), **({"table": tables.get(folded(str(field["table"])), field["table"])}
                                               if field.get("table") else {})} for field in fields]


def _name(field: Mapping[str, Any]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", folded(str(field.get("name") or field.get("label") or ""))).strip("_")
    return plain[:50] if field.get("table") or plain.startswith(OWN) else f"{OWN}{plain[:50]}"
