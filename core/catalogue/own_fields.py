"""The fields that an office adds by itself to the sheets of a service: kept apart from its plugin's, versioned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import select

from core.catalogue.model import OwnFields, Service
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.plugins import columns, rows
from core.plugins.described import known
from core.plugins.loading import Registry
from core.plugins.rows import OWN
from core.plugins.schema import SheetField, SheetSchema

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
Content = Mapping[str, Sequence[Mapping[str, Any]]]
NOTHING = SheetSchema()
Part = TypeVar("Part")


def schema_of(service: Service) -> SheetSchema:
    """What the office itself lets the sheets of a service ask, with the version of its fields."""
    held = service.own_fields
    return NOTHING if held is None else read(held.content, version=str(held.version)).schema


def together(schemas: Sequence[SheetSchema]) -> SheetSchema:
    """What the office lets several services ask, as one: a sheet may serve all, and asks once what they ask alike."""
    every = NOTHING.joined(*schemas)
    return replace(every, fields=_once(every.fields, lambda field: field.name), rules=tuple(dict.fromkeys(every.rules)),
                   standards=_once(every.standards, lambda standard: standard.code),
                   indicators=_once(every.indicators, lambda indicator: indicator.code),
                   measures=_once(every.measures, lambda measure: measure.code),
                   version="+".join(schema.version for schema in schemas))


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
    plugin = registry.of_service(service.code)
    found = read(content, NOTHING if plugin is None else plugin.sheet)
    if found.faults:
        fault = found.faults[0]
        [table] = [sheet.title for sheet in columns.SHEETS if sheet.name == fault.sheet]
        raise RuleBroken("%(table)s, riga %(row)s, «%(column)s»: %(why)s", table=table, row=fault.line,
                         column=fault.label, why=fault.finding,
                         field=f"{fault.sheet}-{fault.line - 1}-{fault.column}")
    _require_alike(service, found.schema, _named(content.get("fields", ())))
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


def _require_alike(service: Service, schema: SheetSchema, typed: Sequence[Mapping[str, Any]]) -> None:
    """RuleBroken for a field that another service with the same sheet asks under this name in another way."""
    others = {other for sheet in service.sheets for other in sheet.services} - {service}
    for other in sorted(others, key=lambda each: each.order):
        theirs = {field.name: field for field in schema_of(other).fields}
        for field in schema.fields:
            if field.name in theirs and (theirs[field.name].type, _names(theirs[field.name])) != (
                    field.type, _names(field)):
                place = next(place for place, row in enumerate(typed) if row["name"] == field.name)
                raise RuleBroken("«%(label)s»: «%(service)s», che ha la stessa scheda, lo chiede già in un altro modo. "
                                 "Usare lo stesso tipo e le stesse colonne, o un'altra etichetta.", label=field.label,
                                 service=other.title, field=f"fields-{place}-label")


def _names(field: SheetField) -> list[str]:
    return [column.name for column in field.columns]


def _named(fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields with a name each; the columns of a table have theirs without ``own_``, and say their table by its
    name, as people read it, or as they read it when it got its name."""
    names = [_name(field) for field in fields if not field.get("table")]
    tables = {**{name.removeprefix(OWN): name for name in names},
              **{_plain(field.get("label")): _name(field) for field in fields if not field.get("table")}}
    return [{**field, "name": _name(field), **({"table": tables.get(_plain(field["table"]), field["table"])}
                                               if field.get("table") else {})} for field in fields]


def _name(field: Mapping[str, Any]) -> str:
    plain = _plain(field.get("name") or field.get("label"))
    return plain[:50] if field.get("table") or plain.startswith(OWN) else f"{OWN}{plain[:50]}"


def _plain(text: object) -> str:
    """Words as a name is made of them."""
    return re.sub(r"[^a-z0-9]+", "_", folded(str(text or ""))).strip("_")
