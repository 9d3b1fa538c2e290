"""A schema as rows: how a file, an edition and a page write it, and what is wrong with a row of it, in words. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar

from core.ground.errors import Finding, Level, RuleBroken
from core.plugins.columns import SHEETS
from core.plugins.figures import Asks, Operand, SheetFigure, parse
from core.plugins.schema import (
    NUMBERS,
    FieldType,
    Indicator,
    SheetField,
    SheetRule,
    SheetSchema,
    Standard,
    Strength,
)
from core.tables.cells import Cell, Row, read_row

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
CHOICE = re.compile(r"([a-z0-9][a-z0-9_-]{0,59})\s*=\s*(\S.*)")
Part = TypeVar("Part")
NOTHING = SheetSchema()
OWN = "own_"  # how the names of an office's own fields begin
LAST_KEPT = 256  # parts of schemas that are remembered: editions of one plugin keep the same, and a page reads many


@dataclass
class RowsRead:
    """A schema, and what is wrong with the rows that should make one."""

    schema: SheetSchema
    faults: list[RowFault]


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row: its line in the file or its number among the rows, the column, the sentence."""

    line: int
    column: str
    finding: Finding
    sheet: str = ""
    label: str = ""


def fault(row: Row, column: str, finding: Finding) -> RowFault:
    """What is wrong with a column of ``row``."""
    return RowFault(row.lines.get(column, row.number), column, finding, row.sheet.name,
                    row.sheet.labels().get(column, column))


def read(rows: Sequence[Row], *, version: str = "", beside: SheetSchema = NOTHING) -> RowsRead:
    """The schema that ``rows`` of the four sheets make; with faults, the schema holds what could be read.

    ``beside``: what the sheet has already, whose fields the rules may read and whose names are taken.
    """
    desk = _Desk(rows, beside)
    fields = desk.fields()
    desk.schema = beside.joined(SheetSchema(fields))
    rules, standards = desk.each("rules", _rule), desk.each("standards", _standard)
    indicators = desk.each("indicators", _indicator)
    schema = SheetSchema(fields, rules, standards, indicators, version)
    desk.refuse_twice("standards", {standard.code for standard in beside.standards})
    desk.refuse_twice("indicators", {indicator.code for indicator in beside.indicators})
    promised = {standard.code for standard in standards}
    for row in desk.of("indicators"):
        if row.values.get("standard") and row.values["standard"] not in promised:
            desk.blame(row, "standard", "Lo standard «%(code)s» non c'è.", code=row.values["standard"])
    return RowsRead(schema, desk.faults)


def _column(row: Row, finding: Finding) -> str:
    """The name of the column that a finding calls by its label, or by its name."""
    return next((column.name for column in row.sheet.columns if finding.where in (column.label, column.name)),
                finding.where)


