"""What a service's sheet asks, as data: fields and tables, rules, promises and how they are measured. Pure.

Form, check, Word block and the reading of old editions follow from it. Whatever it was written in (a file of a plugin,
the columns of an edition, a page of the browser), it is the same rows, read in one place: ``rows.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import eq, ge, le

from core.ground.errors import Finding, Level
from core.plugins.figures import SheetData, SheetFigure, rounded


class FieldType(StrEnum):
    """The closed list of what a service-specific field may be: form, check and Word block follow from it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    LINES = "lines"
    INTEGER = "integer"
    DECIMAL = "decimal"
    EURO = "euro"
    PERCENT = "percent"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    MUNICIPALITY = "municipality"
    ROWS = "rows"


NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.EURO, FieldType.PERCENT})


class Strength(StrEnum):
    """How much a limit binds: the source writes of some that they hold "normally" (X21, X30)."""

    ALWAYS = "always"
    NORMALLY = "normally"
    CERTIFICATE = "certificate"  # but for who has a certificate


class PromiseUnit(StrEnum):
    """In what a promise is written: a percentage is of cases, the others are a mean of them."""

    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"
    EURO = "euro"
    YEARLY = "yearly"  # so many times a year
    NUMBER = "number"


class PromisePeriod(StrEnum):
    """Of which time it is told whether a promise was kept."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months it has."""
        return {PromisePeriod.MONTH: 1, PromisePeriod.QUARTER: 3, PromisePeriod.HALF_YEAR: 6}.get(self, 12)


class MeasuredBy(StrEnum):
    """What an indicator is taken from."""

    SHEET = "sheet"
    USE = "use"
    COUNT = "count"
    SURVEY = "survey"
    PLUGIN = "plugin"


