"""What a workbook of an import is made of, and how one of its cells is read: into a value, or refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from core.ground.errors import Finding, RuleBroken, said_later
from core.ground.money import exact_cents, parse_euro
from core.ground.written import one_line, several_lines

LONGEST_TEXT, LONGEST_PROSE = 2000, 20_000
BIGGEST_NUMBER = 2**31 - 1
BIGGEST_PERCENT = 100_000
FIRST_YEAR, LAST_YEAR = 1900, 2200
YES, NO = ("sì", "si", "s", "vero", "x"), ("no", "n", "falso")
DECIMAL = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+)(,\d{1,6})?")
PERCENT = re.compile(r"[-+]?[0-9]{1,12}([.,][0-9]{1,12})?")
WHOLE = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+)")
DAYS = ("%d/%m/%Y", "%Y-%m-%d")
OF_EXERCISE = said_later(  # beside a year
    "Di un esercizio che non è l\'anno solare il primo dei due: 2026 per 2026/2027.")


class CellKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    PROSE = "prose"  # a text of several paragraphs
    LINES = "lines"  # several texts: one on each line of a cell
    NUMBER = "number"
    DECIMAL = "decimal"  # a quantity
    AMOUNT = "amount"
    PERCENT = "percent"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DATA = "data"  # names with their values, a table of its own in a readable file, JSON in a cell


@dataclass(frozen=True)
class Column:
    """A column: its name for the program, its heading and help for people, and an example.

    ``choices`` maps a code to the word that people write, ``understood`` reads what registers write instead of it;
    with ``others`` something else may be written too, and is kept as it is: the code of what the office has defined.
    ``digits``: a code that Excel has turned into a number gets its leading zeros back up to this length. ``given``: a
    workbook that is made for somebody has it filled in, and locked.
    """

    name: str
    label: str
    kind: CellKind = CellKind.TEXT
    required: bool = True
    help: str = ""
    example: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    digits: int = 0
    others: bool = False
    understood: Callable[[str], str | None] | None = None
    given: bool = False

    @property
    def heading(self) -> str:
        """The heading in the workbook: a star marks what must be filled in."""
        return f"{self.label} *" if self.required else self.label


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: the name of its tab (at most 31 characters), its columns and what it is for.

    ``single``: it has one row, and in a readable file stands as one table.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    about: str = ""
    single: bool = False

    def labels(self) -> dict[str, str]:
        """The headings by the program's names: a refused rule names a field, a person reads a heading."""
        return {column.name: column.label for column in self.columns}


@dataclass(frozen=True)
class Cell:
    """A cell as it was found: its value, and whether it is a formula or an error of the spreadsheet."""

    value: Any = None
    is_formula: bool = False
    is_error: bool = False

    @property
    def is_blank(self) -> bool:
        """True for nothing, and for a text of spaces only."""
        return not self.is_formula and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


@dataclass(frozen=True)
class Row:
    """A row as it was read: where it stands, the values by column name, and what is wrong with its cells.

    ``lines``: of a readable file, the line of each key, by what its column is called there.
    """

    sheet: Sheet
    number: int
    values: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


def read_row(sheet: Sheet, number: int, cells: Mapping[str, Cell]) -> Row:
    """The row ``number`` of ``sheet``: every cell read, each trouble beside its column."""
    values: dict[str, Any] = {}
    findings = []
    for column in sheet.columns:
        try:
            values[column.name] = read_cell(column, cells.get(column.name, Cell()))
        except RuleBroken as refusal:
            values[column.name] = None
            findings.append(blamed(sheet, refusal, column.name))
    return Row(sheet, number, values, tuple(findings))


def blamed(sheet: Sheet, refusal: RuleBroken, column: str | None = None) -> Finding:
    """A refused rule as a remark on the column that it names, if it names one of the sheet: a sheet calls ``district``
    by its code what a table keeps as the key ``district_id``."""
    labels, name = sheet.labels(), column or refusal.field or ""
    return Finding(refusal.message, refusal.values, where=labels.get(name) or labels.get(name.removesuffix("_id"), ""))