class _Desk:
    """The rows while they are read, and what was found wrong with them."""

    def __init__(self, rows: Sequence[Row], beside: SheetSchema) -> None:
        self.rows, self.schema = rows, beside
        self.faults = [fault(row, _column(row, finding), finding) for row in rows for finding in row.findings]

    def of(self, name: str) -> list[Row]:
        """The rows of a sheet."""
        return [row for row in self.rows if row.sheet.name == name]

    def blame(self, row: Row, column: str, message: str, **values: object) -> None:
        """Note what is wrong with a column of a row."""
        self.faults.append(fault(row, column, Finding(message, dict(values), where=column)))

    def refuse_twice(self, name: str, seen: set[Any]) -> None:
        """Note each code that stood in an earlier row of the sheet, or is taken already."""
        for row in self.of(name):
            key = row.values.get("code")
            if key in seen:
                self.blame(row, "code", "«%(code)s» compare due volte: toglierne uno.", code=key)
            seen.add(key)

    def each(self, name: str, made: Callable[[_Desk, Row], Part]) -> tuple[Part, ...]:
        """What ``made`` makes of each row whose cells could be read."""
        return tuple(made(self, row) for row in self.of(name) if not row.findings)

    def fields(self) -> tuple[SheetField, ...]:
        """The fields, each table with its columns."""
        own, columns = dict[str, SheetField](), dict[str, dict[str, SheetField]]()
        for row in (row for row in self.of("fields") if not row.findings):
            field, table = _field(self, row), row.values.get("table")
            place = columns.setdefault(table, {}) if table else own
            if not table and self.schema.field(field.name) is not None:
                self.blame(row, "name", "«%(name)s» è già una sezione di ogni scheda: usare quella, o un altro nome.",
                           name=field.name)
            if field.name in place:
                self.blame(row, "name", "«%(code)s» compare due volte: toglierne uno.", code=field.name)
            if table and (table not in own or own[table].type is not FieldType.ROWS):
                self.blame(row, "table", "La tabella «%(table)s» non c'è: scrivere prima il suo campo, di tipo "
                           "tabella.", table=table)
            place[field.name] = field
        for row in self.of("fields"):
            if row.values.get("type") == FieldType.ROWS and row.values.get("name") not in columns:
                self.blame(row, "type", "La tabella «%(name)s» non ha colonne: aggiungerne almeno una.",
                           name=row.values.get("name"))
        return tuple(replace(field, columns=tuple(columns.get(name, {}).values())) for name, field in own.items())

    def figure(self, row: Row, column: str) -> SheetFigure | None:
        """A written figure that the fields can give; None where none is written, or it cannot be."""
        text = row.values.get(column)
        if not text:
            return None
        try:
            figure = parse(text)
        except RuleBroken as refusal:
            self.blame(row, column, refusal.message, **refusal.values)
            return None
        for operand in figure.operands:
            self._require_there(row, column, operand)
        return figure

    def names(self, row: Row, column: str, kind: FieldType | None = None) -> tuple[str, ...]:
        """The fields that a row names, each of them there, and of ``kind`` where one is wanted."""
        found = tuple(row.values.get(column) or ())
        for name in found:
            field = self.schema.field(name)
            if field is None or (kind is not None and field.type is not kind):
                self.blame(row, column, "Il campo «%(name)s» non c'è, o non è del tipo che serve qui.", name=name)
        return found

    def _require_there(self, row: Row, column: str, operand: Operand) -> None:
        if operand.asks is Asks.NUMBER:
            return
        field = self.schema.field(f"{operand.field}.{operand.column}" if operand.column else operand.field)
        fits = field is not None and (
            (operand.asks is Asks.COUNT and field.type in (FieldType.ROWS, FieldType.LINES))
            or (operand.asks in (Asks.SUM, Asks.MEAN) and bool(operand.column) and field.type in NUMBERS)
            or (operand.asks is Asks.VALUE and field.type in NUMBERS))
        wanted = self.schema.field(f"{operand.field}.{operand.where}") if operand.where else None
        kind = FieldType.CHOICE if operand.equals else FieldType.YES_NO
        if not fits or (operand.where and (wanted is None or wanted.type is not kind)):
            self.blame(row, column, "La misura «%(text)s» non si può prendere da questa scheda: controllare il nome e "
                       "il tipo dei campi.", text=row.values[column])


def _field(desk: _Desk, row: Row) -> SheetField:
    values = row.values
    kind, name = FieldType(values["type"]), values["name"]
    if not NAME.fullmatch(name):
        desk.blame(row, "name", "«%(name)s» va scritto in lettere minuscole, cifre e trattini bassi.", name=name)
    if not values["label"][:1].isupper():
        desk.blame(row, "label", "L'etichetta comincia con la maiuscola.")
    if (kind is FieldType.CHOICE) != bool(values["choices"]):
        desk.blame(row, "choices", "Le scelte servono ai campi a scelta, e solo a quelli.")
    if kind is FieldType.ROWS and values["table"]:
        desk.blame(row, "type", "Una tabella non sta dentro un'altra.")
    if kind not in NUMBERS and (values["minimum"], values["maximum"]) != (None, None):
        desk.blame(row, "minimum", "Minimo e massimo servono ai numeri, e solo a quelli.")
    if values["ordered"] and kind is not FieldType.LINES:
        desk.blame(row, "ordered", "Solo le voci di un elenco sono passi numerati.")
    return SheetField(name, values["label"], kind, bool(values["required"]), values["help"] or "",
                      _choices(desk, row), (), values["minimum"], values["maximum"], tuple(values["was"] or ()),
                      bool(values["office_only"]), bool(values["ordered"]))


def _choices(desk: _Desk, row: Row) -> tuple[tuple[str, str], ...]:
    found = []
    for text in row.values["choices"] or ():
        match = CHOICE.fullmatch(text)
        if match is None:
            desk.blame(row, "choices", "«%(text)s» va scritto come: codice = parola.", text=text)
        else:
            found.append((match[1], match[2]))
    return tuple(found)


