"""The fields that an office adds by itself to the sheets of a service: kept apart from its plugin's, versioned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

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
from core.plugins.schema import SheetField, SheetSchema

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
Content = Mapping[str, Sequence[Mapping[str, Any]]]
NOTHING = SheetSchema()
Part = TypeVar("Part")


def of(services: Iterable[Service]) -> SheetSchema:
    """What the office itself lets the sheets of ``services`` ask, together.

    What two of them ask alike is asked once: a sheet may serve both.
    """
    held = [service.own_fields for service in services if service.own_fields is not None]
    found = NOTHING.joined(*(_read(found.content, str(found.version)).schema for found in held))
    return SheetSchema(_once(found.fields, lambda field: field.name), tuple(dict.fromkeys(found.rules)),
                       _once(found.standards, lambda standard: standard.code),
                       _once(found.indicators, lambda indicator: indicator.code))


def _once(rows: Iterable[Part], key: Callable[[Part], str]) -> tuple[Part, ...]:
    by_key: dict[str, Part] = {}
    for row in rows:
        by_key.setdefault(key(row), row)
    return tuple(by_key.values())


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
    named = {**content, "fields": _named(content.get("fields", ()))}
    plugin = registry.of_service(service.code)
    found = _read(named, "", NOTHING if plugin is None else plugin.sheet)
    if found.faults:
        fault = found.faults[0]
        raise RuleBroken("Riga %(row)s, «%(column)s»: %(why)s", row=fault.line, column=fault.label, why=fault.finding,
                         field=f"{fault.sheet}-{fault.line - 1}-{fault.column}")
    _require_alike(service, found.schema, named["fields"])
    if held is None:
        held = OwnFields(service=service)
        session.add(held)
    held.content = rows.written(found.schema)
    session.flush()
    return held


def _require_alike(service: Service, schema: SheetSchema, typed: Sequence[Mapping[str, Any]]) -> None:
    """RuleBroken for a field that another service with the same sheet asks under this name in another way."""
    others = {other for sheet in service.sheets for other in sheet.services} - {service}
    for other in sorted(others, key=lambda each: each.order):
        theirs = {field.name: field for field in of([other]).fields}
        for field in schema.fields:
            if field.name in theirs and (theirs[field.name].type, _names(theirs[field.name])) != (
                    field.type, _names(field)):
                place = next(place for place, row in enumerate(typed) if row["name"] == field.name)
                raise RuleBroken("«%(label)s»: «%(service)s», che ha la stessa scheda, lo chiede già in un altro modo. "
                                 "Usare lo stesso tipo e le stesse colonne, o un'altra etichetta.", label=field.label,
                                 service=other.title, field=f"fields-{place}-label")


def _names(field: SheetField) -> list[str]:
    return [column.name for column in field.columns]


def _read(content: Content, version: str, beside: SheetSchema = NOTHING) -> rows.RowsRead:
    return rows.read(rows.typed(content), version=version, beside=known().joined(beside))


def _named(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields with a name each; the columns of a table have theirs without ``own_``."""
    return [{**field, "name": _name(field)} for field in fields]


def _name(field: Mapping[str, Any]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", folded(str(field.get("name") or field.get("label") or ""))).strip("_")
    return plain[:50] if field.get("table") or plain.startswith(OWN) else f"{OWN}{plain[:50]}"
