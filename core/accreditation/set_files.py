"""Requirement sets as readable files: a TOML text is checked line by line, whole or nothing. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.accreditation.monitoring import KINDS as MONITORED
from core.accreditation.rules import GROUP, KINDS, NUMERIC, PAPER, PROPOSED_FROM
from core.ground.errors import Finding, Level
from core.providers.rules import PAPERS

MAX_BYTES = 256 * 1024
MOST_REQUIREMENTS = 500
SHORT, LONG = 300, 10_000
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
REQUIREMENT_CODE = re.compile(r"[A-Za-z0-9]{1,8}(\.[A-Za-z0-9]{1,8}){0,5}")
HEADER = re.compile(r"\s*\[{1,2}\s*([\w.\-]+)\s*\]{1,2}")
KEY = re.compile(r"\s*([\w\-]+)\s*=")
AT_LINE = re.compile(r"at line (\d+)")
TEXTS = {"title": (SHORT, True), "text": (LONG, False), "hint": (LONG, False), "evidence": (SHORT, False),
         "legal_source": (LONG, False)}
# name: (least, most)
TERMS = {"examination_days": (1, 365), "months": (1, 120), "extensions": (0, 10), "extension_months": (0, 60),
         "monitoring_days": (1, 365)}
OPTIONAL_TERMS = {"monitoring_days": 30}
SET_KEYS = {"code", "title", "unit_types", "valid_from", "valid_to", "legal_source", "verified", "monitoring",
            "measures", "requirements", *TERMS}
MEASURE_KEYS = {"title", "help", "whole", "from"}
REQUIREMENT_KEYS = {"code", "parent", "kind", "measure", "per", "limit", "paper", "mandatory", "monitored", "verified",
                    *TEXTS}


@dataclass
class Read:
    """What a file says, and what is wrong with it: each remark with its line (``values["line"]``)."""

    facts: dict[str, Any] = field(default_factory=dict)
    requirements: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """True if the file may be imported."""
        return not any(finding.level is Level.ERROR for finding in self.findings)


class Lines:
    """Where each key of a TOML text stands: by table (0 for the head, ``measures.x``, requirement 1, 2...) and name."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[object, str], int] = {}
        table: object = 0
        count = 0
        for number, line in enumerate(text.splitlines(), 1):
            if header := HEADER.match(line):
                name = header[1]
                count += name == "requirements"
                table = count if name == "requirements" else name
                self._at.setdefault((table, ""), number)
            elif key := KEY.match(line):
                self._at.setdefault((table, key[1]), number)

    def of(self, table: object, name: str = "") -> int:
        """The line of a key; that of its table where the key is not there; the first."""
        return self._at.get((table, name)) or self._at.get((table, ""), 1)


def read(content: bytes) -> Read:
    """Check a file of requirements to its last line. ``facts`` and ``requirements`` are as the tables want them."""
    found = Read()
    if len(content) > MAX_BYTES:
        found.findings.append(refuse("Il file supera 256 KB: non è un insieme di requisiti.", 1))
        return found
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found.findings.append(refuse("Il file non è testo UTF-8: salvarlo di nuovo con questa codifica.", line))
        return found
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = AT_LINE.search(str(error))
        line = int(at[1]) if at else len(text.splitlines()) or 1
        found.findings.append(refuse("La riga non si legge: controllare virgolette, uguale e parentesi.", line))
        return found
    if "\x00" in text or any("\x00" in part for part in _strings(data)):
        found.findings.append(refuse("Il file contiene caratteri che non sono testo.", 1))
        return found
    lines = Lines(text)
    found.findings += _head(data, lines, found.facts)
    found.findings += _requirements(data, lines, found.facts.get("measures", {}), found.requirements)
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def refuse(message: str, line: int, **values: object) -> Finding:
    """What is wrong on a line of the file, in words; the line is among its values."""
    return Finding(message, {"line": line, **values}, Level.ERROR)


# --- the head ---------------------------------------------------------------------------------------------