def _rule(desk: _Desk, row: Row) -> SheetRule:
    values = row.values
    rule = SheetRule(values["says"], values["source"], desk.names(row, "filled"),
                     desk.names(row, "agreed", FieldType.YES_NO), values["unique"] or "", desk.figure(row, "figure"),
                     desk.figure(row, "equals"), desk.figure(row, "at_least"), desk.figure(row, "at_most"),
                     Level(values["level"] or Level.WARNING), Strength(values["strength"] or Strength.ALWAYS))
    if rule.unique and ("." not in rule.unique or desk.schema.field(rule.unique) is None):
        desk.blame(row, "unique", "La colonna «%(name)s» non c'è: scriverla come tabella.colonna.", name=rule.unique)
    if (rule.figure is not None) != bool(rule.limits):
        desk.blame(row, "figure", "Una misura vuole il suo limite (equals, at_least, at_most), e un limite la misura.")
    if not (rule.filled or rule.agreed or rule.unique or rule.figure):
        desk.blame(row, "says", "La regola non chiede nulla: dire che cosa va compilato o misurato.")
    return rule


def _standard(desk: _Desk, row: Row) -> Standard:
    values = row.values
    least, most = _number(desk, row, "at_least"), _number(desk, row, "at_most")
    if values["unit"] == "%" and any(limit is not None and not 0 <= limit <= 100 for limit in (least, most)):
        desk.blame(row, "at_least" if least is not None else "at_most", "Una percentuale promessa sta fra 0 e 100.")
    return Standard(values["code"], values["title"], values["promise"], least, most, values["unit"] or "",
                    values["checked_by"] or "")


def _number(desk: _Desk, row: Row, column: str) -> Decimal | None:
    """A limit as a number; refused in words otherwise."""
    text = row.values[column]
    try:
        found = None if text is None else Decimal(text.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if found is not None and not found.is_finite():
        desk.blame(row, column, "«%(text)s» non è un numero.", text=text)
        return None
    return found


def _indicator(desk: _Desk, row: Row) -> Indicator:
    values = row.values
    return Indicator(values["code"], values["title"], values["unit"], desk.figure(row, "figure"),
                     values["standard"] or "")


# --- written again ----------------------------------------------------------------------------------------


def written(schema: SheetSchema) -> dict[str, list[dict[str, Any]]]:
    """The rows that ``read`` makes ``schema`` of again, by sheet, JSON-safe, without what goes without saying."""
    fields = [row for field in schema.fields for row in (_field_row(field, ""), *(
        _field_row(column, field.name) for column in field.columns))]
    return {"fields": fields, "rules": [_rule_row(rule) for rule in schema.rules],
            "standards": [_said({**vars(each), "at_least": _text(each.at_least), "at_most": _text(each.at_most)})
                          for each in schema.standards],
            "indicators": [_said({**vars(each), "figure": _text(each.figure)}) for each in schema.indicators]}


def _field_row(field: SheetField, table: str) -> dict[str, Any]:
    row = {**vars(field), "table": table, "type": field.type.value, "was": list(field.was),
           "choices": [f"{code} = {word}" for code, word in field.choices]}
    row.pop("columns")
    return _said(row)


def _rule_row(rule: SheetRule) -> dict[str, Any]:
    figures = {name: _text(getattr(rule, name)) for name in ("figure", "equals", "at_least", "at_most")}
    return _said({**vars(rule), **figures, "filled": list(rule.filled), "agreed": list(rule.agreed),
                  "level": "" if rule.level is Level.WARNING else rule.level.value,
                  "strength": "" if rule.strength is Strength.ALWAYS else rule.strength.value})


def _text(value: SheetFigure | Decimal | None) -> str:
    return "" if value is None else value.text if isinstance(value, SheetFigure) else f"{value:f}"


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", None, []) and value is not False}


def kept(content: Mapping[str, Mapping[str, Any]]) -> dict[str, SheetSchema]:
    """The schema that an edition keeps, by where its parts come from."""
    return {name: _part(json.dumps(part)) for name, part in content.items()}


@lru_cache(maxsize=LAST_KEPT)  # by what it says: reading the cells takes a hundred times as long as writing them down
def _part(written_down: str) -> SheetSchema:
    part = json.loads(written_down)
    return read(typed(part), version=part.get("version", "")).schema


def typed(content: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Row]:
    """Rows that people wrote, by sheet and then by column, each cell read or refused."""
    return [read_row(sheet, number, {name: Cell(value) for name, value in row.items()})
            for sheet in SHEETS for number, row in enumerate(content.get(sheet.name, ()), start=1)]


def keep(parts: Mapping[str, SheetSchema]) -> dict[str, Any]:
    """A schema as an edition keeps it: each part by the name of where it comes from, with its version."""
    return {name: {"version": part.version, **written(part)} for name, part in parts.items()}
