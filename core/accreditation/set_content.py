"""What a requirement set says, whatever it was written in: a file, a workbook, the browser. Checked whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from core.accreditation.monitoring import KINDS as MONITORED
from core.accreditation.rules import GROUP, KINDS, NUMERIC, PAPER, PROPOSED_FROM
from core.ground.errors import Finding, Level
from core.providers.rules import PAPERS

MOST_REQUIREMENTS, MOST_ROWS = 500, 200
SHORT, LONG = 300, 10_000
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
REQUIREMENT_CODE = re.compile(r"[A-Za-z0-9]{1,8}(\.[A-Za-z0-9]{1,8}){0,5}")
SERVICE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,19}")
TEXTS = {"title": (SHORT, True), "text": (LONG, False), "hint": (LONG, False), "evidence": (SHORT, False),
         "legal_source": (LONG, False)}
# name: (least, most)
TERMS = {"examination_days": (1, 365), "months": (1, 120), "extensions": (0, 10), "extension_months": (0, 60),
         "monitoring_days": (1, 365)}
OPTIONAL_TERMS = {"monitoring_days": 30}
PRICED_BY = ("hour", "day", "month", "access", "meal", "voucher")  # what a service or a tariff is paid for
DATES = ("valid_from", "valid_to", "ends_on", "adapt_by")
SET_KEYS = {"code", "title", "unit_types", "legal_source", "verified", "monitoring", "measures", "requirements",
            "windows", "services", "fee", *DATES, *TERMS}
MEASURE_KEYS = {"title", "help", "whole", "from"}
WINDOW_KEYS = {"from", "to", "decide_by"}
SERVICE_KEYS = {"code", "title", "unit", "price"}
REQUIREMENT_KEYS = {"code", "parent", "kind", "measure", "per", "limit", "paper", "mandatory", "monitored", "verified",
                    *TEXTS}
HEAD = ""  # the table of what stands at the top


class Places(Protocol):
    """How what was read speaks: where something stands, by table (the head, ``measures.x``, ``requirements.1``) and
    name, and what it is called there."""

    def of(self, table: str, name: str = "") -> object:
        """A line of the file, a row of the workbook, a part of a draft."""

    def called(self, table: str, name: str) -> object:
        """The key of the file, the label of the page or of the column."""

    def options(self, name: str, codes: Iterable[str]) -> tuple[object, ...]:
        """The values that are possible, as they are written there."""

    def how(self, name: str) -> object:
        """How a value is written, where it must be said: it goes on from the sentence; empty for nothing."""


@dataclass
class Read:
    """What a set says, and what is wrong with it: each remark with its place (``values["line"]``)."""

    facts: dict[str, Any] = field(default_factory=dict)
    requirements: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """True if it may be registered."""
        return not any(finding.level is Level.ERROR for finding in self.findings)


def check(data: Mapping[str, Any], at: Places) -> Read:
    """Check a set to its end. ``facts`` and ``requirements`` are as the tables want them where nothing is wrong."""
    found = Read()
    found.findings += _head(data, at, found.facts)
    found.findings += _requirements(data, at, found.facts.get("measures", {}), found.requirements)
    return found


def refuse(message: str, line: object, **values: object) -> Finding:
    """What is wrong at a place, in words; the place is among its values."""
    return Finding(message, {"line": line, **values}, Level.ERROR)


# --- the head ---------------------------------------------------------------------------------------------


def _head(data: Mapping[str, Any], at: Places, facts: dict[str, Any]) -> Iterator[Finding]:
    yield from _known(data, SET_KEYS, at, HEAD)
    code = data.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        yield refuse("«%(key)s» va in lettere minuscole, cifre e trattini bassi, per esempio spazio_gioco.",
                     at.of(HEAD, "code"), key=at.called(HEAD, "code"))
    for name, most in (("title", SHORT), ("legal_source", LONG)):
        text = data.get(name)
        if not isinstance(text, str) or not text.strip() or len(text) > most:
            yield refuse("Manca «%(key)s», un testo di al massimo %(most)s caratteri.", at.of(HEAD, name),
                         key=at.called(HEAD, name), most=most)
    types = data.get("unit_types")
    if not isinstance(types, list) or not types or not all(isinstance(t, str) and CODE.fullmatch(t) for t in types):
        yield refuse("Manca «%(key)s»: indicarne almeno uno%(how)s.", at.of(HEAD, "unit_types"),
                     key=at.called(HEAD, "unit_types"), how=at.how("unit_types"))
    yield from _dates(data, at)
    if not isinstance(data.get("verified", False), bool):
        yield refuse("La voce «%(key)s» vale true o false.", at.of(HEAD, "verified"), key="verified")
    for name, (least, highest) in TERMS.items():
        value = data.get(name, OPTIONAL_TERMS.get(name))
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= highest:
            yield refuse("«%(key)s» è un numero intero da %(least)s a %(most)s.", at.of(HEAD, name),
                         key=at.called(HEAD, name), least=least, most=highest)
    kinds = data.get("monitoring", [*MONITORED])
    if not isinstance(kinds, list) or not set(map(str, kinds)) <= MONITORED.keys():
        yield _listed(at, HEAD, "monitoring", MONITORED)
    if "fee" in data and money(data["fee"]) is None:
        yield _amount(at, HEAD, "fee")
    yield from _measures(data.get("measures", {}), at)
    yield from _windows(data.get("windows", []), at)
    yield from _services(data.get("services", []), at)
    facts.update(_facts(data))


def _known(row: Mapping[str, Any], keys: set[str], at: Places, table: str) -> Iterator[Finding]:
    for key in row.keys() - keys:
        yield refuse("La voce «%(key)s» non si conosce: toglierla o correggerla.", at.of(table, key), key=key)


def _dates(data: Mapping[str, Any], at: Places) -> Iterator[Finding]:
    first = data.get("valid_from")
    if type(first) is not date:
        yield refuse("«%(key)s» è il giorno da cui i requisiti valgono: indicarlo%(how)s.", at.of(HEAD, "valid_from"),
                     key=at.called(HEAD, "valid_from"), how=at.how("valid_from"))
    for name in ("valid_to", "ends_on", "adapt_by"):
        last = data.get(name)
        if last is not None and (type(last) is not date or (type(first) is date and last < first)):
            yield refuse("«%(key)s» è un giorno non precedente a «%(first)s».", at.of(HEAD, name),
                         key=at.called(HEAD, name), first=at.called(HEAD, "valid_from"))


def _measures(measures: Any, at: Places) -> Iterator[Finding]:
    if not isinstance(measures, dict):
        yield refuse("I dati da dichiarare stanno in tabelle come [measures.bambini].", at.of(HEAD, "measures"))
        return
    for code, measure in measures.items():
        table = f"measures.{code}"
        if not CODE.fullmatch(code) or not isinstance(measure, dict):
            yield refuse("Il codice del dato «%(code)s» va in lettere minuscole, cifre e trattini bassi.",
                         at.of(table, "code"), code=code)
            continue
        title = measure.get("title")
        if not isinstance(title, str) or not title.strip() or len(title) > SHORT:
            yield refuse("Al dato «%(code)s» manca «%(key)s».", at.of(table, "title"), code=code,
                         key=at.called(table, "title"))
        if not isinstance(measure.get("help", ""), str) or not isinstance(measure.get("whole", True), bool):
            yield refuse("Il dato «%(code)s»: help è un testo, whole vale true o false.", at.of(table, "help"),
                         code=code)
        if measure.get("from") not in (None, *PROPOSED_FROM):
            yield _chosen(at, table, "from", PROPOSED_FROM)
        yield from _known(measure, MEASURE_KEYS, at, table)


def _rows(rows: Any, at: Places, name: str, keys: set[str]) -> Iterator[tuple[str, Mapping[str, Any]] | Finding]:
    """The rows of a list of tables, each with its place; what is no such list is a remark."""
    if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
        yield refuse("«%(key)s» è un elenco di al massimo %(most)s voci.", at.of(HEAD, name),
                     key=at.called(HEAD, name), most=MOST_ROWS)
        return
    for number, row in enumerate(rows, 1):
        table = f"{name}.{number}"
        yield from _known(row, keys, at, table)
        yield table, row


def _windows(rows: Any, at: Places) -> Iterator[Finding]:
    """The periods in which one applies: they follow one another, and the commission decides after each."""
    before: date | None = None
    for found in _rows(rows, at, "windows", WINDOW_KEYS):
        if isinstance(found, Finding):
            yield found
            continue
        table, row = found
        first, last, decided = row.get("from"), row.get("to"), row.get("decide_by")
        if type(first) is not date or type(last) is not date or last < first:
            yield refuse("Una finestra ha «%(first)s» e «%(last)s», nell'ordine.", at.of(table, "to"),
                         first=at.called(table, "from"), last=at.called(table, "to"))
            continue
        if before is not None and first <= before:
            yield refuse("Le finestre si seguono: questa comincia prima che finisca la precedente.",
                         at.of(table, "from"))
        if decided is not None and (type(decided) is not date or decided <= last):
            yield refuse("«%(key)s» è un giorno dopo la fine della finestra.", at.of(table, "decide_by"),
                         key=at.called(table, "decide_by"))
        before = last


def _services(rows: Any, at: Places) -> Iterator[Finding]:
    """What an accredited unit delivers at a price that is fixed: code, title, for what it is paid, euros."""
    codes = set[str]()
    for found in _rows(rows, at, "services", SERVICE_KEYS):
        if isinstance(found, Finding):
            yield found
            continue
        table, row = found
        code, title = row.get("code"), row.get("title")
        if not isinstance(code, str) or not SERVICE_CODE.fullmatch(code):
            yield refuse("La prestazione non ha un codice come P1: al massimo 20 lettere e cifre.",
                         at.of(table, "code"))
        elif code in codes:
            yield refuse("Il codice «%(code)s» c'è già: ogni prestazione ha il suo.", at.of(table, "code"), code=code)
        codes.add(str(code))
        if not isinstance(title, str) or not title.strip() or len(title) > SHORT:
            yield refuse("Manca «%(key)s», un testo di al massimo %(most)s caratteri.", at.of(table, "title"),
                         key=at.called(table, "title"), most=SHORT)
        if row.get("unit") not in PRICED_BY:
            yield _chosen(at, table, "unit", PRICED_BY)
        if money(row.get("price")) is None:
            yield _amount(at, table, "price")


def money(raw: object) -> Decimal | None:
    """An amount in euros, not negative and with at most two decimals; None if it is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return None
    value = Decimal(raw)
    fine = value.is_finite() and 0 <= value <= 1_000_000 and value * 100 == (value * 100).to_integral_value()
    return value if fine else None


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the set; meant only where nothing is wrong."""
    texts = {name: " ".join(str(data.get(name, "")).split()) for name in ("code", "title", "legal_source")}
    terms = {name: data.get(name, OPTIONAL_TERMS.get(name)) for name in TERMS}
    dates = {name: data.get(name) for name in DATES}
    types, kinds = data.get("unit_types") or [], data.get("monitoring", [*MONITORED])
    measures = data.get("measures", {})
    return {**texts, **terms, **dates, "unit_types": ",".join(map(str, types)) if isinstance(types, list) else "",
            "verified": data.get("verified", False), "measures": measures if isinstance(measures, dict) else {},
            "monitoring": ",".join(map(str, kinds)) if isinstance(kinds, list) else "",
            "fee": money(data.get("fee")), "windows": _plain(data.get("windows")),
            "services": _plain(data.get("services"))}


def _plain(rows: Any) -> list[dict[str, str]]:
    """Rows as a column of JSON keeps them: days and amounts as texts."""
    if not isinstance(rows, list):
        return []
    return [{name: value.isoformat() if isinstance(value, date) else f"{value:.2f}" if isinstance(value, Decimal | int)
             else str(value) for name, value in row.items()} for row in rows if isinstance(row, dict)]


# --- the requirements -------------------------------------------------------------------------------------


def _requirements(data: Mapping[str, Any], at: Places, measures: Mapping[str, Any],
                  made: list[dict[str, Any]]) -> Iterator[Finding]:
    rows = data.get("requirements")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        yield refuse("Non c'è alcun requisito: stanno in «%(key)s».", at.of(HEAD, "requirements"),
                     key=at.called(HEAD, "requirements"))
        return
    if len(rows) > MOST_REQUIREMENTS:
        yield refuse("I requisiti sono troppi: al massimo %(most)s.", at.of(f"requirements.{MOST_REQUIREMENTS + 1}"),
                     most=MOST_REQUIREMENTS)
        return
    kinds: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        wrong = [*_requirement(row, f"requirements.{number}", at, measures, kinds)]
        yield from wrong
        code = row.get("code")
        if isinstance(code, str):
            kinds[code] = row.get("kind", "check")
        if not wrong:
            made.append(_columns(row, number))
    if all(kind == GROUP for kind in kinds.values()):
        yield refuse("Ci sono soltanto titoli: manca almeno un requisito da verificare.", at.of(HEAD, "requirements"))


def _requirement(row: Mapping[str, Any], table: str, at: Places, measures: Mapping[str, Any],
                 kinds: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong with one requirement; ``kinds``: those before it, by code."""
    code = row.get("code")
    yield from _known(row, REQUIREMENT_KEYS, at, table)
    if not isinstance(code, str) or not REQUIREMENT_CODE.fullmatch(code):
        yield refuse("Il requisito non ha un codice come A.1.", at.of(table, "code"))
    elif code in kinds:
        yield refuse("Il codice «%(code)s» c'è già: ogni requisito ha il suo.", at.of(table, "code"), code=code)
    for name, (most, is_needed) in TEXTS.items():
        text = row.get(name, "")
        if not isinstance(text, str) or len(text) > most or (is_needed and not text.strip()):
            yield refuse("«%(key)s» è un testo di al massimo %(most)s caratteri.", at.of(table, name),
                         key=at.called(table, name), most=most)
    for name in ("mandatory", "verified"):
        if not isinstance(row.get(name, True), bool):
            yield refuse("La voce «%(key)s» vale true o false.", at.of(table, name), key=name)
    parent = row.get("parent")
    if parent is not None and (not isinstance(parent, str) or kinds.get(parent) != GROUP):
        yield refuse("Il requisito sta sotto «%(parent)s», che non è un titolo scritto prima di lui%(how)s.",
                     at.of(table, "parent"), parent=str(parent), how=at.how("parent"))
    asked = row.get("monitored", [])
    if not isinstance(asked, list) or not set(map(str, asked)) <= MONITORED.keys():
        yield _listed(at, table, "monitored", MONITORED)
    yield from _kind(row, table, at, measures)