def read_cell(column: Column, cell: Cell) -> Any:
    """The value of a cell, None for an empty one. RuleBroken in words for what the column cannot hold."""
    if cell.is_formula:
        raise RuleBroken("La cella contiene una formula: incollare il suo valore (Incolla speciale, Valori).")
    if cell.is_error:
        raise RuleBroken("La cella contiene un errore del foglio di calcolo (%(text)s): correggerla.", text=cell.value)
    if cell.is_blank:
        if column.required:
            raise RuleBroken("Questo dato è necessario.")
        return None
    if column.kind in (CellKind.PROSE, CellKind.LINES, CellKind.DATA):
        return READERS[column.kind](column, cell.value)
    value = one_line(cell.value) if isinstance(cell.value, str) else cell.value
    return READERS[column.kind](column, value)


def _text(column: Column, value: Any) -> str:
    if isinstance(value, datetime | date):
        raise RuleBroken("La cella è diventata una data: formattarla come testo e scriverla di nuovo.")
    if isinstance(value, bool | list | dict):
        raise RuleBroken("Scrivere un testo.")
    number = _number_of(value)
    if number is not None and number == number.to_integral_value():
        return f"{int(number)}".zfill(column.digits)
    text = " ".join(str(value).split())
    if len(text) > LONGEST_TEXT:
        raise RuleBroken("Il testo supera i %(most)s caratteri: accorciarlo.", most=LONGEST_TEXT)
    return text


def _prose(_column: Column, value: Any) -> str:
    if not isinstance(value, str | int):
        raise RuleBroken("Scrivere un testo.")
    text = several_lines(str(value))
    if len(text) > LONGEST_PROSE:
        raise RuleBroken("Il testo supera i %(most)s caratteri: accorciarlo.", most=LONGEST_PROSE)
    return text


def _lines(column: Column, value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value).splitlines()
    if any(isinstance(part, list | dict) for part in parts):
        raise RuleBroken("Scrivere un elenco di testi, uno per voce.")
    return tuple(_prose(column, one_line(str(part))) for part in parts if str(part).strip())


