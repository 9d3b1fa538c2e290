"""The operational sheet as text and blocks, and the plugin's part of it. Pure: no session, no clock.

The part that a plugin adds is kept as JSON with its schema version and its labels, so that an old edition
stays readable when the schema has moved on, and when the plugin is no longer there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from core.catalogue import fields
from core.catalogue.fields import FieldPlace
from core.catalogue.model import OperationalSheet
from core.documents import words
from core.documents.blocks import Block, Bullets, Heading, KeyValues, Paragraph, Table
from core.ground.errors import RuleBroken
from core.plugins.hookspecs import FieldType, PluginDescription, SheetField, SheetSchema

Answer = TypeVar("Answer")
NO_NAMES: Mapping[str, str] = {}
JOINT_MANAGEMENT = "Il servizio è in gestione associata di tutti i Comuni."
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
KEPT_DECIMAL = re.compile(r"-?\d+\.\d+")


# --- data and schema --------------------------------------------------------------------------------------


def clean(schema: SheetSchema, data: Mapping[str, Any],
          municipalities: Collection[str] | None = None) -> dict[str, Any]:
    """The data as they are kept: JSON-safe, blanks left out, ``clean(clean(x)) == clean(x)``.

    ``municipalities`` are the slugs that exist; None accepts any. RuleBroken names the field that is missing,
    unknown or wrong; in a table also the row, as a form names it (``team-0-count``).
    """

    def place(field: SheetField) -> FieldPlace:
        return FieldPlace(field.name, field.label, municipalities)

    def refuse(name: str) -> RuleBroken:
        return RuleBroken("Il campo «%(name)s» non esiste in questa scheda.", field=name, name=name)

    return fields.keep_fields(schema.fields, data, place, refuse)


def upgraded(schema: SheetSchema, version: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """Kept data of schema ``version`` lifted step by step to today's. RuleBroken if there is no way up."""
    if version > schema.version:
        raise RuleBroken("La scheda è stata scritta con la versione %(version)s dei suoi campi, qui c'è la %(ours)s: "
                         "aggiornare il plugin del servizio.", version=version, ours=schema.version)
    lifted = dict(data)
    for step in range(version, schema.version):
        if schema.upgrade is None:
            raise RuleBroken("La scheda è scritta con la versione %(version)s dei suoi campi e il plugin del servizio "
                             "non sa portarla alla %(ours)s: aggiornare il plugin.",
                             version=version, ours=schema.version)
        lifted = schema.upgrade(step, lifted)
    return lifted