def _kind(row: Mapping[str, Any], table: str, at: Places, measures: Mapping[str, Any]) -> Iterator[Finding]:
    kind = row.get("kind", "check")
    if kind not in KINDS:
        yield refuse("Il tipo «%(kind)s» non si conosce: è uno di %(known)s.", at.of(table, "kind"),
                     kind=str(kind)[:60], known=at.options("kind", KINDS))
        return
    if kind == PAPER and row.get("paper") not in PAPERS:
        yield _chosen(at, table, "paper", PAPERS)
    if kind in NUMERIC:
        for name in ("measure", "per") if kind == "ratio" else ("measure",):
            if not isinstance(row.get(name), str) or row[name] not in measures:
                yield refuse("«%(key)s» è uno dei dati da dichiarare%(how)s.", at.of(table, name),
                             key=at.called(table, name), how=at.how(name))
        if "limit" in row and _limit(row["limit"]) is None:
            yield refuse("«%(key)s» è un numero, con al massimo tre decimali.", at.of(table, "limit"),
                         key=at.called(table, "limit"))
    elif name := next((name for name in ("limit", "measure", "per") if name in row), ""):
        yield refuse("«%(key)s» vale per questi tipi di requisito: %(known)s. Questo è «%(kind)s».",
                     at.of(table, name), key=at.called(table, name), known=at.options("kind", NUMERIC),
                     kind=at.options("kind", (kind,)))


def _chosen(at: Places, table: str, name: str, codes: Iterable[str]) -> Finding:
    return refuse("«%(key)s» è uno di questi: %(known)s.", at.of(table, name), key=at.called(table, name),
                  known=at.options(name, codes))


def _listed(at: Places, table: str, name: str, codes: Iterable[str]) -> Finding:
    return refuse("«%(key)s» è un elenco con uno o più di questi: %(known)s.", at.of(table, name),
                  key=at.called(table, name), known=at.options(name, codes))


def _amount(at: Places, table: str, name: str) -> Finding:
    return refuse("«%(key)s» è un importo in euro, al più con due decimali.", at.of(table, name),
                  key=at.called(table, name))


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
