"""The operational sheet as text and blocks, and the plugin's part of it. Pure: no session, no clock.

What a service asks beside the common sections is kept as JSON together with the schema that it was written with, so
that an old edition is read as it was when the fields have moved on, and when its plugin is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from core.catalogue import fields
from core.catalogue.fields import FieldPlace
from core.catalogue.model import OperationalSheet
from core.catalogue.promises import Measured, promise_blocks
from core.documents import words
from core.documents.blocks import Block, Bullets, Heading, KeyValues, Paragraph, Table
from core.ground.errors import Finding, RuleBroken
from core.plugins import rows
from core.plugins.asking import ask
from core.plugins.described import common
from core.plugins.hookspecs import PluginDescription
from core.plugins.schema import TEXTS, FieldType, SheetField, SheetSchema

NO_NAMES: Mapping[str, str] = {}
JOINT_MANAGEMENT = "Il servizio è in gestione associata di tutti i Comuni."
NOTHING = SheetSchema()
COMMON, PLUGIN, OFFICE = "common", "plugin", "office"  # where the parts of a schema come from
WIDER = {  # a field of another type that takes every value as it is
    FieldType.INTEGER: (FieldType.DECIMAL,), FieldType.EURO: (FieldType.DECIMAL,),
    FieldType.TEXT: (FieldType.LONG_TEXT, FieldType.LINES), FieldType.LONG_TEXT: (FieldType.LINES,),
}


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


def typed(schema: SheetSchema, data: Mapping[str, Any], names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """Kept data as plugins read them: every field is there, Decimal and date in Python.

    A missing value is None, a missing list or table an empty tuple. A municipality is read by its name
    (``names`` by slug).
    """
    return fields.read_fields(schema.fields, data, names)


def parts_of(sheet: OperationalSheet) -> dict[str, SheetSchema]:
    """What the sheet asked when its data were written, by where it came from: an edition is always read with it."""
    return rows.kept(sheet.schema or {})


def schema_of(sheet: OperationalSheet) -> SheetSchema:
    """The same, as one."""
    return joined(parts_of(sheet))


def read(sheet: OperationalSheet | None, names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """What a sheet says, its texts and its data, as rules and plugins read it; empty without a sheet."""
    if sheet is None:
        return {}
    texts = {field.name: getattr(sheet, field.name) for field in TEXTS.fields}
    return {**texts, **typed(schema_of(sheet), sheet.data or {}, names)}


def asked(plugin: PluginDescription | None, own: SheetSchema = NOTHING) -> dict[str, SheetSchema]:
    """What a new edition asks, by where it comes from: all sheets, the service's plugin, the office's own fields."""
    return {COMMON: common(), **({} if plugin is None else {PLUGIN: plugin.sheet}),
            **({OFFICE: own} if own != NOTHING else {})}


def kept(plugin: PluginDescription | None, data: Mapping[str, Any],
         municipalities: Collection[str] | None = None) -> dict[str, Any]:
    """The two columns of a sheet that hold its data: ``OperationalSheet(..., **kept(plugin, data))``."""
    parts = asked(plugin)
    return {"data": clean(joined(parts), data, municipalities), "schema": rows.keep(parts)}


def joined(parts: Mapping[str, SheetSchema]) -> SheetSchema:
    """The parts of a schema as one."""
    return SheetSchema().joined(*parts.values())


# --- to other fields --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Carried:
    """Kept data under another schema: what went over, and the fields of before whose values have no place there."""

    data: Mapping[str, Any]
    left: tuple[SheetField, ...] = ()


def carried(old: SheetSchema, data: Mapping[str, Any], new: SheetSchema, moves: Mapping[str, str]) -> Carried:
    """``data`` of ``old`` as ``new`` keeps them: by name, by a name of before, or as ``moves`` says (old to new).

    A value goes over if the new field takes it as it is. A move to nothing gives the value up.
    """
    gone, left = dict[str, Any](), []
    for field in old.fields:
        value = data.get(field.name)
        if fields.is_empty(value) or moves.get(field.name) == "":
            continue
        target = _heir(field, new, moves)
        fitting = None if target is None else _fitting(target, field, value)
        if target is None or target.name in gone or fitting is None:
            left.append(field)
        else:
            gone[target.name] = fitting
    return Carried(gone, tuple(left))


def _heir(field: SheetField, new: SheetSchema, moves: Mapping[str, str]) -> SheetField | None:
    if field.name in moves:
        return new.field(moves[field.name])
    return new.field(field.name) or next((each for each in new.fields if field.name in each.was), None)


def _fitting(target: SheetField, field: SheetField, value: Any) -> Any:
    """The value as ``target`` keeps it, its columns under their new names; None if it has no place there."""
    if not _takes(target, field):
        return None
    if field.type is FieldType.ROWS:
        heirs = {column.name: heir.name for column in field.columns
                 if (heir := _heir(column, SheetSchema(target.columns), {})) is not None and _takes(heir, column)}
        if any(name not in heirs for row in value for name in row):
            return None
        value = [{heirs[name]: cell for name, cell in row.items()} for row in value]
    try:
        return clean(SheetSchema((target,)), {target.name: value})[target.name]
    except RuleBroken:
        return None


def _takes(target: SheetField, field: SheetField) -> bool:
    return target.type is field.type or target.type in WIDER.get(field.type, ())


# --- blocks -----------------------------------------------------------------------------------------------


def blocks_of(sheet: OperationalSheet, plugin: PluginDescription | None = None,
              names: Mapping[str, str] = NO_NAMES) -> tuple[Block, ...]:
    """The annex of a sheet: its plain sections, and the plugin's part before the notes.

    RuleBroken if the plugin cannot say its part: an annex with a part missing is never printed.
    """
    return (*_opening(sheet), *_sections(sheet), *plugin_blocks(sheet, plugin, names), *_notes(sheet))


def plugin_blocks(sheet: OperationalSheet, plugin: PluginDescription | None,
                  names: Mapping[str, str] = NO_NAMES) -> tuple[Block, ...]:
    """The service's own part: the plugin's blocks, else its fields in order; then what is promised and measured."""
    parts, data = parts_of(sheet), read(sheet, names)
    schema = joined(parts)
    own: tuple[Block, ...] = ()
    if plugin is not None and (said := own_blocks(plugin, data)) is not None:
        own = said
        parts.pop(PLUGIN, None)
    return field_blocks(joined(parts), data) + own + promise_blocks(schema, data, measures(schema, data, plugin))


def measures(schema: SheetSchema, data: Mapping[str, Any], plugin: PluginDescription | None) -> Measured:
    """What the indicators say, exactly, by code: figures of the sheet and those that the plugin computes.

    None: not measured. What is counted while the year goes on is no part of a sheet.
    """
    found = {**dict.fromkeys((each.code for each in schema.indicators), None), **schema.measured(data)}
    if plugin is not None:
        for code in plugin.computed.keys() & found.keys():
            answer = computed(plugin, code, data)
            found[code] = None if answer is None else Fraction(answer)
    return found


def field_blocks(schema: SheetSchema, data: Mapping[str, Any], *, office: bool = False) -> tuple[Block, ...]:
    """The fields of a schema as blocks, blanks left out: short values side by side, lists and tables below.

    With ``office`` those that only the azienda sees, which no annex prints; else the others.
    """
    filled = [field for field in schema.fields
              if field.office_only == office and not fields.is_empty(data.get(field.name))]
    long = (FieldType.LINES, FieldType.ROWS)
    pairs = tuple((field.label, fields.say(field, data[field.name])) for field in filled if field.type not in long)
    facts: tuple[Block, ...] = (Heading("Dati del servizio"), KeyValues(pairs)) if pairs else ()
    return facts + tuple(block for field in filled if field.type in long
                         for block in (Heading(field.label), _long_block(field, data[field.name])))


def _long_block(field: SheetField, value: Sequence[Any]) -> Block:
    """A list, or a table without the columns of which no row says anything."""
    if field.type is FieldType.LINES:
        return Bullets(tuple(value), ordered=field.ordered)
    columns = [column for column in field.columns if not all(fields.is_empty(row[column.name]) for row in value)]
    return Table(tuple(column.label for column in columns),
                 tuple(tuple(fields.say(c, row[c.name]) for c in columns) for row in value))


def remarks_of(plugin: PluginDescription, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the plugin's own check remarks on a sheet. PluginFailed if it breaks off or gives something else."""
    return _asked(plugin, "check", plugin.check, data, (Finding,))