def _head(data: Mapping[str, Any], lines: Lines, facts: dict[str, Any]) -> Iterator[Finding]:
    for key in data.keys() - SET_KEYS:
        yield refuse("La voce «%(key)s» non si conosce: toglierla o correggerla.", lines.of(0, key), key=key)
    code = data.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        yield refuse("Il codice (code) va in lettere minuscole, cifre e trattini bassi, per esempio spazio_gioco.",
                     lines.of(0, "code"))
    for name, most in (("title", SHORT), ("legal_source", LONG)):
        text = data.get(name)
        if not isinstance(text, str) or not text.strip() or len(text) > most:
            yield refuse("Manca la voce «%(key)s», un testo di al massimo %(most)s caratteri.", lines.of(0, name),
                         key=name, most=most)
    types = data.get("unit_types")
    if not isinstance(types, list) or not types or not all(isinstance(t, str) and CODE.fullmatch(t) for t in types):
        yield refuse("I tipi di unità (unit_types) sono un elenco di codici, per esempio "
                     "[\"nido\"].", lines.of(0, "unit_types"))
    yield from _dates(data, lines)
    if not isinstance(data.get("verified", False), bool):
        yield refuse("La voce «verified» vale true o false.", lines.of(0, "verified"))
    for name, (least, most) in TERMS.items():
        value = data.get(name, OPTIONAL_TERMS.get(name))
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield refuse("La voce «%(key)s» è un numero intero da %(least)s a %(most)s.", lines.of(0, name), key=name,
                         least=least, most=most)
    kinds = data.get("monitoring", [*MONITORED])
    if not isinstance(kinds, list) or not set(map(str, kinds)) <= MONITORED.keys():
        yield refuse("Il monitoraggio (monitoring) è un elenco di half_year e year.", lines.of(0, "monitoring"))
    yield from _measures(data.get("measures", {}), lines)
    facts.update(_facts(data))


def _dates(data: Mapping[str, Any], lines: Lines) -> Iterator[Finding]:
    first, last = data.get("valid_from"), data.get("valid_to")
    if type(first) is not date:
        yield refuse("La voce «valid_from» è il giorno da cui i requisiti valgono, per "
                     "esempio 2026-01-01, senza virgolette.", lines.of(0, "valid_from"))
    if last is not None and (type(last) is not date or (type(first) is date and last < first)):
        yield refuse("La voce «valid_to» è un giorno non precedente a «valid_from».", lines.of(0, "valid_to"))


def _measures(measures: Any, lines: Lines) -> Iterator[Finding]:
    if not isinstance(measures, dict):
        yield refuse("I dati da dichiarare stanno in tabelle come [measures.bambini].", lines.of(0, "measures"))
        return
    for code, measure in measures.items():
        line = lines.of(f"measures.{code}")
        if not CODE.fullmatch(code) or not isinstance(measure, dict):
            yield refuse("Il codice del dato «%(code)s» va in lettere minuscole, cifre e trattini bassi.", line,
                         code=code)
            continue
        title = measure.get("title")
        if not isinstance(title, str) or not title.strip() or len(title) > SHORT:
            yield refuse("Il dato «%(code)s» non ha il suo nome (title).", line, code=code)
        if not isinstance(measure.get("help", ""), str) or not isinstance(measure.get("whole", True), bool):
            yield refuse("Il dato «%(code)s»: help è un testo, whole vale true o false.", line, code=code)
        if measure.get("from") not in (None, *PROPOSED_FROM):
            yield refuse("Il dato «%(code)s»: from è uno di %(known)s.", line, code=code,
                         known=", ".join(PROPOSED_FROM))
        for key in measure.keys() - MEASURE_KEYS:
            yield refuse("La voce «%(key)s» non si conosce: toglierla o "
                         "correggerla.", lines.of(f"measures.{code}", key), key=key)


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the set; meant only where nothing is wrong."""
    texts = {name: " ".join(str(data.get(name, "")).split()) for name in ("code", "title", "legal_source")}
    terms = {name: data.get(name, OPTIONAL_TERMS.get(name)) for name in TERMS}
    types, kinds = data.get("unit_types") or [], data.get("monitoring", [*MONITORED])
    measures = data.get("measures", {})
    return {**texts, **terms, "unit_types": ",".join(map(str, types)) if isinstance(types, list) else "",
            "valid_from": data.get("valid_from"), "valid_to": data.get("valid_to"),
            "verified": data.get("verified", False), "measures": measures if isinstance(measures, dict) else {},
            "monitoring": ",".join(map(str, kinds)) if isinstance(kinds, list) else ""}


# --- the requirements -------------------------------------------------------------------------------------


def _requirements(data: Mapping[str, Any], lines: Lines, measures: Mapping[str, Any],
                  made: list[dict[str, Any]]) -> Iterator[Finding]:
    rows = data.get("requirements")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        yield refuse("Non c'è alcun requisito: ciascuno sta sotto [[requirements]].", lines.of(0, "requirements"))
        return
    if len(rows) > MOST_REQUIREMENTS:
        yield refuse("I requisiti sono troppi: al massimo %(most)s.", lines.of(MOST_REQUIREMENTS + 1),
                     most=MOST_REQUIREMENTS)
        return
    kinds: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        wrong = [*_requirement(row, number, lines, measures, kinds)]
        yield from wrong
        code = row.get("code")
        if isinstance(code, str):
            kinds[code] = row.get("kind", "check")
        if not wrong:
            made.append(_columns(row, number))
    if all(kind == GROUP for kind in kinds.values()):
        yield refuse("Ci sono soltanto titoli: manca almeno un requisito da verificare.", lines.of(1))


def _requirement(row: Mapping[str, Any], number: int, lines: Lines, measures: Mapping[str, Any],
                 kinds: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with one requirement; ``kinds``: those before it, by code."""
    code = row.get("code")
    for key in row.keys() - REQUIREMENT_KEYS:
        yield refuse("La voce «%(key)s» non si conosce: toglierla o correggerla.", lines.of(number, key), key=key)
    if not isinstance(code, str) or not REQUIREMENT_CODE.fullmatch(code):
        yield refuse("Il requisito non ha un codice come A.1.", lines.of(number, "code"))
    elif code in kinds:
        yield refuse("Il codice «%(code)s» c'è già: ogni requisito ha il suo.", lines.of(number, "code"), code=code)
    for name, (most, is_needed) in TEXTS.items():
        text = row.get(name, "")
        if not isinstance(text, str) or len(text) > most or (is_needed and not text.strip()):
            yield refuse("La voce «%(key)s» è un testo di al massimo %(most)s caratteri.", lines.of(number, name),
                         key=name, most=most)
    for name in ("mandatory", "verified"):
        if not isinstance(row.get(name, True), bool):
            yield refuse("La voce «%(key)s» vale true o false.", lines.of(number, name), key=name)
    parent = row.get("parent")
    if parent is not None and (not isinstance(parent, str) or kinds.get(parent) != GROUP):
        yield refuse("Il requisito sta sotto «%(parent)s», che non è un titolo (group) "
                     "scritto prima di lui.", lines.of(number, "parent"), parent=str(parent))
    asked = row.get("monitored", [])
    if not isinstance(asked, list) or not set(map(str, asked)) <= MONITORED.keys():
        yield refuse("La voce «monitored» è un elenco di half_year e year.", lines.of(number, "monitored"))
    yield from _kind(row, number, lines, measures)


