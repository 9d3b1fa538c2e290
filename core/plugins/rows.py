"""A schema as rows: how a file, an edition and a page write it, and what is wrong with a row of it, in words. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from core.ground.errors import Finding, Level, RuleBroken
from core.plugins.columns import PROMISE_UNITS, SHEETS
from core.plugins.figures import Asks, Operand, SheetFigure, parse
from core.plugins.schema import (
    NUMBERS,
    FieldType,
    Indicator,
    MeasuredBy,
    MeasureKind,
    PromisePeriod,
    PromiseUnit,
    SheetField,
    SheetRule,
    SheetSchema,
    Standard,
    Strength,
    UseMeasure,
)
from core.tables.cells import Cell, Row, read_row

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
CHOICE = re.compile(r"([a-z0-9][a-z0-9_-]{0,59})\s*=\s*(\S.*)")
PLAIN = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
HUNDRED = 100
SUMS = {PromiseUnit.HOURS: MeasureKind.HOURS, PromiseUnit.EURO: MeasureKind.MONEY}  # else a quantity
COUNTED = (MeasuredBy.USE, MeasuredBy.COUNT, MeasuredBy.SURVEY)  # what says in how many cases a promise was kept
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
    """The schema that ``rows`` of the five sheets make; with faults, the schema holds what could be read.

    ``beside``: what the sheet has already, whose fields the rules may read and whose names are taken.
    """
    desk = _Desk(rows, beside)
    fields = desk.fields()
    desk.schema = beside.joined(SheetSchema(fields))
    rules, standards = desk.each("rules", _rule), desk.each("standards", _standard)
    indicators = desk.each("indicators", _indicator)
    measures = desk.each("measures", _measure)
    schema = SheetSchema(fields, rules, standards, indicators, version, measures)
    every = beside.joined(schema)
    counted = tuple(measure for each in indicators for measure in _counted(every, each))
    desk.refuse_twice("standards", {standard.code for standard in beside.standards})
    desk.refuse_twice("indicators", {indicator.code for indicator in beside.indicators})
    desk.refuse_twice("measures", {measure.code for measure in (*beside.measures, *counted)})
    for row, indicator in zip([row for row in desk.of("indicators") if not row.findings], indicators, strict=True):
        _blame_indicator(desk, row, indicator, every)
    return RowsRead(replace(schema, measures=(*measures, *counted)), desk.faults)


def _blame_indicator(desk: _Desk, row: Row, indicator: Indicator, every: SheetSchema) -> None:
    """Note what an indicator names and is not there, or cannot be measured by it."""
    standard = every.standard(indicator.standard)
    if indicator.standard and standard is None:
        if indicator.standard not in {each.values.get("code") for each in desk.of("standards")}:
            desk.blame(row, "standard", "Lo standard «%(code)s» non c'è.", code=indicator.standard)
    elif standard is not None and standard.unit is None and indicator.by in COUNTED:
        desk.blame(row, "standard", "La promessa «%(title)s» è solo a parole: darle un'unità e un limite, o non "
                   "contarla.", title=standard.title)
    elif standard is not None and standard.unit is None and not indicator.unit:
        desk.blame(row, "unit", "Senza una promessa che la dica, l'unità va scritta.")
    for column, code in (("measure", indicator.measure), ("over", indicator.over)):
        if code and code not in {each.code for each in every.measures}:
            desk.blame(row, column, "La misura d'uso «%(code)s» non c'è: scriverla in [[measures]].", code=code)


def _counted(every: SheetSchema, indicator: Indicator) -> tuple[UseMeasure, ...]:
    """What is typed each month for an indicator that counts: of how many cases, and how many were good, or the sum.

    They are measures of use like all others: recorded, closed and corrected with them.
    """
    unit = every.unit_of(indicator)
    if indicator.by is not MeasuredBy.COUNT or unit is None:
        return ()
    cases = UseMeasure(f"{indicator.code}_of", f"{indicator.title}: in tutto", "casi", MeasureKind.CASES, True,
                       counts_for=indicator.code)
    if unit is PromiseUnit.PERCENT:
        good = replace(cases, code=f"{indicator.code}_good", title=f"{indicator.title}: riusciti",
                       within=cases.code)
        return good, cases
    kind = SUMS.get(unit, MeasureKind.QUANTITY)
    return (UseMeasure(f"{indicator.code}_sum", f"{indicator.title}: somma", PROMISE_UNITS[unit], kind, True,
                       counts_for=indicator.code), cases)


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
                           name=row.values.get("label") or row.values.get("name"))
        return tuple(replace(field, columns=tuple(columns.get(name, {}).values())) for name, field in own.items())

    def figure(self, row: Row, column: str, text: str = "") -> SheetFigure | None:
        """A written figure that the fields can give; None where none is written, or it cannot be."""
        text = text or row.values.get(column) or ""
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
    unit = None if values["unit"] is None else PromiseUnit(values["unit"])
    least, most = _limit(desk, row, "at_least", unit), _limit(desk, row, "at_most", unit)
    written = [column for column in ("at_least", "at_most") if values[column] is not None]
    if len(written) > 1:
        desk.blame(row, "at_most", "Una promessa ha una direzione sola: almeno, oppure al più.")
    if unit is not None and not written:
        desk.blame(row, "unit", "La promessa non dice in quale direzione: scrivere almeno quanto (at_least) o al più "
                   "quanto (at_most), oppure togliere l'unità.")
    if unit is None and written:
        desk.blame(row, written[0], "Dire in quale unità si promette: %(units)s.", units=", ".join(PROMISE_UNITS))
    return Standard(values["code"], values["title"], values["promise"], least, most, unit,
                    PromisePeriod(values["period"] or PromisePeriod.MONTH), values["checked_by"] or "")


def _limit(desk: _Desk, row: Row, column: str, unit: PromiseUnit | None) -> SheetFigure | None:
    """How much is promised: a number, or a field of the sheet that says one; what cannot be promised is blamed."""
    text = (row.values[column] or "").replace(",", ".")
    if not text:
        return None
    if PLAIN.fullmatch(text):
        if unit is PromiseUnit.PERCENT and not 0 <= Decimal(text) <= HUNDRED:
            desk.blame(row, column, "«%(text)s» non si può promettere: una percentuale sta fra 0 e 100.", text=text)
            return None
        if text.startswith("-"):
            desk.blame(row, column, "«%(text)s» non si può promettere: è sotto zero.", text=text)
            return None
    figure = desk.figure(row, column, text)
    if figure is None or figure.operand.asks is Asks.NUMBER:
        return figure
    field = desk.schema.field(figure.operand.field)
    if figure.over is not None or figure.operand.asks is not Asks.VALUE:
        desk.blame(row, column, "Una promessa è un numero, o un campo della scheda: «%(text)s» è un calcolo.",
                   text=text)
    elif unit is PromiseUnit.PERCENT and field is not None and (
            field.minimum is None or field.maximum is None or not 0 <= field.minimum <= field.maximum <= HUNDRED):
        desk.blame(row, column, "Il campo «%(text)s» dice una percentuale promessa: dargli minimo 0 e massimo 100.",
                   text=text)
    return figure


def _indicator(desk: _Desk, row: Row) -> Indicator:
    values = row.values
    figure, use = desk.figure(row, "figure"), (values["measure"], values["over"])
    by = MeasuredBy(values["by"] or (MeasuredBy.SHEET if values["figure"] else MeasuredBy.USE if any(use)
                                     else MeasuredBy.PLUGIN))
    if (by is MeasuredBy.SHEET) != bool(values["figure"]):
        desk.blame(row, "figure", "La misura della scheda serve a un indicatore che si prende dalla scheda, e solo a "
                   "quello.")
    if any(bool(part) != (by is MeasuredBy.USE) for part in use):
        desk.blame(row, "measure" if use[1] else "over", "Un uso diviso altro uso vuole due misure, e solo lui: quanto "
                   "(measure) e per che cosa si divide (over).")
    if by in COUNTED and not values["standard"]:
        desk.blame(row, "standard", "Dire quale promessa misura.")
    if not values["unit"] and not values["standard"]:
        desk.blame(row, "unit", "Senza una promessa che la dica, l'unità va scritta.")
    return Indicator(values["code"], values["title"], values["unit"] or "", figure, values["standard"] or "", by,
                     values["measure"] or "", values["over"] or "")


def _measure(desk: _Desk, row: Row) -> UseMeasure:
    values, kind = row.values, MeasureKind(row.values["kind"])
    if not NAME.fullmatch(values["code"]):
        desk.blame(row, "code", "«%(name)s» va scritto in lettere minuscole, cifre e trattini bassi.",
                   name=values["code"])
    return UseMeasure(values["code"], values["title"], values["unit"], kind,
                      kind is MeasureKind.PERSONS or bool(values["counts_people"]), bool(values["computed"]))


# --- written again ----------------------------------------------------------------------------------------


def written(schema: SheetSchema) -> dict[str, list[dict[str, Any]]]:
    """The rows that ``read`` makes ``schema`` of again, by sheet, JSON-safe, without what goes without saying."""
    fields = [row for field in schema.fields for row in (_field_row(field, ""), *(
        _field_row(column, field.name) for column in field.columns))]
    return {"fields": fields, "rules": [_rule_row(rule) for rule in schema.rules],
            "standards": [_standard_row(standard) for standard in schema.standards],
            "indicators": [_indicator_row(indicator) for indicator in schema.indicators],
            "measures": [_said({**vars(each), "kind": each.kind.value}) for each in schema.measures
                         if not each.counts_for]}


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


def _standard_row(standard: Standard) -> dict[str, Any]:
    return _said({**vars(standard), "at_least": _text(standard.at_least), "at_most": _text(standard.at_most),
                  "unit": "" if standard.unit is None else standard.unit.value,
                  "period": "" if standard.period is PromisePeriod.MONTH else standard.period.value})


def _indicator_row(indicator: Indicator) -> dict[str, Any]:
    said_by_others = indicator.by in (MeasuredBy.SHEET, MeasuredBy.USE, MeasuredBy.PLUGIN)
    return _said({**vars(indicator), "figure": _text(indicator.figure),
                  "by": "" if said_by_others else indicator.by.value})


def _text(value: SheetFigure | None) -> str:
    return "" if value is None else value.text


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", None, []) and value is not False}


def kept(content: Mapping[str, Mapping[str, Any]]) -> dict[str, SheetSchema]:
    """The schema that an edition keeps, by where its parts come from; each may name what stands in those before."""
    said = [json.dumps(part) for part in content.values()]
    return {name: _part(tuple(said[:place])) for place, name in enumerate(content, start=1)}


@lru_cache(maxsize=LAST_KEPT)  # by what it says: reading the cells takes a hundred times as long as writing them down
def _part(parts: tuple[str, ...]) -> SheetSchema:
    before = NOTHING.joined(*(_part(parts[:place]) for place in range(1, len(parts))))
    part = json.loads(parts[-1])
    return read(typed(part), version=part.get("version", ""), beside=before).schema


def measures(parts: Iterable[Mapping[str, Any]]) -> tuple[UseMeasure, ...]:
    """The measures of use of the parts of a schema, and what their indicators count, without reading their fields.

    Of one code the first, and each once.
    """
    found = NOTHING
    for part in parts:
        named = {name: part.get(name, ()) for name in ("standards", "indicators", "measures")}
        found = found.joined(read(typed(named), beside=found).schema)
    by_code: dict[str, UseMeasure] = {}
    for measure in found.measures:
        by_code.setdefault(measure.code, measure)
    return tuple(by_code.values())


def typed(content: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Row]:
    """Rows that people wrote, by sheet and then by column, each cell read or refused."""
    return [read_row(sheet, number, {name: Cell(value) for name, value in row.items()})
            for sheet in SHEETS for number, row in enumerate(content.get(sheet.name, ()), start=1)]


def keep(parts: Mapping[str, SheetSchema]) -> dict[str, Any]:
    """A schema as an edition keeps it: each part by the name of where it comes from, with its version."""
    return {name: {"version": part.version, **written(part)} for name, part in parts.items()}