def own_blocks(plugin: PluginDescription, data: Mapping[str, Any]) -> tuple[Block, ...] | None:
    """The plugin's part of the annex, None if it leaves that to the fields. PluginFailed as for ``remarks_of``."""
    return None if plugin.blocks is None else _asked(plugin, "blocks", plugin.blocks, data, get_args(Block))


def computed(plugin: PluginDescription, code: str, data: Mapping[str, Any]) -> Decimal | None:
    """An indicator that the plugin computes; None: nothing to measure. PluginFailed as for ``remarks_of``."""
    question = plugin.computed[code]
    value: Decimal | None
    [value] = _asked(plugin, f"computed.{code}", lambda given: (question(given),), data, (Decimal, type(None)))
    return value


def _asked(plugin: PluginDescription, hook: str, question: Callable[[Mapping[str, Any]], Iterable[Any]],
           data: Mapping[str, Any], kinds: tuple[type, ...]) -> tuple[Any, ...]:
    def answer() -> tuple[Any, ...]:
        given = tuple(question(data))
        for part in given:
            if not isinstance(part, kinds):
                raise TypeError(f"{type(part).__name__} in place of {' or '.join(kind.__name__ for kind in kinds)}")
            if isinstance(part, Decimal) and not part.is_finite():
                raise ValueError(f"{part} is no measure")
        return given

    return ask(plugin.code, hook, answer)


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
