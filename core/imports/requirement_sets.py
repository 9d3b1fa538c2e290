"""A requirement set as a workbook: filled with an edition, changed in Excel, read back as its file says it.

A set goes in whole or not at all, so it is no list of rows as the other imports are: what is read becomes the readable
file, and everything after that (the check, the report, the registration) is the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.accreditation.drafts import MEASURES, REQUIREMENTS, SERVICES, WINDOWS
from core.accreditation.model import RequirementSet
from core.accreditation.set_content import HEAD, OPTIONAL_TERMS, Read, check, refuse
from core.accreditation.set_files import data_of, to_toml
from core.accreditation.set_words import OPTIONS, PERIODS, WORDS, InWords
from core.tables.cells import CellKind, Column, Row, Sheet
from core.tables.workbook import read, workbook

LIMIT = re.compile(r"\d+(,\d{1,3}|\.\d{1,2})?")  # 1.234 could be a thousand: it is not guessed
LISTED = ("unit_types", "monitoring", "monitored")
MONITORING = "semestrale, annuale o tutti e due, separati da una virgola."


def _column(part: str, name: str, kind: CellKind = CellKind.TEXT, **options: Any) -> Column:
    """A column, called as the page calls its field, with the words of its list."""
    words = {code: word.message for code, word in OPTIONS[name].items()} if kind is CellKind.CHOICE else {}
    return Column(name, WORDS[part][name].message, kind, choices=words, **options)


HEAD_SHEET = Sheet("set", "Insieme", (
    _column(HEAD, "code", help="In lettere minuscole; con uno già registrato nasce un'edizione nuova.",
            example="centro_estivo"),
    _column(HEAD, "title", example="Centro estivo: requisiti"),
    _column(HEAD, "unit_types", help="I codici dei tipi, separati da virgole.", example="centro_estivo"),
    _column(HEAD, "valid_from", CellKind.DAY, example="01/01/2026"),
    _column(HEAD, "valid_to", CellKind.DAY, required=False),
    _column(HEAD, "legal_source", example="Da verificare"),
    _column(HEAD, "verified", CellKind.YES_NO, required=False),
    _column(HEAD, "examination_days", CellKind.NUMBER, example="60"),
    _column(HEAD, "months", CellKind.NUMBER, example="36"),
    _column(HEAD, "ends_on", CellKind.DAY, required=False, help="Al posto dei mesi."),
    _column(HEAD, "extensions", CellKind.NUMBER, example="1"),
    _column(HEAD, "extension_months", CellKind.NUMBER, example="6"),
    _column(HEAD, "monitoring", required=False, help=MONITORING, example="semestrale, annuale"),
    _column(HEAD, "monitoring_days", CellKind.NUMBER, required=False, example="30"),
    _column(HEAD, "adapt_by", CellKind.DAY, required=False,
            help="Per chi è accreditato con un'edizione precedente."),
    _column(HEAD, "fee", CellKind.AMOUNT, required=False, help="Vuoto se è gratuita."),
), about="Una riga sola.")
MEASURES_SHEET = Sheet(MEASURES, "Dati", (
    _column(MEASURES, "code", example="bambini"),
    _column(MEASURES, "title", example="Bambini presenti insieme"),
    _column(MEASURES, "help", required=False),
    _column(MEASURES, "whole", CellKind.YES_NO, required=False, help="Vuoto vale sì."),
    _column(MEASURES, "from", CellKind.CHOICE, required=False),
), about="I numeri che la domanda dichiara; può essere vuoto.")
WINDOWS_SHEET = Sheet(WINDOWS, "Finestre", (
    _column(WINDOWS, "from", CellKind.DAY, example="01/03/2026"),
    _column(WINDOWS, "to", CellKind.DAY, example="31/03/2026"),
    _column(WINDOWS, "decide_by", CellKind.DAY, required=False),
), about="Quando si presentano le domande; vuoto se in qualunque giorno.")
SERVICES_SHEET = Sheet(SERVICES, "Prestazioni", (
    _column(SERVICES, "code", example="P1"),
    _column(SERVICES, "title", example="Ora di assistenza"),
    _column(SERVICES, "unit", CellKind.CHOICE, example="ora"),
    _column(SERVICES, "price", CellKind.AMOUNT, example="22,50"),
), about="Le prestazioni con un prezzo fissato; può essere vuoto.")
REQUIREMENTS_SHEET = Sheet(REQUIREMENTS, "Requisiti", (
    _column(REQUIREMENTS, "code", example="A.1"),
    _column(REQUIREMENTS, "parent", required=False, help="Il codice del titolo, scritto prima.", example="A"),
    _column(REQUIREMENTS, "title", example="Un educatore ogni 10 bambini"),
    _column(REQUIREMENTS, "kind", CellKind.CHOICE, required=False,
            help="Vuoto vale «Verificato da una persona».", example="Rapporto tra due dati"),
    _column(REQUIREMENTS, "measure", required=False, help="Il codice di un dato.", example="bambini"),
    _column(REQUIREMENTS, "per", required=False, help="Il codice di un dato.", example="educatori"),
    _column(REQUIREMENTS, "limit", required=False, help="Un numero, senza il punto delle migliaia.", example="10"),
    _column(REQUIREMENTS, "paper", CellKind.CHOICE, required=False),
    _column(REQUIREMENTS, "text", required=False),
    _column(REQUIREMENTS, "hint", required=False),
    _column(REQUIREMENTS, "evidence", required=False),
    _column(REQUIREMENTS, "mandatory", CellKind.YES_NO, required=False, help="Vuoto vale sì."),
    _column(REQUIREMENTS, "monitored", required=False, help=MONITORING),
    _column(REQUIREMENTS, "legal_source", required=False),
    _column(REQUIREMENTS, "verified", CellKind.YES_NO, required=False),
), about="Un requisito per riga, nell'ordine in cui si leggono.")
SHEETS = (HEAD_SHEET, MEASURES_SHEET, WINDOWS_SHEET, SERVICES_SHEET, REQUIREMENTS_SHEET)


class Cells(InWords):
    """Where something stands in a workbook: its sheet and its row, by the table and the number that the check names;
    its columns are called as the page calls its fields."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._at: dict[str, str] = {}
        count: dict[str, int] = {}
        for row in rows:
            name = row.sheet.name
            count[name] = count.get(name, 0) + 1
            table = HEAD if name == HEAD_SHEET.name else f"{name}.{row.values['code']}" if name == MEASURES else \
                f"{name}.{count[name]}"
            self._at.setdefault(table, f"{row.sheet.title} {row.number}")

    def of(self, table: str, name: str = "") -> str:
        """``Requisiti 12, Limite``: the sheet, the row and the column; a sheet alone is named by its title."""
        if table == HEAD and name in (sheet.name for sheet in SHEETS):
            return str(self.called(HEAD, name))
        row = self._at.get(table) or f"{HEAD_SHEET.title} 2"
        return f"{row}, {self.called(table, name)}" if name else row