def typed(schema: SheetSchema, data: Mapping[str, Any], names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """Kept data as plugins read them: every field is there, Decimal and date in Python.

    A missing value is None, a missing list or table an empty tuple. A municipality is read by its name
    (``names`` by slug).
    """
    return fields.read_fields(schema.fields, data, names)


def read(schema: SheetSchema, sheet: OperationalSheet | None, names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """What a sheet says under today's schema, whatever version it was written with; empty without a sheet."""
    if sheet is None:
        return typed(schema, {})
    return typed(schema, upgraded(schema, sheet.schema_version, sheet.data or {}), names)


def kept(schema: SheetSchema, data: Mapping[str, Any],
         municipalities: Collection[str] | None = None) -> dict[str, Any]:
    """The three columns of a sheet that hold a plugin's part: ``OperationalSheet(..., **kept(schema, data))``."""
    return {
        "data": clean(schema, data, municipalities),
        "schema_version": schema.version,
        "labels": labels(schema),
    }


# --- readable without the plugin --------------------------------------------------------------------------


def labels(schema: SheetSchema) -> dict[str, str]:
    """What people read, kept beside the data: ``team``, ``team.role``, and ``form=open`` for a choice."""
    return dict(_labels(schema.fields, ""))


def _labels(of: Sequence[SheetField], prefix: str) -> Iterator[tuple[str, str]]:
    for field in of:
        name = f"{prefix}{field.name}"
        yield name, field.label
        for code, label in field.choices:
            yield f"{name}={code}", label
        yield from _labels(field.columns, f"{name}.")


def readable(labels: Mapping[str, str], data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and text of everything that is kept, without the schema: for a sheet whose plugin is gone."""
    order = [name for name in labels if name in data]
    order += [name for name in data if name not in labels]
    return [(labels.get(name, name), _text(labels, name, data[name])) for name in order]


def _text(labels: Mapping[str, str], name: str, value: object) -> str:
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{labels.get(f'{name}.{column}', column)}: {_text(labels, f'{name}.{column}', cell)}"
                         for column, cell in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_text(labels, name, item) for item in value)
    text = labels.get(f"{name}={value}", str(value))
    if day := ISO_DAY.fullmatch(text):
        return "/".join(reversed(day.groups()))
    return text.replace(".", ",") if KEPT_DECIMAL.fullmatch(text) else text


# --- blocks -----------------------------------------------------------------------------------------------


def blocks_of(sheet: OperationalSheet, plugin: PluginDescription | None = None,
              names: Mapping[str, str] = NO_NAMES) -> tuple[Block, ...]:
    """The annex of a sheet: its plain sections, and the plugin's part before the notes.

    RuleBroken if the plugin cannot say its part: an annex with a part missing is never printed.
    """
    return (*_opening(sheet), *_sections(sheet), *plugin_blocks(sheet, plugin, names), *_notes(sheet))


def plugin_blocks(sheet: OperationalSheet, plugin: PluginDescription | None,
                  names: Mapping[str, str] = NO_NAMES) -> tuple[Block, ...]:
    """The plugin's part: its own blocks, else its fields in order; without the plugin, what was kept."""
    if plugin is None:
        pairs = tuple(readable(sheet.labels or {}, sheet.data or {}))
        return (Heading("Dati del servizio"), KeyValues(pairs)) if pairs else ()
    data = read(plugin.sheet, sheet, names)
    if plugin.blocks is None:
        return field_blocks(plugin.sheet, data)
    return tuple(ask(plugin, plugin.blocks, data))


def field_blocks(schema: SheetSchema, data: Mapping[str, Any]) -> tuple[Block, ...]:
    """The fields of a schema as blocks, blanks left out: short values side by side, lists and tables below."""
    filled = [field for field in schema.fields if not fields.is_empty(data.get(field.name))]
    long = (FieldType.LINES, FieldType.ROWS)
    pairs = tuple((field.label, fields.say(field, data[field.name])) for field in filled if field.type not in long)
    facts: tuple[Block, ...] = (Heading("Dati del servizio"), KeyValues(pairs)) if pairs else ()
    return facts + tuple(block for field in filled if field.type in long
                         for block in (Heading(field.label), _long_block(field, data[field.name])))


def _long_block(field: SheetField, value: Sequence[Any]) -> Block:
    if field.type is FieldType.LINES:
        return Bullets(tuple(value))
    headers = tuple(column.label for column in field.columns)
    return Table(headers, tuple(tuple(fields.say(c, row[c.name]) for c in field.columns) for row in value))


def ask(plugin: PluginDescription, question: Callable[[Mapping[str, Any]], Answer], data: Mapping[str, Any]) -> Answer:
    """A plugin's answer on a sheet. Whatever goes wrong inside it becomes a RuleBroken that names it."""
    try:
        return question(data)
    except RuleBroken:
        raise
    except Exception as error:
        raise RuleBroken("Il plugin «%(plugin)s» si è interrotto leggendo la scheda (%(reason)s): "
                         "avvisare chi lo cura.", plugin=plugin.code, reason=f"{type(error).__name__}: {error}"
                         ) from error


def _opening(sheet: OperationalSheet) -> Iterator[Block]:
    if sheet.joint_management:
        yield Paragraph(JOINT_MANAGEMENT)


def _sections(sheet: OperationalSheet) -> Iterator[Block]:
    if sheet.definitions:
        yield Heading("Definizioni")
        yield Bullets(tuple(sheet.definitions))
    yield from _prose("Missione", sheet.mission)
    if sheet.activities:
        yield Heading("Attività svolte e servizi erogati")
        yield Bullets(tuple(sheet.activities))
    yield from _prose("Destinatari", sheet.recipients)
    yield from _prose("Costo per l'utenza", sheet.cost_to_user)
    if sheet.protocol:
        yield Heading("Protocollo operativo")
        yield Bullets(tuple(sheet.protocol), ordered=True)
    if sheet.tools:
        yield Heading("Strumenti di lavoro")
        yield Bullets(tuple(sheet.tools))


def _prose(title: str, text: str | None) -> Iterator[Block]:
    paragraphs = [" ".join(part.split()) for part in (text or "").split("\n\n")]
    if any(paragraphs):
        yield Heading(title)
        yield from (Paragraph(part) for part in paragraphs if part)


def _notes(sheet: OperationalSheet) -> Iterator[Block]:
    if sheet.notes:
        yield Heading("Note")
        yield from (Paragraph(words.capital(note), "note") for note in sheet.notes)