def _data(_column: Column, value: Any) -> dict[str, Any]:
    """What a table says, or the JSON of a cell. RuleBroken for anything else."""
    try:
        found = _as_json(json.loads(value, parse_float=Decimal) if isinstance(value, str) else value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RuleBroken("Non è come l'esportazione lo scrive: copiarlo da lì, o toglierlo.")
    return found


def _as_json(value: Any) -> Any:
    """A value as JSON holds it: a number that is not whole as a text, as the sheets keep it. ValueError for a day."""
    if isinstance(value, dict):
        return {name: _as_json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_json(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool | int) or value is None or (isinstance(value, str) and "\x00" not in value):
        return value
    raise ValueError(value)


def _percent(_column: Column, value: Any) -> Decimal:
    number = _number_of(value)
    text = _shown(value).rstrip("% ")
    found = Decimal(text.replace(",", ".")) if number is None and PERCENT.fullmatch(text) else number
    if found is None or abs(found) > BIGGEST_PERCENT or found != round(found, 4):
        raise RuleBroken("«%(text)s» non è una percentuale: scriverla come 12,5, al più quattro decimali.",
                         text=_shown(value))
    return found


def _whole(_column: Column, value: Any) -> int:
    number = _number_of(value)
    if number is None and isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        number = Decimal(value.strip().replace(".", ""))
    if number is None or number != number.to_integral_value() or abs(number) > BIGGEST_NUMBER:
        raise RuleBroken("«%(text)s» non è un numero intero.", text=_shown(value))
    return int(number)


def _decimal(_column: Column, value: Any) -> Decimal:
    number = _number_of(value)
    text = _shown(value)
    if number is None and DECIMAL.fullmatch(text):
        number = Decimal(text.replace(".", "").replace(",", "."))
    if number is None or abs(number) > BIGGEST_NUMBER or number != round(number, 2):
        raise RuleBroken("«%(text)s» non è una quantità: scriverla come 1.234,5, al più due decimali.", text=text)
    return number


def _amount(_column: Column, value: Any) -> Decimal:
    number = _number_of(value)
    return parse_euro(_shown(value)) if number is None else exact_cents(number)


def _day(_column: Column, value: Any) -> date:
    found: date | None = None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, str):
        found = _parsed_day(value.strip())
    if found is None:
        raise RuleBroken("«%(text)s» non è una data: scriverla come 31/07/2026.", text=_shown(value))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise RuleBroken("La data %(text)s è fuori dagli anni %(first)s-%(last)s: controllarla.",
                         text=f"{found:%d/%m/%Y}", first=FIRST_YEAR, last=LAST_YEAR)
    return found


def _parsed_day(text: str) -> date | None:
    for pattern in DAYS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _yes_no(_column: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    if text not in YES + NO:
        raise RuleBroken("«%(text)s» non va bene: scrivere sì o no.", text=_shown(value))
    return text in YES


def _choice(column: Column, value: Any) -> str:
    text = " ".join(str(value).split()).casefold()
    for code, word in column.choices.items():
        if text in (code.casefold(), word.casefold()):
            return code
    if column.understood is not None and (known := column.understood(str(value))) is not None:
        return known
    if column.others:
        return _text(column, value)
    raise RuleBroken("«%(text)s» non è tra le voci previste: %(choices)s.", text=_shown(value),
                     choices=", ".join(column.choices.values()))


def _number_of(value: Any) -> Decimal | None:
    """A number of the spreadsheet as it shows it: fifteen digits, so that no binary tail becomes a third decimal."""
    if value is None or isinstance(value, bool | str | date):
        return None
    try:
        number = Decimal(f"{value:.15g}")
    except (InvalidOperation, ValueError, TypeError):
        return None
    return number if number.is_finite() else None


def _shown(value: Any) -> str:
    return str(value).strip()[:80]


READERS = {
    CellKind.TEXT: _text,
    CellKind.PROSE: _prose,
    CellKind.LINES: _lines,
    CellKind.NUMBER: _whole,
    CellKind.DECIMAL: _decimal,
    CellKind.AMOUNT: _amount,
    CellKind.PERCENT: _percent,
    CellKind.DAY: _day,
    CellKind.YES_NO: _yes_no,
    CellKind.CHOICE: _choice,
    CellKind.DATA: _data,
}


def match_headings(sheet: Sheet, found: Sequence[Any]) -> dict[int, Column]:
    """Which column stands at which place. RuleBroken for one that is missing, unknown or there twice."""
    wanted = {_plain(column.label): column for column in sheet.columns}
    places: dict[int, Column] = {}
    for place, heading in enumerate(found):
        text = _plain(heading)
        if not text:
            continue
        column = wanted.get(text)
        if column is None:
            raise RuleBroken("Nel foglio «%(sheet)s» la colonna «%(column)s» non è prevista: toglierla, o ripartire "
                             "dal modello.", sheet=sheet.title, column=_shown(heading))
        if column in places.values():
            raise RuleBroken("Nel foglio «%(sheet)s» la colonna «%(column)s» compare due volte: toglierne una.",
                             sheet=sheet.title, column=column.label)
        places[place] = column
    missing = [c.label for c in sheet.columns if c.required and c not in places.values()]
    if missing:
        raise RuleBroken("Nel foglio «%(sheet)s» manca l'intestazione di: %(columns)s. La prima riga contiene i nomi "
                         "delle colonne, come nel modello.", sheet=sheet.title, columns=", ".join(missing))
    return places


def _plain(heading: Any) -> str:
    return " ".join(str(heading or "").replace("*", " ").split()).casefold()