def _kind(row: Mapping[str, Any], number: int, lines: Lines, measures: Mapping[str, Any]) -> Iterator[Finding]:
    kind = row.get("kind", "check")
    if kind not in KINDS:
        yield refuse("Il tipo «%(kind)s» non si conosce: è uno di %(known)s.", lines.of(number, "kind"),
                     kind=str(kind)[:60], known=", ".join(KINDS))
        return
    if kind == PAPER and row.get("paper") not in PAPERS:
        yield refuse("Manca quale documento del gestore (paper): uno di %(known)s.", lines.of(number, "paper"),
                     known=", ".join(PAPERS))
    if kind in NUMERIC:
        for name in ("measure", "per") if kind == "ratio" else ("measure",):
            if not isinstance(row.get(name), str) or row[name] not in measures:
                yield refuse("La voce «%(key)s» nomina un dato tra quelli di [measures].", lines.of(number, name),
                             key=name)
        if "limit" in row and _limit(row["limit"]) is None:
            yield refuse("Il limite (limit) è un numero, con al massimo tre decimali.", lines.of(number, "limit"))
    elif "limit" in row or "measure" in row or "per" in row:
        yield refuse("Un limite vale per ratio, at_least e at_most: questo requisito è "
                     "%(kind)s.", lines.of(number, "limit"), kind=kind)


def _limit(raw: object) -> Decimal | None:
    """A limit as a number; None if it is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return None
    value = Decimal(raw)
    fine = value.is_finite() and 0 <= value <= 1_000_000 and value * 1000 == (value * 1000).to_integral_value()
    return value if fine else None


def _columns(row: Mapping[str, Any], order: int) -> dict[str, Any]:
    """A requirement as its table wants it; ``parent`` names the code of its heading."""
    texts = {name: " ".join(row.get(name, "").split()) for name in TEXTS}
    return {**texts, "order": order, "code": row["code"], "parent": row.get("parent"), "kind": row.get("kind", "check"),
            "measure": row.get("measure", ""), "per": row.get("per", ""),
            "limit": _limit(row["limit"]) if "limit" in row else None, "paper": row.get("paper", ""),
            "mandatory": row.get("mandatory", True), "monitored": ",".join(row.get("monitored", ())),
            "verified": row.get("verified", False)}