@dataclass(frozen=True)
class SheetField:
    """One field: its name in the data, the label people read, its type. ``columns`` only for ROWS.

    ``was``: the names that it had, so that what stands under them is carried to the next edition. ``office_only``: not
    printed, and not shown outside the azienda. ``ordered``: of a list, that its items are steps.
    """

    name: str
    label: str
    type: FieldType
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[SheetField, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    was: tuple[str, ...] = ()
    office_only: bool = False
    ordered: bool = False


@dataclass(frozen=True)
class SheetRule:
    """What a sheet should say, with the sentence for one that does not.

    ``filled``: fields, or columns of a table (``sites.opening``), that must say something; ``agreed``: that must say
    yes; ``unique``: a column in which no value stands twice; ``figure`` compared with ``equals``, ``at_least``,
    ``at_most``. In ``says``, ``{found}`` is the figure, ``{expected}`` its limit, ``{rows}`` the rows concerned, by
    their first column, or the values that stand twice.
    """

    says: str
    source: str
    filled: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    unique: str = ""
    figure: SheetFigure | None = None
    equals: SheetFigure | None = None
    at_least: SheetFigure | None = None
    at_most: SheetFigure | None = None
    level: Level = Level.WARNING
    strength: Strength = Strength.ALWAYS

    @property
    def limits(self) -> tuple[SheetFigure, ...]:
        """The figures with which its own is compared."""
        return tuple(limit for limit in (self.equals, self.at_least, self.at_most) if limit is not None)

    @property
    def figures(self) -> tuple[SheetFigure, ...]:
        """Every figure that it reads."""
        return (self.figure, *self.limits) if self.figure is not None else ()


@dataclass(frozen=True)
class Promise:
    """What is promised: at least so much, or at most; equal is kept. In the unit in which it is measured."""

    at_least: Fraction | None = None
    at_most: Fraction | None = None

    def kept_by(self, measured: Fraction) -> bool:
        """Whether the exact value keeps the promise."""
        return not ((self.at_least is not None and measured < self.at_least)
                    or (self.at_most is not None and measured > self.at_most))


@dataclass(frozen=True)
class Standard:
    """What the service promises, in words a user can check (R33, R212), and in figures where the promise has one.

    ``at_least`` or ``at_most``, a number or a field of the sheet, says how much and in which direction, in ``unit``;
    ``period`` is the one of which it is told whether it was kept; ``checked_by`` who can check it.
    """

    code: str
    title: str
    promise: str
    at_least: SheetFigure | None = None
    at_most: SheetFigure | None = None
    unit: PromiseUnit | None = None
    period: PromisePeriod = PromisePeriod.MONTH
    checked_by: str = ""

    def promised(self, data: SheetData) -> Promise | None:
        """What the sheet promises in figures; None for a promise in words, and where the sheet does not say it yet."""
        least, most = (None if limit is None else limit.reckon(data) for limit in (self.at_least, self.at_most))
        return None if least is None and most is None else Promise(least, most)


@dataclass(frozen=True)
class Indicator:
    """How a promise is measured: ``by`` says what of.

    A figure of the sheet; monthly use over other use (``measure``, ``over``); what is counted each month; a survey; or
    what the plugin's code computes under this code. ``unit`` empty is the one of its standard.
    """

    code: str
    title: str
    unit: str = ""
    figure: SheetFigure | None = None
    standard: str = ""
    by: MeasuredBy = MeasuredBy.PLUGIN
    measure: str = ""
    over: str = ""


class MeasureKind(StrEnum):
    """What a measure of use counts: it says how its figures are written."""

    PERSONS = "persons"
    CASES = "cases"
    QUANTITY = "quantity"
    HOURS = "hours"
    MONEY = "money"


WHOLE = frozenset({MeasureKind.PERSONS, MeasureKind.CASES})


@dataclass(frozen=True)
class UseMeasure:
    """What is recorded each month of what a municipality had of the service; costs can be shared by it.

    ``counts_people``: a small figure says who, so it is not shown outside the azienda. ``computed``: the plugin's code
    gives it from records of its own, and nobody types it. ``counts_for`` is the indicator for whose sake it is counted
    (nobody wrote it among the measures), ``within`` the measure of which it is a part, and never more.
    """

    code: str
    title: str
    unit: str
    kind: MeasureKind = MeasureKind.QUANTITY
    counts_people: bool = False
    computed: bool = False
    counts_for: str = ""
    within: str = ""

    @property
    def places(self) -> int:
        """How many decimals a figure may have: persons are whole."""
        return 0 if self.kind in WHOLE else 2


@dataclass(frozen=True)
class SheetSchema:
    """All that a sheet asks; ``version`` is the one of the plugin that it comes from."""

    fields: tuple[SheetField, ...] = ()
    rules: tuple[SheetRule, ...] = ()
    standards: tuple[Standard, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    version: str = ""
    measures: tuple[UseMeasure, ...] = ()

    def joined(self, *others: SheetSchema) -> SheetSchema:
        """This and what others ask, in that order, as one."""
        every = (self, *others)
        return SheetSchema(tuple(row for each in every for row in each.fields),
                           tuple(row for each in every for row in each.rules),
                           tuple(row for each in every for row in each.standards),
                           tuple(row for each in every for row in each.indicators),
                           measures=tuple(row for each in every for row in each.measures))

    def field(self, name: str) -> SheetField | None:
        """A field, or a column of a table (``team.count``), by name."""
        own, _dot, column = name.partition(".")
        found = next((field for field in self.fields if field.name == own), None)
        if not column or found is None:
            return found
        return next((field for field in found.columns if field.name == column), None)

    def standard(self, code: str) -> Standard | None:
        """A standard by code."""
        return next((each for each in self.standards if each.code == code), None)

    def unit_of(self, indicator: Indicator) -> PromiseUnit | None:
        """In what an indicator's standard is written; None without one, or where that is in words alone."""
        found = self.standard(indicator.standard)
        return None if found is None else found.unit

    def counted(self, indicator: Indicator) -> tuple[UseMeasure, UseMeasure] | None:
        """The two measures of use that an indicator divides: what was good, or summed up, and all cases. None if it is
        not taken from use."""
        if indicator.by is MeasuredBy.USE:
            part, of = indicator.measure, indicator.over
        else:
            own = [measure.code for measure in self.measures if measure.counts_for == indicator.code]
            part, of = own if len(own) == 2 else ("", "")
        by_code = {measure.code: measure for measure in self.measures}
        return (by_code[part], by_code[of]) if part in by_code and of in by_code else None

    def remarks(self, data: SheetData) -> tuple[Finding, ...]:
        """What the rules say of a sheet's data, as plugins read them."""
        return tuple(remark for rule in self.rules if (remark := _remark(rule, data)) is not None)

    def measured(self, data: SheetData) -> dict[str, Fraction | None]:
        """The exact figures of the indicators that have one, by code; None where the sheet does not say it."""
        return {each.code: each.figure.reckon(data) for each in self.indicators if each.figure is not None}


TEXTS = SheetSchema((  # the columns of every sheet: its rules read them, its own fields have other names
    *(SheetField(name, label, FieldType.LONG_TEXT) for name, label in (
        ("mission", "Missione"), ("recipients", "Destinatari"), ("cost_to_user", "Costo per l'utenza"))),
    *(SheetField(name, label, FieldType.LINES) for name, label in (
        ("definitions", "Definizioni"), ("activities", "Attività svolte e servizi erogati"),
        ("protocol", "Protocollo operativo"), ("tools", "Strumenti di lavoro"), ("notes", "Note"))),
))


# --- rules ------------------------------------------------------------------------------------------------


def _remark(rule: SheetRule, data: SheetData) -> Finding | None:
    for values in _faults(rule, data):
        return Finding("%(sentence)s", {"sentence": _worded(rule.says, values)}, rule.level, source=rule.source)
    return None


def _faults(rule: SheetRule, data: SheetData) -> Iterator[dict[str, str]]:
    """What goes into the sentence, if the rule is broken."""
    for name in rule.filled:
        if (missing := _missing(name, data)) is not None:
            yield {"rows": ", ".join(missing)}
    if any(data.get(name) is not True for name in rule.agreed):
        yield {}
    if rule.unique and (twice := _twice(rule.unique, data)):
        yield {"rows": ", ".join(twice)}
    if rule.figure is not None:
        yield from _compared(rule, data)


def _missing(name: str, data: SheetData) -> list[str] | None:
    """The rows without a value in a column, or nothing by name for a field that is empty; None if all is there."""
    own, _dot, column = name.partition(".")
    found = data.get(own)
    if not column:
        return [] if _silent(found) else None
    return [_first(row) for row in found or () if _silent(row.get(column))] or None


def _silent(value: object) -> bool:
    return value is None or value in ("", ())


def _first(row: SheetData) -> str:
    return str(next(iter(row.values()), ""))


def _twice(name: str, data: SheetData) -> list[str]:
    own, _dot, column = name.partition(".")
    found = [str(row.get(column)) for row in data.get(own) or () if row.get(column) is not None]
    return [value for value in dict.fromkeys(found) if found.count(value) > 1]


def _compared(rule: SheetRule, data: SheetData) -> Iterator[dict[str, str]]:
    assert rule.figure is not None
    found = rule.figure.reckon(data) or Fraction(0)  # a table without rows counts none
    for limit, kept in ((rule.equals, eq), (rule.at_least, ge), (rule.at_most, le)):
        expected = limit.reckon(data) if limit is not None else None
        if expected is not None and not kept(found, expected):
            yield {"found": _said(rounded(found)), "expected": _said(rounded(expected))}


def _said(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}".replace(".", ",")


def _worded(says: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        says = says.replace(f"{{{name}}}", value)
    return says