def set_workbook(the_set: RequirementSet | None = None) -> bytes:
    """A workbook to fill in; with ``the_set`` it holds what that edition says."""
    return workbook(SHEETS, {} if the_set is None else _rows_of(data_of(the_set)))


def read_set(content: bytes) -> tuple[Read, str]:
    """Check a workbook to its last cell; what it says as the text of a readable file. RuleBroken for no workbook."""
    rows = read(content, SHEETS)
    data, at = _data(rows), Cells(rows)
    found = check(data, at)
    cells = [refuse(finding.message, f"{row.sheet.title} {row.number}, {finding.where}", **finding.values)
             for row in rows for finding in row.findings]
    codes = [row.values["code"] for row in rows if row.sheet is MEASURES_SHEET]
    cells += [refuse("Il codice «%(code)s» c'è già: ogni dato ha il suo.", MEASURES_SHEET.title, code=code)
              for code in dict.fromkeys(codes) if codes.count(code) > 1]
    heads = sum(row.sheet is HEAD_SHEET for row in rows)
    if heads != 1:
        cells.append(refuse("Il foglio «Insieme» ha una riga sola: qui sono %(count)s.", HEAD_SHEET.title, count=heads))
    if cells:
        return Read(findings=cells), ""  # what a cell does not say would be missed a second time
    return found, to_toml(data) if found.is_clean else ""


def _data(rows: Sequence[Row]) -> dict[str, Any]:
    data: dict[str, Any] = {MEASURES: {}, WINDOWS: [], SERVICES: [], REQUIREMENTS: []}
    for row in rows:
        told = {name: _list(value) if name in LISTED else value for name, value in row.values.items()
                if value is not None}
        if row.sheet is HEAD_SHEET:
            data.update({"monitoring": [], **OPTIONAL_TERMS, **told})
        elif row.sheet is MEASURES_SHEET:
            code = str(told.pop("code", ""))
            data[MEASURES][code] = {name: value for name, value in told.items() if (name, value) != ("whole", True)}
        else:
            data[row.sheet.name].append(_requirement(told) if row.sheet is REQUIREMENTS_SHEET else told)
    return data


def _requirement(told: dict[str, Any]) -> dict[str, Any]:
    if "limit" in told and LIMIT.fullmatch(told["limit"]):
        told["limit"] = Decimal(told["limit"].replace(",", "."))
    return told


def _list(text: str) -> list[str]:
    """The codes of a cell; kinds of monitoring by their words too."""
    words = {word.message: code for code, word in PERIODS.items()}
    return [words.get(part.strip().casefold(), part.strip()) for part in text.split(",") if part.strip()]


def _rows_of(data: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What the sheets of a filled workbook hold, with the words that people read."""
    measures = [{"code": code, "whole": True, **measure} for code, measure in data[MEASURES].items()]
    rows = {HEAD_SHEET.name: [dict(data)], MEASURES: measures, WINDOWS: data[WINDOWS], SERVICES: data[SERVICES],
            REQUIREMENTS: data[REQUIREMENTS]}
    return {sheet.name: [{column.name: _shown(column, row.get(column.name)) for column in sheet.columns}
                         for row in rows[sheet.name]] for sheet in SHEETS}


def _shown(column: Column, value: Any) -> Any:
    if column.name in LISTED:
        return ", ".join(PERIODS[code].message if code in PERIODS else code for code in value or ())
    if column.name == "limit" and value is not None:
        return f"{Decimal(value):f}".replace(".", ",")
    if column.kind is CellKind.CHOICE:
        return column.choices.get(value or "", "")
    return value

