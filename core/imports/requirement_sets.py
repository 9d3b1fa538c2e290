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
from core.imports.rules import CellKind, Column, Row, Sheet
from core.imports.workbook import read, workbook

LIMIT = re.compile(r"\d+(,\d{1,3}|\.\d{1,2})?")  # 1.234 could be a thousand: it is not guessed
KINDS = {"group": "Titolo", "check": "Verificato da una persona", "paper": "Documento del gestore",
         "ratio": "Rapporto tra due dati", "at_least": "Almeno", "at_most": "Al massimo"}
PAPER_WORDS = {"insurance": "Polizza assicurativa", "durc": "DURC", "registration": "Iscrizione a un registro",
               "certification": "Certificazione", "safety": "Sicurezza", "lease": "Titolo sulla sede", "other": "Altro"}
UNITS = {"hour": "Ora", "day": "Giorno", "month": "Mese", "access": "Accesso", "meal": "Pasto", "voucher": "Buono"}
PROPOSED = {"capacity": "Posti dell'unità", "min_age_months": "Età minima dell'unità",
            "max_age_months": "Età massima dell'unità"}
PERIODS = {"half_year": "semestrale", "year": "annuale"}
LISTED = ("unit_types", "monitoring", "monitored")
MONITORING = "semestrale, annuale o tutti e due, separati da una virgola."

HEAD_SHEET = Sheet("set", "Insieme", (
    Column("code", "Codice", help="In lettere minuscole; con uno già registrato nasce un'edizione nuova.",
           example="centro_estivo"),
    Column("title", "Titolo", example="Centro estivo: requisiti"),
    Column("unit_types", "Tipi di unità", help="I codici dei tipi, separati da virgole.", example="centro_estivo"),
    Column("valid_from", "Vale dal", CellKind.DAY, example="01/01/2026"),
    Column("valid_to", "Vale fino al", CellKind.DAY, required=False),
    Column("legal_source", "Fonte", example="Da verificare"),
    Column("verified", "Fonte verificata", CellKind.YES_NO, required=False),
    Column("examination_days", "Giorni per decidere", CellKind.NUMBER, example="60"),
    Column("months", "Mesi di accreditamento", CellKind.NUMBER, example="36"),
    Column("ends_on", "Ultimo giorno per tutti", CellKind.DAY, required=False, help="Al posto dei mesi."),
    Column("extensions", "Proroghe ammesse", CellKind.NUMBER, example="1"),
    Column("extension_months", "Mesi di una proroga", CellKind.NUMBER, example="6"),
    Column("monitoring", "Monitoraggi", required=False, help=MONITORING, example="semestrale, annuale"),
    Column("monitoring_days", "Giorni per rispondere al monitoraggio", CellKind.NUMBER, required=False, example="30"),
    Column("adapt_by", "Adeguamento entro il", CellKind.DAY, required=False,
           help="Per chi è accreditato con un'edizione precedente."),
    Column("fee", "Contributo della domanda", CellKind.AMOUNT, required=False, help="Vuoto se è gratuita."),
), about="Una riga sola.")
MEASURES_SHEET = Sheet(MEASURES, "Dati", (
    Column("code", "Codice", example="bambini"),
    Column("title", "Che cosa si dichiara", example="Bambini presenti insieme"),
    Column("help", "Spiegazione", required=False),
    Column("whole", "Numero intero", CellKind.YES_NO, required=False, help="Vuoto vale sì."),
    Column("from", "Proposto dall'unità", CellKind.CHOICE, required=False, choices=PROPOSED),
), about="I numeri che la domanda dichiara; può essere vuoto.")
WINDOWS_SHEET = Sheet(WINDOWS, "Finestre", (
    Column("from", "Primo giorno", CellKind.DAY, example="01/03/2026"),
    Column("to", "Ultimo giorno", CellKind.DAY, example="31/03/2026"),
    Column("decide_by", "La commissione decide entro il", CellKind.DAY, required=False),
), about="Quando si presentano le domande; vuoto se in qualunque giorno.")
SERVICES_SHEET = Sheet(SERVICES, "Prestazioni", (
    Column("code", "Codice", example="P1"),
    Column("title", "Prestazione", example="Ora di assistenza"),
    Column("unit", "Per", CellKind.CHOICE, choices=UNITS, example="Ora"),
    Column("price", "Prezzo", CellKind.AMOUNT, example="22,50"),
), about="Le prestazioni con un prezzo fissato; può essere vuoto.")
REQUIREMENTS_SHEET = Sheet(REQUIREMENTS, "Requisiti", (
    Column("code", "Codice", example="A.1"),
    Column("parent", "Sotto il titolo", required=False, help="Il codice del titolo, scritto prima.", example="A"),
    Column("title", "Requisito", example="Un educatore ogni 10 bambini"),
    Column("kind", "Come si verifica", CellKind.CHOICE, required=False, choices=KINDS,
           help="Vuoto vale «Verificato da una persona».", example="Rapporto tra due dati"),
    Column("measure", "Dato", required=False, help="Il codice di un dato.", example="bambini"),
    Column("per", "Per ciascuno di", required=False, help="Il codice di un dato.", example="educatori"),
    Column("limit", "Limite", required=False, help="Un numero, senza il punto delle migliaia.", example="10"),
    Column("paper", "Documento del gestore", CellKind.CHOICE, required=False, choices=PAPER_WORDS),
    Column("text", "Che cosa si chiede", required=False),
    Column("hint", "Che cosa guardare", required=False),
    Column("evidence", "Documento da allegare", required=False),
    Column("mandatory", "Obbligatorio", CellKind.YES_NO, required=False, help="Vuoto vale sì."),
    Column("monitored", "Nel monitoraggio", required=False, help=MONITORING),
    Column("legal_source", "Fonte", required=False),
    Column("verified", "Fonte verificata", CellKind.YES_NO, required=False),
), about="Un requisito per riga, nell'ordine in cui si leggono.")
SHEETS = (HEAD_SHEET, MEASURES_SHEET, WINDOWS_SHEET, SERVICES_SHEET, REQUIREMENTS_SHEET)


class Cells:
    """Where something stands in a workbook: its sheet and its row, by the table and the number that the check names."""

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
        """``Requisiti 12``: the sheet and the row."""
        return self._at.get(table) or f"{HEAD_SHEET.title} 2"


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
    words = {word: code for code, word in PERIODS.items()}
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
        return ", ".join(PERIODS.get(code, code) for code in value or ())
    if column.name == "limit" and value is not None:
        return f"{Decimal(value):f}".replace(".", ",")
    if column.kind is CellKind.CHOICE:
        return column.choices.get(value or "", "")
    return value

